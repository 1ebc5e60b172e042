"""The table of reads: an expression for every filter, test, operator and tag, and the values that go through each.

    rows, values -> test_reads -> renders through proxies and over plain values

A row is a template over `vars.x`, and where it takes a second value, `vars.y`. Values are closed under small changes at
every path, so that each stands beside its own mutations.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from promptc.compiler.project import MISSING

# Rows: the name of what a row is about -> templates. An expression is printed as JSON, a tag stands as it is.

FILTERS: dict[str, list[str]] = {
    "abs": ["vars.x | abs"],
    "attr": ["vars.x | attr('a')", "vars.x | attr(vars.y)"],
    "batch": ["vars.x | batch(2, '-')", "vars.x | batch(vars.y)", "vars.x | batch(3, vars.y)"],
    "capitalize": ["vars.x | capitalize"],
    "center": ["vars.x | center(6)", "'a' | center(vars.x)"],
    "count": ["vars.x | count"],
    "d": ["vars.x | d('n')", "vars.x | d(vars.y, true)"],
    "default": ["vars.x | default('n', true)", "vars.x | default(vars.y)", "vars.x.a | default('n')", "vars.x['a'].b | default('n')", "vars.x[1] | default('n')", "vars.y | default('n', vars.x)"],
    "dictsort": ["vars.x | dictsort", "vars.x | dictsort(by='value')", "vars.x | dictsort(reverse=vars.y)"],
    "e": ["vars.x | e"],
    "escape": ["vars.x | escape"],
    "filesizeformat": ["vars.x | filesizeformat", "3000 | filesizeformat(vars.x)"],
    "first": ["vars.x | first", "vars.x | first | first"],
    "float": ["vars.x | float", "vars.x | float(vars.y)"],
    "forceescape": ["vars.x | forceescape"],
    "format": ["'%s' | format(vars.x)", "'%d' | format(vars.x)", "'%f' | format(vars.x)", "'%(k)s' | format(k=vars.x)", "vars.x | format(vars.y)"],
    "groupby": ["vars.x | groupby('n')", "vars.x | groupby(vars.y)", "vars.x | groupby('n', default=vars.y)", "vars.x | groupby(0)"],
    "indent": ["vars.x | indent(2, true)", "vars.x | indent(vars.y)"],
    "int": ["vars.x | int", "vars.x | int(vars.y)", "vars.x | int(7, 16)"],
    "items": ["vars.x | items"],
    "join": ["vars.x | join", "vars.x | join(vars.y)", "vars.x | join(',', attribute='n')", "[vars.x, vars.y] | join('-')"],
    "last": ["vars.x | last"],
    "length": ["vars.x | length", "vars.x.a | length", "vars.x[0] | length"],
    "list": ["vars.x | list"],
    "lower": ["vars.x | lower"],
    "map": ["vars.x | map('upper')", "vars.x | map(attribute='n')", "vars.x | map(attribute='n', default=vars.y)", "vars.x | map('default', vars.y)", "['b', 'a'] | map(vars.x)", "vars.x | map('first')"],
    "max": ["vars.x | max", "vars.x | max(attribute='n')", "[vars.x, vars.y] | max"],
    "min": ["vars.x | min", "[vars.x, vars.y] | min"],
    "pprint": ["vars.x | pprint"],
    "reject": ["vars.x | reject", "vars.x | reject('in', vars.y)"],
    "rejectattr": ["vars.x | rejectattr('n')", "vars.x | rejectattr('n', '>', vars.y)"],
    "replace": ["vars.x | replace('a', 'o')", "'banana' | replace(vars.x, 'o')", "'banana' | replace('a', vars.x, 2)"],
    "reverse": ["vars.x | reverse"],
    "round": ["vars.x | round", "1.2345 | round(vars.x, 'floor')"],
    "safe": ["vars.x | safe"],
    "select": ["vars.x | select", "vars.x | select('>', vars.y)", "vars.x | select('<=', vars.y)", "vars.x | select('<', vars.y)", "vars.x | select('>=', vars.y)", "[vars.x] | select('==', vars.y)", "[vars.x] | select('!=', vars.y)", "[1, 'a'] | select('in', vars.x)"],
    "selectattr": ["vars.x | selectattr('n')", "vars.x | selectattr('n', 'eq', vars.y)"],
    "slice": ["vars.x | slice(2, '-')", "vars.x | slice(vars.y)"],
    "sort": ["vars.x | sort", "vars.x | sort(true)", "vars.x | sort(attribute='n')", "vars.x | sort(reverse=vars.y)"],
    "string": ["vars.x | string"],
    "striptags": ["vars.x | striptags"],
    "sum": ["vars.x | sum", "vars.x | sum(attribute='n')", "vars.x | sum(start=vars.y)", "[vars.x, vars.y] | sum(start=[])"],
    "title": ["vars.x | title"],
    "tojson": ["vars.x | tojson", "vars.x | tojson(2)", "[1] | tojson(vars.x)"],
    "trim": ["vars.x | trim", "vars.x | trim('ab')", "'abba' | trim(vars.x)"],
    "truncate": ["vars.x | truncate(2, true, '…')", "'one two three' | truncate(vars.x, true, '…', 0)"],
    "unique": ["vars.x | unique", "vars.x | unique(true)", "vars.x | unique(attribute='n')"],
    "upper": ["vars.x | upper"],
    "urlencode": ["vars.x | urlencode"],
    "urlize": ["vars.x | urlize"],
    "wordcount": ["vars.x | wordcount"],
    "wordwrap": ["vars.x | wordwrap(2)", "'one two' | wordwrap(vars.x)"],
    "xml": ["vars.x | xml"],
    "xmlattr": ["vars.x | xmlattr"],
}  # fmt: skip

PLAIN_TESTS = """boolean callable defined escaped even false filter float integer iterable lower mapping none number odd sequence string
    test true undefined upper""".split()
COMPARING_TESTS = "eq equalto ge greaterthan gt in le lessthan lt ne sameas divisibleby".split()
TESTS: dict[str, list[str]] = {
    **{name: [f"vars.x is {name}", f"vars.x[0] is {name}"] for name in PLAIN_TESTS},
    **{name: [f"vars.x is {name}(vars.y)"] for name in COMPARING_TESTS},
}

OPERATORS: dict[str, list[str]] = {
    "+": ["vars.x + vars.y", "vars.x + [1]", "['a'] + vars.x", "+vars.x"],
    "-": ["vars.x - vars.y", "-vars.x"],
    "*": ["vars.x * 2", "3 * vars.x", "vars.x * vars.y"],
    "/": ["vars.x / vars.y"],
    "//": ["vars.x // vars.y"],
    "%": ["vars.x % vars.y"],
    "==": ["vars.x == vars.y", "vars.x == [1, 2]", "vars.x == {'b': 'x', 'a': 1}", "[vars.x] == [1]", "vars.x == vars.x"],
    "!=": ["vars.x != vars.y"],
    "<": ["vars.x < vars.y", "vars.x < ['b']", "0 < vars.x < vars.y"],
    "<=": ["vars.x <= vars.y"],
    ">": ["vars.x > vars.y", "vars.x > 1 > vars.y"],
    ">=": ["vars.x >= vars.y"],
    "in": ["'a' in vars.x", "vars.y in vars.x", "vars.x in vars.y", "1 in vars.x", "vars.x in [1, 'b', [3]]", "[1, 2] in vars.x", "vars.x in [vars.y]"],
    "not in": ["'a' not in vars.x", "vars.x not in vars.y"],
    "~": ["vars.x ~ vars.y", "vars.x ~ ''"],
    "and": ["vars.x and vars.y", "vars.x and 'b'"],
    "or": ["vars.x or vars.y", "vars.x.a or vars.x.b or 'c'"],
    "not": ["not vars.x", "not not vars.x.a"],
    "if": ["'a' if vars.x else 'b'", "vars.x if vars.y else 'b'", "'a' if vars.x"],
    "attribute": ["vars.x.a", "vars.x.a.b", "vars.x.items", "vars.x.a.b[0]", "(vars.x or {}).n"],
    "item": ["vars.x['a']", "vars.x[0]", "vars.x[1]", "vars.x[-1]", "vars.x[5]", "vars.x[vars.y]", "vars.x[0].n", "vars.x[0][1]", "['p', 'q'][vars.x]", "{'a': 'A', '1': 'B'}[vars.x]", "vars.x[true]", "vars.x[vars.x]"],
    "slice": ["vars.x[1:]", "vars.x[:-1]", "vars.x[::-1]", "vars.x[vars.y:]", "'abc'[vars.x:]", "'abc'[:vars.x]", "'abcd'[::vars.x]"],
    "list": ["[vars.x, [vars.y]]"],
    "tuple": ["(vars.x, vars.y)"],
    "dict": ["{'a': vars.x}", "{vars.x: 1}", "{'a': {'b': vars.x}}.a.b", "{'k': [vars.x]} | length"],
    "range": ["range(vars.x)", "range(1, vars.x, 2)"],
}  # fmt: skip

LOOP = "{% for i in vars.x %}"
TAGS: dict[str, list[str]] = {
    "print": ["{{ vars.x }}", "{{ vars.x.a }}", "{{ vars.x[0] }}", "{{ vars.x[-1].n }}", "{{ vars.x | trim | upper }}", "{{ vars.x | capitalize | lower }}", "{{ vars.x | default('n') }}", "{{ vars.x | first }}", "{{ vars.x | string }}", "{{ vars.x | length }}", "{{ vars.x or 'n' }}", "{{ vars.x if vars.y else 'n' }}", "{{ vars.x is sequence }}"],
    "if": ["{% if vars.x %}yes{% else %}no{% endif +%}", "{% if vars.x.a %}yes{% elif vars.y %}else{% else %}no{% endif +%}", "{% if not vars.x %}no{% endif +%}", "{% if vars.x and vars.x[0] %}yes{% endif +%}", "{% if vars.x is defined and vars.x %}yes{% else %}no{% endif +%}", "{% if vars.x | default %}yes{% endif +%}"],
    "for": [
        LOOP + "<{{ i | tojson }}>{% else %}none{% endfor +%}",
        LOOP + ".{% endfor +%}",
        LOOP + "{{ i }}{% if i %}!{% endif %}{% endfor +%}",
        "{% for i in vars.x if i %}{{ i | tojson }}{% endfor +%}",
        "{% for i in vars.x if vars.y %}{{ loop.length }}{% endfor +%}",
        "{% for a, b in vars.x %}{{ [a, b] | tojson }}{% endfor +%}",
        "{% for k, v in vars.x | items %}{{ k }}={{ v | tojson }}{% endfor +%}",
        LOOP + "{% for j in i %}{{ j | tojson }}{% endfor %}{% endfor +%}",
        "{% for i in vars.x.a %}{{ i | tojson }}{% endfor +%}",
        "{% for i in [vars.x, vars.y] %}{{ i | tojson }}{% if i %}!{% endif %}{% endfor +%}",
        "{% for k in vars.x %}{{ vars.x[k] | tojson }}{% endfor +%}",
    ],
    "loop": [
        LOOP + "{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.depth }}{{ loop.depth0 }}{% endfor +%}",
        *(LOOP + f"{{{{ loop.{name} }}}}{{% endfor +%}}" for name in ("revindex", "revindex0", "last", "length")),
        LOOP + "{{ loop.previtem | default('-') | tojson }}{{ loop.nextitem | default('-') | tojson }}{% endfor +%}",
        LOOP + "{{ loop.cycle('a', 'b') }}{{ loop.changed(i) }}{% endfor +%}",
        "{% for i in [1, 2, 3] %}{{ loop.cycle(vars.x, vars.y) | tojson }}{% endfor +%}",
        "{% for i in [1, 2, 3] %}{{ loop.changed(vars.x) }}{{ loop.changed(vars.x.a) }}{% endfor +%}",
    ],
    "set": ["{% set a = vars.x %}{{ a | tojson }}", "{% set a, b = vars.x %}{{ [a, b] | tojson }}", "{% set a, b = vars.x, vars.y %}{{ a }}{{ b }}", "{% set a = vars.x %}{% if a %}yes{% endif +%}", "{% set a = vars.x %}{{ a.a }}", "{% set a = vars.x %}{{ a.a | upper }}{{ a['b'].c }}", "{% set a = vars.x %}{{ a[0] }}", "{% set a = vars.x %}{% if a.a %}yes{% elif not a.b %}no{% endif +%}", "{% set a = vars.x %}{{ a.a if a.b and a.c else 'n' }}"],
    "set block": ["{% set c %}{{ vars.x }}{% endset %}{{ c }}", *("{% set c %}{{ vars.x }}{% endset %}" + use for use in ("{{ c | upper }}", "{{ c | length }}", "{% if c %}yes{% endif +%}", "{{ c == 'b a' }}", "{{ 'a' in c }}", "{{ c[0] }}", "{{ [c] | tojson }}", "{{ c ~ '!' }}", "{{ c is defined }}{{ c is string }}")), "{% set c | replace('a', vars.y) %}{{ vars.x }}{% endset %}{{ c }}"],
    "with": ["{% with a = vars.x %}{{ a | tojson }}{% endwith +%}", "{% with a = vars.x, b = vars.y %}{% if a == b %}same{% endif %}{% endwith +%}"],
    "namespace": ["{% set ns = namespace(v=vars.x) %}{{ ns.v | tojson }}", "{% set ns = namespace() %}{% set ns.v = vars.x %}{% if ns.v %}yes{% endif +%}", "{% set ns = namespace(vars.x) %}{{ ns.a | tojson }}", "{% set ns = namespace(n=0) %}{% for i in vars.x %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}"],
    "macro": ["{% macro m(a, b=vars.y) %}{{ a | tojson }}{{ b | tojson }}{% endmacro %}{{ m(vars.x) }}", "{% macro m(a) %}{{ vars.x }}{% if a %}!{% endif %}{% endmacro %}{{ m(a=vars.y) }}{{ m(vars.x) }}", "{% macro m() %}{{ vars.x }}{% endmacro %}{{ m() | length }}", "{% macro m() %}{{ varargs | tojson }}{{ kwargs | tojson }}{% endmacro %}{{ m(vars.x, k=vars.y) }}"],
    "call": ["{% macro m() %}{{ caller(vars.x) }}{% endmacro %}{% call(a) m() %}{{ a | tojson }}{{ vars.y }}{% endcall +%}", "{% macro m() %}{{ caller() | upper }}{% endmacro %}{% call m() %}{{ vars.x }}{% endcall +%}"],
    "filter block": ["{% filter upper %}{{ vars.x }}{% endfilter +%}", "{% filter replace('a', vars.y) %}{{ vars.x }}{% endfilter +%}"],
    "include": ["{% include 'fragments/reads.j2' if vars.x else 'fragments/prints.j2' %}", "{% include 'fragments/reads.j2' without context %}"],
    "import": ["{% import 'fragments/module.j2' as m %}{{ m.top | tojson }}{{ m.say(vars.y) }}", "{% from 'fragments/module.j2' import say, top without context %}{{ say(vars.y) }}{% if top %}yes{% endif +%}"],
    "extends": ["{% extends 'fragments/parent.j2' %}{% block a %}{{ super() }}{% if vars.x %}yes{% endif %}{% endblock %}", "{% extends 'fragments/parent.j2' %}{% block a %}{{ super() | length }}{% endblock %}"],
    "message": ["{% message role='user' %}{{ vars.x }}{% endmessage %}", "{% if vars.x %}{% message role='user' %}a{% endmessage %}{% endif %}{% for i in vars.y %}{% message role='system' %}{{ i | tojson }}{% endmessage %}{% endfor %}"],
}  # fmt: skip

ROOTS: dict[str, list[str]] = {
    "vars": ["{{ vars | length }}", "{{ vars | list | tojson }}", "{% for k in vars %}{{ k }}{% endfor +%}", "{{ 'x' in vars }}{{ 'z' in vars }}", "{{ vars | tojson }}", "{{ vars == {'x': 1} }}", "{% if vars %}yes{% else %}no{% endif +%}", "{{ vars['x'] }}", "{{ vars | dictsort | tojson }}", "{{ vars.x is defined }}"],
    "tenant": ["{{ tenant.labels.plan }}", "{{ tenant.labels.plan | default('n') }}", "{{ 'plan' in tenant.labels }}", "{% if tenant.labels.plan == 'pro' %}yes{% endif +%}", "{{ tenant.labels | length }}", "{% for k, v in tenant.labels | items %}{{ k }}={{ v }}{% endfor +%}", "{{ tenant | tojson }}", "{% if tenant.labels %}yes{% endif +%}", "{{ tenant.labels == {'plan': 'pro'} }}"],
    "tools": ["{{ tools | length }}", "{% for name in tools %}{{ name }}{% endfor +%}", "{{ 'find' in tools }}", "{{ tools.find.description }}", "{{ tools.find is defined }}", "{{ tools | tojson }}", "{% for name in tools %}{{ tools[name].description | upper }}{% endfor +%}"],
    "model": ["{{ model.alias }}", "{% if model.window > 1 %}wide{% endif +%}", "{{ model.provider | default('n') }}", "{{ 'window' in model }}", "{{ model | dictsort | tojson }}"],
}  # fmt: skip
ROOT_VALUES: dict[str, list[Any]] = {
    "vars": [{}, {"x": 1}, {"x": True}, {"x": "1"}, {"y": 1}, {"x": 1, "z": 1}, {"z": 1, "x": 1}, {"x": {}}, {"x": None}],
    "tenant": [{"labels": labels} for labels in ({}, {"plan": "pro"}, {"plan": "free"}, {"plan": ""}, {"zone": "z"}, {"plan": "pro", "zone": "z"}, {"zone": "z", "plan": "pro"})],
    "tools": [{}, {"find": {"description": "Finds."}}, {"find": {"description": "Looks."}}, {"sum": {"description": "Adds."}}, {"find": {"description": "Finds."}, "sum": {"description": "Adds."}}, {"sum": {"description": "Adds."}, "find": {"description": "Finds."}}],
    "model": [{"alias": "a"}, {"alias": "b"}, {"alias": "a", "window": 1}, {"alias": "a", "window": 2}, {"window": 2, "alias": "a", "provider": "p"}],
}  # fmt: skip

FRAGMENTS = {
    "reads": "{% if vars.x == 'b a' %}same{% endif %}{{ vars.x | tojson }}",
    "prints": "{{ vars.x }}",
    "empty": "no",
    "module": "{% set top = vars.x %}{% macro say(a) %}{{ a | tojson }}{{ vars.x }}{% endmacro %}",
    "parent": "<{% block a %}{{ vars.x }}{% endblock %}>",
}


# What is promised not to be read: template -> values of `vars.x` that differ in nothing that it asks.
SHARP: dict[str, list[list[Any]]] = {
    "{{ vars.x }}": [["a", "b c", 3, 1.5, True, ""]],
    **{f"{{{{ vars.x | {name} }}}}": [["a", " B c ", 3]] for name in ("capitalize", "lower", "trim", "upper")},
    "{{ vars.x | trim | upper }}{{ vars.x | lower | capitalize }}": [["a", " B c ", 3]],
    "{{ vars.x.a }}": [[{"a": 1}, {"a": "b", "c": [2]}]],
    "{{ vars.x[0] }}": [[["a", "b"], ["c"]]],
    "{% set c %}<{{ vars.x }}>{% endset %}{{ c }}": [["a", "b"]],
    "{% set a = vars.x %}<{{ a.a }}{{ a.b.c | upper }}>": [[{"a": "a", "b": {"c": "d"}}, {"a": "b", "b": {"c": ""}}]],
    "{% set a = vars.x %}{% if a.a and not a.b %}yes{% endif +%}": [[{"a": "a", "b": 0}, {"a": 7, "b": ""}]],
    "{% macro m() %}{{ vars.x }}{{ caller() }}{% endmacro %}{% call m() %}{{ vars.x | upper }}{% endcall +%}": [["a", "b"]],
    "{% if vars.x %}yes{% else %}no{% endif +%}": [["a", "b"], [1, 2], [["a"], [1, 2]], [{"a": 1}, {"b": 2}]],
    "{% if vars.y %}{% elif vars.x %}yes{% endif +%}": [["a", "b"], [1, 2]],
    "{% if not vars.x %}no{% endif +%}": [["a", "b"], [["a"], ["b", "c"]]],
    "{{ 'yes' if vars.x else 'no' }}": [["a", "b"], [1, 2]],
    "{% if vars.x and (vars.y or not vars.x) %}yes{% else %}no{% endif +%}": [["a", "b"], [["a"], [1, 2]]],
    "{% for i in [1, 2] if vars.x %}{{ i }}{% else %}no{% endfor +%}": [["a", "b"], [0, ""]],
    "{% include 'fragments/prints.j2' if not vars.x else 'fragments/empty.j2' %}": [["a", 1], [[1], {"a": 1}]],
    "{% if vars.x.a %}yes{% endif +%}": [[{"a": [1]}, {"a": [2], "b": 1}], [{"a": "b"}, {"a": "c"}]],
    "{% if vars.x.a == 1 %}yes{% endif +%}": [[{"a": 1}, {"a": 1, "c": [2]}, {"c": 3, "a": 1}]],
    "{{ vars.x.a | tojson }}": [[{"a": [1]}, {"c": 1, "a": [1]}]],
    "{{ vars.x | length }}": [[["a", "b"], [["c"], {}]], [{"a": 1}, {"b": [2]}]],
    "{{ vars.x | count }}": [[["a", "b"], [["c"], {}]]],
    "{% if 'a' in vars.x %}yes{% endif +%}": [[{"a": 1}, {"a": [2], "c": 3}], [{}, {"c": 3}]],
    "{% if 'a' not in vars.x or 'b' is in(vars.x) %}yes{% endif +%}": [[{"a": 1}, {"a": [2], "c": 3}]],
    "{% for k in vars.x %}{{ k }}{% endfor +%}": [[{"a": 1, "b": 2}, {"a": [3], "b": None}]],
    "{{ vars.x | list | tojson }}": [[{"a": 1, "b": 2}, {"a": [3], "b": None}]],
    "{{ vars.x is mapping }}{{ vars.x is none }}{{ vars.x is defined }}": [[{"a": 1}, {}], [["a"], []]],
    "{% if vars.x[0] == 'a' %}yes{% endif +%}": [[["a"], ["a", "b"]]],
}  # fmt: skip

# Each reads `vars.x` once, so that nothing else tells these values apart, and gives each of them another text.
READS: dict[str, list[Any]] = {
    "{{ vars.x | last }}": [["a", "b"], ["a", "c"]],
    "{{ vars.x | reverse | join }}": [["a", "b"], ["b", "a"]],
    "{{ (vars.x + [9]) | join }}": [[1, 2], [2, 1]],
    "{{ ([9] + vars.x) | join }}": [[1, 2], [2, 1]],
    "{{ (vars.x * 2) | join }}": [[1, 2], [2, 1]],
    "{{ vars.x < [2] }}": [[1, 2], [2, 1]],
    "{{ [2] < vars.x }}": [[1, 2], [3, 1]],
    "{{ vars.x == [1, 2] }}": [[1, 2], [2, 1]],
    "{{ {'a': [1]} == vars.x }}": [{"a": [1]}, {"a": [2]}],
    "{{ 1 in vars.x }}": [[1, 2], [2, 2]],
    "{{ [1] in vars.x }}": [[[1]], [[2]]],
    "{{ vars.x[1:] | join }}": [[1, 2], [1, 3]],
    "{% set a, b = vars.x %}{{ b }}{{ a }}": [["a", "b"], ["b", "a"]],
    "{% set a, b = vars.x %}{{ a }}{{ b }}": [{"a": 1, "b": 1}, {"b": 1, "a": 1}],
    "{{ vars.x | sum(start=10) }}": [[1, 2], [2, 2]],
    "{{ [vars.x, [9]] | sum(start=[]) | join }}": [[1, 2], [2, 1]],
    "{{ (vars.x | groupby('n'))[0][1] | length }}": [[{"n": 1}, {"n": 1}], [{"n": 1}, {"n": 2}]],
    "{{ vars.x is mapping }}": [{}, []],
    "{{ vars.x.a is defined }}": [{}, {"a": 1}],
    "{{ vars.x.a | default('n') }}": [{}, {"a": "b"}],
    "{{ vars.x[1] | default('n') }}": [["a"], ["a", "b"]],
    "{{ vars.x | list | join }}": [{"a": 1}, {"b": 1}, {"a": 1, "b": 1}, {"b": 1, "a": 1}],
    "{% for k in vars.x %}{{ k }}{% endfor +%}": [{"a": 1, "b": 2}, {"b": 2, "a": 1}],
    "{{ vars.x | length }}": [[], ["a"], ["a", "a"]],
    "{{ 'a' in vars.x }}": [{"a": 1}, {"b": 1}],
    "{% if vars.x %}yes{% else %}no{% endif +%}": [[], [0]],
    "{% if not vars.x %}no{% endif %}.": [{}, {"a": 0}],
    "{{ vars.x | tojson }}": [{"a": {"b": 1}}, {"a": {"b": 2}}, {"a": {"c": 1}}],
    "{{ vars.x | pprint }}": [["a"], ["b"]],
    "{% for i in vars.x %}{{ i }},{% endfor +%}": [["a"], ["a", "b"], ["b", "a"], []],
    "{{ '%s' | format(vars.x | join) }}": [["a"], ["b"]],
    "{% set c %}{{ vars.x }}{% endset %}{% if c %}yes{% else %}no{% endif +%}": ["", "a"],
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One template; `name` is what it is about."""

    kind: str
    name: str
    template: str

    @property
    def takes_y(self) -> bool:
        return "vars.y" in self.template

    def __str__(self) -> str:
        return self.template


