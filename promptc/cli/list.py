"""`promptc list`: a table of targets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import SELECT_HELP, exclude_option, format_option, select_argument

if TYPE_CHECKING:
    from promptc.driver.list import Listed, Row

DIGITS_SHOWN = 12


@click.command(
    "list",
    cls=Command,
    help=f"""List targets with labels, owner, model, size and digest.

    {SELECT_HELP}""",
)
@select_argument()
@exclude_option()
@format_option("text", "json")
def command(select: tuple[str, ...], exclude: tuple[str, ...], form: str) -> int:
    """Parse, list, show."""
    from promptc.cli.findings import show_findings
    from promptc.cli.progress import progress
    from promptc.cli.terminal import out_json
    from promptc.driver.list import list_targets

    with progress("Compiling", quiet=form != "text") as on_progress:
        listed = list_targets(start_folder(), select, exclude, on_progress=on_progress)
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
    }


def _show_table(listed: Listed) -> None:
    from promptc.cli.terminal import Paint, columns, counted, out, say

    paint = Paint(sys.stdout)
    head = tuple(paint(title, "bold") for title in ("TARGET", "LABELS", "OWNER", "MODEL", "SIZE", "DIGEST"))
    if listed.rows:
        for line in columns([head, *(_cells(row, paint) for row in listed.rows)]):
            out(line)
    missing = f", {len(listed.not_compiled):,} of them not compiled" if listed.not_compiled else ""
    distinct = len({row.digest for row in listed.rows if row.digest})
    say(f"{counted(len(listed.rows), 'target')}, {counted(distinct, 'distinct artifact')}{missing}")


def _cells(row: Row, paint: Any) -> tuple[str, ...]:
    from promptc.core.visible import visible_line

    labels = " ".join(f"{key}={value}" for key, value in sorted(row.labels.items()) if key != "owner")
    if row.digest is None:
        return (
            visible_line(f"{row.tenant}/{row.prompt}"),
            visible_line(labels),
            "",
            "",
            "",
            paint("not compiled", "red"),
        )
    digits = row.digest.removeprefix("sha256:")[:DIGITS_SHOWN]
    cells = (f"{row.tenant}/{row.prompt}", labels, row.owner, row.model)
    return (*map(visible_line, cells), f"{row.size / 1024:6.1f} KiB", paint(digits, "dim"))
