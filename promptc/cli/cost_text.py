"""Cost as text: the total, who makes it up, what an average hides; conversations, chains and prices as tables.

    core.costing, driver/cost -> [cost text] -> stdout
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from promptc.cli.money import dollars
from promptc.cli.terminal import Paint, columns, counted, out, out_json
from promptc.core.costing import CostReport, Line
from promptc.core.visible import visible_line

if TYPE_CHECKING:
    from promptc.core.chains import Outcome
    from promptc.core.prices import Price, Rates
    from promptc.driver.cost.chains import Chains
    from promptc.driver.cost.lengths import Conversation

LOSING_MAX = 5
PRICES_MAX = 200
TURNS_SHOWN = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1000, 2000)


def lines_of(report: CostReport, paint: Paint, limit: int) -> Iterator[str]:
    """The whole answer."""
    total = report.total
    days = counted(report.days, "day")
    yield paint(f"{dollars(total.dollars)} in {days}, {dollars(report.monthly)} a month of 30 days", "bold")
    yield from columns(_facts(report), indent="  ")
    yield ""
    shown = report.lines[:limit]
    rows = [[paint(word, "bold") for word in _titles(report)], *(_cells(line, report) for line in shown)]
    yield from columns(_right(rows))
    if len(report.lines) > len(shown):
        left = report.lines[limit:]
        many = counted(len(left), f"other {report.by}", f"other {report.by}s" if report.by != "turns" else "other lengths")
        yield paint(f"… and {many}, {dollars(sum(line.dollars for line in left))} together: `--limit`, `--format json`", "dim")
    yield from _concentrated(report, paint)
    yield from _lengths(report, paint)


def _facts(report: CostReport) -> list[list[str]]:
    rows = [
        ["usage", visible_line(f"{report.usage}: {report.rows:,} rows, {counted(report.total.calls, 'call')}")],
        ["prices", visible_line(report.prices)],
        ["tokens", visible_line(report.counted_by)],
    ]
    rows += [["note", visible_line(note)] for note in report.notes]
    if report.unpriced:
        names = ", ".join(visible_line(name) for name, _ in report.unpriced[:3])
        more = f" and {len(report.unpriced) - 3:,} more" if len(report.unpriced) > 3 else ""
        rows.append(["no price", f"{names}{more}: {counted(sum(n for _, n in report.unpriced), 'call')} not in these sums"])
    if report.uncounted:
        names = ", ".join(visible_line(name) for name, _ in report.uncounted[:3])
        more = f" and {len(report.uncounted) - 3:,} more" if len(report.uncounted) > 3 else ""
        rows.append(["not served", f"{names}{more}: {counted(sum(n for _, n in report.uncounted), 'call')} not in these sums"])
    return rows


def _titles(report: CostReport) -> list[str]:
    words = [report.by.upper(), "COST", "SHARE", "CALLS", "A CALL", "INPUT", "CACHED", "OUTPUT"]
    if report.has_outcomes:
        words.append("RESOLVED AT")
    return [*words, "PAYS"] if report.has_revenue and report.by == "tenant" else words


def _cells(line: Line, report: CostReport) -> list[str]:
    share = line.dollars / report.total.dollars if report.total.dollars else 0.0
    cached = line.tokens.cached / line.tokens.input if line.tokens.input else 0.0
    cells = [
        visible_line(line.name) or "-", dollars(line.dollars), f"{share:.1%}", f"{line.calls:,}", dollars(line.per_call),
        f"{line.tokens.input:,.0f}", f"{cached:.0%}", f"{line.tokens.output:,.0f}",
    ]  # fmt: skip
    if report.has_outcomes:
        cells.append("-" if line.per_resolved is None else dollars(line.per_resolved))
    if report.has_revenue and report.by == "tenant":
        cells.append("-" if line.revenue is None else dollars(line.revenue))
    return cells


def _right(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Cells but the first set to the right."""
    from promptc.cli.terminal import width_of

    widths = [max(width_of(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [[row[0], *(" " * (width - width_of(cell)) + cell for cell, width in zip(row[1:], widths[1:], strict=True))] for row in rows]


def _concentrated(report: CostReport, paint: Paint) -> Iterator[str]:
    found = report.tenants
    if found.count < 2:
        return
    yield ""
    yield paint("what the average hides", "bold")
    rows = [["mean", f"{dollars(found.mean)} a tenant; the tenant in the middle costs {dollars(found.median)}"]]
    for share, many, part in found.tops:
        rows.append([f"top {share * 100:g} %", f"{counted(many, 'tenant')}: {part:.1%} of the cost"])
    rows.append(["gini", f"{found.gini:.3f}  (0: all alike, 1: one has it all)"])
    if report.has_revenue:
        rows.append(["losing", f"{counted(len(report.losing), 'tenant')} of {found.count:,} cost more than they pay"])
        rows += [["", _loss(line)] for line in report.losing[:LOSING_MAX]]
    yield from columns(rows, indent="  ")


def _loss(line: Line) -> str:
    return f"{visible_line(line.name)} pays {dollars(line.revenue or 0.0)}, costs {dollars(line.dollars)}"


def _lengths(report: CostReport, paint: Paint) -> Iterator[str]:
    if not report.turns or report.turns[-1][1] < 2:
        return
    talks = sum(one.conversations for one in report.lengths)
    yield ""
    said = ", ".join(f"{name} {turns:,}" for name, turns in report.turns)
    yield paint(f"length of conversations in turns: {said}", "bold")
    rows = [["turns", "conversations", "cost", "each"]]
    for one in report.lengths:
        name = f"{one.low}" if one.low == one.high else f"{one.low}-{one.high}"
        rows.append(
            [name, f"{one.conversations / talks:.1%}", f"{one.dollars / report.total.dollars:.1%}" if report.total.dollars else "-",
             dollars(one.dollars / one.conversations)]
        )  # fmt: skip
    yield from (f"  {line}" for line in columns(_right(rows)))


def show_conversation(found: Conversation, form: str) -> None:
    """A conversation: a few of its turns, and what they add up to."""
    if form == "json":
        out_json(_conversation_data(found))
        return
    talk = found.talk
    out(visible_line(f"{found.target} with {found.model}: {counted(len(found.turns), 'turn')} cost {dollars(found.dollars)}"))
    times = found.dollars / found.turns[0][1] if found.turns[0][1] else 0.0
    rows = [
        ["against", f"{dollars(found.naive)}, one turn times {len(found.turns):,}; it is {times:.1f} times the first turn"],
        ["turn", f"prompt {talk.prompt:,.0f} tokens, message {talk.message:,.0f}, answer {talk.output:,.0f}"],
        ["history", visible_line(found.history)],
        ["cache", _cache_said(found)],
        ["tokens", visible_line(found.counted_by)],
        ["prices", visible_line(found.prices)],
    ]  # fmt: skip
    for line in columns(rows, indent="  "):
        out(line)
    out("")
    table = [["turn", "input", "cached", "written", "output", "this turn", "so far"]]
    so_far = 0.0
    for number, (tokens, amount) in enumerate(found.turns, 1):
        so_far += amount
        if number in TURNS_SHOWN or number == len(found.turns):
            cells = (tokens.input, tokens.cached, tokens.written, tokens.output)
            table.append([f"{number:,}", *(f"{cell:,.0f}" for cell in cells), dollars(amount), dollars(so_far)])
    for line in columns(_right(table), indent="  "):
        out(line)


def _cache_said(found: Conversation) -> str:
    rule, prefix = found.price.cache, found.talk.prefix
    if rule.kind == "none":
        return "none is known of this provider"
    said = "what is marked" if rule.kind == "marked" else "whatever begins as before"
    short = "" if prefix >= rule.tokens_min else f": below the least of {rule.tokens_min:,}, so it is not cached alone"
    return f"{said}; the prompt begins with {prefix:,.0f} tokens that can be{short}"


def _conversation_data(found: Conversation) -> dict[str, Any]:
    return {
        "format": "promptc.conversation/1", "target": found.target, "model": found.model, "history": found.history,
        "dollars": round(found.dollars, 6), "naive": round(found.naive, 6), "prices": found.prices, "tokens": found.counted_by,
        "turns": [
            {
                "input": round(t.input), "cached": round(t.cached), "written": round(t.written), "output": round(t.output),
                "dollars": round(dollars_of_turn, 6),
            }
            for t, dollars_of_turn in found.turns
        ],
    }  # fmt: skip


def show_chains(found: Chains, form: str) -> None:
    """Chains side by side, the cheapest per resolved request first."""
    if form == "json":
        out_json(
            {
                "format": "promptc.chains/1", "file": found.file, "prices": found.prices, "slices": dict(found.shares),
                "chains": [
                    {"name": one.name, **_outcome(one.whole), "slices": {n: _outcome(o) for n, o in one.slices.items()}}
                    for one in found.chains
                ],
            }
        )  # fmt: skip
        return
    many = len(found.shares) > 1
    rows = [["CHAIN", "PER RESOLVED", "RESOLVED", "A REQUEST", "CALLS"]]
    for one in found.chains:
        rows.append([visible_line(one.name), *_outcome_cells(one.whole)])
        if many:
            rows += [[f"  {visible_line(name)} {found.shares[name]:.0%}", *_outcome_cells(o)] for name, o in one.slices.items()]
    for line in columns(_right(rows)):
        out(line)
    out(f"prices: {visible_line(found.prices)}")


def _outcome(found: Outcome) -> dict[str, Any]:
    each = found.per_resolved
    return {
        "dollars": round(found.dollars, 8), "resolved": round(found.resolved, 6), "calls": round(found.calls, 6),
        "per_resolved": None if each is None else round(each, 8), "visits": {n: round(v, 6) for n, v in found.visits.items()},
    }  # fmt: skip


def _outcome_cells(found: Outcome) -> list[str]:
    each = found.per_resolved
    return ["-" if each is None else dollars(each), f"{found.resolved:.1%}", dollars(found.dollars), f"{found.calls:.2f}"]


def show_prices(found: Sequence[Price], label: str, form: str) -> None:
    """Models and their prices."""
    if form == "json":
        out_json({"prices": label, "models": [_price(price) for price in found]})
        return
    rows = [["MODEL", "INPUT", "CACHED", "WRITTEN", "OUTPUT", "CACHE"]]
    for price in found[:PRICES_MAX]:
        rates = price.rates
        rows.append([visible_line(price.model), *_rates(rates), price.cache.kind])
        rows += [[f"  above {start:,} tokens", *_rates(above), ""] for start, above in price.above]
    for line in columns(_right(rows)):
        out(line)
    out(f"dollars per million tokens; {visible_line(label)}; {counted(len(found), 'model')}")


def _rates(rates: Rates) -> list[str]:
    return [f"{rate:g}" for rate in (rates.input, rates.cached, rates.written, rates.output)]


def _price(price: Price) -> dict[str, Any]:
    def data(rates: Rates) -> dict[str, float]:
        return {"input": rates.input, "cached": rates.cached, "written": rates.written, "output": rates.output}

    rule = price.cache
    return {
        "model": price.model, **data(price.rates), "source": price.source,
        "above": [{"tokens": start, **data(rates)} for start, rates in price.above],
        "cache": {"kind": rule.kind, "tokens_min": rule.tokens_min, "step": rule.step},
    }  # fmt: skip
