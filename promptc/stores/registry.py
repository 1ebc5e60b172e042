"""Registry: where blobs and channels live, as one narrow interface; an object store is one more file behind it.

    push, promote, rollback -> [registry] -> a folder, an object store -> history, show, the runtime

Blobs are named by their digest and never change. Everything else is a small file that is created when it isn't there
yet, and then never changes either, apart from hints, on which nothing depends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from promptc.core.channel import LINEAGE_FILE, lineage_of
from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.stores.audit import Fault, Stored
from promptc.stores.regular import missing

DEFAULT = ".promptc/registry"

Pairs = Iterable[tuple[Digest, bytes]]


class Registry(Protocol):
    """What every registry can do. `where` is as its user wrote it."""

    where: str

    def get(self, digest: Digest) -> bytes:
        """The bytes of a digest, verified. PromptcError D001 damaged, D002 missing, D004, D007."""

    def has(self, digest: Digest) -> bool:
        """Whether a digest's bytes are here, good or damaged, as of the last look."""

    def put(self, blobs: Pairs) -> int:
        """Store blobs that aren't here; how many. They outlive a loss of power when this returns."""

    def create(self, name: str, data: bytes) -> bool:
        """Create a small file, whole and lasting; False, and nothing is touched, when its name is taken."""

    def read(self, name: str) -> bytes | None:
        """A small file, None when it isn't there."""

    def hint(self, name: str, data: bytes) -> None:
        """Write or replace a small file on which nothing depends. Never raises for what the machine refuses."""

    def names(self, folder: str) -> list[str]:
        """The names of files and folders in a folder, sorted. For people's commands: it may lag."""

    def using(self) -> AbstractContextManager[None]:
        """Nothing that is here is deleted meanwhile."""

    def refresh(self) -> None:
        """Look anew at what is here."""


class Upkeep(Registry, Protocol):
    """What a registry can do that may delete: for gc, forget and repair."""

    @property
    def is_there(self) -> bool:
        """Whether it was made."""

    def digests(self) -> Iterator[Digest]:
        """Every digest that is here, sorted."""

    def alone(self) -> AbstractContextManager[None]:
        """Nobody else pushes, promotes or deletes meanwhile. PromptcError N003 when somebody does for too long."""

    def written(self) -> Iterator[Stored]:
        """Every blob that is here with its size and when it was written; one that stands twice is given twice."""

    def audit(self) -> Iterator[Fault]:
        """Read every copy of every blob; those that aren't what they were."""

    def set_aside(self, name: str) -> None:
        """Move a small file out of the way, into quarantine, so that another can be created in its place."""

    def mend(self) -> None:
        """Move copies that aren't what they were into quarantine, and keep what is whole of their packs. While `alone`."""

    def sweep(self, seconds: float) -> int:
        """Delete temporary files of runs that were killed that long ago; how many bytes."""

    def drop(self, digests: Iterable[Digest]) -> int:
        """Delete blobs; how many bytes. To be done while `alone`."""

    def remove(self, name: str) -> None:
        """Delete a small file, if it is there."""


class NoRegistry:
    """Stands for the registry of a project that has none yet: nothing is in it, and nothing can be put there."""

    where = DEFAULT

    @property
    def is_there(self) -> bool:
        """See `Upkeep`."""
        return False

    def get(self, digest: Digest) -> bytes:
        """See `Registry`."""
        raise missing(digest)

    def has(self, digest: Digest) -> bool:
        """See `Registry`."""
        return False

    def read(self, name: str) -> bytes | None:
        """See `Registry`."""
        return None

    def names(self, folder: str) -> list[str]:
        """See `Registry`."""
        return []

    def digests(self) -> Iterator[Digest]:
        """See `Upkeep`."""
        return iter(())

    def written(self) -> Iterator[Stored]:
        """See `Upkeep`."""
        return iter(())

    def audit(self) -> Iterator[Fault]:
        """See `Upkeep`."""
        return iter(())

    def set_aside(self, name: str) -> None:
        """See `Upkeep`."""

    def mend(self) -> None:
        """See `Upkeep`."""

    def sweep(self, seconds: float) -> int:
        """See `Upkeep`."""
        return 0

    def refresh(self) -> None:
        """See `Registry`."""

    def put(self, blobs: Pairs) -> int:
        """See `Registry`."""
        raise no_registry(self.where)

    def create(self, name: str, data: bytes) -> bool:
        """See `Registry`."""
        raise no_registry(self.where)

    def hint(self, name: str, data: bytes) -> None:
        """See `Registry`."""

    def using(self) -> AbstractContextManager[None]:
        """See `Registry`."""
        raise no_registry(self.where)

    def alone(self) -> AbstractContextManager[None]:
        """See `Upkeep`."""
        raise no_registry(self.where)

    def drop(self, digests: Iterable[Digest]) -> int:
        """See `Upkeep`."""
        raise no_registry(self.where)

    def remove(self, name: str) -> None:
        """See `Upkeep`."""


def no_registry(where: str) -> PromptcError:
    """What is said where nothing at a place is a registry."""
    return PromptcError(
        "V011", f"there is no registry at `{where}`", hint="`promptc promote CHANNEL --new` or `promptc push` makes it"
    )


def open_registry(where: str, folder: Path, *, create: bool = False) -> Upkeep:
    """The registry that a word names: a folder, relative to `folder`. It is made when that is asked for.

    PromptcError V011 when there is none.
    """
    from promptc.stores.registry_folder import FolderRegistry

    scheme, colon, _ = where.partition("://")
    if colon:
        raise PromptcError(
            "V011",
            f"this promptc opens no registry at `{scheme}://`",
            hint="name a folder; other kinds come with an extra (docs/registry.md)",
        )
    registry = FolderRegistry(where, folder / where)
    if registry.is_there:
        return registry
    if not create:
        raise no_registry(where)
    registry.make()
    return registry


def lineage(registry: Registry) -> str:
    """The lineage id of a registry. PromptcError V011 when it is none, V003 when its file is damaged."""
    data = registry.read(LINEAGE_FILE)
    if data is None:
        raise PromptcError("V011", f"`{registry.where}` is no registry", hint=f"it has no `{LINEAGE_FILE}`")
    return lineage_of(data)
