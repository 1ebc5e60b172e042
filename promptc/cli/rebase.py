"""`promptc rebase`: stale overrides beside what changed under them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_target, format_option

if TYPE_CHECKING:
    from promptc.driver.rebase import Rebased, Stale


@click.command("rebase", cls=Command)
@click.argument("names", nargs=-1, metavar="[TENANT[/PROMPT] | LAYER]...", shell_complete=complete_target)
@click.option("--accept", is_flag=True, help="Keep the replacements as they are: update `against`.")
@format_option("text", "json")
def command(names: tuple[str, ...], accept: bool, form: str) -> int:
    """Show the three texts of each stale override: the base as it was, the base as it is, and the replacement.

    Exits with 1 while something is stale, and with 0 when nothing is or --accept has dealt with it.
    """
    from promptc.cli.terminal import counted, out, out_json, say
    from promptc.driver.rebase import rebase

    done = rebase(start_folder(), names, accept=accept)
    if form == "json":
        out_json(_rebased_json(done))
    else:
        for line in _text(done, accept=accept):
            out(line)
    if done.unread:
        listed = ", ".join(done.unread[:5]) + (" …" if len(done.unread) > 5 else "")
        count = counted(len(done.unread), "prompt or tenant", "prompts or tenants")
        say(f"{count} can't be read and were not looked at: {listed} (`promptc check` says why)")
        return 3
    return 1 if done.left or (done.stale and not accept) else 0


def _rebased_json(done: Rebased) -> dict[str, Any]:
    return {
        "stale": [
            {
                "overlay": stale.overlay,
                "prompt": stale.prompt,
                "block": stale.block,
                "place": str(stale.place),
                "against": stale.against,
                "now": stale.now,
                "base_then": stale.base_then,
                "base_now": stale.base_now,
                "text": stale.text,
            }
            for stale in done.stale
        ],
        "updated": list(done.updated),
        "unread": list(done.unread),
        "left": [{"what": what, "why": why} for what, why in done.left],
    }


def _text(done: Rebased, *, accept: bool) -> Iterator[str]:
    from promptc.cli.terminal import Paint, counted
    from promptc.core.visible import visible_line

    paint = Paint(sys.stdout)
    if not done.stale:
        yield "No override is stale"
        return
    if not accept:
        for stale in done.stale:
            yield from _three_texts(stale, paint)
        yield f"{paint(counted(len(done.stale), 'override') + ' to look at', 'bold', 'yellow')}"
        yield "Edit the replacement, or keep it as it is; then `promptc rebase --accept` writes the new `against`."
        return
    accepted = len(done.stale) - len(done.left)
    files = ", ".join(map(visible_line, done.updated)) or "no file"
    yield f"{paint('Accepted', 'bold', 'green')} {counted(accepted, 'override')} in {files}"
    for what, why in done.left:
        yield f"  {paint('left', 'yellow')} {visible_line(what)}: {visible_line(why)}"


def _three_texts(stale: Stale, paint: Any) -> Iterator[str]:
    from promptc.core.visible import visible_line

    head = f"{stale.overlay} · {stale.prompt} · {stale.block}"
    yield f"{paint(visible_line(head), 'bold')}  {paint(visible_line(str(stale.place)), 'dim')}"
    then, now = _lines_of(stale.base_then), _lines_of(stale.base_now)
    yield from _one(f"base when it was written ({stale.against})", then, ("-", "red", set(then) - set(now)), paint)
    if stale.base_then is None:
        yield f"    {paint('not kept: no comment holds it, and no commit has it', 'dim')}"
    added = set(now) - set(then) if stale.base_then is not None else set()
    yield from _one(f"base now ({stale.now})", now, ("+", "green", added), paint)
    yield from _one("replacement", _lines_of(stale.text), ("", "dim", set()), paint)
    yield ""


def _lines_of(text: str | None) -> list[str]:
    return [] if text is None else text.rstrip("\n").split("\n")


def _one(title: str, lines: list[str], marked: tuple[str, Any, set[str]], paint: Any) -> Iterator[str]:
    """One of the three texts; lines that the other base doesn't have are marked."""
    from promptc.core.visible import visible

    sign, colour, changed = marked
    yield f"  {paint(title, 'magenta')}"
    for line in lines:
        is_changed = line in changed
        bar = paint(sign, colour) if is_changed else paint("│", "dim")
        yield f"    {bar} {paint(visible(line), colour) if is_changed else visible(line)}".rstrip()
