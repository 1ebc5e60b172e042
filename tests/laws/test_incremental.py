"""Law 2: incremental equals clean, the same bytes, findings, counts and exit code, whatever happened to the folder.

Random projects (edits_start.py) go through random edits (edits.py) and accidents (edits_disk.py); after each step the build
of the one folder is held against a clean one of a copy (edits_session.py). A failure prints its seed and the steps that led
to it: `PROMPTC_EDITS_SEED=SEED pytest tests/laws/test_incremental.py -k sessions` begins with it.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import gc
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.laws.edits import Editor
from tests.laws.edits_disk import write_anew
from tests.laws.edits_session import (
    Asked,
    Served,
    Session,
    differences,
    few_are_many,
    left_by,
    request,
    said_by,
    schemas_of,
)
from tests.laws.edits_start import start
from tests.laws.edits_stories import STORIES, give, nothing, put, small_world
from tests.laws.edits_world import Sheet, Tag, World, other_letter

FIRST = int(os.environ.get("PROMPTC_EDITS_SEED", "0"))
STEPS = 10
SESSIONS = 6
ROOT = Path(__file__).parents[2]
# Thousands of small folders are made and removed; where there is a file system in memory they need no disk.
MEMORY = "/dev/shm"


# A file counts as read when it is that much older than the look at it. Kernels stamp files at every tick, of 10 ms at most.
TICKS_NS = 20_000_000


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sessions are over in seconds, and until then no state of a file would count: all files would be read each time.

    And the toolchain of one process is worked out once.
    """
    if importlib.util.find_spec("promptc.engine") is not None:
        from promptc.engine import toolchain

        monkeypatch.setattr("promptc.engine.states.RACY_NANOSECONDS", TICKS_NS)
        monkeypatch.setattr(toolchain, "identity", functools.cache(toolchain.identity))
    # Collecting walks over all that pytest has loaded, again and again: a tenth of the time.
    gc.disable()
    yield
    gc.enable()


@contextlib.contextmanager
def memory_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="promptc-edits-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def folder() -> Iterator[Path]:
    with memory_folder() as folder:
        yield folder


def run(first: int, *, count: int = SESSIONS, large: bool = False) -> None:
    """Sessions of ten edits each. A generator that shows nothing would pass, too, so its rates are bounded."""
    counts: collections.Counter[str] = collections.Counter()
    for seed in range(first, first + count):
        with memory_folder() as folder:
            counts += Session(seed, folder, large=large).run(STEPS)
    steps = counts["steps"]
    rates = {name: counts[name] / steps for name in ("published", "changed", "found", "refused")}
    print(f"seeds {first}…{first + count - 1}, {steps} steps, {counts['compared']} comparisons: " + ", ".join(f"{name} {rate:.0%}" for name, rate in rates.items()))
    print(sorted(code for code in counts if len(code) == 4))
    assert steps == count * (STEPS + 1)
    assert rates["published"] >= 0.6
    assert rates["changed"] >= 0.3
    assert rates["found"] >= 0.1


@pytest.mark.parametrize("first", range(FIRST, FIRST + 5 * SESSIONS, SESSIONS))
def test_sessions_of_edits(first: int) -> None:
    run(first)


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(10_000, 10_500, 50))
def test_many_sessions_of_edits(first: int) -> None:
    run(first, count=50, large=first % 2 == 1)


@pytest.mark.parametrize("story", STORIES)
def test_stories_of_edits(story: str, folder: Path) -> None:
    """Every other step is published whatever is found."""
    session = Session(0, folder)
    session.editor.desk.world = world = small_world()
    session.log = [story]
    for step, (edit, code) in enumerate([(nothing, ""), *STORIES[story]]):
        edit(world)
        session.log.append(f"step {step} of the story, {code or 'nothing'} is found")
        session.disk.write(world.tree())
        told = session.compare(Asked(keep_going=step % 2 == 1))
        codes = {finding.code for finding in told["findings"]}
        assert code in codes if code else not codes, f"{code or 'nothing'} is not among {told['findings']}\n{session}"


