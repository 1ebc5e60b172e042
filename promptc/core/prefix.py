"""Prefix: the beginning of a prompt that is the same in every request: what a provider's prompt cache can keep.

    an artifact's document -> [prefix] -> its digest, its length, the marks in it

Pure. Providers hash tools, then messages, from the start; the first part that a request decides ends what can be shared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of
from promptc.core.values import Ordered, canonical_bytes


@dataclass(frozen=True, slots=True)
class Prefix:
    """A stable prefix: what names it, how many characters of text stand in it, how many cache marks, for which provider."""

    digest: Digest
    characters: int
    marks: int
    provider: str


def stable_prefix(document: Mapping[str, Any]) -> Prefix:
    """The stable prefix of an artifact. Equal prefixes of equal models have equal digests, whatever comes after them."""
    model = document.get("model", {})
    tools = [Ordered(tool) for tool in document.get("tools", [])]
    parts: list[Any] = []
    characters = marks = 0
    for message in document.get("messages", []):
        if "role" not in message:
            break
        parts.append({"role": message["role"]})
        ended = False
        for part in message["content"]:
            if isinstance(part, str):
                parts.append(part)
                characters += len(part)
            elif "cache" in part:
                marks += 1
            else:
                ended = True
                break
        if ended:
            break
    data = canonical_bytes({"model": dict(model), "parts": parts, "tools": tools})
    return Prefix(digest_of(data), characters, marks, str(model.get("provider", "")))
