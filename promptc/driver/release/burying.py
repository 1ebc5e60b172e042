"""Burying: take blobs out of a registry for good, and leave a tombstone for each.

    retire, forget -> [burying] -> forgotten/HEX.json, fewer blobs

Tombstones come first: a kill in between leaves texts that are still there, and never one that is missing without a word.
"""

from __future__ import annotations

from collections.abc import Iterable

from promptc.core.digest import Digest
from promptc.core.document import fetch_bytes
from promptc.core.errors import PromptcError
from promptc.core.reach import named_in
from promptc.core.tombstone import Tombstone, encode_tombstone, tombstone_name
from promptc.driver.build import Progress, quiet
from promptc.driver.release.gc import levels
from promptc.driver.release.who import now
from promptc.stores.registry import Upkeep


def bury(registry: Upkeep, digests: Iterable[Digest], cause: str, on_progress: Progress = quiet) -> int:
    """Take blobs out; how many bytes that frees. `cause` is `retired` or `forgotten`. To be done while `alone`."""
    doomed = sorted(digests)
    for number, digest in enumerate(doomed):
        on_progress(number, len(doomed), "removing")
        registry.create(tombstone_name(digest), encode_tombstone(_stone(registry, digest, cause)))
    # What is named goes before what names it: whoever comes after a kill still finds the rest by its names.
    return sum(registry.drop(level) for level in list(levels(registry.get, doomed))[::-1])


def size_of(registry: Upkeep, digest: Digest) -> int:
    """A blob's length in bytes, 0 where it can't be read."""
    try:
        return len(fetch_bytes(registry.get, digest))
    except PromptcError:
        return 0


def _stone(registry: Upkeep, digest: Digest, cause: str) -> Tombstone:
    try:
        data = fetch_bytes(registry.get, digest)
    except PromptcError:
        # What is damaged goes all the same: it may hold a part of the text.
        return Tombstone(digest, "", 0, cause, now())
    return Tombstone(digest, named_in(data).kind, len(data), cause, now())
