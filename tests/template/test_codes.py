"""Codes of templates and linking: one small project each that gives the finding, at the place where it is wrong."""

from __future__ import annotations

import pytest

from tests.template.world import compiled, prompt

INPUTS = """
inputs:
  name: {type: string}
  n: {type: integer}
  tags: {type: array, items: {type: string}}
  docs: {type: array, items: {type: object, properties: {title: {type: string}}}}
  photo: {type: media}
"""
VARIABLES = {
    "sources/variables.yaml": "product: {type: string}\ntone: {type: string, enum: [warm, cold], default: warm}\n"
    "words: {type: array, items: {type: string}, default: [a]}\nlimits: {type: object, default: {turns: 3}}\n"
    "loose: {type: string, default: x}\n"
}
MESSAGE = '{% message role="user" %}\n'
END = "{% endmessage %}\n"

# code -> (body, the line of the template that the finding names)
BODIES: dict[str, tuple[str, int]] = {
    "B003": ("a\n{% for i in range(9000) %}{% for j in range(9000) %}x{% endfor %}{% endfor +%}\n", 2),
    "T001": ("a\n{% if vars.tone %}b\n", 2),
    "T002": ("{% for x in vars.words recursive %}\n{{ x }}\n{% endfor %}\n", 1),
    "T003": ("a\n{% set input = 1 %}\n", 2),
    "T004": ("a\n{{ vars.tone.__class__ }}\n", 2),
    "T005": ("a\n{{ vars.produkt }}\n", 2),
    "T006": ("{{ vars.words }}\n", 1),
    "T007": ('{% include "f" ~ vars.loose %}\n', 1),
    "T008": ("{{ vars.tone() }}\n", 1),
    "T009": ("{{ 2 ** 3 }}\n", 1),
    "T011": ('a\n{% include "fragments/none.j2" %}\n', 2),
    "T012": ("{{ " + "(" * 31 + "1" + ")" * 31 + " }}\n", 1),
    "T013": ("{{ vars.tone | uper }}\n", 1),
    "T014": ('{% extends "prompts/parent.j2" %}\nlost\n', 2),
    "T015": ("a {% if vars.tone %}b{% endif %}\nc\n", 1),
    "T021": ("{{ input.name | upper }}\n", 1),
    "T022": ("{% if input.name | trim %}x{% endif +%}\n", 1),
    "T023": ("{% set x %}{{ input.name }}{% endset %}\n{{ x | upper }}\n", 2),
    "T024": ("{% if input.name %}{% set x = [1] %}{% endif %}\n{{ x }}\n", 2),
    "T025": ("{% for a, b in input.docs %}{{ a }}{% endfor +%}\n", 1),
    "T026": ("{% set ns = namespace(n=0) %}\n{% for d in input.docs %}\n{% set ns.n = 1 %}\n{% endfor %}\n", 3),
    "T027": ("{{ input.docs }}\n", 1),
    "T028": ("{{ vars.limits[input.name] }}\n", 1),
    "T029": ('{% if input.n == "3" %}x{% endif +%}\n', 1),
    "T030": ("{% macro m() %}" + MESSAGE + "a\n" + END + "{% endmacro %}\n{{ m() }}\n", 1),
    "T031": ("{% if input.name == input.name %}x{% endif +%}\n", 1),
    "T032": ("lost\n" + MESSAGE + "a\n" + END, 1),
    "T033": ("a\n{% history %}\n", 2),
    "T034": (MESSAGE + MESSAGE + END + END, 2),
    "T035": (MESSAGE + "a\n" + END + "{% history %}\n{% history %}\n", 5),
    "T036": ('{% if vars.tone == "cold" %}\n' + MESSAGE + "a\n" + END + "{% endif %}\n", 0),
}


@pytest.mark.parametrize("code", BODIES)
def test_a_body_gives_its_code_at_its_line(code: str) -> None:
    body, line = BODIES[code]
    files = {
        "sources/prompts/p.prompt.j2": prompt(body, INPUTS),
        "sources/prompts/parent.j2": "{% block a %}x{% endblock %}\n",
    }
    _, found = compiled(files | VARIABLES)
    hits = [f for f in found if f.code == code]
    assert hits, [(f.code, f.message) for f in found]
    assert hits[0].place.file == "sources/prompts/p.prompt.j2"
    height = prompt("", INPUTS).count("\n")
    assert hits[0].place.line == (line + height if line else hits[0].place.line)
    assert hits[0].message[0].islower() or hits[0].message[0] in "`(" or hits[0].message[0].isdigit()
    assert hits[0].hint or code in ("B003", "T008"), hits[0]


BODIES["T038"] = ('{% examples "none" %}\n' + MESSAGE + END, 1)
BODIES["T037"] = ("{% block a %}{% for t in input.tags %}{% if t %}x{% else %}y\n{% endif %}{% endfor %}{% endblock %}\nz\n", 1)


def blocks(text: str, tenant: str, front: str = "") -> dict[str, str]:
    return {"sources/prompts/p.prompt.j2": prompt(text, front), "tenants/acme.yaml": tenant} | VARIABLES


