"""Folding: one overlay's definitions laid over the state that the chain has reached.

    definitions, overrides -> [folding] -> resolve

Pure. A state is never changed; what an overlay doesn't touch is shared with the state before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.compiler.choices import fold_choice
from promptc.compiler.definitions import Defined
from promptc.compiler.locks import Locks
from promptc.compiler.merge import Fold, Path, touches
from promptc.compiler.project import MISSING, Choice, Project, Setting, Variable
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding, Place


@dataclass(frozen=True, slots=True)
class State:
    """A chain folded so far: values and choices as they are before `${}` is filled in."""

    chain: tuple[Defined, ...]
    variables: Mapping[str, Any]
    prompts: Mapping[str, Choice]
    models: Mapping[str, str]
    labels: Mapping[str, str]
    locale: str
    locks: Locks
    findings: tuple[Finding, ...]
    broken: frozenset[str]  # variables with a wrong definition somewhere in the chain


def fold_overlay(project: Project, state: State, defined: Defined) -> State:
    """The state after one more overlay."""
    fold = Fold(lambda path: defined_in(state.chain, path))
    overlay = defined.overlay
    variables = _fold_variables(project, state, defined, fold)
    models = _fold_models(state, defined, fold)
    prompts = _fold_prompts(project, state, defined, fold)
    labels, locale = _fold_words(state, defined, fold)
    return State(
        (*state.chain, defined), variables, prompts, models, labels, locale, state.locks.with_those_of(overlay),
        (*state.findings, *fold.findings), state.broken | defined.broken,
    )  # fmt: skip


def _fold_variables(project: Project, state: State, defined: Defined, fold: Fold) -> Mapping[str, Any]:
    if not defined.variables:
        return state.variables
    variables = dict(state.variables)
    open_all = not state.locks
    for name, setting in defined.variables.items():
        variable = project.variables[name]
        if open_all and _replaces(setting, variable) and not isinstance(variables.get(name), dict):
            variables[name] = setting.data  # what the fold below would come to, for nearly every definition
            continue
        path = ("variables", name)
        admitted = state.locks.admitted(setting, path, fold.findings, policy=variable.merge)
        if admitted is None:
            continue
        below = variables.get(name, MISSING)
        value = fold.lay(below, admitted, path=path, declared=variable.default, policy=variable.merge)
        if value is MISSING:
            variables.pop(name, None)
        else:
            variables[name] = value
    return variables


def _replaces(setting: Setting, variable: Variable) -> bool:
    return not setting.directive and variable.merge.kind == "replace" and not isinstance(setting.data, dict)


def _fold_models(state: State, defined: Defined, fold: Fold) -> Mapping[str, str]:
    if not defined.models:
        return state.models
    models = dict(state.models)
    for alias, setting in defined.models.items():
        path = ("models", alias)
        admitted = state.locks.admitted(setting, path, fold.findings)
        if admitted is None:
            continue
        value = fold.lay(models.get(alias, MISSING), admitted, path=path)
        if value is MISSING:
            models.pop(alias, None)
        else:
            models[alias] = value
    return models


def _fold_prompts(project: Project, state: State, defined: Defined, fold: Fold) -> Mapping[str, Choice]:
    if not defined.prompts:
        return state.prompts
    prompts = dict(state.prompts)
    for name in defined.prompts:
        choice, found = fold_choice(
            prompts[name], project.prompts[name], defined, locks=state.locks, before=fold.defined_before
        )
        prompts[name] = choice
        fold.findings.extend(found)
    return prompts


def _fold_words(state: State, defined: Defined, fold: Fold) -> tuple[Mapping[str, str], str]:
    overlay = defined.overlay
    labels, locale = state.labels, state.locale
    if not state.locks:
        return {**labels, **overlay.labels} if overlay.labels else labels, overlay.locale or locale
    if overlay.labels:
        given = {key: Setting(value, overlay.place) for key, value in overlay.labels.items()}
        admitted = state.locks.admitted(Setting(given, overlay.place), ("labels",), fold.findings)
        if admitted is not None:
            labels = {**labels, **{key: child.data for key, child in admitted.data.items()}}
    if overlay.locale and state.locks.admitted(Setting("", overlay.place), ("locale",), fold.findings):
        locale = overlay.locale
    return labels, locale


def defined_in(chain: tuple[Defined, ...], path: Path) -> bool:
    """Whether an overlay of the chain gives or changes anything at, above or below a path."""
    return any(touches(setting, rest) for setting, rest in _settings(chain, path))


def _settings(chain: tuple[Defined, ...], path: Path) -> list[tuple[Setting, Path]]:
    """The settings along the chain that a path leads into, earliest first, each with the rest of the path."""
    root, name, rest = path[0], path[1], path[2:]
    found: list[tuple[Setting, Path]] = []
    for defined in chain:
        if root == "prompts":
            parts = defined.prompts.get(name, ())
            found += [(part.settings[rest[0]], rest[1:]) for part in parts if rest and rest[0] in part.settings]
        else:
            settings = defined.variables if root == "variables" else defined.models
            if name in settings:
                found.append((settings[name], rest))
    return found


def origin_of(state: State, path: Path, fallback: Place) -> Place:
    """Where the value at a path was last given: the innermost setting of the last overlay that touches it."""
    for setting, rest in reversed(_settings(state.chain, path)):
        if touches(setting, rest):
            return _innermost(setting, rest).place
    return fallback


def _innermost(setting: Setting, rest: Path) -> Setting:
    for key in rest:
        child = setting.data.get(key) if isinstance(setting.data, Mapping) and not setting.directive else None
        if not isinstance(child, Setting):
            return setting
        setting = child
    return setting
