"""Packs: find a blob in a registry's pack files by a few small reads, however large they are.

    blobs/packs/*.pack -> [packs] -> a blob's bytes, to be verified by whoever asked

Read-only, and only what an index says: a service that meets a damaged index takes another copy of the blob, or none, and
`promptc verify --repair` mends it. docs/formats.md has the layout.
"""

from __future__ import annotations

import os
import struct
from contextlib import suppress

HEADER = b"promptc.pack/1\n\0"
BLOB_BYTES_MAX = 64 * 1024 * 1024
_FOOTER_BYTES = 16 + 32 + 16
_COUNTS, _ENTRY, _RECORD, _NUMBER = struct.Struct("<QII"), struct.Struct("<32sQI"), struct.Struct("<4sI32s"), struct.Struct("<I")
_BITS_MAX = 24
_READ = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Packs:
    """The packs of a folder. Threads may share it; it reads by position and holds no place in a file."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._known: dict[str, _Pack | None] = {}
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
        self._known, self._state = known, state
        return True


class _Pack:
    """One pack: its descriptor and where its index is."""

    __slots__ = ("_bits", "_count", "_descriptor", "_entries", "_fan")

    def __init__(self, descriptor: int, fan: int, count: int, bits: int) -> None:
        self._descriptor, self._fan, self._count, self._bits = descriptor, fan, count, bits
        self._entries = fan + (4 << bits) + count

    def __del__(self) -> None:
        with suppress(OSError):
            os.close(self._descriptor)

    def get(self, digest: bytes) -> bytes | None:
        bucket = int.from_bytes(digest[:4], "big") >> (32 - self._bits)
        try:
            before = 4 if bucket else 0
            fan = os.pread(self._descriptor, 4 + before, self._fan + 4 * bucket - before).rjust(8, b"\0")
            first, last = (_NUMBER.unpack_from(fan, at)[0] for at in (0, 4))
            if not 0 <= first < last <= self._count or last - first > 4096:
                return None
            found = os.pread(self._descriptor, _ENTRY.size * (last - first), self._entries + _ENTRY.size * first)
            at = found.find(digest)
            while at >= 0 and at % _ENTRY.size:
                at = found.find(digest, at + 1)
            if at < 0:
                return None
            _, offset, length = _ENTRY.unpack_from(found, at)
            if length > BLOB_BYTES_MAX:
                return None
            record = os.pread(self._descriptor, _RECORD.size + length, offset)
        except (OSError, struct.error):
            return None
        return record[_RECORD.size :] if len(record) == _RECORD.size + length else None


def _opened(path: str) -> _Pack | None:
    try:
        descriptor = os.open(path, _READ)
    except OSError:
        return None
    try:
        size = os.fstat(descriptor).st_size
        footer = os.pread(descriptor, _FOOTER_BYTES, max(size - _FOOTER_BYTES, 0))
        index, count, bits = _COUNTS.unpack_from(footer)
        is_ours = footer.endswith(HEADER) and bits <= _BITS_MAX
        if is_ours and index + 4 + (4 << bits) + count + _ENTRY.size * count + _FOOTER_BYTES == size:
            return _Pack(descriptor, index + 4, count, bits)
    except (OSError, struct.error):
        os.close(descriptor)
        return None
    os.close(descriptor)
    return None
