"""Forms: what plain Jinja over inputs becomes in an artifact, and where line ends go."""

from __future__ import annotations

import pytest

from tests.template.world import compiled, content, messages, prompt

INPUTS = """
inputs:
  name: {type: string}
  n: {type: integer}
  ok: {type: boolean}
  plan: {type: string, enum: [free, pro]}
  note: {type: [string, "null"], default: null}
  tags: {type: array, items: {type: string}}
  docs: {type: array, items: {type: object, properties: {title: {type: string}, text: {type: string}}, required: [title]}, default: []}
  box: {type: object, properties: {sub: {type: string}}}
  photo: {type: media}
"""
NAME = {"slot": ["input", "name"]}
TRUE = {"true": ["input", "name"]}


def when(condition: object, then: list[object], otherwise: list[object] | None = None) -> dict[str, object]:
    return {"when": condition, "then": then, **({"else": otherwise} if otherwise else {})}


FORMS: dict[str, list[object]] = {
    "{{ input.name }}": [NAME],
    "{{ input.name | trim }}": [{"slot": ["input", "name"], "as": "trim"}],
    "{{ input.name | xml }}": [{"slot": ["input", "name"], "as": "xml"}],
    "{{ input.docs | tojson }}": [{"slot": ["input", "docs"], "as": "tojson"}],
    "{{ input.docs | length }}": [{"slot": ["input", "docs"], "as": "length"}],
    "{{ input.tags | join(', ') }}": [{"slot": ["input", "tags"], "as": {"join": ", "}}],
    "{{ input.name or 'you' }}": [when(TRUE, [NAME], ["you"])],
    "{{ input.name and 'you' }}": [when(TRUE, ["you"], [NAME])],
    "{{ input.box.sub | default('none') }}": [{"slot": ["input", "box", "sub"], "default": "none"}],
    "{{ input.name | default('none') }}": [NAME],
    "{{ input.name | default('none', true) }}": [when(TRUE, [NAME], ["none"])],
    "{{ 'a' if input.ok else 'b' }}": [when({"true": ["input", "ok"]}, ["a"], ["b"])],
    "{{ input.n == 1 }}": [when({"is": [["input", "n"], "==", 1]}, ["true"], ["false"])],
    "{% if input.box.sub is defined %}x{% endif +%}": [when({"has": ["input", "box", "sub"]}, ["x"])],
    "{% if input.name is defined %}x{% endif +%}": ["x"],
    "{% if input.note is none %}x{% endif +%}": [when({"is": [["input", "note"], "==", None]}, ["x"])],
    "{% if not input.name %}x{% endif +%}": [when({"not": TRUE}, ["x"])],
    "{% if not (not input.name) %}x{% endif +%}": [when(TRUE, ["x"])],
    "{% if input.name and input.ok %}x{% endif +%}": [when({"and": [TRUE, {"true": ["input", "ok"]}]}, ["x"])],
    "{% if input.plan in ['free', 'pro'] %}x{% endif +%}": [
        when({"is": [["input", "plan"], "in", ["free", "pro"]]}, ["x"])
    ],
    "{% if 'a' in input.tags %}x{% endif +%}": [when({"contains": [["input", "tags"], "a"]}, ["x"])],
    "{% if 'a' not in input.name %}x{% endif +%}": [when({"not": {"contains": [["input", "name"], "a"]}}, ["x"])],
    "{% if 1 < input.n <= 5 %}x{% endif +%}": [
        when({"and": [{"is": [["input", "n"], ">", 1]}, {"is": [["input", "n"], "<=", 5]}]}, ["x"])
    ],
    "{% if input.tags | length > 2 %}x{% endif +%}": [when({"is": [{"length": ["input", "tags"]}, ">", 2]}, ["x"])],
    "{% if input.name %}a{% elif input.ok %}b{% else %}c{% endif +%}": [
        when(TRUE, ["a"], [when({"true": ["input", "ok"]}, ["b"], ["c"])])
    ],
    "{% if input.name %}same{% else %}same{% endif +%}": ["same"],
    "{% for t in input.tags %}{{ loop.index0 }}{{ t }}{% else %}none{% endfor +%}": [
        {"each": ["input", "tags"], "name": "i1", "do": [{"index0": "i1"}, {"slot": ["i1"]}], "else": ["none"]}
    ],
    "{% for d in input.docs %}{% if not loop.last %}{{ d.title }}, {% endif %}{% endfor +%}": [
        {
            "each": ["input", "docs"],
            "name": "i1",
            "do": [when({"not": {"last": "i1"}}, [{"slot": ["i1", "title"]}, ", "])],
        }
    ],
    "{% for d in input.docs %}{% for t in input.tags %}{{ d.title }}{{ t }}{% endfor %}{% endfor +%}": [
        {
            "each": ["input", "docs"],
            "name": "i1",
            "do": [{"each": ["input", "tags"], "name": "i2", "do": [{"slot": ["i1", "title"]}, {"slot": ["i2"]}]}],
        }
    ],
    "{% for t in input.tags or [] %}{{ t }}{% endfor +%}": [
        {"each": ["input", "tags"], "name": "i1", "do": [{"slot": ["i1"]}]}
    ],
    "{% set x = input.name %}{{ x }}": [NAME],
    "{% if input.ok %}{% set x = 'a' %}{% else %}{% set x = input.name %}{% endif %}{{ x }}": [
        when({"true": ["input", "ok"]}, ["a"], [NAME])
    ],
    "{% with x = input.name %}{{ x }}{% endwith +%}": [NAME],
    "{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(input.name) }}{{ m('k') }}": ["<", NAME, "><k>"],
    "{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}{{ input.name }}{% endcall +%}": ["<", NAME, ">"],
    "{{ 'a' ~ input.name ~ 1.0 ~ true }}": ["a", NAME, "1true"],
    "{{ ['a', input.name] | join('-') }}": ["a-", NAME],
    "{% media input.photo %}": [{"media": ["input", "photo"]}],
    "a{% cache ttl='1h' %}b": ["a", {"cache": {"ttl": "1h"}}, "b"],
    "{% for d in input.docs %}{% if loop.index > 1 %}, {% endif %}{{ d.title }}{% endfor +%}": [
        {
            "each": ["input", "docs"],
            "name": "i1",
            "do": [when({"is": [{"index": "i1"}, ">", 1]}, [", "]), {"slot": ["i1", "title"]}],
        }
    ],
}


