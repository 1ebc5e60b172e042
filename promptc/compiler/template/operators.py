"""Operators: what generated code calls wherever a value decides: tests, loops, comparisons, `and`, `or`, `~`, output.

    generated code -> [operators] -> plain answers, or marks and symbols where an input decides

Each asks once whether the value at hand is a symbol; if not, it does what plain Jinja does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from jinja2.runtime import Undefined

from promptc.compiler.project import MISSING
from promptc.compiler.template import conditions as c
from promptc.compiler.template import symbols as s
from promptc.compiler.template.access import item
from promptc.compiler.template.capturing import capture
from promptc.compiler.template.events import Each, End, Hole, Mark, Value, Variable, When
from promptc.compiler.template.limits import TURN_COST
from promptc.compiler.template.proxies import ListView, MapView, raw_of
from promptc.compiler.template.run import CURRENT
from promptc.compiler.template.symbols import Symbol, refuse
from promptc.compiler.template.texts import force, text
from promptc.compiler.template.weighing import ALONE
from promptc.compiler.trace import PRINTED, answer, look, shape_of
from promptc.core.values import INTEGER_MAX, kind_of, same


def emit(value: Any) -> Any:
    """What an expression in `{{ }}` adds to the stream: text by the one table, a symbol, or a refusal."""
    cls = value.__class__
    if cls is int and -INTEGER_MAX <= value <= INTEGER_MAX:
        cls, value = str, str(value)
    if cls is str:
        fuel = CURRENT.run.fuel
        fuel.left -= len(value)
        if fuel.left < 0:
            fuel.refuse()
        return Value(value)
    if isinstance(value, (Symbol, Mark)):
        return printable(value)
    return Value(text(value))


def printable(value: Any) -> Any:
    """The symbol, where it may be printed: inputs by their type."""
    if isinstance(value, s.Input):
        if value.type in ("array", "object", "media", ""):
            _refuse_print(value)
    elif isinstance(value, s.Inputs):
        refuse("T027", "`input` itself can't be printed", "print one of its properties")
    elif isinstance(value, s.Pick):
        for side in (value.then, value.otherwise):
            if isinstance(side, Symbol):
                printable(side)
            else:
                text(raw_of(side))
    elif isinstance(value, s.Poison):
        s.use_poison(value)
    elif isinstance(value, s.Turn):
        refuse("T027", "`loop` itself can't be printed", "print `loop.index`")
    return value


def _refuse_print(value: s.Input) -> None:
    path = ".".join(value.path)
    if value.type == "media":
        refuse("T027", f"{value.spelled()} is media", f"write `{{% media {path} %}}`")
    if value.type == "array":
        hint = f"write `{s.joined_hint(value)}`, `{{{{ {path} | tojson }}}}`"
        refuse("T027", f"{value.spelled()} is a list, which has no text of its own", hint)
    kind = s.KINDS.get(value.type, "of no declared type")
    hint = f"write `{{{{ {path} | tojson }}}}`, or print one of its properties"
    refuse("T027", f"{value.spelled()} is {kind}, which has no text of its own", hint)


def variable(which: Variable) -> Any:
    """`vars.NAME`: a scalar, a view, or an undefined that names it."""
    run = CURRENT.run
    known = run.known.get(which, MISSING)
    if known is not MISSING:
        return known
    found = run.vars.get(which.name, MISSING)
    cls = found.__class__
    asked = run.reads.asked
    if which.asked not in asked:
        asked[which.asked] = "text " + found if cls is str else answer("get", found)
    shown = found if cls in ALONE else run.roots["vars"].shown(which.name, found)
    if found is not MISSING:
        run.known[which] = shown
    return shown


def truth(which: Variable) -> Any:
    """`vars.NAME` where only its truth counts: asks for no more, unless the value is known already."""
    run = CURRENT.run
    known = run.known.get(which, MISSING)
    if known is not MISSING:
        return known
    found = run.vars.get(which.name, MISSING)
    asked = run.reads.asked
    if which.truth not in asked:
        asked[which.truth] = answer("truth", found)
    return bool(found) if found is not MISSING else run.roots["vars"].missing(which.name)


def truth_at(value: Any, step: Any) -> Any:
    """The same for a longer path: the value that it leads to and its last step."""
    if isinstance(value, MapView) or (isinstance(value, ListView) and isinstance(step, int)):
        return value.truth_at(step)
    return item(value, step)


def hole(mark: Hole) -> Any:
    """A variable that is only printed: a hole that linking fills, after asking only that there is text for it."""
    run = CURRENT.run
    if mark not in run.known:
        path = mark.path
        found = run.given[path[0]].get(path[1], MISSING) if mark.is_plain else look(run.given, path)
        asked = run.reads.asked
        if mark.asked not in asked:
            asked[mark.asked] = "text" if found.__class__ is str else answer("print", found)
        if found.__class__ is not str and shape_of(found) not in PRINTED:
            return _looked_at(path)
        run.known[mark] = mark
    # How long the value is was not asked, so it must cost the same for every tenant.
    fuel = run.fuel
    fuel.left -= 1
    if fuel.left < 0:
        fuel.refuse()
    return mark


def hole_below(value: Any, steps: tuple[Any, ...], filters: tuple[str, ...], give: Callable[[], Any]) -> Any:
    """The same for what stands below a name that holds a part of a variable; anything else is printed as it is."""
    if isinstance(value, (MapView, ListView)):
        return hole(_hole_at((*value.path, *steps), filters))
    return emit(give())


@lru_cache(maxsize=4_096, typed=True)
def _hole_at(path: tuple[Any, ...], filters: tuple[str, ...]) -> Hole:
    return Hole(path, filters)


def _looked_at(path: tuple[Any, ...]) -> Any:
    """What has no text of its own is read like anything else, and says what is wrong with it."""
    value: Any = CURRENT.run.roots[path[0]]
    for step in path[1:]:
        value = item(value, step)
    return emit(value)


def fork(value: Any) -> Any:
    """The test of an `if`: True or False, or a When mark where an input decides."""
    if value.__class__ in ALONE:
        return bool(value)
    value = force(value)
    if isinstance(value, Symbol):
        condition = s.truth_of(value)
        return condition if isinstance(condition, bool) else When(condition)
    return bool(value)


def negate(value: Any) -> Any:
    """`not`."""
    value = force(value)
    if isinstance(value, Symbol):
        condition = c.not_(s.truth_of(value))
        return condition if isinstance(condition, bool) else s.Cond(condition)
    return not value


def both(left: Any, right: Callable[[], Any]) -> Any:
    """`and`: the left value where it is false, else the right one."""
    left = force(left)
    if not isinstance(left, Symbol):
        return right() if left else left
    condition = s.truth_of(left)
    if isinstance(condition, bool):
        return right() if condition else left
    other = right()
    if isinstance(left, s.Cond) and isinstance(other, s.Cond):
        return s.Cond(c.and_(condition, other.condition))  # type: ignore[arg-type]
    return s.pick(condition, other, False if isinstance(left, s.Cond) else left)


def either(left: Any, right: Callable[[], Any]) -> Any:
    """`or`: the left value where it is true, else the right one."""
    left = force(left)
    if not isinstance(left, Symbol):
        return left if left else right()
    condition = s.truth_of(left)
    if isinstance(condition, bool):
        return left if condition else right()
    other = right()
    if isinstance(left, s.Cond) and isinstance(other, s.Cond):
        return s.Cond(c.or_(condition, other.condition))  # type: ignore[arg-type]
    return s.pick(condition, True if isinstance(left, s.Cond) else left, other)


def choose(test: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
    """`x if test else y`."""
    forked = fork(test)
    if isinstance(forked, When):
        return s.pick(forked.condition, then(), otherwise())
    return then() if forked else otherwise()


def joined(values: tuple[Any, ...]) -> Any:
    """`~`: texts by the one table, one after the other."""
    events = [value if isinstance(value, s.Parts) else emit(value) for value in values]
    return capture(events)


class Turns:
    """The iterable of a `for`: plain values, or one symbolic turn where it is an input."""

    __slots__ = ("body_ran", "element", "items", "name", "residual", "source", "when")

    def __init__(self, items: Any, source: s.Input | None = None, when: Any = None) -> None:
        self.items = items
        self.source = source
        # Whether an input decides the turns.
        self.residual = source is not None
        self.when = when
        self.body_ran = False
        if source is not None:
            CURRENT.run.turns += 1
            self.name = f"e{CURRENT.run.turns}"
            self.element = s.Input((self.name,), source.schema.get("items") or {}, optional=False)

    def opening(self) -> Iterator[Mark]:
        """The marks before the loop."""
        if self.when is not None:
            yield When(self.when)
        assert self.source is not None
        yield Each(self.source.path, self.name)

    def closing(self) -> Iterator[Mark]:
        """The marks after the loop and its else."""
        yield End()
        if self.when is not None:
            yield End()

    def __iter__(self) -> Iterator[Any]:
        if self.source is not None:
            yield self.element
            return
        run = CURRENT.run
        for each in self.items:
            run.fuel.charge(TURN_COST)
            yield each

    def ran(self) -> None:
        """Note that the body ran, so that the loop's `else` does not."""
        self.body_ran = True


