"""Plan: an artifact's bytes with slots for one tenant's texts, so that linking one more tenant fills, joins and hashes.

    leaf, what the chain chose -> [plan] -> bound to a choice -> bytes for a tenant's texts, or none

Pure. A plan is what the general linker gives with marks for a tenant's own texts (marking.py), cut at the marks. It gives
bytes only where these are certain to be the general linker's; where a text could change more than itself, it gives none
and the caller links generally: a text part that would become empty, text that changes when it is joined (NFC), more
characters than a prompt may have, a variable without a value.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from promptc.compiler.holes import BLANK, Hole, Holes, Texts, Unfilled
from promptc.compiler.link import TEXT_CHARACTERS_MAX, Actions
from promptc.compiler.marking import GivenText, Marking, Slot, cut, mark_of
from promptc.compiler.parcel import artifact_of, parcel_of
from promptc.compiler.project import Choice, Project, Prompt
from promptc.compiler.template.events import Limit
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding
from promptc.core.values import NotCanonical, canonical_text, json_text

_MESSAGES = "\ud801"
_FIRST_ASCII = re.compile(r"[\x00-\x7f]")
_LAST_ASCII = re.compile(r"[\x00-\x7f][^\x00-\x7f]*\Z")


@dataclass(frozen=True, slots=True)
class Casing:
    """An artifact's text around its messages: all that a prompt's choice of model, config and tools makes of it.

    `before` and `after` are pieces of JSON text with a hole after each but the last, for `{$vars: NAME}`.
    """

    before: tuple[str, ...]
    before_holes: tuple[Hole, ...]
    after: tuple[str, ...]
    after_holes: tuple[Hole, ...]
    findings: tuple[Finding, ...]

    @property
    def is_whole(self) -> bool:
        """Whether no tenant's values stand in it."""
        return not self.before_holes and not self.after_holes

    @property
    def is_wrong(self) -> bool:
        """Whether anything about it is an error."""
        return bool(self.findings) and any(finding.is_error for finding in self.findings)

    def around(self, messages: Sequence[Any]) -> bytes:
        """The artifact's bytes with these messages, where it is whole. Raises NotCanonical."""
        return f"{self.before[0]}{canonical_text(messages)}{self.after[0]}".encode()


def casing_of(project: Project, prompt: Prompt, choice: Choice, holes: Holes) -> Casing:
    """The casing. Raises NotCanonical."""
    numbers: dict[Hole, int] = {}

    def mark(name: str) -> str:
        return mark_of(numbers.setdefault(holes[("vars", *name.split(".")), (), True], len(numbers)))

    parcel = parcel_of(project, prompt, choice, mark)
    document = artifact_of(prompt, parcel, ()).document()
    before, after = json_text({**document, "messages": _MESSAGES}).split(f'"{_MESSAGES}"')
    known = tuple(numbers)
    # A value of any kind stands in place of a text: the mark goes with its quotes.
    (first, first_numbers), (last, last_numbers) = cut(before), cut(f"{after}\n")
    return Casing(
        _unquoted(first), tuple(known[number] for number in first_numbers),
        _unquoted(last), tuple(known[number] for number in last_numbers), tuple(parcel.findings),
    )  # fmt: skip


