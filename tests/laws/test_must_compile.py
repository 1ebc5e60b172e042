"""Every template of must_compile.py compiles, and reads as plain Jinja2."""

from __future__ import annotations

import pytest

from tests.laws.must_compile import CORPUS, KNOWN, RUNS
from tests.laws.world import PROMPT, World, texts


def test_there_are_enough() -> None:
    assert len({str(world) for world in CORPUS}) >= 200


@pytest.mark.parametrize("world", CORPUS, ids=[f"{number:03} {world.templates[PROMPT][:50]!r}" for number, world in enumerate(CORPUS)])
def test_it_compiles_and_reads_as_plain_jinja(world: World) -> None:
    artifact = world.artifact()
    for inputs in RUNS:
        assert artifact.render(inputs).messages == world.expected(inputs)


@pytest.mark.parametrize(("number", "expected"), enumerate(KNOWN))
def test_it_reads_as_its_author_expects(number: int, expected: tuple[str, list[str], list[str]]) -> None:
    artifact = CORPUS[len(CORPUS) - len(KNOWN) + number].artifact()
    assert [texts(artifact.render(inputs).messages) for inputs in RUNS] == list(expected[1:])
