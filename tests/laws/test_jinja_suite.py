"""Jinja2's own tests, from its source package, through our code generator.

They say what a template means; the generator must keep it for plain values. What promptc refuses or changes on purpose is
deselected by name in jinja_plugin.py, with the reason, and nothing else is.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.laws.jinja_plugin import DESELECTED

ROOT = Path(__file__).parents[2]
# Modules about what promptc has nothing of: async and native templates, loaders, caches of bytecode.
LEFT_OUT = ("test_async.py", "test_async_filters.py", "test_bytecode_cache.py", "test_loader.py", "test_nativetypes.py", "test_pickle.py", "test_utils.py")
PASSED_MIN = 650


@pytest.fixture(scope="session")
def suite(pytestconfig: pytest.Config) -> Path:
    """The unpacked source package of the Jinja2 that is installed, fetched once with pip and kept beside pytest's cache."""
    release = version("jinja2")
    folder = Path(pytestconfig.cache.mkdir("jinja2")) if pytestconfig.cache else Path(os.environ["TMPDIR"])
    unpacked = folder / f"jinja2-{release}"
    if not unpacked.is_dir():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "jinja2", "--dest", str(folder), f"jinja2=={release}"]
        fetched = subprocess.run(pip, capture_output=True, text=True, timeout=300, check=False)
        if fetched.returncode:
            if os.environ.get("CI"):
                pytest.fail(f"the source package of Jinja2 can't be fetched: {fetched.stderr[-500:]}")
            pytest.skip(f"the source package of Jinja2 can't be fetched: {fetched.stderr[-500:]}")
        (archive,) = folder.glob(f"*inja2-{release}.tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        found = archive.name.removesuffix(".tar.gz")
        if found != unpacked.name:
            (folder / found).rename(unpacked)
    return unpacked


def run(suite: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Jinja2's tests in a pytest of their own, with our plugin."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.laws.jinja_plugin", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(suite), "--tb=short", str(suite / "tests")]
    left_out = [f"--ignore={suite / 'tests' / name}" for name in LEFT_OUT]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    return subprocess.run([*command, *left_out, *options], cwd=suite, env=environment, capture_output=True, text=True, timeout=600, check=False)


def counts(output: str) -> dict[str, int]:
    return {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|deselected)", output.splitlines()[-1])}


def test_jinjas_own_tests_pass(suite: Path) -> None:
    """All but the ones that are deselected, each of which is there to be deselected."""
    done = run(suite)
    found = counts(done.stdout)
    print(done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stdout[-6000:]
    assert found["passed"] >= PASSED_MIN
    assert found["deselected"] == len(DESELECTED)
