"""Costing: what usage costs, as one document: per tenant, prompt or whatever was asked, and how unevenly.

    usage, tokens, prices -> driver/cost/costing -> [costing] -> terminal, HTML, SVG, JSON (`promptc.cost/1`)

Pure. Sums are of the file's whole period; what has no price or could not be counted is said, with its calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from promptc.core.concentration import Concentration
from promptc.core.dataclass import dataclass
from promptc.core.prices import Tokens
from promptc.core.usage import per_month

FORMAT = "promptc.cost/1"
By = Literal["tenant", "prompt", "variant", "model", "outcome", "turns"]
BYS: tuple[By, ...] = ("tenant", "prompt", "variant", "model", "outcome", "turns")
LENGTHS = (1, 2, 4, 8, 16, 32, 64, 128)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a report. `resolved` counts calls with that outcome; `revenue` is None where nothing is known of it."""

    name: str
    calls: int
    conversations: float
    tokens: Tokens
    dollars: float
    resolved: int = 0
    revenue: float | None = None

    @property
    def per_call(self) -> float:
        """Dollars per call."""
        return self.dollars / self.calls if self.calls else 0.0

    @property
    def per_resolved(self) -> float | None:
        """Dollars per conversation that was resolved, with all that was spent on those that were not."""
        talks = self.conversations * self.resolved / self.calls if self.calls else 0.0
        return self.dollars / talks if talks else None


@dataclass(frozen=True, slots=True)
class Length:
    """Conversations of `low` to `high` turns: how many, and what they cost."""

    low: int
    high: int
    conversations: float
    dollars: float


@dataclass(frozen=True, slots=True)
class CostReport:
    """What a file of usage comes to. `losing` are tenants that cost more than they pay, the greatest loss first.

    `unpriced` are models of which no price is known, `uncounted` targets whose tokens are not known, each with its calls.
    `counted_by` says where token counts come from, `notes` what was assumed.
    """

    usage: str
    rows: int
    days: int
    by: By
    prices: str
    counted_by: str
    lines: tuple[Line, ...]
    total: Line
    tenants: Concentration
    lengths: tuple[Length, ...]
    turns: tuple[tuple[str, int], ...]
    losing: tuple[Line, ...] = ()
    unpriced: tuple[tuple[str, int], ...] = ()
    uncounted: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    has_outcomes: bool = False
    has_revenue: bool = False

    @property
    def monthly(self) -> float:
        """The total in dollars for 30 days."""
        return per_month(self.total.dollars, self.days)


def document(report: CostReport) -> dict[str, Any]:
    """The report as JSON data. Dollars are rounded to a millionth."""
    return {
        "format": FORMAT, "usage": report.usage, "rows": report.rows, "days": report.days, "by": report.by,
        "prices": report.prices, "tokens": report.counted_by, "notes": list(report.notes),
        "total": _line(report.total), "monthly": _money(report.monthly),
        "lines": [_line(line) for line in report.lines],
        "concentration": _concentration(report.tenants),
        "lengths": [
            {"low": one.low, "high": one.high, "conversations": round(one.conversations, 3), "dollars": _money(one.dollars)}
            for one in report.lengths
        ],
        "turns": dict(report.turns),
        "losing": [_line(line) for line in report.losing],
        "unpriced": dict(report.unpriced), "uncounted": dict(report.uncounted),
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    return {
        "name": line.name, "calls": line.calls, "conversations": round(line.conversations, 3),
        "input": round(line.tokens.input), "cached": round(line.tokens.cached), "written": round(line.tokens.written),
        "output": round(line.tokens.output), "dollars": _money(line.dollars), "resolved": line.resolved,
        "per_call": _money(line.per_call), "per_resolved": None if line.per_resolved is None else _money(line.per_resolved),
        "revenue": None if line.revenue is None else _money(line.revenue),
    }  # fmt: skip


def _concentration(found: Concentration) -> dict[str, Any]:
    return {
        "tenants": found.count, "gini": round(found.gini, 6), "median": _money(found.median), "mean": _money(found.mean),
        "tops": [{"share": share, "tenants": many, "of_total": round(part, 6)} for share, many, part in found.tops],
        "lorenz": [[round(x, 6), round(y, 6)] for x, y in found.lorenz],
    }  # fmt: skip


def _money(dollars: float) -> float:
    return round(dollars, 6)


def quantiles(talks: Sequence[tuple[int, float]]) -> tuple[tuple[str, int], ...]:
    """Lengths of conversations below which half, nine tenths, 99 % of them are, and the longest; of (turns, how many)."""
    ordered = sorted(talks)
    whole = sum(many for _, many in ordered)
    found, held, marks = [], 0.0, [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)]
    for turns, many in ordered:
        held += many
        while marks and held >= marks[0][1] * whole - 1e-9:
            found.append((marks.pop(0)[0], turns))
    return (*found, ("max", ordered[-1][0])) if ordered else ()


def lengths_of(talks: Sequence[tuple[int, float, float]]) -> tuple[Length, ...]:
    """(turns, conversations, dollars) in classes of doubling length; those with none are left out."""
    top = max((turns for turns, _, _ in talks), default=0)
    bounds = [*(bound for bound in LENGTHS if bound < top), top]
    made, low = [], 1
    for high in bounds:
        inside = [(many, dollars) for turns, many, dollars in talks if low <= turns <= high]
        if inside:
            made.append(Length(low, high, sum(m for m, _ in inside), sum(d for _, d in inside)))
        low = high + 1
    return tuple(made)
