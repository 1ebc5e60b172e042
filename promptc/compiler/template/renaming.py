"""Renaming: the compiler's names of loop elements, i1, i2, by depth, so that equal programs are equal data.

e7.title inside two loops -> i2.title
"""

from __future__ import annotations

from typing import Any

from promptc.compiler.template.events import Condition, Path


class Names:
    """The open loops over inputs: from the render's unique names to names by depth."""

    __slots__ = ("open",)

    def __init__(self) -> None:
        self.open: list[str] = []

    def push(self, unique: str) -> str:
        """Open a loop; returns its name by depth."""
        self.open.append(unique)
        return f"i{len(self.open)}"

    def pop(self) -> None:
        """Close the innermost loop."""
        self.open.pop()

    def of(self, unique: str) -> str:
        """The name by depth of an open loop's element."""
        return f"i{self.open.index(unique) + 1}"


def renamed_path(path: Path | list[str], names: Names) -> list[str]:
    """A path with its element renamed."""
    head, *rest = path
    return [head if head == "input" else names.of(head), *rest]


def renamed(condition: Condition, names: Names) -> Condition:
    """A condition with all its paths and loop names renamed."""
    ((word, value),) = condition.items()
    if word in ("true", "has"):
        return {word: renamed_path(value, names)}
    if word == "not":
        return {word: renamed(value, names)}
    if word in ("and", "or"):
        return {word: [renamed(each, names) for each in value]}
    if word == "contains":
        return {word: [renamed_path(value[0], names), value[1]]}
    if word == "is":
        return {word: [_operand(value[0], names), *value[1:]]}
    return {word: names.of(value)}


def _operand(operand: Any, names: Names) -> Any:
    if isinstance(operand, list):
        return renamed_path(operand, names)
    if "length" in operand:
        return {"length": renamed_path(operand["length"], names)}
    return {"index": names.of(operand["index"])}
