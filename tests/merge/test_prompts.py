"""What overlays say under `prompts:` and `models:`: layers all, tenants what a prompt opens."""

from __future__ import annotations

from typing import Any

import pytest

from promptc.compiler.project import Choice, Settings
from promptc.compiler.resolve import Resolver
from promptc.compiler.schema.load import load_project
from tests.merge.world import REPLY, files, project, refused, resolve, tenant


def choice(own: str, *layers: str, prompt: str = "reply") -> Choice:
    names = "abcdefgh"[: len(layers)]
    made = {name: f"prompts: {text}\n" for name, text in zip(names, layers, strict=True)}
    return tenant(f"extends: [{', '.join(made)}]\nprompts: {own}\n", made).prompts[prompt]


def actions(made: Choice, block: str) -> list[tuple[str, str]]:
    return [(action.kind, action.text) for action in made.blocks.get(block, ())]


def test_a_tenant_that_says_nothing_gets_the_prompt_as_it_is() -> None:
    made = tenant("labels: {a: b}\n").prompts["reply"]
    assert made == Choice(True, "main", {"temperature": 0.2, "max_tokens": 800}, ("lookup",), {})


@pytest.mark.parametrize(
    ("own", "layers", "field", "expected"),
    [
        ("{reply: {enabled: false}}", [], "enabled", False),
        ("{reply: {enabled: true}}", ["{reply: {enabled: false}}"], "enabled", True),
        ('{"*": {enabled: false}}', [], "enabled", False),
        ('{"*": {enabled: false}, reply: {enabled: true}}', [], "enabled", True),
        ("{reply: {enabled: true}, '*': {enabled: false}}", [], "enabled", True),
        ("{reply: {enabled: !unset }}", ["{reply: {enabled: false}}"], "enabled", True),
        ("{}", ["{reply: {model: other}}"], "model", "other"),
        ("{}", ["{reply: {model: other}}", "{reply: {model: !unset }}"], "model", "main"),
        ("{}", ['{"*": {model: other}}'], "model", "other"),
        ("{reply: {config: {temperature: 1}}}", [], "config", {"temperature": 1, "max_tokens": 800}),
        ("{}", ["{reply: {config: {max_tokens: 5}}}"], "config", {"temperature": 0.2, "max_tokens": 5}),
        ("{}", ["{reply: {config: !replace {seed: 5}}}"], "config", {"seed": 5}),
        ("{}", ["{reply: {config: !remove [max_tokens]}}"], "config", {"temperature": 0.2}),
        (
            "{reply: {config: {temperature: !unset }}}",
            ["{reply: {config: {temperature: 1}}}"],
            "config",
            {"temperature": 0.2, "max_tokens": 800},
        ),
        ("{reply: {tools: !append [refund]}}", [], "tools", ("lookup", "refund")),
        ("{reply: {tools: !prepend [refund]}}", [], "tools", ("refund", "lookup")),
        ("{reply: {tools: [refund]}}", [], "tools", ("refund",)),
        ("{reply: {tools: []}}", [], "tools", ()),
        ("{reply: {tools: !remove [lookup]}}", [], "tools", ()),
        ("{reply: {tools: !append [refund]}}", ["{reply: {tools: !append [refund]}}"], "tools", ("lookup", "refund")),
        ("{reply: {tools: !append [lookup]}}", ["{reply: {tools: !remove [lookup]}}"], "tools", ("lookup",)),
        ("{reply: {tools: !unset }}", ["{reply: {tools: [refund]}}"], "tools", ("lookup",)),
        ('{"*": {tools: !append [refund]}}', [], "tools", ("lookup", "refund")),
        ("{reply: {config: !remove [temperature]}}", [], "config", {"max_tokens": 800}),
    ],
)
def test_sections(own: str, layers: list[str], field: str, expected: Any) -> None:
    assert getattr(choice(own, *layers), field) == expected


def test_blocks_keep_every_action_in_chain_order() -> None:
    made = choice(
        "{reply: {blocks: {rubric: three, greeting: G}}}",
        "{reply: {blocks: {rubric: one, sealed: S}}}",
        "{reply: {blocks: {rubric: !prepend zero}}}",
        "{reply: {blocks: {rubric: !replace two}}}",
    )
    assert actions(made, "rubric") == [("append", "one"), ("prepend", "zero"), ("replace", "two"), ("append", "three")]
    assert actions(made, "greeting") == [("replace", "G")]
    assert actions(made, "sealed") == [("replace", "S")]


