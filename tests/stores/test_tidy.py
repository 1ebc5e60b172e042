"""Tidying: everything is kept, in few files; beside readers, builds and others who tidy; and killed at any call."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from promptc.core.digest import digest_of
from promptc.stores import tidy as tidy_module
from promptc.stores import write
from promptc.stores.build import BuildFolder
from promptc.stores.pack_writer import PackWriter
from tests.stores.packed import (
    add_all,
    blobs_of,
    code_of,
    killed_at,
    loose_at,
    many,
    name_of,
    packs_at,
    served,
    store_at,
    strays_at,
)
from tests.stores.test_build import publish, snapshot, verified


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tidying is worth it for a handful already."""
    monkeypatch.setattr(tidy_module, "LOOSE_MAX", 5)
    monkeypatch.setattr(tidy_module, "PACKS_MAX", 2)


def test_over_a_thousand_loose_blobs_become_a_pack(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    contents = list(many(1001).items())
    for begin in range(0, 1000, 250):
        store.put(dict(contents[begin : begin + 250]))
    assert store.tidy() is False
    assert len(loose_at(tmp_path)) == 1000
    store.put(dict(contents[1000:]))
    assert store.tidy() is True
    assert loose_at(tmp_path) == []
    assert os.listdir(tmp_path / "build" / "blobs" / "sha256") == []
    assert [path.name for path in packs_at(tmp_path)] == [name_of(dict(contents))]
    assert served(store, dict(contents)) == served(store_at(tmp_path), dict(contents)) == dict(contents).keys()
    assert store.tidy() is False


def test_over_eight_packs_become_few(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    everything = {}
    for number in range(9):
        assert store.tidy() is False
        add_all(store, given := many(5, f"pack {number}"))
        everything.update(given)
    store.put(loose := blobs_of(b"loose"))
    assert store.tidy() is True
    assert [path.name for path in packs_at(tmp_path)] == [name_of(everything)]
    assert served(store, {**everything, **loose}) == {**everything, **loose}.keys()
    assert strays_at(tmp_path) == []


def test_building_tidies(tmp_path: Path, often: None) -> None:
    folder = BuildFolder(tmp_path / "build")
    for number in range(6):
        world = {f"t{n}": f"text {number} of {n}" for n in range(number * 100)}
        publish(folder, world)
        assert verified(folder) == verified(BuildFolder(tmp_path / "build")) == world
        assert len(loose_at(tmp_path)) <= 5
        assert len(packs_at(tmp_path)) <= 2
    before = snapshot(tmp_path)
    publish(folder, world)
    assert snapshot(tmp_path) == before


def test_many_builds_copy_each_byte_few_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidy_module, "SMALL_BYTES", 0)
    copied = []
    real = PackWriter.add_new

    def counted(writer: PackWriter, raw: bytes, data: bytes) -> bool:
        copied.append(len(data))
        return real(writer, raw, data)

    monkeypatch.setattr(PackWriter, "add_new", counted)
    store = store_at(tmp_path)
    builds, most = 150, 0
    for number in range(builds):
        add_all(store, blobs_of(b"%100d" % number))
        store.tidy()
        most = max(most, len(packs_at(tmp_path)))
    # Each byte once by its build; then its pack has grown by half whenever it is copied: log of 150 to the base 1.5.
    assert len(copied) < builds * (1 + 12.4)
    assert len(copied) < builds * 7, "and fewer in truth, since nine are waited for"
    assert most <= 12
    assert len(list(store.names())) == builds


def test_what_is_damaged_is_dropped_and_all_else_kept(tmp_path: Path, often: None) -> None:
    store = store_at(tmp_path)
    parts = [many(50, what) for what in ("a", "b", "c")]
    everything = {**parts[0], **parts[1], **parts[2]}
    for part in parts:
        add_all(store, part)
    # One blob of the first pack is damaged, one of the second stands whole in another pack.
    for path in packs_at(tmp_path):
        path.write_bytes(path.read_bytes().replace(b"a 7", b"A 7").replace(b"b 7", b"B 7"))
    add_all(store, blobs_of(b"b 7"))
    lost = set(parts[0]) - served(store, parts[0])
    assert lost == {digest_of(b"a 7")}
    assert store.tidy() is True
    assert len(packs_at(tmp_path)) == 1
    assert served(store, everything) == everything.keys() - lost
    assert code_of(lambda: store.get(digest_of(b"a 7"))) == "D002"


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    contents = many(100)
    for at in (0, -1, -90, -2000):
        folder = tmp_path / str(at)
        add_all(store_at(folder), contents)
        (path,) = packs_at(folder)
        whole = bytearray(path.read_bytes())
        whole[at] ^= 4
        path.write_bytes(whole)
        store = store_at(folder)
        assert served(store, {**contents, **blobs_of(b"never stored")}) == contents.keys()
        assert store.tidy() is True
        assert packs_at(folder) == [path]
        whole[at] ^= 4
        assert path.read_bytes() == whole
        assert served(store, contents) == contents.keys()
        assert store.tidy() is False


def test_damaged_files_are_left_where_they_are(tmp_path: Path, often: None) -> None:
    store = store_at(tmp_path)
    store.put(contents := many(20))
    first, second, *rest = sorted(contents)
    store.path_of(first).write_bytes(b"damaged")
    store.path_of(second).unlink()
    store.path_of(second).mkdir()
    assert store.tidy() is True
    assert loose_at(tmp_path) == [store.path_of(first), store.path_of(second)]
    assert served(store, contents) == set(rest)
    assert [code_of(lambda d=d: store.get(d)) for d in (first, second)] == ["D001", "D004"]  # type: ignore[misc]
    assert store.put(contents) == 2
    assert served(store, contents) == contents.keys()


def test_a_pack_of_another_number_or_kind_is_left_alone(tmp_path: Path, often: None) -> None:
    store = store_at(tmp_path)
    for what in "abcd":
        add_all(store, many(10, what))
    newer, folder, *_ = packs_at(tmp_path)
    newer.write_bytes(newer.read_bytes().replace(b"promptc.pack/1\n", b"promptc.pack/2\n"))
    folder.unlink()
    folder.mkdir()
    for what in "efgh":
        add_all(store, many(10, what))
    assert store.tidy() is True
    assert len(packs_at(tmp_path)) == 3
    assert newer in packs_at(tmp_path)
    assert folder.is_dir()


# Beside others.


def test_only_one_tidies(tmp_path: Path, often: None) -> None:
    store = store_at(tmp_path)
    store.put(contents := many(20))
    lock = tmp_path / "build" / "blobs" / "packs" / "lock"
    lock.parent.mkdir()
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert store.tidy() is False
        assert len(loose_at(tmp_path)) == 20
    assert store.tidy() is True
    assert served(store, contents) == contents.keys()


def test_a_killed_holder_leaves_no_lock(tmp_path: Path, often: None) -> None:
    store = store_at(tmp_path)
    store.put(many(20))
    lock = tmp_path / "build" / "blobs" / "packs" / "lock"
    lock.parent.mkdir()
    ready, held = os.pipe()
    child = os.fork()
    if child == 0:
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            os.write(held, b"x")
            time.sleep(60)
        os._exit(0)
    os.read(ready, 1)
    assert store.tidy() is False
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert store.tidy() is True
    os.close(ready)
    os.close(held)


def test_a_reader_with_an_old_list_finds_what_moved(tmp_path: Path, often: None) -> None:
    reader, store = store_at(tmp_path), store_at(tmp_path)
    everything = {}
    for what in "abc":
        add_all(store, given := many(20, what))
        everything.update(given)
    store.put(loose := many(20, "loose"))
    everything.update(loose)
    assert served(reader, everything) == everything.keys()
    assert store.tidy() is True
    assert (len(packs_at(tmp_path)), loose_at(tmp_path)) == (1, [])
    assert served(reader, everything) == everything.keys()
    # And one that has listed the packs but opened none of them when they go.
    for what in "de":
        add_all(store, given := many(20, what))
        everything.update(given)
    late = store_at(tmp_path)
    real, lists = os.listdir, []

    def listed(folder: object) -> list[str]:
        found: list[str] = real(folder)  # type: ignore[call-overload]
        lists.append(folder)
        if len(lists) == 1:
            assert store.tidy() is True
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "listdir", listed)
        assert served(late, everything) == everything.keys()
    assert len(packs_at(tmp_path)) == 1


