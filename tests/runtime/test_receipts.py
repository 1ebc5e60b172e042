"""A receipt that a service kept, looked at afterwards on the command line: the same body, or what differs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promptc.cli.main import run
from promptc.runtime import Prompts
from tests.engine.world import hello


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project that was promoted, a request's inputs and history, and the receipt that its service kept."""
    found = hello(tmp_path / "project", {})
    for line in ("build", "promote prod --new --yes --who a --registry registry"):
        assert run(["-C", str(found), *line.split()]) == 0
    inputs, history = {"message": "Hi"}, [{"role": "user", "content": "Good day"}]
    with Prompts.open(str(found / "registry"), channel="prod", models={"claude-sonnet-4-5": "eu-sonnet"}, refresh_seconds=0) as client:
        prompt = client.get("acme", "hello")
        assert set(prompt.inputs) == {"message"}
        ready = prompt.render(inputs)
        ready.openai(api="responses")
        (found / "receipt.json").write_text(ready.receipt + "\n")
    (found / "inputs.json").write_text(json.dumps(inputs))
    (found / "history.json").write_text(json.dumps(history))
    return found


def shown(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    at = ["show", "--receipt", str(folder / "receipt.json"), "--registry", str(folder / "registry"), "--format", "json"]
    code = run([*at, *words])
    said = capsys.readouterr()
    return code, json.loads(said.out or "{}")


def test_the_same_inputs_make_the_same_body(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = shown(folder, capsys, "--input", str(folder / "inputs.json"))
    assert (code, said["agrees"], said["served"], said["inputs"], said["body"]) == (0, True, True, True, True)
    assert isinstance(said["made"], dict)
    assert said["made"]["model"] == "eu-sonnet"


def test_other_inputs_are_told_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "inputs.json").write_text('{"message": "Ho"}')
    code, said = shown(folder, capsys, "--input", str(folder / "inputs.json"))
    assert (code, said["inputs"], said["body"]) == (1, False, False)


def test_a_receipt_of_what_was_never_served_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads((folder / "receipt.json").read_text())
    (folder / "receipt.json").write_text(json.dumps({**found, "served": "globex"}))
    assert shown(folder, capsys)[1]["served"] is False
    (folder / "receipt.json").write_text("no receipt\n")
    assert shown(folder, capsys)[0] == 2


def test_without_inputs_the_entry_is_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = shown(folder, capsys)
    assert (code, said["served"], said["body"]) == (0, True, None)
