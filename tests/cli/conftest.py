"""What the tests of the command line share: a small project as `init` writes it, and promptc as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "promptc"]
Promptc = Callable[..., subprocess.CompletedProcess[str]]


def environment(**changes: str | None) -> dict[str, str]:
    """The test's environment with promptc to be found, and some variables changed (None: removed)."""
    found = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    for name in ("NO_COLOR", "FORCE_COLOR", "_PROMPTC_COMPLETE"):
        found.pop(name, None)
    for name, value in changes.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = value
    return found


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that `promptc init` wrote, which no test changes."""
    folder = tmp_path_factory.mktemp("started")
    done = subprocess.run([*COMMAND, "init", str(folder)], env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def project(started: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    import shutil

    return Path(shutil.copytree(started, tmp_path / "project"))


@pytest.fixture
def promptc(tmp_path: Path) -> Promptc:
    """Runs promptc: `promptc("build", cwd=folder, env={...})`."""

    def run(*arguments: str, cwd: Path | None = None, env: dict[str, str | None] | None = None, **more: Any) -> Any:
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=cwd or tmp_path,
            env=environment(**(env or {})),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            **more,
        )

    return run
