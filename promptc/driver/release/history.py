"""History: the entries of a channel, and those that moved one tenant or target.

    channel -> [history] -> entries, newest first; steps of a target
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from promptc.core.channel import entries_back
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.document import Get
from promptc.core.entry import Entry
from promptc.core.errors import PromptcError
from promptc.core.manifest import TENANTS, read_root, read_served
from promptc.core.moves import Known, tenant_of_alias
from promptc.core.tombstone import REMOVED
from promptc.core.tree import find_in
from promptc.driver.release.opening import Desk
from promptc.driver.release.source import reader

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Step:
    """One entry that served a target differently than the one before it. `is_removed`: its text was retired or forgotten."""

    entry: Entry
    target: str
    before: Digest | None
    after: Digest | None
    is_removed: bool = False


def history(desk: Desk, channel: str, *, limit: int | None = None) -> Iterator[Entry]:
    """The entries of a channel, newest first, the chain checked on the way. PromptcError V001, V003, V004."""
    for number, entry in enumerate(entries_back(desk.registry.read, desk.head(channel))):
        if limit is not None and number >= limit:
            return
        yield entry


def steps(desk: Desk, channel: str, word: str, *, limit: int | None = None) -> list[Step]:
    """The entries that moved a tenant's targets, or one target, newest first. Costs a few small reads for each entry."""
    tenant, _, prompt = word.partition("/")
    get = reader(desk)
    head = desk.head(channel)
    tenant = tenant_of_alias(get, Known(head.tenants, head.aliases), tenant) or tenant
    found: list[Step] = []
    newer: tuple[Entry, Mapping[str, Digest]] | None = None
    for entry in entries_back(desk.registry.read, head):
        if newer is not None and newer[0].root == entry.root:
            newer = (entry, newer[1])
            continue
        served = _served(get, entry.root, tenant)
        if newer is not None:
            found += _between(desk, tenant, prompt, served, newer)
        if limit is not None and len(found) >= limit:
            return found[:limit]
        newer = (entry, served)
    if newer is not None:
        found += _between(desk, tenant, prompt, {}, newer)
    return found if limit is None else found[:limit]


def _served(get: Get, root: Digest, tenant: str) -> Mapping[str, Digest]:
    """A tenant's targets; of one that was forgotten only its node is known, which stands for all of them."""
    node = find_in(get, TENANTS, read_root(get, root).tree, tenant)
    if node is None:
        return {}
    try:
        return read_served(get, node)
    except PromptcError as error:
        if error.code != REMOVED:
            raise
        return {EVERY: node}


def _between(
    desk: Desk, tenant: str, prompt: str, older: Mapping[str, Digest], newer: tuple[Entry, Mapping[str, Digest]]
) -> list[Step]:
    entry, served = newer
    names = {prompt, EVERY} if prompt else older.keys() | served.keys()
    return [
        Step(entry, f"{tenant}/{name}", older.get(name), served.get(name), is_removed(desk, served.get(name)))
        for name in sorted(names)
        if older.get(name) != served.get(name)
    ]


def is_removed(desk: Desk, digest: Digest | None) -> bool:
    """Whether an artifact's text was retired or forgotten: its tombstone stands in the registry."""
    return digest is not None and not desk.registry.has(digest) and desk.registry.read(f"forgotten/{digest[7:]}.json") is not None
