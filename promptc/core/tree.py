"""Tree: a map from names to small values as a Merkle tree, whose digest names exactly what it holds.

    items -> [tree] -> blobs; digest -> look-up, walk, comparison, update

Pure: bytes come from a `get` function and are verified here. The shape follows from the names alone: a node at depth d
holds the names whose sha256 begins with its d hex digits, and is a leaf exactly when they are 64 or fewer. So equal
maps have equal digests, however they came about; a look-up reads a few small nodes; comparing two maps costs what
differs, and so does changing one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of, parse_digest
from promptc.core.document import Get, expect_keys, fetch, wrong
from promptc.core.errors import PromptcError
from promptc.core.tombstone import REMOVED
from promptc.core.values import canonical_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LEAF_ITEMS_MAX = 64
_DIGITS = "0123456789abcdef"
Blobs = dict[Digest, bytes]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of tree: the format of its nodes, the key under which a leaf holds its items, and how a value is read.

    `may_be_removed` says that a leaf of it counts as empty after it was forgotten with a tenant.
    """

    format: str
    leaf: str
    value: Callable[[Any], Any]
    may_be_removed: bool = False


def digest_value(value: Any) -> Digest:
    """The value of a tree that holds digests."""
    try:
        return parse_digest(value)
    except (ValueError, TypeError) as error:
        raise wrong("a digest is malformed") from error


def make_tree(kind: Kind, items: Mapping[str, Any], blobs: Blobs) -> Digest:
    """Store the nodes of a map into `blobs`; the digest of the topmost."""
    hashed = sorted((place_of(name), name, value) for name, value in items.items())
    return _store_tree(kind, blobs, hashed, 0)


def update_tree(get: Get, kind: Kind, node: Digest, changes: Mapping[str, Any], blobs: Blobs) -> Digest:
    """The tree after some names were given other values, or None to remove them; new nodes go into `blobs`.

    The result is that of `make_tree` over all items; the cost is that of the changes.
    """
    hashed = sorted((place_of(name), name, value) for name, value in changes.items())
    return _Update(get, kind, blobs).below(node, hashed, 0) or _store_tree(kind, blobs, [], 0)


def find_in(get: Get, kind: Kind, node: Digest, name: str) -> Any:
    """The value of one name, or None when the tree doesn't have it."""
    place = place_of(name)
    for depth in range(len(place)):
        is_leaf, children = _read(get, kind, node, place[:depth])
        key = name if is_leaf else place[depth]
        if key not in children:
            return None
        if is_leaf:
            return children[key]
        node = children[key]
    raise wrong("a tree that is deeper than a hash")


def path_to(get: Get, kind: Kind, node: Digest, name: str) -> Iterator[tuple[Digest, Any]]:
    """The nodes that lead to a name, the topmost first; beside the last of them the name's value, None where it has none."""
    place = place_of(name)
    for depth in range(len(place)):
        is_leaf, children = _read(get, kind, node, place[:depth])
        key = name if is_leaf else place[depth]
        yield node, children.get(key) if is_leaf else None
        if is_leaf or key not in children:
            return
        node = children[key]


