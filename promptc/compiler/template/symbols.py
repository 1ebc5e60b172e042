"""Symbols: what stands for an input while a template renders, and everything that can be asked of one.

    input.documents -> [Input] -> Slot, When, Each or a refusal with a hint

A symbol refuses every operation of Python's, because an operation that answered would answer for the symbol and not for
the value: a filter that swallows exceptions would compile to a silent wrong text. Refusals are sticky for that reason:
the run keeps the first one and raises it at the end. What can be decided of a symbol is decided by functions here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from promptc.compiler.template import conditions as c
from promptc.compiler.template.events import Condition, Path, Refusal
from promptc.core.nearest import did_you_mean

KINDS = {
    "string": "text",
    "integer": "a number",
    "number": "a number",
    "boolean": "a boolean",
    "array": "a list",
    "object": "a map",
    "media": "media",
}


class Sticky:
    """Keeps the first refusal of a run, so that a filter which swallows it can't hide it."""

    __slots__ = ("refusal",)

    def __init__(self) -> None:
        self.refusal: Refusal | None = None


STICKY = Sticky()


def refuse(code: str, message: str, hint: str = "") -> NoReturn:
    """Refuse to compile, and remember it."""
    refusal = Refusal(code, message, hint)
    if STICKY.refusal is None:
        STICKY.refusal = refusal
    raise refusal


class Symbol:
    """Something that is known only at run time. Python can do nothing with it."""

    __slots__ = ()

    def spelled(self) -> str:
        """How an author would write it, for messages."""
        return "an input"

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        refuse(
            "T021",
            f"{self.spelled()} is not known when building, so it can't be used here",
            "print it, test it in an `if`, or loop over it; anything else belongs to the code that gives the input",
        )

    def __repr__(self) -> str:
        self._refuse()

    __bool__ = __str__ = __format__ = __bytes__ = __iter__ = __len__ = __contains__ = __getitem__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __rmod__ = _refuse
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __pow__ = __rpow__ = __neg__ = __pos__ = _refuse
    __int__ = __float__ = __index__ = __complex__ = __round__ = __abs__ = __call__ = __reversed__ = _refuse
    __and__ = __or__ = __xor__ = __invert__ = __matmul__ = __next__ = _refuse


class Input(Symbol):
    """An input or a part of one: a path, its schema, and whether it may be missing."""

    __slots__ = ("optional", "path", "schema")

    def __init__(self, path: Path, schema: Mapping[str, Any], *, optional: bool) -> None:
        self.path = path
        self.schema = schema
        self.optional = optional

    def spelled(self) -> str:
        return f"`{'.'.join(self.path)}`"

    @property
    def type(self) -> str:
        """Its declared type; "" where the schema says none. A list of types reads as the one that is not null."""
        declared = self.schema.get("type", "")
        if isinstance(declared, str):
            return declared
        named = [t for t in declared if t != "null"]
        return named[0] if len(named) == 1 else ""

    @property
    def nullable(self) -> bool:
        """Whether null is one of its types."""
        declared = self.schema.get("type", "")
        return declared == "null" or (not isinstance(declared, str) and "null" in declared)


class Inputs(Symbol):
    """`input` itself: only its declared properties can be asked."""

    __slots__ = ("schemas",)

    def __init__(self, schemas: Mapping[str, Mapping[str, Any]]) -> None:
        self.schemas = schemas

    def spelled(self) -> str:
        return "`input`"


class Formatted(Symbol):
    """An input through a slot format. It is text, and text can only be printed or joined."""

    __slots__ = ("form", "input")

    def __init__(self, source: Input, form: Any) -> None:
        self.input = source
        self.form = form

    def spelled(self) -> str:
        name = self.form if isinstance(self.form, str) else next(iter(self.form))
        return f"`{'.'.join(self.input.path)} | {name}`"


class Index(Symbol):
    """`loop.index` or `loop.index0` of a loop over an input."""

    __slots__ = ("base", "name")

    def __init__(self, name: str, base: int) -> None:
        self.name = name
        self.base = base

    def spelled(self) -> str:
        return "`loop.index`" if self.base else "`loop.index0`"


class Cond(Symbol):
    """A yes or no that is known at run time: a comparison, a test, `loop.first`."""

    __slots__ = ("condition",)

    def __init__(self, condition: Condition) -> None:
        self.condition = condition

    def spelled(self) -> str:
        return "a condition on an input"


class Pick(Symbol):
    """One of two values, by a condition: `a or b`, `x if c else y`, a name set in a branch."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(self, condition: Condition, then: Any, otherwise: Any) -> None:
        self.condition = condition
        self.then = then
        self.otherwise = otherwise

    def spelled(self) -> str:
        return "a value that depends on an input"


class Turn(Symbol):
    """`loop` in a loop over an input."""

    __slots__ = ("list", "name")

    def __init__(self, name: str, source: Input) -> None:
        self.name = name
        self.list = source

    def spelled(self) -> str:
        return "`loop`"


class Poison(Symbol):
    """A name whose value differs between the branches of an input's `if` in a way that can't be told apart later."""

    __slots__ = ("name", "why")

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.why = why

    def spelled(self) -> str:
        return f"`{self.name}`"

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        use_poison(self)


class Parts(Symbol):
    """Captured text that holds slots, holes or branches: a set block, a macro's result, `caller()`."""

    __slots__ = ("events",)

    def __init__(self, events: tuple[Any, ...]) -> None:
        self.events = events

    def spelled(self) -> str:
        return "captured text that holds an input"


