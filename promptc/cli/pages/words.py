"""Words: a line cut to what is shown of it, as words and holes, and in which of them two lines differ.

    two lines -> [words] -> tokens, marks -> lines

Pure. A long line is cut around the first place where it differs from the other, so that its length hides no change, and
it is always known how much was cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from promptc.core.outline import Hole, Line, opcodes

LINE_CHARACTERS_MAX = 2_000
LEAD_CHARACTERS = 240  # of a line that is cut: how much stands before the first difference
WORD_PAIRS_MAX = 60_000
ALIKE_MIN = 0.3  # lines that share less are another text, in which marked words would only be noise
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")

Token = str | Hole
Marks = frozenset[int]
NO_MARKS: Marks = frozenset()


class Cut(NamedTuple):
    """What is shown of a line, and how many characters are not: before it, after it, and of how many in all."""

    tokens: list[Token]
    left: int
    rest: int
    length: int


def tokens_of(line: Line, start: int = 0) -> Cut:
    """The words of a line; of a long one those from the character `start` on. A hole counts as one character."""
    length = sum(1 if isinstance(piece, Hole) else len(piece) for piece in line)
    if length <= LINE_CHARACTERS_MAX:
        return Cut(_split(line), 0, 0, length)
    found: list[str | Hole] = []
    end = start + LINE_CHARACTERS_MAX
    at = 0
    for piece in line:
        size = 1 if isinstance(piece, Hole) else len(piece)
        if at + size > start and at < end:
            found.append(piece if isinstance(piece, Hole) else piece[max(0, start - at) : end - at])
        at += size
    return Cut(_split(found), min(start, length), max(0, length - end), length)


def differing(before: Line, after: Line) -> tuple[Cut, Marks, Cut, Marks]:
    """Two lines as words, and the positions of those in which they differ; none where hardly a word is shared."""
    start = max(0, _shared_characters(before, after) - LEAD_CHARACTERS)
    old, new = tokens_of(before, start), tokens_of(after, start)
    marks = _marks(old.tokens, new.tokens)
    return old, marks[0], new, marks[1]


def is_word(token: Token) -> bool:
    """Whether a token is more than blanks."""
    return isinstance(token, Hole) or not token.isspace()


def _split(line: Sequence[str | Hole]) -> list[Token]:
    found: list[Token] = []
    for piece in line:
        found += [piece] if isinstance(piece, Hole) else _WORDS.findall(piece)
    return found


def _marks(before: Sequence[Token], after: Sequence[Token]) -> tuple[Marks, Marks]:
    if _pairs(before, after) > WORD_PAIRS_MAX:
        return NO_MARKS, NO_MARKS
    old: set[int] = set()
    new: set[int] = set()
    for kind, a, b, c, d in opcodes(before, after):
        if kind != "equal":
            old.update(range(a, b))
            new.update(range(c, d))
    shared = sum(is_word(token) for at, token in enumerate(before) if at not in old)
    if shared < ALIKE_MIN * max(sum(map(is_word, before)), sum(map(is_word, after))):
        return NO_MARKS, NO_MARKS
    return _bridged(before, old), _bridged(after, new)


def _pairs(before: Sequence[Token], after: Sequence[Token]) -> int:
    """How many pairs of words would be compared: those between what both begin and end with."""
    start = end = 0
    most = min(len(before), len(after))
    while start < most and before[start] == after[start]:
        start += 1
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return (len(before) - start - end) * (len(after) - start - end)


def _bridged(tokens: Sequence[Token], marks: set[int]) -> Marks:
    """Marks, and the blanks between two of them."""
    blanks = {at for at, token in enumerate(tokens) if not is_word(token)}
    return frozenset(marks | {at for at in blanks if at - 1 in marks and at + 1 in marks})


def _shared_characters(before: Line, after: Line) -> int:
    """How many characters two lines begin with alike, a hole counting as one."""
    shared = 0
    for old, new in zip(before, after, strict=False):
        if old == new:
            shared += 1 if isinstance(old, Hole) else len(old)
            continue
        if isinstance(old, str) and isinstance(new, str):
            shared += _shared_start(old, new)
        break
    return shared


def _shared_start(old: str, new: str) -> int:
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
