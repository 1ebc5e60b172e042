"""Review: who is odd, what is identical, why it differs, what may not be shown; and what a toolchain did."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from promptc.compiler.holes import Hole
from promptc.core.errors import PromptcError
from promptc.core.review import Group, Review, document, shown_line
from promptc.core.values import text_of
from promptc.driver import compared
from promptc.driver import review as reviewing
from promptc.driver.review import ReviewRequest, review
from promptc.driver.schemas.reviews import review_schema
from tests.engine.world import edit, hello, run, write

GIT = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
SECRET = """\
account: {type: string, default: "", confidential: true}
note:    {type: string, default: ""}
codes:   {type: array, items: {type: string}, default: [], confidential: true}
"""
TOOL = "description: Calls.\ninput: {type: object, properties: {code: {type: string, enum: {$vars: codes}}}}\n"


def git(folder: Path, *words: str) -> None:
    environment = {**os.environ, **GIT, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *words], cwd=folder, env=environment, check=True, capture_output=True)


def committed(folder: Path) -> Path:
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
        (folder / ".gitignore").write_text("build/\n.promptc/\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "a state")
    return folder


def tenants(count: int) -> dict[str, str]:
    return {f"tenants/t{number:03}.yaml": f"labels: {{plan: {'pro' if number % 2 else 'free'}}}\nvariables: {{product: Product {number}}}\n" for number in range(count)}


def against(folder: Path, base: str = "HEAD", head: str | None = None, **more: Any) -> Review:
    return review(ReviewRequest(str(folder), base, head, jobs=1, **more))


def body(group: Group) -> list[str]:
    return [f"-{shown_line(line)}" for line in group.before] + [f"+{shown_line(line)}" for line in group.after]


def everything(found: Review) -> str:
    return json.dumps(document(found), ensure_ascii=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return committed(hello(tmp_path / "project", tenants(20)))


def test_one_edit_of_many_targets_is_one_group(project: Path) -> None:
    edit(project / "sources/prompts/hello.prompt.j2", "Be brief.", "Be brief and kind.")
    found = against(project)
    (group,) = found.groups
    assert (found.changed, found.added, found.removed, found.unchanged) == (22, 0, 0, 0)
    assert body(group) == ["-Be brief.", "+Be brief and kind."]
    assert (group.is_identical, group.variants, len(group.targets), group.tenants) == (True, 1, 22, 22)
    assert not group.is_odd
    assert [cause.place for cause in group.causes] == ["sources/prompts/hello.prompt.j2:11"]
    assert [(one.file, one.line, one.groups) for one in found.edits] == [("sources/prompts/hello.prompt.j2", 11, (1,))]
    assert dict(group.labels)["plan"][:2] == (("pro", 10), ("free", 11)) or dict(dict(group.labels)["plan"])["pro"] == 10


def test_the_same_change_around_other_values_shows_them_as_holes(project: Path) -> None:
    edit(project / "sources/prompts/hello.prompt.j2", "You answer for {{ vars.product }}", "You speak for {{ vars.product }}")
    found = against(project, exclude=("acme", "globex"))
    (group,) = found.groups
    assert body(group) == ["-You answer for {product} in a neutral tone.", "+You speak for {product} in a neutral tone."]
    assert (group.is_identical, group.variants) == (False, 20)
    assert "Product 7" not in everything(found).replace('"t007"', "")


def test_an_odd_hunk_neither_hides_nor_breaks_a_group(project: Path) -> None:
    edit(project / "sources/prompts/hello.prompt.j2", "Be brief.", "Be brief and kind.")
    for number in (3, 11, 17):
        edit(project / f"tenants/t{number:03}.yaml", f"Product {number}", f"Odd {number}")
    found = against(project)
    odd, many = found.groups
    assert odd.is_odd
    assert {found.targets[number].tenant for number in odd.targets} == {"t003", "t011", "t017"}
    assert odd.variants == 3
    assert odd.examples[0].values == {"product": ("Product 3", "Odd 3")}
    assert len(many.targets) == 22
    assert many.is_identical


def test_two_value_changes_at_one_place_are_never_called_identical(project: Path) -> None:
    for number, name in ((3, "One"), (4, "Two")):
        edit(project / f"tenants/t{number:03}.yaml", f"Product {number}", name)
    (group,) = against(project).groups
    assert not group.is_identical
    assert group.variants == 2


def test_classes_ask_for_more_care_where_it_is_not_certain(project: Path) -> None:
    prompt = project / "sources/prompts/hello.prompt.j2"
    for old, new, change in (
        ("Be brief.", "Be  brief.", "whitespace"),
        ("Be  brief.", "Be short.", "text"),
        ("{{ input.message }}", "{{ input.message | trim }}", "interface"),
        ("inputs:\n", "config: {temperature: 0.5}\ninputs:\n", "model"),
        ("message: {type: string}", "message: {type: string, description: What they wrote.}", "interface"),
    ):
        committed(project)
        edit(prompt, old, new)
        assert {group.change for group in against(project).groups} == {change}, new


def test_a_tool_is_compared_by_structure(tmp_path: Path) -> None:
    folder = hello(tmp_path / "project", {"sources/tools/find.yaml": "description: Finds.\ninput: {type: object, properties: {q: {type: string}, n: {type: integer}}}\n"})
    edit(folder / "sources/prompts/hello.prompt.j2", "inputs:\n", "tools: [find]\ninputs:\n")
    committed(folder)
    edit(folder / "sources/tools/find.yaml", "n: {type: integer}", "n: {type: number}, m: {type: string}")
    groups = against(folder).groups
    assert {group.where for group in groups} == {"tool find"}
    assert sorted(body(group) for group in groups) == [['+input.properties.m: {"type": "string"}'], ['-input.properties.n.type: "integer"', '+input.properties.n.type: "number"']]
    assert {cause.place for group in groups for cause in group.causes} == {"sources/tools/find.yaml:1:1"}


def test_one_setting_of_many_prompts_is_one_group_whatever_else_they_set(project: Path) -> None:
    for number in range(8):
        edit(project / f"tenants/t{number:03}.yaml", "labels: {", f"extends: [hot/h{number % 4}]\nlabels: {{")
        write(project, {f"tenants/layers/hot/h{number % 4}.yaml": f"prompts: {{hello: {{config: {{temperature: 0.{number % 4 + 1}}}}}}}\n"})
    committed(project)
    edit(project / "sources/models.yaml", "window: ", "config: {max_tokens: 700}, window: ")
    (group,) = against(project).groups
    assert body(group) == ["+max_tokens: 700"]
    assert (len(group.targets), group.is_identical) == (22, True)


def test_a_layers_value_is_a_cause_with_its_line(project: Path) -> None:
    write(project, {"tenants/layers/base.yaml": "variables:\n  # the voice\n  tone: formal\n"})
    found = against(project)
    causes = {(cause.what, cause.place, cause.before, cause.after) for group in found.groups for cause in group.causes}
    assert ("vars.tone", "tenants/layers/base.yaml:3:9", '"neutral"', '"formal"') in causes


def test_an_edit_that_nothing_reads_is_said_to_change_nothing(project: Path) -> None:
    write(project, {"sources/fragments/unused.j2": "Nobody reads this.\n"})
    committed(project)
    write(project, {"sources/fragments/unused.j2": "Nobody at all.\n", "tenants/layers/unused.yaml": "variables: {tone: warm}\n"})
    edit(project / "sources/prompts/hello.prompt.j2", "Be brief.", "Be kind.")
    said = {one.file: (one.groups, one.says) for one in against(project).edits}
    assert said["sources/fragments/unused.j2"] == ((), "changes no artifact")
    assert said["tenants/layers/unused.yaml"] == ((), "changes no artifact")
    assert said["sources/prompts/hello.prompt.j2"] == ((1,), "")


def test_a_new_tenant_is_shown_against_its_chain_without_it(project: Path) -> None:
    write(project, {"tenants/initech.yaml": "variables: {product: Initech, tone: warm}\n", "tenants/plain.yaml": "variables: {product: Plain}\n"})
    found = against(project)
    assert (found.changed, found.added) == (0, 2)
    (group,) = found.groups
    assert group.kind == "new"
    assert body(group) == ["-You answer for Initech in a neutral tone.", "+You answer for Initech in a warm tone."]
    assert [(one.prompt, one.count) for one in found.new] == [("hello", 2)]


def test_what_does_not_compile_any_more_is_counted_apart_from_what_went(project: Path) -> None:
    write(project, {"tenants/t001.yaml": "variables: {prodct: X}\n"})
    (project / "tenants/t002.yaml").unlink()
    found = against(project)
    assert found.head.not_compiled == ("t001/hello",)
    assert [one.targets for one in found.broken] == [("t001/hello",)]
    assert [one.targets for one in found.gone] == [("t002/hello",)]
    assert (found.removed, found.unchanged) == (1, 20)
    assert [finding.code for finding in found.findings] == ["O101", "O111"] or "O101" in {finding.code for finding in found.findings}


def test_stale_overrides_are_listed_by_owner(tmp_path: Path) -> None:
    folder = hello(tmp_path / "project", tenants(3))
    edit(folder / "sources/prompts/hello.prompt.j2", "{rules: append}", "{rules: replace}")
    from promptc.driver.override import override

    write(folder, {"tenants/t001.yaml": "labels: {owner: team-one}\nvariables: {product: One}\n"})
    override(str(folder), "t001/hello", "rules", "Never be brief.")
    committed(folder)
    edit(folder / "sources/prompts/hello.prompt.j2", "Be brief.", "Be brief, and kind.")
    found = against(folder)
    assert [(owner, finding.code) for owner, finding in found.stale] == [("team-one", "O120")]


# Confidential values


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = hello(tmp_path / "project", tenants(4) | {"sources/tools/call.yaml": TOOL})
    with (folder / "sources/variables.yaml").open("a") as file:
        file.write(SECRET)
    edit(folder / "sources/prompts/hello.prompt.j2", "inputs:\n", "tools: [call]\ninputs:\n")
    edit(folder / "sources/prompts/hello.prompt.j2", "Be brief.", "Account {{ vars.account }}.\nShort {{ vars.account[:4] }}, {{ vars.account | upper }}.\n{{ vars.note }}\nBe brief.")
    write(folder, {"tenants/acme.yaml": 'variables: {product: Acme, account: alpha-4711, note: "for ${account}", codes: [bravo-1, charlie-2]}\n'})
    return committed(folder)


@pytest.mark.parametrize(
    "edited",
    [
        ("tenants/acme.yaml", "alpha-4711", "delta-9922"),
        ("tenants/acme.yaml", "bravo-1", "echo-3"),
        ("tenants/acme.yaml", 'note: "for ${account}"', 'note: "about ${account}"'),
        ("sources/prompts/hello.prompt.j2", "Account", "The account"),
        ("sources/prompts/hello.prompt.j2", "Short", "In short"),
        ("sources/variables.yaml", 'account: {type: string, default: "", confidential: true}', 'account: {type: string, default: ""}'),
        ("tenants/acme.yaml", "account: alpha-4711, ", ""),
    ],
)
@pytest.mark.parametrize("base", ["HEAD", "build", "root"])
def test_no_form_shows_a_confidential_value(secret: Path, edited: tuple[str, str, str], base: str) -> None:
    if base != "HEAD":
        run(secret)
    path, old, new = edited
    edit(secret / path, old, new)
    if base == "root":
        latest = json.loads((secret / "build" / "latest.json").read_text())
        (secret / "build" / "cache" / "states").unlink()
        base = latest["root"]
    text = everything(against(secret, base)).lower()
    for word in ("alpha", "4711", "delta", "9922", "bravo", "charlie", "echo-3", "alph", "delt"):
        assert word not in text, word
    if path.startswith("tenants"):
        shown = everything(against(secret, base, reveal=True)).lower()
        assert any(word in shown for word in ("alpha", "bravo", "delta"))


# Sides


def test_a_revision_is_compiled_as_it_stands_in_git(project: Path) -> None:
    prompt = project / "sources/prompts/hello.prompt.j2"
    edit(prompt, "Be brief.", "Be one.")
    committed(project)
    edit(prompt, "Be one.", "Be two.")
    committed(project)
    edit(prompt, "Be two.", "Be three.")
    for base, head, lines in (
        ("HEAD~2", "HEAD~1", ["-Be brief.", "+Be one."]),
        ("HEAD~1", "HEAD", ["-Be one.", "+Be two."]),
        ("HEAD", None, ["-Be two.", "+Be three."]),
        ("HEAD", "HEAD~2", ["-Be two.", "+Be brief."]),
        ("working-tree", "HEAD~1", ["-Be three.", "+Be one."]),
    ):
        (group,) = against(project, base, head).groups
        assert body(group) == lines


def test_what_was_compiled_once_is_not_compiled_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(project / "sources/prompts/hello.prompt.j2", "Be brief.", "Be kind.")
    run(project)
    first = against(project)
    monkeypatch.setattr(compared, "total_done", _only_the_working_tree(compared.total_done))
    assert against(project) == first


def _only_the_working_tree(real: Any) -> Any:
    def total_done(whole: Any, commit: Any) -> Any:
        assert whole.seen.given is None, "the revision was compiled again"
        return real(whole, commit)

    return total_done


def test_nothing_that_the_last_build_left_is_touched(project: Path) -> None:
    run(project)
    before = {path: path.read_bytes() for path in (project / "build").rglob("*") if path.is_file() and "cache" not in path.parts}
    edit(project / "sources/prompts/hello.prompt.j2", "Be brief.", "Be kind.")
    against(project)
    assert {path: path.read_bytes() for path in before} == before
    assert {path for path in (project / "build").rglob("*") if path.is_file() and "cache" not in path.parts} == set(before)
    assert run(project).changes


def test_a_project_in_a_folder_of_a_repository(tmp_path: Path) -> None:
    folder = hello(tmp_path / "repository" / "prompts" / "한국어", tenants(2))
    committed(tmp_path / "repository")
    edit(folder / "sources/prompts/hello.prompt.j2", "Be brief.", "Be kind.")
    (group,) = against(folder).groups
    assert len(group.targets) == 4


def test_line_ends_of_windows_change_nothing(project: Path) -> None:
    for path in (*project.glob("sources/**/*.j2"), *project.glob("tenants/**/*.yaml")):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    found = against(project)
    assert not found.differs
    assert {one.says for one in found.edits} <= {"changes no artifact"}


def test_an_edit_within_a_second_with_its_times_set_back_is_seen(project: Path) -> None:
    path = project / "tenants/t001.yaml"
    status = path.stat()
    edit(path, "Product 1", "Product X")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert against(project).changed == 1


def test_a_shallow_clone_says_what_to_fetch(project: Path, tmp_path: Path) -> None:
    committed(project)
    git(tmp_path, "clone", "-q", "--depth", "1", project.as_uri(), str(tmp_path / "shallow"))
    with pytest.raises(PromptcError) as refused:
        against(tmp_path / "shallow", "HEAD~1")
    assert refused.value.code == "G003"
    assert "git fetch --unshallow" in refused.value.hint


def test_what_another_toolchain_made_buries_no_real_change(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older promptc wrote another word; somebody edits one tenant at the same time."""
    from promptc.engine import toolchain

    with monkeypatch.context() as older:
        older.setattr("promptc.compiler.link.text_of", lambda value: text_of(value).replace("neutral", "NEUTRAL"))
        older.setattr("promptc.compiler.holes.Hole.text", lambda hole, roots, real=Hole.text: real(hole, roots).replace("neutral", "NEUTRAL"))
        older.setattr(toolchain, "identity", lambda: "code 0, promptc 0.0.1")
        older.setattr(toolchain, "state", lambda: "another")
        run(project)
    edit(project / "tenants/t003.yaml", "Product 3", "Odd")
    found = against(project, "build")
    by_class = {group.change: group for group in found.groups}
    assert set(by_class) == {"text", "toolchain"}
    assert {found.targets[number].tenant for number in by_class["text"].targets} == {"t003"}
    assert {"code", "promptc"} <= {cause.what for cause in found.toolchain}
    assert found.groups[-1].change == "toolchain"


