"""Rules: sources/rules.yaml, facts about groups of targets that are proven over every artifact.

    nodes -> [rules] -> Rules, in file order -> checks/rules

A pattern is refused where matching it could take more than time in proportion to the text. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from promptc.compiler.project import Rule
from promptc.compiler.schema.fill import refused_tags
from promptc.compiler.schema.nodes import Map, Node, Sequence, data_of, place_in
from promptc.compiler.schema.types import typed
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean, listed
from promptc.core.values import texts_in

_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
FACTS: dict[str, Any] = {
    "contains": _TEXTS,
    "lacks": _TEXTS,
    "matches": _TEXTS,
    "has_tool": _TEXTS,
    "lacks_tool": _TEXTS,
    "model": _TEXTS,
    "max_tokens": {"type": "integer", "minimum": 1},
    "because": {"type": "string", "minLength": 1},
}
_FORM = {"type": "object", "properties": FACTS, "additionalProperties": False}
_WORD = re.compile(r"label:[^=\s]+=\S+|tenant:\S+|prompt:[\w.*?\[\]-]+")
PATTERN_CHARACTERS_MAX = 500
UNBOUNDED_MAX = 3


def read_rules(node: Node, file: str) -> tuple[tuple[Rule, ...], tuple[Finding, ...]]:
    """The rules of a file, and what is wrong with it."""
    if not isinstance(node, Map):
        return (), (Finding("Y007", "rules.yaml must be a map from groups to facts", Place(file, node.line, node.column)),)
    made: list[Rule] = []
    found: list[Finding] = list(refused_tags(node, file))
    for words, (key, entry) in node.entries.items():
        place = Place(file, key.line, key.column)
        select = tuple(words.split())
        wrong = [word for word in select if not _WORD.fullmatch(word)]
        if wrong or not select:
            hint = "write `label:KEY=VALUE`, `tenant:GLOB` or `prompt:NAME`; several words in one key must all hold"
            found.append(Finding("S002", f"`{words[:80]}` names no group of targets", place, hint=hint))
            continue
        for item in entry.items if isinstance(entry, Sequence) else [entry]:
            rule, more = _rule(select, item, place)
            found += more
            made += [rule] if rule is not None else []
    return tuple(made), tuple(found)


def _rule(select: tuple[str, ...], node: Node, place: Place) -> tuple[Rule | None, list[Finding]]:
    path = " ".join(select)
    if not isinstance(node, Map):
        hint = f"write one of {listed(FACTS)} with what must hold"
        return None, [Finding("S002", f"`{path[:80]}` must be a map of facts", place, hint=hint)]
    place = Place(place.file, node.line or place.line, node.column or place.column) if node.entries else place
    data = data_of(node)
    known = f"facts are {listed(FACTS)}"
    found = [
        Finding("S001", f"unknown fact `{key[:80]}`", place_in(key, place), hint=did_you_mean(key, FACTS, otherwise=known))
        for key in data
        if key not in FACTS
    ]
    if found:
        return None, found
    facts, wrong = typed(data, _FORM, place=place, path=path, code="S002")
    if wrong:
        return None, list(wrong)
    because = facts.pop("because", "")
    if not facts:
        return None, [Finding("S002", f"`{path[:80]}` says nothing that must hold", place, hint=known)]
    for pattern in texts_in(facts.get("matches")):
        found += [Finding("S002", message, place, hint="write it without that, or use `contains`") for message in _unsafe(pattern)]
    return (None if found else Rule(select, facts, because, place)), found


def _unsafe(pattern: str) -> Iterator[str]:
    """Why a pattern can't be used: it is none, or matching it may take very long."""
    from re import _parser  # type: ignore[attr-defined]

    if len(pattern) > PATTERN_CHARACTERS_MAX:
        yield f"the pattern is longer than {PATTERN_CHARACTERS_MAX} characters"
        return
    try:
        parsed = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        yield f"`{pattern[:80]}` is not a regular expression"
        return
    said, unbounded = _walk(parsed, within=False)
    if said:
        yield f"`{pattern[:80]}` {said}"
    elif unbounded > UNBOUNDED_MAX:
        yield f"`{pattern[:80]}` repeats without a bound more than {UNBOUNDED_MAX} times"


def _walk(parsed: Any, *, within: bool) -> tuple[str, int]:
    """What makes a parsed pattern slow, "" for nothing; and how many repeats without a bound it has."""
    unbounded = 0
    for operator, argument in parsed:
        name = str(operator)
        inner: list[Any] = []
        repeats = False
        if name in ("GROUPREF", "GROUPREF_EXISTS", "ASSERT", "ASSERT_NOT"):
            return "refers back or looks around, which can't be bounded", unbounded
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            repeats = argument[1] > 1000
            many = argument[1] > 1
            if within and many:
                return "repeats what repeats, which can take very long", unbounded
            unbounded += repeats
            inner, within_inner = [argument[2]], within or many
        elif name == "BRANCH":
            if within:
                return "repeats a choice, which can take very long", unbounded
            inner, within_inner = list(argument[1]), within
        elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
            inner, within_inner = [argument[-1] if name == "SUBPATTERN" else argument], within
        for part in inner:
            said, more = _walk(part, within=within_inner)
            unbounded += more
            if said:
                return said, unbounded
    return "", unbounded
