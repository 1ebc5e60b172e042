"""`promptc verify`: read everything of a registry and a build again, say what is wrong and what is safe, and mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_channel, format_option, registry_option

if TYPE_CHECKING:
    from promptc.driver.release.checkup import Checkup
    from promptc.driver.release.verify import Safe, Verdict

SHOWN_MAX = 20


@click.command(
    "verify",
    cls=Command,
    help="""Read everything again: every copy of every blob against its digest, every entry against its chain, every root,
    hints, revocations, plans, tombstones; in a project its build, too. Exit code 4 when something is wrong.

    Says what is wrong, which entries that affects, and which targets of which channels are still safe to serve. With
    CHANNEL or moments (`prod`, `prod@42`) only what they lead to is read.

    `--repair` puts right bytes in the place of wrong ones: from another copy, the project's build, the registry of `--from`,
    or the sources compiled again. Bytes count only when they have the digest that is asked for. What was damaged goes into
    the registry's folder `quarantine`.""",
)
@click.argument("moments", nargs=-1, metavar="[CHANNEL | MOMENT]...", shell_complete=complete_channel)
@click.option("--repair", is_flag=True, help="Put right what can be put right.")
@click.option("--from", "other", metavar="REGISTRY", default=None, help="A registry that may have what is damaged here.")
@registry_option()
@format_option("text", "json")
def command(moments: tuple[str, ...], repair: bool, other: str | None, where: str | None, form: str) -> None:
    """Read, mend, read again, show."""
    import sys

    from promptc.cli.progress import progress
    from promptc.cli.terminal import Paint, out, out_json
    from promptc.core.errors import Exit, PromptcError
    from promptc.driver.release.checkup import Asked, checkup

    if other is not None and not repair:
        raise click.UsageError("`--from` goes with `--repair`")
    with progress("Reading", quiet=form != "text") as on_progress:
        done = checkup(Asked(start_folder(), where, moments, repair, other), on_progress)
    if form == "json":
        out_json(_data(done))
    else:
        for line in _lines(done, Paint(sys.stdout)):
            out(line)
    sys.stdout.flush()
    if not done.is_fine:
        count = len(done.verdict.wrong) + len(done.build)
        raise PromptcError(
            "V041",
            f"{count:,} {'thing is' if count == 1 else 'things are'} damaged or missing",
            hint="" if repair else "`promptc verify --repair` mends what the build, the sources or `--from REGISTRY` have",
            exit_code=Exit.INTEGRITY,
        )


def _lines(done: Checkup, paint: Any) -> list[str]:
    from promptc.cli.terminal import columns, counted
    from promptc.core.visible import visible_line

    verdict = done.verdict
    lines = [f"mended {visible_line(name)}, from {visible_line(whence)}" for name, whence in done.mended[:SHOWN_MAX]]
    if len(done.mended) > SHOWN_MAX:
        lines.append(f"mended {len(done.mended) - SHOWN_MAX:,} more")
    for wrong in [*verdict.wrong, *done.build][:SHOWN_MAX]:
        what = visible_line(wrong.place) + (f" {wrong.digest[7:19]}" if wrong.digest is not None else "")
        lines.append(f"{paint('wrong', 'red')} {what}: {visible_line(wrong.why)}")
    if len(verdict.wrong) + len(done.build) > SHOWN_MAX:
        lines.append(f"  and {len(verdict.wrong) + len(done.build) - SHOWN_MAX:,} more; `--format json` has all")
    if verdict.affected:
        lines.append(f"it affects {', '.join(verdict.affected[:SHOWN_MAX])}" + (" …" if len(verdict.affected) > SHOWN_MAX else ""))
    rows = [[safe.channel + f"@{safe.number}", _safe_text(safe, paint)] for safe in verdict.safe]
    lines += columns(rows)
    lines += [f"note: {visible_line(note)}" for note in verdict.notes[:SHOWN_MAX]]
    lines.append(_counts(verdict, counted))
    return lines


def _safe_text(safe: Safe, paint: Any) -> str:
    from promptc.core.visible import visible_line

    if safe.is_whole:
        return f"{paint('whole', 'green')}, {safe.targets:,} targets" if safe.targets != 1 else f"{paint('whole', 'green')}, 1 target"
    names = ", ".join(visible_line(name) for name in safe.unsafe[:SHOWN_MAX])
    more = f" and {safe.count - SHOWN_MAX:,} more" if safe.count > SHOWN_MAX else ""
    return f"{paint('not safe to serve', 'red')}: {names}{more}; the others of {safe.targets:,} are"


def _counts(verdict: Verdict, counted: Any) -> str:
    entries = counted(verdict.entries, "entry", "entries")
    removed = f", {counted(verdict.removed, 'text')} removed on purpose" if verdict.removed else ""
    return f"read {counted(verdict.blobs, 'blob')}, {entries}, {counted(verdict.small, 'other file')}{removed}"


def _data(done: Checkup) -> dict[str, Any]:
    verdict = done.verdict
    wrong = [{"place": w.place, "digest": w.digest, "file": w.name or None, "why": w.why} for w in (*verdict.wrong, *done.build)]
    safe = [
        {"channel": s.channel, "entry": s.number, "targets": s.targets, "whole": s.is_whole, "unsafe": list(s.unsafe), "count": s.count}
        for s in verdict.safe
    ]
    return {
        "fine": done.is_fine, "blobs": verdict.blobs, "entries": verdict.entries, "files": verdict.small,
        "removed": verdict.removed, "wrong": wrong, "affected": verdict.affected, "safe": safe, "notes": verdict.notes,
        "mended": [{"what": name, "from": whence} for name, whence in done.mended],
    }  # fmt: skip
