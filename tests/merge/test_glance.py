"""At a glance: what is decided quickly is what the full way decides, with the same classes, and nothing wrong passes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.compiler.definitions import define_variable
from promptc.compiler.project import MergePolicy, Overlay, Setting, Variable
from promptc.compiler.resolve import Resolver
from promptc.compiler.schema.glance import DOUBT, glance
from promptc.compiler.schema.nodes import Plain, Text
from promptc.core.findings import Place
from tests.merge.world import project
from tests.schema.test_properties import SCHEMAS

HERE = Place("here", 1, 1)
TEXT: dict[str, Any] = {"type": "string"}
WORDS: dict[str, Any] = {"type": "array", "items": TEXT}


def plain(text: str) -> Plain:
    return Plain.at(text, 1, 1)


def glanced(data: Any, schema: dict[str, Any], merge: str = "replace") -> Any:
    return glance(Variable("v", schema, HERE, merge=MergePolicy(merge)))(data)  # type: ignore[arg-type]


AT_A_GLANCE = {
    "text": (plain("no"), TEXT, "no"),
    "quoted text": (Text.at("~", 1, 1), TEXT, "~"),
    "text that asks": (plain("${tone}"), TEXT, "${tone}"),
    "a word of a list": (plain("warm"), {"type": "string", "enum": ["warm"]}, "warm"),
    "an integer": (plain("3"), {"type": "integer", "maximum": 3}, 3),
    "a typed integer": (3, {"type": "integer"}, 3),
    "a number": (plain("1.5"), {"type": "number"}, 1.5),
    "a boolean": (plain("true"), {"type": "boolean"}, True),
    "null": (plain("~"), {"type": ["string", "null"]}, None),
    "nothing declared": (plain("1"), {}, 1),
    "texts": ([plain("1"), Text.at("b", 1, 1)], WORDS, ["1", "b"]),
    "integers": ([plain("1"), 2], {"type": "array", "items": {"type": "integer"}, "maxItems": 2}, [1, 2]),
}


@pytest.mark.parametrize("name", AT_A_GLANCE)
def test_what_a_glance_decides(name: str) -> None:
    data, schema, expected = AT_A_GLANCE[name]
    value = glanced(data, schema)
    assert repr(value) == repr(expected)
    assert type(value) is type(expected)
    assert all(type(item) in (str, int) for item in value) if isinstance(value, list) else True


DOUBTFUL = {
    "a plain null for text": (plain("~"), TEXT),
    "a number for text": (3, TEXT),
    "another word": (plain("cold"), {"type": "string", "enum": ["warm"]}),
    "too many": (plain("4"), {"type": "integer", "maximum": 3}),
    "a number that readers disagree on": (plain("010"), {"type": "integer"}),
    "a reference where no text is declared": (plain("${n}"), {"type": "integer"}),
    "a map": ({"a": 1}, {"type": "object"}),
    "a list of lists": ([[plain("a")]], {"type": "array"}),
    "a list that is too long": ([plain("a"), plain("b")], {**WORDS, "maxItems": 1}),
    "text for a list": (plain("a"), WORDS),
    "branches": (plain("a"), {"anyOf": [TEXT]}),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_goes_the_full_way(name: str) -> None:
    data, schema = DOUBTFUL[name]
    assert glanced(data, schema) is DOUBT


def test_a_list_that_joins_is_no_whole_value() -> None:
    data = [plain("a"), plain("b")]
    assert glanced(data, {**WORDS, "maxItems": 1}, "unique") == ["a", "b"]
    assert glanced(plain("a"), TEXT, "append") is DOUBT
    assert glanced(data, WORDS, "by") is DOUBT


TEXTS = ["a", "bb", "1", "-1", "1.5", "true", "~", "", "010", "1e3", "${x}", "$${x}", "Null"]
LEAVES = st.sampled_from([*map(plain, TEXTS), *(Text.at(text, 1, 1) for text in TEXTS), 0, 1, -1, 1.5, True, None])
DATA = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=5,
)
POLICIES = st.sampled_from([MergePolicy(), MergePolicy("append"), MergePolicy("unique"), MergePolicy("by", "a")])
SHAPES = SCHEMAS | st.builds(
    lambda items, more: {"type": "array", "items": items, **more},
    SCHEMAS,
    st.sampled_from([{}, {"maxItems": 1}, {"uniqueItems": True}]),
)


def settings_of(data: Any) -> Any:
    """Data as an overlay without directives holds it: a map is one of settings."""
    if isinstance(data, dict):
        return {key: Setting(settings_of(item), HERE) for key, item in data.items()}
    return data


@settings(max_examples=600, deadline=None)
@given(DATA, SHAPES, POLICIES)
def test_a_glance_is_the_full_way_or_doubt(data: Any, schema: dict[str, Any], policy: MergePolicy) -> None:
    variable = Variable("v", schema, HERE, merge=policy)
    value = glance(variable)(settings_of(data))
    if value is not DOUBT:
        made, found = define_variable(variable, Setting(settings_of(data), HERE))
        assert found == []
        assert json.dumps(made.data) == json.dumps(value)
        assert same_classes(made.data, value)


def same_classes(left: Any, right: Any) -> bool:
    if isinstance(left, list):
        return all(map(same_classes, left, right))
    return type(left) is type(right)


def test_an_overlay_resolves_that_is_none_of_the_projects() -> None:
    made = project({"acme": "variables: {tone: warm}\n"}, {"base": "variables: {product: P}\n"})
    resolver = Resolver(made)
    place = Place("tenants/new.yaml", 1, 1)
    tenant, found = resolver.resolve(Overlay("new", "tenant", place, ("base",), (place,)))
    assert found == ()
    assert tenant is not None
    assert (tenant.chain, tenant.variables["product"]) == (("base", "new"), "P")
    assert resolver.resolve(made.tenants["acme"]) == resolver.tenant("acme")


def test_values_are_in_the_order_of_their_declarations_whoever_sets_them() -> None:
    made = project(
        {"a": "extends: [base]\nvariables: {tone: warm, product: A}\n", "b": "extends: [base]\nvariables: {product: B, note: n}\n",
         "c": "extends: [base]\nvariables: {tone: !unset , product: C}\n", "d": "extends: [base]\nvariables: {tone: formal, product: D}\n"},
        {"base": "variables: {tone: formal, greeting: hi}\n"},
    )  # fmt: skip
    resolver = Resolver(made)
    declared = list(made.variables)
    for name in ("a", "b", "c", "d", "a"):
        tenant, _ = resolver.tenant(name)
        assert tenant is not None
        assert list(tenant.variables) == [key for key in declared if key in tenant.variables]
        assert tenant.variables["product"] == name.upper()
    assert [t.variables["tone"] for n in "abcd" if (t := resolver.tenant(n)[0])] == [
        "warm",
        "formal",
        "neutral",
        "formal",
    ]
