"""Memo: renders and parsed overlays by what they were made from, kept between builds and bounded.

    compiler (what it asked, what it made) -> [memo] -> build/cache/engine.db -> the next build

A key says all that can change what is kept under it, so nothing here is ever out of date; it can only be missing. Two
builds at once write the same values under the same keys. What was used longest ago goes first when there is too much.
A worker reads through a connection of its own and writes nothing: what it made goes to its parent (`Made`), which keeps
it once, in one transaction.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from promptc.core.dataclass import dataclass, field
from promptc.engine.database import Database

if TYPE_CHECKING:
    import sqlite3

BYTES_MAX = 256 * 1024 * 1024
# How much of it each table may take, when all of them are full.
SHARES = {"render": 0.5, "overlay": 0.35, "text": 0.1}
LEAVES_MAX = 4_096  # of one prompt: tenants that agree on nothing gain nothing from being remembered
_CHECK_BYTES = 8


@dataclass(slots=True)
class Made:
    """What one process made and used, to be kept by its parent."""

    renders: dict[tuple[str, str], bytes] = field(default_factory=dict)
    used_renders: set[tuple[str, str]] = field(default_factory=set)
    overlays: dict[bytes, bytes] = field(default_factory=dict)
    used_overlays: set[bytes] = field(default_factory=set)
    texts: dict[bytes, bytes] = field(default_factory=dict)

    def take(self, other: Made) -> None:
        """Add what another process made."""
        self.renders.update(other.renders)
        self.used_renders |= other.used_renders
        self.overlays.update(other.overlays)
        self.used_overlays |= other.used_overlays
        self.texts.update(other.texts)


class Memo:
    """What is remembered. It is the `memory` of a compiler: `load`, `keep` and `used` are what that asks for."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.made = Made()
        self._counts: dict[str, int] = {}

    def load(self, key: str) -> list[bytes]:
        """The leaves that are remembered under a static key."""
        found: list[tuple[str, bytes]] = self.database.run(
            lambda db: db.execute("SELECT leaf, data FROM render WHERE key = ?", (key,)).fetchall(), []
        )
        self._counts[key] = len(found)
        return [data for _, data in found if isinstance(data, bytes)]

    def keep(self, key: str, leaf: str, data: bytes) -> None:
        """Remember one leaf."""
        count = self._counts.get(key, 0)
        if count < LEAVES_MAX:
            self._counts[key] = count + 1
            self.made.renders[key, leaf] = data

    def used(self, key: str, leaves: Iterable[str]) -> None:
        """Note that leaves were of use."""
        self.made.used_renders.update((key, leaf) for leaf in leaves)

    def overlay(self, key: bytes) -> bytes | None:
        """A parsed overlay, as it was encoded; None when it isn't remembered, or damaged."""
        found = self.database.run(
            lambda db: db.execute("SELECT data FROM overlay WHERE key = ?", (key,)).fetchone(), None
        )
        data = _sound(key, found)
        if data is not None:
            self.made.used_overlays.add(key)
        return data

    def keep_overlay(self, key: bytes, data: bytes) -> None:
        """Remember a parsed overlay."""
        self.made.overlays[key] = _sum(key, data) + data

    def text(self, digest: bytes) -> bytes | None:
        """The bytes of a source that some build read, by their sha256; None when they aren't remembered, or damaged."""
        made = self.made.texts.get(digest)
        if made is not None:
            return made
        found = self.database.run(
            lambda db: db.execute("SELECT data FROM text WHERE digest = ?", (digest,)).fetchone(), None
        )
        if found is None:
            return None
        try:
            data = zlib.decompress(found[0])
        except (zlib.error, TypeError):
            return None
        return data if hashlib.sha256(data).digest() == digest else None

    def keep_text(self, digest: bytes, data: bytes) -> None:
        """Remember the bytes of a source, so that what a later edit changed can be said."""
        self.made.texts[digest] = data

    def fact(self, key: str) -> bytes | None:
        """What was said of all sources together, as it was encoded; None when it isn't remembered, or damaged."""
        found = self.database.run(lambda db: db.execute("SELECT data FROM fact WHERE key = ?", (key,)).fetchone(), None)
        return _sound(key.encode(), found)

    def keep_fact(self, key: str, data: bytes) -> None:
        """Remember it; of these the newest few are kept."""

        def write(db: sqlite3.Connection) -> None:
            tick = _tick(db)
            db.execute("REPLACE INTO fact VALUES (?, ?, ?)", (key, _sum(key.encode(), data) + data, tick))
            db.execute("DELETE FROM fact WHERE key NOT IN (SELECT key FROM fact ORDER BY used DESC LIMIT 32)")

        self.database.write(write)

    def write(self) -> None:
        """Keep what was made since, mark what was used, and drop what is too much."""
        made, self.made = self.made, Made()
        if not (made.renders or made.overlays or made.used_renders or made.used_overlays or made.texts):
            return
        self.database.write(lambda db: _write(db, made))


