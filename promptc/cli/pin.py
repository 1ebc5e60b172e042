"""`promptc pin`: write down in a repository what a service serves, check it, move it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_channel, format_option, registry_option, signing_options

if TYPE_CHECKING:
    from promptc.core.manifest import Change
    from promptc.core.pin import Pin
    from promptc.driver.release.checked_pin import CheckedPin
    from promptc.driver.release.opening import Desk

FILE = "promptc.lock"
TARGETS_SHOWN = 8


@click.command(
    "pin",
    cls=Command,
    help="""Write the root of a channel's moment into a pin file, for a service whose own deploy decides what it serves.

    \b
      promptc pin prod                        write promptc.lock
      promptc pin prod@42 --as billing        write it, and note in the registry that the service billing holds it
      promptc pin --update                    move it to the channel's head
      promptc pin --update acme/support-reply move one target, and nothing else
      promptc pin --check                     read all that it stands for, and verify it
      promptc pin --check --fresh             and exit with 1 when the channel serves something else by now
      promptc pin --check --provides FILE     or when a prompt needs a tool or an input that the service lacks

    A pin names its registry, so that checking and updating need no project. A rollback does not reach a pin: the registry
    knows from `--as` and `promptc deployed` which services hold one.""",
)
@click.argument("what", required=False, metavar="[CHANNEL[@N] | TENANT/PROMPT]", shell_complete=complete_channel)
@click.option("--output", "-o", "file", metavar="FILE", default=FILE, show_default=True, help="The pin file.")
@click.option("--as", "service", metavar="SERVICE", default=None, help="Note that this service holds the pin.")
@click.option("--fallback", metavar="MOMENT", default=None, help="What to serve if the pinned root is revoked.")
@click.option("--update", is_flag=True, help="Move the pin, or one target of it, to the channel's head.")
@click.option("--check", is_flag=True, help="Verify the pin and all that it stands for; change nothing.")
@click.option("--fresh", is_flag=True, help="With --check: it must serve what the channel's head serves.")
@click.option("--provides", metavar="FILE", default=None, help="With --check: JSON of the tools and inputs that a service has.")
@signing_options()
@registry_option()
@format_option("text", "json")
def command(
    what: str | None, file: str, service: str | None, fallback: str | None, update: bool, check: bool, fresh: bool,
    provides: str | None, who: str | None, why: str, where: str | None, form: str,
) -> int:  # fmt: skip
    """Pin, update or check, show."""
    if (update and check) or ((fresh or provides) and not check) or ((update or check) and fallback):
        raise click.UsageError("--update and --check exclude each other; --fresh and --provides go with --check, --fallback with neither")
    if check:
        return _check(what or file, where, form, (fresh, provides))
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.pins import desk_of_pin, pinned, updated
    from promptc.driver.release.services import noted
    from promptc.driver.release.who import author_of

    before: Pin | None
    if update:
        desk = desk_of_pin(start_folder(), file, where)
        pin, before = updated(desk, file, what)
    elif what is None:
        raise click.UsageError("name a channel: `promptc pin prod`")
    else:
        desk = opened_desk(start_folder(), where)
        pin, before = pinned(desk, what, file, fallback=fallback)
    if service is not None:
        _noted(lambda: noted(desk, service, pin, by=author_of(who, why, desk.folder)))
    _show(desk, pin, before, file, form)
    return 0


def _noted(note: Any) -> None:
    """A note that is there already is fine."""
    from promptc.core.errors import PromptcError

    try:
        note()
    except PromptcError as error:
        if error.code != "V010":
            raise


def _show(desk: Desk, pin: Pin, before: Pin | None, file: str, form: str) -> None:
    import sys

    from promptc.cli.terminal import Paint, columns, counted, out, out_json
    from promptc.core.visible import visible_line
    from promptc.driver.release.pins import moved

    changes = moved(desk, before, pin)
    if form == "json":
        listed = [[c.tenant, c.prompt, c.before, c.after] for c in changes or ()]
        out_json({"pin": _data(pin), "moved": listed if changes is not None else None})
        return
    said = "is as it was" if before == pin else "is written" if before is None else "moved"
    out(f"{visible_line(file)} {said}: {Paint(sys.stdout)(pin.moment, 'bold')}")
    rows: list[list[str]] = [["root", pin.root], ["registry", visible_line(pin.registry)]]
    if pin.exceptions:
        rows.append(["exceptions", ", ".join(map(visible_line, pin.exceptions))])
    if changes is not None and before is not None and before != pin:
        rows.append(["moved", f"{counted(len(changes), 'target')}{_names(changes)}"])
    for line in columns(rows, indent="  "):
        out(line)


def _names(changes: tuple[Change, ...]) -> str:
    from promptc.core.visible import visible_line

    names = [visible_line(f"{change.tenant}/{change.prompt}") for change in changes[:TARGETS_SHOWN]]
    more = f" and {len(changes) - len(names):,} more" if len(changes) > len(names) else ""
    return f": {', '.join(names)}{more}" if names else ""


def _check(file: str, where: str | None, form: str, asked: tuple[bool, str | None]) -> int:
    from promptc.cli.main import say_refusal
    from promptc.cli.progress import progress
    from promptc.cli.terminal import columns, counted, out, out_json
    from promptc.core.visible import visible_line
    from promptc.driver.release.checked_pin import check_pin, read_provides
    from promptc.driver.release.pins import desk_of_pin, read_pin

    desk = desk_of_pin(start_folder(), file, where)
    with progress("Checking", quiet=form != "text") as on_progress:
        provides = read_provides(asked[1]) if asked[1] is not None else None
        found = check_pin(desk, read_pin(desk, file), fresh=asked[0], provides=provides, on_progress=on_progress)
    if form == "json":
        out_json(_found_data(found))
    for error in found.wrong:
        say_refusal(error)
    if form == "text" and not found.wrong:
        rows: list[list[str]] = [["root", found.pin.root]]
        rows += [["read", f"{counted(found.targets, 'target')}, {counted(found.artifacts, 'artifact')}"]]
        rows += [["fresh", f"{found.behind.head.moment} serves the same"]] if found.behind is not None else []
        out(f"{visible_line(file)} is whole: {found.pin.moment}")
        for line in columns(rows, indent="  "):
            out(line)
    return max((int(error.exit_code) for error in found.wrong), default=0)


def _found_data(found: CheckedPin) -> dict[str, Any]:
    wrong = [{"code": error.code, "message": error.message, "hint": error.hint} for error in found.wrong]
    behind = None
    if found.behind is not None:
        behind = {"head": found.behind.head.number, "entries": found.behind.entries, "targets": len(found.behind.changes)}
    return {
        "pin": _data(found.pin), "targets": found.targets, "artifacts": found.artifacts, "behind": behind, "wrong": wrong,
    }  # fmt: skip


def _data(pin: Pin) -> Any:
    import json

    from promptc.core.pin import encode_pin

    return json.loads(encode_pin(pin))
