"""Validate: a typed value held against a JSON Schema, with a finding at a place for each way in which it doesn't fit.

    value, schema -> [validate] -> findings

The keywords are those in KEYWORDS and no others; schemas are checked for that when they are read (jsonschema.py).
Messages name paths and what is declared, and never quote the value: it may be confidential. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from promptc.compiler.schema.nodes import place_in
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean, listed
from promptc.core.values import canonical_text, kind_of, same

JsonMap: TypeAlias = Mapping[str, Any]

KIND_OF_TYPE = {
    "string": "text", "array": "list", "object": "map", "integer": "integer",
    "number": "number", "boolean": "boolean", "null": "null",
}  # fmt: skip
_TYPE_OF_KIND = {kind: name for name, kind in KIND_OF_TYPE.items()}


def resolve_reference(schema: JsonMap, root: JsonMap) -> JsonMap:
    """The schema behind a local `$ref` (`#/$defs/x`), its own keys beside it kept; {} for one that leads nowhere."""
    seen = 0
    while "$ref" in schema and seen < 16:
        seen += 1
        target: Any = root
        for part in str(schema["$ref"]).removeprefix("#").split("/")[1:]:
            target = target.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(target, Mapping) else None
        if not isinstance(target, Mapping):
            return {}
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def kinds_of(schema: JsonMap, root: JsonMap) -> frozenset[str] | None:
    """The JSON types that a schema leaves possible for a scalar; None when it declares none."""
    schema = resolve_reference(schema, root)
    found: frozenset[str] | None = None
    declared = schema.get("type")
    if isinstance(declared, str):
        found = frozenset({declared})
    elif isinstance(declared, (list, tuple)):
        found = frozenset(map(str, declared))
    elif isinstance(schema.get("enum"), (list, tuple)):
        found = frozenset(_TYPE_OF_KIND.get(kind_of(item), "null") for item in schema["enum"])
    elif "const" in schema:
        found = frozenset({_TYPE_OF_KIND.get(kind_of(schema["const"]), "null")})
    for branches in (schema.get("anyOf"), schema.get("oneOf")):
        if isinstance(branches, (list, tuple)) and found is None:
            parts = [kinds_of(branch, root) for branch in branches if isinstance(branch, Mapping)]
            known = [part for part in parts if part is not None]
            if parts and len(known) == len(parts):
                found = frozenset().union(*known)
    for branch in schema.get("allOf") or ():
        part = kinds_of(branch, root) if isinstance(branch, Mapping) else None
        if part is not None:
            found = part if found is None else found & part
    return found


class Judge:
    """Holds values against one schema."""

    def __init__(self, schema: JsonMap, place: Place, code: str) -> None:
        self.root = schema
        self.place = place
        self.code = code

    def findings(self, value: Any, *, path: str, source: Any) -> tuple[Finding, ...]:
        """Every way in which the value doesn't fit. `source` is the same data as it was written, for places."""
        return tuple(self._check(value, self.root, path, source))

    def _check(self, value: Any, schema: JsonMap, path: str, source: Any) -> Iterator[Finding]:
        schema = resolve_reference(schema, self.root)
        wrong = _wrong_kind(value, schema)
        if wrong:
            yield self._finding(path, wrong, source)
            return
        yield from self._choices(value, schema, path, source)
        if isinstance(value, str):
            yield from (self._finding(path, said, source) for said in _text_limits(value, schema))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield from (self._finding(path, said, source) for said in _number_limits(value, schema))
        elif isinstance(value, (list, tuple)):
            yield from self._list(value, schema, path, source)
        elif isinstance(value, Mapping):
            yield from self._map(value, schema, path, source)
        yield from self._branches(value, schema, path, source)

    def _choices(self, value: Any, schema: JsonMap, path: str, source: Any) -> Iterator[Finding]:
        allowed = schema.get("enum")
        if isinstance(allowed, (list, tuple)) and not any(same(value, item) for item in allowed):
            listed = ", ".join(f"`{item if isinstance(item, str) else _brief(item)}`" for item in allowed[:12])
            more = f" and {len(allowed) - 12} more" if len(allowed) > 12 else ""
            texts = [item for item in allowed if isinstance(item, str)]
            hint = did_you_mean(value, texts) if isinstance(value, str) else ""
            yield self._finding(path, f"must be one of {listed}{more}", source, hint=hint)
        if "const" in schema and not same(value, schema["const"]):
            yield self._finding(path, f"must be `{_brief(schema['const'])}`", source)

    def _list(self, value: Any, schema: JsonMap, path: str, source: Any) -> Iterator[Finding]:
        yield from (self._finding(path, said, source) for said in _count_limits(len(value), schema, "Items", "items"))
        if schema.get("uniqueItems") is True:
            seen: set[str] = set()
            for index, item in enumerate(value):
                key = _identity(item)
                if key in seen:
                    yield self._finding(f"{path}[{index}]", "is in the list already", _child(source, index))
                seen.add(key)
        items = schema.get("items")
        if isinstance(items, Mapping):
            for index, item in enumerate(value):
                yield from self._check(item, items, f"{path}[{index}]", _child(source, index))
        elif items is False and value:
            yield self._finding(path, "must be empty", source)

    def _map(self, value: JsonMap, schema: JsonMap, path: str, source: Any) -> Iterator[Finding]:
        limits = _count_limits(len(value), schema, "Properties", "keys")
        yield from (self._finding(path, said, source) for said in limits)
        for key in schema.get("required") or ():
            if key not in value:
                yield self._finding(path, f"lacks the key `{key}`", source)
        properties = schema.get("properties") or {}
        patterns = schema.get("patternProperties") or {}
        for key, item in value.items():
            inside, below = f"{path}.{key}", _child(source, key)
            matched = [part for pattern, part in patterns.items() if compiled(pattern).search(key)]
            if key in properties:
                matched.append(properties[key])
            for part in matched:
                if isinstance(part, Mapping):
                    yield from self._check(item, part, inside, below)
            if not matched:
                yield from self._additional(key, item, schema, inside, source)

    def _additional(self, key: str, item: Any, schema: JsonMap, path: str, source: Any) -> Iterator[Finding]:
        rest = schema.get("additionalProperties")
        if rest is False:
            known = schema.get("properties") or {}
            hint = did_you_mean(key, known, otherwise=f"known are {listed(known)}" if known else "")
            yield self._finding(path, "is not a key that is declared", _key(source, key), hint=hint)
        elif isinstance(rest, Mapping):
            yield from self._check(item, rest, path, _child(source, key))

    def _branches(self, value: Any, schema: JsonMap, path: str, source: Any) -> Iterator[Finding]:
        for part in schema.get("allOf") or ():
            yield from self._check(value, part, path, source)
        tries = [list(self._check(value, part, path, source)) for part in schema.get("anyOf") or ()]
        if tries and all(tries):
            yield self._of_branches(tries, path, source)
        tries = [list(self._check(value, part, path, source)) for part in schema.get("oneOf") or ()]
        if tries and all(tries):
            yield self._of_branches(tries, path, source)
        elif sum(not found for found in tries) > 1:
            yield self._finding(path, "fits more than one of the forms that are declared, and only one may fit", source)
        refused = schema.get("not")
        if isinstance(refused, Mapping) and not list(self._check(value, refused, path, source)):
            yield self._finding(path, "is what the schema's `not` refuses", source)

    def _of_branches(self, tries: list[list[Finding]], path: str, source: Any) -> Finding:
        # The branch that came nearest says best what is wrong: the one whose finding lies deepest, else all in a row.
        deepest = max(tries, key=lambda found: (max(len(f.message.split("`")[1]) for f in found), -len(found)))
        if len(deepest[0].message.split("`")[1]) > len(path):
            return deepest[0]
        said = dict.fromkeys(found[0].message.split("` ", 1)[-1] for found in tries)
        return self._finding(path, " or ".join(said), source)

    def _finding(self, path: str, said: str, source: Any, *, hint: str = "") -> Finding:
        return Finding(self.code, f"`{path}` {said}", place_in(source, self.place), hint=hint)


