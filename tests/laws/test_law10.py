"""Law 10: an artifact run with inputs is what plain Jinja2 gives for variables and inputs together, or the build refused.

The oracle is plain Jinja2 (oracle.py), the projects are random (projects.py). A property that accepts refusals can't see
over-refusal: the refusal rate is bounded here, and must_compile.py holds what must compile.
"""

from __future__ import annotations

import collections
import dataclasses
import os

import pytest
from jinja2.exceptions import TemplateError

from promptc.runtime import Artifact
from tests.laws.projects import neighbours, project
from tests.laws.tenants import compiler_of
from tests.laws.world import Refused

FIRST = int(os.environ.get("PROMPTC_LAW10_SEED", "0"))
# Of projects that the oracle can render at all: a hostile mix of about forty expressions each.
REFUSED_MAX = 0.20
CHUNK = 100
# What plain Jinja2 raises where there is no text to compare with.
PLAIN_ERRORS = (TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


class Tally(collections.Counter[str]):
    """What became of the projects."""

    def judge(self, seed: int) -> None:
        world, cases = project(seed)
        expected = []
        for inputs in cases:
            try:
                expected.append(world.expected(inputs))
            except PLAIN_ERRORS:
                expected.append(None)
        self["projects"] += 1
        if not any(messages is not None for messages in expected):
            self["no plain text"] += 1
        try:
            artifact = world.artifact()
        except Refused as refused:
            if any(messages is not None for messages in expected):
                self["refused"] += 1
                for code in refused.codes:
                    self[code] += 1
            return
        for inputs, messages in zip(cases, expected, strict=True):
            if messages is None:
                self["void"] += 1
                continue
            self["compared"] += 1
            got = artifact.render(inputs).messages
            assert got == messages, f"seed {seed}\n{world}\n--- input\n{inputs}\n--- expected\n{messages}\n--- got\n{got}"


def check_neighbours(seed: int) -> int:
    """Tenants of one project, one after another through one compiler that shares renders; how many were compared."""
    world, cases = project(seed)
    everyone = [dict(world.values), *neighbours(seed, dict(world.values))]
    worlds = [dataclasses.replace(world, values=values) for values in everyone]
    tree = {path: data for path, data in world.tree.items() if not path.startswith("tenants/")}
    tree |= {f"tenants/t{number}.yaml": tenant.tree["tenants/t.yaml"] for number, tenant in enumerate(worlds)}
    try:
        compiler = compiler_of(tree)
    except Refused:
        return 0
    compared = 0
    for number, tenant in enumerate(worlds):
        found = compiler.compile(f"t{number}", "p")
        for inputs in cases if found.data else ():
            try:
                messages = tenant.expected(inputs)
            except PLAIN_ERRORS:
                continue
            compared += 1
            assert Artifact.load(found.data or b"").render(inputs).messages == messages, f"seed {seed}, tenant t{number} after those before it\n{tenant}\n--- input\n{inputs}"
    return compared


def run(first: int, count: int) -> Tally:
    tally = Tally()
    for seed in range(first, first + count):
        tally.judge(seed)
    rendered = tally["projects"] - tally["no plain text"]
    rate = tally["refused"] / max(rendered, 1)
    print(f"seeds {first}…{first + count - 1}: refused {rate:.0%} of {rendered}; {dict(tally)}")
    assert rate <= REFUSED_MAX, f"refused {rate:.0%}: {dict(tally)}"
    assert tally["compared"] >= count
    return tally


@pytest.mark.parametrize("first", range(FIRST, FIRST + 500, CHUNK))
def test_random_projects_read_as_plain_jinja(first: int) -> None:
    run(first, CHUNK)


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(10_000, 15_000, 500))
def test_many_random_projects_read_as_plain_jinja(first: int) -> None:
    run(first, 500)


@pytest.mark.parametrize("first", range(20_000, 20_040, 20))
def test_tenants_that_share_renders_read_as_plain_jinja(first: int) -> None:
    assert sum(map(check_neighbours, range(first, first + 20))) >= 100


@pytest.mark.nightly
def test_many_tenants_that_share_renders_read_as_plain_jinja() -> None:
    assert sum(map(check_neighbours, range(30_000, 30_500))) >= 2_500


def test_a_seed_gives_one_project() -> None:
    assert str(project(7)[0]) == str(project(7)[0])
    assert project(7)[1] == project(7)[1]
