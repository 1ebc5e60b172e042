"""Audit: every copy of every blob read and held against its digest; what is wrong put aside; strays swept.

    blobs -> [audit] -> verify, repair, gc

A reader takes whichever copy is whole and never notices the others; here every one of them counts. Nothing is deleted
that isn't what it was: it goes into quarantine, for whoever wants to know what happened to it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of
from promptc.core.errors import PromptcError
from promptc.stores import effects
from promptc.stores.loose import Loose
from promptc.stores.machine import writing
from promptc.stores.pack_folder import PackFolder
from promptc.stores.pack_writer import PackWriter
from promptc.stores.packs import Pack
from promptc.stores.places import Places
from promptc.stores.tidy import finish_durably
from promptc.stores.write import TEMPORARY_PREFIX, make_durable_folder, temporary_name

QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Stored:
    """One copy of a blob: its size, and when its file was written (seconds since 1970)."""

    digest: Digest
    size_bytes: int
    time_seconds: float


@dataclass(frozen=True, slots=True)
class Fault:
    """A copy that isn't what it was. `digest` is None for what holds many: a pack whose index can't be trusted."""

    place: str
    why: str
    digest: Digest | None = None


def written(packs: PackFolder, loose: Loose) -> Iterator[Stored]:
    """Every copy of every blob."""
    for pack in packs.packs():
        for raw, size_bytes in pack.sizes():
            yield Stored(Digest(f"sha256:{raw.hex()}"), size_bytes, pack.state[2] / 1e9)
    for fan in sorted(loose.fans()):
        for name in sorted(loose.names(fan)):
            with suppress(OSError):
                found = os.lstat(f"{loose.folder}/{fan}/{name}")
                yield Stored(Digest(f"sha256:{name}"), found.st_size, found.st_mtime)


def audit(packs: PackFolder, loose: Loose) -> Iterator[Fault]:
    """The copies that aren't what they were."""
    found = packs.packs()
    for refusal in packs.refusals:
        yield Fault("packs", refusal.message)
    for pack in found:
        yield from _faults_of(pack)
    for fan in sorted(loose.fans()):
        for name in sorted(loose.names(fan)):
            why = _why_wrong(loose, Digest(f"sha256:{name}"))
            if why:
                yield Fault(f"sha256/{fan}/{name}", why, Digest(f"sha256:{name}"))


def _faults_of(pack: Pack) -> Iterator[Fault]:
    place = f"packs/{pack.name}"
    if not pack.check():
        yield Fault(place, "its index is damaged, or a part of it is missing")
    for raw, _ in pack.sizes():
        if pack.read(raw) is None:
            yield Fault(place, "a blob in it is damaged", Digest(f"sha256:{raw.hex()}"))


def _why_wrong(loose: Loose, digest: Digest) -> str:
    try:
        data = loose.read(digest)
    except PromptcError as error:
        return error.message
    return "" if data is None or digest_of(data) == digest else "its bytes have another digest"


def mend(places: Places, packs: PackFolder, loose: Loose, quarantine: Path) -> None:
    """Move damaged copies into quarantine; of a damaged pack, every blob that is whole goes into a new one first."""
    with writing(places.shown):
        for pack in packs.packs():
            if next(_faults_of(pack), None) is not None:
                _mend_pack(places, packs, loose, (pack, quarantine))
        for fan in sorted(loose.fans()):
            for name in sorted(loose.names(fan)):
                if _why_wrong(loose, Digest(f"sha256:{name}")):
                    _move(Path(loose.folder, fan, name), quarantine)


def _mend_pack(places: Places, packs: PackFolder, loose: Loose, doomed: tuple[Pack, Path]) -> None:
    pack, quarantine = doomed
    make_durable_folder(quarantine)
    path = Path(packs.path, pack.name)
    # A second name for the same bytes: nothing is lost, whenever this is cut off.
    with suppress(OSError):
        effects.link(path, quarantine / f"{pack.name}-{temporary_name()[len(TEMPORARY_PREFIX) :]}")
    known = pack.state[:3]
    writer = PackWriter(places, packs, loose)
    try:
        for digest, data in pack.blobs():
            writer.add_new(digest, data)
        finish_durably(writer, packs)
    finally:
        writer.discard()
    with suppress(FileNotFoundError):
        now = os.lstat(path)
        # A second name changed the time of the entry. A pack that is whole now has taken its place under the same name.
        if (now.st_ino, now.st_size, now.st_mtime_ns) == known:
            effects.unlink(path)
    effects.sync_folder(packs.path)


def set_aside(path: Path, folder: Path) -> None:
    """Move one small file of a registry into quarantine. PromptcError D006."""
    with writing(path.name), suppress(FileNotFoundError):
        _move(path, folder / QUARANTINE)
        effects.sync_folder(path.parent)


def _move(path: Path, quarantine: Path) -> None:
    make_durable_folder(quarantine)
    effects.rename(path, quarantine / f"{path.name}-{temporary_name()[len(TEMPORARY_PREFIX) :]}")
    effects.sync_folder(quarantine)


def sweep(folder: Path, temporary: Path, seconds: float) -> int:
    """Delete what killed runs left: everything in `temporary`, and temporary files anywhere; how many bytes."""
    freed = 0
    for place, _, names in os.walk(folder):
        is_temporary = Path(place) == temporary or temporary in Path(place).parents
        for name in names:
            if not (is_temporary or name.startswith(TEMPORARY_PREFIX)):
                continue
            with suppress(OSError):
                found = os.lstat(f"{place}/{name}")
                # The clock may have been wrong then or may be wrong now: only the distance counts.
                if abs(time.time() - found.st_ctime) >= seconds:
                    effects.unlink(f"{place}/{name}")
                    freed += found.st_size
    return freed


