"""Suites: files of sources/suites, each an evaluation that is declared before it is run. Pure."""

from __future__ import annotations

from typing import Any

from promptc.compiler.schema.fill import fill
from promptc.compiler.schema.forms import SuiteForm
from promptc.compiler.schema.names import is_name
from promptc.compiler.schema.nodes import Node
from promptc.compiler.schema.types import typed
from promptc.compiler.schema.yaml import parse_yaml
from promptc.core.evidence import Suite
from promptc.core.findings import Finding, Place

_RATE = {"type": "number", "minimum": 0, "maximum": 1}
POLICY: dict[str, Any] = {
    "type": "object",
    "properties": {
        "max_age_days": {"type": "integer", "minimum": 1},
        "pass_rate": _RATE,
        "lower_bound": _RATE,
        "min_share": _RATE,
    },
    "additionalProperties": False,
}


def read_suite(name: str, node: Node, file: str) -> tuple[Suite | None, tuple[Finding, ...]]:
    """The suite of a file; None when it can't be read."""
    place = Place(file, node.line, node.column)
    form, found = fill(SuiteForm, node, file)
    if not is_name(name):
        return None, (*found, Finding("S010", f"`{name[:80]}` can't name a suite", place, hint="letters, digits, `_` and `-`"))
    if form is None:
        return None, found
    policy, wrong = typed(form.policy or {}, POLICY, place=place, path="policy", code="S002")
    shape = {"type": "array", "items": {"type": "object", "properties": {"type": {"type": "string"}}, "required": ["type"]}}
    asserts, more = typed(form.asserts or [], shape, place=place, path="assert", code="S002")
    if wrong or more:
        return None, (*found, *wrong, *more)
    made = Suite(
        name, tuple(form.prompts), tuple(form.cases), form.judge, max(form.runs, 1), policy.get("max_age_days", 0),
        float(policy.get("pass_rate", 0)), float(policy.get("lower_bound", 0)), float(policy.get("min_share", 0)), form.traffic,
        tuple(asserts),
    )  # fmt: skip
    return made, found


def parse_suite(name: str, data: bytes, file: str) -> tuple[Suite | None, tuple[Finding, ...]]:
    """The suite in a file's bytes."""
    node, found = parse_yaml(data, file)
    if node is None or any(finding.is_error for finding in found):
        return None, found
    suite, wrong = read_suite(name, node, file)
    return suite, (*found, *wrong)
