"""Reading: residual forms as a person reads them: `input.documents`, `length of input.tags > 3`.

    artifact -> [reading] -> terminal views, origins

Pure. The text is for people; nothing parses it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

_SIGNS = {"and": " and ", "or": " or "}
VALUE_CHARACTERS_MAX = 60


def path_text(path: Sequence[Any]) -> str:
    """`input.documents[0].title`."""
    text = str(path[0])
    for step in path[1:]:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text


def value_text(value: Any) -> str:
    """A constant, shortened."""
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= VALUE_CHARACTERS_MAX else said[: VALUE_CHARACTERS_MAX - 1] + "…"


def condition_text(condition: Mapping[str, Any]) -> str:
    """A residual condition as Jinja would write it."""
    ((kind, value),) = condition.items()
    if kind == "true":
        return path_text(value)
    if kind == "has":
        return f"{path_text(value)} is given"
    if kind == "not":
        return f"not {_inner(value)}"
    if kind in _SIGNS:
        return _SIGNS[kind].join(_inner(c) for c in value)
    if kind == "is":
        left, sign, constant = value
        return f"{_subject(left)} {sign} {value_text(constant)}"
    if kind == "contains":
        return f"{value_text(value[1])} in {path_text(value[0])}"
    return f"{value} is the {kind}"


def _inner(condition: Mapping[str, Any]) -> str:
    text = condition_text(condition)
    return f"({text})" if next(iter(condition)) in _SIGNS else text


def _subject(left: Any) -> str:
    if isinstance(left, Mapping):
        ((kind, value),) = left.items()
        return f"number of {value}" if kind.startswith("index") else f"length of {path_text(value)}"
    return path_text(left)


def leaf_text(part: Mapping[str, Any]) -> str:
    """A part that holds no others: a slot, an index, media, a cache mark."""
    if "slot" in part:
        form = part.get("as")
        shown = (
            "" if form is None else f" as {form}" if isinstance(form, str) else f" joined by {value_text(form['join'])}"
        )
        default = f" or {value_text(part['default'])}" if "default" in part else ""
        return path_text(part["slot"]) + shown + default
    if "index" in part or "index0" in part:
        return f"number of {part['index']}" if "index" in part else f"number of {part['index0']}, from 0"
    if "media" in part:
        return f"media {path_text(part['media'])}"
    cache = part.get("cache", {})
    return f"cache {cache['ttl']}" if cache.get("ttl") else "cache"
