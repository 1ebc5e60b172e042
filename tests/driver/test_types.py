"""Types: what is written compiles under the strictest checkers, and says no to what the runtime refuses."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from promptc.driver.types import types

ROOT = Path(__file__).parents[2]
PYTHON = """
from types_of_prompts import ClassifyInputs, SupportReplyInputs

good: SupportReplyInputs = {"message": "Hi", "channel": "chat", "documents": [{"title": "a", "text": "b"}]}
bad: SupportReplyInputs = {"message": "Hi", "channel": "pigeon"}
lacking: SupportReplyInputs = {}
other: ClassifyInputs
"""


def test_python_holds_under_mypy_strict(tmp_path: Path) -> None:
    text = types(str(ROOT), "python", ())
    assert text == types(str(ROOT), "python", ())
    (tmp_path / "types_of_prompts.py").write_text(text)
    (tmp_path / "use.py").write_text(PYTHON)
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "use.py"], cwd=tmp_path, capture_output=True, text=True)
    assert [line.partition(" error: ")[0] for line in done.stdout.splitlines() if "error" in line][:2] == ["use.py:5:", "use.py:6:"], done.stdout
    assert "types_of_prompts.py" not in done.stdout
    subprocess.run([sys.executable, "-c", "import types_of_prompts"], cwd=tmp_path, check=True)


def test_typescript_compiles_under_strict(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed, so the TypeScript types were NOT tried")
    folder = Path(pytestconfig.cache.mkdir("typescript-5.9.3"))  # type: ignore[union-attr]
    if not (folder / "node_modules/.bin/tsc").exists():
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, "typescript@5.9.3", "@types/node@20.19.0"], check=True)
    (tmp_path / "prompts.ts").write_text(types(str(ROOT), "typescript", ()))
    use = 'import type { PromptInputs } from "./prompts.js";\nexport const good: PromptInputs["support-reply"] = { message: "Hi", channel: "chat" };\n'
    (tmp_path / "use.ts").write_text(use + 'export const bad: PromptInputs["support-reply"] = { message: 1 };\n')
    done = subprocess.run(
        [folder / "node_modules/.bin/tsc", "--strict", "--noEmit", "--module", "nodenext", "use.ts"], cwd=tmp_path, capture_output=True, text=True
    )
    assert "use.ts(3," in done.stdout
    assert done.stdout.count("error") == 1, done.stdout


def test_a_selection_writes_its_prompts_alone() -> None:
    text = types(str(ROOT), "typescript", ("prompt:classify",))
    assert "ClassifyInputs" in text
    assert "SupportReply" not in text
