"""Inputs: a request's inputs held against the artifact's schemas, with defaults filled in at every level.

    inputs, schemas -> [inputs] -> a plain copy that a program may run with, or one error that lists every problem

Inputs are never changed, only completed. Messages name paths and what is declared and never quote a value, since it may
be a person's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from promptc.core.nearest import did_you_mean, listed
from promptc.core.pattern import Pattern
from promptc.core.residual import InputError, equal
from promptc.core.values import INTEGER_MAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Schema = Mapping[str, Any]
# Where a value is: names of properties and places in lists.
Path: TypeAlias = tuple[str | int, ...]

# Deeper than any schema nests; it bounds values whose schema leaves their inside open.
DEPTH_MAX = 64
_NAMED = {"string": "text", "array": "a list", "object": "a map", "integer": "an integer", "number": "a number",
          "boolean": "a boolean", "null": "null", "media": "media"}  # fmt: skip
_COUNTED = {"Length": "characters", "Items": "items"}
_BOUNDS: tuple[tuple[str, str, Callable[[Any, Any], bool]], ...] = (
    ("minimum", "at least", lambda value, bound: value >= bound),
    ("maximum", "at most", lambda value, bound: value <= bound),
    ("exclusiveMinimum", "more than", lambda value, bound: value > bound),
    ("exclusiveMaximum", "less than", lambda value, bound: value < bound),
)
# What a schema of text may say without anything but its length to look at.
_PLAIN_TEXT = frozenset({"type", "minLength", "maxLength", "description", "default", "title"})
_MEDIA_KEYS = frozenset({"url", "data", "media_type", "name"})
_URL = Pattern(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s]+\Z")
_MEDIA_TYPE = Pattern(r"[a-z]+/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\Z")
_BASE64 = Pattern(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")


def fill_inputs(schemas: Mapping[str, Schema], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs as plain data with defaults filled in; InputError with every problem for inputs that don't fit.

    `schemas` maps each input to its schema (docs/formats.md); one without `default` is required, an unknown one is an
    error.
    """
    if not isinstance(inputs, Mapping):
        raise InputError("R003", "the inputs must be a map of names", path="", hint="give a dict")
    filling = _Filling()
    required = [name for name, schema in schemas.items() if "default" not in schema]
    whole = {"properties": schemas, "additionalProperties": False, "required": required}
    filled = filling.properties(inputs, whole, path=())
    if filling.problems:
        raise _error(filling.problems)
    return filled


def filled_value(value: Any, schema: Schema, name: str) -> tuple[Any, bool]:
    """One input, completed, and whether it fits. `fill_inputs` says what is wrong with one that doesn't."""
    if value.__class__ is str and schema.get("type") == "string" and not schema.keys() - _PLAIN_TEXT and value.isascii():
        return value, schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    filling = _Filling()
    made = filling.value(value, schema, path=(name,))
    return made, not filling.problems


def _error(problems: list[InputError]) -> InputError:
    first = problems[0]
    if len(problems) == 1:
        return first
    lines = "".join(f"\n  {problem.message}{f' ({problem.hint})' if problem.hint else ''}" for problem in problems)
    message = f"{len(problems)} problems with the inputs:{lines}"
    return InputError(first.code, message, path=first.path, hint=first.hint, problems=tuple(problems))


