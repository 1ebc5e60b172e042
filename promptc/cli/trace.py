"""`promptc trace`: who was served a digest and when, which build made it, of which lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import format_option, registry_option

if TYPE_CHECKING:
    from promptc.cli.terminal import Paint
    from promptc.driver.release.trace import Span, Traced

TARGETS_SHOWN = 6


@click.command(
    "trace",
    cls=Command,
    help="""Say what a digest is: which channels and services served it, since when and until when, and to whom; which build
    made it, with which tools, from which commit; and of an artifact, which lines of which files stand in it.

    DIGEST is at least 8 digits, as `promptc list`, `history` and logs print them; of a moment (`prod@3`) its root is meant.
    Lines need the project: they are those of the sources of then, found again by their digests, and only said where these
    compile to the very bytes.""",
)
@click.argument("digest", metavar="DIGEST")
@click.option("--all", "all_targets", is_flag=True, help="Name every target, and not only the first few.")
@registry_option()
@format_option("text", "json")
def command(digest: str, all_targets: bool, where: str | None, form: str) -> None:
    """Look, show."""
    from promptc.cli.progress import progress
    from promptc.cli.terminal import Paint, out, out_json
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.trace import trace

    desk = opened_desk(start_folder(), where, may_lack=True)
    with progress("Tracing", quiet=form != "text") as on_progress:
        traced = trace(desk, digest, on_progress)
    if form == "json":
        out_json(_data(traced))
        return
    for line in _lines(traced, Paint(sys.stdout), all_targets=all_targets):
        out(line)


def _lines(traced: Traced, paint: Paint, *, all_targets: bool) -> Iterator[str]:
    from promptc.cli.terminal import columns

    yield f"{paint(_noun(traced.kind), 'bold')}  {traced.digest}"
    yield from columns(list(_about(traced)), indent="  ")
    yield paint("served", "bold")
    rows = [[paint(span.channel, "cyan"), *_when(span), _whom(span)] for span in traced.spans]
    if not rows:
        yield "  never, by any channel or service of this registry"
    for span, line in zip(traced.spans, columns(rows, indent="  "), strict=True):
        yield line
        yield from (f"      {paint(part, 'dim')}" for part in _named(span.targets, all_targets=all_targets))
    if traced.built:
        yield paint("built", "bold")
        yield f"  the last build here serves it to {_counted(traced.built)}"
        yield from (f"      {paint(part, 'dim')}" for part in _named(traced.built, all_targets=all_targets))
    yield from _made(traced, paint)


def _about(traced: Traced) -> Iterator[list[str]]:
    from promptc.cli.gc import size_text
    from promptc.core.visible import visible_line

    document = traced.document
    if traced.stone is not None:
        yield ["text", f"removed: it was {traced.stone.cause} on {traced.stone.time[:10]} ({size_text(traced.stone.size_bytes)})"]
    elif traced.data is not None:
        yield ["size", size_text(len(traced.data))]
    if "prompt" in document:
        model = document.get("model", {})
        yield ["prompt", visible_line(str(document["prompt"]))]
        yield ["model", visible_line(f"{model.get('provider', '')} {model.get('name', '')}".strip())]
    if "targets" in document and isinstance(document["targets"], int):
        yield ["targets", f"{document['targets']:,} of {document.get('tenants', 0):,} tenants"]
    if traced.revocation is not None:
        why = f": {traced.revocation.why}" if traced.revocation.why else ""
        yield ["revoked", visible_line(f"{_minute(traced.revocation.time)} by {traced.revocation.who}{why}")]


def _when(span: Span) -> list[str]:
    until = _minute(span.after.time) if span.after is not None else "now"
    moments = span.first.moment if span.first.number == span.last.number else f"{span.first.moment} to {span.last.moment}"
    return [moments, f"{_minute(span.first.time)} to {until}"]


def _whom(span: Span) -> str:
    return _counted(span.targets) if span.targets else ""


def _counted(targets: tuple[str, ...]) -> str:
    from promptc.cli.terminal import counted

    return f"{counted(len(targets), 'target')} of {counted(len({name.partition('/')[0] for name in targets}), 'tenant')}"


def _named(targets: tuple[str, ...], *, all_targets: bool) -> Iterator[str]:
    from promptc.core.visible import visible_line

    if not targets:
        return
    shown = targets if all_targets else targets[:TARGETS_SHOWN]
    more = f" and {len(targets) - len(shown):,} more (`--all`)" if len(targets) > len(shown) else ""
    if all_targets:
        yield from map(visible_line, shown)
    else:
        yield ", ".join(map(visible_line, shown)) + more


def _made(traced: Traced, paint: Paint) -> Iterator[str]:
    from promptc.cli.terminal import columns
    from promptc.core.visible import visible_line

    if traced.record is not None:
        yield paint("made by", "bold")
        tools = ", ".join(f"{name} {version}" for name, version in sorted(traced.record.toolchain.items()))
        said = "  (named by the entry that brought it; its sources were not held against it)" if traced.unproven else ""
        rows = [["record", f"{traced.record_digest}{said}"], ["commit", traced.record.commit or "none is known"], ["tools", tools]]
        yield from columns([[name, visible_line(value)] for name, value in rows], indent="  ")
    if traced.stretches:
        yield paint("sources", "bold")
        yield from columns(
            [[visible_line(one.file), _runs_text(one.lines), paint(visible_line(one.layer), "dim")] for one in traced.stretches],
            indent="  ",
        )
    elif traced.untold is not None:
        yield paint("sources", "bold")
        yield f"  not told: {visible_line(traced.untold.message)}"
        if traced.untold.hint:
            yield f"  hint: {visible_line(traced.untold.hint)}"


def _runs_text(runs: tuple[tuple[int, int], ...]) -> str:
    if not runs:
        return ""
    said = ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in runs)
    return f"{'line' if runs[0] == runs[-1] and runs[0][0] == runs[0][1] else 'lines'} {said}"


def _noun(kind: str) -> str:
    return kind.partition("/")[0].removeprefix("promptc.") or "bytes"


def _minute(time: str) -> str:
    return time.replace("T", " ")[:16]


def _data(traced: Traced) -> dict[str, Any]:
    from promptc.cli.release_text import entry_data

    record, stone = traced.record, traced.stone
    return {
        "digest": traced.digest,
        "kind": traced.kind,
        "bytes": len(traced.data) if traced.data is not None else None,
        "prompt": traced.document.get("prompt"),
        "removed": None if stone is None else {"cause": stone.cause, "time": stone.time, "bytes": stone.size_bytes},
        "revoked": None if traced.revocation is None else traced.revocation.document(),
        "served": [
            {
                "channel": span.channel, "first": entry_data(span.first), "last": entry_data(span.last),
                "until": span.after.time if span.after is not None else None, "targets": list(span.targets),
            }
            for span in traced.spans
        ],
        "built": list(traced.built),
        "record": None if record is None else {
            "digest": traced.record_digest, "commit": record.commit, "toolchain": dict(record.toolchain),
            "settings": dict(record.settings), "proven": not traced.unproven,
        },
        "sources": [{"file": one.file, "layer": one.layer, "lines": [list(run) for run in one.lines]} for one in traced.stretches],
        "sources_not_told": traced.untold.message if traced.untold is not None else None,
    }  # fmt: skip
