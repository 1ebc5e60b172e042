"""Costing: usage made into money: which tokens a row stands for, at which price, and who they add up to.

    usage, prices, served artifacts -> [costing] -> core.costing.CostReport

Where the file says what was billed, that is priced. Where it doesn't, tokens are worked out from the compiled prompt, the
history's strategy and the provider's cache.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from promptc.compiler.project import Settings
from promptc.core.allocation import variant_name
from promptc.core.concentration import concentration
from promptc.core.conversation import History, Talk, history_of, turns_of
from promptc.core.costing import By, CostReport, Line, lengths_of, quantiles
from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.core.prices import CacheRule, Price, Tokens, cost_of
from promptc.core.usage import MICRO, MONTH_DAYS, RESOLVED, Usage, Use
from promptc.core.visible import shortened
from promptc.core.weight import Weight
from promptc.driver.cost.prices import Prices, prices_of
from promptc.driver.cost.served import Served, Weighed, served
from promptc.driver.cost.usage import read_amounts, read_usage
from promptc.driver.folder import find_folder


@dataclass(frozen=True, slots=True)
class CostRequest:
    """What to cost. `usage` and `revenue` are files, None for the setting; `moment` what was served, None for the build.

    `days` is the period where the file has no days, 0 for a month.
    """

    start: str
    usage: str | None = None
    by: By = "tenant"
    revenue: str | None = None
    moment: str | None = None
    registry: str | None = None
    history: str | None = None
    days: int = 0


class Counted(NamedTuple):
    """A use in tokens and dollars."""

    use: Use
    tokens: Tokens
    dollars: float


@dataclass(slots=True)
class Costing:
    """Makes uses into tokens and dollars. `find` gives a target's model and weight, None where nothing is known of it."""

    usage: Usage
    prices: Prices
    history: History
    served: Served | None

    def price_of(self, use: Use) -> Price | None:
        """The price of what answered: the file's model, else the compiled prompt's."""
        model = use.model or self.model_of(use)
        return self.prices.of(model) if model else None

    def model_of(self, use: Use) -> str:
        """The model of the compiled prompt."""
        found = self._found(use)
        return found.model if found is not None else ""

    def _found(self, use: Use) -> Weighed | None:
        return None if self.served is None else self.served.find(use.tenant, variant_name(use.prompt, use.variant))

    def tokens_of(self, use: Use, price: Price) -> tuple[Tokens, float] | None:
        """Tokens of a use and their dollars; None where they are not known."""
        if self.usage.is_billed:
            tokens = Tokens(use.input_tokens, use.cached_tokens, use.written_tokens, use.output_tokens)
            return tokens, cost_of(tokens, price, requests=use.calls)
        found = self._found(use)
        if found is None:
            return None
        talk = talk_of(found.weight, price.cache, use.message_tokens / use.calls, use.output_tokens / use.calls)
        talks = use.calls / use.turns
        whole, dollars = Tokens(), 0.0
        for tokens in turns_of(use.turns, talk, self.history, price):
            whole = whole.plus(tokens)
            dollars += cost_of(tokens, price)
        return whole.times(talks), dollars * talks


def talk_of(weight: Weight, rule: CacheRule, message: float, output: float) -> Talk:
    """A turn of a compiled prompt: what may be cached of it depends on whether the provider needs marks."""
    prefix = weight.marked if rule.kind == "marked" else weight.prefix
    return Talk(weight.whole, prefix, message, output)


def cost(request: CostRequest) -> CostReport:
    """What usage costs. PromptcError X003, X004 for the file, X007 where none is named, X009 for a strategy."""
    costing, shown = opened(request)
    counted, unpriced, uncounted = count(costing)
    revenue = revenue_of(request, costing.usage)
    usage = costing.usage
    lines = _lines(counted, request.by, revenue if request.by == "tenant" else {})
    tenants = lines if request.by == "tenant" else _lines(counted, "tenant", revenue)
    talks = [(one.use.turns, one.use.calls / one.use.turns, one.dollars) for one in counted]
    losing = sorted((t for t in tenants if t.revenue is not None and t.dollars > t.revenue), key=lambda t: t.revenue - t.dollars)  # type: ignore[operator]
    return CostReport(
        shown, usage.rows, usage.days or request.days or MONTH_DAYS, request.by, costing.prices.label(),
        "as billed" if usage.is_billed else costing.served.counted_by if costing.served else "", lines,
        _whole(lines, sum(revenue.values()) if revenue else None),
        concentration(line.dollars for line in tenants), lengths_of(talks), quantiles([(t, n) for t, n, _ in talks]),
        tuple(losing), _most(unpriced), _most(uncounted), tuple(_notes(costing, request)), "outcome" in usage.columns,
        bool(revenue),
    )  # fmt: skip


