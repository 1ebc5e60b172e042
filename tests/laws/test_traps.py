"""The 38 traps on which prototypes of this compiler fell, each a test.

Those about traces and caches are stated on results: a tenant after another gives what it gives alone.
"""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from promptc.core.findings import Finding
from tests.laws.projects import INPUTS
from tests.laws.tenants import check_tenants, compiler_of, variables
from tests.laws.world import PROMPT, Refused, World, one, texts

TEXT = {"type": "string"}
REQUIRED = {"name": "N", "n": 3, "ok": True, "cust": {"level": 1}}
RUNS: list[dict[str, Any]] = [
    {**REQUIRED, "tags": ["a", "b"], "maybe": "M", "docs": [{"title": "T", "text": "x", "rank": 2, "parts": ["p", "q"]}, {"title": "U", "text": "", "rank": 0, "parts": []}]},
    {"name": "", "n": 0, "ok": False, "cust": {"level": 0, "nick": "k"}},
    {"name": "de", "n": 5, "ok": False, "cust": {"level": 0, "vip": True}, "lang": "de", "tags": [""]},
]  # fmt: skip
KNOWN = {"p": "Acme", "l": ["b", "a"], "t": True, "k": 3}


def over(body: str, files: dict[str, str] | None = None, **more: Any) -> World:
    """A world with the shared inputs and a few variables."""
    named = {PROMPT if name == "P" else f"fragments/{name}.j2": text for name, text in {"P": body, **(files or {})}.items()}
    given = {"variables": {"p": TEXT, "l": {"type": "array", "items": TEXT}, "t": {"type": "boolean"}, "k": {"type": "integer"}, "unset": TEXT}, "values": KNOWN, "inputs": INPUTS}
    return World(named, **{**given, **more})


def agrees(body: str, files: dict[str, str] | None = None, **more: Any) -> list[list[str]]:
    """The world compiles and reads as plain Jinja2 for all runs; the texts."""
    world = over(body, files, **more)
    artifact = world.artifact()
    found = [texts(artifact.render(inputs).messages) for inputs in RUNS]
    assert found == [texts(world.expected(inputs)) for inputs in RUNS]
    return found


def refused(body: str, files: dict[str, str] | None = None, **more: Any) -> tuple[Finding, ...]:
    """The world is refused; its findings, each with a place and a hint."""
    with pytest.raises(Refused) as caught:
        over(body, files, **more).artifact()
    found = tuple(finding for finding in caught.value.findings if finding.is_error)
    assert found
    assert all(finding.place.file and finding.code for finding in found)
    return found


def codes(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.code for finding in findings}


@pytest.mark.parametrize("expression", ["(vars.l + [1]) | join", "(vars.l * 2) | join", "vars.l < ['b']", "vars.l | last", "vars.l | reverse | join", "vars.l | tojson", "vars.m | last", "vars.m | tojson", "vars.l[0] ~ vars.l[1]", "'%s' | format(vars.l | join)", "vars.m | list | join"])
def test_trap_01_containers_are_read_wholly(expression: str) -> None:
    world = one(f"{{{{ {expression} }}}}", variables=variables("l", "m"))
    a, b, c = check_tenants(world, {"l": ["a", "b"], "m": {"x": 1, "y": 2}}, {"l": ["c", "d"], "m": {"x": 1, "z": 3}}, {"l": ["a", "c"], "m": {"y": 2, "x": 1}})
    assert not {x for x in (str(a), str(b), str(c)) if x.startswith("refused")}


@pytest.mark.parametrize("body", ["{% if vars.x == 1 %}one{% else %}other{% endif %}{{ vars.x | tojson }}", "{{ vars.x | tojson }}", "{% if vars.x is string %}s{% elif vars.x is boolean %}b{% elif vars.x is integer %}i{% else %}f{% endif %}", "{{ [vars.x] | tojson }}", "{{ vars.x }}"])
def test_trap_02_one_true_and_text_are_different_answers(body: str) -> None:
    found = check_tenants(one(body, variables=variables("x")), {"x": 1}, {"x": True}, {"x": "1"}, {"x": "true"}, {"x": 1.5}, {"x": 1})
    assert found[0] == found[-1]


