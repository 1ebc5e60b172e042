"""Accounts: what was found of each tenant beside the others, and all names, so that an edit asks again only whom it concerns.

    names, marks and finds of a root -> [accounts] -> build/cache/checks-estate.db -> look-ups in the next run

It is a cache of the checks alone: whatever is wrong with it, it is as if there were none. It holds for the checks' other
files (remembered.py) that bear its `generation`.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from promptc.checks.marks import EVERYWHERE, packed, unpacked
from promptc.checks.names import Name, Owners
from promptc.core.dataclass import dataclass, field
from promptc.driver.checking.remembered import Damaged
from promptc.engine.database import Database

if TYPE_CHECKING:
    from promptc.engine.database import Connection

FILE = "checks-estate.db"
# Raised whenever a table changes, or what is in it means something else.
VERSION = 3
_AT_ONCE = 500
_KNOWN_ROWS_MAX = 100
_COLUMNS = "tenant, marks, checksum, said"
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE known (number INTEGER PRIMARY KEY, marks BLOB, checksum INT);
CREATE TABLE name (words TEXT, tenant TEXT, kind TEXT, mark INT, PRIMARY KEY (words, tenant)) WITHOUT ROWID;
CREATE INDEX name_by_mark ON name (mark);
CREATE TABLE account (number INTEGER PRIMARY KEY, tenant TEXT UNIQUE, marks BLOB, checksum INT, said TEXT);
CREATE INDEX account_with_finds ON account (tenant) WHERE said != '';
"""


@dataclass(slots=True)
class Account:
    """What was found of one tenant: its artifacts' marks; others' names, rules, and ids with whose they say they are: {what: prompts}."""

    marks: bytes = b""
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    broken: dict[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)
    ids: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """What was found, as it is kept; "" for nothing."""
        if not self.named and not self.broken and not self.ids:
            return ""
        broken, ids = ([[*what, prompts] for what, prompts in found.items()] for found in (self.broken, self.ids))
        return json.dumps([list(self.named.items()), broken, ids])


def account_of(marks: bytes, check: int, said: str) -> Account:
    """The account that was kept."""
    if _check(marks, said) != check:
        raise Damaged
    named, broken, ids = json.loads(said) if said else ((), (), ())
    return Account(
        marks, {words: tuple(prompts) for words, prompts in named},
        {(number, message): tuple(prompts) for number, message, prompts in broken},
        {(holder, words): tuple(prompts) for holder, words, prompts in ids},
    )  # fmt: skip