OVERRIDABLE = "overridable: {blocks: {a: replace, b: replace}}\n"
REPLACE = "prompts: {p: {blocks: {a: new}}}\n"
BLOCKS: dict[str, dict[str, str]] = {
    "T010": {
        "sources/prompts/p.prompt.j2": prompt('{% include "fragments/x.j2" %}\n'),
        "sources/fragments/x.j2": '{% include "fragments/y.j2" %}\n',
        "sources/fragments/y.j2": '{% include "fragments/x.j2" %}\n',
    },
    "T016": blocks("{% block b %}old{% endblock %}\n", REPLACE, OVERRIDABLE),
    "T018": blocks(
        '{% block a %}1{% endblock %}\n{% include "fragments/x.j2" %}\n',
        REPLACE,
        "overridable: {blocks: {a: replace}}\n",
    )
    | {"sources/fragments/x.j2": "{% block a %}2{% endblock %}\n"},
    "T019": blocks(
        "{% block b %}1{% block a %}2{% endblock %}{% endblock %}\n",
        "prompts: {p: {blocks: {a: x, b: y}}}\n",
        OVERRIDABLE,
    ),
    "T020": blocks(
        'x\n{% if vars.tone == "cold" %}\n{% block a %}1{% endblock %}\n{% endif %}\n',
        REPLACE,
        "overridable: {blocks: {a: replace}}\n",
    ),
    "O120": blocks(
        "{% block a %}old{% endblock %}\n",
        "prompts: {p: {blocks: {a: {text: new, against: 0123456789abcdef}}}}\n",
        "overridable: {blocks: {a: replace}}\n",
    ),
    "O121": {
        "sources/prompts/p.prompt.j2": prompt('{% include "fragments/x.j2" %}\n'),
        "sources/fragments/x.j2": "Hello.\n",
        "sources/fragments/x.ko.j2": "---\nagainst: 0123456789abcdef\n---\n안녕하세요.\n",
    },
    "S040": {
        "sources/prompts/p.prompt.j2": prompt('{% message role="system" %}\nx\n{% endmessage %}\n{% examples "e" %}\n'),
        "sources/examples/e.yaml": "owner: shared\nexamples:\n  - {id: one, input: {}, output: x, from: synthetic}\n",
    },
    "S041": {
        "sources/prompts/p.prompt.j2": prompt(
            '{% examples "e" %}\n' + MESSAGE + "{{ input.name }}\n" + END, "inputs: {name: {type: string}}\n"
        ),
        "sources/examples/e.yaml": "owner: shared\nexamples:\n  - {id: one, input: {}, output: x, from: synthetic}\n",
    },
    "S042": {
        "sources/prompts/p.prompt.j2": prompt("x\n", "config: {top_p: 0.5}\n"),
        "sources/models.yaml": "main: {provider: anthropic, name: m, refuses: [top_p]}\n",
    },
}


@pytest.mark.parametrize("code", BLOCKS)
def test_a_project_gives_its_code(code: str) -> None:
    _, found = compiled(BLOCKS[code])
    hits = [f for f in found if f.code == code]
    assert hits, [(f.code, f.message) for f in found]
    assert hits[0].place.line > 0
    assert hits[0].hint


def test_a_template_that_fails_in_jinja_itself_is_a_finding() -> None:
    # T017 is the last resort: whatever Jinja raises that no rule above foresaw.
    body = "{% macro m(a) %}{{ a }}{% endmacro %}\n{% block x required %}{% endblock %}\n"
    _, found = compiled({"sources/prompts/p.prompt.j2": prompt(body)})
    assert [f.code for f in found] == ["T017"]


def test_a_finding_in_a_fragment_says_how_it_was_reached() -> None:
    files = {
        "sources/prompts/p.prompt.j2": prompt(
            'one\n{% include "fragments/a.j2" %}\n', "inputs: {name: {type: string}}\n"
        ),
        "sources/fragments/a.j2": '{% from "fragments/m.j2" import shout %}\n\n{{ shout(input.name) }}\n',
        "sources/fragments/m.j2": "{% macro shout(text) %}\n{{ text | upper }}\n{% endmacro %}\n",
    }
    _, (finding,) = compiled(files)
    assert (finding.code, str(finding.place)) == ("T021", "sources/fragments/m.j2:2")
    assert [str(place) for _, place in finding.trail] == ["sources/fragments/a.j2:3", "sources/prompts/p.prompt.j2:6"]


def test_an_unset_variable_says_what_is_set_near_it_and_what_to_do() -> None:
    files = {
        "sources/prompts/p.prompt.j2": prompt("{{ vars.product }}\n"),
        "sources/variables.yaml": "product: {type: string}\nproducts: {type: string, default: x}\n",
    }
    _, (finding,) = compiled(files)
    assert finding.message == "`vars.product` has no value for this tenant; set near it: `vars.products`"
    assert "default" in finding.hint
    assert "is defined" in finding.hint


def test_all_that_is_wrong_in_a_template_is_said_at_once() -> None:
    body = "{{ vars.produkt }}\n{{ 1 | uper }}\n{% set input = 1 %}\n{{ nme }}\n"
    _, found = compiled({"sources/prompts/p.prompt.j2": prompt(body)} | VARIABLES)
    assert [(f.code, f.place.line) for f in found] == [("T005", 4), ("T013", 5), ("T003", 6), ("T005", 7)]
