"""Fits: a quick yes or no to whether a value fits a schema, for values that are judged thousands of times.

    schema -> [fits] -> a predicate -> merge

It says yes to exactly what validate.py finds nothing wrong with; where it says no, validate.py says what and where.
Almost every value fits, so a build of many tenants asks here first. Keywords that are rare are left to validate.py.
Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from promptc.compiler.project import JsonSchema
from promptc.compiler.schema.validate import Judge, compiled
from promptc.core.findings import Place
from promptc.core.values import kind_of, same

Predicate = Callable[[Any], bool]

_RARE = frozenset(
    {"$ref", "not", "oneOf", "multipleOf", "uniqueItems", "minProperties", "maxProperties", "patternProperties"}
)
_KINDS_OF_TYPE: Mapping[str, tuple[str, ...]] = {
    "string": ("text",),
    "array": ("list",),
    "object": ("map",),
    "integer": ("integer",),
    "number": ("number", "integer"),
    "boolean": ("boolean",),
    "null": ("null",),
}
_NUMBER_LIMITS: Mapping[str, Callable[[float, float], bool]] = {
    "minimum": lambda value, limit: value >= limit,
    "maximum": lambda value, limit: value <= limit,
    "exclusiveMinimum": lambda value, limit: value > limit,
    "exclusiveMaximum": lambda value, limit: value < limit,
}


def predicate(schema: JsonSchema) -> Predicate:
    """Whether a value fits the schema, as a function of the value."""
    if _is_rare(schema):
        return lambda value: not Judge(schema, Place(""), "").findings(value, path="", source=value)
    return _compiled(schema)


def _is_rare(schema: Any) -> bool:
    if isinstance(schema, Mapping):
        known_type = schema.get("type") is None or all(name in _KINDS_OF_TYPE for name in _names(schema["type"]))
        return bool(_RARE & schema.keys()) or not known_type or any(map(_is_rare, schema.values()))
    return isinstance(schema, (list, tuple)) and any(map(_is_rare, schema))


def _names(declared: Any) -> list[Any]:
    return [declared] if isinstance(declared, str) else list(declared)


def _compiled(schema: JsonSchema) -> Predicate:
    tests = [*_any_kind(schema), *_of_kind(schema)]
    if len(tests) == 1:
        return tests[0]
    return lambda value: all(test(value) for test in tests)


def _any_kind(schema: JsonSchema) -> list[Predicate]:
    tests: list[Predicate] = []
    if schema.get("type") is not None:
        kinds = frozenset(kind for name in _names(schema["type"]) for kind in _KINDS_OF_TYPE[name])
        tests.append(lambda value: kind_of(value) in kinds)
    allowed = schema.get("enum")
    if isinstance(allowed, (list, tuple)):
        tests.append(lambda value: any(same(value, item) for item in allowed))
    if "const" in schema:
        tests.append(lambda value: same(value, schema["const"]))
    tests += [_compiled(part) for part in schema.get("allOf") or ()]
    branches = [_compiled(part) for part in schema.get("anyOf") or ()]
    if branches:
        tests.append(lambda value: any(branch(value) for branch in branches))
    return tests


def _of_kind(schema: JsonSchema) -> list[Predicate]:
    found = {"text": _text(schema), "number": _number(schema), "list": _list(schema), "map": _map(schema)}
    tests = {kind: test for kind, test in found.items() if test is not None}
    if not tests:
        return []
    if "number" in tests:
        tests["integer"] = tests["number"]

    def of_kind(value: Any) -> bool:
        test = tests.get(kind_of(value))
        return test is None or test(value)

    return [of_kind]


def _text(schema: JsonSchema) -> Predicate | None:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    pattern = compiled(schema["pattern"]) if "pattern" in schema else None
    if not least and most is None and pattern is None:
        return None

    def fits(value: str) -> bool:
        sized = least <= len(value) and (most is None or len(value) <= most)
        return sized and (pattern is None or pattern.search(value) is not None)

    return fits


def _number(schema: JsonSchema) -> Predicate | None:
    limits = [(fits, schema[key]) for key, fits in _NUMBER_LIMITS.items() if key in schema]
    return (lambda value: all(fits(value, limit) for fits, limit in limits)) if limits else None


def _list(schema: JsonSchema) -> Predicate | None:
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    items = schema.get("items")
    item = _compiled(items) if isinstance(items, Mapping) else None
    if item is None and items is not False and not least and most is None:
        return None

    def fits(value: list[Any]) -> bool:
        if len(value) < least or (most is not None and len(value) > most) or (items is False and value):
            return False
        return item is None or all(map(item, value))

    return fits


def _map(schema: JsonSchema) -> Predicate | None:
    required = schema.get("required") or ()
    parts = {
        key: _compiled(part) if isinstance(part, Mapping) else _anything
        for key, part in (schema.get("properties") or {}).items()
    }
    rest = schema.get("additionalProperties")
    other = _compiled(rest) if isinstance(rest, Mapping) else None
    closed = rest is False

    def fits(value: Mapping[str, Any]) -> bool:
        for key in required:
            if key not in value:
                return False
        for key, item in value.items():
            part = parts.get(key, other)
            if part is None:
                if closed:
                    return False
            elif not part(item):
                return False
        return True

    return fits


def _anything(_value: Any) -> bool:
    return True
