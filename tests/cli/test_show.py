"""Showing and explaining: what is printed is what the artifact holds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from promptc.cli import main
from promptc.cli.view import condition_text, path_text
from promptc.driver.build import BuildRequest, build
from tests.cli.conftest import Promptc


@pytest.fixture
def say(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> "Say":  # noqa: UP037 - the class stands below
    monkeypatch.chdir(project)
    return Say(capsys)


class Say:
    """Runs promptc in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str, code: int = 0) -> str:
        self.capsys.readouterr()
        found = main.run(list(arguments))
        captured = self.capsys.readouterr()
        assert found == code, captured.err
        return captured.out if code == 0 else captured.err


def test_json_is_the_artifacts_own_bytes(project: Path, promptc: Promptc) -> None:
    shown = promptc("show", "acme/reply", "--format", "json", cwd=project)
    listed = json.loads(promptc("list", "acme/reply", "--format", "json", cwd=project).stdout)
    assert "sha256:" + hashlib.sha256(shown.stdout.encode()).hexdigest() == listed[0]["digest"]


def test_a_digest_finds_what_was_built(say: Say, project: Path) -> None:
    result = build(BuildRequest(str(project)))
    digest = json.loads(say("list", "acme/reply", "--format", "json"))[0]["digest"]
    by_target = say("show", "acme/reply")
    for name in (digest, digest.removeprefix("sha256:"), digest[: len("sha256:") + 8], digest[len("sha256:") :][:8]):
        assert say("show", name) == by_target
    # It is shown as it was built, whatever the sources say now.
    (project / "tenants" / "acme.yaml").unlink()
    assert "Acme" in say("show", digest)
    assert "error[D005]" in say("show", str(result.root), code=4)
    assert "error[C008]" in say("show", "sha256:" + "0" * 64, code=2)


def test_an_ambiguous_prefix_asks_for_more(say: Say, project: Path) -> None:
    build(BuildRequest(str(project)))
    folder = project / "build" / "blobs" / "sha256" / "ab"
    folder.mkdir(exist_ok=True)
    for end in ("0", "1"):
        (folder / ("ab" + "c" * 61 + end)).write_bytes(b"x")
    said = say("show", "abcccccccc", code=2)
    assert "begins 2 digests" in said


def test_inputs_are_those_of_the_runtime(say: Say, project: Path) -> None:
    (project / "in.json").write_text('{"message": "Hi {{ vars.product }}", "customer_name": "Ada"}')
    said = say("show", "acme/reply", "--input", "in.json")
    assert "Greet Ada by name." in said
    assert "Hi {{ vars.product }}" in said
    (project / "history.json").write_text('[{"role": "user", "content": "before"}]')
    body = json.loads(
        say("show", "acme/reply", "--input", "in.json", "--history", "history.json", "--format", "openai")
    )
    assert [m["content"] for m in body["messages"][1:]] == ["before", "Hi {{ vars.product }}"]
    assert "message" in say("show", "acme/reply", "--format", "openai", code=2)
    (project / "wrong.json").write_text('{"mesage": "x", "customer_name": 3}')
    said = say("show", "acme/reply", "--input", "wrong.json", code=2)
    assert said.count("error[R") == 3, "all that is wrong is said at once"


@pytest.mark.parametrize("form", ["openai", "anthropic", "gemini"])
def test_bodies(form: str, say: Say, project: Path) -> None:
    models = project / "sources" / "models.yaml"
    models.write_text(models.read_text() + "  refuses: [temperature]\n")
    assert "charged twice" in say("show", "acme/reply", "--case", "refund", "--format", form)


def test_origins_stand_beside_each_line(say: Say) -> None:
    said = say("show", "acme/reply", "--origins")
    lines = [line for line in said.splitlines() if "│" in line]
    assert any("sources/fragments/safety.j2:2" in line and "Never invent facts about Acme." in line for line in lines)
    assert any("(plan/enterprise)" in line and "account manager" in line for line in lines)
    texts = [line.split("│ ", 1)[-1] for line in lines if "│ " in line]
    assert "You are the assistant of Acme. Answer in a formal tone." in texts


def test_options_that_exclude_each_other(say: Say) -> None:
    assert "C001" in say("show", "acme/reply", "--case", "refund", "--input", "x.json", code=2)
    assert "C001" in say("show", "acme/reply", "--origins", "--format", "json", code=2)


def test_confidential_values_are_masked(say: Say, project: Path) -> None:
    with (project / "sources" / "variables.yaml").open("a") as file:
        file.write("secret: {type: string, default: '', confidential: true}\nopen: {type: string, default: ''}\n")
    with (project / "tenants" / "globex.yaml").open("a") as file:
        file.write("  secret: hush\n  open: ${secret}\n")
    for name in ("secret", "open"):
        for form in ("text", "json"):
            assert "hush" not in say("explain", "globex", name, "--format", form)
            assert "hush" in say("explain", "globex", name, "--format", form, "--reveal")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ({"true": ["input", "vip"]}, "input.vip"),
        ({"not": {"or": [{"true": ["input", "a"]}, {"has": ["input", "b"]}]}}, "not (input.a or input.b is given)"),
        ({"and": [{"first": "i1"}, {"last": "i1"}]}, "i1 is the first and i1 is the last"),
        ({"is": [["input", "n"], ">=", 3]}, "input.n >= 3"),
        ({"is": [{"length": ["input", "l"]}, "==", 0]}, "length of input.l == 0"),
        ({"is": [{"index": "i1"}, "!=", 1]}, "number of i1 != 1"),
        ({"is": [["input", "x"], "in", ["a", "b"]]}, 'input.x in ["a", "b"]'),
        ({"contains": [["input", "tags"], "x"]}, '"x" in input.tags'),
    ],
    ids=str,
)
def test_conditions_read_as_jinja_writes_them(condition: dict[str, object], text: str) -> None:
    assert condition_text(condition) == text


def test_paths() -> None:
    assert path_text(["input", "documents", 0, "title"]) == "input.documents[0].title"
