"""Verifying: read everything of a registry and a build again, and say what is wrong, what it affects, what is still safe.

    every copy, every small file, every chain, every root -> [verify] -> Verdict -> repair

Each copy of each blob is read once, and each shared node is followed once; which entries and targets a damage affects is
only asked for where there is some. What was retired or forgotten is no damage.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from promptc.core.approval import decode_approval
from promptc.core.channel import (
    LINEAGE_FILE,
    REVOKED,
    SERVICE,
    entries_back,
    entry_name,
    find_head,
    folder_of,
    hint_name,
    is_name,
    lineage_of,
)
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest
from promptc.core.document import fetch_bytes, wrong
from promptc.core.entry import Entry
from promptc.core.errors import PromptcError
from promptc.core.evidence import read_evidence
from promptc.core.manifest import TENANTS, read_root, read_served, read_target
from promptc.core.reach import named_in
from promptc.core.step import decode_state
from promptc.core.tombstone import FOLDER, REMOVED, decode_tombstone
from promptc.core.tree import items_in
from promptc.driver.build import Progress, quiet
from promptc.driver.release.reach import Reach, named_by_entry, needed_by_plan, read_mark
from promptc.stores.build import BuildFolder
from promptc.stores.registry import Upkeep

AFFECTED_MAX = 1000


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that isn't what it was. `digest` names the blob, `name` the small file, where it is one of them."""

    place: str
    why: str
    digest: Digest | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Safe:
    """What a channel's head is good for: how many targets it serves, and those whose text or nodes aren't whole."""

    channel: str
    number: int
    targets: int
    unsafe: tuple[str, ...]
    count: int

    @property
    def is_whole(self) -> bool:
        """Whether all of it is safe to serve."""
        return not self.count


@dataclass(slots=True)
class Verdict:
    """What was read, what is wrong with it, what is still safe to serve; `affected` are entries that lead to damage.

    `removed` counts blobs that were retired or forgotten, `notes` say what is odd and harms nobody.
    """

    blobs: int = 0
    entries: int = 0
    small: int = 0
    removed: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    safe: list[Safe] = field(default_factory=list)
    affected: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def broken(self) -> set[Digest]:
        """The digests that no whole copy was found of."""
        return {found.digest for found in self.wrong if found.digest is not None and not found.name}


def verify(registry: Upkeep, channels: tuple[str, ...] = (), on_progress: Progress = quiet) -> Verdict:
    """Read everything of a registry; of channels that are named, only what they lead to. Never raises for damage."""
    return _Verifying(registry, channels, on_progress).run()


def verify_build(store: BuildFolder) -> list[Wrong]:
    """What is wrong in a build: a build makes anew whatever is."""
    found = [Wrong(f"build/blobs/{fault.place}", fault.why, fault.digest) for fault in store.blobs.audit()]
    try:
        latest = store.latest()
    except PromptcError as error:
        return [*found, Wrong("build/latest.json", error.message, name="latest.json")]
    if latest is not None:
        reach = Reach()
        reach.follow(store.get, [latest.root, latest.record])
        known = {wrong.digest for wrong in found}
        missing = [digest for digest in reach.wrong if digest not in known]
        missing += [d for raw in reach.seen if not store.blobs.has(d := Digest(f"sha256:{raw.hex()}")) and d not in reach.wrong]
        found += [Wrong("build/", f"`{digest[:19]}…` is missing or damaged", digest) for digest in missing]
    return found


