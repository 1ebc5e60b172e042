"""The database: whatever is wrong with it, a build goes on without, is never kept waiting, and never told a wrong thing."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from promptc.engine.database import VERSION, Database
from promptc.engine.ledger import Ledger
from promptc.engine.memo import Memo
from tests.cli.conftest import ROOT, environment
from tests.engine.filled import ROWS, SHA, TEXT, filled, nothing_works, reading_is_right
from tests.engine.world import hello, run, said, touch_later, trusting, write


def test_it_is_made_when_it_is_first_written_to(tmp_path: Path) -> None:
    path = tmp_path / "engine.db"
    found = Database(path)
    assert not path.exists()
    assert Memo(found).load("static") == []
    assert filled(path).run(lambda db: db.execute("PRAGMA user_version").fetchone(), None) == (VERSION,)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["engine.db", "engine.db.seal"]


def test_without_a_folder_nothing_is_kept_and_none_is_made(tmp_path: Path) -> None:
    nothing_works(Database(tmp_path / "missing" / "engine.db"))
    assert list(tmp_path.iterdir()) == []


IN_ITS_PLACE = """
import os, socket, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.engine.filled import filled, nothing_works
from promptc.engine.database import Database
os.chdir(sys.argv[2])
made = {
    "folder": os.mkdir, "pipe": os.mkfifo, "link": lambda path: os.symlink("/etc/hostname", path),
    "broken link": lambda path: os.symlink("nowhere", path),
    "socket": lambda path: socket.socket(socket.AF_UNIX).bind(path),
}
for ending in ("", "-journal", "-wal", "-shm"):
    for kind, make in made.items():
        folder = Path(f"{kind}{ending}")
        folder.mkdir()
        if ending:
            filled(folder / "engine.db").close()
        make(str(folder / f"engine.db{ending}"))
        print(kind, ending, flush=True)
        nothing_works(Database(folder / "engine.db"))
        assert (folder / f"engine.db{ending}").lstat()
print("done")
"""


def test_what_stands_in_its_place_is_left_alone_and_never_waited_for(tmp_path: Path) -> None:
    """In a process of its own, since SQLite can't be interrupted while it opens a pipe."""
    words = [sys.executable, "-c", IN_ITS_PLACE, str(ROOT), str(tmp_path)]
    running = subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        out, _ = running.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        running.kill()
        out, _ = running.communicate()
    assert out.splitlines()[-1] == "done", out
    assert running.returncode == 0


@pytest.mark.parametrize("data", [b"", b"garbage", b"SQLite format 3\0" + b"\xff" * 4080, Random(1).randbytes(20_000)], ids=["empty", "text", "head", "noise"])
def test_what_is_no_database_is_made_anew(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "engine.db"
    path.write_bytes(data)
    assert Memo(filled(path)).text(SHA) == TEXT


@pytest.mark.parametrize("version", [VERSION - 1, VERSION + 1, VERSION])
def test_what_another_version_made_is_made_anew(version: int, tmp_path: Path) -> None:
    path = tmp_path / "engine.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE unit (number INTEGER)")
        other.execute(f"PRAGMA user_version = {version}")
    other.close()
    assert len(Ledger(filled(path)).units()) == len(ROWS)


@pytest.mark.parametrize("ending", ["-journal", "-wal", "-shm"])
def test_garbage_beside_it_does_no_harm(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "engine.db"
    filled(path).close()
    (tmp_path / f"engine.db{ending}").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + Random(2).randbytes(3000))
    reading_is_right(Database(path))
    assert Memo(filled(path)).text(SHA) == TEXT


# Damage

PAGE = 4096


def mutants(data: bytes, count: int) -> Iterator[tuple[int, bytes]]:
    """The file with one bit turned, so many times on each page, where something stands."""
    chance = Random(7)
    for page in range(0, len(data), PAGE):
        places = [at for at in range(page, page + PAGE) if data[at]]
        for at in sorted(chance.sample(places, min(count, len(places)))):
            yield at, data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def test_damage_on_any_page_is_a_miss(tmp_path: Path) -> None:
    path = tmp_path / "engine.db"
    filled(path).close()
    data, seal = path.read_bytes(), (tmp_path / "engine.db.seal").read_bytes()
    tried = of_use = 0
    for _, mutant in mutants(data, 12):
        touch_later(path, mutant)
        (tmp_path / "engine.db.seal").write_bytes(seal)
        found = Database(path)
        of_use += reading_is_right(found)
        found.close()
        tried += 1
    assert 0.1 < of_use / tried < 0.9, "damage of the memo is none of the ledger's"


def test_a_truncated_file_is_a_miss(tmp_path: Path) -> None:
    path = tmp_path / "engine.db"
    filled(path).close()
    data = path.read_bytes()
    for length in [*range(0, 200, 23), *range(200, len(data), 3777)]:
        touch_later(path, data[:length])
        found = Database(path)
        reading_is_right(found)
        found.close()
        assert Memo(filled(path)).text(SHA) == TEXT


def test_a_copy_is_trusted_after_all_of_it_was_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "engine.db"
    filled(path).close()
    looks: list[int] = []
    whole = Database.is_sound

    def looking(found: Database) -> bool:
        looks.append(1)
        return whole(found)

    monkeypatch.setattr(Database, "is_sound", looking)
    assert reading_is_right(Database(path))
    assert looks == []
    touch_later(path, path.read_bytes())
    assert reading_is_right(Database(path))
    assert reading_is_right(Database(path))
    assert looks == [1], "and then it is known again"


def test_a_build_over_a_damaged_database_equals_a_clean_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a tenant that has an error and one that has a warning, which a damaged row must not hide."""
    trusting(monkeypatch)
    tenants = {f"tenants/t{number}.yaml": f"variables: {{product: P{number % 4}}}\n" for number in range(12)}
    wrong = {"tenants/err.yaml": "variables: {prodct: x}\n", "tenants/odd.yaml": "variables: {product: a\u200bb}\n"}
    folder = hello(tmp_path / "project", tenants | wrong)
    run(folder, keep_going=True)
    before = {path: (folder / path).read_bytes() for path in ("build/cache/states", "build/latest.json", "build/cache/engine.db")}
    write(folder, {"tenants/t1.yaml": "variables: {product: New}\n"})
    wanted = clean_going(folder, tmp_path / "clean")
    for at, mutant in mutants(before["build/cache/engine.db"], 1):
        for path, data in before.items():
            touch_later(folder / path, data if path != "build/cache/engine.db" else mutant)
        assert said(run(folder, keep_going=True)) == wanted, at


def clean_going(folder: Path, beside: Path) -> dict[str, Any]:
    shutil.copytree(folder, beside, ignore=shutil.ignore_patterns("build", ".promptc"))
    return said(run(beside, keep_going=True))
