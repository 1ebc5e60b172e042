"""The scan: that it finds what stands there, and that reading agrees with it, whatever stands there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.core.errors import PromptcError
from promptc.stores import scan as scanning
from promptc.stores.files import FILE_BYTES_MAX, list_tree, listing_of, read_tree
from promptc.stores.scan import FOLDER_DEPTH_MAX, Scan, opened_root, scan
from tests.engine.conftest import MEMORY
from tests.engine.test_states import Folders

# Each name with the code that refuses it, "" for those that may be read; none of them differ only in case.
GOOD = ("a.yaml", "b.txt", "c.jsonl", "d", "eine-datei_1.j2", "\u00e9.txt", "x" * 120)
REFUSED = {
    "con": "P001", "end.": "P001", " lead": "P001", "q?": "P001", "a:b": "P001", "it's": "P003", "e\x1bsc": "P003",
    "new\nline": "P003", "\u202egnp.txt": "P003", "\udcff\udcfe.yaml": "P003", "z" * 201: "P003",
}  # fmt: skip
IGNORED = (".hidden", "old~", ".x.swp", "#lock#", "__pycache__")
ODD = {"l": "P002", "p": "P006"}  # links and pipes, by the code that is said of them


@dataclass
class Node:
    """A file, folder, link or pipe of a model of a tree."""

    kind: str
    data: bytes = b""
    inner: dict[str, Any] | None = None


FILES = st.builds(Node, st.just("f"), st.binary(max_size=20))
LEAVES = st.one_of(FILES, FILES, FILES, st.builds(Node, st.sampled_from("lp")))
NAMES = st.sampled_from((*GOOD, *GOOD, *REFUSED, *IGNORED))
TREES = st.dictionaries(
    NAMES,
    st.recursive(LEAVES, lambda inner: st.builds(Node, st.just("d"), st.just(b""), st.dictionaries(NAMES, inner, max_size=4)), max_leaves=8),
    max_size=5,
)


def make(folder: str, tree: dict[str, Node]) -> None:
    for name, node in tree.items():
        path = f"{folder}/{name}"
        if node.kind == "d":
            os.mkdir(path)
            make(path, node.inner or {})
        elif node.kind == "l":
            os.symlink("/etc/passwd", path)
        elif node.kind == "p":
            os.mkfifo(path)
        else:
            Path(path).write_bytes(node.data)


def wanted(tree: dict[str, Node], at: str) -> Iterator[tuple[str, bytes | None, str]]:
    """Each (path, bytes, code) that must be read or refused, by the model alone."""
    for name, node in tree.items():
        if name in IGNORED:
            continue
        path = f"{at}/{name}"
        if name in REFUSED:
            yield path, None, REFUSED[name]
        elif node.kind == "d":
            yield from wanted(node.inner or {}, path)
        elif node.kind in ODD:
            yield path, None, ODD[node.kind]
        else:
            yield path, node.data, ""


@contextmanager
def root() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=MEMORY))
    try:
        (folder / "sources").mkdir()
        yield folder
    finally:
        shutil.rmtree(folder)


def scanned(folder: Path) -> Scan:
    with opened_root(str(folder)) as opened:
        return scan(opened, Folders)


@settings(max_examples=40)
@given(TREES, TREES)
def test_scan_and_reading_agree_on_any_tree(sources: dict[str, Node], tenants: dict[str, Node]) -> None:
    with root() as folder:
        make(str(folder / "sources"), sources)
        (folder / "tenants").mkdir()
        make(str(folder / "tenants"), tenants)
        (folder / "pyproject.toml").write_bytes(b"[tool.promptc]\n")
        expected = [*wanted(sources, "sources"), *wanted(tenants, "tenants")]
        files, findings = read_tree(folder, Folders)
        assert files == {"pyproject.toml": b"[tool.promptc]\n"} | {path: data for path, data, _ in expected if data is not None}
        assert list(files) == sorted(files)
        assert sorted(finding.code for finding in findings) == sorted(code for _, _, code in expected if code)
        found = scanned(folder)
        listing = listing_of(found)
        assert listing == list_tree(folder, Folders)
        assert list(listing.files) == list(files)
        assert listing.findings == findings
        assert {path: state[0] for path, state in listing.files.items()} == {path: len(data) for path, data in files.items()}
        again = scanned(folder)
        assert (found.names, found.states) == (again.names, again.states), "looking and reading change nothing"


@given(st.permutations(["b.yaml", "a.yaml", "é.yaml", "z", "d.txt", "Ab.yaml"]))
@settings(max_examples=10)
def test_the_order_of_making_changes_no_name(order: list[str]) -> None:
    with root() as folder:
        for name in order:
            (folder / "sources" / name).write_text(name)
        assert scanned(folder).names == ["/", "/sources", *(f"f{name}" for name in sorted(order))]


CHANGES = {
    "added": lambda f: (f / "deep/down/new.yaml").write_text("x"),
    "removed": lambda f: (f / "deep/down/a.yaml").unlink(),
    "renamed": lambda f: (f / "deep/down/a.yaml").rename(f / "deep/down/b.yaml"),
    "moved": lambda f: (f / "deep/down/a.yaml").rename(f / "deep/a.yaml"),
    "written": lambda f: (f / "deep/down/a.yaml").write_text("other"),
    "touched": lambda f: (f / "deep/down/a.yaml").touch(),
    "made a link": lambda f: ((f / "deep/down/a.yaml").unlink(), (f / "deep/down/a.yaml").symlink_to("/etc/passwd")),
    "made a pipe": lambda f: ((f / "deep/down/a.yaml").unlink(), os.mkfifo(f / "deep/down/a.yaml")),
    "made a folder": lambda f: ((f / "deep/down/a.yaml").unlink(), (f / "deep/down/a.yaml").mkdir()),
    "an empty folder": lambda f: (f / "deep/more").mkdir(),
    "made executable": lambda f: (f / "deep/down/a.yaml").chmod(0o755),
    "replaced by its copy": lambda f: (shutil.copy2(f / "deep/down/a.yaml", f / "c"), os.replace(f / "c", f / "deep/down/a.yaml")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_shows(change: str) -> None:
    with root() as folder:
        (folder / "sources/deep/down").mkdir(parents=True)
        path = folder / "sources/deep/down/a.yaml"
        path.write_text("text")
        os.utime(path, ns=(10**18, 10**18))
        before = scanned(folder)
        CHANGES[change](folder / "sources")
        after = scanned(folder)
        assert (before.names, before.states) != (after.names, after.states)


def test_folders_nest_up_to_a_limit() -> None:
    with root() as folder:
        path = folder / "sources"
        for _ in range(FOLDER_DEPTH_MAX):
            path /= "d"
        path.mkdir(parents=True)
        (path / "a.j2").write_text("deep")
        assert list(read_tree(folder, Folders)[0].values()) == [b"deep"]
        (path / "e").mkdir()
        (path / "e" / "b.j2").write_text("too deep")
        files, findings = read_tree(folder, Folders)
        assert list(files.values()) == [b"deep"]
        assert [finding.code for finding in findings] == ["B002"]


def test_a_file_may_be_as_large_as_the_limit() -> None:
    with root() as folder:
        (folder / "sources/most.j2").write_bytes(b"x" * FILE_BYTES_MAX)
        with (folder / "sources/more.j2").open("wb") as file:
            file.truncate(FILE_BYTES_MAX + 1)
        files, findings = read_tree(folder, Folders)
        assert [(path, len(data)) for path, data in files.items()] == [("sources/most.j2", FILE_BYTES_MAX)]
        assert [(finding.code, finding.place.file) for finding in findings] == [("B001", "sources/more.j2")]


def test_a_file_that_goes_while_it_is_listed_was_never_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with root() as folder:
        for name in ("a.j2", "b.j2"):
            (folder / "sources" / name).write_text(name)
        listed = scanning._listed

        def vanishing(opened: int, path: str) -> Any:
            found = listed(opened, path)
            (folder / "sources/b.j2").unlink(missing_ok=True)
            return found

        monkeypatch.setattr(scanning, "_listed", vanishing)
        found = scanned(folder)
        assert found.names == ["/", "/sources", "fa.j2"]
        assert len(found.states) == 4
        assert found.findings == []


@pytest.mark.parametrize("sources", ["link", "file", "missing"])
def test_the_folder_itself_must_be_one(sources: str) -> None:
    with root() as folder:
        (folder / "sources").rmdir()
        if sources == "missing":
            with pytest.raises(PromptcError) as refused:
                scanned(folder)
            assert refused.value.code == "P007"
            return
        (folder / "sources").symlink_to("/etc") if sources == "link" else (folder / "sources").write_text("x")
        found = scanned(folder)
        assert found.names == ["/"]
        assert [finding.code for finding in found.findings] == ["P002" if sources == "link" else "P006"]
