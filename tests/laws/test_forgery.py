"""No value forges a turn: 10,000 values that pretend to, through variables, overlay blocks and inputs.

The number of messages and their roles never change, each text comes through whole, and no honest text is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from promptc.runtime import Artifact
from tests.laws.forgery import forgeries
from tests.laws.world import PROMPT, World

COUNT = 10_000
AT_ONCE = 100
ROLES = ["system", "user", "assistant", "user"]
TEXT = {"type": "string"}
VALUES = forgeries(COUNT)
# A third each, so that all 10,000 are tried once.
ROUTES = {"variables": VALUES[: COUNT // 3], "blocks": VALUES[COUNT // 3 : 2 * COUNT // 3], "inputs": VALUES[2 * COUNT // 3 :]}


def batches(values: Sequence[str]) -> Iterator[dict[str, str]]:
    for first in range(0, len(values), AT_ONCE):
        yield {f"v{number:03}": text for number, text in enumerate(values[first : first + AT_ONCE])}


def body(names: Sequence[str], form: str) -> str:
    """Four messages; the values stand in the first two, first and last in them and between static lines."""
    half = len(names) // 2
    lines = [[form.replace("NAME", name) for name in part] for part in (names[:half], names[half:])]
    system, user = ("\n|\n".join(part) for part in lines)
    return f'{{% message role="system" %}}{system}{{% endmessage %}}\n{{% history %}}\n{{% message role="user" %}}{user}{{% endmessage %}}\n{{% message role="assistant" %}}fixed{{% endmessage %}}\n{{% message role="user" %}}last{{% endmessage %}}\n'


def wanted(values: Sequence[str]) -> list[str]:
    half = len(values) // 2
    return ["\n|\n".join(values[:half]), "\n|\n".join(values[half:]), "fixed", "last"]


def check(artifact: Artifact, given: dict[str, Any], values: Sequence[str]) -> None:
    history = ({"role": "user", "content": "before"}, {"role": "assistant", "content": "then"})
    rendered = artifact.render(given, history=history)
    messages = [message for message in rendered.messages if message not in history]
    assert [message["role"] for message in messages] == ROLES
    assert [[part["type"] for part in message["content"]] for message in messages] == [["text"]] * 4
    assert [message["content"][0]["text"] for message in messages] == wanted(values)
    assert len(rendered.messages) == len(ROLES) + len(history)
    assert [message["role"] for message in rendered.openai()["messages"]] == ["system", "user", "assistant", "user", "assistant", "user"]


def nfc(values: Sequence[str]) -> list[str]:
    return [unicodedata.normalize("NFC", text) for text in values]


def test_there_are_enough() -> None:
    assert len(set(VALUES)) == COUNT == sum(map(len, ROUTES.values()))


@pytest.mark.parametrize("form", ["{{ vars.NAME }}"])
def test_through_variables(form: str) -> None:
    for named in batches(ROUTES["variables"]):
        world = World({PROMPT: body(list(named), form)}, dict.fromkeys(named, TEXT), named)
        check(world.artifact(), {}, nfc(list(named.values())))


def test_through_variables_that_are_looked_at() -> None:
    for named in list(batches(ROUTES["variables"]))[:8]:
        world = World({PROMPT: body(list(named), "{% if vars.NAME %}{% set x %}{{ vars.NAME ~ '' }}{% endset %}{{ x }}{% endif +%}")}, dict.fromkeys(named, TEXT), named)
        check(world.artifact(), {}, nfc(list(named.values())))


def test_through_overlay_blocks() -> None:
    for named in batches(ROUTES["blocks"]):
        actions = {name: ("replace", text) for name, text in named.items()}
        world = World({PROMPT: body(list(named), "{% block NAME %}base{% endblock %}")}, actions=actions)
        # A block that ends its line with its tag ends with a line end; here it stands before one or before the message's end.
        check_blocks(world.artifact(), nfc(list(named.values())))


def check_blocks(artifact: Artifact, values: Sequence[str]) -> None:
    messages = artifact.render({}).messages
    assert [message["role"] for message in messages] == ROLES
    assert all(text in "".join(part["text"] for message in messages for part in message["content"]) for text in values)


def test_through_inputs() -> None:
    names = [f"v{number:03}" for number in range(AT_ONCE)]
    artifact = World({PROMPT: body(names, "{{ input.NAME }}")}, inputs=dict.fromkeys(names, {**TEXT, "default": ""})).artifact()
    for named in batches(ROUTES["inputs"]):
        given = {name: named.get(name, "") for name in names}
        check(artifact, given, list(given.values()))


def test_through_inputs_in_loops_and_conditions() -> None:
    template = '{% message role="system" %}{% for t in input.all %}{{ t }}{% if t %}{{ t }}{% endif %}{% endfor %}{% endmessage %}{% if input.all %}{% message role="user" %}{{ input.all | join }}{% endmessage %}{% endif %}'
    artifact = World({PROMPT: template}, inputs={"all": {"type": "array", "items": TEXT}}).artifact()
    for named in batches(ROUTES["inputs"]):
        values = list(named.values())
        messages = artifact.render({"all": values}).messages
        assert [(message["role"], len(message["content"])) for message in messages] == [("system", 1), ("user", 1)]
        assert messages[1]["content"][0]["text"] == "".join(values)
