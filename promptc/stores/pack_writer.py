"""Pack writer: stream new blobs into one pack, and publish it whole.

    build, its workers -> [pack writer] -> a pack

Nobody sees a pack before it is whole, and a kill leaves a stray in the temporary folder. Payloads go to the file as
they come; what is held of a blob is its entry of the index.
"""

from __future__ import annotations

import fcntl
import os
from array import array
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from itertools import accumulate
from types import TracebackType

from promptc.core.digest import Digest
from promptc.stores import effects
from promptc.stores.loose import Loose
from promptc.stores.machine import writing
from promptc.stores.pack_folder import PackFolder
from promptc.stores.packs import (
    BITS_MAX,
    CHUNK_BYTES,
    COUNTS,
    ENTRY,
    HEADER,
    INDEX_MARK,
    NEIGHBOURS,
    RECORD,
    RECORD_MARK,
    native,
)
from promptc.stores.places import FOLDER, Places
from promptc.stores.state import SUFFIX

# Entries are kept by their digests' first twelve bits: few enough in each to find one again by looking.
_SHELVES = 4096


class PackWriter:
    """Adds blobs to a pack that appears when it is finished. Not for two threads, or for both sides of a fork.

    As a context it finishes, or discards what was added when an exception leaves it. PromptcError D006 when the
    machine refuses, and then nothing is left of the pack.
    """

    def __init__(self, places: Places, packs: PackFolder, loose: Loose) -> None:
        self._places = places
        self._packs = packs
        self._loose = loose
        self._descriptor = -1
        self._temporary = ""
        self._published_bytes = 0
        self._size_bytes = self._count = 0
        self._parts: list[bytes | bytearray] = []
        self._waiting_bytes = 0
        self._shelves: list[bytearray] = []
        self._fans: dict[str, frozenset[str]] = {}
        self._clear()

    def __enter__(self) -> PackWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self.finish()
        else:
            self.discard()

    @property
    def size_bytes(self) -> int:
        """How large the pack was that was published last, without its index; before that, what was added."""
        return self._published_bytes or self._size_bytes

    def add(self, digest: Digest, data: bytes) -> bool:
        """Store a blob; False, and nothing is written, when exactly these bytes are stored or added already."""
        return not self.is_stored(digest, data) and self.add_new(bytes.fromhex(digest[7:]), data)

    def is_stored(self, digest: Digest, data: bytes) -> bool:
        """Whether exactly these bytes were stored when this writer first asked."""
        if self._packs.holds(bytes.fromhex(digest[7:]), data):
            return True
        fan = digest[7:9]
        names = self._fans.get(fan)
        if names is None:
            names = self._fans[fan] = frozenset(self._loose.names(fan))
        return digest[7:] in names and self._loose.holds(digest, data)

    def add_new(self, raw: bytes, data: bytes) -> bool:
        """As `add`, for a digest's 32 bytes, whether or not the blob is stored elsewhere."""
        if not self._shelves:
            self._shelves = [bytearray() for _ in range(_SHELVES)]
        shelf = self._shelves[raw[0] << 4 | raw[1] >> 4]
        at = shelf.find(raw)
        while at >= 0:
            if at % ENTRY.size == 0:
                return False
            at = shelf.find(raw, at + 1)
        shelf += ENTRY.pack(raw, self._size_bytes, len(data))
        self._size_bytes += RECORD.size + len(data)
        self._count += 1
        self._parts += RECORD.pack(RECORD_MARK, len(data), raw), data
        self._waiting_bytes += RECORD.size + len(data)
        if self._waiting_bytes >= CHUNK_BYTES:
            self._guarded(self._flush)
        return True

    def finish(self, *, before_publishing: Callable[[int], None] | None = None) -> int:
        """Publish what was added; how many blobs. Nothing happens when there are none. More may be added after."""
        count = self._count
        if count:
            self._guarded(lambda: self._publish(before_publishing))
            self._published_bytes = self._size_bytes
            self._packs.forget()
        self.discard()
        return count

    def discard(self) -> None:
        """Forget what was added and not finished."""
        if self._descriptor >= 0:
            with suppress(OSError):
                os.close(self._descriptor)
        if self._temporary:
            # When this fails, sweeping takes the file later.
            with suppress(OSError):
                effects.unlink(self._temporary)
        self._descriptor, self._temporary = -1, ""
        self._clear()

    def _clear(self) -> None:
        self._size_bytes, self._count = len(HEADER), 0
        self._parts, self._waiting_bytes = [HEADER], 0
        self._shelves = []
        self._fans = {}

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            with writing(self._places.shown):
                act()
        except BaseException:
            self.discard()
            raise

    def _flush(self) -> None:
        if self._descriptor < 0:
            self._places.attempt(f"{self._packs.path}/*", self._create)
        effects.write_all(self._descriptor, b"".join(self._parts))
        self._parts, self._waiting_bytes = [], 0

    def _create(self) -> None:
        temporary = self._places.temporary_path()
        self._descriptor = effects.create_to_read_back(temporary)
        self._temporary = temporary

    def _publish(self, before_publishing: Callable[[int], None] | None) -> None:
        name = self._write_index() + SUFFIX
        self._flush()
        if before_publishing is not None:
            before_publishing(self._descriptor)
        self._places.attempt(f"{self._packs.path}/{name}", lambda: self._take_name(name))
        self._temporary = ""

    def _write_index(self) -> str:
        """Write index and footer; the pack's name, which follows from the digests in it."""
        bits = min((self._count // NEIGHBOURS).bit_length(), BITS_MAX)
        buckets, tags, digests = array("I", bytes(4 << bits)), bytearray(), sha256()
        for number, shelf in enumerate(self._shelves):
            # A pack of a few blobs, as every release command writes, fills a few of the shelves.
            if not shelf:
                continue
            rows = bytes(shelf)
            entries = sorted(rows[at : at + ENTRY.size] for at in range(0, len(rows), ENTRY.size))
            for entry in entries:
                buckets[int.from_bytes(entry[:4], "big") >> 32 - bits] += 1
                digests.update(entry[:32])
            # In its place, so that the index is never held twice.
            self._shelves[number] = bytearray().join(entries)
            tags += self._shelves[number][31 :: ENTRY.size]
        index: list[bytes | bytearray] = [INDEX_MARK, native(array("I", accumulate(buckets))).tobytes(), tags]
        counts = COUNTS.pack(self._size_bytes, self._count, bits)
        checksum = sha256(HEADER)
        for part in (*index, *filter(None, self._shelves), counts):
            checksum.update(part)
            self._parts.append(part)
            self._waiting_bytes += len(part)
            if self._waiting_bytes >= CHUNK_BYTES:
                self._flush()
        self._parts += checksum.digest(), HEADER
        return digests.hexdigest()[:32]

    def _take_name(self, name: str) -> None:
        if not os.path.lexists(self._temporary):
            # Swept, or removed with the whole build; what was written is still there for whoever has it open.
            self._copy_again()
        folder = os.open(self._packs.path, FOLDER)
        try:
            # Held for an instant: whoever tidies looks at a pack and removes it while nobody puts another there.
            with suppress(OSError):
                fcntl.flock(folder, fcntl.LOCK_SH)
            effects.rename(self._temporary, name, folder=folder)
        finally:
            os.close(folder)

    def _copy_again(self) -> None:
        lost = self._descriptor
        self._create()
        at = 0
        while chunk := os.pread(lost, CHUNK_BYTES, at):
            effects.write_all(self._descriptor, chunk)
            at += len(chunk)
        os.close(lost)
