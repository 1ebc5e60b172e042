"""Verifying: whatever a cache makes of an artifact, a compile without any finds it; and it finds nothing where nothing is."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from promptc.cli import main
from promptc.compiler.leaf import decode_leaf, encode_leaf, name_of
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Finding, Place
from promptc.driver.units import UnitWorker
from promptc.driver.verifying import _Verifier
from promptc.engine.database import Database
from promptc.engine.memo import Memo
from tests.engine.world import cache, clean, edit, hello, run, said, served, trusting, write

TENANTS = {f"tenants/t{number}.yaml": f"variables: {{product: P{number}}}\n" for number in range(10)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that was built once."""
    trusting(monkeypatch)
    found = hello(tmp_path / "project", TENANTS)
    assert run(found).published
    return found


def plant_render(folder: Path, old: str, new: str) -> None:
    """Make every remembered render that says one thing say another, with a checksum that is right."""
    database = Database(cache(folder) / "engine.db")
    memo, changed = Memo(database), 0

    def leaves(db: sqlite3.Connection) -> list[Any]:
        return db.execute("SELECT key, leaf, data FROM render").fetchall()

    for key, leaf, data in database.run(leaves, []):
        rendered = decode_leaf(data)
        assert rendered.shape is not None
        if replaced(rendered.shape.messages, old, new):
            changed += 1
            wrong = encode_leaf(key, rendered)
            database.write(lambda db, key=key, leaf=leaf: db.execute("DELETE FROM render WHERE key = ? AND leaf = ?", (key, leaf)))
            memo.keep(key, name_of(wrong), wrong)
    memo.write()
    database.close()
    assert changed


def replaced(part: Any, old: str, new: str) -> bool:
    """Whether a text was found and replaced, anywhere in the parts of a shape."""
    found = False
    if isinstance(part, dict):
        part = list(part.values())
    for index, inner in enumerate(part):
        if type(inner) is str and old in inner:
            part[index] = inner.replace(old, new)
            found = True
        elif isinstance(inner, (dict, list)):
            found |= replaced(inner, old, new)
    return found


def plant_overlay(folder: Path, old: bytes, new: bytes) -> None:
    """The same for a parsed overlay."""
    database = Database(cache(folder) / "engine.db")
    memo = Memo(database)
    keys = database.run(lambda db: db.execute("SELECT key FROM overlay").fetchall(), [])
    for (key,) in keys:
        data = memo.overlay(key)
        if data is not None and old in data:
            memo.keep_overlay(key, data.replace(old, new))
    assert memo.made.overlays
    memo.write()
    database.close()


def forget_states(folder: Path) -> None:
    """Everything is due again, and the memo is asked."""
    (cache(folder) / "states").unlink()


def is_mended(folder: Path, beside: Path) -> None:
    """The caches are gone; the next build is right, and so is the one after."""
    assert not (cache(folder) / "states").exists()
    assert not (cache(folder) / "engine.db").exists()
    wanted = clean(folder, beside)
    assert said(run(folder)) == wanted
    assert served(folder) == served(beside)
    assert run(folder, verify=True).verified == wanted["targets"]


# What is wrong is found


@pytest.mark.parametrize("asked", [{"verify": True}, {"check_traces": 50}], ids=["verify", "traces"])
def test_a_render_that_was_tampered_with(asked: dict[str, Any], folder: Path, tmp_path: Path) -> None:
    plant_render(folder, "Be brief.", "Be rude.")
    forget_states(folder)
    before = (folder / "build/latest.json").read_bytes()
    with pytest.raises(PromptcError) as refused:
        run(folder, **asked)
    error = refused.value
    assert (error.code, error.exit_code) == ("D008", Exit.INTEGRITY)
    assert error.message.startswith("compiled without a cache, `")
    assert error.message.endswith(" and 7 more came out otherwise than the build gave")
    assert (folder / "build/latest.json").read_bytes() == before, "and nothing is published"
    is_mended(folder, tmp_path / "clean")


def test_a_build_that_trusts_its_caches_would_have_published_it(folder: Path, tmp_path: Path) -> None:
    plant_render(folder, "Be brief.", "Be rude.")
    forget_states(folder)
    assert run(folder).published
    assert all(b"Be rude." in data for data in served(folder).values())
    with pytest.raises(PromptcError, match="without a cache"):
        run(folder, verify=True)
    is_mended(folder, tmp_path / "clean")


def test_an_overlay_that_was_tampered_with(folder: Path, tmp_path: Path) -> None:
    plant_overlay(folder, b"P7", b"Q7")
    forget_states(folder)
    with pytest.raises(PromptcError) as refused:
        run(folder, verify=True)
    assert (refused.value.code, refused.value.message) == (
        "D008", "compiled without a cache, `t7/hello` came out otherwise than the build gave",
    )  # fmt: skip
    is_mended(folder, tmp_path / "clean")


