"""`promptc history`: what a channel served, since when and by whom; of one tenant or target, the entries that moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_channel, complete_target, format_option, registry_option

if TYPE_CHECKING:
    from promptc.driver.release.history import Step

ENTRIES_SHOWN = 50


@click.command(
    "history",
    cls=Command,
    help="""List the entries of a channel, newest first: when, what kind, what moved, who, why.

    With a tenant or a target: what each entry made of it, and at which entry it last changed. `promptc show TENANT/PROMPT
    --at MOMENT` shows the text of then.""",
)
@click.argument("channel", shell_complete=complete_channel)
@click.argument("target", required=False, metavar="[TENANT | TENANT/PROMPT]", shell_complete=complete_target)
@click.option("--tenant", default=None, metavar="TENANT", help="The entries that moved a target of this tenant.")
@click.option("--limit", "-n", type=click.IntRange(1), default=None, metavar="N", help="Only the newest N; 50 on a terminal.")
@registry_option()
@format_option("text", "json")
def command(
    channel: str, target: str | None, tenant: str | None, limit: int | None, where: str | None, form: str
) -> None:
    """Walk back, show."""
    from promptc.cli.release_text import entry_data, entry_rows
    from promptc.cli.terminal import Paint, out, out_json
    from promptc.driver.release.history import history, steps
    from promptc.driver.release.opening import opened_desk

    desk = opened_desk(start_folder(), where)
    word = target or tenant
    if word:
        found = steps(desk, channel, word, limit=limit)
        _show_steps(word, found, form)
        return
    entries = list(history(desk, channel, limit=limit or (None if form == "json" else ENTRIES_SHOWN + 1)))
    if form == "json":
        out_json([entry_data(entry) for entry in entries])
        return
    import sys

    shown = entries if limit else entries[:ENTRIES_SHOWN]
    for line in entry_rows(shown, Paint(sys.stdout)):
        out(line)
    if len(entries) > len(shown):
        out(f"… older ones with `--limit {10 * ENTRIES_SHOWN}`")


def _show_steps(word: str, found: list[Step], form: str) -> None:
    import sys

    from promptc.cli.release_text import entry_data
    from promptc.cli.terminal import Paint, columns, out, out_json
    from promptc.core.visible import visible_line

    if form == "json":
        rows: list[dict[str, Any]] = [
            {
                "entry": entry_data(step.entry), "target": step.target, "before": step.before, "after": step.after,
                "text_removed": step.is_removed,
            }
            for step in found
        ]  # fmt: skip
        out_json(rows)
        return
    paint = Paint(sys.stdout)
    if not found:
        out(f"{visible_line(word)} was never served here")
        return
    table = []
    for step in found:
        digest = step.after[7:19] if step.after else "-"
        said = "removed" if step.after is None else "came" if step.before is None else "changed"
        said += ", text removed" if step.is_removed else ""
        table.append(
            [
                paint(step.entry.moment, "bold"), step.entry.time.replace("T", " ")[:16], step.entry.kind,
                visible_line(step.target), digest, said, visible_line(step.entry.who),
                visible_line(step.entry.why.splitlines()[0] if step.entry.why else ""),
            ]
        )  # fmt: skip
    for line in columns(table):
        out(line)
    last = found[0]
    out(f"last changed at {last.entry.moment}, {last.entry.time}")
