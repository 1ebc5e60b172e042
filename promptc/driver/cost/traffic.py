"""Traffic: what a change of compiled prompts adds to a month's bill, at the calls that a file of usage counts.

    usage, prices, a review's hunks -> [traffic] -> core.review.Money of each group

More tokens of input are priced at the share that a target's calls read from a cache now; another model is priced by
billing the same tokens at both. What a change makes a model answer is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from promptc.core.allocation import variant_name
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest
from promptc.core.manifest import Change
from promptc.core.outline import Hole, Hunk, Line
from promptc.core.prices import MILLION, Price, Tokens, cost_of, input_rate
from promptc.core.review import Money
from promptc.core.usage import MONTH_DAYS, Use, per_month
from promptc.driver.cost.costing import Costing, CostRequest, opened
from promptc.driver.cost.served import Served

Values = tuple[tuple[str, ...], tuple[str, ...]]
NOT_SENT = ("config", "input")  # parts of an artifact that a model never reads


@dataclass(slots=True)
class Traffic:
    """The calls of a month per target. `usage`, `prices` and `days` say what of; `before` and `after` are what is served."""

    costing: Costing
    usage: str
    before: Served
    after: Served
    days: int
    calls: dict[tuple[str, str], list[Use]] = field(default_factory=dict)

    def money(self, hunk: Hunk, variants: Iterable[tuple[Values, Sequence[int]]], changes: Sequence[Change]) -> Money:
        """What one hunk adds for all targets that have it. `variants` are (values before and after, numbers of targets)."""
        found = _Adding(self)
        is_model = hunk.where == "model"
        for values, numbers in variants:
            tokens = 0 if is_model or hunk.where.partition(" ")[0] in NOT_SENT else self._tokens(hunk, values)
            for number in numbers:
                found.add(changes[number], tokens, is_model=is_model)
        return found.money()

    def _tokens(self, hunk: Hunk, values: Values) -> int:
        count = self.after.count
        old, new = (filled(lines, given) for lines, given in zip((hunk.before, hunk.after), values, strict=True))
        return (count(new) if new else 0) - (count(old) if old else 0)


class _Adding:
    """Adds up one group."""

    def __init__(self, traffic: Traffic) -> None:
        self.traffic = traffic
        self.deltas: set[int] = set()
        self.tenants: set[str] = set()
        self.calls = 0.0
        self.dollars = 0.0
        self.unknown = 0

    def add(self, change: Change, tokens: int, *, is_model: bool) -> None:
        uses = self.traffic.calls.get((change.tenant, change.prompt))
        if not uses:
            return
        new = self._price(self.traffic.after, change.after)
        old = self._price(self.traffic.before, change.before) if is_model else new
        if new is None or old is None:
            self.unknown += 1
            return
        self.tenants.add(change.tenant)
        self.deltas.add(tokens)
        for use in uses:
            found = self.traffic.costing.tokens_of(use, new)
            billed = found[0] if found is not None else Tokens()
            added = tokens * use.calls * input_rate(billed, new, requests=use.calls) / MILLION
            if is_model:
                added = cost_of(billed, new, requests=use.calls) - cost_of(billed, old, requests=use.calls)
            self.dollars += per_month(added, self.traffic.days)
            self.calls += per_month(use.calls, self.traffic.days)

    def _price(self, served: Served, digest: Digest | None) -> Price | None:
        return self.traffic.costing.prices.of(served.weighed(digest).model) if digest is not None else None

    def money(self) -> Money:
        low, high = (min(self.deltas), max(self.deltas)) if self.deltas else (0, 0)
        return Money(low, high, len(self.tenants), round(self.calls), self.dollars, self.unknown)


def filled(lines: Sequence[Line], values: Sequence[str]) -> str:
    """Lines as text, their holes filled in order."""
    waiting = iter(values)
    return "\n".join("".join(next(waiting, "") if isinstance(piece, Hole) else piece for piece in line) for line in lines)


def traffic_of(start: str, usage: str | None, before: Served, after: Served) -> Traffic:
    """The traffic of a file. PromptcError X003, X004, X007."""
    costing, shown = opened(CostRequest(start, usage), serves=before)
    by_target: defaultdict[tuple[str, str], list[Use]] = defaultdict(list)
    for use in costing.usage.uses:
        if use.calls:
            by_target[use.tenant, variant_name(use.prompt, use.variant)].append(use)
    return Traffic(costing, shown, before, after, costing.usage.days or MONTH_DAYS, dict(by_target))

