"""The runtime's own wheel, built from these files: it installs alone, needs nothing, and serves."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

from tests.runtime.faulty_server import Faulty, published

ROOT = Path(__file__).parents[2]
SERVE = """
import sys
before = set(sys.modules)
from promptc_runtime import Prompts, __version__
with Prompts.open(sys.argv[1], channel="prod", cache=sys.argv[2], refresh_seconds=0) as client:
    ready = client.get("a", "x").render()
    print(ready.text(), __version__ == sys.argv[3])
    assert ready.receipt
foreign = {name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names) - {"promptc_runtime"}
print(sorted(foreign))
"""


def test_it_installs_alone_and_serves(tmp_path: Path) -> None:
    from promptc import __version__

    subprocess.run([sys.executable, ROOT / "runtimes/python/build.py", tmp_path / "dist"], check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty/bin/python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-index", "--no-deps", wheel], check=True, capture_output=True)
    listed = subprocess.run([python, "-m", "pip", "list", "--format=freeze"], check=True, capture_output=True, text=True).stdout
    assert {line.partition("==")[0] for line in listed.splitlines()} <= {"pip", "setuptools", "promptc-runtime", "promptc_runtime"}
    folder = published(tmp_path / "published")
    with Faulty(folder) as server:
        for where in (str(folder), server.url):
            done = subprocess.run([python, "-I", "-c", SERVE, where, tmp_path / "cache", __version__], capture_output=True, text=True)
            assert done.stderr == ""
            assert done.stdout.splitlines() == ["one of a True", "[]"]


def test_what_a_service_imports_is_little() -> None:
    """Opening and getting load neither typing nor dataclasses, which alone cost more than all of it."""
    code = """
import json, hashlib, threading, sys
before = set(sys.modules)
import promptc.runtime
print(sorted(name for name in set(sys.modules) - before if not name.startswith("promptc")))
"""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"], capture_output=True, text=True)
    assert done.stderr == ""
    heavy = {"typing", "dataclasses", "inspect", "urllib", "http", "ssl", "logging", "asyncio", "base64", "tempfile", "datetime"}
    assert not heavy & set(json.loads(done.stdout.replace("'", '"')))
