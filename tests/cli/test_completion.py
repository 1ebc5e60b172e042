"""Completion: commands, tenants and prompts, from the shell's own protocol, and fast."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, Promptc, environment


def completed(words: str, cwd: Path) -> list[str]:
    """What bash would be offered for the last word."""
    env = environment(_PROMPTC_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split(" ")) - 1))
    done = subprocess.run(COMMAND, cwd=cwd, env=env, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("promptc sh", ["show"]),
        ("promptc build a", ["acme"]),
        ("promptc build acme/", ["acme/reply"]),
        ("promptc build prompt:", ["prompt:reply"]),
        ("promptc build tenant:g", ["tenant:globex"]),
        ("promptc build --exclude g", ["globex"]),
        ("promptc show globex/r", ["globex/reply"]),
        ("promptc explain acme/reply t", ["tone"]),
        ("promptc schema ten", ["tenant"]),
        ("promptc help O00", ["O001", "O002", "O003", "O004", "O005", "O006"]),
        ("promptc show acme --format ", ["text", "json", "openai", "anthropic", "gemini"]),
        ("promptc new t", ["tenant"]),
        ("promptc override s", ["su-1"]),
        ("promptc override acme/reply g", ["greeting"]),
        ("promptc show acme/reply --case ", ["refund"]),
    ],
)
def test_words(words: str, expected: list[str], project: Path) -> None:
    (project / "tenants" / "signups.jsonl").write_text('{"id": "su-1", "variables": {"product": "P"}}\n')
    found = completed(words, project)
    assert found[: len(expected)] == expected


def test_the_folder_counts(started: Path, tmp_path: Path) -> None:
    assert completed(f"promptc -C {started} build a", tmp_path) == ["acme"]
    assert completed("promptc build a", tmp_path) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(shell: str, promptc: Promptc) -> None:
    done = promptc("completion", shell)
    assert done.returncode == 0
    assert "_PROMPTC_COMPLETE" in done.stdout


def test_completing_loads_no_compiler(started: Path) -> None:
    code = (
        "import sys, os; os.environ.update(_PROMPTC_COMPLETE='bash_complete', COMP_WORDS='promptc build a', COMP_CWORD='2')\n"
        "from promptc.cli.main import run\n"
        "try: run([])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('yaml', 'jinja2', 'pydantic', 'rich') if m in sys.modules], file=sys.stderr)"
    )
    import sys

    done = subprocess.run([sys.executable, "-c", code], cwd=started, env=environment(), capture_output=True, text=True)
    assert "acme" in done.stdout
    assert done.stderr.splitlines()[-1] == "[]"
