"""`promptc channels`: the channels of a registry and what each serves now."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import format_option, registry_option


@click.command(
    "channels",
    cls=Command,
    help="""List the channels of a registry, and the services that say what they deployed: head, age, root, what is held.""",
)
@registry_option()
@format_option("text", "json")
def command(where: str | None, form: str) -> None:
    """Find heads, show."""
    import sys

    from promptc.cli.release_text import entry_data, entry_rows
    from promptc.cli.terminal import Paint, out, out_json
    from promptc.driver.release.opening import opened_desk

    desk = opened_desk(start_folder(), where)
    heads = [desk.head(name) for name in desk.channels()]
    if form == "json":
        out_json([entry_data(head) for head in heads])
        return
    for line in entry_rows(heads, Paint(sys.stdout)):
        out(line)
    if not heads:
        out("no channel has an entry yet; `promptc promote CHANNEL --new` begins one")
