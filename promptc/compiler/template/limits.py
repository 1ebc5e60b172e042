"""Limits: how much work and text one render may cost, counted and never timed, so that every machine agrees.

A clock would make an artifact depend on the machine. Fuel is charged before the work is done: the length of an iterable
when a loop begins, a filter's result as far as its arguments tell it, captured text before it is joined.
"""

from __future__ import annotations

from typing import NoReturn

from promptc.compiler.template.events import Limit

FUEL = 2_000_000
# What a render may spend that is taken in one go.
FUEL_AHEAD = FUEL // 8
FILTER_INTEGER_MAX = 10_000
MACRO_DEPTH_MAX = 40
LOOP_DEPTH_MAX = 8
TREE_DEPTH_MAX = 30
ELIF_MAX = 50
SOURCE_BYTES_MAX = 256 * 1024
RANGE_MAX = 10_000
INTEGER_MAX = 2**63
CALL_COST = 50
INCLUDE_COST = 200
EVENT_COST = 10
TURN_COST = 5
COMPARISON_COST = 5
CONDITION_QUESTIONS_MAX = 1_000
NESTED_MAX = 100


class Fuel:
    """What is left for one render to spend."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = FUEL

    def charge(self, amount: int) -> None:
        """Spend; Limit when it is gone."""
        self.left -= amount
        if self.left < 0:
            self.refuse()

    def refuse(self) -> NoReturn:
        """Say that it is gone. What is called most often spends without calling `charge`."""
        raise Limit(
            f"the template asks for more than {FUEL:,} steps and characters",
            "make its loops shorter, or move the text it builds into a variable",
        )


def small(number: object, what: str) -> None:
    """Refuse a filter's number beyond what text needs, before anything is allocated for it."""
    if (
        isinstance(number, int)
        and not isinstance(number, bool)
        and not -FILTER_INTEGER_MAX <= number <= FILTER_INTEGER_MAX
    ):
        raise Limit(f"{what} takes a number of at most {FILTER_INTEGER_MAX:,}", "use a smaller number")