def _wrong_kind(value: Any, schema: JsonMap) -> str:
    declared = schema.get("type")
    if declared is None:
        return ""
    names = [declared] if isinstance(declared, str) else list(declared)
    kind = kind_of(value)
    for name in names:
        if KIND_OF_TYPE.get(name) == kind or (name == "number" and kind == "integer"):
            return ""
        if name == "media":
            return ""
    wanted = " or ".join(article(KIND_OF_TYPE.get(name, name)) for name in names)
    return f"must be {wanted}, and this is {article(kind)}"


def article(kind: str) -> str:
    """A kind with its article: `an integer`, `a list`, `text`."""
    if kind in ("text", "null"):
        return kind
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _text_limits(value: str, schema: JsonMap) -> Iterator[str]:
    if len(value) < schema.get("minLength", 0):
        yield f"must have at least {schema['minLength']:,} characters, and has {len(value):,}"
    if "maxLength" in schema and len(value) > schema["maxLength"]:
        yield f"must have at most {schema['maxLength']:,} characters, and has {len(value):,}"
    if "pattern" in schema and not compiled(schema["pattern"]).search(value):
        yield f"must match the pattern `{schema['pattern']}`"


def _number_limits(value: float, schema: JsonMap) -> Iterator[str]:
    if "minimum" in schema and value < schema["minimum"]:
        yield f"must be at least {schema['minimum']}"
    if "maximum" in schema and value > schema["maximum"]:
        yield f"must be at most {schema['maximum']}"
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        yield f"must be more than {schema['exclusiveMinimum']}"
    if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
        yield f"must be less than {schema['exclusiveMaximum']}"
    if "multipleOf" in schema and not float(value / schema["multipleOf"]).is_integer():
        yield f"must be a multiple of {schema['multipleOf']}"


def _count_limits(count: int, schema: JsonMap, suffix: str, noun: str) -> Iterator[str]:
    least, most = schema.get(f"min{suffix}", 0), schema.get(f"max{suffix}")
    if count < least:
        yield f"must have at least {least:,} {noun}, and has {count:,}"
    if most is not None and count > most:
        yield f"must have at most {most:,} {noun}, and has {count:,}"


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """A JSON Schema pattern as ECMAScript reads it: `$` is the very end, `\\d` and `\\w` are ASCII. Raises re.error."""
    ends = re.sub(
        r"\\.|\[(?:\\.|[^\]\\])*\]|\$", lambda match: r"\Z" if match.group() == "$" else match.group(), pattern
    )
    return re.compile(ends, re.ASCII)


def _brief(value: Any) -> str:
    return article(kind_of(value)) if isinstance(value, (Mapping, list, tuple)) else canonical_text(value)


def _identity(value: Any) -> str:
    # Equal exactly where `same` is: repr tells 1, 1.0, True and "1" apart, and keys are sorted.
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key!r}:{_identity(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_identity, value)) + "]"
    return repr(str(value)) if isinstance(value, str) else repr(value)


def _child(source: Any, step: Any) -> Any:
    if isinstance(source, Mapping):
        return source.get(step)
    if isinstance(source, (list, tuple)) and isinstance(step, int) and step < len(source):
        return source[step]
    return None


def _key(source: Any, key: str) -> Any:
    return next((name for name in source if name == key), None) if isinstance(source, Mapping) else None
