"""`promptc deployed`: say in a deploy job which pin a service serves from now on."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import format_option, registry_option, signing_options


@click.command(
    "deployed",
    cls=Command,
    help="""Append to a service's own channel that it serves a pin from now on: `promptc deployed billing --pin promptc.lock`.

    So `promptc history service/billing` answers for pinned services what it answers for channels, a rollback knows who
    still holds a bad prompt, and `promptc gc` keeps what is deployed. Running it twice changes nothing.""",
)
@click.argument("service", metavar="SERVICE")
@click.option("--pin", "file", metavar="FILE", default="promptc.lock", show_default=True, help="The pin that was deployed.")
@signing_options()
@registry_option()
@format_option("text", "json")
def command(service: str, file: str, who: str | None, why: str, where: str | None, form: str) -> None:
    """Append, show."""
    from promptc.cli.release_text import show_entry
    from promptc.driver.release.pins import desk_of_pin
    from promptc.driver.release.services import deployed
    from promptc.driver.release.who import author_of

    desk = desk_of_pin(start_folder(), file, where)
    entry = deployed(desk, service, file, by=author_of(who, why, desk.folder))
    moment = entry.composed.moment if entry.composed is not None else ""
    show_entry(entry, form, f"{service} serves {moment} now ({entry.moment})")
