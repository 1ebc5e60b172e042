"""Digests: `sha256:` and the hash of the bytes that were asked for, parsed once and trusted after. Pure."""

from __future__ import annotations

import hashlib

from promptc.core.values import canonical_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NewType

if TYPE_CHECKING:
    Digest = NewType("Digest", str)
else:
    Digest = str

_DIGITS = "0123456789abcdef"


def digest_of(data: bytes) -> Digest:
    """The digest of bytes as they are; readers hash what they got and never re-encode."""
    return Digest("sha256:" + hashlib.sha256(data).hexdigest())


def parse_digest(text: str) -> Digest:
    """A digest from text; ValueError for anything but `sha256:` and 64 hex digits."""
    if len(text) != 71 or not text.startswith("sha256:") or text[7:].strip(_DIGITS):
        raise ValueError("not a sha256 digest")
    return Digest(text)


def key_of(domain: str, value: Any) -> Digest:
    """The digest of a value for a memo or a comparison, under a domain tag with a format number (`memo.closure/1`)."""
    return digest_of(domain.encode() + b"\0" + canonical_bytes(value))
