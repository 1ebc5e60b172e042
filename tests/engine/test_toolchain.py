"""The toolchain: two looks at one thing, and the quick one misses nothing that the other sees."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from promptc import __version__
from promptc.engine import toolchain
from tests.cli.conftest import environment


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in promptc's place."""
    folder = tmp_path / "promptc"
    (folder / "core").mkdir(parents=True)
    (folder / "__init__.py").write_text("one = 1\n")
    (folder / "core" / "values.py").write_text("two = 2\n")
    monkeypatch.setattr(toolchain, "_HERE", str(folder))
    return folder


CHANGES: dict[str, Callable[[Path], object]] = {
    "a character": lambda f: (f / "core/values.py").write_text("two = 3\n"),
    "a new file": lambda f: (f / "core/more.py").write_text(""),
    "a new folder": lambda f: ((f / "engine").mkdir(), (f / "engine/a.py").write_text("")),
    "a file gone": lambda f: (f / "core/values.py").unlink(),
    "a file renamed": lambda f: (f / "core/values.py").rename(f / "core/value.py"),
    "a file moved": lambda f: (f / "core/values.py").rename(f / "values.py"),
    "a line moved": lambda f: ((f / "__init__.py").write_text(""), (f / "core/values.py").write_text("one = 1\ntwo = 2\n")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_promptc_shows_in_both(change: str, code: Path) -> None:
    before = toolchain.state(), toolchain.identity(), toolchain.code_digest()
    CHANGES[change](code)
    after = toolchain.state(), toolchain.identity(), toolchain.code_digest()
    assert all(old != new for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("change", ["touched", "cache", "notes", "copied"])
def test_what_changes_no_code_changes_no_identity(change: str, code: Path) -> None:
    before = toolchain.state(), toolchain.identity()
    if change == "touched":
        os.utime(code / "__init__.py", ns=(1, 1))
    elif change == "cache":
        (code / "core" / "__pycache__").mkdir()
        (code / "core" / "__pycache__" / "values.cpython-311.pyc").write_bytes(b"x")
    elif change == "notes":
        (code / "py.typed").write_text("")
    else:
        (code / "__init__.py.new").write_text("one = 1\n")
        os.replace(code / "__init__.py.new", code / "__init__.py")
    assert toolchain.identity() == before[1]
    # A file that was touched may be another: then the other look is taken, and says that it isn't.
    assert (toolchain.state() == before[0]) is (change in ("cache", "notes"))


def test_the_identity_names_what_can_change_an_artifact(code: Path) -> None:
    identity = toolchain.identity()
    said = dict(word.rsplit(" ", 1) for word in identity.split(", "))
    assert set(said) == {"code", "jinja2", "markupsafe", "promptc", "pydantic", "pydantic_core", "python", "pyyaml", "unicode"}
    assert said["promptc"] == __version__
    assert said["python"] == sys.version.split()[0]
    digest = hashlib.sha256(b"11 8\n__init__.pyone = 1\n" + b"14 8\ncore/values.pytwo = 2\n").hexdigest()
    assert said["code"] == digest[:16]
    assert {name: said[name] for name in ("promptc", "python", *toolchain.RECORDED)} == toolchain.versions()


@pytest.mark.parametrize("package", [*toolchain.PACKAGES])
def test_another_package_shows(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = toolchain.state()
    assert before
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    other = toolchain.state()
    assert other not in ("", before)
    (tmp_path / package / "__init__.py").write_text("x")
    assert toolchain.state() not in ("", before, other)


def test_what_is_nowhere_can_not_be_told(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    assert toolchain.state() == ""
    monkeypatch.undo()
    monkeypatch.setattr(toolchain, "_HERE", str(code / "missing"))
    assert toolchain.state() == ""


def test_the_quick_look_is_the_same_in_every_process_and_imports_nothing() -> None:
    program = (
        "import sys; from promptc.engine import toolchain; print(toolchain.state());"
        "print([name for name in (*toolchain.PACKAGES, 'importlib.metadata') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [toolchain.state(), "[]"]
