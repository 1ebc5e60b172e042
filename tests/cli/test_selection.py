"""Selections: what each word names, and that a word that names nothing is never an empty answer."""

from __future__ import annotations

import pytest

from promptc.compiler.project import Overlay, Project, Settings
from promptc.compiler.schema.load import load_project
from promptc.core.errors import PromptcError
from promptc.driver.selection import choose, parse_selection

PROMPT = b"---\nmodel: main\n---\nHello.\n"
TREE = {
    "sources/models.yaml": b"main: {provider: openai, name: gpt-4.1}\n",
    "sources/prompts/reply.prompt.j2": PROMPT,
    "sources/prompts/triage.prompt.j2": PROMPT,
    "tenants/layers/plan/pro.yaml": b"labels: {plan: pro}\n",
    "tenants/acme.yaml": b"extends: [plan/pro]\naliases: [org_1]\n",
    "tenants/eu/globex.yaml": b"labels: {plan: free, region: eu}\n",
    "tenants/eu/initech.yaml": b"extends: [plan/pro]\nlabels: {region: eu}\n",
    "tenants/broken.yaml": b"labels: [\n",
}


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project(TREE, Settings()).project


def chosen(project: Project, *select: str, exclude: tuple[str, ...] = ()) -> list[str]:
    found = choose(project, parse_selection(select, exclude))
    return [f"{tenant}/{prompt}" for tenant, prompts in found.prompts.items() for prompt in sorted(prompts)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["acme"], ["acme/reply", "acme/triage"]),
        (["org_1"], ["acme/reply", "acme/triage"]),
        (["acme/reply"], ["acme/reply"]),
        (["prompt:triage"], ["acme/triage", "globex/triage", "initech/triage"]),
        (
            ["tenant:*e*"],
            ["acme/reply", "acme/triage", "globex/reply", "globex/triage", "initech/reply", "initech/triage"],
        ),
        (["tenant:in*"], ["initech/reply", "initech/triage"]),
        (["label:plan=pro"], ["acme/reply", "acme/triage", "initech/reply", "initech/triage"]),
        (
            ["label:region=eu", "acme/reply"],
            ["acme/reply", "globex/reply", "globex/triage", "initech/reply", "initech/triage"],
        ),
        (["acme/reply", "acme"], ["acme/reply", "acme/triage"]),
    ],
    ids=str,
)
def test_words(words: list[str], expected: list[str], project: Project) -> None:
    assert chosen(project, *words) == expected


def test_no_word_is_everything_and_exclude_takes_away(project: Project) -> None:
    assert len(chosen(project)) == 6
    assert chosen(project, exclude=("prompt:reply", "label:plan=pro")) == ["globex/triage"]
    assert chosen(project, "acme", exclude=("acme/triage",)) == ["acme/reply"]


def test_a_tenant_whose_file_is_broken_is_named_and_counted(project: Project) -> None:
    found = choose(project, parse_selection(["broken", "acme"]))
    assert found.broken == ("broken",)
    assert set(found.prompts) == {"acme"}


@pytest.mark.parametrize(
    ("word", "code", "hint"),
    [
        ("acm", "C003", "did you mean `acme`?"),
        ("reply", "C003", "`reply` is a prompt: write `prompt:reply`"),
        ("plan/pro", "C003", ""),
        ("acme/repl", "C004", "did you mean `reply`?"),
        ("prompt:repli", "C004", "did you mean `reply`?"),
        ("tenant:zz*", "C003", ""),
        ("label:plan=prof", "C005", "did you mean `label:plan=pro`?"),
        ("label:plan", "C007", "labels are written `label:KEY=VALUE`"),
        ("tenant:", "C007", ""),
        ("", "C007", ""),
        ("acm*", "C007", "globs are written `tenant:acm*`"),
        ("lable:plan=pro", "C007", "did you mean `label:`?"),
        ("/reply", "C007", ""),
        ("acme/", "C007", ""),
        ("a/b/c", "C007", ""),
    ],
)
def test_words_that_name_nothing(word: str, code: str, hint: str, project: Project) -> None:
    with pytest.raises(PromptcError) as raised:
        choose(project, parse_selection([word]))
    assert raised.value.code == code
    assert hint in raised.value.hint


def test_a_selection_resolves_no_other_tenant(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    from promptc.compiler.resolve import Resolver
    from promptc.driver.project import Opened
    from promptc.driver.targets import compile_selected

    resolved = []
    whole = Resolver.resolve

    def noted(self: Resolver, overlay: Overlay) -> object:
        resolved.append(overlay.name)
        return whole(self, overlay)

    monkeypatch.setattr(Resolver, "resolve", noted)
    loaded = load_project(TREE, Settings())
    opened = Opened(Path("."), Settings(), loaded.project, TREE, loaded.findings)
    work = compile_selected(opened, parse_selection(["label:plan=free"]))
    assert set(resolved) == {"globex"}
    # What is said of files that belong to other tenants is not said here.
    assert not work.findings
    assert work.target_count == 2


@pytest.mark.parametrize(
    ("path", "text", "select", "is_said"),
    [
        ("tenants/eu/globex.yaml", b"labels: {plan: free, region: eu}\nlocal: en\n", "acme", False),
        ("tenants/eu/globex.yaml", b"labels: {plan: free, region: eu}\nlocal: en\n", "globex", True),
        ("tenants/layers/plan/free.yaml", b"label: {}\n", "acme", True),  # unknown, so it may be anybody's
        ("tenants/layers/plan/free.yaml", b"variables: {x: 1}\n", "acme", False),
        ("tenants/layers/plan/pro.yaml", b"variables: {x: 1}\n", "acme", True),
        ("tenants/a.b.yaml", b"[\n", "acme", False),
        ("sources/prompts/triage.prompt.j2", PROMPT + b"{{ vars.x }}", "acme/reply", False),
        ("sources/prompts/triage.prompt.j2", PROMPT + b"{{ vars.x }}", "acme/triage", True),
        ("sources/fragments/a.j2", b"{{ vars.x }}", "acme", False),
        ("sources/variables.yaml", b"x: {typ: string}\n", "acme", True),
    ],
)
def test_a_selection_is_not_stopped_by_what_is_beside_it(path: str, text: bytes, select: str, is_said: bool) -> None:
    from pathlib import Path

    from promptc.driver.project import Opened
    from promptc.driver.targets import compile_selected

    tree = {**TREE, path: text}
    loaded = load_project(tree, Settings())
    opened = Opened(Path("."), Settings(), loaded.project, tree, loaded.findings)
    work = compile_selected(opened, parse_selection([select]))
    assert work.has_errors is is_said, work.findings
    everything = compile_selected(opened, parse_selection([]))
    assert everything.has_errors
