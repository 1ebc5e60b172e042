"""Manifest: target -> artifact digest as a Merkle tree, whose root names exactly what is served.

    link -> tree -> [manifest] -> blobs; root -> look-up, walk, comparison, update

Pure: bytes come from a `get` function and are verified here. A root names a tree (tree.py) of tenants, and each of
these a map from prompts to artifacts. Equal sets of targets have equal roots, however they came about; a look-up reads
a few small nodes; comparing two roots costs what differs, and so does making one from another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from promptc.core.allocation import ALLOCATION, allocation_name, decode_allocation, family_of, is_allocation
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of
from promptc.core.document import ARTIFACT, ROOT, TENANT, TREE, Get, expect_keys, fetch, read_document, wrong
from promptc.core.errors import PromptcError
from promptc.core.tombstone import REMOVED
from promptc.core.tree import Kind, digest_value, find_in, items_in, make_tree, nodes_in, unequal_in, update_tree
from promptc.core.values import canonical_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

TENANTS = Kind(TREE, "tenants", digest_value)

if TYPE_CHECKING:
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
    nodes = {tenant: _store(blobs, tenant_document(prompts)) for tenant, prompts in served.items()}
    tree = make_tree(TENANTS, nodes, blobs)
    counted = Root(scope, sum(map(target_count, served.values())), len(served), tree)
    return Manifest(_store(blobs, root_document(counted)), blobs)


def manifest_of_nodes(nodes: Mapping[str, Digest], *, targets: int, scope: Scope) -> Manifest:
    """The manifest of {tenant: the digest of its node}, where the nodes themselves are stored already."""
    blobs: dict[Digest, bytes] = {}
    tree = make_tree(TENANTS, nodes, blobs)
    return Manifest(_store(blobs, root_document(Root(scope, targets, len(nodes), tree))), blobs)


def updated_manifest(get: Get, before: Root, nodes: Mapping[str, Digest | None], after: Root) -> Manifest:
    """The manifest after some tenants' nodes were replaced or, where None, removed. `after` gives scope and counts."""
    blobs: dict[Digest, bytes] = {}
    tree = update_tree(get, TENANTS, before.tree, nodes, blobs)
    return Manifest(_store(blobs, root_document(Root(after.scope, after.targets, after.tenants, tree))), blobs)


def tenant_document(served: Mapping[str, Digest]) -> dict[str, Any]:
    """A tenant's node. Allocations, by their names, stand apart from targets: they are no prompts."""
    targets = {name: digest for name, digest in served.items() if not is_allocation(name)}
    allocations = {family_of(name): digest for name, digest in served.items() if is_allocation(name)}
    found: dict[str, Any] = {"format": TENANT, "targets": targets}
    return {**found, "allocations": allocations} if allocations else found


def root_document(root: Root) -> dict[str, Any]:
    """A root node."""
    return {
        "format": ROOT, "scope": root.scope, "targets": root.targets, "tenants": root.tenants, "tree": root.tree,
    }  # fmt: skip


def read_root(get: Get, root: Digest) -> Root:
    """The root node, verified."""
    document = fetch(get, root, ROOT)
    expect_keys(document, {"format": str, "scope": str, "targets": int, "tenants": int, "tree": str})
    scope = document["scope"]
    if scope not in ("all", "selected"):
        raise wrong("`scope` is neither `all` nor `selected`")
    return Root(scope, document["targets"], document["tenants"], digest_value(document["tree"]))


def target_count(served: Mapping[str, Digest]) -> int:
    """How many targets are among what a tenant is served."""
    return sum(not is_allocation(name) for name in served)


def look_up(get: Get, root: Digest, tenant: str, prompt: str) -> Digest | None:
    """The digest of one target, or of an allocation by its name; None when the root doesn't have it."""
    served = tenant_served(get, root, tenant)
    return None if served is None else served.get(prompt)


def tenant_served(get: Get, root: Digest, tenant: str) -> Mapping[str, Digest] | None:
    """All that one tenant is served, allocations among it as `PROMPT.*`; None when the root doesn't have the tenant."""
    node = find_in(get, TENANTS, read_root(get, root).tree, tenant)
    return None if node is None else read_served(get, node)


def tenant_targets(get: Get, root: Digest, tenant: str) -> Mapping[str, Digest] | None:
    """One tenant's {prompt: digest}, or None when the root doesn't have the tenant."""
    node = find_in(get, TENANTS, read_root(get, root).tree, tenant)
    return None if node is None else read_tenant(get, node)


