"""The scope: which edit reaches whom, as a table; and that a build does just that again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from promptc.driver.build import BuildRequest
from promptc.driver.look import look
from promptc.driver.published import opened_whole
from promptc.driver.scope import Scope, Shape, scope_of
from promptc.engine.ledger import BROKEN, FAILED, REMOVES, RESOLVED, SAID, Row
from tests.engine.world import edit, hello, run, trusting, write

PARTS = {
    "settings": "s", "order of variables": "o", "variable product": "v", "model main": "m", "tool search": "t",
    "prompt reply": "p", "prompt title": "p", "template prompts/reply.prompt.j2": "b", "template prompts/title.prompt.j2": "b",
    "template fragments/tone.j2": "f", "template fragments/spare.j2": "f", "layer base": "l", "layer plan/pro": "l",
    "examples sources/examples/a.yaml": "e", "broken prompt:old": "x",
}  # fmt: skip
CLOSURES = {
    "reply": ["prompts/reply.prompt.j2", "fragments/tone.j2"],
    "title": ["prompts/title.prompt.j2", "fragments/tone.j2"],
}
BOTH = frozenset({"reply", "title"})
REPLY = frozenset({"reply"})


def shape(parts: Mapping[str, str] = PARTS, **more: Any) -> Shape:
    return Shape(parts, **{"closures": CLOSURES, "with_examples": REPLY, **more})


def changed(*names: str, to: str = "other") -> dict[str, str]:
    return PARTS | dict.fromkeys(names, to)


def without(name: str) -> dict[str, str]:
    return {part: digest for part, digest in PARTS.items() if part != name}


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        (PARTS, Scope(noted=True)),
        (changed("layer base"), Scope(layers=frozenset({"base"}), noted=True)),
        (changed("layer base", "layer plan/pro"), Scope(layers=frozenset({"base", "plan/pro"}), noted=True)),
        (without("layer plan/pro"), Scope(layers=frozenset({"plan/pro"}), noted=True)),
        (changed("layer new"), Scope(layers=frozenset({"new"}), noted=True)),
        (changed("prompt reply"), Scope(everything=True, prompts=REPLY, noted=True)),
        (changed("template prompts/reply.prompt.j2"), Scope(everything=True, prompts=REPLY, noted=True)),
        (changed("template fragments/tone.j2"), Scope(everything=True, prompts=BOTH, noted=True)),
        (changed("template fragments/spare.j2"), Scope(everything=True, prompts=frozenset(), noted=True)),
        (without("template fragments/tone.j2"), Scope(everything=True, prompts=BOTH, noted=True)),
        (changed("examples sources/examples/a.yaml"), Scope(everything=True, prompts=REPLY, noted=True)),
        (without("prompt title"), Scope(everything=True, prompts=frozenset({"title"}), noted=True)),
        (changed("prompt new"), Scope(everything=True, prompts=frozenset({"new"}), noted=True)),
        (changed("prompt reply", "template prompts/title.prompt.j2"), Scope(everything=True, prompts=BOTH, noted=True)),
        (changed("layer base", "prompt reply"), Scope(everything=True)),
        (changed("variable product"), Scope(everything=True)),
        (changed("variable product", "layer base"), Scope(everything=True)),
        (changed("order of variables"), Scope(everything=True)),
        (changed("settings"), Scope(everything=True)),
        (changed("model main"), Scope(everything=True)),
        (changed("tool search"), Scope(everything=True)),
        (changed("broken layer:base"), Scope(everything=True)),
        (without("broken prompt:old"), Scope(everything=True)),
        (changed("something that nobody knows yet"), Scope(everything=True)),
    ],
    ids=lambda value: "-".join(sorted(value.keys() ^ PARTS.keys() or {n for n in PARTS if value[n] != PARTS[n]})) if isinstance(value, dict) else "",
)
def test_whom_an_edit_of_the_sources_reaches(after: Mapping[str, str], wanted: Scope) -> None:
    found = scope_of(shape(), shape(after))
    assert (found.everything, found.prompts, found.layers, found.noted) == (wanted.everything, wanted.prompts, wanted.layers, wanted.noted)
    assert set(found.parts) == {name for name in PARTS.keys() | after.keys() if PARTS.get(name) != after.get(name)}


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_a_removal_in_a_layer_makes_of_it(when: str) -> None:
    """Whether a `!remove` makes sense depends on all layers."""
    sides = {"before": shape(), "after": shape(changed("layer base"))}
    sides[when] = Shape(sides[when].parts, CLOSURES, REPLY, layers_remove=True)
    assert scope_of(sides["before"], sides["after"]) == Scope(everything=True, parts=("layer base",))


def test_a_prompt_reaches_what_it_reached_before(tmp_path: Path) -> None:
    """An include that was taken out, and one that was put in."""
    tone = changed("template fragments/tone.j2")
    gone = shape(tone, closures={"reply": ["prompts/reply.prompt.j2"], "title": CLOSURES["title"]})
    assert scope_of(shape(), gone).prompts == BOTH
    assert scope_of(gone, shape()).prompts == BOTH
    shows = shape(changed("examples sources/examples/a.yaml"), with_examples=frozenset({"title"}))
    assert scope_of(shape(), shows).prompts == BOTH


def row(*chain: str, flags: int = 0) -> Row:
    return Row("tenants/a.yaml", 0, b"", "a", chain=chain, flags=flags)


@pytest.mark.parametrize(
    ("scope", "found", "reached"),
    [
        (Scope(), row("base"), False),
        (Scope(), row("base", flags=SAID | FAILED | REMOVES | BROKEN), False),
        (Scope(everything=True), row(), True),
        (Scope(everything=True, prompts=REPLY), row(), True),
        (Scope(noted=True), row("base", flags=RESOLVED | BROKEN | REMOVES), False),
        (Scope(noted=True), row(flags=SAID), True),
        (Scope(noted=True), row(flags=FAILED), True),
        (Scope(layers=frozenset({"base"})), row("base", "plan/pro"), True),
        (Scope(layers=frozenset({"base"})), row("plan/pro"), False),
        (Scope(layers=frozenset({"base"})), row(), False),
        (Scope(layers=frozenset({"base"})), row("plan/pro", flags=REMOVES), True),
        (Scope(layers=frozenset({"base"})), row("plan/pro", flags=SAID), False),
        (Scope(layers=frozenset({"base"}), noted=True), row("plan/pro", flags=SAID), True),
    ],
)
def test_whom_a_scope_reaches(scope: Scope, found: Row, *, reached: bool) -> None:
    assert scope.reaches(found) is reached


def test_a_scope_is_small_when_only_what_was_said_is_done_again() -> None:
    assert Scope().is_small
    assert Scope(noted=True).is_small
    assert not Scope(layers=frozenset({"base"})).is_small
    assert not Scope(everything=True, prompts=frozenset()).is_small


# In a project

FILES = {
    "sources/prompts/title.prompt.j2": "---\nmodel: main\n---\n{% include 'fragments/tone.j2' %}\nA title.\n",
    "sources/fragments/tone.j2": "Tone {{ vars.tone }}.\n",
    "tenants/layers/plan/pro.yaml": "variables: {tone: formal}\n",
    "tenants/initech.yaml": "extends: [plan/pro]\nvariables: {product: Initech}\n",
    "tenants/umbrella.yaml": "variables: {product: 'Um\u200bbrella'}\n",
    "tenants/hooli.yaml": "variables: {product: !file hooli.txt}\n",
    "tenants/hooli.txt": "Hooli\n",
    "tenants/many.jsonl": '{"id": "m1", "variables": {"product": "M1"}}\n{"id": "m2", "extends": ["plan/pro"], "variables": {"product": "M2"}}\n',
    "notes.md": "not a source\n",
}
ALL = {"acme", "globex", "initech", "umbrella", "hooli", "m1", "m2"}
NOTED = {"umbrella"}


def put(path: str, text: str) -> Callable[[Path], None]:
    return lambda folder: write(folder, {path: text})


def put_out(path: str) -> Callable[[Path], None]:
    return lambda folder: (folder / path).unlink()


def more(path: str, text: str) -> Callable[[Path], None]:
    return lambda folder: write(folder, {path: (folder / path).read_text() + text})


EDITS: dict[str, tuple[Callable[[Path], None], set[str], set[str] | None]] = {
    "nothing": (lambda folder: None, set(), None),
    "a note": (put("notes.md", "other"), set(), None),
    "a tenant": (put("tenants/acme.yaml", "variables: {product: A}\n"), {"acme"}, None),
    "a comment of a tenant": (more("tenants/acme.yaml", "# why\n"), {"acme"}, None),
    "a new tenant": (put("tenants/new.yaml", "variables: {product: N}\n"), {"new"} | NOTED, None),
    "a tenant gone": (put_out("tenants/globex.yaml"), NOTED, None),
    "a text that a tenant reads": (put("tenants/hooli.txt", "Hooli Two\n"), {"hooli"}, None),
    "a text that nobody reads": (put("tenants/other.txt", "x\n"), NOTED, None),
    "a line of many": (lambda f: edit(f / "tenants/many.jsonl", '"M1"', '"M9"'), {"m1"} | NOTED, None),
    "a line before others": (lambda f: write(f, {"tenants/many.jsonl": '{"id": "m0", "variables": {"product": "M"}}\n' + FILES["tenants/many.jsonl"]}), {"m0"} | NOTED, None),
    "a layer of some": (put("tenants/layers/plan/pro.yaml", "variables: {tone: warm}\n"), {"initech", "m2"} | NOTED, None),
    "a layer of all": (more("tenants/layers/base.yaml", "  tone: warm\n"), ALL, None),
    "a comment of a layer": (more("tenants/layers/base.yaml", "# why\n"), NOTED, None),
    "a new layer": (put("tenants/layers/plan/free.yaml", "variables: {tone: warm}\n"), NOTED, None),
    "a fragment of one": (put("sources/fragments/tone.j2", "A tone of {{ vars.tone }}.\n"), ALL, {"title"}),
    "a prompt": (lambda f: edit(f / "sources/prompts/hello.prompt.j2", "Be brief.", "Be exact."), ALL, {"hello"}),
    "a comment of a prompt's front matter": (lambda f: edit(f / "sources/prompts/hello.prompt.j2", "model: main", "model: main  # why"), NOTED, None),
    "a new prompt": (put("sources/prompts/new.prompt.j2", "---\nmodel: main\n---\nNew.\n"), ALL, {"new"}),
    "a comment of variables": (more("sources/variables.yaml", "# why\n"), NOTED, None),
    "a new variable": (more("sources/variables.yaml", "spare: {type: string}\n"), ALL, None),
    "a model": (lambda f: edit(f / "sources/models.yaml", "200000", "100000"), ALL, None),
    "a setting": (lambda f: write(f, {"pyproject.toml": '[tool.promptc]\nbase = ["base"]\nallow_characters = ["\\u00ad"]\n'}), ALL, None),
    "a comment of settings": (more("pyproject.toml", "# why\n"), NOTED, None),
}  # fmt: skip


@pytest.fixture(scope="module")
def built(built_once: Path) -> Path:
    """A project with tenants of every kind."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        trusting(monkeypatch)
        folder = hello(built_once / "project", FILES)
        assert run(folder).published
    return folder


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_done_again_by_those_it_reaches(name: str, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom an edit reaches; those of whom something was said are asked again whenever places or names may have moved."""
    trusting(monkeypatch)
    folder = Path(shutil.copytree(built, tmp_path / "project"))
    make, reached, prompts = EDITS[name]
    make(folder)
    with opened_whole(look(folder), BuildRequest(str(folder), mode="check", jobs=1), lambda *_: None) as whole:
        whole.plan()
        whole.work()
        assert {done.row.id for done in whole.done if done.row is not None} == reached
        for due in whole.outlook.due:
            if due.old is not None and due.old.id not in NOTED:
                assert due.only == prompts, due.file
