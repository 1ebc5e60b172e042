"""Signed: what a signature says of a head, and the envelope that holds it (DSSE v1, in-toto/dsse), without any cryptography.

    a head, a key's name, an expiry -> [signed] -> the bytes to sign -> channels/NAME/signed/KEY.json -> clients

Pure. A statement names lineage, channel, number and entry digest, so that it counts for that head alone, and an expiry, so that
whoever holds back newer heads can do so for a while only. Statements are renewed beside an entry and never touch it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from promptc.core.channel import folder_of
from promptc.core.dataclass import dataclass
from promptc.core.document import wrong
from promptc.core.values import canonical_bytes

STATEMENT = "promptc.signed/1"
PAYLOAD_TYPE = "application/vnd.promptc.signed+json"
RECORD_TYPE = "application/vnd.in-toto+json"
ENVELOPE_BYTES_MAX = 64 * 1024
_KEYS = {"format": str, "lineage": str, "channel": str, "number": int, "entry": str, "issued": str, "expires": str}


@dataclass(frozen=True, slots=True)
class Statement:
    """What a key says: this entry is the head of this channel of this registry, from `issued` until `expires` (UTC)."""

    lineage: str
    channel: str
    number: int
    entry: str
    issued: str
    expires: str

    def payload(self) -> bytes:
        """The canonical bytes that are signed."""
        return canonical_bytes(
            {
                "format": STATEMENT, "lineage": self.lineage, "channel": self.channel, "number": self.number, "entry": self.entry,
                "issued": self.issued, "expires": self.expires,
            }
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Envelope:
    """Bytes, what they are, and signatures by the ids of their keys."""

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]

    def encode(self) -> bytes:
        """The JSON form."""
        signatures = [{"keyid": key, "sig": base64.b64encode(made).decode()} for key, made in self.signatures]
        payload = base64.b64encode(self.payload).decode()
        return canonical_bytes({"payloadType": self.payload_type, "payload": payload, "signatures": signatures})


def to_sign(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: what a key signs, so that bytes of one kind never count as another."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def read_envelope(data: bytes) -> Envelope:
    """The envelope in bytes. PromptcError D001 for anything else."""
    if len(data) > ENVELOPE_BYTES_MAX:
        raise wrong("an envelope is larger than any that is written")
    try:
        found = json.loads(data)
        signatures = tuple((one["keyid"], base64.b64decode(one["sig"], validate=True)) for one in found["signatures"])
        if not all(isinstance(key, str) for key, _ in signatures) or not isinstance(found["payloadType"], str):
            raise ValueError
        return Envelope(found["payloadType"], base64.b64decode(found["payload"], validate=True), signatures)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        raise wrong("it is no envelope") from error


def read_statement(envelope: Envelope) -> Statement:
    """The statement in an envelope. PromptcError D001 for another payload."""
    if envelope.payload_type != PAYLOAD_TYPE:
        raise wrong("an envelope holds something else than a statement")
    try:
        found: Mapping[str, Any] = json.loads(envelope.payload)
        if found.keys() != _KEYS.keys() or found["format"] != STATEMENT or not all(isinstance(found[k], kind) for k, kind in _KEYS.items()):
            raise ValueError
    except (ValueError, AttributeError, RecursionError) as error:
        raise wrong("a statement is malformed") from error
    made = Statement(**{key: value for key, value in found.items() if key != "format"})
    if made.payload() != envelope.payload:
        raise wrong("a statement is not what was written")
    return made


def key_id(public: bytes) -> str:
    """A key's id: the first 16 hex digits of the sha256 of its 32 bytes."""
    return hashlib.sha256(public).hexdigest()[:16]


def signed_name(channel: str, key: str) -> str:
    """The file of a key's newest statement of a channel's head; it is renewed in its place."""
    return f"{folder_of(channel)}/signed/{key}.json"


def record_name(record: str, key: str) -> str:
    """The file of a key's signature of a build record."""
    return f"records/{record.removeprefix('sha256:')}/{key}.json"

