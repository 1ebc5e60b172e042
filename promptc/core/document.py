"""Documents: the kinds of hashed files, and the one door through which their bytes come back.

    blobs -> [document] -> artifact, manifest, record

Pure. A digest is followed only to the kind that is expected, every number of a format that was ever written is read
for ever, and a number that isn't known is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from promptc.core.digest import Digest, digest_of
from promptc.core.errors import Exit, PromptcError
from promptc.core.pattern import Pattern
from promptc.core.values import read_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ARTIFACT = "promptc.artifact/1"
ROOT = "promptc.root/1"
TREE = "promptc.tree/1"
TENANT = "promptc.tenant/1"
RECORD = "promptc.record/2"
ENTRIES = "promptc.entries/1"
LATEST = "promptc.latest/1"

# What gives the bytes that a digest names; it may read a folder, a dict or a server, and is never trusted.
Get = Callable[[Digest], bytes]

_FORMAT = Pattern(r"promptc\.[a-z]+/[1-9][0-9]{0,8}\Z")


def wrong(what: str) -> PromptcError:
    """The error for a document that isn't what its format says."""
    return PromptcError(
        "D001",
        f"a document is damaged: {what}",
        hint="run `promptc build` to make it anew",
        exit_code=Exit.INTEGRITY,
    )


def read_document(data: bytes, expected: str, *, older: tuple[str, ...] = ()) -> dict[str, Any]:
    """The document in bytes of the kind expected (`promptc.root/1`), or of an older number of it that is still read.

    PromptcError D001, D003 or D005 otherwise.
    """
    try:
        document = read_json(data)
    except (ValueError, RecursionError) as error:
        raise wrong("it is not JSON") from error
    if not isinstance(document, dict):
        raise wrong("it is not a map")
    found = document.get("format")
    if found == expected or found in older:
        return document
    if not isinstance(found, str) or not _FORMAT.match(found):
        raise wrong("it names no format")
    if found.partition("/")[0] == expected.partition("/")[0]:
        raise PromptcError(
            "D003",
            f"the format `{found}` is not known to this promptc",
            hint="it was written by a newer promptc: upgrade this one",
            exit_code=Exit.INTEGRITY,
        )
    raise PromptcError(
        "D005",
        f"a digest leads to `{found}` where `{expected}` is expected",
        hint="it was taken from another place: name the digest of the right kind",
        exit_code=Exit.INTEGRITY,
    )


def fetch(get: Get, digest: Digest, expected: str) -> dict[str, Any]:
    """The document that a digest names, after its bytes were held against the digest that was asked for."""
    return read_document(fetch_bytes(get, digest), expected)


def fetch_bytes(get: Get, digest: Digest) -> bytes:
    """The bytes that a digest names, verified; PromptcError D001 when they are others."""
    data = get(digest)
    if digest_of(data) != digest:
        raise PromptcError(
            "D001",
            f"`{digest}` is damaged: its bytes have another digest",
            hint="run `promptc build` to make it anew",
            exit_code=Exit.INTEGRITY,
        )
    return data


def expect_keys(
    document: Mapping[str, Any], required: Mapping[str, type], optional: Mapping[str, type] | None = None
) -> None:
    """Refuse a document with a missing key, an unknown key or a value of the wrong type."""
    known = {**required, **(optional or {})}
    for key in required:
        if key not in document:
            raise wrong(f"`{key}` is missing")
    for key, value in document.items():
        if key not in known:
            raise wrong(f"`{key[:40]}` is not a key of `{document['format']}`")
        if not isinstance(value, known[key]) or (known[key] is int and isinstance(value, bool)):
            raise wrong(f"`{key}` is of the wrong type")
