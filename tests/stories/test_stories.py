"""Plays every story of this folder and holds what is printed against what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.story import HERE, Stage, Story, agrees, read, rewritten, shown

STORIES = [(path, story) for path in sorted(HERE.rglob("*.story")) for story in read(path)]


@pytest.mark.parametrize(("path", "story"), STORIES, ids=[f"{path.stem}: {story.title}" for path, story in STORIES])
def test_story(path: Path, story: Story, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    update = request.config.getoption("--update")
    if update:
        # A story above this one may have been rewritten, and then its lines stand elsewhere now.
        story = next(found for found in read(path) if found.title == story.title)
    stage = Stage(tmp_path / "project")
    stage.folder.mkdir()
    changes = {}
    for step in story.steps:
        printed = stage.play(step)
        if printed is None:
            continue
        assert printed.code != 70, "a bug of promptc is no expectation:\n" + "\n".join(shown(printed))
        told = agrees(step.lines, printed.out) and agrees(step.errors, printed.err) and step.code == printed.code
        if not told and not update:
            wanted = path.read_text().splitlines()[step.at]
            assert "\n".join(shown(printed)) == "\n".join(wanted), f"{path.name}, `$ {step.text}`"
            raise AssertionError(f"{path.name}: `$ {step.text}` printed something else")
        if not told:
            changes[step.at.start] = (step.at, shown(printed))
    if changes:
        path.write_text(rewritten(path, changes))


def test_every_story_has_a_title_of_its_own() -> None:
    titles = [(path, story.title) for path, story in STORIES]
    assert len(set(titles)) == len(titles)
