"""Portfolios: which variant is not needed, and that what is printed as JSON is what its schema describes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from promptc.core.allocation import Allocation
from promptc.core.evidence import wilson
from promptc.core.portfolio import Option, Rate, Segment, unneeded_in
from promptc.driver.schema import schema
from tests.stories.story import Stage, Step


def option(variant: str, passed: int, dollars: float | None, runs: int = 100) -> Option:
    low, high = wilson(passed, runs)
    rates = (Rate("quality", passed, runs, low, high, 1, 1),) if runs else ()
    return Option(variant, (10, 10), 1, 1, (10, 10), dollars, rates)


def not_needed(*segments: list[Option]) -> dict[str, str]:
    made = [Segment(f"s{number}", 1, tuple(options)) for number, options in enumerate(segments)]
    return {one.variant: one.why for one in unneeded_in("reply", made, {"brief": "", "warm": "", "old": "it is retired"})}


def test_a_variant_is_needed_where_nothing_else_is_as_good_and_as_cheap() -> None:
    found = not_needed([option("", 90, 2), option("brief", 80, 1), option("warm", 95, 3)])
    assert found == {"old": "it is retired"}, "cheaper, or better: each has its place"
    found = not_needed([option("", 90, 2), option("brief", 80, 2), option("warm", 95, 3)])
    assert "`reply` passes at least as often and costs no more" in found["brief"]
    assert "overlap" in found["brief"]
    assert "overlap" not in not_needed([option("", 99, 2), option("brief", 50, 2), option("warm", 99, 1)])["brief"]


def test_one_segment_that_needs_it_is_enough() -> None:
    poor, good = [option("", 90, 1), option("brief", 50, 2), option("warm", 95, 2)], [option("", 40, 1), option("brief", 90, 2)]
    assert "brief" in not_needed(poor)
    assert "brief" not in not_needed(poor, good)


def test_what_is_not_known_is_no_reason() -> None:
    unknown = [option("", 90, None), option("brief", 50, 2), option("warm", 0, 2, runs=0)]
    assert not_needed(unknown) == {"old": "it is retired"}
    assert not_needed([option("", 0, 1, runs=0), option("brief", 50, 2)]) == {"warm": "it is given no keys", "old": "it is retired"}


def test_of_two_that_are_alike_one_stays() -> None:
    found = not_needed([option("brief", 90, 1), option("warm", 90, 1)])
    assert "brief" not in found
    assert "warm" in found


PROJECT = {
    "sources/prompts/hello.brief.prompt.j2": ['{% extends "prompts/hello.prompt.j2" %}'],
    "sources/cases/hello.yaml": ["greeting: {inputs: {message: Hello}}"],
    "sources/suites/quality.yaml": ["prompts: [hello]"],
    "usage.csv": ["tenant,prompt,variant,calls,input_tokens,output_tokens,revenue", "acme,hello,,700,21000,70000,1", "acme,hello,brief,9,90,9,2"],
    "chains.toml": ["[[chain.one.step]]", 'name = "ask"', 'model = "openai/gpt-5"', "input = 10", "output = 5", "success = 0.9"],
}
PRINTED = {
    "portfolio": "portfolio --by plan --usage usage.csv --format json",
    "evals-plan": "evals plan --format json",
    "cost": "cost --usage usage.csv --by variant --format json",
    "conversation": "cost conversation acme/hello --turns 3 --format json",
    "chains": "cost chain chains.toml --format json",
    "review": "diff build --format json",
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    made = Stage(tmp_path_factory.mktemp("portfolio") / "project")
    made.folder.mkdir()
    made.play(Step("project", "hello"))
    for path, lines in PROJECT.items():
        made.play(Step("file", path, lines))
    made.play(Step("append", "tenants/acme.yaml", ["prompts: {hello: {variants: {brief: 12.5}}}"]))
    made.play(Step("$", "promptc build"))
    made.play(Step("append", "tenants/globex.yaml", ["prompts: {hello: {variants: {only: brief}}}"]))
    return made


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_is_what_its_schema_describes(name: str, stage: Stage) -> None:
    stage.normal = lambda text: text.splitlines()  # type: ignore[method-assign]
    printed = stage.play(Step("$", f"promptc {PRINTED[name]}"))
    assert printed is not None
    assert printed.code == 0, printed.err
    jsonschema.Draft7Validator(schema(name, ".")).validate(json.loads("\n".join(printed.out)))


def test_what_stands_in_a_build_is_what_its_schema_describes(stage: Stage) -> None:
    found = [json.loads(path.read_bytes()) for path in Path(stage.folder, "build", "blobs").rglob("*") if path.is_file()]
    tenants = [one for one in found if one["format"] == "promptc.tenant/1"]
    allocations = [one for one in found if one["format"] == "promptc.allocation/1"]
    assert allocations == [json.loads(Allocation("hello", {"brief": 12.5}).encode())]
    assert sum("allocations" in one for one in tenants) == 1
    for name, documents in (("targets", tenants), ("allocation", allocations)):
        for document in documents:
            jsonschema.Draft7Validator(schema(name, ".")).validate(document)
