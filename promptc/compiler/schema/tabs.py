"""Tabs: content inside a scalar, free inside a comment, refused elsewhere: there parsers read them differently.

    text, the scalars' spans -> [tabs] -> findings

Pure.
"""

from __future__ import annotations

import re

from promptc.compiler.schema.few import PLACES_MAX, more
from promptc.core.findings import Finding, Place

# Start and end of a scalar in the text, and its style: "" plain, `|`, `>`, or a quote.
Span = tuple[int, int, str]


def tab_findings(text: str, spans: list[Span], place: Place) -> list[Finding]:
    """Every tab of a document that is used as space. `place` has the file and the lines before the text."""
    indexes: list[int] = []
    at = 0
    for start, end, style in [*spans, (len(text), len(text), "|")]:
        indexes += _between(text, at, start)
        if style not in ("|", ">"):
            indexes += [start + match.start(1) for match in re.finditer(r"\n[ ]*(\t)", text[start:end])]
        at = max(at, end)
    found = [_tab(text, index, place) for index in indexes[:PLACES_MAX]]
    return [*found, more(found[-1], len(indexes) - PLACES_MAX)] if len(indexes) > PLACES_MAX else found


def spot(text: str, index: int) -> tuple[int, int]:
    """Line and column of an index, both from 0."""
    return text.count("\n", 0, index), index - (text.rfind("\n", 0, index) + 1)


def _between(text: str, start: int, end: int) -> list[int]:
    gap = text[start:end]
    if "\t" not in gap:
        return []
    bare = re.sub(r"(?:(?<=[ \t\n])|^)#[^\n]*", lambda match: " " * len(match.group()), gap)
    return [start + match.start() for match in re.finditer(r"\t+", bare)]


def _tab(text: str, index: int, place: Place) -> Finding:
    line, column = spot(text, index)
    return Finding(
        "Y008", "a tab is used as space", Place(place.file, line + 1 + place.line, column + 1), hint="use spaces"
    )
