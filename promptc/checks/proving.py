"""Proving: what the JSON Schema library says of a schema or a value; it is loaded where something is suspicious, and only then.

    schema -> [proving] -> what is wrong with it; two schemas, values -> whether one takes what the other refuses

Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from promptc.compiler.schema.validate import resolve_reference

Schema = Mapping[str, Any]


def differ(one: Schema, other: Schema, values: Iterable[Any]) -> bool:
    """Whether any of some values fits the first schema and not the second: proof that the first allows more."""
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.exceptions import SchemaError
    from referencing.exceptions import Unresolvable

    checker = FormatChecker()
    try:
        first, second = (Draft202012Validator(dict(schema), format_checker=checker) for schema in (one, other))
        return any(first.is_valid(value) and not second.is_valid(value) for value in values)
    except (SchemaError, Unresolvable, ValueError, TypeError, RecursionError):
        return False  # what can't be proven is not said


def wrong_in(schema: Any) -> str:
    """What keeps a schema from being JSON Schema (draft 2020-12): where and which keyword; "" where it is one."""
    if surely_valid(schema):
        return ""
    from jsonschema import Draft202012Validator

    errors = sorted(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema), key=lambda error: len(error.path))
    if not errors:
        return ""
    return f"`{'.'.join(map(str, errors[-1].absolute_path)) or 'the whole of it'}` is not what JSON Schema takes there"


_COUNTS = frozenset("minLength maxLength minItems maxItems minProperties maxProperties".split())
_NUMBERS = frozenset("minimum maximum exclusiveMinimum exclusiveMaximum".split())
_TEXTS = frozenset("title description format".split())
_TYPES = frozenset("string integer number boolean array object null".split())


def surely_valid(schema: Any) -> bool:
    """Whether a schema uses the commonest keywords alone, each rightly: then nobody else needs to be asked."""
    if isinstance(schema, bool):
        return True
    return isinstance(schema, Mapping) and all(_is_right(key, value) for key, value in schema.items())


def _is_right(key: str, value: Any) -> bool:
    if key in _TEXTS:
        return isinstance(value, str)
    if key in _COUNTS:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if key in _NUMBERS:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if key == "type":
        names = value if isinstance(value, list) else [value]
        return bool(names) and all(isinstance(name, str) and name in _TYPES for name in names) and len(set(names)) == len(names)
    if key == "required":
        return isinstance(value, list) and all(isinstance(name, str) for name in value) and len(set(value)) == len(value)
    if key == "enum":
        return isinstance(value, list)
    if key == "properties":
        return isinstance(value, Mapping) and all(map(surely_valid, value.values()))
    if key in ("items", "additionalProperties"):
        return surely_valid(value)
    return key in ("anyOf", "oneOf") and isinstance(value, list) and bool(value) and all(map(surely_valid, value))


def resolved(schema: Any, root: Schema) -> Schema | None:
    """A schema with its reference followed and its `allOf` joined; None for one that says nothing or can't be read here."""
    if not isinstance(schema, Mapping):
        return None
    if "$ref" in schema:
        if not str(schema["$ref"]).startswith("#"):
            return None
        schema = resolve_reference(schema, root)
    if "allOf" in schema:
        parts = [resolved(part, root) for part in schema["allOf"]]
        schema = _joined([{key: value for key, value in schema.items() if key != "allOf"}, *(part for part in parts if part is not None)])
    return schema or None


def _joined(parts: list[Schema]) -> Schema:
    made: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            if key == "properties":
                made[key] = {**made.get(key, {}), **value}
            elif key == "required":
                made[key] = list(dict.fromkeys([*made.get(key, ()), *value]))
            else:
                made[key] = value
    return made
