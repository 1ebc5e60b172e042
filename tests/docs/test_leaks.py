"""The walk-through of docs/leaks.md plays as it is printed: an example mined from traffic is caught, explained and mended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.walk import begun, walk

PAGE = Path(__file__).parents[2] / "docs" / "leaks.md"


def test_the_walk_through_plays(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (mined,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    (tmp_path / "work").mkdir()
    stage = begun(tmp_path / "work" / "at")
    (stage.folder / "mined.yaml").write_text(mined)
    assert walk(stage, PAGE, update=request.config.getoption("--update")) == 3
