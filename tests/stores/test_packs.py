"""Packs: many blobs in one file. Damage is found and takes no other blob along; who is killed leaves a stray at most."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.core.digest import Digest, digest_of
from promptc.core.errors import Exit, PromptcError
from promptc.stores import write
from promptc.stores.blobs import PUT_LOOSE_MAX
from promptc.stores.build import BuildFolder
from tests.stores.packed import (
    Given,
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

SMALL = blobs_of(b"one", b"", b"\xffrec and \xffidx", b"four " * 9)
ABSENT = digest_of(b"never stored")


# What is stored comes back.


@pytest.mark.parametrize(
    "contents",
    [SMALL, blobs_of(b""), many(300), blobs_of(b"x" * 3_000_000, b"y" * 262_144, b"z"), many(5000)],
    ids=["small", "one empty", "many", "large", "thousands"],
)
def test_what_is_added_comes_back(tmp_path: Path, contents: Given) -> None:
    assert add_all(store_at(tmp_path), contents) == len(contents)
    assert [path.name for path in packs_at(tmp_path)] == [name_of(contents)]
    assert (loose_at(tmp_path), strays_at(tmp_path)) == ([], [])
    store = store_at(tmp_path)
    assert {digest: store.get(digest) for digest in contents} == contents
    assert all(map(store.has, contents))
    assert not store.has(ABSENT)
    assert code_of(lambda: store.get(ABSENT)) == "D002"
    assert list(store.names()) == sorted(contents)


def test_the_same_blobs_give_the_same_file(tmp_path: Path) -> None:
    add_all(store_at(tmp_path / "a"), SMALL)
    add_all(store_at(tmp_path / "b"), dict(reversed(SMALL.items())))
    assert [p.name for p in packs_at(tmp_path / "a")] == [p.name for p in packs_at(tmp_path / "b")]


def test_what_is_stored_already_is_not_added_again(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    loose, packed = blobs_of(b"loose"), blobs_of(b"packed")
    store.put(loose)
    add_all(store, packed)
    assert add_all(store, {**loose, **packed}) == 0
    assert len(packs_at(tmp_path)) == 1
    with store.writer() as writer:
        assert [writer.add(digest_of(b"new"), b"new") for _ in range(3)] == [True, False, False]
        assert (writer.finish(), writer.finish()) == (1, 0)
        assert not writer.add(digest_of(b"new"), b"new")
        assert writer.add(digest_of(b"newer"), b"newer")
    assert served(store, many_of := blobs_of(b"loose", b"packed", b"new", b"newer")) == many_of.keys()
    assert len(packs_at(tmp_path)) == 3


def test_an_empty_writer_leaves_nothing(tmp_path: Path) -> None:
    with store_at(tmp_path).writer():
        pass
    assert not (tmp_path / "build").exists()


def test_many_new_blobs_are_put_into_a_pack_and_few_are_not(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    few, lots = many(PUT_LOOSE_MAX, "few"), many(PUT_LOOSE_MAX + 1, "lots")
    assert store.put(few) == len(few)
    assert (len(loose_at(tmp_path)), packs_at(tmp_path)) == (len(few), [])
    # What is there already doesn't count.
    assert store.put({**few, **blobs_of(b"one more")}) == 1
    assert (len(loose_at(tmp_path)), packs_at(tmp_path)) == (len(few) + 1, [])
    assert store.put({**few, **lots}) == len(lots)
    assert (len(loose_at(tmp_path)), len(packs_at(tmp_path))) == (len(few) + 1, 1)
    assert served(store_at(tmp_path), {**few, **lots}) == {**few, **lots}.keys()


def test_digests_are_found_by_prefix_in_packs_and_beside_them(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    packed, loose = many(2000), many(200, "loose")
    add_all(store, packed)
    store.put({**loose, **dict(list(packed.items())[:5])})
    every = {**packed, **loose}
    for prefix in ("00", "7f", "ff", "abc", next(iter(packed))[7:20], next(iter(loose))[7:], ABSENT[7:]):
        expected = tuple(sorted(digest for digest in every if digest[7:].startswith(prefix)))
        assert store.with_prefix(prefix) == expected
    assert [store.with_prefix(prefix) for prefix in ("", "a", "zz", "..", "AB", "a" * 65)] == [()] * 6


def test_a_store_that_is_not_there_is_empty(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    assert (store.has(ABSENT), store.with_prefix("ab"), list(store.names()), store.tidy()) == (False, (), [], False)
    assert store.state() == store.state()
    assert code_of(lambda: store.get(ABSENT)) == "D002"
    assert not (tmp_path / "build").exists()


# What is damaged is found.


def records_of(pack: bytes, contents: Given) -> dict[Digest, range]:
    """Where each blob's record stands: a mark, four bytes of length and its digest come before its bytes."""
    found = {}
    for digest, data in contents.items():
        begin = pack.index(b"\xffrec" + len(data).to_bytes(4, "little") + bytes.fromhex(digest[7:]))
        found[digest] = range(begin, begin + 40 + len(data))
    return found


