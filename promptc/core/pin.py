"""Pin: a root written down in a consumer's repository, so that a deploy and nothing else changes what it serves.

    pin -> [pin] -> promptc.lock, the runtime

Pure. Sorted, indented JSON, so that a pull request shows what moved; it carries its own digest, so that an edit by hand or
a merge that went wrong is no pin any more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest, digest_of, parse_digest
from promptc.core.document import expect_keys, read_document
from promptc.core.errors import Exit, PromptcError
from promptc.core.values import canonical_bytes

PIN = "promptc.pin/1"
_REQUIRED = {
    "format": str, "registry": str, "lineage": str, "channel": str, "entry": int, "root": str, "exceptions": dict,
    "digest": str,
}  # fmt: skip
_OPTIONAL = {"fallback": str}


@dataclass(frozen=True, slots=True)
class Pin:
    """A root, where it came from, and the targets that are served otherwise than it says.

    `registry` is where it was read, as the user wrote it; `fallback` a root to serve when this one is revoked.
    """

    registry: str
    lineage: str
    channel: str
    entry: int
    root: Digest
    exceptions: Mapping[str, Digest] = field(default_factory=dict)
    fallback: Digest | None = None

    @property
    def moment(self) -> str:
        """The entry that it was taken from."""
        return f"{self.channel}@{self.entry}"


def encode_pin(pin: Pin) -> bytes:
    """The bytes of the file."""
    found = _document(pin)
    whole = {**found, "digest": digest_of(canonical_bytes(found))}
    return (json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def decode_pin(data: bytes, shown: str) -> Pin:
    """The pin that a file holds. PromptcError K001 when it is malformed or was edited, K005 for a newer format.

    Spaces and the order of keys don't count: only what it says does.
    """
    for mark in (b"<<<<<<<", b"=======", b">>>>>>>"):
        if data.startswith(mark) or b"\n" + mark in data:
            raise _malformed(shown, "it has the marks of a merge that was not finished")
    try:
        document = read_document(data, PIN)
        expect_keys(document, _REQUIRED, _OPTIONAL)
        pin = Pin(
            document["registry"], document["lineage"], document["channel"], document["entry"],
            parse_digest(document["root"]), {t: parse_digest(d) for t, d in sorted(document["exceptions"].items())},
            parse_digest(document["fallback"]) if "fallback" in document else None,
        )  # fmt: skip
    except PromptcError as error:
        if error.code == "D003":
            raise PromptcError(
                "K005", f"`{shown}`: {error.message}", hint=error.hint, exit_code=Exit.INTEGRITY
            ) from error
        raise _malformed(shown, error.message) from error
    except (ValueError, TypeError) as error:
        raise _malformed(shown, "a digest in it is malformed") from error
    if digest_of(canonical_bytes(_document(pin))) != document["digest"]:
        raise _malformed(shown, "it does not have the digest that it names, so it was edited by hand")
    return pin


def _document(pin: Pin) -> dict[str, Any]:
    found: dict[str, Any] = {
        "format": PIN, "registry": pin.registry, "lineage": pin.lineage, "channel": pin.channel, "entry": pin.entry,
        "root": pin.root, "exceptions": dict(pin.exceptions),
    }  # fmt: skip
    if pin.fallback is not None:
        found["fallback"] = pin.fallback
    return found


def _malformed(shown: str, why: str) -> PromptcError:
    return PromptcError(
        "K001",
        f"`{shown}` is no pin: {why}",
        hint="`promptc pin CHANNEL -o FILE` writes one; nothing is served by this one",
        exit_code=Exit.INTEGRITY,
    )
