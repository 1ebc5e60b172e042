"""`promptc vendor`: write what a pin stands for into a folder, for a service's image."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_target, format_option, registry_option


@click.command(
    "vendor",
    cls=Command,
    help="""Write what a pin stands for into DIR, as files, so that a service's image carries its prompts.

    With SELECT (`prompt:reply`, `acme`, `acme/reply`, `label:plan=pro`, a glob) only those artifacts, and the nodes that
    lead to them: a client still verifies each up to the pinned root. What is there already is left alone, so that a second
    run writes what changed. `Prompts.open(pin="DIR/promptc.lock", vendored="DIR")` serves from it; with a registry beside
    it, revocations are heard.""",
)
@click.argument("pin", metavar="PIN")
@click.argument("folder", metavar="DIR")
@click.argument("select", nargs=-1, metavar="[SELECT]...", shell_complete=complete_target)
@registry_option()
@format_option("text", "json")
def command(pin: str, folder: str, select: tuple[str, ...], where: str | None, form: str) -> None:
    """Read, write, show."""
    from pathlib import Path

    from promptc.cli.progress import progress
    from promptc.cli.published_text import show_published
    from promptc.driver.release.pins import desk_of_pin, read_pin
    from promptc.driver.release.publishing import vendor

    desk = desk_of_pin(start_folder(), pin, where)
    with progress("Vendoring", quiet=form != "text") as on_progress:
        done = vendor(desk, read_pin(desk, pin), Path(start_folder(), folder), select, on_progress)
    show_published(done, folder, form)
