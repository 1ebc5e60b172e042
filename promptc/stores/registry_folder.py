"""Registry folder: a registry that is a folder: on one machine, a mounted disk, or a checkout.

    open_registry -> [registry folder] -> blobs, small files, one lock

Blobs go into packs, so that a hundred thousand artifacts are a few files. Whoever pushes holds a shared lock and whoever
deletes an exclusive one; the system frees them when a process ends, however it ends.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from promptc.core.channel import LINEAGE_FILE, REGISTRY
from promptc.core.digest import Digest, digest_of
from promptc.core.document import wrong
from promptc.core.errors import PromptcError
from promptc.core.tombstone import Tombstone, decode_tombstone, removed, tombstone_name
from promptc.core.values import canonical_bytes
from promptc.stores import effects, lock
from promptc.stores.audit import QUARANTINE, Fault, Stored, set_aside, sweep
from promptc.stores.blobs import Blobs
from promptc.stores.machine import writing
from promptc.stores.regular import no_file, read_regular
from promptc.stores.write import create_durable, make_durable_folder, write_durable

_NAME = re.compile(r"[a-z0-9_-][a-zA-Z0-9._-]*(?:/[a-zA-Z0-9_@-][a-zA-Z0-9._@-]*)*\Z")
_MENDING = {
    "D001": "`promptc verify --repair` restores it from the project's build or another registry",
    "D002": "`promptc verify --repair` restores it from the project's build or another registry",
    "D004": "remove what stands there; `promptc verify --repair` puts the right bytes in its place",
}


class FolderRegistry:
    """A registry in a folder. `where` is what its user wrote."""

    def __init__(self, where: str, folder: Path) -> None:
        self.where = where
        self.folder = folder
        self.blobs = Blobs(folder / "blobs", folder / "tmp")

    @property
    def is_there(self) -> bool:
        """Whether it was made."""
        return os.path.lexists(self.folder / LINEAGE_FILE)

    def make(self) -> None:
        """Make the folder, and give it a lineage of its own. Of several who do it at once, one does."""
        for name in ("blobs/packs", "tmp", "channels"):
            with writing(self.where):
                make_durable_folder(self.folder / name)
        self.create(LINEAGE_FILE, canonical_bytes({"format": REGISTRY, "lineage": secrets.token_hex(16)}))

    def get(self, digest: Digest) -> bytes:
        """See `Registry`."""
        try:
            return self.blobs.get(digest)
        except PromptcError as error:
            stone = self._tombstone(digest) if error.code == "D002" else None
            if stone is not None:
                raise removed(stone) from None
            if error.code in _MENDING:
                error.hint = _MENDING[error.code]
            raise

    def has(self, digest: Digest) -> bool:
        """See `Registry`."""
        return self.blobs.has(digest)

    def put(self, blobs: Iterable[tuple[Digest, bytes]]) -> int:
        """See `Registry`."""
        count = self.blobs.put_durable(_checked(blobs))
        self.blobs.tidy()
        return count

    def create(self, name: str, data: bytes) -> bool:
        """See `Registry`."""
        path = self._path(name)
        with writing(name):
            return create_durable(path, data)

    def read(self, name: str) -> bytes | None:
        """See `Registry`."""
        return read_regular(self._path(name), name)

    def hint(self, name: str, data: bytes) -> None:
        """See `Registry`."""
        with suppress(PromptcError):
            # Synced, though nothing depends on it: one that a loss of power left empty would look like damage.
            write_durable(self._path(name), data)

    def names(self, folder: str) -> list[str]:
        """See `Registry`."""
        try:
            found = os.listdir(self._path(folder))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name for name in found if _NAME.match(f"x/{name}"))

    def refresh(self) -> None:
        """See `Registry`."""
        self.blobs.refresh()

    @contextmanager
    def using(self) -> Iterator[None]:
        """See `Registry`."""
        with lock.shared(self.folder, self.where):
            # Whoever made the registry may have been killed before its names were on the disk.
            with writing(self.where):
                effects.sync_folder(self.folder)
            self.blobs.refresh()
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """See `Upkeep`."""
        with lock.alone(self.folder, self.where):
            self.blobs.refresh()
            yield

    def digests(self) -> Iterator[Digest]:
        """See `Upkeep`."""
        return self.blobs.names()

    def written(self) -> Iterator[Stored]:
        """See `Upkeep`."""
        return self.blobs.written()

    def audit(self) -> Iterator[Fault]:
        """See `Upkeep`."""
        return self.blobs.audit()

    def set_aside(self, name: str) -> None:
        """See `Upkeep`."""
        set_aside(self._path(name), self.folder)

    def mend(self) -> None:
        """See `Upkeep`."""
        self.blobs.mend(self.folder / QUARANTINE)

    def sweep(self, seconds: float) -> int:
        """See `Upkeep`."""
        return sweep(self.folder, self.folder / "tmp", seconds)

    def drop(self, digests: Iterable[Digest]) -> int:
        """See `Upkeep`."""
        return self.blobs.drop(digests)

    def remove(self, name: str) -> None:
        """See `Upkeep`."""
        with writing(name), suppress(FileNotFoundError):
            effects.unlink(self._path(name))

    def _tombstone(self, digest: Digest) -> Tombstone | None:
        data = self.read(tombstone_name(digest))
        return None if data is None else decode_tombstone(data, digest)

    def _path(self, name: str) -> Path:
        # Names come from entries, pins and command lines: none of them may lead out of here, or into the blobs.
        if not _NAME.match(name) or name.partition("/")[0] in ("blobs", "tmp", lock.LOCK):
            raise no_file(name[:80])
        return self.folder / name


def _checked(blobs: Iterable[tuple[Digest, bytes]]) -> Iterator[tuple[Digest, bytes]]:
    for digest, data in blobs:
        if digest_of(data) != digest:
            raise wrong(f"`{digest}` was to be stored with other bytes")
        yield digest, data
