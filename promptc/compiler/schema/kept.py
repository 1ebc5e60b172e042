"""Kept: a project's sources as bytes and back, so that sources that didn't change are neither parsed nor checked again.

    Loaded (sources and layers, no tenants) -> [kept] -> bytes by the digest of all that was read -> [kept] -> the same

JSON and nothing that could be run, since the bytes lie in the project's folder. Each value is written with what JSON
doesn't tell apart: classes of ours by name, tuples, sets, text with its line and column. Whoever keeps the bytes keeps
them under a key of everything that was read and of the toolchain; what can't be read back is not there. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from promptc.compiler import project as parts
from promptc.compiler.project import MISSING, Loaded, Missing, Overlay, Project
from promptc.compiler.schema.nodes import Plain, Text
from promptc.core.dataclass import fields, is_dataclass, replace
from promptc.core.findings import Finding, Place

FORMAT = 1
_CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        parts.Case, parts.Example, parts.Examples, parts.MergePolicy, parts.Model, parts.Output, parts.Overlay,
        parts.Overridable, parts.Project, parts.Prompt, parts.Setting, parts.Settings, parts.Template, parts.Tool,
        parts.Variable, Finding,
    )
}  # fmt: skip
_FIELDS: dict[type, tuple[str, ...]] = {cls: tuple(part.name for part in fields(cls)) for cls in _CLASSES.values()}


class Unkept(ValueError):
    """A value that can't be written, or bytes that can't be read back."""


def encode_loaded(loaded: Loaded) -> bytes:
    """The sources and layers of a project with what was found in them, without tenants. Raises Unkept."""
    document = [FORMAT, _written(replace(loaded.project, tenants={})), _written(loaded.findings)]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def decode_loaded(data: bytes, tenants: Mapping[str, Overlay]) -> Loaded:
    """What `encode_loaded` wrote, with tenants put in their place. Raises Unkept."""
    try:
        number, project, findings = json.loads(data.decode("utf-8", "surrogatepass"))
        if number != FORMAT:
            raise Unkept("another format")
        read, found = _read(project), _read(findings)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise Unkept(str(error)) from error
    if not isinstance(read, Project) or not isinstance(found, tuple):
        raise Unkept("it is no project")
    return Loaded(replace(read, tenants=tenants), found)


# A value is itself where JSON says all of it, else a list that begins with what it is.


def _written(value: Any) -> Any:
    cls = value.__class__
    if value is None or cls in (str, bool, int, float):
        return value
    if cls is Place:
        return ["@", value.file, value.line, value.column]
    if cls in (Plain, Text):
        at = (value.line, value.column) if hasattr(value, "line") else ()
        return ["p" if cls is Plain else "t", str(value), *at]
    if cls is dict:
        return ["m", *(part for key, item in value.items() for part in (_written(key), _written(item)))]
    if cls in (list, tuple):
        return ["l" if cls is list else "u", *map(_written, value)]
    if cls is frozenset:
        return ["s", *sorted(value)]
    if cls is Missing:
        return ["-"]
    if is_dataclass(cls) and cls in _FIELDS:
        return [cls.__name__, *(_written(getattr(value, name)) for name in _FIELDS[cls])]
    raise Unkept(f"a value of type {cls.__name__}")


def _read(value: Any) -> Any:
    return _KINDS[value[0]](value) if value.__class__ is list else value


def _text(cls: type[Text]) -> Callable[[list[Any]], Text]:
    return lambda value: cls.at(value[1], value[2], value[3]) if len(value) > 2 else cls(value[1])


def _made(cls: type) -> Callable[[list[Any]], Any]:
    return lambda value: cls(*map(_read, value[1:]))


def _map(value: list[Any]) -> dict[Any, Any]:
    parts = iter(value)
    next(parts)
    return {_read(key): _read(item) for key, item in zip(parts, parts, strict=True)}


_KINDS: dict[str, Callable[[list[Any]], Any]] = {
    "@": lambda value: Place(value[1], value[2], value[3]),
    "p": _text(Plain),
    "t": _text(Text),
    "m": _map,
    "l": lambda value: [_read(item) for item in value[1:]],
    "u": lambda value: tuple(_read(item) for item in value[1:]),
    "s": lambda value: frozenset(value[1:]),
    "-": lambda value: MISSING,
    **{name: _made(cls) for name, cls in _CLASSES.items()},
}