def test_an_edit_that_no_state_shows(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still, and a file system that gives one inode twice."""
    edit(folder / "tenants/t3.yaml", "P3", "X3")
    with monkeypatch.context() as frozen:
        frozen.setattr("promptc.engine.states.Known.is_scan", lambda known, found: True)
        assert run(folder, explain=True).causes == (), "trusting states alone, nothing changed"
        assert run(folder, verify=True).published, "whoever trusts nothing reads what is there"
    assert b"X3" in served(folder)["t3/hello"]
    assert said(run(folder)) == clean(folder, tmp_path / "clean")


def test_the_command_says_so_and_ends_with_4(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant_render(folder, "Be brief.", "Be rude.")
    forget_states(folder)
    assert main.run(["-C", str(folder), "build", "--verify"]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    first, hint = err.splitlines()
    assert first.startswith("error[D008]: compiled without a cache, `acme/hello`, `globex/hello`, `t0/hello`, ")
    assert hint == "  hint: the caches were removed: build again, and please report this with your sources if you can"


def test_findings_are_compared_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that says of its tenant what is not so."""
    compile_unit = UnitWorker._compile

    def adding(worker: UnitWorker, due: Any, overlay: Any, row: Any) -> None:
        compile_unit(worker, due, overlay, row)
        if overlay.name == "t4":
            row.said = (*row.said, Finding("O101", "not so", Place("tenants/t4.yaml"), "warning"))

    monkeypatch.setattr(UnitWorker, "_compile", adding)
    with pytest.raises(PromptcError, match=r"`t4/\* \(findings\)` came out otherwise"):
        run(folder, verify=True)


# Where nothing is wrong, nothing is found

EDITS = {
    "nothing": {},
    "a tenant": {"tenants/t1.yaml": "variables: {product: New}\n"},
    "a comment of a tenant": {"tenants/t1.yaml": "variables: {product: P1}  # why\n"},
    "a new tenant": {"tenants/new.yaml": "variables: {product: New}\n"},
    "lines": {"tenants/many.jsonl": '{"id": "m1", "variables": {"product": "M1"}}\n{"id": "m2", "variables": {"product": "M2"}}\n'},
    "a layer": {"tenants/layers/base.yaml": "variables: {tone: formal}\n"},
    "a comment of a layer": {"tenants/layers/base.yaml": "variables:\n  banned: [guarantee]  # why\n"},
    "a warning": {"tenants/t1.yaml": "variables: {product: 'a\u200bb'}\n"},
    "an error": {"tenants/t1.yaml": "variables: {prodct: x}\n"},
    "a model": {"sources/models.yaml": "main: {provider: anthropic, name: other, window: 1000}\n"},
}


@pytest.mark.parametrize("asked", [{"verify": True}, {"check_traces": 1000}], ids=["verify", "traces"])
def test_an_edit_is_no_difference(asked: dict[str, Any], folder: Path, tmp_path: Path) -> None:
    for number, (name, files) in enumerate(EDITS.items()):
        write(folder, files)
        found = run(folder, keep_going=True, **asked)
        assert found.verified == found.targets, name
        if name in ("an error", "a layer"):
            wanted = clean_going(folder, tmp_path / f"clean{number}")
            assert said(found) == wanted, name


def clean_going(folder: Path, beside: Path) -> dict[str, Any]:
    shutil.copytree(folder, beside, ignore=shutil.ignore_patterns("build", ".promptc"))
    return said(run(beside, keep_going=True))


def test_after_lines_moved(folder: Path) -> None:
    first, second = EDITS["lines"]["tenants/many.jsonl"].splitlines(keepends=True)
    write(folder, {"tenants/many.jsonl": first + second})
    run(folder)
    write(folder, {"tenants/many.jsonl": second + '{"id": "m3", "variables": {"product": "M3"}}\n' + first})
    assert run(folder, check_traces=1000).verified == 15
    write(folder, {"tenants/many.jsonl": first})
    assert run(folder, check_traces=1000).verified == 13
    (folder / "tenants/many.jsonl").unlink()
    assert run(folder, check_traces=1000).verified == 12
    assert run(folder, check_traces=1000).verified == 12, "and where nothing changed"


def test_what_is_checked_is_chosen_at_random_and_once_each(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    compile_unit = _Verifier._compile

    def noting(worker: _Verifier, due: Any, overlay: Any, row: Any) -> None:
        seen.append(overlay.name)
        compile_unit(worker, due, overlay, row)

    monkeypatch.setattr(_Verifier, "_compile", noting)
    chosen = set()
    for _ in range(8):
        seen.clear()
        assert run(folder, check_traces=3).verified == 3
        assert len(set(seen)) == 3
        chosen |= set(seen)
    assert len(chosen) >= 5


def test_shares_that_came_out_otherwise_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variant = {"sources/prompts/hello.short.prompt.j2": '{% extends "prompts/hello.prompt.j2" %}\n'}
    shares = {"tenants/t1.yaml": "variables: {product: P1}\nprompts: {hello: {variants: {short: 10}}}\n"}
    found = hello(tmp_path / "project", {**TENANTS, **variant, **shares})
    assert run(found).published
    assert run(found, verify=True).published
    monkeypatch.setattr("promptc.driver.verifying.allocation_blobs", lambda compiler, tenant: [])
    with pytest.raises(PromptcError, match=r"`t1/hello\.\*`"):
        run(found, verify=True)
