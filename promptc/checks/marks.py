"""Marks: hashes of words and of pairs of words, which tell what a text could hold without the text.

    documents -> [marks] -> the marks of what no shared text holds; an identifier -> the marks that it can't be without

Pure. An identifier of one word stands only where its word is, and one of several only where each two of them stand side by
side. So what is found by marks is all there is and a little more, which a search of the text itself (identifiers.py) tells
apart. Marks are 32-bit: no text can be made of them, and ten thousand tenants' are a few megabytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zlib import crc32

from promptc.checks.identifiers import described_in, words_of
from promptc.checks.rules import texts

if TYPE_CHECKING:
    from promptc.compiler.project import Settings

LINES_MAX = 100_000
EVERYWHERE = -1


def mark_of(words: str) -> int:
    """The mark of a word, or of two with a space between them."""
    return crc32(words.encode("utf-8", "surrogatepass"))


def marks_in(words: str) -> Iterator[int]:
    """The marks of every word and every pair in folded words; "|" stands where a text is broken off."""
    for run in words.split("|"):
        parts = run.split()
        yield from map(mark_of, parts)
        yield from (mark_of(f"{one} {other}") for one, other in pairwise(parts))


def marks_sought(words: str) -> frozenset[int]:
    """The marks that a text which holds an identifier must have."""
    parts = words.split()
    return frozenset(mark_of(f"{one} {other}") for one, other in pairwise(parts)) or frozenset(map(mark_of, parts))


def packed(marks: Iterable[int]) -> bytes:
    """Marks as bytes, four for each."""
    return array("I", marks).tobytes()


def unpacked(data: bytes) -> frozenset[int]:
    """The marks in bytes."""
    return frozenset(array("I", data))


def pieces_of(document: Mapping[str, Any]) -> Iterator[str]:
    """Every text of an artifact that a model could be given, broken off where an input comes to stand."""
    yield from texts(document["messages"], any_request=True)
    yield from _leaves([document["tools"], document.get("output")])


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)


class Marker:
    """Gives the marks of artifacts, without those that shared texts have, and the ids that the settings describe.

    Lines are the same in many artifacts, and looked at once.
    """

    def __init__(self, common: Container[int], settings: Settings) -> None:
        self._common = common
        self._settings = settings
        self._lines: dict[str, tuple[str, str, bytes]] = {}
        self._borders: dict[tuple[str, str], bytes] = {}
        self._ids: dict[str, tuple[tuple[str, str], ...]] = {}

    def marks_of(self, document: Mapping[str, Any]) -> bytes:
        """The marks of one artifact, some of them perhaps more than once."""
        found: dict[bytes, None] = {}
        lines, borders = self._lines, self._borders
        for piece in pieces_of(document):
            before = ""
            for line in piece.split("\n"):
                first, last, marks = lines.get(line) or self._line(line)
                if not first:
                    continue
                found[marks] = None
                if before:
                    border = before, first
                    found[borders[border] if border in borders else self._border(border)] = None
                before = last
        return b"".join(found)

    def ids_of(self, document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """The ids in an artifact that say whose they are, as the settings describe them: (holder, words)."""
        if not any("(?P<tenant>" in pattern for pattern in self._settings.identifiers):
            return ()
        lines = {line for piece in pieces_of(document) for line in piece.split("\n")}
        return tuple(sorted({one for line in lines for one in (self._ids[line] if line in self._ids else self._described(line))}))

    def _described(self, line: str) -> tuple[tuple[str, str], ...]:
        if len(self._ids) >= LINES_MAX:
            self._ids.clear()
        found = described_in(line, self._settings)
        self._ids[line] = made = tuple((one.holder, words_of(one.text)) for one in found if one.holder)
        return made

    def _line(self, line: str) -> tuple[str, str, bytes]:
        words = words_of(line)
        parts = words.split()
        own = packed({mark for mark in marks_in(words) if mark not in self._common})
        if len(self._lines) >= LINES_MAX:
            self._lines.clear()
        self._lines[line] = made = (parts[0], parts[-1], own) if parts else ("", "", b"")
        return made

    def _border(self, border: tuple[str, str]) -> bytes:
        mark = mark_of(" ".join(border))
        if len(self._borders) >= LINES_MAX:
            self._borders.clear()
        self._borders[border] = made = b"" if mark in self._common else packed([mark])
        return made