def _write(db: sqlite3.Connection, made: Made) -> None:
    tick = _tick(db)
    db.executemany("UPDATE render SET used = ? WHERE key = ? AND leaf = ?", ((tick, *at) for at in made.used_renders))
    db.executemany("UPDATE overlay SET used = ? WHERE key = ?", ((tick, key) for key in made.used_overlays))
    db.executemany(
        "REPLACE INTO render VALUES (?, ?, ?, ?)", ((*at, data, tick) for at, data in sorted(made.renders.items()))
    )
    db.executemany(
        "REPLACE INTO overlay VALUES (?, ?, ?)", ((key, data, tick) for key, data in sorted(made.overlays.items()))
    )
    db.executemany(
        "REPLACE INTO text VALUES (?, ?, ?)",
        ((digest, zlib.compress(data, 1), tick) for digest, data in sorted(made.texts.items())),
    )
    if made.renders or made.overlays or made.texts:
        _bound(db)


def _bound(db: sqlite3.Connection) -> None:
    """Drop what was used longest ago until the rest is small enough."""
    (pages,), (free,), (size,) = (
        db.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "freelist_count", "page_size")
    )
    if (pages - free) * size <= BYTES_MAX:
        return
    for table, share in SHARES.items():
        _shorten(db, table, int(BYTES_MAX * share))


def _shorten(db: sqlite3.Connection, table: str, bytes_max: int) -> None:
    """Keep the newest rows of a table, up to so many bytes; of those written together, some."""
    total = 0
    rows = db.execute(f"SELECT used, COUNT(*), SUM(LENGTH(data)) FROM {table} GROUP BY used ORDER BY used DESC")
    for used, count, size_bytes in rows.fetchall():
        total += size_bytes
        if total > bytes_max:
            over = min(count, int(count * (total - bytes_max) / size_bytes) + 1)
            db.execute(f"DELETE FROM {table} WHERE used < ?", (used,))
            db.execute(
                f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE used = ? LIMIT ?)", (used, over)
            )
            break


def _tick(db: sqlite3.Connection) -> int:
    """The number of this write, by which what is older is known."""
    found = db.execute("SELECT value FROM meta WHERE name = 'tick'").fetchone()
    tick = int(found[0]) + 1 if found else 1
    db.execute("REPLACE INTO meta VALUES ('tick', ?)", (str(tick),))
    return tick


def _sound(key: bytes, row: tuple[Any] | None) -> bytes | None:
    """What stands behind the checksum of a row; None for no row, and for one that is not what was written."""
    data = row[0] if row is not None else None
    if not isinstance(data, bytes) or _sum(key, data[_CHECK_BYTES:]) != data[:_CHECK_BYTES]:
        return None
    return data[_CHECK_BYTES:]


def _sum(key: bytes, data: Any) -> bytes:
    return hashlib.blake2b(bytes(data), key=key[:64], digest_size=_CHECK_BYTES).digest()
