"""Remembered: what checks said before, under what they looked at: files of bounded size that are a miss when they are damaged.

    build/cache/checks-head -> [remembered] -> what was said, by shard; artifacts with findings; samples
    build/cache/checks-00 … -> the units of a shard, read when one of its files is another

Everything in them is data. Each is written whole, under the digest of its own bytes, and read as nothing where that differs;
the head names the digest of each shard. After one edit of ten thousand tenants, the head and one shard are read and written.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

from promptc.checks.allowances import Allowance
from promptc.checks.facts import Fact
from promptc.checks.names import Name
from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding, Place, packed, unpacked
from promptc.driver.checking.answered import read_kept, write_kept
from promptc.driver.checking.looking import Said

HEAD = "checks-head"
SHARDS = 32
# A unit: line, key of its bytes, tenant, number of its facts, number of its labels, whether anything was said of it,
# the tenant's names: words, kind.
Row = list[Any]
# By digest: what is said of an artifact, and the targets that are it.
Flagged = dict[str, tuple[tuple[Finding, ...], list[str]]]


class Damaged(ValueError):
    """A shard isn't what was written, though the head is: everything is looked at anew."""


class Table:
    """Equal values once, by number."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self.texts = list(texts)
        self._numbers = {text: number for number, text in enumerate(self.texts)}
        self._facts: dict[int, frozenset[Fact]] = {}
        self._by_facts: dict[frozenset[Fact], int] = {}

    def number(self, value: Any) -> int:
        """The number of a value, new where it is."""
        text = json.dumps(value, sort_keys=True)
        number = self._numbers.setdefault(text, len(self.texts))
        if number == len(self.texts):
            self.texts.append(text)
        return number

    def number_of_facts(self, facts: frozenset[Fact]) -> int:
        """The number of a set of facts; most tenants' are equal to somebody's."""
        if facts not in self._by_facts:
            self._by_facts[facts] = self.number(sorted(map(list, facts)))
        return self._by_facts[facts]

    def readers_of(self, file: str) -> set[str]:
        """The overlays that read a text of some other file, by the facts that any tenant ever said."""
        written = json.dumps(file)
        sets = (json.loads(text) for text in self.texts if written in text)
        facts = (fact for some in sets if isinstance(some, list) for fact in some)
        return {fact[3] for fact in facts if fact[0] == "reads" and fact[1] == file}

    def value(self, number: int) -> Any:
        """The value of a number."""
        return json.loads(self.texts[number])

    def facts(self, number: int) -> frozenset[Fact]:
        """Facts by their number."""
        if number not in self._facts:
            self._facts[number] = frozenset(map(tuple, self.value(number)))
        return self._facts[number]


@dataclass(slots=True)
class Shard:
    """A part of the files. `fingerprint` is of their names and digests, `digest` of the shard's own file; `facts` counts the
    tenants by the number of their facts; `said` are findings and allowances by file. `files` maps a path to the digest of its
    bytes and its units, None where that lies in the shard's file.
    """

    fingerprint: str = ""
    digest: str = ""
    facts: Counter[int] = field(default_factory=Counter)
    said: dict[str, list[Any]] = field(default_factory=dict)
    files: dict[str, tuple[str, list[Row]]] | None = None


@dataclass(slots=True)
class Memory:
    """What is kept. `labels` are those of tenants that were in samples; `flagged` what was said of the artifacts of `root`;
    `samples` a prompt to what was said of a sample of `sampled_root`, and its key, `looked_at` whom it was chosen from; `keys` are
    what each part depends on; `generation` names the accounts (accounts.py) that belong to it.
    """

    folder: Path
    keys: dict[str, str] = field(default_factory=dict)
    shards: list[Shard] = field(default_factory=lambda: [Shard() for _ in range(SHARDS)])
    table: Table = field(default_factory=Table)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    root: str = ""
    flagged: Flagged = field(default_factory=dict)
    samples: dict[str, tuple[str, tuple[Finding, ...]]] = field(default_factory=dict)
    generation: str = ""
    sampled_root: str = ""
    looked_at: tuple[str, ...] = ()

    def files(self, number: int) -> dict[str, tuple[str, list[Row]]]:
        """The files of a shard. Damaged where what lies there isn't what was written."""
        shard = self.shards[number]
        if shard.files is None:
            found = read_kept(self.folder / _name(number), shard.digest) if shard.digest else {}
            if not isinstance(found, dict):
                raise Damaged
            shard.files = {file: (digest, rows) for file, (digest, rows) in found.items()}
        return shard.files


