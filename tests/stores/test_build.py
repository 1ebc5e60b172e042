"""The build folder: damage is found and mended, a kill leaves the old build or the new one, builds may run at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptc.core.digest import Digest, digest_of
from promptc.core.errors import Exit, PromptcError
from promptc.core.manifest import make_manifest, walk
from promptc.core.record import MadeBy, Record, make_record
from promptc.stores import blobs as blobs_module
from promptc.stores import write
from promptc.stores.build import BuildFolder, Latest


def publish(folder: BuildFolder, texts: dict[str, str]) -> Latest:
    """Build the smallest world: tenants with one prompt each, whose artifact is any text."""
    artifacts = {digest_of(text.encode()): text.encode() for text in texts.values()}
    manifest = make_manifest({tenant: {"p": digest_of(text.encode())} for tenant, text in texts.items()})
    made = make_record(manifest.root, sources={}, tenants={}, made_by=MadeBy({"promptc": "0"}))
    record = made.encode()
    latest = Latest(manifest.root, digest_of(record), {"targets": len(texts)})
    folder.store({**artifacts, **manifest.blobs, **made.nodes, digest_of(record): record})
    folder.publish(latest)
    return latest


def verified(folder: BuildFolder) -> dict[str, str]:
    """Everything that the latest build serves, each byte verified."""
    latest = folder.latest()
    assert latest is not None
    record = Record.decode(folder.get(latest.record))
    assert (record.sources_from(folder.get), record.tenants_from(folder.get)) == ({}, {})
    return {tenant: folder.get(digest).decode() for tenant, _, digest in walk(folder.get, latest.root)}


WORLD = {"acme": "one", "globex": "two", "initech": "one"}


def test_what_is_published_comes_back(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    assert folder.latest() is None
    latest = publish(folder, WORLD)
    assert folder.latest() == latest
    assert verified(folder) == WORLD
    assert sorted(os.listdir(tmp_path / "build")) == [".gitignore", "blobs", "latest.json", "tmp"]
    assert os.listdir(tmp_path / "build" / "tmp") == []


def test_a_second_build_writes_nothing_anew(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    publish(folder, WORLD)
    before = snapshot(tmp_path)
    publish(folder, WORLD)
    assert snapshot(tmp_path) == before


def test_digests_are_found_by_prefix(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    digest = digest_of(b"x")
    folder.store({digest: b"x"})
    assert folder.blobs.with_prefix(digest[7:15]) == (digest,)
    assert folder.blobs.with_prefix("ffffffff") == ()


def test_every_flipped_bit_and_every_cut_is_found(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    publish(folder, WORLD)
    for path in sorted(p for p in (tmp_path / "build").rglob("*") if p.is_file() and p.name != ".gitignore"):
        whole = path.read_bytes()
        for mutant in mutants(whole):
            path.write_bytes(mutant)
            with pytest.raises(PromptcError) as caught:
                verified(folder)
            assert caught.value.exit_code is Exit.INTEGRITY, (path.name, mutant)
        path.write_bytes(whole)
    assert verified(folder) == WORLD


def mutants(whole: bytes) -> list[bytes]:
    flips = [whole[: i // 8] + bytes([whole[i // 8] ^ 1 << i % 8]) + whole[i // 8 + 1 :] for i in range(len(whole) * 8)]
    return flips + [whole[:size] for size in range(len(whole))] + [whole + b"\n"]


def test_damage_of_one_artifact_leaves_the_others_served(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    publish(folder, WORLD)
    folder.blobs.path_of(digest_of(b"one")).write_bytes(b"0ne")
    assert folder.get(digest_of(b"two")) == b"two"
    with pytest.raises(PromptcError) as caught:
        folder.get(digest_of(b"one"))
    assert caught.value.code == "D001"


def test_a_missing_blob_is_named_and_made_anew(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    publish(folder, WORLD)
    folder.blobs.path_of(digest_of(b"one")).unlink()
    with pytest.raises(PromptcError) as caught:
        verified(folder)
    assert (caught.value.code, caught.value.exit_code) == ("D002", Exit.INTEGRITY)
    publish(folder, WORLD)
    assert verified(folder) == WORLD


@pytest.mark.parametrize("wrong", ["folder", "full folder", "link", "dangling link", "pipe"])
@pytest.mark.parametrize("place", ["blob", "pointer"])
def test_another_thing_in_a_file_s_place_is_found_and_put_right(tmp_path: Path, place: str, wrong: str) -> None:
    folder = BuildFolder(tmp_path / "build")
    publish(folder, WORLD)
    path = tmp_path / "build" / "latest.json" if place == "pointer" else folder.blobs.path_of(digest_of(b"one"))
    copy = tmp_path / "copy"
    shutil.copy(path, copy)
    path.unlink()
    put_wrong(path, copy, wrong)
    with pytest.raises(PromptcError) as caught:
        verified(folder)
    assert (caught.value.code, caught.value.exit_code) == ("D004", Exit.INTEGRITY)
    publish(folder, WORLD)
    assert verified(folder) == WORLD
    assert not path.is_symlink()


def put_wrong(path: Path, copy: Path, wrong: str) -> None:
    if wrong == "pipe":
        os.mkfifo(path)
    elif "link" in wrong:
        path.symlink_to(copy if wrong == "link" else "nowhere")
    else:
        path.mkdir()
        if wrong == "full folder":
            (path / "file").touch()


@pytest.mark.parametrize("wrong", ["file", "dangling link"])
@pytest.mark.parametrize("level", ["blobs", "blobs/sha256", "fan"])
def test_another_thing_in_a_folder_s_place_is_put_right(tmp_path: Path, level: str, wrong: str) -> None:
    folder = BuildFolder(tmp_path / "build")
    publish(folder, WORLD)
    blob = folder.blobs.path_of(digest_of(b"one"))
    path = blob.parent if level == "fan" else tmp_path / "build" / level
    shutil.rmtree(path)
    if wrong == "file":
        path.touch()
    else:
        path.symlink_to("nowhere")
    publish(folder, WORLD)
    assert verified(folder) == WORLD


def test_a_damaged_pointer_does_not_keep_anybody_from_building(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    publish(folder, WORLD)
    (tmp_path / "build" / "latest.json").write_bytes(b"{")
    assert folder.latest_or_none() is None
    publish(folder, WORLD)
    assert verified(folder) == WORLD


def test_a_pointer_of_a_newer_promptc_is_refused(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    publish(folder, WORLD)
    path = tmp_path / "build" / "latest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": "promptc.latest/2"}))
    with pytest.raises(PromptcError) as caught:
        folder.latest()
    assert caught.value.code == "D003"


def test_a_pointer_is_never_written_to_what_is_not_there(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    latest = publish(folder, WORLD)
    with pytest.raises(PromptcError) as caught:
        folder.publish(Latest(digest_of(b"nothing"), latest.record))
    assert caught.value.code == "D002"
    with pytest.raises(PromptcError) as caught:
        folder.publish(Latest(latest.record, latest.record))
    assert caught.value.code == "D005"
    assert folder.latest() == latest


def test_a_kill_at_any_call_leaves_the_old_build_or_the_new_one(tmp_path: Path) -> None:
    new = {"acme": "new", "globex": "two"}
    seen = set()
    for moment in range(1, 400):
        build = tmp_path / str(moment)
        old = publish(BuildFolder(build), WORLD)
        child = os.fork()
        if child == 0:
            _die_at(moment, build, new)
        _, status = os.waitpid(child, 0)
        found = verified(BuildFolder(build))
        assert found in (WORLD, new)
        seen.add(found == new)
        assert (found == WORLD) == (BuildFolder(build).latest() == old)
        publish(BuildFolder(build), new)
        assert verified(BuildFolder(build)) == new
        if os.WIFEXITED(status):
            break
    else:
        raise AssertionError("the build never came to its end")
    assert seen == {False, True}


def test_a_kill_while_mending_what_a_kill_left(tmp_path: Path) -> None:
    new, newer = {"acme": "new"}, {"acme": "newer", "globex": "two"}
    for first in range(1, 40, 8):
        for second in range(1, 40, 8):
            build = tmp_path / f"{first}-{second}"
            publish(BuildFolder(build), WORLD)
            for moment, texts in ((first, new), (second, newer)):
                child = os.fork()
                if child == 0:
                    _die_at(moment, build, texts)
                os.waitpid(child, 0)
                assert verified(BuildFolder(build)) in (WORLD, new, newer)
            publish(BuildFolder(build), newer)
            assert verified(BuildFolder(build)) == newer


def _die_at(moment: int, build: Path, texts: dict[str, str]) -> None:
    """In a child: count the calls that change something, and be killed at one of them."""
    left = [moment]

    def counted(name: str) -> None:
        real = getattr(os, name)

        def call(*args: object, **kwargs: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), 9)
            return real(*args, **kwargs)

        setattr(os, name, call)

    try:
        for name in ("open", "write", "rename", "replace", "fsync", "mkdir", "close"):
            counted(name)
        publish(BuildFolder(build), texts)
        os._exit(0)
    finally:
        os._exit(1)


def test_two_builds_at_once_are_safe(tmp_path: Path) -> None:
    worlds = [{f"t{i}": f"{who}-{i % 7}" for i in range(100)} for who in ("a", "b")]
    failures: list[BaseException] = []

    def run(world: dict[str, str]) -> None:
        try:
            for _ in range(5):
                publish(BuildFolder(tmp_path / "build"), world)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(world,)) for world in worlds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert verified(BuildFolder(tmp_path / "build")) in worlds


def test_a_build_survives_the_removal_of_the_folder_meanwhile(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    folder.store({digest_of(b"a"): b"a"})
    shutil.rmtree(tmp_path / "build")
    publish(folder, WORLD)
    assert verified(folder) == WORLD


def test_old_strays_are_swept_and_young_ones_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = BuildFolder(tmp_path / "build")
    publish(folder, WORLD)
    strays = tmp_path / "build" / "tmp"
    (strays / ".promptc-1-a").write_bytes(b"half")
    (strays / ".promptc-1-b").mkdir()
    publish(folder, WORLD)
    assert len(os.listdir(strays)) == 2
    now = time.time()
    # A clock that is ten years off in either direction sweeps what it takes for old, and harms nothing.
    for later in (now + 4000, now - 4000):
        monkeypatch.setattr(blobs_module.time, "time", lambda later=later: later)
        publish(folder, WORLD)
        assert os.listdir(strays) == []
        (strays / ".promptc-1-a").write_bytes(b"half")
    assert verified(folder) == WORLD


@pytest.mark.parametrize("call", ["open", "write", "rename"])
def test_a_full_disk_is_said_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    folder = BuildFolder(tmp_path / "build")
    publish(folder, WORLD)
    before = snapshot(tmp_path)
    real = getattr(os, call)

    def refuse(*args: object, **kwargs: object) -> object:
        if call == "open" and not int(args[1]) & os.O_CREAT:  # type: ignore[call-overload]
            return real(*args, **kwargs)
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(write.os, call, refuse)
        with pytest.raises(PromptcError) as caught:
            publish(folder, {"acme": "new"})
    assert (caught.value.code, caught.value.exit_code) == ("D006", Exit.MACHINE)
    assert snapshot(tmp_path) == before
    publish(folder, {"acme": "new"})
    assert verified(folder) == {"acme": "new"}


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8"))))
def test_any_world_comes_back(tmp_path_factory: pytest.TempPathFactory, world: dict[str, str]) -> None:
    folder = BuildFolder(tmp_path_factory.mktemp("world") / "build")
    publish(folder, world)
    assert verified(folder) == world


def test_stores_load_nothing_heavy() -> None:
    program = "import promptc.stores.build, promptc.stores.files, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"jinja2", "yaml", "pydantic", "click", "rich", "deepdiff", "watchdog"} & set(loaded)


def test_a_digest_is_followed_only_to_its_own_bytes(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    publish(folder, WORLD)
    one, two = (folder.blobs.path_of(Digest(digest_of(text))) for text in (b"one", b"two"))
    one.write_bytes(two.read_bytes())
    with pytest.raises(PromptcError) as caught:
        folder.get(digest_of(b"one"))
    assert caught.value.code == "D001"
