"""Watch: with the real watchdog and real files, what was saved last is what is built, and nothing else wakes it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from promptc.core.errors import Exit, PromptcError
from promptc.driver.watch import Turn
from promptc.engine import watch as watching
from promptc.engine.watch import Watcher
from tests.cli.conftest import COMMAND, environment
from tests.engine.processes import WAIT_SECONDS, wait_for
from tests.engine.watching import Watching
from tests.engine.world import clean, edit, hello, trusting, write


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project on a disk, as people have it: there a folder may get the number of one that went."""
    trusting(monkeypatch)
    return hello(tmp_path_factory.mktemp("watched") / "project")


@pytest.fixture
def watched(folder: Path) -> Iterator[Watching]:
    """The project, watched, after its first turn."""
    with Watching(folder) as found:
        first = found.next()
        assert (first.error, first.paths, first.groups) == (None, (), ())
        assert first.result is not None
        assert first.result.changes is None
        yield found


def lines(turn: Turn) -> list[tuple[str, str]]:
    """What went and what came, of all groups."""
    return [line for group in turn.groups for hunk in group.hunks for line in hunk.lines if line[0] != " "]


def test_a_save_is_one_turn_with_the_compiled_difference(watched: Watching, tmp_path: Path) -> None:
    edit(watched.folder / "sources/prompts/hello.prompt.j2", "Be brief.", "Be exact.")
    turn = watched.until_same(tmp_path / "clean")
    assert lines(turn) == [("-", "Be brief."), ("+", "Be exact.")]
    assert [(group.targets, group.count) for group in turn.groups] == [(("acme/hello", "globex/hello"), 2)]
    assert str(watched.folder / "sources/prompts/hello.prompt.j2") in turn.paths
    assert watched.is_quiet(), "its own reading and writing wakes nobody"
    edit(watched.folder / "tenants/acme.yaml", "Acme Care", "Acme Two")
    turn = watched.until_same(tmp_path / "clean2")
    assert lines(turn) == [("-", "You answer for Acme Care in a neutral tone."), ("+", "You answer for Acme Two in a neutral tone.")]


def test_a_save_by_renaming(watched: Watching, tmp_path: Path) -> None:
    """As editors do it: a new file, the old one away, the new one in its place."""
    path = watched.folder / "tenants" / "acme.yaml"
    for name in ("4913", ".acme.yaml.swp", "acme.yaml~"):
        (path.parent / name).write_text("x")
        (path.parent / name).unlink()
    path.with_name("acme.yaml.tmp").write_text("variables: {product: Acme Two}\n")
    os.replace(path.with_name("acme.yaml.tmp"), path)
    turn = watched.until_same(tmp_path / "clean")
    assert ("+", "You answer for Acme Two in a neutral tone.") in lines(turn)


def test_a_storm_of_saves_ends_with_the_last(watched: Watching, tmp_path: Path) -> None:
    path = watched.folder / "tenants" / "acme.yaml"
    pause = threading.Event()
    for number in range(100):
        path.with_name(".save").write_text(f"variables: {{product: Acme {number}}}\n")
        os.replace(path.with_name(".save"), path)
        pause.wait(0.01)
    turn = watched.until_same(tmp_path / "clean")
    assert ("+", "You answer for Acme 99 in a neutral tone.") in lines(turn) or not turn.groups
    assert watched.is_quiet()


def test_files_that_come_and_go(watched: Watching, tmp_path: Path) -> None:
    write(watched.folder, {"tenants/eu/deep/initech.yaml": "variables: {product: Initech}\n"})
    turn = watched.until_same(tmp_path / "one")
    assert turn.result is not None
    assert turn.result.targets == 3
    # In a folder that was not there when watching began.
    write(watched.folder, {"tenants/eu/deep/initech.yaml": "variables: {product: Initech Two}\n"})
    assert ("+", "You answer for Initech Two in a neutral tone.") in lines(watched.until_same(tmp_path / "two"))
    shutil.rmtree(watched.folder / "tenants/eu")
    turn = watched.until_same(tmp_path / "three")
    assert turn.result is not None
    assert turn.result.targets == 2