def turns(value: Any, filtered: str = "") -> Turns:
    """What a `for` goes through; charged before the first turn. `filtered` names a loop's form that inputs don't take."""
    if value.__class__ is ListView:
        items = list(value.whole())
        CURRENT.run.fuel.charge(len(items))
        return Turns(items)
    value = force(value)
    when = None
    if isinstance(value, s.Pick):
        value, when = _guarded_list(value)
    if isinstance(value, Symbol):
        if isinstance(value, s.Input) and value.type == "array":
            if filtered:
                refuse(
                    "T025", f"a `for` over {value.spelled()} takes no {filtered}", "put an `{% if %}` inside the loop"
                )
            return Turns((), value, when)
        if isinstance(value, s.Poison):
            s.use_poison(value)
        what = s.KINDS.get(value.type, "of no declared type") if isinstance(value, s.Input) else "not a list"
        refuse(
            "T025",
            f"{value.spelled()} is {what}, and a `for` goes through lists",
            "declare it as `type: array`, or loop over one of its properties",
        )
    raw = value.keys() if isinstance(value, MapView) else raw_of(value)
    if isinstance(raw, Undefined):
        iter(raw)  # raises with the name
    if not isinstance(raw, (list, tuple, dict, str)) and not isinstance(raw, Iterable):
        kind = {"null": "null", "boolean": "a boolean"}.get(kind_of(raw), "a number")
        refuse("T029", f"a `for` goes through lists, maps and text, and this is {kind}", "give it a list")
    items = list(raw)
    CURRENT.run.fuel.charge(len(items))
    return Turns(items)


