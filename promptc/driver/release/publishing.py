"""Publishing: a registry, or what one service needs of it, as a tree of plain files: for web servers, CDNs and images.

    channels | a pin, a selection -> [publishing] -> registry.json, entries, blobs as files, heads last

Blobs never change and may be kept for ever; small files that move are written last, so that whoever reads meanwhile finds
the old state or the new one. What is there already is compared and left alone; nothing is taken away. The roots stay what
they are, so that entries, pins and signatures hold: of what was not chosen the digests are there, and not the texts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from promptc.core.channel import (
    LINEAGE_FILE,
    REVOKED,
    entries_back,
    entry_name,
    find_head,
    folder_of,
    hint_name,
    hint_of,
)
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.digest import Digest, digest_of
from promptc.core.document import fetch_bytes
from promptc.core.entry import Entry, encode_entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.manifest import TENANTS, Change, read_root, walk_served
from promptc.core.moves import ALIASES
from promptc.core.pin import Pin, encode_pin
from promptc.core.reach import named_in
from promptc.core.record import TENANCIES
from promptc.core.tombstone import FOLDER
from promptc.core.tree import Kind, path_to
from promptc.driver.build import Progress, quiet
from promptc.driver.release.choosing import Choice
from promptc.driver.release.opening import Desk
from promptc.stores.regular import read_regular
from promptc.stores.write import write_file

PIN_FILE = "promptc.lock"


@dataclass(slots=True)
class Published:
    """What was written: blobs and small files that are new there, what was there already, and how many targets it serves."""

    folder: Path
    blobs: int = 0
    blob_bytes: int = 0
    small: int = 0
    same: int = 0
    targets: int = 0
    heads: list[str] = field(default_factory=list)


def export_static(
    desk: Desk, folder: Path, channels: Sequence[str], select: Sequence[str], on_progress: Progress = quiet
) -> Published:
    """Write channels (all, where none is named) with their histories and what their heads serve. PromptcError V001, V019, V043."""
    made = _Publishing(desk, folder, select, on_progress)
    with desk.registry.using():
        made.begin()
        heads = [desk.head(channel) for channel in channels or desk.channels()]
        for head in heads:
            made.root(head.root, head)
        made.revocations()
        for head in heads:
            made.history(head)
            made.hint(head)
            made.done.heads.append(head.moment)
    return made.done


def vendor(desk: Desk, pin: Pin, folder: Path, select: Sequence[str], on_progress: Progress = quiet) -> Published:
    """Write what a pin stands for, of chosen tenants and prompts, with the pin itself. PromptcError V019, V043, D002."""
    from promptc.core.channel import entry_at

    made = _Publishing(desk, folder, select, on_progress)
    with desk.registry.using():
        made.begin()
        entry = entry_at(desk.registry.read, pin.channel, pin.entry)
        for root in (pin.root, *((pin.fallback,) if pin.fallback is not None else ())):
            made.root(root, entry)
        for digest in pin.exceptions.values():
            made.blob(digest)
        made.revocations()
        made.small(entry_name(pin.channel, pin.entry), encode_entry(entry))
        made.hint(entry)
        made.small(PIN_FILE, encode_pin(replace(pin, registry=".")))
        made.done.heads.append(pin.moment)
    return made.done


class _Publishing:
    """One run into one folder."""

    def __init__(self, desk: Desk, folder: Path, select: Sequence[str], on_progress: Progress) -> None:
        self.desk = desk
        self.select = tuple(select)
        self.on_progress = on_progress
        self.done = Published(folder)
        self.get = desk.registry.get
        self.seen: set[Digest] = set()

    def begin(self) -> None:
        """Refuse a folder that is another registry's; write whose it is."""
        data = self.desk.registry.read(LINEAGE_FILE)
        there = read_regular(self.done.folder / LINEAGE_FILE, LINEAGE_FILE)
        if there is not None and there != data:
            raise PromptcError(
                "V043", f"`{self.done.folder.name}` holds another registry",
                hint="name an empty folder, or the one it was written to before", exit_code=Exit.CONFLICT,
            )  # fmt: skip
        self.small(LINEAGE_FILE, data or b"")

    def root(self, root: Digest, entry: Entry) -> None:
        """A root's nodes and the artifacts of what was chosen, and what a service may know of these tenants."""
        served = list(walk_served(self.get, root))
        chosen = self._chosen(root, entry, served)
        tenants = sorted({change.tenant for change in chosen})
        self.done.targets = max(self.done.targets, len(chosen))
        self.blob(root)
        tree = read_root(self.get, root).tree
        self._paths(TENANTS, tree, tenants)
        for number, change in enumerate(chosen):
            if number % 500 == 0:
                self.on_progress(number, len(chosen), change.tenant)
            if change.after is not None:
                self.blob(change.after)
        if entry.tenants is not None:
            self._paths(TENANCIES, entry.tenants, tenants)
        if entry.aliases is not None:
            self._paths(ALIASES, entry.aliases, sorted(self._aliases(entry, set(tenants))))

    def _chosen(self, root: Digest, entry: Entry, served: list[Change]) -> Sequence[Change]:
        if not self.select:
            return served
        return Choice(self.get, [root], [entry.tenants]).chosen(served, self.select, ())

    def _paths(self, kind: Kind, tree: Digest, names: Iterable[str]) -> None:
        """The nodes that lead to names; a tenant's own node is a blob of its own."""
        for name in names:
            for node, value in path_to(self.get, kind, tree, name):
                self.blob(node)
                if kind is TENANTS and value is not None:
                    self.blob(value)

    def _aliases(self, entry: Entry, tenants: set[str]) -> Iterator[str]:
        from promptc.core.tree import items_in

        assert entry.aliases is not None
        yield from (alias for alias, tenant in items_in(self.get, ALIASES, entry.aliases) if tenant in tenants)

    def revocations(self) -> None:
        """What nobody should serve any more, whole; and what stands for texts that were removed."""
        head = find_head(self.desk.registry.read, REVOKED)
        if head is not None:
            waiting = [head.root]
            while waiting:
                digest = waiting.pop()
                self.blob(digest)
                waiting += named_in(fetch_bytes(self.get, digest)).digests
            self.history(head)
            self.hint(head)
        for name in self.desk.registry.names(FOLDER):
            data = self.desk.registry.read(f"{FOLDER}/{name}")
            if data is not None:
                self.small(f"{FOLDER}/{name}", data)

    def history(self, head: Entry) -> None:
        """All entries of a channel, the oldest first: a reader never finds one without the one before it."""
        for entry in list(entries_back(self.desk.registry.read, head))[::-1]:
            self.small(entry_name(entry.channel, entry.number), encode_entry(entry))

    def hint(self, head: Entry) -> None:
        """Where the head is, and who vouches for it."""
        folder = f"{folder_of(head.channel)}/signed"
        for name in self.desk.registry.names(folder):
            data = self.desk.registry.read(f"{folder}/{name}")
            if data is not None:
                self.small(f"{folder}/{name}", data)
        self.small(hint_name(head.channel), hint_of(head.number))

    def blob(self, digest: Digest) -> None:
        """A blob as a file of its own; one that is there and damaged is put right."""
        if digest in self.seen:
            return
        self.seen.add(digest)
        path = self.done.folder / "blobs/sha256" / digest[7:9] / digest[7:]
        if os.path.lexists(path) and (there := read_regular(path, digest)) is not None and digest_of(there) == digest:
            self.done.same += 1
            return
        data = fetch_bytes(self.get, digest)
        write_file(path, data)
        self.done.blobs += 1
        self.done.blob_bytes += len(data)

    def small(self, name: str, data: bytes) -> None:
        """A small file."""
        path = self.done.folder / name
        if os.path.lexists(path) and read_regular(path, name) == data:
            self.done.same += 1
            return
        write_file(path, data)
        self.done.small += 1
