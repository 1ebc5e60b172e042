"""Proxies: how a render sees its variables, so that everything it learns of them is recorded.

    vars, tenant, tools, model -> [MapView, ListView] -> scalars as themselves, containers as views

Views are neither dicts nor lists: a subclass would be read past by `+`, `*`, `<`, `last`, `~` and others without a
trace. Fine answers are given for keys, indexes, lengths, truth and membership; every other use asks for the whole value
and hands out the raw one, below which nothing can be missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2.runtime import StrictUndefined

from promptc.compiler.project import MISSING
from promptc.compiler.template.symbols import refuse
from promptc.compiler.trace import Path, Reads
from promptc.core.nearest import did_you_mean

SCALARS = (str, int, float)


class Unset(StrictUndefined):
    """A declared name without a value: `is defined` and `default()` see it, anything else is an error."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        # Which names are set near it is asked only when the message is made, so that it counts as read only then.
        if isinstance(self._undefined_obj, View):
            return self._undefined_obj.say_missing(self._undefined_name)
        return super()._undefined_message


class View:
    """What map and list views share: a path, the raw value, its schema and where reads are recorded."""

    __slots__ = ("path", "raw", "reads", "schema")

    def __init__(self, path: Path, raw: Any, schema: Mapping[str, Any] | None, reads: Reads) -> None:
        self.path = path
        self.raw = raw
        self.schema = schema
        self.reads = reads

    def whole(self) -> Any:
        """The raw value, recorded as read whole."""
        self.reads.record("whole", self.path, self.raw)
        return self.raw

    def __bool__(self) -> bool:
        self.reads.record("truth", self.path, self.raw)
        return bool(self.raw)

    def __len__(self) -> int:
        self.reads.record("length", self.path, self.raw)
        return len(self.raw)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.whole())

    def __eq__(self, other: object) -> bool:
        raise TypeError("a view was compared past the operators")

    __hash__ = None  # type: ignore[assignment]

    def get(self, step: Any) -> Any:
        """The value under a key or index, as a scalar, a view or an undefined that names its path."""
        found = self._at(step)
        self.reads.record("get", (*self.path, step), found)
        return self.shown(step, found)

    def truth_at(self, step: Any) -> Any:
        """The truth of the value under a key or index, asking for no more; an undefined where there is none."""
        found = self._at(step)
        self.reads.record("truth", (*self.path, step), found)
        return self.missing(step) if found is MISSING else bool(found)

    def shown(self, step: Any, found: Any) -> Any:
        """What a template sees of a value that was asked for."""
        if found is MISSING:
            return self.missing(step)
        if found is None or isinstance(found, SCALARS):
            return found
        return view((*self.path, step), found, self._schema_of(step), self.reads)

    def _at(self, step: Any) -> Any:
        raise NotImplementedError

    def _schema_of(self, step: Any) -> Mapping[str, Any] | None:
        raise NotImplementedError

    def missing(self, step: Any) -> Any:
        """What stands for a value that is not there."""
        return Unset(obj=self, name=step)

    def say_missing(self, step: Any) -> str:
        """The sentence that says so."""
        return f"`{spelled((*self.path, step))}` is not there"


class MapView(View):
    """A map. `declared` are the keys that may be asked where the map is closed; None where any may."""

    __slots__ = ()

    def _at(self, step: Any) -> Any:
        return self.raw.get(step, MISSING) if isinstance(step, str) else MISSING

    def _schema_of(self, step: Any) -> Mapping[str, Any] | None:
        properties = (self.schema or {}).get("properties") or {}
        found = properties.get(step)
        return found if isinstance(found, Mapping) else None

    def has(self, key: Any) -> bool:
        """Whether a key is there."""
        self.reads.record("has", (*self.path, key), self._at(key))
        return key in self.raw

    def keys(self) -> list[str]:
        """The keys in order."""
        self.reads.record("keys", self.path, self.raw)
        return list(self.raw)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys())

    def missing(self, step: Any) -> Any:
        schema = self.schema or {}
        declared = schema.get("properties")
        if declared and step not in declared and not schema.get("additionalProperties"):
            refuse_undeclared((*self.path, step), declared)
        return Unset(obj=self, name=step)

    def say_missing(self, step: Any) -> str:
        near = near_it(step, self.keys(), spelled(self.path))
        return f"`{spelled((*self.path, step))}` has no value here{near}"


class VariablesView(MapView):
    """`vars`: its keys are the declared variables, whether they have a value or not."""

    __slots__ = ()

    def _schema_of(self, step: Any) -> Mapping[str, Any] | None:
        assert self.schema is not None
        found = self.schema.get(step)
        return found if found.__class__ is dict or isinstance(found, Mapping) else None

    def missing(self, step: Any) -> Any:
        assert self.schema is not None
        if step not in self.schema:
            refuse_undeclared((*self.path, step), self.schema)
        return Unset(obj=self, name=step)

    def say_missing(self, step: Any) -> str:
        return f"`vars.{step}` has no value for this tenant{near_it(step, self.keys(), 'vars')}"


class ListView(View):
    """A list."""

    __slots__ = ()

    def _at(self, step: Any) -> Any:
        if isinstance(step, int) and not isinstance(step, bool) and -len(self.raw) <= step < len(self.raw):
            return self.raw[step]
        return MISSING

    def _schema_of(self, step: Any) -> Mapping[str, Any] | None:
        found = (self.schema or {}).get("items")
        return found if isinstance(found, Mapping) else None


def view(path: Path, raw: Any, schema: Mapping[str, Any] | None, reads: Reads) -> View:
    """The view of a container."""
    is_map = raw.__class__ is dict or (raw.__class__ is not list and isinstance(raw, Mapping))
    return (MapView if is_map else ListView)(path, raw, schema, reads)


def raw_of(value: Any) -> Any:
    """The value without a view, read whole; lists and tuples of an expression are looked into."""
    if isinstance(value, View):
        return value.whole()
    if type(value) in (list, tuple) and any(isinstance(item, (View, list, tuple, dict)) for item in value):
        return type(value)(raw_of(item) for item in value)
    if isinstance(value, dict) and any(isinstance(item, (View, list, tuple, dict)) for item in value.values()):
        return {key: raw_of(item) for key, item in value.items()}
    return value


def spelled(path: Path) -> str:
    """A path as an author writes it: `vars.limits.turns`, `vars.names[0]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.isidentifier():
            text += f".{step}" if text else step
        else:
            text += f"[{step!r}]"
    return text


def refuse_undeclared(path: Path, declared: Any) -> None:
    """An undeclared name is an error everywhere, also inside `default()`."""
    *above, name = path
    before = spelled(tuple(above)) + "."
    where = "sources/variables.yaml" if above == ["vars"] else f"the properties of `{spelled(tuple(above))}`"
    refuse(
        "T005",
        f"`{spelled(path)}` is not declared",
        did_you_mean(str(name), sorted(declared), before=before) or f"declare it in {where}",
    )


def near_it(name: Any, there: list[str], before: str) -> str:
    """The names that are set near a missing one, for its message; never their values."""
    import difflib

    close = difflib.get_close_matches(str(name), [k for k in there if k != name], n=3, cutoff=0.5)
    return f"; set near it: {', '.join(f'`{before}.{k}`' for k in close)}" if close else ""