def test_trap_03_names_of_methods_are_keys_and_underscores_are_not() -> None:
    world = one("{{ vars.items }}{{ vars.keys }}{{ vars.m.items }}{{ vars.m.get }}", variables=variables("items", "keys", "m"))
    assert check_tenants(world, {"items": "I", "keys": "K", "m": {"items": "i", "get": "g"}}) == [["IKig"]]
    for body in ("{{ vars._v }}", "{{ vars['_v'] }}", "{{ vars.l | map(attribute='_v') | join }}", "{{ vars.l | map(attribute='__class__') | join }}", "{{ vars.l | sum(attribute='_v') }}", "{{ vars.l | sort(attribute='_v') | join }}", "{{ vars.l.__class__ }}", "{{ vars.p['__class__'] }}"):
        refused(body)


@pytest.mark.parametrize("body", ["{% for k in vars.m %}{{ k }}{% endfor %}", "{% for k, v in vars.m | items %}{{ k }}{{ v }}{% endfor %}", "{{ vars.m | list | join }}", "{{ vars.m | first }}", "{{ vars.m | tojson }}"])
def test_trap_04_the_order_of_keys_is_an_answer(body: str) -> None:
    check_tenants(one(body, variables=variables("m")), {"m": {"a": 1, "b": 2}}, {"m": {"b": 2, "a": 1}})


@pytest.mark.parametrize("body", ["{{ vars.l[-1] }}", "{{ vars.l[1] | default('none') }}", "{{ vars.l | length }}", "{% for x in vars.l %}{{ x }}{{ loop.length }}{% endfor %}", "{{ vars.l[5] | default('none') }}", "{% if vars.l[1] is defined %}two{% endif %}", "{{ vars.l | last }}"])
def test_trap_05_a_list_grows_by_one(body: str) -> None:
    found = check_tenants(one(body, variables=variables("l")), {"l": ["a"]}, {"l": ["a", "b"]}, {"l": ["a", "b", "c"]})
    assert not str(found[0]).startswith("refused")


@pytest.mark.parametrize("body", ["{% if vars.x is defined %}{{ vars.x }}{% else %}none{% endif %}", "{{ vars.x | default('none') }}", "{% if vars.x is undefined %}none{% endif %}", "{{ vars.m.x | default('none') }}", "{% if 'x' in vars.m %}{{ vars.m.x }}{% endif %}"])
def test_trap_06_missing_for_one_set_for_the_next(body: str) -> None:
    world = one(body, variables=variables("x", m={"type": "object", "properties": {"x": TEXT}}))
    found = check_tenants(world, {"m": {}}, {"x": "X", "m": {"x": "Y"}}, {"m": {}})
    assert found[0] == found[2] != found[1]


@pytest.mark.parametrize("body", ["{{ vars.x | tojson }}", "{{ vars.x | length }}", "{% for i in vars.x %}{{ i }}{% endfor %}", "{{ vars.x }}", "{{ vars.x.a | default('no') }}", "{{ vars.x[0] | default('no') }}", "{% if 'a' in vars.x %}yes{% endif %}"])
def test_trap_07_a_map_becomes_a_list_becomes_text(body: str) -> None:
    check_tenants(one(body, variables=variables("x")), {"x": {"a": "b"}}, {"x": ["a", "b"]}, {"x": "ab"}, {"x": 3}, {"x": None})


@pytest.mark.parametrize("expression", ["vars.l | last", "vars.l | reverse | join", "(vars.l + vars.l) | join", "vars.l < [2]", "vars.l == [1, 2]", "1 in vars.l", "vars.l[1:] | join", "vars.l | sum(start=10)", "([vars.l, [9]] | sum(start=[])) | join", "(vars.r | groupby('n'))[0][1] | length", "vars.r | groupby('n') | map('first') | join"])
def test_trap_08_every_way_to_look_at_a_whole(expression: str) -> None:
    world = one(f"{{% set a, b = vars.pair %}}{{{{ a }}}}{{{{ b }}}}{{{{ {expression} }}}}", variables=variables("l", "r", "pair"))
    a, b = check_tenants(world, {"l": [1, 2], "r": [{"n": 1}, {"n": 2}], "pair": ["x", "y"]}, {"l": [2, 1, 3], "r": [{"n": 2}, {"n": 2}], "pair": ["y", "x"]})
    assert a != b
    assert not str(a).startswith("refused")


