"""Normal: parts in their one normal form: ends of messages trimmed, neighbours joined, NFC.

    linked parts -> [normal] -> parts of an artifact

Whitespace is decided on the tree and the same for all inputs. Static text is `str`; a `Value` was printed or is an
overlay's, and is never trimmed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from promptc.compiler.template.conditions import Known, choose, given, not_
from promptc.compiler.template.ends import when
from promptc.compiler.template.events import Value, like
from promptc.core.values import same

Part = Any
# Whether two lists of parts are the same.
Alike = Callable[[list[Part], list[Part]], bool]
TRANSPARENT = "cache"


def trim(parts: list[Part]) -> list[Part]:
    """A message's parts without leading and trailing static line ends."""
    parts, _ = _trim(parts, False, leading=False)  # noqa: FBT003
    parts, _ = _trim(parts, False, leading=True)  # noqa: FBT003
    return parts


def _trim(parts: list[Part], beyond: Known, *, leading: bool) -> tuple[list[Part], Known]:
    """Trim one end. `beyond` is the condition under which text that stays lies between a part and that end."""
    out: list[Part] = []
    for number, part in enumerate(parts if leading else reversed(parts)):
        if beyond is True:
            # The rest stays as it is.
            return ([*out, *parts[number:]] if leading else [*parts[: len(parts) - number], *reversed(out)]), True
        kept, beyond = _trim_part(part, beyond, leading=leading)
        out.extend(kept if leading else reversed(kept))
    return (out if leading else out[::-1]), beyond


def _trim_part(part: Part, beyond: Known, *, leading: bool) -> tuple[list[Part], Known]:
    if isinstance(part, str):
        return ([part], True) if isinstance(part, Value) else _trim_text(part, beyond, leading=leading)
    if "when" in part:
        condition = part["when"]
        then, after_then = _trim(part["then"], given(beyond, condition, holds=True), leading=leading)
        otherwise, after_else = _trim(part["else"], given(beyond, condition, holds=False), leading=leading)
        return when(part["when"], then, otherwise), choose(part["when"], after_then, after_else)
    return [part], beyond if TRANSPARENT in part else True


def _trim_text(text: str, beyond: Known, *, leading: bool) -> tuple[list[Part], Known]:
    core = like(text, text.lstrip("\n") if leading else text.rstrip("\n"))
    if not core:
        return when(beyond, [text], []), beyond
    ends = text[: len(text) - len(core)] if leading else text[len(core) :]
    kept = when(beyond, [ends], []) if ends else []
    return ([*kept, core] if leading else [core, *kept]), True


def normalised(parts: list[Part], alike: Alike = same) -> list[Part]:
    """Neighbouring strings joined in NFC, nothing empty, equal neighbouring questions asked once."""
    out: list[Part] = []
    pending: list[str] = []
    for part in parts:
        if isinstance(part, str):
            pending.append(part)
            continue
        simple = _simplified(part, alike)
        if isinstance(simple, list):
            _extend(out, pending, simple)
        else:
            _flush(out, pending)
            out.append(simple)
    _flush(out, pending)
    return _merged(out, alike)


def _extend(out: list[Part], pending: list[str], parts: list[Part]) -> None:
    for part in parts:
        if isinstance(part, str):
            pending.append(part)
        else:
            _flush(out, pending)
            out.append(part)


def _flush(out: list[Part], pending: list[str]) -> None:
    text = "".join(pending)
    pending.clear()
    if text:
        out.append(text if text.isascii() else unicodedata.normalize("NFC", text))


def _simplified(part: dict[str, Any], alike: Alike) -> Part:
    """A part in normal form, or the list that it dissolves into."""
    if "when" in part:
        then, otherwise = normalised(part["then"], alike), normalised(part.get("else", []), alike)
        if alike(then, otherwise):
            return then
        condition = part["when"]
        if not then:
            condition, then, otherwise = not_(condition), otherwise, []
        return {"when": condition, "then": then, **({"else": otherwise} if otherwise else {})}
    if "each" in part:
        do, otherwise = normalised(part["do"], alike), normalised(part.get("else", []), alike)
        if not do and not otherwise:
            return []
        return {"each": part["each"], "name": part["name"], "do": do, **({"else": otherwise} if otherwise else {})}
    return part


def _merged(parts: list[Part], alike: Alike) -> list[Part]:
    out: list[Part] = []
    changed = False
    for part in parts:
        last = out[-1] if out else None
        both = isinstance(part, dict) and isinstance(last, dict) and "when" in part and "when" in last
        if both and same(part["when"], last["when"]):  # type: ignore[index]
            assert isinstance(last, dict)
            then = [*last["then"], *part["then"]]
            out[-1] = {"when": last["when"], "then": then, "else": [*last.get("else", []), *part.get("else", [])]}
            changed = True
        else:
            out.append(part)
    return normalised(out, alike) if changed else out
