"""Contracts: what two artifacts of one prompt promise differently to those who call it and those who read what it says.

    two artifacts -> [contracts] -> lines: inputs, output schema, tools

Of values, only those are said that are structure: a description or an example may hold a tenant's own text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

VALUE_CHARACTERS_MAX = 120
_STRUCTURE = frozenset({"type", "format", "required", "strict", "$ref", "reads", "unit"})


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs of the interface, a line each: `input order: required -> not there`. Texts don't count."""
    if not before or not after:
        return ["one of the two texts is gone, so its interface is not known"]
    found = list(_named("input", before.get("inputs", {}), after.get("inputs", {})))
    old, new = ({tool["name"]: tool.get("input", {}) for tool in side.get("tools", ())} for side in (before, after))
    found += _named("tool", old, new)
    found += _output(before.get("output"), after.get("output"))
    return found


def _named(noun: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield f"{noun} {name}: goes"
        elif name not in before:
            needed = "" if noun == "tool" or "default" in after[name] else ", required"
            yield f"{noun} {name}: comes{needed}"
        elif before[name] != after[name]:
            yield from _values(f"{noun} {name}", before[name], after[name])


def _output(before: Any, after: Any) -> Iterator[str]:
    if before == after:
        return
    if before is None or after is None:
        yield "output: has a schema now" if before is None else "output: has no schema any more"
        return
    yield from _values("output", before, after)


def _values(path: str, before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            inner = f"{path}.{key}"
            if key not in after:
                yield f"{inner}: {_shown(key, before[key])} -> nothing"
            elif key not in before:
                yield f"{inner}: nothing -> {_shown(key, after[key])}"
            elif before[key] != after[key]:
                yield from _values(inner, before[key], after[key])
        return
    key = path.rpartition(".")[2]
    old, new = _shown(key, before), _shown(key, after)
    yield f"{path}: {old} -> {new}" if old != new else f"{path}: is another"


def _shown(key: str, value: Any) -> str:
    if key not in _STRUCTURE and not isinstance(value, (bool, int, float)):
        return "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else "a part"
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= VALUE_CHARACTERS_MAX else said[:VALUE_CHARACTERS_MAX] + "…"
