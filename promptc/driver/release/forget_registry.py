"""Forgetting in a registry: what it holds of a tenant, whether or not an entry names it, and the entries that let it go.

    every blob of a registry, a tenant's id -> [forget registry] -> Holdings -> entries, tombstones

Every blob is looked at, since what was pushed and never promoted is there, too. A node or artifact that another tenant
uses as well holds nothing of this tenant's own, and stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from promptc.core.channel import SERVICE, entries_back
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.digest import Digest
from promptc.core.document import ARTIFACT, ENTRIES, TENANT, TREE, fetch_bytes
from promptc.core.entry import Entry
from promptc.core.errors import PromptcError
from promptc.core.holds import HOLDS, holds_in, with_holds
from promptc.core.manifest import TENANTS, Change, read_root, tenant_targets
from promptc.core.moves import ALIASES, Known, composed, known_after
from promptc.core.reach import named_in
from promptc.core.record import RECORD_1, TENANCIES
from promptc.core.rollback import MOVES, SUSPECTS
from promptc.core.tree import find_in, items_in
from promptc.core.values import read_json
from promptc.driver.build import Progress, quiet
from promptc.driver.release.appending import append, carried, keep
from promptc.driver.release.burying import bury, size_of
from promptc.driver.release.opening import Desk
from promptc.driver.release.pushing import push_nodes
from promptc.driver.release.reach import open_plans
from promptc.driver.release.who import Author, now

EVIDENCE = "evidence"
_READ = tuple(kind.encode() for kind in (TREE, TENANT, ENTRIES, HOLDS, MOVES.format, SUSPECTS.format, RECORD_1))
_ARTIFACT = ARTIFACT.encode()


@dataclass(slots=True)
class Holdings:
    """What a registry holds of a tenant. `heads` are the channels that serve or know it, `pinned` the services that serve it.

    `artifacts` are those that only it uses, `nodes` its own nodes, `labels` nodes that hold its labels or aliases (and those
    of up to 63 others, for old entries alone). `shared` counts artifacts that others use, too; `named` nodes that hold its
    id and no text, `selected` entries whose selection names it.
    """

    artifacts: list[Digest] = field(default_factory=list)
    nodes: list[Digest] = field(default_factory=list)
    labels: list[Digest] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    heads: list[Entry] = field(default_factory=list)
    pinned: list[Entry] = field(default_factory=list)
    shared: int = 0
    named: int = 0
    selected: int = 0
    is_known: bool = False

    @property
    def doomed(self) -> list[Digest]:
        """The blobs that go."""
        return [*self.artifacts, *self.nodes, *self.labels]


def look(desk: Desk, tenant: str, on_progress: Progress = quiet) -> Holdings:
    """What a registry holds of a tenant now."""
    return _Looking(desk, tenant, on_progress).run()


def let_go(desk: Desk, tenant: str, held: Holdings, by: Author) -> list[Entry]:
    """Append to each channel that serves or knows the tenant an entry that does no more. While `alone`."""
    for channel in desk.channels():
        head = desk.head(channel)
        if head.kind == "forget":
            keep(desk, head)
    return [append(desk, head.channel, _Letting(desk, tenant, by)) for head in held.heads]


def remove(desk: Desk, held: Holdings, on_progress: Progress = quiet) -> int:
    """Take out what it holds; how many bytes of blobs. While `alone`, after `let_go`."""
    for name in (*held.plans, *held.evidence):
        desk.registry.remove(name)
    return bury(desk.registry, held.doomed, "forgotten", on_progress)


@dataclass(slots=True)
class _Looking:
    """One pass over a registry."""

    desk: Desk
    tenant: str
    on_progress: Progress
    made: Holdings = field(default_factory=Holdings)
    own: set[Digest] = field(default_factory=set)
    others: set[Digest] = field(default_factory=set)
    targets: list[Digest] = field(default_factory=list)

    def run(self) -> Holdings:
        """Look at every blob, then at what only this tenant uses."""
        if self.desk.lineage:
            self._blobs()
            self._texts()
            self._heads()
            self._small()
        return self.made

    def _blobs(self) -> None:
        registry = self.desk.registry
        total = sum(1 for _ in registry.digests())
        for number, digest in enumerate(registry.digests()):
            if number % 1000 == 0:
                self.on_progress(number, total, "looking")
            with suppress(PromptcError):
                data = fetch_bytes(registry.get, digest)
                if any(kind in data for kind in _READ):
                    self._document(digest, data)

    def _document(self, digest: Digest, data: bytes) -> None:
        try:
            document = read_json(data)
            kind = document.get("format") if isinstance(document, dict) else None
        except ValueError:
            return
        if kind == TENANT:
            self.targets.append(digest)
        elif kind == TREE and "tenants" in document:
            nodes: Mapping[str, str] = document["tenants"]
            self.others.update(Digest(node) for name, node in nodes.items() if name != self.tenant)
            if self.tenant in nodes:
                self.own.add(Digest(nodes[self.tenant]))
                self.made.named += 1
                self.made.is_known = True
        elif kind == ENTRIES:
            if self._knows(document.get("entries", {})):
                self.made.labels.append(digest)
        elif kind == RECORD_1:
            if self.tenant in document["predicate"]["tenants"]:
                self.made.labels.append(digest)
        elif kind in (HOLDS, MOVES.format, SUSPECTS.format) and f'"{self.tenant}'.encode() in data:
            self.made.named += any(self._names(name) for name in _names_in(document))

    def _knows(self, entries: Mapping[str, Any]) -> bool:
        """Whether a leaf holds the tenant's labels, or an alias of it; digests are those of files."""
        found = entries.get(self.tenant)
        return isinstance(found, dict) or any(value == self.tenant for value in entries.values() if isinstance(value, str))

    def _names(self, name: str) -> bool:
        return name.partition("/")[0] == self.tenant

    def _texts(self) -> None:
        """Its artifacts: those that no node of another tenant names."""
        get = self.desk.registry.get
        self.made.nodes = sorted(digest for digest in self.own - self.others if self.desk.registry.has(digest))
        wanted: set[Digest] = set()
        for node in self.own:
            with suppress(PromptcError):
                wanted.update(named_in(fetch_bytes(get, node)).leaves)
        shared: set[Digest] = set()
        for node in self.targets:
            if node in self.others:
                shared.update(wanted.intersection(named_in(fetch_bytes(get, node)).leaves))
        self.made.artifacts = sorted(digest for digest in wanted - shared if self.desk.registry.has(digest))
        self.made.shared = len(shared)
        # What names such a text and belongs to nobody was never finished: it would only miss it.
        lost = set(self.made.artifacts)
        for node in self.targets:
            if node not in self.others and node not in self.own and lost.intersection(named_in(fetch_bytes(get, node)).leaves):
                self.made.nodes.append(node)

    def _heads(self) -> None:
        get = self.desk.registry.get
        for channel in self.desk.channels():
            head = self.desk.head(channel)
            for entry in entries_back(self.desk.registry.read, head):
                if entry.composed is not None and self.tenant in (*entry.composed.select, *entry.composed.exclude):
                    self.made.selected += 1
            serves = find_in(get, TENANTS, read_root(get, head.root).tree, self.tenant) is not None
            if channel.startswith(SERVICE):
                if serves:
                    self.made.pinned.append(head)
            elif serves or self._is_known_to(head):
                self.made.heads.append(head)
        self.made.is_known = self.made.is_known or bool(self.made.heads or self.made.labels)

    def _is_known_to(self, head: Entry) -> bool:
        get = self.desk.registry.get
        if head.tenants is not None and find_in(get, TENANCIES, head.tenants, self.tenant) is not None:
            return True
        if head.aliases is not None and any(found == self.tenant for _, found in items_in(get, ALIASES, head.aliases)):
            return True
        return any(self._names(target) for target, _ in holds_in(get, head.holds))

    def _small(self) -> None:
        registry = self.desk.registry
        for digest in self.made.artifacts:
            self.made.evidence += [f"{EVIDENCE}/{digest[7:]}/{name}" for name in registry.names(f"{EVIDENCE}/{digest[7:]}")]
        for name, mark in open_plans(self.desk):
            with suppress(PromptcError):
                if find_in(registry.get, TENANTS, read_root(registry.get, Digest(mark["source"])).tree, self.tenant) is not None:
                    self.made.plans.append(name)