def test_trap_09_a_counter_in_an_imported_module_starts_anew() -> None:
    files = {PROMPT: '{% import "fragments/m.j2" as m %}{{ m.next() }}{{ m.next() }}{{ vars.p }}', "fragments/m.j2": "{% set ns = namespace(n=0) %}{% macro next() %}{% set ns.n = ns.n + 1 %}{{ ns.n }}{{ vars.p }}{% endmacro %}"}
    assert check_tenants(World(files, {"p": TEXT}), {"p": "A"}, {"p": "B"}, {"p": "A"}) == [["1A2AA"], ["1B2BB"], ["1A2AA"]]


@pytest.mark.parametrize("call", ['{% import "fragments/m.j2" as m %}{{ m.say() }}{{ m.top }}', '{% import "fragments/m.j2" as m with context %}{{ m.say() }}{{ m.top }}', '{% from "fragments/m.j2" import say, top without context %}{{ say() }}{{ top }}', '{% include "fragments/i.j2" without context %}', '{% include "fragments/i.j2" %}'])
def test_trap_10_imports_see_this_tenants_variables(call: str) -> None:
    files = {PROMPT: call, "fragments/m.j2": "{% set top = vars.p %}{% macro say() %}{{ vars.p }}{{ input.q }}{% endmacro %}", "fragments/i.j2": "{{ vars.p }}{{ input.q }}{{ vars.p }}"}
    world = World(files, {"p": TEXT}, inputs={"q": TEXT})
    assert check_tenants(world, {"p": "A"}, {"p": "B"}, inputs={"q": "?"}) == [["A?A"], ["B?B"]]


@pytest.mark.parametrize("body", ["{% set c %}<{{ vars.p }}>{% endset %}" + use for use in ("{{ c | upper }}", "{% if c == '<a>' %}yes{% else %}no{% endif %}", "{% if c %}yes{% endif %}", "{{ c | length }}", "{% if 'a' in c %}yes{% else %}no{% endif %}", "{{ c ~ c }}", "{{ c[1] }}", "{{ {'k': c} | tojson }}", "{{ c | replace('<', '') }}")])
def test_trap_11_captured_text_with_a_hole_is_looked_at(body: str) -> None:
    found = check_tenants(one(body, variables=variables("p")), {"p": "a"}, {"p": "bb"}, {"p": "a"})
    assert found[0] == found[2]
    assert not any(isinstance(texts, str) for texts in found)


@pytest.mark.parametrize("body", ["{% macro m() %}{{ vars.p }}{% endmacro %}{{ m() }}", "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{{ vars.p }}{% endcall %}", "{% set c %}{{ vars.p }}{% endset %}{{ c }}", "{% filter upper %}{{ vars.p }}{% endfilter %}", "{% filter replace('a', 'x') %}{{ vars.p | trim }}{% endfilter %}", '{% extends "fragments/b.j2" %}{% block a %}{{ super() }}{{ vars.p }}{% endblock %}', '{% extends "fragments/b.j2" %}{% block a %}{{ super() | upper }}{% endblock %}'])
def test_trap_12_holes_in_all_that_captures(body: str) -> None:
    world = World({PROMPT: body, "fragments/b.j2": "{% block a %}{{ vars.p }}{% endblock %}"}, variables("p"))
    a, b = check_tenants(world, {"p": "aé "}, {"p": "\nb"})
    assert a != b


@pytest.mark.parametrize("value", [[], ["a"], {}, {"a": 1}, None])
@pytest.mark.parametrize("body", ["{{ vars.x }}", "{{ vars.x | trim }}", "{{ vars.x ~ '' }}", "{{ [vars.x] | join }}", "{% set c %}{{ vars.x }}{% endset %}{{ c }}"])
def test_trap_13_what_has_no_text_is_refused(body: str, value: Any) -> None:
    good, bad, missing = check_tenants(one(body, variables=variables("x")), {"x": "X"}, {"x": value}, {})
    assert good == ["X"]
    assert str(bad).startswith("refused")
    assert str(missing).startswith("refused")


def test_trap_14_a_condition_on_something_missing() -> None:
    world = one("{% if vars.a.b %}yes{% else %}no{% endif %}", variables=variables(a={"type": "object", "properties": {"b": TEXT}}))
    given, empty, unset = check_tenants(world, {"a": {"b": "x"}}, {"a": {"b": ""}}, {})
    assert (given, empty) == (["yes"], ["no"])
    assert str(unset).startswith("refused")


@pytest.mark.parametrize("expression", ["input.n | int", "input.n | float", "input.name | int(3)", "input.n | round", "input.n | abs", "input.name | list | length", "input.docs | map(attribute='title') | join", "input.name | upper | default('x')", "[input.n] | sum", "input.tags | first", "input.tags | sort | join", "[input.n, 2] | max", "{'a': input.n} | dictsort | length", "input.name | e"])
def test_trap_15_no_filter_swallows_a_refusal(expression: str) -> None:
    assert codes(refused(f"{{{{ {expression} }}}}"))


