"""Reach: which other documents a document names, by its format: what must be kept with it.

    a document's bytes -> [reach] -> digests

Pure. One table says it for every format, for gc, forget, verify and trace alike. Of a format that isn't known, everything
counts that looks like a digest: too much is kept, and nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from promptc.core.allocation import ALLOCATION
from promptc.core.channel_settings import SETTINGS
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, parse_digest
from promptc.core.document import ARTIFACT, ENTRIES, RECORD, ROOT, TENANT, TREE
from promptc.core.holds import HOLDS
from promptc.core.record import RECORD_1
from promptc.core.revocations import REVOCATIONS
from promptc.core.rollback import MOVES, ROLLBACK, SUSPECTS
from promptc.core.values import read_json

Document = Mapping[str, Any]
_DIGEST = re.compile(rb"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Named:
    """What a document is, and what it names. `leaves` are those that name nothing themselves: they need not be read."""

    kind: str
    digests: tuple[Digest, ...]
    leaves: tuple[Digest, ...] = ()


def named_in(data: bytes) -> Named:
    """What a document names. Bytes that are none name nothing."""
    try:
        document = read_json(data)
        kind = document["format"]
        read = _READERS.get(kind)
        if read is None:
            return Named(str(kind), tuple(Digest(found.decode()) for found in _DIGEST.findall(data)))
        found = tuple(map(parse_digest, read(document)))
        if kind != TENANT:
            return Named(kind, found)
        # Artifacts are texts, which may be retired; what keys are drawn by is none.
        return Named(kind, tuple(map(parse_digest, document.get("allocations", {}).values())), found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Named("", ())


def _root(document: Document) -> Iterator[str]:
    yield document["tree"]


def _tree(document: Document) -> Iterator[str]:
    yield from (document["tenants"] if "tenants" in document else document["branch"]).values()


def _tenant(document: Document) -> Iterator[str]:
    yield from document["targets"].values()


def _branch(document: Document) -> Iterator[str]:
    """A tree whose leaves hold values: digests among them name what is kept for another reason, or nothing here."""
    yield from document.get("branch", {}).values()


def _record(document: Document) -> Iterator[str]:
    yield from (document["predicate"]["sources"], document["predicate"]["tenants"])


def _rollback(document: Document) -> Iterator[str]:
    yield from (document["moves"], document["suspects"])


def _nothing(document: Document) -> Iterator[str]:
    yield from ()


_READERS: dict[str, Callable[[Document], Iterator[str]]] = {
    ARTIFACT: _nothing,
    ALLOCATION: _nothing,
    ROOT: _root,
    TREE: _tree,
    TENANT: _tenant,
    ENTRIES: _branch,
    RECORD: _record,
    RECORD_1: _nothing,
    HOLDS: _branch,
    REVOCATIONS: _branch,
    ROLLBACK: _rollback,
    MOVES.format: _branch,
    SUSPECTS.format: _branch,
    SETTINGS: _nothing,
}
KNOWN = frozenset(_READERS)
