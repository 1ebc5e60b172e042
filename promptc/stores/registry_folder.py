"""Registry folder: a registry that is a folder: on one machine, a mounted disk, or a checkout.

    open_registry -> [registry folder] -> blobs, small files, one lock

Blobs go into packs, so that a hundred thousand artifacts are a few files. Whoever pushes holds a shared lock and whoever
deletes an exclusive one; the system frees them when a process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from promptc.core.channel import LINEAGE_FILE, REGISTRY
from promptc.core.digest import Digest, digest_of
from promptc.core.document import wrong
from promptc.core.errors import Exit, PromptcError
from promptc.core.values import canonical_bytes
from promptc.stores.blobs import Blobs
from promptc.stores.machine import writing
from promptc.stores.regular import no_file, read_regular
from promptc.stores.write import create_durable, make_durable_folder, write_file

LOCK = "lock"
WAIT_SECONDS_MAX = 30
LOOK_SECONDS = 0.05
_NAME = re.compile(r"[a-z0-9_-][a-zA-Z0-9._-]*(?:/[a-zA-Z0-9_@-][a-zA-Z0-9._@-]*)*\Z")
_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
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
            write_file(self._path(name), data)

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
        with self._locked(fcntl.LOCK_SH):
            self.blobs.refresh()
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """See `Upkeep`."""
        with self._locked(fcntl.LOCK_EX):
            self.blobs.refresh()
            yield

    def digests(self) -> Iterator[Digest]:
        """See `Upkeep`."""
        return self.blobs.names()

    def drop(self, digests: Iterable[Digest]) -> int:
        """See `Upkeep`."""
        return self.blobs.drop(digests)

    def remove(self, name: str) -> None:
        """See `Upkeep`."""
        with writing(name), suppress(FileNotFoundError):
            os.unlink(self._path(name))

    def _path(self, name: str) -> Path:
        # Names come from entries, pins and command lines: none of them may lead out of here, or into the blobs.
        if not _NAME.match(name) or name.partition("/")[0] in ("blobs", "tmp", LOCK):
            raise no_file(name[:80])
        return self.folder / name

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        with writing(LOCK):
            descriptor = os.open(self.folder / LOCK, _LOCK, 0o666)
        try:
            self._wait(descriptor, kind)
            yield
        finally:
            # Closing alone isn't enough: a child that was forked meanwhile would keep the lock.
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def _wait(self, descriptor: int, kind: int) -> None:
        until = time.monotonic() + WAIT_SECONDS_MAX
        while True:
            try:
                return fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise _busy(self.where) from None
                time.sleep(LOOK_SECONDS)
            except OSError:
                # No locks on this file system: then gc's age of what it deletes is all that keeps it apart from a push.
                return None


def _busy(where: str) -> PromptcError:
    return PromptcError(
        "N003",
        f"somebody else works in the registry `{where}`",
        hint="wait until it is done and run the command again; who was killed leaves no lock behind",
        exit_code=Exit.CONFLICT,
    )


def _checked(blobs: Iterable[tuple[Digest, bytes]]) -> Iterator[tuple[Digest, bytes]]:
    for digest, data in blobs:
        if digest_of(data) != digest:
            raise wrong(f"`{digest}` was to be stored with other bytes")
        yield digest, data
