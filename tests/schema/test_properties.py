"""Laws of the door: any text survives, nothing raises, what is read is normal, and typing agrees with a second reader."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.compiler.project import Settings
from promptc.compiler.schema.jsons import parse_json
from promptc.compiler.schema.load import load_project
from promptc.compiler.schema.nodes import Plain, data_of
from promptc.compiler.schema.types import typed, validate
from promptc.compiler.schema.unicode import normalise
from promptc.compiler.schema.yaml import parse_yaml
from promptc.core.findings import Place
from promptc.core.visible import UNSAFE
from tests.schema.world import tree

PLACE = Place("f", 1, 1)
TEXT = st.text(st.characters(codec="utf-8"), max_size=80)
HONEST = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Mn"]), max_size=80
)


def one_scalar(document: str) -> Any:
    node, findings = parse_yaml(document.encode(), "f")
    assert not [finding for finding in findings if finding.is_error], findings
    assert node is not None
    return data_of(node)["a"]


@given(TEXT.filter(lambda text: "\ufffe" not in text))
def test_any_text_survives_in_double_quotes(text: str) -> None:
    escaped = "".join(f"\\U{ord(character):08x}" for character in text)
    node, _ = parse_yaml(f'a: "{escaped}"\n'.encode(), "f")
    assert node is not None
    assert data_of(node) == {"a": normalise(text)}


@given(HONEST)
def test_any_honest_text_survives_as_it_is_written(text: str) -> None:
    assert one_scalar("a: '" + text.replace("'", "''") + "'\n") == normalise(text)
    assert one_scalar(
        "a: " + json.dumps(text).replace("\\ud", "\\ud") + "\n" if text.isascii() else "a: |2-\n  " + text + "\n"
    ) == normalise(text)


@given(TEXT)
def test_any_text_survives_in_json(text: str) -> None:
    node, _ = parse_json(json.dumps({"a": text}), "f")
    assert node is not None
    assert data_of(node) == {"a": normalise(text)}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | HONEST,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(HONEST, inner, max_size=4),
    max_leaves=12,
)


def normal(value: Any) -> Any:
    if isinstance(value, str):
        return normalise(value)
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, dict):
        return {normal(key): normal(item) for key, item in value.items()}
    return value


@given(JSON, st.booleans(), st.sampled_from([None, 2]))
def test_json_reads_as_json(value: Any, ascii_only: bool, indent: int | None) -> None:
    expected = normal(value)
    node, findings = parse_json(json.dumps(value, ensure_ascii=ascii_only, indent=indent), "f")
    if findings:
        assert {finding.code for finding in findings} <= {"Y001", "U007", "U009"}
        return
    assert node is not None
    assert data_of(node) == expected


PIECES = st.sampled_from(
    """a|b: |- |  |{|}|[|]|,|:|? |!x |!append |&a |*a|<<|>|'|"|\\|#|%|1|true|~|😀|é|@|`|"\\ud800""".split("|")
) | st.sampled_from(["|", "\n", "\t", "---\n", "...\n", "\r", "\x85", "\u2028", "\ufeff", "\x00", "\x1b", "\u202e"])
ANY = st.binary(max_size=200) | st.lists(PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode())


@settings(max_examples=400)
@given(ANY)
def test_no_bytes_make_the_yaml_reader_raise(data: bytes) -> None:
    node, findings = parse_yaml(data, "f")
    assert (
        node is not None
        or findings
        or not data.strip()
        or b"#" in data
        or b"%" in data
        or b"-" in data
        or b"\xef" in data
    )
    for finding in findings:
        assert finding.place.file == "f"
    if node is not None:
        check_normal(data_of(node))


def check_normal(value: Any) -> None:
    if isinstance(value, str):
        assert unicodedata.is_normalized("NFC", value) or normalise(value) == value
    for item in value if isinstance(value, (list, dict)) else ():
        check_normal(item)


