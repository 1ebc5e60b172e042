"""Equal: overrides that change nothing: a value, a setting of a prompt, or a block's text that is the same without them.

    Seats, Sources -> [equal] -> findings at the override

Pure. What is below a tenant's own overlay is its chain without it; of a layer only this is told: whether it sets a variable to its
declared default that no other layer sets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from promptc.checks.check import Check, Seat, Sources
from promptc.checks.outline import block_text
from promptc.compiler.project import MISSING, Choice, Setting
from promptc.compiler.schema.types import typed
from promptc.core.findings import Finding, Place
from promptc.core.values import NotCanonical, canonical_bytes

_HINT = "remove it: it will follow what is below when that changes"


def equal_overrides(seat: Seat) -> Iterator[Finding]:
    """W406 of a tenant's own overlay."""
    for name, setting in seat.overlay.variables.items():
        if name in seat.below and name in seat.tenant.variables and _same(seat.below[name], seat.tenant.variables[name]):
            yield _finding(f"`{name}`", setting.place)
    for name, parts in seat.overlay.prompts.items():
        below, now = seat.choices_below.get(name), seat.tenant.prompts.get(name)
        if below is not None and now is not None:
            yield from _of_prompt(seat, name, parts, (below, now))


def _of_prompt(seat: Seat, prompt: str, parts: Mapping[str, Setting], choices: tuple[Choice, Choice]) -> Iterator[Finding]:
    below, now = choices
    if "enabled" in parts and below.enabled == now.enabled:
        yield _finding(f"`enabled` of `{prompt}`", parts["enabled"].place)
    if "model" in parts and str(parts["model"].data) == below.model:
        yield _finding(f"`model` of `{prompt}`", parts["model"].place)
    if "tools" in parts and below.tools == now.tools:
        yield _finding(f"`tools` of `{prompt}`", parts["tools"].place)
    config = parts["config"].data if "config" in parts else {}
    for key, setting in config.items() if isinstance(config, Mapping) else ():
        if isinstance(setting, Setting) and key in below.config and key in now.config and _same(below.config[key], now.config[key]):
            yield _finding(f"`config.{key}` of `{prompt}`", setting.place)
    for block, actions in now.blocks.items():
        if actions and actions[-1].kind == "replace" and actions[-1].overlay == seat.overlay.name:
            before = below.blocks.get(block, ())
            base: str | None = None
            if not before:
                base = block_text(seat.sources, prompt, block)
            elif before[-1].kind == "replace":
                base = before[-1].text
            if base is not None and base.strip() == actions[-1].text.strip():
                yield _finding(f"the block `{block}` of `{prompt}`", actions[-1].place)


def equal_layers(sources: Sources) -> Iterator[Finding]:
    """W406 of layers."""
    layers = sources.project.layers
    setting_it = Counter(name for layer in layers.values() for name in layer.variables)
    for layer in layers.values():
        for name, setting in layer.variables.items():
            variable = sources.project.variables.get(name)
            if variable is None or variable.default is MISSING or setting_it[name] > 1 or setting.directive:
                continue
            value, wrong = typed(_plain(setting.data), variable.schema, place=setting.place, path=name)
            if not wrong and _same(value, variable.default):
                yield _finding(f"`{name}`", setting.place)


def _plain(data: Any) -> Any:
    if isinstance(data, Setting):
        return _plain(data.data)
    return {key: _plain(value) for key, value in data.items()} if isinstance(data, Mapping) else data


def _same(one: Any, other: Any) -> bool:
    try:
        return canonical_bytes(one) == canonical_bytes(other)
    except NotCanonical:
        return False


def _finding(what: str, place: Place) -> Finding:
    return Finding("W406", f"{what} is set to what it is without this", place, "warning", _HINT)


CHECKS = (
    Check("W406", "tenant", equal_overrides),
    Check("W406", "project", equal_layers),
)