def _unquoted(pieces: list[str]) -> tuple[str, ...]:
    last = len(pieces) - 1
    return tuple(
        piece[1 if index else 0 : len(piece) - (1 if index < last else 0)] for index, piece in enumerate(pieces)
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """JSON text as pieces, with a slot after each but the last."""

    pieces: Sequence[str]
    slots: Sequence[Slot]


@dataclass(frozen=True, slots=True)
class Plan:
    """An artifact's text with slots, and what is to be watched.

    `lone` are texts of slots alone that were compared with others; `pairs` are branches of a condition that were taken to
    differ; `counted` are the holes whose characters a prompt's limit counts, where they are not just those that stand in
    the artifact.
    """

    text: Cut
    pairs: tuple[tuple[Cut, Cut], ...]
    lone: tuple[tuple[Slot, ...], ...]
    counted: tuple[Hole, ...]
    counted_characters: int


def plan_of(shape: Sequence[Any], marking: Marking, casing: Casing) -> Plan | None:
    """The plan of a shape under what the chain chose; None where it can't be planned, or is an error."""
    try:
        messages, problems = marking.messages(shape)
        pieces, numbers = cut(json_text(messages))
    except (Limit, NotCanonical):
        return None
    if problems:
        return None
    known = tuple(marking.slots)

    def cut_at(text: str) -> Cut:
        pieces, numbers = cut(text)
        return Cut(pieces, [known[number] for number in numbers])

    slots = [known[number] for number in numbers]
    pairs = tuple((cut_at(then), cut_at(otherwise)) for then, otherwise in marking.pairs)
    lone = tuple(tuple(known[number] for number in numbers) for numbers in marking.lone)
    static = marking.size[0]
    is_exact = not static and _stand_in(marking.counted, slots)
    pieces[0] = casing.before[-1] + pieces[0]
    pieces[-1] += casing.after[0]
    text = Cut((*casing.before[:-1], *pieces, *casing.after[1:]), (*casing.before_holes, *slots, *casing.after_holes))
    return Plan(
        text, pairs, lone,
        () if is_exact else tuple(marking.counted), static,
    )  # fmt: skip


def _stand_in(counted: list[Hole], slots: Sequence[Slot]) -> bool:
    """Whether every hole that is counted stands in the artifact as often."""
    return counted == slots or not Counter(counted) - Counter(slot for slot in slots if isinstance(slot, Hole))


class Given(dict[GivenText, bytes]):
    """The texts of one choice's block actions, as they stand in JSON. `is_wide`: some are more than ASCII."""

    __slots__ = ("is_wide", "plain")

    def __init__(self, slots: Iterable[GivenText], actions: Actions) -> None:
        super().__init__()
        self.plain = {slot: actions[slot.block][slot.number].text.removesuffix("\n") for slot in slots}
        self.is_wide = not all(text.isascii() for text in self.plain.values())
        for slot, text in self.plain.items():
            self[slot] = json_text(text)[1:-1].encode()


class Filling:
    """JSON text with slots, as bytes with a place for each slot between them, so that filling them is one assignment."""

    __slots__ = ("_given_at", "_holes", "_pieces", "slots")

    def __init__(self, text: Cut) -> None:
        self.slots = text.slots
        self._pieces: list[bytes] = [b""] * (2 * len(text.pieces) - 1)
        self._pieces[0::2] = [piece.encode() for piece in text.pieces]
        self._holes = [BLANK if isinstance(slot, GivenText) else slot for slot in text.slots]
        self._given_at = [(2 * n + 1, slot) for n, slot in enumerate(text.slots) if isinstance(slot, GivenText)]

    def filled(self, texts: Texts, given: Given) -> bytes:
        """The text with a tenant's and a choice's texts in its slots."""
        pieces = self._pieces.copy()
        pieces[1::2] = map(texts.__getitem__, self._holes)
        for index, slot in self._given_at:
            pieces[index] = given[slot]
        return b"".join(pieces)


class Bound:
    """A plan made ready to be filled, again and again."""

    __slots__ = ("_doubtful", "_joints", "_lone", "_pairs", "_plan", "_printed", "_text", "given")

    def __init__(self, plan: Plan) -> None:
        """UnicodeEncodeError for what no artifact can hold."""
        text = plan.text
        self._plan = plan
        self._text = Filling(text)
        self._printed = frozenset(text.slots)
        self._pairs = [(Filling(then), Filling(otherwise)) for then, otherwise in plan.pairs]
        self._lone = [*plan.lone, *_lone(text)]
        # Text may be touched by what stands before it where it begins with more than ASCII.
        self._doubtful = any(piece and not piece[0].isascii() for piece in text.pieces[1:])
        self._joints: list[Joint] | None = None
        every = (text, *(side for pair in plan.pairs for side in pair))
        self.given = frozenset(
            slot
            for slots in (*plan.lone, *(cut.slots for cut in every))
            for slot in slots
            if isinstance(slot, GivenText)
        )

    @property
    def text(self) -> Cut:
        """The artifact's text with its slots."""
        return self._plan.text

    def link(self, texts: Texts, given: Given) -> bytes | None:
        """The artifact's bytes with a tenant's texts; None where only the general linker can tell."""
        try:
            data = self._text.filled(texts, given)
            if (
                (self._lone and not self._none_vanishes(texts, given))
                or (self._pairs and any(a.filled(texts, given) == b.filled(texts, given) for a, b in self._pairs))
                or ((self._doubtful or given.is_wide) and not self._is_normal(texts, given))
                or (texts.wide and not texts.wide.isdisjoint(self._printed) and not self._is_normal(texts, given))
                or self._is_long(data, texts)
            ):
                return None
        except (Unfilled, ValueError):
            return None
        return data

    def _none_vanishes(self, texts: Texts, given: Given) -> bool:
        """Whether none of the texts that are made of slots alone is empty."""
        return all(
            any(given[slot] if isinstance(slot, GivenText) else texts[slot] for slot in slots) for slots in self._lone
        )

    def _is_normal(self, texts: Texts, given: Given) -> bool:
        """Whether joining changes no text."""
        if self._joints is None:
            self._joints = list(_joints(self._plan.text))
        return all(
            unicodedata.is_normalized("NFC", "".join(_plain(item, texts, given) for item in joint))
            for joint in self._joints
        )

    def _is_long(self, data: bytes, texts: Texts) -> bool:
        """Whether a tenant's texts have more characters than a prompt may have."""
        plan = self._plan
        if not plan.counted and len(data) <= TEXT_CHARACTERS_MAX:
            return False
        counted = plan.counted or [slot for slot in plan.text.slots if isinstance(slot, Hole) and not slot.is_data]
        return plan.counted_characters + sum(map(texts.characters, counted)) > TEXT_CHARACTERS_MAX


def bound_of(plan: Plan) -> Bound | None:
    """The plan made ready; None where it can't be."""
    try:
        return Bound(plan)
    except UnicodeEncodeError:
        return None


# Text that joining can change: pieces and the slots between them.
Joint = tuple[str | Slot, ...]


def _plain(item: str | Slot, texts: Texts, given: Given) -> str:
    if isinstance(item, str):
        return item
    return given.plain[item] if isinstance(item, GivenText) else texts.plain[item]


def _lone(text: Cut) -> Iterator[tuple[Slot, ...]]:
    """Texts of slots alone, which vanish when all of these are empty."""
    run: list[Slot] = []
    begins = False
    for piece, slot, following in zip(text.pieces, text.slots, text.pieces[1:], strict=False):
        if piece:
            # A quote that a text holds is escaped, so a bare one begins or ends a text.
            begins = piece.endswith('"') and not piece.endswith('\\"')
            run = []
        run.append(slot)
        if begins and following.startswith('"'):
            yield tuple(run)


def _joints(text: Cut) -> Iterator[Joint]:
    """Each stretch of text around slots that joining can change: nothing composes across an ASCII character from its left.

    Escapes are ASCII as what they stand for is, so JSON text serves as well as the text itself.
    """
    stretch: list[str | Slot] = [_tail(text.pieces[0])]
    for slot, piece in zip(text.slots, text.pieces[1:], strict=True):
        if isinstance(slot, Hole) and slot.is_data:
            stretch = [_tail(piece)]
            continue
        stretch.append(slot)
        first = _FIRST_ASCII.search(piece)
        if first is None:
            stretch.append(piece)
        else:
            yield (*stretch, piece[: first.end()])
            stretch = [_tail(piece)]


def _tail(piece: str) -> str:
    last = _LAST_ASCII.search(piece)
    return piece if last is None else piece[last.start() :]
