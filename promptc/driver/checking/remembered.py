"""Remembered: what checks said before, under what they looked at: files of bounded size that are a miss when they are damaged.

    build/cache/checks -> [remembered] -> units by file, artifacts with findings by root
    build/cache/checks-answer -> the last whole answer

Everything in them is data. Each is written whole, under the digest of its own bytes, and read as nothing where that differs.
Units are kept as rows, and what many of them share (facts, labels) as numbers of a table: after one edit of ten thousand
tenants, one row is made anew and the others are not even unpacked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import Any

from promptc.checks.allowances import Allowance
from promptc.checks.facts import Fact
from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.core.findings import Finding, Place, packed, unpacked
from promptc.driver.checking.looking import Said
from promptc.stores.write import write_file

FORMAT = "promptc.checks/1"
BYTES_MAX = 128 * 1024 * 1024
FILE = "checks"
ANSWER_FILE = "checks-answer"
# [line, key of its bytes, tenant, number of its facts, number of its labels], and where anything was said of it: findings of
# its text, findings of its tenant, allowances.
Row = list[Any]


class Table:
    """Equal values once, by number."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self.texts = list(texts)
        self._numbers = {text: number for number, text in enumerate(self.texts)}
        self._facts: dict[int, frozenset[Fact]] = {}

    def number(self, value: Any) -> int:
        """The number of a value, new where it is."""
        text = json.dumps(value, sort_keys=True)
        number = self._numbers.setdefault(text, len(self.texts))
        if number == len(self.texts):
            self.texts.append(text)
        return number

    def value(self, number: int) -> Any:
        """The value of a number."""
        return json.loads(self.texts[number])

    def facts(self, number: int) -> frozenset[Fact]:
        """Facts by their number."""
        if number not in self._facts:
            self._facts[number] = frozenset(map(tuple, self.value(number)))
        return self._facts[number]


class Labels(Mapping[str, Mapping[str, str]]):
    """Labels by tenant, unpacked when they are asked for."""

    def __init__(self, numbers: Mapping[str, int], table: Table) -> None:
        self._numbers = numbers
        self._table = table

    def __getitem__(self, tenant: str) -> Mapping[str, str]:
        found: Mapping[str, str] = self._table.value(self._numbers[tenant])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


@dataclass(slots=True)
class Memory:
    """What is kept. `files` maps a path to its digest and its units' rows; `flagged` a digest to what was said of it and in
    which targets; `samples` a prompt to what was said of a sample, and its key; `keys` are what each part depends on.
    """

    keys: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, list[Row]]] = field(default_factory=dict)
    table: Table = field(default_factory=Table)
    root: str = ""
    flagged: dict[str, tuple[tuple[Finding, ...], list[str]]] = field(default_factory=dict)
    samples: dict[str, tuple[str, tuple[Finding, ...]]] = field(default_factory=dict)


def load(folder: Path) -> Memory:
    """What was kept; nothing where there is none, or where it isn't what was written."""
    try:
        return _decoded(_read(folder / FILE))
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        return Memory()


def keep(folder: Path, memory: Memory) -> None:
    """Write it whole, or not at all: a cache that can't be written is no failure."""
    _write(folder, FILE, _encoded(memory))


def load_answer(folder: Path) -> dict[str, Any]:
    """The last whole answer; nothing where there is none."""
    try:
        found = _read(folder / ANSWER_FILE)
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def keep_answer(folder: Path, answer: Mapping[str, Any]) -> None:
    """Write it, as `keep` does."""
    _write(folder, ANSWER_FILE, answer)


def _read(path: Path) -> Any:
    data = path.read_bytes()
    head, _, body = data.partition(b"\n")
    if len(data) > BYTES_MAX or head != f"{FORMAT} {hashlib.sha256(body).hexdigest()}".encode():
        raise ValueError
    return json.loads(body)


def _write(folder: Path, name: str, value: Any) -> None:
    body = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
    if len(body) > BYTES_MAX or not folder.is_dir():
        return
    with suppress(PromptcError):
        write_file(folder / name, f"{FORMAT} {hashlib.sha256(body).hexdigest()}\n".encode() + body)


def row_of(line: int, key: str, said: Said, table: Table) -> Row:
    """What was said of a unit, as it is kept."""
    row: Row = [line, key, said.tenant, table.number(sorted(map(list, said.facts))), table.number(said.labels)]
    if said.texts or said.tenants or said.allowances:
        row += [list(map(packed, said.texts)), list(map(packed, said.tenants)), list(map(packed_allowance, said.allowances))]
    return row


def said_in(row: Row) -> tuple[tuple[Finding, ...], tuple[Allowance, ...]]:
    """The findings and allowances of a row."""
    if len(row) == 5:
        return (), ()
    return (*map(unpacked, row[5]), *map(unpacked, row[6])), tuple(map(unpacked_allowance, row[7]))


def _encoded(memory: Memory) -> Any:
    flagged = {digest: [list(map(packed, found)), targets] for digest, (found, targets) in memory.flagged.items()}
    samples = {prompt: [key, list(map(packed, found))] for prompt, (key, found) in memory.samples.items()}
    return {
        "keys": memory.keys, "files": memory.files, "table": memory.table.texts, "root": memory.root, "flagged": flagged,
        "samples": samples,
    }  # fmt: skip


def _decoded(data: Any) -> Memory:
    files = {str(file): (str(digest), list(rows)) for file, (digest, rows) in data["files"].items()}
    flagged = {digest: (tuple(map(unpacked, found)), list(targets)) for digest, (found, targets) in data["flagged"].items()}
    samples = {prompt: (key, tuple(map(unpacked, found))) for prompt, (key, found) in data["samples"].items()}
    return Memory(dict(data["keys"]), files, Table(data["table"]), data["root"], flagged, samples)


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
