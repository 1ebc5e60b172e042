"""Doubtful: a compiled prompt that contradicts itself: tools that it names and doesn't give, two limits, two languages.

    artifacts, Seats -> [doubtful] -> findings at the prompt, or at what says the other thing

Pure. A limit or a language counts where a variable gives it to a template's sentence; then what other sentences and an overlay's
block say of the same is held against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from promptc.checks.check import Check, Compiled, Seat, Sources
from promptc.checks.outline import Piece, pieces_of
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding, Place
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
# What a template must hold for a variable to set something: one of these with a tag after it.
_LIKELY = Pattern(rf"\b(?:{_AT_MOST}\s+(?:of\s+)?|{_SPEAK}\s+)\{{[{{%#]", re.IGNORECASE)
_VARIABLE = Pattern(r"vars((?:\.\w+)+)\s*\Z")
_SENTENCE = Pattern(r"[.!?;\n]\s*|\A")
_WORD = Pattern(r"([^\W\d_]+)")
# Words of sentences that set a limit for the whole answer, and of names of variables that hold one.
_GENERAL = frozenset(
    "a all always an and answer answers are at be brief concise customer customers ever exclusively for from give has have in is it its "
    "keep kept language length limit long max maximum min most must never no not of only or please replies reply respond response "
    "responses short should speak than that the them they to up use user users with within word words write your you count character "
    "characters sentence sentences line lines antwort antworten antworte schreibe auf mit der die das und kurz höchstens".split()
)
_TELLING = Pattern(r"[_\d-]|[a-z][A-Z]")


def named_tools(compiled: Compiled) -> Iterator[Finding]:
    """W410: a tool that the text names and the prompt does not give."""
    given = {tool["name"] for tool in compiled.document["tools"]}
    missing = sorted(name for name in compiled.tools if name not in given)
    if not missing:
        return
    text = "\n".join(_texts(compiled.document["messages"]))
    for name in missing:
        if name not in text:
            continue
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


@dataclass(frozen=True, slots=True)
class Saying:
    """Something that a prompt's sentence sets: a limit (its unit) or the `language`; to a value, or to a variable's. `about` is
    what the sentence or the variable says it is of, beside the limit itself: "" for the answer as a whole.
    """

    kind: str
    value: str
    variable: str
    about: str
    place: Place


def two_limits(seat: Seat) -> Iterator[Finding]:
    """W411: two sentences of one prompt set a limit or a language differently, at least one of them by a variable."""
    for name, choice in seat.tenant.prompts.items():
        if not choice.enabled or name not in seat.sources.closures:
            continue
        known = sayings_of(seat.sources, name)
        own = [
            saying
            for actions in choice.blocks.values()
            for action in actions
            if action.overlay_kind == "tenant" or action.overlay == seat.overlay.name
            for saying in _said(action.text, action.place)
        ]
        if known and (own or len(known) > 1):
            yield from _contradictions(seat, name, known, own)


def _contradictions(seat: Seat, prompt: str, known: tuple[Saying, ...], own: list[Saying]) -> Iterator[Finding]:
    by_variable = [(saying, _value(seat, saying.variable)) for saying in known if saying.variable]
    hint = "set the variable, and leave it out of the text"
    for saying, value in by_variable:
        for other in (*own, *known):
            # What a tenant writes is of the whole answer where it doesn't say otherwise; templates have sentences of all parts.
            is_own = other in own
            if other.kind != saying.kind or other is saying or (not is_own and (other.about or saying.about)):
                continue
            if other.variable and known.index(other) < known.index(saying):
                continue  # said once
            beside = _value(seat, other.variable) if other.variable else other.value
            if value is None or beside is None or str(value).casefold() == str(beside).casefold():
                continue
            what = "another language" if saying.kind == "language" else f"another limit of {saying.kind}s"
            named = f" by `{other.variable}`" if other.variable else ""
            yield Finding("W411", f"{what} is set{named} in `{prompt}` beside that of `{saying.variable}`", other.place, "warning", hint)


def _said(text: str, place: Place, *, spreads: bool = False) -> Iterator[Saying]:
    """What a text sets. Where it `spreads`, its lines are those of its file."""
    for match, kind, value in (
        *((match, _singular(match[2]), match[1]) for match in _LIMIT.finditer(text)),
        *((match, "language", match[1]) for match in _LANGUAGE.finditer(text)),
    ):
        lines = text.count("\n", 0, match.start()) if spreads else 0
        at = Place(place.file, place.line + lines) if lines else place
        yield Saying(kind, value, "", _about(text[: match.start()]), at)


def _about(before: str) -> str:
    """What a sentence says a limit is of: its words up to the limit that are not those of every such sentence."""
    start = max((match.end() for match in _SENTENCE.finditer(before)), default=0)
    words = [word for word in _WORD.findall(before[start:].casefold()) if word not in _GENERAL]
    return " ".join(words)


def _singular(unit: str) -> str:
    return unit.casefold().removesuffix("s")


def _value(seat: Seat, path: str) -> Any:
    value: Any = seat.tenant.variables
    for step in path.split("."):
        value = value.get(step) if hasattr(value, "get") else None
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None


def sayings_of(sources: Sources, prompt: str) -> tuple[Saying, ...]:
    """What a prompt's templates set, in order."""
    key = f"sayings: {prompt}"
    if key not in sources.kept:
        found = tuple(_sayings(pieces_of(sources, prompt))) if _may_say(sources, prompt) else ()
        sources.kept[key] = found if any(saying.variable for saying in found) else ()
    kept: tuple[Saying, ...] = sources.kept[key]
    return kept


def _may_say(sources: Sources, prompt: str) -> bool:
    known: dict[str, bool] = sources.kept.setdefault("may say", {})
    for path in sources.closures[prompt]:
        if path not in known:
            template = sources.project.templates.get(path)
            known[path] = template is not None and _LIKELY.search(template.text) is not None
    return any(known[path] for path in sources.closures[prompt])


def _sayings(pieces: list[Piece]) -> Iterator[Saying]:
    for number, piece in enumerate(pieces):
        if piece.kind == "text":
            yield from _said(piece.text, piece.place, spreads=True)
        variable = _VARIABLE.match(piece.text) if piece.kind == "print" else None
        if variable is None or number == 0 or pieces[number - 1].kind != "text":
            continue
        before, path = pieces[number - 1].text, variable[1][1:]
        after = pieces[number + 1].text if number + 1 < len(pieces) and pieces[number + 1].kind == "text" else ""
        unit = _UNIT_AFTER.match(after)
        limit, language = _LIMIT_BEFORE.search(before), _LANGUAGE_BEFORE.search(before)
        kind, found = (_singular(unit[1]), limit) if unit and limit else ("language", language)
        if found:
            of_name = " ".join(word for word in path.rpartition(".")[2].split("_") if word not in _GENERAL)
            yield Saying(kind, "", path, " ".join(filter(None, (_about(before[: found.start()]), of_name))), piece.place)


CHECKS = (
    Check("W410", "artifact", named_tools),
    Check("W411", "tenant", two_limits),
)
