"""The quick yes or no says what the thorough check says, for every schema and value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.compiler.schema.fits import predicate
from promptc.compiler.schema.types import validate
from promptc.core.findings import Place

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.0, 1.0, 2.5]), st.text("ab", max_size=3)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"])


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


SIZES = st.integers(0, 3)
SCHEMAS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    some(
        type=TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
        enum=st.lists(SCALARS, min_size=1, max_size=3),
        const=SCALARS,
        minLength=SIZES,
        maxLength=SIZES,
        pattern=st.sampled_from(["^a", "b$", "a+"]),
        minimum=st.integers(-2, 2),
        exclusiveMaximum=st.integers(-2, 2),
    ),
    lambda inner: some(
        type=TYPES,
        items=inner,
        minItems=SIZES,
        maxItems=SIZES,
        uniqueItems=st.booleans(),
        properties=st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
        required=st.lists(st.sampled_from("abc"), max_size=2, unique=True),
        additionalProperties=st.booleans() | inner,
        minProperties=SIZES,
        anyOf=st.lists(inner, min_size=1, max_size=2),
        allOf=st.lists(inner, min_size=1, max_size=2),
        oneOf=st.lists(inner, min_size=1, max_size=2),
    ),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(schema=SCHEMAS, value=VALUES)
def test_it_says_what_validate_says(schema: dict[str, Any], value: Any) -> None:
    assert predicate(schema)(value) is not bool(validate(value, schema, place=Place("x"), path="x"))


@pytest.mark.parametrize(
    ("schema", "value", "fits"),
    [
        ({"type": "string", "maxLength": 3}, "abc", True),
        ({"type": "string", "maxLength": 3}, "abcd", False),
        ({"type": "string", "minLength": 1}, "", False),
        ({"type": "array", "maxItems": 1}, [1, 2], False),
        ({"type": "integer"}, True, False),
        ({"type": "integer"}, 1.0, False),
        ({"type": "number"}, 1, True),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"type": "string"}}}, 1, False),
        ({"properties": {"not": {"type": "string"}}}, {"not": 1}, False),
    ],
)
def test_some_by_hand(schema: dict[str, Any], value: Any, fits: bool) -> None:
    assert predicate(schema)(value) is fits