def test_what_nobody_means_as_a_source_wakes_nobody(watched: Watching) -> None:
    write(watched.folder, {
        "README.md": "x", "build/notes": "x", ".promptc/x": "x", "tenants/.acme.yaml.swp": "x", "tenants/acme.yaml~": "x",
        "other/sources/a.j2": "x",
    })  # fmt: skip
    (watched.folder / "sources/variables.yaml").read_bytes()
    list((watched.folder / "sources").rglob("*"))
    assert watched.is_quiet()


def test_an_error_stays_until_it_is_mended(watched: Watching, tmp_path: Path) -> None:
    path = watched.folder / "tenants" / "acme.yaml"
    good = path.read_text()
    path.write_text("variables: {prodct: x}\n")
    turn = wait_for(lambda: (found := watched.next()).result is not None and found.result.findings and found)
    assert (turn.result.published, {finding.code for finding in turn.result.findings}) == (False, {"O040", "O101"})
    assert turn.groups == ()
    write(watched.folder, {"tenants/globex.yaml": "variables: {product: Globex Two}\n"})
    turn = wait_for(lambda: (found := watched.next()).result is not None and found.result.findings and found)
    assert {finding.place.file for finding in turn.result.findings} == {"tenants/acme.yaml"}
    path.write_text(good)
    turn = watched.until_same(tmp_path / "clean")
    assert turn.result is not None
    assert turn.result.published
    # Against what was published before the error.
    assert ("+", "You answer for Globex Two in a neutral tone.") in lines(turn)


@pytest.mark.parametrize("name", ["sources", "tenants"])
def test_a_folder_that_goes_and_comes_again(name: str, watched: Watching, tmp_path: Path) -> None:
    away = watched.folder / name
    away.rename(away.parents[1] / "away")
    turn = watched.next()
    assert (turn.error.code if turn.error is not None else "") == ("P007" if name == "sources" else "")
    shutil.copytree(away.parents[1] / "away", away)
    watched.until_same(tmp_path / "one")
    edit(away / ("variables.yaml" if name == "sources" else "globex.yaml"), "warm", "formal" if name == "tenants" else "cosy")
    if name == "tenants":
        watched.until_same(tmp_path / "two")
    else:
        turn = wait_for(lambda: (found := watched.next()).result is not None and found.result.findings and found)
        assert {finding.code for finding in turn.result.findings} == {"O002"}


def test_a_folder_that_is_made_anew_at_once(watched: Watching, tmp_path: Path) -> None:
    """It often gets the very number of the one that went, whose watch has gone with it."""
    tenants = watched.folder / "tenants"
    for number in range(3):
        shutil.copytree(tenants, tmp_path / f"copy{number}")
        shutil.rmtree(tenants)
        tenants.mkdir()
        shutil.copytree(tmp_path / f"copy{number}", tenants, dirs_exist_ok=True)
        wait_for(lambda: watched.next().error is None)
        write(watched.folder, {"tenants/acme.yaml": f"variables: {{product: Acme {number}}}\n"})
        watched.until_same(tmp_path / f"clean{number}")


def test_settings_that_move_the_sources(watched: Watching, tmp_path: Path) -> None:
    folder = watched.folder
    (folder / "sources").rename(folder / "prompts")
    write(folder, {"pyproject.toml": '[tool.promptc]\nbase = ["base"]\nsources = "prompts"\n'})
    watched.until_same(tmp_path / "one")
    edit(folder / "prompts/prompts/hello.prompt.j2", "Be brief.", "Be exact.")
    assert ("+", "Be exact.") in lines(watched.until_same(tmp_path / "two"))
    write(folder, {"pyproject.toml": "[tool.promptc\n"})
    assert watched.next() is not None
    write(folder, {"pyproject.toml": '[tool.promptc]\nbase = ["base"]\nsources = "prompts"\n'})
    watched.until_same(tmp_path / "three")


