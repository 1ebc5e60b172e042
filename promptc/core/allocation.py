"""Allocation: which share of a tenant's keys each variant of a prompt is given, and which variant a key draws.

    overlays -> compiler/portfolio -> [allocation] -> a tenant's node of the manifest -> the runtime, `promptc portfolio`

Pure, and of the standard library alone. A variant is a prompt of its own whose name is that of the plain one, a dot and a
word: `support-reply.concise`. The document says percents of the variants; the rest is the plain one.

Who draws has no memory, and needs none: each variant in the order of names has a number for the key, made of the salt, the
prompt, the variant and the key, and takes the key if that number is below its share of what the variants before it left. So
a key stays where it is until shares move. Where one variant is allocated, moving its share moves exactly the keys that make
up the difference; where there are several, at most twice as many.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Mapping

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of
from promptc.core.document import Get, expect_keys, fetch_bytes, read_document, wrong
from promptc.core.values import canonical_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ALLOCATION = "promptc.allocation/1"
DRAW = "promptc.draw/1"
PLAIN = "plain"
ONLY = "only"
# Words that can't name a variant: one is the prompt itself, the other a key of `variants`.
RESERVED = (PLAIN, ONLY)
_MARK = ".*"
_PARTS = 10_000  # shares are whole hundredths of a percent
_POINTS = 1 << 64


@dataclass(frozen=True, slots=True)
class Allocation:
    """Percents by variant, above 0, of at most two decimals, together at most 100; the rest is the plain prompt's."""

    prompt: str
    shares: Mapping[str, float]

    def share(self, variant: str) -> float:
        """The percent of a variant, or of the plain prompt for `""`."""
        return self.shares.get(variant, 0.0) if variant else (_PARTS - sum(map(parts_of, self.shares.values()))) / 100

    def encode(self) -> bytes:
        """Its canonical bytes."""
        shares = {name: _number(share) for name, share in self.shares.items()}
        return canonical_bytes({"format": ALLOCATION, "prompt": self.prompt, "variants": shares})


def read_allocation(get: Get, digest: Digest) -> Allocation:
    """The allocation that a digest names. PromptcError D001 when it isn't what was written."""
    return decode_allocation(fetch_bytes(get, digest))


def decode_allocation(data: bytes) -> Allocation:
    """The allocation that bytes hold. PromptcError D001, D003, D005 for anything else."""
    document = read_document(data, ALLOCATION)
    expect_keys(document, {"format": str, "prompt": str, "variants": dict})
    shares = document["variants"]
    sound = all(isinstance(share, (int, float)) and not isinstance(share, bool) for share in shares.values())
    if not sound or not all(is_share(share) and share for share in shares.values()):
        raise wrong("a share of an allocation is no percent")
    if sum(map(parts_of, shares.values())) > _PARTS:
        raise wrong("an allocation gives more than there is")
    return Allocation(document["prompt"], dict(sorted(shares.items())))


def drawn(allocation: Allocation, key: str, salt: str = "", *, served: Container[str] | None = None) -> str:
    """The name of the prompt that a key draws: `support-reply.concise`, or `support-reply` for the plain one.

    `key` is whatever the caller wants to be sticky: a user, a conversation. Another `salt` is another experiment, whose
    keys are drawn independently. `served` holds the names that the root has for the tenant: the keys of a variant that it
    lacks draw the plain one, and nobody else's keys move.
    """
    left = _PARTS
    for variant, share in sorted(allocation.shares.items()):
        parts = parts_of(share)
        if point_of(key, salt, allocation.prompt, variant) * left < parts * _POINTS:
            name = variant_name(allocation.prompt, variant)
            return name if served is None or name in served else allocation.prompt
        left -= parts
    return allocation.prompt


def point_of(key: str, salt: str, prompt: str, variant: str) -> int:
    """A key's number for a variant: the first eight bytes, the highest first, of the SHA-256 of a JSON list as UTF-8."""
    said = json.dumps([DRAW, salt, prompt, variant, key], ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair is no text; whoever sends one is given what its escape is given.
    return int.from_bytes(hashlib.sha256(said.encode("utf-8", "backslashreplace")).digest()[:8], "big")


def parts_of(share: float) -> int:
    """A percent in hundredths."""
    return round(share * 100)


def is_share(share: float) -> bool:
    """Whether a number is a percent of at most two decimals."""
    return 0 <= share <= 100 and parts_of(share) / 100 == share


def variant_name(prompt: str, variant: str) -> str:
    """The name of a variant as a prompt; the plain prompt's for `""`."""
    return f"{prompt}.{variant}" if variant else prompt


def split_name(name: str) -> tuple[str, str]:
    """The plain prompt and the variant (`""` for the plain one itself) that a prompt's name names."""
    prompt, _, variant = name.partition(".")
    return prompt, variant


def family_of(name: str) -> str:
    """The plain prompt that a target's name belongs to, an allocation's among them."""
    return name.partition(".")[0]


def belongs(name: str, prompt: str) -> bool:
    """Whether a target is chosen by a prompt's name: its own, and a plain prompt's variants and allocation with it."""
    return prompt in (name, family_of(name))


def allocation_name(prompt: str) -> str:
    """What the allocation of a prompt is called where targets are named, as in plans and holds: `support-reply.*`."""
    return f"{prompt}{_MARK}"


def is_allocation(name: str) -> bool:
    """Whether a target's name is that of an allocation."""
    return name.endswith(_MARK)


def allocation_digest(allocation: Allocation) -> tuple[Digest, bytes]:
    """The document and its digest."""
    data = allocation.encode()
    return digest_of(data), data


def _number(share: float) -> Any:
    return int(share) if share == int(share) else share
