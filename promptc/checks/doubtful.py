"""Doubtful: a compiled prompt that contradicts itself: tools that it names and doesn't give, two limits, two languages.

    artifacts, Seats -> [doubtful] -> findings at the prompt, or at the overlay that says the other thing

Pure. A limit or a language counts where a variable gives it to a template's sentence; then what an overlay's block says
of the same is held against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from promptc.checks.check import Check, Compiled, Seat, Sources
from promptc.checks.outline import Piece, pieces_of
from promptc.core.findings import Finding
from promptc.core.pattern import Pattern

_AT_MOST = (
    r"(?:at most|no more than|not more than|up to|a maximum of|maximum|max\.?|within|under|fewer than|limit(?:ed)? to|höchstens|maximal)"
)
_UNITS = r"(words?|sentences?|characters?|lines?|paragraphs?|bullets?|tokens?|turns?|Wörter|Sätze|Zeichen)"
_LIMIT = Pattern(rf"\b{_AT_MOST}\s+(?:of\s+)?(\d+)\s+{_UNITS}\b", re.IGNORECASE)
_LIMIT_BEFORE = Pattern(rf"\b{_AT_MOST}\s+(?:of\s+)?$", re.IGNORECASE)
_UNIT_AFTER = Pattern(rf"^\s+{_UNITS}\b", re.IGNORECASE)
_SPEAK = r"(?:answer|reply|respond|write|speak|communicate)\s+(?:only\s+|always\s+|exclusively\s+)*in"
_LANGUAGES = (
    "English|German|French|Spanish|Italian|Portuguese|Dutch|Polish|Swedish|Danish|Norwegian|Finnish|Czech|Hungarian|Romanian|Greek|"
    "Turkish|Russian|Ukrainian|Arabic|Hebrew|Persian|Hindi|Chinese|Japanese|Korean|Vietnamese|Thai|Indonesian"
)
_LANGUAGE = Pattern(rf"\b{_SPEAK}\s+({_LANGUAGES})\b", re.IGNORECASE)
_LANGUAGE_BEFORE = Pattern(rf"\b{_SPEAK}\s+$", re.IGNORECASE)
_VARIABLE = Pattern(r"vars((?:\.\w+)+)\s*\Z")
_TELLING = Pattern(r"[_\d-]|[a-z][A-Z]")


def named_tools(compiled: Compiled) -> Iterator[Finding]:
    """W410: a tool that the text names and the prompt does not give."""
    given = {tool["name"] for tool in compiled.document["tools"]}
    missing = sorted(name for name in compiled.tools if name not in given)
    if not missing:
        return
    text = "\n".join(_texts(compiled.document["messages"]))
    for name in missing:
        bare = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
        if re.search(bare if _TELLING.search(name) else rf"`{re.escape(name)}`", text):
            message = f"the text names the tool `{name}`, and the prompt does not give it"
            hint = "add it to `tools`, or put the sentence under `{% if \"" + name + '" in tools %}`'
            yield Finding("W410", message, compiled.prompt.places.get("tools", compiled.prompt.place), "warning", hint)


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for one in data:
            yield from _texts(one)
    elif isinstance(data, dict):
        for key in ("content", "do", "then", "else"):
            yield from _texts(data.get(key, []))


def two_limits(seat: Seat) -> Iterator[Finding]:
    """W411: a block's text sets a limit or a language that a variable sets otherwise in the same prompt."""
    for name, choice in seat.tenant.prompts.items():
        if not choice.enabled or name not in seat.sources.closures or not choice.blocks:
            continue
        known = given_by_variables(seat.sources, name)
        values = [(kind, path, _value(seat, path)) for kind, path in known]
        for actions in choice.blocks.values():
            for action in actions:
                if action.overlay_kind == "tenant" or action.overlay == seat.overlay.name:
                    yield from _against(action, values, name)


def _against(action: Any, values: list[tuple[str, str, Any]], prompt: str) -> Iterator[Finding]:
    hint = "set the variable, and leave the limit out of the text"
    for match in _LIMIT.finditer(action.text):
        unit = _singular(match[2])
        for kind, path, value in values:
            if kind == unit and isinstance(value, int) and value != int(match[1]):
                message = f"a limit of {match[1]} {unit}s stands in `{prompt}` beside that of `{path}`"
                yield Finding("W411", message, action.place, "warning", hint)
    for match in _LANGUAGE.finditer(action.text):
        for kind, path, value in values:
            if kind == "language" and isinstance(value, str) and value.casefold() != match[1].casefold():
                message = f"another language than that of `{path}` is set in `{prompt}`"
                yield Finding("W411", message, action.place, "warning", "set the variable, and leave the language out of the text")


def _singular(unit: str) -> str:
    return unit.casefold().removesuffix("s")


def _value(seat: Seat, path: str) -> Any:
    value: Any = seat.tenant.variables
    for step in path.split("."):
        value = value.get(step) if hasattr(value, "get") else None
    return value


def given_by_variables(sources: Sources, prompt: str) -> list[tuple[str, str]]:
    """What variables set in a prompt's sentences: (unit or `language`, the variable's path)."""
    key = f"given by variables: {prompt}"
    if key not in sources.kept:
        sources.kept[key] = list(dict.fromkeys(_given(pieces_of(sources, prompt))))
    found: list[tuple[str, str]] = sources.kept[key]
    return found


def _given(pieces: list[Piece]) -> Iterator[tuple[str, str]]:
    for number, piece in enumerate(pieces):
        variable = _VARIABLE.match(piece.text) if piece.kind == "print" else None
        if variable is None or number == 0 or pieces[number - 1].kind != "text":
            continue
        before = pieces[number - 1].text
        after = pieces[number + 1].text if number + 1 < len(pieces) and pieces[number + 1].kind == "text" else ""
        unit = _UNIT_AFTER.match(after)
        if unit and _LIMIT_BEFORE.search(before):
            yield _singular(unit[1]), variable[1][1:]
        elif _LANGUAGE_BEFORE.search(before):
            yield "language", variable[1][1:]


CHECKS = (
    Check("W410", "artifact", named_tools),
    Check("W411", "tenant", two_limits),
)
