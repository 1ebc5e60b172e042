"""`promptc retire`: take the texts that only old entries serve out of a registry; their digests and the history stay."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_channel, format_option, registry_option

if TYPE_CHECKING:
    from promptc.cli.terminal import Paint
    from promptc.driver.release.retire import Retired

ENTRIES_SHOWN = 10


@click.command(
    "retire",
    cls=Command,
    help="""Show the texts that only old entries serve, and with `--delete` take them out of the registry for good.

    ENTRY is a channel (`prod`: all that it ceased to serve `--older-than` ago) or one entry (`prod@12`); without any, all
    channels are meant. Manifests and entries stay: `history` says when a digest was served, and `text removed`; pins and
    runtimes that still ask for such a text are told so.

    What a channel or a service serves now, what the newest good mark would bring back, what a younger entry or an open plan
    names, and every text that one of these shares with what is retired, stay. `promptc gc` never deletes what was released;
    this is the command that does, and nothing brings it back.""",
)
@click.argument("entries", nargs=-1, metavar="[ENTRY]...", shell_complete=complete_channel)
@click.option("--older-than", "age", metavar="AGE", default=None, help="Ceased to be served that long ago: `400d`, `12h`, `0s`.")
@click.option("--delete", is_flag=True, help="Do it; without this it is only shown.")
@registry_option()
@format_option("text", "json")
def command(entries: tuple[str, ...], age: str | None, delete: bool, where: str | None, form: str) -> None:
    """Look, remove, show."""
    from promptc.cli.progress import progress
    from promptc.cli.terminal import Paint, out, out_json
    from promptc.driver.release.gc import parsed_age
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.retire import retire

    seconds = None if age is None else parsed_age(age)
    desk = opened_desk(start_folder(), where)
    with progress("Retiring", quiet=form != "text") as on_progress:
        found = retire(desk, entries, age_seconds=seconds, delete=delete, on_progress=on_progress)
    if form == "json":
        out_json(_data(found, deleted=delete))
        return
    for line in _lines(found, Paint(sys.stdout), deleted=delete):
        out(line)


def _lines(found: Retired, paint: Paint, *, deleted: bool) -> Iterator[str]:
    from promptc.cli.gc import size_text
    from promptc.cli.terminal import columns, counted

    rows = [[paint(entry.moment, "bold"), entry.time.replace("T", " ")[:16], entry.root[:19] + "…"] for entry in found.entries]
    yield from columns(rows[:ENTRIES_SHOWN], indent="  ")
    if len(rows) > ENTRIES_SHOWN:
        yield f"  … and {len(rows) - ENTRIES_SHOWN:,} older ones"
    for entry, why in found.protected:
        yield f"  {entry.moment} stays: {why}"
    count = counted(len(found.artifacts), "text")
    said = "removed" if deleted else "would be removed"
    yield f"{count} of {counted(len(found.entries), 'entry', 'entries')} {said}: {size_text(found.size_bytes)}"
    if found.shared:
        verb = "stays" if found.shared == 1 else "stay"
        yield f"  {counted(found.shared, 'text')} of theirs {verb}, since something that is kept serves the same"
    if found.gone:
        yield f"  {counted(found.gone, 'text')} of theirs had been removed before"
    if found.artifacts and not deleted:
        yield "nothing was removed; `--delete` does it, and nothing brings them back"


def _data(found: Retired, *, deleted: bool) -> dict[str, Any]:
    return {
        "deleted": deleted,
        "entries": [entry.moment for entry in found.entries],
        "removed": list(found.artifacts),
        "bytes": found.size_bytes,
        "shared": found.shared,
        "removed_before": found.gone,
        "protected": [{"entry": entry.moment, "because": why} for entry, why in found.protected],
    }
