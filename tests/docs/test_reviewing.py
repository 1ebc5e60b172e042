"""The walk-through of docs/reviewing.md plays as it is printed; `pytest tests/docs --update` writes down what is printed now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.stories.story import Stage, Step, agrees

PAGE = Path(__file__).parents[2] / "docs" / "reviewing.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def steps(block: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def begun(folder: Path) -> Stage:
    """The example of this repository, committed as a clone has it."""
    stage = Stage(folder)
    stage.folder.mkdir()
    stage.play(Step("project", "example"))
    (stage.folder / ".gitignore").write_text("build/\n.promptc/\n")
    stage.play(Step("$", "git init -q -b main && git add -A && git commit -q -m 'The example'"))
    return stage


def test_the_walk_through_plays(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    stage, page = begun(tmp_path / "at"), Stage(tmp_path / "page")
    text = PAGE.read_text()
    update = request.config.getoption("--update")
    blocks = []
    for block in BLOCK.findall(text):
        played = []
        for command, lines in steps(block):
            printed = stage.play(Step("$", command))
            assert printed is not None
            assert printed.code in (0, 1), "\n".join(printed.err)
            got = printed.out + printed.err
            if not update:
                wanted = page.normal("\n".join(lines))
                assert agrees(wanted, got), f"$ {command}\n" + "\n".join(got)
            played += [f"$ {command}", *got]
        # A reader sees digests as they are.
        shown = stage._named("\n".join(played)) + "\n"
        shown = re.sub(r"(plan +)([0-9a-f]{16})[0-9a-f]{48}…", r"\1sha256:\2…", shown)
        blocks.append(re.sub(r"(plan +)([0-9a-f]{64})", r"\1sha256:\2", shown))
    assert len(blocks) >= 4
    if update:
        given = iter(blocks)
        PAGE.write_text(BLOCK.sub(lambda _: f"```console\n{next(given)}```", text))
