"""Cost as HTML: one file that holds everything, asks the network for nothing and runs no script.

    CostReport -> pages/markup, lorenz -> [cost html] -> `promptc cost --format html`

Names of tenants are foreign text: they are escaped, and the page's own policy allows one style sheet and nothing else. The
same report gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from promptc.cli.lorenz import VARIABLES, svg
from promptc.cli.money import dollars
from promptc.cli.pages.markup import NOTHING, Html, joined, short, tag, text
from promptc.cli.terminal import counted
from promptc.core.costing import CostReport, Line

ROWS_MAX = 200
LOSING_MAX = 15


def page(report: CostReport) -> str:
    """The whole page. Of very many rows the dearest are shown; sums are of everything."""
    sections = [_total(report), _gaps(report), _concentrated(report), _losing(report), _lengths(report), _lines(report)]
    body = tag("body", tag("main", *filter(None, sections)), _foot())
    return f'<!doctype html>\n<html lang="en">{_head(report)}{body}</html>\n'


@cache
def _style() -> str:
    content = (resources.files("promptc.cli") / "assets" / "cost.css").read_text(encoding="utf-8")
    assert "</" not in content
    return content


def _head(report: CostReport) -> Html:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", text(f"{dollars(report.total.dollars)} in {counted(report.days, 'day')}: promptc cost")),
        Html(f"<style>{_style()}</style>"),
    )


def _total(report: CostReport) -> Html:
    said = f"{dollars(report.monthly)} a month of 30 days, {counted(report.total.calls, 'call')}"
    title = tag("h1", text(f"{dollars(report.total.dollars)} in {counted(report.days, 'day')}"), tag("small", text(said)))
    facts = [("Usage", f"{report.usage}, {report.rows:,} rows"), ("Prices", report.prices), ("Tokens", report.counted_by)]
    rows = [tag("div", tag("dt", text(name)), tag("dd", text(short(value)))) for name, value in facts]
    notes = [tag("li", text(short(note))) for note in report.notes]
    return tag("section", title, tag("dl", *rows), tag("ul", *notes, class_="notes") if notes else NOTHING)


def _gaps(report: CostReport) -> Html:
    """What is not in the sums."""
    found = [("has no price", report.unpriced), ("is not served, and its tokens are not known", report.uncounted)]
    items = [
        tag("li", tag("b", text(f"{sum(n for _, n in rows):,} calls")), text(f" of what {why}: {_names(rows)}"))
        for why, rows in found
        if rows
    ]
    return tag("section", tag("h2", text("Not in these sums")), tag("ul", *items, class_="gaps")) if items else NOTHING


def _names(rows: Sequence[tuple[str, int]]) -> str:
    more = f" and {len(rows) - 6:,} more" if len(rows) > 6 else ""
    return ", ".join(short(name) for name, _ in rows[:6]) + more


def _concentrated(report: CostReport) -> Html:
    found = report.tenants
    if found.count < 2:
        return NOTHING
    rows = [
        (f"{dollars(found.mean)}", "the mean tenant"), (f"{dollars(found.median)}", "the tenant in the middle"),
        *((f"{part:.1%}", f"the top {share * 100:g} %: {counted(many, 'tenant')}") for share, many, part in found.tops),
        (f"{found.gini:.3f}", "Gini: 0 where all cost the same, 1 where one has it all"),
    ]  # fmt: skip
    said = [tag("div", tag("dd", text(value)), tag("dt", text(name))) for value, name in rows]
    curve = tag("figure", svg(found, "Who makes up the cost", colours=VARIABLES))
    return tag("section", tag("h2", text("What the average hides")), tag("div", curve, tag("dl", *said, class_="big"), class_="pair"))


def _losing(report: CostReport) -> Html:
    if not report.has_revenue:
        return NOTHING
    title = tag("h2", text(f"{counted(len(report.losing), 'tenant')} of {report.tenants.count:,} cost more than they pay"))
    rows = [[text(short(line.name)), *_loss(line.revenue or 0.0, line.dollars)] for line in report.losing[:LOSING_MAX]]
    note = _more(len(report.losing) - len(rows))
    return tag("section", title, _table(("Tenant", "Pays", "Costs", "Loss"), rows), note) if rows else tag("section", title)


def _loss(pays: float, costs: float) -> list[Html]:
    return _numbers(dollars(pays), dollars(costs), dollars(costs - pays))


def _lengths(report: CostReport) -> Html:
    if not report.turns or report.turns[-1][1] < 2:
        return NOTHING
    talks = sum(one.conversations for one in report.lengths)
    total = report.total.dollars or 1.0
    rows = []
    for one in report.lengths:
        name = f"{one.low}" if one.low == one.high else f"{one.low} to {one.high}"
        bars = _bars(one.conversations / talks, one.dollars / total)
        cells = (f"{one.conversations / talks:.1%}", f"{one.dollars / total:.1%}", dollars(one.dollars / one.conversations))
        rows.append([text(name), bars, *_numbers(*cells)])
    said = ", ".join(f"{name} {turns:,}" for name, turns in report.turns)
    title = tag("h2", text("Length of conversations"), tag("small", text(f"in turns: {said}")))
    return tag("section", title, _table(("Turns", "", "Conversations", "Cost", "Each"), rows))


def _bars(conversations: float, cost: float) -> Html:
    """A class of lengths: its share of the conversations above its share of the cost."""
    parts = (
        Html(f'<rect class="is-{name}" x="0" y="{at}" width="{max(0.5, share * 200):.1f}" height="6"/>')
        for name, at, share in (("count", 0, conversations), ("cost", 8, cost))
    )
    return Html(f'<svg viewBox="0 0 200 14" width="200" height="14" class="bars" aria-hidden="true">{joined(parts)}</svg>')


def _lines(report: CostReport) -> Html:
    head = [report.by.capitalize(), "Cost", "Share", "Calls", "A call", "Input", "Cached", "Output"]
    head += ["Per resolved"] if report.has_outcomes else []
    head += ["Pays"] if report.has_revenue and report.by == "tenant" else []
    rows = [[text(short(line.name) or "-"), *_numbers(*_cells(line, report))] for line in report.lines[:ROWS_MAX]]
    title = tag("h2", text(f"By {report.by}"), tag("small", text("the dearest first")))
    return tag("section", title, _table(head, rows), _more(len(report.lines) - len(rows)))


def _cells(line: Line, report: CostReport) -> Iterator[str]:
    tokens = line.tokens
    yield dollars(line.dollars)
    yield f"{line.dollars / report.total.dollars:.1%}" if report.total.dollars else "-"
    yield f"{line.calls:,}"
    yield dollars(line.per_call)
    yield f"{tokens.input:,.0f}"
    yield f"{tokens.cached / tokens.input:.0%}" if tokens.input else "-"
    yield f"{tokens.output:,.0f}"
    if report.has_outcomes:
        yield "-" if line.per_resolved is None else dollars(line.per_resolved)
    if report.has_revenue and report.by == "tenant":
        yield "-" if line.revenue is None else dollars(line.revenue)


def _numbers(*cells: str) -> list[Html]:
    return [text(cell) for cell in cells]


def _table(head: Sequence[str], rows: Sequence[Sequence[Html]]) -> Html:
    titles = tag("tr", *(tag("th", text(name), scope="col") for name in head))
    body = (tag("tr", *(tag("td", cell) for cell in row)) for row in rows)
    return tag("div", tag("table", tag("thead", titles), tag("tbody", *body)), class_="wide")


def _more(left: int) -> Html:
    return tag("p", text(f"and {left:,} more, counted above; the JSON form lists them"), class_="note") if left > 0 else NOTHING


def _foot() -> Html:
    return tag("footer", text("Made by promptc cost. This file holds everything it shows and asks the network for nothing."))
