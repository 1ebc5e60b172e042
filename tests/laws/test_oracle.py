"""The oracle against texts written by hand: it judges the compiler, so it is held to the rules first."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2.exceptions import TemplateError

from tests.laws.oracle import Oracle, all_filled, canonical, number


def texts(templates: dict[str, str] | str, known: dict[str, Any] | None = None, inputs: dict[str, Any] | None = None, **more: Any) -> list[str]:
    if isinstance(templates, str):
        templates = {"p": templates}
    messages = Oracle(templates, "p").render({"vars": known or {}}, inputs or {}, **more)
    return ["".join(part.get("text", f"<{part['type']}>") for part in message["content"]) for message in messages]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (0.1, "0.1"), (1e21, "1e+21"), (1e-7, "1e-7"), (1e-6, "0.000001"), (-0.0, "0"), (123456789012345680000.0, "123456789012345680000"), (1.5e300, "1.5e+300"), (5e-324, "5e-324"), (1e16, "10000000000000000")],
)
def test_numbers_read_as_in_javascript(value: float, text: str) -> None:
    assert number(value) == text


def test_canonical_json() -> None:
    assert canonical({"b": [1, 1.0, True, None], "a": "<é\n\"\\"}) == '{"a":"<é\\n\\"\\\\","b":[1,1,true,null]}'


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("\n\na\n\n\n", "a"),
        ("{{ vars.x }}\n", "\n v\n"),
        ("\n{{ vars.x }}", "\n v\n"),
        ("\n{{ vars.empty }}\n\n", ""),
        ("{% if vars.t %}\n\na\n{% endif %}\n\n", "a"),
        ("{% for i in [1, 2] %}\n\n{{ i }}\n{% endfor %}\n", "1\n\n2"),
        ("{% set x %}\n\na\n\n{% endset %}\n\n{{ x }}\n\n", "\na\n\n"),
        ("{% filter upper %}\n\na\n\n{% endfilter %}\n", "\nA\n\n"),
        ("{% macro m() %}\na\n{% endmacro %}\n{{ m() }}\n", "a\n"),
        ("{% cache %}\n\na\n{% cache %}\n", "<cache>a<cache>"),
        ("{% block b %}\na\n{% endblock %}\nc", "a\nc"),
        ("{% block b %}a{% endblock %}\nc", "a\nc"),
        ("{% block b %}{{ vars.empty }}{% endblock %}\nc", "\nc"),
        ("{% block b %}{% endblock %}\nc", "c"),
        ("x{% block b %}a{% endblock %}\nc", "xac"),
        ("x\n  {% block b %}a{% endblock +%}\nc", "x\na\nc"),
        ("{{ true }} {{ 1.0 }} {{ 'a' ~ true ~ 2 }} {{ [1, false] | join('-') }} {{ 1 | string }}", "true 1 atrue2 1-false 1"),
        ("{% raw %}{% include \"x\" %}{% endraw %}", '{% include "x" %}'),
        ("{{ vars.x | trim | tojson }}", '"v"'),
        ("{{ vars.items }}{{ vars.items | upper }}", "kK"),
    ],
)
def test_whitespace_and_text(template: str, text: str) -> None:
    assert texts(template, {"x": "\n v\n", "t": True, "empty": "", "items": "k"}) == [text]


def test_a_loop_over_an_input_counts_as_text_even_without_turns() -> None:
    template = "\n{% for d in input.docs %}\n\n{{ d }}\n{% endfor %}\n\n"
    assert texts(template, {}, {"docs": []}) == [""]
    assert texts(template, {}, {"docs": ["a"]}) == ["\na\n"]


def test_an_if_over_an_input_is_exact() -> None:
    template = "a\n\n{% if input.x %}\nb\n\n{% endif %}\n"
    assert texts(template, {}, {"x": False}) == ["a"]
    assert texts(template, {}, {"x": True}) == ["a\n\nb"]


def test_includes_on_their_line_end_with_a_line_end() -> None:
    given = {"p": "a\n{% include 'f' %}\nb{% include 'f' %}\nc\n{% include 'e' %}\nd\n{% include 'n' %}\nz", "f": "F\n", "e": "", "n": "N\n\n"}
    assert texts(given) == ["a\nF\nbFc\nd\nN\nz"]


def test_messages_inheritance_and_overrides() -> None:
    given = {
        "p": "{% extends 'base' %}\n{% block task %}\n{{ super() }}\nmore\n{% endblock %}",
        "base": '{% message role="system" %}\nA {{ vars.n }}.\n{% block task %}\nFacts.\n{% endblock %}\n{% endmessage %}\n{% history %}\n{% message role="user" %}{{ input.m }}{% endmessage %}',
    }
    assert texts(given, {"n": 1}, {"m": "\n"}) == ["A 1.\nFacts.\n\nmore", "\n"]
    assert texts(given, {"n": 1}, {"m": "x"}, actions={"task": [("append", "Z"), ("append", "Y\n")]}) == ["A 1.\nFacts.\n\nmore\nZ\nY\n", "x"]
    assert texts(given, {"n": 1}, {"m": "x"}, actions={"task": [("replace", "{{ Z }}")]}) == ["A 1.\n{{ Z }}", "x"]


def test_examples_stand_where_the_tag_stands() -> None:
    template = '{% examples "e" max=1 %}\n{% message role="user" %}Q: {{ input.m }}{% endmessage %}'
    assert texts(template, {}, {"m": "now"}, examples={"e": [({"m": "then"}, {"b": 1, "a": 2}), ({"m": "x"}, "y")]}) == ["Q: then", '{"a":2,"b":1}', "Q: now"]


@pytest.mark.parametrize("template", ["{{ vars.none }}", "{{ vars.list }}", "{{ {} }}", "{{ [[]] | join }}", "{{ none ~ 1 }}", "{{ vars.missing }}", "{{ 'a'.upper() }}"])
def test_what_has_no_text_is_an_error(template: str) -> None:
    with pytest.raises(TemplateError):
        texts(template, {"none": None, "list": []})


def test_defaults_are_filled_at_every_level() -> None:
    schemas = {"c": {"type": "object", "properties": {"n": {"default": 1}, "l": {"items": {"properties": {"z": {"default": 0}}}}}, "default": {}}}
    assert all_filled(schemas, {}) == {"c": {"n": 1}}
    assert all_filled(schemas, {"c": {"l": [{}, {"z": 2}]}}) == {"c": {"n": 1, "l": [{"z": 0}, {"z": 2}]}}


def test_imports_are_evaluated_anew_and_see_the_variables() -> None:
    given = {"p": "{% import 'm' as m %}{{ m.say() }}{{ m.say() }}", "m": "{% set n = namespace(i=0) %}{% macro say() %}{% set n.i = n.i + 1 %}{{ vars.x }}{{ n.i }}{% endmacro %}"}
    oracle = Oracle(given, "p")
    assert [oracle.render({"vars": {"x": x}}, {})[0]["content"][0]["text"] for x in "ab"] == ["a1a2", "b1b2"]
