"""Providers: whether tools and schemas are what the named provider takes: valid JSON Schema, and within its limits.

    artifacts -> [providers] -> findings at the prompt

Pure. docs/checks.md names the page that each limit is from. Of a provider that isn't listed here only validity is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from promptc.checks.check import Check, Compiled
from promptc.checks.proving import wrong_in
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding, Place

_COMPOSING = frozenset("allOf not dependentRequired dependentSchemas if then else".split())
_ENUM_LARGE = 250


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider takes. 0 is no limit. The first line is of all tools, the rest of a schema that it enforces."""

    tools: int = 0
    strict_tools: int = 0
    closed: bool = False
    all_required: bool = False
    properties: int = 0
    depth: int = 0
    enum_values: int = 0
    characters: int = 0
    enum_characters: int = 0
    optional: int = 0
    unions: int = 0
    refused: frozenset[str] = frozenset()
    min_items: int | None = None


LIMITS = {
    "openai": Limits(
        tools=128, closed=True, all_required=True, properties=5_000, depth=10, enum_values=1_000, characters=120_000,
        enum_characters=15_000, refused=_COMPOSING,
    ),
    "anthropic": Limits(
        strict_tools=20, closed=True, optional=24, unions=16, min_items=1,
        refused=frozenset("minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength maxItems".split()),
    ),
    "gemini": Limits(refused=_COMPOSING | {"patternProperties"}),
}  # fmt: skip


def invalid(compiled: Compiled) -> Iterator[Finding]:
    """W711: a tool's or an answer's schema that is no JSON Schema."""
    for what, schema, place, _ in _schemas(compiled):
        wrong = _wrong(_text(schema))
        if wrong:
            hint = "mend the schema, or the variable that is put into it"
            yield Finding("W711", f"{what} has a schema that is none: {wrong}", place, "error", hint)


def beyond(compiled: Compiled) -> Iterator[Finding]:
    """W712: more, or other, than the provider takes."""
    provider = str(compiled.document["model"].get("provider", ""))
    limits = LIMITS.get(provider)
    if limits is None:
        return
    hint = "docs/checks.md names the provider's page; change the schema, or leave `strict` out"
    for said, place in _beyond(compiled, provider, limits):
        yield Finding("W712", f"{said}: {provider} refuses that", place, "warning", hint)


def _beyond(compiled: Compiled, provider: str, limits: Limits) -> Iterator[tuple[str, Place]]:
    tools = compiled.document["tools"]
    place = compiled.prompt.places.get("tools", compiled.prompt.place)
    if limits.tools and len(tools) > limits.tools:
        yield f"{len(tools):,} tools, of {limits.tools:,} at most", place
    strict = [tool for tool in tools if tool.get("strict")]
    if limits.strict_tools and len(strict) > limits.strict_tools:
        yield f"{len(strict):,} strict tools, of {limits.strict_tools:,} at most", place
    optional = unions = 0
    for what, schema, at, is_enforced in _schemas(compiled):
        if is_enforced and isinstance(schema, Mapping):
            said, size = _measured(provider, _text(schema))
            yield from ((f"{what} {one}", at) for one in said)
            optional, unions = optional + size[0], unions + size[1]
    for count, most, noun in ((optional, limits.optional, "optional fields"), (unions, limits.unions, "fields of several types")):
        if most and count > most:
            yield f"{count:,} {noun} in enforced schemas, of {most:,} at most", place


def _schemas(compiled: Compiled) -> Iterator[tuple[str, Any, Place, bool]]:
    """Each schema: what it is of, itself, where it is named, whether the provider is asked to enforce it."""
    for tool in compiled.document["tools"]:
        yield f"the tool `{tool['name']}`", tool["input"], _place(compiled, tool["name"]), bool(tool.get("strict"))
    output = compiled.document.get("output")
    if output is not None:
        place = compiled.prompt.places.get("output.schema", compiled.prompt.place)
        # Anthropic's interface knows no answer by a schema that isn't enforced.
        is_enforced = bool(output.get("strict")) or compiled.document["model"].get("provider") == "anthropic"
        yield "the answer", output["schema"], place, is_enforced


def _place(compiled: Compiled, tool: str) -> Place:
    places = compiled.prompt.places
    return places.get(f"tools.{tool}") or places.get(f"optional_tools.{tool}") or places.get("tools", compiled.prompt.place)


