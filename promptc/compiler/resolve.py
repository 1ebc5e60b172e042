"""Resolve: each tenant's chain folded into what a render and a link may ask of it.

    Project -> overlay (chains) -> definitions, overrides -> merge -> interpolate -> [resolve] -> link

Pure. A chain is one left fold. Tenants share layers, so the state after each prefix of a chain is kept and the fold
goes on from there; it is the very same fold, so sharing can't change a result. What is wrong with one tenant or layer
never stops another: every overlay is typed by itself first, then each chain is folded as far as it is sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.compiler.choices import asks, filled, first_choice, remapped
from promptc.compiler.definitions import Defined, define_variables, holds_reference, is_judged
from promptc.compiler.folding import State, fold_overlay, origin_of
from promptc.compiler.interpolate import FAILED, Failure, References, confidential_names
from promptc.compiler.locks import NO_LOCKS, lock_findings
from promptc.compiler.overlay import Chain, chain_of_layer, chain_of_overlay, chain_of_tenant
from promptc.compiler.overrides import Overrides, define_models
from promptc.compiler.portfolio import allotted, overdrawn, variants_of
from promptc.compiler.project import MISSING, Choice, Definition, Overlay, Project, Tenant, Variable
from promptc.compiler.removals import Removals
from promptc.compiler.schema.fits import Predicate, predicate
from promptc.compiler.schema.glance import Glances
from promptc.compiler.schema.types import validate
from promptc.core.allocation import variant_name
from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding
from promptc.core.nearest import listed

Findings = tuple[Finding, ...]

FORMS_MAX = 64  # sets of names that tenants on one prefix set; beyond it each is put in order by itself


@dataclass(frozen=True, slots=True)
class Basis:
    """What can be said of a prefix once for all tenants that share it."""

    asking: frozenset[str]  # variables whose value holds `${`
    invalid: Mapping[str, Findings]  # of the others, those whose value doesn't fit
    prompts: Mapping[str, Choice]  # with models remapped
    asking_prompts: frozenset[str]  # those whose blocks' texts hold `${`
    findings: Findings  # of the layers themselves, last in what is said of a tenant
    # By the names that a tenant sets: the prefix's values with room for those, in the order of declaration.
    forms: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Fit:
    """Holds folded values against their variables' schemas; almost all fit, which a predicate says quickly."""

    predicates: dict[str, Predicate] = field(default_factory=dict)

    def misfits(self, variable: Variable, value: Any, state: State) -> Findings:
        """Every way in which a variable's folded value doesn't fit, at the place where it was last given."""
        if value is MISSING or variable.name in state.broken:
            return ()
        fits = self.predicates.get(variable.name)
        if fits is None:
            fits = self.predicates[variable.name] = predicate(variable.schema)
        if fits(value):
            return ()
        place = origin_of(state, ("variables", variable.name), variable.place)
        return validate(value, variable.schema, place=place, path=f"variables.{variable.name}")


