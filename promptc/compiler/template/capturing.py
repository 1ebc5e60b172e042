"""Capturing: the output of macros, `call`, `filter`, `set` and `~` as one value.

    events of a buffer -> [capturing] -> text where all is text, else Parts

Line ends of includes and blocks that fill their lines are settled here, while static text and printed values can still be
told apart: from now on all of it is a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from promptc.compiler.template import events as e
from promptc.compiler.template import symbols as s
from promptc.compiler.template.ends import line_end
from promptc.compiler.template.events import Value
from promptc.compiler.template.limits import EVENT_COST
from promptc.compiler.template.run import CURRENT
from promptc.compiler.template.symbols import refuse

TAGS = {
    e.MessageOpen: "message",
    e.MessageClose: "message",
    e.History: "history",
    e.ExamplesMark: "examples",
    e.Cache: "cache",
    e.Media: "media",
}
OPENS = (e.LineOpen, e.BlockOpen)
CLOSES = (e.LineClose, e.BlockClose)


def capture(events: list[Any]) -> Any:
    """Captured events as one value: text where all is text, else Parts."""
    if all(isinstance(event, str) for event in events):
        return "".join(events)
    flat = list(_flat(events))
    CURRENT.run.fuel.charge(len(flat) * EVENT_COST)
    if any(isinstance(event, OPENS) for event in flat):
        flat = list(_settled(iter(flat)))
    if all(isinstance(event, str) for event in flat):
        return "".join(flat)
    return s.Parts(tuple(str(event) if isinstance(event, str) else event for event in flat))


def _flat(events: list[Any]) -> Iterator[Any]:
    for event in events:
        if isinstance(event, s.Parts):
            yield from (Value(inner) if isinstance(inner, str) else inner for inner in event.events)
        elif isinstance(event, e.Origin):
            continue
        else:
            keep(event)
            yield event


def keep(event: Any) -> Any:
    """An event that may stand in captured text; a block that does can't be overridden, and messages can't stand there."""
    if isinstance(event, e.BlockOpen):
        CURRENT.run.captured[event.name] = None
    elif type(event) in TAGS:
        refuse(
            "T030",
            f"`{{% {TAGS[type(event)]} %}}` stands in text that is captured by a macro, `call`, `filter` or `set`",
            "move it out, into the template, a block or an include",
        )
    return event


def _settled(events: Iterator[Any]) -> Iterator[Any]:
    """Events without lines and blocks: each such group with the line end that it lacks."""
    for event in events:
        if isinstance(event, CLOSES):
            return
        if not isinstance(event, OPENS):
            yield event
            continue
        group = list(_settled(events))
        yield from group
        if isinstance(event, e.LineOpen) or event.line:
            yield from _as_events(line_end(_tree(iter(group))[0]))


def _tree(events: Iterator[Any]) -> tuple[list[Any], Any]:
    """Events as parts, as far as line ends are concerned; stops at an else or end, which it returns."""
    parts: list[Any] = []
    for event in events:
        if isinstance(event, (e.Else, e.End)):
            return parts, event
        if isinstance(event, (e.When, e.Each)):
            then, stop = _tree(events)
            otherwise = _tree(events)[0] if isinstance(stop, e.Else) else []
            if isinstance(event, e.When):
                parts.append({"when": event.condition, "then": then, "else": otherwise})
            else:
                parts.append({"each": list(event.path), "name": event.name, "do": then, "else": otherwise})
        elif isinstance(event, str):
            parts.append(event)
        else:
            parts.append(Value("printed"))
    return parts, None


def _as_events(parts: list[Any]) -> Iterator[Any]:
    for part in parts:
        if isinstance(part, str):
            yield part
        else:
            yield e.When(part["when"])
            yield from _as_events(part["then"])
            yield e.Else()
            yield from _as_events(part["else"])
            yield e.End()
