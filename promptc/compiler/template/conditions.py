"""Conditions: the residual form of what an `if` asks of inputs, kept in normal form while it is built.

A condition is True, False (known now) or the JSON of design's C. Constants fold, double negations vanish, `and` and `or`
are flat, so equal questions are equal data.
"""

from __future__ import annotations

from typing import Any

from promptc.compiler.template.events import Condition, Limit, Path
from promptc.compiler.template.limits import CONDITION_QUESTIONS_MAX
from promptc.core.values import same

Known = bool | Condition


class Asked(dict[str, Any]):
    """A condition of several questions that knows how many, so that one which doubles is stopped before it is walked."""

    __slots__ = ("questions",)

    questions: int


def _questions(condition: Condition) -> int:
    return condition.questions if isinstance(condition, Asked) else 1


def _asked(word: str, value: Any, questions: int) -> Condition:
    if questions > CONDITION_QUESTIONS_MAX:
        raise Limit(
            f"a condition on inputs asks more than {CONDITION_QUESTIONS_MAX:,} questions",
            "decide it in the code that gives the inputs",
        )
    made = Asked({word: value})
    made.questions = questions
    return made


def true_of(path: Path) -> Condition:
    """The truth of an input."""
    return {"true": list(path)}


def has(path: Path) -> Condition:
    """Whether an input is there."""
    return {"has": list(path)}


def not_(condition: Known) -> Known:
    """The negation."""
    if isinstance(condition, bool):
        return not condition
    inner = condition.get("not")
    return inner if inner is not None else _asked("not", condition, _questions(condition))


def and_(left: Known, right: Known) -> Known:
    """Both."""
    return _join("and", left, right, neutral=True)


def or_(left: Known, right: Known) -> Known:
    """Either."""
    return _join("or", left, right, neutral=False)


def _join(word: str, left: Known, right: Known, *, neutral: bool) -> Known:
    if isinstance(left, bool):
        return right if left is neutral else left
    if isinstance(right, bool):
        return left if right is neutral else right
    parts: list[Any] = []
    for condition in (*left.get(word, (left,)), *right.get(word, (right,))):
        if not any(same(condition, known) for known in parts):
            parts.append(condition)
    return _asked(word, parts, sum(map(_questions, parts))) if len(parts) > 1 else parts[0]


def choose(condition: Condition, then: Known, otherwise: Known) -> Known:
    """The truth of a value that is `then` under the condition and `otherwise` without it."""
    then, otherwise = given(then, condition, holds=True), given(otherwise, condition, holds=False)
    if isinstance(then, bool) and isinstance(otherwise, bool):
        return then if then == otherwise else (condition if then else not_(condition))
    if not isinstance(then, bool) and not isinstance(otherwise, bool) and same(then, otherwise):
        return then
    if isinstance(otherwise, bool):
        return or_(not_(condition), then) if otherwise else and_(condition, then)
    if isinstance(then, bool):
        return or_(condition, otherwise) if then else and_(not_(condition), otherwise)
    return or_(and_(condition, then), and_(not_(condition), otherwise))


def given(known: Known, condition: Condition, *, holds: bool) -> Known:
    """What is left of a condition where another one is known to hold, or not to."""
    if isinstance(known, bool):
        return known
    if same(known, condition):
        return holds
    ((word, value),) = known.items()
    if word == "not":
        return not_(given(value, condition, holds=holds))
    if word in ("and", "or"):
        result: Known = word == "and"
        for part in value:
            left = given(part, condition, holds=holds)
            result = and_(result, left) if word == "and" else or_(result, left)
        return result
    return known


def compares(operand: Any, operator: str, constant: Any) -> Condition:
    """An input, a length or an index against a constant; operator is one of == != < <= > >= in."""
    return {"is": [operand, operator, constant]}


def contains(path: Path, constant: Any) -> Condition:
    """Whether a constant is part of an input text, a member of a list or a key of a map."""
    return {"contains": [list(path), constant]}
