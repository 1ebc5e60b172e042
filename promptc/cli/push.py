"""`promptc push`: bring a build into the registry before it is promoted."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import format_option, registry_option


@click.command(
    "push",
    cls=Command,
    help="""Bring the last build, or another moment, into the registry, and read all of it back.

    Nothing is served by it: a promote after it finds everything there. It makes the registry where there is none.""",
)
@click.argument("moment", required=False, metavar="[MOMENT]")
@registry_option()
@format_option("text", "json")
def command(moment: str | None, where: str | None, form: str) -> None:
    """Push, show."""
    from promptc.cli.progress import progress
    from promptc.cli.terminal import counted, out, out_json
    from promptc.core.visible import visible_line
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.pushing import push
    from promptc.driver.release.source import source_of

    desk = opened_desk(start_folder(), where, create=True)
    source = source_of(desk, moment)
    with progress("Pushing", quiet=form != "text") as on_progress:
        count = push(desk, source, on_progress)
    if form == "json":
        out_json({"root": source.root, "pushed": count, "registry": desk.registry.where})
    else:
        said = counted(count, "blob") + " pushed" if count else "everything was there already"
        out(f"{source.root}\n  {said} ({visible_line(desk.registry.where)})")
