"""Glance: a variable's value typed at a glance, where its schema leaves no question.

    a variable's schema -> [glance] -> a function of what an overlay wrote -> definitions

Nearly all that tenants write is text where text is declared, or a number, a word of a list, a list of plain texts. What
typing would make of such a value (types.py) and that it fits (fits.py) can be said with a few comparisons, prepared once
per variable. On any doubt the answer is DOUBT, and the full way is gone: it alone says what is wrong. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from promptc.compiler.project import JsonSchema, Variable
from promptc.compiler.schema.fits import Predicate, predicate
from promptc.compiler.schema.nodes import NULL_LIKE, Plain
from promptc.compiler.schema.types import Ambiguous, plain_value
from promptc.compiler.schema.validate import kinds_of


class Doubt:
    """The type of DOUBT: stands for a value that has to go the full way."""


DOUBT = Doubt()

# What an overlay wrote, without a directive -> the typed value, or DOUBT.
Glance = Callable[[Any], Any]

_LIMITS = frozenset({"enum", "const", "minLength", "maxLength", "pattern", "allOf", "anyOf", "oneOf", "not", "$ref"})
_BRANCHES = frozenset({"$ref", "$defs", "allOf", "anyOf", "oneOf", "not"})


def is_free(schema: JsonSchema) -> bool:
    """Whether text is declared, and nothing more is asked of it."""
    return schema.get("type") == "string" and not _LIMITS & schema.keys()


class Glances(dict[str, Glance]):
    """The glance of each variable, prepared when it is first asked for."""

    def __init__(self, variables: Mapping[str, Variable]) -> None:
        super().__init__()
        self._variables = variables

    def __missing__(self, name: str) -> Glance:
        made = self[name] = glance(self._variables[name])
        return made


def free_text(data: Any) -> Any:
    """The commonest by far: text where text is declared and nothing more is asked of it."""
    if isinstance(data, str) and not (isinstance(data, Plain) and data in NULL_LIKE):
        return str(data)
    return DOUBT


def glance(variable: Variable) -> Glance:
    """How the values of a variable are typed at a glance."""
    schema, joins = variable.schema, variable.merge.kind
    if joins == "by" or (_BRANCHES & schema.keys()):
        return _doubt
    items = schema.get("items")
    if not isinstance(items, Mapping):
        items = {}
    of_list = _doubt if _BRANCHES & items.keys() else _list(schema, items, joins=joins != "replace")
    if joins == "append":
        return _any(_doubt, of_list)  # text is added to text
    return _any(free_text if is_free(schema) else _scalar(schema, predicate(schema)), of_list)


def _any(scalar: Glance, of_list: Glance) -> Glance:
    def either(data: Any) -> Any:
        if isinstance(data, list):
            return of_list(data)
        return DOUBT if isinstance(data, (dict, tuple)) else scalar(data)

    return either


def _doubt(_data: Any) -> Any:
    return DOUBT


def _scalar(schema: JsonSchema, fits: Predicate) -> Glance:
    kinds = kinds_of(schema, schema)

    def scalar(data: Any) -> Any:
        value = data
        if isinstance(data, str):
            if "${" in data:
                return DOUBT  # it stands for what isn't known yet
            value = str(data)
            if isinstance(data, Plain):
                try:
                    value = plain_value(value, kinds)
                except Ambiguous:
                    return DOUBT
        return value if fits(value) else DOUBT

    return scalar


def _list(schema: JsonSchema, items: JsonSchema, *, joins: bool) -> Glance:
    # A list that joins another is no whole value: its items are held against the schema, and not itself.
    item = free_text if is_free(items) else _scalar(items, predicate(items))
    fits = _anything if joins else predicate(schema)

    def of_list(data: list[Any]) -> Any:
        made = []
        for part in data:
            if isinstance(part, (list, dict, tuple)):
                return DOUBT
            value = item(part)
            if value is DOUBT:
                return DOUBT
            made.append(value)
        return made if fits(made) else DOUBT

    return of_list


def _anything(_value: Any) -> bool:
    return True