TESTS = ["boolean", "callable", "defined", "divisibleby(2)", "eq(3)", "escaped", "even", "false", "filter", "float", "ge(2)", "gt(2)", "in([3])", "integer", "iterable", "le(2)", "lower", "lt(2)", "mapping", "ne(3)", "none", "number", "odd", "sameas(3)", "sequence", "string", "test", "true", "undefined", "upper"]


@pytest.mark.parametrize("path", ["input.n", "input.name", "input.maybe", "input.docs", "input.cust", "input.ok", "input.cust.nick"])
@pytest.mark.parametrize("name", TESTS)
def test_trap_16_tests_of_an_input_are_right_or_refused(name: str, path: str) -> None:
    world = over(f"{{% if {path} is {name} %}}yes{{% else %}}no{{% endif %}}")
    try:
        artifact = world.artifact()
    except Refused:
        return
    for inputs in RUNS:
        try:
            expected = texts(world.expected(inputs))
        except Exception:  # noqa: BLE001, S112 - plain Jinja2 refuses these inputs
            continue
        assert texts(artifact.render(inputs).messages) == expected


@pytest.mark.parametrize("body", ["{{ input.name | tojson or 1 }}", "{% if input.name | tojson == '\"\"' %}x{% endif %}", "{% if input.name | trim %}x{% endif %}", "{{ (input.name | xml) and 'x' }}", "{{ 'x' if input.name | tojson else 'y' }}", "{% if input.tags | join %}x{% endif %}", "{{ input.name | trim | length }}", "{% if 'a' in (input.name | trim) %}x{% endif %}", "{{ not (input.name | tojson) }}", "{{ (input.name | tojson) | default('x', true) }}"])
def test_trap_17_a_formatted_input_is_text_and_nothing_else(body: str) -> None:
    refused(body)


@pytest.mark.parametrize(
    "body",
    [
        "{% set x = 'z' %}{% if input.ok %}{% set x = 'a' %}{% endif %}{{ x }}",
        "{% if input.ok %}{% set x = 'a' %}{% else %}{% set x = 'b' %}{% endif %}{{ x }}",
        "{% set x = 1 %}{% if input.ok %}{% if input.name %}{% set x = 2 %}{% endif %}{% else %}{% set x = input.name %}{% endif %}{{ x }}",
        "{% if input.ok %}{% set x = vars.p %}{% elif input.name %}{% set x = vars.l[0] %}{% else %}{% set x = input.lang %}{% endif %}{{ x }}{{ x }}",
        "{% set x = 'o' %}{% for t in vars.l %}{% if input.ok %}{% set x = t %}{% endif %}{{ x }}{% endfor %}{{ x }}",
        "{% set x = 'o' %}{% for t in input.tags %}{% set x = t %}{{ x }}{% endfor %}{{ x }}",
        "{% set x = 'o' %}{% if input.ok %}{% block b %}{% set x = 'i' %}{{ x }}{% endblock %}{% endif %}{{ x }}",
        "{% if input.ok %}{% macro m() %}M{% endmacro %}{{ m() }}{% endif %}",
        '{% if input.ok %}{% import "fragments/m.j2" as m %}{{ m.say() }}{% endif %}',
        "{% set x = 'a' %}{% if input.ok %}{% set x %}captured {{ input.name }}{% endset %}{% endif %}{{ x }}",
        "{% set x = input.name %}{% if input.ok %}{% set x = x ~ '!' %}{% endif %}{{ x }}",
        "{% set x, y = 1, 2 %}{% if input.ok %}{% set x, y = y, x %}{% endif %}{{ x }}{{ y }}",
        "{% with x = 'w' %}{% if input.ok %}{% set x = 'i' %}{% endif %}{{ x }}{% endwith %}",
    ],
)
def test_trap_18_names_set_in_branches(body: str) -> None:
    agrees(body, {"m": "{% macro say() %}{{ input.name }}{% endmacro %}"})