class Accounts:
    """The accounts that were kept. A call raises Damaged where they can't be read, or aren't what was written.

    What is written counts at once for who asks here, and is kept by `keep` alone. No fork may happen between the two.
    """

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / FILE, _TABLES, VERSION)
        self.writes = False

    def generation(self) -> str:
        """Which checks' files they belong to; "" where there are none, or where somebody touched them since."""
        if not self._database.path.exists() or self._database.was_touched():
            return ""
        found = self._database.run(lambda db: db.execute("SELECT value FROM meta").fetchone(), None)
        return "" if found is None else str(found[0])

    def close(self) -> None:
        """Let go of the file; what wasn't kept is as if it had not been."""
        self._database.close()
        self.writes = False

    def owners(self, words: str) -> Owners:
        """{tenant: kind} of an identifier."""
        return dict(self._rows("SELECT tenant, kind FROM name WHERE words = ? ORDER BY tenant", (words,)))

    def at(self, marks: Iterable[int]) -> set[str]:
        """The identifiers that have one of these marks."""
        asked = list(set(marks))
        parts = [asked[start : start + _AT_ONCE] for start in range(0, len(asked), _AT_ONCE)]
        query = "SELECT words FROM name WHERE mark IN ({})"
        return {row[0] for part in parts for row in self._rows(query.format(",".join("?" * len(part))), part)}

    def holders(self, sought: Mapping[str, tuple[int, frozenset[int]]]) -> dict[str, list[str]]:
        """{words: tenants whose artifacts have all marks that are sought}, each with one of them to look for first."""
        found: dict[str, list[str]] = {words: [] for words in sought}
        known = [_sound(marks, check) for marks, check in self._rows("SELECT marks, checksum FROM known", ())]
        sought = {words: said for words, said in sought.items() if all(_is_among(mark, known) for mark in said[1])}
        if not sought:
            return found
        first = {words: b"" if mark == EVERYWHERE else packed([mark]) for words, (mark, _) in sought.items()}
        for tenant, marks, check, said in self._rows(f"SELECT {_COLUMNS} FROM account", ()):
            for words, mark in first.items():
                if mark in marks and sought[words][1] <= unpacked(account_of(marks, check, said).marks):
                    found[words].append(tenant)
        return {words: sorted(tenants) for words, tenants in found.items()}

    def with_finds(self) -> dict[str, Account]:
        """Every tenant of which something was found."""
        return {row[0]: account_of(*row[1:]) for row in self._rows(f"SELECT {_COLUMNS} FROM account WHERE said != ''", ())}

    def of(self, tenant: str) -> Account | None:
        """The account of a tenant."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM account WHERE tenant = ?", (tenant,))
        return account_of(*rows[0][1:]) if rows else None

    def rename(self, gone: Iterable[tuple[str, str]], new: Iterable[Name]) -> None:
        """Take out names, by their words and tenants, and put in others."""
        self._write(lambda db: db.executemany("DELETE FROM name WHERE words = ? AND tenant = ?", gone))
        self._write(lambda db: _insert_names(db, new))

    def put(self, accounts: Mapping[str, Account | None]) -> None:
        """Replace the accounts of some tenants, or take them out where they are None."""
        self._write(lambda db: _put(db, accounts))
        marks = b"".join(account.marks for account in accounts.values() if account is not None)
        if marks:
            self._write(lambda db: _know(db, marks))

    def keep(self, generation: str) -> None:
        """Keep what was written, as what belongs to other files."""
        self._write(lambda db: _name_generation(db, generation))
        self._run(lambda db: db.execute("COMMIT"))
        self.writes = False
        self._database.seal()

    def replace(self, generation: str, names: Iterable[Name], accounts: Mapping[str, Account]) -> None:
        """Keep these names and accounts, and no others. Where that can't be done there are none the next time."""

        def write(db: Connection) -> None:
            for table in ("name", "account"):
                db.execute(f"DELETE FROM {table}")
            _insert_names(db, names)
            _put(db, accounts)
            db.execute("DELETE FROM known")
            _know(db, packed({mark for account in accounts.values() for mark in array("I", account.marks)}))
            _name_generation(db, generation)

        if self._database.path.parent.is_dir():
            self._database.write(write)

    def _write(self, work: Callable[[Connection], Any]) -> None:
        if not self.writes:
            self._run(lambda db: db.execute("BEGIN IMMEDIATE"))
            self.writes = True
        self._run(work)

    def _rows(self, query: str, values: Sequence[Any]) -> list[Any]:
        rows: list[Any] = self._run(lambda db: db.execute(query, values).fetchall())
        return rows

    def _run(self, work: Callable[[Connection], Any]) -> Any:
        found = self._database.run(lambda db: (work(db),), None)
        if found is None:
            raise Damaged
        return found[0]


def _insert_names(db: Connection, names: Iterable[Name]) -> None:
    rows = ((name.words, name.tenant, name.kind, name.mark) for name in names)
    db.executemany("INSERT OR REPLACE INTO name VALUES (?, ?, ?, ?)", rows)


def _put(db: Connection, accounts: Mapping[str, Account | None]) -> None:
    db.executemany("DELETE FROM account WHERE tenant = ?", ((tenant,) for tenant in accounts))
    rows = ((tenant, one.marks, _check(one.marks, one.said), one.said) for tenant, one in accounts.items() if one is not None)
    db.executemany(f"INSERT INTO account ({_COLUMNS}) VALUES (?, ?, ?, ?)", rows)


def _know(db: Connection, marks: bytes) -> None:
    """Note that somebody has some marks. What nobody has any more stays, and costs a look in vain."""
    (count,) = db.execute("SELECT COUNT(*) FROM known").fetchone()
    if count >= _KNOWN_ROWS_MAX:
        parts = [_sound(*row) for row in db.execute("SELECT marks, checksum FROM known")]
        marks = packed({mark for part in (*parts, marks) for mark in array("I", part)})
        db.execute("DELETE FROM known")
    db.execute("INSERT INTO known (marks, checksum) VALUES (?, ?)", (marks, crc32(marks)))


def _sound(marks: bytes, checksum: int) -> bytes:
    if crc32(marks) != checksum:
        raise Damaged
    return marks


def _is_among(mark: int, known: Iterable[bytes]) -> bool:
    wanted = packed([mark])
    return any(_is_in(wanted, marks) for marks in known)


def _is_in(wanted: bytes, marks: bytes) -> bool:
    at = marks.find(wanted)
    while at > 0 and at % len(wanted):  # across two others
        at = marks.find(wanted, at + 1)
    return at >= 0


def _name_generation(db: Connection, generation: str) -> None:
    db.execute("DELETE FROM meta")
    db.execute("INSERT INTO meta VALUES ('generation', ?)", (generation,))


def _check(marks: bytes, said: str) -> int:
    return crc32(said.encode(), crc32(marks))