class Resolver:
    """Folds the chains of one project; keeps each overlay's definitions and the state after each prefix."""

    def __init__(self, project: Project) -> None:
        self.project = project
        variables = project.variables
        self._layers: dict[str, Defined] = {}
        self._states: dict[tuple[str, ...], State] = {}
        self._bases: dict[tuple[str, ...], Basis] = {}
        self._chains: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._fit = Fit()
        self._glances = Glances(variables)
        self._removals = Removals(project, self._glances)
        self.variants = variants_of(project)
        self._required = tuple(variable for variable in variables.values() if variable.required)
        self._declared_confidential = frozenset(name for name, variable in variables.items() if variable.confidential)

    def tenant(self, tenant_id: str) -> tuple[Tenant | None, Findings]:
        """A tenant with its chain folded, and what is wrong with it and its layers; None when any of it is an error."""
        overlay = self.project.tenants.get(tenant_id)
        if overlay is None:
            return None, ()  # its own file's findings say why
        return self.resolve(overlay)

    def resolve(self, overlay: Overlay) -> tuple[Tenant | None, Findings]:
        """The same for a tenant's overlay that need not be one of the project's."""
        chain = self._chain(overlay)
        own = self._define(overlay)
        if not chain.whole or "variables" in self.project.broken:
            return None, (*chain.findings, *own.findings)
        prefix = self._state(chain.names[:-1])
        state = fold_overlay(self.project, prefix, own)
        basis = self._basis(chain.names[:-1], prefix)
        tenant, problems = self._finish(overlay, chain, basis=basis, state=state)
        found = (*chain.findings, *own.findings, *state.findings, *problems, *basis.findings)
        if not found:
            return tenant, ()
        return (None if any(problem.is_error for problem in found) else tenant), tuple(dict.fromkeys(found))

    def below(self, overlay: Overlay) -> tuple[Mapping[str, Any], Mapping[str, Choice]]:
        """Variables and what is chosen for prompts before a tenant's own overlay; empty where its chain is wrong."""
        chain = self._chain(overlay)
        state = self._state(chain.names[:-1]) if chain.whole else None
        return (state.variables, state.prompts) if state is not None else ({}, {})

    def layer_findings(self) -> Findings:
        """What is wrong with layers whether a tenant uses them or not: names, types, chains."""
        found: list[Finding] = []
        for name in self.project.layers:
            found += self._layer(name).findings
            found += chain_of_layer(self.project, name).findings
        return tuple(dict.fromkeys(found))

    def findings(self) -> Findings:
        """All that is wrong with the overlays of the project, every layer and every tenant."""
        found = list(self.layer_findings())
        for tenant_id in self.project.tenants:
            found += self.tenant(tenant_id)[1]
        return tuple(dict.fromkeys(found))

    def defined_chain(self, tenant_id: str) -> tuple[Defined, ...]:
        """The definitions along a tenant's chain, itself last; empty when its file or the chain itself is wrong."""
        overlay = self.project.tenants.get(tenant_id)
        if overlay is None:
            return ()
        chain = chain_of_overlay(self.project, overlay)
        if not chain.whole:
            return ()
        return (*map(self._layer, chain.names[:-1]), self._define(overlay))

    def _chain(self, overlay: Overlay) -> Chain:
        """A tenant's chain; those with one `extends` list have one chain, unless something is wrong with it."""
        layers = self._chains.get(overlay.extends)
        if layers is not None:
            return Chain((*layers, overlay.name))
        chain = chain_of_overlay(self.project, overlay)
        if chain.whole:
            self._chains[overlay.extends] = chain.names[:-1]
        return chain

    def _layer(self, name: str) -> Defined:
        if name not in self._layers:
            self._layers[name] = self._define(self.project.layers[name])
        return self._layers[name]

    def _define(self, overlay: Overlay) -> Defined:
        return self._removals.checked(define(self.project, overlay, self._glances))

    def _state(self, layers: tuple[str, ...]) -> State:
        state = self._states.get(layers)
        if state is None:
            if layers:
                state = fold_overlay(self.project, self._state(layers[:-1]), self._layer(layers[-1]))
            else:
                state = first_state(self.project)
            self._states[layers] = state
        return state

    def _basis(self, layers: tuple[str, ...], state: State) -> Basis:
        basis = self._bases.get(layers)
        if basis is None:
            said = tuple(finding for name in layers for finding in self._layer(name).findings)
            basis = self._bases[layers] = _basis(self, state, self._fit, said)
        return basis

    def _finish(self, overlay: Overlay, chain: Chain, *, basis: Basis, state: State) -> tuple[Tenant, Findings]:
        own = state.chain[-1]
        asking = _asking(basis, own, state.variables)
        found = self._unfit(basis, state, asking)
        variables = _in_order(self.project, basis, state)
        prompts, secret = basis.prompts, self._declared_confidential
        if asking or own.prompts or basis.asking_prompts:
            secret = confidential_names(state.variables, asking, secret) if secret and asking else secret
            references = References(state.variables, self.project.variables, state.broken)
            for name in sorted(asking):
                variables[name] = value = references.value(name)
                if value is not FAILED:
                    found += self._fit.misfits(self.project.variables[name], value, state)
            prompts = self._prompts(state, own, basis=basis, references=references, confidential=secret)
            found += [_failure_finding(failure, state) for failure in references.failures]
        for name, said in overdrawn(prompts, self.variants) if self.variants else ():
            place = origin_of(state, ("prompts", name, "variants"), overlay.place)
            found.append(Finding("X053", said, place, hint="what is left of 100 is the plain prompt's; `!replace` the map to say it anew"))
        tenant = Tenant(
            overlay.name, overlay.title, overlay.aliases, state.labels, state.locale, chain.names,
            variables, secret, prompts,
        )  # fmt: skip
        return tenant, tuple(found)

    def _prompts(
        self, state: State, own: Defined, *, basis: Basis, references: References, confidential: frozenset[str]
    ) -> Mapping[str, Choice]:
        if not own.prompts and not basis.asking_prompts:
            return basis.prompts
        prompts = dict(basis.prompts)
        names = {*own.prompts, *(variant_name(plain, one) for plain in own.prompts for one in self.variants.get(plain, ()))}
        for name in names:
            prompts[name] = remapped(state.prompts[name], state.models)
        for name in basis.asking_prompts | names:
            if asks(prompts[name]):
                prompts[name] = filled(prompts[name], name, references, confidential)
        return allotted(prompts, self.variants) if self.variants else prompts

    def _unfit(self, basis: Basis, state: State, asking: frozenset[str]) -> list[Finding]:
        """What is wrong with the values that need no filling in: required ones that are missing, and misfits."""
        found: list[Finding] = []
        own = state.chain[-1]
        for variable in self._required:
            if variable.name not in state.variables and variable.name not in state.broken:
                found.append(_lacking(self.project, variable, own.overlay))
        for name, problems in basis.invalid.items():
            if name not in own.variables:
                found += problems
        for name, setting in own.variables.items():
            variable = self.project.variables[name]
            if not is_judged(variable, setting) and name not in asking:
                found += self._fit.misfits(variable, state.variables.get(name, MISSING), state)
        return found


