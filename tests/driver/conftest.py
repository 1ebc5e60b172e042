"""The same folders in memory as the engine's tests have; and projects that are built once and copied for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import MEMORY, tmp_path

__all__ = ["built_once", "tmp_path"]


@pytest.fixture(scope="module")
def built_once() -> Iterator[Path]:
    """A folder of the module's own. A copy of a build is a build: files are read again, and hold what they held."""
    folder = Path(tempfile.mkdtemp(prefix="promptc-driver-", dir=MEMORY)).resolve()
    yield folder
    shutil.rmtree(folder)
