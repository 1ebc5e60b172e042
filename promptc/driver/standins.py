"""Stand-ins: a target compiled with other values in place of its confidential ones.

    a Side, a prompt -> [standins] -> the lines that do not depend on a confidential value

A line that is the same with the stand-ins shows nothing of the values. Nothing that is compiled here is ever stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from promptc.compiler.project import Choice, Project, Tenant
from promptc.core.dataclass import replace
from promptc.core.diff import artifact_lines
from promptc.driver.masking import HIDDEN, confidential_texts
from promptc.driver.sides import Side

# No number that anybody writes.
NUMBER = 7_305_931_467


def stand_in_lines(side: Side, prompt: str) -> Iterator[tuple[Mapping[str, str], str]]:
    """The lines of a prompt with stand-ins, each with the texts to cover in it; nothing where that does not compile."""
    assert side.tenant is not None
    project = side.compiler.project
    tenant = stand_in_of(project, side.tenant)
    if tenant.prompts.get(prompt) is None or prompt not in project.prompts:
        return
    data = side.compiler.compile_for(tenant, project.prompts[prompt]).data
    texts = confidential_texts(tenant)
    for line in artifact_lines(data) if data is not None else ():
        yield texts, line


def stand_in_of(project: Project, tenant: Tenant) -> Tenant:
    """The tenant with a stand-in for each confidential value, so that what templates may name of it still is there."""
    declared = {
        name: frozenset(_keys(project.variables[name].schema))
        for name in tenant.confidential
        if name in project.variables
    }
    return stood_in(tenant, declared)


def stood_in(tenant: Tenant, declared: Mapping[str, frozenset[str]]) -> Tenant:
    """The tenant with a stand-in for each confidential value. `declared` are the keys of maps that templates may name."""
    variables = {
        name: _value(value, name, declared.get(name, frozenset())) if name in tenant.confidential else value
        for name, value in tenant.variables.items()
    }
    prompts = {name: _choice(choice) for name, choice in tenant.prompts.items()}
    return replace(tenant, variables=variables, prompts=prompts)


def _choice(choice: Choice) -> Choice:
    blocks = {
        name: tuple(replace(step, text=_text(step.text, HIDDEN)) if step.confidential else step for step in steps)
        for name, steps in choice.blocks.items()
    }
    return replace(choice, blocks=blocks)


def _value(value: Any, name: str, keys: frozenset[str]) -> Any:
    if isinstance(value, str):
        return _text(value, name)
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return type(value)(NUMBER)
    if isinstance(value, Mapping):
        # Of as many keys as there were, since what is counted may be shown.
        return {
            key if key in keys else f"{{{name}}}{number}": _value(item, name, keys)
            for number, (key, item) in enumerate(value.items())
        }
    if isinstance(value, (list, tuple)):
        return type(value)(_value(item, name, keys) for item in value)
    return value


def _text(text: str, name: str) -> str:
    """As many lines as there were, indented as they were."""
    return "\n".join(line.replace(line.strip(), f"{{{name}}}") if line.strip() else line for line in text.split("\n"))


def _keys(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        if isinstance(schema.get("properties"), Mapping):
            yield from schema["properties"]
        for inner in schema.values():
            yield from _keys(inner)
    elif isinstance(schema, (list, tuple)):
        for inner in schema:
            yield from _keys(inner)