WRONG: dict[str, Callable[[World], object]] = {
    "nothing": nothing,
    "what no target is made of": put("sources/examples/other.yaml", {"owner": "nobody", "examples": []}),
    "one tenant": give("tenant:acme", "prodct", "x"),
    "a warning": give("tenant:globex", "words", Tag("remove", ["rare"])),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_something_else_is_asked_while_nothing_changes(wrong: str, folder: Path) -> None:
    """The last answer is no answer to another question."""
    session = Session(0, folder)
    world = small_world()
    WRONG[wrong](world)
    session.disk.write(world.tree())
    plain, keep, some = Asked(), Asked(keep_going=True), Asked(("acme", "su-1"))
    for asked, mode in [(keep, "build"), (plain, "build"), (keep, "check"), (some, "build"), (plain, "check"), (plain, "build"), (keep, "build"), (some, "check"), (plain, "build")]:
        session.log.append(f"{asked} {mode}")
        session.compare(asked, mode=mode)


def test_a_seed_gives_one_session() -> None:
    def told() -> list[object]:
        editor = Editor(7)
        found: list[object] = []
        for _ in range(20):
            found += [editor.next(), editor.world.tree()]
            editor.heard([])
        return found

    assert told() == told()


# What changes nothing


@pytest.mark.parametrize("seed", range(2))
def test_a_value_that_nobody_asks_for_changes_no_artifact(seed: int, folder: Path) -> None:
    session = Session(seed, folder)
    session.disk.write(session.editor.world.tree())
    session.compare(Asked())
    wanted = left_by(session.folder)
    for world in unasked(session.editor.world, session.draw):
        session.disk.write(world.tree())
        told = session.compare(Asked())
        assert told["published"]
        assert told["changes"] == ()
        left = left_by(session.folder)
        assert (left["served"], left["artifacts"]) == (wanted["served"], wanted["artifacts"])
        assert left["record"] != wanted["record"]


def unasked(world: World, draw: Random) -> Iterator[World]:
    """The world with another value of what no prompt asks for: in a tenant, in a layer, as a default."""
    for kind in ("tenant:", "layer:"):
        overlays = world.overlays()
        name = draw.choice([name for name in overlays if name.startswith(kind)])
        overlays[name].setdefault("variables", {})["spare"] = f"of {name}"
        yield world
    world.sheets["sources/variables.yaml"].data["spare"] = {"type": "string", "default": "another"}
    yield world


@pytest.mark.parametrize("seed", range(3))
def test_neither_workers_nor_the_order_of_files_change_anything(seed: int, folder: Path) -> None:
    tree = start(Random(f"order {seed}")).tree()
    found = []
    for jobs in (1, 2, 3):
        place = folder / str(jobs)
        place.mkdir()
        write_anew(place, tree, Random(jobs))
        with few_are_many():
            told = said_by(request(place, Asked(), jobs=jobs))
        assert told["published"]
        found.append((told, left_by(place), schemas_of(place)))
    assert found[0] == found[1] == found[2]


# What comes between


def test_a_tree_of_tenants_splits_and_joins(folder: Path) -> None:
    """A node of a manifest holds 64 tenants: around that number its shape changes with each that comes or goes."""
    session = Session(1, folder)
    lines = session.editor.world.signups["tenants/signups.jsonl"]
    others = len(session.editor.world.tenants())
    for count in (63, 65, 64, 170, 20):
        kept = [line for line in lines if isinstance(line, dict) and line["id"][:2] != "x-"]
        lines[:] = [*({"id": f"x-{number}", "variables": {"product": f"P{number % 40}"}} for number in range(count - others)), *kept]
        session.log.append(f"{count} tenants")
        session.disk.write(session.editor.world.tree())
        assert session.compare(Asked(), jobs=2)["published"]


KILLER = """
import json, os, signal, sys, time
from promptc.driver.build import BuildRequest, build

build(BuildRequest(sys.argv[1]))  # what a build imports is then there, and delays hit its work
for line in sys.stdin:
    folder, delay, everybody = json.loads(line)
    child = os.fork()
    if not child:
        os.setsid()
        try:
            build(BuildRequest(folder))
        finally:
            os._exit(0)
    time.sleep(delay)
    try:
        (os.killpg if everybody else os.kill)(child, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(child, signal.SIGKILL)
    print(int(os.WIFSIGNALED(os.waitpid(child, 0)[1])), flush=True)
"""


@pytest.mark.parametrize("seed", range(2))
def test_a_build_after_a_killed_one_equals_a_clean_one(seed: int, tmp_path: Path) -> None:
    session = Session(seed, tmp_path)
    session.disk.write(session.editor.world.tree())
    session.compare(Asked())
    warm = tmp_path / "warm"
    warm.mkdir()
    write_anew(warm, session.disk.tree, session.draw)
    killer = subprocess.Popen([sys.executable, "-c", KILLER, str(warm)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    killed = 0
    with killer:
        for _ in range(10):
            session.log.append(session.editor.next())
            session.disk.write(session.editor.world.tree())
            killed += kill(killer, session)
            session.compare(Asked())
        assert killer.stdin is not None
        killer.stdin.close()
    assert killed >= 2, f"{killed} builds of 10 were killed at work"


def kill(killer: subprocess.Popen[str], session: Session) -> int:
    """Start a build and kill it; 1 when it was still at work."""
    assert killer.stdin is not None
    assert killer.stdout is not None
    delay = session.draw.uniform(0, 0.8 * session.seconds)
    killer.stdin.write(json.dumps([str(session.folder), delay, session.draw.random() < 0.5]) + "\n")
    killer.stdin.flush()
    session.log.append(f"a build is killed after {delay:.3f} s")
    return int(killer.stdout.readline())


def test_an_edit_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    """One letter of each file in turn, written in place, with the old time set again; then the letter that it was."""
    session = Session(5, tmp_path)
    tree = small_world().tree()
    session.disk.write(tree)
    session.compare(Asked())
    for path, data in tree.items():
        assert isinstance(data, bytes)
        for text in (other_letter(session.draw, data.decode()), data.decode()):
            session.log.append(f"{path} is {text!r}")
            write_unseen(session.folder / path, text.encode())
            session.disk.tree = {**tree, path: text.encode()}
            session.compare(Asked())


def write_unseen(path: Path, data: bytes) -> None:
    before = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (before.st_size, before.st_mtime_ns, before.st_ino)


def test_a_file_that_is_written_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    """Equal sizes, the old time, many writes in one tick of the clock: only what is read counts as read."""
    session = Session(3, tmp_path)
    world = session.editor.world
    world.sheets["tenants/racy.yaml"] = sheet = Sheet({"variables": {"product": "Racy"}})
    session.disk.write(world.tree())
    session.compare(Asked())
    path = session.folder / "tenants" / "racy.yaml"
    before = path.stat()
    for turn in range(6):
        stop = threading.Event()
        texts = [str(sheet).replace("Racy", name).encode() for name in ("Raca", f"Rac{turn}")]

        def scribble(stop: threading.Event = stop, texts: list[bytes] = texts) -> None:
            while not stop.is_set():
                texts.reverse()
                path.write_bytes(texts[0])
                os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

        writer = threading.Thread(target=scribble)
        writer.start()
        said_by(request(session.folder, Asked()))
        stop.set()
        writer.join()
        sheet.data["variables"]["product"] = path.read_bytes().decode().rpartition(": ")[2].strip()
        session.disk.tree = world.tree()
        assert session.disk.tree["tenants/racy.yaml"] == path.read_bytes()
        session.compare(Asked())


# By the command


@pytest.mark.parametrize(("seed", "steps"), [(0, 2), pytest.param(1, 60, marks=pytest.mark.nightly)])
def test_the_command_says_the_same(seed: int, steps: int, tmp_path: Path) -> None:
    """Each build in a process of its own."""
    session = Session(seed, tmp_path)
    before = None
    for step in range(steps):
        session.disk.write(session.editor.world.tree())
        clean = tmp_path / f"clean-{step}"
        clean.mkdir()
        write_anew(clean, session.disk.tree, session.draw)
        (code, told, errors), wanted = command(session.folder), command(clean)
        changes = told.pop("changes")
        wanted[1].pop("changes")
        assert (code, told, errors) == wanted, session
        if told["published"]:
            left = left_by(clean)
            assert left_by(session.folder) == left, session
            assert changes == (None if before is None else changed(before, left["served"], is_all=told["scope"] == "all")), session
            before = left["served"]
        session.log.append(session.editor.next())


def changed(before: Served, after: Served, *, is_all: bool) -> list[dict[str, object]]:
    """The changes as the command prints them."""
    found = differences(before, after, is_all=is_all)
    return [{"target": f"{tenant}/{prompt}", "before": old, "after": new} for tenant, prompt, old, new in found]


def command(folder: Path) -> tuple[int, dict[str, object], str]:
    """The exit code, the JSON without the time that it took, and what was said beside it."""
    words = [sys.executable, "-m", "promptc", "-C", str(folder), "build", "--format", "json"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    told.pop("seconds")
    return done.returncode, told, done.stderr
