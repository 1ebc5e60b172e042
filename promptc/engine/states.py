"""States: what every file looked like when the last build read it, and the digest of what was read.

    scan -> [states] -> which files can have changed -> driver

As git's index does it: a file whose size, times and inode are those of last time counts as read. The rule has one hole,
and git's answer to it is ours: a file that was written in the same tick of the clock in which it was read can be written
again without a trace. So a file whose times are not clearly older than the moment before the scan began is *racy*: it is
remembered with a state that nothing equals, and read again next time. Times only ever decide what is read, never what
is built: after a fresh checkout all states differ, all files are read, and the digests say that nothing changed.

The file is one block of bytes with a checksum: a damaged one is none, and everything is read again. It names nothing
heavy, since a build without change loads this and no compiler.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from promptc.stores import effects
from promptc.stores.names import spelled
from promptc.stores.scan import NUMBERS, Scan, State

MAGIC = b"promptc.states/1\n"
DIGEST_BYTES = 32
# Coarser than any file system's clock that is in use (FAT counts two seconds).
RACY_NANOSECONDS = 2_500_000_000
UNREAD = bytes(DIGEST_BYTES)
_CHECK_BYTES = 16
_NO_STATE: State = (-1, -1, -1, -1)
# By project path: a file's state and the digest of its bytes then.
Digests = Mapping[str, tuple[State, bytes]]


class Known:
    """What the last build left: `header` is data of the build's own; names and states are a scan's, digests in its order."""

    __slots__ = ("digests", "header", "names", "states")

    def __init__(self, header: dict[str, Any], names: bytes, states: bytes, digests: bytes) -> None:
        self.header = header
        self.names = names
        self.states = states
        self.digests = digests

    def is_scan(self, scan: Scan) -> bool:
        """Whether a scan found the very same names and states, none of them racy."""
        return self.states == scan.states.tobytes() and self.has_names(scan)

    def has_names(self, scan: Scan) -> bool:
        """Whether a scan found the very same names and kinds."""
        return self.names == _packed(scan.names)

    def differing(self, scan: Scan) -> list[tuple[int, str, str]]:
        """The entries whose state in a scan of the same names is another, or was not told: (number, kind, stored path)."""
        numbers = _differing(self.states, scan.states.tobytes())
        if not numbers:
            return []
        kinds, paths = scan.kinds(), scan.paths()
        return [(number, kinds[number], paths[number]) for number in numbers]

    def digests_by_path(self, like: Scan | None = None) -> dict[str, tuple[State, bytes]]:
        """Each regular file's state and digest (32 bytes; UNREAD when it was never read) by project path.

        `like` is a scan that found the same names, where there is one.
        """
        before = Scan()
        before.states = array("q", self.states)
        if like is None and self.names:
            before.names = self.names.decode("utf-8", "surrogateescape").split("\0")
        named = before if like is None else like
        digests = [self.digests[at : at + DIGEST_BYTES] for at in range(0, len(self.digests), DIGEST_BYTES)]
        entries = zip(named.paths(), named.kinds(), zip(before.cells(), digests, strict=True), strict=True)
        return {path if path.isascii() else spelled(path): found for path, kind, found in entries if kind == "f"}


def load(path: Path) -> Known | None:
    """What the last build left; None when there is nothing, or when it is damaged."""
    data = _read(path)
    if data is None:
        return None
    end = len(data) - _CHECK_BYTES
    if not data.startswith(MAGIC) or end < len(MAGIC) or _check(data[:end]) != data[end:]:
        return None
    try:
        lengths = json.loads(data[len(MAGIC) : data.index(b"\n", len(MAGIC))])
        at = data.index(b"\n", len(MAGIC)) + 1
        parts = []
        for length in lengths:
            parts.append(data[at : at + length])
            at += length
        header, names, states, digests = parts
        return Known(json.loads(header), names, states, digests)
    except (ValueError, TypeError):
        return None


def _read(path: Path) -> bytes | None:
    """The bytes of a regular file; None for anything else in its place, of which a pipe would wait for a writer."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    except OSError:
        return None
    finally:
        os.close(descriptor)


