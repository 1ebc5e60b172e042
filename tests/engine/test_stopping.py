"""Builds by several processes: what stops or breaks one leaves no process, and nothing that is half done."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.projects import Size, write_project
from promptc.cli import main
from promptc.compiler.compile import Compiler
from promptc.core.digest import digest_of
from promptc.driver import verifying, whole
from promptc.stores.build import BuildFolder
from tests.cli.conftest import COMMAND, environment
from tests.engine.processes import WAIT_SECONDS, children_of, have_ended, wait_for, words_of
from tests.engine.world import edit, hello, run, said, served, trusting


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of 400 tenants, each of which needs a render of its own."""
    folder = tmp_path_factory.mktemp("large") / "project"
    write_project(folder, Size(tenants=400, prompts=1, printing=0, inspecting=1))
    return folder


@pytest.fixture(scope="module")
def root(large: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a clean build of it by one process publishes."""
    copy = tmp_path_factory.mktemp("clean") / "project"
    shutil.copytree(large, copy)
    result = run(copy)
    assert (result.published, result.targets) == (True, 400)
    return result.root


def at_work(folder: Path) -> tuple[subprocess.Popen[str], set[int]]:
    """A build whose workers have begun."""
    words = [*COMMAND, "-C", str(folder), "build", "--jobs", "2", "--format", "json"]
    running = subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    found = wait_for(lambda: len(pids := children_of(running.pid)) == 2 and pids)
    assert {words_of(pid)[2] for pid in found} == {str(running.pid)}, "they are of its group, which a terminal interrupts"
    return running, found


def is_sound(folder: Path) -> bool:
    """Nothing is published, and nothing that is there is damaged."""
    store = BuildFolder(folder / "build")
    assert all(digest_of(store.get(digest)) == digest for digest in store.blobs.names())
    return not (folder / "build" / "latest.json").exists()


@pytest.mark.parametrize("whom", ["parent", "group"])
def test_builds_that_are_stopped_leave_nothing_half_done(whom: str, large: Path, tmp_path: Path, root: Any) -> None:
    folder = Path(shutil.copytree(large, tmp_path / "project"))
    stops = ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9))
    for number, code in stops if whom == "parent" else stops[:1]:
        running, found = at_work(folder)
        (os.kill if whom == "parent" else os.killpg)(running.pid, number)
        _, err = running.communicate(timeout=WAIT_SECONDS)
        assert running.returncode == code, err
        assert "Traceback" not in err
        assert code < 0 or "error[" not in err
        wait_for(lambda found=found: have_ended(found))
        assert is_sound(folder)
    if whom == "parent":
        assert run(folder, jobs=2).root == root


def test_a_build_whose_worker_is_killed_says_so(large: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(large, tmp_path / "project"))
    running, found = at_work(folder)
    os.kill(min(found), signal.SIGKILL)
    out, err = running.communicate(timeout=WAIT_SECONDS)
    assert running.returncode == 6, err
    assert err.splitlines()[0] == "error[C021]: a worker process ended by signal 9 before its work was done"
    assert out == ""
    wait_for(lambda: have_ended(found))
    assert is_sound(folder)


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers also for few tenants, two at a time."""
    trusting(monkeypatch)
    monkeypatch.setattr(whole, "PARALLEL_UNITS_MIN", 2)
    monkeypatch.setattr(verifying, "PARALLEL_UNITS_MIN", 2)
    for module in (whole, verifying):
        monkeypatch.setattr(module, "CHUNK_UNITS", 2)


TENANTS = {f"tenants/t{n}.yaml": f"variables: {{product: P{n % 7}}}\n" for n in range(15)} | {
    "tenants/wrong.yaml": "variables: {prodct: x}\n",
    "tenants/odd.yaml": "variables: {product: a\u200bb}\n",
    "tenants/many.jsonl": "".join(f'{{"id": "m{n}", "variables": {{"product": "M{n % 3}"}}}}\n' for n in range(7)),
}


@pytest.mark.usefixtures("eager")
def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    told = []
    for jobs in (1, 2, 5):
        folder = hello(tmp_path / str(jobs), TENANTS)
        asked = {"jobs": jobs, "keep_going": True}
        first = said(run(folder, **asked)), served(folder)
        edit(folder / "tenants/layers/base.yaml", "variables:", "variables:\n  tone: warm")
        second = said(run(folder, **asked)), served(folder)
        told.append((first, second))
    assert told[0] == told[1] == told[2]
    assert run(folder, verify=True, **asked).verified == len(second[1])
    assert {finding.code for finding in told[0][0][0]["findings"]} == {"O040", "O101", "U007"}


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [(MemoryError(), "C011", 8), (ZeroDivisionError("somewhere"), "C070", 70), (OSError(24, "too many open files"), "C010", 6)],
    ids=["memory", "bug", "machine"],
)
def test_what_ends_a_worker_ends_the_build_with_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], eager: None,
    *, error: Exception, code: str, exit_code: int,
) -> None:  # fmt: skip
    folder = hello(tmp_path / "project", {f"tenants/t{n}.yaml": f"variables: {{product: P{n}}}\n" for n in range(8)})
    kept = run(folder).root
    edit(folder / "sources/prompts/hello.prompt.j2", "Be brief.", "Be exact.")
    parent, compile_for = os.getpid(), Compiler.compile_for

    def failing(self: Compiler, tenant: Any, prompt: Any) -> Any:
        if os.getpid() != parent and tenant.id == "t5":
            raise error
        return compile_for(self, tenant, prompt)

    with monkeypatch.context() as broken:
        broken.setattr(Compiler, "compile_for", failing)
        assert main.run(["-C", str(folder), "build", "--jobs", "2"]) == exit_code
    err = capfd.readouterr().err
    assert err.startswith(f"error[{code}]: ")
    assert err.count("error[") == 1
    assert ("Traceback" in err) is (code == "C070")
    latest = BuildFolder(folder / "build").latest()
    assert latest is not None
    assert latest.root == kept
    assert run(folder, jobs=2).published