@settings(max_examples=200)
@given(ANY)
def test_no_bytes_make_the_json_reader_raise(data: bytes) -> None:
    parse_json(data.decode("utf-8", "replace"), "f")


FILES = [
    "sources/variables.yaml", "sources/models.yaml", "sources/tools/x.yaml", "sources/tools/x.json", "sources/schemas/x.json",
    "sources/examples/x.yaml", "sources/cases/reply.yaml", "sources/prompts/x.prompt.j2", "sources/fragments/x.j2",
    "tenants/layers/x.yaml", "tenants/x.yaml", "tenants/x.jsonl",
]  # fmt: skip
WORDS = st.sampled_from(
    """type default enum merge by required set_by config inputs output schema tools blocks text prompts variables extends
    labels final models main reply owner examples id input name description history expect properties items
    additionalProperties anyOf $ref #/$defs/a $defs $vars product string object array integer * << no 1 1e3 ~ native
    overridable budget from $append""".split()
)
DATA = st.recursive(
    WORDS | st.integers() | st.booleans() | st.none() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


def as_yaml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": {as_yaml(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    if isinstance(value, str):
        return "'*'" if value == "*" else value if value.isalnum() else json.dumps(value)
    return "~" if value is None else str(value).lower()


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FILES), DATA, ANY)
def test_no_file_makes_the_door_raise(file: str, data: Any, junk: bytes) -> None:
    text = as_yaml(data)
    if file.endswith((".json", ".jsonl")):
        text = json.dumps(data)
    if file.endswith(".prompt.j2"):
        text = f"---\n{text}\n---\nbody\n"
    for content in (text.encode(), junk):
        loaded = load_project({**tree(), file: content}, Settings())
        for finding in loaded.findings:
            assert finding.message
            assert not UNSAFE.search(finding.message + finding.hint), finding
            assert "\n" not in finding.message + finding.hint
            assert finding.place.file
        assert loaded.project.settings


SCALARS = st.sampled_from(["a", "bb", 0, 1, -1, 1.5, True, False, None, "1", ""])
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.sampled_from("abc"), v, max_size=3), max_leaves=6
)
SCHEMAS = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null", ["string", "null"]]),
            "minimum": st.integers(-1, 1), "exclusiveMaximum": st.integers(0, 2), "minLength": st.integers(0, 2),
            "maxItems": st.integers(0, 2), "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
            "enum": st.lists(SCALARS, min_size=1, max_size=3), "uniqueItems": st.booleans(), "pattern": st.sampled_from(["^a", "b$", "1"]),
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "items": inner, "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2), "not": inner,
            "additionalProperties": st.booleans() | inner, "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2), "allOf": st.lists(inner, min_size=1, max_size=2),
        },
    ),
    max_leaves=5,
)  # fmt: skip


def numbers_are_told_apart(value: Any) -> bool:
    # JSON Schema takes 1 and 1.0 for one value, and this project doesn't.
    return "1.0" not in json.dumps(value)


@settings(max_examples=400)
@given(VALUES.filter(numbers_are_told_apart), SCHEMAS)
def test_validation_agrees_with_jsonschema(value: Any, schema: dict[str, Any]) -> None:
    expected = jsonschema.Draft202012Validator(schema).is_valid(value)
    assert (validate(value, schema, place=PLACE, path="x") == ()) == expected


@settings(max_examples=200)
@given(VALUES, SCHEMAS)
def test_typing_leaves_no_plain_scalar_and_is_stable(value: Any, schema: dict[str, Any]) -> None:
    node, _ = parse_yaml(("a: " + as_yaml(value)).encode(), "f")
    assert node is not None
    result, findings = typed(data_of(node)["a"], schema, place=PLACE, path="x")
    assert not any_plain(result)
    if not findings:
        assert typed(result, schema, place=PLACE, path="x") == (result, ())


def any_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return any(isinstance(key, Plain) or any_plain(item) for key, item in value.items())
    return any(map(any_plain, value)) if isinstance(value, list) else isinstance(value, Plain)