def _expression(text: str) -> str:
    return "[{{ (" + text + ") | tojson }}]"


EXPRESSIONS = {"filter": FILTERS, "test": TESTS, "operator": OPERATORS}
ROWS: list[Row] = [
    *(Row(kind, name, _expression(text)) for kind, table in EXPRESSIONS.items() for name, texts in table.items() for text in texts),
    *(Row("tag", name, text) for name, texts in TAGS.items() for text in texts),
    *(Row("root", name, text) for name, texts in ROOTS.items() for text in texts),
]  # fmt: skip

# Values

LONG = "long " * 6_000
BASES: list[Any] = [
    MISSING, None, True, 1, 0.0, 1.5, "", "b a", "1", "%s<a>", [], ["b", "a"], ["A"], [1, 2], [["a", 1], 3], [{"n": 1}, {"n": 2}], {},
    {"b": "x", "a": 1}, {"a": {"b": ["c"]}},
]  # fmt: skip
# What a second argument may be: numbers, texts that name keys and filters, containers.
SECOND: list[Any] = [MISSING, None, True, 0, 1, 1.0, 0.0, -0.0, "", "a", "n", "upper", [], [1, "a"], [True, "a"], ["a", 1], {}, {"a": 1, "b": 2}, {"b": 2, "a": 1}]  # fmt: skip
FIRST: list[Any] = ["banana", ["b", "a", "b"], [{"n": 1, "k": "a"}, {"n": 2}], {"a": 1, "b": {"c": [2]}}]
ALWAYS: dict[str, Any] = {"vars": {}, "tenant": {"labels": {"plan": "pro"}}, "tools": {"find": {"description": "Finds."}}, "model": {"alias": "main", "window": 1}}


