"""Workers: results that don't depend on them, failures that are said, and no process that is left over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from promptc.core.errors import Exit, PromptcError
from promptc.engine import workers
from promptc.engine.workers import WorkerError
from tests.cli.conftest import ROOT, environment
from tests.engine.processes import children_of, have_ended, wait_for


class Doubling:
    """A worker that doubles numbers, and does something odd at one of them."""

    def __init__(self, odd: Callable[[], Any] | None = None, at: int = -1) -> None:
        self.odd = odd
        self.at = at
        self.done: list[int] = []

    def work(self, task: int) -> int:
        if task == self.at and self.odd is not None:
            self.odd()
        self.done.append(task)
        return 2 * task

    def finish(self) -> list[int]:
        return self.done

    def abandon(self) -> None:
        pass


def results(jobs: int, count: int, start: Callable[[], Any] = Doubling) -> tuple[dict[int, int], list[Any]]:
    found: dict[int, int] = {}
    return found, workers.run(range(count), start, jobs=jobs, on_result=found.__setitem__)


@pytest.fixture(autouse=True)
def none_left_over() -> Iterator[None]:
    before = children_of(os.getpid())
    yield
    assert children_of(os.getpid()) == before


# Results


@pytest.mark.parametrize("count", [0, 1, 2, 50])
@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_are_those_of_the_tasks(jobs: int, count: int) -> None:
    found, gathered = results(jobs, count)
    assert found == {number: 2 * number for number in range(count)}
    assert sorted(task for done in gathered for task in done) == list(range(count))
    assert len(gathered) == (min(jobs, count) if jobs > 1 and count > 1 else 1)


def test_each_worker_is_made_in_its_own_process() -> None:
    pids: list[int] = []

    class Naming(Doubling):
        def __init__(self) -> None:
            super().__init__()
            self.pid = os.getpid()

        def finish(self) -> Any:
            return self.pid, os.getpid()

    _, gathered = results(3, 9, Naming)
    pids = [made for made, _ in gathered]
    assert all(made == ended for made, ended in gathered)
    assert len({*pids, os.getpid()}) == 4
    assert results(1, 9, Naming)[1] == [(os.getpid(), os.getpid())]


def test_results_may_be_large() -> None:
    class Large(Doubling):
        def work(self, task: int) -> Any:
            return bytes([task]) * 1_000_000

    found: dict[int, bytes] = {}
    workers.run(range(9), Large, jobs=2, on_result=found.__setitem__)
    assert [found[number] for number in range(9)] == [bytes([number]) * 1_000_000 for number in range(9)]


def test_where_no_process_can_be_made_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "no more processes")

    monkeypatch.setattr(os, "fork", refuse)
    found, gathered = results(3, 10)
    assert found == {number: 2 * number for number in range(10)}
    assert gathered == [list(range(10))]


def test_a_few_processes_do_where_there_are_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, made = os.fork, []

    def limited() -> int:
        if len(made) == 2:
            raise BlockingIOError(11, "no more processes")
        made.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", limited)
    found, gathered = results(5, 20)
    assert found == {number: 2 * number for number in range(20)}
    assert len(gathered) == 2


def test_cores_are_those_that_may_be_used() -> None:
    assert 1 <= workers.cores() <= workers.JOBS_MAX
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert workers.cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)


# Failures


def fail(error: BaseException) -> Callable[[], Any]:
    def odd() -> None:
        raise error

    return odd


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("where", ["start", "work"])
def test_a_refusal_is_that_of_the_worker(where: str, jobs: int) -> None:
    refusal = PromptcError("D006", "can't write `x`", hint="mend that", exit_code=Exit.MACHINE)
    start = fail(refusal) if where == "start" else lambda: Doubling(fail(refusal), 7)
    with pytest.raises(PromptcError) as refused:
        results(jobs, 20, start)
    found = refused.value
    assert (found.code, found.message, found.hint, found.exit_code) == ("D006", "can't write `x`", "mend that", Exit.MACHINE)


@pytest.mark.parametrize("jobs", [1, 2])
def test_memory_and_the_machine_are_those_of_the_worker(jobs: int) -> None:
    with pytest.raises(MemoryError):
        results(jobs, 20, lambda: Doubling(fail(MemoryError()), 7))
    with pytest.raises(OSError, match="no space") as refused:
        results(jobs, 20, lambda: Doubling(fail(OSError(28, "no space left", "pack")), 7))
    assert (refused.value.errno, refused.value.filename) == (28, "pack")
    with pytest.raises(OSError, match="of its own words"):
        results(jobs, 20, lambda: Doubling(fail(OSError("of its own words")), 7))


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        results(1, 20, lambda: Doubling(lambda: 1 // 0, 7))
    with pytest.raises(WorkerError) as bug:
        results(2, 20, lambda: Doubling(lambda: 1 // 0, 7))
    assert "ZeroDivisionError" in str(bug.value)
    assert "in work" in str(bug.value)
    with pytest.raises(WorkerError) as bug:
        results(2, 20, lambda: Doubling(lambda: sys.exit(3), 7))
    assert "SystemExit: 3" in str(bug.value)


def test_a_failure_leaves_no_worker_at_work(tmp_path: Path) -> None:
    """Each is told to leave nothing behind, or is ended."""

    class Slow(Doubling):
        def work(self, task: int) -> int:
            (tmp_path / str(os.getpid())).touch()
            if not task:
                wait_for(lambda: len(list(tmp_path.iterdir())) == 3)
                raise MemoryError
            time.sleep(60)
            return 0

        def abandon(self) -> None:
            (tmp_path / f"{os.getpid()} abandoned").touch()

    with pytest.raises(MemoryError):
        results(3, 9, Slow)
    names = {path.name for path in tmp_path.iterdir()}
    assert len([name for name in names if name.isdigit()]) == 3
    assert len([name for name in names if name.endswith("abandoned")]) == 1
    assert have_ended({int(name) for name in names if name.isdigit()})


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_later() -> None:
    threading.Timer(0.2, die).start()


def refusal_of(odd: Callable[[], Any], *, size: int = 1, wait: bool = False) -> PromptcError:
    """What is said when a worker does something odd at task 1; with `wait` nobody listens to it before it is dead."""
    parent = os.getpid()

    class Naming(Doubling):
        def work(self, task: int) -> Any:
            super().work(task)
            return os.getpid(), bytes(task * size)

    def on_result(index: int, value: Any) -> None:
        if wait:
            others = children_of(parent) - ({value[0]} if not index else set())
            wait_for(lambda: have_ended(others if not index else {value[0]}))

    with pytest.raises(PromptcError) as refused:
        workers.run(range(2), lambda: Naming(odd, 1), jobs=2, on_result=on_result)
    assert refused.value.code == "C021"
    assert refused.value.exit_code == Exit.MACHINE
    return refused.value


def test_a_worker_that_is_killed_is_told() -> None:
    error = refusal_of(die)
    assert error.message == "a worker process ended by signal 9 before its work was done"
    assert "`--jobs 1`" in error.hint
    assert refusal_of(lambda: os._exit(5)).message == "a worker process ended with code 5 before its work was done"


def test_a_worker_that_is_killed_while_it_speaks_is_told() -> None:
    """Its answer is larger than what a pipe holds."""
    assert "signal 9" in refusal_of(die_later, size=5_000_000, wait=True).message


def test_a_worker_that_is_killed_before_it_is_spoken_to_is_told() -> None:
    """It answered all that it was asked; what is sent to it then meets nobody."""
    assert "signal 9" in refusal_of(die_later, wait=True).message


def test_it_is_the_callers_exception_that_ends_all() -> None:
    def on_result(index: int, value: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workers.run(range(50), Doubling, jobs=3, on_result=on_result)


# Signals to the workers themselves

AT_BIRTH = """
import os, signal, sys, time
from promptc.driver import verifying, whole
from promptc.engine import workers
number = getattr(signal, sys.argv[1])
if sys.argv[2] == "ignored":
    signal.signal(number, signal.SIG_IGN)
else:
    signal.signal(number, lambda *_: sys.exit("heard in the wrong place"))
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), number))
class Doubling:
    def work(self, task):
        if sys.argv[2] == "ignored":
            os.kill(os.getpid(), number)
        return 2 * task
    def finish(self):
        pass
    def abandon(self):
        pass
found = {}
try:
    workers.run(range(10), Doubling, jobs=2, on_result=found.__setitem__)
    print(found == {n: 2 * n for n in range(10)})
except Exception as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("name", "how", "out"),
    [
        ("SIGINT", "heard", "True"),
        ("SIGTERM", "heard", "a worker process ended by signal 15 before its work was done"),
        ("SIGHUP", "ignored", "True"),
        ("SIGTERM", "ignored", "True"),
    ],
)
def test_a_signal_to_a_worker_that_has_only_begun(name: str, how: str, out: str) -> None:
    """An interrupt is the parent's to hear; what is ignored (`nohup`) stays ignored; and none shows a traceback."""
    words = [sys.executable, "-c", AT_BIRTH, name, how]
    done = subprocess.run(words, env=environment(), cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (f"{out}\n", "")
