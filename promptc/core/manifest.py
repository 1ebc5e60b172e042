"""Manifest: target -> artifact digest as a Merkle tree, whose root names exactly what is served.

    link -> [manifest] -> blobs; root -> look-up, walk, comparison

Pure: bytes come from a `get` function and are verified here. The tree's shape follows from the tenants' ids alone: a
node at depth d holds the tenants whose sha256(id) begins with its d hex digits, and is a leaf exactly when they are 64
or fewer. So equal sets of targets have equal roots, however they came about; a look-up reads a few small nodes; and
comparing two roots costs what differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from promptc.core.digest import Digest, digest_of, parse_digest
from promptc.core.document import ROOT, TENANT, TREE, Get, expect_keys, fetch, wrong
from promptc.core.values import canonical_bytes

LEAF_TENANTS_MAX = 64
_DIGITS = "0123456789abcdef"

Scope = Literal["all", "selected"]
Targets = Mapping[str, Mapping[str, Digest]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A root with every node below it, ready to be stored. `blobs` holds the root too, but no artifacts."""

    root: Digest
    blobs: Mapping[Digest, bytes]


@dataclass(frozen=True, slots=True)
class Root:
    """A root node: whether it covers the whole project, and how many targets and tenants stand below it."""

    scope: Scope
    targets: int
    tenants: int
    tree: Digest


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """A target that two roots serve differently; None where one of them doesn't have it."""

    tenant: str
    prompt: str
    before: Digest | None
    after: Digest | None


def make_manifest(targets: Targets, *, scope: Scope = "all") -> Manifest:
    """The manifest of {tenant: {prompt: digest}}. A tenant without targets isn't part of it."""
    blobs: dict[Digest, bytes] = {}
    served = {tenant: prompts for tenant, prompts in targets.items() if prompts}
    nodes = _store_tenants(blobs, served)
    hashed = sorted((_place_of(tenant), tenant) for tenant in served)
    root = {
        "format": ROOT,
        "scope": scope,
        "targets": sum(map(len, served.values())),
        "tenants": len(served),
        "tree": _store_tree(blobs, hashed, nodes, 0),
    }
    return Manifest(_store(blobs, root), blobs)


def read_root(get: Get, root: Digest) -> Root:
    """The root node, verified."""
    document = fetch(get, root, ROOT)
    expect_keys(document, {"format": str, "scope": str, "targets": int, "tenants": int, "tree": str})
    scope = document["scope"]
    if scope not in ("all", "selected"):
        raise wrong("`scope` is neither `all` nor `selected`")
    return Root(scope, document["targets"], document["tenants"], _digest(document["tree"]))


def look_up(get: Get, root: Digest, tenant: str, prompt: str) -> Digest | None:
    """The digest of one target, or None when the root doesn't have it."""
    targets = tenant_targets(get, root, tenant)
    return None if targets is None else targets.get(prompt)


def tenant_targets(get: Get, root: Digest, tenant: str) -> Mapping[str, Digest] | None:
    """One tenant's {prompt: digest}, or None when the root doesn't have the tenant."""
    place = _place_of(tenant)
    node = read_root(get, root).tree
    for depth in range(len(place)):
        kind, children = _read_tree(get, node, place[:depth])
        key = tenant if kind == "tenants" else place[depth]
        if key not in children:
            return None
        node = children[key]
        if kind == "tenants":
            return _read_tenant(get, node)
    raise wrong("a tree that is deeper than a hash")


def walk(get: Get, root: Digest) -> Iterator[tuple[str, str, Digest]]:
    """Every target as (tenant, prompt, digest), sorted; the root's counts are held against what was found."""
    head = read_root(get, root)
    tenants = dict(_tenants_below(get, head.tree, ""))
    count = 0
    for tenant in sorted(tenants):
        for prompt, digest in sorted(_read_tenant(get, tenants[tenant]).items()):
            count += 1
            yield tenant, prompt, digest
    if (len(tenants), count) != (head.tenants, head.targets):
        raise wrong("its counts are not those of its targets")


def compare(get: Get, before: Digest, after: Digest) -> tuple[Change, ...]:
    """The targets that two roots serve differently, sorted. Equal subtrees are not read."""
    if before == after:
        return ()
    changes: list[Change] = []
    pairs = _unequal_tenants(get, read_root(get, before).tree, read_root(get, after).tree, "")
    for tenant, old, new in pairs:
        left = _read_tenant(get, old) if old else {}
        right = _read_tenant(get, new) if new else {}
        for prompt in left.keys() | right.keys():
            if left.get(prompt) != right.get(prompt):
                changes.append(Change(tenant, prompt, left.get(prompt), right.get(prompt)))
    return tuple(sorted(changes, key=lambda change: (change.tenant, change.prompt)))


def nodes_of(get: Get, root: Digest) -> Iterator[Digest]:
    """Every node of the manifest, the root first, artifacts not among them: what a copy of it must hold."""
    yield root
    yield from _nodes_below(get, read_root(get, root).tree, "")


