"""`promptc list`: a table of targets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import SELECT_HELP, exclude_option, format_option, registry_option, select_argument

if TYPE_CHECKING:
    from promptc.driver.list import Listed, Row, Tokens

DIGITS_SHOWN = 12


@click.command(
    "list",
    cls=Command,
    help=f"""List targets with labels, owner, model, size and digest.

    {SELECT_HELP}""",
)
@select_argument()
@exclude_option()
@click.option("--tokens", is_flag=True, help="Count tokens, beside the prompt's budget and the model's window.")
@click.option("--against", default="", metavar="MOMENT", help="With --tokens: what each came to then, as in `prod` or `prod@42`.")
@registry_option()
@format_option("text", "json")
def command(
    select: tuple[str, ...], exclude: tuple[str, ...], tokens: bool, against: str, where: str | None, form: str
) -> int:
    """Parse, list, show."""
    from promptc.cli.findings import show_findings
    from promptc.cli.progress import progress
    from promptc.cli.terminal import out_json
    from promptc.driver.list import Counting, list_targets

    counting = Counting(against, where) if tokens or against else None

    with progress("Compiling", quiet=form != "text") as on_progress:
        listed = list_targets(start_folder(), select, exclude, counting=counting, on_progress=on_progress)
    show_findings(listed.findings)
    if form == "json":
        out_json([_row_json(row) for row in listed.rows])
    else:
        _show_table(listed)
    return int(listed.exit_code)


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "target": f"{row.tenant}/{row.prompt}",
        "tenant": row.tenant,
        "prompt": row.prompt,
        "labels": dict(row.labels),
        "owner": row.owner,
        "model": row.model,
        "bytes": row.size,
        "digest": row.digest,
        **({} if row.tokens is None else _tokens_json(row.tokens)),
    }


def _tokens_json(tokens: Tokens) -> dict[str, Any]:
    return {"tokens": tokens.count, "budget": tokens.budget, "window": tokens.window, "tokens_before": tokens.before}


def _show_table(listed: Listed) -> None:
    from promptc.cli.terminal import Paint, columns, counted, out, say

    paint = Paint(sys.stdout)
    counted_tokens = ("TOKENS", "OF BUDGET", "OF WINDOW", *(["GROWTH"] if listed.against else []))
    titles = ("TARGET", "LABELS", "OWNER", "MODEL", "SIZE", *(counted_tokens if listed.counted_by else ()), "DIGEST")
    head = tuple(paint(title, "bold") for title in titles)
    if listed.rows:
        for line in columns([head, *(_cells(row, listed, paint) for row in listed.rows)]):
            out(line)
    missing = f", {len(listed.not_compiled):,} of them not compiled" if listed.not_compiled else ""
    distinct = len({row.digest for row in listed.rows if row.digest})
    say(f"{counted(len(listed.rows), 'target')}, {counted(distinct, 'distinct artifact')}{missing}")
    if listed.counted_by:
        say(f"tokens without inputs, counted by {listed.counted_by}" + (f"; growth against {listed.against}" if listed.against else ""))


def _cells(row: Row, listed: Listed, paint: Any) -> tuple[str, ...]:
    from promptc.core.visible import visible_line

    labels = " ".join(f"{key}={value}" for key, value in sorted(row.labels.items()) if key != "owner")
    if row.digest is None:
        blanks = 4 + bool(listed.against) if listed.counted_by else 1
        return (
            visible_line(f"{row.tenant}/{row.prompt}"),
            visible_line(labels),
            "",
            "",
            *[""] * blanks,
            paint("not compiled", "red"),
        )
    digits = row.digest.removeprefix("sha256:")[:DIGITS_SHOWN]
    cells = (f"{row.tenant}/{row.prompt}", labels, row.owner, row.model)
    counts = _token_cells(row.tokens, paint, with_growth=bool(listed.against)) if row.tokens is not None else ()
    return (*map(visible_line, cells), f"{row.size / 1024:6.1f} KiB", *counts, paint(digits, "dim"))


def _token_cells(tokens: Tokens, paint: Any, *, with_growth: bool) -> tuple[str, ...]:
    made = [f"{tokens.count:,}", _share(tokens.count, tokens.budget, paint), _share(tokens.count, tokens.window, paint)]
    if with_growth:
        before = tokens.before
        made.append("new" if before is None else f"{tokens.count - before:+,} ({(tokens.count / max(before, 1) - 1) * 100:+.0f} %)")
    return tuple(made)


def _share(count: int, limit: int, paint: Any) -> str:
    if not limit:
        return ""
    said = f"{count / limit * 100:.0f} % of {limit:,}"
    return str(paint(said, "red")) if count > limit else said
