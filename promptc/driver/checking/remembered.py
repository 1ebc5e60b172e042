"""Remembered: what checks said before, under what they looked at: a file of bounded size that is a miss when it is damaged.

    build/cache/checks -> [remembered] -> units by file, artifacts with findings by root, the last whole answer

Everything in it is data. It is written whole, under the digest of its own bytes, and read as nothing where that differs.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import Any

from promptc.checks.allowances import Allowance
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding, Place, packed, unpacked
from promptc.driver.checking.looking import Said

FORMAT = "promptc.checks/1"
BYTES_MAX = 128 * 1024 * 1024
FILE = "checks"


@dataclass(slots=True)
class Memory:
    """What is kept. `files` maps a path to its digest and its units' (line, key, said); `flagged` a digest to what was said of
    it and in which targets; `samples` a prompt to what was said of a sample, and its key; `keys` are what each part depends on.
    """

    keys: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, list[tuple[int, str, Said]]]] = field(default_factory=dict)
    root: str = ""
    flagged: dict[str, tuple[tuple[Finding, ...], list[str]]] = field(default_factory=dict)
    samples: dict[str, tuple[str, tuple[Finding, ...]]] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)


def load(folder: Path) -> Memory:
    """What was kept; nothing where there is none, or where it isn't what was written."""
    try:
        data = (folder / FILE).read_bytes()
        head, _, body = data.partition(b"\n")
        if len(data) > BYTES_MAX or head.decode() != f"{FORMAT} {hashlib.sha256(body).hexdigest()}":
            return Memory()
        return _decoded(json.loads(body))
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        return Memory()


def keep(folder: Path, memory: Memory) -> None:
    """Write it whole, or not at all: a cache that can't be written is no failure."""
    body = json.dumps(_encoded(memory), ensure_ascii=True, separators=(",", ":")).encode()
    if len(body) > BYTES_MAX or not folder.is_dir():
        return
    temporary = folder / f".{FILE}.{secrets.token_hex(6)}"
    try:
        temporary.write_bytes(f"{FORMAT} {hashlib.sha256(body).hexdigest()}\n".encode() + body)
        os.replace(temporary, folder / FILE)
    except OSError:
        with suppress(OSError):
            temporary.unlink()


class _Table:
    """Equal values once."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, value: Any) -> int:
        text = json.dumps(value, sort_keys=True)
        return self.numbers.setdefault(text, len(self.numbers))

    def values(self) -> list[Any]:
        return [json.loads(text) for text in self.numbers]


def _encoded(memory: Memory) -> Any:
    table = _Table()
    known: dict[frozenset[tuple[str, ...]], int] = {}

    def facts(said: Said) -> int:
        if said.facts not in known:
            known[said.facts] = table.number(sorted(map(list, said.facts)))
        return known[said.facts]

    files = {
        file: [digest, [[line, key, *_of_said(said, facts(said), table)] for line, key, said in units]]
        for file, (digest, units) in memory.files.items()
    }
    flagged = {digest: [list(map(packed, found)), targets] for digest, (found, targets) in memory.flagged.items()}
    return {
        "keys": memory.keys, "files": files, "table": table.values(), "root": memory.root, "flagged": flagged,
        "samples": {prompt: [key, list(map(packed, found))] for prompt, (key, found) in memory.samples.items()},
        "answer": memory.answer,
    }  # fmt: skip


def _of_said(said: Said, facts: int, table: _Table) -> list[Any]:
    made: list[Any] = [said.tenant, facts, table.number(said.labels)]
    if said.texts or said.tenants or said.allowances:
        made += [list(map(packed, said.texts)), list(map(packed, said.tenants)), list(map(packed_allowance, said.allowances))]
    return made


def _decoded(data: Any) -> Memory:
    table = data["table"]
    facts: dict[int, frozenset[tuple[str, ...]]] = {}

    def said_of(row: Sequence[Any]) -> Said:
        number = row[3]
        if number not in facts:
            facts[number] = frozenset(map(tuple, table[number]))
        said = Said(tenant=row[2], facts=facts[number], labels=table[row[4]])
        if len(row) > 5:
            said.texts, said.tenants = tuple(map(unpacked, row[5])), tuple(map(unpacked, row[6]))
            said.allowances = tuple(map(unpacked_allowance, row[7]))
        return said

    files = {file: (digest, [(row[0], row[1], said_of(row)) for row in rows]) for file, (digest, rows) in data["files"].items()}
    flagged = {digest: (tuple(map(unpacked, found)), list(targets)) for digest, (found, targets) in data["flagged"].items()}
    samples = {prompt: (key, tuple(map(unpacked, found))) for prompt, (key, found) in data["samples"].items()}
    return Memory(dict(data["keys"]), files, data["root"], flagged, samples, data["answer"])


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
