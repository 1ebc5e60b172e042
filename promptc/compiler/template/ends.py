"""Ends: whether the text of parts ends its line, as a condition on inputs; and the line end that an own line gives back.

    parts -> [ends] -> tree (refuses what can't be told), normal (adds the line end)

Pure. The answer is taken from the tree and holds for all inputs: a printed value counts as text that does not end its
line. Of a loop over an input, only what every turn does alike can be told.
"""

from __future__ import annotations

from typing import Any

from promptc.compiler.template.conditions import Known, and_, choose, not_, or_, true_of
from promptc.compiler.template.events import Condition, LocatedValue, Value

Part = Any


class Given(LocatedValue):
    """An overlay's text: a value whose own last character is known when it is put in place."""


class Untold(Exception):  # noqa: N818 - an answer, not an error
    """The turns of a loop over an input end in different ways."""


def when(condition: Known, then: list[Part], otherwise: list[Part]) -> list[Part]:
    """Parts under a condition that may be known."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    if not then and not otherwise:
        return []
    return [{"when": condition, "then": then, "else": otherwise}]


def end_line(parts: list[Part]) -> list[Part]:
    """The parts, with a line end where their text is not empty and has none."""
    return [*parts, *line_end(parts)]


def line_end(parts: list[Part]) -> list[Part]:
    """The line end that is missing after the parts, under its condition."""
    try:
        state = open_line(parts)
    except Untold:
        # The tree has refused this where the template says it; an override around it may leave it standing.
        state = True
    return when(state, ["\n"], [])


def open_line(parts: list[Part], before: Known = False) -> Known:  # noqa: FBT001, FBT002 - a known condition
    """The condition under which the text so far is not empty and does not end in a line end. Raises Untold."""
    state = _ends(parts, before)
    if state is None:
        raise Untold
    return state


# None is a state that can't be told; what follows may settle it.
State = Known | None


def _ends(parts: list[Part], before: State) -> State:
    state = before
    for part in parts:
        state = _after(part, state)
    return state


def _after(part: Part, state: State) -> State:
    if isinstance(part, str):
        if isinstance(part, Given) or not isinstance(part, Value):
            return (not part.endswith("\n")) if part else state
        return True
    if "when" in part:
        return _either(part["when"], _ends(part["then"], state), _ends(part["else"], state))
    if "each" in part:
        return _either(true_of(tuple(part["each"])), _after_turns(part["do"], state), _ends(part["else"], state))
    if "block" in part:
        base = _ends(part["base"], state)
        return _while_blank(base, part["base"]) if part["line"] else base
    if "line" in part:
        return _while_blank(state, part["line"])
    return state if "cache" in part else True


def _either(condition: Condition, then: State, otherwise: State) -> State:
    return None if then is None or otherwise is None else choose(condition, then, otherwise)


def _while_blank(state: State, parts: list[Part]) -> State:
    nothing = blank(parts)
    if state is None:
        return False if nothing is False else None
    return and_(state, nothing)


def _after_turns(do: list[Part], state: State) -> State:
    after_closed, after_open = _ends(do, False), _ends(do, True)  # noqa: FBT003
    if isinstance(after_closed, bool) and after_closed is after_open:
        return after_closed  # every turn ends alike, whatever stood before it
    if state is False and after_closed is False:
        return False
    if state is True and after_open is True:
        return True
    return None


def blank(parts: list[Part]) -> Known:
    """The condition under which parts have no text at all; a printed value counts as text."""
    known: Known = True
    for part in parts:
        known = and_(known, _blank(part))
    return known


def _blank(part: Part) -> Known:
    if isinstance(part, str):
        return not part and (isinstance(part, Given) or not isinstance(part, Value))
    if "when" in part:
        return choose(part["when"], blank(part["then"]), blank(part["else"]))
    if "each" in part:
        none = not_(true_of(tuple(part["each"])))
        return and_(none, blank(part["else"])) if part["else"] else or_(none, blank(part["do"]) is True)
    if "block" in part:
        return blank(part["base"])
    return blank(part["line"]) if "line" in part else "cache" in part
