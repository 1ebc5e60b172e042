"""Types: plain scalars typed by a JSON Schema, then the value held against it.

    data with Plain scalars, a schema -> [types] -> typed value and findings

Text stays text where text is declared (`no`, `1.10`, `010`), a core number or boolean becomes one where one is
declared, and where nothing is, only `true`, `false`, null and plain decimals are typed; other number-like plain
scalars are findings, since YAML's versions disagree on them. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from promptc.compiler.project import JsonSchema
from promptc.compiler.schema.nodes import BOOLEAN_LIKE, NULL_LIKE, NUMBER_LIKE, Plain
from promptc.compiler.schema.validate import JsonMap, Judge, compiled, kinds_of, resolve_reference
from promptc.core.findings import Finding, Place
from promptc.core.values import INTEGER_MAX

DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\Z")
DIGITS_MAX = 400  # more digits than a float's range has; longer text isn't converted at all


class Ambiguous(ValueError):
    """A plain scalar that readers of YAML don't agree on."""


def typed(
    data: Any, schema: JsonSchema | None, *, place: Place, path: str, code: str = "O002"
) -> tuple[Any, tuple[Finding, ...]]:
    """The data with its plain scalars typed by the schema, and every way in which it doesn't fit.

    `place` stands for parts that don't know their own; `path` names the value in messages (`variables.tone`); `code`
    is the code of a value that doesn't fit. Messages never quote a value, since it may be confidential.
    """
    shaper = _Shaper(schema or {}, place)
    value = shaper.shape(data, schema or {}, path)
    if shaper.findings or schema is None:
        return value, tuple(shaper.findings)
    return value, Judge(schema, place, code).findings(value, path=path, source=data)


def shaped(data: Any, schema: JsonSchema, *, place: Place, path: str) -> tuple[Any, tuple[Finding, ...]]:
    """The data with its plain scalars typed, not held against the schema."""
    shaper = _Shaper(schema, place)
    return shaper.shape(data, schema, path), tuple(shaper.findings)


def validate(value: Any, schema: JsonSchema, *, place: Place, path: str, code: str = "O002") -> tuple[Finding, ...]:
    """Every way in which a typed value doesn't fit its schema."""
    return Judge(schema, place, code).findings(value, path=path, source=value)


def plain_value(text: str, kinds: frozenset[str] | None) -> Any:
    """A plain scalar's value where `kinds` are the JSON types declared (None: nothing is). Raises Ambiguous."""
    if kinds is None:
        return _undeclared(text)
    if "null" in kinds and text in NULL_LIKE:
        return None
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if kinds & _NUMBERS and DECIMAL.match(text) and ("." not in text or "number" in kinds):
        return _decimal(text)
    if "string" in kinds:
        if text in NULL_LIKE:
            raise Ambiguous("a plain null where text is declared", 'quote it if it is text; empty text is ""')
        return text
    if kinds & _NUMBERS and NUMBER_LIKE.match(text) and not DECIMAL.match(text):
        raise Ambiguous("readers of YAML disagree on this number", "write a plain decimal")
    return _undeclared(text)


_NUMBERS = frozenset({"integer", "number"})


def _undeclared(text: str) -> Any:
    if text in NULL_LIKE:
        return None
    if text in ("true", "false"):
        return text == "true"
    if DECIMAL.match(text):
        return _decimal(text)
    if text in BOOLEAN_LIKE:
        raise Ambiguous("readers of YAML disagree on this boolean", "write `true` or `false`, or quote it")
    if NUMBER_LIKE.match(text):
        raise Ambiguous("readers of YAML disagree on this number", "quote it if it is text, or write a plain decimal")
    return text


def _decimal(text: str) -> int | float:
    if len(text) > DIGITS_MAX:
        raise Ambiguous("a number of this length has no exact value everywhere", "quote it if it is text")
    if "." in text:
        number = float(text)
        if math.isfinite(number):
            return number
    elif abs(int(text)) <= INTEGER_MAX:
        return int(text)
    raise Ambiguous("a number beyond what JSON readers agree on (2^53-1)", "quote it if it is text")


class _Shaper:
    """Types data by a schema; keeps what it found."""

    def __init__(self, root: JsonSchema, place: Place) -> None:
        self.root = root
        self.place = place
        self.findings: list[Finding] = []

    def shape(self, data: Any, schema: JsonMap, path: str) -> Any:
        """The data typed by the schema, as far as the schema says."""
        if isinstance(data, Plain):
            return self._plain(data, schema, path)
        if isinstance(data, str):
            return str(data)
        if not isinstance(data, (list, tuple, dict)):
            return data
        schema = self._chosen(data, schema)
        if isinstance(data, dict):
            return {
                str(key): self.shape(value, self._at_key(schema, key), f"{path}.{key}") for key, value in data.items()
            }
        return [self.shape(item, self._at_item(schema), f"{path}[{index}]") for index, item in enumerate(data)]

    def _plain(self, data: Plain, schema: JsonMap, path: str) -> Any:
        try:
            return plain_value(str(data), kinds_of(schema, self.root))
        except Ambiguous as error:
            what, hint = error.args
            place = data.place(self.place.file) if getattr(data, "line", 0) else self.place
            self.findings.append(Finding("Y003", f"`{path}`: {what}", place, hint=hint))
            return str(data)

    def _chosen(self, data: Any, schema: JsonMap) -> JsonMap:
        # Of several branches, a list or map takes the first that it fits once typed by it.
        schema = resolve_reference(schema, self.root)
        merged = dict(schema)
        for part in _maps(schema.get("allOf")):
            merged = {**resolve_reference(part, self.root), **merged}
        for branches in (schema.get("anyOf"), schema.get("oneOf")):
            for branch in _maps(branches):
                attempt = _Shaper(self.root, self.place)
                value = attempt.shape(data, branch, "")
                fits = not attempt.findings and not Judge(branch, self.place, "").findings(value, path="", source=value)
                if fits:
                    return {**merged, **resolve_reference(branch, self.root)}
        return merged

    def _at_key(self, schema: JsonMap, key: str) -> JsonMap:
        properties = schema.get("properties")
        if isinstance(properties, dict) and isinstance(properties.get(key), dict):
            return dict(properties[key])
        for pattern, part in (schema.get("patternProperties") or {}).items():
            if compiled(pattern).search(key) and isinstance(part, dict):
                return part
        rest = schema.get("additionalProperties")
        return rest if isinstance(rest, dict) else {}

    def _at_item(self, schema: JsonMap) -> JsonMap:
        items = schema.get("items")
        return items if isinstance(items, dict) else {}


def _maps(value: Any) -> Iterable[JsonMap]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, (list, tuple)) else ()
