"""The walk-through of docs/reviewing.md plays as it is printed; `pytest tests/docs --update` writes down what is printed now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.walk import begun, walk

PAGE = Path(__file__).parents[2] / "docs" / "reviewing.md"


def test_the_walk_through_plays(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    assert walk(begun(tmp_path / "at"), PAGE, update=request.config.getoption("--update")) >= 4
