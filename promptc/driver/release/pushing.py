"""Pushing: bring into a registry what it lacks of some targets, and read all of it back.

    a source, moves -> [pushing] -> blobs in the registry

Children go before the nodes that name them, so that whatever a kill leaves there is whole below each of its nodes. What
is read back is held against the digests that were asked for: an upload that was acknowledged and lost shows here, and not
in production.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from promptc.core.digest import Digest
from promptc.core.document import Get, fetch_bytes
from promptc.core.errors import PromptcError
from promptc.core.manifest import TENANTS, read_root, read_served, read_target
from promptc.core.record import SOURCES, TENANCIES, Record
from promptc.core.tree import Kind, children_in
from promptc.driver.build import Progress, quiet
from promptc.driver.release.opening import Desk
from promptc.driver.release.source import Source
from promptc.stores.registry import Registry

BATCH = 4096


def push_artifacts(registry: Registry, get: Get, digests: Iterable[Digest], on_progress: Progress = quiet) -> int:
    """Bring artifacts in; how many were missing. Each is read back, whether or not it was there before."""
    wanted = sorted(set(digests))
    missing = [digest for digest in wanted if not registry.has(digest)]
    count = registry.put(_read(get, missing, on_progress)) if missing else 0
    registry.refresh()
    for number, digest in enumerate(wanted):
        if number % BATCH == 0:
            on_progress(number, len(wanted), "checking")
        read_target(_checked(registry, get, digest))
    return count


def push_nodes(registry: Registry, blobs: Mapping[Digest, bytes]) -> int:
    """Bring documents in that were made just now, and read them back."""
    count = registry.put((digest, blobs[digest]) for digest in sorted(blobs) if not _holds(registry, digest))
    registry.refresh()
    for digest in blobs:
        fetch_bytes(registry.get, digest)
    return count


def push_root(registry: Registry, get: Get, root: Digest, on_progress: Progress = quiet) -> int:
    """Bring in a whole root: its artifacts, then its nodes; how many blobs were missing."""
    nodes: list[Digest] = []
    artifacts: set[Digest] = set()
    head = read_root(get, root)
    for node, leaf in _missing_nodes(registry, get, TENANTS, head.tree):
        nodes.append(node)
        for tenant in (leaf or {}).values():
            if not _holds(registry, tenant):
                nodes.append(tenant)
                artifacts.update(read_served(get, tenant).values())
    count = push_artifacts(registry, get, artifacts, on_progress)
    return count + push_nodes(registry, {node: fetch_bytes(get, node) for node in (*nodes, root)})


def push_record(registry: Registry, get: Get, record: Digest | None) -> int:
    """Bring in a build record with the trees that it names; how many blobs were missing."""
    if record is None or _holds(registry, record):
        return 0
    data = fetch_bytes(get, record)
    found = Record.decode(data)
    blobs = {digest: found.nodes[digest] for digest in found.nodes}

    def through(digest: Digest) -> bytes:
        return blobs[digest] if digest in blobs else get(digest)

    for kind, tree in ((SOURCES, found.sources), (TENANCIES, found.tenants)):
        for node, _ in _missing_nodes(registry, through, kind, tree):
            blobs[node] = fetch_bytes(through, node)
    count = push_nodes(registry, blobs)
    return count + push_nodes(registry, {record: data})


def _missing_nodes(
    registry: Registry, get: Get, kind: Kind, node: Digest, place: str = ""
) -> Iterator[tuple[Digest, Mapping[str, Digest] | None]]:
    """The nodes of a tree that a registry lacks, with what a leaf holds. What is below a node that is there, is there."""
    if _holds(registry, node):
        return
    is_leaf, children = children_in(get, kind, node, place)
    yield node, children if is_leaf else None
    if not is_leaf:
        for digit, child in children.items():
            yield from _missing_nodes(registry, get, kind, child, place + digit)


def _checked(registry: Registry, get: Get, digest: Digest) -> bytes:
    """A blob read back; one that turns out to be damaged there is put there once more."""
    try:
        return fetch_bytes(registry.get, digest)
    except PromptcError as error:
        if error.code not in ("D001", "D002", "D004"):
            raise
        registry.put([(digest, fetch_bytes(get, digest))])
        registry.refresh()
        return fetch_bytes(registry.get, digest)


def _holds(registry: Registry, digest: Digest) -> bool:
    """Whether a document is there and whole: a damaged one is put there once more."""
    if not registry.has(digest):
        return False
    try:
        registry.get(digest)
    except PromptcError:
        return False
    return True


def _read(get: Get, digests: list[Digest], on_progress: Progress) -> Iterator[tuple[Digest, bytes]]:
    for number, digest in enumerate(digests):
        if number % BATCH == 0:
            on_progress(number, len(digests), "pushing")
        yield digest, fetch_bytes(get, digest)


def push(desk: Desk, source: Source, on_progress: Progress = quiet) -> int:
    """Bring a whole root and its build record in; how many blobs were missing."""
    with desk.registry.using():
        count = push_root(desk.registry, source.get, source.root, on_progress)
        return count + push_record(desk.registry, source.get, source.record)
