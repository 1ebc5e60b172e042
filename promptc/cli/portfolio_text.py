"""Portfolio text: the variants of prompts as people read them, in a terminal and in Markdown.

    core.portfolio -> [portfolio text] -> lines
"""

from __future__ import annotations

from collections.abc import Iterator

from promptc.cli.markdown_text import span
from promptc.cli.money import dollars
from promptc.cli.terminal import Paint, columns, counted
from promptc.core.allocation import PLAIN
from promptc.core.portfolio import Option, Portfolio, PromptPortfolio, Rate, Segment
from promptc.core.visible import visible_line

HEADINGS = ("SEGMENT", "TENANTS", "VARIANT", "KEYS", "EVIDENCE", "TOKENS", "INPUT OF 1,000 CALLS")
COUNTED = ("CALLS", "A CALL")


def text_lines(found: Portfolio) -> Iterator[str]:
    """Prompt after prompt."""
    import sys

    paint = Paint(sys.stdout)
    for number, one in enumerate(found.prompts):
        if number:
            yield ""
        yield paint(_title(found, one), "bold")
        rows = [[paint(word, "bold") for word in _headings(found)], *_rows(found, one)]
        yield from columns([[visible_line(cell) if row else cell for cell in cells] for row, cells in enumerate(rows)], indent="  ")
        for unneeded in one.unneeded:
            yield visible_line(f"  no segment needs `{one.prompt}.{unneeded.variant}`: {unneeded.why}")
    yield ""
    yield from (paint(visible_line(note), "dim") for note in _asides(found))


def markdown_lines(found: Portfolio) -> Iterator[str]:
    """A table for each prompt."""
    for number, one in enumerate(found.prompts):
        if number:
            yield ""
        yield f"### {span(one.prompt)}: {counted(_variants(one), 'variant')} in {span(found.moment)}"
        yield ""
        headings = [word.capitalize() for word in _headings(found)]
        yield f"| {' | '.join(headings)} |"
        yield f"|{'---|' * len(headings)}"
        for row in _rows(found, one):
            # A pipe ends a cell even inside of a code span.
            yield "| " + " | ".join(span(cell).replace("|", "\\|") if cell else "" for cell in row) + " |"
        if one.unneeded:
            yield ""
        for unneeded in one.unneeded:
            yield f"- No segment needs {span(f'{one.prompt}.{unneeded.variant}')}: {unneeded.why}"
    yield ""
    yield from (f"{span(note, characters_max=400)}  " for note in _asides(found))


def _headings(found: Portfolio) -> tuple[str, ...]:
    return (*HEADINGS, *COUNTED) if found.usage else HEADINGS


def _title(found: Portfolio, one: PromptPortfolio) -> str:
    tenants = sum(segment.tenants for segment in one.segments)
    return visible_line(f"{one.prompt}: {counted(_variants(one), 'variant')} for {counted(tenants, 'tenant')} of {found.moment}")


def _variants(one: PromptPortfolio) -> int:
    given = {option.variant for segment in one.segments for option in segment.options if option.variant}
    return len(given | {unneeded.variant for unneeded in one.unneeded})


def _rows(found: Portfolio, one: PromptPortfolio) -> Iterator[list[str]]:
    for segment in one.segments:
        for number, option in enumerate(segment.options):
            first = [segment.name, f"{segment.tenants:,}"] if number == 0 else ["", ""]
            yield [*first, *_cells(segment, option), *(_counted(option) if found.usage else ())]


def _cells(segment: Segment, option: Option) -> list[str]:
    low, high = option.tokens
    whose = "" if option.tenants == segment.tenants else f" of {counted(option.tenants, 'tenant')}"
    return [
        option.variant or PLAIN, f"{_percent(option.shares)}{whose}", _evidence(option),
        f"{low:,}" if low == high else f"{low:,} to {high:,}", "no price" if option.dollars is None else dollars(option.dollars),
    ]  # fmt: skip


def _counted(option: Option) -> tuple[str, str]:
    return f"{option.calls or 0:,}", "" if option.per_call is None else dollars(option.per_call)


def _percent(shares: tuple[float, float]) -> str:
    low, high = shares
    return f"{low:g} %" if low == high else f"{low:g} to {high:g} %"


def _evidence(option: Option) -> str:
    return "; ".join(map(_rate, option.rates)) or "no suite"


def _rate(rate: Rate) -> str:
    if not rate.runs:
        return f"{rate.suite}: {rate.lacks or 'no evidence'}"
    said = f"{rate.suite}: {rate.passed:,} of {rate.runs:,}, {rate.low:.0%} to {rate.high:.0%}"
    return said if rate.fresh == rate.artifacts else f"{said} ({rate.lacks})"


def _asides(found: Portfolio) -> Iterator[str]:
    yield from found.notes
    yield f"tokens: {found.tokens}"
    yield f"prices: {found.prices}"
