"""Forgetting: the report of what was removed of a tenant, what stays and why, and what nobody here can reach.

    forget -> [forgetting] -> a document for whoever has to prove it

Pure. It names files and digests and quotes no text. The digest is that of its canonical bytes without it, so that a copy
can be held against what was handed out.
"""

from __future__ import annotations

from typing import Any

from promptc.core.dataclass import dataclass
from promptc.core.digest import digest_of
from promptc.core.values import canonical_bytes

FORGETTING = "promptc.forgetting/1"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that goes, or went: of which kind, its name, its digest where it has one ("" else), its bytes."""

    kind: str
    name: str
    digest: str = ""
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Remainder:
    """What stays, or can't be reached from here, and what to do about it ("" for nothing)."""

    what: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One place that was looked at: the sources, the build, a registry."""

    where: str
    gone: tuple[Item, ...] = ()
    stays: tuple[Remainder, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, or would be (`is_done`), for a tenant. `beyond` lists what no command here can reach."""

    tenant: str
    time: str
    who: str
    why: str
    is_done: bool
    places: tuple[Place, ...]
    beyond: tuple[Remainder, ...]

    @property
    def count(self) -> int:
        """How many things go."""
        return sum(len(place.gone) for place in self.places)

    @property
    def size_bytes(self) -> int:
        """How many bytes these are."""
        return sum(item.size_bytes for place in self.places for item in place.gone)

    def document(self) -> dict[str, Any]:
        """As JSON data, with its digest."""
        found: dict[str, Any] = {
            "format": FORGETTING, "tenant": self.tenant, "time": self.time, "who": self.who, "why": self.why,
            "deleted": self.is_done, "places": list(map(_place, self.places)), "beyond": list(map(_remainder, self.beyond)),
        }  # fmt: skip
        return {**found, "digest": digest_of(canonical_bytes(found))}


def _place(place: Place) -> dict[str, Any]:
    gone = [{"kind": i.kind, "name": i.name, "digest": i.digest, "bytes": i.size_bytes} for i in place.gone]
    return {"where": place.where, "removed": gone, "stays": list(map(_remainder, place.stays))}


def _remainder(one: Remainder) -> dict[str, str]:
    return {"what": one.what, "todo": one.todo}