def _text(schema: Any) -> str:
    return json.dumps(schema, ensure_ascii=False)


@lru_cache(maxsize=4096)
def _wrong(text: str) -> str:
    return wrong_in(json.loads(text))


@lru_cache(maxsize=4096)
def _measured(provider: str, text: str) -> tuple[tuple[str, ...], tuple[int, int]]:
    """What is wrong with an enforced schema; its optional fields and those of several types."""
    measure = _Measure(LIMITS[provider], json.loads(text))
    return tuple(dict.fromkeys(measure.said())), (measure.optional, measure.unions)


class _Measure:
    """Goes through one schema."""

    def __init__(self, limits: Limits, schema: Mapping[str, Any]) -> None:
        self.limits = limits
        self.root = schema
        self.wrong: list[str] = []
        self.properties = self.depth = self.enum_values = self.characters = self.optional = self.unions = 0
        self._schema(schema, "", 1)

    def said(self) -> Iterator[str]:
        """What is wrong, the same once."""
        limits = self.limits
        if limits.closed and (self.root.get("type") != "object" or "anyOf" in self.root):
            yield "is no object at its root"
        yield from self.wrong
        for count, most, noun in (
            (self.properties, limits.properties, "properties"), (self.depth, limits.depth, "levels"),
            (self.enum_values, limits.enum_values, "values of enums"),
            (self.characters, limits.characters, "characters of names and values"),
        ):  # fmt: skip
            if most and count > most:
                yield f"has {count:,} {noun}, of {most:,} at most"

    def _schema(self, schema: Any, path: str, depth: int) -> None:
        if not isinstance(schema, Mapping):
            return
        where = f" at `{path}`" if path else ""
        self.depth = max(self.depth, depth)
        for key in sorted(self.limits.refused & schema.keys()):
            self.wrong.append(f"uses `{key}`{where}")
        if self.limits.min_items is not None and schema.get("minItems", 0) > self.limits.min_items:
            self.wrong.append(f"uses `minItems` above {self.limits.min_items}{where}")
        if isinstance(schema.get("$ref"), str) and not schema["$ref"].startswith("#"):
            self.wrong.append(f"refers to another file{where}")
        self._values(schema, where)
        self._fields(schema, path, where, depth)
        for key in ("items", "additionalProperties"):
            self._schema(schema.get(key), f"{path}[]" if key == "items" else path, depth)
        for key in ("anyOf", "oneOf", "allOf"):
            for part in schema[key] if isinstance(schema.get(key), list) else ():
                self._schema(part, path, depth)
        for name, part in schema["$defs"].items() if isinstance(schema.get("$defs"), Mapping) else ():
            self.characters += len(name)
            self._schema(part, name, 1)
        self.unions += isinstance(schema.get("type"), list) or "anyOf" in schema

    def _values(self, schema: Mapping[str, Any], where: str) -> None:
        listed = schema.get("enum")
        values = [*(listed if isinstance(listed, list) else ()), *([schema["const"]] if "const" in schema else [])]
        lengths = sum(len(value) for value in values if isinstance(value, str))
        self.enum_values += len(values)
        self.characters += lengths
        most = self.limits.enum_characters
        if most and len(values) > _ENUM_LARGE and lengths > most:
            self.wrong.append(f"has an enum of {len(values):,} values with {lengths:,} characters{where}, of {most:,} at most")

    def _fields(self, schema: Mapping[str, Any], path: str, where: str, depth: int) -> None:
        fields = schema.get("properties")
        if schema.get("type") != "object" and not isinstance(fields, Mapping):
            return
        fields = fields if isinstance(fields, Mapping) else {}
        if self.limits.closed and schema.get("additionalProperties") is not False:
            self.wrong.append(f"lacks `additionalProperties: false`{where}")
        left = [name for name in fields if name not in schema.get("required", ())]
        if self.limits.all_required and left:
            self.wrong.append(f"leaves `{left[0]}` out of `required`{where}")
        self.optional += len(left)
        self.properties += len(fields)
        for name, part in fields.items():
            self.characters += len(name)
            nested = isinstance(part, Mapping) and ("properties" in part or "items" in part)
            self._schema(part, f"{path}.{name}".lstrip("."), depth + nested)


CHECKS = (
    Check("W711", "artifact", invalid, "error"),
    Check("W712", "artifact", beyond),
)
