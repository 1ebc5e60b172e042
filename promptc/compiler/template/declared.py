"""Declared: names, variables and inputs that nothing declares, found before anything renders.

facts -> [declared] -> problems
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from promptc.compiler.template.facts import Asked, Facts, Problem
from promptc.core.nearest import did_you_mean


def undeclared(facts: Facts, variables: Any, known: frozenset[str], inputs: Any = None) -> Iterator[Problem]:
    """Names, variables and (for a prompt's own template) inputs that nothing declares, wherever they stand."""
    seen: set[tuple[str, int]] = set()
    for problem in _problems(facts, variables, known, inputs):
        if (problem.message, problem.line) not in seen:
            seen.add((problem.message, problem.line))
            yield problem


def _problems(facts: Facts, variables: Any, known: frozenset[str], inputs: Any) -> Iterator[Problem]:
    for asked in facts.asked:
        if asked.root == "" and asked.name not in known:
            yield _problem(
                asked, f"`{asked.name}` is not declared", _name_hint(str(asked.name), variables, inputs, known)
            )
        elif asked.root == "vars" and asked.name not in variables:
            near = did_you_mean(str(asked.name), variables, before="vars.")
            yield _problem(
                asked, f"`vars.{asked.name}` is not declared", near or "declare it in sources/variables.yaml"
            )
        elif asked.root == "input" and inputs is not None and asked.name not in inputs:
            near = did_you_mean(str(asked.name), inputs, before="input.")
            message = f"`input.{asked.name}` is not declared under `inputs:`"
            yield _problem(asked, message, near or "declare it in the front matter")


def _problem(asked: Asked, message: str, hint: str) -> Problem:
    return Problem("T005", message, asked.line, hint)


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
