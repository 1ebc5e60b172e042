"""Marking: a shape linked once with marks in the places of a tenant's own texts, for all tenants that fill them.

    shape, what the chain chose -> [marking] -> messages whose text holds marks -> plan

Pure. The general linker does the work, so a plan can't differ from it in anything but what a text decides; and where a
text decides something (two branches may become the same, a lone text may become empty), that is found out here.

A mark is a number between halves of surrogate pairs. No text that compiles holds such a half: checks refuse it in
sources, and canonical JSON in artifacts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from promptc.compiler.holes import Hole, Holes
from promptc.compiler.link import Linker, Part
from promptc.compiler.project import BlockAction
from promptc.compiler.template.events import Value
from promptc.compiler.trace import OF_TENANT
from promptc.core.dataclass import dataclass, field
from promptc.core.values import json_text, same

BEGIN, END = "\ud800", "\udc00"


class GivenText(NamedTuple):
    """The text of a block's action, without a last line end: the block's name and the action's number there."""

    block: str
    number: int


Slot = Hole | GivenText


@dataclass(frozen=True, slots=True)
class Marking(Linker):
    """A linker that puts marks where another puts a tenant's texts.

    `slots` are numbered by their marks; `counted` are the holes whose characters a prompt's limit counts; `lone` are
    texts of marks alone that were compared, by their numbers; `pairs` are branches, as JSON, that are taken to differ.
    """

    holes: Holes = field(default_factory=Holes)
    slots: dict[Slot, int] = field(default_factory=dict)
    counted: list[Hole] = field(default_factory=list)
    lone: set[tuple[int, ...]] = field(default_factory=set)
    pairs: list[tuple[str, str]] = field(default_factory=list)

    def hole(self, part: Part) -> Value:
        """A mark; what does not differ between tenants stands as itself."""
        path = tuple(part["hole"])
        if path[0] not in OF_TENANT:
            # The base class by its name: a dataclass with slots is made anew, and `super()` would not know it.
            return Linker.hole(self, part)
        slot = self.holes[path, tuple(part["text"]), False]
        self.counted.append(slot)
        return Value(self._mark(slot))

    def given(self, block: str, number: int, action: BlockAction) -> str:
        """A mark and the text's last line end, which decides what comes after it. An empty text stays empty."""
        if not action.text:
            return ""
        return self._mark(GivenText(block, number)) + ("\n" if action.text.endswith("\n") else "")

    def _mark(self, slot: Slot) -> str:
        # One number for each slot, so that what is the same for every tenant is the same here.
        return f"{BEGIN}{self.slots.setdefault(slot, len(self.slots))}{END}"

    def alike(self, then: list[Part], otherwise: list[Part]) -> bool:
        """Whether two branches are the same for every tenant. Those that may be for one are kept, to be compared."""
        for text in marked_texts([then, otherwise]):
            pieces, numbers = cut(text)
            if not any(pieces):
                self.lone.add(tuple(numbers))
        if same(then, otherwise):
            return True
        if may_meet(then, otherwise):
            self.pairs.append((json_text(then), json_text(otherwise)))
        return False


def mark_of(number: int) -> str:
    """The mark with a number."""
    return f"{BEGIN}{number}{END}"


def cut(text: str) -> tuple[list[str], list[int]]:
    """A text at its marks: the pieces, and the numbers between them."""
    first, *others = text.split(BEGIN)
    pieces, numbers = [first], []
    for other in others:
        number, _, piece = other.partition(END)
        numbers.append(int(number))
        pieces.append(piece)
    return pieces, numbers


def marked_texts(parts: Any) -> Iterator[str]:
    """Every text that holds a mark."""
    if isinstance(parts, str):
        if BEGIN in parts:
            yield parts
    elif isinstance(parts, list):
        for part in parts:
            yield from marked_texts(part)
    elif isinstance(parts, dict):
        for part in parts.values():
            yield from marked_texts(part)


def may_meet(left: Any, right: Any) -> bool:
    """Whether parts that hold marks can be the same once these are filled; no text is empty that holds one."""
    if isinstance(left, str) and isinstance(right, str):
        return _texts_may_meet(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(may_meet, left, right))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(may_meet(part, right[key]) for key, part in left.items())
    return same(left, right)


def _texts_may_meet(left: str, right: str) -> bool:
    if BEGIN not in left and BEGIN not in right:
        return left == right
    first, second = left.split(BEGIN, 1)[0], right.split(BEGIN, 1)[0]
    shared = min(len(first), len(second))
    if first[:shared] != second[:shared]:
        return False
    first, second = left.rsplit(END, 1)[-1], right.rsplit(END, 1)[-1]
    shared = min(len(first), len(second))
    return not shared or first[-shared:] == second[-shared:]
