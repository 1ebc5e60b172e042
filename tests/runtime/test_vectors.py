"""The vectors that any language's runtime is held against, run by ours. tests/vectors/README.md says what they mean."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from promptc.core.allocation import Allocation, drawn, point_of
from promptc.core.grammar import check_messages, check_parts
from promptc.core.inputs import fill_inputs
from promptc.core.residual import InputError, Scope, equal, render_parts, truth
from promptc.core.values import canonical_text, number_text
from promptc.runtime.artifact import Artifact

from .build import artifact_of

VECTORS = Path(__file__).parents[1] / "vectors"


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def about(case: Any) -> str:
    return case["about"].replace(" ", "-")[:60] if "about" in case else json.dumps(case)[:60]


def test_numbers_print_as_ecmascript_prints_them() -> None:
    for case in load("numbers"):
        (value,) = struct.unpack(">d", bytes.fromhex(case["bits"]))
        assert number_text(value) == case["text"], case
        assert canonical_text([value]) == f"[{case['text']}]", case
        assert float(case["value"]) == value, case


def test_strings_are_written_as_json_writes_them() -> None:
    for case in load("strings"):
        assert canonical_text(case["text"]) == case["json"]
        assert canonical_text({case["text"]: 1}) == f"{{{case['json']}:1}}"


def test_draws() -> None:
    for case in load("draws"):
        allocation = Allocation(case["prompt"], case["variants"])
        assert drawn(allocation, case["key"], case["salt"], served=case["served"]) == case["drawn"], case
        points = {name: str(point_of(case["key"], case["salt"], case["prompt"], name)) for name in case["variants"]}
        assert points == case["points"], case


@pytest.mark.parametrize("case", load("formats"), ids=about)
def test_formats(case: Any) -> None:
    part = {"slot": ["input", "x"]} if case["as"] is None else {"slot": ["input", "x"], "as": case["as"]}
    check_parts([part])
    if "error" in case:
        with pytest.raises(InputError) as caught:
            render_parts([part], {"x": case["value"]})
        assert (caught.value.code, caught.value.path) == (case["error"], "x")
        return
    assert render_parts(["<", part, ">"], {"x": case["value"]}) == [{"type": "text", "text": f"<{case['text']}>"}]


@pytest.mark.parametrize("case", load("conditions")["cases"], ids=about)
def test_conditions(case: Any) -> None:
    inputs = load("conditions")["inputs"]
    check_parts([{"when": case["condition"], "then": []}])
    assert truth(case["condition"], Scope(inputs)) is case["holds"]
    assert truth({"not": case["condition"]}, Scope(inputs)) is not case["holds"]


@pytest.mark.parametrize("case", load("programs"), ids=about)
def test_programs(case: Any) -> None:
    check_parts(case["parts"])
    if "error" in case:
        with pytest.raises(InputError) as caught:
            render_parts(case["parts"], case["inputs"])
        assert {"code": caught.value.code, "path": caught.value.path} == case["error"]
        return
    assert render_parts(case["parts"], case["inputs"]) == case["segments"]


@pytest.mark.parametrize("case", load("inputs"), ids=about)
def test_inputs(case: Any) -> None:
    if "problems" in case:
        with pytest.raises(InputError) as caught:
            fill_inputs(case["schemas"], case["inputs"])
        assert [[problem.code, problem.path] for problem in caught.value.problems] == case["problems"]
        assert all(problem.path in str(caught.value) for problem in caught.value.problems)
        return
    filled = fill_inputs(case["schemas"], case["inputs"])
    assert equal(filled, case["filled"])
    assert list(filled) == list(case["filled"])


@pytest.mark.parametrize("case", load("messages"), ids=about)
def test_messages(case: Any) -> None:
    check_messages(case["messages"])
    artifact: Artifact = artifact_of(case["messages"], inputs={name: {} for name in case["inputs"]})
    if "error" in case:
        with pytest.raises(InputError) as caught:
            artifact.render(case["inputs"], case["history"])
        assert {"code": caught.value.code, "path": caught.value.path} == case["error"]
        return
    assert artifact.render(case["inputs"], case["history"]).messages == case["rendered"]
