"""`promptc export-static`: write a registry as plain files, for a web server or a CDN."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_channel, complete_target, format_option, registry_option


@click.command(
    "export-static",
    cls=Command,
    help="""Write the registry into DIR as plain files that any web server or CDN serves, and services read over https.

    \b
    blobs/…                    never change: cache them for ever (`Cache-Control: public, max-age=31536000, immutable`)
    …/entries/N.json           never change either
    …/head.json                moves: a few seconds (`max-age=5`)
    a missing entries/N.json   may come: cache 404 for a few seconds at most

    A second run writes what is new, heads last. With SELECT only those targets' artifacts, and the nodes that lead to them;
    the entries stay whole, so that pins and signatures hold.""",
)
@click.argument("folder", metavar="DIR")
@click.argument("select", nargs=-1, metavar="[SELECT]...", shell_complete=complete_target)
@click.option("--channel", "channels", multiple=True, metavar="NAME", shell_complete=complete_channel, help="Only this; may be repeated.")
@registry_option()
@format_option("text", "json")
def command(folder: str, select: tuple[str, ...], channels: tuple[str, ...], where: str | None, form: str) -> None:
    """Read, write, show."""
    from pathlib import Path

    from promptc.cli.progress import progress
    from promptc.cli.published_text import show_published
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.publishing import export_static

    desk = opened_desk(start_folder(), where)
    with progress("Writing", quiet=form != "text") as on_progress:
        done = export_static(desk, Path(start_folder(), folder), channels, select, on_progress)
    show_published(done, folder, form)
