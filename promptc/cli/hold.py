"""`promptc hold`: keep targets of a channel as they are, or away from one digest."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_channel, complete_selection, format_option, registry_option, signing_options


@click.command(
    "hold",
    cls=Command,
    help="""Keep targets of a channel as they are: a promote that would move one is refused until `promptc unhold`.

    With `--digest` a target may move, but not to that artifact. A rollback holds what it moved away from by itself.
    Without SELECT it is every target.""",
)
@click.argument("channel", shell_complete=complete_channel)
@click.argument("select", nargs=-1, metavar="[SELECT]...", shell_complete=complete_selection)
@click.option("--digest", metavar="DIGEST", default=None, help="Hold them against this artifact alone.")
@signing_options()
@registry_option()
@format_option("text", "json")
def command(
    channel: str, select: tuple[str, ...], digest: str | None, who: str | None, why: str, where: str | None, form: str
) -> None:
    """Hold, show."""
    from promptc.cli.release_text import show_entry
    from promptc.cli.terminal import counted
    from promptc.driver.release.marking import hold
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.who import author_of

    desk = opened_desk(start_folder(), where)
    entry = hold(desk, channel, select, digest=digest, by=author_of(who, why, desk.folder))
    show_entry(entry, form, f"{counted(entry.held, 'target')} held since {entry.moment}")
