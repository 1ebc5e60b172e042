"""Effects: all changes of the file system go through promptc/stores/effects.py: shown in the text, and in runs of the commands."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOOR = "promptc/stores/effects.py"
# A runtime ships without stores; its cache may be lost at any time, and whatever is refused there is passed over.
CACHE = "promptc/runtime/blobs.py"
OF_OS = {
    "write", "writev", "pwrite", "replace", "rename", "renames", "link", "symlink", "unlink", "remove", "rmdir", "removedirs",
    "mkdir", "makedirs", "mkfifo", "mknod", "truncate", "ftruncate", "chmod", "fchmod", "lchmod", "chown", "fchown", "fsync",
    "fdatasync", "sync", "utime", "posix_fallocate", "sendfile", "copy_file_range", "setxattr", "fdopen", "open",
}  # fmt: skip
# Methods that no class of ours has, so that a path's is meant whatever the variable is called.
OF_PATHS = {
    "write_text", "write_bytes", "mkdir", "unlink", "rmdir", "touch", "chmod", "lchmod", "symlink_to", "hardlink_to",
}  # fmt: skip
MODULES = {"tempfile", "mmap"}
# What of shutil changes nothing.
READS = {"get_terminal_size", "which"}


def escapes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each expression that changes files, or may: its line and what it calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner, name = node.value.id, node.attr
            if owner == "os" and name in OF_OS - {"open"}:
                yield node.lineno, f"os.{name}"
            if owner == "shutil" and name not in READS:
                yield node.lineno, f"shutil.{name}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            for name in names:
                is_part = isinstance(node, ast.ImportFrom) and name in ("os", "shutil", "io")
                if (name in MODULES or is_part) and not {alias.name for alias in node.names} <= {"StringIO", "BytesIO"}:
                    yield node.lineno, f"import {name}"
        if isinstance(node, ast.Call):
            yield from called(node)


def called(node: ast.Call) -> Iterator[tuple[int, str]]:
    said = ast.unparse(node.func)
    if said == "os.open":
        flags = ast.unparse(node)
        if any(word in flags for word in ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND")) and "devnull" not in flags:
            yield node.lineno, flags
    elif said in ("open", "io.open") or (isinstance(node.func, ast.Attribute) and node.func.attr == "open"):
        place = 1 if said in ("open", "io.open") else 0
        mode = node.args[place] if len(node.args) > place else next((k.value for k in node.keywords if k.arg == "mode"), None)
        if isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) & set("wax+") and len(mode.value) < 4:
            yield node.lineno, ast.unparse(node)
    elif isinstance(node.func, ast.Attribute) and node.func.attr in OF_PATHS and not said.startswith("effects."):
        yield node.lineno, said


def test_nothing_in_the_text_changes_files_past_the_door() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: `{what}`: write it as a function of {DOOR}"
        for path in sorted((ROOT / "promptc").rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in (DOOR, CACHE)
        for line, what in escapes(ast.parse(path.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "os.replace(a, b)", "f = os.fsync", "os.open(a, os.O_WRONLY)", "os.open(a, FLAGS | os.O_CREAT, 0o666)", "open(a, 'w')",
        "open(a, mode='ab')", "a.open('x')", "a.write_text('')", "a.mkdir()", "a.b.unlink()", "import tempfile", "shutil.rmtree(a)",
        "from os import replace", "from shutil import copy",
    ],
)  # fmt: skip
def test_what_would_escape_is_seen(text: str) -> None:
    assert list(escapes(ast.parse(text)))


@pytest.mark.parametrize("text", ["open(a)", "open(a, 'rb')", "text.replace(a, b)", "os.open(a, os.O_RDONLY)", "effects.unlink(a)", "a.open('rb')"])
def test_what_only_reads_passes(text: str) -> None:
    assert not list(escapes(ast.parse(text)))


COMMANDS = (
    "init fresh", "new tenant initech --set product=Initech", "build", "build prompt:hello", "schema --write", "override acme/hello rules", "check", "push",
    "promote prod --new --yes --who a", "mark prod good --who a", "append", "build", "diff -o review.html", "promote prod --plan p.json",
    "promote p.json --yes --who a", "pin prod -o promptc.lock --as shop", "deployed shop --pin promptc.lock --who a",
    "hold prod acme --why x --who a", "unhold prod acme --who a", "rollback prod --yes --who a", "reconcile prod", "history prod",
)  # fmt: skip
WATCHED = """
import json, os, sys
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod", "os.chown",
           "os.utime", "shutil.rmtree", "shutil.move", "shutil.copyfile", "tempfile.mkstemp", "tempfile.mkdtemp"}
seen, escaped = set(), []
def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if not (isinstance(flags, int) and flags & WRITES) or path == os.devnull or isinstance(path, int):
            return
    elif event not in CHANGES:
        return
    frame = sys._getframe(1)
    while frame is not None and "/promptc/" not in frame.f_code.co_filename:
        frame = frame.f_back
    at = frame.f_code.co_filename.rpartition("/promptc/")[2] if frame is not None else ""
    seen.add(event)
    if at != "stores/effects.py":
        escaped.append([event, str(arguments[0]), at])
sys.dont_write_bytecode = True
sys.addaudithook(watch)
from promptc.cli.main import _finish, _prepare, run
_prepare()
code = _finish(run(sys.argv[1:]))
os.write(int(os.environ["REPORT"]), json.dumps([code, sorted(seen), escaped]).encode())
os._exit(code)
"""


def watched(folder: Path, arguments: list[str]) -> tuple[int, set[str], list[list[str]]]:
    """A command run under the eyes of an audit hook: its code, the events it raised, and those past the door."""
    reading, writing = os.pipe()
    environment = {**os.environ, "REPORT": str(writing), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *arguments], cwd=folder, env=environment, pass_fds=[writing], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    os.close(writing)
    with open(reading, "rb") as file:
        told = file.read()
    assert told, done.stderr
    code, seen, escaped = json.loads(told)
    assert code in (0, 1), f"{arguments}: {done.stdout}{done.stderr}"
    return code, set(seen), escaped


def test_nothing_that_runs_changes_files_past_the_door(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/stories/projects/hello", tmp_path, dirs_exist_ok=True)
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-qm", "one"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    seen: set[str] = set()
    escaped = []
    for command in COMMANDS:
        if command == "append":
            prompt = tmp_path / "sources/prompts/hello.prompt.j2"
            prompt.write_text(prompt.read_text().replace("Be brief.", "Be kind."))
            continue
        _, events, found = watched(tmp_path, command.split())
        seen |= events
        escaped += [(command, *past) for past in found]
    assert escaped == []
    assert seen >= {"open", "os.rename", "os.link", "os.remove", "os.mkdir"}