def test_readers_beside_builds_that_tidy(tmp_path: Path, often: None) -> None:
    store = store_at(tmp_path)
    add_all(store, first := many(100, "first"))
    store.put(loose := many(20, "loose"))
    reader = store_at(tmp_path)
    builders = []
    for who in ("x", "y"):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                mine = store_at(tmp_path)
                for number in range(40):
                    given = many(3 + number % 9, f"{who} {number // 2}")
                    if number % 2:
                        mine.put(given)
                    else:
                        add_all(mine, given)
                    mine.tidy()
                    assert served(mine, given) == given.keys()
                code = 0
            finally:
                os._exit(code)
        builders.append(child)
    while builders:
        assert served(reader, {**first, **loose}) == {**first, **loose}.keys()
        for child in list(builders):
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                assert status == 0
                builders.remove(child)
    everything = {**first, **loose}
    for who in ("x", "y"):
        for number in range(40):
            everything.update(many(3 + number % 9, f"{who} {number // 2}"))
    assert served(reader, everything) == served(store_at(tmp_path), everything) == everything.keys()
    store.tidy()
    assert len(packs_at(tmp_path)) <= 2
    assert strays_at(tmp_path) == []


def test_what_somebody_repairs_meanwhile_is_not_removed(
    tmp_path: Path, often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_at(tmp_path)
    parts = [many(10, what) for what in "abc"]
    for part in parts:
        add_all(store, part)
    damaged = tmp_path / "build" / "blobs" / "packs" / name_of(parts[0])
    whole = damaged.read_bytes()
    damaged.write_bytes(whole.replace(b"a 7", b"A 7"))
    real = tidy_module.remove_packs

    def repaired(path: str, packs: object) -> None:
        (tmp_path / "repaired").write_bytes(whole)
        os.rename(tmp_path / "repaired", damaged)
        real(path, packs)  # type: ignore[arg-type]

    monkeypatch.setattr(tidy_module, "remove_packs", repaired)
    assert store.tidy() is True
    assert len(packs_at(tmp_path)) == 2
    assert served(store, parts[0]) == parts[0].keys()


# Kills and refusals.


def test_a_kill_at_any_call_keeps_everything(tmp_path: Path, often: None) -> None:
    everything = {}
    for what in ("a", "b", "c"):
        add_all(store_at(tmp_path / "world"), given := many(4, what))
        everything.update(given)
    store_at(tmp_path / "world").put(loose := many(8, "loose"))
    everything.update(loose)
    for moment in range(1, 200):
        folder = tmp_path / str(moment)
        shutil.copytree(tmp_path / "world", folder)
        reader = store_at(folder)
        assert served(reader, everything) == everything.keys()
        was_killed = killed_at(moment, lambda folder=folder: store_at(folder).tidy())
        assert served(reader, everything) == served(store_at(folder), everything) == everything.keys()
        assert len(strays_at(folder)) <= 1
        store = store_at(folder)
        store.tidy()
        assert served(store, everything) == everything.keys()
        assert (len(packs_at(folder)) <= 2, len(loose_at(folder)) <= 5) == (True, True)
        assert len(strays_at(folder)) <= 1
        if not was_killed:
            break
    else:
        raise AssertionError("it never came to its end")
    assert moment > 30


def test_a_kill_while_tidying_what_a_kill_left(tmp_path: Path, often: None) -> None:
    everything = {}
    for what in ("a", "b", "c"):
        add_all(store_at(tmp_path / "world"), given := many(4, what))
        everything.update(given)
    store_at(tmp_path / "world").put(loose := many(8, "loose"))
    everything.update(loose)
    for first in range(5, 40, 7):
        for second in range(1, 40, 6):
            folder = tmp_path / f"{first}-{second}"
            shutil.copytree(tmp_path / "world", folder)
            for moment in (first, second):
                killed_at(moment, lambda folder=folder: store_at(folder).tidy())
                assert served(store_at(folder), everything) == everything.keys()
            store_at(folder).tidy()
            assert served(store_at(folder), everything) == everything.keys()
            assert (len(packs_at(folder)) <= 2, len(loose_at(folder)) <= 5) == (True, True)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EIO])
@pytest.mark.parametrize("call", ["open", "write", "rename", "unlink", "fsync", "pread", "flock"])
def test_a_refusal_keeps_everything_and_fails_no_build(
    tmp_path: Path, often: None, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    everything = {}
    for what in ("a", "b", "c"):
        add_all(store_at(tmp_path), given := many(4, what))
        everything.update(given)
    store_at(tmp_path).put(loose := many(8, "loose"))
    everything.update(loose)
    module = fcntl if call == "flock" else os
    real = getattr(module, call)

    def refuse(*args: object, **kwargs: object) -> object:
        if call == "open" and not int(args[1]) & os.O_CREAT:  # type: ignore[call-overload]
            return real(*args, **kwargs)
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(fcntl if call == "flock" else write.os, call, refuse)
        store_at(tmp_path).tidy()
    assert served(store_at(tmp_path), everything) == everything.keys()
    store_at(tmp_path).tidy()
    assert served(store_at(tmp_path), everything) == everything.keys()
    assert len(packs_at(tmp_path)) <= 2
    assert loose_at(tmp_path) == []
