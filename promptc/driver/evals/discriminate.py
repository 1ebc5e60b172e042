"""Discriminate: cases that have passed for everything for a long time, and so tell nothing apart any more.

    a registry's evidence -> [discriminate] -> cases with their runs, the dead weight first
"""

from __future__ import annotations

from collections import defaultdict

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.evidence import DAY_SECONDS
from promptc.driver.evals.plan import FOLDER, evidence_of, seconds
from promptc.driver.release.opening import Desk


@dataclass(frozen=True, slots=True)
class Worth:
    """A case: how often it ran and passed, over how many artifacts and days, and whether it is dead weight."""

    suite: str
    case: str
    passed: int
    runs: int
    artifacts: int
    days: int
    is_dead: bool


def discriminate(desk: Desk, *, days_min: int, now: str) -> tuple[Worth, ...]:
    """Every case of which evidence is recorded. Dead is one that never failed since at least so many days."""
    counts: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    artifacts: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for name in desk.registry.names(FOLDER):
        for one in evidence_of(desk, Digest(f"sha256:{name}")):
            for case, (passed, runs) in one.results.items():
                key = one.suite, case
                counts[key][0] += passed
                counts[key][1] += runs
                artifacts[key].add(one.artifact)
                times[key].append(seconds(one.time))
    made = []
    for (suite, case), (passed, runs) in counts.items():
        days = int((seconds(now) - min(times[suite, case])) // DAY_SECONDS)
        is_dead = runs > 0 and passed == runs and days >= days_min
        made.append(Worth(suite, case, passed, runs, len(artifacts[suite, case]), days, is_dead))
    return tuple(sorted(made, key=lambda one: (not one.is_dead, one.suite, -one.passed / max(one.runs, 1), one.case)))