def walk(get: Get, root: Digest) -> Iterator[tuple[str, str, Digest]]:
    """Every target as (tenant, prompt, digest), sorted; the root's counts are held against what was found.

    A tenant that was forgotten has none here.
    """
    head = read_root(get, root)
    tenants = dict(items_in(get, TENANTS, head.tree))
    count = 0
    is_whole = True
    for tenant in sorted(tenants):
        served = _maybe_forgotten(get, tenants[tenant])
        is_whole = is_whole and served is not None
        for prompt, digest in sorted((served or {}).items()):
            if is_allocation(prompt):
                continue
            count += 1
            yield tenant, prompt, digest
    if len(tenants) != head.tenants or (is_whole and count != head.targets):
        raise wrong("its counts are not those of its targets")


def compare(get: Get, before: Digest, after: Digest) -> tuple[Change, ...]:
    """The targets that two roots serve differently, sorted. Equal subtrees are not read."""
    return tuple(change for change in compare_served(get, before, after) if not is_allocation(change.prompt))


def ends(get: Get, root: Digest, change: Change) -> bool:
    """Whether a root without an allocation says that its prompt is the plain one's alone, and not that there is no prompt."""
    if not is_allocation(change.prompt) or change.after is not None:
        return False
    return look_up(get, root, change.tenant, family_of(change.prompt)) is not None


def walk_served(get: Get, root: Digest) -> Iterator[Change]:
    """All that a root serves, allocations among it, as what it would give a channel that serves nothing; sorted."""
    tenants = dict(items_in(get, TENANTS, read_root(get, root).tree))
    for tenant in sorted(tenants):
        for name, digest in sorted((_maybe_forgotten(get, tenants[tenant]) or {}).items()):
            yield Change(tenant, name, None, digest)


def compare_served(get: Get, before: Digest, after: Digest) -> tuple[Change, ...]:
    """The same with allocations, which are named `PROMPT.*`."""
    if before == after:
        return ()
    changes: list[Change] = []
    pairs = unequal_in(get, TENANTS, read_root(get, before).tree, read_root(get, after).tree)
    for tenant, old, new in pairs:
        left = (_maybe_forgotten(get, old) if old else None) or {}
        right = (_maybe_forgotten(get, new) if new else None) or {}
        for prompt in left.keys() | right.keys():
            if left.get(prompt) != right.get(prompt):
                changes.append(Change(tenant, prompt, left.get(prompt), right.get(prompt)))
    return tuple(sorted(changes, key=lambda change: (change.tenant, change.prompt)))


def nodes_of(get: Get, root: Digest) -> Iterator[Digest]:
    """Every node of the manifest, the root first, artifacts not among them: what a copy of it must hold."""
    yield root
    tree = read_root(get, root).tree
    yield from nodes_in(get, TENANTS, tree)
    yield from (node for _, node in items_in(get, TENANTS, tree))


def read_tenant(get: Get, node: Digest) -> dict[str, Digest]:
    """The {prompt: digest} of a tenant's node, verified."""
    return {name: digest for name, digest in read_served(get, node).items() if not is_allocation(name)}


def read_served(get: Get, node: Digest) -> dict[str, Digest]:
    """All that a tenant's node names: its targets, and its allocations as `PROMPT.*`."""
    document = fetch(get, node, TENANT)
    expect_keys(document, {"format": str, "targets": dict}, {"allocations": dict})
    served = {prompt: digest_value(digest) for prompt, digest in document["targets"].items()}
    allocations = document.get("allocations", {})
    return {**served, **{allocation_name(prompt): digest_value(digest) for prompt, digest in allocations.items()}}


def read_target(data: bytes) -> dict[str, Any]:
    """The document that a tenant may be served by: an artifact, or an allocation. PromptcError D001, D003, D005."""
    try:
        return read_document(data, ARTIFACT)
    except PromptcError as error:
        if error.code != "D005":
            raise
        decode_allocation(data)
        return read_document(data, ALLOCATION)


def _maybe_forgotten(get: Get, node: Digest) -> dict[str, Digest] | None:
    """What a tenant is served, None when the tenant was forgotten."""
    try:
        return read_served(get, node)
    except PromptcError as error:
        if error.code != REMOVED:
            raise
        return None


def _store(blobs: dict[Digest, bytes], document: Mapping[str, Any]) -> Digest:
    data = canonical_bytes(document)
    digest = digest_of(data)
    blobs[digest] = data
    return digest
