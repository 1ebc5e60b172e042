"""Render: one prompt for what one tenant sets, as a shape: messages with holes, shared by all who agree on what was read.

Templates + what a tenant sets -> [render] -> Shape, or findings with the template's place and trail
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from promptc.compiler.project import Choice, Project, Prompt, Tenant
from promptc.compiler.template.failures import FAILURES, finding_of, raised_by_template
from promptc.compiler.template.run import CURRENT, Run
from promptc.compiler.template.symbols import STICKY
from promptc.compiler.template.templates import Templates
from promptc.compiler.template.tree import Builder
from promptc.compiler.trace import Reads
from promptc.core.findings import Finding


@dataclass(frozen=True, slots=True)
class Shape:
    """What a render gives. `captured` and `outside` are blocks that can't be overridden here, and why."""

    messages: list[Any]
    captured: tuple[str, ...]
    outside: tuple[str, ...]
    fallbacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A shape or none, what was found, and what was asked on the way."""

    shape: Shape | None
    findings: tuple[Finding, ...]
    reads: Reads


def roots_of(project: Project, tenant: Tenant, choice: Choice) -> dict[str, Any]:
    """What a template may see of a tenant: its variables, labels, tools and model, and never its id."""
    model = project.models.get(choice.model)
    shown: dict[str, Any] = {"alias": choice.model}
    if model is not None:
        shown.update(provider=model.provider, name=model.name, window=model.window)
    tools = {name: {"description": project.tools[name].description} for name in choice.tools if name in project.tools}
    return {"vars": tenant.variables, "tenant": {"labels": dict(tenant.labels)}, "tools": tools, "model": shown}


def render(
    templates: Templates, prompt: Prompt, roots: Mapping[str, Any], locale: str, *, origins: bool = False
) -> Rendered:
    """Render one prompt. Never raises for what a template does; what it does wrong is a finding at its place."""
    schemas = {name: variable.schema for name, variable in templates.project.variables.items()}
    run = Run(roots, schemas, prompt.inputs)
    run.locale = locale
    run.chosen = templates.chosen
    environment = templates.located if origins else templates.environment
    CURRENT.environment = environment
    CURRENT.begin(run)
    builder = Builder(whole=not templates.closures[prompt.name].has_messages, place=templates.place)
    try:
        template = environment.get_template(prompt.path)
        stream: Any = template.root_render_func(template.new_context())
        messages = builder.take(stream)
        if STICKY.refusal is not None:
            raise STICKY.refusal
    except (*FAILURES, TypeError, ValueError, ArithmeticError, LookupError, AssertionError, AttributeError) as error:
        if not isinstance(error, FAILURES) and not raised_by_template(error):
            raise
        return Rendered(None, (finding_of(templates, prompt, error),), run.reads)
    if not messages:
        return Rendered(
            None,
            (
                Finding(
                    "T036",
                    f"the prompt `{prompt.name}` has no message here",
                    prompt.place,
                    hint="keep one message outside every `if`",
                ),
            ),
            run.reads,
        )
    shape = Shape(messages, tuple(run.captured), tuple(builder.outside_blocks), tuple(run.fallbacks))
    return Rendered(shape, (), run.reads)
