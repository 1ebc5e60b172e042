"""Channel: a movable name with an append-only history, read through a function that gives small files by name.

    a registry's `read` -> [channel] -> head, an entry, a moment, the way back

Pure. The head is found without listing: from a hint that may lag, the next number is asked for until there is none. A
hint that leads, or is damaged, is not believed: numbers are dense, so that the last one can be searched for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from promptc.core.entry import Entry, decode_entry, is_lineage
from promptc.core.errors import Exit, PromptcError
from promptc.core.pattern import Pattern
from promptc.core.visible import shortened

# Gives a small file of a registry by its name, None when it isn't there.
Read = Callable[[str], bytes | None]

LINEAGE_FILE = "registry.json"
REGISTRY = "promptc.registry/1"
REVOKED = "revoked"
SERVICE = "service/"
NAME_CHARACTERS_MAX = 64
NUMBER_MAX = 10**9

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_TIME = Pattern(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?(Z)?\Z")
_NOT_NAMES = {REVOKED, "service", "working-tree", "build", "root", "git"}


def checked_name(channel: str) -> str:
    """A channel's or service's name, as it is; PromptcError V017 for one that can't be."""
    plain = channel.removeprefix(SERVICE)
    if len(plain) > NAME_CHARACTERS_MAX or not _is_plain(plain) or plain in _NOT_NAMES:
        noun = "service" if channel.startswith(SERVICE) else "channel"
        raise PromptcError(
            "V017",
            f"`{shortened(channel)}` is no name of a {noun}",
            hint=f"use up to {NAME_CHARACTERS_MAX} small letters, digits, `-`, `_` and `.`, as in `prod`",
        )
    return channel


def _is_plain(name: str) -> bool:
    return bool(name) and name[0] in _LETTERS and name[-1] in _LETTERS and not name.strip(_LETTERS + "._-")


def is_name(channel: str) -> bool:
    """Whether a word could be a channel's or a service's name."""
    try:
        return bool(checked_name(channel))
    except PromptcError:
        return False


def folder_of(channel: str) -> str:
    """Where a channel's files stand in a registry."""
    if channel == REVOKED:
        return REVOKED
    return f"services/{channel[len(SERVICE) :]}" if channel.startswith(SERVICE) else f"channels/{channel}"


def entry_name(channel: str, number: int) -> str:
    """The name of an entry's file."""
    return f"{folder_of(channel)}/entries/{number}.json"


def hint_name(channel: str) -> str:
    """The name of the file that says about where the head is."""
    return f"{folder_of(channel)}/head.json"


def hint_of(number: int) -> bytes:
    """What stands in that file."""
    return b'{"number":%d}\n' % number


def find_head(read: Read, channel: str) -> Entry | None:
    """The newest entry of a channel, None when it has none. PromptcError V003 when it is damaged."""
    number = _hinted(read(hint_name(channel)))
    data = read(entry_name(channel, number)) if number else None
    if data is None:
        number, data = _searched(read, channel)
    if data is None:
        return None
    head = decode_entry(data, channel=channel, number=number)
    # Each is read before the next is asked for: a server that answers to any name has no end.
    while (newer := read(entry_name(channel, head.number + 1))) is not None:
        head = decode_entry(newer, channel=channel, number=head.number + 1)
    return head


def entry_at(read: Read, channel: str, number: int) -> Entry:
    """One entry by its number. PromptcError V002 when there is none, V003 when it is damaged."""
    data = read(entry_name(channel, number)) if 0 < number <= NUMBER_MAX else None
    if data is None:
        raise PromptcError(
            "V002", f"there is no entry `{channel}@{number}`", hint=f"`promptc history {channel}` lists them"
        )
    return decode_entry(data, channel=channel, number=number)


def entries_back(read: Read, head: Entry) -> Iterator[Entry]:
    """From an entry to the first, newest first; each is held against the digest that the one after it names.

    PromptcError V003 for a damaged one, V004 where the chain is broken.
    """
    entry = head
    yield entry
    while entry.number > 1:
        try:
            before = entry_at(read, entry.channel, entry.number - 1)
        except PromptcError as error:
            raise _broken(entry, "is missing") if error.code == "V002" else error from None
        if before.digest != entry.previous or before.lineage != entry.lineage:
            raise _broken(entry, "is not the one that it names")
        entry = before
        yield entry
    if entry.previous is not None:
        raise _broken(entry, "is named by the first")


def at_time(read: Read, head: Entry, time: str) -> Entry:
    """The entry that was in force at a time (UTC): the newest that is not younger. PromptcError V002 before the first."""
    for entry in entries_back(read, head):
        if entry.time <= time:
            return entry
    raise PromptcError(
        "V002",
        f"`{head.channel}` had no entry yet at {time}",
        hint=f"`promptc history {head.channel}` lists them with their times",
    )


def parsed_time(text: str) -> str | None:
    """A time of a moment as entries write it; None for anything else. A day alone is its end: all that it did counts."""
    found = _TIME.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, _ = found.groups()
    if hour is None:
        hour, minute, second = "23", "59", "59"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '59'}Z"


def lineage_of(data: bytes) -> str:
    """The lineage that a registry's own file names; PromptcError V003 when it is damaged."""
    try:
        document = json.loads(data)
        lineage = document["lineage"]
        if document["format"] == REGISTRY and is_lineage(lineage):
            return str(lineage)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise PromptcError(
        "V003",
        f"the registry's `{LINEAGE_FILE}` is damaged",
        hint="every entry and every pin of it holds the lineage: `promptc verify --repair` writes it anew",
        exit_code=Exit.INTEGRITY,
    )


def foreign(entry_or_pin: str, theirs: str, ours: str) -> PromptcError:
    """What is said of an entry or a pin that belongs to another registry's history."""
    return PromptcError(
        "V005",
        f"{entry_or_pin} is of the lineage `{theirs[:8]}…`, and this registry's is `{ours[:8]}…`",
        hint="it was made with another registry: name that one, or make it anew here",
        exit_code=Exit.INTEGRITY,
    )


def _hinted(data: bytes | None) -> int:
    try:
        number = json.loads(data or b"{}").get("number", 0)
    except (ValueError, AttributeError, RecursionError):
        return 0
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= NUMBER_MAX else 0


def _searched(read: Read, channel: str) -> tuple[int, bytes | None]:
    """The last of the dense numbers: doubled until there is none, then halved."""
    low, low_data, high = 0, None, 1
    while high <= NUMBER_MAX and (data := read(entry_name(channel, high))) is not None:
        low, low_data, high = high, data, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        data = read(entry_name(channel, middle))
        if data is None:
            high = middle
        else:
            low, low_data = middle, data
    return low, low_data


def _broken(entry: Entry, what: str) -> PromptcError:
    return PromptcError(
        "V004",
        f"the history of `{entry.channel}` is broken: the entry before `{entry.moment}` {what}",
        hint="somebody edited the registry by hand; `promptc verify` says what is still safe to serve",
        exit_code=Exit.INTEGRITY,
    )
