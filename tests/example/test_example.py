"""The example in this repository: it compiles without a finding, and its cases hold for every tenant they name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from promptc.compiler.compile import Compiler
from promptc.compiler.project import Case, Project
from promptc.compiler.schema.load import load_project
from promptc.compiler.schema.settings import parse_settings
from promptc.core.findings import Finding
from promptc.runtime import Artifact
from promptc.stores.files import read_tree

ROOT = Path(__file__).parents[2]


@cache
def example() -> tuple[Compiler, tuple[Finding, ...]]:
    settings, _ = parse_settings({"pyproject.toml": (ROOT / "pyproject.toml").read_bytes()})
    tree, found = read_tree(ROOT, settings)
    loaded = load_project(tree, settings)
    return Compiler(loaded.project), (*found, *loaded.findings)


def targets(project: Project, compiler: Compiler) -> Iterator[tuple[str, str]]:
    for tenant in sorted(project.tenants):
        resolved, _ = compiler.resolver.tenant(tenant)
        assert resolved is not None, tenant
        for prompt in sorted(project.prompts):
            if resolved.prompts[prompt].enabled:
                yield tenant, prompt


def test_it_compiles_without_a_finding() -> None:
    compiler, found = example()
    every = [*found, *compiler.check()]
    for tenant, prompt in targets(compiler.project, compiler):
        compiled = compiler.compile(tenant, prompt)
        every += compiled.findings
        assert compiled.data is not None, (tenant, prompt)
    assert not every


def test_it_is_as_large_as_it_claims() -> None:
    project = example()[0].project
    assert len(project.prompts) >= 5
    assert len(project.tools) >= 8
    assert len({file.name for file in project.examples}) >= 3
    assert len(project.tenants) >= 12 + 20
    assert len([path for path in project.templates if path.startswith("fragments/") and path.count(".") == 1]) >= 8
    assert {path.split(".")[1] for path in project.templates if path.count(".") == 2 and "prompt" not in path} >= {"ko", "ar"}


def cases() -> Iterator[tuple[str, Case]]:
    for prompt, found in sorted(example()[0].project.cases.items()):
        for case in found:
            yield prompt, case


@pytest.mark.parametrize(("prompt", "case"), [pytest.param(p, c, id=f"{p}-{c.name}") for p, c in cases()])
def test_a_case_holds_for_its_tenants(prompt: str, case: Case) -> None:
    compiler, _ = example()
    ran = 0
    for tenant, name in targets(compiler.project, compiler):
        if name != prompt or (case.tenants and tenant not in case.tenants):
            continue
        compiled = compiler.compile(tenant, prompt)
        assert compiled.data is not None
        artifact = Artifact.load(compiled.data)
        rendered = artifact.render(case.inputs, history=[dict(turn) for turn in case.history])
        check(case, rendered.text(), compiled.data)
        ran += 1
    assert ran


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def check(case: Case, text: str, data: bytes) -> None:
    for wanted in listed(case.expect.get("contains")):
        assert wanted in text
    for unwanted in listed(case.expect.get("lacks")):
        assert unwanted not in text
    for tool in listed(case.expect.get("tools")):
        assert f'"name":"{tool}"'.encode() in data
