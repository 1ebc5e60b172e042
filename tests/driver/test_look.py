"""The look: a build without change looks at everything and loads nothing; with one, it misses none."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from promptc.core.errors import PromptcError
from promptc.driver import look as looking
from promptc.driver import published
from promptc.driver.checking import CheckRequest, check
from promptc.driver.look import look, state_of_git
from promptc.engine import states, toolchain
from promptc.stores.files import FILE_BYTES_MAX
from tests.cli.conftest import environment
from tests.engine.world import cache, clean, edit, hello, run, said, touch_later, trusting, write

DEEP = "sources/fragments/a/b/c"
FILES = {f"{DEEP}/deep.j2": "deep\n", "tenants/eu/de/initech.yaml": "variables: {product: Initech}\n"}
HEAVY = (
    "yaml", "jinja2", "markupsafe", "pydantic", "pydantic_core", "deepdiff", "watchdog", "sqlite3", "multiprocessing",
    "rich", "promptc.compiler.compile", "promptc.compiler.template", "promptc.driver.whole",
)  # fmt: skip
NOTHING = f"""
import sys
from promptc.cli.main import run
code = run(sys.argv[1:])
print([name for name in {HEAVY!r} if name in sys.modules], code, file=sys.stderr)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that was built, with files deep in folders."""
    trusting(monkeypatch)
    found = hello(tmp_path / "project", FILES)
    assert run(found).published
    return found


@pytest.fixture
def wholes(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One entry for each build that was not answered from the states alone."""
    found: list[object] = []
    build_whole = published.build_whole

    def counting(*arguments: Any, **named: Any) -> Any:
        found.append(1)
        return build_whole(*arguments, **named)

    monkeypatch.setattr(published, "build_whole", counting)
    return found


# Nothing changed


