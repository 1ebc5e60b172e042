"""Access: attributes, items and slices of what a template may touch, and of nothing else.

    environment.getattr, getitem -> [access] -> a value, an undefined that names its path, or a refusal

Mapping keys win: `vars.items` is the value of the key. No Python attribute of any value is ever read, so there is
nothing for a payload to climb.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from jinja2.environment import TemplateModule
from jinja2.filters import _GroupTuple
from jinja2.runtime import BlockReference, LoopContext, Macro, Undefined
from jinja2.utils import Namespace

from promptc.compiler.template import symbols as s
from promptc.compiler.template.proxies import ListView, MapView, Unset, View, raw_of
from promptc.compiler.template.symbols import Symbol, refuse
from promptc.compiler.template.texts import force
from promptc.core.nearest import did_you_mean

LOOP_ATTRIBUTES = frozenset(
    {
        "index",
        "index0",
        "revindex",
        "revindex0",
        "first",
        "last",
        "length",
        "cycle",
        "changed",
        "previtem",
        "nextitem",
        "depth",
        "depth0",
    }
)


def attribute(value: Any, name: str) -> Any:
    """`value.name`."""
    # The commonest first: asking an abstract class costs more than all the rest.
    if isinstance(value, View) and not (name.startswith("_") and isinstance(value, ListView)):
        return value.get(name)
    if isinstance(value, LoopContext) and name in LOOP_ATTRIBUTES:
        return getattr(value, name)
    if name.startswith("_") and not isinstance(value, Mapping):
        refuse("T004", f"attributes that start with `_` don't exist in templates: `{name}`")
    if isinstance(value, Symbol):
        return s.property_of(value, name)
    if isinstance(value, Mapping):
        return value[name] if name in value else Unset(hint=f"a map has no key `{name}`")
    if isinstance(value, Namespace):
        found = _space(value)
        return found[name] if name in found else Unset(hint=f"the namespace has no attribute `{name}`")
    if isinstance(value, LoopContext):
        refuse("T004", f"`loop` has no attribute `{name}`", did_you_mean(name, LOOP_ATTRIBUTES, before="loop."))
    if isinstance(value, TemplateModule):
        if name in value.__dict__:
            return value.__dict__[name]
        exported = [key for key in value.__dict__ if not key.startswith("_")]
        refuse("T005", f"the imported template has no `{name}`", did_you_mean(name, exported))
    if isinstance(value, _GroupTuple) and name in ("grouper", "list"):
        return getattr(value, name)
    if isinstance(value, (list, tuple)):
        return Unset(hint="a list has no keys")
    if isinstance(value, BlockReference) and name == "super":
        return value.super
    if isinstance(value, Undefined):
        return getattr(value, name)  # raises, naming what is not defined
    what = "a macro" if isinstance(value, Macro) else "a value that is no map"
    refuse("T004", f"{what} has no attribute `{name}`", "only maps have attributes: their keys")


def item(value: Any, key: Any) -> Any:
    """`value[key]`."""
    value, key = force(value), force(key)
    if isinstance(key, Symbol):
        if isinstance(key, s.Poison):
            s.use_poison(key)
        refuse(
            "T028",
            f"{key.spelled()} can't be a key: which one it is is not known when building",
            "loop over the table and compare: `{% for k, v in table | items %}{% if k == … %}`",
        )
    key = raw_of(key)
    if isinstance(key, str):
        return attribute(value, key)
    is_index = isinstance(key, int) and not isinstance(key, bool)
    if isinstance(value, View) and is_index:
        return value.get(key)
    if isinstance(value, s.Input) and isinstance(key, int):
        refuse("T028", f"{value.spelled()} can't be indexed when building", "loop over it and test `loop.first`")
    if isinstance(value, (list, tuple, str)) and is_index:
        return value[key] if -len(value) <= key < len(value) else Unset(hint=f"there is no item {key}")
    if isinstance(value, (ListView, list, tuple, str)):
        _refuse_index(key)
    if isinstance(value, MapView):
        return Unset(hint="the map has no such key")
    if isinstance(value, Mapping):
        known = isinstance(key, (int, float, bool, type(None))) and key in value
        return value[key] if known else Unset(hint="the map has no such key")
    if isinstance(value, Undefined):
        return value[key]
    refuse("T004", "only maps, lists and text have items")


def _refuse_index(key: Any) -> NoReturn:
    refuse("T004", f"the index of a list or text is an integer{_unset(key)}", "count from 0, or from -1 at the end")


def _unset(value: Any) -> str:
    return f": {value._undefined_message}" if isinstance(value, Undefined) else ""


def sliced(value: Any, start: Any, stop: Any, step: Any) -> Any:
    """`value[start:stop:step]`."""
    for bound in (value, start, stop, step):
        if isinstance(bound, Symbol) and not isinstance(bound, s.Parts):
            if isinstance(bound, s.Poison):
                s.use_poison(bound)
            refuse(
                "T028", f"{bound.spelled()} can't be sliced when building", "slice it in the code that gives the input"
            )
    raw = raw_of(force(value))
    if isinstance(raw, Undefined):
        return raw[0]
    if not isinstance(raw, (list, tuple, str)):
        refuse("T004", "only lists and text can be sliced")
    bounds = (start, stop, step)
    if any(bound is not None and not isinstance(bound, int) for bound in bounds) or step == 0:
        unset = next((bound for bound in bounds if isinstance(bound, Undefined)), None)
        refuse("T004", f"a slice's bounds are integers, and its step is not 0{_unset(unset)}")
    return raw[start:stop:step]


def _space(value: Namespace) -> dict[str, Any]:
    found: dict[str, Any] = object.__getattribute__(value, "_Namespace__attrs")
    return found


space_of = _space
