"""Heads: what a channel or a pin says is to be served, followed from one entry to the next and never back.

    a source's small files -> [heads] -> Head -> Prompts

An entry is taken when it is whole, of the lineage that is known, and younger than the one before; of two that stand next to
each other the younger must name the older. A registry that knows less than was seen, or tells it otherwise, is refused, and
what was seen is served on.
"""

from __future__ import annotations

import hashlib
import json

from promptc.core.channel import LINEAGE_FILE, REVOKED, checked_name, entry_name, find_head, hint_name, lineage_of
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.entry import decode_entry
from promptc.core.errors import PromptcError
from promptc.runtime.blobs import write_beside
from promptc.runtime.errors import Damaged, Foreign, NoChannel, Unreachable, WentBack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from promptc.core.entry import Entry
    from promptc.core.pin import Pin
    from promptc.runtime.source import Source

KEPT = "promptc.head/1"
AHEAD_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Head:
    """What is to be served. `entry` is the one that says so, or that a pin names, as far as it is known.

    `revoked` is the newest entry of the registry's revocations, None when there is none or it isn't known. `exceptions` are
    a pin's targets that are served otherwise, `fallback` its root for when the other is revoked.
    """

    lineage: str
    channel: str
    number: int
    root: str
    entry: Entry | None = None
    revoked: Entry | None = None
    pin: str = ""
    exceptions: Mapping[str, str] = field(default_factory=dict)
    fallback: str = ""

    @property
    def moment(self) -> str:
        """How it is called everywhere: `prod@42`."""
        return f"{self.channel}@{self.number}"


def first_head(source: Source, channel: str, kept: Head | None) -> Head:
    """A channel's head as a registry has it now, held against what was seen before. NoChannel, WentBack, Foreign, Damaged."""
    checked_name(channel)
    lineage = _lineage(source)
    if kept is not None and kept.lineage != lineage:
        raise Foreign(
            f"the registry `{source.where}` has another lineage than when it was last seen",
            hint="it was made anew: name the right one, or delete the client's cache folder",
        )
    entry = _decoded(lambda: find_head(source.read, channel))
    if entry is None:
        if kept is not None:
            raise _went_back(channel, 0, kept.number)
        raise NoChannel(f"the registry `{source.where}` has no channel `{channel}`", hint="`promptc channels` lists them")
    _of_lineage(entry, lineage)
    if kept is not None and kept.entry is not None:
        if entry.number < kept.number:
            raise _went_back(channel, entry.number, kept.number)
        _refuse_rewritten(source, kept.entry)
    return Head(lineage, channel, entry.number, entry.root, entry, first_revoked(source, kept.revoked if kept else None, lineage))


def next_head(source: Source, head: Head) -> Head:
    """A channel's head from a known one on; the same value where nothing is new. WentBack, Foreign, Damaged, Unreachable."""
    revoked = first_revoked(source, head.revoked, head.lineage)
    entry = _newer(source, head.channel, head.entry, head.lineage)
    if entry is None:
        return head if revoked is head.revoked else replace(head, revoked=revoked)
    return replace(head, number=entry.number, root=entry.root, entry=entry, revoked=revoked)


def pinned_head(sources: Sequence[Source], pin: Pin, shown: str) -> Head:
    """What a pin says. Each source is asked for the entry that it names, and the last, its registry, for revocations; any of
    them may be out of reach. Foreign, Damaged.
    """
    entry = revoked = None
    for source in sources:
        try:
            if _lineage(source) != pin.lineage:
                raise Foreign(f"the pin `{shown}` is of another lineage than `{source.where}`", hint="name the registry it was made of")
            entry = entry or _entry_of(source, pin.channel, pin.entry)
            if source is sources[-1]:
                revoked = first_revoked(source, None, pin.lineage)
        except Unreachable:
            continue
    return Head(
        pin.lineage, pin.channel, pin.entry, pin.root, entry, revoked, shown, dict(pin.exceptions), pin.fallback or ""
    )  # fmt: skip


def _entry_of(source: Source, channel: str, number: int) -> Entry | None:
    data = source.read(entry_name(channel, number))
    found: Entry | None = None if data is None else _decoded(lambda: decode_entry(data, channel=channel, number=number))
    return found


def next_pinned(source: Source, head: Head) -> Head:
    """A pin's head with newer revocations: all else of it is fixed."""
    revoked = first_revoked(source, head.revoked, head.lineage)
    if head.entry is None:
        entry = _entry_of(source, head.channel, head.number)
        if entry is not None:
            return replace(head, entry=entry, revoked=revoked)
    return head if revoked is head.revoked else replace(head, revoked=revoked)


def first_revoked(source: Source, known: Entry | None, lineage: str) -> Entry | None:
    """The newest entry of the revocations; the known one where nothing is new."""
    if known is None:
        found: Entry | None = _decoded(lambda: find_head(source.read, REVOKED))
        if found is not None:
            _of_lineage(found, lineage)
        return found
    return _newer(source, REVOKED, known, lineage) or known


