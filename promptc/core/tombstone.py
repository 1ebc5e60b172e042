"""Tombstone: what stands for a blob that was taken out of a registry for good: its hash stays checkable, its text is gone.

    retire, forget -> [tombstone] -> forgotten/HEX.json -> history, verify, show

Pure. It says why and when, and nothing of what stood there.
"""

from __future__ import annotations

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of
from promptc.core.document import expect_keys, read_document, wrong
from promptc.core.errors import Exit, PromptcError
from promptc.core.values import canonical_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TOMBSTONE = "promptc.tombstone/1"
FOLDER = "forgotten"
# The code of what is said to whoever asks for bytes that were taken out on purpose.
REMOVED = "V014"
_KEYS = {"format": str, "forgotten": str, "kind": str, "bytes": int, "cause": str, "time": str, "digest": str}


@dataclass(frozen=True, slots=True)
class Tombstone:
    """`kind` is the format of what stood there, `size_bytes` its length, `cause` `retired` or `forgotten`."""

    forgotten: Digest
    kind: str
    size_bytes: int
    cause: str
    time: str


def tombstone_name(digest: Digest) -> str:
    """The name of a tombstone's file."""
    return f"{FOLDER}/{digest.removeprefix('sha256:')}.json"


def encode_tombstone(stone: Tombstone) -> bytes:
    """Its canonical bytes; like every file that no digest leads to, it carries its own."""
    found = _document(stone)
    return canonical_bytes({**found, "digest": digest_of(canonical_bytes(found))})


def decode_tombstone(data: bytes, digest: Digest) -> Tombstone:
    """The tombstone of a digest; PromptcError D001 when its bytes are others than were written."""
    document = read_document(data, TOMBSTONE)
    expect_keys(document, _KEYS)
    stone = Tombstone(
        Digest(document["forgotten"]), document["kind"], document["bytes"], document["cause"], document["time"]
    )
    if stone.cause not in ("retired", "forgotten"):
        raise wrong("a tombstone gives no cause")
    if encode_tombstone(stone) != data or stone.forgotten != digest:
        raise wrong("a tombstone is not what was written")
    return stone


def removed(stone: Tombstone) -> PromptcError:
    """What is said to whoever asks for bytes that were taken out for good."""
    return PromptcError(
        REMOVED,
        f"`{stone.forgotten[:19]}…` was {stone.cause} at {stone.time.replace('T', ' ')[:16]}, and its text is removed",
        hint="its digest stays in the history; `promptc history` shows when it was served",
        exit_code=Exit.NO,
    )


def _document(stone: Tombstone) -> dict[str, Any]:
    return {
        "format": TOMBSTONE, "forgotten": stone.forgotten, "kind": stone.kind, "bytes": stone.size_bytes,
        "cause": stone.cause, "time": stone.time,
    }  # fmt: skip
