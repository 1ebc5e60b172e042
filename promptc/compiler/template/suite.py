"""Suite: our generator under Jinja's own test suite: plain values, Jinja's lookups, a loader's templates.

    Jinja's tests -> [suite] -> generator -> Jinja's expected text

Only the generator is ours here, and the operators it calls; text is Jinja's `str()`, since its tests expect `True`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from jinja2 import Environment, nodes
from jinja2.runtime import LoopContext, markup_join, str_join
from jinja2.utils import Namespace

from promptc.compiler.keys import Static
from promptc.compiler.template.generator import Generator
from promptc.compiler.template.limits import Fuel
from promptc.compiler.template.run import CURRENT, Run
from promptc.compiler.template.support import IMPORTS
from promptc.compiler.trace import fingerprint
from promptc.core.findings import Place

# Generated code imports these from here.
__all__ = [
    "LoopContext",
    "Namespace",
    "both",
    "choose",
    "compare",
    "either",
    "emit",
    "fork",
    "markup_join",
    "negate",
    "sliced",
    "str_join",
    "turns",
]
NAMES = tuple(__all__)


NOTHING = Static("", "", "", Place(""), "", is_whole=True, inputs={}, variables={}, templates={}, stands_for={})


class Endless(Fuel):
    """Fuel that is never gone: Jinja's tests loop as far as they like."""

    def charge(self, amount: int) -> None:
        """Nothing is charged."""


class SuiteEnvironment(Environment):
    """Jinja's environment with our generator."""

    code_generator_class = Generator
    reserved: frozenset[str] = frozenset()
    origins = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        run = Run(NOTHING, {"vars": {}, "tenant": {}, "tools": {}, "model": {}}, fingerprint)
        run.fuel = Endless()
        CURRENT.begin(run)

    def own_block(self, name: str | None, block: str) -> bool:
        """Jinja gives no line end back."""
        return False

    def own_include(self, name: str | None, line: int) -> bool:
        """Jinja gives no line end back."""
        return False

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:  # noqa: FBT001, FBT002
        code = super()._generate(source, name, filename, defer_init)
        ours = f"from promptc.compiler.template.suite import {', '.join(NAMES)}"
        return f"{IMPORTS}; {ours}{code[code.index(chr(10)) :]}"

    def concat(self, events: Iterable[Any]) -> str:
        """Text without marks."""
        return "".join(event for event in events if isinstance(event, str))


def emit(value: Any) -> str:
    """What Jinja prints."""
    return str(value)


def sliced(value: Any, start: Any, stop: Any, step: Any) -> Any:
    """A plain slice."""
    return value[start:stop:step]


class Plain:
    """A plain iterable with what generated loops ask of one."""

    residual = False

    def __init__(self, items: Any) -> None:
        self.items = items
        self.body_ran = False

    def ran(self) -> None:
        """Note that the body ran."""
        self.body_ran = True

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def turns(value: Any, filtered: str = "") -> Plain:
    """A plain loop."""
    return Plain(value)


def compare(left: Any, *rest: Any) -> bool:
    """Plain comparisons, chained."""
    for word, give in rest:
        right = give()
        if not COMPARISONS[word](left, right):
            return False
        left = right
    return True


COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "gteq": operator.ge, "lt": operator.lt, "lteq": operator.le,
    "in": lambda a, b: a in b, "notin": lambda a, b: a not in b,
}  # fmt: skip


def fork(value: Any) -> bool:
    """A plain test."""
    return bool(value)


def negate(value: Any) -> bool:
    """A plain `not`."""
    return not value


def both(left: Any, right: Any) -> Any:
    """A plain `and`."""
    return left and right()


def either(left: Any, right: Any) -> Any:
    """A plain `or`."""
    return left or right()


def choose(test: Any, then: Any, otherwise: Any) -> Any:
    """A plain inline `if`."""
    return then() if test else otherwise()
