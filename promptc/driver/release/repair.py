"""Repairing: put right bytes in the place of wrong ones: from the build, another registry, or the sources compiled again.

    Verdict, places that may have the bytes -> [repair] -> whole copies, quarantine

Bytes count only when they have the digest that is asked for, an entry only when it has the digest that the one after it
names. A right copy is stored and read back before the damaged one goes into quarantine; nothing is deleted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from promptc.core.channel import LINEAGE_FILE, REGISTRY, REVOKED, SERVICE, entry_name, find_head, hint_name, hint_of
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest, digest_of
from promptc.core.document import Get, fetch_bytes
from promptc.core.entry import Entry, decode_entry
from promptc.core.errors import PromptcError
from promptc.core.record import Record
from promptc.core.values import canonical_bytes
from promptc.driver.release.verify import Verdict, Wrong
from promptc.stores.build import BuildFolder
from promptc.stores.registry import Upkeep


@dataclass(slots=True)
class Repaired:
    """What was put right, each with where the bytes came from; what could not be."""

    mended: list[tuple[str, str]] = field(default_factory=list)
    left: list[Wrong] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where right bytes may come from. `other` is another registry, `folder` the project's."""

    build: BuildFolder | None = None
    other: Upkeep | None = None
    folder: Path | None = None


def repair(registry: Upkeep, verdict: Verdict, sources: Sources) -> Repaired:
    """Mend what can be mended. PromptcError N003 while others work, D006."""
    with registry.alone():
        return _Repairing(registry, sources).run(verdict)


