"""The Action: its files parse, no expression reaches a shell line, and its steps do what they say with hostile names."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from promptc.core.findings import Finding, Place
from promptc.core.review import document
from promptc.driver import starter
from tests.cli.conftest import ROOT, environment
from tests.cli.markdown_world import moment, review, usual

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
COMMENT = yaml.safe_load((ROOT / ".github" / "comment" / "action.yml").read_text())
CI = (ROOT / "docs" / "ci.md").read_text()
SCRIPTS = ROOT / ".github" / "review"
HOSTILE = "$(touch owned);`touch owned`;'\"\n&& touch owned #"


def steps(data: Any) -> list[dict[str, Any]]:
    """Every step anywhere in a workflow or an action."""
    if isinstance(data, dict):
        own = [data] if "run" in data else []
        return own + [step for value in data.values() for step in steps(value)]
    return [step for value in data for step in steps(value)] if isinstance(data, list) else []


def test_no_expression_reaches_a_shell_line() -> None:
    found = [*steps(ACTION), *steps(COMMENT)]
    for sample in re.findall(r"^```yaml\n(.*?)^```$", CI, re.M | re.S):
        found += steps(yaml.safe_load(sample))
    assert len(found) == 6
    for step in found:
        assert "${{" not in step["run"], step["name"]
        assert step["shell"] == "bash"


def test_every_expression_is_of_a_few_known_ones() -> None:
    text = (ROOT / "action.yml").read_text() + (ROOT / ".github" / "comment" / "action.yml").read_text()
    known = r"(inputs\.[\w-]+|github\.(token|event\.before|event\.pull_request\.base\.sha)|steps\.\w+\.outputs\.\w+)"
    for expression in re.findall(r"\$\{\{ (.*?) \}\}", text):
        if expression != "!cancelled() && steps.diff.outputs.json != ''":
            assert re.fullmatch(rf"{known}( \|\| {known})*", expression), expression


def test_inputs_are_used_and_documented() -> None:
    text = (ROOT / "action.yml").read_text()
    for name in ACTION["inputs"]:
        assert f"inputs.{name}" in text
        assert f"| `{name}` |" in CI
    for name in ACTION["outputs"]:
        assert f"`{name}`" in CI
    assert not re.search(r"uses:", text), "nobody else's action runs in this one"


def test_pre_commit_hook_is_the_one_that_init_writes() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (local,) = yaml.safe_load(starter.PRE_COMMIT)["repos"][0]["hooks"]
    assert {**local, "language": "python"} == {key: value for key, value in hook.items() if key != "description"}
    for path in (
        "sources/prompts/a.prompt.j2",
        "tenants/acme.yaml",
        "tenants/eu/a.jsonl",
        "promptc.toml",
        "pyproject.toml",
    ):
        assert re.search(hook["files"], path)
    assert not re.search(hook["files"], "docs/tenants/readme.md")


FAKE = """#!{python}
import json, os, sys
with open(os.environ["CALLS"], "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
print("::error::not a command here")
code = int(os.environ.get("JSON_CODE" if "json" in sys.argv and "JSON_CODE" in os.environ else "CODE", "0"))
if code in (0, 1, 3):
    open(sys.argv[sys.argv.index("--output") + 1], "w").write("<!-- promptc:review -->\\n")
sys.exit(code)
"""


@dataclass
class Runner:
    """Runs a script of the Action as a runner does: variables, and files for outputs and the summary."""

    folder: Path
    project: Path

    def run(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        given = environment(
            RUNNER_TEMP=str(self.folder), GITHUB_OUTPUT=str(self.folder / "output"), CALLS=str(self.folder / "calls"),
            GITHUB_STEP_SUMMARY=str(self.folder / "summary"), GIT_CONFIG_GLOBAL=os.devnull, **variables,
        )  # fmt: skip
        return subprocess.run(
            ["bash", str(SCRIPTS / script)], cwd=self.project, env=given, capture_output=True, text=True, timeout=60
        )

    def outputs(self) -> dict[str, str]:
        path = self.folder / "output"
        return dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}

    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.folder / "calls").read_text().splitlines()]


def git(folder: Path, *arguments: str) -> str:
    names = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *names, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A shallow clone of a repository whose default branch and a fork's branch both went on from one commit."""
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    for name in ("one", "two", "three"):
        git(origin, "commit", "-q", "--allow-empty", "-m", name)
    git(origin, "checkout", "-q", "-b", "fork", "HEAD~1")
    git(origin, "commit", "-q", "--allow-empty", "-m", "of the fork")
    git(origin, "checkout", "-q", "main")
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{origin}", "project")
    temp = tmp_path / "temp"
    (temp / "promptc" / "bin").mkdir(parents=True)
    fake = temp / "promptc" / "bin" / "promptc"
    fake.write_text(FAKE.format(python=sys.executable))
    fake.chmod(0o755)
    return Runner(temp, tmp_path / "project")


def test_a_base_that_a_shallow_clone_lacks_is_fetched(runner: Runner) -> None:
    wanted = git(runner.project.parent / "origin", "rev-parse", "main~2")
    done = runner.run("fetch.sh", BASE=wanted)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runner.outputs() == {"base": wanted, "head": ""}
    assert git(runner.project, "cat-file", "-t", wanted) == "commit"
    assert git(runner.project, "rev-parse", "--is-shallow-repository") == "true"


def test_a_branch_becomes_its_commit(runner: Runner) -> None:
    assert runner.run("fetch.sh", BASE="fork").returncode == 0
    assert runner.outputs()["base"] == git(runner.project.parent / "origin", "rev-parse", "fork")


def test_a_head_is_compared_with_where_it_left(runner: Runner) -> None:
    origin = runner.project.parent / "origin"
    head = git(origin, "rev-parse", "fork")
    done = runner.run("fetch.sh", BASE="", HEAD=head)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runner.outputs() == {"base": git(origin, "rev-parse", "main~1"), "head": head}


@pytest.mark.parametrize("base", ["build", "root:abcdef12", "sha256:" + "0" * 64, "pins/prod.json"])
def test_a_base_that_is_no_revision_stays(runner: Runner, base: str) -> None:
    assert runner.run("fetch.sh", BASE=base).returncode == 0
    assert runner.outputs()["base"] == base


@pytest.mark.parametrize(
    "base",
    [
        "",
        "0" * 40,
        "-x",
        "--upload-pack=touch owned",
        "nowhere",
        "+main:refs/heads/x",
        HOSTILE,
        HOSTILE.replace("\n", ""),
    ],
)
def test_other_bases_are_refused(runner: Runner, base: str) -> None:
    done = runner.run("fetch.sh", BASE=base)
    assert done.returncode == 2
    assert done.stdout.startswith("::error title=promptc::")
    assert len(done.stdout.splitlines()) == 1
    assert not list(runner.project.parent.rglob("owned"))
    assert runner.outputs() == {}


def test_words_reach_promptc_as_they_are(runner: Runner) -> None:
    done = runner.run("diff.sh", BASE="-x", HEAD="abc", SELECT=f"acme  label:plan=* -rf\n{HOSTILE}", CODE="1")
    assert done.returncode == 0, done.stderr
    first, second = runner.calls()
    words = ["acme", "label:plan=*", "-rf", *HOSTILE.split()]
    assert [word.removeprefix("--select=") for word in first if word.startswith("--select=")] == words
    assert first[-3:] == second[-3:] == ["--", "-x", "abc"]
    assert (first[first.index("--format") + 1], second[second.index("--format") + 1]) == ("markdown", "json")
    assert not list(runner.project.parent.rglob("owned"))


@pytest.mark.parametrize(("code", "differs"), [("0", "false"), ("1", "true"), ("3", "true")])
def test_differences_are_no_failure_of_the_comparison(runner: Runner, code: str, differs: str) -> None:
    done = runner.run("diff.sh", BASE="main", CODE=code)
    assert done.returncode == 0
    assert runner.outputs()["differs"] == differs
    assert (runner.folder / "summary").read_text().startswith("<!-- promptc:review -->")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("::stop-commands::")
    assert lines[-1] == f"::{lines[0].removeprefix('::stop-commands::')}::"


@pytest.mark.parametrize("code", ["2", "6", "70"])
def test_what_could_not_be_compared_is(runner: Runner, code: str) -> None:
    done = runner.run("diff.sh", BASE="main", CODE=code)
    assert done.returncode == int(code)
    assert runner.outputs() == {}
    assert done.stdout.splitlines()[-1].endswith("::")


@pytest.mark.parametrize(("code", "again"), [("0", "1"), ("1", "0"), ("1", "6")])
def test_two_answers_are_none(runner: Runner, code: str, again: str) -> None:
    done = runner.run("diff.sh", BASE="main", CODE=code, JSON_CODE=again)
    assert done.returncode != 0
    assert done.stdout.splitlines()[-1].startswith("::error title=promptc::")
    assert runner.outputs() == {}


def verdict(folder: Path, given: Any, words: str) -> subprocess.CompletedProcess[str]:
    path = folder / "review.json"
    path.write_text(json.dumps(document(given)))
    command = [sys.executable, str(SCRIPTS / "verdict.py"), f"--fail-on={words}", "--folder=prompts/", "--", str(path)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("words", "code"),
    [("none", 0), ("incomplete", 0), ("findings", 1), ("interface", 1), ("model,text", 1), ("any", 1), ("incomplete any", 1),
     ("", 2), ("anything", 2), ("none any", 2), (HOSTILE, 2)],
)  # fmt: skip
def test_a_verdict_fails_on_what_is_named(tmp_path: Path, words: str, code: int) -> None:
    done = verdict(tmp_path, usual(), words)
    assert done.returncode == code, done.stdout + done.stderr
    if code < 2:
        assert "::error file=prompts/tenants/acme.yaml,line=4,col=10,title=promptc O104::unknown layer" in done.stdout
        assert "::warning file=prompts/tenants/pied.yaml,line=8" in done.stdout
    assert all(line.startswith("::") for line in done.stdout.splitlines())


def test_nothing_to_fail_on(tmp_path: Path) -> None:
    for words in ("none", "incomplete findings interface model text any"):
        done = verdict(tmp_path, review(), words)
        assert (done.returncode, done.stdout) == (0, "")


def test_what_could_not_be_compiled_fails_as_such(tmp_path: Path) -> None:
    given = review(head=moment("the working tree", not_compiled=("a/b",)))
    done = verdict(tmp_path, given, "any incomplete")
    assert done.returncode == 3
    assert done.stdout == "::error title=promptc::1 target could not be compiled\n"
    assert verdict(tmp_path, given, "none").returncode == 0


def test_a_stale_override_is_annotated_once(tmp_path: Path) -> None:
    stale = Finding("O120", "m", Place("tenants/a.yaml", 1, 1), "warning")
    done = verdict(tmp_path, review(findings=(stale,), stale=(("growth", stale),)), "findings")
    assert done.stdout.count("::warning") == 1
    assert done.stdout.endswith("::error title=promptc::1 new finding\n")
