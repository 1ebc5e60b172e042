"""The walk-through of docs/releasing.md plays as it is printed, with its webhook on loopback; `--update` writes it down anew."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docs.walk import begun, walk

PAGE = Path(__file__).parents[2] / "docs" / "releasing.md"
PORT = "8931"
SAMPLE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


@contextmanager
def serving(folder: Path, port: int) -> Iterator[None]:
    with (folder / "desk.log").open("w") as log:
        desk = subprocess.Popen([sys.executable, "desk.py", str(port)], cwd=folder, stdout=log, stderr=log)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.02)
        yield
    finally:
        desk.terminate()
        desk.wait()


def test_the_walk_through_plays(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    samples = dict(SAMPLE.findall(PAGE.read_text()))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "work").mkdir()
    stage = begun(tmp_path / "work" / "at")
    head, rest = samples["toml"].replace(PORT, str(port)).split("\n\n", 1)
    project = stage.folder / "pyproject.toml"
    project.write_text(project.read_text().replace("[tool.promptc]", head, 1) + "\n" + rest)
    (stage.folder / "desk.py").write_text(samples["python"])
    with serving(stage.folder, port):
        assert walk(stage, PAGE, update=request.config.getoption("--update"), instead=(PORT, str(port))) >= 8
