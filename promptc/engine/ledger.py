"""Ledger: what the last whole build knew, unit by unit, so that the next one can keep what it need not do again.

    what a build made of each tenant -> [ledger] -> build/cache/engine.db -> the next build's scope

A *unit* is one tenant's overlay: a file, or one line of a `.jsonl`. The head says what all units have in common: the
tree that they came to, the sources' meaning, the findings that belong to nobody. Head and file states carry the same
generation; a build that finds others changed nothing here and begins from nothing. Rows carry checksums, since a wrong
one would show: then the whole ledger counts as none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding, packed, unpacked
from promptc.engine.database import Database

if TYPE_CHECKING:
    import sqlite3

# Of the head's data and of a row's body; to be raised whenever what they hold changes.
FORMAT = 3
_CHECK_BYTES = 8
_COLUMNS = "number, file, line, digest, id, chain, texts, flags, body, checksum"
_SERVED = "digest, targets, bytes, checksum"
# Flags of a row: it has findings, something failed, its overlay has a `!remove`, its own file can't be used, its chain
# was resolved.
SAID, FAILED, REMOVES, BROKEN, RESOLVED = 1, 2, 4, 8, 16


@dataclass(slots=True)
class Row:
    """One unit. `line` is 0 for a file of its own; `id` is "" where none could be read; `node` is "" without targets.

    `findings` are those of its own text, `said` those of resolving and compiling it, with the targets they were seen
    in; `failed` are the targets that did not compile, `served` how many did.
    """

    file: str
    line: int
    digest: bytes
    id: str
    chain: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    flags: int = 0
    aliases: tuple[str, ...] = ()
    tenancy: Mapping[str, Any] = field(default_factory=dict)
    node: str = ""
    served: int = 0
    findings: tuple[Finding, ...] = ()
    said: tuple[Finding, ...] = ()
    failed: tuple[str, ...] = ()
    number: int = 0
    # The digest of the unit's bytes before the build that did it last, hex, "" when it was new then; and which build.
    before: str = ""
    done_in: str = ""
    # The digests of `texts`, hex, "" where there was no file; and those of the texts before that build, by file.
    text_digests: tuple[str, ...] = ()
    texts_before: Mapping[str, str] = field(default_factory=dict)

    @property
    def texts_read(self) -> dict[str, str]:
        """The digests of the texts that the unit reads, by file."""
        return dict(zip(self.texts, self.text_digests, strict=True))


@dataclass(slots=True)
class Head:
    """What a whole build said of everything together. `data` is JSON data of the build's own."""

    generation: str
    data: dict[str, Any]


class Damaged(Exception):  # noqa: N818 - a state of a cache, not an error
    """A row is not what was written."""


