"""Outlined: what a plan makes of all its targets, as an outline whose holes bear names, and one target's values for them.

    Bound -> [outlined] -> Outline; a tenant's texts -> values by name

Pure. Data that stands in a tool or a schema is a value as JSON; text is a value as it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from promptc.compiler.holes import Texts
from promptc.compiler.marking import GivenText, Slot
from promptc.compiler.plan import Bound, Given
from promptc.core.outline import BEGIN, END, Outline, outline_of


class Outlined:
    """A plan's outline, and the slot behind each of its holes."""

    __slots__ = ("bound", "outline", "slots")

    def __init__(self, bound: Bound) -> None:
        self.bound = bound  # kept alive: its identity is what it is known by
        text = bound.text
        names = {slot: name_of(slot) for slot in text.slots}
        self.slots = {name: slot for slot, name in names.items()}
        self.outline: Outline = outline_of(json.loads("".join(_marked(bound))), tuple(names.values()))

    def values(self, texts: Texts, given: Given) -> dict[str, str]:
        """What one target has in each hole."""
        return {name: _value(slot, texts, given) for name, slot in self.slots.items()}


def name_of(slot: Slot) -> str:
    """`product`, `product|upper`, `tenant.labels.plan`, `block greeting`."""
    if isinstance(slot, GivenText):
        return f"block {slot.block}" if not slot.number else f"block {slot.block}, text {slot.number + 1}"
    path = slot.path[1:] if slot.path and slot.path[0] == "vars" else slot.path
    return "|".join((".".join(map(str, path)), *slot.filters, *(("tojson",) if slot.is_data else ())))


def _marked(bound: Bound) -> Iterator[str]:
    text = bound.text
    numbers = {slot: number for number, slot in enumerate(dict.fromkeys(text.slots))}
    for piece, slot in zip(text.pieces, text.slots, strict=False):
        yield piece
        mark = f"{BEGIN}{numbers[slot]}{END}"
        # Data has no quotes of its own.
        yield json.dumps(mark) if not isinstance(slot, GivenText) and slot.is_data else mark
    yield text.pieces[-1]


def _value(slot: Slot, texts: Texts, given: Given) -> str:
    if isinstance(slot, GivenText):
        return given.plain[slot]
    data = texts[slot]
    return data.decode() if slot.is_data else texts.plain[slot]
