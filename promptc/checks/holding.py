"""Holding: what one prompt may answer, held against what another takes as an input.

    schema of an output, schema of an input -> [holding] -> each way in which the first allows what the second refuses

Pure and conservative: what a schema leaves open is not held against it, unless it names a kind of value; and what is said of
texts, numbers and lists is proven by a value that fits the one and not the other (proving.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promptc.checks.measures import form_of, unit_of
from promptc.checks.proving import Schema, differ, resolved
from promptc.compiler.schema.validate import kinds_of
from promptc.core.dataclass import dataclass
from promptc.core.residual import equal

DEPTH_MAX = 24
SHOWN_MAX = 3
_ANY = frozenset("string integer number boolean array object null".split())
_NAMED = {"string": "text", "array": "a list", "object": "a map", "integer": "an integer", "number": "a number", "boolean": "true or false",
          "null": "null"}  # fmt: skip
# What decides on fields in ways that are not looked into.
_INTRICATE = ("if", "dependentRequired", "dependentSchemas", "patternProperties", "propertyNames", "not")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which two schemas differ. `path` is the field's, from the output's or input's root, "" for the whole."""

    code: str
    path: tuple[str, ...]
    said: str


class Holding:
    """Holds one output against one input. `quotes` says whether values of enums may be shown: not where tenants set them."""

    def __init__(self, output: Schema, *, quotes: bool) -> None:
        self.root = output
        self.quotes = quotes

    def compare(self, out: Any, inn: Schema, path: tuple[str, ...] = (), *, name: str = "") -> Iterator[Mismatch]:
        """Everything that the output's part allows and the input's part refuses."""
        found = resolved(out, self.root)
        if found is None or len(path) > DEPTH_MAX:
            return
        for key in ("anyOf", "oneOf"):
            if isinstance(found.get(key), list):
                rest = {name: value for name, value in found.items() if name != key}
                seen: dict[Mismatch, None] = {}
                for branch in found[key]:
                    part = resolved(branch, self.root)
                    if part is not None:
                        seen |= dict.fromkeys(self.compare({**rest, **part}, inn, path, name=name))
                yield from seen
                return
        yield from self._kinds(found, inn, path, name)

    def _kinds(self, out: Schema, inn: Schema, path: tuple[str, ...], name: str) -> Iterator[Mismatch]:
        kinds = kinds_of(out, self.root)
        takes = _takes(inn)
        if kinds is None:
            return  # it says nothing of what it is
        refused = sorted(kind for kind in kinds if kind not in takes and not (kind == "integer" and "number" in takes))
        if "null" in refused and len(kinds) > 1:
            refused.remove("null")
            yield Mismatch("W703", path, "may be null, and null is not taken")
        if refused == ["number"] and "integer" in takes:
            if differ(out, {"type": "integer"}, [0.5, 1.5, *_within(out)]):
                yield Mismatch("W702", path, "may be a number with a fraction, and an integer is taken")
        elif refused:
            yield Mismatch("W702", path, f"may be {_named(refused)}, and {_named(takes)} is taken")
        if kinds & takes or ("integer" in kinds and "number" in takes) or ("number" in kinds and "integer" in takes):
            yield from self._inside(out, inn, kinds, path, name)

    def _inside(self, out: Schema, inn: Schema, kinds: frozenset[str], path: tuple[str, ...], name: str) -> Iterator[Mismatch]:
        listed = _listed(out)
        yield from self._values(out, inn, listed, path)
        if kinds & {"string", "integer", "number"}:
            yield from _measured(out, inn, name)(path)
        if "string" in kinds:
            yield from _formed(out, inn, listed, path)
            yield from self._lengths(out, inn, listed, path)
        if kinds & {"integer", "number"}:
            yield from self._bounds(out, inn, listed, path)
        if "array" in kinds and listed is None:
            yield from self._items(out, inn, path, name)
        if "object" in kinds and listed is None:
            yield from self._fields(out, inn, path)

    def _values(self, out: Schema, inn: Schema, listed: Sequence[Any] | None, path: tuple[str, ...]) -> Iterator[Mismatch]:
        if "enum" not in inn:
            return
        if listed is None:
            yield Mismatch("W704", path, f"is not limited to values, and one of {len(inn['enum']):,} is taken")
            return
        others = [value for value in listed if value is not None and not any(equal(value, known) for known in inn["enum"])]
        if others and self.quotes:
            shown = ", ".join(f"`{value}`" for value in others[:SHOWN_MAX] if len(str(value)) <= 60)
            more = f" and {len(others) - SHOWN_MAX:,} more" if len(others) > SHOWN_MAX else ""
            yield Mismatch("W704", path, f"may be {shown}{more}, which is not among the values that are taken")
        elif others:
            count = f"{len(others):,} values" if len(others) > 1 else "a value"
            yield Mismatch("W704", path, f"may be {count} that {'are' if len(others) > 1 else 'is'} not among those that are taken")

    def _lengths(self, out: Schema, inn: Schema, listed: Sequence[Any] | None, path: tuple[str, ...]) -> Iterator[Mismatch]:
        most, least = inn.get("maxLength"), inn.get("minLength", 0)
        if most is not None and differ(_plain(out), {"maxLength": most}, listed or [_text(most + 1)]):
            has = f"may have {out['maxLength']:,} characters" if "maxLength" in out else "may have any number of characters"
            yield Mismatch("W705", path, f"{has}, and {most:,} are taken")
        if least and differ(_plain(out), {"minLength": least}, listed or [_text(n) for n in {0, out.get("minLength", 0)} if n < least]):
            yield Mismatch("W705", path, f"may be shorter than the {least:,} characters that are asked for")

    def _bounds(self, out: Schema, inn: Schema, listed: Sequence[Any] | None, path: tuple[str, ...]) -> Iterator[Mismatch]:
        for key, words, step in (("minimum", "less than", -1), ("maximum", "more than", 1),
                                 ("exclusiveMinimum", "as little as", 0), ("exclusiveMaximum", "as much as", 0)):  # fmt: skip
            bound = inn.get(key)
            if bound is None:
                continue
            beyond = [bound + step, *_within(out)]
            if differ(_plain(out), {key: bound}, listed or beyond):
                yield Mismatch("W705", path, f"may be {words} {bound}, which is the bound of what is taken")

    def _items(self, out: Schema, inn: Schema, path: tuple[str, ...], name: str) -> Iterator[Mismatch]:
        most, least = inn.get("maxItems"), inn.get("minItems", 0)
        if most is not None and out.get("maxItems", most + 1) > most:
            has = f"may have {out['maxItems']:,} items" if "maxItems" in out else "may have any number of items"
            yield Mismatch("W705", path, f"{has}, and {most:,} are taken")
        if least > out.get("minItems", 0):
            yield Mismatch("W705", path, f"may have fewer than the {least:,} items that are asked for")
        if isinstance(inn.get("items"), Mapping) and "items" in out:
            yield from self.compare(out["items"], inn["items"], (*path, "[]"), name=name)

    def _fields(self, out: Schema, inn: Schema, path: tuple[str, ...]) -> Iterator[Mismatch]:
        has: Schema = out.get("properties", {})
        knows: Schema = inn.get("properties", {})
        certain = not any(key in out for key in _INTRICATE)
        for name in inn.get("required", ()):
            if "default" in knows.get(name, {}) or not certain:
                continue
            if name not in has:
                yield Mismatch("W703", (*path, name), "is asked for, and is no field of the answer")
            elif name not in out.get("required", ()):
                yield Mismatch("W703", (*path, name), "is asked for, and may be left out of the answer")
        rest = inn.get("additionalProperties", not knows)
        for name, part in has.items():
            if name in knows:
                yield from self.compare(part, knows[name], (*path, name), name=name)
            elif rest is False:
                yield Mismatch("W708", (*path, name), "is no field of what is taken, and unknown ones are refused")
            elif isinstance(rest, Mapping):
                yield from self.compare(part, rest, (*path, name), name=name)


