"""Packs: many blobs in one file, each found by a few small reads.

    pack writer -> a pack -> [packs] -> pack folder, tidy

A pack is written once and never changed. Numbers in it are little-endian.

    header    16 bytes: the format and its number
    records   one per blob: a mark, the length, the digest, and the bytes
    index     a mark; the fan-out: how many digests begin with these bits or lower ones; the last byte of every digest;
              and the entries: digest, offset of the record, length; digests ascend
    footer    where the index is, how many entries, how many bits; the index's checksum; the header once more

To look up a digest, its first bits give a handful of neighbours through the fan-out, its last byte says which of them
it can be, and one entry is read: a digest that isn't there costs no read at all. Only the fan-out and the last bytes
are held, two bytes per blob. The file is read and never mapped, since whoever cuts a mapped file short kills everybody
who looks into it.

Nothing is trusted for standing here. Bytes count when they have the digest that was asked for. An index that misleads
or doesn't know a digest is held against its checksum, once; when it is damaged, the records are read through instead,
from mark to mark, so that it takes no other blob along.
"""

from __future__ import annotations

import os
import re
import struct
import sys
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256

from promptc.stores.regular import BLOB_BYTES_MAX

HEADER = b"promptc.pack/1\n\0"
# No text in UTF-8 has a byte of these values, so documents don't hold marks.
RECORD_MARK = b"\xffrec"
INDEX_MARK = b"\xffidx"
RECORD = struct.Struct("<4sI32s")
ENTRY = struct.Struct("<32sQI")
COUNTS = struct.Struct("<QII")
FOOTER_BYTES = COUNTS.size + 32 + len(HEADER)
NEIGHBOURS = 8
BITS_MAX = 24
CHUNK_BYTES = 256 * 1024

State = tuple[int, int, int, int]
Place = tuple[int, int]
_Read = Callable[[int, int], bytes]
_NUMBERED = re.compile(rb"promptc\.pack/[0-9]+\n")
# The columns of a pack that has to be asked about every digest.
_ANY = (32, array("I", [0, 256]), bytes(range(256)))


