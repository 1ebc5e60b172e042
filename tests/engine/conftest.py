"""Where the engine's tests put their files: hundreds of small projects need no disk where there is a file system in memory."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir())


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of the test's own, removed after it."""
    folder = Path(tempfile.mkdtemp(prefix="promptc-engine-", dir=MEMORY)).resolve()
    yield folder
    shutil.rmtree(folder)