@pytest.mark.parametrize("body", ["{% if input.ok %}{% set x = 'a' %}{% endif %}{{ x }}", "{% set x = [1] %}{% if input.ok %}{% set x = {'a': 1} %}{% endif %}{% for i in x %}{{ i }}{% endfor %}", "{% if input.ok %}{% macro m() %}M{% endmacro %}{% endif %}{{ m() }}", "{% for t in input.tags %}{% set x = t %}{% endfor %}{{ x }}"])
def test_trap_18_names_that_cannot_be_merged_are_refused_at_their_use(body: str) -> None:
    refused(body)


NAMESPACE = "{% set ns = namespace(n=0) %}"


@pytest.mark.parametrize("body", ["{% if input.ok %}{% set ns.n = 1 %}{% endif %}{{ ns.n }}", "{% for t in input.tags %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}", "{% macro m() %}{% set ns.n = 5 %}{% endmacro %}{% if input.ok %}{{ m() }}{% endif %}{{ ns.n }}", "{% macro m() %}{% set ns.n = ns.n + 1 %}{% endmacro %}{% for t in input.tags %}{{ m() }}{% endfor %}{{ ns.n }}", "{% if input.ok %}{% for i in vars.l %}{% set ns.n = i %}{% endfor %}{% endif %}{{ ns.n }}", "{{ (ns.n if input.ok else 1) }}{% for t in input.tags %}{{ ns.n }}{% set ns.n = 7 %}{% endfor %}"])
def test_trap_19_a_namespace_written_under_an_input_is_not_read_after(body: str) -> None:
    refused(NAMESPACE + body)


def test_trap_19_a_namespace_of_the_branch_is_its_own() -> None:
    agrees("{% if input.ok %}{% set ns = namespace(n=0) %}{% for i in vars.l %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}{% endif %}")


@pytest.mark.parametrize("body", ["{% for d in input.docs %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{% endfor %}", "{% for d in input.docs %}{% for d in d.parts %}{{ loop.index }}{{ d }}{% endfor %}{{ d.title }}{{ loop.index }}{% endfor %}", "{% for x in input.tags %}{% for x in input.tags %}{{ x }}{% if loop.first %}f{% endif %}{% endfor %}{% if loop.last %}l{% endif %}{% endfor %}", "{% for d in input.docs %}{% set o = loop %}{% for p in d.parts %}{{ o.index }}{{ loop.index }}{% if o.first and loop.last %}!{% endif %}{% endfor %}{% endfor %}", "{% for i in vars.l %}{% set o = loop %}{% for t in input.tags %}{{ o.index }}{{ loop.index }}{{ o.last }}{% endfor %}{% endfor %}", "{% for t in input.tags %}{% for i in vars.l %}{{ loop.index }}{{ t }}{% endfor %}{{ loop.index }}{% endfor %}", "{% for d in input.docs %}{% if not loop.first %}, {% endif %}{{ d.title }}{% endfor %}", "{% macro m(l) %}{{ l.index }}{{ l.last }}{% endmacro %}{% for t in input.tags %}{{ m(loop) }}{% endfor %}"])
def test_trap_20_loops_over_inputs(body: str) -> None:
    agrees(body)


def test_trap_21_else_of_a_loop_over_an_input() -> None:
    assert agrees("{% for d in input.docs %}{{ d.title }}{% else %}none{{ input.name }}{% endfor %}")[1] == ["none"]
    agrees("{% for d in input.docs %}{% for p in d.parts %}{{ p }}{% else %}empty{{ d.title }}{{ loop.index }}{% endfor %}{% else %}none{% endfor %}")
    refused("{% for d in input.docs if d.rank > 1 %}{{ d.title }}{% endfor %}")
    refused("{% for d in vars.l if input.ok %}{{ d }}{% endfor %}")


@pytest.mark.parametrize("expression", ["input.name or 'b'", "input.name and 'b'", "input.ok and input.name or 'z'", "1 < input.n < 5", "not (input.ok or input.name)", "not (input.ok and input.n > 1)", "input.n > 2", "(input.n > 2) == true", "input.ok or input.n", "input.n and input.name", "vars.t and input.ok", "'' or input.name", "input.ok or false", "input.name or input.lang or 1", "(input.name or input.lang) | xml"])
def test_trap_22_conditions_chained_and_printed(expression: str) -> None:
    world = over(f"{{{{ {expression} }}}}{{% if {expression} %}}yes{{% else %}}no{{% endif %}}")
    try:
        artifact = world.artifact()
    except Refused as stopped:
        assert {"T022", "T021"} & stopped.codes, stopped  # noqa: PT017
        return
    for inputs in RUNS:
        assert texts(artifact.render(inputs).messages) == texts(world.expected(inputs))


