"""Starting: what `init` and `new tenant` write, and what they leave alone."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
import yaml

from promptc.core.errors import PromptcError
from promptc.driver.build import BuildRequest, build
from promptc.driver.init import init
from promptc.driver.new_tenant import NewTenant, Refused, draft, write
from promptc.driver.project import open_project
from tests.cli.conftest import ROOT


def test_what_init_writes_builds_without_a_finding(tmp_path: Path) -> None:
    started = init(str(tmp_path), "a/b")
    result = build(BuildRequest(str(tmp_path / "a" / "b")))
    assert (result.targets, result.findings, result.published) == (2, (), True)
    assert all((tmp_path / "a" / "b" / name).is_file() for name in started.written)


def test_every_file_of_the_starter_teaches(started: Path) -> None:
    for file in [*started.glob("sources/**/*"), *started.glob("tenants/**/*")]:
        if file.is_file():
            assert "#" in file.read_text(), file


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"   # mine')
    (tmp_path / ".gitignore").write_text("*.pyc\nbuild/*")
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode" / "settings.json").write_text("{} // mine\n")
    started = init(str(tmp_path), ".")
    assert set(started.extended) == {"pyproject.toml", ".gitignore"}
    assert [name for name, _ in started.kept] == [".vscode/settings.json"]
    text = (tmp_path / "pyproject.toml").read_text()
    assert text.startswith('[project]\nname = "x"   # mine\n')
    assert tomllib.loads(text)["tool"]["promptc"] == {"base": ["base"]}
    assert (tmp_path / ".gitignore").read_text().splitlines() == ["*.pyc", "build/*", "!build/.gitignore", ".promptc/"]
    assert (tmp_path / ".vscode" / "settings.json").read_text() == "{} // mine\n"
    assert not (tmp_path / "promptc.toml").exists()
    assert build(BuildRequest(str(tmp_path))).published
    with pytest.raises(PromptcError) as raised:
        init(str(tmp_path), ".")
    assert (raised.value.code, raised.value.exit_code) == ("C012", 5)


def test_editor_and_pre_commit_files_are_what_they_say(started: Path) -> None:
    settings = json.loads((started / ".vscode" / "settings.json").read_text())
    for schema in settings["yaml.schemas"]:
        assert (started / schema).is_file()
    hooks = yaml.safe_load((started / ".pre-commit-config.yaml").read_text())
    assert [hook["id"] for repo in hooks["repos"] for hook in repo["hooks"]] == ["promptc-check", "check-yaml"]


def test_a_new_tenant_of_the_example_is_right(tmp_path: Path) -> None:
    import shutil

    for name in ("sources", "tenants"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    hostile = 'A: "B" #c {d} ${e'
    wanted = NewTenant(
        "initech", "eu", hostile, "de", ("plan/pro",), {"a b": "no", "plan": "1.10"}, {"product": "I: #1\nline"}
    )
    made = draft(str(tmp_path), wanted)
    assert [variable.name for variable in made.missing] == []
    assert write(made, {}) == "tenants/eu/initech.yaml"
    opened = open_project(str(tmp_path))
    tenant = opened.project.tenants["initech"]
    assert (tenant.title, tenant.locale, tenant.extends) == (hostile, "de", ("plan/pro",))
    assert dict(tenant.labels) == {"a b": "no", "plan": "1.10"}
    text = (tmp_path / "tenants/eu/initech.yaml").read_text()
    # Everything that a tenant may set is named, each with what its chain gives.
    for variable in opened.project.variables.values():
        if "tenant" in variable.set_by:
            assert f"  {variable.name}:" in text or f"# {variable.name}:" in text
    uncommented = [line.replace("# ", "", 1) for line in text.splitlines() if line.startswith("  # tone:")]
    assert uncommented == ['  tone: "neutral"']


def test_a_tenant_that_would_be_wrong_is_not_written(project: Path) -> None:
    for wanted, code in (
        (NewTenant("zed", values={"product": "Z", "tone": "loud"}), "C019"),
        (NewTenant("zed", values={"prodct": "Z"}), "C009"),
        (NewTenant("zed", extends=("plan/enterprize",), values={"product": "Z"}), "C001"),
        (NewTenant("acme", values={"product": "Z"}), "C012"),
        (NewTenant("-rf", values={"product": "Z"}), "C001"),
        (NewTenant("a/b", values={"product": "Z"}), "C001"),
        (NewTenant("zed", folder="layers/x", values={"product": "Z"}), "C001"),
        (NewTenant("zed", folder="../x", values={"product": "Z"}), "C001"),
        (NewTenant("zed"), "C015"),
    ):
        with pytest.raises(PromptcError) as raised:
            write(draft(str(project), wanted), {})
        assert raised.value.code == code, wanted
        assert isinstance(raised.value, Refused) == (code == "C019")
    assert not list(project.rglob("zed*"))
    assert write(draft(str(project), NewTenant("zed")), {"product": "Z"}) == "tenants/zed.yaml"
