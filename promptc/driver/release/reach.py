"""Reach: every digest that somebody needs, and what each leads to: the one place that says what may not be deleted.

    entries of all channels, plans, young blobs -> [reach] -> gc, retire, forget, verify

What a document names says the table of core/reach.py. A format that isn't known might lead anywhere: who deletes then
deletes nothing, and says so. Each shared node is read once, however many roots lead to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from promptc.core.channel import REVOKED, entries_back, find_head
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest, parse_digest
from promptc.core.document import Get, fetch_bytes, wrong
from promptc.core.entry import Entry
from promptc.core.errors import PromptcError
from promptc.core.reach import KNOWN, named_in
from promptc.core.tombstone import REMOVED
from promptc.driver.release.opening import Desk


def format_of(data: bytes) -> str:
    """The format that a document names, "" for bytes that name none."""
    return named_in(data).kind


def is_unknown(kind: str) -> bool:
    """Whether a document's format is one that this promptc doesn't know."""
    return bool(kind) and kind not in KNOWN


@dataclass(slots=True)
class Reach:
    """What was reached. `wrong` says what is missing or damaged on the way, `removed` what was taken away on purpose,
    `unknown` which documents are of a format that this promptc doesn't know.
    """

    seen: set[bytes] = field(default_factory=set)
    unknown: dict[Digest, str] = field(default_factory=dict)
    wrong: dict[Digest, PromptcError] = field(default_factory=dict)
    removed: set[Digest] = field(default_factory=set)

    def __contains__(self, digest: Digest) -> bool:
        return bytes.fromhex(digest[7:]) in self.seen

    def follow(self, get: Get, digests: Iterable[Digest], on_node: Callable[[int], None] = lambda count: None) -> None:
        """Reach these digests and all that they lead to. Never raises for what is damaged: it is noted."""
        waiting = [(digest, False) for digest in digests]
        while waiting:
            digest, is_artifact = waiting.pop()
            raw = bytes.fromhex(digest[7:])
            if raw in self.seen:
                continue
            self.seen.add(raw)
            if is_artifact:
                continue
            on_node(len(self.seen))
            waiting += self._named(get, digest)

    def _named(self, get: Get, digest: Digest) -> list[tuple[Digest, bool]]:
        try:
            found = named_in(fetch_bytes(get, digest))
        except PromptcError as error:
            if error.code == REMOVED:
                self.removed.add(digest)
            else:
                self.wrong[digest] = error
            return []
        if is_unknown(found.kind) or not found.kind:
            self.unknown[digest] = found.kind
        return [*((child, False) for child in found.digests), *((leaf, True) for leaf in found.leaves)]


def named_by_entry(entry: Entry) -> Iterator[Digest]:
    """The digests that an entry names and that a registry keeps for it."""
    yield entry.root
    found = (entry.tenants, entry.aliases, entry.holds, entry.rollback, entry.settings)
    yield from (digest for digest in found if digest is not None)
    if entry.composed is not None and entry.composed.record is not None:
        yield entry.composed.record


def all_entries(desk: Desk) -> Iterator[Entry]:
    """Every entry of every channel and service, and of the revocations. PromptcError V003, V004 for a damaged one."""
    for channel in (*desk.channels(), REVOKED):
        head = find_head(desk.registry.read, channel)
        if head is not None:
            yield from entries_back(desk.registry.read, head)


def open_plans(desk: Desk) -> Iterator[tuple[str, dict[str, Any]]]:
    """The marks of plans that were written down, by the names of their files. PromptcError D001 for a damaged one."""
    for name in desk.registry.names("plans"):
        data = desk.registry.read(f"plans/{name}")
        if data is not None:
            yield f"plans/{name}", read_mark(data)


def read_mark(data: bytes) -> dict[str, Any]:
    """A plan's mark. PromptcError D001 when it isn't what was written."""
    from promptc.core.document import expect_keys, read_document
    from promptc.core.values import canonical_bytes
    from promptc.driver.release.expecting import PLAN_MARK

    mark = read_document(data, PLAN_MARK)
    expect_keys(mark, {"format": str, "channel": str, "source": str, "time": str}, {"record": (str, type(None))})  # type: ignore[dict-item]
    try:
        for name in ("source", "record"):
            if mark.get(name) is not None:
                parse_digest(mark[name])
    except ValueError as error:
        raise wrong("a digest in it is malformed") from error
    if canonical_bytes(mark) != data:
        raise wrong("it is not what was written")
    return mark


def needed_by_plan(mark: Mapping[str, Any]) -> Iterator[Digest]:
    """What an open plan needs."""
    yield from (Digest(mark[name]) for name in ("source", "record") if mark.get(name) is not None)