@dataclass(slots=True)
class _Verifying:
    """One registry under way."""

    registry: Upkeep
    channels: tuple[str, ...]
    on_progress: Progress
    made: Verdict = field(default_factory=Verdict)
    heads: dict[str, Entry] = field(default_factory=dict)
    chains: list[Entry] = field(default_factory=list)
    lineage: str = ""

    def run(self) -> Verdict:
        """Read all, then say what it comes to."""
        self._lineage()
        for channel in self.channels or self._all_channels():
            self._chain(channel)
        if not self.channels:
            self._copies()
            self._small_files()
        self._nodes()
        self._affected()
        return self.made

    def _note(self, place: str, why: str, digest: Digest | None = None, *, name: str = "") -> None:
        self.made.wrong.append(Wrong(place, why, digest, name))

    def _lineage(self) -> None:
        data = self._read(LINEAGE_FILE)
        try:
            self.lineage = lineage_of(data) if data is not None else ""
            if data is None or json.loads(data).keys() != {"format", "lineage"}:
                self._note(LINEAGE_FILE, "it is missing, or not what was written", name=LINEAGE_FILE)
        except PromptcError as error:
            self._note(LINEAGE_FILE, error.message, name=LINEAGE_FILE)

    def _read(self, name: str) -> bytes | None:
        try:
            return self.registry.read(name)
        except PromptcError as error:
            self._note(name, error.message, name=name)
            return None

    def _all_channels(self) -> Iterator[str]:
        yield from (name for name in self.registry.names("channels") if is_name(name))
        yield from (SERVICE + name for name in self.registry.names("services") if is_name(SERVICE + name))
        if self.registry.names(REVOKED):
            yield REVOKED

    def _chain(self, channel: str) -> None:
        """Every entry by its own bytes, then each against the one after it, and the hint."""
        read = self.registry.read
        listed = self.registry.names(f"{folder_of(channel)}/entries")
        numbers = sorted(int(name[:-5]) for name in listed if name.endswith(".json") and name[:-5].isdecimal())
        try:
            head = find_head(read, channel)
            if head is not None:
                self.heads[channel] = head
                for entry in entries_back(read, head):
                    self.made.entries += 1
                    self.chains.append(entry)
                    if self.lineage and entry.lineage != self.lineage:
                        self._note(entry_name(channel, entry.number), "it is of another lineage", name=entry_name(channel, entry.number))
        except PromptcError:
            pass
        reached = {entry.number for entry in self.chains if entry.channel == channel}
        top = max((*numbers, self._hinted(channel)), default=0)
        for number in range(1, top + 1):
            if number not in reached:
                self._lone(channel, number)

    def _lone(self, channel: str, number: int) -> None:
        """An entry that the chain doesn't reach: what is wrong with it itself, or else with what leads to it."""
        from promptc.core.entry import decode_entry

        name = entry_name(channel, number)
        data = self._read(name)
        if data is None:
            if not any(wrong.name == name for wrong in self.made.wrong):
                self._note(name, "it is missing", name=name)
            return
        try:
            entry = decode_entry(data, channel=channel, number=number)
        except PromptcError as error:
            self._note(name, error.message, name=name)
            return
        self.made.entries += 1
        self.chains.append(entry)
        after = next((found for found in self.chains if found.channel == channel and found.number == number + 1), None)
        if after is not None and after.previous != entry.digest:
            self._note(name, f"`{channel}@{number + 1}` names another as the one before it", name=name)

    def _hinted(self, channel: str) -> int:
        name = hint_name(channel)
        data = self._read(name)
        if data is None:
            return 0
        head = self.heads.get(channel)
        try:
            number = json.loads(data)["number"]
            if not isinstance(number, int) or isinstance(number, bool):
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError):
            self._note(name, "it is no hint; the head is found without it", name=name)
            return 0
        if data != b'{"number":%d}\n' % number or number < 1 or number > 10**7:
            self._note(name, "it is no hint; the head is found without it", name=name)
        elif head is not None and number > head.number:
            # A hint never leads: either it is damaged, or entries were taken away.
            self._note(name, f"it names entry {number}, and the newest that is there is {head.number}", name=name)
        elif head is not None and number < head.number:
            self.made.notes.append(f"`{name}` lags: it names entry {number} of {head.number}, which only costs a few looks")
        return 0

    def _copies(self) -> None:
        """Every copy of every blob."""
        total = sum(1 for _ in self.registry.written())
        self.made.blobs = total
        self.on_progress(0, max(total, 1), "reading")
        for fault in self.registry.audit():
            self._note(f"blobs/{fault.place}", fault.why, fault.digest)

    def _nodes(self) -> None:
        """Whatever entries and open plans lead to is there."""
        reach = Reach()
        get = self.registry.get
        for number, entry in enumerate(self.chains):
            self.on_progress(number, len(self.chains), entry.moment)
            reach.follow(get, named_by_entry(entry))
        for name in () if self.channels else self.registry.names("plans"):
            data = self._read(f"plans/{name}")
            if data is not None:
                self._checked(f"plans/{name}", lambda data=data: reach.follow(get, needed_by_plan(read_mark(data))))  # type: ignore[misc]
        self.made.removed += len(reach.removed)
        known = self.made.broken()
        for digest, error in reach.wrong.items():
            if digest not in known:
                self._note("blobs", error.message, digest)
        for digest, name in reach.unknown.items():
            self.made.notes.append(f"`{digest[:19]}…` is of the format `{name[:40]}`, which this promptc does not know")
        for raw in reach.seen:
            digest = Digest(f"sha256:{raw.hex()}")
            if digest in reach.wrong or digest in reach.removed or digest in known:
                continue
            self._leaf(digest)

    def _leaf(self, digest: Digest) -> None:
        # Copies were all read already, unless only some channels are looked at.
        if self.registry.has(digest) and not self.channels:
            return
        try:
            fetch_bytes(self.registry.get, digest)
        except PromptcError as error:
            if error.code == REMOVED:
                self.made.removed += 1
            else:
                self._note("blobs", error.message, digest)

    def _small_files(self) -> None:
        names = self.registry.names
        for name in names(FOLDER):
            path = f"{FOLDER}/{name}"
            self._file(path, lambda data, name=name: decode_tombstone(data, _digest_in(name)))  # type: ignore[misc]
        for name in names("plans"):
            self._file(f"plans/{name}", read_mark)
        for plan in names("approvals"):
            for name in names(f"approvals/{plan}"):
                self._file(f"approvals/{plan}/{name}", lambda data, plan=plan: decode_approval(data, f"sha256:{plan}"))  # type: ignore[misc]
        for artifact in names("evidence"):
            for name in names(f"evidence/{artifact}"):
                self._file(f"evidence/{artifact}/{name}", lambda data, artifact=artifact: _evidence(data, artifact))  # type: ignore[misc]
        for channel in self.heads:
            for number in names(f"{folder_of(channel)}/steps"):
                for name in names(f"{folder_of(channel)}/steps/{number}"):
                    self._file(f"{folder_of(channel)}/steps/{number}/{name}", decode_state)

    def _file(self, name: str, decode: Callable[[bytes], object]) -> None:
        self.made.small += 1
        data = self._read(name)
        if data is not None:
            self._checked(name, lambda: decode(data))

    def _checked(self, name: str, act: Callable[[], object]) -> None:
        try:
            act()
        except PromptcError as error:
            if not any(wrong.name == name for wrong in self.made.wrong):
                self._note(name, error.message, name=name)

    def _affected(self) -> None:
        broken = self.made.broken()
        for channel, head in self.heads.items():
            if channel != REVOKED:
                self.made.safe.append(self._safe(head))
        if broken:
            shared: dict[Digest, bool] = {}
            for entry in self.chains:
                if any(_leads(self.registry, digest, broken, shared) for digest in named_by_entry(entry)):
                    self.made.affected.append(entry.moment)

    def _safe(self, head: Entry) -> Safe:
        """A head's targets whose artifact can be read; all of those of a tenant whose node can't."""
        get = self.registry.get
        unsafe: list[str] = []
        try:
            root = read_root(get, head.root)
            tenants = dict(items_in(get, TENANTS, root.tree))
        except PromptcError:
            return Safe(head.channel, head.number, 0, ("every target",), 1)
        checked: dict[Digest, bool] = {}
        for tenant, node in sorted(tenants.items()):
            try:
                targets = read_served(get, node)
            except PromptcError:
                unsafe.append(f"{tenant}/*")
                continue
            unsafe += [f"{tenant}/{prompt}" for prompt, digest in sorted(targets.items()) if not self._is_good(digest, checked)]
        return Safe(head.channel, head.number, root.targets, tuple(unsafe[:AFFECTED_MAX]), len(unsafe))

    def _is_good(self, digest: Digest, checked: dict[Digest, bool]) -> bool:
        if digest not in checked:
            try:
                read_target(fetch_bytes(self.registry.get, digest))
                checked[digest] = True
            except PromptcError:
                checked[digest] = False
        return checked[digest]


def _leads(registry: Upkeep, digest: Digest, broken: set[Digest], shared: dict[Digest, bool]) -> bool:
    """Whether a digest leads to a broken one; each node is asked once."""
    if digest in shared:
        return shared[digest]
    if digest in broken:
        shared[digest] = True
        return True
    shared[digest] = False
    try:
        named = named_in(fetch_bytes(registry.get, digest))
    except PromptcError:
        return False
    # Each child is asked, so that each is asked once.
    found = [_leads(registry, child, broken, shared) for child in named.digests]
    shared[digest] = any(found) or any(leaf in broken for leaf in named.leaves)
    return shared[digest]


def _evidence(data: bytes, artifact: str) -> None:
    """Evidence that is whole, and of the artifact that it stands under."""
    if read_evidence(data, artifact[:12]).artifact != f"sha256:{artifact}":
        raise wrong("the evidence is of another artifact")


def _digest_in(name: str) -> Digest:
    """The digest that a file is called by."""
    return Digest(f"sha256:{name.removesuffix('.json')}")
