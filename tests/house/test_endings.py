"""How promptc ends when its machine or its makers fail it: one message with a code, and never a half-written build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from promptc.cli.main import run
from promptc.compiler.compile import Compiler
from tests.stories.story import HERE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import shutil

    shutil.copytree(HERE / "projects" / "hello", tmp_path / "hello")
    monkeypatch.chdir(tmp_path / "hello")
    return tmp_path / "hello"


def failing(error: BaseException) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (MemoryError(), "C011", 8),
        (ZeroDivisionError("somewhere"), "C070", 70),
        (OSError(24, "too many open files"), "C010", 6),
        (KeyboardInterrupt(), "interrupted", 130),
        (BrokenPipeError(), "", 141),
    ],
    ids=["memory", "bug", "machine", "interrupt", "pipe"],
)
def test_one_message_and_nothing_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    *, error: BaseException, code: str, exit_code: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(Compiler, "compile_for", failing(error))
    assert run(["build"]) == exit_code
    said = capsys.readouterr().err
    assert code in said
    assert ("Traceback" in said) == (code == "C070"), "only a bug of ours shows a traceback"
    assert not (folder / "build" / "latest.json").exists()
