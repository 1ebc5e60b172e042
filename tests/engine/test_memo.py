"""The memo: what comes back is what was kept, or nothing; and it stays small, losing first what was used longest ago."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.engine import memo as memos
from promptc.engine.database import Database
from promptc.engine.memo import Made, Memo
from tests.engine.world import cache, clean, edit, hello, run, said, trusting


@pytest.fixture
def found(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "engine.db")
    yield database
    database.close()


def reopened(found: Database) -> Memo:
    found.close()
    return Memo(Database(found.path))


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def rows(found: Database, table: str) -> int:
    return found.run(lambda db: int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]), -1)


def test_what_is_kept_comes_back_in_the_next_build(found: Database) -> None:
    memo = Memo(found)
    memo.keep("a", "1", b"one")
    memo.keep("a", "2", b"two")
    memo.keep("b", "1", b"other")
    memo.keep_overlay(b"key", b"overlay")
    memo.keep_text(sha(b"text"), b"text")
    assert not found.path.exists(), "nothing is written while a build is at work"
    assert memo.text(sha(b"text")) == b"text"
    memo.write()
    memo = reopened(found)
    assert sorted(memo.load("a")) == [b"one", b"two"]
    assert memo.load("b") == [b"other"]
    assert memo.load("c") == []
    assert memo.overlay(b"key") == b"overlay"
    assert memo.overlay(b"other key") is None
    assert memo.text(sha(b"text")) == b"text"
    assert memo.text(sha(b"other")) is None


@settings(max_examples=30)
@given(st.dictionaries(st.binary(min_size=1, max_size=70), st.binary(max_size=100), max_size=5))
def test_any_bytes_under_any_key(kept: dict[bytes, bytes]) -> None:
    memo = Memo(Database(Path(":memory:")))
    memo.database._connection = sqlite3.connect(":memory:", isolation_level=None)
    memo.database._make(memo.database._connection, sqlite3)
    for key, data in kept.items():
        memo.keep_overlay(key, data)
        memo.keep_text(sha(data), data)
    memo.database.write(lambda db: memos._write(db, memo.made))
    memo.made = Made()
    for key, data in kept.items():
        assert memo.overlay(key) == data
        assert memo.text(sha(data)) == data
        assert memo.overlay(key + b"\0") is None or key + b"\0" in kept
    memo.database.close()


@pytest.mark.parametrize("value", [None, 7, 1 << 62, 1.5, "text", b"", b"1234567", b"12345678", b"12345678overlay"])
def test_a_value_of_another_kind_is_a_miss(value: Any, found: Database) -> None:
    memo = Memo(found)
    memo.keep("a", "1", b"one")
    memo.keep_overlay(b"key", b"overlay")
    memo.keep_text(sha(b"text"), b"text")
    memo.write()
    memo.keep_fact("fact", b"true")
    for table in ("render", "overlay", "text", "fact"):
        found.write(lambda db, table=table: db.execute(f"UPDATE {table} SET data = ?", (value,)))
    assert all(isinstance(data, bytes) for data in memo.load("a"))
    assert (memo.overlay(b"key"), memo.text(sha(b"text")), memo.fact("fact")) == (None, None, None)


def test_what_stands_under_another_key_is_a_miss(found: Database) -> None:
    memo = Memo(found)
    memo.keep_overlay(b"key", b"overlay")
    memo.keep_text(sha(b"text"), b"text")
    memo.write()
    memo.keep_fact("fact", b"true")
    found.write(lambda db: db.execute("UPDATE overlay SET key = ?", (b"other",)))
    found.write(lambda db: db.execute("UPDATE text SET digest = ?", (sha(b"other"),)))
    found.write(lambda db: db.execute("UPDATE fact SET key = 'other'"))
    assert (memo.overlay(b"other"), memo.text(sha(b"other")), memo.fact("other")) == (None, None, None)


def test_what_workers_made_is_kept_once(found: Database) -> None:
    memo, other = Memo(found), Memo(Database(found.path))
    memo.keep("a", "1", b"one")
    other.keep("a", "1", b"one")
    other.keep("a", "2", b"two")
    other.keep_overlay(b"key", b"overlay")
    other.keep_text(sha(b"text"), b"text")
    memo.made.take(other.made)
    memo.write()
    assert (rows(found, "render"), rows(found, "overlay"), rows(found, "text")) == (2, 1, 1)
    before = found.path.stat()
    memo.write()
    assert found.path.stat() == before, "nothing new, nothing written"


def test_facts_are_the_newest_few(found: Database) -> None:
    memo = Memo(found)
    for number in range(40):
        memo.keep_fact(f"fact {number}", b"%d" % number)
    assert [number for number in range(40) if memo.fact(f"fact {number}") is not None] == list(range(8, 40))
    memo.keep_fact("fact 8", b"again")
    memo.keep_fact("fact 40", b"40")
    assert (memo.fact("fact 8"), memo.fact("fact 9")) == (b"again", None)


# Bounds


def test_what_was_used_longest_ago_goes_first(found: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memos, "BYTES_MAX", 400_000)
    memo = Memo(found)
    for number in range(100):
        memo.keep_overlay(b"often", b"used often")
        memo.keep("often", "leaf", b"used often")
        for part in range(4):
            memo.keep_overlay(b"%d.%d" % (number, part), b"%d " % number * 1000)
            memo.keep(f"{number}", f"{part}", b"%d " % number * 1000)
            memo.keep_text(sha(b"%d %d" % (number, part)), b"%d %d" % (number, part))
        memo.write()
        # As a build that finds them again does.
        assert memo.overlay(b"often") == b"used often"
        memo.used("often", ["leaf"])
    assert memo.overlay(b"often") == b"used often"
    assert memo.load("often") == [b"used often"]
    overlays = {number for number in range(100) if memo.overlay(b"%d.3" % number) or memo.overlay(b"%d.0" % number)}
    renders = {number for number in range(100) if memo.load(f"{number}")}
    for kept in (overlays, renders):
        assert kept == set(range(min(kept), 100)), "the newest, without a gap"
        assert 5 < len(kept) < 60
    size = found.run(lambda db: db.execute("SELECT SUM(LENGTH(data)) FROM overlay").fetchone()[0], 0)
    assert size <= 400_000 * memos.SHARES["overlay"] + 20_000
    assert found.path.stat().st_size < 1_500_000


def test_what_was_used_is_younger_than_what_was_not(found: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    memo = Memo(found)
    for number in range(10):
        memo.keep_overlay(b"%d" % number, b"%d" % number * 10_000)
        memo.write()
    for number in (1, 4):
        memo.overlay(b"%d" % number)
    memo.write()
    monkeypatch.setattr(memos, "BYTES_MAX", 100_000)
    memo.keep_overlay(b"new", b"n" * 10_000)
    memo.write()
    assert [name for name in (*range(10), "new") if memo.overlay(str(name).encode())] == [1, 4, "new"]


def test_one_prompt_has_a_bounded_number_of_leaves(found: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memos, "LEAVES_MAX", 5)
    memo = Memo(found)
    for number in range(9):
        memo.keep("a", f"{number}", b"%d" % number)
    memo.write()
    memo = reopened(found)
    assert sorted(memo.load("a")) == [b"0", b"1", b"2", b"3", b"4"]
    memo.keep("a", "9", b"9")
    memo.keep("b", "9", b"9")
    assert memo.made.renders.keys() == {("b", "9")}


def test_builds_over_a_full_memo_are_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting(monkeypatch)
    monkeypatch.setattr(memos, "BYTES_MAX", 2_000)
    folder = hello(tmp_path / "project", {f"tenants/t{n}.yaml": f"variables: {{product: P{n}}}\n" for n in range(20)})
    run(folder)
    for number in range(2):
        edit(folder / "sources/prompts/hello.prompt.j2", "Be " if not number else f"Be {number - 1} ", f"Be {number} ")
        assert said(run(folder)) == clean(folder, tmp_path / f"clean{number}")
    size = Database(cache(folder) / "engine.db")
    assert rows(size, "overlay") < 20
    size.close()
