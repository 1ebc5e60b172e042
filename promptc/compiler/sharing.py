"""Sharing: what the targets of one compiler share: renders in tries, plans, and one tenant's answers and texts.

    compile -> [sharing] -> trie, plan -> bytes

Pure, and never seen in a result: a compiler without it gives the same bytes and findings. Plans are kept under all that
they froze; what is kept under an object's identity keeps that object alive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from promptc.compiler.holes import Holes, Texts
from promptc.compiler.keys import Static, key_of_static
from promptc.compiler.link import Linker, examples_in_reach
from promptc.compiler.marking import Marking
from promptc.compiler.memory import Memory
from promptc.compiler.plan import Bound, Casing, Given, bound_of, casing_of, plan_of
from promptc.compiler.project import BlockAction, Choice, Project, Prompt, Tenant
from promptc.compiler.remembered import Remembered
from promptc.compiler.roots import chosen_roots, labels_root
from promptc.compiler.shape import Rendered
from promptc.compiler.trace import Answers, ByIdentity, Questions, Roots
from promptc.compiler.trie import Trie
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding
from promptc.core.values import NotCanonical, json_text

# Choices that a compiler, and plans and choices that one leaf, keeps at a time.
CHOICES_MAX = 4_096
PLANS_MAX = 16


class Target(NamedTuple):
    """One target: a resolved tenant, a prompt, what the chain chose for it, and what its template may see."""

    tenant: Tenant
    prompt: Prompt
    choice: Choice
    roots: Roots


@dataclass(frozen=True, slots=True)
class Chosen:
    """What follows from a choice alone: its part of the roots, and what of it a plan freezes."""

    choice: Choice
    roots: Roots
    parts: tuple[Any, ...]
    blocks: tuple[Any, ...]
    may_be_stale: bool


class Fitted:
    """A leaf under one choice: its plan, the choice's texts for it, and what was found about its blocks and its model.

    With `is_sure` there is a plan, and nothing more to find whatever the tenant.
    """

    __slots__ = ("bound", "casing", "choice", "fallbacks", "findings", "found", "given", "is_new", "is_sure", "refused")

    def __init__(self, choice: Choice, found: tuple[Finding, ...], casing: Casing | None) -> None:
        self.choice = choice  # kept alive: its identity is the key
        self.found = found
        self.refused = bool(found) and any(finding.is_error for finding in found)
        self.casing = casing
        self.findings = (*found, *casing.findings) if casing is not None else found
        self.fallbacks: tuple[str, ...] = ()
        self.bound: Bound | None = None
        self.given = NONE_GIVEN
        self.is_new = True
        self.is_sure = False

    def link(self, texts: Texts) -> bytes | None:
        """The artifact's bytes with a tenant's texts; None where only the general linker can tell."""
        return None if self.bound is None else self.bound.link(texts, self.given)


NONE_GIVEN = Given((), {})


class Planned:
    """What is known of a leaf under all choices that freeze the same.

    A plan costs as much as a link, so it is made when the leaf is linked for the second time.
    """

    __slots__ = ("bound", "is_made", "is_quiet")

    def __init__(self, *, is_quiet: bool) -> None:
        self.is_quiet = is_quiet  # nothing was found about its blocks
        self.is_made = False
        self.bound: Bound | None = None


class Known:
    """What is known at a leaf: the render, and what was made of it so far."""

    __slots__ = ("fitted", "plans", "rendered")

    def __init__(self, rendered: Rendered) -> None:
        self.rendered = rendered
        self.fitted: dict[Any, Fitted] = {}
        self.plans: dict[Any, Planned] = {}

    def __eq__(self, other: object) -> bool:
        """Whether two renders gave the same."""
        ours = self.rendered
        theirs = other.rendered if isinstance(other, Known) else None
        return theirs is not None and (ours.shape, ours.findings) == (theirs.shape, theirs.findings)

    __hash__ = None  # type: ignore[assignment]


class Branch:
    """The renders of one prompt for one locale: those of this compiler, and those that a memory holds."""

    __slots__ = ("_name", "_questions", "_remembered", "static", "trie")

    def __init__(self, static: Static, name: str, questions: Questions) -> None:
        self.static = static
        self.trie = Trie(name, questions)
        self._name = name
        self._questions = questions
        self._remembered: Remembered | None = None

    def remembered(self, memory: Memory) -> Remembered:
        """What a memory holds, asked when it is first needed."""
        if self._remembered is None:
            self._remembered = Remembered(memory, key_of_static(self.static), self._name, self._questions)
        return self._remembered


class Desk:
    """The renders of one prompt: one branch for all locales, or one for each where a template has stand-ins."""

    __slots__ = ("_branch_of", "_branches", "has_stand_ins", "is_broken", "only")

    def __init__(self, branch_of: Callable[[str], Branch], *, is_broken: bool, has_stand_ins: bool) -> None:
        self.is_broken = is_broken
        self.has_stand_ins = has_stand_ins
        self._branch_of = branch_of
        self._branches: dict[str, Branch] = {}
        self.only: Branch | None = None  # of a prompt without stand-ins, once it was asked for

    def branch(self, locale: str) -> Branch:
        """The renders for a tenant's locale."""
        if not self.has_stand_ins:
            locale = ""
        found = self._branches.get(locale)
        if found is None:
            found = self._branches[locale] = self._branch_of(locale)
            if not self.has_stand_ins:
                self.only = found
        return found

    def counts(self) -> Iterable[tuple[str, int]]:
        """How many renders are kept, by locale."""
        return ((locale, len(branch.trie)) for locale, branch in self._branches.items())


