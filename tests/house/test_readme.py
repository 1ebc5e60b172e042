"""The README's transcript plays as it is printed, and its two commands are the ones that continuous integration runs."""

from __future__ import annotations

import re
from pathlib import Path

from tests.stories.story import Printed, Stage, Step, agrees

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def steps(text: str) -> list[Step]:
    """The commands of all ```console blocks, with the lines that they print."""
    found: list[Step] = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Step("$", line[2:]))
            else:
                found[-1].lines.append(line)
    return found


def test_the_transcript_plays(tmp_path: Path) -> None:
    stage, page = Stage(tmp_path / "at"), Stage(tmp_path / "page")
    stage.folder.mkdir()
    for step in steps(README):
        if step.text.startswith("cd "):
            stage.folder /= step.text[3:]
            continue
        printed = stage.play(step)
        assert isinstance(printed, Printed)
        assert printed.code != 70
        # The page's digests are those of the day when it was written: what counts is which are the same.
        wanted = page.normal("\n".join(step.lines))
        got = printed.out + printed.err
        assert agrees(wanted, got), f"$ {step.text}\n" + "\n".join(got)


def test_links_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.relative_to(ROOT)}: {link}"


def test_the_commands_are_those_that_ci_runs() -> None:
    assert "awk '/<!-- tests:begin -->/" in (ROOT / ".ci" / "run").read_text()
    (tests,) = re.findall(r"<!-- tests:begin -->\n```sh\n(.*?)\n```", README, re.DOTALL)
    (build,) = re.findall(r"<!-- build:begin -->\n```sh\n(.*?)\n```", README, re.DOTALL)
    assert tests.endswith("pytest -n 2 --dist worksteal")
    assert build.endswith("promptc build")


def test_the_example_builds_without_a_finding(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "at")
    stage.folder.mkdir()
    stage.play(Step("project", "example"))
    printed = stage.play(Step("$", "promptc build"))
    assert printed is not None
    assert printed.code == 0, "\n".join(printed.err)
    assert any("0 findings" in line for line in printed.out + printed.err)