# How a tenant's id gets its place, and how nodes are written.


def _place_of(tenant: str) -> str:
    # A name from a command line may hold half a surrogate pair; it is then simply not there.
    return hashlib.sha256(tenant.encode("utf-8", "surrogatepass")).hexdigest()


def _store(blobs: dict[Digest, bytes], document: Mapping[str, Any]) -> Digest:
    data = canonical_bytes(document)
    digest = digest_of(data)
    blobs[digest] = data
    return digest


def _store_tenants(blobs: dict[Digest, bytes], served: Targets) -> dict[str, Digest]:
    # Most tenants of a plan are served the same prompts, and then their node is the same and encoded once.
    known: dict[tuple[tuple[str, Digest], ...], Digest] = {}
    nodes: dict[str, Digest] = {}
    for tenant, prompts in served.items():
        key = tuple(sorted(prompts.items()))
        if key not in known:
            known[key] = _store(blobs, {"format": TENANT, "targets": dict(prompts)})
        nodes[tenant] = known[key]
    return nodes


def _store_tree(
    blobs: dict[Digest, bytes], hashed: list[tuple[str, str]], nodes: Mapping[str, Digest], depth: int
) -> Digest:
    if len(hashed) <= LEAF_TENANTS_MAX:
        return _store(blobs, {"format": TREE, "tenants": {tenant: nodes[tenant] for _, tenant in hashed}})
    groups: dict[str, list[tuple[str, str]]] = {}
    for place, tenant in hashed:
        groups.setdefault(place[depth], []).append((place, tenant))
    branch = {digit: _store_tree(blobs, group, nodes, depth + 1) for digit, group in groups.items()}
    return _store(blobs, {"format": TREE, "branch": branch})


# How nodes are read: each through its digest, each held against the place that it is read for.


def _digest(text: Any) -> Digest:
    try:
        return parse_digest(text)
    except (ValueError, TypeError) as error:
        raise wrong("a digest is malformed") from error


def _read_tree(get: Get, node: Digest, place: str) -> tuple[Literal["tenants", "branch"], dict[str, Digest]]:
    document = fetch(get, node, TREE)
    if "tenants" in document:
        expect_keys(document, {"format": str, "tenants": dict})
        leaf = {tenant: _digest(digest) for tenant, digest in document["tenants"].items()}
        if len(leaf) > LEAF_TENANTS_MAX or not all(_place_of(tenant).startswith(place) for tenant in leaf):
            raise wrong("a leaf holds tenants that don't belong there")
        return "tenants", leaf
    expect_keys(document, {"format": str, "branch": dict})
    if not all(len(digit) == 1 and digit in _DIGITS for digit in document["branch"]):
        raise wrong("a branch is not a hex digit")
    return "branch", {digit: _digest(digest) for digit, digest in document["branch"].items()}


def _read_tenant(get: Get, node: Digest) -> dict[str, Digest]:
    document = fetch(get, node, TENANT)
    expect_keys(document, {"format": str, "targets": dict})
    return {prompt: _digest(digest) for prompt, digest in document["targets"].items()}


def _tenants_below(get: Get, node: Digest, place: str) -> Iterator[tuple[str, Digest]]:
    kind, children = _read_tree(get, node, place)
    if kind == "tenants":
        yield from children.items()
    else:
        for digit, child in children.items():
            yield from _tenants_below(get, child, place + digit)


def _nodes_below(get: Get, node: Digest, place: str) -> Iterator[Digest]:
    yield node
    kind, children = _read_tree(get, node, place)
    if kind == "tenants":
        yield from children.values()
    else:
        for digit, child in children.items():
            yield from _nodes_below(get, child, place + digit)


def _unequal_tenants(
    get: Get, before: Digest, after: Digest, place: str
) -> Iterator[tuple[str, Digest | None, Digest | None]]:
    if before == after:
        return
    kind, left = _read_tree(get, before, place)
    other, right = _read_tree(get, after, place)
    if kind == other == "branch":
        for digit in sorted(left.keys() | right.keys()):
            if digit in left and digit in right:
                yield from _unequal_tenants(get, left[digit], right[digit], place + digit)
            elif digit in left:
                yield from ((tenant, node, None) for tenant, node in _tenants_below(get, left[digit], place + digit))
            else:
                yield from ((tenant, None, node) for tenant, node in _tenants_below(get, right[digit], place + digit))
        return
    # A leaf against a branch: only one of the two has more than 64 tenants, so reading both whole is no waste.
    old = left if kind == "tenants" else dict(_tenants_below(get, before, place))
    new = right if other == "tenants" else dict(_tenants_below(get, after, place))
    for tenant in sorted(old.keys() | new.keys()):
        if old.get(tenant) != new.get(tenant):
            yield tenant, old.get(tenant), new.get(tenant)
