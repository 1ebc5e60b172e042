"""Units: what is said of every file and every tenant: what is remembered of those that didn't change, and the others anew.

    digests of all files, Memory -> [units] -> shards, what was said, labels by tenant
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from promptc.checks.check import Role
from promptc.core.dataclass import dataclass
from promptc.driver.checking.looking import Said, Unit
from promptc.driver.checking.outcome import Raw
from promptc.driver.checking.remembered import Memory, Row, Shard, by_shard, fingerprint, row_of, told, untold
from promptc.driver.checking.views import key_of, units_in

Files = dict[str, tuple[str, list[Row]]]


@dataclass(slots=True)
class Given:
    """What is known of the files: their digests, their roles, how to read and how to look at them."""

    digests: Mapping[str, bytes]
    role_of: Callable[[str], Role | None]
    read: Callable[[str], bytes]
    look: Callable[[Sequence[Unit]], list[Said]]


@dataclass(slots=True)
class _Turn:
    """One shard that is made anew: from what was kept of it, by those parts whose keys are the `same`; of `stale` files nothing."""

    given: Given
    same: set[str]
    known: Shard
    kept: Files
    shard: Shard
    stale: frozenset[str]


@dataclass(slots=True)
class _Due:
    """A unit to be looked at, and where its row goes."""

    shard: Shard
    rows: list[Row]
    number: int
    unit: Unit


def look_at_units(given: Given, before: Memory, after: Memory) -> None:
    """Fill in `after.shards`, looking at what is another since `before`; `after.keys` are set."""
    after.table = before.table
    shards = by_shard(given.digests)
    prints = [fingerprint(files, given.digests) for files in shards]
    same = {part for part in ("texts", "tenants") if before.keys.get(part) == after.keys[part]}
    due: list[_Due] = []
    stale = _reading_others(given, before, shards, prints) if "tenants" in same else frozenset()
    for number, files in enumerate(shards):
        known = before.shards[number]
        if len(same) == 2 and known.fingerprint == prints[number] and stale.isdisjoint(files):
            after.shards[number] = known
            continue
        after.shards[number] = shard = Shard(prints[number], files={})
        turn = _Turn(given, same, known, before.files(number) if same else {}, shard, stale)
        for file in files:
            due += _file(turn, file)
    for one, said in zip(due, given.look([one.unit for one in due]), strict=True):
        row = one.rows[one.number] = row_of(one.unit.line, one.unit.key, said, after.table)
        if row[5]:
            one.shard.said.setdefault(one.unit.file, []).append(told(said))
    for shard in after.shards:
        if shard.files is not None and not shard.digest:
            shard.facts = Counter(row[3] for _, rows in shard.files.values() for row in rows if row[2])


def _reading_others(given: Given, before: Memory, shards: list[list[str]], prints: list[str]) -> frozenset[str]:
    """The overlays that read a text beside them which is another now."""
    texts: set[str] = set()
    for number, files in enumerate(shards):
        if before.shards[number].fingerprint != prints[number]:
            kept = before.files(number)
            now = {file: given.digests[file].hex() for file in files}
            changed = {file for file in kept.keys() | now.keys() if file not in kept or kept[file][0] != now.get(file)}
            texts |= {file for file in changed if given.role_of(file) == "beside"}
    return frozenset(overlay for text in texts for overlay in before.table.readers_of(text))


def _file(turn: _Turn, file: str) -> Iterator[_Due]:
    """What of one file is to be looked at; the rest is taken over."""
    given, shard = turn.given, turn.shard
    role = given.role_of(file)
    if role is None:
        return
    assert shard.files is not None
    kept = turn.kept.get(file) if ("tenants" if role in ("tenant", "signups") else "texts") in turn.same else None
    digest = given.digests[file].hex()
    if kept is not None and kept[0] == digest and file not in turn.stale:
        shard.files[file] = kept
        if file in turn.known.said:
            shard.said[file] = turn.known.said[file]
        return
    rows: list[Row] = []
    shard.files[file] = digest, rows
    # Of lines of which nothing was said, the rows alone are enough.
    is_cut = kept is not None and role == "signups" and file not in turn.stale
    by_key = {row[1]: row for row in kept[1] if not row[5]} if kept is not None and is_cut else {}
    for line, data in units_in(file, given.read(file), role):
        key = key_of(data)
        row = by_key.get(key)
        rows.append([line, *row[1:]] if row is not None else [])
        if row is None:
            yield _Due(shard, rows, len(rows) - 1, Unit(file, line, data, role, key))


def said_of_units(memory: Memory, raw: Raw) -> None:
    """Everything that was said of units."""
    for shard in memory.shards:
        for entries in shard.said.values():
            for tenant, findings, allowances in map(untold, entries):
                raw.found += [(finding, tenant) for finding in findings]
                raw.allowances += allowances


def facts_counted(memory: Memory) -> tuple[int, Counter[tuple[str, ...]]]:
    """How many tenants there are, and how many say each fact."""
    sets: Counter[int] = Counter()
    for shard in memory.shards:
        sets.update(shard.facts)
    facts: Counter[tuple[str, ...]] = Counter()
    for number, count in sets.items():
        for fact in memory.table.facts(number):
            facts[fact] += count
    return sum(sets.values()), facts


class Labels(Mapping[str, Mapping[str, str]]):
    """Labels by tenant: of those that were in samples, and of those that were looked at, at once; else from the shards."""

    def __init__(self, before: Memory, after: Memory) -> None:
        self._after = after
        self._all: dict[str, int] | None = None
        self._known: dict[str, Mapping[str, str]] = dict(before.labels) if before.keys.get("tenants") == after.keys["tenants"] else {}
        for shard in after.shards:
            if shard.files is not None and not shard.digest:
                self._known |= {row[2]: after.table.value(row[4]) for _, rows in shard.files.values() for row in rows if row[2]}

    def __getitem__(self, tenant: str) -> Mapping[str, str]:
        if tenant in self._known:
            return self._known[tenant]
        found: Mapping[str, str] = self._after.table.value(self._numbers()[tenant])
        return found

    def _numbers(self) -> dict[str, int]:
        if self._all is None:
            files = [self._after.files(number) for number in range(len(self._after.shards))]
            self._all = {row[2]: row[4] for some in files for _, rows in some.values() for row in rows if row[2]}
        return self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers())

    def __len__(self) -> int:
        return len(self._numbers())
