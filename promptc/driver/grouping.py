"""Grouping: hunks with their targets made into the groups of a review, in the order in which they deserve to be looked at.

    outlining's hunks, labels, owners -> [grouping] -> Groups

One group holds all targets that differ in one hunk in the same way, so an odd extra hunk is a group of its own, and
neither hides in another nor breaks it up. Values on which all targets of a group agree are put in; the rest stay holes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from promptc.core.dataclass import dataclass, field
from promptc.core.manifest import Change
from promptc.core.outline import CLASSES, Class, Hole, Hunk, Line, class_of
from promptc.core.review import ODD_TENANTS_MAX, Example, Group, plan_digest
from promptc.driver.masking import HIDDEN
from promptc.driver.outlining import Gathered, Met, Where

EXAMPLES_MAX = 3
LABEL_VALUES_MAX = 12


Veiled = Sequence[Line | None]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of tenants and prompts: labels and owners, and which values and lines may not be shown.

    `hides` says whether the value of a hole is confidential; `veiled` gives a hunk's lines (of a part's value: with that of
    the whole part) of a target as they may be shown, holes in their places, None for a line that may not.
    """

    labels: Mapping[str, Mapping[str, str]]
    prompt_owners: Mapping[str, str]
    hides: Callable[[str], bool]
    veiled: Callable[[Hunk, Hunk | None, int], tuple[Veiled, Veiled]]
    context: Callable[[Sequence[Line | None], int], tuple[Line | None, Line | None]]
    by: str = ""


@dataclass(slots=True)
class Draft:
    """A group before it has a number and causes. `numbers` are its targets."""

    where: Where
    met: Met
    numbers: list[int] = field(default_factory=list)
    is_odd: bool = False

    @property
    def order(self) -> tuple[object, ...]:
        """Odd ones first, then by how much care the kind of change asks for, then by size."""
        rank = CLASSES.index(self.change)
        return (not self.is_odd, rank, -len(self.numbers), self.numbers[:1], repr(self.where))

    @property
    def change(self) -> Class:
        """What kind of change it is."""
        kind, hunk = self.where
        return "toolchain" if kind == "toolchain" else class_of(hunk)


def drafts_of(gathered: Gathered, changes: Sequence[Change]) -> list[Draft]:
    """All groups, in order."""
    every = len({change.tenant for change in changes})
    made = []
    for where, met in gathered.items():
        numbers = sorted(number for variant in met.variants.values() for number in variant.targets)
        tenants = len({changes[number].tenant for number in numbers})
        made.append(
            Draft(
                where, met, numbers, is_odd=where[0] != "toolchain" and tenants <= ODD_TENANTS_MAX and tenants < every
            )
        )
    return sorted(made, key=lambda draft: draft.order)


def group_of(number: int, draft: Draft, changes: Sequence[Change], known: Knowledge) -> Group:
    """One group, without causes."""
    kind, hunk = draft.where
    met = draft.met
    first = draft.numbers[0]
    before, after = _agreed(hunk, first, met, known)
    tenants = {changes[n].tenant for n in draft.numbers}
    prompts = Counter(changes[n].prompt for n in draft.numbers)
    return Group(
        number=number,
        kind=_kind(kind),
        change=draft.change,
        where=hunk.where,
        before=before,
        after=after,
        context=known.context(met.context, first),
        line=max(met.at[1], 0) + 1 if met.at != (-1, -1) else 0,
        changed=hunk.changed,
        variants=len(met.variants),
        examples=tuple(_examples(hunk, met, changes, known)),
        targets=tuple(draft.numbers),
        tenants=len(tenants),
        prompts=tuple(sorted(prompts.items(), key=lambda item: (-item[1], item[0]))),
        labels=tuple(_labels(tenants, known)),
        owners=tuple(_owners((changes[n] for n in draft.numbers), known)),
        causes=(),
        characters=met.characters,
        prefix=met.stable,
        digest=plan_digest(changes[n] for n in draft.numbers),
        is_odd=draft.is_odd,
    )


def _kind(word: str) -> Literal["changed", "new"]:
    return "new" if word == "new" else "changed"


