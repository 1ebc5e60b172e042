"""Tidy: keep the store in few files, so that a look at all of it stays a matter of milliseconds.

    publish -> [tidy] -> one pack of the loose blobs, fewer packs

Every blob is verified while it is copied, the new pack is on the disk before the old files go, and a kill between the
two leaves blobs that stand twice. Builds and readers may run meanwhile; of two who tidy, one does.

Packs are merged as git repacks geometrically: those that are not twice as large as all smaller ones together. So a
pack has grown by half whenever its bytes are copied again, and n builds copy each byte O(log n) times.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from promptc.core.digest import Digest, digest_of
from promptc.core.errors import PromptcError
from promptc.stores import effects
from promptc.stores.loose import Loose
from promptc.stores.pack_folder import PackFolder
from promptc.stores.pack_writer import PackWriter
from promptc.stores.packs import Pack, state_of
from promptc.stores.places import FOLDER, Places

LOOSE_MAX = 1000
PACKS_MAX = 8
# Packs below this size are always worth merging.
SMALL_BYTES = 4 * 1024 * 1024
LOCK = "lock"


def tidy(places: Places, packs: PackFolder, loose: Loose) -> bool:
    """Pack the loose blobs when there are over 1,000, and merge packs when there are over 8; whether it did any of it.

    What the machine refuses is left as it is for another time: nothing depends on it.
    """
    did = False
    with suppress(OSError, PromptcError):
        packs.forget()
        names = [name for fan in loose.fans() for name in loose.names(fan)]
        if len(names) <= LOOSE_MAX and not _chosen(packs.packs()):
            return False
        with _alone(places, packs) as is_alone:
            if is_alone:
                if len(names) > LOOSE_MAX:
                    did = _pack_loose(places, packs, loose, names)
                packs.forget()
                did = _merge(places, packs, loose) or did
    packs.forget()
    return did


def _pack_loose(places: Places, packs: PackFolder, loose: Loose, names: Sequence[str]) -> bool:
    moved: list[str] = []
    with PackWriter(places, packs, loose) as writer:
        for name in sorted(names):
            digest = Digest(f"sha256:{name}")
            data = None
            # What is damaged stays, since somebody may just be putting the right bytes there.
            with suppress(PromptcError):
                data = loose.read(digest)
            if data is not None and digest_of(data) == digest:
                writer.add_new(bytes.fromhex(name), data)
                moved.append(name)
        finish_durably(writer, packs)
    loose.remove(moved)
    return bool(moved)


def _merge(places: Places, packs: PackFolder, loose: Loose) -> bool:
    chosen = _chosen(packs.packs())
    if not chosen:
        return False
    with PackWriter(places, packs, loose) as writer:
        for pack in chosen:
            for digest, data in pack.blobs():
                writer.add_new(digest, data)
        finish_durably(writer, packs)
    remove_packs(packs.path, chosen)
    return True


def _chosen(packs: Sequence[Pack]) -> list[Pack]:
    """The packs to make one of: those with a damaged index, and when there are many, the small ones."""
    misread = [pack for pack in packs if pack.is_misread]
    if len(packs) <= PACKS_MAX:
        return misread
    ascending = sorted(packs, key=lambda pack: pack.size_bytes)
    total_bytes = count = 0
    for number, pack in enumerate(ascending, 1):
        if pack.size_bytes < max(2 * total_bytes, SMALL_BYTES):
            count = number
        total_bytes += pack.size_bytes
    small = ascending[:count] if count > 1 else []
    return small + [pack for pack in misread if pack not in small]


def finish_durably(writer: PackWriter, packs: PackFolder) -> int:
    """Publish a pack that takes the place of what may be the only copy: a loss of power loses neither. How many blobs."""
    count = writer.finish(before_publishing=effects.sync)
    if count:
        effects.sync_folder(packs.path)
    return count


def remove_packs(path: str, packs: Sequence[Pack]) -> None:
    """Remove packs, unless somebody put better bytes in place of one of them meanwhile."""
    folder = os.open(path, FOLDER)
    try:
        try:
            # Writers hold it while they publish.
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        except OSError:
            # No locks of folders on this file system: what is left to chance is the instant between look and removal.
            pass
        for pack in packs:
            with suppress(FileNotFoundError):
                if state_of(os.stat(pack.name, dir_fd=folder, follow_symlinks=False)) == pack.state:
                    effects.unlink(pack.name, folder=folder)
    finally:
        _unlock(folder)


@contextmanager
def _alone(places: Places, packs: PackFolder) -> Iterator[bool]:
    """Whether nobody else tidies; nobody else does until the end. Who is killed meanwhile leaves no lock."""
    opened: list[int] = []
    path = f"{packs.path}/{LOCK}"
    places.attempt(path, lambda: opened.append(effects.open_lock(path)))
    is_alone = True
    try:
        try:
            fcntl.flock(opened[0], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            is_alone = False
        yield is_alone
    finally:
        _unlock(opened[0])


def _unlock(descriptor: int) -> None:
    # Closing alone isn't enough: a child that was forked meanwhile would keep the lock.
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)
