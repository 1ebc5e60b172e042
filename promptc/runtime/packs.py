"""Packs: find a blob in a registry's pack files by a few small reads, however large they are.

    blobs/packs/*.pack -> [packs] -> a blob's bytes, to be verified by whoever asked

Read-only, and only what an index says: a service that meets a damaged index takes another copy of the blob, or none, and
`promptc verify --repair` mends it. docs/formats.md has the layout.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress

HEADER = b"promptc.pack/1\n\0"
BLOB_BYTES_MAX = 64 * 1024 * 1024
_FOOTER_BYTES = 16 + 32 + 16
_COUNTS, _ENTRY, _RECORD, _NUMBER = struct.Struct("<QII"), struct.Struct("<32sQI"), struct.Struct("<4sI32s"), struct.Struct("<I")
_BITS_MAX = 24
# Gives so many bytes from an offset on, fewer at the end.
Read = Callable[[int, int], bytes]
_READ = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Packs:
    """The packs of a folder. Threads may share it; it reads by position and holds no place in a file."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._known: dict[str, PackReader | None] = {}
        self._state: tuple[int, int] | None = None

    def get(self, digest: bytes) -> bytes | None:
        """The bytes that a pack has for a digest, not verified; None when no pack has it."""
        for pack in list(self._known.values()):
            found = pack.get(digest) if pack is not None else None
            if found is not None:
                return found
        if not self._look():
            return None
        for pack in list(self._known.values()):
            found = pack.get(digest) if pack is not None else None
            if found is not None:
                return found
        return None

    def _look(self) -> bool:
        """Open packs that came; whether any did. Packs that went away stay readable until they are dropped here."""
        try:
            found = os.stat(self.folder)
            state = (found.st_mtime_ns, found.st_ino)
            if state == self._state:
                return False
            names = [name for name in os.listdir(self.folder) if name.endswith(".pack")]
        except OSError:
            return False
        known = {name: self._known[name] if name in self._known else _opened(f"{self.folder}/{name}") for name in sorted(names)}
        # The largest first: it is the likeliest to have what is asked for.
        self._known = dict(sorted(known.items(), key=lambda one: -one[1].count if one[1] is not None else 0))
        self._state = state
        return True


class PackReader:
    """One pack, read through a function of (bytes, offset); the same for a file and for an object on a server."""

    __slots__ = ("_bits", "_entries", "_fan", "_read", "count")

    def __init__(self, read: Read, fan: int, count: int, bits: int) -> None:
        self._read, self._fan, self.count, self._bits = read, fan, count, bits
        self._entries = fan + (4 << bits) + count

    def get(self, digest: bytes) -> bytes | None:
        """The bytes that the pack has for a digest, not verified; None when it has none."""
        place = self.place_of(digest)
        if place is None:
            return None
        offset, length = place
        record = self._read(_RECORD.size + length, offset)
        return record[_RECORD.size :] if len(record) == _RECORD.size + length else None

    def place_of(self, digest: bytes) -> tuple[int, int] | None:
        """Where a digest's record begins, and how long the blob is; None when the pack has none."""
        bucket = int.from_bytes(digest[:4], "big") >> (32 - self._bits)
        try:
            before = 4 if bucket else 0
            fan = self._read(4 + before, self._fan + 4 * bucket - before).rjust(8, b"\0")
            first, last = (_NUMBER.unpack_from(fan, at)[0] for at in (0, 4))
            if not 0 <= first < last <= self.count or last - first > 4096:
                return None
            found = self._read(_ENTRY.size * (last - first), self._entries + _ENTRY.size * first)
            at = found.find(digest)
            while at >= 0 and at % _ENTRY.size:
                at = found.find(digest, at + 1)
            if at < 0:
                return None
            _, offset, length = _ENTRY.unpack_from(found, at)
        except struct.error:
            return None
        return (offset, length) if length <= BLOB_BYTES_MAX else None

    def entries(self) -> Iterator[tuple[bytes, int]]:
        """Every digest with its length, in order."""
        step = 4096
        for at in range(0, self.count, step):
            chunk = self._read(_ENTRY.size * min(step, self.count - at), self._entries + _ENTRY.size * at)
            for digest, _, length in _ENTRY.iter_unpack(chunk):
                yield digest, length


class _File:
    """A file that is read by position, and closed when nobody holds it any more."""

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __del__(self) -> None:
        with suppress(OSError):
            os.close(self._descriptor)

    def read(self, size_bytes: int, at: int) -> bytes:
        try:
            return os.pread(self._descriptor, size_bytes, at)
        except OSError:
            return b""


def opened_pack(read: Read, size_bytes: int) -> PackReader | None:
    """A pack of this many bytes; None where its footer is none of ours."""
    try:
        footer = read(_FOOTER_BYTES, max(size_bytes - _FOOTER_BYTES, 0))
        index, count, bits = _COUNTS.unpack_from(footer)
    except struct.error:
        return None
    is_ours = footer.endswith(HEADER) and bits <= _BITS_MAX
    if is_ours and index + 4 + (4 << bits) + count + _ENTRY.size * count + _FOOTER_BYTES == size_bytes:
        return PackReader(read, index + 4, count, bits)
    return None


def _opened(path: str) -> PackReader | None:
    try:
        descriptor = os.open(path, _READ)
    except OSError:
        return None
    file = _File(descriptor)
    try:
        size_bytes = os.fstat(descriptor).st_size
    except OSError:
        return None
    return opened_pack(file.read, size_bytes)