def _guarded_list(value: s.Pick) -> tuple[s.Input, Any]:
    # `input.documents or []` and `| default([])`: an empty list where the input is false or missing.
    empty = value.otherwise
    if (
        isinstance(value.then, s.Input)
        and not isinstance(empty, Symbol)
        and isinstance(empty, (list, tuple))
        and not empty
    ):
        path = value.then.path
        if value.condition in (c.true_of(path), c.has(path)):
            return value.then, None if not value.then.optional else value.condition
    refuse("T025", "a `for` over a choice of lists can't be split", "write an `{% if %}` with a `for` in each branch")


def unite(name: str, forked: When, then: Any, otherwise: Any) -> Any:
    """A name after both branches of an input's `if`: one value, a choice, or an error at its use."""
    if then is otherwise:
        return then
    scalars = (str, int, float, bool, type(None))
    if isinstance(then, scalars) and isinstance(otherwise, scalars) and same(then, otherwise):
        return then
    fits = (*scalars, s.Input, s.Formatted, s.Index, s.Cond, s.Pick, s.Parts)
    if isinstance(then, fits) and isinstance(otherwise, fits):
        return s.Pick(forked.condition, then, otherwise)
    return s.Poison(name, "has a different value in each branch of an `if` on an input")


def is_missing(value: Any) -> bool:
    """Whether a looked-up value is no value."""
    return value is MISSING or isinstance(value, Undefined)
