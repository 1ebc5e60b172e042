"""Names: what can be told of a template's expressions from their spelling: paths, holes, the names that branches set.

tree -> [names] -> generator, check
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import nodes

HOLE_ROOTS = frozenset({"vars", "tenant", "tools", "model"})
HOLE_FILTERS = frozenset({"trim", "upper", "lower", "capitalize"})
# Names whose attributes are none of a value's.
SPECIAL = frozenset({"input", "loop", "self", "super", "caller", "varargs", "kwargs"})
SCOPES = (nodes.For, nodes.Macro, nodes.CallBlock, nodes.FilterBlock, nodes.With, nodes.Block, nodes.Scope)


def path_of(node: nodes.Node) -> tuple[Any, ...] | None:
    """The path that an expression spells, from a reserved name down: `vars.limits.turns`; None for anything else."""
    steps: list[Any] = []
    while True:
        if isinstance(node, nodes.Getattr):
            steps.append(node.attr)
        elif (
            isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and type(node.arg.value) in (str, int)
        ):
            steps.append(node.arg.value)
        elif isinstance(node, nodes.Name):
            return (node.name, *reversed(steps)) if steps and node.ctx == "load" else None
        else:
            return None
        node = node.node


def variable_of(node: nodes.Node) -> tuple[Any, ...] | None:
    """The path that an expression spells to a variable or another value that is known when building."""
    path = path_of(node)
    return path if path is not None and path[0] in HOLE_ROOTS else None


def hole_of(node: nodes.Node) -> tuple[tuple[Any, ...], tuple[str, ...]] | None:
    """Path and text filters of an expression that only prints a variable; None for anything else."""
    inner, filters = _unfiltered(node)
    path = variable_of(inner) if inner is not None else None
    return (path, filters) if path is not None else None


def alias_of(node: nodes.Node) -> tuple[nodes.Name, tuple[Any, ...], tuple[str, ...]] | None:
    """A name of the template's own, and the steps and text filters of an expression that only prints what is below it."""
    inner, filters = _unfiltered(node)
    path = path_of(inner) if inner is not None else None
    if path is None or path[0] in HOLE_ROOTS or path[0] in SPECIAL:
        return None
    while not isinstance(inner, nodes.Name):
        inner = inner.node  # type: ignore[union-attr]
    return inner, path[1:], filters


def _unfiltered(node: nodes.Node) -> tuple[nodes.Node | None, tuple[str, ...]]:
    """An expression without the text filters that a hole may carry, and these; None where there are others."""
    filters: list[str] = []
    while isinstance(node, nodes.Filter):
        if (
            node.name not in HOLE_FILTERS
            or node.args
            or node.kwargs
            or node.dyn_args
            or node.dyn_kwargs
            or node.node is None
        ):
            return None, ()
        filters.append(node.name)
        node = node.node
    return node, tuple(reversed(filters))


def is_super(node: nodes.Node) -> bool:
    """Whether an output is exactly `super()`."""
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name == "super"
        and not node.args
        and not node.kwargs
    )


def stored_names(node: nodes.Node) -> set[str]:
    """The names that the branches of an `if` set in its own scope."""
    return {name for child in node.iter_child_nodes(exclude=("test",)) for name in _stored(child)}


def _stored(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        if node.ctx == "store":
            yield node.name
    elif isinstance(node, nodes.Macro):
        yield node.name
    elif isinstance(node, nodes.Import):
        yield node.target
    elif isinstance(node, nodes.FromImport):
        yield from (name[1] if isinstance(name, tuple) else name for name in node.names)
    elif isinstance(node, nodes.AssignBlock):
        yield from _stored(node.target)
    elif not isinstance(node, SCOPES):
        for child in node.iter_child_nodes():
            yield from _stored(child)