def opened(request: CostRequest, *, serves: Served | None = None) -> tuple[Costing, str]:
    """Everything that counting needs, and how the usage's file is shown. `serves` stands for what the request names."""
    folder, settings = settings_of(request.start)
    name = request.usage or settings.usage
    if not name:
        raise PromptcError(
            "X007", "no usage is named", hint="name a file with `--usage FILE`, or with the setting `usage`"
        )
    base = Path(request.start) if request.usage else folder or Path()
    usage = read_usage(base / name, name)
    word = request.history or settings.history
    history = history_of(word)
    if history is None:
        raise wrong_history(word)
    needs = not usage.is_billed or "model" not in usage.columns or any(not use.model for use in usage.uses)
    found = serves or (served(request.start, request.moment, request.registry) if needs else None)
    return Costing(usage, prices_of(folder, settings.prices), history, found), name


def wrong_history(word: str) -> PromptcError:
    """What is said of a strategy that is none."""
    return PromptcError(
        "X009", f"`{shortened(word)}` is no strategy for a history",
        hint="`full`, `none`, `last:N` (turns), or `summary:N:TOKENS`, one made every N turns",
    )  # fmt: skip


def count(costing: Costing) -> tuple[list[Counted], Counter[str], Counter[str]]:
    """Every use in money; the calls of models without a price, and of targets that are not known."""
    counted: list[Counted] = []
    unpriced: Counter[str] = Counter()
    uncounted: Counter[str] = Counter()
    for use in costing.usage.uses:
        if not use.calls:
            continue
        model = use.model or costing.model_of(use)
        price = costing.prices.of(model) if model else None
        found = costing.tokens_of(use, price) if price is not None else None
        if found is not None:
            counted.append(Counted(use, *found))
        elif model and price is None:
            unpriced[model] += use.calls
        else:
            uncounted[f"{use.tenant}/{variant_name(use.prompt, use.variant)}"] += use.calls
    return counted, unpriced, uncounted


def revenue_of(request: CostRequest, usage: Usage) -> dict[str, float]:
    """What each tenant pays in the period: a file of monthly amounts, or the usage's own column."""
    if request.revenue is None:
        if "revenue" not in usage.columns:
            return {}
        own: defaultdict[str, int] = defaultdict(int)
        for use in usage.uses:
            own[use.tenant] += use.revenue
        return {tenant: amount / MICRO for tenant, amount in own.items()}
    amounts = read_amounts(Path(request.start) / request.revenue, request.revenue)
    days = usage.days or request.days or MONTH_DAYS
    return {name: amount / MICRO * days / MONTH_DAYS for name, amount in amounts.items()}


def settings_of(start: str) -> tuple[Path | None, Settings]:
    """The project's folder and its settings; without a project the defaults."""
    from promptc.driver.project import read_settings_of

    try:
        folder = find_folder(start)
    except PromptcError:
        return None, Settings()
    return folder, read_settings_of(folder)[0]


_NAMES: Mapping[str, Callable[[Use], str]] = {
    "tenant": lambda use: use.tenant, "prompt": lambda use: use.prompt,
    "variant": lambda use: variant_name(use.prompt, use.variant),
    "model": lambda use: use.model, "outcome": lambda use: use.outcome or "unknown", "turns": lambda use: str(use.turns),
}  # fmt: skip


def _lines(counted: list[Counted], by: By, revenue: Mapping[str, float]) -> tuple[Line, ...]:
    """The dearest first."""
    sums: dict[str, list[float]] = {}
    name_of = _NAMES[by]
    for one in counted:
        _add(sums.setdefault(name_of(one.use), [0.0] * 8), one)
    known = bool(revenue)
    made = [_line(name, values, revenue.get(name, 0.0) if known else None) for name, values in sums.items()]
    return tuple(sorted(made, key=lambda line: (-line.dollars, line.name)))


def _add(sums: list[float], one: Counted) -> None:
    use, (sent, cached, written, output), dollars = one
    sums[0] += use.calls
    sums[1] += use.calls / use.turns
    sums[2] += sent
    sums[3] += cached
    sums[4] += written
    sums[5] += output
    sums[6] += dollars
    if use.outcome == RESOLVED:
        sums[7] += use.calls


def _line(name: str, sums: list[float], revenue: float | None) -> Line:
    calls, talks, sent, cached, written, output, dollars, resolved = sums
    return Line(name, int(calls), talks, Tokens(sent, cached, written, output), dollars, int(resolved), revenue)


def _whole(lines: tuple[Line, ...], revenue: float | None) -> Line:
    tokens = Tokens(*(sum(line.tokens[at] for line in lines) for at in range(4)))
    return Line(
        "total", sum(line.calls for line in lines), sum(line.conversations for line in lines), tokens,
        sum(line.dollars for line in lines), sum(line.resolved for line in lines), revenue,
    )  # fmt: skip


def _most(calls: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(calls.items(), key=lambda item: (-item[1], item[0])))


def _notes(costing: Costing, request: CostRequest) -> list[str]:
    usage, made = costing.usage, []
    if not usage.days:
        made.append(f"the file has no column `day`: it is taken for {request.days or MONTH_DAYS} days")
    if not usage.is_billed:
        found = costing.served
        made.append(f"input is worked out from {found.moment if found else 'nothing'}, not billed: the file has no column `input_tokens`")
        if "message_tokens" not in usage.columns:
            made.append("what callers fill in is not counted: the file has no column `message_tokens`")
    return made
