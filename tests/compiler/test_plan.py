"""Plans: each way in which a tenant's text could decide more than itself, beside what a compiler without plans gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from promptc.compiler import plan as plans
from promptc.compiler.compile import Compiler
from tests.compiler.world import agrees, planned, project_of, prompt, text_of

TEXT = {"type": "string"}
VARIABLES = json.dumps({name: {**TEXT, "default": "d"} for name in ("a", "b", "c")})
Q = {"q": {"type": "string"}, "on": {"type": "boolean"}, "l": {"type": "array", "items": {"type": "string"}}}


def tenants(*values: dict[str, Any], **more: Any) -> dict[str, str]:
    """A tenant for each set of values, and two plain ones before them, so that there is a plan."""
    plain = [{"a": "A", "b": "B", "c": "C"}, {"a": "X", "b": "Y", "c": "Z"}]
    return {f"t{number}": json.dumps({"variables": given, **more}) for number, given in enumerate([*plain, *values])}


def files(body: str, *values: dict[str, Any], **front: Any) -> dict[str, str]:
    return {"p": prompt(body, inputs=Q, **front), "v": VARIABLES, **tenants(*values)}


def test_a_printed_value_is_filled_in() -> None:
    project = project_of(files("<{{ vars.a }}|{{ vars.b | upper }}|{{ vars.c | trim }}>", {"a": 'say "x"\\\n', "b": "ß", "c": " é "}))
    found = agrees(project)
    assert text_of(found["t2"]) == ['<say "x"\\\n|SS|é>']
    assert planned(project, "t0")
    assert planned(project, "t2")


@pytest.mark.parametrize("body", ["e{{ vars.a }}", "{{ vars.a }}\u0301x", "{{ vars.a }}{{ vars.b }}", "가{{ vars.a }}", "{{ vars.a }}\u11a8", "é{{ vars.a }}ü{{ vars.b }}", "{% if input.on %}e{{ vars.a }}{% else %}{{ vars.a }}{% endif %}", "{% for i in input.l %}{{ i }}e{{ vars.a }}{% endfor %}", "{{ vars.a }}{{ input.q }}\u0301"])  # fmt: skip
def test_text_that_changes_when_it_is_joined(body: str) -> None:
    values = [{"a": value, "b": other} for value in ("\u0301", "e", "가", "\u11a8", "", "\u0327\u0301", "x") for other in ("\u0301", "b", "")]
    agrees(project_of(files(body, *values)))


def test_a_value_that_composes_is_left_to_the_general_linker() -> None:
    project = project_of(files("e{{ vars.a }}.", {"a": "\u0301"}, {"a": "é"}))
    found = agrees(project)
    assert text_of(found["t2"]) == ["é."]
    assert not planned(project, "t2")
    assert planned(project, "t3")


@pytest.mark.parametrize("body", ["{{ vars.a }}", "{{ vars.a }}{{ vars.b }}", "{{ vars.a }}{{ input.q }}{{ vars.b }}", "{% if input.on %}{{ vars.a }}{% else %}x{% endif %}", "{% if input.on %}x{% else %}{{ vars.a }}{% endif %}", "{% if input.on %}{{ vars.a }}{% endif %}{% if input.on %}{{ vars.b }}{% endif %}", "{% if input.on %}{{ vars.a }}{% else %}y{% endif %}{% if input.on %}x{% endif %}", "{% for i in input.l %}{{ vars.a }}{% endfor %}", "{% for i in input.l %}{{ i }}{% else %}{{ vars.a }}{% endfor %}", "x{{ vars.a | trim }}", "{{ vars.a | trim }}"])  # fmt: skip
def test_empty_values(body: str) -> None:
    project = project_of(files(body, *({"a": a, "b": b} for a in ("", " ", "x", "\n") for b in ("", "y"))))
    agrees(project)
    assert planned(project, "t1")


@pytest.mark.parametrize("body", ["{% if input.on %}{{ vars.a }}{% else %}{{ vars.b }}{% endif %}", "{% if input.on %}{{ vars.a }}{% else %}x{% endif %}", "{% if input.on %}<{{ vars.a }}>{% else %}<{{ vars.b }}>{% endif %}", "{% if input.on %}{{ vars.a }}{{ vars.b }}{% else %}{{ vars.b }}{{ vars.a }}{% endif %}", "{% if input.on %}{{ vars.a }}{{ input.q }}{% else %}{{ vars.b }}{{ input.q }}{% endif %}", "{% if input.on %}{% if input.q %}{{ vars.a }}{% endif %}{% else %}{% if input.q %}{{ vars.b }}{% endif %}{% endif %}"])  # fmt: skip
def test_branches_that_become_the_same(body: str) -> None:
    values = [{"a": a, "b": b} for a in ("x", "y", "xy", "") for b in ("x", "y", "")]
    found = agrees(project_of(files(body, *values)))
    assert len({compiled.data for compiled in found.values()}) > 4


@pytest.mark.parametrize("body", ["{% if input.on %}Dear {{ vars.a }}{% else %}Hello {{ vars.a }}{% endif %}", "{% if input.on %}{{ vars.a }}!{% else %}{{ vars.a }}?{% endif %}", "{% if input.on %}{{ vars.a }}{% else %}{{ vars.a }}{% endif %}", "{% if input.on %}{{ vars.a }}{{ input.q }}{% else %}{{ vars.b }}{% endif %}", "{% if input.on %}only {{ vars.a }}{% endif %}"])  # fmt: skip
def test_branches_that_can_never_be_the_same_are_planned(body: str) -> None:
    project = project_of(files(body, {"a": "x"}, {"a": ""}, {"a": "Dear"}))
    agrees(project)
    assert planned(project, "t2")


def test_values_of_another_kind() -> None:
    declared = json.dumps({"a": {"type": ["string", "integer", "number", "boolean", "null"]}})
    given = [{"a": value} for value in (1, 1.0, 1.5, True, False, "1", 1e21, -0.0, None)]
    agrees(project_of({"p": prompt("<{{ vars.a }}>{{ vars.a }}"), "v": declared, **{f"t{n}": json.dumps({"variables": value}) for n, value in enumerate(given)}}))


def test_more_characters_than_a_prompt_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    from promptc.compiler import link

    for module in (link, plans):
        monkeypatch.setattr(module, "TEXT_CHARACTERS_MAX", 2_000)
    # A base that is replaced is counted all the same, and so is what a branch dissolved.
    body = "{% block b %}{{ vars.a }}{{ vars.b }}{% endblock %}{{ vars.a }}{% if input.on %}{{ vars.b }}{% else %}{{ vars.b }}{% endif %}"
    for over in ({}, {"prompts": {"p": {"blocks": {"b": {"text": "short"}}}}}):
        values = [{"a": "x" * size, "b": "é" * other} for size in (10, 980, 999, 1_000, 1_001) for other in (0, 1, 5, 10)]
        text = prompt(body, inputs=Q, overridable={"blocks": {"b": "replace"}})
        found = agrees(project_of({"p": text, "v": VARIABLES, **tenants(*values, **over)}))
        outcomes = {compiled.data is None for compiled in found.values()}
        assert outcomes == {True, False}


def test_holes_in_the_users_message_are_in_examples_too() -> None:
    body = '{% message role="system" %}S{{ vars.b }}{% endmessage %}{% examples "e" %}{% message role="user" %}{{ vars.a }}{{ input.q }}{% if input.on %}{{ vars.a }}{% endif %}{% endmessage %}'
    given = {"on": True, "l": []}
    shown = [{"id": f"e{n}", "input": {**given, "q": q}, "output": {"z": 1, "a": q}, "from": "synthetic"} for n, q in enumerate(("", "\u0301", "two"))]
    own = [{"id": "own", "input": {**given, "q": "mine"}, "output": "o", "from": "synthetic"}]
    project = project_of(
        {
            **files(body, {"a": ""}, {"a": "e"}, {"a": "é"}, {"a": "x" * 50}),
            "sources/examples/e.yaml": json.dumps({"owner": "shared", "examples": shown}),
            "sources/examples/mine.yaml": json.dumps({"owner": "t1", "set": "e", "examples": own}),
        }
    )
    found = agrees(project)
    assert b"mine" in (found["t1"].data or b"")
    assert not [tenant for tenant, compiled in found.items() if tenant != "t1" and b"mine" in (compiled.data or b"")]
    assert planned(project, "t5")


def test_an_example_that_cant_be_shown_is_said_of_every_tenant() -> None:
    body = '{% message role="system" %}{{ vars.a }}{% endmessage %}{% examples "e" %}{% message role="user" %}{{ input.q }}{% endmessage %}'
    shown = [{"id": "e", "input": {"unknown": 1}, "output": "o", "from": "synthetic"}]
    project = project_of({**files(body), "sources/examples/e.yaml": json.dumps({"owner": "shared", "examples": shown})})
    assert all("S041" in {finding.code for finding in compiled.findings} for compiled in agrees(project).values())


def test_variables_in_tools_and_in_the_output_schema() -> None:
    declared = json.dumps({"a": {**TEXT, "default": "d"}, "c": {"type": "array", "items": {}}, "m": {"type": "object"}})
    schema = {"type": "object", "properties": {"z": {"enum": {"$vars": "c"}}, "a": {"default": {"$vars": "m.in"}}}}
    values: list[dict[str, Any]] = [
        {"c": ["x", "y"], "m": {"in": {"z": 1, "a": 2}}}, {"c": [], "m": {"in": "text"}}, {"c": [1, 1.5, None, True], "m": {"in": None}},
        {"a": "é", "c": ["é\u0301\""], "m": {"in": [["deep"]]}}, {"c": ["x"]}, {"m": {"in": 1}}, {"c": ["x", "y"], "m": {"in": {"a": 2, "z": 1}}},
    ]  # fmt: skip
    project = project_of(
        {
            "p": prompt("{{ vars.a }}", tools=["t"], output={"schema": "schemas/o.json"}), "v": declared,
            "sources/tools/t.yaml": json.dumps({"description": "T", "input": schema}), "sources/schemas/o.json": json.dumps(schema),
            **{f"t{n}": json.dumps({"variables": given}) for n, given in enumerate(values)},
        }
    )  # fmt: skip
    found = agrees(project)
    assert {tenant for tenant, compiled in found.items() if compiled.data is None} == {"t4", "t5"}
    assert {finding.code for finding in found["t4"].findings} == {"T005"}
    # The author's order is kept, and hashed.
    assert found["t0"].digest != found["t6"].digest
    assert planned(project, "t3")


BLOCKS = "Top.\n{% block g %}\nHello {{ vars.a }}.\n{% endblock %}\n{% if input.on %}{{ input.q }}{% endif %}\n{% block r %}{{ vars.b }}{% endblock %}{{ vars.c }}"
OVER = {"blocks": {"g": "replace", "r": "append"}}


@pytest.mark.parametrize("kind", ["", "!append ", "!prepend ", "!replace "])
def test_texts_of_overlays_are_put_in_place(kind: str) -> None:
    texts = ["", "x", "x\n", "\n", "\n\n", "${a}", "${c}\n", "e", "\u0301", "\u0301\n", "{{ no }}", 'q"\\', "가"]
    over = {f"t{n}": f"variables: {{a: A{n}, b: {json.dumps(text)}, c: e}}\nprompts: {{p: {{blocks: {{g: {kind}{json.dumps(text)}, r: {kind}{json.dumps(text)}}}}}}}\n" for n, text in enumerate([*texts, *texts])}
    project = project_of({"p": prompt(BLOCKS, inputs=Q, overridable=OVER), "v": VARIABLES, **over})
    agrees(project)
    assert planned(project, "t1")
    assert planned(project, "t5")  # filled from a variable: each tenant has a choice of its own


def test_what_overlays_do_to_a_block_is_never_mixed() -> None:
    kinds = ["", "!append ", "!prepend ", "!replace "]
    over = {f"t{n}": f"variables: {{a: A{n}}}\nprompts: {{p: {{blocks: {{{block}: {kind}text}}}}}}\n" for n, (kind, block) in enumerate([(kind, block) for kind in kinds for block in "gr"] * 2)}
    found = agrees(project_of({"p": prompt(BLOCKS, inputs=Q, overridable=OVER), "v": VARIABLES, **over}))
    assert len({compiled.data for compiled in found.values()}) > 10


def test_tools_are_frozen_in_plans_and_never_mixed() -> None:
    tools = {f"sources/tools/{name}.yaml": json.dumps({"description": name, "input": {"type": "object"}}) for name in ("one", "two")}
    over = {f"t{n}": f"variables: {{a: A{n}}}\n" + ("prompts: {p: {tools: !append [two]}}\n" if n % 2 else "") for n in range(8)}
    text = prompt("{{ vars.a }}", tools=["one"], optional_tools=["two"], overridable={"tools": True})
    found = agrees(project_of({"p": text, "v": VARIABLES, **tools, **over}))
    assert [b'"two"' in (found[f"t{n}"].data or b"") for n in range(8)] == [False, True] * 4


def test_a_stale_replacement_of_a_layer_is_said_of_each_tenant() -> None:
    layer = f"prompts: {{p: {{blocks: {{g: {{text: x, against: '{'0' * 16}'}}}}}}}}\n"
    over = {f"t{n}": f"extends: [l]\nvariables: {{a: A{n}}}\n" for n in range(6)}
    found = agrees(project_of({"p": prompt(BLOCKS, inputs=Q, overridable=OVER), "v": VARIABLES, "tenants/layers/l.yaml": layer, **over}))
    assert all([finding.code for finding in compiled.findings] == ["O120"] for compiled in found.values())


def test_what_is_wrong_with_blocks_is_said_at_each_tenants_place() -> None:
    over = {
        "first": "variables: {a: off}\nprompts: {'*': {blocks: {g: G}}}\n",  # no mistake, and planned before the others
        "here": "variables: {a: on}\nprompts: {p: {blocks: {g: G}}}\n", "not": "variables: {a: off}\nprompts: {p: {blocks: {g: G}}}\n",
        "not2": "title: Two\nvariables: {a: off}\nprompts: {p: {blocks: {g: H}}}\n", "unknown": "variables: {a: off}\nprompts: {'*': {blocks: {g: G}}}\n", "zzz": "variables: {a: off}\nprompts: {p: {blocks: {g: Z}}}\n",
    }  # fmt: skip
    body = "{{ vars.b }}{% if vars.a == 'on' %}{% block g %}g{% endblock %}{% endif %}"
    found = agrees(project_of({"p": prompt(body, overridable={"blocks": {"g": "replace"}}), "v": VARIABLES, **over}))
    assert [finding.code for finding in found["not"].findings] == ["T020"]
    assert found["not"].findings[0].place.file != found["not2"].findings[0].place.file
    assert not found["here"].findings
    assert not found["unknown"].findings
    assert not found["first"].findings
    assert [finding.code for finding in found["zzz"].findings] == ["T020"]


def test_a_stale_replacement_is_said_to_its_owner() -> None:
    over = {f"t{n}": f"labels: {{owner: team-{n}}}\nvariables: {{a: A{n}}}\nprompts: {{p: {{blocks: {{g: {{text: 'x{n}', against: '{'0' * 16}'}}}}}}}}\n" for n in range(4)}
    found = agrees(project_of({"p": prompt(BLOCKS, inputs=Q, overridable=OVER), "v": VARIABLES, **over}))
    for number in range(4):
        (stale,) = found[f"t{number}"].findings
        assert stale.code == "O120"
        assert f"team-{number}" in stale.message


def test_models_and_configs_are_frozen_in_plans_and_never_mixed() -> None:
    over = {
        "tenants/layers/o.yaml": "models: {main: other}\n",
        "t0": "variables: {a: x}\n", "t1": "variables: {a: y}\n", "t2": "extends: [o]\n", "t3": "extends: [o]\nvariables: {a: z}\n",
        "t4": "prompts: {p: {config: {temperature: 1}}}\n", "t5": "prompts: {p: {config: {temperature: 1.0}}}\n", "t6": "prompts: {p: {config: {temperature: 0.5}}}\n",
    }  # fmt: skip
    text = prompt("{{ model.name }} {{ vars.a }}", config={"temperature": 0.2}, overridable={"config": ["temperature"]})
    found = agrees(project_of({"p": text, "v": VARIABLES, **over}))
    assert [finding.code for finding in found["t3"].findings] == ["S042"]
    assert len({compiled.digest for compiled in found.values()}) == 7 - (found["t4"].digest == found["t5"].digest)


def test_the_order_of_a_native_config_is_never_mixed() -> None:
    orders = ["{z: 1, a: 2}", "{a: 2, z: 1}"]
    over = {f"t{n}": f"variables: {{a: A{n}}}\nprompts: {{p: {{config: {{native: {{anthropic: {orders[n % 2]}}}}}}}}}\n" for n in range(8)}
    found = agrees(project_of({"p": prompt("{{ vars.a }}", overridable={"config": ["native"]}), "v": VARIABLES, **over}))
    assert [b'"z":1,"a":2' in (found[f"t{n}"].data or b"") for n in range(8)] == [True, False] * 4


def test_what_a_text_ends_with_decides_line_ends_as_ever() -> None:
    body = '{% include "fragments/f.j2" %}\nafter {{ vars.b }}\n{% block r %}{{ vars.c }}{% endblock %}\n'
    text = prompt(body, overridable={"blocks": {"r": "append"}})
    over = {f"u{n}": json.dumps({"variables": {"a": value, "c": value}, "prompts": {"p": {"blocks": {"r": value or "x"}}}}) for n, value in enumerate(["", "x", "x\n", "\n", "é"])}
    for fragment in ("{{ vars.a }}", "x{{ vars.a }}\n", "{% if input.on %}{{ vars.a }}{% endif %}", "{% for i in input.l %}{{ vars.a }}\n{% endfor %}"):
        agrees(project_of({"p": text.replace('"main"}', f'"main", "inputs": {json.dumps(Q)}}}'), "v": VARIABLES, "sources/fragments/f.j2": fragment, **tenants({"a": "", "c": ""}, {"a": "x\n"}), **over}))


def test_plans_that_are_many_are_forgotten() -> None:
    from promptc.compiler import sharing

    most = sharing.PLANS_MAX
    over = {f"t{n:03}": json.dumps({"variables": {"a": f"A{n}"}, "prompts": {"p": {"config": {"temperature": n / 1000}}}}) for n in range(most + 10)}
    text = prompt("{{ vars.a }}", overridable={"config": ["temperature"]})
    project = project_of({"p": text, "v": VARIABLES, **over})
    agrees(project)
    compiler = Compiler(project)
    for _ in range(2):
        for tenant in over:
            compiler.compile(tenant, "p")
    (desk,) = compiler._desks.values()
    (leaf,) = desk.branch("").trie
    assert len(leaf.value.plans) == len(leaf.value.fitted) == most
