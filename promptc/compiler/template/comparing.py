"""Comparing: `==`, `<`, `in` and their kin over plain values, views and inputs.

    environment -> [comparing] -> True or False, or a condition on an input

An input is compared with what is known when building. Types are checked here, so that the runtime never meets a
comparison that can't hold.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from promptc.compiler.template import conditions as c
from promptc.compiler.template import symbols as s
from promptc.compiler.template.limits import COMPARISON_COST
from promptc.compiler.template.proxies import MapView, raw_of
from promptc.compiler.template.run import CURRENT
from promptc.compiler.template.symbols import Symbol, refuse
from promptc.compiler.template.texts import forced
from promptc.compiler.template.weighing import ALONE, PART_COST, STRIDE, weigh
from promptc.core.values import kind_of

SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<="}
MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def compare(left: Any, *rest: tuple[str, Callable[[], Any]]) -> Any:
    """`a < b <= c …`: each neighbour pair, stopping at the first that is known to be false."""
    known: c.Known = True
    for word, give in rest:
        right = give()
        result = membership(left, right, word == "notin") if word in ("in", "notin") else one(left, SIGNS[word], right)
        condition = result.condition if isinstance(result, s.Cond) else bool(result)
        known = c.and_(known, condition)
        if known is False:
            return False
        left = right
    return known if isinstance(known, bool) else s.Cond(known)


def compared(left: Any, word: str, right: Any) -> Any:
    """`left < right`, standing alone."""
    sign = SIGNS.get(word)
    if sign is None:
        result = membership(left, right, word == "notin")
    elif left.__class__ in ALONE and right.__class__ in ALONE:
        result = _alone(left, sign, right)
    else:
        result = one(left, sign, right)
    return result if isinstance(result, s.Cond) else bool(result)


def _alone(left: Any, sign: str, right: Any) -> Any:
    """The same for two values without parts, charged like it."""
    weight = 2 * PART_COST
    weight += (len(left) if left.__class__ is str else 0) + (len(right) if right.__class__ is str else 0)
    if weight > STRIDE:
        return one(left, sign, right)
    fuel = CURRENT.run.fuel
    fuel.left -= COMPARISON_COST + weight
    if fuel.left < 0:
        fuel.refuse()
    return _plain(left, sign, right)


def one(left: Any, sign: str, right: Any) -> Any:
    """One comparison of two values."""
    CURRENT.run.fuel.charge(COMPARISON_COST)
    weigh(left, right)
    if left.__class__ not in ALONE or right.__class__ not in ALONE:
        left, right = _lowered(left), _lowered(right)
        if isinstance(left, Symbol):
            return _symbolic(left, sign, right)
        if isinstance(right, Symbol):
            return _symbolic(right, MIRRORED[sign], left)
    return _plain(raw_of(left), sign, raw_of(right))


def _plain(left: Any, sign: str, right: Any) -> Any:
    try:
        return PLAIN[sign](left, right)
    except TypeError:
        refuse("T029", f"`{sign}` can't order {_kind(left)} and {_kind(right)}", "compare values of one type")


def _lowered(value: Any) -> Any:
    # Captured text that only has holes is text by now; with inputs it refuses.
    return forced(value)


def _kind(value: Any) -> str:
    return kind_of(raw_of(value))


def _symbolic(symbol: Symbol, sign: str, other: Any) -> Any:
    if isinstance(symbol, s.Pick):
        return decided(symbol, lambda side: one(side, sign, other))
    if isinstance(other, s.Pick):
        return decided(other, lambda side: one(symbol, sign, side))
    if isinstance(other, Symbol):
        if isinstance(other, s.Poison):
            s.use_poison(other)
        refuse(
            "T031",
            f"{symbol.spelled()} and {other.spelled()} are both known only at run time",
            "compare them in the code that gives the inputs, and give the answer as an input",
        )
    constant = raw_of(other)
    if isinstance(symbol, s.Input):
        check_type(symbol, sign, constant)
        return s.Cond(c.compares(list(symbol.path), sign, constant))
    if isinstance(symbol, s.Formatted) and symbol.form == "length":
        _check_number("a length", constant)
        return s.Cond(c.compares({"length": list(symbol.input.path)}, sign, constant))
    if isinstance(symbol, s.Index):
        _check_number("`loop.index`", constant)
        shift = 1 - symbol.base
        return s.Cond(c.compares({"index": symbol.name}, sign, constant + shift))
    if isinstance(symbol, s.Cond) and isinstance(constant, bool) and sign in ("==", "!="):
        condition = symbol.condition if (sign == "==") is constant else c.not_(symbol.condition)
        return s.Cond(condition)  # type: ignore[arg-type]
    if isinstance(symbol, s.Formatted):
        s.refuse_formatted(symbol)
    s.truth_of(symbol)
    refuse("T031", f"{symbol.spelled()} can't be compared", "compare the input itself")


def decided(choice: s.Pick, ask: Callable[[Any], Any]) -> Any:
    """A question to both sides of a choice, as one answer."""
    sides = [ask(side) for side in (choice.then, choice.otherwise)]
    known = [side.condition if isinstance(side, s.Cond) else bool(side) for side in sides]
    result = c.choose(choice.condition, known[0], known[1])
    return result if isinstance(result, bool) else s.Cond(result)


TYPES = {
    "string": ("text",),
    "integer": ("integer", "number"),
    "number": ("integer", "number"),
    "boolean": ("boolean",),
}


def check_type(symbol: s.Input, sign: str, constant: Any) -> None:
    """Refuse a comparison of unlike types, of media, lists or maps, and an order of what has none."""
    kind = kind_of(constant)
    declared = s.KINDS.get(symbol.type, "of no declared type")
    if kind == "null":
        if symbol.nullable and sign in ("==", "!="):
            return
        refuse(
            "T029",
            f"{symbol.spelled()} is {declared} and never null",
            'say `is defined`, or declare `type: [string, "null"]`',
        )
    if symbol.type not in TYPES:
        refuse(
            "T031",
            f"{symbol.spelled()} is {declared}, which can't be compared",
            "compare one of its properties, or test its length",
        )
    if kind not in TYPES[symbol.type]:
        refuse(
            "T029",
            f"{symbol.spelled()} is {declared} and is compared with {_named(constant, kind)}",
            _alike(symbol.type, constant),
        )
    if sign not in ("==", "!=") and symbol.type == "boolean":
        refuse(
            "T029",
            f"{symbol.spelled()} is a boolean, which has no order",
            "test it: `{% if " + ".".join(symbol.path) + " %}`",
        )


def _named(constant: Any, kind: str) -> str:
    return {"text": "text", "list": "a list", "map": "a map", "boolean": "a boolean"}.get(kind, "a number")


def _alike(declared: str, constant: Any) -> str:
    # The constant itself is not shown: it may be a confidential variable's.
    if declared == "string":
        is_number = isinstance(constant, (int, float)) and not isinstance(constant, bool)
        return "write the number in quotes" if is_number else "compare it with text"
    if declared == "boolean":
        return "test it without a comparison"
    return "write the number without quotes"


def _check_number(what: str, constant: Any) -> None:
    if kind_of(constant) not in ("integer", "number"):
        refuse(
            "T029",
            f"{what} is a number and is compared with {_named(constant, kind_of(constant))}",
            "compare it with a number",
        )


def membership(left: Any, right: Any, negated: bool) -> Any:  # noqa: FBT001 - the operator's own bit
    """`left in right`, or `not in`."""
    CURRENT.run.fuel.charge(COMPARISON_COST)
    # Whether a map has a key is all that is asked of it: its size is not known, and is not charged.
    asks_key = isinstance(right, MapView) and isinstance(left, (str, s.Parts))
    weigh(left) if asks_key else weigh(left, right)
    left, right = _lowered(left), _lowered(right)
    result = _membership(left, right)
    if isinstance(result, s.Cond):
        return s.Cond(c.not_(result.condition)) if negated else result  # type: ignore[arg-type]
    return not result if negated else result


def _membership(left: Any, right: Any) -> Any:
    if isinstance(right, s.Pick):
        return decided(right, lambda side: membership(left, side, False))  # noqa: FBT003
    if isinstance(right, Symbol):
        if isinstance(left, Symbol):
            refuse(
                "T031",
                f"{left.spelled()} and {right.spelled()} are both known only at run time",
                "test it in the code that gives the inputs",
            )
        return _contained(right, raw_of(left))
    if isinstance(left, s.Pick):
        return decided(left, lambda side: membership(side, right, False))  # noqa: FBT003
    if isinstance(left, Symbol):
        return _among(left, raw_of(right))
    if isinstance(right, MapView) and isinstance(left, str):
        return right.has(left)
    try:
        return raw_of(left) in raw_of(right)
    except TypeError:
        refuse("T029", f"`in` can't look for {_kind(left)} in {_kind(right)}", "look in a list, a map's keys, or text")


def _among(symbol: Symbol, values: Any) -> Any:
    if isinstance(values, dict):
        values = list(values)
    if isinstance(values, str):
        refuse("T031", f"{symbol.spelled()} can't be looked for in text when building", "look for it in a list")
    if any(isinstance(value, Symbol) for value in values):
        refuse(
            "T031",
            "an input can't be looked for among other inputs",
            "compare it with each, or do it in the code that gives the inputs",
        )
    if not values:
        return False
    if isinstance(symbol, s.Input):
        for value in values:
            check_type(symbol, "==", value)
        return s.Cond(c.compares(list(symbol.path), "in", list(values)))
    result: Any = False
    for value in values:
        found = one(symbol, "==", value)
        condition = found.condition if isinstance(found, s.Cond) else bool(found)
        result = c.or_(result, condition)
    return result if isinstance(result, bool) else s.Cond(result)


def _contained(symbol: Symbol, constant: Any) -> Any:
    if not isinstance(symbol, s.Input):
        if isinstance(symbol, s.Formatted):
            s.refuse_formatted(symbol)
        s.truth_of(symbol)
        refuse("T031", f"{symbol.spelled()} can't be searched", "search the input itself")
    kind = kind_of(constant)
    if symbol.type == "array":
        items = s.Input((*symbol.path, "items"), symbol.schema.get("items") or {}, optional=False)
        if items.type in TYPES and kind not in TYPES[items.type] and not (kind == "null" and items.nullable):
            refuse(
                "T029",
                f"the items of {symbol.spelled()} are {s.KINDS[items.type]} and {_named(constant, kind)} is looked for",
                _alike(items.type, constant),
            )
    elif symbol.type in ("string", "object"):
        if kind != "text":
            refuse(
                "T029",
                f"{symbol.spelled()} is {s.KINDS[symbol.type]} and {_named(constant, kind)} is looked for",
                _alike("string", constant),
            )
    else:
        refuse(
            "T031",
            f"{symbol.spelled()} is {s.KINDS.get(symbol.type, 'of no declared type')}, in which nothing can be looked for",
            "compare it with `==`",
        )
    return s.Cond(c.contains(symbol.path, constant))
