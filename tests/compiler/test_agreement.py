"""Agreement: shared renders, plans, memories and facts give what a compiler without any gives, bytes and findings.

Random projects of law 10, each for many tenants whose texts are awkward to join, and whose overlays fill blocks.
"""

from __future__ import annotations

import json
import os
import random
from typing import Any

import pytest

from promptc.compiler.compile import Compiler
from promptc.compiler.project import Project, Settings
from promptc.compiler.schema.load import load_project
from tests.compiler.world import Memory
from tests.laws.projects import Maker, project
from tests.laws.world import World, dumped

FIRST = int(os.environ.get("PROMPTC_AGREEMENT_SEED", "0"))
TENANTS = 7
# Empty, combining, composing with what follows, escaped in JSON, ending a line, more than ASCII.
AWKWARD = ["", "", "x", "e", "\u0301x", "가", "\u11a8", "\u1161", "é", "\n", "a\n", " pad ", '"', "\\", "\u2028", "x" * 40, "ﬁ", "İ", "Ǆ", "same", "same"]


def tree_of(seed: int) -> dict[str, bytes]:
    """A law-10 project with tenants that differ in few values, many of them awkward."""
    world, _ = project(seed)
    files = dict(world.tree)
    chosen = random.Random(seed)
    others = [Maker(seed * 31 + number + 1).values() for number in range(2)]
    for number in range(TENANTS):
        values = dict(world.values)
        for name in list(values):
            dice = chosen.random()
            if isinstance(values[name], str) and dice < 0.5 and name != "tone":
                values[name] = chosen.choice(AWKWARD)
            elif dice < 0.15:
                values[name] = next((source[name] for source in others if name in source), values[name])
            elif dice < 0.2:
                del values[name]
        actions = {name: (kind, chosen.choice([text, *AWKWARD])) for name, (kind, text) in world.actions.items() if chosen.random() < 0.8}
        tenant = World(world.templates, world.variables, values, world.inputs, actions, world.labels, world.tools).tenant()
        files[f"tenants/t{number}.yaml"] = dumped(tenant).encode()
    return files


def judge(seed: int) -> int:
    project = load_project(tree_of(seed), Settings()).project
    slow = Compiler(project, sharing=False)
    expected = {tenant: slow.compile(tenant, "p") for tenant in sorted(project.tenants)}
    memory = Memory()
    facts: Any = slow.templates.facts()
    for _ in range(2):
        facts = json.loads(json.dumps(facts))
        fast = Compiler(project, memory=memory, toolchain="test", facts=facts)
        assert fast.check() == slow.check(), f"seed {seed}"
        for tenant in [*expected, *reversed(expected)]:
            assert fast.compile(tenant, "p") == expected[tenant], f"seed {seed}: {tenant}"
        facts = fast.templates.facts()
    assert "environment" not in vars(fast.templates), f"seed {seed}: something was rendered again"
    return sum(compiled.data is not None for compiled in expected.values())


@pytest.mark.parametrize("first", range(FIRST, FIRST + 40, 20))
def test_the_fast_ways_change_nothing(first: int) -> None:
    compiled = sum(judge(seed) for seed in range(first, first + 20))
    print(f"seeds {first}…{first + 19}: {compiled} targets compiled")
    assert compiled > 60


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(50_000, 54_000, 500))
def test_the_fast_ways_change_nothing_in_many_projects(first: int) -> None:
    assert sum(judge(seed) for seed in range(first, first + 500)) > 1_500


def plans_of(project: Project) -> int:
    compiler = Compiler(project)
    for _ in range(3):
        for tenant in sorted(project.tenants):
            compiler.compile(tenant, "p")
    leaves = [leaf.value for desk in compiler._desks.values() for branch in desk._branches.values() for leaf in branch.trie]
    return sum(fitted.bound is not None for known in leaves for fitted in known.fitted.values())


def test_most_leaves_are_planned() -> None:
    # A property that falls back is blind to falling back too often.
    planned = sum(plans_of(load_project(tree_of(seed), Settings()).project) for seed in range(12))
    assert planned > 36, planned
