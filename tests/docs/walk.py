"""Walk: plays the console blocks of a page, and holds what they print against what the page prints."""

from __future__ import annotations

import re
from pathlib import Path

from tests.stories.story import Stage, Step, agrees

BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
# What a reader sees instead of the story's words for what differs from run to run.
_SHOWN = ((re.compile(r"(Built .* in )<time>"), r"\g<1>0.52 s"), (re.compile("<time>"), "2026-03-04 10:00"))


def steps(block: str) -> list[tuple[str, list[str]]]:
    """The commands of a block, each with the lines that it prints."""
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
    stage.folder.mkdir(parents=True)
    stage.play(Step("project", "example"))
    (stage.folder / ".gitignore").write_text("build/\n.promptc/\n")
    stage.play(Step("$", "git init -q -b main && git add -A && git commit -q -m 'The example'"))
    return stage


def walk(stage: Stage, page: Path, *, update: bool, instead: tuple[str, str] = ("", "")) -> int:
    """Play a page; how many blocks it has. `instead` is a word of the page, and what is played in its place."""
    text, expected = page.read_text(), Stage(stage.folder.parent / "page")
    blocks = []
    for block in BLOCK.findall(text):
        played = []
        for command, lines in steps(block):
            printed = stage.play(Step("$", command.replace(*instead) if instead[0] else command))
            assert printed is not None
            assert printed.code in (0, 1), "\n".join(printed.err)
            got = [line.replace(*reversed(instead)) if instead[0] else line for line in printed.out + printed.err]
            if not update:
                wanted = expected.normal("\n".join(lines))
                assert agrees(wanted, got), f"$ {command}\n" + "\n".join(got)
            played += [f"$ {command}", *got]
        blocks.append(_shown(stage._named("\n".join(played)) + "\n"))
    if update:
        given = iter(blocks)
        page.write_text(BLOCK.sub(lambda _: f"```console\n{next(given)}```", text))
    return len(blocks)


def _shown(text: str) -> str:
    """A reader sees digests as they are, and times as times."""
    text = re.sub(r"(plan +)([0-9a-f]{16})[0-9a-f]{48}…", r"\1sha256:\2…", text)
    text = re.sub(r"((?:plan|root) +)([0-9a-f]{64})", r"\1sha256:\2", text)
    for pattern, words in _SHOWN:
        text = pattern.sub(words, text)
    return text
