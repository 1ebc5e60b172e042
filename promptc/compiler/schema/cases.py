"""Cases: files of sources/cases, named sample inputs of a prompt and what must hold for them. Pure."""

from __future__ import annotations

from typing import Any

from promptc.compiler.project import Case
from promptc.compiler.schema.fill import fill
from promptc.compiler.schema.forms import CaseForm
from promptc.compiler.schema.names import is_name
from promptc.compiler.schema.nodes import Map, Node
from promptc.compiler.schema.types import typed
from promptc.core.findings import Finding, Place

_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_EXPECT = {
    "type": "object",
    "properties": {
        "contains": _TEXTS,
        "lacks": _TEXTS,
        "tools": {"type": "array", "items": {"type": "string"}},
        "equals": {"type": "string"},
    },
    "additionalProperties": False,
}


def read_cases(node: Node, file: str) -> tuple[tuple[Case, ...], tuple[Finding, ...]]:
    """The cases of a file, in its order. Inputs are typed as they stand; the prompt's schemas type them in links.py."""
    if not isinstance(node, Map):
        return (), (Finding("Y007", "a file of cases must be a map of names", Place(file, node.line, node.column)),)
    made: list[Case] = []
    found: list[Finding] = []
    for name, (key, entry) in node.entries.items():
        place = Place(file, key.line, key.column)
        if not is_name(name):
            found.append(
                Finding("S010", f"`{name[:80]}` can't name a case", place, hint="letters, digits, `_` and `-`")
            )
        form, wrong = fill(CaseForm, entry, file, path=name, foreign={"input": "did you mean `inputs`?"})
        found += wrong
        if form is None:
            continue
        expect, wrong = (
            typed(form.expect, _EXPECT, place=place, path=f"{name}.expect", code="S002") if form.expect else ({}, ())
        )
        found += wrong
        turns = {"type": "array", "items": {"type": "object"}}
        history, wrong = typed(form.history, turns, place=place, path=f"{name}.history", code="S002")
        found += wrong
        made.append(
            Case(name, _map(form.inputs), place, () if wrong else tuple(history), tuple(form.tenants), expect or {})
        )
    return tuple(made), tuple(found)


def _map(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}
