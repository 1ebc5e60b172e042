"""`promptc mark`: say of an entry that it is good, or bad."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_channel, format_option, registry_option, signing_options


@click.command(
    "mark",
    cls=Command,
    help="""Mark an entry of a channel, its head without a number: `promptc mark prod good`, `promptc mark prod@41 bad`.

    A rollback goes back to the newest entry that is marked good. What is served does not change.""",
)
@click.argument("moment", metavar="CHANNEL[@N]", shell_complete=complete_channel)
@click.argument("word", metavar="good|bad", shell_complete=lambda *_: ["good", "bad"])
@signing_options()
@registry_option()
@format_option("text", "json")
def command(moment: str, word: str, who: str | None, why: str, where: str | None, form: str) -> None:
    """Mark, show."""
    from promptc.cli.release_text import show_entry, what_of
    from promptc.driver.release.marking import mark
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.who import author_of

    desk = opened_desk(start_folder(), where)
    entry = mark(desk, moment, word, by=author_of(who, why, desk.folder))
    show_entry(entry, form, f"{what_of(entry)}, says {entry.moment}")