class _Filling:
    """One pass over the inputs, which notes problems and goes on."""

    __slots__ = ("problems",)

    def __init__(self) -> None:
        self.problems: list[InputError] = []

    def note(self, code: str, path: Path, *, said: str, hint: str = "") -> None:
        """Keep a problem."""
        where = _spelled(path)
        self.problems.append(InputError(code, f"`{where}` {said}", path=where, hint=hint))

    def value(self, value: Any, schema: Schema, *, path: Path) -> Any:
        """One value, completed."""
        if len(path) > DEPTH_MAX:
            self.note("R004", path, said=f"is nested more than {DEPTH_MAX} levels deep", hint="give it as text")
            return None
        types = _types(schema)
        kind = _type_of(value)
        if "media" in types and kind == "object":
            return self.media(value, path)
        if types and not _fits(kind, value, types=types):
            wanted = " or ".join(_NAMED.get(name, name) for name in types)
            self.note("R003", path, said=f"must be {wanted}, and is {_NAMED.get(kind, f'a {kind}')}")
            return None
        if kind == "number" and types and "number" not in types:
            # JSON has one type of numbers: what another language reads as 1 may be 1.0 here.
            value, kind = int(value), "integer"
        made = self.inside(value, schema, kind=kind, path=path)
        if "enum" in schema and not any(equal(made, item) for item in schema["enum"]):
            self.note("R003", path, said="is not one of the values that its `enum` lists")
        return made

    def inside(self, value: Any, schema: Schema, *, kind: str, path: Path) -> Any:
        """The value by its kind, with its limits checked."""
        if kind == "string":
            return self.text(value, schema, path=path)
        if kind in ("integer", "number"):
            return self.number(value, schema, path=path)
        if kind == "array":
            items = schema.get("items", {})
            self.limits(len(value), schema, path=path, suffix="Items")
            return [self.value(item, items, path=(*path, index)) for index, item in enumerate(value)]
        if kind == "object":
            return self.properties(value, schema, path=path)
        if kind not in ("boolean", "null"):
            said = f"is a {kind}, which JSON can't hold"
            self.note("R003", path, said=said, hint="give text, a number, a list or a map")
        return value

    def text(self, value: str, schema: Schema, *, path: Path) -> str:
        """Text, within its limits."""
        # A subclass (an enum of texts, markup) may print itself in its own way; only the plain text counts.
        plain = str.__str__(value)
        if not plain.isascii() and not _is_unicode(plain):
            said = "holds a lone surrogate, which is no character"
            self.note("R004", path, said=said, hint="decode it as UTF-8")
        self.limits(len(plain), schema, path=path, suffix="Length")
        return plain

    def number(self, value: int | float, schema: Schema, *, path: Path) -> int | float:
        """A number, within its limits."""
        agreed = abs(value) <= INTEGER_MAX if isinstance(value, int) else math.isfinite(value)
        if not agreed:
            self.note("R004", path, said="is a number that JSON readers don't agree on", hint="give it as text")
            return 0
        for key, words, holds in _BOUNDS:
            if key in schema and not holds(value, schema[key]):
                self.note("R003", path, said=f"must be {words} {schema[key]}")
        return int(value) if isinstance(value, int) else float(value)

    def limits(self, count: int, schema: Schema, *, path: Path, suffix: str) -> None:
        """`minLength`, `maxItems` and their like; characters are code points."""
        least, most = schema.get(f"min{suffix}", 0), schema.get(f"max{suffix}")
        noun = _COUNTED[suffix]
        if count < least:
            self.note("R003", path, said=f"must have at least {least:,} {noun}, and has {count:,}")
        if most is not None and count > most:
            self.note("R003", path, said=f"must have at most {most:,} {noun}, and has {count:,}")

    def properties(self, value: Mapping[Any, Any], schema: Schema, *, path: Path) -> dict[str, Any]:
        """A map's known properties in the order given, then the defaults of those that are missing."""
        known: Mapping[str, Schema] = schema.get("properties", {})
        rest = schema.get("additionalProperties", "properties" not in schema)
        made: dict[str, Any] = {}
        for key, item in value.items():
            if key in known:
                made[key] = self.value(item, known[key], path=(*path, key))
            elif rest is False or not isinstance(key, str):
                said = "is not a property that is declared" if path else "is not an input of this prompt"
                self.note("R002", (*path, str(key)[:80]), said=said, hint=_nearest(str(key), known))
            else:
                made[key] = self.value(item, rest if isinstance(rest, Mapping) else {}, path=(*path, key))
        required = schema.get("required", ())
        for key in dict.fromkeys((*known, *required)):
            if key in value:
                continue
            if "default" in known.get(key, {}):
                made[key] = self.value(known[key]["default"], known[key], path=(*path, key))
            elif key in required:
                self.note("R001", (*path, key), said="is missing")
        return made

    def media(self, value: Mapping[str, Any], path: Path) -> dict[str, str]:
        """Media as `{"url": …}` or `{"data": BASE64, "media_type": …}`, with an optional `name`."""
        texts = {str(key): str.__str__(item) for key, item in value.items() if isinstance(item, str)}
        extra = [key for key in value if key not in _MEDIA_KEYS or key not in texts]
        if extra or ("url" in texts) == ("data" in texts):
            hint = 'give `{"url": …}` or `{"data": BASE64, "media_type": …}`, and `name` if the file has one'
            self.note("R003", path, said="must be media: text under either `url` or `data`", hint=hint)
            return {}
        if not all(map(_is_unicode, texts.values())):
            self.note("R004", path, said="holds a lone surrogate, which is no character")
        if "url" in texts and not _URL.match(texts["url"]):
            self.note("R003", (*path, "url"), said="must be a whole URL", hint="give bytes as base64 under `data`")
        if "data" in texts and not _BASE64.match(texts["data"]):
            said = "must be standard base64 with padding and without line ends"
            self.note("R003", (*path, "data"), said=said)
        if "data" in texts and "media_type" not in texts:
            self.note("R001", (*path, "media_type"), said="is missing", hint="say what the data is: `image/png`")
        if "media_type" in texts and not _MEDIA_TYPE.match(texts["media_type"]):
            self.note("R003", (*path, "media_type"), said="must be a media type like `image/png`")
        return texts


def _types(schema: Schema) -> tuple[str, ...]:
    declared = schema.get("type", ())
    return (declared,) if isinstance(declared, str) else tuple(declared)


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, (list, tuple)):
        return "array"
    return "object" if isinstance(value, Mapping) else f"Python {type(value).__name__}"


def _fits(kind: str, value: Any, *, types: tuple[str, ...]) -> bool:
    if kind in types or (kind == "integer" and "number" in types):
        return True
    return kind == "number" and "integer" in types and value.is_integer()


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _spelled(path: Path) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def _nearest(key: str, known: Mapping[str, Any]) -> str:
    return did_you_mean(key, known, otherwise=f"known are {listed(known)}" if known else "this prompt takes none")
