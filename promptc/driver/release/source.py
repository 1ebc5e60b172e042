"""Source: a root to promote, push, show or pin from: the last build, a channel's moment, a root's digest, a pin file.

    a word -> [source] -> Source: its root, the build record behind it, what services may know of its tenants
"""

from __future__ import annotations

from promptc.core.channel import at_time, checked_name, entries_back, entry_at, is_name, parsed_time
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, parse_digest
from promptc.core.document import Get
from promptc.core.entry import Entry
from promptc.core.errors import PromptcError
from promptc.core.manifest import Root, read_root
from promptc.core.record import Record
from promptc.core.visible import shortened
from promptc.driver.folder import BUILD_FOLDER
from promptc.driver.release.opening import Desk
from promptc.stores.build import BuildFolder

BUILD = "build"
DIGITS_MIN = 8
RECORDS_MAX = 4
ENTRIES_MAX = 50


@dataclass(frozen=True, slots=True)
class Source:
    """Where targets are taken from. `record` is the build record, `tenants` the tree of what services may know of them.

    `entry` is the channel's entry when it is one. `errors` and `warnings` count what the build said, None where that is not
    known.
    """

    moment: str
    root: Digest
    head: Root
    get: Get
    record: Digest | None = None
    tenants: Digest | None = None
    entry: Entry | None = None
    errors: int | None = None
    warnings: int | None = None


def source_of(desk: Desk, word: str | None) -> Source:
    """What a word names that has a root; the last build without one. PromptcError when it names nothing."""
    if word is None or word == BUILD:
        return _build(desk)
    if word.startswith(("sha256:", "root:")):
        return _root(desk, word.removeprefix("root:"))
    if word.endswith((".lock", ".json")) or ("/" in word and not word.startswith("service/")):
        return _pin(desk, word)
    return _channel(desk, word)


def entry_of(desk: Desk, word: str) -> Entry:
    """The entry that a channel's moment names: `prod`, `prod@42`, `prod@2026-03-04T10:00Z`. PromptcError V001, V002."""
    channel, at, when = word.partition("@")
    head = desk.head(checked_name(channel))
    if not at:
        return head
    if when.isdecimal():
        number = int(when[:12])
        return head if number == head.number else entry_at(desk.registry.read, channel, number)
    time = parsed_time(when)
    if time is None:
        raise PromptcError(
            "V002",
            f"`{shortened(word)}` is no moment",
            hint=f"write `{channel}`, `{channel}@{head.number}` or `{channel}@{head.time[:16]}Z`",
        )
    return at_time(desk.registry.read, head, time)


def records_behind(desk: Desk, entry: Entry) -> tuple[Digest, ...]:
    """The newest build records that entries name, from one back: a channel is composed of several builds."""
    found: dict[Digest, None] = {}
    for number, one in enumerate(entries_back(desk.registry.read, entry)):
        if one.composed is not None and one.composed.record is not None:
            found[one.composed.record] = None
        if len(found) == RECORDS_MAX or number == ENTRIES_MAX:
            break
    return tuple(found)


def is_moment(word: str) -> bool:
    """Whether a word is spelled as a channel's moment is."""
    channel, at, when = word.partition("@")
    return is_name(channel) and (not at or when.isdecimal() or parsed_time(when) is not None)


def reader(desk: Desk, *more: Get) -> Get:
    """Reads a digest from the first of several places that has it: the registry, then the others."""

    def get(digest: Digest) -> bytes:
        if desk.registry.has(digest):
            return desk.registry.get(digest)
        for place in more:
            try:
                return place(digest)
            except PromptcError as error:
                if error.code != "D002":
                    raise
        return desk.registry.get(digest)

    return get


def build_of(desk: Desk) -> BuildFolder | None:
    """The project's build folder, None without a project."""
    return None if desk.folder is None else BuildFolder(desk.folder / BUILD_FOLDER)


def _build(desk: Desk) -> Source:
    store = build_of(desk)
    if store is None:
        raise PromptcError(
            "C002",
            "there is no project here whose build could be meant",
            hint="name what to take with `--from`: `staging`, `staging@12`, a root's digest",
        )
    latest = store.latest()
    if latest is None:
        raise PromptcError("G008", "nothing was built here yet", hint="`promptc build` makes a build")
    record = Record.decode(store.get(latest.record))
    head = read_root(store.get, latest.root)
    return Source(
        "build", latest.root, head, reader(desk, store.get), latest.record, record.tenants, None,
        latest.summary.get("errors"), latest.summary.get("warnings"),
    )  # fmt: skip


def _channel(desk: Desk, word: str) -> Source:
    entry = entry_of(desk, word)
    get = reader(desk)
    record = next(iter(records_behind(desk, entry)), None)
    return Source(entry.moment, entry.root, read_root(get, entry.root), get, record, entry.tenants, entry)


def _root(desk: Desk, word: str) -> Source:
    store = build_of(desk)
    get = reader(desk, store.get) if store is not None else reader(desk)
    try:
        root = parse_digest(word if word.startswith("sha256:") else f"sha256:{word}")
    except ValueError:
        root = longer(desk, word.removeprefix("sha256:"))
    return Source(f"root {root[7:16]}", root, read_root(get, root), get)


def longer(desk: Desk, digits: str) -> Digest:
    """The only digest of a build or the registry that begins with these digits, at least 8."""
    store = build_of(desk)
    found = set(store.blobs.with_prefix(digits)) if store is not None and len(digits) >= DIGITS_MIN else set()
    if len(digits) >= DIGITS_MIN:
        found |= {digest for digest in desk.registry.digests() if digest[7:].startswith(digits)}
    if len(found) != 1:
        said = "begins no digest" if not found else "begins several digests"
        hint = "write all 64 digits of it" if found else "`promptc list` and `promptc history` print digests"
        raise PromptcError("G008", f"`{shortened(digits)}` {said} here", hint=hint)
    return found.pop()


def _pin(desk: Desk, word: str) -> Source:
    from promptc.driver.release.pins import pinned_root

    root, get = pinned_root(desk, word)
    return Source(shortened(word), root, read_root(get, root), get)
