"""Trust: whether enough trusted keys say that an entry is a channel's head, now.

    an entry, small files of a registry, keys -> [trust] -> nothing, or Untrusted

Only a client that requires signatures loads this, and with it the `cryptography` library (the extra `sign`). Everything is
refused that a registry in wrong hands could try: an old head kept alive (it expires), a head of another channel or registry,
a number without its entry, one key counted twice, a key that isn't trusted.
"""

from __future__ import annotations

import calendar
import time
from collections.abc import Callable, Iterable

from promptc.core.entry import Entry
from promptc.core.errors import PromptcError
from promptc.core.signed import key_id, read_envelope, read_statement, signed_name, to_sign
from promptc.runtime.errors import Misused, Untrusted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SKEW_SECONDS = 300.0
Read = Callable[[str], "bytes | None"]


class Trust:
    """The keys that a client trusts, and how many of them must say so. `keys` are raw public keys, PEM, or hex."""

    def __init__(self, keys: Iterable[str | bytes], threshold: int = 1) -> None:
        self.keys = dict(map(_loaded, keys))
        self.threshold = threshold
        # The statements that counted last, by their names: kept beside a head, for a restart without the registry.
        self.statements: dict[str, bytes] = {}
        if not 0 < threshold <= len(self.keys):
            raise Misused(f"{threshold} of {len(self.keys)} trusted keys can't be required", hint="give as many different keys")

    def check(self, read: Read, entry: Entry, now_seconds: float) -> None:
        """Refuse a head that not enough trusted keys vouch for. Untrusted says what was wrong with each."""
        wrong: dict[str, str] = {}
        seen: dict[str, bytes] = {}
        for key, public in self.keys.items():
            name = signed_name(entry.channel, key)
            data = read(name)
            why = self._why_not(data, entry, (key, public), now_seconds)
            if why:
                wrong[key] = why
            elif data is not None:
                seen[name] = data
        if len(self.keys) - len(wrong) < self.threshold:
            said = "; ".join(f"{key}: {why}" for key, why in wrong.items())
            count = f"{len(self.keys) - len(wrong)} of the {self.threshold} trusted keys that are required"
            raise Untrusted(
                f"`{entry.moment}` is vouched for by {count} ({said})",
                hint="`promptc sign` renews a statement; if nobody moved the channel, look who did",
            )

        self.statements = seen

    def _why_not(self, data: bytes | None, entry: Entry, key: tuple[str, Any], now_seconds: float) -> str:
        """What keeps a key's statement from counting for an entry, "" where it counts."""
        if data is None:
            return "no statement"
        name, public = key
        try:
            envelope = read_envelope(data)
            mine = [made for found, made in envelope.signatures if found == name]
            if not mine or not any(_holds(public, made, to_sign(envelope.payload_type, envelope.payload)) for made in mine):
                return "its signature does not hold"
            said = read_statement(envelope)
        except PromptcError as error:
            return error.message
        for what, stated, wanted in (
            ("lineage", said.lineage, entry.lineage), ("channel", said.channel, entry.channel),
            ("entry", (said.number, said.entry), (entry.number, entry.digest)),
        ):  # fmt: skip
            if stated != wanted:
                return f"it is of another {what}"
        issued, expires = _seconds(said.issued), _seconds(said.expires)
        if now_seconds < issued - SKEW_SECONDS:
            return f"it is issued in the future ({said.issued})"
        return f"it expired at {said.expires}" if now_seconds > expires + SKEW_SECONDS else ""


def _loaded(given: str | bytes) -> tuple[str, Any]:
    """A key by its id."""
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
    except ImportError as error:
        raise Misused("trusted keys need the `cryptography` library", hint="`pip install cryptography`") from error
    data = given.encode() if isinstance(given, str) else given
    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            public = load_pem_public_key(data)
            if not isinstance(public, Ed25519PublicKey):
                raise ValueError
        else:
            public = Ed25519PublicKey.from_public_bytes(data if len(data) == 32 else bytes.fromhex(data.decode().strip()))
    except (ValueError, TypeError) as error:
        raise Misused("a trusted key is no Ed25519 public key", hint="give what `promptc keys public` prints, or PEM") from error
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return key_id(raw), public


def _holds(public: Any, signature: bytes, data: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        public.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _seconds(text: str) -> float:
    try:
        return float(calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")))
    except ValueError:
        return 0.0

