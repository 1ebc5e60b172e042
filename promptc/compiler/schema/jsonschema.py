"""JSON Schemas as sources write them: keywords typed, and those that nobody would check refused.

    data with Plain scalars -> [jsonschema] -> a schema as typed data

Variables and inputs take the keywords that promptc itself checks; schemas that a provider sees (tools, outputs) pass
whole, with their order kept and `{$vars: NAME}` left in place. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from promptc.compiler.schema.nodes import Plain, Text, place_in
from promptc.compiler.schema.types import Ambiguous, plain_value, typed
from promptc.compiler.schema.validate import Judge, compiled, kinds_of
from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean, listed

Use = Literal["variable", "input", "provider"]

COMMA = "inside `{…}` a comma ends a plain text: quote the text"
TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")

_TEXTS = frozenset({"title", "description", "pattern", "format", "$ref", "$comment", "$schema", "$id"})
_COUNTS = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"})
_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_FLAGS = frozenset({"uniqueItems", "deprecated"})
_MAPS = frozenset({"properties", "patternProperties", "$defs"})
_SCHEMAS = frozenset({"items", "additionalProperties", "not"})
_LISTS = frozenset({"anyOf", "oneOf", "allOf"})
_VALUES = frozenset({"const", "default"})
_VALUE_LISTS = frozenset({"enum", "examples"})

_VARIABLE = (
    _TEXTS | _COUNTS | _NUMBERS | _FLAGS | _MAPS | _SCHEMAS | _LISTS | _VALUES | _VALUE_LISTS | {"type", "required"}
)
_INPUT = frozenset({"type", "enum", "items", "properties", "required", "default", "description", "title"}) | frozenset(
    {"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    | {"additionalProperties", "format", "unit"}
)
KEYWORDS: Mapping[Use, frozenset[str]] = {"variable": _VARIABLE, "input": _INPUT}


def read_schema(data: Any, *, place: Place, path: str, use: Use) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """A schema as typed data, and what is wrong with it as a schema."""
    reader = _Reader(place, use)
    schema = reader.schema(data, path)
    return (schema if isinstance(schema, dict) else {}), tuple(reader.findings)


@dataclass(slots=True)
class _Reader:
    place: Place
    use: Use
    findings: list[Finding] = field(default_factory=list)

    def schema(self, data: Any, path: str) -> Any:
        """One schema."""
        if isinstance(data, Plain) and str(data) in ("true", "false"):
            data = str(data) == "true"
        if isinstance(data, bool) and self.use != "input":
            return data
        if not isinstance(data, Mapping):
            self.report(data, f"`{path}` must be a JSON Schema, which is a map", hint="write `{type: string}`")
            return {}
        if "$vars" in data and self.use == "provider":
            return self.value(data, None, path)
        made: dict[str, Any] = {}
        # Values last, since the keywords beside them type them.
        for key in sorted(data, key=lambda name: name in _VALUES or name in _VALUE_LISTS):
            made[str(key)] = self.keyword(key, data[key], made, path)
        if self.use != "provider":
            self.listed_values(data, made, path)
        return {str(key): made[str(key)] for key in data}

    def listed_values(self, data: Mapping[str, Any], made: dict[str, Any], path: str) -> None:
        """Hold what `enum` and `const` list against the type beside them: a value that can never be is a slip."""
        if not isinstance(made.get("type"), (str, list)):
            return
        judge = Judge({"type": made["type"]}, self.place, "S009")
        for key, values in (("enum", made.get("enum")), ("const", [made["const"]] if "const" in made else None)):
            for index, value in enumerate(values if isinstance(values, list) else ()):
                written = data[key][index] if key == "enum" else data[key]
                self.findings += judge.findings(value, path=f"{path}.{key}", source=written)

    def keyword(self, key: str, data: Any, made: dict[str, Any], path: str) -> Any:
        """One keyword's value, typed."""
        inside = f"{path}.{key}"
        known = KEYWORDS.get(self.use)
        if known is not None and key not in known:
            hint = did_you_mean(key, known, otherwise=f"known are {listed(sorted(known), most=40)}")
            if isinstance(data, Plain) and not data:
                hint = COMMA
            self.report(key, f"`{path}` has an unknown keyword `{key}`", hint=hint)
            return None
        if isinstance(data, Mapping) and "$vars" in data and self.use == "provider":
            return self.value(data, None, inside)
        if key == "type":
            return self.type(data, inside)
        if key in _MAPS and isinstance(data, Mapping):
            return {str(name): self.schema(part, f"{inside}.{name}") for name, part in data.items()}
        if key in _SCHEMAS and not isinstance(data, list):
            return self.additional(data, inside) if key == "additionalProperties" else self.schema(data, inside)
        if key in _LISTS and isinstance(data, list):
            return [self.schema(part, f"{inside}[{index}]") for index, part in enumerate(data)]
        if key in _VALUES:
            return self.value(data, made, inside)
        if key in _VALUE_LISTS and isinstance(data, list):
            return [self.value(item, made, f"{inside}[{index}]") for index, item in enumerate(data)]
        return self.limit(key, data, inside)

    def additional(self, data: Any, path: str) -> Any:
        """`additionalProperties`: a flag, or the schema of further keys."""
        if isinstance(data, Plain) and str(data) in ("true", "false"):
            return str(data) == "true"
        return data if isinstance(data, bool) else self.schema(data, path)

    def limit(self, key: str, data: Any, path: str) -> Any:
        """A keyword whose value is a text, a number, a flag or a list of texts."""
        wanted = _wanted(key)
        if wanted is None:
            if self.use == "provider":
                return self.value(data, None, path)
            self.report(data, f"`{path}` is of the wrong kind")
            return None
        value, found = typed(data, wanted, place=self.place, path=path, code="S009")
        self.findings += found
        if key == "pattern" and isinstance(value, str) and self.use != "provider":
            try:
                compiled(value)
            except re.error as error:
                self.report(data, f"`{path}` is not a regular expression: {error}")
                return ""
        return None if found else value

    def type(self, data: Any, path: str) -> Any:
        """The `type` keyword: a name, or a list of names."""
        names = [str(item) for item in data] if isinstance(data, list) else [str(data)]
        known = (*TYPES, "media") if self.use == "input" else TYPES
        for index, name in enumerate(names):
            if name not in known:
                part = data[index] if isinstance(data, list) else data
                hint = _TYPE_HINTS.get(name) or did_you_mean(name, known, otherwise=f"types are {listed(known)}")
                self.report(part, f"`{path}`: there is no type `{name[:40]}`", hint=hint)
                return "string" if not isinstance(data, list) else ["string"]
        if (
            self.use == "input"
            and isinstance(data, list)
            and (len(names) != 2 or "null" not in names or names[0] == names[1])
        ):
            self.report(data, f"`{path}` must be one type, or a list of one type and `null`")
        return names if isinstance(data, list) else names[0]

    def value(self, data: Any, schema: Mapping[str, Any] | None, path: str) -> Any:
        """A value inside a schema, typed by the keywords beside it."""
        if isinstance(data, Plain) and schema is not None:
            kinds = kinds_of(schema, schema)
            try:
                return plain_value(str(data), kinds)
            except Ambiguous as error:
                self.report(data, f"`{path}`: {error.args[0]}", hint=error.args[1], code="Y003")
                return str(data)
        value, found = (
            typed(data, schema, place=self.place, path=path)
            if schema is None
            else (_untyped(data, schema, path, self), ())
        )
        self.findings += found
        return value

    def report(self, data: Any, message: str, *, hint: str = "", code: str = "S009") -> None:
        """Note what is wrong, at the data's own place where it knows it."""
        place = place_in(data, self.place) if isinstance(data, Text) else self.place
        self.findings.append(Finding(code, message, place, hint=hint))


def _untyped(data: Any, schema: Mapping[str, Any], path: str, reader: _Reader) -> Any:
    # A default or an enum's list or map: shaped by the schema that was read so far, and judged later as a whole.
    from promptc.compiler.schema.types import shaped

    value, found = shaped(data, schema, place=reader.place, path=path)
    reader.findings += found
    return value


def _wanted(key: str) -> dict[str, Any] | None:
    if key in _TEXTS or key == "unit":
        return {"type": "string"}
    if key in _COUNTS:
        return {"type": "integer", "minimum": 0}
    if key in _NUMBERS:
        return {"type": "number"}
    if key in _FLAGS:
        return {"type": "boolean"}
    return {"type": "array", "items": {"type": "string"}} if key == "required" else None


_TYPE_HINTS = {
    "str": "did you mean `string`?",
    "text": "did you mean `string`?",
    "int": "did you mean `integer`?",
    "float": "did you mean `number`?",
    "bool": "did you mean `boolean`?",
    "list": "did you mean `array`?",
    "dict": "did you mean `object`?",
    "map": "did you mean `object`?",
}
