"""`promptc examples`: few-shot examples, where they came from, and what they reach."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import SELECT_HELP, exclude_option, format_option, select_argument

if TYPE_CHECKING:
    from promptc.driver.examples import Listing, Reached


@click.command(
    "examples",
    cls=Command,
    help=f"""List few-shot examples with where they came from, who agreed, until when, and what they reach.

    The reach is counted among the compiled targets: how many artifacts of how many tenants hold an example. One that
    nothing holds is listed with 0. `promptc check` says which of them are expired, or shared too widely.

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
    from promptc.driver.examples import examples

    with progress("Compiling", quiet=form != "text") as on_progress:
        listing = examples(start_folder(), select, exclude, on_progress=on_progress)
    show_findings(listing.findings)
    if form == "json":
        out_json([_row_json(row, listing.today) for row in listing.rows])
    else:
        _show_table(listing)
    return int(listing.exit_code)


def _row_json(row: Reached, today: str) -> dict[str, Any]:
    return {
        "set": row.set,
        "id": row.id,
        "owner": row.owner,
        "from": row.origin,
        "consent": row.consent,
        "recorded": row.recorded,
        "expires": row.expires,
        "expired": bool(row.expires and row.expires < today),
        "place": {"file": row.place.file, "line": row.place.line, "column": row.place.column},
        "artifacts": row.artifacts,
        "tenants": row.tenants,
        "prompts": list(row.prompts),
        "targets": list(row.targets),
    }


def _show_table(listing: Listing) -> None:
    from promptc.cli.terminal import Paint, columns, counted, out, say

    paint = Paint(sys.stdout)
    titles = ("EXAMPLE", "OWNER", "FROM", "EXPIRES", "ARTIFACTS", "TENANTS", "PROMPTS", "PLACE")
    if listing.rows:
        head = tuple(paint(title, "bold") for title in titles)
        for line in columns([head, *(_cells(row, listing.today, paint) for row in listing.rows)]):
            out(line)
    idle = sum(not row.targets for row in listing.rows)
    unused = f", {idle:,} of them in no artifact" if idle else ""
    say(f"{counted(len(listing.rows), 'example')}{unused}")


def _cells(row: Reached, today: str, paint: Any) -> tuple[str, ...]:
    from promptc.core.visible import visible_line

    expires = paint(f"{row.expires} (expired)", "red") if row.expires and row.expires < today else row.expires
    prompts = ", ".join(row.prompts[:3]) + (f" and {len(row.prompts) - 3:,} more" if len(row.prompts) > 3 else "")
    return (
        visible_line(f"{row.set}/{row.id}"), visible_line(row.owner), visible_line(row.origin), expires,
        f"{row.artifacts:,}", f"{row.tenants:,}", visible_line(prompts), paint(visible_line(str(row.place)), "dim"),
    )  # fmt: skip
