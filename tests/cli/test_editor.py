"""Editors and pre-commit: the real yaml-language-server and check-yaml take the example, and complete its names.

The server comes from npm into pytest's cache folder. Without node on the machine the tests say so and are skipped; with
node, an installation that fails is a failure. `-m 'not editor'` leaves them out.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from promptc.driver.schema import write
from promptc.driver.starter import PRE_COMMIT, editor_settings
from tests.cli.conftest import ROOT
from tests.cli.language_server import LanguageServer

pytestmark = pytest.mark.editor

VERSION = "1.25.0"


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> list[str]:
    """The command that starts yaml-language-server."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are not installed, so the real yaml-language-server was NOT tried")
    assert request.config.cache is not None
    cache = request.config.cache.mkdir(f"yaml-language-server-{VERSION}")
    program = cache / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    if not program.exists():
        install = ["npm", "install", f"yaml-language-server@{VERSION}", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run([*install, "--prefix", str(cache)], cwd=cache, check=True, capture_output=True, timeout=300)
    return ["node", str(program), "--stdio"]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with what `init` writes for editors, and its schemas."""
    folder = tmp_path_factory.mktemp("example")
    for name in ("sources", "tenants"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / ".vscode").mkdir()
    (folder / ".vscode" / "settings.json").write_text(editor_settings())
    write(str(folder))
    return folder


@pytest.fixture(scope="module")
def language(server: list[str], example: Path) -> Iterator[LanguageServer]:
    """The server in the example's folder, as its settings say."""
    with serving(server, example) as started:
        yield started


def serving(server: list[str], folder: Path) -> LanguageServer:
    return LanguageServer(server, folder, json.loads((folder / ".vscode" / "settings.json").read_text()))


def test_the_server_takes_the_example(language: LanguageServer, example: Path) -> None:
    files = [*example.glob("tenants/**/*.yaml"), *example.glob("sources/**/*.yaml")]
    assert len(files) > 25
    said = {str(file.relative_to(example)): language.check(file) for file in sorted(files)}
    assert {name: complaints for name, complaints in said.items() if complaints} == {}


def test_the_server_takes_what_init_writes(server: list[str], started: Path) -> None:
    with serving(server, started) as language:
        for file in [*started.glob("tenants/**/*.yaml"), *started.glob("sources/**/*.yaml")]:
            assert language.check(file) == [], file


def test_the_server_finds_what_is_wrong(server: list[str], started: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(started, tmp_path / "project"))
    wrong = folder / "tenants" / "initech.yaml"
    wrong.write_text(
        "extends: [plan/enterprize]\nvariables:\n  prodct: X\n  tone: !unset\n  banned_words: !append [x]\n"
    )
    with serving(server, folder) as language:
        said = language.check(wrong)
    assert any(line.startswith("1: ") for line in said), said
    assert any(line.startswith("3: ") and "prodct" in line for line in said), said
    assert len(said) == 2, said


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("variables:\n  ", 1, 2, {"product", "tone", "banned_words"}),
        ("variables:\n  tone: ", 1, 8, {"neutral", "warm", "formal"}),
        ("variables:\n  banned_words: ", 1, 16, {"!append", "!remove"}),
        ("extends: [", 0, 10, {"plan/enterprise"}),
        ("prompts:\n  ", 1, 2, {"support-reply", "classify"}),
        ("prompts:\n  support-reply:\n    blocks:\n      ", 3, 6, {"opening", "safety_rubric"}),
        ("", 0, 0, {"extends", "variables", "prompts", "labels"}),
    ],
)
def test_the_server_completes_names(
    text: str, line: int, column: int, expected: set[str], language: LanguageServer, example: Path
) -> None:
    file = example / "tenants" / f"new-{len(text)}.yaml"
    assert expected <= set(language.complete(file, text, line, column))


def test_the_server_says_what_a_variable_is_for(language: LanguageServer, example: Path) -> None:
    file = example / "tenants" / "hover.yaml"
    language.open(file, "variables:\n  tone: warm\n")
    place = {"textDocument": {"uri": file.as_uri()}, "position": {"line": 1, "character": 4}}
    assert "Default" in json.dumps(language.request("textDocument/hover", place))


def test_pre_commit_takes_the_example(example: Path, started: Path, tmp_path: Path) -> None:
    """check-yaml with the arguments of the entry that `init` writes."""
    arguments = re.search(r"id: check-yaml\n.*\n\s+args: \[(.*)\]", PRE_COMMIT)
    assert arguments is not None
    files = [
        str(f)
        for folder in (example, started)
        for f in [*folder.glob("tenants/**/*.yaml"), *folder.glob("sources/**/*.yaml")]
    ]
    check = [sys.executable, "-m", "pre_commit_hooks.check_yaml", *arguments[1].split(", ")]
    done = subprocess.run([*check, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [\n")
    assert subprocess.run([*check, str(broken)], capture_output=True).returncode == 1