def by_shard(files: Iterable[str]) -> list[list[str]]:
    """The files of each shard, in the order of their names."""
    parts: list[list[str]] = [[] for _ in range(SHARDS)]
    for file in files:
        parts[crc32(file.encode("utf-8", "surrogatepass")) % SHARDS].append(file)
    return [sorted(part) for part in parts]


def fingerprint(files: Sequence[str], digests: Mapping[str, bytes]) -> str:
    """A fingerprint of some files: of their names and the digests of their bytes."""
    total = hashlib.blake2b("\0".join(files).encode("utf-8", "surrogatepass"), digest_size=16)
    total.update(b"".join([digests[file] for file in files]))
    return total.hexdigest()


def load(folder: Path) -> Memory:
    """What was kept; nothing where there is none, or where it isn't what was written."""
    try:
        return _decoded(read_kept(folder / HEAD), folder)
    except (ValueError, KeyError, TypeError, IndexError):
        return Memory(folder)


def keep(memory: Memory) -> None:
    """Write it whole, or not at all: the shards that are others now, then the head that names them."""
    for number, shard in enumerate(memory.shards):
        if shard.files is not None and not shard.digest:
            shard.digest = write_kept(memory.folder / _name(number), shard.files)
    write_kept(memory.folder / HEAD, _encoded(memory))


def _name(number: int) -> str:
    return f"checks-{number:02d}"


def row_of(line: int, key: str, said: Said, table: Table) -> Row:
    """A unit, as it is kept."""
    is_told = bool(said.texts or said.tenants or said.allowances)
    names = [[name.words, name.kind] for name in said.names]
    return [line, key, said.tenant, table.number_of_facts(said.facts), table.number(said.labels), is_told, names]


def names_in(row: Row) -> list[Name]:
    """The names of the tenant that a row is of."""
    return [Name(words, row[2], kind) for words, kind in row[6]]


def told(said: Said) -> list[Any]:
    """What was said of a unit, as it is kept."""
    findings = [packed(finding) for finding in (*said.texts, *said.tenants)]
    return [said.tenant, findings, [packed_allowance(one) for one in said.allowances]]


def untold(data: Any) -> tuple[str, tuple[Finding, ...], tuple[Allowance, ...]]:
    """The tenant, the findings and the allowances that `told` gave."""
    tenant, findings, allowances = data
    return tenant, tuple(map(unpacked, findings)), tuple(map(unpacked_allowance, allowances))


def _encoded(memory: Memory) -> Any:
    return {
        "keys": memory.keys,
        "shards": [[one.fingerprint, one.digest, sorted(one.facts.items()), one.said] for one in memory.shards],
        "table": memory.table.texts,
        "labels": memory.labels,
        "root": memory.root,
        "flagged": {digest: [list(map(packed, found)), targets] for digest, (found, targets) in memory.flagged.items()},
        "samples": {prompt: [key, list(map(packed, found))] for prompt, (key, found) in memory.samples.items()},
        "generation": memory.generation,
        "sampled": [memory.sampled_root, memory.looked_at],
    }


def _decoded(data: Any, folder: Path) -> Memory:
    shards = [Shard(print_, digest, Counter(dict(map(tuple, facts))), dict(said)) for print_, digest, facts, said in data["shards"]]
    flagged = {digest: (tuple(map(unpacked, found)), list(targets)) for digest, (found, targets) in data["flagged"].items()}
    samples = {prompt: (key, tuple(map(unpacked, found))) for prompt, (key, found) in data["samples"].items()}
    table = Table(data["table"])
    if len(shards) != SHARDS or len(table.texts) > 1000 + 8 * sum(sum(shard.facts.values()) for shard in shards):
        raise ValueError  # grown by values that nothing names any more
    labels, generation, (sampled, looked_at) = dict(data["labels"]), str(data["generation"]), data["sampled"]
    keys, root = dict(data["keys"]), str(data["root"])
    return Memory(folder, keys, shards, table, labels, root, flagged, samples, generation, str(sampled), tuple(looked_at))


def packed_allowance(one: Allowance) -> list[Any]:
    """An allowance as JSON data."""
    place = one.place
    return [list(one.codes), one.files, one.until, one.reason, [place.file, place.line, place.column], list(one.lines)]


def unpacked_allowance(data: Any) -> Allowance:
    """The allowance that `packed_allowance` gave."""
    codes, files, until, reason, place, lines = data
    return Allowance(tuple(codes), files, until, reason, Place(*place), tuple(lines))


def digest_of_parts(parts: Mapping[str, Any] | Sequence[Any]) -> str:
    """A key made of parts."""
    return hashlib.sha256(repr(sorted(parts.items()) if isinstance(parts, Mapping) else list(parts)).encode()).hexdigest()