class _Letting:
    """Makes the entry with which a channel serves and knows a tenant no more; everything else stays as it is."""

    def __init__(self, desk: Desk, tenant: str, by: Author) -> None:
        self.desk = desk
        self.tenant = tenant
        self.by = by

    def __call__(self, head: Entry | None) -> Entry:
        assert head is not None
        get = self.desk.registry.get
        blobs: dict[Digest, bytes] = {}
        served: Mapping[str, Digest] = {}
        with suppress(PromptcError):
            served = tenant_targets(get, head.root, self.tenant) or {}
        moves = [Change(self.tenant, prompt, digest, None) for prompt, digest in sorted(served.items())]
        root = composed(get, head.root, moves, blobs).root if moves else head.root
        known = known_after(get, Known(head.tenants, head.aliases), None, {self.tenant: False}, blobs)
        held = {target: None for target, _ in holds_in(get, head.holds) if target.partition("/")[0] == self.tenant}
        holds, count = with_holds(get, head.holds, held, blobs) if held else (head.holds, head.held)
        push_nodes(self.desk.registry, blobs)
        return replace(
            carried(head), kind="forget", root=root, tenants=known.tenants, aliases=known.aliases, holds=holds, held=count,
            time=now(), who=self.by.who, why=self.by.why,
        )  # fmt: skip


def sizes(desk: Desk, digests: list[Digest]) -> Iterator[tuple[Digest, int]]:
    """Blobs with their lengths in bytes."""
    yield from ((digest, size_of(desk.registry, digest)) for digest in digests)


def _names_in(document: Mapping[str, Any]) -> Iterator[str]:
    for value in document.values():
        if isinstance(value, dict):
            yield from map(str, value)
