"""A small project as text, and what resolving it gives: the tests here say only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent
from typing import Any

from promptc.compiler.project import Project, Settings, Tenant
from promptc.compiler.resolve import Resolver
from promptc.compiler.schema.load import load_project
from promptc.core.findings import Finding

VARIABLES = """
product:      {type: string}
tone:         {type: string, enum: [neutral, warm, formal], default: neutral}
greeting:     {type: string}
note:         {type: string, default: ""}
count:        {type: integer}
ratio:        {type: number}
maybe:        {type: [string, "null"]}
any:          {default: 1}
words:        {type: array, items: {type: string}, default: [base]}
tags:         {type: array, items: {type: string}, default: [], merge: unique}
steps:        {type: array, items: {type: string}, default: [], merge: append}
plain_list:   {type: array, items: {type: string}}
limits:
  type: object
  properties: {turns: {type: integer}, tokens: {type: integer}, say: {type: string}}
  additionalProperties: false
  default: {turns: 3}
open_map:     {type: object, default: {}}
offers:
  type: array
  merge: {by: id}
  default: [{id: a, name: A}]
  items: {type: object, required: [id, name], properties: {id: {type: string}, name: {type: string}, price: {type: string}}}
secret:       {type: string, default: hush, confidential: true}
layer_only:   {type: string, default: x, set_by: [layer]}
tenant_only:  {type: string, default: y, set_by: [tenant]}
"""

MODELS = """
main: {provider: anthropic, name: claude-sonnet-4-5}
other: {provider: openai, name: gpt-5}
third: {provider: google, name: gemini-3}
"""

REPLY = """---
model: main
config: {temperature: 0.2, max_tokens: 800}
tools: [lookup]
optional_tools: [refund]
overridable: {blocks: {rubric: append, greeting: replace}, config: [temperature], tools: true}
---
{% block greeting %}hello{% endblock %}
{% block rubric %}{% endblock %}
{% block sealed %}{% endblock %}
"""

CLOSED = """---
model: main
---
{% block body %}text{% endblock %}
"""


def files(
    tenants: Mapping[str, str],
    layers: Mapping[str, str] | None = None,
    *,
    variables: str = VARIABLES,
    sources: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """The project's files; `sources` and names of tenants with a suffix are taken as they are."""
    tree = {
        "sources/variables.yaml": variables,
        "sources/models.yaml": MODELS,
        "sources/prompts/reply.prompt.j2": REPLY,
        "sources/prompts/closed.prompt.j2": CLOSED,
        "sources/tools/lookup.yaml": "description: looks up\ninput: {type: object, properties: {}}\n",
        "sources/tools/refund.yaml": "description: refunds\ninput: {type: object, properties: {}}\n",
        "sources/tools/strange.yaml": "description: strange\ninput: {type: object, properties: {}}\n",
        **(sources or {}),
    }
    for name, text in (layers or {}).items():
        tree[f"tenants/layers/{name}.yaml"] = dedent(text).lstrip("\n")
    for name, text in tenants.items():
        tree[f"tenants/{name}" if "." in name else f"tenants/{name}.yaml"] = dedent(text).lstrip("\n")
    return {path: text.encode() for path, text in tree.items()}


def project(
    tenants: Mapping[str, str],
    layers: Mapping[str, str] | None = None,
    *,
    base: tuple[str, ...] = (),
    **more: Any,
) -> Project:
    """The project, whose files are all well formed."""
    loaded = load_project(files(tenants, layers, **more), Settings(base=base))
    wrong = [f for f in loaded.findings if f.is_error]
    assert wrong == []
    return loaded.project


def resolve(
    text: str, layers: Mapping[str, str] | None = None, *, base: tuple[str, ...] = (), **more: Any
) -> tuple[Tenant | None, tuple[Finding, ...]]:
    """One tenant, `acme`, with this overlay."""
    return Resolver(project({"acme": text}, layers, base=base, **more)).tenant("acme")


def tenant(text: str, layers: Mapping[str, str] | None = None, **more: Any) -> Tenant:
    """One tenant that is fine."""
    made, found = resolve(text, layers, **more)
    assert found == ()
    assert made is not None
    return made


def value(name: str, text: str, layers: Mapping[str, str] | None = None, **more: Any) -> Any:
    """One variable of a tenant that is fine; KeyError when it has no value."""
    return tenant(text, layers, **more).variables[name]


def said(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Codes and places of findings."""
    return [(finding.code, str(finding.place)) for finding in found]


def refused(text: str, layers: Mapping[str, str] | None = None, **more: Any) -> Finding:
    """The one error of a tenant that has one."""
    made, found = resolve(text, layers, **more)
    assert made is None
    errors = [finding for finding in found if finding.is_error]
    assert len(errors) == 1, errors
    return errors[0]
