"""Explain: the history of one value along a tenant's chain, worked out when somebody asks and never carried along.

    Project, tenant, path -> [explain] -> Definitions in chain order

The same fold as a build's is run again, one overlay at a time, and the value is noted after each overlay that touches
the path: what was given, what it did, what it came to. Values are as they stand before `${}` is filled in; the last
definition has them filled in when that changes them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from promptc.compiler.definitions import Defined, holds_reference
from promptc.compiler.folding import State, fold_overlay
from promptc.compiler.merge import Path, touches, value_at
from promptc.compiler.overrides import SECTIONS
from promptc.compiler.project import MISSING, BlockAction, Choice, Definition, Project, Setting, Tenant
from promptc.compiler.resolve import Resolver, first_state
from promptc.core.findings import Place
from promptc.core.values import same

REFERENCES = "${}"  # the directive of a last definition that shows what references came to


def definitions_of_path(project: Project, tenant_id: str, path: str) -> tuple[Definition, ...]:
    """Every definition at a path: `variables.limits.turns`, `prompts.NAME.config.temperature`, `models.main`, `locale`.

    Empty when there is no such tenant or path, or its chain is broken. What is beside the path isn't told.
    """
    parts = _parts(project, path)
    resolver = Resolver(project)
    if parts is None or tenant_id not in project.tenants:
        return ()
    state = first_state(project)
    found = list(_declared(project, state, parts))
    for defined in resolver.defined_chain(tenant_id):
        state = fold_overlay(project, state, defined)
        after = _value(state, parts)
        found += [
            Definition(defined.overlay.name, directive, place, given, after)
            for directive, place, given in _given(defined, parts)
        ]
    tenant = resolver.tenant(tenant_id)[0]
    return (*found, *_filled_in(found, tenant, parts))


def _parts(project: Project, path: str) -> Path | None:
    parts = tuple(path.split("."))
    root, name = parts[0], parts[1] if len(parts) > 1 else ""
    if root == "locale":
        return ("locale",)
    if root == "labels" and name:
        return ("labels", path.partition(".")[2])
    known: Mapping[str, Mapping[str, object]] = {
        "variables": project.variables,
        "prompts": project.prompts,
        "models": project.models,
    }
    if name not in known.get(root, {}) or (root == "prompts" and (len(parts) < 3 or parts[2] not in SECTIONS)):
        return None
    return parts


def _declared(project: Project, state: State, parts: Path) -> Iterator[Definition]:
    if parts[0] == "variables":
        variable = project.variables[parts[1]]
        value = value_at(variable.default, parts[2:]) if parts[2:] else variable.default
        yield Definition("sources/variables.yaml", "", variable.place, value, value)
    elif parts[0] == "prompts":
        prompt = project.prompts[parts[1]]
        value = _value(state, parts)
        yield Definition(prompt.file, "", prompt.places.get(parts[2], prompt.place), value, value)


def _value(state: State, parts: Path) -> Any:
    if parts[0] == "locale":
        return state.locale or MISSING
    if parts[0] == "prompts":
        return _of_choice(state.prompts[parts[1]], parts[2:])
    held: Mapping[str, Any] = {"variables": state.variables, "models": state.models, "labels": state.labels}[parts[0]]
    return value_at(held, parts[1:])


def _of_choice(choice: Choice, rest: Path) -> Any:
    if rest[0] == "blocks":
        actions = {name: [_told(action) for action in done] for name, done in choice.blocks.items()}
        return value_at(actions, rest[1:])
    value = getattr(choice, rest[0], MISSING)
    return value_at(list(value) if isinstance(value, tuple) else value, rest[1:])


def _told(action: BlockAction) -> dict[str, Any]:
    return {f"!{action.kind}": action.text}


def _given(defined: Defined, parts: Path) -> Iterator[tuple[str, Place, Any]]:
    """What one overlay says at a path: directive, place, data; under `"*"` first, then under the prompt's name."""
    overlay = defined.overlay
    if parts[0] == "locale" and overlay.locale:
        yield "", overlay.place, overlay.locale
    elif parts[0] == "labels" and parts[1] in overlay.labels:
        yield "", overlay.place, overlay.labels[parts[1]]
    elif parts[0] == "prompts":
        for part in defined.prompts.get(parts[1], ()):
            yield from _said(part.settings.get(parts[2]), parts[3:])
    elif parts[0] in ("variables", "models"):
        settings = defined.variables if parts[0] == "variables" else defined.models
        yield from _said(settings.get(parts[1]), parts[2:])


def _said(setting: Setting | None, rest: Path) -> Iterator[tuple[str, Place, Any]]:
    if setting is None or not touches(setting, rest):
        return
    for index, key in enumerate(rest):
        if setting.directive or not isinstance(setting.data, Mapping):
            yield setting.directive, setting.place, value_at(setting.data, rest[index:])
            return
        setting = setting.data[key]
    yield setting.directive, setting.place, shown(setting.data)


def shown(data: Any) -> Any:
    """Data of a setting as plain JSON: a nested directive as `{"!append": […]}`."""
    if isinstance(data, Setting):
        inner = shown(data.data)
        return {f"!{data.directive}": inner} if data.directive else inner
    if isinstance(data, Mapping):
        return {str(key): shown(item) for key, item in data.items()}
    if isinstance(data, (list, tuple)):
        return [shown(item) for item in data]
    return data


def _filled_in(found: list[Definition], tenant: Tenant | None, parts: Path) -> Iterator[Definition]:
    if not found or tenant is None or parts[0] != "variables" or not holds_reference(found[-1].after):
        return
    value = value_at(tenant.variables, parts[1:])
    if not same(value, found[-1].after):
        last = found[-1]
        yield Definition(last.overlay, REFERENCES, last.place, last.after, value)
