"""Graphs: what targets are made of, backwards from files, and each format."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from promptc.cli import main
from promptc.driver.graph import graph, reach
from tests.cli.conftest import ROOT


@pytest.fixture(scope="module")
def example() -> str:
    return str(ROOT)


def test_stand_ins_take_the_place_of_what_they_stand_for(example: str) -> None:
    english = {node.file for node in graph(example, ["acme/support-reply"]).nodes.values()}
    korean = {node.file for node in graph(example, ["daon/support-reply"]).nodes.values()}
    assert "sources/fragments/safety.j2" in english
    assert "sources/fragments/safety.ko.j2" not in english
    assert "sources/fragments/safety.ko.j2" in korean
    assert "sources/fragments/safety.j2" not in korean


def test_what_a_target_is_made_of(example: str) -> None:
    made = graph(example, ["acme/agent"])
    kinds = {edge.how for edge in made.edges}
    assert {"prompt", "extends", "include", "import", "reads", "model", "tool", "chain"} <= kinds
    assert made.chains["acme/agent"][-1] == "acme"
    assert "tool:lookup_order" in made.nodes


@pytest.mark.parametrize(
    ("file", "some", "none"),
    [
        ("tenants/us/acme.yaml", "acme/agent", "daon/agent"),
        ("tenants/layers/language/ko.yaml", "daon/agent", "acme/agent"),
        ("sources/fragments/safety.ko.j2", "daon/support-reply", "acme/support-reply"),
        ("sources/tools/lookup_order.yaml", "acme/agent", "acme/classify"),
        ("sources/variables.yaml", "acme/classify", ""),
        ("sources/models.yaml", "acme/classify", ""),
    ],
)
def test_what_a_file_reaches(file: str, some: str, none: str, example: str) -> None:
    _, (found,) = reach(example, [], [], [file])
    assert some in found.ways
    assert none not in found.ways
    way = found.ways[some]
    assert way[-1].source == some
    assert all(left.source == right.target for left, right in pairwise(way))


def test_a_text_beside_an_overlay_reaches_its_tenants(project: Path) -> None:
    (project / "tenants" / "rules.md").write_text("Offer a call.\n")
    with (project / "tenants" / "globex.yaml").open("a") as file:
        file.write("prompts: {reply: {blocks: {rules: !file rules.md}}}\n")
    _, (found,) = reach(str(project), [], [], ["tenants/rules.md"])
    assert set(found.ways) == {"globex/reply"}


def test_files_are_named_from_where_one_stands(started: Path) -> None:
    for start, name in ((started, "sources/models.yaml"), (started / "sources", "models.yaml"), (started / "sources", "sources/models.yaml"), (started, str(started / "sources/models.yaml"))):  # fmt: skip
        assert reach(str(start), [], [], [name])[1][0].file == "sources/models.yaml"


def test_formats(started: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(started)

    def said(*arguments: str) -> str:
        assert main.run(["graph", *arguments]) == 0
        return capsys.readouterr().out

    data = json.loads(said("--format", "json"))
    ids = {node["id"] for node in data["nodes"]}
    assert all(edge["from"] in ids and edge["to"] in ids for edge in data["edges"])
    dot = said("--format", "dot")
    assert dot.startswith("digraph promptc {")
    assert dot.count(" -> ") == len(data["edges"])
    assert said("--format", "mermaid").count("-->") == len(data["edges"])
    reached = json.loads(said("--from", "sources/fragments/safety.j2", "--format", "json"))
    assert set(reached[0]["targets"]) == {"acme/reply", "globex/reply"}
    assert said("--from", "sources/cases/reply.yaml").startswith("sources/cases/reply.yaml reaches no target")


def test_a_tenant_that_can_not_be_resolved_is_said(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "tenants" / "globex.yaml").write_text("variables: {tone: loud}\n")
    monkeypatch.chdir(project)
    assert main.run(["graph"]) == 3
    captured = capsys.readouterr()
    assert "1 tenant can't be resolved" in captured.err
    assert "acme/reply" in captured.out
