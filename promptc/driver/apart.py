"""Apart: what a toolchain did to a recorded root, kept apart from what its authors did.

    recorded root, its sources compiled now, head -> [apart] -> hunks of both kinds -> grouping

Where the sources of a recorded root come to something else under the installed toolchain, two comparisons stand for one:
from the root to those sources compiled now, which is the toolchain's work, and from there to head.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

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
    for kind, one, other in (("toolchain", then, now), ("changed", now, head)):
        part = _within(compare(base.get, one.root, other.root), numbers)
        found, names = outlined(Comparison(one, other, part, part), jobs=jobs, on_progress=on_progress)
        hidden |= names
        for (was, hunk), met in found.items():
            where = (kind if was == "changed" else was, hunk)
            if kind == "changed" or was == "changed":
                made[where] = _renumbered(met, part, numbers)
    return made, hidden


def _within(changes: Sequence[Change], numbers: Mapping[tuple[str, str], int]) -> tuple[Change, ...]:
    return tuple(change for change in changes if (change.tenant, change.prompt) in numbers)


def _renumbered(met: Met, part: Sequence[Change], numbers: Mapping[tuple[str, str], int]) -> Met:
    def number(of: int) -> int:
        return numbers[part[of].tenant, part[of].prompt]

    variants = {key: Variant(one.values, [number(n) for n in one.targets]) for key, one in met.variants.items()}
    return replace(met, variants=variants)
