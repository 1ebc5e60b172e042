"""Parts: pieces that the schemas of several formats share. Pure.

Editors see YAML as YAML 1.2 types it and know no promptc: text may look like a number there, a directive's tag is
dropped, `!unset` leaves an empty text. The schemas for editors take all that; promptc's own checks are stricter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
UNSET: Schema = {"const": ""}
REFERENCE: Schema = {"type": "string", "pattern": r"^\$\{[^}]+\}$"}
# A part of a value is not held against what only the whole must keep.
_OF_THE_WHOLE = frozenset(
    {"required", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "default"}
)
DIRECTIVES = ("append", "prepend", "remove", "replace", "unset", "file")


def document(title: str, schema: Mapping[str, Any]) -> Schema:
    """A whole schema with its draft and title."""
    return {"$schema": DRAFT, "title": title, **schema}


def closed(properties: Mapping[str, Any], *, required: Iterable[str] = (), description: str = "") -> Schema:
    """A map with known keys and no others."""
    made: Schema = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    if needed := list(required):
        made["required"] = needed
    if description:
        made["description"] = description
    return made


def mapping(values: Any, *, description: str = "") -> Schema:
    """A map of names to one kind of value."""
    made: Schema = {"type": "object", "additionalProperties": values}
    return {**made, "description": description} if description else made


def text(description: str = "") -> Schema:
    """Text; unquoted numbers and booleans are text here as well."""
    return {**SCALAR, "description": description} if description else dict(SCALAR)


def texts(description: str = "") -> Schema:
    """A list of texts."""
    return listing(SCALAR, description)


def listing(items: Any, description: str = "") -> Schema:
    """A list of one kind of item."""
    made: Schema = {"type": "array", "items": items}
    return {**made, "description": description} if description else made


def one_of(names: Iterable[str], description: str = "") -> Schema:
    """One of known names; any text when none is known yet."""
    known = sorted(names)
    made: Schema = {"enum": known} if known else dict(SCALAR)
    return {**made, "description": description} if description else made


def for_overlay(schema: Mapping[str, Any], *, by: str = "") -> Schema:
    """A value's schema as overlays write it: a part of the value, a reference `${…}`, or a directive. `by` is the merge key."""
    core = relaxed(schema)
    if by and isinstance(core.get("items"), dict):
        # `!remove` lists keys.
        core["items"] = {"anyOf": [core["items"], SCALAR]}
    lifted = {key: core.pop(key) for key in ("title", "description") if key in core}
    if not core or core == SCALAR:
        return {**lifted, **core}
    return {**lifted, "anyOf": [core, REFERENCE, UNSET]}


def relaxed(schema: Any) -> Any:
    """A schema without what only whole values keep, and with text that looks like a number to YAML."""
    if not isinstance(schema, Mapping):
        return schema
    made: Schema = {}
    for key, value in schema.items():
        if key in _OF_THE_WHOLE:
            continue
        if key in ("properties", "patternProperties", "$defs"):
            made[key] = {name: relaxed(part) for name, part in value.items()}
        elif key in ("items", "additionalProperties", "not"):
            made[key] = relaxed(value)
        elif key in ("anyOf", "oneOf", "allOf"):
            made[key] = [relaxed(part) for part in value]
        else:
            made[key] = value
    if "enum" not in made and "const" not in made and "type" in made:
        made["type"] = _loose_type(made["type"])
    return made


def _loose_type(kinds: Any) -> Any:
    listed = [kinds] if isinstance(kinds, str) else list(kinds)
    if "string" not in listed:
        return kinds
    return list(dict.fromkeys([*listed, "number", "boolean"]))
