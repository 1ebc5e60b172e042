"""Law 1: an artifact is a function of its sources, its chain and the toolchain.

The repository's example is built in a matrix of surroundings, each in a process of its own; the root is the same in all.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("sources", "tenants")


@dataclass(frozen=True)
class Cell:
    """One surrounding: what differs from a plain build."""

    environment: Mapping[str, str | None] = field(default_factory=dict)
    folder: str = "project"
    options: tuple[str, ...] = ()
    umask: int = 0o022
    order: Callable[[list[Path]], list[Path]] = sorted
    text: Callable[[bytes], bytes] = bytes
    elsewhere: str = ""
    seconds: int | None = None
    again: bool = False
    # Files that lie about in the checkout and mean nothing.
    beside: Mapping[str, bytes] = field(default_factory=dict)


def shuffled(paths: list[Path]) -> list[Path]:
    found = sorted(paths)
    random.Random(7).shuffle(found)
    return found


def crlf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


CELLS: dict[str, Cell] = {
    "hash seed 0": Cell({"PYTHONHASHSEED": "0"}),
    "locale C": Cell({"LANG": "C", "LC_ALL": "C"}),
    "locale Turkish": Cell({"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}),
    "locale Japanese, EUC": Cell({"LANG": "ja_JP.eucJP", "LC_ALL": "ja_JP.eucJP"}),
    "time zone +14": Cell({"TZ": "Pacific/Kiritimati"}),
    "without UTF-8 mode": Cell({"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}),
    "a folder with spaces": Cell(folder="a folder with spaces/and more"),
    "a folder in Korean": Cell(folder="프로젝트 é"),
    "a deep folder": Cell(folder="/".join("deep" for _ in range(20))),
    "from elsewhere": Cell(elsewhere="elsewhere"),
    "from a folder inside": Cell(elsewhere="project/sources/prompts"),
    "created in another order": Cell(order=shuffled),
    "checked out with CRLF": Cell(text=crlf),
    "umask 077": Cell(umask=0o077),
    "files from 1970": Cell(seconds=1),
    "files from the future": Cell(seconds=4_000_000_000),
    "asserts off": Cell(options=("-O",)),
    "no home, narrow terminal": Cell({"HOME": None, "COLUMNS": "20", "TERM": "dumb", "NO_COLOR": "1"}),
    "the second build": Cell(again=True),
    "byte order marks": Cell(text=lambda data: data if data.startswith((b"{", b"[")) else b"\xef\xbb\xbf" + data),
    "editors' leftovers": Cell(beside={"tenants/.acme.yaml.swp": b"\0", "sources/variables.yaml~": b"{", "sources/.DS_Store": b"\0"}),
    "a damaged build": Cell(beside={"build/latest.json": b"{", "build/blobs": b""}),
}


def files_of(root: Path) -> list[Path]:
    return [path for folder in SOURCES for path in (root / folder).rglob("*") if path.is_file()]


def place(cell: Cell, parent: Path) -> Path:
    """A copy of the example as the cell wants it."""
    project = parent / cell.folder
    for path in cell.order([*files_of(ROOT), ROOT / "pyproject.toml"]):
        target = project / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(cell.text(path.read_bytes()))
        if cell.seconds is not None:
            os.utime(target, (cell.seconds, cell.seconds))
    for name, data in cell.beside.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_bytes(data)
    return project


def root_of(cell: Cell, parent: Path) -> str:
    """The root of the example, built in the cell's surroundings."""
    project = place(cell, parent)
    started = parent / cell.elsewhere if cell.elsewhere else project
    started.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in {**os.environ, **cell.environment, "PYTHONPATH": str(ROOT)}.items() if value is not None}
    command = [sys.executable, *cell.options, "-m", "promptc", "build", "--format", "json", *(("-C", str(project)) if cell.elsewhere == "elsewhere" else ())]
    for _ in range(2 if cell.again else 1):
        # A wrapper sets the mask: `preexec_fn` isn't safe beside threads.
        wrapped = ["/bin/sh", "-c", f'umask {cell.umask:03o}; exec "$@"', "sh", *command]
        done = subprocess.run(wrapped, cwd=started, env=environment, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-2000:]
    answer = json.loads(done.stdout)
    assert answer["errors"] == 0
    assert answer["targets"] > 50
    root: str = answer["root"]
    return root


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The root that all others must be. Each cell is a test of its own, so that workers share them out."""
    return root_of(Cell(), tmp_path_factory.mktemp("plain"))


def test_there_are_enough() -> None:
    assert len(CELLS) >= 20


@pytest.mark.parametrize("name", CELLS)
def test_the_root_is_the_same(name: str, tmp_path: Path, plain: str) -> None:
    assert root_of(CELLS[name], tmp_path) == plain


def test_another_source_is_another_root(tmp_path: Path, plain: str) -> None:
    changed = Cell(text=lambda data: data.replace(b"You ", b"You  "))
    assert root_of(changed, tmp_path) != plain
