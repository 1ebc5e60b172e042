"""Sharing: tenants that share renders get, byte for byte, what each would get alone; findings and all.

Random projects of law 10, each for several tenants: some alike, some that differ in one value, some in all. One compiler
serves them all, in two orders; a new compiler for each tenant is what is right.
"""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from promptc.compiler.compile import Compiled, Compiler
from promptc.compiler.project import Settings
from promptc.compiler.schema.load import load_project
from tests.laws.projects import Maker, project
from tests.laws.world import World, dumped

FIRST = int(os.environ.get("PROMPTC_SHARING_SEED", "0"))
TENANTS = 5


def tree_of(seed: int) -> dict[str, bytes]:
    """A law-10 project with several tenants: each takes some of its values from other random tenants."""
    world, _ = project(seed)
    files = dict(world.tree)
    chosen = random.Random(seed)
    others = [Maker(seed * 31 + number + 1).values() for number in range(2)]
    for number in range(TENANTS):
        values = dict(world.values)
        for name in list(values):
            if chosen.random() < 0.3:
                source = chosen.choice(others)
                if name in source:
                    values[name] = source[name]
                elif chosen.random() < 0.5:
                    del values[name]
        tenant = World(
            world.templates, world.variables, values, world.inputs, world.actions, world.labels, world.tools
        ).tenant()
        if chosen.random() < 0.3:
            tenant["labels"] = {"plan": chosen.choice(("pro", "free")), "zone": "z"}
        files[f"tenants/t{number}.yaml"] = dumped(tenant).encode()
    return files


def said(compiled: Compiled) -> tuple[Any, ...]:
    return compiled.data, [(f.code, f.message, f.place, f.hint, f.trail) for f in compiled.findings]


def judge(seed: int) -> int:
    files = tree_of(seed)
    loaded = load_project(files, Settings())
    tenants = sorted(loaded.project.tenants)
    together, backwards = Compiler(loaded.project), Compiler(loaded.project)
    vars(backwards)["templates"] = together.templates
    shared = {tenant: said(together.compile(tenant, "p")) for tenant in tenants}
    again = {tenant: said(backwards.compile(tenant, "p")) for tenant in reversed(tenants)}
    for tenant in tenants:
        fresh = Compiler(loaded.project)
        vars(fresh)["templates"] = together.templates  # compiled once; what is shared is renders
        alone = said(fresh.compile(tenant, "p"))
        assert shared[tenant] == alone, f"seed {seed}: {tenant} differs when it comes after others"
        assert again[tenant] == alone, f"seed {seed}: {tenant} differs when it comes before others"
    return sum(data is not None for data, _ in shared.values())


@pytest.mark.parametrize("first", range(FIRST, FIRST + 150, 50))
def test_sharing_changes_nothing(first: int) -> None:
    compiled = sum(judge(seed) for seed in range(first, first + 50))
    print(f"seeds {first}…{first + 49}: {compiled} targets compiled")
    assert compiled > 100


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(20_000, 24_000, 500))
def test_sharing_changes_nothing_in_many_projects(first: int) -> None:
    assert sum(judge(seed) for seed in range(first, first + 500)) > 1000


def test_tenants_that_differ_only_in_what_is_printed_share_a_render() -> None:
    files = {
        "sources/models.yaml": b"main: {provider: openai, name: m}\n",
        "sources/variables.yaml": b"product: {type: string}\ntone: {type: string, default: warm}\n",
        "sources/prompts/p.prompt.j2": b'---\nmodel: main\n---\n{{ vars.product }}{% if vars.tone == "warm" %} warm{% endif +%}\n',
        **{f"tenants/t{n}.yaml": f"variables: {{product: P{n}}}\n".encode() for n in range(50)},
        "tenants/cold.yaml": b"variables: {product: C, tone: cold}\n",
    }
    loaded = load_project(files, Settings())
    compiler = Compiler(loaded.project)
    texts = {tenant: compiler.compile(tenant, "p").data for tenant in loaded.project.tenants}
    assert len(set(texts.values())) == 51
    assert b"P7 warm" in (texts["t7"] or b"")
    assert b'"C"' in (texts["cold"] or b"")
    (renders,) = compiler.shared_counts().values()
    assert renders == 2