@pytest.mark.parametrize("body", FORMS)
def test_a_form_over_an_input(body: str) -> None:
    assert content(body + "\n", INPUTS) == FORMS[body]


# Line ends: body -> content
LINES: dict[str, list[object]] = {
    "\n\na\n\n": ["a"],
    "{{ '\\n' }}a{{ '\\n' }}\n": ["\na\n"],
    "a\n{% if input.name %}\nb\n{% endif %}\n": ["a", when(TRUE, ["\nb"])],
    "{% if input.name %}\nb\n{% endif %}\nc\n": [when(TRUE, ["b\n"]), "c"],
    "{% if input.name %}\n\n\nb\n{% endif %}\n": [when(TRUE, ["b"])],
    "a\n{% for t in input.tags %}\n{{ t }}\n{% endfor %}\n": [
        "a\n",
        {"each": ["input", "tags"], "name": "i1", "do": [{"slot": ["i1"]}, "\n"]},
    ],
    "a\n{% cache %}\n": ["a", {"cache": {}}],
    '{% include "fragments/one.j2" %}\nb\n': ["one\nb"],
    '{% include "fragments/one.j2" %}b\n': ["oneb"],
    '{% include "fragments/none.j2" %}\nb\n': ["b"],
    '{% include "fragments/slot.j2" %}\nb\n': [NAME, "\nb"],
    '{% include "fragments/when.j2" %}\nb\n': [when(TRUE, ["x\n"]), "b"],
    "{% block a %}x{% endblock %}\nb\n": ["x\nb"],
    "{% block a %}{% endblock %}\nb\n": ["b"],
    "{% block a %}\nx\n{% endblock %}\nb\n": ["x\nb"],
    "1{% block a %}x{% endblock +%}\nb\n": ["1x\nb"],
    "  {% if true %}\n  a\n  {% endif %}\n": ["  a"],
}
FRAGMENTS = {
    "sources/fragments/one.j2": "one\n",
    "sources/fragments/none.j2": "{# nothing #}\n",
    "sources/fragments/slot.j2": "{{ input.name }}\n",
    "sources/fragments/when.j2": "{% if input.name %}x{% endif %}\n",
}


@pytest.mark.parametrize("body", LINES)
def test_line_ends(body: str) -> None:
    import json

    target, found = compiled({"sources/prompts/p.prompt.j2": prompt(body, INPUTS)} | FRAGMENTS)
    assert target.data is not None, found
    assert json.loads(target.data)["messages"][0]["content"] == LINES[body]


PRINTED = {
    "\n{{ 'x' ~ '' }}\n{{ 'y' ~ '' }}\n": ["x\ny"],
    "\n\na\n{{ '\\n' ~ '' }}\nb\n\n": ["a\n\n\nb"],
    "\n{{ '\\nx' ~ '' }}\n\nmid\n{{ 'y\\n' ~ '' }}\n": ["\nx\n\nmid\ny\n"],
    "{{ '' ~ '' }}\n": [],
    "\n{{ '' ~ '' }}\n{{ 'z' ~ '' }}\n\n": ["\nz"],
    "\n{% if input.name %}{{ 'x' ~ '' }}\n{% endif %}\n": [{"when": {"true": ["input", "name"]}, "then": ["x"]}],
}


@pytest.mark.parametrize("text", PRINTED)
def test_what_is_printed_is_joined_and_never_trimmed(text: str) -> None:
    (message,) = messages(f'{{% message role="user" %}}\n{text}{{% endmessage %}}', INPUTS)
    assert message["content"] == PRINTED[text]


