"""Stretches: the lines of sources and overlays that differ between two sides, file by file.

both sides' looks -> changed files -> [stretches] -> (before, after) ranges of lines -> reasons, edited
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from promptc.core.diff import hunks
from promptc.driver.compared import Comparison, Side
from promptc.engine.states import UNREAD


class Stretch(NamedTuple):
    """Lines before and after, from 1, ends exclusive; a side without lines there has an empty range."""

    before: range
    after: range


class Stretches:
    """The changed lines of a comparison whose sides have sources. A file is read when it is first asked for."""

    def __init__(self, comparison: Comparison) -> None:
        self.base, self.head = comparison.base, comparison.head
        self._files: list[str] | None = None
        self._known: dict[str, tuple[Stretch, ...]] = {}

    @property
    def files(self) -> list[str]:
        """The files that differ, sorted."""
        if self._files is None:
            self._files = changed_files(self.base, self.head)
        return self._files

    def of(self, file: str) -> tuple[Stretch, ...]:
        """The stretches of a file: none where it is the same, one of everything where it came or went."""
        if file not in self._known:
            self._known[file] = self._found(file) if file in self.files else ()
        return self._known[file]

    def _found(self, file: str) -> tuple[Stretch, ...]:
        before, after = _bytes(self.base, file), _bytes(self.head, file)
        old, new = (data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n") for data in (before, after))
        if not before or not after:
            return (Stretch(range(1, len(old) + 1 if before else 1), range(1, len(new) + 1 if after else 1)),)
        made = []
        for hunk in hunks(old, new, context=0):
            gone = sum(sign != "+" for sign, _ in hunk.lines)
            come = sum(sign != "-" for sign, _ in hunk.lines)
            made.append(Stretch(range(hunk.before, hunk.before + gone), range(hunk.after, hunk.after + come)))
        return tuple(made)

    def holds(self, place: str, *, is_base: bool) -> bool:
        """Whether a `file:line` of one side is among the changed lines."""
        file, _, rest = place.partition(":")
        line = rest.partition(":")[0]
        if not line.isdigit():
            return file in self.files
        number = int(line)
        return any(number in (one.before if is_base else one.after) for one in self.of(file))


def changed_files(base: Side, head: Side) -> list[str]:
    """The files that differ between both sides, sorted."""
    assert base.whole is not None
    assert head.whole is not None
    looks = (base.whole.seen, head.whole.seen)
    candidates = {path for seen in looks for path in (*seen.changed, *seen.unread, *seen.removed)}
    if any(seen.known is None for seen in looks):
        candidates = {path for seen in looks if seen.listing is not None for path in seen.listing.files}
    return sorted(path for path in candidates if _digest(base, path) != _digest(head, path))


def _digest(side: Side, path: str) -> bytes:
    assert side.whole is not None
    seen = side.whole.seen
    if seen.listing is None or path not in seen.listing.files:
        return b""
    known = seen.digests.get(path)
    if known is not None and known[1] != UNREAD:
        return known[1]
    return hashlib.sha256(_bytes(side, path)).digest()


def _bytes(side: Side, path: str) -> bytes:
    assert side.whole is not None
    seen = side.whole.seen
    if seen.listing is None or path not in seen.listing.files:
        return b""
    data = seen.changed.get(path)
    if data is not None:
        return data
    with seen.reader() as reader:
        found = reader.read(path)
    return found[0] if found is not None else b""