@pytest.mark.parametrize("words", [["build"], ["check"], ["build", "--explain", "--format", "json"]], ids=" ".join)
def test_a_build_without_change_loads_no_compiler(words: list[str], folder: Path) -> None:
    if words == ["check"]:
        check(CheckRequest(str(folder)))  # the checks' own answer, which a build doesn't give
    done = subprocess.run([sys.executable, "-c", NOTHING, "-C", str(folder), *words], env=environment(), capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "[] 0"
    if "json" in words:
        told = json.loads(done.stdout)
        assert (told["published"], told["changes"], told["causes"], told["targets"]) == (True, [], [], 3)
    else:
        assert "none since the last build" in done.stdout


def test_a_build_without_change_says_what_the_last_one_said(folder: Path, tmp_path: Path, wholes: list[object]) -> None:
    write(folder, {"tenants/acme.yaml": "variables: {product: A\u200bcme}\n", "tenants/wrong.yaml": "variables: {prodct: x}\n"})
    told = [said(run(folder, keep_going=True)) for _ in range(3)]
    assert len(wholes) == 1
    assert told[0] == told[1] == told[2]
    assert {finding.code for finding in told[0]["findings"]} == {"U007", "O101", "O040"}
    assert said(run(folder)) == clean(folder, tmp_path / "clean"), "and without `keep_going` nothing is published"
    assert len(wholes) > 1


def test_files_that_were_only_touched_are_read_once(folder: Path, wholes: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    for path in [*(folder / "sources").rglob("*"), *(folder / "tenants").rglob("*")]:
        os.utime(path, ns=(10**18, 10**18))
    seen = look(folder)
    assert seen.is_same
    assert seen.changed_states
    run(folder)
    assert not look(folder).changed_states
    assert wholes == []


def test_a_checkout_anew_changes_nothing(folder: Path, tmp_path: Path) -> None:
    """Every inode and time is another; the cache came along, as from a store of continuous integration."""
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    seen = look(copy)
    assert seen.is_same
    assert run(copy, explain=True).causes == ()


@pytest.mark.parametrize("times", [(4 * 10**18, 4 * 10**18), (0, 0), (-(10**18), -(10**18))], ids=["future", "1970", "before"])
def test_files_of_another_time(times: tuple[int, int], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "RACY_NANOSECONDS", 0)
    path = folder / "tenants/acme.yaml"
    os.utime(path, ns=times)
    time.sleep(0.03)  # a few ticks of the file system's clock
    run(folder)
    seen = look(folder)
    assert seen.is_same
    assert seen.changed_states is (times[0] > 0), "what is from the future is read every time"
    before = path.stat()
    edit(path, "Acme Care", "Acne Care")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert look(folder).changed.keys() == {"tenants/acme.yaml"}


# Something changed


def replace(path: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: touch_later(folder / path, data)


def add(path: str, text: str = "x\n") -> Callable[[Path], object]:
    return lambda folder: write(folder, {path: text})


def huge(folder: Path) -> None:
    (folder / "tenants/huge.txt").write_bytes(b"x" * (FILE_BYTES_MAX + 1))


def on_blobs(change: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda folder: [change(path) for path in (folder / "build/blobs").rglob("*") if path.is_file()]


def damage(path: Path) -> None:
    data = path.read_bytes()
    touch_later(path, bytes([data[0] ^ 1]) + data[1:])


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file deep in a folder": add(f"{DEEP}/new.j2"),
    "a file gone": lambda f: (f / f"{DEEP}/deep.j2").unlink(),
    "a folder gone": lambda f: shutil.rmtree(f / "tenants/eu"),
    "an empty folder": lambda f: (f / "sources/empty").mkdir(),
    "a link": lambda f: (f / "tenants/link.yaml").symlink_to("acme.yaml"),
    "a pipe": lambda f: os.mkfifo(f / "tenants/pipe.yaml"),
    "a file over the limit": huge,
    "a name that is refused": add("tenants/con.yaml"),
    "settings": add("pyproject.toml", "[tool.promptc]\nbase = []\n"),
    "other settings": add("promptc.toml", 'base = ["base"]\n'),
    "settings gone": lambda f: (f / "pyproject.toml").unlink(),
    "sources elsewhere": lambda f: ((f / "sources").rename(f / "src"), write(f, {"pyproject.toml": '[tool.promptc]\nbase = ["base"]\nsources = "src"\n'})),
    "other tenants beside": lambda f: (shutil.copytree(f / "tenants", f / "who"), edit(f / "who/acme.yaml", "Acme Care", "Acne Care"), write(f, {"pyproject.toml": '[tool.promptc]\nbase = ["base"]\ntenants = "who"\n'})),
    "the pointer gone": lambda f: (f / "build/latest.json").unlink(),
    "the pointer damaged": replace("build/latest.json", b"{}"),
    "another pointer": lambda f: touch_later(f / "build/latest.json", (f / "build/latest.json").read_bytes().replace(b'"targets":3', b'"targets":4')),
    "a pipe for a pointer": lambda f: ((f / "build/latest.json").unlink(), os.mkfifo(f / "build/latest.json")),
    "a folder for a pointer": lambda f: ((f / "build/latest.json").unlink(), (f / "build/latest.json").mkdir()),
    "blobs gone": lambda f: shutil.rmtree(f / "build/blobs"),
    "blobs damaged": on_blobs(damage),
    "one blob gone": lambda f: min(p for p in (f / "build/blobs").rglob("*") if p.is_file()).unlink(),
    "the build gone": lambda f: shutil.rmtree(f / "build"),
    "the states gone": lambda f: (cache(f) / "states").unlink(),
    "a pipe for states": lambda f: ((cache(f) / "states").unlink(), os.mkfifo(cache(f) / "states")),
    "the editor's schemas gone": lambda f: shutil.rmtree(f / ".promptc"),
    "an editor's schema damaged": lambda f: damage(min((f / ".promptc/schemas").iterdir())),
}  # fmt: skip


@pytest.fixture
def alarm() -> Iterator[None]:
    """A build that hangs fails."""

    def late(*_: object) -> None:
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("alarm")
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_noticed(change: str, folder: Path, tmp_path: Path, wholes: list[object]) -> None:
    CHANGES[change](folder)
    wanted = clean(folder, tmp_path / "clean")
    wholes.clear()
    assert said(run(folder)) == wanted
    assert wholes == [1]
    assert said(run(folder)) == wanted
    if wanted["published"]:
        assert wholes == [1], "and is known from then on"
        pointer = json.loads((folder / "build/latest.json").read_text())
        assert pointer["root"] == wanted["root"]
        warnings = sum(not finding.is_error for finding in wanted["findings"])
        counts = {name: wanted[name] for name in ("targets", "tenants", "distinct")}
        assert pointer["summary"] == {**counts, "errors": 0, "warnings": warnings}


def test_without_its_database_a_project_without_change_needs_none(folder: Path, wholes: list[object]) -> None:
    (cache(folder) / "engine.db").unlink()
    run(folder)
    assert wholes == []


def test_another_toolchain_is_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch, wholes: list[object]) -> None:
    before = run(folder)
    for state in ("another", ""):
        wholes.clear()
        monkeypatch.setattr(toolchain, "state", lambda state=state: state)
        assert said(run(folder)) == said(before)
        assert wholes == [1]
        run(folder)
        assert wholes == ([1] if state else [1, 1]), "where it can't be told, nothing is taken for known"


def test_another_identity_makes_everything_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = toolchain.identity()
    monkeypatch.setattr(toolchain, "state", lambda: "another")
    monkeypatch.setattr(toolchain, "identity", lambda: identity.replace("jinja2 ", "jinja2 9"))
    (cause,) = run(folder, explain=True).causes or ()
    assert (cause.what, cause.targets, cause.changed) == ("toolchain: jinja2", 3, 0)


# The look itself


def test_what_is_seen(folder: Path) -> None:
    write(folder, {"tenants/acme.yaml": "variables: {product: B}\n", "tenants/new.yaml": "variables: {product: N}\n"})
    (folder / "tenants/globex.yaml").unlink()
    (folder / "tenants/eu/de/initech.yaml").touch()
    seen = look(folder)
    assert seen.changed == {"tenants/acme.yaml": b"variables: {product: B}\n"}
    assert (seen.unread, seen.removed) == (("tenants/new.yaml",), ("tenants/globex.yaml",))
    assert not seen.is_same
    for path, (state, digest) in seen.digests.items():
        assert state[0] == (folder / path).stat().st_size
        assert digest in (states.digest_bytes((folder / path).read_bytes()), states.UNREAD)


def test_whoever_trusts_nothing_reads_everything(folder: Path) -> None:
    seen = look(folder, trusting=False)
    assert seen.known is None
    assert set(seen.unread) == set(look(folder).known.digests_by_path())  # type: ignore[union-attr]


def test_a_file_that_can_not_be_read_is_no_known_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promptc.stores.files.Reader.read", lambda self, path: None)
    (folder / "tenants/acme.yaml").touch()
    seen = look(folder)
    assert (seen.unread, seen.is_same) == (("tenants/acme.yaml",), False)


def test_where_there_are_no_sources_it_says_which(folder: Path) -> None:
    shutil.rmtree(folder / "sources")
    for settings, name in (("", "sources"), ('sources = "src"\n', "src")):
        write(folder, {"pyproject.toml": f"[tool.promptc]\n{settings}"})
        with pytest.raises(PromptcError, match=f"there is no folder `{name}` here") as refused:
            run(folder)
        assert refused.value.code == "P007"


def test_sources_elsewhere_in_a_project_that_was_never_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting(monkeypatch)
    folder = hello(tmp_path / "project")
    (folder / "parts").mkdir()
    (folder / "sources").rename(folder / "parts/prompts")
    write(folder, {"pyproject.toml": '[tool.promptc]\nbase = ["base"]\nsources = "parts/prompts"\n'})
    first = run(folder)
    assert (first.published, first.targets) == (True, 2)
    assert run(folder, explain=True).causes == ()
    assert run(folder, mode="check").root == first.root


def test_the_state_of_git(tmp_path: Path) -> None:
    folder = tmp_path / "repository" / "project"
    folder.mkdir(parents=True)
    assert looking.state_of_git(tmp_path / "repository") == ""
    git = tmp_path / "repository" / ".git"
    write(git, {"HEAD": "ref: refs/heads/main\n", "refs/heads/main": "0" * 40, "index": "x"})
    seen = [state_of_git(folder)]
    assert seen == [state_of_git(folder)]
    for path, text in (("refs/heads/main", "1" * 40 + "\n"), ("HEAD", "1" * 40), ("index", "xy"), ("packed-refs", "x")):
        write(git, {path: text})
        seen.append(state_of_git(folder))
    assert len(set(seen)) == 5
    # A worktree's `.git` is a file that says where it is.
    tree = tmp_path / "tree"
    write(git / "worktrees/tree", {"HEAD": "ref: refs/heads/other\n", "commondir": "../..\n"})
    write(tree, {".git": f"gitdir: {git / 'worktrees/tree'}\n"})
    before = state_of_git(tree)
    assert before.startswith("ref: refs/heads/other")
    write(git, {"refs/heads/other": "2" * 40})
    assert state_of_git(tree) != before
    (git / "HEAD").unlink()
    assert state_of_git(folder) == "?", "what can't be told is never taken for the same"