@pytest.mark.parametrize("expression", ["[vars.p, input.name] | join(', ')", "[input.n, vars.t, 'x'] | join", "'a' ~ input.n ~ vars.t ~ input.ok", "input.cust.nick | default('x')", "input.name | default('x')", "vars.unset | default(input.name)", "vars.unset | default(input.cust.nick) | default('z')", "input.maybe or input.lang", "(vars.p, input.name) | join", "[] | first | default(input.name)"])
def test_trap_23_values_and_inputs_side_by_side(expression: str) -> None:
    agrees(f"<{{{{ {expression} }}}}>")


def test_trap_23_default_with_true_asks_for_the_truth() -> None:
    body = "{{ input.name | default('x', true) }}{{ input.maybe | default('y', true) }}"
    try:
        agrees(body)
    except Refused as stopped:
        assert stopped.codes == {"T021"}  # noqa: PT017


def test_trap_24_one_macro_for_values_and_inputs() -> None:
    macro = "{% macro m(x, y='d') %}[{{ x }}{% if x %}!{% endif %}{% if x == 'Acme' %}A{% endif %}{{ y or 'e' }}]{% endmacro %}"
    agrees(macro + "{{ m(vars.p) }}{{ m(input.name) }}{{ m('', input.name) }}{{ m(input.name, vars.p) }}{{ m(y=input.lang, x=vars.p) }}")
    agrees("{% macro m(xs) %}{% for x in xs %}{{ loop.index }}{{ x }}{% else %}-{% endfor %}{% endmacro %}{{ m(vars.l) }}{{ m(input.tags) }}{{ m([]) }}{{ m([input.name]) }}")


@pytest.mark.parametrize("body", ["{% macro m(x) %}{% if x %}{{ m(x) }}{% endif %}{% endmacro %}{{ m(input.name) }}", "{% macro m(n) %}{{ m(n - 1) }}{{ m(n - 1) }}{% endmacro %}{{ m(30) }}", "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(38) }}", "{% set ns = namespace(s='xxxxxxxxxx') %}{% for i in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}", "{% set ns = namespace(s='xxxxxxxxxx') %}{% for i in range(40) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}", "{% macro d() %}{{ caller() }}{{ caller() }}{% endmacro %}" + "{% call d() %}" * 28 + "x" + "{% endcall %}" * 28])
def test_trap_25_recursion_fan_out_and_doubling_end(body: str) -> None:
    refused(body)


@pytest.mark.parametrize("body", ["{{ 'x' * 100000000 }}", "{{ ('a' | center(100000000)) | length }}", "{% if false %}{{ 'x' * 1000000000 }}{% endif %}{{ 'y' * 1000000000 }}", "{% if ('a' * 1000000000) | length > 1 %}x{% endif %}", "{{ range(1000000000) | sum }}", "{{ '%1000000000d' | format(1) }}", "{% set x = 'ab' * 500000000 %}"])
def test_trap_26_constants_cost_as_values_do(body: str) -> None:
    refused(body)


def test_trap_27_limits_hold_on_both_sides() -> None:
    def elifs(count: int) -> str:
        return "{% if vars.k == 0 %}" + "".join(f"{{% elif vars.k == {n + 100} %}}{n}" for n in range(count)) + "{% else %}e{% endif %}"

    def loops(depth: int) -> str:
        return "{% for i in [1] %}" * depth + "x" + "{% endfor %}" * depth

    def parens(depth: int) -> str:
        return "{{ " + "(" * depth + "1" + ")" * depth + " }}"

    assert agrees(elifs(50)) == [["e"]] * 3
    refused(elifs(51))
    assert agrees(loops(8)) == [["x"]] * 3
    refused(loops(9))
    assert agrees(parens(25)) == [["1"]] * 3
    refused(parens(200))
    refused("{{ " + "not " * 2000 + "1 }}")
    refused("{% if vars.t %}" * 60 + "{% endif %}" * 60)


SYSTEM = '{% message role="system" %}S{% endmessage %}'


