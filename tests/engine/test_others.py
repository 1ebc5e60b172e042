"""The database among others: who hold it, write at once, are killed at it; and builds without any."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from promptc.core.errors import PromptcError
from promptc.engine import database
from promptc.engine.database import Database
from promptc.engine.memo import Memo
from tests.engine.filled import SHA, filled, nothing_works, reading_is_right
from tests.engine.world import cache, clean, edit, hello, run, said, served, trusting, write

# Others at work

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_database_that_somebody_holds_is_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting(monkeypatch)
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.05)
    folder = hello(tmp_path / "project", {f"tenants/t{n}.yaml": f"variables: {{product: P{n}}}\n" for n in range(30)})
    run(folder)
    edit(folder / "tenants/layers/base.yaml", "guarantee", "promise")
    wanted = clean(folder, tmp_path / "clean")
    tries: list[object] = []
    connect = Database._connect

    def counting(found: Database, module: Any) -> Any:
        tries.append(1)
        return connect(found, module)

    monkeypatch.setattr(Database, "_connect", counting)
    words = [sys.executable, "-c", HOLD, str(cache(folder) / "engine.db")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert said(run(folder)) == wanted
        # Whoever asks again waits again: every question after the first has to be answered without.
        assert len(tries) <= 2
        assert not (cache(folder) / "states").exists(), "what the ledger doesn't hold is not taken for known"
        assert said(run(folder)) == wanted
        assert holder.stdin is not None
        holder.stdin.close()
    assert said(run(folder)) == wanted
    assert run(folder, explain=True).causes == ()


def children(count: int, work: Callable[[int], None]) -> list[int]:
    """Run work in so many forked processes at once; their exit codes, negative for a signal."""
    made = []
    for number in range(count):
        child = os.fork()
        if not child:
            code = 1
            try:
                work(number)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        made.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in made]


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "engine.db"

    def work(number: int) -> None:
        memo = Memo(Database(path))
        for turn in range(10):
            memo.keep("static", f"{number}.{turn}", b"%d.%d" % (number, turn))
            memo.write()
            memo.load("static")

    assert children(4, work) == [0, 0, 0, 0]
    found = Database(path)
    assert sorted(Memo(found).load("static")) == sorted(b"%d.%d" % (number, turn) for number in range(4) for turn in range(10))
    assert found.is_sound()


def test_a_write_that_is_killed_in_its_midst_never_was(tmp_path: Path) -> None:
    path = tmp_path / "engine.db"
    filled(path).close()

    def work(number: int) -> None:
        def killed(db: sqlite3.Connection) -> None:
            db.execute("PRAGMA cache_size = 5")  # so that unfinished pages are in the file itself
            db.execute("DELETE FROM unit")
            db.executemany("REPLACE INTO text VALUES (?, ?, 1)", ((os.urandom(32), os.urandom(900)) for _ in range(200 * number)))
            os.kill(os.getpid(), signal.SIGKILL)

        Database(path).write(killed)

    for number in (0, 1, 4):
        assert children(1, lambda _, number=number: work(number)) == [-signal.SIGKILL]
        found = Database(path)
        assert reading_is_right(found)
        assert found.is_sound()
        assert found.write(lambda db: db.execute("UPDATE fact SET used = used + 1"))
        found.close()


# No database


def test_a_build_works_without_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting(monkeypatch)
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    folder = hello(tmp_path / "project")
    run(folder)
    for text in ("Acme One", "Acme Two"):
        write(folder, {"tenants/acme.yaml": f"variables: {{product: {text}}}\n"})
        assert said(run(folder)) == clean(folder, tmp_path / text)
        assert text.encode() in served(folder)["acme/hello"]
        assert said(run(folder, mode="check")) == said(run(folder)) | {"published": False}
    assert [entry.name for entry in cache(folder).iterdir()] == ["lock"]


def test_a_disk_that_can_only_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "engine.db"
    filled(path).close()
    connect = sqlite3.connect

    def only_reading(place: Path, **options: Any) -> sqlite3.Connection:
        return connect(f"file:{place}?mode=ro", uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", only_reading)
    before = path.read_bytes()
    assert reading_is_right(Database(path))
    found = Database(path)
    assert not found.write(lambda db: db.execute("DELETE FROM unit"))
    assert (path.read_bytes(), Memo(found).text(SHA)) == (before, None), "left as it is, and not asked again"
    nothing_works(Database(tmp_path / "other.db"))


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "engine.db"
    filled(path).close()
    connect = sqlite3.connect

    def full(place: Path, **options: Any) -> sqlite3.Connection:
        found = connect(place, **options)
        found.execute("PRAGMA max_page_count = 1")  # no more than there are
        return found

    with monkeypatch.context() as disk:
        disk.setattr(sqlite3, "connect", full)
        memo = Memo(Database(path))
        memo.keep("static", "large", bytes(1_000_000))
        memo.write()
        assert memo.load("static") == [], "what failed once is not asked again by this build"
    assert reading_is_right(Database(path))
    assert len(Memo(Database(path)).load("static")) == 6


def test_a_folder_without_the_right_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`check` in a project that belongs to somebody else."""
    trusting(monkeypatch)
    home = Path(tempfile.mkdtemp())  # pytest's own folder can't be entered by others
    home.chmod(0o755)
    folder = hello(home / "project")
    run(folder)
    edit(folder / "tenants/acme.yaml", "Acme Care", "Acme Two")
    wanted = clean(folder, tmp_path / "clean") | {"published": False}
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)

    def work(_: int) -> None:
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        with pytest.raises(OSError, match="denied"):
            (cache(folder) / "x").touch()
        assert said(run(folder, mode="check")) == wanted
        with pytest.raises(PromptcError) as refused:
            run(folder)
        assert refused.value.code == "D006"

    try:
        assert children(1, work) == [0]
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(home)
