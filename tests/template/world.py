"""World: the smallest project as text, compiled through the doors that users' files take."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

from promptc.compiler.compile import Compiled, Compiler
from promptc.compiler.project import Settings
from promptc.compiler.schema.load import load_project
from promptc.core.findings import Finding, gather

MODELS = "main: {provider: anthropic, name: claude-sonnet-4-5, window: 200000}\n"


def compiler_of(files: dict[str, str], settings: Settings | None = None) -> tuple[Compiler, tuple[Finding, ...]]:
    """A compiler over files given by their paths, and what loading found."""
    tree = {"sources/models.yaml": MODELS, "tenants/acme.yaml": "title: Acme\n", **files}
    loaded = load_project({path: text.encode() for path, text in tree.items()}, settings or Settings())
    return Compiler(loaded.project), loaded.findings


def compiled(files: dict[str, str], tenant: str = "acme", prompt: str = "p") -> tuple[Compiled, tuple[Finding, ...]]:
    """One target, and every finding on the way."""
    compiler, found = compiler_of(files)
    target = compiler.compile(tenant, prompt)
    return target, gather([*found, *compiler.check(), *target.findings])


def prompt(body: str, front: str = "") -> str:
    """A prompt's file."""
    return f"---\nmodel: main\n{dedent(front)}---\n{body}"


def messages(body: str, front: str = "", *, tenant: str = "", variables: str = "", **more: str) -> list[Any]:
    """The messages of a body that must compile; keywords are further templates, `__` for `/` and `.j2` added."""
    files = {"sources/prompts/p.prompt.j2": prompt(body, front)}
    files |= {f"sources/{name.replace('__', '/')}.j2": text for name, text in more.items()}
    if tenant:
        files["tenants/acme.yaml"] = dedent(tenant)
    if variables:
        files["sources/variables.yaml"] = dedent(variables)
    target, found = compiled(files)
    assert target.data is not None, found
    document = json.loads(target.data)
    return list(document["messages"])


def content(body: str, front: str = "", **more: str) -> Any:
    """The content of the only message."""
    (message,) = messages(body, front, **more)
    return message["content"]
