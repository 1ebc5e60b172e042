"""JSON Schemas: the example and what promptc writes are valid by them, and wrong files are not."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from promptc.compiler.schema import forms, overlays
from promptc.core.document import ARTIFACT, ENTRIES, LATEST, RECORD, ROOT, TENANT, TREE
from promptc.driver.build import BuildRequest, build
from promptc.driver.project import open_project
from promptc.driver.schema import _GENERAL, SCHEMAS, schema
from promptc.driver.schemas import sources
from tests.cli.conftest import ROOT as REPOSITORY

KINDS = {ARTIFACT: "artifact", ROOT: "root", TREE: "tree", TENANT: "targets", RECORD: "record", ENTRIES: "entries"}


class Loose(yaml.SafeLoader):
    """YAML as an editor reads it: directives' tags dropped, values as they are."""


def _untagged(loader: Loose, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else node.value


Loose.add_multi_constructor("!", _untagged)
Loose.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith("timestamp")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@lru_cache
def asked(name: str, start: Path) -> dict[str, Any]:
    return schema(name, str(start))


def valid(name: str, value: Any, start: Path = REPOSITORY) -> list[str]:
    validator = jsonschema.Draft7Validator(asked(name, start))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@pytest.mark.parametrize("described", SCHEMAS, ids=lambda d: d.name)
def test_each_is_a_json_schema(described: Any) -> None:
    made = schema(described.name, str(REPOSITORY))
    jsonschema.Draft7Validator.check_schema(made)
    assert made["title"]


@pytest.mark.parametrize(
    ("name", "glob"),
    [
        ("tenant", "tenants/*.yaml"),
        ("tenant", "tenants/[!l]*/*.yaml"),
        ("layer", "tenants/layers/**/*.yaml"),
        ("variables", "sources/variables.yaml"),
        ("models", "sources/models.yaml"),
        ("tool", "sources/tools/*.yaml"),
        ("examples", "sources/examples/*.yaml"),
        ("cases", "sources/cases/*.yaml"),
    ],
)
def test_the_example_is_valid(name: str, glob: str) -> None:
    files = sorted(REPOSITORY.glob(glob))
    assert files, glob
    for file in files:
        assert valid(name, yaml.load(file.read_text(), Loose)) == [], file


def test_front_matter_of_the_example_is_valid() -> None:
    for file in REPOSITORY.glob("sources/prompts/*.prompt.j2"):
        head = file.read_text().split("---\n")[1]
        assert valid("prompt", yaml.load(head, Loose)) == [], file


def test_what_a_build_writes_is_valid(project: Path) -> None:
    result = build(BuildRequest(str(project)))
    assert result.published
    seen = set()
    for file in (project / "build" / "blobs").rglob("*"):
        if file.is_file():
            value = json.loads(file.read_bytes())
            name = KINDS[value["format"]]
            seen.add(name)
            assert valid(name, value, project) == []
    assert seen == set(KINDS.values())
    latest = json.loads((project / "build" / "latest.json").read_bytes())
    assert latest["format"] == LATEST
    assert valid("latest", latest, project) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tenant", {"variable": {}}),
        ("tenant", {"variables": {"prodct": "X"}}),
        ("tenant", {"variables": {"tone": "loud"}}),
        ("tenant", {"extends": ["plan/free", "plan/fre"]}),
        ("tenant", {"prompts": {"repl": {}}}),
        ("tenant", {"prompts": {"reply": {"blocks": {"greting": "x"}}}}),
        ("tenant", {"prompts": {"reply": {"config": {"max_tokens": 5}}}}),
        ("layer", {"aliases": ["x"]}),
        ("models", {"main": {"provider": "x"}}),
        ("artifact", {"format": "promptc.artifact/2"}),
        ("tree", {"format": "promptc.tree/1", "branch": {"g": "sha256:" + "0" * 64}}),
    ],
)
def test_wrong_files_are_not(name: str, value: Any, started: Path) -> None:
    assert valid(name, value, started)


@pytest.mark.parametrize(
    "value",
    [
        {"variables": {"tone": "${mood}", "banned_words": ["a", 1, True]}},
        {"variables": {"tone": ""}},
        {"variables": {"product": 1.10}},
        {"prompts": {"*": {"enabled": False}}},
        {"prompts": {"reply": {"blocks": {"greeting": {"text": "x", "against": "3fa9c1d2e4b50617"}}}}},
        {"final": ["variables.tone", "prompts.reply.config"]},
    ],
    ids=str,
)
def test_what_overlays_may_write_is_taken(value: Any, started: Path) -> None:
    assert valid("tenant", value, started) == []


def test_schemas_know_the_keys_that_the_readers_know(started: Path) -> None:
    def keys(form: type[forms.Form]) -> set[str]:
        return {field.alias or name for name, field in form.model_fields.items()}

    tenant = schema("tenant", str(started))
    assert set(tenant["properties"]) == set(overlays.KEYS)
    assert set(tenant["properties"]["prompts"]["properties"]["reply"]["properties"]) == set(overlays.PROMPT_KEYS) - {
        "tools", "variants",  # the prompt has neither
    }
    assert set(schema("layer", str(started))["properties"]) == set(overlays.KEYS) - {"aliases", "title"}
    assert set(sources.prompt_schema()["properties"]) == keys(forms.PromptForm)
    assert set(sources.variant_schema()["properties"]) == keys(forms.VariantForm)
    assert set(sources.examples_schema()["properties"]) == keys(forms.ExamplesForm)
    assert set(sources.tool_schema()["anyOf"][0]["properties"]) == keys(forms.ToolForm)
    assert set(sources.models_schema()["additionalProperties"]["properties"]) == keys(forms.ModelForm)
    assert set(sources.cases_schema()["additionalProperties"]["properties"]) == keys(forms.CaseForm)


def test_build_keeps_the_editors_schemas_current(project: Path) -> None:
    build(BuildRequest(str(project)))
    path = project / ".promptc" / "schemas" / "tenant.json"
    assert "product" in json.loads(path.read_text())["properties"]["variables"]["properties"]
    written = path.stat().st_mtime_ns
    build(BuildRequest(str(project)))
    assert path.stat().st_mtime_ns == written
    with (project / "sources" / "variables.yaml").open("a") as file:
        file.write("added: {type: string, default: ''}\n")
    build(BuildRequest(str(project)))
    assert "added" in json.loads(path.read_text())["properties"]["variables"]["properties"]
    assert open_project(str(project)).project.variables["added"]
    assert {f"{s.name}.json" for s in SCHEMAS if s.files} == {p.name for p in path.parent.iterdir()}
    assert {s.name for s in SCHEMAS if not s.is_own} == set(_GENERAL)


def test_overlays_may_give_shares_to_the_variants_that_there_are(project: Path) -> None:
    path = project / "sources" / "prompts"
    name = next(one.name for one in sorted(path.glob("*.prompt.j2"))).removesuffix(".prompt.j2")
    (path / f"{name}.brief.prompt.j2").write_text(f'{{% extends "prompts/{name}.prompt.j2" %}}\n')
    validator = jsonschema.Draft7Validator(schema("layer", str(project)))

    def takes(shares: Any) -> bool:
        return bool(validator.is_valid({"prompts": {name: {"variants": shares}}}))

    assert takes({"brief": 12.5})
    assert takes({"only": "brief"})
    assert not takes({"brief": 101})
    assert not takes({"other": 1})
    assert not validator.is_valid({"prompts": {f"{name}.brief": {"enabled": False}}})
