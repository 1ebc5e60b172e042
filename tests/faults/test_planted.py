"""Planted defects of releases: each is caught by the check that the table in docs/faults.md names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.planted import PLANTED, Scene, by_name
from tests.faults.sweep import World

DOCS = Path(__file__).parents[2] / "docs/faults.md"
NAMED = dict(by_name())


@pytest.mark.parametrize("name", NAMED)
def test_a_planted_defect_is_caught(
    name: str, world: World, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    defect = NAMED[name]
    with pytest.MonkeyPatch.context() as patch:
        defect.plant(patch)
        with pytest.raises((AssertionError, pytest.fail.Exception)) as caught:
            defect.check(Scene(world, tmp_path, tmp_path_factory, monkeypatch))
    print(f"{defect.what}\n{defect.where}\n{caught.value}")


def test_the_table_in_the_docs_is_this_list() -> None:
    rows = [line.strip("| ").split(" | ") for line in DOCS.read_text().splitlines() if line.startswith("| ") and "---" not in line]
    table = {row[0]: row[1] for row in rows if len(row) == 2}
    assert {one.what: one.where for one in PLANTED}.items() <= table.items()
    assert len(PLANTED) >= 10
