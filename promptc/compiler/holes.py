"""Holes: what one tenant's variables put into the holes of shapes, as text and as JSON.

    hole, what a tenant sets -> [holes] -> linked text

Pure. Values meet text by the one table, through the text filters that a hole may carry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from json.encoder import encode_basestring
from typing import Any

from promptc.compiler.project import MISSING
from promptc.compiler.trace import ByIdentity, Path, Roots, look
from promptc.core.values import canonical_text, text_of

TEXT_FILTERS: dict[str, Callable[[str], str]] = {
    "trim": str.strip,
    "upper": str.upper,
    "lower": str.lower,
    "capitalize": str.capitalize,
}


class Unfilled(Exception):
    """A tenant has no value for a `{$vars: NAME}` of a schema."""


def apply_filters(value: str, filters: Iterable[str]) -> str:
    """The text filters that a hole may carry."""
    for name in filters:
        value = TEXT_FILTERS[name](value)
    return value


class Hole:
    """A hole of plans: a variable's text through its filters, or, where `is_data`, its value as JSON.

    There is one object for each in a compiler, so that it is found by its identity.
    """

    __slots__ = ("_is_plain", "filters", "is_data", "path")

    def __init__(self, path: Path, filters: tuple[str, ...], *, is_data: bool) -> None:
        self.path = path
        self.filters = filters
        self.is_data = is_data
        self._is_plain = len(path) == 2 and isinstance(path[1], str)

    def text(self, roots: Roots) -> str:
        """What a tenant prints in a message here."""
        value = roots[self.path[0]].get(self.path[1]) if self._is_plain else look(roots, self.path)  # type: ignore[index]
        text = value if value.__class__ is str else text_of(value)
        return apply_filters(text, self.filters) if self.filters else text


# A hole that everyone leaves empty.
BLANK = Hole((), (), is_data=False)


class Holes(dict[tuple[Path, tuple[str, ...], bool], Hole]):
    """Every hole of a compiler's plans."""

    def __init__(self) -> None:
        super().__init__()
        self.json_of = ByIdentity(_json_of)

    def __missing__(self, key: tuple[Path, tuple[str, ...], bool]) -> Hole:
        path, filters, is_data = key
        made = self[key] = Hole(path, filters, is_data=is_data)
        return made


class Texts(dict[Hole, bytes]):
    """One tenant's holes as they stand in an artifact's bytes; its prompts print much the same.

    `wide` are those whose text may change when it is joined to its neighbours, being more than ASCII.
    """

    __slots__ = ("_json_of", "_roots", "plain", "wide")

    def __init__(self, roots: Roots, holes: Holes) -> None:
        super().__init__()
        self._roots = roots
        self._json_of = holes.json_of
        self.plain: dict[Hole, str] = {BLANK: ""}
        self[BLANK] = b""
        self.wide: set[Hole] = set()

    def __missing__(self, hole: Hole) -> bytes:
        if hole.is_data:
            value = look(self._roots, hole.path)
            if value is MISSING:
                raise Unfilled
            made: bytes = self._json_of(value)
        else:
            text = self.plain[hole] = hole.text(self._roots)
            if not text.isascii():
                self.wide.add(hole)
            made = encode_basestring(text)[1:-1].encode()
        self[hole] = made
        return made

    def characters(self, hole: Hole) -> int:
        """How many characters a hole's text has."""
        if hole not in self:
            self.__missing__(hole)
        return len(self.plain[hole])


def _json_of(value: Any) -> bytes:
    # The author's order stays where a schema of a provider holds the value.
    return canonical_text(value, keep_order=True).encode()
