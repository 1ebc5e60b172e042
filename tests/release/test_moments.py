"""A review against what a channel serves knows the sources of then, also where the channel is composed of several builds."""

from __future__ import annotations

import json
from pathlib import Path

from tests.stories.story import Stage, Step

EDIT = "sed -i 's/^{}$/{}/' sources/prompts/hello.prompt.j2 && git commit -qam '{}'"
COMMANDS = (
    "git init -q -b main && printf 'build/\\n.promptc/\\n' > .gitignore && git add -A && git commit -qm one",
    "promptc build", "promptc promote prod --new --yes --who ann",
    EDIT.format("Be brief.", "Be kind.", "two"), "promptc build", "promptc promote prod acme --yes --who ann",
    "promptc mark prod good --who ann", EDIT.format("Be kind.", "Be exact.", "three"), "promptc build",
)  # fmt: skip


def played(folder: Path) -> Stage:
    stage = Stage(folder)
    stage.folder.mkdir()
    stage.play(Step("project", "hello"))
    for command in COMMANDS:
        printed = stage.play(Step("$", command))
        assert printed is not None
        assert printed.code == 0, (command, printed.err)
    return stage


def review(stage: Stage, words: str) -> dict:  # type: ignore[type-arg]
    printed = stage.play(Step("$", f"promptc diff {words} --format json | cat"))
    assert printed is not None
    found: dict = json.loads("\n".join(printed.out).replace("<time>", "0"))  # type: ignore[type-arg]
    return found


def test_causes_and_holes_are_known_for_a_channel(tmp_path: Path) -> None:
    stage = played(tmp_path / "at")
    for words in ("prod@1 prod@2", "prod@1 build", "prod@3 build --select acme"):
        (group,) = review(stage, words)["groups"]
        assert [cause["place"] for cause in group["causes"]] == ["sources/prompts/hello.prompt.j2:11"], words
    both = review(stage, "prod build")
    assert both["counts"]["changed"] == 2
    assert {tuple(map(str, group["before"][0])) for group in both["groups"]} >= {("Be kind.",)}


def test_tools_in_another_order_are_a_change(tmp_path: Path) -> None:
    """Each tool is as it was, and the artifact is another: the review says where."""
    stage = Stage(tmp_path / "at")
    stage.folder.mkdir()
    stage.play(Step("project", "hello"))
    for name in ("look_up", "refund"):
        tool = stage.folder / "sources" / "tools" / f"{name}.yaml"
        tool.parent.mkdir(exist_ok=True)
        tool.write_text(f"description: Does {name}.\ninput: {{type: object, properties: {{}}}}\n")
    prompt = stage.folder / "sources/prompts/hello.prompt.j2"
    text = prompt.read_text()
    prompt.write_text(text.replace("model: main", "model: main\ntools: [look_up, refund]"))
    for command in ("git init -q -b main && git add -A && git commit -qm one", "promptc build"):
        printed = stage.play(Step("$", command))
        assert printed is not None
        assert printed.code == 0, printed.err
    prompt.write_text(text.replace("model: main", "model: main\ntools: [refund, look_up]"))
    (group,) = review(stage, "main")["groups"]
    assert (group["where"], group["class"], len(group["targets"])) == ("tools", "interface", 2)
    assert "refund, look_up" in str(group["after"])
