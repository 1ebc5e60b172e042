"""The state of a store: it tells that something was touched, and nothing else changes it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from promptc.core.digest import digest_of
from promptc.stores.build import BuildFolder
from tests.stores.packed import add_all, blobs_of, loose_at, many, packs_at, served, store_at
from tests.stores.test_build import publish


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with two packs and some loose blobs."""
    add_all(store_at(tmp_path), many(20, "a"))
    add_all(store_at(tmp_path), many(20, "b"))
    store_at(tmp_path).put(many(20, "loose"))
    return tmp_path


def state(folder: Path) -> bytes:
    return store_at(folder).state()


def test_looking_and_reading_change_nothing(folder: Path) -> None:
    store = store_at(folder)
    before = store.state()
    everything = {**many(20, "a"), **many(20, "b"), **many(20, "loose")}
    assert served(store, everything) == everything.keys()
    assert (store.put(everything), add_all(store, everything), store.tidy()) == (0, 0, False)
    list(store.names())
    store.writer().discard()
    assert store.state() == state(folder) == before
    assert len(before) == 32


def test_a_build_without_change_has_the_same_state(tmp_path: Path) -> None:
    world = {f"t{n}": f"text {n}" for n in range(300)}
    publish(BuildFolder(tmp_path / "build"), world)
    before = state(tmp_path)
    publish(BuildFolder(tmp_path / "build"), world)
    assert state(tmp_path) == before


def flip(path: Path) -> None:
    data = path.read_bytes()
    with path.open("r+b") as file:
        file.write(bytes([data[0] ^ 1]))


def replace(path: Path) -> None:
    data, times = path.read_bytes(), os.stat(path)
    path.unlink()
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def lie_about_the_time(path: Path) -> None:
    times = os.stat(path)
    flip(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def link(path: Path) -> None:
    copy = path.parent.parent.parent / "copy"
    shutil.move(path, copy)
    path.symlink_to(copy)


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "touch",
    [
        flip,
        replace,
        lie_about_the_time,
        link,
        make_folder,
        Path.unlink,
        Path.touch,
        lambda path: os.truncate(path, 3),
        lambda path: shutil.copy(path, path.with_name("0" * 28 + path.name[28:])),
        lambda path: path.rename(path.with_name("f" * 28 + path.name[28:])),
    ],
)
@pytest.mark.parametrize("where", [packs_at, loose_at])
def test_whatever_touches_a_file_changes_it(
    folder: Path, touch: Callable[[Path], object], where: Callable[[Path], list[Path]]
) -> None:
    path = where(folder)[0]
    before = state(folder)
    # At once: nothing may hide in a clock that stands still for a moment.
    touch(path)
    assert state(folder) != before


def test_a_change_right_after_a_write_is_told(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    for number in range(20):
        store.put(blobs_of(b"%d" % number))
        before = store.state()
        flip(store.path_of(digest_of(b"%d" % number)))
        assert store.state() != before


def test_what_is_added_changes_it(folder: Path) -> None:
    seen = [state(folder)]
    store_at(folder).put(blobs_of(b"one more"))
    seen.append(state(folder))
    add_all(store_at(folder), blobs_of(b"and one"))
    seen.append(state(folder))
    store_at(folder).path_of(digest_of(b"one more")).unlink()
    seen.append(state(folder))
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("place", ["blobs", "blobs/packs", "blobs/sha256"])
@pytest.mark.parametrize("instead", ["nothing", "a file", "a link"])
def test_a_folder_that_is_not_there_or_is_none(folder: Path, place: str, instead: str) -> None:
    before = state(folder)
    path = folder / "build" / place
    shutil.move(path, folder / "moved")
    if instead == "a file":
        path.touch()
    elif instead == "a link" and place != "blobs":
        path.symlink_to(folder / "moved")
    assert state(folder) != before


def test_unfinished_files_do_not_count(folder: Path) -> None:
    before = state(folder)
    writer = store_at(folder).writer()
    for digest, data in many(300, "x" * 3000).items():
        writer.add(digest, data)
    (folder / "build" / "blobs" / "packs" / "lock").touch()
    assert state(folder) == before
    writer.finish()
    assert state(folder) != before