def test_unset_of_a_block_drops_what_the_chain_did_before() -> None:
    made = choice("{reply: {blocks: {rubric: !unset }}}", "{reply: {blocks: {rubric: one}}}")
    assert actions(made, "rubric") == []


def test_every_comes_before_the_name_and_is_marked() -> None:
    made = choice('{reply: {blocks: {rubric: named}}, "*": {blocks: {rubric: every}}}')
    assert actions(made, "rubric") == [("append", "every"), ("append", "named")]
    assert [action.every for action in made.blocks["rubric"]] == [True, False]


def test_every_from_a_tenant_reaches_the_prompts_that_open_it() -> None:
    made = tenant('prompts: {"*": {blocks: {rubric: x}, config: {temperature: 1}}}\n').prompts
    assert actions(made["reply"], "rubric") == [("append", "x")]
    assert made["closed"].blocks == {}
    assert made["closed"].config == {}
    assert made["reply"].config["temperature"] == 1


def test_every_is_no_complaint_where_it_does_nothing() -> None:
    assert choice('{"*": {tools: !remove [lookup]}}', "{reply: {tools: [refund]}}").tools == ("refund",)


def test_block_text_is_text() -> None:
    made = choice("{reply: {blocks: {rubric: no, greeting: 010}}}")
    assert (actions(made, "rubric"), actions(made, "greeting")) == ([("append", "no")], [("replace", "010")])


def test_an_empty_replacement_empties() -> None:
    assert actions(choice('{reply: {blocks: {rubric: !replace ""}}}'), "rubric") == [("replace", "")]


def test_a_file_beside_the_overlay() -> None:
    more = {"tenants/rubric.md": "From a file, ${tone}.\n"}
    loaded = load_project(
        {
            **files({"acme": "prompts: {reply: {blocks: {rubric: !file rubric.md }}}\n"}),
            **{path: text.encode() for path, text in more.items()},
        },
        Settings(),
    )
    made, found = Resolver(loaded.project).tenant("acme")
    assert found == ()
    assert made is not None
    assert actions(made.prompts["reply"], "rubric") == [("append", "From a file, neutral.\n")]


def test_models_are_put_in_place_of_others_in_one_step() -> None:
    layers = {"a": "models: {main: other}\n", "b": "models: {other: third}\n"}
    assert tenant("extends: [a]\n", layers).prompts["reply"].model == "other"
    assert tenant("extends: [a, b]\n", layers).prompts["reply"].model == "other"
    layers["c"] = "models: {main: !unset }\n"
    assert tenant("extends: [a, b, c]\n", layers).prompts["reply"].model == "main"
    layers["d"] = "prompts: {reply: {model: other}}\n"
    assert tenant("extends: [a, b, d]\n", layers).prompts["reply"].model == "third"


