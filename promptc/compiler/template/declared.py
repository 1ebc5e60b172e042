"""Declared: names, variables and inputs that nothing declares, found by reading the tree before anything renders.

tree -> [declared] -> problems
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import nodes

from promptc.compiler.template.check import Problem
from promptc.compiler.template.names import path_of
from promptc.core.nearest import did_you_mean


def undeclared(tree: nodes.Template, variables: Any, known: frozenset[str], inputs: Any = None) -> Iterator[Problem]:
    """Names, variables and (for a prompt's own template) inputs that nothing declares, wherever they stand."""
    seen: set[tuple[str, int]] = set()
    for node in tree.find_all((nodes.Name, nodes.Getattr, nodes.Getitem)):
        path = path_of(node)
        if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known:
            problem = Problem(
                "T005", f"`{node.name}` is not declared", node.lineno, _name_hint(node.name, variables, inputs, known)
            )
        elif path is not None and len(path) == 2 and path[0] == "vars" and path[1] not in variables:
            problem = Problem(
                "T005",
                f"`vars.{path[1]}` is not declared",
                node.lineno,
                did_you_mean(str(path[1]), variables, before="vars.") or "declare it in sources/variables.yaml",
            )
        elif (
            inputs is not None and path is not None and len(path) == 2 and path[0] == "input" and path[1] not in inputs
        ):
            problem = Problem(
                "T005",
                f"`input.{path[1]}` is not declared under `inputs:`",
                node.lineno,
                did_you_mean(str(path[1]), inputs, before="input.") or "declare it in the front matter",
            )
        else:
            continue
        if (problem.message, problem.line) not in seen:
            seen.add((problem.message, problem.line))
            yield problem


def _name_hint(name: str, variables: Any, inputs: Any, known: frozenset[str]) -> str:
    if inputs and name in inputs:
        return f"write `input.{name}`"
    if name in variables:
        return f"write `vars.{name}`"
    return (
        did_you_mean(name, variables, before="vars.")
        or did_you_mean(name, known)
        or "variables are `vars.…`, inputs `input.…`; other names need a `set`"
    )


def assigned_names(tree: nodes.Template) -> set[str]:
    """Every name that a template sets anywhere."""
    found: set[str] = set()
    for node in tree.find_all((nodes.Name, nodes.Macro, nodes.Import, nodes.FromImport)):
        if isinstance(node, nodes.Name):
            if node.ctx != "load":
                found.add(node.name)
        elif isinstance(node, nodes.Macro):
            found.add(node.name)
        elif isinstance(node, nodes.Import):
            found.add(node.target)
        elif isinstance(node, nodes.FromImport):
            found.update(name[1] if isinstance(name, tuple) else name for name in node.names)
    return found
