"""`promptc rollback`: give a channel's targets back what an older entry served, and say what else is to be put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_channel, confirmed, format_option, registry_option, signing_options, yes_option

if TYPE_CHECKING:
    from promptc.driver.release.rollback import Retreat


@click.command(
    "rollback",
    cls=Command,
    help="""Give targets of a channel the digests that an older entry had: by default the newest entry marked good.

    Shows what would change, and asks. Then an entry is appended; the history keeps the bad one. Each target is held against
    the digest that it was moved away from, so that the next promote does not bring it back (`promptc unhold`). Targets that
    are younger than the older entry stay.

    It needs nothing but the registry. A prompt's text comes back at once; conversations, caches, baselines, experiments,
    contracts and pinned services do not: they stand in a manifest, and `promptc reconcile` does what is to be done.""",
)
@click.argument("channel", shell_complete=complete_channel)
@click.option("--to", metavar="N", type=click.IntRange(1), default=None, help="The entry to go back to.")
@click.option("--tenant", "tenants", metavar="TENANT", multiple=True, help="Only this tenant, by id or alias; may be repeated.")
@click.option("--skip-held", is_flag=True, help="Leave out what is held.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@yes_option()
@signing_options()
@registry_option()
@format_option("text", "json", "markdown")
def command(
    channel: str, to: int | None, tenants: tuple[str, ...], skip_held: bool, dry_run: bool, yes: bool, who: str | None,
    why: str, where: str | None, form: str,
) -> None:  # fmt: skip
    """Plan, show, ask, roll back."""
    import sys

    from promptc.cli.progress import progress
    from promptc.cli.reconcile import show_case
    from promptc.cli.rollback_text import retreat_lines
    from promptc.cli.terminal import Paint, out
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.reconcile import case_of
    from promptc.driver.release.rollback import retreat, roll_back
    from promptc.driver.release.who import author_of

    desk = opened_desk(start_folder(), where)
    made = retreat(desk, channel, to=to, tenants=tenants, skip_held=skip_held)
    by = author_of(who, why, desk.folder)
    if form == "text" and made.moves:
        for line in retreat_lines(made, Paint(sys.stdout)):
            out(line)
        sys.stdout.flush()
    if dry_run:
        _dry(form, made)
        return
    if made.moves:
        confirmed(f"Roll `{channel}` back to `{made.target.moment}`?", yes=yes)
    with progress("Rolling back", quiet=form != "text") as on_progress:
        done = roll_back(desk, made, by=by, on_progress=on_progress)
    if form == "text":
        out(f"{done.entry.moment} is the head now")
        out("")
    show_case(case_of(desk, done.entry.moment), form)


def _dry(form: str, made: Retreat) -> None:
    from promptc.cli.rollback_text import retreat_data
    from promptc.cli.terminal import out, out_json

    if form == "json":
        out_json(retreat_data(made))
    elif not made.moves:
        out(f"{made.head.channel} serves what {made.target.moment} served already")