def near(value: Any) -> Iterator[Any]:
    """A value's small changes: at its root, then at every path below."""
    if isinstance(value, list):
        yield from lists_near(value)
    elif isinstance(value, dict):
        yield from maps_near(value)
    elif value is not MISSING:
        yield from scalars_near(value)


def scalars_near(value: Any) -> Iterator[Any]:
    """None; another of its type; and what Python, or an eye, takes for the same."""
    yield None
    if isinstance(value, str):
        yield from (value + "a", [value])
    if value in (0, 1, "1"):
        yield from (int(value), float(value), bool(int(value)), str(int(value)))
    if isinstance(value, float):
        yield from (-value, int(value))


def lists_near(value: list[Any]) -> Iterator[Any]:
    """Longer, shorter, turned round, another kind, and each item changed."""
    yield from ([*value, "z"], value[:-1], value[::-1], [*value, *value], [], "".join(map(str, value)))
    for index, item in enumerate(value):
        yield from ([*value[:index], other, *value[index + 1 :]] for other in near(item))


def maps_near(value: dict[str, Any]) -> Iterator[Any]:
    """A key more, less or renamed, keys in another order, another kind, and each value changed."""
    yield from ({**value, "z": 1}, dict(reversed(value.items())), {}, list(value))
    for key, item in value.items():
        yield {name: each for name, each in value.items() if name != key}
        yield {(name if name != key else "é"): each for name, each in value.items()}
        yield from ({**value, key: other} for other in near(item))