def test_windows_line_ends_read_as_line_feeds() -> None:
    body = "a\n{% if true %}\nb\n{% endif %}\n"
    assert content(body.replace("\n", "\r\n")) == content(body) == ["a\nb"]


OVERRIDES = [
    ("append", "base", "more", ["base\nmore\nend"]),
    ("append", "", "more", ["more\nend"]),
    ("append", "{{ input.name }}", "more", [NAME, "\nmore\nend"]),
    ("append", "base", "more\n", ["base\nmore\nend"]),
    ("replace", "base", "new", ["new\nend"]),
    ("replace", "base", "", ["end"]),
    ("replace", "base", "{{ vars.x }}{% endblock %}", ["{{ vars.x }}{% endblock %}\nend"]),
    ("prepend", "base", "first", ["first\nbase\nend"]),
]


@pytest.mark.parametrize(("policy", "base", "given", "expected"), OVERRIDES)
def test_overrides_join_their_block(policy: str, base: str, given: str, expected: list[object]) -> None:
    body = "{% block a %}" + base + "{% endblock %}\nend\n"
    front = INPUTS + f"overridable: {{blocks: {{a: {policy}}}}}\n"
    import json

    tenant = f"prompts: {{p: {{blocks: {{a: {json.dumps(given)}}}}}}}\n"
    assert content(body, front, tenant=tenant) == expected


def test_a_block_of_a_fragment_and_of_a_parent_can_be_overridden() -> None:
    body = '{% extends "fragments/parent.j2" %}\n{% block b %}\n{{ super() }}child\n{% endblock %}\n'
    tenant = "prompts: {p: {blocks: {rubric: Mine., b: Yours.}}}\n"
    parent = '{% message role="system" %}\n{% block b %}\nbase\n{% endblock %}\n{% include "fragments/safety.j2" %}\n{% endmessage %}\n'
    safety = "Safe.\n{% block rubric %}{% endblock %}\n"
    front = "overridable: {blocks: {rubric: append, b: append}}\n"
    assert content(body, front, tenant=tenant, fragments__parent=parent, fragments__safety=safety) == [
        "base\nchild\nYours.\nSafe.\nMine."
    ]


def test_messages_history_examples_and_branches_on_inputs() -> None:
    body = """{% message role="system" %}
    S
    {% endmessage %}
    {% history %}
    {% if input.ok %}
    {% message role="developer" %}
    D
    {% endmessage %}
    {% endif %}
    {% message role="user" %}
    {{ input.name }}
    {% endmessage %}
    """
    assert messages(body.replace("    ", ""), INPUTS) == [
        {"role": "system", "content": ["S"]},
        {"history": True},
        {"when": {"true": ["input", "ok"]}, "then": [{"role": "developer", "content": ["D"]}]},
        {"role": "user", "content": [NAME]},
    ]


def test_holes_carry_text_filters_and_nfc_spans_them() -> None:
    variables = (
        "a: {type: string, default: ' e '}\nb: {type: string, default: '\u0301x'}\nn: {type: number, default: 1.50}\n"
    )
    assert content("{{ vars.a | trim | upper }}{{ vars.n }}e{{ vars.b }}\n", variables=variables) == ["E1.5éx"]


def test_a_locale_takes_the_stand_in() -> None:
    assert content(
        '{% include "fragments/x.j2" %}\n',
        tenant="locale: ko\n",
        fragments__x="hello\n",
        **{"fragments__x.ko": "안녕\n"},
    ) == ["안녕"]


def test_a_raw_tag_that_ends_a_line_of_text_is_told() -> None:
    _, found = compiled({"sources/prompts/p.prompt.j2": prompt("{% raw %}{{ a }}{% endraw %}\nb\n")})
    assert [(f.code, f.place.line) for f in found] == [("T015", 4)]
    body = "{% raw %}{{ a }}{% endraw +%}\n{% block a %}x{% endblock %}\ny\n"
    assert content(body) == ["{{ a }}\nx\ny"]


def test_a_stripping_tag_alone_on_its_line_swallows_no_text() -> None:
    body = "{% macro m() %}\nx\n{%- endmacro %}\n{{ m() }}\nb\n"
    target, found = compiled({"sources/prompts/p.prompt.j2": prompt(body)})
    assert target.data is not None
    assert found == ()


def test_what_follows_a_loop_settles_its_line_end() -> None:
    loop = "{% for t in input.tags %}{% if t == 'a' %}A{% else %}B\n{% endif %}{% endfor %}"
    found = content("{% block b %}" + loop + "tail{% endblock %}\nZ\n", INPUTS)
    assert found[-1] == "tail\nZ"
    _, findings = compiled({"sources/prompts/p.prompt.j2": prompt("{% block b %}" + loop + "{% endblock %}\nZ\n", INPUTS)})
    assert [f.code for f in findings] == ["T037"]
