"""Holds: targets that no promote may move, or not to certain digests, until somebody says so.

    rollback, hold -> [holds] -> an entry; promote asks

Pure. A tree from `tenant/prompt` to the digests that may not come back; none named means that the target stays as it is
whatever comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.document import Get, wrong
from promptc.core.manifest import Change
from promptc.core.tree import Kind, digest_value, find_in, items_in, make_tree, update_tree

HOLDS = "promptc.holds/1"


@dataclass(frozen=True, slots=True)
class Hold:
    """One target's hold: since which entry, why, and which digests; no digests hold it whatever comes."""

    entry: int
    why: str
    digests: tuple[Digest, ...] = ()

    def forbids(self, after: Digest | None) -> bool:
        """Whether a target may not be given a digest, None for its removal."""
        return not self.digests or after in self.digests

    def document(self) -> dict[str, Any]:
        """The value that stands for it in a tree."""
        return {"entry": self.entry, "why": self.why, "digests": list(self.digests)}


def _value(value: Any) -> dict[str, Any]:
    """What a leaf holds, once it is known to be a hold."""
    if not isinstance(value, dict) or value.keys() != {"entry", "why", "digests"}:
        raise wrong("a hold is malformed")
    if not isinstance(value["entry"], int) or not isinstance(value["why"], str) or not isinstance(value["digests"], list):
        raise wrong("a hold is malformed")
    for digest in value["digests"]:
        digest_value(digest)
    return value


def _hold(value: Mapping[str, Any]) -> Hold:
    return Hold(value["entry"], value["why"], tuple(value["digests"]))


TREE = Kind(HOLDS, "holds", _value)
Blobs = dict[Digest, bytes]


def hold_of(get: Get, holds: Digest | None, tenant: str, prompt: str) -> Hold | None:
    """The hold on one target, None when there is none."""
    found = None if holds is None else find_in(get, TREE, holds, f"{tenant}/{prompt}")
    return None if found is None else _hold(found)


def holds_in(get: Get, holds: Digest | None) -> Iterator[tuple[str, Hold]]:
    """Every hold by its target."""
    if holds is not None:
        yield from ((target, _hold(value)) for target, value in items_in(get, TREE, holds))


def forbidden(get: Get, holds: Digest | None, moves: Iterable[Change]) -> dict[str, Hold]:
    """The moves that a hold forbids, by target."""
    found = {}
    if holds is not None:
        for move in moves:
            hold = hold_of(get, holds, move.tenant, move.prompt)
            if hold is not None and hold.forbids(move.after):
                found[f"{move.tenant}/{move.prompt}"] = hold
    return found


def with_holds(
    get: Get, holds: Digest | None, changes: Mapping[str, Hold | None], blobs: Blobs
) -> tuple[Digest | None, int]:
    """The tree after some targets were held or, where None, let go, and how many are held; new nodes go into `blobs`."""
    said = {target: None if hold is None else hold.document() for target, hold in changes.items()}
    if holds is None:
        given = {target: value for target, value in said.items() if value is not None}
        return (make_tree(TREE, given, blobs), len(given)) if given else (None, 0)
    tree = update_tree(_through(get, blobs), TREE, holds, said, blobs) if said else holds
    count = sum(1 for _ in items_in(_through(get, blobs), TREE, tree))
    return (tree, count) if count else (None, 0)


def _through(get: Get, blobs: Blobs) -> Get:
    return lambda digest: blobs[digest] if digest in blobs else get(digest)