def _agreed(hunk: Hunk, first: int, met: Met, known: Knowledge) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The lines, with the values in which all targets agree and that anybody may see."""
    before, after = known.veiled(hunk, met.raw, first)
    return (
        _filled(hunk.before, before, [variant.values[0] for variant in met.variants.values()], known),
        _filled(hunk.after, after, [variant.values[1] for variant in met.variants.values()], known),
    )


def _filled(
    lines: Sequence[Line], shown: Veiled, values: Sequence[tuple[str, ...]], known: Knowledge
) -> tuple[Line, ...]:
    columns = iter(list(zip(*values, strict=True)))
    made: list[Line] = []
    for line, visible in zip(lines, shown, strict=True):
        own = [next(columns) for piece in line if isinstance(piece, Hole)]
        if visible is None:
            made.append((Hole(HIDDEN),))
            continue
        given = iter(own)
        pieces = [_piece(piece, next(given), known) if isinstance(piece, Hole) else piece for piece in visible]
        made += _cut(pieces)
    return tuple(made)


def _piece(hole: Hole, values: tuple[str, ...], known: Knowledge) -> str | Hole:
    """What stands for a hole: its name, or the value that all targets have there."""
    if known.hides(hole.name):
        return Hole(_bare(hole.name))
    return values[0] if all(value == values[0] for value in values) else hole


def _bare(name: str) -> str:
    """A hole's name without its filters: how a value is written in case is the value's own business."""
    return name.partition("|")[0]


def _cut(pieces: Sequence[str | Hole]) -> Iterable[Line]:
    """Pieces as lines, joined where they are text and cut where a value has line ends."""
    line: list[str | Hole] = []
    for piece in pieces:
        if isinstance(piece, Hole):
            line.append(piece)
            continue
        for number, stretch in enumerate(piece.split("\n")):
            if number:
                yield tuple(line)
                line = []
            if stretch and line and isinstance(line[-1], str):
                line[-1] += stretch
            elif stretch:
                line.append(stretch)
    yield tuple(line)


def _examples(hunk: Hunk, met: Met, changes: Sequence[Change], known: Knowledge) -> Iterable[Example]:
    variants = sorted(met.variants.values(), key=lambda variant: (-len(variant.targets), variant.targets[0]))
    for variant in variants[:EXAMPLES_MAX]:
        change = changes[variant.targets[0]]
        old = dict(zip(_names(hunk.before), variant.values[0], strict=True))
        new = dict(zip(_names(hunk.after), variant.values[1], strict=True))
        values = {}
        for name in hunk.changed:
            hidden = f"{{{_bare(name)}}}"
            pair = (old.get(name, ""), new.get(name, ""))
            values[name] = (hidden, f"{hidden}, another one") if known.hides(name) else pair
        yield Example(f"{change.tenant}/{change.prompt}", values)


def _names(lines: Sequence[Line]) -> list[str]:
    return [piece.name for line in lines for piece in line if isinstance(piece, Hole)]


def _labels(tenants: Iterable[str], known: Knowledge) -> Iterable[tuple[str, tuple[tuple[str, int], ...]]]:
    """How many tenants have each value of each label; of labels with very many values the most frequent."""
    counts: dict[str, Counter[str]] = {}
    for tenant in tenants:
        for key, value in known.labels.get(tenant, {}).items():
            if not known.by or key == known.by:
                counts.setdefault(key, Counter())[value] += 1
    for key in sorted(counts):
        values = sorted(counts[key].items(), key=lambda item: (-item[1], item[0]))
        yield key, tuple(values if known.by else values[:LABEL_VALUES_MAX])


def _owners(changes: Iterable[Change], known: Knowledge) -> list[tuple[str, int]]:
    """Who answers for how many of the targets: the prompts' owners and the tenants'."""
    found: Counter[str] = Counter()
    for change in changes:
        of_tenant = known.labels.get(change.tenant, {}).get("owner", "")
        found.update({known.prompt_owners.get(change.prompt, ""), of_tenant} - {""})
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))
