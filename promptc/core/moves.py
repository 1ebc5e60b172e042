"""Moves: targets that are given another digest, and the root that a channel has after them.

    two roots, a choice -> [moves] -> an entry's root

Pure. A move is a `Change` of the manifest. A channel's root is complete and composed: what was not chosen does not move.
So two plans that touch different targets can both be applied, and a share of tenants needs nothing of the runtime.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest, digest_of
from promptc.core.document import ENTRIES, Get, wrong
from promptc.core.errors import PromptcError
from promptc.core.manifest import (
    TENANTS,
    Change,
    Manifest,
    Root,
    read_root,
    read_served,
    root_document,
    target_count,
    tenant_document,
)
from promptc.core.record import TENANCIES
from promptc.core.tombstone import REMOVED
from promptc.core.tree import Kind, find_in, items_in, make_tree, update_tree
from promptc.core.values import canonical_bytes

_WHOLE = 1 << 64
Blobs = dict[Digest, bytes]


def _id(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong("an alias leads to no tenant")
    return value


ALIASES = Kind(ENTRIES, "entries", _id, may_be_removed=True)


@dataclass(frozen=True, slots=True)
class Known:
    """What services may know of a root's tenants: a tree of tenancies by id, and one of ids by alias. None: nothing."""

    tenants: Digest | None = None
    aliases: Digest | None = None


def in_share(channel: str, tenant: str, share: float) -> bool:
    """Whether a tenant is in a share (0 to 1) of a channel's tenants. A larger share keeps everyone of a smaller one."""
    first = hashlib.sha256(f"{channel}/{tenant}".encode()).digest()[:8]
    return int.from_bytes(first, "big") < share * _WHOLE


def composed(get: Get, head: Digest | None, moves: Iterable[Change], blobs: Blobs) -> Manifest:
    """The head's root with some targets given other digests, or removed. New nodes go into `blobs`, too.

    The moves' old digests are not looked at: whoever applies a plan has held them against the head.
    """
    by_tenant: dict[str, list[Change]] = {}
    for move in moves:
        by_tenant.setdefault(move.tenant, []).append(move)
    before = Root("all", 0, 0, Digest("")) if head is None else read_root(get, head)
    nodes: dict[str, Digest | None] = {}
    targets, tenants = before.targets, before.tenants
    for tenant, changes in by_tenant.items():
        node = None if head is None else find_in(get, TENANTS, before.tree, tenant)
        served = {} if node is None else read_served(get, node)
        after = {**served, **{c.prompt: c.after for c in changes}}
        kept = {prompt: digest for prompt, digest in after.items() if digest is not None}
        # An allocation alone serves nobody.
        stays = target_count(kept) > 0
        nodes[tenant] = _store(blobs, tenant_document(kept)) if stays else None
        targets += target_count(kept) - target_count(served)
        tenants += stays - bool(served)
    tree = (
        make_tree(TENANTS, {tenant: node for tenant, node in nodes.items() if node is not None}, blobs)
        if head is None
        else update_tree(_through(get, blobs), TENANTS, before.tree, nodes, blobs)
    )
    return Manifest(_store(blobs, root_document(Root("all", targets, tenants, tree))), blobs)


def known_after(get: Get, before: Known, source: Digest | None, left: Mapping[str, bool], blobs: Blobs) -> Known:
    """What services may know after a promote: of the tenants that moved what the source says, of all others what was known.

    `left` says of each tenant that moved whether it is still served. `source` is the tree of tenancies of the build that
    targets came from, None where that isn't known: then nothing changes but that tenants go.
    """
    through = _through(get, blobs)
    changes: dict[str, Any] = {}
    for tenant, stays in left.items():
        old = None if before.tenants is None else find_in(through, TENANCIES, before.tenants, tenant)
        if not stays:
            new = None
        else:
            new = old if source is None else _said_by(through, source, tenant, old)
        if new != old:
            changes[tenant] = (old, new)
    if not changes:
        return before
    aliases: dict[str, str | None] = {}
    for old, _ in changes.values():
        aliases |= dict.fromkeys((old or {}).get("aliases", ()))
    for tenant, (_, new) in changes.items():
        aliases |= dict.fromkeys((new or {}).get("aliases", ()), tenant)
    # An alias that another tenant has taken meanwhile stays that tenant's.
    lost = [a for a, t in aliases.items() if t is None and tenant_of_alias(through, before, a) not in changes]
    for alias in lost:
        del aliases[alias]
    tenancies = {tenant: new for tenant, (_, new) in changes.items()}
    return Known(
        _updated(through, TENANCIES, before.tenants, tenancies, blobs),
        _updated(through, ALIASES, before.aliases, aliases, blobs),
    )


def tenant_of_alias(get: Get, known: Known, alias: str) -> str | None:
    """The tenant that has an alias, None when none has."""
    found: str | None = None if known.aliases is None else find_in(get, ALIASES, known.aliases, alias)
    return found


def labels_in(get: Get, known: Known) -> dict[str, Mapping[str, str]]:
    """The labels of every tenant that is known, by id."""
    if known.tenants is None:
        return {}
    return {tenant: value.get("labels", {}) for tenant, value in items_in(get, TENANCIES, known.tenants)}


def _said_by(get: Get, source: Digest, tenant: str, old: Any) -> Any:
    """What a source says of a tenant; what was known before where that was forgotten along with another tenant."""
    try:
        return find_in(get, replace(TENANCIES, may_be_removed=False), source, tenant)
    except PromptcError as error:
        if error.code != REMOVED:
            raise
        return old


def _updated(get: Get, kind: Kind, tree: Digest | None, changes: Mapping[str, Any], blobs: Blobs) -> Digest | None:
    if tree is None:
        given = {name: value for name, value in changes.items() if value is not None}
        return make_tree(kind, given, blobs) if given else None
    return update_tree(get, kind, tree, changes, blobs) if changes else tree


def _store(blobs: Blobs, document: Mapping[str, Any]) -> Digest:
    data = canonical_bytes(document)
    digest = digest_of(data)
    blobs[digest] = data
    return digest


def _through(get: Get, blobs: Blobs) -> Get:
    return lambda digest: blobs[digest] if digest in blobs else get(digest)