def _takes(inn: Schema) -> frozenset[str]:
    declared = inn.get("type")
    names = [declared] if isinstance(declared, str) else list(declared or ())
    if not names:
        return kinds_of(inn, inn) or _ANY
    return frozenset({"object" if name == "media" else name for name in names})


def _named(kinds: Any) -> str:
    order = [kind for kind in _NAMED if kind in kinds]
    return " or ".join(_NAMED[kind] for kind in order)


def _listed(schema: Schema) -> list[Any] | None:
    """Every value that a schema lists; None where it lists none."""
    if isinstance(schema.get("enum"), list):
        return list(schema["enum"])
    return [schema["const"]] if "const" in schema else None


def _plain(schema: Schema) -> dict[str, Any]:
    """A schema of text or numbers without what refers elsewhere."""
    return {key: value for key, value in schema.items() if key not in ("$ref", "$defs", "anyOf", "oneOf", "title", "description")}


def _text(length: int) -> str:
    return "a" * min(length, 1_000_000)


def _within(schema: Schema) -> list[Any]:
    """Numbers at the edges of what a schema allows."""
    edges = [schema[key] for key in ("minimum", "maximum") if isinstance(schema.get(key), (int, float))]
    edges += [schema[key] + step for key, step in (("exclusiveMinimum", 1), ("exclusiveMaximum", -1)) if key in schema]
    step = schema.get("multipleOf")
    steps = [step, -step] if isinstance(step, (int, float)) else []
    return [*edges, *steps, *(edge + half for edge in edges for half in (0.5, -0.5))]


def _measured(out: Schema, inn: Schema, name: str) -> Any:
    def compared(path: tuple[str, ...]) -> Iterator[Mismatch]:
        last = next((step for step in reversed(path) if step != "[]"), "")
        gives, takes = unit_of(last, out), unit_of(last or name, inn) or (unit_of(name, inn) if name else "")
        if gives and takes and gives != takes:
            yield Mismatch("W707", path, f"is in {gives}, and {takes} are taken")

    return compared


def _formed(out: Schema, inn: Schema, listed: Sequence[Any] | None, path: tuple[str, ...]) -> Iterator[Mismatch]:
    gives, takes = form_of(out), form_of(inn)
    if not takes or gives == takes or (gives, takes) in _WIDER:
        return
    if gives:
        yield Mismatch("W706", path, f"has the form `{gives}`, and `{takes}` is taken")
    elif "format" in inn and "pattern" not in out and differ(_plain(out), {"format": takes}, listed or ["no such thing", "-"]):
        yield Mismatch("W706", path, f"may be any text, and the form `{takes}` is taken")


_WIDER = frozenset({("uri", "uri-reference"), ("uri", "iri"), ("email", "idn-email"), ("hostname", "idn-hostname")})
