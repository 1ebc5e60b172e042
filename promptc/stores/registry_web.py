"""Registry web: a registry that is read over https, for people's commands; nothing can be written to it.

    open_registry -> [registry web] -> a reader of small files and blobs

The reader comes from whoever opens it, since stores don't know the runtime.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.stores.audit import Fault, Stored

KEPT_MAX = 4096


class Reader(Protocol):
    """What reads a place: verified blobs, and small files."""

    def get(self, digest: Digest) -> bytes:
        """See `Registry`."""

    def read(self, name: str) -> bytes | None:
        """See `Registry`."""


class WebRegistry:
    """A registry behind a URL. `where` is what its user wrote."""

    is_there = True

    def __init__(self, where: str, reader: Reader) -> None:
        self.where = where
        self._reader = reader
        self._kept: dict[Digest, bytes] = {}

    def get(self, digest: Digest) -> bytes:
        """See `Registry`."""
        found = self._kept.get(digest)
        if found is None:
            found = self._reader.get(digest)
            if len(self._kept) >= KEPT_MAX:
                self._kept = {}
            self._kept[digest] = found
        return found

    def has(self, digest: Digest) -> bool:
        """See `Registry`. The server is asked for it: it gives no list."""
        try:
            self.get(digest)
        except PromptcError as error:
            if error.code == "D002":
                return False
            if error.code != "D001":
                raise
        return True

    def read(self, name: str) -> bytes | None:
        """See `Registry`."""
        return self._reader.read(name)

    def names(self, folder: str) -> list[str]:
        """See `Registry`. A plain web server lists nothing."""
        return []

    def using(self) -> AbstractContextManager[None]:
        """See `Registry`. Nobody keeps a server from changing; what is read is verified."""
        return nullcontext()

    def refresh(self) -> None:
        """See `Registry`."""

    def hint(self, name: str, data: bytes) -> None:
        """See `Registry`."""

    def digests(self) -> Iterator[Digest]:
        """See `Upkeep`."""
        raise read_only(self.where)

    def written(self) -> Iterator[Stored]:
        """See `Upkeep`."""
        raise read_only(self.where)

    def audit(self) -> Iterator[Fault]:
        """See `Upkeep`."""
        raise read_only(self.where)

    def put(self, blobs: Iterable[tuple[Digest, bytes]]) -> int:
        """See `Registry`."""
        raise read_only(self.where)

    def create(self, name: str, data: bytes) -> bool:
        """See `Registry`."""
        raise read_only(self.where)

    def alone(self) -> AbstractContextManager[None]:
        """See `Upkeep`."""
        raise read_only(self.where)

    def set_aside(self, name: str) -> None:
        """See `Upkeep`."""
        raise read_only(self.where)

    def mend(self) -> None:
        """See `Upkeep`."""
        raise read_only(self.where)

    def sweep(self, seconds: float) -> int:
        """See `Upkeep`."""
        raise read_only(self.where)

    def drop(self, digests: Iterable[Digest]) -> int:
        """See `Upkeep`."""
        raise read_only(self.where)

    def remove(self, name: str) -> None:
        """See `Upkeep`."""
        raise read_only(self.where)


def read_only(where: str) -> PromptcError:
    """What is said to whoever would write over https."""
    return PromptcError(
        "V066", f"`{where}` is read-only", hint="name the folder that is published there, and publish it anew"
    )
