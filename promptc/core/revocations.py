"""Revocations: roots and artifacts that nobody should serve any more, wherever they are pinned, and why.

    revoke -> [revocations] -> promote, pin --check, the runtime

Pure. A registry has one log of them (`revoked/entries/N.json`), each entry of which names a tree of all that are in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.document import Get, wrong
from promptc.core.tree import Kind, find_in, items_in, make_tree, update_tree

REVOCATIONS = "promptc.revocations/1"
Blobs = dict[Digest, bytes]


@dataclass(frozen=True, slots=True)
class Revocation:
    """One revoked digest: of which kind it is, who revoked it, when and why."""

    kind: str
    who: str
    time: str
    why: str

    def document(self) -> dict[str, str]:
        """The value that stands for it in a tree."""
        return {"kind": self.kind, "who": self.who, "time": self.time, "why": self.why}


def _value(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or value.keys() != {"kind", "who", "time", "why"}:
        raise wrong("a revocation is malformed")
    if not all(isinstance(text, str) for text in value.values()):
        raise wrong("a revocation is malformed")
    return value


TREE = Kind(REVOCATIONS, "revoked", _value)


def revoked_in(get: Get, tree: Digest, digest: Digest) -> Revocation | None:
    """Whether a digest is revoked, and why."""
    found = find_in(get, TREE, tree, digest)
    return None if found is None else Revocation(**found)


def all_revoked(get: Get, tree: Digest) -> Iterator[tuple[str, Revocation]]:
    """Every revoked digest."""
    yield from ((digest, Revocation(**value)) for digest, value in items_in(get, TREE, tree))


def with_revocations(
    get: Get, tree: Digest | None, changes: Mapping[str, Revocation | None], blobs: Blobs
) -> Digest:
    """The tree after some digests were revoked or, where None, are so no more; new nodes go into `blobs`."""
    said = {digest: None if found is None else found.document() for digest, found in changes.items()}
    if tree is None:
        return make_tree(TREE, {digest: value for digest, value in said.items() if value is not None}, blobs)
    return update_tree(get, TREE, tree, said, blobs)
