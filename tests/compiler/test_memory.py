"""Memory: a leaf goes through bytes and comes back the same, and damaged bytes are a miss and nothing worse."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from promptc.compiler.compile import Compiler
from promptc.compiler.keys import key_of_static, static_of
from promptc.compiler.leaf import decode_leaf, encode_leaf, is_sound, name_of, questions_of
from promptc.compiler.project import Settings
from promptc.compiler.roots import roots_of
from promptc.compiler.schema.load import load_project
from promptc.compiler.shape import Rendered
from promptc.compiler.template.events import Value
from promptc.compiler.trie import Nondeterministic
from tests.compiler.world import Memory, everyone, project_of, prompt
from tests.laws.projects import project as random_project

KEY = "sha256:" + "ab" * 32
INPUTS = {"q": {"type": "string"}, "n": {"type": "number"}, "l": {"type": "array", "items": {"type": "string"}}}
BODY = """\
{% message role="system" %}
You are {{ vars.a | upper }} of {{ vars.m.x }}{{ vars.n + 1 }}.
{% block b %}{{ vars.n }}{% endblock %}
{% if input.n > 1.0 and input.n in [1, 2.5, 3] or not input.q %}{{ vars.a ~ "é" }}{% else %}{{ input.q | default("x") }}{% endif %}
{% for i in input.l %}{{ loop.index }}{{ i | trim }}{% if not loop.last %},{% endif %}{% endfor %}
{% for k in vars.m %}{{ k }}{% endfor %}{{ vars.l | join(",") }}{% if vars.t %}T{% endif %}{{ vars.l | length }}
{% endmessage %}
{% examples "e" max=2 %}
{% message role="user" %}{{ input.q }}{% cache %}{% endmessage %}
"""
FILES: dict[str, str | bytes] = {
    "p": prompt(BODY, inputs=INPUTS, overridable={"blocks": {"b": "append"}}),
    "v": json.dumps({"a": {"type": "string"}, "n": {}, "m": {"type": "object"}, "l": {"type": "array"}, "t": {"type": "boolean", "default": True}}),
    "sources/examples/e.yaml": json.dumps({"owner": "shared", "examples": [{"id": "x", "input": {"q": "Q", "n": 1, "l": []}, "output": "o", "from": "synthetic"}]}),
    **{f"t{n}": json.dumps({"variables": given}) for n, given in enumerate([
        {"a": "A", "n": 1, "m": {"x": "X"}, "l": ["a"]}, {"a": "B", "n": 1.0, "m": {"x": "X"}, "l": ["a"]}, {"a": "C", "n": True, "m": {"x": "X", "y": 1}, "l": []},
        {"a": "D", "n": 1.5, "m": {"x": 2}, "l": ["é", "b"], "t": False}, {"a": "E", "n": -0.0, "m": {"y": 1, "x": "X"}, "l": ["a"]}, {"a": "F", "n": 0.0, "m": {"x": "X"}, "l": ["a"]},
        {"a": "G", "n": "text", "m": {"x": "X"}, "l": ["a"]}, {"a": "H", "n": 1, "m": {}, "l": ["a"]},
    ])},
}  # fmt: skip


def typed(value: Any) -> Any:
    """A value with the class of each of its parts, so that text that was printed is not mistaken for static text."""
    if isinstance(value, dict):
        return ["dict", *((key, typed(item)) for key, item in value.items())]
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(typed, value)]
    return (type(value).__name__, repr(value))


def renders(project: Any) -> list[Rendered]:
    compiler = Compiler(project)
    found = []
    for name in sorted(project.tenants):
        tenant, _ = compiler.resolver.tenant(name)
        for one in project.prompts.values() if tenant is not None else ():
            if not compiler.templates.closures[one.name].broken:
                choice = tenant.prompts[one.name]
                found.append(compiler.render(tenant, one, choice, roots_of(project, tenant, choice)))
    return found


def same_after_bytes(rendered: Rendered) -> None:
    data = encode_leaf(KEY, rendered)
    assert is_sound(KEY, data)
    read = decode_leaf(data)
    assert read.findings == rendered.findings
    assert (read.shape is None) == (rendered.shape is None)
    if rendered.shape is not None and read.shape is not None:
        assert typed(read.shape.messages) == typed(rendered.shape.messages)
        assert (read.shape.captured, read.shape.outside, read.shape.fallbacks) == (rendered.shape.captured, rendered.shape.outside, rendered.shape.fallbacks)
    assert list(read.reads.asked.items()) == list(rendered.reads.asked.items()) == questions_of(data)
    assert encode_leaf(KEY, read) == data


def test_a_leaf_comes_back_as_it_was() -> None:
    found = renders(project_of(FILES))
    assert len(found) == 8
    assert any(isinstance(part, Value) for rendered in found if rendered.shape for part in rendered.shape.messages[0]["content"])
    assert any(rendered.findings for rendered in found)
    for rendered in found:
        same_after_bytes(rendered)


def test_leaves_of_random_projects_come_back_as_they_were() -> None:
    for seed in range(900, 912):
        world, _ = random_project(seed)
        for rendered in renders(load_project(world.tree, Settings()).project):
            same_after_bytes(rendered)


def test_every_flipped_byte_is_damage() -> None:
    data = encode_leaf(KEY, renders(project_of(FILES))[0])
    for index in range(len(data)):
        for bit in (1, 128):
            broken = bytearray(data)
            broken[index] ^= bit
            assert not is_sound(KEY, bytes(broken))
    assert not is_sound("sha256:" + "cd" * 32, data)
    assert not is_sound(KEY, data[:-1])
    assert not is_sound(KEY, data + b" ")
    assert not is_sound(KEY, b"")


def remembered(project: Any) -> tuple[Memory, dict[Any, Any]]:
    memory = Memory()
    return memory, everyone(Compiler(project, memory=memory, toolchain="t"))


def again(project: Any, memory: Memory) -> tuple[dict[Any, Any], bool]:
    """All targets with a memory, and whether anything was rendered."""
    compiler = Compiler(project, memory=memory, toolchain="t")
    kept = len(memory.every())
    found = everyone(compiler)
    has_compiled = "environment" in vars(compiler.templates) and compiler.templates.environment.compiled != {}
    return found, has_compiled or len(memory.every()) > kept


def test_nothing_is_rendered_that_is_remembered() -> None:
    project = project_of(FILES)
    memory, expected = remembered(project)
    found, has_rendered = again(project, memory)
    assert found == expected
    assert not has_rendered
    assert set(memory.of_use) == {name_of(data) for data in memory.every()}


def test_a_memory_is_asked_once_for_a_key_and_only_when_something_is_missing() -> None:
    project = project_of(FILES)
    memory, _ = remembered(project)
    assert len(memory.loads) == 1
    compiler = Compiler(project, memory=memory, toolchain="t")
    assert len(memory.loads) == 1
    everyone(compiler)
    everyone(compiler)
    assert len(memory.loads) == 2


def test_damage_is_a_miss() -> None:
    project = project_of(FILES)
    memory, expected = remembered(project)
    (key,) = memory.leaves
    chosen = random.Random(0)
    for _ in range(30):
        leaves = dict(memory.leaves[key])
        for name in chosen.sample(sorted(leaves), chosen.randint(1, len(leaves))):
            data = bytearray(leaves[name])
            how = chosen.randrange(4)
            if how == 0:
                data[chosen.randrange(len(data))] ^= 1 << chosen.randrange(8)
            elif how == 1:
                del data[chosen.randrange(len(data)) :]
            elif how == 2:
                data[16:24] = bytes(chosen.randrange(256) for _ in range(8))
            else:
                data[chosen.randrange(24, 120)] = 0xFF
            leaves[name] = bytes(data)
        found, _ = again(project, Memory({key: leaves}))
        assert found == expected


def test_leaves_under_another_key_are_no_leaves() -> None:
    project = project_of(FILES)
    memory, expected = remembered(project)
    (key,) = memory.leaves
    tenant = project_of({**FILES, "p": str(FILES["p"]).replace("You are", "We are")})
    other = everyone(Compiler(tenant))
    assert other != expected
    static = static_of(Compiler(tenant).templates, tenant.prompts["p"], "", "t")
    found, has_rendered = again(tenant, Memory({key_of_static(static): memory.leaves[key]}))
    assert found == other
    assert has_rendered


def test_a_memory_without_the_toolchain_is_another() -> None:
    project = project_of(FILES)
    memory, _ = remembered(project)
    everyone(Compiler(project, memory=memory, toolchain="u"))
    assert len(memory.leaves) == 2


def test_two_leaves_that_disagree_are_a_bug_that_names_the_prompt() -> None:
    project = project_of(FILES)
    memory, _ = remembered(project)
    (key,) = memory.leaves
    first, second = (decode_leaf(data) for data in memory.every()[:2])
    for shape, asked in ((second.shape, first.reads.asked), (first.shape, {**dict(list(first.reads.asked.items())[:-1])})):
        forged = Rendered(shape, first.findings, type(first.reads)())
        forged.reads.asked.update(asked)
        data = encode_leaf(key, forged)
        with pytest.raises(Nondeterministic, match=r"`p` \(sources/prompts/p.prompt.j2\) is not deterministic"):
            again(project, Memory({key: {**memory.leaves[key], name_of(data): data}}))


@pytest.mark.parametrize("weak", [lambda data, start=0: (sum(data) + start) % 7, lambda data, start=0: start + 1], ids=["seven", "levels"])
def test_numbers_that_collide_only_cost_a_render(weak: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    from promptc.compiler import leaf

    monkeypatch.setattr(leaf, "crc32", weak)
    leaf._question.cache_clear()
    try:
        project = project_of(FILES)
        memory, expected = remembered(project)
        found, _ = again(project, memory)
    finally:
        leaf._question.cache_clear()
    assert found == expected == everyone(Compiler(project, sharing=False))