def _asking(basis: Basis, own: Defined, values: Mapping[str, Any]) -> frozenset[str]:
    """The variables whose value holds `${`, those of the prefix that the tenant doesn't set among them."""
    asking = [name for name in own.variables if name in values and holds_reference(values[name])]
    if not asking and not basis.asking:
        return basis.asking
    return (basis.asking - own.variables.keys()).union(asking)


def _in_order(project: Project, basis: Basis, state: State) -> dict[str, Any]:
    """The values in the order of their declarations, whoever sets them: a template may walk over all of `vars`.

    A project declares far more than a tenant sets, and tenants often set the same: a form with room for what they set is
    copied, and only that is filled in.
    """
    values, own = state.variables, state.chain[-1].variables
    names = tuple(own)
    form = basis.forms.get(names)
    if form is None:
        known = (name for name in project.variables if name in values or name in own)
        form = {name: None if name in own else values[name] for name in known}
        if len(basis.forms) < FORMS_MAX:
            basis.forms[names] = form
    made = dict(form)
    for name in names:
        if name in values:
            made[name] = values[name]
        else:
            del made[name]
    return made


def define(project: Project, overlay: Overlay, glances: Glances) -> Defined:
    """An overlay's definitions, typed, with all that is wrong with them whatever the chain."""
    variables, findings, broken = define_variables(project, overlay, glances)
    if overlay.kind == "tenant" and not (overlay.prompts or overlay.models or overlay.final):
        return Defined(overlay, variables, {}, {}, tuple(findings), frozenset(broken))
    overrides = Overrides(project, overlay)
    prompts = overrides.by_prompt()
    models, model_findings = define_models(project, overlay)
    every = (*findings, *overrides.findings, *model_findings, *lock_findings(project, overlay), *_whose(overlay))
    return Defined(overlay, variables, prompts, models, every, frozenset(broken))


def _whose(overlay: Overlay) -> Findings:
    if overlay.kind == "layer" and (overlay.title or overlay.aliases):
        key = "title" if overlay.title else "aliases"
        message = f"`{key}` names one tenant, and a layer is shared by many"
        return (Finding("O023", message, overlay.place, hint="move it to the tenant's file"),)
    return ()


def first_state(project: Project) -> State:
    """The state before any overlay: declared defaults, and prompts as they are."""
    defaults = {
        name: variable.default for name, variable in project.variables.items() if variable.default is not MISSING
    }
    prompts = {name: first_choice(prompt) for name, prompt in project.prompts.items()}
    return State((), defaults, prompts, {}, {}, "", NO_LOCKS, (), frozenset())


def _basis(resolver: Resolver, state: State, fit: Fit, said: Findings) -> Basis:
    project = resolver.project
    asking = frozenset(name for name, value in state.variables.items() if holds_reference(value))
    invalid = {}
    for name, value in state.variables.items():
        variable = project.variables[name]
        if name not in asking and value is not variable.default:
            problems = fit.misfits(variable, value, state)
            if problems:
                invalid[name] = problems
    prompts = {name: remapped(choice, state.models) for name, choice in state.prompts.items()}
    prompts = allotted(prompts, resolver.variants) if resolver.variants else prompts
    asking_prompts = frozenset(name for name, choice in prompts.items() if asks(choice))
    return Basis(asking, invalid, prompts, asking_prompts, said)


def _lacking(project: Project, variable: Variable, overlay: Overlay) -> Finding:
    name = variable.name
    setting = sorted(layer for layer, other in project.layers.items() if name in other.variables)
    here = f"set `variables.{name}` here" if "tenant" in variable.set_by else f"a layer must set `{name}`"
    offers = f"; layers that set it: {listed(setting)}" if setting and "layer" in variable.set_by else ""
    related = (("declared here", variable.place),)
    message = f"required variable `{name}` has no value"
    return Finding("O040", message, overlay.place, hint=f"{here}{offers}", related=related)


def _failure_finding(failure: Failure, state: State) -> Finding:
    place = origin_of(state, failure.at, state.chain[-1].overlay.place)
    return Finding(failure.code, failure.message, place, hint=failure.hint)


def resolve_tenant(project: Project, tenant_id: str) -> tuple[Tenant | None, Findings]:
    """One tenant of a project, resolved; a Resolver does many for less."""
    return Resolver(project).tenant(tenant_id)


def chain_of(project: Project, tenant_id: str) -> tuple[tuple[str, ...], Findings]:
    """A tenant's chain, layers first, itself last, and what is wrong with it."""
    chain = chain_of_tenant(project, tenant_id)
    return chain.names, chain.findings


def definitions_of(project: Project, tenant_id: str, variable: str) -> tuple[Definition, ...]:
    """Every definition of a variable along a tenant's chain, in order, the declared default first."""
    return definitions_of_path(project, tenant_id, f"variables.{variable}")


def definitions_of_path(project: Project, tenant_id: str, path: str) -> tuple[Definition, ...]:
    """Every definition at a path such as `prompts.NAME.config.temperature` (explain.py)."""
    from promptc.compiler.explain import definitions_of_path as of_path  # it folds with this module

    return of_path(project, tenant_id, path)
