"""The published JSON Schema of artifacts and the loader's own grammar say the same of a program's form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from promptc.core.artifact import Artifact
from promptc.core.values import plain
from promptc.driver.schemas.documents import artifact_schema

from .build import OPENAI
from .test_render import DAMAGED

jsonschema = pytest.importorskip("jsonschema")
VECTORS = Path(__file__).parents[1] / "vectors"

# What a schema can't say: which loops are around a path or an index.
BEYOND = [
    {"when": {"true": ["x"]}, "then": []},
    *(
        {"role": "user", "content": [part]}
        for part in (
            {"slot": ["vars", "x"]},
            {"slot": ["i1"]},
            {"index": "i1"},
            {"each": ["input", "x"], "name": "input", "do": []},
            {"each": ["input", "x"], "name": "i1", "do": [], "else": [{"slot": ["i1"]}]},
            {"each": ["input", "x"], "name": "i1", "do": [{"each": ["i1"], "name": "i1", "do": []}]},
            {"when": {"is": [["input", "x"], "in", "abc"]}, "then": []},
            {"when": {"is": [{"index": "i1"}, "==", 1]}, "then": []},
            {"when": {"first": "i1"}, "then": []},
        )
    ),
]


def fits(messages: Any) -> bool:
    document = plain(Artifact(prompt="p", model=OPENAI, messages=messages).document())
    return bool(jsonschema.Draft7Validator(artifact_schema()).is_valid(document))


@pytest.mark.parametrize("message", DAMAGED, ids=[json.dumps(message)[:70] for message in DAMAGED])
def test_it_refuses_what_the_loader_refuses(message: Any) -> None:
    assert fits([message]) is (message in BEYOND)


def test_it_takes_every_program_of_the_vectors() -> None:
    programs = [case["parts"] for case in json.loads((VECTORS / "programs.json").read_text("utf-8"))]
    conditions = json.loads((VECTORS / "conditions.json").read_text("utf-8"))["cases"]
    programs += [[{"when": case["condition"], "then": ["x"]}] for case in conditions]
    formats = {json.dumps(case["as"]) for case in json.loads((VECTORS / "formats.json").read_text("utf-8"))}
    programs += [[{"slot": ["input", "x"], **({"as": json.loads(form)} if form != "null" else {})}] for form in formats]
    for parts in programs:
        assert fits([{"role": "user", "content": parts}]), parts
