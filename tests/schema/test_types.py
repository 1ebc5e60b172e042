"""Typing: plain scalars become what is declared for them, and values are held against their schemas."""

from __future__ import annotations

from typing import Any

import pytest

from promptc.compiler.schema.nodes import data_of
from promptc.compiler.schema.types import typed, validate
from promptc.compiler.schema.yaml import parse_yaml
from promptc.core.findings import Place

PLACE = Place("f", 9, 9)


def data(text: str) -> Any:
    node, findings = parse_yaml(text.encode(), "f")
    assert not findings
    assert node is not None
    return data_of(node)


def value(text: str, schema: dict[str, Any] | None = None) -> Any:
    result, findings = typed(data(text), schema, place=PLACE, path="x")
    assert not findings, findings
    return result


def reasons(text: str, schema: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    _, findings = typed(data(text), schema, place=PLACE, path="x")
    return [(f"{f.place.line}:{f.place.column}", f.code) for f in findings]


TEXT = {"type": "string"}
INTEGER = {"type": "integer"}
NUMBER = {"type": "number"}


@pytest.mark.parametrize(
    "text", ["no", "NO", "on", "true", "1.10", "010", "22:22", "1_000", "2024-01-01", "1e3", ".nan", "9" * 5000, "0x10"]
)
def test_text_stays_text_where_text_is_declared(text: str) -> None:
    assert value(text, TEXT) == text
    assert type(value(text, TEXT)) is str


@pytest.mark.parametrize("text", ["null", "~", "Null", "NULL"])
def test_null_is_neither_text_nor_nothing(text: str) -> None:
    assert reasons(text, TEXT) == [("1:1", "Y003")]
    assert value(text, {"type": ["string", "null"]}) is None
    assert value(f'"{text}"', TEXT) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5", 5), ("-3", -3), ("0", 0), ("1.10", 1.1), ("true", True), ("false", False), ("null", None)],
)
def test_where_nothing_is_declared_core_scalars_are_typed(text: str, expected: Any) -> None:
    result = value(text)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize("text", ["22:22", "2024-01-01", "no", "off", "1.2.3", "v1", "1-2"])
def test_where_nothing_is_declared_words_stay_text(text: str) -> None:
    assert value(text) == text


AMBIGUOUS = [
    "010", "1_000", "1e3", "1.e+3", ".nan", ".inf", "-.INF", "0x1F", "0o7", "0b1", "+1", ".5", "1.", "00", "9" * 5000,
    "9007199254740992", "True", "FALSE", "1" * 500 + ".5",
]  # fmt: skip


@pytest.mark.parametrize("text", AMBIGUOUS, ids=lambda text: text[:12])
def test_what_readers_disagree_on_is_refused_where_nothing_is_declared(text: str) -> None:
    assert reasons(text) == [("1:1", "Y003")]


@pytest.mark.parametrize("text", ["010", "1_000", "1e3", ".nan", "0x10", "9" * 5000, "9007199254740992"])
def test_the_same_where_a_number_is_declared(text: str) -> None:
    assert reasons(text, INTEGER) == [("1:1", "Y003")]
    assert reasons(text, NUMBER) == [("1:1", "Y003")]


def test_limits_of_integers_hold_on_both_sides() -> None:
    assert value("9007199254740991", INTEGER) == 2**53 - 1
    assert value("-9007199254740991") == -(2**53) + 1
    assert reasons("-9007199254740992") == [("1:1", "Y003")]


def test_numbers_and_booleans_where_they_are_declared() -> None:
    assert value("5", NUMBER) == 5
    assert value("0.5", NUMBER) == 0.5
    assert value("true", {"type": "boolean"}) is True
    assert reasons("0.5", INTEGER) == [("1:1", "O002")]
    assert reasons('"5"', INTEGER) == [("1:1", "O002")]
    assert reasons("yes", {"type": "boolean"}) == [("1:1", "O002")]
    assert reasons("5", {"type": "boolean"}) == [("1:1", "O002")]


def test_unions_enums_and_constants() -> None:
    assert value("5", {"type": ["string", "integer"]}) == 5
    assert value("no", {"type": ["string", "integer"]}) == "no"
    assert value("on", {"enum": ["on", "off"]}) == "on"
    assert value("1", {"enum": [1, 2]}) == 1
    assert value("1.10", {"const": "1.10"}) == "1.10"
    assert value("5", {"anyOf": [{"type": "string"}, {"type": "integer"}]}) == 5
    assert value("no", {"anyOf": [{"type": "string"}, {"type": "array"}]}) == "no"
    assert value("[no, 5]", {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}) == ["no", "5"]
    assert value(
        "{a: 1.10}", {"oneOf": [{"properties": {"b": INTEGER}, "required": ["b"]}, {"properties": {"a": TEXT}}]}
    ) == {"a": "1.10"}
    assert value("no", {"allOf": [TEXT, {"maxLength": 2}]}) == "no"
    assert value("010", {"$ref": "#/$defs/code", "$defs": {"code": TEXT}}) == "010"


