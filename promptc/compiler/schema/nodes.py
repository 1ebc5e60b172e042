"""Nodes: YAML and JSON as a tree that knows where everything stands, before any schema has typed it.

    bytes -> yaml, jsons -> [nodes] -> forms, overlays -> Project

A plain scalar keeps its text (`Plain`) until a schema says what it is. Pure. A cold build makes nodes by the million, so
that they are made by methods of their own (core/dataclass.py says what its cost).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from promptc.core.dataclass import dataclass
from promptc.core.findings import Place

# Text that some YAML reader takes for a number, and no reader for a plain decimal of ours.
NUMBER_LIKE = re.compile(
    r"[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?\Z"
    r"|[-+]?0[xX][0-9a-fA-F_]+\Z|[-+]?0[oO][0-7_]+\Z|[-+]?0[bB][01_]+\Z"
    r"|[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z"
)
NULL_LIKE = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEAN_LIKE = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})


class Text(str):
    """Text that knows its line and column (0: not known)."""

    __slots__ = ("column", "line")
    line: int
    column: int

    @classmethod
    def at(cls, text: str, line: int, column: int) -> Text:
        """The text, standing at a line and column."""
        made = cls(text)
        made.line = line
        made.column = column
        return made

    def place(self, file: str) -> Place:
        """Where it stands in a file."""
        return Place(file, self.line, self.column) if hasattr(self, "line") else Place(file)


class Plain(Text):
    """A plain YAML scalar: its text, which no schema has typed yet."""

    __slots__ = ()


@dataclass(slots=True)
class Scalar:
    """One scalar. `value` is None for YAML's scalars and text; JSON's numbers, booleans and null stand in a tuple."""

    text: str
    plain: bool
    tag: str
    line: int
    column: int
    value: tuple[Any] | None

    def __init__(self, text: str, plain: bool, tag: str, line: int, column: int, value: tuple[Any] | None = None) -> None:  # noqa: FBT001, PLR0913
        self.text = text
        self.plain = plain
        self.tag = tag
        self.line = line
        self.column = column
        self.value = value


@dataclass(slots=True)
class Sequence:
    """A list of nodes."""

    items: list[Node]
    tag: str
    line: int
    column: int

    def __init__(self, items: list[Node], tag: str, line: int, column: int) -> None:
        self.items = items
        self.tag = tag
        self.line = line
        self.column = column


@dataclass(slots=True)
class Map:
    """A map: key text -> the key's own node and the value's node, in the author's order."""

    entries: dict[str, tuple[Scalar, Node]]
    tag: str
    line: int
    column: int

    def __init__(
        self, entries: dict[str, tuple[Scalar, Node]] | None = None, tag: str = "", line: int = 0, column: int = 0
    ) -> None:
        self.entries = {} if entries is None else entries
        self.tag = tag
        self.line = line
        self.column = column

    def get(self, key: str) -> Node | None:
        """The value's node, or None."""
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node: TypeAlias = Scalar | Sequence | Map


def place_of(node: Node, file: str) -> Place:
    """Where a node begins."""
    return Place(file, node.line, node.column)


def data_of(node: Node) -> Any:
    """Plain data: maps and lists as they are, plain scalars as `Plain`, other scalars and keys as `Text`, tags ignored."""
    if isinstance(node, Scalar):
        if node.value is not None:
            return node.value[0]
        return (Plain if node.plain else Text).at(node.text, node.line, node.column)
    if isinstance(node, Sequence):
        return [data_of(item) for item in node.items]
    return {Text.at(key, at.line, at.column): data_of(value) for key, (at, value) in node.entries.items()}


def places_in(node: Node, file: str, path: str = "") -> Iterator[tuple[str, Place]]:
    """The places of every scalar and every key with more below it by their dotted paths, and of every word in a list
    (`tools.lookup_order`).
    """
    if isinstance(node, Map):
        for key, (at, value) in node.entries.items():
            spot = value if isinstance(value, Scalar) else at
            yield f"{path}{key}", Place(file, spot.line, spot.column)
            yield from places_in(value, file, f"{path}{key}.")
    elif isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Scalar):
                yield f"{path}{item.text}", Place(file, item.line, item.column)


def place_in(data: Any, fallback: Place) -> Place:
    """Where data stands, as far as it knows; a list or a map stands where its first part does."""
    while isinstance(data, (list, tuple, Mapping)) and data:
        data = next(iter(data))
    return data.place(fallback.file) if isinstance(data, Text) and hasattr(data, "line") else fallback


def kind_of_node(node: Node) -> str:
    """What a message calls it."""
    if isinstance(node, Scalar):
        return "text" if node.value is None else "a scalar"
    return "a list" if isinstance(node, Sequence) else "a map"
