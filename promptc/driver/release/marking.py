"""Marking: entries that change nothing of what is served: good marks, holds, and the registry's revocations.

    mark, hold, unhold, revoke -> [marking] -> an entry
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from promptc.core.channel import REVOKED, find_head
from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest
from promptc.core.document import ARTIFACT, ROOT, fetch_bytes
from promptc.core.entry import Entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.holds import Hold, holds_in, with_holds
from promptc.core.manifest import Change, walk_served
from promptc.core.revocations import Revocation, revoked_in, with_revocations
from promptc.core.values import read_json
from promptc.core.visible import shortened
from promptc.driver.release.appending import append, carried
from promptc.driver.release.choosing import Choice
from promptc.driver.release.opening import Desk
from promptc.driver.release.promote import nothing_to_do
from promptc.driver.release.pushing import push_nodes
from promptc.driver.release.source import entry_of, reader, source_of
from promptc.driver.release.who import Author, now

MARKS = ("good", "bad")


def mark(desk: Desk, moment: str, word: str, *, by: Author) -> Entry:
    """Mark an entry, the head by default: `good` is what a rollback goes back to, `bad` what it never does."""
    if word not in MARKS:
        raise PromptcError("C001", f"`{shortened(word)}` is no mark", hint=f"marks are {' and '.join(MARKS)}")
    entry = entry_of(desk, moment)

    def make(head: Entry | None) -> Entry:
        assert head is not None
        said = {"number": entry.number, "as": word}
        return replace(carried(head), kind="mark", time=now(), who=by.who, why=by.why, mark=said)

    with desk.registry.using():
        return append(desk, entry.channel, make)


def marks_in(entries: Sequence[Entry]) -> dict[int, str]:
    """The marks in force by entry number, from entries newest first."""
    found: dict[int, str] = {}
    for entry in entries:
        if entry.mark is not None:
            found.setdefault(entry.mark["number"], entry.mark["as"])
    return found


def hold(desk: Desk, channel: str, select: Sequence[str], *, digest: str | None, by: Author) -> Entry:
    """Hold targets: whatever comes, or only against one digest. PromptcError V019 where nothing is named."""
    against = (source_digest(desk, digest),) if digest else ()

    def changes(head: Entry, served: Sequence[Change]) -> Mapping[str, Hold | None]:
        made = Hold(head.number + 1, by.why, against)
        return {f"{change.tenant}/{change.prompt}": made for change in served}

    return _appended(desk, channel, _Holding(desk, select, "hold", changes, by))


def unhold(desk: Desk, channel: str, select: Sequence[str], *, by: Author) -> Entry:
    """Let held targets go: those selected, or all. PromptcError V010 where none of them is held."""

    def changes(head: Entry, served: Sequence[Change]) -> Mapping[str, Hold | None]:
        names = {f"{change.tenant}/{change.prompt}" for change in served}
        held = [target for target, _ in holds_in(reader(desk), head.holds)]
        return {target: None for target in held if not select or target in names}

    return _appended(desk, channel, _Holding(desk, select, "unhold", changes, by))


@dataclass(frozen=True, slots=True)
class _Holding:
    """Makes an entry that holds targets, or lets them go. `changes` says which, of what is served and was selected."""

    desk: Desk
    select: Sequence[str]
    kind: Literal["hold", "unhold"]
    changes: Callable[[Entry, Sequence[Change]], Mapping[str, Hold | None]]
    by: Author

    def __call__(self, head: Entry | None) -> Entry:
        assert head is not None
        get = reader(self.desk)
        served = list(walk_served(get, head.root))
        gone = [Change(*target.partition("/")[::2], None, None) for target, _ in holds_in(get, head.holds)]
        if self.select:
            served = list(Choice(get, [head.root], [head.tenants]).chosen([*served, *gone], self.select, ()))
        made = self.changes(head, served)
        if not made:
            raise PromptcError(
                "V010",
                f"nothing of that is held in `{head.channel}`",
                hint="`promptc channels` counts what is",
                exit_code=Exit.OK,
            )
        blobs: dict[Digest, bytes] = {}
        holds, count = with_holds(get, head.holds, made, blobs)
        push_nodes(self.desk.registry, blobs)
        entry = replace(carried(head), kind=self.kind, time=now(), holds=holds, held=count)
        return replace(entry, who=self.by.who, why=self.by.why)


def _appended(desk: Desk, channel: str, make: _Holding) -> Entry:
    desk.head(channel)
    with desk.registry.using():
        return append(desk, channel, make)


def revoke(desk: Desk, word: str, *, lift: bool, by: Author) -> Entry:
    """Revoke a root or an artifact for every channel and pin of the registry, or lift that. PromptcError G008, V010."""
    digest = source_digest(desk, word)
    kind = kind_of(desk, digest)

    def make(head: Entry | None) -> Entry:
        get = desk.registry.get
        before = None if head is None else revoked_in(get, head.root, digest)
        if (before is None) == lift:
            raise nothing_to_do(REVOKED)
        blobs: dict[Digest, bytes] = {}
        said = None if lift else Revocation(kind, by.who, now(), by.why)
        tree = with_revocations(get, None if head is None else head.root, {digest: said}, blobs)
        push_nodes(desk.registry, blobs)
        what = {"digest": digest, "lifted": lift}
        return Entry(REVOKED, 0, desk.lineage, "revoke", tree, now(), by.who, by.why, revoked=what)

    with desk.registry.using():
        return append(desk, REVOKED, make, find_head(desk.registry.read, REVOKED))


def kind_of(desk: Desk, digest: Digest) -> str:
    """Whether a digest is a root's or an artifact's. PromptcError D005 for another document."""
    try:
        document = read_json(fetch_bytes(reader(desk), digest))
        found = document.get("format") if isinstance(document, dict) else None
    except ValueError:
        found = None
    if found == ROOT:
        return "root"
    if found == ARTIFACT:
        return "artifact"
    raise PromptcError(
        "D005", f"`{digest[:19]}…` is neither a root nor an artifact", hint="`promptc history` and `promptc list` print both"
    )


def source_digest(desk: Desk, word: str) -> Digest:
    """A digest from a moment (its root), 64 digits, or a unique prefix of what the registry holds."""
    from promptc.core.digest import parse_digest
    from promptc.driver.release.source import longer

    plain = word.removeprefix("sha256:")
    if len(plain) == 64:
        try:
            return parse_digest(f"sha256:{plain}")
        except ValueError:
            pass
    if all(c in "0123456789abcdef" for c in plain) and len(plain) >= 8:
        return longer(desk, plain)
    return source_of(desk, word).root


def good_below(head: Entry, entries: Sequence[Entry]) -> Entry | None:
    """The newest entry marked good below the head, with another root; entries newest first."""
    marks = marks_in(entries)
    for entry in entries:
        if entry.number < head.number and entry.root != head.root and marks.get(entry.number) == "good":
            return entry
    return None
