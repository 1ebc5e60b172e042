"""Tests: Jinja's built-in tests behind a guard that knows views, captured text and inputs.

environment.tests -> [guard -> test] -> True, False, or a condition on an input
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

from jinja2.tests import TESTS as JINJA_TESTS

from promptc.compiler.template import comparing, symbolic
from promptc.compiler.template.proxies import View, raw_of
from promptc.compiler.template.symbols import Parts, Symbol, refuse
from promptc.compiler.template.texts import force
from promptc.core.values import same

# These tell kinds apart, and a view's kind was asked when it was handed out.
KINDS = frozenset(
    "mapping sequence iterable string number integer float boolean none true false callable escaped defined undefined".split()
)


def _sameas(value: Any, other: Any) -> bool:
    return same(value, other) if not isinstance(value, (list, dict)) else value is other


def _comparison(sign: str) -> Callable[[Any, Any], Any]:
    return lambda value, other: comparing.one(value, sign, other)


TESTS: dict[str, Callable[..., Any]] = {
    **cast(Mapping[str, Callable[..., Any]], JINJA_TESTS),
    **{name: _comparison(sign) for name, sign in symbolic.SIGNS.items()},
    "in": lambda value, where: comparing.membership(value, where, False),  # noqa: FBT003
    "sameas": _sameas,
}


def registry() -> dict[str, Callable[..., Any]]:
    """Every test a template may use, guarded."""
    return {name: guard(name, function) for name, function in TESTS.items()}


def guard(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The test behind its guard."""
    passes = getattr(function, "jinja_pass_arg", None)
    hidden = 1 if passes is not None else 0
    compares = name in symbolic.SIGNS or name == "in"

    @functools.wraps(function, updated=())
    def guarded(*args: Any) -> Any:
        value, rest = args[hidden], args[hidden + 1 :]
        if compares:
            if len(rest) != 1:
                refuse("T029", f"the test `{name}` takes one value to compare with", f"write `x is {name}(…)`")
            return function(value, *rest)
        if isinstance(value, Parts) and name in ("defined", "undefined", "none", "string"):
            return name in ("defined", "string")
        value = force(value)
        if isinstance(value, Symbol):
            return symbolic.tested(name, value, rest)
        for argument in rest:
            if isinstance(argument, Symbol):
                refuse(
                    "T021",
                    f"the test `{name}` would have to see {argument.spelled()}, which is not known when building",
                    "compare with something known",
                )
        if isinstance(value, View):
            value = value.raw if name in KINDS else value.whole()
        try:
            return function(*args[:hidden], value, *map(raw_of, rest))
        except (TypeError, ValueError, ArithmeticError):
            refuse("T029", f"the test `{name}` can't work on this value", "look at the kinds of values it is given")

    if passes is not None:
        guarded.jinja_pass_arg = passes  # type: ignore[attr-defined]
    return guarded
