"""World: one project from files, compiled in the fast ways and in the slow one, which must agree to the byte.

Fast is: shared renders, plans, a memory that only bytes go through, facts that only JSON goes through. Slow is a compiler
that shares nothing. A dict is a memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any

from promptc.compiler.compile import Compiled, Compiler
from promptc.compiler.project import Project, Settings
from promptc.compiler.schema.load import load_project

MODELS = "main: {provider: anthropic, name: claude-sonnet-4-5, window: 200000}\nother: {provider: openai, name: o, refuses: [temperature]}\n"


@dataclass
class Memory:
    """Leaves by static key, and how often it was asked."""

    leaves: dict[str, dict[str, bytes]] = field(default_factory=dict)
    loads: list[str] = field(default_factory=list)
    of_use: list[str] = field(default_factory=list)

    def load(self, key: str) -> list[bytes]:
        self.loads.append(key)
        return list(self.leaves.get(key, {}).values())

    def keep(self, key: str, leaf: str, data: bytes) -> None:
        self.leaves.setdefault(key, {})[leaf] = bytes(data)

    def used(self, key: str, leaves: Iterable[str]) -> None:
        self.of_use.extend(leaves)

    def every(self) -> list[bytes]:
        return [data for leaves in self.leaves.values() for data in leaves.values()]


def project_of(files: Mapping[str, str | bytes]) -> Project:
    """A project; `p` is short for the prompt's file, `v` for variables.yaml, a bare name for a tenant's."""
    named = {"sources/models.yaml": MODELS}
    for path, text in files.items():
        full = {"p": "sources/prompts/p.prompt.j2", "v": "sources/variables.yaml"}.get(path, path)
        named[full if "/" in full else f"tenants/{full}.yaml"] = text if isinstance(text, bytes) else dedent(text)
    loaded = load_project({path: text if isinstance(text, bytes) else text.encode() for path, text in named.items()}, Settings())
    assert not [finding for finding in loaded.findings if finding.is_error], loaded.findings
    return loaded.project


def prompt(body: str, **front: Any) -> str:
    """A prompt's file; the front matter as keywords."""
    return f"---\n{json.dumps({'model': 'main', **front})}\n---\n{body}"


def everyone(compiler: Compiler) -> dict[tuple[str, str], Compiled]:
    """Every enabled target, tenant by tenant."""
    project = compiler.project
    return {(t, p): compiler.compile(t, p) for t in sorted(project.tenants) for p in sorted(project.prompts)}


def agrees(project: Project) -> dict[str, Compiled]:
    """The targets of the prompt `p`, by tenant: the same in every way of compiling, twice over, in both orders."""
    slow = everyone(Compiler(project, sharing=False))
    fast = Compiler(project)
    for target in [*slow, *reversed(slow), *slow]:
        assert fast.compile(*target) == slow[target], target
    memory, facts = Memory(), None
    for _ in range(2):
        compiler = Compiler(project, memory=memory, toolchain="t", facts=facts)
        assert everyone(compiler) == slow
        assert everyone(compiler) == slow
        assert compiler.check() == fast.check()
        facts = json.loads(json.dumps(compiler.templates.facts()))
    return {tenant: compiled for (tenant, name), compiled in slow.items() if name == "p"}


def planned(project: Project, tenant: str) -> bool:
    """Whether a tenant's target comes from a plan once others were linked before it."""
    compiler = Compiler(project)
    for _ in range(3):
        for other in sorted(project.tenants):
            compiler.compile(other, "p")
    found: list[Any] = []
    compiler._finish = lambda *given: found.append(given) or Compiled(b"", "", ())  # type: ignore[assignment, method-assign, arg-type]
    compiler.compile(tenant, "p")
    return not found


def text_of(compiled: Compiled) -> Any:
    """The content of the first message."""
    assert compiled.data is not None, compiled.findings
    return json.loads(compiled.data)["messages"][0]["content"]
