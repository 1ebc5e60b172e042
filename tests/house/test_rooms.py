"""The rooms of ARCHITECTURE.md: import-linter's contracts of pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_file_imports_only_from_rooms_below_its_own() -> None:
    program = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_help_loads_none_of_the_heavy_libraries() -> None:
    heavy = {"jinja2", "yaml", "pydantic", "deepdiff", "watchdog", "rich", "asyncio"}
    program = """
import sys
from promptc.cli.main import run
try:
    run(["--help"])
finally:
    print("LOADED", *sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert "Usage" in done.stdout, done.stderr
    loaded = {name.partition(".")[0] for name in done.stdout.partition("LOADED")[2].split()}
    assert loaded & heavy == set()


def test_the_runtime_needs_the_standard_library_alone() -> None:
    program = "import promptc.runtime, sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    bare = subprocess.run([sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True)
    # Packages' path hooks may load parts of themselves before anything runs.
    before = {name.partition(".")[0] for name in bare.stdout.split()}
    assert set(done.stdout.split()) - before - set(sys.stdlib_module_names) == {"promptc"}
