"""Program: a residual program made ready to run many times: what the inputs can't change is worked out once.

    an artifact's parts and schemas -> [program] -> run(inputs) -> segments, as residual.py gives them

Pure. residual.py says what a part means, and does all that is rare or wrong; here the common forms are functions that were
made for their part, constant texts are joined, and defaults are held against their schemas once. Properties hold the two
against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from promptc.core.inputs import fill_inputs, filled_value
from promptc.core.residual import (
    ABSENT,
    Scope,
    Turn,
    each_items,
    look,
    other_piece,
    segment_of,
    slot_text,
    truth,
    xml_text,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Segment = dict[str, Any]
    # Appends what a part gives.
    Op = Callable[[Scope, list[Any]], None]


class Program:
    """A message's content, ready to run. Immutable; threads may share it."""

    __slots__ = ("_constant", "_ops")

    def __init__(self, parts: Sequence[Any]) -> None:
        self._ops = _ops(parts)
        self._constant = (self._run(Scope({})),) if all(not callable(op) for op in self._ops) else None

    @property
    def constant(self) -> tuple[Segment, ...] | None:
        """The segments of a content that no input changes, None for any other."""
        return self._constant[0] if self._constant is not None else None

    def run(self, scope: Scope) -> tuple[Segment, ...]:
        """The segments of the content; InputError as of `render_parts`."""
        return self._constant[0] if self._constant is not None else self._run(scope)

    def _run(self, scope: Scope) -> tuple[Segment, ...]:
        pieces: list[Any] = []
        _walk(self._ops, scope, pieces)
        found: list[Segment] = []
        texts: list[str] = []
        for piece in pieces:
            if piece.__class__ is str:
                texts.append(piece)
                continue
            if text := "".join(texts):
                found.append({"type": "text", "text": text})
            texts = []
            found.append(segment_of(piece))
        if text := "".join(texts):
            found.append({"type": "text", "text": text})
        return tuple(found)


class Inputs:
    """An artifact's inputs, ready to be filled in many times."""

    __slots__ = ("_defaults", "_schemas")

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas
        self._defaults: dict[str, Any] = {}
        for name, schema in schemas.items():
            if "default" in schema:
                value, is_sound = filled_value(schema["default"], schema, name)
                if is_sound:
                    self._defaults[name] = value

    def fill(self, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """As `fill_inputs`. Defaults are shared between requests, and nothing that runs changes them."""
        schemas, defaults = self._schemas, self._defaults
        if inputs.__class__ is not dict:
            return fill_inputs(schemas, inputs)
        made: dict[str, Any] = {}
        for name, value in inputs.items():
            schema = schemas.get(name)
            if schema is None:
                return fill_inputs(schemas, inputs)
            made[name], is_sound = filled_value(value, schema, name)
            if not is_sound:
                return fill_inputs(schemas, inputs)
        for name in schemas:
            if name not in made:
                if name not in defaults:
                    return fill_inputs(schemas, inputs)
                made[name] = defaults[name]
        return made


def condition(given: Mapping[str, Any]) -> Callable[[Scope], bool]:
    """A condition, ready to be asked."""
    ((kind, asked),) = given.items()
    if kind == "true":
        find = _finder(asked)
        return lambda scope: (value := find(scope)) is not ABSENT and bool(value)
    if kind == "not":
        inner = condition(asked)
        return lambda scope: not inner(scope)
    return lambda scope: truth(given, scope)


def _walk(ops: Sequence[Any], scope: Scope, out: list[Any]) -> None:
    append = out.append
    for op in ops:
        if op.__class__ is str or op.__class__ is dict:
            append(op)
        else:
            op(scope, out)


def _ops(parts: Sequence[Any]) -> tuple[Any, ...]:
    """The parts as texts, constant parts and functions; texts that stand next to each other are one."""
    found: list[Any] = []
    for part in parts:
        op = part if isinstance(part, str) else _op(part)
        if isinstance(op, str) and found and isinstance(found[-1], str):
            found[-1] += op
        else:
            found.append(op)
    return tuple(found)


def _op(part: Any) -> Any:
    if "slot" in part:
        return _slot(part)
    if "when" in part:
        return _when(part)
    if "each" in part:
        return _each(part)
    if "cache" in part or ("media" in part and isinstance(part["media"], Mapping)):
        return dict(part)
    return lambda scope, out: out.append(other_piece(part, scope))


def _slot(part: Any) -> Op:
    find, form = _finder(part["slot"]), part.get("as")
    if form not in (None, "xml"):
        return lambda scope, out: out.append(slot_text(part, scope))

    def plain(scope: Scope, out: list[Any]) -> None:
        value = find(scope)
        out.append(value if value.__class__ is str else slot_text(part, scope))

    def escaped(scope: Scope, out: list[Any]) -> None:
        value = find(scope)
        out.append(xml_text(value) if value.__class__ is str else slot_text(part, scope))

    return plain if form is None else escaped


def _when(part: Any) -> Op:
    holds = condition(part["when"])
    then, otherwise = _ops(part.get("then", ())), _ops(part.get("else", ()))

    def op(scope: Scope, out: list[Any]) -> None:
        _walk(then if holds(scope) else otherwise, scope, out)

    return op


def _each(part: Any) -> Op:
    path, name = part["each"], part["name"]
    body, otherwise = _ops(part["do"]), _ops(part.get("else", ()))

    def op(scope: Scope, out: list[Any]) -> None:
        items = each_items(path, scope)
        if not items:
            _walk(otherwise, scope, out)
            return
        count = len(items)
        values, turns = scope.values, scope.turns
        for index, item in enumerate(items):
            values[name] = item
            turns[name] = Turn(path, index, count)
            _walk(body, scope, out)
        del values[name], turns[name]

    return op


def _finder(path: Sequence[str]) -> Callable[[Scope], Any]:
    """As `look`, for one path."""
    first, *rest = path
    if not rest:
        return lambda scope: scope.values.get(first, ABSENT)
    if len(rest) == 1:
        (only,) = rest

        def one(scope: Scope) -> Any:
            value = scope.values.get(first)
            return value.get(only, ABSENT) if value.__class__ is dict else look(path, scope)

        return one

    def several(scope: Scope) -> Any:
        value = scope.values.get(first)
        for step in rest:
            if value.__class__ is not dict:
                return look(path, scope)
            value = value.get(step, ABSENT)
        return value

    return several
