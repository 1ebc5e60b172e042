"""`promptc watch`: build after every save and show what changed in the compiled prompts, until interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import format_option, jobs_option

if TYPE_CHECKING:
    from promptc.cli.terminal import Paint
    from promptc.driver.watch import Group, Turn

GROUPS_MAX, LINES_MAX = 6, 40


@click.command(
    "watch",
    cls=Command,
    help="""Build now and after every save, and show what changed in the compiled prompts.

    What is wrong stays on the screen until it is mended. Ends when it is interrupted. `--format json` prints one line
    for each build.""",
)
@jobs_option()
@click.option("--reveal", is_flag=True, help="Show confidential values.")
@format_option("text", "json")
def command(jobs: int | None, reveal: bool, form: str) -> int:
    """Parse, watch, show each turn."""
    import sys

    from promptc.cli.progress import progress
    from promptc.driver.watch import watch

    clears = form == "text" and sys.stdout.isatty()
    with progress("Compiling", quiet=form != "text") as on_progress:
        for number, turn in enumerate(watch(start_folder(), jobs=jobs or 0, reveal=reveal, on_progress=on_progress)):
            on_progress(0, 0, "")
            if form == "json":
                _print_json(turn)
            else:
                _show(turn, clears=clears, first=not number)
            sys.stdout.flush()
    return 0


def _print_json(turn: Turn) -> None:
    import json

    from promptc.cli.findings import finding_json
    from promptc.cli.terminal import json_safe, out

    result, error = turn.result, turn.error
    data: dict[str, Any] = {"saved": list(turn.paths), "seconds": round(turn.seconds, 3)}
    if error is not None:
        data["error"] = {"code": error.code, "message": error.message, "hint": error.hint}
    if result is not None:
        changes = result.changes or ()
        data |= {
            "root": result.root, "published": result.published, "targets": result.targets, "changed": len(changes),
            "findings": [finding_json(f) for f in result.findings], "not_compiled": list(result.not_compiled),
            "groups": [_group_json(group) for group in turn.groups], "not_compared": turn.not_compared,
        }  # fmt: skip
    out(json_safe(json.dumps(data, ensure_ascii=False)))


def _group_json(group: Group) -> dict[str, Any]:
    hunks = [{"before": h.before, "after": h.after, "lines": [[s, line] for s, line in h.lines]} for h in group.hunks]
    return {"targets": list(group.targets), "count": group.count, "hidden": group.is_hidden, "hunks": hunks}


def _show(turn: Turn, *, clears: bool, first: bool) -> None:
    import sys
    import time

    from promptc.cli.findings import show_findings
    from promptc.cli.main import say_refusal
    from promptc.cli.summary import headline, refusal_line
    from promptc.cli.terminal import Paint, out

    if clears:
        sys.stdout.write("\x1b[2J\x1b[3J\x1b[H")
    paint = Paint(sys.stdout)
    clock = paint(time.strftime("%H:%M:%S"), "dim")
    if turn.error is not None:
        out(f"{clock}  {paint('Can’t build', 'bold', 'red')}")
        sys.stdout.flush()
        say_refusal(turn.error)
        return
    result = turn.result
    assert result is not None
    sys.stdout.flush()
    show_findings(result.findings)
    if result.root is None:
        out(f"{clock}  {refusal_line(result, 'build', paint)}")
        return
    out(f"{clock}  {headline(result, 'build', paint)}")
    if first and not turn.groups:
        out(paint("waiting for a save; Ctrl-C ends", "dim"))
        return
    for line in _difference(turn, paint):
        out(line)


def _difference(turn: Turn, paint: Paint) -> list[str]:
    from promptc.cli.summary import changes_line

    assert turn.result is not None
    lines = [f"  {changes_line(turn.result)}"]
    for group in turn.groups[:GROUPS_MAX]:
        lines += ["", *_group(group, paint)]
    if len(turn.groups) > GROUPS_MAX:
        lines.append(paint(f"  … and {len(turn.groups) - GROUPS_MAX:,} more kinds of change", "dim"))
    if turn.not_compared:
        lines.append(paint(f"  … and {turn.not_compared:,} more targets, not compared line by line", "dim"))
    return lines


def _group(group: Group, paint: Paint) -> list[str]:
    from promptc.core.visible import visible_line

    named = ", ".join(visible_line(target) for target in group.targets)
    more = f" and {group.count - len(group.targets):,} more" if group.count > len(group.targets) else ""
    lines = [f"{paint(named, 'bold')}{paint(more, 'dim')}"]
    if group.is_hidden:
        return [*lines, paint("  not shown: it may hold a confidential value; `--reveal` shows it", "dim")]
    shown = 0
    for hunk in group.hunks:
        lines.append(paint(f"  @@ line {hunk.after}", "dim"))
        for sign, line in hunk.lines:
            text = f"  {sign} {visible_line(line)}"
            lines.append(
                paint(text, "red") if sign == "-" else paint(text, "green") if sign == "+" else paint(text, "dim")
            )
            shown += 1
            if shown >= LINES_MAX:
                return [*lines, paint("  … more lines changed", "dim")]
    return lines
