"""Object registry: a registry in an object store, for everybody who promotes.

    open_place -> [object registry] -> S3 and its like, through obstore

An entry is created by a conditional put, which the store must honour: it is asked to, with a throw-away object, before the
first entry is trusted to it. Blobs go up as packs, so that a hundred thousand are a few requests. A store has no locks: who
deletes leaves a mark that others heed, and what is younger than an age is never deleted.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from promptc.core.channel import LINEAGE_FILE, REGISTRY
from promptc.core.digest import Digest, digest_of
from promptc.core.errors import Exit, PromptcError
from promptc.core.tombstone import decode_tombstone, removed, tombstone_name
from promptc.core.values import canonical_bytes
from promptc.core.visible import shortened
from promptc.runtime.errors import Misused, Unreachable
from promptc.runtime.objects import PACKS, ObjectSource
from promptc.stores import effects
from promptc.stores.audit import Fault, Stored
from promptc.stores.blobs import Blobs
from promptc.stores.regular import damaged, missing

LOOSE_MAX = 8
LOCK = "lock.json"
LOCK_SECONDS_MAX = 3600.0
BLOCK_BYTES = 8 * 1024 * 1024


class ObjectRegistry:
    """A registry in an object store. `where` is as its user wrote it."""

    def __init__(self, where: str, *, store: Any = None) -> None:
        self.where = where
        try:
            self._source = ObjectSource(where, block_bytes=BLOCK_BYTES, store=store)
        except Misused as error:
            raise PromptcError("V072", error.message, hint=error.hint) from error
        self._store = self._source.store
        self._is_probed = False
        self._is_listed = False

    @property
    def is_there(self) -> bool:
        """Whether it was made."""
        return self.read(LINEAGE_FILE) is not None

    def make(self) -> None:
        """Give it a lineage of its own; of several who do it at once, one does."""
        self.create(LINEAGE_FILE, canonical_bytes({"format": REGISTRY, "lineage": secrets.token_hex(16)}))

    # Reading

    def get(self, digest: Digest) -> bytes:
        """See `Registry`."""
        self._listed()
        found = self._asked(lambda: self._source.get(digest))
        if found is None:
            stone = self.read(tombstone_name(digest))
            if stone is not None:
                raise removed(decode_tombstone(stone, digest))
            raise missing(digest)
        if digest_of(found) != digest:
            raise damaged(digest)
        return bytes(found)

    def has(self, digest: Digest) -> bool:
        """See `Registry`."""
        self._listed()
        if self._source.holds(digest):
            return True
        return digest in self._loose()

    def read(self, name: str) -> bytes | None:
        """See `Registry`."""
        found = self._asked(lambda: self._source.read(name))
        return None if found is None else bytes(found)

    def names(self, folder: str) -> list[str]:
        """See `Registry`."""
        import obstore

        found = self._asked(lambda: self._source.tried(lambda: obstore.list_with_delimiter(self._store, f"{folder}/"))) or {}
        paths = [*found.get("common_prefixes", ()), *(one["path"] for one in found.get("objects", ()))]
        return sorted({str(path).rstrip("/").rpartition("/")[2] for path in paths})

    def refresh(self) -> None:
        """See `Registry`."""
        self._is_listed = False

    # Writing

    def put(self, blobs: Iterable[tuple[Digest, bytes]]) -> int:
        """See `Registry`. Many go up as one pack, few as objects of their own."""
        self._listed()
        with _local() as (folder, local):
            count = local.put_durable((digest, data) for digest, data in blobs if not self.has(digest))
            if not count:
                return 0
            packs = sorted((folder / "blobs/packs").glob("*.pack"))
            if count <= LOOSE_MAX:
                for digest in local.names():
                    self._upload(f"blobs/sha256/{digest[7:9]}/{digest[7:]}", local.get(digest))
            else:
                for path in packs:
                    self._upload(f"{PACKS}/{path.name}", path)
        self.refresh()
        return count

    def create(self, name: str, data: bytes) -> bool:
        """See `Registry`. PromptcError V073 for a store that would let two create it."""
        self._probe()
        return self._create(name, data)

    def hint(self, name: str, data: bytes) -> None:
        """See `Registry`."""
        try:
            self._upload(name, data)
        except PromptcError:
            return

    @contextmanager
    def using(self) -> Iterator[None]:
        """See `Registry`. PromptcError N003 while somebody deletes."""
        self._refuse_locked()
        self.refresh()
        yield

    # Keeping

    @contextmanager
    def alone(self) -> Iterator[None]:
        """See `Upkeep`. A mark keeps others out; one that was left behind counts for an hour."""
        data = canonical_bytes({"format": "promptc.lock/1", "time": int(time.time()), "by": secrets.token_hex(8)})
        self._refuse_locked()
        self._probe()
        if not self._create(LOCK, data):
            self.remove(LOCK)
            if not self._create(LOCK, data):
                raise self._busy()
        try:
            self.refresh()
            yield
        finally:
            self.remove(LOCK)

    def digests(self) -> Iterator[Digest]:
        """See `Upkeep`."""
        self._listed()
        found = {Digest(f"sha256:{raw.hex()}") for pack in self._source.packs.values() for raw, _ in pack.entries()}
        yield from sorted(found | self._loose().keys())

    def written(self) -> Iterator[Stored]:
        """See `Upkeep`."""
        self._listed()
        times = {str(one["path"]).rpartition("/")[2]: one["last_modified"].timestamp() for one in self._objects(f"{PACKS}/")}
        for name, pack in self._source.packs.items():
            for raw, length in pack.entries():
                yield Stored(Digest(f"sha256:{raw.hex()}"), length, times.get(name, time.time()))
        for digest, one in self._loose().items():
            yield Stored(digest, one["size"], one["last_modified"].timestamp())

    def audit(self) -> Iterator[Fault]:
        """See `Upkeep`."""
        for digest in self.digests():
            try:
                self.get(digest)
            except PromptcError as error:
                yield Fault(digest[7:], error.message, digest)

    def set_aside(self, name: str) -> None:
        """See `Upkeep`."""
        data = self.read(name)
        if data is not None:
            self._upload(f"quarantine/{name}", data)
            self.remove(name)

    def mend(self) -> None:
        """See `Upkeep`. What is damaged in a pack stays beside what is put there anew; every reader takes the whole copy."""

    def sweep(self, seconds: float) -> int:
        """See `Upkeep`. An upload that was cut leaves nothing."""
        return 0

    def drop(self, digests: Iterable[Digest]) -> int:
        """See `Upkeep`. A pack is written anew without them, and the old one goes last."""
        doomed = set(digests)
        freed: int = sum(one["size"] for digest, one in self._loose().items() if digest in doomed)
        for digest in doomed & self._loose().keys():
            self.remove(f"blobs/sha256/{digest[7:9]}/{digest[7:]}")
        for name, pack in self._source.packs.items():
            held = [(Digest(f"sha256:{raw.hex()}"), length) for raw, length in pack.entries()]
            gone = [length for digest, length in held if digest in doomed]
            if gone:
                freed += sum(gone)
                self._repack(name, [digest for digest, _ in held if digest not in doomed])
        self.refresh()
        return freed

    def remove(self, name: str) -> None:
        """See `Upkeep`."""
        import obstore

        self._asked(lambda: self._source.tried(lambda: obstore.delete(self._store, name)))

    # Inside

    def _repack(self, name: str, keep: list[Digest]) -> None:
        with _local() as (folder, local):
            local.put_durable((digest, self.get(digest)) for digest in keep)
            for path in (folder / "blobs/packs").glob("*.pack"):
                self._upload(f"{PACKS}/{path.name}", path)
        self.remove(f"{PACKS}/{name}")

    def _upload(self, name: str, data: bytes | Path) -> None:
        import obstore

        self._asked(lambda: self._source.tried(lambda: obstore.put(self._store, name, data)))

    def _create(self, name: str, data: bytes) -> bool:
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        try:
            obstore.put(self._store, name, data, mode="create")
        except (AlreadyExistsError, PreconditionError, FileExistsError):
            return False
        except (OSError, ValueError, RuntimeError, obstore.exceptions.BaseError) as error:
            raise self._refused(str(error)) from error
        return True

    def _probe(self) -> None:
        """Whether the store refuses to create what is there: asked once, with an object that is thrown away."""
        if self._is_probed:
            return
        name = f"probe/{secrets.token_hex(16)}"
        try:
            is_honoured = self._create(name, b"1") and not self._create(name, b"2") and self.read(name) == b"1"
        finally:
            self.remove(name)
        if not is_honoured:
            raise PromptcError(
                "V073",
                f"the store of `{shortened(self.where)}` ignores the condition that an object must not be there yet",
                hint="two who promote at once would overwrite each other: use one that honours `If-None-Match` (S3, R2, MinIO, GCS)",
                exit_code=Exit.REMOTE,
            )
        self._is_probed = True

    def _listed(self) -> None:
        if not self._is_listed:
            self._asked(lambda: self._source.look(now=True))
            self._is_listed = True
            self._known: dict[Digest, Any] | None = None

    def _loose(self) -> dict[Digest, Any]:
        self._listed()
        if self._known is None:
            found = {str(one["path"]).rpartition("/")[2]: one for one in self._objects("blobs/sha256/")}
            self._known = {Digest(f"sha256:{name}"): one for name, one in found.items() if len(name) == 64}
        return self._known

    def _objects(self, prefix: str) -> list[Any]:
        import obstore

        return self._asked(lambda: self._source.tried(lambda: [one for page in obstore.list(self._store, prefix) for one in page])) or []

    def _refuse_locked(self) -> None:
        data = self.read(LOCK)
        if data is not None:
            try:
                since = float(json.loads(data)["time"])
            except (ValueError, KeyError, TypeError):
                since = 0.0
            if time.time() - since < LOCK_SECONDS_MAX:
                raise self._busy()

    def _busy(self) -> PromptcError:
        return PromptcError(
            "N003", f"somebody deletes in `{shortened(self.where)}` just now", hint="run it again in a minute", exit_code=Exit.CONFLICT
        )

    def _asked(self, act: Any) -> Any:
        try:
            return act()
        except Unreachable as error:
            raise self._refused(error.message) from error

    def _refused(self, why: str) -> PromptcError:
        return PromptcError(
            "V074", f"`{shortened(self.where)}`: {why.strip().splitlines()[0][:200]}",
            hint="look at the bucket, its region and the credentials", exit_code=Exit.REMOTE,
        )  # fmt: skip


@contextmanager
def _local() -> Iterator[tuple[Path, Blobs]]:
    """A store of this process alone, in which packs are made before they go up."""
    with effects.scratch() as name:
        folder = Path(name)
        for part in ("blobs/packs", "tmp"):
            effects.make_folders(folder / part)
        yield folder, Blobs(folder / "blobs", folder / "tmp")
