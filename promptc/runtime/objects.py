"""Objects: read a registry in an object store: S3 and what speaks its language, Google's, Azure's.

    s3://BUCKET/PREFIX -> obstore -> [objects] -> a source; the compiler's registry builds on it

Blobs lie in packs, so that a hundred thousand are a few objects; their indexes and records are fetched in blocks, which are
kept. Needs obstore (the extra `s3`), which takes regions, endpoints and credentials from the usual environment variables.
"""

from __future__ import annotations

import threading
import time

from promptc.runtime.errors import Misused, Unreachable
from promptc.runtime.packs import BLOB_BYTES_MAX, PackReader, opened_pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SCHEMES = ("s3", "gs", "az", "abfs")
SMALL_BYTES_MAX = 16 * 1024 * 1024
LOOK_SECONDS = 5.0
BLOCKS_MAX = 64
PACKS = "blobs/packs"


class ObjectSource:
    """A registry in an object store, to be read. `block_bytes` is how much is fetched at once of a pack."""

    def __init__(self, where: str, *, block_bytes: int = 256 * 1024, store: Any = None) -> None:
        self.where = where
        self.store = store if store is not None else open_store(where)
        self._block_bytes = block_bytes
        self._packs: dict[str, PackReader] = {}
        self._looked = float("-inf")
        self._lock = threading.Lock()

    def get(self, digest: str) -> bytes | None:
        """See `Source`."""
        found = self._packed(digest)
        if found is not None:
            return found
        found = self.fetch(f"blobs/sha256/{digest[7:9]}/{digest[7:]}", BLOB_BYTES_MAX)
        if found is None and self.look():
            found = self._packed(digest)
        return found

    def read(self, name: str) -> bytes | None:
        """See `Source`."""
        return self.fetch(name, SMALL_BYTES_MAX)

    def close(self) -> None:
        """See `Source`."""

    def holds(self, digest: str) -> bool:
        """Whether a pack of the last look has a digest."""
        raw = bytes.fromhex(digest[7:])
        return any(pack.place_of(raw) is not None for pack in list(self._packs.values()))

    @property
    def packs(self) -> dict[str, PackReader]:
        """The packs of the last look, by their names."""
        return dict(self._packs)

    def look(self, *, now: bool = False) -> bool:
        """List the packs anew, at most every few seconds unless it must be now; whether any came."""
        with self._lock:
            if not now and time.monotonic() - self._looked < LOOK_SECONDS:
                return False
            listed = self.tried(lambda: [one for page in self._obstore.list(self.store, f"{PACKS}/") for one in page])
            known = {}
            for one in listed or []:
                name = str(one["path"]).rpartition("/")[2]
                if name.endswith(".pack"):
                    found = self._packs.get(name) or opened_pack(self._blocks(f"{PACKS}/{name}", one["size"]), one["size"])
                    if found is not None:
                        known[name] = found
            came = known.keys() - self._packs.keys()
            self._packs, self._looked = known, time.monotonic()
            return bool(came)

    def fetch(self, name: str, size_max: int) -> bytes | None:
        """An object's bytes, None when it isn't there or is too large."""

        def get() -> bytes | None:
            found = self._obstore.get(self.store, name)
            return bytes(found.bytes()) if found.meta["size"] <= size_max else None

        result: bytes | None = self.tried(get)
        return result

    def tried(self, act: Callable[[], Any]) -> Any:
        """What a call gives; None for an object that isn't there. Unreachable for everything else."""
        try:
            return act()
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RuntimeError, self._obstore.exceptions.BaseError) as error:
            said = str(error).strip().split("\n")[0][:200]
            raise Unreachable(
                f"the store `{self.where}` refused or did not answer: {said}", hint="look at the bucket, its region and the credentials"
            ) from error

    @property
    def _obstore(self) -> Any:
        import obstore

        return obstore

    def _packed(self, digest: str) -> bytes | None:
        raw = bytes.fromhex(digest[7:])
        for pack in list(self._packs.values()):
            found = pack.get(raw)
            if found is not None:
                return found
        return None

    def _blocks(self, name: str, size_bytes: int) -> Callable[[int, int], bytes]:
        """A way to read an object by position, in blocks that are kept; what spans more is fetched in one go."""
        kept: dict[int, bytes] = {}
        step = self._block_bytes

        def fetch(start: int, end: int) -> bytes:
            end = min(end, size_bytes)
            found = self.tried(lambda: self._obstore.get_range(self.store, name, start=start, end=end)) if start < end else b""
            return bytes(found or b"")

        def read(count: int, at: int) -> bytes:
            first, last = at // step, (at + max(count, 1) - 1) // step
            missing = [number for number in range(first, last + 1) if number not in kept]
            if missing:
                data = fetch(missing[0] * step, (missing[-1] + 1) * step)
                if len(kept) + len(missing) > BLOCKS_MAX:
                    kept.clear()
                    if missing != list(range(first, last + 1)):
                        data, missing = fetch(first * step, (last + 1) * step), list(range(first, last + 1))
                for place, number in enumerate(range(missing[0], missing[-1] + 1)):
                    kept[number] = data[place * step : (place + 1) * step]
            joined = b"".join(kept[number] for number in range(first, last + 1))
            return joined[at - first * step : at - first * step + count]

        return read


def open_store(where: str) -> Any:
    """The store of an address. Misused where obstore isn't there, or the address is none."""
    try:
        from obstore.store import from_url
    except ImportError as error:
        raise Misused(f"`{where.partition('://')[0]}://` needs obstore", hint="`pip install obstore`") from error
    scheme, _, rest = where.partition("://")
    if scheme not in SCHEMES or not rest:
        raise Misused("that is no address of an object store", hint="write `s3://BUCKET/PREFIX`")
    try:
        return from_url(where)
    except Exception as error:
        said = str(error).strip().split("\n")[0][:200]
        raise Misused(f"`{where[:80]}` can't be opened: {said}", hint="look at the address and the environment's variables") from error
