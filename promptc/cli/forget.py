"""`promptc forget`: remove a tenant from sources, build and registries, and report what stays, with digests."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_target, format_option, signing_options

if TYPE_CHECKING:
    from promptc.cli.terminal import Paint
    from promptc.core.forgetting import Item, Place, Report

ITEMS_SHOWN = 8


@click.command(
    "forget",
    cls=Command,
    help="""Show everything that is here of a tenant, and with `--delete` remove it.

    In each registry (`--registry`, which may be repeated; the project's own without it) every channel that serves it gets an
    entry without it, and then the artifacts that only it used, its node in every manifest, its labels and aliases, evidence
    and open plans go; a tombstone keeps every hash checkable. The build and its caches go whole. From the sources go its
    overlay, the files and examples that are its own; lines elsewhere that name it are listed.

    What no command here can reach (git's history, images, CDN copies, providers' caches) is listed with what to do. The
    report, `--format json` or `markdown`, names digests and quotes no text: `-o FILE` writes it.""",
)
@click.argument("tenant", shell_complete=complete_target)
@click.option("--registry", "wheres", metavar="WHERE", multiple=True, help="A registry; may be repeated. The setting's without this.")
@click.option("--delete", is_flag=True, help="Do it; without this it is only shown.")
@signing_options()
@click.option("-o", "--output", metavar="FILE", default=None, help="Write the report there.")
@format_option("text", "json", "markdown")
def command(
    tenant: str, wheres: tuple[str, ...], delete: bool, who: str | None, why: str, output: str | None, form: str
) -> None:
    """Look, remove, report."""
    from promptc.cli.progress import progress
    from promptc.driver.release.forget import Forgetting, forget
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.who import author_of

    desks = [opened_desk(start_folder(), where, may_lack=True) for where in wheres or (None,)]
    by = author_of(who, why, desks[0].folder)
    with progress("Forgetting", quiet=form != "text") as on_progress:
        report = forget(Forgetting(tenant, desks, by, delete), on_progress)
    _show(report, form, output)


def _show(report: Report, form: str, output: str | None) -> None:
    from pathlib import Path

    from promptc.cli.terminal import out
    from promptc.stores.write import write_file

    if output is not None:
        kept = "json" if form == "text" else form
        write_file(Path(start_folder(), output), "".join(f"{line}\n" for line in _lines(report, kept)).encode())
        form = "text"
    for line in _lines(report, form):
        out(line)
    if output is not None:
        out(f"the report is in {output}")


def _lines(report: Report, form: str) -> Iterator[str]:
    import json

    from promptc.cli.terminal import Paint, json_safe

    if form == "json":
        yield from json_safe(json.dumps(report.document(), ensure_ascii=False, indent=2)).split("\n")
    elif form == "markdown":
        yield from _markdown(report)
    else:
        yield from _text(report, Paint(sys.stdout))


def _text(report: Report, paint: Paint) -> Iterator[str]:
    from promptc.cli.gc import size_text
    from promptc.cli.terminal import counted
    from promptc.core.visible import visible_line

    for place in report.places:
        yield paint(visible_line(place.where), "bold")
        yield from (f"  {line}" for line in _item_lines(place))
        for one in place.stays:
            yield f"  {paint('stays', 'yellow')}  {visible_line(one.what)}"
            if one.todo:
                yield f"         {visible_line(one.todo)}"
    yield paint("beyond reach", "bold")
    for one in report.beyond:
        yield f"  {visible_line(one.what)}"
        yield f"    {paint(visible_line(one.todo), 'dim')}"
    said = "removed" if report.is_done else "would be removed"
    yield f"{counted(report.count, 'thing')} of `{visible_line(report.tenant)}` {said}, {size_text(report.size_bytes)}"
    yield f"  report  {report.document()['digest']}"
    if not report.is_done:
        yield "nothing was removed; `--delete` does it, and nothing brings it back"


def _item_lines(place: Place) -> Iterator[str]:
    from promptc.cli.gc import size_text
    from promptc.cli.terminal import columns
    from promptc.core.visible import visible_line

    if not place.gone:
        yield "nothing of it is here"
    counts = Counter(item.kind for item in place.gone)
    rows = []
    for kind, count in counts.items():
        of_kind = [item for item in place.gone if item.kind == kind]
        shown = of_kind if count <= ITEMS_SHOWN else of_kind[: ITEMS_SHOWN - 1]
        rows += [[item.kind, visible_line(_name(item)), size_text(item.size_bytes) if item.size_bytes else ""] for item in shown]
        if count > len(shown):
            rows.append([kind, f"and {count - len(shown):,} more", size_text(sum(item.size_bytes for item in of_kind))])
    yield from columns(rows)


def _name(item: Item) -> str:
    return item.name or item.digest[:19] + "…"


def _markdown(report: Report) -> Iterator[str]:
    from promptc.cli.markdown_text import code
    from promptc.core.visible import visible_line

    done = "was removed" if report.is_done else "would be removed (nothing was yet)"
    yield f"# What {done} of the tenant {code(report.tenant)}"
    yield ""
    why = f", because: {visible_line(report.why)}" if report.why else ""
    yield f"{report.time}, by {visible_line(report.who)}{why}. Texts are named by their SHA-256 digests; none is quoted."
    for place in report.places:
        yield ""
        yield f"## {visible_line(place.where)}"
        yield ""
        if place.gone:
            yield "| kind | name | digest | bytes |"
            yield "|---|---|---|---:|"
            for item in place.gone:
                name = code(item.name) if item.name else ""
                yield f"| {item.kind} | {name} | {code(item.digest) if item.digest else ''} | {item.size_bytes or ''} |"
        else:
            yield "Nothing of it is here."
        if place.stays:
            yield ""
            yield "What stays:"
            yield ""
            yield from (f"- {visible_line(one.what)}{': ' + visible_line(one.todo) if one.todo else ''}" for one in place.stays)
    yield ""
    yield "## What no command here reaches"
    yield ""
    yield from (f"- [ ] {visible_line(one.what)}: {visible_line(one.todo)}" for one in report.beyond)
    yield ""
    yield f"Digest of this report's data: {code(report.document()['digest'])}"
