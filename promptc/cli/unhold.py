"""`promptc unhold`: let held targets of a channel move again."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_channel, complete_selection, format_option, registry_option, signing_options


@click.command(
    "unhold",
    cls=Command,
    help="""Let held targets of a channel move again; without SELECT all of them.""",
)
@click.argument("channel", shell_complete=complete_channel)
@click.argument("select", nargs=-1, metavar="[SELECT]...", shell_complete=complete_selection)
@signing_options()
@registry_option()
@format_option("text", "json")
def command(
    channel: str, select: tuple[str, ...], who: str | None, why: str, where: str | None, form: str
) -> None:
    """Let go, show."""
    from promptc.cli.release_text import show_entry
    from promptc.cli.terminal import counted
    from promptc.driver.release.marking import unhold
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.who import author_of

    desk = opened_desk(start_folder(), where)
    entry = unhold(desk, channel, select, by=author_of(who, why, desk.folder))
    show_entry(entry, form, f"{counted(entry.held, 'target')} still held at {entry.moment}")
