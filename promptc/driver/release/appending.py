"""Appending: give a channel its next entry, on top of the one that is the head now.

    promote, rollback, hold, mark, … -> [appending] -> channels/NAME/entries/N.json, the hint

An entry appears whole, under a number that nobody else can take: of two who append at once, one wins and the other looks
again. Nothing is ever pending: what a kill leaves behind is the old head, or the new one.
"""

from __future__ import annotations

from collections.abc import Callable

from promptc.core.channel import entry_name, find_head, hint_name, hint_of
from promptc.core.dataclass import replace
from promptc.core.digest import Digest
from promptc.core.entry import Entry, encode_entry, sealed
from promptc.core.errors import Exit, PromptcError
from promptc.driver.release.opening import Desk

ATTEMPTS = 50

# Makes the entry that goes on top of a head; it may raise, and then nothing is appended.
Make = Callable[[Entry | None], Entry]


def append(desk: Desk, channel: str, make: Make, head: Entry | None = None) -> Entry:
    """Append an entry; the one that was appended. `make` is asked again whenever somebody else was faster.

    `head` is the newest entry if it was read just now.
    """
    for attempt in range(ATTEMPTS):
        if head is None or attempt:
            head = find_head(desk.registry.read, channel)
        number = head.number + 1 if head is not None else 1
        entry = sealed(
            replace(
                _made(desk, make, head), channel=channel, number=number, lineage=desk.lineage,
                previous=None if head is None else Digest(head.digest),
            )
        )  # fmt: skip
        if desk.registry.create(entry_name(channel, number), encode_entry(entry)):
            desk.registry.hint(hint_name(channel), hint_of(number))
            return entry
    raise PromptcError(
        "N001",
        f"others append to `{channel}` faster than this command can look",
        hint="run it again when they are done",
        exit_code=Exit.CONFLICT,
    )


def keep(desk: Desk, head: Entry | None) -> None:
    """Have the disk keep a head before it is said that nothing is to be done.

    Whoever appended it may have been killed before its name was synced; creating again what is there syncs it.
    """
    if head is not None:
        desk.registry.create(entry_name(head.channel, head.number), encode_entry(head))


def _made(desk: Desk, make: Make, head: Entry | None) -> Entry:
    try:
        return make(head)
    except PromptcError as error:
        if error.exit_code == Exit.OK:
            keep(desk, head)
        raise


def carried(head: Entry) -> Entry:
    """An entry that changes nothing of what its channel serves: a new one of another kind is made from it."""
    return replace(head, why="", composed=None, rollback=None, mark=None, revoked=None, digest="")
