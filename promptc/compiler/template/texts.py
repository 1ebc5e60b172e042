"""Texts: values as text by the one table, and captured text that is about to be looked at.

    operators, filters, comparing -> [texts] -> text, or a refusal where an input is in it

Captured text that holds variables is text as soon as somebody asks: its holes are filled and recorded as read. Captured
text that holds inputs can only be printed.
"""

from __future__ import annotations

from typing import Any

from jinja2.runtime import Undefined

from promptc.compiler.holes import apply_filters
from promptc.compiler.template import symbols as s
from promptc.compiler.template.events import Hole
from promptc.compiler.template.proxies import View, spelled
from promptc.compiler.template.run import CURRENT
from promptc.compiler.template.symbols import refuse
from promptc.compiler.trace import look, shape_of
from promptc.core.values import NotCanonical, kind_of, text_of


def text(value: Any) -> str:
    """The text of a build-time value; null, lists and maps are errors that name what prints them."""
    try:
        found = text_of(value)
    except (ValueError, RecursionError) as error:
        if isinstance(error, NotCanonical):
            refuse("T006", f"{error} can't be printed", "give it as text")
        if isinstance(value, Undefined):
            str(value)  # raises with the name
        if isinstance(value, View):
            kind = shape_of(value.whole())
            what = f"`{spelled(value.path)}` is {'a map' if kind == 'map' else 'a list'}, which has no text of its own"
        else:
            what = f"{_article(value)} has no text of its own"
        refuse("T006", what, 'print one of its values, or write `| tojson`, or `| join(", ")` for a list of text')
    CURRENT.run.fuel.charge(len(found))
    return found


def _article(value: Any) -> str:
    kind = kind_of(value)
    return {"null": "null", "list": "a list", "map": "a map"}.get(kind, "a value that is not text")


def force(value: Any) -> Any:
    """A value that is about to be inspected: holes of captured text are read; inputs in it refuse."""
    if not isinstance(value, s.Parts):
        return value
    text_parts: list[str] = []
    for event in value.events:
        if isinstance(event, str):
            text_parts.append(event)
        elif isinstance(event, Hole):
            text_parts.append(filled(event))
        else:
            s.refuse_captured(value)
    return "".join(text_parts)


def forced(value: Any) -> Any:
    """The same, looking into lists and maps."""
    if isinstance(value, s.Parts):
        return force(value)
    if type(value) in (list, tuple) and any(isinstance(each, (s.Parts, list, tuple, dict)) for each in value):
        return type(value)(forced(each) for each in value)
    if isinstance(value, dict) and any(isinstance(each, (s.Parts, list, tuple, dict)) for each in value.values()):
        return {key: forced(each) for key, each in value.items()}
    return value


def filled(event: Hole) -> str:
    """A hole's text, recorded as read."""
    run = CURRENT.run
    found = look({event.path[0]: run.roots[event.path[0]].raw}, event.path)
    run.reads.record("get", event.path, found)
    return apply_filters(text(found), event.filters)
