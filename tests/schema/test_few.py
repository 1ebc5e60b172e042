"""Counts are never cut, only bodies: a broken file says twenty things of a kind and how many more there are."""

from __future__ import annotations

import time

import pytest

from promptc.compiler.schema.few import few
from promptc.core.findings import Finding, Place
from tests.schema.world import load


def test_the_twenty_first_is_counted_and_counting_again_changes_nothing() -> None:
    every = [Finding("S001", f"unknown key `{n}`", Place("f", n)) for n in range(1, 31)]
    other = Finding("S002", "x", Place("f", 1))
    once = few([*every, other])
    assert once == (*every[:20], other, Finding("S001", "10 more of this kind in this file", Place("f")))
    assert few(once) == once
    assert few([*once, *once])[-1].message == "40 more of this kind in this file"
    assert few(every[:20]) == tuple(every[:20])


MANY = "".join(f"k{number}: 1\n" for number in range(24_000))
FLOW = "{" + ", ".join(f"k{number}: 1" for number in range(24_000)) + "}"
HOSTILE = {
    "unknown front-matter keys": ("sources/prompts/x.prompt.j2", f"---\nmodel: main\n{MANY}---\nx\n"),
    "unknown config": ("sources/prompts/x.prompt.j2", f"---\nmodel: main\nconfig: {FLOW}\n---\nx\n"),
    "wrong inputs": ("sources/prompts/x.prompt.j2", f"---\nmodel: main\ninputs: {FLOW}\n---\nx\n"),
    "unknown tools": (
        "sources/prompts/x.prompt.j2",
        f"---\nmodel: main\ntools: [{', '.join(MANY.split(': 1'))}]\n---\nx\n",
    ),
    "wrong variables": ("sources/variables.yaml", MANY),
    "wrong models": ("sources/models.yaml", MANY),
    "unknown case inputs": ("sources/cases/reply.yaml", f"a: {{inputs: {FLOW}}}\n"),
    "unclosed front matter": ("sources/prompts/x.prompt.j2", "---\n" + "a\n" * 400_000),
    "wrong schema": ("sources/schemas/x.json", "[" * 500_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_source_costs_little(name: str) -> None:
    file, text = HOSTILE[name]
    start = time.process_time()
    findings = load({file: text}).findings
    assert time.process_time() - start < 2
    assert 0 < len(findings) < 50