@pytest.mark.parametrize("is_open", [False, True], ids=["opened after", "open before"])
@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.nightly)], ids=["every byte", "every bit"])
def test_every_flip_is_found_and_takes_no_other_blob_along(tmp_path: Path, is_open: bool, every: int) -> None:
    store = store_at(tmp_path)
    add_all(store, SMALL)
    (path,) = packs_at(tmp_path)
    whole = path.read_bytes()
    records = records_of(whole, SMALL)
    # Every seventh bit: one of each byte at least, and of the next byte another one.
    for bit in range(0, len(whole) * 8, every):
        if is_open:
            path.write_bytes(whole)
            store = store_at(tmp_path)
            assert served(store, SMALL) == SMALL.keys()
        path.write_bytes(whole[: bit // 8] + bytes([whole[bit // 8] ^ 1 << bit % 8]) + whole[bit // 8 + 1 :])
        hit = {digest for digest, place in records.items() if bit // 8 in place}
        assert served(store if is_open else store_at(tmp_path), SMALL) == SMALL.keys() - hit, bit
    path.write_bytes(whole)
    assert served(store, SMALL) == SMALL.keys()


@pytest.mark.parametrize("is_open", [False, True], ids=["opened after", "open before"])
def test_every_cut_is_found_and_what_stands_before_it_is_served(tmp_path: Path, is_open: bool) -> None:
    store = store_at(tmp_path)
    add_all(store, SMALL)
    (path,) = packs_at(tmp_path)
    whole = path.read_bytes()
    records = records_of(whole, SMALL)
    for size in reversed(range(len(whole))):
        os.truncate(path, size)
        kept = {digest for digest, place in records.items() if place.stop <= size}
        assert served(store if is_open else store_at(tmp_path), SMALL) == kept, size
    path.write_bytes(whole + b"\n")
    assert served(store_at(tmp_path), SMALL) == SMALL.keys()


def test_damage_at_many_places_takes_only_what_it_hits(tmp_path: Path) -> None:
    add_all(store_at(tmp_path), contents := many(100))
    (path,) = packs_at(tmp_path)
    whole = bytearray(path.read_bytes())
    records = records_of(bytes(whole), contents)
    hit = set(list(contents)[10:40:7]) | {list(contents)[99]}
    for digest in hit:
        # The length, so that nothing leads on to the next record.
        whole[records[digest].start + 4] ^= 0x40
    whole[-1] ^= 1
    path.write_bytes(whole)
    store = store_at(tmp_path)
    assert served(store, contents) == contents.keys() - hit
    assert set(store.names()) == contents.keys() - hit
    assert all(store.has(digest) == (digest not in hit) for digest in contents)


def test_a_hole_of_zeros_takes_only_what_it_hits(tmp_path: Path) -> None:
    add_all(store_at(tmp_path), contents := blobs_of(*(bytes([n]) * 1500 for n in range(60))))
    (path,) = packs_at(tmp_path)
    whole = path.read_bytes()
    records = records_of(whole, contents)
    # A block that never reached the disk; and the index with it.
    for index_bytes in (0, 3000):
        holed = whole[:40960] + bytes(4096) + whole[45056:]
        path.write_bytes(holed[: len(holed) - index_bytes] + bytes(index_bytes))
        rest = range(45056, len(whole) - index_bytes)
        kept = {
            d for d, place in records.items() if place.stop <= 40960 or (place.start in rest and place.stop in rest)
        }
        assert served(store_at(tmp_path), contents) == kept


def test_a_record_inside_a_blob_is_not_taken_for_one(tmp_path: Path) -> None:
    real = b"the right bytes"
    digest = bytes.fromhex(digest_of(real)[7:])
    fake = b"\xffrec" + (5).to_bytes(4, "little") + digest + b"wrong" + b"\xffrec"
    contents = blobs_of(b"a" * 50 + fake, real)
    add_all(store_at(tmp_path), contents)
    (path,) = packs_at(tmp_path)
    whole = bytearray(path.read_bytes())
    whole[-1] ^= 1
    whole[20] ^= 1
    path.write_bytes(whole)
    assert served(store_at(tmp_path), contents) == {digest_of(real)}


def test_a_damaged_blob_is_written_again_and_the_good_copy_served(tmp_path: Path) -> None:
    for repair in ("put", "add"):
        folder = tmp_path / repair
        add_all(store_at(folder), SMALL)
        (path,) = packs_at(folder)
        path.write_bytes(path.read_bytes().replace(b"one", b"0ne"))
        store = store_at(folder)
        assert code_of(lambda store=store: store.get(digest_of(b"one"))) == "D001"
        assert store.has(digest_of(b"one"))
        assert (store.put(SMALL) if repair == "put" else add_all(store, SMALL)) == 1
        assert served(store, SMALL) == served(store_at(folder), SMALL) == SMALL.keys()
        # And once more, now that the good copy is damaged too.
        for copy in (*loose_at(folder), *packs_at(folder)):
            copy.write_bytes(copy.read_bytes().replace(b"one", b"0ne"))
        assert served(store, SMALL) == SMALL.keys() - {digest_of(b"one")}
        assert add_all(store, SMALL) == 1
        assert served(store, SMALL) == SMALL.keys()


def test_a_whole_pack_that_is_damaged_is_replaced(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    add_all(store, SMALL)
    (path,) = packs_at(tmp_path)
    path.write_bytes(bytes(path.stat().st_size))
    assert served(store, SMALL) == set()
    assert add_all(store, SMALL) == len(SMALL)
    assert packs_at(tmp_path) == [path]
    assert served(store, SMALL) == SMALL.keys()


def test_a_blob_that_a_damaged_file_hides_is_served_from_a_pack(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    store.put(one := blobs_of(b"one"))
    store.path_of(digest_of(b"one")).write_bytes(b"0ne")
    assert add_all(store, one) == 1
    assert served(store, one) == one.keys()


@pytest.mark.parametrize("wrong", ["folder", "full folder", "link", "dangling link", "pipe", "unopenable"])
@pytest.mark.parametrize("is_open", [False, True], ids=["opened after", "open before"])
def test_another_thing_in_a_pack_s_place_is_refused_and_the_others_serve(
    tmp_path: Path, wrong: str, is_open: bool
) -> None:
    store = store_at(tmp_path)
    lost, kept = blobs_of(b"lost"), blobs_of(b"kept")
    add_all(store, lost)
    (path,) = packs_at(tmp_path)
    add_all(store, kept)
    if is_open:
        assert served(store, {**lost, **kept}) == {**lost, **kept}.keys()
    put_wrong(path, tmp_path / "copy", wrong)
    store = store if is_open else store_at(tmp_path)
    assert code_of(lambda: store.get(digest_of(b"lost"))) == "D004"
    assert served(store, {**lost, **kept}) == kept.keys()
    assert not store.has(digest_of(b"lost"))
    assert add_all(store, {**lost, **kept}) == 1
    assert served(store_at(tmp_path), {**lost, **kept}) == {**lost, **kept}.keys()
    assert path.is_file()
    assert not path.is_symlink()


def put_wrong(path: Path, copy: Path, wrong: str) -> None:
    shutil.move(path, copy)
    if wrong == "pipe":
        os.mkfifo(path)
    elif wrong == "unopenable":
        # A socket: it can't even be opened.
        import socket

        os.chdir(path.parent)
        try:
            with socket.socket(socket.AF_UNIX) as bound:
                bound.bind(path.name)
        finally:
            os.chdir("/")
    elif "link" in wrong:
        path.symlink_to(copy if wrong == "link" else "nowhere")
    else:
        path.mkdir()
        if wrong == "full folder":
            (path / "file").touch()


@pytest.mark.parametrize("wrong", ["file", "link", "dangling link"])
def test_another_thing_in_the_place_of_the_folder_of_packs(tmp_path: Path, wrong: str) -> None:
    store = store_at(tmp_path)
    add_all(store, SMALL)
    packs, outside = tmp_path / "build" / "blobs" / "packs", tmp_path / "outside"
    shutil.move(packs, outside)
    if wrong == "file":
        packs.touch()
    else:
        packs.symlink_to(outside if wrong == "link" else "nowhere")
    assert code_of(lambda: store.get(digest_of(b"one"))) == "D004"
    before = snapshot(outside)
    assert add_all(store, SMALL) == len(SMALL)
    assert served(store_at(tmp_path), SMALL) == SMALL.keys()
    assert not packs.is_symlink()
    assert snapshot(outside) == before


def test_an_unreadable_pack_is_said_only_where_nothing_else_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_all(store_at(tmp_path), blobs_of(b"one"))
    (path,) = packs_at(tmp_path)
    add_all(store_at(tmp_path), blobs_of(b"two"))
    real = os.open

    def refuse(name: str, *args: int, **kwargs: int) -> int:
        if name == path.name:
            raise OSError(errno.EACCES, "permission denied")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    store = store_at(tmp_path)
    assert store.get(digest_of(b"two")) == b"two"
    with pytest.raises(PromptcError) as caught:
        store.get(digest_of(b"one"))
    assert (caught.value.code, caught.value.exit_code) == ("D007", Exit.MACHINE)
    assert str(tmp_path) not in caught.value.message


def test_a_pack_of_a_newer_promptc_is_refused_and_left_alone(tmp_path: Path) -> None:
    add_all(store_at(tmp_path), blobs_of(b"one"))
    (path,) = packs_at(tmp_path)
    newer = path.read_bytes().replace(b"promptc.pack/1\n", b"promptc.pack/2\n")
    path.write_bytes(newer)
    store = store_at(tmp_path)
    assert code_of(lambda: store.get(digest_of(b"one"))) == "D003"
    assert store.put(blobs_of(b"one")) == 1
    assert store.get(digest_of(b"one")) == b"one"
    assert path.read_bytes() == newer


# Others change the folder meanwhile.


def test_a_pack_that_somebody_else_adds_is_found(tmp_path: Path) -> None:
    reader = store_at(tmp_path)
    assert code_of(lambda: reader.get(digest_of(b"one"))) == "D002"
    add_all(store_at(tmp_path), blobs_of(b"one"))
    assert reader.get(digest_of(b"one")) == b"one"


def test_a_pack_that_somebody_removes_is_missed(tmp_path: Path) -> None:
    reader = store_at(tmp_path)
    add_all(reader, blobs_of(b"one"))
    assert reader.get(digest_of(b"one")) == b"one"
    packs_at(tmp_path)[0].unlink()
    assert code_of(lambda: reader.get(digest_of(b"one"))) == "D002"
    assert add_all(reader, blobs_of(b"one")) == 1
    assert reader.get(digest_of(b"one")) == b"one"


def test_a_build_of_packs_survives_the_removal_of_the_folder_meanwhile(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    world = {f"t{n}": f"text {n}" for n in range(400)}
    publish(folder, world)
    assert len(packs_at(tmp_path)) == 1
    shutil.rmtree(tmp_path / "build")
    publish(folder, world)
    assert verified(folder) == verified(BuildFolder(tmp_path / "build")) == world


@pytest.mark.parametrize("gone", ["build", "build/tmp", "build/blobs", "the stray"])
def test_a_writer_survives_the_removal_of_what_it_wrote(tmp_path: Path, gone: str) -> None:
    store = store_at(tmp_path)
    contents = many(300, "x" * 3000)
    with store.writer() as writer:
        for digest, data in contents.items():
            writer.add(digest, data)
        (stray,) = (tmp_path / "build" / "tmp").iterdir()
        assert stray.stat().st_size > 500_000
        if gone == "the stray":
            stray.unlink()
        else:
            shutil.rmtree(tmp_path / gone, ignore_errors=True)
    assert served(store_at(tmp_path), contents) == contents.keys()
    assert strays_at(tmp_path) == []


def test_two_writers_at_once_with_the_same_blobs(tmp_path: Path) -> None:
    one, other = store_at(tmp_path).writer(), store_at(tmp_path).writer()
    for digest, data in many(50).items():
        assert one.add(digest, data)
        assert other.add(digest, data)
    assert (one.finish(), other.finish()) == (50, 50)
    assert len(packs_at(tmp_path)) == 1
    assert served(store_at(tmp_path), many(50)) == many(50).keys()


def test_workers_write_side_by_side(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    add_all(store, many(100))
    contents = list(many(1000).items())
    children = []
    for worker in range(4):
        child = os.fork()
        if child == 0:
            with store.writer() as writer:
                for digest, data in contents[worker * 200 : worker * 200 + 400]:
                    writer.add(digest, data)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert served(store, dict(contents)) == many(1000).keys()
    assert len(packs_at(tmp_path)) == 5


def test_readers_and_writers_share_a_store_between_threads(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    first = many(300)
    add_all(store, first)
    failures: list[BaseException] = []

    def run(what: str) -> None:
        try:
            for number in range(10):
                if what == "read":
                    assert served(store, first) == first.keys()
                else:
                    add_all(store, many(20, f"{what} {number}"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(what,)) for what in ("read", "read", "a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(list(store.names())) == 300 + 2 * 10 * 20


# Kills, and machines that refuse.


def test_a_kill_at_any_call_leaves_the_old_blobs_or_all(tmp_path: Path) -> None:
    old, new = many(3, "old"), many(300, "x" * 2000)
    seen = set()
    for moment in range(1, 400):
        folder = tmp_path / str(moment)
        add_all(store_at(folder), old)
        was_killed = killed_at(moment, lambda folder=folder: store_at(folder).put(new))
        found = served(store_at(folder), {**old, **new})
        assert found in (old.keys(), {**old, **new}.keys())
        seen.add(len(found))
        assert all(path.name in (name_of(old), name_of(new)) for path in packs_at(folder))
        store_at(folder).put(new)
        assert served(store_at(folder), {**old, **new}) == {**old, **new}.keys()
        assert len(strays_at(folder)) <= 1
        shutil.rmtree(folder)
        if not was_killed:
            break
    else:
        raise AssertionError("it never came to its end")
    assert seen == {len(old), len(old) + len(new)}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EIO])
@pytest.mark.parametrize("call", ["open", "write", "rename", "mkdir"])
def test_a_refusal_is_said_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    store = store_at(tmp_path)
    if call != "mkdir":
        add_all(store, SMALL)
    before = snapshot(tmp_path)
    real = getattr(os, call)

    def refuse(*args: object, **kwargs: object) -> object:
        if call == "open" and not int(args[1]) & os.O_CREAT:  # type: ignore[call-overload]
            return real(*args, **kwargs)
        raise OSError(number, os.strerror(number))

    for contents in (many(300), many(300, "x" * 3000)):
        with monkeypatch.context() as patch:
            patch.setattr(write.os, call, refuse)
            with pytest.raises(PromptcError) as caught:
                store.put(contents)
            assert store.tidy() is False
        assert (caught.value.code, caught.value.exit_code) == ("D006", Exit.MACHINE)
        assert str(tmp_path) not in caught.value.message
        assert snapshot(tmp_path) == before
    assert store.put(many(300)) == 300
    assert served(store, many(300)) == many(300).keys()


def test_a_limit_on_file_sizes_leaves_what_was_there(tmp_path: Path) -> None:
    program = """
import resource, sys
from pathlib import Path
from promptc.core.errors import PromptcError
from tests.stores.packed import store_at, many
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    store_at(Path(sys.argv[1])).put(many(300, "x" * 3000))
except PromptcError as error:
    print(error.code, error.exit_code.value, error.hint)
"""
    add_all(store_at(tmp_path), SMALL)
    before = snapshot(tmp_path)
    done = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("D006 6 a limit on the size of files")
    assert snapshot(tmp_path) == before


def test_an_exception_discards_what_was_added(tmp_path: Path) -> None:
    store = store_at(tmp_path)

    def fail() -> None:
        with store.writer() as writer:
            for digest, data in many(300, "x" * 3000).items():
                writer.add(digest, data)
            assert len(strays_at(tmp_path)) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (strays_at(tmp_path), packs_at(tmp_path)) == ([], [])


def test_short_writes_and_reads_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_write, real_read = os.write, os.pread
    contents = many(300, "x" * 100)
    with monkeypatch.context() as patch:
        patch.setattr(write.os, "write", lambda descriptor, data: real_write(descriptor, data[:1000]))
        store_at(tmp_path).put(contents)
    monkeypatch.setattr(os, "pread", lambda descriptor, size, at: real_read(descriptor, min(size, 50), at))
    assert served(store_at(tmp_path), contents) == contents.keys()


# What it costs.


def test_payloads_are_not_held(tmp_path: Path) -> None:
    writer = store_at(tmp_path).writer()
    count = 20_000
    contents = ((digest_of(data), data) for data in (number.to_bytes(4, "big") * 1000 for number in range(count)))
    tracemalloc.start()
    try:
        for digest, data in contents:
            writer.add(digest, data)
        _, while_adding = tracemalloc.get_traced_memory()
        assert writer.finish() == count
        _, at_the_end = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # 80 million bytes of payload; a buffer, and per blob its entry and a little.
    assert while_adding < 1_500_000 + 64 * count
    assert at_the_end < 2_500_000 + 64 * count


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = len(os.listdir("/dev/fd"))
    for number in range(20):
        store = store_at(tmp_path)
        add_all(store, many(3, str(number)))
        store.writer().discard()
        served(store, many(3, str(number)))
        os.truncate(packs_at(tmp_path)[0], 100)
        store.with_prefix("ab")
        store.state()
    del store
    assert len(os.listdir("/dev/fd")) == before


def test_packs_load_nothing_heavy() -> None:
    program = "import promptc.stores.blobs, promptc.stores.tidy, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"sqlite3", "multiprocessing", "tempfile", "asyncio", "logging", "subprocess"} & set(loaded)


def test_a_look_up_reads_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = many(20_000)
    add_all(store_at(tmp_path), contents)
    store = store_at(tmp_path)
    real, sizes = os.pread, []

    def counted(descriptor: int, size: int, at: int) -> bytes:
        sizes.append(size)
        return real(descriptor, size, at)

    monkeypatch.setattr(os, "pread", counted)
    some = list(contents)[::400]
    for digest in some:
        assert store.has(digest)
        store.get(digest)
    # Once the fan-out and the last bytes; then an entry, and a record. Now and then a neighbour has the same last byte.
    assert max(sizes) == 20_000
    assert sum(sizes) < 20_000 + 20_000 + 1000 + len(some) * 200


# Anything, in any order, is what a dict would do.

NUMBERS = st.lists(st.integers(0, 12), max_size=6)
STEPS = st.one_of(
    st.tuples(st.just("put"), NUMBERS),
    st.tuples(st.just("add"), NUMBERS),
    st.tuples(st.just("pack"), NUMBERS),
    st.tuples(st.just("tidy"), st.just([])),
    st.tuples(st.just("reopen"), st.just([])),
    st.tuples(st.just("flip"), st.lists(st.integers(0, 1 << 20), min_size=2, max_size=2)),
    st.tuples(st.just("cut"), st.lists(st.integers(0, 1 << 20), min_size=2, max_size=2)),
    st.tuples(st.just("remove"), st.lists(st.integers(0, 1 << 20), min_size=1, max_size=1)),
)


@settings(max_examples=60)
@given(steps=st.lists(STEPS, max_size=20))
def test_any_sequence_is_what_a_dict_would_do(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, list[int]]]
) -> None:
    folder = tmp_path_factory.mktemp("model")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("promptc.stores.tidy.PACKS_MAX", 1)
        patch.setattr("promptc.stores.tidy.LOOSE_MAX", 2)
        Model(folder, patch).play(steps)
    shutil.rmtree(folder)


class Model:
    """A dict of what must be served. What damage hit may be served, from another copy, or not; wrong bytes never are."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.patch = patch
        self.store = store_at(folder)
        self.sure: Given = {}
        self.maybe: Given = {}

    def play(self, steps: list[tuple[str, list[int]]]) -> None:
        for step, numbers in steps:
            if step in ("put", "add", "pack"):
                self.give(step, blobs_of(*(b"%d " % number * number for number in numbers)))
            elif step == "reopen":
                self.store = store_at(self.folder)
            elif step == "tidy":
                self.store.tidy()
            else:
                self.harm(step, numbers)
            found = served(self.store, {**self.sure, **self.maybe})
            assert found >= self.sure.keys()
            assert found == served(store_at(self.folder), {**self.sure, **self.maybe})
            assert set(self.store.names()) >= found
            assert all(map(store_at(self.folder).has, found))

    def give(self, step: str, given: Given) -> None:
        unserved = given.keys() - served(self.store, given)
        self.patch.setattr("promptc.stores.blobs.PUT_LOOSE_MAX", 0 if step == "pack" else 256)
        written = add_all(self.store, given) if step == "add" else self.store.put(given)
        assert written >= len(unserved)
        self.sure.update(given)

    def harm(self, step: str, numbers: list[int]) -> None:
        files = [*packs_at(self.folder), *loose_at(self.folder)]
        if not files:
            return
        path = files[numbers[0] % len(files)]
        data = path.read_bytes()
        if step == "remove":
            path.unlink()
        elif data and step == "cut":
            os.truncate(path, numbers[1] % len(data))
        elif data:
            at = numbers[1] % (len(data) * 8)
            path.write_bytes(data[: at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1 :])
        # Which blobs have another copy is the store's business; those that it still serves it must go on serving.
        found = served(self.store, self.sure)
        self.maybe.update({digest: data for digest, data in self.sure.items() if digest not in found})
        self.sure = {digest: data for digest, data in self.sure.items() if digest in found}
