"""Drop: delete blobs for good: loose ones as files, those in packs by writing the packs without them.

    gc, forget -> [drop] -> fewer bytes

What stays is verified while it is copied, and the new pack is on the disk before the old one goes. A kill between the two
leaves some blobs twice, and what was to go still there. Whoever calls keeps others from pushing meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from promptc.core.digest import Digest
from promptc.stores import effects
from promptc.stores.loose import Loose
from promptc.stores.machine import writing
from promptc.stores.pack_folder import PackFolder
from promptc.stores.pack_writer import PackWriter
from promptc.stores.places import Places
from promptc.stores.tidy import finish_durably, remove_packs


def drop(places: Places, packs: PackFolder, loose: Loose, digests: Iterable[Digest]) -> int:
    """Delete blobs; how many bytes that frees. PromptcError D006 when the machine refuses."""
    doomed = {bytes.fromhex(digest[7:]) for digest in digests}
    if not doomed:
        return 0
    with writing(places.shown):
        freed = _loose(loose, doomed)
        packs.forget()
        for pack in packs.packs():
            held = [digest for digest in pack.digests(bytes(32), b"\xff" * 32) if digest in doomed]
            if held:
                freed += _repacked(places, packs, loose, pack, doomed)
    packs.forget()
    return freed


def _loose(loose: Loose, doomed: set[bytes]) -> int:
    freed = 0
    names = []
    for raw in doomed:
        name = raw.hex()
        try:
            freed += os.lstat(f"{loose.folder}/{name[:2]}/{name}").st_size
        except OSError:
            continue
        names.append(name)
    loose.remove(names)
    if names:
        effects.sync_folder(loose.folder)
    return freed


def _repacked(places: Places, packs: PackFolder, loose: Loose, pack, doomed: set[bytes]) -> int:  # type: ignore[no-untyped-def]
    before = pack.size_bytes
    writer = PackWriter(places, packs, loose)
    try:
        for digest, data in pack.blobs():
            if digest not in doomed:
                writer.add_new(digest, data)
        kept = writer.size_bytes if finish_durably(writer, packs) else 0
    finally:
        writer.discard()
    remove_packs(packs.path, [pack])
    effects.sync_folder(packs.path)
    return int(before - kept)
