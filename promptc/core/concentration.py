"""Concentration: how unevenly a total is spread over those who make it up, which an average hides.

    dollars per tenant -> [concentration] -> reports, the Lorenz curve

Pure. Formulas and sources: docs/cost.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promptc.core.dataclass import dataclass

POINTS_MAX = 200
TOP_SHARES = (0.001, 0.01, 0.1)


@dataclass(frozen=True, slots=True)
class Concentration:
    """`gini` is 0 where all are equal and near 1 where one has all. `tops` are (share of tenants, how many, their share).

    `lorenz` are points (share of tenants from the smallest, share of the total), from (0, 0) to (1, 1).
    """

    count: int
    total: float
    gini: float
    tops: tuple[tuple[float, int, float], ...]
    lorenz: tuple[tuple[float, float], ...]
    median: float
    mean: float


def concentration(values: Iterable[float]) -> Concentration:
    """What is said of a distribution. Values below nothing count as nothing."""
    sizes = sorted(max(value, 0.0) for value in values)
    total = sum(sizes)
    if not sizes:
        return Concentration(0, 0.0, 0.0, (), ((0.0, 0.0), (1.0, 1.0)), 0.0, 0.0)
    tops = tuple(_top(sizes, total, share) for share in TOP_SHARES)
    middle = len(sizes) // 2
    median = sizes[middle] if len(sizes) % 2 else (sizes[middle - 1] + sizes[middle]) / 2
    return Concentration(len(sizes), total, gini(sizes), tops, lorenz(sizes), median, total / len(sizes))


def gini(ascending: Sequence[float]) -> float:
    """G = 2 * sum(i * x_i) / (n * sum(x)) - (n + 1) / n, i from 1, x ascending."""
    count, total = len(ascending), sum(ascending)
    if not count or not total:
        return 0.0
    weighted = sum(rank * value for rank, value in enumerate(ascending, 1))
    return 2 * weighted / (count * total) - (count + 1) / count


def lorenz(ascending: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Points of the Lorenz curve: at most POINTS_MAX, closer together where it rises."""
    count, total = len(ascending), sum(ascending)
    if not count or not total:
        return ((0.0, 0.0), (1.0, 1.0))
    points, held = [(0.0, 0.0)], 0.0
    wanted = _marks(count)
    for rank, value in enumerate(ascending, 1):
        held += value
        if rank in wanted:
            points.append((rank / count, held / total))
    points[-1] = (1.0, 1.0)
    return tuple(points)


def _marks(count: int) -> frozenset[int]:
    if count <= POINTS_MAX:
        return frozenset(range(1, count + 1))
    half = POINTS_MAX // 2
    even = (round(count * step / half) for step in range(1, half + 1))
    # The top of the distribution is where the curve bends: ranks from the end, in geometric steps.
    near = (count - round(count ** (step / half)) + 1 for step in range(half + 1))
    return frozenset(rank for rank in (*even, *near) if 1 <= rank <= count) | {count}


def _top(ascending: Sequence[float], total: float, share: float) -> tuple[float, int, float]:
    """The share of the total that the largest have; at least one of them."""
    many = max(1, round(len(ascending) * share))
    return share, many, sum(ascending[-many:]) / total if total else 0.0
