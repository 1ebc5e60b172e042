"""Samples in docs: each page's files make one project, and it compiles without a finding."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from promptc.compiler.compile import Compiler
from promptc.compiler.project import Settings
from promptc.compiler.schema.load import load_project
from promptc.core.artifact import Artifact
from promptc.core.values import canonical_bytes

DOCS = Path(__file__).parents[2] / "docs"
SAMPLE = re.compile(r"^```\w+ title=(\S+)\n(.*?)^```$", re.M | re.S)
PAGES = sorted(page.name for page in DOCS.glob("*.md") if SAMPLE.search(page.read_text()))


def files_of(page: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, text in SAMPLE.findall((DOCS / page).read_text()):
        assert name not in found, f"{page} gives {name} twice"
        found[name] = text.encode()
    return found


def test_pages_have_samples() -> None:
    assert {"overlays.md", "prompts.md"} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_the_samples_of_a_page_compile(page: str) -> None:
    files = files_of(page)
    base = ("base",) if "tenants/layers/base.yaml" in files else ()
    loaded = load_project(files, Settings(base=base))
    compiler = Compiler(loaded.project)
    found = [*loaded.findings, *compiler.check()]
    count = 0
    for tenant in loaded.project.tenants:
        resolved, findings = compiler.resolver.tenant(tenant)
        found += findings
        for prompt in loaded.project.prompts if resolved is not None else ():
            if resolved is not None and resolved.prompts[prompt].enabled:
                target = compiler.compile(tenant, prompt)
                found += target.findings
                count += target.data is not None
    assert not found
    assert count


@pytest.mark.parametrize("page", sorted(p.name for p in DOCS.glob("*.md")))
def test_json_samples_are_json(page: str) -> None:
    text = (DOCS / page).read_text()
    for sample in re.findall(r"^```json\n(.*?)^```$", text, re.M | re.S):
        if "…" in sample:
            continue
        documents = [sample] if sample.startswith("{\n") else sample.splitlines()
        for value in map(json.loads, documents):
            if isinstance(value, dict) and value.get("format") == "promptc.artifact/1":
                Artifact.decode(canonical_bytes(value))
