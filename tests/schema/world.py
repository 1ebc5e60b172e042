"""A project as text by path, and what loading it finds: tests say only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from promptc.compiler.project import Loaded, Settings
from promptc.compiler.schema.load import load_project
from promptc.core.findings import Finding

FILES = {
    "sources/variables.yaml": """
        product: {type: string, required: true, description: The product's name}
        tone: {type: string, enum: [neutral, warm, formal], default: neutral}
        banned_words: {type: array, items: {type: string}, default: [], merge: unique}
        categories: {type: array, items: {type: string}, default: [billing, other]}
        """,
    "sources/models.yaml": """
        main: {provider: anthropic, name: claude-sonnet-4-5, window: 200000, config: {max_tokens: 500}, refuses: [top_p]}
        """,
    "sources/tools/lookup_order.yaml": """
        description: Looks an order up.
        input: {type: object, properties: {id: {type: string, description: no}}, required: [id]}
        strict: true
        """,
    "sources/tools/issue_refund.yaml": "description: Refunds an order.\n",
    "sources/schemas/reply.json": """
        {"type": "object", "properties": {"text": {"type": "string"}, "about": {"enum": {"$vars": "categories"}}}}
        """,
    "sources/fragments/safety.j2": "Be safe.\n",
    "sources/prompts/reply.prompt.j2": """
        ---
        description: Answers a message.
        owner: team-support
        model: main
        config: {temperature: 0.2, stop: [no]}
        inputs:
          message: {type: string}
          urgent: {type: boolean, default: false}
        output: {schema: schemas/reply.json, strict: true}
        tools: [lookup_order]
        optional_tools: [issue_refund]
        overridable: {blocks: {rubric: append}, config: [temperature], tools: true}
        budget: {tokens: 2500}
        ---
        Answer {{ input.message }}.
        {% include "fragments/safety.j2" %}
        """,
    "sources/examples/refunds.yaml": """
        owner: shared
        examples:
          - {id: one, input: {message: Refund please}, output: {text: Sure}, from: synthetic}
          - {id: two, input: {message: "no"}, output: Text, from: public, recorded: 2026-01-31}
        """,
    "sources/cases/reply.yaml": """
        greeting:
          inputs: {message: no}
          expect: {contains: [hello]}
        """,
    "tenants/layers/base.yaml": "variables: {product: Acme}\n",
    "tenants/acme.yaml": "extends: [base]\n",
}


def tree(changes: Mapping[str, str | bytes | None] | None = None) -> dict[str, bytes]:
    """The small project with files added, replaced, or (None) removed."""
    files: dict[str, str | bytes | None] = {**FILES, **(changes or {})}
    return {
        path: content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode()
        for path, content in files.items()
        if content is not None
    }


def load(changes: Mapping[str, str | bytes | None] | None = None, settings: Settings | None = None) -> Loaded:
    """The small project, loaded."""
    return load_project(tree(changes), settings or Settings())


def found(
    changes: Mapping[str, str | bytes | None] | None = None, settings: Settings | None = None
) -> list[tuple[str, str]]:
    """Each finding's place and code."""
    return [(str(finding.place), finding.code) for finding in load(changes, settings).findings]


def only(changes: Mapping[str, str | bytes | None], settings: Settings | None = None) -> Finding:
    """The one finding of the small project with changes."""
    findings = load(changes, settings).findings
    assert len(findings) == 1, findings
    return findings[0]
