"""`promptc gc`: delete what nothing names any more, from the registry and the project's build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import format_option, registry_option

if TYPE_CHECKING:
    from promptc.driver.release.gc import Collected


@click.command(
    "gc",
    cls=Command,
    help="""Show what nothing names any more in the registry and in build/, and with `--delete` delete it.

    What an entry of any channel has ever named stays, and so does what an open plan needs, and whatever is younger than
    `--older-than`. A plan that was applied, or is older than that, is closed. It may run beside builds, pushes and promotes:
    it waits for them, and they for it. To drop texts that were released: `promptc retire`; all of a tenant: `promptc forget`.""",
)
@click.option("--delete", is_flag=True, help="Delete it; without this it is only shown.")
@click.option("--older-than", "age", metavar="AGE", default="7d", show_default=True, help="Keep what is younger: `7d`, `12h`, `0s`.")
@registry_option()
@format_option("text", "json")
def command(delete: bool, age: str, where: str | None, form: str) -> None:
    """Look, delete, show."""
    from promptc.cli.progress import progress
    from promptc.cli.terminal import out, out_json
    from promptc.driver.release.gc import collect, parsed_age
    from promptc.driver.release.opening import opened_desk

    seconds = parsed_age(age)
    desk = opened_desk(start_folder(), where, may_lack=True)
    with progress("Looking", quiet=form != "text") as on_progress:
        found = collect(desk, age_seconds=seconds, delete=delete, on_progress=on_progress)
    if form == "json":
        out_json({"deleted": delete, "places": [_data(place) for place in found]})
        return
    for place in found:
        for line in _lines(place, delete=delete):
            out(line)
    if not delete and any(place.freed_bytes or place.plans for place in found):
        out("nothing was deleted; `--delete` does it")


def _lines(place: Collected, *, delete: bool) -> list[str]:
    from promptc.cli.terminal import columns, counted
    from promptc.core.visible import visible_line

    rows = [[kind, f"{count:,}", size_text(size)] for kind, (count, size) in sorted(place.kinds.items())]
    verb = "freed" if delete else "would be freed"
    lines = [f"{visible_line(place.place)}: {size_text(place.before_bytes)}, {size_text(place.freed_bytes)} {verb}"]
    lines += columns(rows, indent="  ")
    if place.plans:
        lines.append(f"  {counted(len(place.plans), 'plan')} closed" if delete else f"  {counted(len(place.plans), 'plan')} to close")
    return [*lines, *(f"  {visible_line(why)}" for why in place.kept)]


def _data(place: Collected) -> dict[str, Any]:
    kinds = {kind: {"count": count, "bytes": size} for kind, (count, size) in sorted(place.kinds.items())}
    return {
        "place": place.place, "before_bytes": place.before_bytes, "after_bytes": place.after_bytes,
        "freed_bytes": place.freed_bytes, "kinds": kinds, "plans": place.plans, "kept": place.kept,
    }  # fmt: skip


def size_text(size_bytes: int) -> str:
    """`812 B`, `14 KiB`, `3.1 MiB`."""
    if size_bytes < 1024:
        return f"{size_bytes} B"
    if size_bytes < 1024 * 1024:
        return f"{size_bytes / 1024:.0f} KiB"
    return f"{size_bytes / 1024 / 1024:,.1f} MiB"
