"""Signing: keys, statements that a channel's head is what it is, and signatures of build records.

    a private key, a channel -> [signing] -> channels/NAME/signed/KEY.json, records/HEX/KEY.json

A statement is renewed in its place and touches no entry. Private keys never leave their file; the registry holds public
signatures alone, and clients bring the public keys that they trust themselves.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from promptc.core.dataclass import dataclass
from promptc.core.document import fetch_bytes
from promptc.core.entry import Entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.signed import (
    PAYLOAD_TYPE,
    RECORD_TYPE,
    Envelope,
    Statement,
    key_id,
    record_name,
    signed_name,
    to_sign,
)
from promptc.core.visible import shortened
from promptc.driver.release.opening import Desk
from promptc.driver.release.source import records_behind
from promptc.stores.write import create_file

EXPIRES_SECONDS = 7 * 86_400.0
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Key:
    """A private key, by its id, with its public half in hex."""

    id: str
    public: str
    private: Any


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed: the head, by which key, until when, and how many build records besides."""

    entry: Entry
    key: Key
    expires: str
    records: int


def new_key(path: Path) -> Key:
    """Make a key and write it into a file that only its owner can read. PromptcError D009 when it is there, V070."""
    keys, serialization = _cryptography()
    private = keys.Ed25519PrivateKey.generate()
    data = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    before = os.umask(0o077)
    try:
        create_file(path, data)
    finally:
        os.umask(before)
    return _key(private)


def read_key(path: str) -> Key:
    """The private key in a file. PromptcError V071 for anything else."""
    keys, serialization = _cryptography()
    try:
        private = serialization.load_pem_private_key(Path(path).read_bytes(), password=None)
        if not isinstance(private, keys.Ed25519PrivateKey):
            raise ValueError
    except (OSError, ValueError, TypeError) as error:
        raise PromptcError(
            "V071",
            f"`{shortened(path)}` is no private key of promptc",
            hint="`promptc keys new FILE` makes one; it is PEM, Ed25519, without a password",
        ) from error
    return _key(private)


def sign(desk: Desk, channel: str, key: Key, *, seconds: float = EXPIRES_SECONDS) -> Signed:
    """Sign a channel's head and the build records behind it. PromptcError V001, V070, D006."""
    entry = desk.head(channel)
    now = time.time()
    expires = time.strftime(_TIME, time.gmtime(now + seconds))
    said = Statement(desk.lineage, channel, entry.number, entry.digest, time.strftime(_TIME, time.gmtime(now)), expires)
    name = signed_name(channel, key.id)
    data = _sealed(PAYLOAD_TYPE, said.payload(), key)
    desk.registry.hint(name, data)
    if desk.registry.read(name) != data:
        raise PromptcError(
            "D006", f"`{name}` can't be written", hint="free some space, or look at the folder's permissions", exit_code=Exit.MACHINE
        )
    count = 0
    for record in records_behind(desk, entry):
        count += desk.registry.create(record_name(record, key.id), _sealed(RECORD_TYPE, fetch_bytes(desk.registry.get, record), key))
    return Signed(entry, key, expires, count)


def _sealed(kind: str, payload: bytes, key: Key) -> bytes:
    return Envelope(kind, payload, ((key.id, key.private.sign(to_sign(kind, payload))),)).encode()


def _key(private: Any) -> Key:
    _, serialization = _cryptography()
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return Key(key_id(public), public.hex(), private)


def _cryptography() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise PromptcError("V070", "signing needs the extra `sign`", hint="`pip install 'promptc-build[sign]'`") from error
    return ed25519, serialization
