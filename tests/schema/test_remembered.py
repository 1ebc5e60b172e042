"""Remembered overlays: what was encoded comes back exactly, at any line, and nothing else comes back at all."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.compiler.project import Overlay, Settings
from promptc.compiler.schema.beside import parsing_of
from promptc.compiler.schema.nodes import Text
from promptc.compiler.schema.remembered import decode_overlay, encode_overlay
from promptc.compiler.schema.tenants import parse_layer, parse_tenant
from tests.schema.test_overlays import FULL
from tests.schema.test_properties import as_yaml

CONTEXT = parsing_of(Settings(), {"tenants/r.md": b"text"}.get)
ACME = "tenants/acme.yaml"
FILE = "tenants/s.jsonl"


def exact(value: Any) -> Any:
    """A value with all that `==` doesn't see: classes, the places of texts, the order of keys."""
    if isinstance(value, Text):
        return type(value).__name__, str(value), value.line, value.column
    if isinstance(value, dict):
        return "dict", [(exact(key), exact(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [exact(item) for item in value]
    if is_dataclass(value):
        return type(value).__name__, [(part.name, exact(getattr(value, part.name))) for part in fields(value)]
    return type(value).__name__, repr(value)


def overlay(text: str, line: int = 0) -> Overlay:
    parsed = parse_tenant(FILE if line else ACME, text.encode(), CONTEXT, line=line)
    assert parsed.overlay is not None
    return parsed.overlay


def again(made: Overlay, line: int = 0) -> Overlay:
    data = encode_overlay(made)
    assert data is not None
    return decode_overlay(data, made.name, made.place.file, line)


def test_an_overlay_comes_back_as_it_was() -> None:
    acme = overlay(FULL.replace("  rubric: !file rubrics/acme.md\n", ""))
    assert exact(again(acme)) == exact(acme)
    assert again(acme) == acme


def test_a_layer_comes_back() -> None:
    layer = parse_layer("tenants/layers/a/b.yaml", b"final: [variables.tone]\nmodels: {main: other}\n", CONTEXT).overlay
    assert layer is not None
    assert exact(again(layer)) == exact(layer)


LINE = (
    '{"id": "one", "labels": {"a": "b"}, "variables": {"tone": "warm", "words": {"$append": ["x", {"y": [1, null]}]}}}'
)


def test_a_line_comes_back_at_any_line_of_any_file() -> None:
    data = encode_overlay(overlay(LINE, line=7))
    assert data == encode_overlay(overlay(LINE, line=12))
    assert data is not None
    assert exact(decode_overlay(data, "one", FILE, 12)) == exact(overlay(LINE, line=12))
    assert decode_overlay(data, "one", "tenants/t.jsonl", 3).variables["tone"].origin == "tenants/t.jsonl"


def test_a_file_is_no_line() -> None:
    for made, line in ((overlay("{}"), 1), (overlay('{"id": "a"}', 1), 0)):
        data = encode_overlay(made)
        assert data is not None
        with pytest.raises(ValueError):
            decode_overlay(data, made.name, FILE, line)


def test_what_another_file_says_is_not_encoded() -> None:
    assert encode_overlay(overlay("variables: {a: !file r.md}\n")) is None
    assert encode_overlay(overlay("variables: {a: [!file r.md]}\n")) is None


BROKEN = [
    b"", b"\xff", b"[]", b"{}", b"null", b"[1]", b"[" * 100_000, b"12345678901", b'"12345678901"', b'{"a":1}',
]  # fmt: skip


@pytest.mark.parametrize("data", BROKEN, ids=repr)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        decode_overlay(data, "a", ACME, 0)


PARTS: list[Any] = [None, True, 1, -1, 1.5, "", "x", [], ["x"], [1, 2, 3], ["", 3, []], ["x", 1, 1, "y"], {}, {"a": 1}]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=6), st.sampled_from(PARTS))
def test_no_change_of_a_part_makes_it_raise_anything_else(way: list[int], part: Any) -> None:
    acme = overlay(FULL.replace("  rubric: !file rubrics/acme.md\n", ""))
    document = json.loads(encode_overlay(acme) or b"")
    at = document
    for step in way[:-1]:
        inner = at[step % len(at)] if at else None
        at = inner if isinstance(inner, list) and inner else at
    at[way[-1] % len(at)] = part
    try:
        made = decode_overlay(json.dumps(document).encode(), "acme", ACME, 0)
    except ValueError:
        return
    # What is taken is an overlay through and through: it can be written and read again.
    assert exact(again(made)) == exact(made)


KEYS = st.sampled_from(["tone", "words", "a", "b b", "\u00e9", "$append", "1", "text", "against"])
SCALARS = st.sampled_from(
    [
        "warm",
        "x y",
        "1",
        "1.5",
        "true",
        "~",
        "",
        "# no",
        "${tone}",
        "\u00e9\u4e16",
        "a: b",
        0,
        -1,
        1.5,
        True,
        None,
        1e300,
    ]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)  # fmt: skip
DIRECTIVES = st.sampled_from(["", "", "append", "remove", "replace", "prepend"])


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """An overlay as data; `!x` before a key puts a directive at its value."""
    made: dict[str, Any] = {}
    if draw(st.booleans()):
        made |= {"extends": draw(st.lists(SCALARS, max_size=3)), "final": draw(st.lists(SCALARS, max_size=2))}
    if draw(st.booleans()):
        made |= {"title": draw(SCALARS), "aliases": draw(st.lists(SCALARS, max_size=2)), "locale": "de"}
    if draw(st.booleans()):
        made |= {
            "labels": draw(st.dictionaries(KEYS, SCALARS, max_size=2)),
            "models": draw(st.dictionaries(KEYS, VALUES, max_size=2)),
        }
    made["variables"] = draw(st.dictionaries(KEYS, VALUES, max_size=4))
    sections = st.dictionaries(st.sampled_from(["enabled", "model", "config", "tools", "blocks"]), VALUES, max_size=2)
    made["prompts"] = draw(st.dictionaries(st.sampled_from(["reply", "*"]), sections, max_size=2))
    return made


def with_directives(value: dict[str, Any], directive: str) -> str:
    """The YAML of an overlay, a directive at each variable."""
    mark = f"!{directive} " if directive else ""
    variables = ", ".join(f'"{key}": {mark}{as_yaml(item)}' for key, item in value["variables"].items())
    rest = {key: item for key, item in value.items() if key != "variables"}
    return "".join(f"{key}: {as_yaml(item)}\n" for key, item in rest.items()) + f"variables: {{{variables}}}\n"


@settings(max_examples=200, deadline=None)
@given(documents(), DIRECTIVES)
def test_any_overlay_file_comes_back_exactly(document: dict[str, Any], directive: str) -> None:
    made = overlay(with_directives(document, directive))
    assert exact(again(made)) == exact(made)


@settings(max_examples=200, deadline=None)
@given(documents(), DIRECTIVES, st.integers(1, 9), st.integers(1, 9))
def test_any_line_comes_back_exactly(document: dict[str, Any], directive: str, first: int, second: int) -> None:
    if directive:
        document["variables"] = {key: {f"${directive}": item} for key, item in document["variables"].items()}
    line = json.dumps({"id": "one", **document})
    data = encode_overlay(overlay(line, first))
    assert data == encode_overlay(overlay(line, second))
    assert data is not None
    assert exact(decode_overlay(data, "one", FILE, second)) == exact(overlay(line, second))