def encoded(
    header: Mapping[str, Any], scan: Scan, digests: Digests, began: int, *, known: Known | None = None
) -> bytes:
    """The bytes to keep. `digests` are states and digests of what was read; `began` is when the scan began, in ns.

    A file that was not read, that changed since it was scanned or that is racy gets a state that nothing equals. `known`
    is what the last build left: where the names are the same, only what differs from it is looked at.
    """
    latest = began - RACY_NANOSECONDS
    if known is not None and known.has_names(scan):
        states, kept = _patched(known, scan, digests, latest)
    else:
        states, kept = _made(scan, digests, latest)
    parts = [json.dumps(header).encode(), _packed(scan.names), states.tobytes(), bytes(kept)]
    body = MAGIC + json.dumps([len(part) for part in parts]).encode() + b"\n" + b"".join(parts)
    return body + _check(body)


def _cell(kind: str, scanned: State, found: tuple[State, bytes], latest: int) -> State:
    """The state to keep of one entry. What is no file was never read: it is known by its state alone."""
    state, digest = found
    sound = state == scanned and (digest != UNREAD or kind != "f")
    return state if sound and state[1] < latest and state[2] < latest else _NO_STATE


def _made(scan: Scan, digests: Digests, latest: int) -> tuple[array[int], bytearray]:
    states, kept = array("q"), bytearray()
    for folder, kind, name, scanned in scan.entries():
        if kind != "d":
            path = f"{folder}/{name}" if folder else name
            found = digests.get(path if path.isascii() else spelled(path), (scanned, UNREAD))
            states.extend(_cell(kind, scanned, found, latest))
            kept += found[1]
    return states, kept


def _patched(known: Known, scan: Scan, digests: Digests, latest: int) -> tuple[array[int], bytearray]:
    states, kept = array("q", scan.states), bytearray(known.digests)
    for number, kind, path in known.differing(scan):
        at = number * NUMBERS
        scanned: State = (states[at], states[at + 1], states[at + 2], states[at + 3])
        found = digests.get(spelled(path), (scanned, UNREAD))
        states[at : at + NUMBERS] = array("q", _cell(kind, scanned, found, latest))
        kept[number * DIGEST_BYTES : (number + 1) * DIGEST_BYTES] = found[1]
    return states, kept


def moment(folder: Path) -> int:
    """Now, in nanoseconds, by the earlier of this machine's clock and the file system's own (a server's may be behind)."""
    now = time.time_ns()
    path = folder / f".promptc-{os.getpid()}-clock"
    try:
        descriptor = effects.create(path)
        try:
            found = os.fstat(descriptor)
        finally:
            os.close(descriptor)
            effects.unlink(path)
    except OSError:
        return now
    return min(now, found.st_mtime_ns)


def stale(known: Mapping[str, tuple[State, bytes]], files: Mapping[str, State]) -> list[str]:
    """The files whose state is not the one that was known, so that they must be read."""
    return [path for path, state in files.items() if (known.get(path) or (None,))[0] != state]


def digest_bytes(data: bytes) -> bytes:
    """The digest that states hold."""
    return hashlib.sha256(data).digest()


def _differing(before: bytes, now: bytes) -> list[int]:
    """The numbers of the states that differ. Most blocks of many are equal as a whole."""
    size = NUMBERS * array("q").itemsize
    block = 256 * size
    return [
        at // size
        for start in range(0, len(now), block)
        if before[start : start + block] != now[start : start + block]
        for at in range(start, min(start + block, len(now)), size)
        if before[at : at + size] != now[at : at + size]
    ]


def _packed(names: Iterable[str]) -> bytes:
    return "\0".join(names).encode("utf-8", "surrogateescape")


def _check(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_CHECK_BYTES).digest()
