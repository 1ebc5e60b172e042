"""Chains: what a request costs that takes several calls, with retries and escalations, per request that is resolved.

    steps, how often each succeeds -> [chains] -> dollars per request, share resolved, dollars per resolved request

Pure. A chain is an absorbing Markov chain: each step goes on to another or ends. Formulas and sources: docs/cost.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptc.core.dataclass import dataclass

RESOLVED, UNRESOLVED = "resolved", "unresolved"
ENDS = (RESOLVED, UNRESOLVED)


@dataclass(frozen=True, slots=True)
class Step:
    """One call, or a person's work. It is tried up to `attempts` times, each at `dollars`, until it succeeds.

    `success` is the chance of each try. Then comes `then`, or after the last failure `otherwise`: a step or an end.
    """

    name: str
    dollars: float
    success: float = 1.0
    attempts: int = 1
    then: str = RESOLVED
    otherwise: str = UNRESOLVED

    @property
    def passes(self) -> float:
        """The chance that one of the tries succeeds: 1 - (1 - s)^n."""
        return 1 - (1 - self.success) ** self.attempts

    @property
    def tries(self) -> float:
        """How many tries it takes on average: (1 - (1 - s)^n) / s, or n where none ever succeeds."""
        return self.passes / self.success if self.success else float(self.attempts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`dollars` per request, the share `resolved`, `calls` per request, and visits of each step per request."""

    dollars: float
    resolved: float
    calls: float
    visits: Mapping[str, float]

    @property
    def per_resolved(self) -> float | None:
        """Dollars per resolved request: all that is spent over what is resolved. None where nothing is."""
        return self.dollars / self.resolved if self.resolved else None


def outcome_of(steps: Sequence[Step], start: str) -> Outcome | None:
    """What comes of a request that enters at `start`; None where some request would never end.

    Visits v solve v = e_start + v·P, with P the chances of going from step to step.
    """
    reached = _reached(steps, start)
    if any(not _ends(step.name, steps) for step in reached):
        return None
    visits = _visits(reached, start)
    resolved = sum(visits[s.name] * chance for s in reached for end, chance in _exits(s) if end == RESOLVED)
    calls = sum(visits[s.name] * s.tries for s in reached)
    dollars = sum(visits[s.name] * s.tries * s.dollars for s in reached)
    return Outcome(dollars, min(resolved, 1.0), calls, visits)


def mixed(outcomes: Sequence[tuple[float, Outcome]]) -> Outcome:
    """The outcome over slices of traffic, each with its share."""
    whole = sum(share for share, _ in outcomes)
    visits: dict[str, float] = {}
    for share, outcome in outcomes:
        for name, many in outcome.visits.items():
            visits[name] = visits.get(name, 0.0) + many * share / whole

    def mean(of: str) -> float:
        return float(sum(share * getattr(outcome, of) for share, outcome in outcomes) / whole)

    return Outcome(mean("dollars"), mean("resolved"), mean("calls"), visits)


def _exits(step: Step) -> tuple[tuple[str, float], ...]:
    return (step.then, step.passes), (step.otherwise, 1 - step.passes)


def _reached(steps: Sequence[Step], start: str) -> list[Step]:
    by_name = {step.name: step for step in steps}
    found: dict[str, Step] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found or name in ENDS:
            continue
        found[name] = by_name[name]
        waiting += [target for target, chance in _exits(by_name[name]) if chance > 0]
    return list(found.values())


def _ends(start: str, steps: Sequence[Step]) -> bool:
    """Whether a request at a step can come to an end at all."""
    return any(target in ENDS and chance > 0 for step in _reached(steps, start) for target, chance in _exits(step))


def _visits(steps: Sequence[Step], start: str) -> dict[str, float]:
    """Solve (I - P^T) v = e_start by Gaussian elimination with pivots."""
    place = {step.name: number for number, step in enumerate(steps)}
    size = len(steps)
    rows = [[float(i == j) for j in range(size)] + [float(steps[i].name == start)] for i in range(size)]
    for step in steps:
        for target, chance in _exits(step):
            if target in place:
                rows[place[target]][place[step.name]] -= chance
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(size):
            if row != column and rows[row][column]:
                factor = rows[row][column] / rows[column][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return {step.name: rows[i][size] / rows[i][i] for i, step in enumerate(steps)}
