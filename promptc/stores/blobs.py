"""Blobs: immutable bytes under their digest, one file each or many in a pack.

    link, manifest -> [blobs] -> runtime, list, show

A blob appears whole or not at all, and what is there already is read and compared before it is left alone: so damage is
put right by whoever next has the bytes. Bytes that come back are held against the digest that was asked for, and every
copy is tried, so a damaged one is never served.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from promptc.core.digest import Digest, digest_of
from promptc.core.errors import PromptcError
from promptc.stores import effects
from promptc.stores.audit import Fault, Stored, audit, mend, written
from promptc.stores.loose import Loose
from promptc.stores.machine import reading, writing
from promptc.stores.pack_folder import PackFolder
from promptc.stores.pack_writer import PackWriter
from promptc.stores.places import Places
from promptc.stores.regular import BLOB_BYTES_MAX, damaged, missing, read_regular
from promptc.stores.state import store_state
from promptc.stores.tidy import tidy

__all__ = ["BLOB_BYTES_MAX", "Blobs", "read_regular"]

PUT_LOOSE_MAX = 256
STRAY_SECONDS_MAX = 3600

_PREFIX = re.compile(r"[0-9a-f]{2,64}\Z")


class Blobs:
    """The blobs below one folder: `sha256/ab/abcd…` and `packs/*.pack`. `temporary` is a folder beside it.

    A folder that isn't there is an empty store; one that can't be written is read.
    """

    def __init__(self, folder: Path, temporary: Path) -> None:
        self._places = Places(folder, temporary)
        self._loose = Loose(self._places)
        self._packs = PackFolder(f"{folder}/packs")

    def path_of(self, digest: Digest) -> Path:
        """Where a digest's bytes stand, or would stand, as a file of their own."""
        return Path(self._loose.place_of(digest))

    def get(self, digest: Digest) -> bytes:
        """The bytes of a digest, verified. PromptcError D001 damaged, D002 missing, D004 no file, D007 unreadable.

        D003 when it isn't here and there is a pack of a newer promptc.
        """
        raw = bytes.fromhex(digest[7:])
        data = self._packs.read(raw)
        if data is not None:
            return data
        refusal: PromptcError | None = None
        try:
            data = self._loose.read(digest)
        except PromptcError as error:
            refusal = error
        if data is not None and digest_of(data) == digest:
            return data
        # It may have come into another pack meanwhile.
        self._packs.forget()
        packed = self._packs.read(raw)
        if packed is not None:
            return packed
        if data is not None or self._packs.has(raw):
            raise damaged(digest)
        raise refusal or next(iter(self._packs.refusals), missing(digest))

    def has(self, digest: Digest) -> bool:
        """Whether a digest's bytes are here, good or damaged: in a file, or in a pack as of the last look.

        `state`, `writer`, `put` and a `get` that misses look anew.
        """
        return self._packs.has(bytes.fromhex(digest[7:])) or os.access(self._loose.place_of(digest), os.F_OK)

    def with_prefix(self, prefix: str) -> tuple[Digest, ...]:
        """The digests that are here and whose hex digits begin with a prefix of two or more, sorted."""
        self._packs.forget()
        return self._listed(prefix) if _PREFIX.match(prefix) else ()

    def names(self) -> Iterator[Digest]:
        """Every digest that is here, sorted."""
        self._packs.forget()
        for fan in range(256):
            yield from self._listed(f"{fan:02x}")

    def put(self, blobs: Mapping[Digest, bytes]) -> int:
        """Store blobs under their digests; how many were written. PromptcError D006 when the machine refuses."""
        with self.writer() as writer:
            new = [digest for digest in sorted(blobs) if not writer.is_stored(digest, blobs[digest])]
            if len(new) > PUT_LOOSE_MAX:
                return sum(writer.add_new(bytes.fromhex(digest[7:]), blobs[digest]) for digest in new)
        with writing(self._places.shown):
            for digest in new:
                self._loose.put(digest, blobs[digest])
        return len(new)

    def put_durable(self, blobs: Iterable[tuple[Digest, bytes]]) -> int:
        """Store blobs that aren't here in one pack that outlives a loss of power; how many."""
        writer = self.writer()
        try:
            for digest, data in blobs:
                writer.add(digest, data)
            count = writer.finish(before_publishing=effects.sync)
        finally:
            writer.discard()
        # Also where nothing was new: whoever put it here may have been killed before this.
        if os.path.isdir(self._packs.path):
            with writing(self._places.shown):
                effects.sync_folder(self._packs.path)
        return count

    def writer(self) -> PackWriter:
        """What streams many blobs into a pack: one for each process that makes some."""
        self._packs.forget()
        self._sweep()
        return PackWriter(self._places, self._packs, self._loose)

    def state(self) -> bytes:
        """A digest of what is stored, by listing and asking alone: equal as long as nobody touched any of it.

        Names, sizes, times and inodes count, and not one byte is read. To be asked for after `tidy`.
        """
        self._packs.forget()
        return store_state(self._loose.folder, self._packs.path)

    def tidy(self) -> bool:
        """Bring many loose blobs into one pack, and many packs into few; whether there was any need. Never raises."""
        return tidy(self._places, self._packs, self._loose)

    def drop(self, digests: Iterable[Digest]) -> int:
        """Delete blobs; how many bytes that frees. Nobody may push meanwhile. PromptcError D006."""
        from promptc.stores.drop import drop

        return drop(self._places, self._packs, self._loose, digests)

    def written(self) -> Iterator[Stored]:
        """Every copy of every blob that is here, with its size and when it was written."""
        self._packs.forget()
        return written(self._packs, self._loose)

    def audit(self) -> Iterator[Fault]:
        """Read every copy of every blob; those that aren't what they were."""
        self._packs.forget()
        return audit(self._packs, self._loose)

    def mend(self, quarantine: Path) -> None:
        """Move what isn't what it was into a folder, and keep what is whole of packs. PromptcError D006."""
        self._packs.forget()
        mend(self._places, self._packs, self._loose, quarantine)
        self._packs.forget()

    def refresh(self) -> None:
        """Look for packs anew when next asked."""
        self._packs.forget()

    def make_way(self, path: Path) -> None:
        """Move a folder that stands in a file's place out of the way; a file there is simply replaced."""
        self._places.make_way(path)

    def _listed(self, prefix: str) -> tuple[Digest, ...]:
        first, last = bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))
        found = {name for name in self._loose.names(prefix[:2]) if name.startswith(prefix)}
        with reading(self._places.shown):
            for pack in self._packs.packs():
                found.update(digest.hex() for digest in pack.digests(first, last))
        return tuple(Digest(f"sha256:{name}") for name in sorted(found))

    def _sweep(self) -> None:
        # The clock may have been wrong then or may be wrong now: only the distance counts. Whoever still writes to a
        # file that is swept writes it again.
        now = time.time()
        try:
            strays = list(os.scandir(self._places.temporary))
        except OSError:
            return
        for stray in strays:
            with suppress(OSError):
                if abs(now - stray.stat(follow_symlinks=False).st_ctime) < STRAY_SECONDS_MAX:
                    continue
                if stray.is_dir(follow_symlinks=False):
                    effects.remove_tree(stray.path)
                else:
                    effects.unlink(stray.path)