def test_the_document_is_as_its_schema_says(project: Path) -> None:
    edit(project / "sources/prompts/hello.prompt.j2", "You answer for {{ vars.product }}", "You speak for {{ vars.product }}")
    write(project, {"tenants/initech.yaml": "variables: {product: Initech, tone: warm}\n", "tenants/t001.yaml": "variables: {prodct: X}\n"})
    (project / "tenants/t002.yaml").unlink()
    jsonschema.validate(document(against(project)), review_schema())


def test_a_selection_limits_what_is_counted(project: Path) -> None:
    edit(project / "sources/prompts/hello.prompt.j2", "Be brief.", "Be kind.")
    assert against(project, select=("label:plan=pro",)).changed == 10
    assert against(project, select=("tenant:t00*",), exclude=("t001",)).changed == 9
    assert against(project, select=("t001/hello", "acme")).changed == 2
    with pytest.raises(PromptcError, match="unknown prompt"):
        against(project, select=("prompt:nothing",))


def test_tokens_are_counted_by_a_file_of_the_project(project: Path) -> None:
    ranks = [bytes([number]) for number in range(256)]
    write(project, {"small.tiktoken": "".join(f"{base64.b64encode(text).decode()} {rank}\n" for rank, text in enumerate(ranks))})
    with (project / "pyproject.toml").open("a") as file:
        file.write('tokenizer = "small.tiktoken"\n')
    edit(project / "sources/prompts/hello.prompt.j2", "Be brief.", "Be brief brief.")
    (group,) = against(project).groups
    assert group.tokens is not None
    assert group.tokens[1] - group.tokens[0] == len(" brief")
    write(project, {"small.tiktoken": "not one"})
    with pytest.raises(PromptcError, match="can't be used"):
        against(project)


def test_labels_may_be_counted_by_one(project: Path) -> None:
    edit(project / "sources/prompts/hello.prompt.j2", "Be brief.", "Be kind.")
    (group,) = against(project, by="plan").groups
    assert [key for key, _ in group.labels] == ["plan"]
    assert reviewing.REASONS_MAX > 1