@dataclass(slots=True)
class _Repairing:
    """One repair under way."""

    registry: Upkeep
    sources: Sources
    made: Repaired = field(default_factory=Repaired)
    compiled: dict[Digest, bytes] | None = None

    def run(self, verdict: Verdict) -> Repaired:
        """Blobs first, then the files that name them."""
        waiting = {wrong.digest: wrong for wrong in verdict.wrong if wrong.digest is not None and not wrong.name}
        self._blobs(waiting)
        if any(wrong.place.startswith("blobs/") for wrong in verdict.wrong):
            self.registry.mend()
            self.registry.refresh()
        for wrong in verdict.wrong:
            if wrong.digest is None and not wrong.name:
                self.made.mended.append((wrong.place, "the blobs in it that are whole"))
        files = sorted((wrong for wrong in verdict.wrong if wrong.name), key=_newest_first)
        for wrong in files:
            self._file(wrong)
        return self.made

    def _blobs(self, waiting: Mapping[Digest, Wrong]) -> None:
        todo = dict(waiting)
        while todo:
            found = {digest: got for digest in todo if (got := self._found(digest)) is not None}
            self.registry.put((digest, data) for digest, (data, _) in sorted(found.items()))
            self.registry.refresh()
            for digest, (_, whence) in sorted(found.items()):
                fetch_bytes(self.registry.get, digest)
                self.made.mended.append((digest, whence))
            lost = [todo[digest] for digest in todo if digest not in found]
            self.made.left += lost
            todo = self._below(found)

    def _below(self, found: Mapping[Digest, tuple[bytes, str]]) -> dict[Digest, Wrong]:
        """What a node that came back names may be missing, too: nobody could tell before."""
        from promptc.driver.release.reach import Reach

        reach = Reach()
        reach.follow(self.registry.get, found)
        known = {wrong.digest for wrong in self.made.left}
        missing = set(reach.wrong)
        missing |= {d for raw in reach.seen if not self.registry.has(d := Digest(f"sha256:{raw.hex()}"))}
        return {d: Wrong("blobs", f"`{d}` is missing", d) for d in missing - known - reach.removed if not self._is_removed(d)}

    def _is_removed(self, digest: Digest) -> bool:
        return self.registry.read(f"forgotten/{digest[7:]}.json") is not None

    def _found(self, digest: Digest) -> tuple[bytes, str] | None:
        """The right bytes of a digest, and where they were."""
        for whence, get in self._places():
            with suppress(PromptcError):
                data = get(digest)
                if digest_of(data) == digest:
                    return data, whence
        compiled = self._recompiled().get(digest)
        return None if compiled is None else (compiled, "the sources, compiled again")

    def _places(self) -> Iterator[tuple[str, Get]]:
        # Another copy in this very registry may be whole.
        yield "another copy", self.registry.get
        if self.sources.build is not None:
            yield "the build", self.sources.build.get
        if self.sources.other is not None:
            yield self.sources.other.where, self.sources.other.get

    def _recompiled(self) -> Mapping[Digest, bytes]:
        """Everything that the sources of the builds behind the heads compile to; only asked for when nobody has it."""
        if self.compiled is None:
            self.compiled = {}
            for record in self._records() if self.sources.folder is not None else ():
                with suppress(PromptcError):
                    self.compiled |= self._compiled(record)
        return self.compiled

    def _records(self) -> Sequence[Digest]:
        from promptc.core.channel import entries_back

        found: dict[Digest, None] = {}
        for channel in self.registry.names("channels"):
            with suppress(PromptcError):
                head = find_head(self.registry.read, channel)
                for entry in entries_back(self.registry.read, head) if head is not None else ():
                    if entry.composed is not None and entry.composed.record is not None:
                        found.setdefault(entry.composed.record)
        return list(found)

    def _compiled(self, record: Digest) -> dict[Digest, bytes]:
        from promptc.core.manifest import make_manifest
        from promptc.driver.earlier import open_record
        from promptc.driver.selection import Selection
        from promptc.driver.targets import compile_selected

        assert self.sources.folder is not None
        made = Record.decode(fetch_bytes(self.registry.get, record))
        opened = open_record(self.sources.folder, made, self.registry.get, "a build")
        work = compile_selected(opened, Selection())
        manifest = make_manifest(work.digests)
        return {**{digest_of(data): data for data in work.artifacts.values()}, **manifest.blobs}

    def _file(self, wrong: Wrong) -> None:
        """A small file: written anew from what is known, or taken from the other registry."""
        data, whence = self._right_file(wrong.name)
        if data is None:
            self.made.left.append(wrong)
            return
        self.registry.set_aside(wrong.name)
        if wrong.name.endswith("/head.json"):
            self.registry.hint(wrong.name, data)
        else:
            self.registry.create(wrong.name, data)
        if self.registry.read(wrong.name) == data:
            self.made.mended.append((wrong.name, whence))
        else:
            self.made.left.append(wrong)

    def _right_file(self, name: str) -> tuple[bytes | None, str]:
        if name == LINEAGE_FILE:
            return self._lineage(), "the entries"
        if name.endswith("/head.json"):
            return self._hint(name), "the entries"
        other = self.sources.other
        if other is None:
            return None, ""
        with suppress(PromptcError):
            data = other.read(name)
            if data is not None and self._fits(name, data):
                return data, other.where
        return None, ""

    def _lineage(self) -> bytes | None:
        """The lineage that every entry names."""
        found = {entry.lineage for entry in self._any_entries()}
        return canonical_bytes({"format": REGISTRY, "lineage": found.pop()}) if len(found) == 1 else None

    def _any_entries(self) -> Iterator[Entry]:
        for folder, prefix in (("channels", ""), ("services", SERVICE)):
            for name in self.registry.names(folder):
                for file in self.registry.names(f"{folder}/{name}/entries"):
                    with suppress(PromptcError, ValueError):
                        data = self.registry.read(f"{folder}/{name}/entries/{file}")
                        if data is not None:
                            yield decode_entry(data, channel=prefix + name, number=int(file.removesuffix(".json")))

    def _hint(self, name: str) -> bytes | None:
        channel = _channel_of(name)
        with suppress(PromptcError):
            head = find_head(self.registry.read, channel)
            if head is not None and hint_name(channel) == name:
                return hint_of(head.number)
        return None

    def _fits(self, name: str, data: bytes) -> bool:
        """Whether a file of another registry is the one that stood here: an entry must be what the next one names."""
        if "/entries/" not in name:
            return _is_sound(name, data)
        channel, number = _channel_of(name), int(name.rpartition("/")[2].removesuffix(".json"))
        entry = decode_entry(data, channel=channel, number=number)
        with suppress(PromptcError):
            after = self.registry.read(entry_name(channel, number + 1))
            if after is not None:
                return decode_entry(after, channel=channel, number=number + 1).previous == entry.digest
        with suppress(PromptcError):
            before = self.registry.read(entry_name(channel, number - 1)) if number > 1 else None
            if before is not None:
                return decode_entry(before, channel=channel, number=number - 1).digest == entry.previous
        return number == 1 and entry.previous is None and entry.lineage in self._lineages()

    def _lineages(self) -> set[str]:
        with suppress(PromptcError, ValueError, KeyError, TypeError):
            return {json.loads(self.registry.read(LINEAGE_FILE) or b"{}")["lineage"]}
        return set()


def _is_sound(name: str, data: bytes) -> bool:
    from promptc.core.approval import decode_approval
    from promptc.core.evidence import read_evidence
    from promptc.core.step import decode_state
    from promptc.core.tombstone import decode_tombstone
    from promptc.driver.release.reach import read_mark

    top, _, rest = name.partition("/")
    if top == "forgotten":
        return bool(decode_tombstone(data, Digest(f"sha256:{rest.removesuffix('.json')}")))
    if top == "plans":
        return bool(read_mark(data))
    if top == "evidence":
        return read_evidence(data, rest).artifact == f"sha256:{rest.partition('/')[0]}"
    if top == "approvals":
        return bool(decode_approval(data, f"sha256:{rest.partition('/')[0]}"))
    return "/steps/" in name and bool(decode_state(data))


def _channel_of(name: str) -> str:
    top, _, rest = name.partition("/")
    if top == REVOKED:
        return REVOKED
    return (SERVICE if top == "services" else "") + rest.partition("/")[0]


def _newest_first(wrong: Wrong) -> tuple[int, int]:
    number = wrong.name.rpartition("/")[2].removesuffix(".json")
    rank = 2 if wrong.name == LINEAGE_FILE else 3 if wrong.name.endswith("head.json") else 1
    return rank, -int(number) if number.isdecimal() else 0
