"""Any text survives: through overlay values and blocks, fragments and inputs, byte for byte.

Sources and overlays come out in NFC, inputs as they were given.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence

import pytest

from promptc.runtime import Artifact
from tests.laws.awkward import INPUTS_ONLY, SOURCES
from tests.laws.world import PROMPT, World, compiled, dumped, escaped, texts

TEXT = {"type": "string"}
NAMED = {f"t{number:03}": text for number, text in enumerate(SOURCES)}
WANTED = [f"[{unicodedata.normalize('NFC', text)}]" for text in SOURCES]
NEVER = ("\r", "\x85", "\u2028", "\u2029")


def each(form: str) -> str:
    """A message for each text."""
    return "\n".join(f'{{% message role="user" %}}[{form.replace("NAME", name)}]{{% endmessage %}}' for name in NAMED)


def values_world(form: str = "{{ vars.NAME }}") -> World:
    return World({PROMPT: each(form)}, dict.fromkeys(NAMED, TEXT), NAMED)


def check(found: Sequence[str], wanted: Sequence[str] = WANTED) -> None:
    assert len(found) == len(wanted)
    wrong = [(name, got, want) for name, got, want in zip(NAMED, found, wanted, strict=False) if got != want]
    assert not wrong, wrong[:5]


def rendered(artifact: Artifact) -> list[str]:
    return texts(artifact.render({}).messages)


def test_there_are_enough() -> None:
    assert len(set(SOURCES)) == len(SOURCES) >= 200


def test_overlay_values() -> None:
    check(rendered(values_world().artifact()))


@pytest.mark.parametrize("form", ["{{ '' ~ vars.NAME }}", "{% set x %}{{ vars.NAME }}{% endset %}{{ x }}", "{{ [vars.NAME] | join }}", "{{ vars.NAME | string }}", "{% if vars.NAME %}{{ vars.NAME }}{% endif %}", "{% for x in [vars.NAME] %}{{ x }}{% endfor %}", "{{ '%s' | format(vars.NAME) }}", "{% filter string %}{{ vars.NAME }}{% endfilter %}"])
def test_overlay_values_that_a_template_looks_at(form: str) -> None:
    check(rendered(values_world(form).artifact()))


def test_overlay_values_as_json() -> None:
    found = rendered(values_world("{{ vars.NAME | tojson }}").artifact())
    assert [json.loads(text[1:-1]) for text in found] == [text[1:-1] for text in WANTED]


def literal(text: str) -> str | None:
    """A YAML literal block of a text, where YAML has one for it."""
    if not text.strip("\n ") or text.startswith((" ", "\n", "\t")) or any(mark in text for mark in NEVER):
        return None
    lines = text.split("\n")
    ends = len(text) - len(text.rstrip("\n"))
    chomp = "-" if not ends else "+"
    body = lines[:-1] if ends else lines
    return f"|2{chomp}\n" + "\n".join(f"    {line}" if line else "" for line in body)


@pytest.mark.parametrize("write", [literal, json.dumps], ids=["literal blocks", "escaped to ASCII"])
def test_overlay_values_as_yaml_writes_them(write: Callable[[str], str | None]) -> None:
    lines = ["variables:"]
    for name, text in NAMED.items():
        written = write(escaped(text))
        # A literal block takes the rest of its lines: the map's own indentation is two.
        lines.append(f"  {name}: {written if written is not None else dumped(escaped(text))}")
    # json.dumps writes characters beyond U+FFFF as two escapes, which YAML doesn't join.
    tree = dict(values_world().tree)
    body = "\n".join(line for line in lines)
    if write is json.dumps:
        body = "\n".join(line if "\\ud" not in line else f"  {name}: {dumped(escaped(text))}" for line, (name, text) in zip(lines[1:], NAMED.items(), strict=True))
        body = "variables:\n" + body
    tree["tenants/t.yaml"] = (body + "\n").encode()
    check(rendered(compiled(tree)))


def test_overlay_values_in_generated_tenants() -> None:
    tree = {path: data for path, data in values_world().tree.items() if not path.startswith("tenants/")}
    tree["tenants/many.jsonl"] = (json.dumps({"id": "t", "variables": escaped(NAMED)}) + "\n").encode()
    check(rendered(compiled(tree)))


def test_overlay_blocks() -> None:
    actions = {name: ("replace", text) for name, text in NAMED.items()}
    world = World({PROMPT: each("{% block NAME %}base{% endblock %}")}, actions=actions)
    check(rendered(world.artifact()))


def test_overlay_blocks_that_append() -> None:
    actions = {name: ("append", text) for name, text in NAMED.items()}
    world = World({PROMPT: each("{% block NAME %}base{% endblock %}")}, actions=actions)
    check(rendered(world.artifact()), [f"[base\n{text[1:]}" for text in WANTED])


def test_references_bring_texts_in_unread() -> None:
    tree = dict(World({PROMPT: each("{{ vars.c_NAME }}")}, {prefix + name: TEXT for name in NAMED for prefix in ("", "c_")}).tree)
    values = {**escaped(NAMED), **{f"c_{name}": f"${{{name}}}" for name in NAMED}}
    tree["tenants/t.yaml"] = dumped({"variables": values}).encode()
    check(rendered(compiled(tree)))


def test_fragments() -> None:
    files = {f"fragments/{name}.j2": f"{{% raw %}}{text}{{%+ endraw %}}" for name, text in NAMED.items()}
    world = World({PROMPT: each('{% include "fragments/NAME.j2" %}'), **files})
    check(rendered(world.artifact()))


def test_constants() -> None:
    world = World({PROMPT: "\n".join(f'{{% message role="user" %}}[{{{{ {dumped(text)} }}}}]{{% endmessage %}}' for text in SOURCES)})
    check(rendered(world.artifact()))


@pytest.mark.parametrize("form", ["{{ input.NAME }}", "{% set x %}{{ input.NAME }}{% endset %}{{ x }}", "{{ input.NAME or 'x' }}", "{{ '' ~ input.NAME }}", "{{ [input.NAME] | join }}"])
def test_inputs(form: str) -> None:
    given = {f"t{number:03}": text for number, text in enumerate([*SOURCES, *INPUTS_ONLY])}
    if " or " in form:
        given = {name: text for name, text in given.items() if text}
    body = "\n".join(f'{{% message role="user" %}}[{form.replace("NAME", name)}]{{% endmessage %}}' for name in given)
    artifact = World({PROMPT: body}, inputs=dict.fromkeys(given, TEXT)).artifact()
    found = texts(artifact.render(given).messages)
    assert found == [f"[{text}]" for text in given.values()]


def test_inputs_in_a_loop() -> None:
    artifact = World({PROMPT: "{% for t in input.all %}[{{ t }}]{% endfor %}"}, inputs={"all": {"type": "array", "items": TEXT}}).artifact()
    given = [*SOURCES, *INPUTS_ONLY]
    assert texts(artifact.render({"all": given}).messages) == ["".join(f"[{text}]" for text in given)]


def test_inputs_as_json() -> None:
    artifact = World({PROMPT: "{{ input.all | tojson }}"}, inputs={"all": {"type": "array", "items": TEXT}}).artifact()
    given = [*SOURCES, *INPUTS_ONLY]
    assert json.loads(texts(artifact.render({"all": given}).messages)[0]) == given
