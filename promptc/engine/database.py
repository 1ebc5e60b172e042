"""Database: the embedded store behind the memo and the ledger. Whatever is wrong with it, it is a cache: it is left out.

    memo, ledger -> [database] -> build/cache/engine.db; what checks remember -> build/cache/checks-estate.db

SQLite gives what a cache of two builds at once needs: a write happens whole or not at all, whoever is killed. What it does
not give is proof against damage, so every row that matters carries a checksum of its own, and a file that SQLite itself
calls damaged is removed. A row that isn't found shows no checksum, so each write leaves a seal, which is the file's state
after it: a file in another state was touched, and who asks for all rows looks at every one of them first.

Without SQLite, on a read-only disk, or while somebody else holds it for long, a build goes on without: it is slower, and
never wrong. What was once waited for in vain is not waited for again.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from promptc.core.errors import PromptcError
from promptc.stores import effects
from promptc.stores.regular import read_regular
from promptc.stores.write import write_file

if TYPE_CHECKING:
    import sqlite3
    from typing import TypeAlias

    Connection: TypeAlias = sqlite3.Connection

# Raised whenever a table changes: an older file is removed, not converted, since it is a cache.
VERSION = 4
WAIT_SECONDS = 5.0
T = TypeVar("T")

# The file, and those that SQLite may open beside it.
_ENDINGS = ("", "-journal", "-wal", "-shm")
# SQLite's result codes (sqlite.org/rescode.html) that speak of the machine, or of who else is at work, and not of the
# file: PERM BUSY LOCKED NOMEM READONLY INTERRUPT IOERR FULL CANTOPEN PROTOCOL NOLFS.
_MACHINE_CODES = frozenset({3, 5, 6, 7, 8, 9, 10, 13, 14, 15, 22})

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE unit (number INTEGER PRIMARY KEY, file TEXT, line INT, digest BLOB, id TEXT, chain TEXT, texts TEXT,
                   flags INT, body TEXT, checksum BLOB);
CREATE INDEX unit_by_file ON unit (file);
CREATE INDEX unit_by_id ON unit (id);
CREATE INDEX unit_noted ON unit (file, line) WHERE flags & 3;
CREATE INDEX unit_reading ON unit (file, line) WHERE texts != '[]';
CREATE TABLE served (digest BLOB PRIMARY KEY, targets INT, bytes INT, checksum BLOB) WITHOUT ROWID;
CREATE TABLE render (key TEXT, leaf TEXT, data BLOB, used INT, PRIMARY KEY (key, leaf));
CREATE TABLE overlay (key BLOB PRIMARY KEY, data BLOB, used INT);
CREATE TABLE text (digest BLOB PRIMARY KEY, data BLOB, used INT);
CREATE TABLE fact (key TEXT PRIMARY KEY, data BLOB, used INT);
"""