def items_in(get: Get, kind: Kind, node: Digest, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every item, in the order of places."""
    is_leaf, children = _read(get, kind, node, place)
    if is_leaf:
        yield from children.items()
    else:
        for digit, child in children.items():
            yield from items_in(get, kind, child, place + digit)


def nodes_in(get: Get, kind: Kind, node: Digest, place: str = "") -> Iterator[Digest]:
    """Every node of the tree, the topmost first."""
    yield node
    is_leaf, children = _read(get, kind, node, place)
    if not is_leaf:
        for digit, child in children.items():
            yield from nodes_in(get, kind, child, place + digit)


def unequal_in(
    get: Get, kind: Kind, before: Digest, after: Digest, place: str = ""
) -> Iterator[tuple[str, Any | None, Any | None]]:
    """The names whose values differ between two trees, with both values. Equal subtrees are not read."""
    if before == after:
        return
    was_leaf, left = _read(get, kind, before, place)
    is_leaf, right = _read(get, kind, after, place)
    if not was_leaf and not is_leaf:
        for digit in sorted(left.keys() | right.keys()):
            if digit in left and digit in right:
                yield from unequal_in(get, kind, left[digit], right[digit], place + digit)
            elif digit in left:
                yield from ((name, value, None) for name, value in items_in(get, kind, left[digit], place + digit))
            else:
                yield from ((name, None, value) for name, value in items_in(get, kind, right[digit], place + digit))
        return
    # A leaf against a branch: only one of the two has more than 64 items, so reading both whole is no waste.
    old = left if was_leaf else dict(items_in(get, kind, before, place))
    new = right if is_leaf else dict(items_in(get, kind, after, place))
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def children_in(get: Get, kind: Kind, node: Digest, place: str) -> tuple[bool, dict[str, Any]]:
    """Whether a node at a place (the digits that lead to it) is a leaf, and its items or branches."""
    return _read(get, kind, node, place)


def place_of(name: str) -> str:
    """Where a name stands: the hex digits of its hash."""
    # A name from a command line may hold half a surrogate pair; it is then simply not there.
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


if TYPE_CHECKING:
    _Hashed = list[tuple[str, str, Any]]


@dataclass(frozen=True, slots=True)
class _Update:
    """One update under way."""

    get: Get
    kind: Kind
    blobs: Blobs

    def below(self, node: Digest, changes: _Hashed, depth: int) -> Digest | None:
        """The node after changes that all belong below it; None when nothing is left there."""
        is_leaf, children = _read(self._fetch, self.kind, node, changes[0][0][:depth] if changes else "")
        if is_leaf:
            return self._leaf(children, changes, depth)
        groups: dict[str, _Hashed] = {}
        for change in changes:
            groups.setdefault(change[0][depth], []).append(change)
        branch = dict(children)
        for digit, group in groups.items():
            child = (
                self.below(branch[digit], group, depth + 1) if digit in branch else self._made(group, depth + 1)
            )  # fmt: skip
            if child is None:
                branch.pop(digit, None)
            else:
                branch[digit] = child
        removes = any(value is None for _, _, value in changes)
        if removes:
            return self._maybe_leaf(branch, changes[0][0][:depth], depth)
        return _store(self.blobs, {"format": self.kind.format, "branch": branch})

    def _fetch(self, digest: Digest) -> bytes:
        found = self.blobs.get(digest)
        return found if found is not None else self.get(digest)

    def _leaf(self, items: Mapping[str, Any], changes: _Hashed, depth: int) -> Digest | None:
        after = dict(items)
        for _, name, value in changes:
            if value is None:
                after.pop(name, None)
            else:
                after[name] = value
        if not after:
            return None
        return _store_tree(
            self.kind, self.blobs, sorted((place_of(name), name, value) for name, value in after.items()), depth
        )

    def _made(self, changes: _Hashed, depth: int) -> Digest | None:
        added = [change for change in changes if change[2] is not None]
        return _store_tree(self.kind, self.blobs, added, depth) if added else None

    def _maybe_leaf(self, branch: Mapping[str, Digest], place: str, depth: int) -> Digest | None:
        """A branch from which something was removed: it may have become small enough for a leaf."""
        items: dict[str, Any] = {}
        for digit, child in branch.items():
            for name, value in items_in(self._fetch, self.kind, child, place + digit):
                items[name] = value
                if len(items) > LEAF_ITEMS_MAX:
                    return _store(self.blobs, {"format": self.kind.format, "branch": dict(branch)})
        return self._leaf(items, [], depth)


def _store_tree(kind: Kind, blobs: Blobs, hashed: _Hashed, depth: int) -> Digest:
    if len(hashed) <= LEAF_ITEMS_MAX:
        return _store(blobs, {"format": kind.format, kind.leaf: {name: value for _, name, value in hashed}})
    groups: dict[str, _Hashed] = {}
    for item in hashed:
        groups.setdefault(item[0][depth], []).append(item)
    branch = {digit: _store_tree(kind, blobs, group, depth + 1) for digit, group in groups.items()}
    return _store(blobs, {"format": kind.format, "branch": branch})


def _store(blobs: Blobs, document: Mapping[str, Any]) -> Digest:
    data = canonical_bytes(document)
    digest = digest_of(data)
    blobs[digest] = data
    return digest


def _read(get: Get, kind: Kind, node: Digest, place: str) -> tuple[bool, dict[str, Any]]:
    """Whether a node is a leaf, and its items or branches; each held against the place that it is read for."""
    try:
        document = fetch(get, node, kind.format)
    except PromptcError as error:
        if error.code == REMOVED and kind.may_be_removed:
            return True, {}
        raise
    if kind.leaf in document:
        expect_keys(document, {"format": str, kind.leaf: dict})
        leaf = {name: kind.value(value) for name, value in document[kind.leaf].items()}
        if len(leaf) > LEAF_ITEMS_MAX or not all(place_of(name).startswith(place) for name in leaf):
            raise wrong(f"a leaf holds {kind.leaf} that don't belong there")
        return True, leaf
    expect_keys(document, {"format": str, "branch": dict})
    if not all(len(digit) == 1 and digit in _DIGITS for digit in document["branch"]):
        raise wrong("a branch is not a hex digit")
    return False, {digit: digest_value(digest) for digit, digest in document["branch"].items()}