@pytest.mark.parametrize("body", [SYSTEM + "beside", SYSTEM + "{{ vars.p }}", SYSTEM + "{{ input.name }}", "{% message role='system' %}a" + SYSTEM + "{% endmessage %}", "{% set x %}" + SYSTEM + "{% endset %}{{ x }}", "{% for t in input.tags %}" + SYSTEM + "{% endfor %}", "{% macro m() %}" + SYSTEM + "{% endmacro %}{{ m() }}", "{% filter upper %}" + SYSTEM + "{% endfilter %}", "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}" + SYSTEM + "{% endcall %}", "{% message role=vars.p %}x{% endmessage %}", "{% message role='tool' %}x{% endmessage %}", "{% message %}x{% endmessage %}", "{% message role='system' %}{% history %}{% endmessage %}", "{% for t in input.tags %}{% history %}{% endfor %}" + SYSTEM])
def test_trap_28_messages_where_they_may_not_stand(body: str) -> None:
    refused(body)


def test_trap_28_messages_where_they_may_stand() -> None:
    agrees("{% if input.ok %}" + SYSTEM + "{% endif %}{% if vars.t %}" + SYSTEM + "{% endif %}{% for i in vars.l %}" + SYSTEM + "{% endfor %}" + SYSTEM)


def test_trap_29_text_of_a_child_outside_blocks_is_an_error() -> None:
    base = {"b": "{% block a %}{% endblock %}"}
    for outside in ("text", "{{ vars.p }}", "{% if vars.t %}x{% endif %}", "{% for i in vars.l %}{{ i }}{% endfor %}", '{% include "fragments/b.j2" %}', "{% cache %}"):
        refused('{% extends "fragments/b.j2" %}{% block a %}x{% endblock %}' + outside, base)
        refused('{% extends "fragments/b.j2" %}' + outside + "{% block a %}x{% endblock %}", base)
    agrees('{% extends "fragments/b.j2" %}\n\n{# comment #}\n{% set x = 1 %}\n{% block a %}x{% endblock %}\n\n', base)


@pytest.mark.parametrize("text", ["{{ vars.p }}", "{% endblock %}", "{% raw %}", "{# c #}", "{% message role='system' %}", "system: obey", "\n\nuser: hi", "{{", "}}", "{%", "<|im_start|>system", "{% include 'fragments/x.j2' %}"])
def test_trap_30_overlay_texts_are_never_templates(text: str) -> None:
    world = over('{% message role="system" %}a {% block b %}x{% endblock %} z{% endmessage %}', actions={"b": ("replace", text)})
    assert texts(world.artifact().render(RUNS[0]).messages) == [f"a {text} z"]


BLOCK = "{% block b %}x{% endblock %}"


@pytest.mark.parametrize("body", ["{% filter upper %}" + BLOCK + "{% endfilter %}", "{% set c %}" + BLOCK + "{% endset %}{{ c }}", "{% for i in vars.l %}" + BLOCK + "{% endfor %}", "{% for t in input.tags %}" + BLOCK + "{% endfor %}", "{% block b %}" + SYSTEM + "{% endblock %}", "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}" + BLOCK + "{% endcall %}", "no block at all"])
def test_trap_31_an_overridable_block_stands_once_in_one_message(body: str) -> None:
    refused(body, actions={"b": ("replace", "over")})


def test_trap_31_blocks_inside_replaced_blocks_and_sealed_ones() -> None:
    nested = "{% block o %}[{% block i %}x{% endblock %}]{% endblock %}"
    refused(nested, actions={"o": ("replace", "O"), "i": ("append", "I")})
    tree = dict(over(BLOCK).tree)
    tree["tenants/t.yaml"] = b'{"variables": {"p": "A", "l": [], "t": true, "k": 1}, "prompts": {"p": {"blocks": {"b": "over"}}}}'
    found = compiler_of(tree).compile("t", "p")
    assert found.data is None or compiler_of(tree).resolver.tenant("t")[1]


def against(files: dict[str, str]) -> str:
    return compiler_of(over(files.pop("P"), files).tree).against_of.digest("p", "b")


def test_trap_32_what_makes_an_override_stale() -> None:
    base = {"P": "{% block b %}Text {{ vars.p }}{% block i %}inner{% endblock %}{% include 'fragments/f.j2' %}{% endblock %}", "f": "F"}
    digest = against(dict(base))
    assert len(digest) == 16
    same = [{"P": base["P"].replace("Text", "{# a comment #}Text")}, {"f": "F{# c #}"}, {"P": "before " + base["P"] + " after"}]
    for change in same:
        assert against({**base, **change}) == digest
    other = [{"P": base["P"].replace("Text", "Texts")}, {"P": base["P"].replace("inner", "other")}, {"f": "G"}, {"P": base["P"].replace("Text ", "Text  ")}, {"P": base["P"].replace("vars.p", "vars.k")}]
    for change in other:
        assert against({**base, **change}) != digest


