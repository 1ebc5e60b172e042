"""Rows: which line of a group's text before goes beside which line of its text after.

    a group's lines -> [rows] -> lines -> Html

Pure. Lines stand beside the ones that they share most words with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from promptc.cli.pages.words import ALIKE_MIN, is_word, tokens_of
from promptc.core.outline import Hole, Line, opcodes
from promptc.core.review import Group

PAIRS_MAX = 400


class Row(NamedTuple):
    """One line of each side, None where a side has none. `is_same` rows are in both."""

    before: Line | None
    after: Line | None
    is_same: bool = False


def rows_of(group: Group) -> list[Row]:
    """A group's lines, paired, with those around them."""
    above, below = group.context
    return [
        *([Row(above, above, is_same=True)] if above is not None else []),
        *_aligned(group.before, group.after, frozenset(group.changed)),
        *([Row(below, below, is_same=True)] if below is not None else []),
    ]


def _aligned(before: Sequence[Line], after: Sequence[Line], changed: frozenset[str]) -> Iterator[Row]:
    for kind, a, b, c, d in opcodes(before, after):
        if kind == "equal":
            yield from _equal(before[a:b], after[c:d], changed)
        else:
            yield from _paired(before[a:b], after[c:d])


def _equal(before: Sequence[Line], after: Sequence[Line], changed: frozenset[str]) -> Iterator[Row]:
    """Lines that are the same but for the values in them."""
    for old, new in zip(before, after, strict=True):
        yield Row(old, new, changed.isdisjoint(piece.name for piece in old if isinstance(piece, Hole)))


def _paired(before: Sequence[Line], after: Sequence[Line]) -> Iterator[Row]:
    """Lines beside the ones that they became: the pairing in which most words are shared."""
    if not before or not after or len(before) * len(after) > PAIRS_MAX:
        for at in range(max(len(before), len(after))):
            yield Row(before[at] if at < len(before) else None, after[at] if at < len(after) else None)
        return
    shares = [[_share(old, new) for new in after] for old in before]
    best = _best(shares)
    a = b = 0
    while a < len(before) or b < len(after):
        if a < len(before) and b < len(after) and shares[a][b] >= ALIKE_MIN and _is_pair(best, shares, a, b):
            yield Row(before[a], after[b])
            a, b = a + 1, b + 1
        elif b >= len(after) or (a < len(before) and best[a + 1][b] >= best[a][b + 1]):
            yield Row(before[a], None)
            a += 1
        else:
            yield Row(None, after[b])
            b += 1


def _best(shares: Sequence[Sequence[float]]) -> list[list[float]]:
    """best[a][b]: the most that the lines from a and b on can share."""
    rows, columns = len(shares), len(shares[0])
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for a in range(rows - 1, -1, -1):
        for b in range(columns - 1, -1, -1):
            paired = shares[a][b] + best[a + 1][b + 1] if shares[a][b] >= ALIKE_MIN else 0.0
            best[a][b] = max(paired, best[a + 1][b], best[a][b + 1])
    return best


def _is_pair(best: Sequence[Sequence[float]], shares: Sequence[Sequence[float]], a: int, b: int) -> bool:
    return shares[a][b] + best[a + 1][b + 1] >= max(best[a + 1][b], best[a][b + 1])


def _share(before: Line, after: Line) -> float:
    """How much of two lines is the same: words in common, of all words, 0 to 1."""
    old, new = (set(filter(is_word, tokens_of(line).tokens)) for line in (before, after))
    return 2 * len(old & new) / (len(old) + len(new)) if old and new else float(old == new)
