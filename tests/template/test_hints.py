"""Hints of refusals: what they offer in backticks compiles when it is pasted in place of what was refused."""

from __future__ import annotations

import re

import pytest

from tests.template.world import compiled, prompt

INPUTS = """
inputs:
  name: {type: string}
  n: {type: integer}
  ok: {type: boolean}
  tags: {type: array, items: {type: string}}
  docs: {type: array, items: {type: object, properties: {title: {type: string}}, required: [title]}}
  photo: {type: media}
"""
REFUSED = {
    "{{ input.docs }}": ["T027"],
    "{{ input.tags }}": ["T027"],
    "{{ input.photo }}": ["T027"],
    "{{ input.photo | tojson }}": ["T027"],
    "{{ input.name | e }}": ["T021"],
    "{{ input.tags | first }}": ["T021"],
    "{{ input.tags | last }}": ["T021"],
    "{{ input.name | trim('x') }}": ["T021"],
    "{{ input.docs | tojson(2) }}": ["T021"],
    "{{ input.docs | join(', ') }}": ["T029"],
    "{{ input.name | join(', ') }}": ["T029"],
    "{{ input.docs | trim }}": ["T029"],
    "{% if input.name | trim %}x{% endif +%}": ["T022"],
    "{% if input.ok < 1 %}x{% endif +%}": ["T029"],
}
CODE = re.compile(r"`(\{[{%][^`]*[}%]\})`")


@pytest.mark.parametrize("body", REFUSED)
def test_a_hint_compiles_when_it_is_pasted(body: str) -> None:
    _, found = compiled({"sources/prompts/p.prompt.j2": prompt(body + "\n", INPUTS)})
    assert [f.code for f in found] == REFUSED[body]
    pasted = [code for code in CODE.findall(found[0].hint) if "…" not in code]
    for code in pasted:
        closing = "x{% endif +%}" if code.startswith("{% if") and "endif" not in code else ""
        target, again = compiled({"sources/prompts/p.prompt.j2": prompt(code + closing + "\n", INPUTS)})
        assert target.data is not None, (code, again)
    assert (
        pasted or body in ("{% if input.ok < 1 %}x{% endif +%}", "{{ input.photo | tojson }}") or "…" in found[0].hint
    )