def swollen(value: Any) -> Iterator[Any]:
    """A value with one long text more, at every path."""
    if isinstance(value, str):
        yield value + LONG
    elif isinstance(value, list):
        yield [*value, LONG]
        for index, item in enumerate(value):
            yield from ([*value[:index], other, *value[index + 1 :]] for other in swollen(item))
    elif isinstance(value, dict):
        yield {**value, "z": LONG}
        for key, item in value.items():
            yield from ({**value, key: other} for other in swollen(item))


def spelled(value: Any) -> str:
    """A value by its types and order: what is equal here is the same value."""
    return "missing" if value is MISSING else json.dumps(value)


def distinct(values: Iterable[Any]) -> list[Any]:
    """Each value once, types and order told apart."""
    return list({spelled(value): value for value in values}.values())


VALUES = distinct([*BASES, *(value for base in BASES for value in near(base))])
HEAVY = distinct(value for base in FIRST for value in (base, *swollen(base)))
Roots = dict[str, Any]


def roots_of(x: Any, y: Any = MISSING) -> Roots:
    """What a template may see when a tenant sets two variables. `w` is always set and never asked for by name."""
    given = {name: value for name, value in (("x", x), ("w", 0), ("y", y)) if value is not MISSING}
    return {**ALWAYS, "vars": given}


