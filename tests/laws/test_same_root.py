"""Law 1: the same sources give the same root, whatever the machine, locale, time zone, folder or order of files."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = {".j2", ".yaml", ".json", ".jsonl", ".md", ".toml"}

Arrange = Callable[[Path], Path]


def as_it_is(project: Path) -> Path:
    return project


@dataclass(frozen=True, slots=True)
class Cell:
    """One machine: its environment, Python's own options, and what is done to the checkout before building."""

    name: str
    environment: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    arrange: Arrange = as_it_is
    umask: int = 0o022


def moved(name: str) -> Arrange:
    def arrange(project: Path) -> Path:
        elsewhere = project.parent / name
        elsewhere.parent.mkdir(parents=True, exist_ok=True)
        return project.rename(elsewhere)

    return arrange


def through_a_link(project: Path) -> Path:
    link = project.parent / "link"
    link.symlink_to(project)
    return link


def from_a_folder_below(project: Path) -> Path:
    return project / "tenants" / "layers"


def created_in_another_order(seed: int) -> Arrange:
    def arrange(project: Path) -> Path:
        files = sorted(path for path in project.rglob("*") if path.is_file())
        random.Random(seed).shuffle(files)
        other = project.parent / "shuffled"
        for path in files:
            copy = other / path.relative_to(project)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
        return other

    return arrange


def checked_out_with_crlf(project: Path) -> Path:
    for path in project.rglob("*"):
        if path.suffix in TEXT:
            path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    return project


def with_a_byte_order_mark(project: Path) -> Path:
    for path in project.rglob("*.yaml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    return project


def with_times_of(seconds: int) -> Arrange:
    def arrange(project: Path) -> Path:
        for path in project.rglob("*"):
            os.utime(path, (seconds, seconds))
        return project

    return arrange


def with_editors_leftovers(project: Path) -> Path:
    (project / "tenants" / ".acme.yaml.swp").write_bytes(b"\0")
    (project / "sources" / "variables.yaml~").write_bytes(b"{")
    (project / "sources" / ".DS_Store").write_bytes(b"\0")
    return project


def after_a_build_that_was_damaged(project: Path) -> Path:
    (project / "build" / "blobs").mkdir(parents=True)
    (project / "build" / "latest.json").write_bytes(b"{")
    return project


CELLS = [
    *(Cell(f"hash seed {seed}", {"PYTHONHASHSEED": seed}) for seed in ("0", "4294967295")),
    *(Cell(f"locale {name}", {"LC_ALL": name}) for name in ("C", "C.UTF-8", "tr_TR.UTF-8")),
    Cell("no UTF-8 mode", {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}),
    *(Cell(f"zone {zone}", {"TZ": zone}) for zone in ("Asia/Seoul", "America/St_Johns")),
    Cell("folder with spaces", arrange=moved("a b/프로젝트 (1)")),
    Cell("deep folder", arrange=moved("/".join("d" * 40))),
    Cell("through a link", arrange=through_a_link),
    Cell("from a folder below", arrange=from_a_folder_below),
    Cell("created in another order", arrange=created_in_another_order(1)),
    Cell("CRLF", arrange=checked_out_with_crlf),
    Cell("byte order marks", arrange=with_a_byte_order_mark),
    Cell("files of 1970", arrange=with_times_of(0)),
    Cell("files of 2100", arrange=with_times_of(4102444800)),
    Cell("leftovers", arrange=with_editors_leftovers),
    Cell("damaged build", arrange=after_a_build_that_was_damaged),
    Cell("umask 000", umask=0o000),
    Cell("umask 077", umask=0o077),
    Cell("optimised", options=("-OO",)),
    Cell("narrow terminal", {"COLUMNS": "20", "TERM": "dumb", "NO_COLOR": "1"}),
    Cell("no home", {"HOME": "/nowhere", "USER": ""}),
]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    return root_of(Cell("plain"), tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("cell", CELLS, ids=[cell.name for cell in CELLS])
def test_the_root_is_the_same(cell: Cell, tmp_path: Path, expected: str) -> None:
    assert root_of(cell, tmp_path) == expected


def root_of(cell: Cell, folder: Path) -> str:
    project = folder / "project"
    for part in ("sources", "tenants"):
        shutil.copytree(ROOT / part, project / part)
    shutil.copy(ROOT / "pyproject.toml", project)
    for path in project.rglob("*.jsonl"):
        # Two of the sign-ups stand for the others, whose prompts are theirs.
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    start = cell.arrange(project)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **cell.environment}
    done = subprocess.run(
        [sys.executable, *cell.options, "-m", "promptc", "build"],
        cwd=start, env=environment, umask=cell.umask, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (root,) = re.findall(r"sha256:[0-9a-f]{64}", done.stdout)
    return str(root)
