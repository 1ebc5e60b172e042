"""Apart: what a toolchain did to a recorded root, kept apart from what its authors did.

    recorded root, its sources compiled now, head -> [apart] -> hunks of both kinds -> grouping

Where the sources of a recorded root come to something else under the installed toolchain, two comparisons stand for one:
from the root to those sources compiled now, which is the toolchain's work, and from there to head.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptc.core.dataclass import replace
from promptc.core.manifest import Change, compare
from promptc.driver.build import Progress
from promptc.driver.compared import Comparison
from promptc.driver.outlining import Gathered, Met, Variant, outlined


def outlined_apart(comparison: Comparison, *, jobs: int, on_progress: Progress) -> tuple[Gathered, frozenset[str]]:
    """As `outlined`; hunks that are a toolchain's work are of a kind of their own."""
    base, head, middle = comparison.base, comparison.head, comparison.base.compiled
    if middle is None:
        return outlined(comparison, jobs=jobs, on_progress=on_progress)
    numbers = {(change.tenant, change.prompt): number for number, change in enumerate(comparison.changes)}
    made: Gathered = {}
    hidden: frozenset[str] = frozenset()
    # What was recorded is its own outline: the plans of today are not those that it was filled from.
    then, now = replace(base, whole=None), replace(base, root=middle)
    by_toolchain, by_authors = (compare(base.get, *roots) for roots in ((base.root, middle), (middle, head.root)))
    # What can't be compiled again from what is known is its authors' doing as a whole.
    lost = {(change.tenant, change.prompt) for change in by_toolchain if change.after is None}
    whole = tuple(change for change in comparison.changes if (change.tenant, change.prompt) in lost)
    parts = (
        ("toolchain", then, now, _within(by_toolchain, numbers)),
        ("changed", now, head, tuple(c for c in _within(by_authors, numbers) if (c.tenant, c.prompt) not in lost)),
        ("changed", then, head, whole),
    )
    for kind, one, other, part in parts:
        found, names = outlined(Comparison(one, other, part, part), jobs=jobs, on_progress=on_progress)
        hidden |= names
        for (was, hunk), met in found.items():
            where = (kind if was == "changed" else was, hunk)
            if kind == "toolchain" and was != "changed":
                continue
            renumbered = _renumbered(met, part, numbers)
            known = made.setdefault(where, renumbered)
            if known is not renumbered:
                known.take(renumbered)
    return made, hidden


def _within(changes: Sequence[Change], numbers: Mapping[tuple[str, str], int]) -> tuple[Change, ...]:
    return tuple(change for change in changes if (change.tenant, change.prompt) in numbers)


def _renumbered(met: Met, part: Sequence[Change], numbers: Mapping[tuple[str, str], int]) -> Met:
    def number(of: int) -> int:
        return numbers[part[of].tenant, part[of].prompt]

    variants = {key: Variant(one.values, [number(n) for n in one.targets]) for key, one in met.variants.items()}
    return replace(met, variants=variants)
