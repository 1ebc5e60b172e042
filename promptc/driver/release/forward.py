"""Forward: a promote that moves on what a rollback moved back leaves marks behind, too.

    a plan, the history -> [forward] -> a manifest of the same form, or none

What was said and cached meanwhile was said by the older prompt. So it is reconciled in the same way, where the settings
describe places.
"""

from __future__ import annotations

from promptc.core.channel import entries_back, entry_at
from promptc.core.digest import Digest
from promptc.core.entry import Entry
from promptc.core.holds import holds_in
from promptc.core.manifest import Change
from promptc.core.rollback import MOVES, Blobs, RollbackManifest, read_rollback
from promptc.core.tree import find_in
from promptc.driver.release.aftermath import Aftermath, manifest_of
from promptc.driver.release.gates import described
from promptc.driver.release.opening import Desk
from promptc.driver.release.source import reader
from promptc.driver.release.who import Author


def forward_manifest(
    desk: Desk, head: Entry, moves: tuple[Change, ...], blobs: Blobs, at: tuple[Author, str]
) -> RollbackManifest | None:
    """The manifest of the moves that go forward again; None when no rollback moved any of them, or nothing is described."""
    settings = described(desk, head.channel, head)
    if not settings.places:
        return None
    get = reader(desk)
    rollbacks = [(entry, read_rollback(get, entry.rollback)) for entry in _rollbacks(desk, head) if entry.rollback is not None]
    again = tuple(move for move in moves if any(_was_moved(desk, back, move) for _, back in rollbacks))
    if not again:
        return None
    by, time = at
    return manifest_of(desk, Aftermath("forward", head, rollbacks[0][0], again, 0, settings), blobs, by, time)


def _rollbacks(desk: Desk, head: Entry) -> list[Entry]:
    """The rollbacks that may still be in force: those since the last promote, and those that hold something."""
    found: dict[int, Entry] = {}
    for entry in entries_back(desk.registry.read, head):
        if entry.kind == "promote":
            break
        if entry.kind == "rollback" and entry.rollback is not None:
            found[entry.number] = entry
    for number in {hold.entry for _, hold in holds_in(reader(desk), head.holds)} - found.keys():
        entry = entry_at(desk.registry.read, head.channel, number)
        if entry.kind == "rollback" and entry.rollback is not None:
            found[number] = entry
    return [found[number] for number in sorted(found, reverse=True)]


def _was_moved(desk: Desk, back: RollbackManifest, move: Change) -> bool:
    """Whether a target that moves now was moved back to what it is moved from."""
    pair: list[Digest | None] | None = find_in(reader(desk), MOVES, back.moves, f"{move.tenant}/{move.prompt}")
    return pair is not None and pair[1] == move.before
