"""Tenants: one project with several tenants, compiled one after another by one compiler and each alone.

What one tenant's compile leaves behind must never reach the next: the results are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.compiler.compile import Compiler
from promptc.compiler.project import Settings
from promptc.compiler.schema.load import load_project
from promptc.runtime import Artifact
from tests.laws.world import Refused, World, dumped, escaped, texts

ANYTHING: dict[str, Any] = {"description": "Anything."}


def variables(*names: str, **schemas: Any) -> dict[str, Any]:
    """Declarations: names without a schema may hold anything."""
    return {**{name: dict(ANYTHING) for name in names}, **schemas}


def project(world: World, values: Mapping[str, Mapping[str, Any]]) -> dict[str, bytes]:
    """The world's files with a tenant for each set of values."""
    tree = {path: data for path, data in world.tree.items() if not path.startswith("tenants/")}
    for name, given in values.items():
        tree[f"tenants/{name}.yaml"] = dumped({"variables": escaped(dict(given))}).encode()
    return tree


def outcome(compiler: Compiler, tenant: str, inputs: Mapping[str, Any]) -> list[str] | str:
    """The texts of a tenant's messages, or the codes of its refusal."""
    found = compiler.compile(tenant, "p")
    if found.data is None:
        return "refused: " + " ".join(sorted({finding.code for finding in found.findings if finding.is_error}))
    return texts(Artifact.load(found.data).render(inputs).messages)


def compiler_of(tree: Mapping[str, bytes]) -> Compiler:
    loaded = load_project(tree, Settings())
    compiler = Compiler(loaded.project)
    if errors := [finding for finding in (*loaded.findings, *compiler.check()) if finding.is_error]:
        raise Refused(errors)
    return compiler


def check_tenants(world: World, *values: Mapping[str, Any], inputs: Mapping[str, Any] | None = None) -> list[list[str] | str]:
    """Each tenant after all others gives what it gives alone, and what plain Jinja2 gives; the outcomes in order."""
    named = {f"t{number}": given for number, given in enumerate(values)}
    tree = project(world, named)
    together = compiler_of(tree)
    forward = {name: outcome(together, name, inputs or {}) for name in named}
    backward = compiler_of(tree)
    for name in reversed(named):
        assert outcome(backward, name, inputs or {}) == forward[name]
    for name, given in named.items():
        alone = compiler_of(project(world, {name: given}))
        assert outcome(alone, name, inputs or {}) == forward[name]
        if not isinstance(forward[name], str):
            plain = World(world.templates, world.variables, given, world.inputs)
            assert texts(plain.expected(inputs or {})) == forward[name]
    return list(forward.values())
