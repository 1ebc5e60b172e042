"""Rollback manifest: what a rollback moved, from which digests to which, since when they were served, and what is to be
reconciled after it.

    moves, a history, places -> [rollback] -> a blob that an entry names -> reconcile, incident reports

Pure. A promote that moves forward again what was rolled back makes one of the same form. Moves and suspects are trees, so
that a rollback of a hundred thousand targets is many small blobs and one page to read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of, parse_digest
from promptc.core.document import Get, expect_keys, fetch_bytes, read_document, wrong
from promptc.core.manifest import Change
from promptc.core.tree import Kind, items_in, make_tree
from promptc.core.values import canonical_bytes

ROLLBACK = "promptc.rollback/1"
Blobs = dict[Digest, bytes]
Direction = Literal["rollback", "forward"]
_REQUIRED = {
    "format": str, "channel": str, "kind": str, "from": int, "to": int, "moves": str, "suspects": str, "counts": dict,
    "window": dict, "steps": list, "who": str, "why": str, "time": str,
}  # fmt: skip
_COUNTS = ("changed", "restored", "younger", "tenants", "suspects")
_STEP = {"id": str, "place": str, "title": str, "strategy": str, "hook": str, "is_needed": bool, "data": dict}


def _pair(value: Any) -> list[Digest | None]:
    if not isinstance(value, list) or len(value) != 2:
        raise wrong("a move is malformed")
    return [None if digest is None else parse_digest(digest) for digest in value]


def _suspect(value: Any) -> dict[str, int]:
    known = {"since", "targets", "tenants"}
    if not isinstance(value, dict) or value.keys() != known or not all(isinstance(n, int) for n in value.values()):
        raise wrong("a suspect is malformed")
    return value


MOVES = Kind("promptc.moves/1", "moves", _pair)
SUSPECTS = Kind("promptc.suspects/1", "suspects", _suspect)


@dataclass(frozen=True, slots=True)
class Window:
    """When suspect digests were served: from the first entry that served one to the head before, with their times (UTC)."""

    first: int
    last: int
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to reconcile. `is_needed` is false for what is only to be known. `hook` is the name of what does it, "" for
    people; `data` says all that is known of it, in the words of its place.
    """

    id: str
    place: str
    title: str
    strategy: str = ""
    hook: str = ""
    is_needed: bool = True
    data: Mapping[str, Any] = ()  # type: ignore[assignment]

    def document(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "id": self.id, "place": self.place, "title": self.title, "strategy": self.strategy, "hook": self.hook,
            "is_needed": self.is_needed, "data": dict(self.data),
        }  # fmt: skip


def make_step(place: str, title: str, data: Mapping[str, Any], said: Mapping[str, Any], *, is_needed: bool = True) -> Step:
    """A step, whose id follows from what it is about: the same step has the same id however often it is planned."""
    name = f"{place}-{digest_of(canonical_bytes({'place': place, 'data': dict(data)}))[7:19]}"
    return Step(name, place, title, said.get("strategy", ""), said.get("hook", ""), is_needed, dict(data))


@dataclass(frozen=True, slots=True)
class RollbackManifest:
    """What one entry moved back, or forward again. `source` is the entry whose digests it took, `base` the head before.

    `moves` and `suspects` name trees: of targets to both digests, and of each digest that was left to the entry since when
    it was served, and to how many targets and tenants.
    """

    channel: str
    kind: Direction
    base: int
    source: int
    moves: Digest
    suspects: Digest
    counts: Mapping[str, int]
    window: Window
    steps: Sequence[Step]
    who: str
    why: str
    time: str

    def encode(self) -> bytes:
        """Its canonical bytes."""
        return canonical_bytes(
            {
                "format": ROLLBACK, "channel": self.channel, "kind": self.kind, "from": self.base, "to": self.source,
                "moves": self.moves, "suspects": self.suspects, "counts": dict(self.counts),
                "window": {
                    "first": self.window.first, "last": self.window.last, "since": self.window.since,
                    "until": self.window.until,
                },
                "steps": [step.document() for step in self.steps], "who": self.who, "why": self.why, "time": self.time,
            }
        )  # fmt: skip


def read_rollback(get: Get, digest: Digest) -> RollbackManifest:
    """The manifest of a digest. PromptcError D001 when it isn't what was written."""
    document = read_document(fetch_bytes(get, digest), ROLLBACK)
    expect_keys(document, _REQUIRED)
    counts, window = document["counts"], document["window"]
    if counts.keys() != set(_COUNTS) or window.keys() != {"first", "last", "since", "until"}:
        raise wrong("a rollback manifest is malformed")
    return RollbackManifest(
        document["channel"], document["kind"], document["from"], document["to"], parse_digest(document["moves"]),
        parse_digest(document["suspects"]), counts, Window(**window), tuple(map(_step, document["steps"])),
        document["who"], document["why"], document["time"],
    )  # fmt: skip


def _step(said: Any) -> Step:
    if not isinstance(said, dict):
        raise wrong("a step is malformed")
    expect_keys(said, _STEP)
    return Step(**said)


def moves_tree(moves: Sequence[Change], blobs: Blobs) -> Digest:
    """The tree of moves."""
    return make_tree(MOVES, {f"{m.tenant}/{m.prompt}": [m.before, m.after] for m in moves}, blobs)


def suspects_tree(suspects: Mapping[Digest, Mapping[str, int]], blobs: Blobs) -> Digest:
    """The tree of suspects."""
    return make_tree(SUSPECTS, {digest: dict(said) for digest, said in suspects.items()}, blobs)


def moves_of(get: Get, manifest: RollbackManifest) -> Iterator[Change]:
    """Every move."""
    for target, (before, after) in items_in(get, MOVES, manifest.moves):
        tenant, _, prompt = target.partition("/")
        yield Change(tenant, prompt, before, after)


def suspects_of(get: Get, manifest: RollbackManifest) -> Iterator[tuple[Digest, Mapping[str, int]]]:
    """Every digest that was left, with since when it was served, and to how many."""
    yield from ((Digest(digest), said) for digest, said in items_in(get, SUSPECTS, manifest.suspects))