class Ledger:
    """Reads and writes it. Reading raises Damaged; a caller then begins from nothing."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def head(self) -> Head | None:
        """The head; None when there is none, or when it or anything of the ledger is damaged."""
        found = self.database.run(lambda db: db.execute("SELECT value FROM meta WHERE name = 'head'").fetchone(), None)
        if found is None:
            return None
        check, _, text = str(found[0]).partition(" ")
        if check != _sum([text]).hex() or not self._is_whole():
            return None
        data = json.loads(text)
        # Another promptc may have held other things in it; its rows are none then, too.
        return Head(data["generation"], data["data"]) if data.get("format") == FORMAT else None

    def units(self, *, files: Sequence[str] | None = None) -> list[Row]:
        """All units, or those of some files."""
        if files is None:
            found = self._select("", ())
            (count,) = self.database.run(lambda db: db.execute("SELECT COUNT(*) FROM unit").fetchone(), (-1,))
            if count != len(found):
                raise Damaged
            return found
        return [row for file in files for row in self._select("WHERE file = ?", (file,))]

    def unit(self, name: str) -> Row | None:
        """The unit of a tenant, where there is just one."""
        found = self._select("WHERE id = ?", (name,))
        return found[0] if len(found) == 1 else None

    def with_texts(self) -> list[Row]:
        """The units that read texts of other files."""
        return self._select("WHERE texts != '[]' ORDER BY file, line", ())

    def with_findings(self) -> list[Row]:
        """The units with findings or failures, in the order of files and lines."""
        return self._select(f"WHERE flags & {SAID | FAILED} ORDER BY file, line", ())  # as its index says

    def _is_whole(self) -> bool:
        """Whether every row is there and sound. They are looked at where somebody touched the file since it was written."""
        if not self.database.was_touched():
            return True
        try:
            sound = self.database.is_sound()
            if sound:
                self.units()
                self._check_served()
        except Damaged:
            sound = False
        if sound:
            self.database.seal()
        else:
            self.forget()
        return sound

    def _check_served(self) -> None:
        rows = self.database.run(lambda db: db.execute(f"SELECT {_SERVED} FROM served").fetchall(), None)
        if rows is None:
            raise Damaged
        for row in rows:
            _served(row)

    def counts(self, digests: Iterable[str]) -> dict[str, tuple[int, int]]:
        """How many targets artifacts serve, and their bytes."""

        def read(db: sqlite3.Connection) -> dict[str, Any]:
            found = {}
            for digest in digests:
                row = db.execute(f"SELECT {_SERVED} FROM served WHERE digest = ?", (_raw(digest),)).fetchone()
                if row is not None:
                    found[digest] = row
            return found

        nothing: dict[str, Any] = {}
        return {digest: _served(row) for digest, row in self.database.run(read, nothing).items()}

    def replace(self, head: Head, rows: Iterable[Row], served: Mapping[str, tuple[int, int]]) -> bool:
        """Write everything anew; whether it was kept."""

        def write(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM unit")
            db.execute("DELETE FROM served")
            _insert(db, rows)
            _count(db, served)
            _write_head(db, head)

        return self.database.write(write)

    def update(
        self,
        before: str,
        head: Head,
        *,
        gone: Iterable[Row],
        rows: Iterable[Row],
        served: Mapping[str, tuple[int, int]],
    ) -> bool:
        """Write what changed since generation `before`; when another build wrote meanwhile, forget everything instead."""

        def write(db: sqlite3.Connection) -> None:
            found = db.execute("SELECT value FROM meta WHERE name = 'head'").fetchone()
            if found is None or f'"generation": "{before}"' not in found[0]:
                _forget(db)
                return
            db.executemany("DELETE FROM unit WHERE number = ?", ((row.number,) for row in gone))
            _insert(db, rows)
            _count(db, served)
            _write_head(db, head)

        return self.database.write(write)

    def forget(self) -> None:
        """Forget everything: the next build begins from nothing."""
        self.database.write(_forget)

    def _select(self, condition: str, values: tuple[Any, ...]) -> list[Row]:
        found = self.database.run(
            lambda db: db.execute(f"SELECT {_COLUMNS} FROM unit {condition}", values).fetchall(), None
        )
        if found is None:
            raise Damaged
        return [_row(columns) for columns in found]


def _forget(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM meta WHERE name = 'head'")
    db.execute("DELETE FROM unit")
    db.execute("DELETE FROM served")


def _insert(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    db.executemany(f"INSERT INTO unit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_columns, rows))


def _count(db: sqlite3.Connection, served: Mapping[str, tuple[int, int]]) -> None:
    def kept() -> Iterator[tuple[Any, ...]]:
        for digest in sorted(served):
            targets, size = served[digest]
            if targets:
                columns = (_raw(digest), targets, size)
                yield *columns, _sum(columns)

    db.executemany("REPLACE INTO served VALUES (?, ?, ?, ?)", kept())
    gone = [(_raw(digest),) for digest, (targets, _) in served.items() if not targets]
    db.executemany("DELETE FROM served WHERE digest = ?", gone)


def _write_head(db: sqlite3.Connection, head: Head) -> None:
    text = json.dumps({"generation": head.generation, "format": FORMAT, "data": head.data})
    db.execute("REPLACE INTO meta VALUES ('head', ?)", (f"{_sum([text]).hex()} {text}",))


def _columns(row: Row) -> tuple[Any, ...]:
    findings, said = [packed(f) for f in row.findings], [packed(f) for f in row.said]
    body = [
        row.aliases, row.tenancy, row.node, row.served, findings, said, row.failed, row.before, row.done_in,
        row.text_digests, row.texts_before,
    ]  # fmt: skip
    columns = (
        row.file, row.line, row.digest, row.id, json.dumps(row.chain), json.dumps(row.texts), row.flags,
        json.dumps(body),
    )  # fmt: skip
    return (None, *columns, _sum(columns))


def _row(columns: tuple[Any, ...]) -> Row:
    number, *rest, check = columns
    if _sum(rest) != check:
        raise Damaged
    file, line, digest, name, chain, texts, flags, body = rest
    aliases, tenancy, node, served, findings, said, failed, before, done_in, text_digests, texts_before = json.loads(body)
    return Row(
        file, line, digest, name, tuple(json.loads(chain)), tuple(json.loads(texts)), flags, tuple(aliases), tenancy,
        node, served, tuple(map(unpacked, findings)), tuple(map(unpacked, said)), tuple(failed), number,
        before, done_in, tuple(text_digests), texts_before,
    )  # fmt: skip


def _served(row: Sequence[Any]) -> tuple[int, int]:
    *columns, check = row
    if _sum(columns) != check:
        raise Damaged
    return columns[1], columns[2]


def _sum(columns: Iterable[Any]) -> bytes:
    return hashlib.blake2b(repr(tuple(columns)).encode("utf-8", "surrogatepass"), digest_size=_CHECK_BYTES).digest()


def _raw(digest: str) -> bytes:
    return bytes.fromhex(digest.removeprefix("sha256:"))