def test_a_project_whose_sources_are_elsewhere_from_the_beginning(folder: Path, tmp_path: Path) -> None:
    (folder / "parts").mkdir()
    (folder / "sources").rename(folder / "parts" / "prompts")
    (folder / "tenants").rename(folder / "customers")
    write(folder, {"pyproject.toml": '[tool.promptc]\nbase = ["base"]\nsources = "parts/prompts"\ntenants = "customers"\n'})
    with Watching(folder) as watched:
        assert watched.next().error is None
        edit(folder / "parts/prompts/prompts/hello.prompt.j2", "Be brief.", "Be exact.")
        assert ("+", "Be exact.") in lines(watched.until_same(tmp_path / "one"))
        edit(folder / "customers/acme.yaml", "Acme Care", "Acme Two")
        watched.until_same(tmp_path / "two")
        # Above the folder itself nothing is watched; that it went is seen all the same.
        (folder / "parts/prompts").rename(folder / "parts/away")
        assert watched.next().error is not None
        (folder / "parts/away").rename(folder / "parts/prompts")
        watched.until_same(tmp_path / "three")


def test_a_link_in_a_folders_place_is_said_and_not_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "tenants").rename(folder.parent / "elsewhere")
    (folder / "tenants").symlink_to(folder.parent / "elsewhere")
    with Watching(folder) as watched:
        turn = watched.next()
        assert turn.result is not None
        assert "P002" in {finding.code for finding in turn.result.findings}


# The command


def test_the_command_ends_with_130(folder: Path, tmp_path: Path) -> None:
    words = [*COMMAND, "-C", str(folder), "watch", "--format", "json"]
    running = subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    told = json.loads(running.stdout.readline())
    assert (told["published"], told["targets"], told["changed"], told["saved"]) == (True, 2, 0, [])
    edit(folder / "tenants/acme.yaml", "Acme Care", "Acme Two")
    told = json.loads(running.stdout.readline())
    assert told["root"] == clean(folder, tmp_path / "clean")["root"]
    (group,) = told["groups"]
    assert group["targets"] == ["acme/hello"]
    assert ["+", "You answer for Acme Two in a neutral tone."] in group["hunks"][0]["lines"]
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=WAIT_SECONDS)
    assert (running.returncode, err) == (130, "\ninterrupted\n")


# The machine


class NoMore:
    """An observer of a system whose watches are used up."""

    def __init__(self, **_: Any) -> None:
        self.daemon = False

    def schedule(self, *_: Any, **__: Any) -> None:
        pass

    def start(self) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    def stop(self) -> None:
        pass


def test_where_the_systems_watches_are_used_up_it_looks_again_and_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchdog.observers.Observer", NoMore)
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.1)
    with Watcher(folder, ("sources", "tenants"), ("pyproject.toml",)) as watcher:
        edit(folder / "tenants/acme.yaml", "Acme Care", "Acme Two")
        assert str(folder / "tenants/acme.yaml") in wait_for(lambda: watcher.wait(0.2))


def test_where_nothing_can_be_watched_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchdog.observers.Observer", NoMore)
    monkeypatch.setattr("watchdog.observers.polling.PollingObserver", NoMore)
    with pytest.raises(PromptcError) as refused, Watcher(folder, ("sources", "tenants"), ()):
        pass
    assert (refused.value.code, refused.value.exit_code) == ("C020", Exit.MACHINE)
    assert "max_user_watches" in refused.value.hint


def test_a_wait_ends_without_any_change(folder: Path) -> None:
    with Watcher(folder, ("sources", "missing"), ()) as watcher:
        assert watcher.wait(0.05) == frozenset()
        (folder / "missing").mkdir()
        assert wait_for(lambda: watcher.wait(0.2))
        write(folder, {"missing/a.yaml": "x"})
        assert str(folder / "missing/a.yaml") in wait_for(lambda: watcher.wait(0.2))


def test_a_storm_that_does_not_end_is_answered(folder: Path) -> None:
    stop = threading.Event()
    path = folder / "tenants" / "acme.yaml"

    def scribble() -> None:
        while not stop.wait(0.005):
            path.write_text("x")

    with Watcher(folder, ("sources", "tenants"), ()) as watcher:
        writer = threading.Thread(target=scribble)
        writer.start()
        try:
            assert [str(path) in watcher.wait() for _ in range(3)] == [True, True, True]
        finally:
            stop.set()
            writer.join()