def use_poison(poison: Poison) -> NoReturn:
    """Refuse the use of a name that branches have set apart."""
    refuse(
        "T024",
        f"`{poison.name}` {poison.why}",
        "use it inside the branch, or set it to text or a number in both branches",
    )


def property_of(symbol: Any, name: str, code: str = "T005") -> Any:
    """A property of an input, an element or `loop`, typed by its schema; unknown ones are errors of the build."""
    if isinstance(symbol, Inputs):
        schema = symbol.schemas.get(name)
        if schema is None:
            known = sorted(symbol.schemas)
            hint = did_you_mean(name, known) or (
                f"this prompt's inputs are {_listed(known)}" if known else "declare it under `inputs:`"
            )
            refuse(code, f"`input.{name}` is not declared under `inputs:`", hint)
        return Input(("input", name), schema, optional=False)
    if isinstance(symbol, Input):
        return _property_of_input(symbol, name, code)
    if isinstance(symbol, Turn):
        return _property_of_turn(symbol, name)
    if isinstance(symbol, Pick):
        return pick(symbol.condition, property_of(symbol.then, name), property_of(symbol.otherwise, name))
    if isinstance(symbol, Poison):
        use_poison(symbol)
    refuse("T021", f"{symbol.spelled() if isinstance(symbol, Symbol) else 'a value'} has no attribute `{name}`")


def _property_of_input(symbol: Input, name: str, code: str) -> Any:
    if symbol.type != "object":
        what = KINDS.get(symbol.type, "of no declared type")
        refuse(
            code,
            f"{symbol.spelled()} is {what} and has no property `{name}`",
            "say `type: object` and its `properties` in the front matter",
        )
    properties = symbol.schema.get("properties") or {}
    if name not in properties:
        hint = did_you_mean(name, sorted(properties)) or f"declare it under the `properties` of {symbol.spelled()}"
        refuse(code, f"{symbol.spelled()} has no property `{name}`", hint)
    schema = properties[name]
    there = name in (symbol.schema.get("required") or ()) or "default" in schema
    return Input((*symbol.path, name), schema, optional=symbol.optional or not there)


def _property_of_turn(turn: Turn, name: str) -> Any:
    if name == "index":
        return Index(turn.name, 1)
    if name == "index0":
        return Index(turn.name, 0)
    if name in ("first", "last"):
        return Cond({name: turn.name})
    if name == "length":
        return Formatted(turn.list, "length")
    refuse(
        "T025",
        f"`loop.{name}` is not known in a loop over an input",
        "there are `loop.index`, `index0`, `first`, `last` and `length`",
    )


def joined_hint(value: Input) -> str:
    """A template that prints a list input: joined where its items have text, else a loop over one property."""
    path = ".".join(value.path)
    items = value.schema.get("items") or {}
    if items.get("type") in ("string", "integer", "number", "boolean"):
        return f'{{{{ {path} | join(", ") }}}}'
    properties = items.get("properties") or {}
    printed = next((f"x.{name}" for name, schema in properties.items() if schema.get("type") == "string"), "x | tojson")
    return f"{{% for x in {path} %}}{{{{ {printed} }}}}{{% endfor +%}}"


def pick(condition: Condition, then: Any, otherwise: Any) -> Any:
    """One of two values; just the value where they are the same."""
    if then is otherwise:
        return then
    return Pick(condition, then, otherwise)


def truth_of(value: Any) -> c.Known:
    """The truth of a symbol as a condition."""
    if isinstance(value, Cond):
        return value.condition
    if isinstance(value, Input):
        return c.true_of(value.path)
    if isinstance(value, Pick):
        return c.choose(value.condition, _known_truth(value.then), _known_truth(value.otherwise))
    if isinstance(value, Formatted):
        if value.form == "length":
            return c.true_of(value.input.path)
        refuse_formatted(value)
    if isinstance(value, Index):
        return True if value.base else c.not_({"first": value.name})
    if isinstance(value, Parts):
        refuse_captured(value)
    if isinstance(value, Poison):
        use_poison(value)
    refuse("T021", f"{value.spelled()} has no truth of its own", "test one of its properties")


def _known_truth(value: Any) -> c.Known:
    return truth_of(value) if isinstance(value, Symbol) else bool(value)


def refuse_formatted(value: Formatted) -> NoReturn:
    """A formatted input was tested or compared."""
    path = ".".join(value.input.path)
    refuse(
        "T022",
        f"{value.spelled()} is text that can only be printed or joined",
        f"test the input itself: `{{% if {path} %}}`",
    )


def refuse_captured(value: Parts) -> NoReturn:
    """Captured text with inputs was inspected."""
    refuse("T023", f"{value.spelled()} can only be printed", "test or format the input before it is captured")


def symbols_in(value: Any, depth: int = 0) -> Iterator[Symbol]:
    """Every symbol in a value, looking into lists and maps."""
    if isinstance(value, Symbol):
        yield value
    elif isinstance(value, (list, tuple)) and depth < 8:
        for item in value:
            yield from symbols_in(item, depth + 1)
    elif isinstance(value, dict) and depth < 8:
        for item in value.values():
            yield from symbols_in(item, depth + 1)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{n}`" for n in names)
