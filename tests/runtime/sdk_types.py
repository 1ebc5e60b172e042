"""Holds a request body against an SDK's published TypedDicts: every key known, every required one there, every type right.

Pydantic reads these types too, but passes over unknown keys and looks into `Iterable` only when asked.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import typing_extensions


@lru_cache(maxsize=4096)
def hints(form: Any) -> dict[str, Any]:
    # `Required` is kept: `__required_keys__` doesn't see it in modules whose annotations are text.
    return typing_extensions.get_type_hints(form, include_extras=True)


def problems(value: Any, form: Any, path: str = "body") -> Iterator[str]:
    """Every way in which a value is not of a type."""
    origin, given = get_origin(form), get_args(form)
    if form in (object, Any) or isinstance(form, TypeVar):
        return
    if origin in (Union, types.UnionType):
        tries = [list(problems(value, option, path)) for option in given]
        if all(tries):
            yield from min(tries, key=len)
            yield f"{path}: of none of {len(tries)} forms"
    elif origin in (typing_extensions.Required, typing_extensions.NotRequired):
        yield from problems(value, given[0], path)
    elif origin is Literal:
        if value not in given or isinstance(value, bool) is not isinstance(given[given.index(value)], bool):
            yield f"{path}: {value!r} is not one of {given}"
    elif typing_extensions.is_typeddict(form):
        yield from of_map(value, form, path)
    elif origin is dict:
        if not isinstance(value, dict):
            yield f"{path}: not a map"
        else:
            for key, item in value.items():
                yield from problems(item, given[1], f"{path}.{key}")
    elif origin is not None:
        if not isinstance(value, list):
            yield f"{path}: not a list"
        else:
            for index, item in enumerate(value):
                yield from problems(item, given[0], f"{path}[{index}]")
    elif form is float:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            yield f"{path}: not a number"
    elif form is type(None):
        if value is not None:
            yield f"{path}: not null"
    elif isinstance(form, type) and (not isinstance(value, form) or (isinstance(value, bool) and form is not bool)):
        yield f"{path}: {type(value).__name__} is not {form.__name__}"


def of_map(value: Any, form: Any, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path}: not a map"
        return
    known = hints(form)
    for key, inside in known.items():
        if key not in value and (get_origin(inside) is typing_extensions.Required or key in form.__required_keys__):
            yield f"{path}: lacks {key}"
    for key, item in value.items():
        if key not in known:
            yield f"{path}: {key} is not known"
        else:
            yield from problems(item, known[key], f"{path}.{key}")