def test_nested_values_are_typed_by_their_schemas() -> None:
    schema = {
        "type": "object",
        "properties": {"names": {"type": "array", "items": TEXT}, "turns": INTEGER},
        "additionalProperties": NUMBER,
    }
    assert value("{names: [no, 1.10], turns: 3, rest: 0.5}", schema) == {
        "names": ["no", "1.10"],
        "turns": 3,
        "rest": 0.5,
    }


def test_findings_stand_at_the_part_that_is_wrong() -> None:
    schema = {"type": "object", "properties": {"turns": INTEGER, "say": TEXT}, "additionalProperties": False}
    assert reasons("turns: 1\nsay: [a]\n", schema) == [("2:7", "O002")]
    assert reasons("turns: x\nsaid: a\n", schema) == [("1:8", "O002"), ("2:1", "O002")]
    _, (finding,) = typed(data("sayy: a\n"), schema, place=PLACE, path="variables.limits")
    assert finding.message == "`variables.limits.sayy` is not a key that is declared"
    assert finding.hint == "did you mean `say`?"


WRONG: list[tuple[Any, dict[str, Any], str]] = [
    ("ab", {"type": "string", "minLength": 3}, "must have at least 3 characters, and has 2"),
    ("abcd", {"type": "string", "maxLength": 3}, "must have at most 3 characters, and has 4"),
    ("ab\n", {"type": "string", "pattern": "^a.$"}, "must match the pattern `^a.$`"),
    ("٣", {"pattern": r"^\d$"}, r"must match the pattern `^\d$`"),
    (1, {"minimum": 2}, "must be at least 2"),
    (3, {"maximum": 2}, "must be at most 2"),
    (2, {"exclusiveMinimum": 2}, "must be more than 2"),
    (2, {"exclusiveMaximum": 2}, "must be less than 2"),
    (5, {"multipleOf": 2}, "must be a multiple of 2"),
    ([], {"minItems": 1}, "must have at least 1 items, and has 0"),
    ([1, 2], {"maxItems": 1}, "must have at most 1 items, and has 2"),
    ({}, {"minProperties": 1}, "must have at least 1 keys, and has 0"),
    ({"a": 1, "b": 2}, {"maxProperties": 1}, "must have at most 1 keys, and has 2"),
    ({}, {"required": ["a"]}, "lacks the key `a`"),
    ("x", {"not": {"type": "string"}}, "is what the schema's `not` refuses"),
    (5, {"oneOf": [{"type": "integer"}, {"type": "number"}]}, "fits more than one of the forms"),
    (True, {"type": "integer"}, "must be an integer, and this is a boolean"),
    (1, {"type": ["string", "null"]}, "must be text or null, and this is an integer"),
    ("warmm", {"enum": ["warm", "formal"]}, "must be one of `warm`, `formal`"),
    (1.0, {"enum": [1]}, "must be one of `1`"),
    (True, {"const": 1}, "must be `1`"),
]


@pytest.mark.parametrize(("given", "schema", "said"), WRONG)
def test_values_against_schemas(given: Any, schema: dict[str, Any], said: str) -> None:
    (finding,) = validate(given, schema, place=PLACE, path="x", code="O002")
    assert said in finding.message
    assert finding.place == PLACE


def test_unique_items_are_typed() -> None:
    schema = {"uniqueItems": True}
    assert validate([1, 1.0, True, "1", [1], {"a": 1}], schema, place=PLACE, path="x") == ()
    (finding,) = validate([{"a": 1, "b": 2}, {"b": 2, "a": 1}], schema, place=PLACE, path="x")
    assert finding.message == "`x[1]` is in the list already"


def test_a_message_never_quotes_the_value() -> None:
    for schema in [{"type": "integer"}, {"enum": ["a"]}, {"pattern": "^a$"}, {"maxLength": 3}, {"const": "b"}]:
        (finding,) = validate("hunter2-secret", schema, place=PLACE, path="x")
        assert "hunter2" not in finding.message + finding.hint


def test_references_in_a_circle_end() -> None:
    schema = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}
    assert validate("x", schema, place=PLACE, path="x") == ()
    tree = {
        "$ref": "#/$defs/node",
        "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}},
    }
    assert value("{next: {next: {}}}", tree) == {"next": {"next": {}}}
    assert reasons("{next: {next: 1}}", tree) == [("1:15", "O002")]
