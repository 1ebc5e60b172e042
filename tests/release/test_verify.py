"""Verify: whatever is cut or flipped in a registry is found, is never served, and is mended from a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from promptc.core.approval import Approval, approval_file, encode_approval
from promptc.core.channel import entries_back
from promptc.core.digest import Digest, digest_of
from promptc.core.document import fetch_bytes
from promptc.core.errors import PromptcError
from promptc.core.evidence import Evidence, encode_evidence
from promptc.core.manifest import Change, walk
from promptc.core.step import StepState, encode_state, step_name
from promptc.core.tombstone import Tombstone, encode_tombstone, tombstone_name
from promptc.core.values import canonical_bytes
from promptc.driver.release.appending import append, carried
from promptc.driver.release.marking import hold, mark, revoke
from promptc.driver.release.opening import Desk, opened_desk
from promptc.driver.release.repair import Sources, repair
from promptc.driver.release.verify import verify
from promptc.driver.release.who import Author
from promptc.stores.registry import open_registry
from tests.release.world import artifact, desk_at, moved, put_root, served

ANN = Author("ann", "because")


def tiny(folder: Path) -> Desk:
    """A registry with one of each kind of file, as few bytes as can be."""
    desk = desk_at(folder)
    first, second = put_root(desk, {"a/x": "one"}), put_root(desk, {"a/x": "two"})
    (one,), (two,) = served(desk, first).values(), served(desk, second).values()
    moved(desk, "prod", first, [Change("a", "x", None, one)])
    moved(desk, "prod", second, [Change("a", "x", one, two)])
    mark(desk, "prod", "good", by=ANN)
    hold(desk, "prod", [], digest=None, by=ANN)
    revoke(desk, one, lift=False, by=ANN)
    gone = "sha256:" + "ab" * 32
    stone = Tombstone(Digest(gone), "promptc.artifact/1", 12, "retired", "2026-01-01T00:00:00Z")
    desk.registry.create(tombstone_name(stone.forgotten), encode_tombstone(stone))
    approval = Approval("sha256:" + "cd" * 32, "eve", "2026-01-01T00:00:00Z", "fine")
    desk.registry.create(approval_file(approval), encode_approval(approval))
    state = StepState("prod", 2, "caches-1", "done", "eve", "purged", "2026-01-01T00:00:00Z")
    desk.registry.create(step_name("prod", 2, "caches-1"), encode_state(state))
    model = {"provider": "anthropic", "name": "m", "quantization": "", "revision": ""}
    said = Evidence(two, model, "tone", "sha256:1", "sha256:2", "exact", 3, {"a": (3, 3)}, "2026-01-01T00:00:00Z", "eve", "sha256:3")
    desk.registry.create(f"evidence/{two[7:]}/1.json", encode_evidence(said))
    pin = desk.head("prod")
    append(desk, "service/shop", lambda head: replace(carried(pin), kind="deploy"))
    plan = {"channel": "prod", "format": "promptc.openplan/1", "record": None, "source": second, "time": "2026-01-01T00:00:00Z"}
    desk.registry.create(f"plans/{'cd' * 32}.json", canonical_bytes(plan))
    loose = artifact("loose")
    path = folder / "registry/blobs/sha256" / digest_of(loose)[7:9] / digest_of(loose)[7:]
    path.parent.mkdir(parents=True)
    path.write_bytes(loose)
    return desk


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "lock")


def damages(data: bytes, step: int) -> Iterator[bytes]:
    """A flipped bit in every byte, and every truncation; each `step`th of them."""
    for at in range(0, len(data), step):
        yield data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :]
    for size in range(0, len(data), step):
        yield data[:size]


def served_now(folder: Path) -> list[tuple[str, ...]]:
    """All that a reader is given: entries and texts, as far as they can be had."""
    found: list[tuple[str, ...]] = []
    try:
        desk = opened_desk(str(folder), "registry")
        head = desk.head("prod")
        for entry in entries_back(desk.registry.read, head):
            found.append((entry.moment, entry.digest))
        for tenant, prompt, digest in walk(desk.registry.get, head.root):
            found.append((tenant, prompt, fetch_bytes(desk.registry.get, digest).decode()))
    except PromptcError:
        pass
    return found


def held_against(tmp_path: Path, step: int) -> int:
    tiny(tmp_path)
    right = served_now(tmp_path)
    fine = verify(open_registry("registry", tmp_path))
    assert not fine.wrong
    assert fine.safe[0].is_whole
    count = 0
    for path in files(tmp_path / "registry"):
        data = path.read_bytes()
        for number, damaged in enumerate(damages(data, step)):
            path.write_bytes(damaged)
            found = verify(open_registry("registry", tmp_path))
            said = [*found.wrong, *(note for note in found.notes if path.name == "head.json")]
            assert said, f"{path.name}: damage {number} of {len(data)} bytes was not found"
            got = served_now(tmp_path)
            assert got == right[: len(got)] or path.name == "registry.json", f"{path.name}: damage {number} was served"
            count += 1
        path.write_bytes(data)
    return count


def test_damage_of_every_kind_of_file_is_found_and_never_served(tmp_path: Path) -> None:
    assert held_against(tmp_path, 29) > 200


@pytest.mark.nightly
def test_every_flipped_byte_and_every_truncation(tmp_path: Path) -> None:
    assert held_against(tmp_path, 1) > 5_000


def test_what_is_damaged_is_mended_from_a_copy(tmp_path: Path) -> None:
    tiny(tmp_path)
    right = served_now(tmp_path)
    shutil.copytree(tmp_path / "registry", tmp_path / "copy")
    for path in files(tmp_path / "registry"):
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        registry = open_registry("registry", tmp_path)
        done = repair(registry, verify(registry), Sources(other=open_registry("copy", tmp_path)))
        assert not done.left, path
        assert not verify(open_registry("registry", tmp_path)).wrong, path
        assert served_now(tmp_path) == right
    assert list((tmp_path / "registry/quarantine").iterdir()), "what was damaged is kept"


def test_a_damaged_text_says_what_it_affects_and_what_is_safe(tmp_path: Path) -> None:
    desk = desk_at(tmp_path)
    root = put_root(desk, {"a/x": "one", "b/x": "two"})
    texts = served(desk, root)
    moved(desk, "prod", root, [Change("a", "x", None, texts["a/x"])])
    moved(desk, "other", root, [Change("b", "x", None, texts["b/x"])])
    desk.registry.drop([texts["a/x"]])
    found = verify(desk.registry)
    assert found.affected == ["prod@1"]
    assert {safe.channel: safe.unsafe for safe in found.safe} == {"other": (), "prod": ("a/x",)}
