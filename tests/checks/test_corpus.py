"""The corpus: small projects with one planted fault each, and clean ones that look suspicious; recall and false alarms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from promptc.driver.checking.tree import check_tree

CORPUS = Path(__file__).parent / "corpus"
TODAY = "2026-06-01"
RECALL_MIN = 0.98
FALSE_ALARMS_MAX = 1

# What a project of the corpus doesn't say itself. A file that is given as null is left out.
DEFAULTS = {
    "promptc.toml": "",
    "sources/models.yaml": "main: {provider: openai, name: gpt-4.1, window: 128000}\n",
    "sources/variables.yaml": "product: {type: string, required: true}\n",
    "sources/prompts/reply.prompt.j2": (
        "---\nmodel: main\ninputs:\n  message: {type: string}\noverridable: {blocks: {rules: append}}\n---\n"
        '{% message role="system" %}\nYou answer customers.\n{% block rules %}{% endblock %}\nThe product is {{ vars.product }}.\n'
        '{% endmessage %}\n{% message role="user" %}\n{{ input.message }}\n{% endmessage %}\n'
    ),
    "tenants/acme.yaml": "variables:\n  product: Acme\n",
}


def projects(kind: str) -> list[Path]:
    return sorted((CORPUS / kind).glob("*.yaml"))


def read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text())


def found_in(project: dict[str, Any]) -> set[str]:
    """The findings of a project as `CODE at FILE:LINE`."""
    parts = {key: "".join(map(str, pieces)) for key, pieces in project.get("parts", {}).items()}
    files = DEFAULTS | project.get("files", {})
    tree = {path: _filled(text, parts).encode() for path, text in files.items() if text is not None}
    done = check_tree(tree, today=str(project.get("today", TODAY)))
    return {f"{one.code} at {one.place.file}:{one.place.line}" for one in done.findings}


def _filled(text: str, parts: dict[str, str]) -> str:
    for key, value in parts.items():
        text = text.replace(f"<<{key}>>", value)
    return text


@pytest.mark.parametrize("path", projects("planted"), ids=lambda path: path.stem)
def test_a_planted_fault_is_found_and_nothing_else(path: Path) -> None:
    project = read(path)
    assert project["expect"], "a planted project says what must be found"
    assert found_in(project) == set(project["expect"])


@pytest.mark.parametrize("path", projects("clean"), ids=lambda path: path.stem)
def test_a_clean_project_raises_nothing(path: Path) -> None:
    project = read(path)
    assert not project.get("expect")
    assert found_in(project) == set()


@pytest.fixture(scope="module")
def outcome() -> tuple[int, int, int]:
    """How many faults there are, how many were found, and how many findings nobody planted."""
    wanted = found = alarms = 0
    for kind in ("planted", "clean"):
        for path in projects(kind):
            project = read(path)
            expected, said = set(project.get("expect", ())), found_in(project)
            wanted, found, alarms = wanted + len(expected), found + len(expected & said), alarms + len(said - expected)
    return wanted, found, alarms


def test_recall_and_false_alarms(outcome: tuple[int, int, int]) -> None:
    wanted, found, alarms = outcome
    print(f"\ncorpus: {found} of {wanted} planted faults found, {alarms} false alarms")
    assert found >= RECALL_MIN * wanted
    assert alarms <= FALSE_ALARMS_MAX