def _newer(source: Source, channel: str, known: Entry | None, lineage: str) -> Entry | None:
    """The newest entry beyond a known one, None where there is none. A hint leads over a long gap; it is never believed alone."""
    assert known is not None
    found: Entry | None = None
    number = known.number
    data = source.read(entry_name(channel, number + 1))
    if data is None:
        return None
    hinted = _hinted(source, channel)
    if hinted > number + 2:
        far = source.read(entry_name(channel, hinted))
        if far is not None:
            # What lies between is not read, so that what is known must stand there still.
            _refuse_rewritten(source, known)
            number, data = hinted - 1, far
    while data is not None and number - known.number < AHEAD_MAX:
        before, number = found or known, number + 1
        entry = _whole(data, channel, number)
        _of_lineage(entry, lineage)
        if before.number + 1 == number and entry.previous != before.digest:
            raise _rewritten(entry)
        found = entry
        data = source.read(entry_name(channel, number + 1))
    return found


def _refuse_rewritten(source: Source, known: Entry) -> None:
    found = _entry_of(source, known.channel, known.number)
    if found is None or found.digest != known.digest:
        raise _rewritten(known)


def _whole(data: bytes, channel: str, number: int) -> Entry:
    found: Entry = _decoded(lambda: decode_entry(data, channel=channel, number=number))
    return found


def _hinted(source: Source, channel: str) -> int:
    try:
        number = json.loads(source.read(hint_name(channel)) or b"{}").get("number", 0)
        return number if isinstance(number, int) and 0 < number < 10**9 else 0
    except (ValueError, AttributeError, RecursionError):
        return 0


def _lineage(source: Source) -> str:
    data = source.read(LINEAGE_FILE)
    if data is None:
        raise Unreachable(f"`{source.where}` is no registry: it has no `{LINEAGE_FILE}`", hint="name the folder or address that holds it")
    return str(_decoded(lambda: lineage_of(data)))


def _of_lineage(entry: Entry, lineage: str) -> None:
    if entry.lineage != lineage:
        raise Foreign(
            f"`{entry.moment}` belongs to the history of another registry", hint="somebody mixed two registries: `promptc verify`"
        )


def _decoded(read: Callable[[], Any]) -> Any:
    """What was read; whatever is no entry is damage."""
    try:
        return read()
    except (Unreachable, Damaged, Foreign):
        raise
    except PromptcError as error:
        raise Damaged(error.message, hint=error.hint) from error


def _went_back(channel: str, now: int, seen: int) -> WentBack:
    said = f"ends at entry {now}" if now else "is gone"
    return WentBack(
        f"`{channel}` {said}, and entry {seen} was seen before: the registry went back",
        hint="an old copy was put in its place; what was seen is served on",
    )


def _rewritten(entry: Entry) -> WentBack:
    return WentBack(
        f"`{entry.moment}` is not the entry that was seen, or does not follow it: the history was written anew",
        hint="what was seen is served on; `promptc verify` looks into it",
    )


# Kept on the disk, so that a restart without the registry serves what was verified last


def kept_path(folder: str, where: str, name: str) -> str:
    """Where a head is kept: a registry and a channel have a file of their own, whatever they are called."""
    key = hashlib.sha256(json.dumps([where, name]).encode()).hexdigest()
    return f"{folder}/heads/{key}.json"


def keep(path: str, head: Head, time_seconds: float) -> None:
    """Keep a head. Never raises."""
    from promptc.core.entry import encode_entry

    known = {"entry": head.entry, "revoked": head.revoked}
    entries = {name: encode_entry(entry).hex() for name, entry in known.items() if entry is not None}
    body = json.dumps({"format": KEPT, "channel": head.channel, "lineage": head.lineage, "time": time_seconds, **entries}, sort_keys=True)
    write_beside(path, f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}".encode())


def keep_statements(path: str, statements: Mapping[str, bytes]) -> None:
    """Keep what vouched for a head beside it. Never raises."""
    write_beside(f"{path}.signed", json.dumps({name: data.hex() for name, data in statements.items()}).encode())


def kept_statements(path: str) -> dict[str, bytes]:
    """What was kept so; it is held against the trusted keys as if the registry had said it."""
    try:
        with open(f"{path}.signed", "rb") as file:
            return {str(name): bytes.fromhex(data) for name, data in json.loads(file.read()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def kept(path: str, channel: str) -> tuple[Head, float] | None:
    """A head that was kept, with the time at which the registry said so; None where there is none, or it is damaged."""
    try:
        with open(path, "rb") as file:
            digest, _, body = file.read().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            return None
        found = json.loads(body)
        if found["format"] != KEPT or found["channel"] != channel:
            return None
        entry = _entry(found["entry"], channel)
        revoked = _entry(found["revoked"], REVOKED) if "revoked" in found else None
        return Head(found["lineage"], channel, entry.number, entry.root, entry, revoked), float(found["time"])
    except (OSError, ValueError, KeyError, TypeError, PromptcError):
        return None


def _entry(text: str, channel: str) -> Entry:
    data = bytes.fromhex(text)
    return decode_entry(data, channel=channel, number=json.loads(data)["number"])