class Sharing:
    """What one compiler's targets share."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.questions = Questions()
        self._holes = Holes()
        self._chosen: dict[int, Chosen] = {}
        self._chosen_roots: dict[tuple[str, tuple[str, ...]], Roots] = {}
        self._config_text = ByIdentity(_config_text)
        self._casings: dict[tuple[Any, ...], Casing | None] = {}
        # Tenants with examples of their own.
        self.owners = frozenset(file.owner for file in project.examples) - {"shared"}
        self._examples: dict[str, Mapping[str, Any]] = {}
        self._tenant: Tenant | None = None
        self._answers: Answers
        self.texts: Texts  # of the tenant that was begun last
        self._roots: Roots

    # One tenant's prompts

    def begin(self, tenant: Tenant, choice: Choice) -> Answers:
        """Begin a target: the answers of its tenant, under what the chain chose for its prompt."""
        if tenant is not self._tenant:
            self._roots = {"vars": tenant.variables, "tenant": labels_root(tenant)}
            self._answers = Answers(self._roots, self._roots)
            self.texts = Texts(self._roots, self._holes)
            self._tenant = tenant
        chosen = self._chosen.get(id(choice))
        self._answers.chosen = (self.chosen(choice) if chosen is None else chosen).roots
        return self._answers

    def roots(self) -> Roots:
        """What the template of the target that was begun last may see."""
        return {**self._roots, **self._answers.chosen}

    def chosen(self, choice: Choice) -> Chosen:
        """What follows from a choice."""
        found = self._chosen.get(id(choice))
        if found is None:
            if len(self._chosen) >= CHOICES_MAX:
                self._chosen.clear()
            found = self._chosen[id(choice)] = self._choose(choice)
        return found

    def _choose(self, choice: Choice) -> Chosen:
        roots = self._chosen_roots.get((choice.model, choice.tools))
        if roots is None:
            tools, model = chosen_roots(self.project, choice)
            roots = self._chosen_roots[choice.model, choice.tools] = {"tools": tools, "model": model}
        parts = (choice.model, choice.tools, self._config_text(choice.config))
        blocks = tuple((name, *map(_frozen, actions)) for name, actions in choice.blocks.items())
        is_held = any(action.against for actions in choice.blocks.values() for action in actions)
        return Chosen(choice, roots, parts, blocks, is_held)

    # Links

    def examples_of(self, tenant: Tenant) -> Mapping[str, Any]:
        """The examples in a tenant's reach."""
        owner = tenant.id if tenant.id in self.owners else ""
        if owner not in self._examples:
            self._examples[owner] = examples_in_reach(self.project.examples, owner)
        return self._examples[owner]

    def linker(self, target: Target) -> Linker:
        """What links a target generally."""
        prompt = target.prompt
        schema = prompt.output.schema if prompt.output is not None else None
        return Linker(target.roots, target.choice.blocks, self.examples_of(target.tenant), prompt.inputs, schema)

    def _marking(self, target: Target) -> Marking:
        linker = self.linker(target)
        return Marking(
            linker.roots, linker.actions, linker.examples, linker.input_schemas, linker.output_schema,
            holes=self._holes,
        )  # fmt: skip

    def key_of(self, tenant: Tenant, choice: Choice) -> Any:
        """What a leaf's choices are known by: tenants with examples of their own share no links."""
        return id(choice) if tenant.id not in self.owners else (id(choice), tenant.id)

    def fitted(self, known: Known, target: Target, check: Callable[[], Iterable[Finding]]) -> Fitted:
        """A leaf under a target's choice; `check` says what is wrong with the choice's blocks."""
        key = self.key_of(target.tenant, target.choice)
        fitted = known.fitted.get(key)
        if fitted is not None and not fitted.is_new:
            return fitted
        frozen = self._frozen(target)
        planned = known.plans.get(frozen)
        if planned is None:
            found = tuple(check())
            _bounded(known.plans)[frozen] = Planned(is_quiet=not found)
            fitted = _bounded(known.fitted)[key] = Fitted(target.choice, found, self._casing(target))
            return fitted
        if fitted is None:
            found = () if planned.is_quiet else tuple(check())
            fitted = _bounded(known.fitted)[key] = Fitted(target.choice, found, self._casing(target))
        self._plan(known, target, planned, fitted)
        return fitted

    def _frozen(self, target: Target) -> tuple[Any, ...]:
        chosen = self.chosen(target.choice)
        return chosen.parts, chosen.blocks, target.tenant.id if target.tenant.id in self.owners else ""

    def _plan(self, known: Known, target: Target, planned: Planned, fitted: Fitted) -> None:
        shape, casing = known.rendered.shape, fitted.casing
        fitted.is_new = False
        if shape is None or casing is None or fitted.refused or casing.is_wrong:
            return
        if not planned.is_made:
            planned.is_made = True
            plan = plan_of(shape.messages, self._marking(target), casing)
            planned.bound = None if plan is None else bound_of(plan)
        fitted.bound = planned.bound
        fitted.fallbacks = shape.fallbacks
        if fitted.bound is not None:
            if fitted.bound.given:
                fitted.given = Given(fitted.bound.given, target.choice.blocks)
            fitted.is_sure = not self.chosen(target.choice).may_be_stale

    def _casing(self, target: Target) -> Casing | None:
        key = (target.prompt.name, self.chosen(target.choice).parts)
        if key not in self._casings:
            try:
                made = casing_of(self.project, target.prompt, target.choice, self._holes)
            except NotCanonical:
                made = None
            _bounded(self._casings, CHOICES_MAX)[key] = made
        return self._casings[key]


def _bounded(kept: dict[Any, Any], most: int = PLANS_MAX) -> dict[Any, Any]:
    """Something kept, with room for one more: what came first goes."""
    if len(kept) >= most:
        del kept[next(iter(kept))]
    return kept


def _frozen(action: BlockAction) -> tuple[Any, ...]:
    """What of an action decides more than its own text."""
    return action.kind, action.every, bool(action.text), action.text.endswith("\n")


def _config_text(config: Mapping[str, Any]) -> str:
    try:
        # In its own order, which is hashed where a provider sees it.
        return json_text(config, keep_order=True)
    except NotCanonical:
        return "no JSON"  # and no casing, whatever else is chosen
