"""Contracts: whatever a reader would refuse at run time is said beforehand; what is surely valid is valid for the library, too."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from promptc.checks.holding import Holding
from promptc.checks.measures import form_of, unit_of
from promptc.checks.proving import surely_valid, wrong_in
from promptc.core.inputs import fill_inputs
from promptc.core.residual import InputError

NAMES = st.sampled_from(["a", "b", "c"])
SMALL = st.integers(0, 6)


def _bounded(kind: str, low: str, high: str) -> st.SearchStrategy[dict[str, Any]]:
    bounds = st.tuples(SMALL, SMALL).map(lambda pair: {low: min(pair), high: max(pair)})
    return st.one_of(st.just({}), bounds).map(lambda some: {"type": kind, **some})


LEAVES = st.one_of(
    _bounded("string", "minLength", "maxLength"),
    _bounded("integer", "minimum", "maximum"),
    _bounded("number", "minimum", "maximum"),
    st.just({"type": "boolean"}),
    st.lists(st.sampled_from(["x", "yy", "zzzz"]), min_size=1, unique=True).map(lambda some: {"type": "string", "enum": some}),
)


def _grown(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.tuples(inner, _bounded("array", "minItems", "maxItems")).map(lambda pair: {**pair[1], "items": pair[0]})

    def made(fields: dict[str, Any], required: list[str]) -> dict[str, Any]:
        return {"type": "object", "properties": fields, "required": [r for r in required if r in fields], "additionalProperties": False}

    return st.one_of(lists, st.builds(made, st.dictionaries(NAMES, inner, max_size=3), st.lists(NAMES, unique=True)))


SCHEMAS = st.recursive(LEAVES, _grown, max_leaves=5)


@st.composite
def fitting(draw: st.DrawFn, schema: dict[str, Any]) -> Any:
    """A value that fits a schema of the language above."""
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    kind = schema["type"]
    if kind == "string":
        return draw(st.text("abc", min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 9)))
    if kind in ("integer", "number"):
        low, high = schema.get("minimum", -9), schema.get("maximum", 9)
        return draw(st.integers(low, high) if kind == "integer" else st.floats(low, high, allow_nan=False, width=16))
    if kind == "boolean":
        return draw(st.booleans())
    if kind == "array":
        return draw(st.lists(fitting(schema["items"]), min_size=schema.get("minItems", 0), max_size=schema.get("maxItems", 4)))
    chosen = {name for name in schema["properties"] if name in schema["required"] or draw(st.booleans())}
    return {name: draw(fitting(part)) for name, part in schema["properties"].items() if name in chosen}


@given(st.data(), SCHEMAS, SCHEMAS)
def test_what_a_reader_refuses_at_run_time_is_said_beforehand(data: st.DataObject, out: dict[str, Any], inn: dict[str, Any]) -> None:
    value = data.draw(fitting(out))
    assert Draft202012Validator(out).is_valid(value), "the strategy gives what fits"
    try:
        fill_inputs({"x": inn}, {"x": value})
    except InputError:
        assert list(Holding(out, quotes=True).compare(out, inn))


@given(SCHEMAS)
def test_an_output_fits_itself(schema: dict[str, Any]) -> None:
    assert not list(Holding(schema, quotes=True).compare(schema, schema))


KEYWORDS = ["type", "enum", "properties", "items", "required", "minLength", "maximum", "anyOf", "title", "additionalProperties", "other"]
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 3), st.sampled_from(["string", "object", "a", ""])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYWORDS), inner, max_size=3)),
    max_leaves=6,
)


@given(VALUES)
def test_what_is_surely_valid_is_valid(schema: Any) -> None:
    assume(isinstance(schema, (dict, bool)))
    errors = list(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema))
    if surely_valid(schema):
        assert not errors
    assert bool(wrong_in(schema)) == bool(errors)


def test_units_and_forms_are_only_what_is_said() -> None:
    assert unit_of("amount_cents", {}) == "cents"
    assert unit_of("amount", {"unit": "EUR"}) == "euros"
    assert unit_of("wait", {"description": "In whole seconds."}) == "seconds"
    assert unit_of("day", {"description": "In German, as text."}) == ""
    assert unit_of("total", {"description": "In cents, or in euros for large ones."}) == ""
    assert form_of({"description": "The day as YYYY-MM-DD."}) == "date"
    assert form_of({"description": "DD.MM.YYYY or YYYY-MM-DD"}) == ""
