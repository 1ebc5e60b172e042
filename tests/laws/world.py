"""World: a small project as one value, compiled and run through promptc, or worked out by the oracle.

    World -> tree of files -> Compiler -> Artifact -> messages
    World -> Oracle -> messages
"""

from __future__ import annotations

import json
import pprint
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from promptc.compiler.compile import Compiler
from promptc.compiler.project import Settings
from promptc.compiler.schema.load import load_project
from promptc.core.findings import Finding
from promptc.runtime import Artifact
from tests.laws.oracle import Messages, Oracle, all_filled

PROMPT = "prompts/p.prompt.j2"
MODEL = {"provider": "anthropic", "name": "claude-sonnet-4-5", "window": 200000}


class Refused(Exception):
    """The build refused; the findings say why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{f.place} {f.code} {f.message}" for f in findings))
        self.findings = tuple(findings)

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.findings}


def dumped(value: Any) -> str:
    """JSON, which is YAML too; `${` is written `$${` so that texts stay what they are."""
    return json.dumps(value, ensure_ascii=False)


def escaped(value: Any) -> Any:
    """Overlay values with `${` escaped at every depth."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, dict):
        return {key: escaped(item) for key, item in value.items()}
    return list(map(escaped, value)) if isinstance(value, (list, tuple)) else value


@dataclass(frozen=True)
class World:
    """Templates by path below sources (without front matter), what they may know, and what an overlay does to blocks."""

    templates: Mapping[str, str]
    variables: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    actions: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, Sequence[tuple[Mapping[str, Any], Any]]] = field(default_factory=dict)

    def front_matter(self) -> dict[str, Any]:
        found: dict[str, Any] = {"model": "main", "description": "A test.", "inputs": dict(self.inputs), "tools": list(self.tools)}
        if self.actions:
            found["overridable"] = {"blocks": {name: kind for name, (kind, _) in self.actions.items()}}
        return found

    def tenant(self) -> dict[str, Any]:
        found: dict[str, Any] = {"variables": escaped(dict(self.values))}
        if self.labels:
            found["labels"] = dict(self.labels)
        if self.actions:
            found["prompts"] = {"p": {"blocks": {name: escaped(text) for name, (_, text) in self.actions.items()}}}
        return found

    @cached_property
    def tree(self) -> dict[str, bytes]:
        """Every file of the project."""
        files = {f"sources/{path}": text for path, text in self.templates.items()}
        files[f"sources/{PROMPT}"] = f"---\n{dumped(self.front_matter())}\n---\n{self.templates[PROMPT]}"
        files["sources/variables.yaml"] = dumped(dict(self.variables))
        files["sources/models.yaml"] = dumped({"main": MODEL})
        files["tenants/t.yaml"] = dumped(self.tenant())
        for name, description in self.tools.items():
            files[f"sources/tools/{name}.yaml"] = dumped({"description": description, "input": {"type": "object", "properties": {}}})
        for name, items in self.examples.items():
            listed = [{"id": f"e{n}", "input": dict(given), "output": said, "from": "synthetic"} for n, (given, said) in enumerate(items)]
            files[f"sources/examples/{name}.yaml"] = dumped({"owner": "shared", "examples": listed})
        return {path: text.encode() for path, text in files.items()}

    def artifact(self) -> Artifact:
        """The compiled artifact; Refused with the findings."""
        return compiled(self.tree)

    @cached_property
    def known(self) -> dict[str, Any]:
        """What templates know when building."""
        defaults = {name: schema["default"] for name, schema in self.variables.items() if "default" in schema}
        tools = {name: {"description": text} for name, text in self.tools.items()}
        model = {"alias": "main", "provider": MODEL["provider"], "name": MODEL["name"], "window": MODEL["window"]}
        return {"vars": {**defaults, **self.values}, "tenant": {"labels": dict(self.labels)}, "tools": tools, "model": model}

    @cached_property
    def oracle(self) -> Oracle:
        return Oracle(self.templates, PROMPT)

    def expected(self, inputs: Mapping[str, Any]) -> Messages:
        """What plain Jinja2 gives for these inputs."""
        actions = {name: [action] for name, action in self.actions.items()}
        examples = {
            name: [(all_filled(self.inputs, given), said) for given, said in items] for name, items in self.examples.items()
        }
        return self.oracle.render(self.known, all_filled(self.inputs, inputs), actions=actions, examples=examples)

    def __str__(self) -> str:
        parts = [f"--- {path}\n{text}" for path, text in self.templates.items()]
        for name in ("variables", "values", "inputs", "actions", "labels", "tools", "examples"):
            if given := getattr(self, name):
                parts.append(f"--- {name}\n{pprint.pformat(given, width=150)}")
        return "\n".join(parts)


def one(body: str, **more: Any) -> World:
    """A world of one prompt."""
    return World({PROMPT: body}, **more)


def compiled(tree: Mapping[str, bytes], tenant: str = "t", prompt: str = "p") -> Artifact:
    """One target of a tree of files; Refused with all errors."""
    loaded = load_project(tree, Settings())
    compiler = Compiler(loaded.project)
    errors = [f for f in (*loaded.findings, *compiler.check()) if f.is_error]
    if errors:
        raise Refused(errors)
    result = compiler.compile(tenant, prompt)
    if result.data is None:
        raise Refused(result.findings)
    return Artifact.load(result.data)


def texts(messages: Messages) -> list[str]:
    """The text of each message, other segments shown by their type."""
    return ["".join(part.get("text", f"<{part['type']}>") for part in message["content"]) for message in messages]