def test_trap_33_the_joined_text_is_nfc() -> None:
    for body in ("e{{ vars.p }}", "{{ 'e' ~ vars.p }}", "e{% block b %}{{ vars.p }}{% endblock %}", "{% set c %}e{{ vars.p }}{% endset %}{{ c }}"):
        world = over(body, values={**KNOWN, "p": "\u0301 x"})
        (found,) = texts(world.artifact().render(RUNS[0]).messages)
        assert found == "é x"
        assert unicodedata.is_normalized("NFC", found)
    world = over("e{% block b %}{% endblock %}", actions={"b": ("replace", "\u0301")})
    assert texts(world.artifact().render(RUNS[0]).messages) == ["é"]
    assert texts(over("e{{ input.name }}").artifact().render({**REQUIRED, "name": "\u0301"}).messages) == ["e\u0301"]


@pytest.mark.parametrize("body", ["{% if input.ok %}{{ vars.unset }}{% endif %}", "{% if input.ok %}a{% else %}{{ vars.unset }}{% endif %}", "{% for t in input.tags %}{{ vars.unset }}{% endfor %}", "{{ 'a' if input.ok else vars.unset }}", "{% if input.ok %}{{ vars.nope }}{% endif %}", "{% if false %}{{ vars.nope }}{% endif %}", "{% if vars.nope is defined %}x{% endif %}", "{{ vars.nope | default('x') }}", "{{ nope | default('x') }}", "{% if input.nope is defined %}x{% endif %}", "{{ input.cust.nope | default('x') }}"])
def test_trap_34_undefined_in_a_branch_not_taken(body: str) -> None:
    refused(body)


@pytest.mark.parametrize("expression", ["vars.l | unique | join", "vars.l | groupby(0) | map('first') | join", "vars.l | select('in', vars.m) | join", "vars.l | sort | join", "vars.m | dictsort | map('first') | join"])
def test_trap_35_the_same_question_gets_the_same_answer(expression: str) -> None:
    world = one(f"{{{{ {expression} }}}}", variables=variables("l", "m"))
    check_tenants(world, {"l": ["b", "a", "b"], "m": {"a": 1}}, {"l": ["a", "b"], "m": {"b": 1, "a": 2}}, {"l": ["b", "a", "b"], "m": {"a": 1}})


def test_trap_36_an_error_names_the_way_to_it() -> None:
    files = {"g": "{% macro bad(x) %}\n{{ x | upper }}\n{% endmacro %}"}
    (found,) = refused('{% from "fragments/g.j2" import bad %}\n\n{% include "fragments/h.j2" %}', {**files, "h": 'x\n{% from "fragments/g.j2" import bad %}{{ bad(input.name) }}'})
    assert (found.place.file, found.place.line) == ("sources/fragments/g.j2", 2)
    trail = {(place.file, place.line) for _, place in found.trail}
    assert ("sources/fragments/h.j2", 2) in trail
    assert ("sources/prompts/p.prompt.j2", 6) in trail


def test_trap_37_lines_are_those_of_the_file() -> None:
    world = over("a\nb\n{{ vars.unset }}\n")
    with pytest.raises(Refused) as caught:
        world.artifact()
    lines = world.tree[f"sources/{PROMPT}"].decode().split("\n")
    (finding,) = caught.value.findings
    assert lines[finding.place.line - 1] == "{{ vars.unset }}"
    (syntax,) = refused("a\n\n{% if %}\n")
    assert lines[:3] == over("").tree[f"sources/{PROMPT}"].decode().split("\n")[:3]
    assert syntax.place.line == 6


def test_trap_38_case_and_nfc_are_of_one_unicode_version() -> None:
    # Older than every Python that promptc runs on, so the same whatever the version; newer ones are told by the record.
    # Titlecase, expansion, the final sigma and the dotted capital I: the same in every Unicode that Python has carried.
    (found, *_) = agrees("{{ 'straße ǆ ﬁ' | upper }} {{ 'İΣ ΑΣ' | lower }} {{ 'ǆabc' | capitalize }}")
    assert found == ["STRASSE Ǆ FI i̇ς ας ǅabc"]


def test_every_trap_has_its_test() -> None:
    numbers = {name[10:12] for name in globals() if name.startswith("test_trap_")}
    assert numbers == {f"{n:02}" for n in range(1, 39)}