class Database:
    """One open database, or none: then every call gives its default. `path` is opened when it is first needed.

    `tables` are the statements that make what is in it, `version` is theirs: a file with others is made anew.
    """

    def __init__(self, path: Path, tables: str = _TABLES, version: int = VERSION) -> None:
        self.path = path
        self._statements = [statement.strip() for statement in tables.split(";") if statement.strip()]
        self._version = version
        self._connection: sqlite3.Connection | None = None
        self._tried = False
        self._touched = False

    def run(self, work: Callable[[sqlite3.Connection], T], default: T) -> T:
        """What `work` gives; the default when there is no database, and when this one turns out to be damaged."""
        connection = self._opened()
        if connection is None:
            return default
        import sqlite3

        try:
            return work(connection)
        except sqlite3.OperationalError as error:
            with suppress(sqlite3.Error):
                connection.rollback()
            if _is_machine(error):
                # Locked for long, or the disk is full: what was begun is undone, and the file is sound. Each further
                # question would wait as long, so this build asks none.
                self._leave_out()
            else:
                self.forget()
            return default
        except (sqlite3.DatabaseError, ValueError, TypeError, OverflowError):
            self.forget()
            return default

    def write(self, work: Callable[[sqlite3.Connection], Any]) -> bool:
        """Run `work` as one transaction that nobody else writes beside; whether it was kept."""

        def whole(connection: sqlite3.Connection) -> bool:
            connection.execute("BEGIN IMMEDIATE")
            try:
                work(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(Exception):
                    connection.execute("ROLLBACK")
                raise
            return True

        kept = self.run(whole, default=False)
        if kept:
            self.seal()
        return kept

    def was_touched(self) -> bool:
        """Whether the file is another than the last write left it: damage, or a writer that was killed or is at work."""
        return self._opened() is not None and self._touched

    def is_sound(self) -> bool:
        """Whether SQLite finds every row in its place; this reads the whole file."""
        found: Any = self.run(lambda db: db.execute("PRAGMA integrity_check(1)").fetchone(), None)
        return bool(found == ("ok",))

    def seal(self) -> None:
        """Note that the file is as it should be."""
        self._touched = False
        with suppress(OSError, PromptcError):
            write_file(self._seal_path(), self._state())

    def close(self) -> None:
        """Close it; the next call opens it again. To be called before a fork: a connection must not cross one."""
        connection, self._connection = self._connection, None
        self._tried = False
        if connection is not None:
            connection.close()

    def forget(self) -> None:
        """Remove a damaged file."""
        self.close()
        for ending in _ENDINGS:
            with suppress(OSError):
                effects.unlink(f"{self.path}{ending}")

    def _seal_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.seal")

    def _state(self) -> bytes:
        found = os.stat(self.path)
        return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}\n".encode()

    def _is_sealed(self) -> bool:
        try:
            return read_regular(self._seal_path(), "seal") == self._state()
        except FileNotFoundError:
            return True  # there is no database yet
        except (OSError, PromptcError):
            return False

    def _leave_out(self) -> None:
        self.close()
        self._tried = True

    def _opened(self) -> sqlite3.Connection | None:
        if self._connection is None and not self._tried:
            self._tried = True
            self._connection = self._open()
        return self._connection

    def _open(self) -> sqlite3.Connection | None:
        try:
            import sqlite3
        except ImportError:
            return None
        for _ in range(2):
            try:
                return self._connect(sqlite3)
            except sqlite3.OperationalError as error:
                if _is_machine(error):
                    return None
                self.forget()
                self._tried = True
            except (sqlite3.DatabaseError, ValueError, TypeError, OSError):
                self.forget()
                self._tried = True
        return None

    def _connect(self, sqlite3: Any) -> sqlite3.Connection | None:
        if not all(_is_file_or_nothing(f"{self.path}{ending}") for ending in _ENDINGS):
            return None
        self._touched = not self._is_sealed()
        connection = sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            # A loss of power may damage the file, which is then found; a kill may not, since the system has the bytes.
            connection.execute("PRAGMA synchronous = OFF")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version != self._version:
                self._make(connection, sqlite3)
            if _tables(connection) != self._statements:
                raise sqlite3.DatabaseError("made by another version")
        except BaseException:
            connection.close()
            raise
        return connection  # type: ignore[no-any-return]

    def _make(self, connection: sqlite3.Connection, sqlite3: Any) -> None:
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == self._version:
            connection.execute("COMMIT")  # somebody else made it meanwhile
            return
        if _tables(connection):
            connection.execute("ROLLBACK")
            raise sqlite3.DatabaseError("made by another version")
        for statement in self._statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {self._version}")
        connection.execute("COMMIT")


def _tables(connection: sqlite3.Connection) -> list[str]:
    """The statements that made what there is."""
    rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    return [statement for (statement,) in rows]


def _is_machine(error: sqlite3.Error) -> bool:
    """Whether an operation failed for what the machine is like; else the tables are not those that were made here."""
    return getattr(error, "sqlite_errorcode", 1) & 0xFF in _MACHINE_CODES


def _is_file_or_nothing(path: str) -> bool:
    """Whether SQLite may open a path: of a pipe it would wait for a writer, and a link may lead anywhere."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except FileNotFoundError:
        return True
    except OSError:
        return False