@pytest.mark.parametrize(
    ("own", "code", "words", "hint"),
    [
        ("{rply: {enabled: false}}", "O102", "unknown prompt `rply`", "did you mean `reply`?"),
        ("{reply: {enabled: 1}}", "O002", "must be a boolean", ""),
        ("{reply: {enabled: !append [x]}}", "O003", "", ""),
        ("{reply: {model: other}}", "O046", "isn't a tenant's to choose", "in a layer"),
        ("{reply: {config: {temprature: 1}}}", "O105", "unknown config key", "did you mean `temperature`?"),
        ("{reply: {config: {temperature: hot}}}", "O002", "must be a number", ""),
        ("{reply: {config: {temperature: 3}}}", "O002", "at most 2", ""),
        ("{reply: {config: {max_tokens: 3}}}", "O043", "config key `max_tokens`", "in a layer"),
        ("{reply: {config: !replace {temperature: 1}}}", "O043", "the whole config", ""),
        ("{reply: {config: [a]}}", "O002", "must be a map", ""),
        ("{reply: {tools: !append [lokup]}}", "O107", "unknown tool `lokup`", "did you mean `lookup`?"),
        ("{reply: {tools: !append [strange]}}", "O045", "add the tool `strange`", "`refund`"),
        ("{reply: {tools: [lookup, strange]}}", "O045", "add the tool `strange`", "`refund`"),
        ("{reply: {tools: lookup}}", "O002", "must be a list", ""),
        ("{closed: {tools: !append [refund]}}", "O044", "aren't open to tenants", "in a layer"),
        ("{reply: {blocks: {sealed: x}}}", "O042", "block `sealed`", "in a layer"),
        ("{reply: {blocks: {rubrik: x}}}", "O042", "block `rubrik`", "did you mean `rubric`?"),
        ("{reply: {blocks: {rubric: !remove x}}}", "O003", "", ""),
        ("{reply: {blocks: {rubric: {text: x, against: xyz}}}}", "O002", "16 hex digits", "rebase"),
        ("{reply: {blocks: {rubric: !unset }}}", "O004", "nothing to act on", ""),
        ('{"*": {blocks: {rubrik: x}}}', "O103", "no prompt opens this block", "did you mean `rubric`?"),
        ('{"*": {model: other}}', "O049", "no prompt takes", ""),
        ('{"*": {config: {max_tokens: 1}}}', "O049", "no prompt takes", ""),
        ("{reply: {variants: [a]}}", "O048", "must be a map", ""),
        ("{reply: {variants: {only: [a]}}}", "O048", "stands alone", ""),
        ("{reply: {variants: {a: 10}}}", "X052", "no variant `a`", ""),
    ],
)
def test_what_a_tenant_is_refused(own: str, code: str, words: str, hint: str) -> None:
    found = next(f for f in resolve(f"prompts:\n  {own}\n")[1] if f.code == code)
    assert words in found.message
    assert hint in found.hint
    assert (found.place.file, found.place.line) == ("tenants/acme.yaml", 2)


@pytest.mark.parametrize(
    ("own", "code", "hint"),
    [
        ("prompts: {reply: {model: mian}}", "O106", "did you mean `main`?"),
        ("models: {mian: main}", "O106", "did you mean `main`?"),
        ("models: {main: othr}", "O106", "did you mean `other`?"),
        ("prompts: {closed: {tools: !append [refund]}}", "O045", ""),
        ("prompts: {reply: {tools: !append [strange]}}", "O045", ""),
        ('prompts: {"*": {blocks: {sealde: x}}}', "O103", "did you mean `sealed`?"),
        ("prompts: {reply: {config: !remove [temprature]}}", "O105", "did you mean `temperature`?"),
    ],
)
def test_what_a_layer_is_refused(own: str, code: str, hint: str) -> None:
    found = refused("extends: [a]\n", {"a": own + "\n"})
    assert found.code == code
    assert hint in found.hint


def test_models_are_for_layers() -> None:
    assert refused("models: {main: other}\n").code == "O047"


def test_config_keys_may_be_opened_in_part() -> None:
    prompt = REPLY.replace("[temperature]", "[native.openai]")
    sources = {"sources/prompts/reply.prompt.j2": prompt}
    own = "prompts: {reply: {config: {native: {openai: {x: 1}}}}}\n"
    assert tenant(own, sources=sources).prompts["reply"].config["native"] == {"openai": {"x": 1}}
    other = "prompts: {reply: {config: {native: {anthropic: {x: 1}}}}}\n"
    assert refused(other, sources=sources).code == "O043"


def test_a_prompt_that_is_broken_itself_is_not_also_unknown() -> None:
    tree = files({"acme": "prompts: {reply: {enabled: false}}\n"})
    tree["sources/prompts/reply.prompt.j2"] = b"---\nmodel: nowhere\n---\nx\n"
    made, found = Resolver(load_project(tree, Settings()).project).tenant("acme")
    assert found == ()
    assert made is not None


def test_layers_touch_all_and_tenants_share_what_they_dont_touch() -> None:
    resolver = Resolver(
        project({"one": "extends: [a]\n", "two": "extends: [a]\n"}, {"a": "prompts: {closed: {enabled: false}}\n"})
    )
    one, two = resolver.tenant("one")[0], resolver.tenant("two")[0]
    assert one is not None
    assert two is not None
    assert one.prompts is two.prompts
    assert not one.prompts["closed"].enabled
