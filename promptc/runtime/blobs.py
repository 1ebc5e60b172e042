"""Blobs: bytes by digest, verified, from memory, the disk's cache, the registry, or what was vendored.

    a digest -> [blobs] -> bytes that have it, or an error

Content is addressed by its digest, so that a cache can be shared between channels, registries and processes and can't mix
them: whatever doesn't have the digest that was asked for is passed over, wherever it came from.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress

from promptc.runtime.errors import Damaged, Removed, Unreachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from promptc.runtime.source import Source

MEMORY_BYTES_MAX = 64 * 1024 * 1024
_FORGOTTEN = "forgotten"


class Blobs:
    """Verified blobs. `sources` are asked in order; `folder` caches what they gave ("" for no cache). Threads may share it."""

    def __init__(self, sources: Sequence[Source], folder: str) -> None:
        self.sources = tuple(sources)
        self.folder = folder
        self._memory: dict[str, bytes] = {}
        self._size_bytes = 0

    def get(self, digest: str) -> bytes:
        """The bytes of a digest. Damaged, Removed, Unreachable."""
        found = self._memory.get(digest)
        if found is not None:
            return found
        found = self._cached(digest)
        if found is None:
            found = self._fetched(digest)
            self._store(digest, found)
        self._remember(digest, found)
        return found

    def _fetched(self, digest: str) -> bytes:
        refused: Unreachable | None = None
        is_damaged = False
        for source in self.sources:
            try:
                found: bytes | None = source.get(digest)
            except Unreachable as error:
                refused = refused or error
                continue
            if found is not None:
                if has_digest(found, digest):
                    return found
                is_damaged = True
        if is_damaged:
            raise Damaged(f"`{digest[:19]}…` is damaged: its bytes have another digest", hint="`promptc verify --repair` restores it")
        if refused is not None:
            raise refused
        self._refuse_removed(digest)
        raise Damaged(
            f"`{digest[:19]}…` is missing", hint="`promptc verify --repair` restores it; a vendored folder holds what was chosen alone"
        )

    def _refuse_removed(self, digest: str) -> None:
        with suppress(Unreachable):
            for source in self.sources:
                if source.read(f"{_FORGOTTEN}/{digest[7:]}.json") is not None:
                    raise Removed(
                        f"the text of `{digest[:19]}…` was removed from the registry on purpose",
                        hint="serve another entry: `promptc history` says which have their texts",
                    )

    def _remember(self, digest: str, data: bytes) -> None:
        if self._size_bytes + len(data) > MEMORY_BYTES_MAX:
            self._memory, self._size_bytes = {}, 0
        self._memory[digest] = data
        self._size_bytes += len(data)

    def _path(self, digest: str) -> str:
        return f"{self.folder}/blobs/sha256/{digest[7:9]}/{digest[7:]}"

    def _cached(self, digest: str) -> bytes | None:
        """What the disk's cache has; what is damaged there counts as missing, and is written anew."""
        if not self.folder:
            return None
        with suppress(OSError), open(self._path(digest), "rb") as file:
            found = file.read()
            if has_digest(found, digest):
                return found
        return None

    def _store(self, digest: str, data: bytes) -> None:
        if self.folder:
            write_beside(self._path(digest), data)


def has_digest(data: bytes, digest: str) -> bool:
    """Whether bytes have a digest."""
    return "sha256:" + hashlib.sha256(data).hexdigest() == digest


def write_beside(path: str, data: bytes) -> bool:
    """Write a file whole under a name of its own, which then takes its place; whether that was possible. Never raises."""
    temporary = f"{path}.{os.getpid()}.{os.urandom(6).hex()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        return False
    return True
