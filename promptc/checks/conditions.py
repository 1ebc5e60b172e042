"""Conditions: the branches of templates that variables and labels decide, and whether one tenant takes them.

    templates -> [conditions] -> Branch with its place; a tenant's values -> taken or not

Pure. Only what is spelled plainly is understood: paths, constants, comparisons, `and`, `or`, `not`, `in`, `is defined`. All else
is not judged, and neither is an `else`: it is there for what nobody thought of.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from promptc.checks.check import Seat, Sources
from promptc.core.dataclass import dataclass
from promptc.core.findings import Place
from promptc.core.pattern import Pattern

# Whether a condition holds for a tenant; None where that can't be told.
Holds = Callable[[Seat], bool | None]
_TAG = Pattern(r"\{%[-+]?\s*(?:el)?if\b(.*?)[-+]?%\}|\{\{(.*?)\}\}|\{#.*?#\}", re.DOTALL)
_DEFINED = Pattern(r"\b((?:vars|tenant)(?:\.\w+)+)\s+is\s+(not\s+)?defined\b")
_CONSTANTS = {"true": True, "false": False, "none": None, "True": True, "False": False, "None": None}
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch: its number, where its tag stands, and when it is taken."""

    number: int
    place: Place
    holds: Holds


def branches_of(sources: Sources) -> tuple[Branch, ...]:
    """All branches that can be judged, of all templates that prompts reach; worked out once."""
    if "branches" not in sources.kept:
        reached = sorted({path for paths in sources.closures.values() for path in paths} & sources.project.templates.keys())
        found = [one for path in reached for one in _branches(sources, path)]
        sources.kept["branches"] = tuple(Branch(number, place, holds) for number, (place, holds) in enumerate(found))
    kept: tuple[Branch, ...] = sources.kept["branches"]
    return kept


def _branches(sources: Sources, path: str) -> Iterator[tuple[Place, Holds]]:
    template = sources.project.templates[path]
    for match in _TAG.finditer(template.text):
        place = Place(template.file, template.text.count("\n", 0, match.start()) + 1 + template.line_offset)
        if match[1] is not None:
            holds = _parsed(match[1])
            if holds is not None:
                yield place, holds
        elif match[2] is not None and " if " in match[2]:
            yield from ((place, holds) for holds in _chosen(match[2]))


def _chosen(text: str) -> Iterator[Holds]:
    """The condition of each `A if C else B` in a print."""
    for node in ast.walk(tree) if (tree := _tree(text)) is not None else ():
        holds = _holds(node.test) if isinstance(node, ast.IfExp) else None
        if holds is not None:
            yield holds


def _parsed(text: str) -> Holds | None:
    tree = _tree(text)
    return None if tree is None else _holds(tree)


def _tree(text: str) -> ast.expr | None:
    """An expression as Python reads it, which most of Jinja's are."""
    spelled = _DEFINED.sub(lambda found: f"{'not ' if found[2] else ''}defined({found[1]})", text.strip().strip("-+"))
    try:
        return ast.parse(f"({spelled})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _holds(node: ast.expr) -> Holds | None:
    value = _value(node)
    if value is None:
        return None

    def holds(seat: Seat) -> bool | None:
        found = value(seat)
        return None if found is _UNKNOWN else bool(found) if found is not _MISSING else False

    return holds


_UNKNOWN = object()
_Value = Callable[[Seat], Any]


def _value(node: ast.expr) -> _Value | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float, bool, type(None))):
        return _constant(node.value)
    if isinstance(node, ast.Name) and node.id in _CONSTANTS:
        return _constant(_CONSTANTS[node.id])
    if isinstance(node, (ast.List, ast.Tuple)):
        parts = [_value(part) for part in node.elts]
        return None if None in parts else lambda seat: [part(seat) for part in parts if part is not None]
    if isinstance(node, ast.Attribute):
        path = _path(node)
        return None if path is None else lambda seat: _looked_up(seat, path)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _holds(node.operand)
        return None if inner is None else lambda seat: _UNKNOWN if (said := inner(seat)) is None else not said
    if isinstance(node, ast.BoolOp):
        return _joined(node)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "defined" and len(node.args) == 1:
        asked = _value(node.args[0])
        return None if asked is None else lambda seat: asked(seat) is not _MISSING
    return None


def _constant(value: Any) -> _Value:
    return lambda _: value


def _path(node: ast.expr) -> tuple[str, ...] | None:
    steps: list[str] = []
    while isinstance(node, ast.Attribute):
        steps.append(node.attr)
        node = node.value
    path = (*([node.id] if isinstance(node, ast.Name) else []), *reversed(steps))
    return path if path[:1] == ("vars",) or (path[:2] == ("tenant", "labels") and len(path) == 3) else None


def _looked_up(seat: Seat, path: tuple[str, ...]) -> Any:
    found: Any = seat.tenant.variables if path[0] == "vars" else seat.tenant.labels
    for step in path[1:] if path[0] == "vars" else path[2:]:
        if not isinstance(found, (dict, Mapping)) or step not in found:
            return _MISSING
        found = found[step]
    return found


def _joined(node: ast.BoolOp) -> _Value | None:
    parts = [_holds(part) for part in node.values]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    decides = isinstance(node.op, ast.Or)

    def value(seat: Seat) -> Any:
        said = [part(seat) for part in known]
        if decides in said:
            return decides
        return _UNKNOWN if None in said else not decides

    return value


def _compared(node: ast.Compare) -> _Value | None:
    left, right = _value(node.left), _value(node.comparators[0])
    compare = _COMPARE.get(type(node.ops[0]))
    if left is None or right is None or compare is None:
        return None

    def value(seat: Seat) -> Any:
        one, other = left(seat), right(seat)
        if _MISSING in (one, other) or _UNKNOWN in (one, other):
            return _UNKNOWN
        try:
            return compare(one, other)
        except TypeError:
            return _UNKNOWN

    return value


_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda one, other: one == other and isinstance(one, bool) == isinstance(other, bool),
    ast.NotEq: lambda one, other: one != other or isinstance(one, bool) != isinstance(other, bool),
    ast.Lt: lambda one, other: one < other,
    ast.LtE: lambda one, other: one <= other,
    ast.Gt: lambda one, other: one > other,
    ast.GtE: lambda one, other: one >= other,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}