def each_kind(row: Row) -> list[Roots]:
    """One value of each kind; where a row takes two, each kind of the second beside a text and a list."""
    if row.kind == "root":
        return [{**ALWAYS, row.name: value} for value in ROOT_VALUES[row.name]]
    return [roots_of(x, 1 if row.takes_y else MISSING) for x in BASES] + _beside(row, FIRST[:2])


def every_case(row: Row) -> list[Roots]:
    """The same, and every value beside its mutations."""
    if row.kind == "root":
        return each_kind(row)
    rest = VALUES[len(BASES) :]
    return each_kind(row) + [roots_of(x, 1 if row.takes_y else MISSING) for x in rest] + _beside(row, FIRST[2:])


def heavy_cases(row: Row) -> list[Roots]:
    """Values beside the same with a long text in them."""
    if row.kind == "root":
        return [{**ALWAYS, row.name: value} for base in ROOT_VALUES[row.name] for value in (base, *swollen(base))]
    seconds = HEAVY if row.takes_y else []
    return [roots_of(x, 1) for x in HEAVY] + [roots_of(["b"], y) for y in seconds]


def _beside(row: Row, firsts: list[Any]) -> list[Roots]:
    return [roots_of(x, y) for x in firsts for y in SECOND] if row.takes_y else []