def state_of(found: os.stat_result) -> State:
    """What tells that a file isn't what it was: inode, size, and when its bytes and its entry changed."""
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def native(numbers: array[int]) -> array[int]:
    """The fan-out's numbers from or to the order that a pack has them in."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


class Pack:
    """An open pack; it closes when nobody holds it any more. Methods raise OSError when the machine refuses to read."""

    __slots__ = ("_checked", "_descriptor", "_entries", "_scanned", "columns", "name", "size_bytes", "state")

    def __init__(self, name: str, descriptor: int, found: os.stat_result) -> None:
        self._descriptor = descriptor
        self.name = name
        self.size_bytes = found.st_size
        self.state = state_of(found)
        self._checked = False
        # Digest to place, by reading all records through; None while the index is good.
        self._scanned: dict[bytes, Place] | None = None
        # How far to shift a digest's first four bytes; the fan-out; the last bytes.
        self._entries, self.columns = self._loaded()

    def __del__(self) -> None:
        # Not sooner: another thread may read here while a newer list takes this one's place.
        with suppress(OSError):
            os.close(self._descriptor)

    @property
    def is_current(self) -> bool:
        """Whether the file still has its name and is what it was when it was opened."""
        found = os.fstat(self._descriptor)
        return found.st_ctime_ns == self.state[3] and found.st_nlink > 0

    @property
    def is_newer(self) -> bool:
        """Whether both ends say that it is of another number than ours: damage at one place can't say so."""
        if self.size_bytes < len(HEADER) + FOOTER_BYTES:
            return False
        head, foot = self._pread(len(HEADER), 0), self._pread(len(HEADER), self.size_bytes - len(HEADER))
        return head == foot != HEADER and _NUMBERED.match(head) is not None

    @property
    def is_misread(self) -> bool:
        """Whether the index was found to be damaged."""
        return self._scanned is not None

    def place_of(self, digest: bytes) -> Place | None:
        """Where a blob's record begins and how many bytes the blob has, as the index says, or else the records."""
        if self._scanned is not None:
            return self._scanned.get(digest)
        shift, fan, tags = self.columns
        bucket = int.from_bytes(digest[:4], "big") >> shift
        end = fan[bucket + 1]
        at = tags.find(digest[31], fan[bucket], end)
        while at >= 0:
            entry = os.pread(self._descriptor, ENTRY.size, self._entries + ENTRY.size * at)
            if entry.startswith(digest) and len(entry) == ENTRY.size:
                _, offset, length = ENTRY.unpack(entry)
                return offset, length
            at = tags.find(digest[31], at + 1, end)
        return None if self._checked or self.check() else self.place_of(digest)

    def read_current(self, digest: bytes) -> bytes | None:
        """As `read`, but None also when the file was removed or touched since it was opened."""
        data = self.read(digest)
        return data if data is not None and self.is_current else None

    def read(self, digest: bytes) -> bytes | None:
        """A blob's bytes, verified; None when they aren't here, or are damaged."""
        data = self._record(self.place_of(digest), digest)
        if data is not None and sha256(data).digest() == digest:
            return data
        # It may be the index that misleads.
        return None if self._checked or self.check() else self.read(digest)

    def holds(self, digest: bytes, data: bytes) -> bool:
        """Whether exactly these bytes are here."""
        if self._record(self.place_of(digest), digest) == data:
            return True
        return False if self._checked or self.check() else self.holds(digest, data)

    def digests(self, first: bytes, last: bytes) -> Iterator[bytes]:
        """The digests here from the first to the last, both included."""
        if not self.check():
            yield from (digest for digest in self._scanned or () if first <= digest <= last)
            return
        shift, fan, _ = self.columns
        start, stop = (fan[(int.from_bytes(d[:4], "big") >> shift) + n] for d, n in ((first, 0), (last, 1)))
        step = CHUNK_BYTES // ENTRY.size
        for at in range(start, stop, step):
            chunk = self._pread(ENTRY.size * min(step, stop - at), self._entries + ENTRY.size * at)
            found = (chunk[place : place + len(first)] for place in range(0, len(chunk), ENTRY.size))
            yield from (digest for digest in found if first <= digest <= last)

    def sizes(self) -> Iterator[tuple[bytes, int]]:
        """The digests here with their sizes, as the index says, or else the records."""
        if not self.check():
            yield from ((digest, length) for digest, (_, length) in (self._scanned or {}).items())
            return
        count, step = len(self.columns[2]), CHUNK_BYTES // ENTRY.size
        for at in range(0, count, step):
            chunk = self._pread(ENTRY.size * min(step, count - at), self._entries + ENTRY.size * at)
            for digest, _, length in ENTRY.iter_unpack(chunk):
                yield digest, length

    def blobs(self) -> Iterator[tuple[bytes, bytes]]:
        """Every blob that is whole, in the order of the file: digest and bytes."""
        read = self._ahead()
        for digest, place in self._scan(read):
            data = _whole(read, place, digest)
            if data is not None:
                yield digest, data

    def check(self) -> bool:
        """Whether the index is what was written; if not, the records are read through, and count from now on."""
        if not self._checked:
            if not self._has_checksum():
                places: dict[bytes, Place] = {}
                for digest, place in self._scan(self._ahead()):
                    places.setdefault(digest, place)
                self._scanned, self.columns = places, _ANY
            self._checked = True
        return self._scanned is None

    def _loaded(self) -> tuple[int, tuple[int, array[int], bytes]]:
        """Where the entries are, and the columns. An index that makes no sense knows nothing until it is checked."""
        nothing = (0, (32, array("I", [0, 0]), b""))
        if self.size_bytes < len(HEADER) + FOOTER_BYTES:
            return nothing
        footer = self._pread(FOOTER_BYTES, self.size_bytes - FOOTER_BYTES)
        index, count, bits = COUNTS.unpack_from(footer.ljust(FOOTER_BYTES, b"\xff"))
        if bits > BITS_MAX:
            return nothing
        columns = index + len(INDEX_MARK)
        entries = columns + (4 << bits) + count
        if entries + ENTRY.size * count + FOOTER_BYTES != self.size_bytes:
            return nothing
        fan, tags = self._pread(4 << bits, columns), self._pread(count, columns + (4 << bits))
        return entries, (32 - bits, native(array("I", bytes(4) + fan.ljust(4 << bits, b"\0"))), tags)

    def _has_checksum(self) -> bool:
        footer = self._pread(FOOTER_BYTES, max(self.size_bytes - FOOTER_BYTES, 0))
        if len(footer) < FOOTER_BYTES or not self._entries or not footer.endswith(HEADER):
            return False
        checksum = sha256(self._pread(len(HEADER), 0))
        at, end = COUNTS.unpack_from(footer)[0], self.size_bytes - FOOTER_BYTES
        while at < end and (chunk := self._pread(min(CHUNK_BYTES, end - at), at)):
            checksum.update(chunk)
            at += len(chunk)
        checksum.update(footer[: COUNTS.size])
        return checksum.digest() == footer[COUNTS.size : -len(HEADER)]

    def _record(self, place: Place | None, digest: bytes) -> bytes | None:
        if place is None or place[1] > BLOB_BYTES_MAX or sum(place) > self.size_bytes:
            return None
        return _payload(self._pread, place, digest)

    def _scan(self, read: _Read) -> Iterator[tuple[bytes, Place]]:
        """The records from mark to mark. One without another mark behind it, or after a gap, must be whole to count."""
        at, is_lost = len(HEADER), False
        while at >= 0:
            head = read(RECORD.size, at)
            if len(head) < RECORD.size or head.startswith(INDEX_MARK):
                return
            mark, length, digest = RECORD.unpack(head)
            place, behind = (at, length), at + RECORD.size + length
            is_record = mark == RECORD_MARK and length <= BLOB_BYTES_MAX and behind <= self.size_bytes
            if is_record and ((not is_lost and _is_mark(read, behind)) or _whole(read, place, digest) is not None):
                yield digest, place
                at, is_lost = behind, False
            else:
                at, is_lost = _next_mark(read, at + 1), True

    def _ahead(self) -> _Read:
        """A way to read from front to back in few calls."""
        begin, chunk = 0, b""

        def read(size_bytes: int, at: int) -> bytes:
            nonlocal begin, chunk
            if not begin <= at <= at + size_bytes <= begin + len(chunk):
                begin, chunk = at, self._pread(max(size_bytes, CHUNK_BYTES), at)
            return chunk[at - begin : at - begin + size_bytes]

        return read

    def _pread(self, size_bytes: int, at: int) -> bytes:
        data = os.pread(self._descriptor, size_bytes, at)
        while len(data) < size_bytes and (more := os.pread(self._descriptor, size_bytes - len(data), at + len(data))):
            # A network file system may give less than was asked for.
            data += more
        return data


def _payload(read: _Read, place: Place, digest: bytes) -> bytes | None:
    """The bytes of a record that says of itself what was expected of it."""
    offset, length = place
    record = read(RECORD.size + length, offset)
    if record[: RECORD.size] != RECORD.pack(RECORD_MARK, length, digest) or len(record) != RECORD.size + length:
        return None
    return record[RECORD.size :]


def _whole(read: _Read, place: Place, digest: bytes) -> bytes | None:
    data = _payload(read, place, digest)
    return data if data is not None and sha256(data).digest() == digest else None


def _is_mark(read: _Read, at: int) -> bool:
    return read(len(RECORD_MARK), at) in (RECORD_MARK, INDEX_MARK)


def _next_mark(read: _Read, at: int) -> int:
    while chunk := read(CHUNK_BYTES, at):
        found = chunk.find(RECORD_MARK)
        if found >= 0:
            return at + found
        if len(chunk) < len(RECORD_MARK):
            break
        at += len(chunk) - len(RECORD_MARK) + 1
    return -1
