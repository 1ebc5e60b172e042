"""Must compile: templates that the design promises to compile, each a small project.

A property that accepts refusals can't see over-refusal; this corpus can. Expected texts come from the oracle, and for
KNOWN also from the author's hand. All projects share the variables, values and inputs below.
"""

from __future__ import annotations

from typing import Any

from tests.laws.projects import INPUTS as BASE_INPUTS
from tests.laws.projects import VARIABLES
from tests.laws.world import PROMPT, World

INPUTS: dict[str, Any] = {**BASE_INPUTS, "photo": {"type": "media"}, "photos": {"type": "array", "items": {"type": "media"}, "default": []}}
VALUES: dict[str, Any] = {
    "product": "Acme Care",
    "html": "<b>bold</b> & \"x\" 'y'",
    "tone": "warm",
    "count": 3,
    "ratio": 2.25,
    "flag": True,
    "words": ["beta", "alpha", "Gamma", "alpha"],
    "nums": [3, 1, 2],
    "rows": [
        {"name": "one", "size": 4, "tags": ["x", "y"]},
        {"name": "two", "size": 1, "tags": []},
        {"name": "three", "size": 4, "tags": ["z"]},
    ],
    "limits": {"turns": 3, "label": " Limit ", "deep": {"a": "Deep text of some length"}},
}
RUNS: list[dict[str, Any]] = [
    {"name": "Dana <d>", "n": 3, "ok": True, "photo": {"url": "https://a.example/p.png"}, "cust": {"level": 2, "nick": "Di", "vip": True}, "lang": "de", "score": 0.75, "maybe": "M", "tags": ["a", "b\nc"],
     "docs": [{"title": "T1", "text": "x & y", "rank": 1, "parts": ["p", "q"]}, {"title": "T2", "text": "", "rank": 3, "parts": []}], "photos": [{"url": "https://a.example/1.png"}, {"url": "https://a.example/2.png"}]},
    {"name": "", "n": 0, "ok": False, "photo": {"url": "https://a.example/q.png"}, "cust": {"level": 0}},
]  # fmt: skip

# One template a line; this stands for a line end.
NEWLINE = "\\n"

# Over variables: every deterministic filter and test, operators, statements.
FILTERS = r"""
{{ -3 | abs }} {{ vars.ratio | abs }}
{% for part in vars.words | batch(2, "-") %}{{ part | join("+") }};{% endfor %}
{{ vars.product | capitalize }}
[{{ vars.product | center(20) }}]
{{ vars.words | count }}
{{ vars.note | d("none") }} {{ vars.note | default("none") }} {{ "" | default("empty", true) }} {{ "" | default("x", boolean=true) }}
{% for key, value in vars.limits | dictsort %}{{ key }}={{ value | tojson }};{% endfor %}
{% for key, value in vars.limits | dictsort(reverse=true) %}{{ key }};{% endfor %}
{% for key, value in {"b": 1, "A": 2} | dictsort(true) %}{{ key }}{% endfor %}{% for key, value in {"b": 1, "a": 2} | dictsort(by="value") %}{{ key }}{% endfor %}
{{ vars.html | e }} {{ vars.html | escape }} {{ vars.html | forceescape }} {{ vars.html | safe }} {{ vars.html | escape | escape }}
{{ vars.html | xml }}
{{ 1234567 | filesizeformat }} {{ 1234567 | filesizeformat(true) }} {{ vars.count | filesizeformat }}
{{ vars.words | first }} {{ vars.product | first }} {{ [] | first | default("none") }}
{{ "3.5" | float }} {{ "x" | float }} {{ "x" | float(1.5) }} {{ vars.count | float }}
{{ "%s has %d and %.1f" | format(vars.product, vars.count, vars.ratio) }} {{ "%(a)s" | format(a=vars.product) }} {{ "%s" | format(true) }}
{% for group in vars.rows | groupby("size") %}{{ group.grouper }}:{{ group.list | map(attribute="name") | join(",") }};{% endfor %}
{% for size, rows in vars.rows | groupby("size") %}{{ size }}:{{ rows | length }};{% endfor %}
{% for key, rows in vars.rows | groupby("nope", default="none") %}{{ key }}{{ rows | length }}{% endfor %}
{{ "a\nb\n\nc" | indent }}|{{ "a\nb" | indent(2, true) }}|{{ "a\n\nb" | indent(3, blank=true) }}|{{ "a\nb" | indent("> ") }}
{{ "42" | int }} {{ "x" | int }} {{ "x" | int(7) }} {{ "ff" | int(0, 16) }} {{ 3.9 | int }}
{% for key, value in vars.limits | items %}{{ key }};{% endfor %}
{{ vars.words | join(", ") }} {{ vars.nums | join }} {{ vars.words | join(vars.tone) }}
{{ vars.rows | join(", ", attribute="name") }}
{{ vars.words | last }} {{ vars.product | last }}
{{ vars.words | length }} {{ vars.product | length }} {{ vars.limits | length }}
{{ "abc" | list | join("-") }} {{ vars.limits | list | sort | join(",") }}
{{ vars.product | lower }} {{ vars.product | upper }} {{ "a b-c" | title }}
{{ vars.words | map("upper") | join(" ") }} {{ vars.rows | map(attribute="name") | join(" ") }} {{ vars.rows | map(attribute="nope", default="-") | join }}
{{ vars.rows | map(attribute="tags") | map("length") | join(",") }} {{ vars.rows | map(attribute="tags.0", default="?") | join(",") }}
{{ vars.nums | max }} {{ vars.nums | min }} {{ vars.words | max }} {{ vars.words | min(case_sensitive=true) }} {{ (vars.rows | max(attribute="size")).name }}
{{ vars.nums | reject("odd") | join }} {{ vars.nums | select("odd") | join }} {{ vars.words | select | list | length }} {{ ["", "a"] | reject | list | length }}
{{ vars.rows | rejectattr("tags") | map(attribute="name") | join }} {{ vars.rows | selectattr("size", "equalto", 4) | map(attribute="name") | join(",") }}
{{ vars.rows | selectattr("tags") | map(attribute="name") | join(",") }} {{ vars.rows | rejectattr("size", "lt", 2) | list | length }}
{{ vars.product | replace("A", "B") }} {{ "aaa" | replace("a", "b", 2) }}
{{ vars.product | reverse }} {{ vars.nums | reverse | join }} {{ vars.words | reverse | first }}
{{ 2.567 | round }} {{ 2.567 | round(2) }} {{ 2.567 | round(1, "floor") }} {{ 2.5 | round(0, "ceil") }} {{ vars.count | round }}
{% for part in vars.words | slice(3, "-") %}{{ part | join("+") }};{% endfor %}
{{ vars.words | sort | join }} {{ vars.words | sort(case_sensitive=true) | join }} {{ vars.nums | sort(reverse=true) | join }} {{ vars.rows | sort(attribute="size,name") | map(attribute="name") | join(",") }}
{{ vars.count | string }} {{ vars.ratio | string }} {{ true | string }} {{ (vars.count | string) ~ "!" }}
{{ "<p>a  <b>b</b></p><!-- c -->" | striptags }}
{{ vars.nums | sum }} {{ vars.rows | sum(attribute="size") }} {{ vars.nums | sum(start=10) }} {{ [[1], [2]] | sum(start=[]) | join }}
{{ vars.limits | tojson }} {{ vars.html | tojson }} {{ 1.0 | tojson }} {{ none | tojson }} {{ [true, {"b": 1, "a": []}] | tojson }}
{{ vars.limits.label | trim }} {{ "xxaxx" | trim("x") }}
{{ vars.limits.deep.a | truncate(10) }} {{ vars.limits.deep.a | truncate(10, true) }} {{ vars.limits.deep.a | truncate(10, true, "", 0) }}
{{ vars.words | unique | join }} {{ vars.words | unique(case_sensitive=true) | join }} {{ vars.rows | unique(attribute="size") | map(attribute="name") | join }}
{{ "a b&ü/" | urlencode }} {{ {"a": 1, "b": "x y"} | urlencode }} {{ [["k", "v"]] | urlencode }}
{{ "see https://a.example/x and b" | urlize }} {{ "https://a.example/long/path" | urlize(10, true) }}
{{ vars.limits.deep.a | wordcount }} {{ vars.limits.deep.a | wordwrap(9) }} {{ vars.limits.deep.a | wordwrap(5, false) }} {{ "abcdefgh" | wordwrap(3, true, "|") }}
<a{{ {"class": "x", "id": "<1>"} | xmlattr }}>
{{ "a" | upper | lower | title | center(5) | trim | length }}
{{ vars.items }} {{ vars.limits.label | length }}
{{ ("a" ~ "b") | upper ~ "c" }}
{{ "{}" | pprint }}
"""

TESTS = r"""
{{ vars.flag is boolean }} {{ 1 is boolean }}
{{ vars.note is defined }} {{ vars.note is undefined }} {{ vars.product is defined }} {{ vars.limits.turns is defined }}
{{ 9 is divisibleby(3) }} {{ vars.count is divisibleby 2 }}
{{ 1 is eq(1) }} {{ 1 is equalto 2 }} {{ 1 is ne(1) }} {{ vars.tone is eq "warm" }}
{{ 2 is even }} {{ 3 is odd }} {{ vars.count is odd }}
{{ false is false }} {{ true is true }} {{ vars.flag is true }} {{ 1 is true }}
{{ "upper" is filter }} {{ "nope" is filter }} {{ "odd" is test }}
{{ 1.5 is float }} {{ vars.ratio is float }} {{ vars.count is integer }} {{ vars.count is number }}
{{ 2 is ge 2 }} {{ 2 is gt(1) }} {{ 2 is greaterthan(1) }} {{ 2 is le 2 }} {{ 2 is lt(3) }} {{ 2 is lessthan(3) }}
{{ "a" is in(["a"]) }} {{ "a" is in "abc" }} {{ vars.tone is in ["warm"] }}
{{ vars.words is iterable }} {{ vars.limits is mapping }} {{ vars.words is sequence }} {{ vars.product is string }} {{ 3 is iterable }}
{{ "a" is lower }} {{ "A" is upper }} {{ vars.product is lower }}
{{ vars.maybe is none }} {{ none is none }} {{ vars.product is none }} {{ vars.maybe is not none }}
{{ vars.maybe is sameas none }} {{ true is sameas true }} {{ vars.product is callable }} {{ "a" is escaped }}
{{ "yes" if vars.note is not defined else "no" }}
"""

EXPRESSIONS = r"""
{{ 1 + 2 * 3 - 4 // 3 + 7 % 4 }} {{ -vars.count }} {{ (1 + 2) * 3 }} {{ +vars.count }}
{{ vars.product + "!" }} {{ "ab" * 3 }} {{ ([1] + [2, 3]) | join }}
{{ vars.words[0] }} {{ vars.words[-1] }} {{ vars.words[1:3] | join }} {{ vars.product[::-1] }} {{ vars.product[1] }}
{{ vars["product"] }} {{ vars.limits["deep"]["a"] }} {{ vars.limits.deep.a }} {{ vars.rows[0].name }} {{ vars.rows[0]["tags"][1] }}
{{ vars.count > 2 and vars.flag or false }} {{ not vars.flag }} {{ vars.count != 3 }} {{ 1 < vars.count <= 3 }} {{ 1 == 1 == 1 }}
{{ "a" in vars.words }} {{ "alpha" in vars.words }} {{ "turns" in vars.limits }} {{ "zz" not in vars.product }}
{{ vars.product ~ " " ~ vars.count ~ true ~ 1.5 }}
{{ "a" if vars.flag else "b" }} {{ ("a" if false) | default("z") }}
{{ vars.words == ["beta"] }} {{ vars.limits == {"a": 1} }} {{ vars.words < ["c"] }} {{ (1, 2) == (1, 2) }} {{ vars.product < "B" }}
{{ range(4) | join }} {{ range(1, 4) | join }} {{ range(5, 0, -2) | join }} {{ range(3) | length }}
{{ {"a": [1, {"b": 2}]}["a"][1].b }} {{ {"a": 1}.a }} {{ (1, "x") | join("/") }}
{{ vars.maybe or "nothing" }} {{ vars.flag and "both" }} {{ vars.empty or "none" }} {{ "" or vars.product }}
{{ (vars.note is defined) if false else "skipped" }}
{{ 'single \'quoted\' \t escapes \u00e9' }} {{ "é 한국 😀" }} {{ "a" "b" }}
{{ 1_000 }} {{ 0x1f }} {{ 1e3 }} {{ 0.5 }} {{ 3.0 }} {{ 1e-7 }}
{{ tenant.labels.plan }} {{ tenant.labels.zone | default("none") }} {{ "plan" in tenant.labels }} {{ tenant.labels | length }}
{{ model.alias }} {{ model.provider }} {{ model.name }} {{ model.window }}
{{ tools.look.description }} {{ tools | length }} {{ "look" in tools }} {{ tools | list | join }} {% for name, tool in tools | dictsort %}{{ name }}{% endfor %}
"""

STATEMENTS = r"""
{% if vars.flag %}a{% elif vars.count %}b{% else %}c{% endif %}
{% if vars.count == 1 %}a{% elif vars.count == 3 %}b{% else %}c{% endif %}{% if vars.note is defined %}{{ vars.note }}{% endif %}
{% for w in vars.words %}{{ loop.index }}/{{ loop.length }}{{ w }}{{ "," if not loop.last else "" }}{% else %}none{% endfor %}
{% for w in vars.words %}{{ w }}{% if not loop.last %}, {% endif %}{% endfor %}
{% for w in vars.words %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.depth }}{{ loop.depth0 }};{% endfor %}
{% for w in vars.words %}{{ loop.cycle("odd", "even") }}{{ loop.previtem | default("-") }}{{ loop.nextitem | default("-") }}{{ loop.changed(w) }};{% endfor %}
{% for w in vars.words if w != "alpha" %}{{ loop.index }}{{ w }}{% else %}none{% endfor %}
{% for w in vars.words if w == "zzz" %}{{ w }}{% else %}none{% endfor %}
{% for row in vars.rows %}{{ row.name }}{% for tag in row.tags %}{{ loop.index }}{{ tag }}{% else %}-{% endfor %};{% endfor %}
{% for row in vars.rows %}{% set outer = loop %}{% for tag in row.tags %}{{ outer.index }}.{{ loop.index }}{{ tag }} {% endfor %}{% endfor %}
{% for key in vars.limits %}{{ key }} {% endfor %}{% for c in "abc" %}{{ c }}.{% endfor %}{% for x in [] %}{% else %}empty{% endfor %}
{% for a, b in [[1, 2], [3, 4]] %}{{ a }}{{ b }};{% endfor %}{% for a, (b, c) in [[1, [2, 3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}
{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(0) %}{{ i }}{% else %}none{% endfor %}
{% set a = vars.product %}{{ a }}{% set a, b = 1, 2 %}{{ a }}{{ b }}
{% set text %}captured {{ vars.product }}{% endset %}{{ text }}{{ text | upper }}{{ text | length }}
{% set text | upper | trim %} captured {{ vars.product }} {% endset %}{{ text }}
{% set ns = namespace(n=0) %}{% for w in vars.words %}{% set ns.n = ns.n + w | length %}{% endfor %}{{ ns.n }}
{% set ns = namespace(found=false, text="") %}{% for w in vars.words %}{% if w == "alpha" %}{% set ns.found = true %}{% endif %}{% set ns.text = ns.text ~ w %}{% endfor %}{{ ns.found }}{{ ns.text }}
{% with %}{% set a = 1 %}{{ a }}{% endwith %}{% with a = vars.count, b = "x" %}{{ a }}{{ b }}{% endwith %}
{% with a = 1 %}{% with b = a + 1 %}{{ a }}{{ b }}{% endwith %}{% endwith %}
{% filter upper %}a {{ vars.product }}{% endfilter %}{% filter indent(2) | replace("a", "b") %}a\na{% endfilter %}
{% macro m(a, b="z", c=vars.count) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }}{{ m(1, 2) }}{{ m(c=5, a=vars.product) }}
{% macro m(a) %}{{ a }}{% if a > 0 %}{{ m(a - 1) }}{% endif %}{% endmacro %}{{ m(3) }}
{% macro m() %}{{ caller() }}-{{ caller() }}{% endmacro %}{% call m() %}x{{ vars.product }}{% endcall %}
{% macro m(items) %}{% for i in items %}{{ caller(i, loop.index) }}{% endfor %}{% endmacro %}{% call(item, n) m(vars.words) %}{{ n }}{{ item }};{% endcall %}
{% macro m() %}{{ varargs | join }}{{ kwargs | dictsort | map("first") | join }}{% endmacro %}{{ m(1, 2, x=3) }}
{% macro outer(x) %}{% macro inner(y) %}[{{ y }}]{% endmacro %}{{ inner(x) }}{% endmacro %}{{ outer(vars.product) }}
{% macro a(x) %}<{{ x }}>{% endmacro %}{{ a(a(vars.tone)) }}{{ a(vars.tone) | length }}{{ a("") or "never" }}
{% block a %}one{% endblock %} {% block b %}{% for w in vars.words %}{{ w }}{% endfor %}{% endblock b %}
{% for w in vars.words %}{% if loop.first %}{% set a = w %}{{ a }}{% endif %}{% endfor %}
{# comment #}a{# {{ vars.nope }} #}b{#- trimmed -#} c
{% raw %}{{ vars.nope }} {% if %}{% endraw %}
  {% if vars.flag %}\n    indented\n  {% endif %}\nend
a {%- if vars.flag %} b {%- endif %} c {{- vars.count -}} d
{% if vars.flag +%}\nkept{% endif %}
{% set a = 1 %}{% if vars.flag %}{% set a = 2 %}{% endif %}{{ a }}
{% set x = vars.rows | map(attribute="name") | list %}{{ x | join }}{{ x[0] }}{{ x | length }}
{% if vars.flag %}{% macro late() %}L{% endmacro %}{% endif %}{{ late() }}
"""

# Over inputs: section 5 of the design, word for word.
OVER_INPUTS = r"""
{{ input.name }}
{{ input["name"] }} {{ input.cust.name }} {{ input.cust["level"] }}
{{ input.n }} {{ input.score }} {{ input.ok }}
{{ input.name or "there" }} {{ input.name or vars.product }} {{ input.name or input.lang }}
{{ input.maybe or "none" }} {{ input.maybe or input.name or "none" }}
{{ input.cust.nick | default("none") }} {{ input.cust.nick | default(vars.product) }} {{ input.name | default("x") }} {{ input.cust.nick | d("x") }}
{{ input.cust | tojson }} {{ input.docs | tojson }} {{ input.name | tojson }} {{ input.maybe | tojson }} {{ input.n | tojson }}
{{ input.docs | length }} {{ input.name | length }} {{ input.cust | length }} {{ input.tags | count }}
{{ input.tags | join(", ") }} {{ input.tags | join }} {{ input.tags | join(vars.tone) }}
{{ input.name | trim }} {{ input.name | xml }} {{ input.n | xml }}
{{ "a" ~ input.name ~ vars.product ~ input.n }}
{{ [vars.product, input.name] | join(", ") }} {{ [input.name, input.n, true] | join("-") }}
{{ "yes" if input.ok else "no" }} {{ input.name if input.ok else vars.product }} {{ vars.product if input.name else input.lang }}
{{ input.name if vars.flag else "x" }} {{ (input.name if input.ok) | default("other") }}
{{ not input.ok }} {{ input.ok and true }} {{ input.n > 2 }} {{ input.lang == "de" }}
{% if input.ok %}a{% endif %}{% if not input.ok %}b{% endif %}{% if input.name %}c{% else %}d{% endif %}
{% if input.ok and input.name %}a{% elif input.ok or input.tags %}b{% else %}c{% endif %}
{% if input.ok and vars.flag %}a{% endif %}{% if vars.flag and input.ok %}b{% endif %}{% if input.ok or vars.flag %}c{% endif %}{% if not (input.ok or input.name) %}d{% endif %}
{% if input.lang == "de" %}a{% endif %}{% if "de" == input.lang %}b{% endif %}{% if input.lang != vars.tone %}c{% endif %}
{% if input.n > 2 %}a{% endif %}{% if input.n <= vars.count %}b{% endif %}{% if vars.count < input.n %}c{% endif %}{% if 1 < input.n < 5 %}d{% endif %}
{% if input.n == 3 %}a{% endif %}{% if input.n != 3 %}b{% endif %}{% if input.score >= 0.5 %}c{% endif %}{% if input.score == 0.75 %}d{% endif %}
{% if input.lang in ["de", "en"] %}a{% endif %}{% if input.lang not in vars.words %}b{% endif %}{% if input.n in (1, 2, 3) %}c{% endif %}
{% if "a" in input.tags %}a{% endif %}{% if vars.tone in input.tags %}b{% endif %}{% if "x" not in input.name %}c{% endif %}{% if "D" in input.name %}d{% endif %}
{% if "nick" in input.cust %}a{% endif %}{% if "nope" not in input.cust %}b{% endif %}
{% if input.docs | length > 1 %}a{% elif input.docs | length == 0 %}b{% endif %}{% if input.name | length >= 3 %}c{% endif %}
{% if input.maybe is none %}a{% endif %}{% if input.maybe is not none %}b{% endif %}{% if input.cust.nick is defined %}c{% endif %}{% if input.cust.nick is undefined %}d{% endif %}
{% if input.lang is eq("de") %}a{% endif %}{% if input.lang is in(["de"]) %}b{% endif %}{% if input.lang is ne "de" %}c{% endif %}
{% if input.maybe == none %}a{% endif %}{% if input.ok == true %}b{% endif %}{% if input.name == "" %}c{% endif %}
{% for d in input.docs %}{{ loop.index }}{{ d.title }}{% endfor %}
{% for d in input.docs %}{{ loop.index0 }}{{ d["title"] }}{% if not loop.last %}, {% endif %}{% else %}none{% endfor %}
{% for d in input.docs %}{% if loop.first %}first{% endif %}{% if loop.last %}last{% endif %}{{ loop.first }}{% endfor %}
{% for d in input.docs %}{% for p in d.parts %}{{ loop.index }}{{ p }}{% else %}none{% endfor %};{% endfor %}
{% for d in input.docs %}{% for t in input.tags %}{{ d.title }}{{ t }}{% endfor %}{% endfor %}
{% for d in input.docs %}{% set outer = loop %}{% for p in d.parts %}{{ outer.index }}.{{ loop.index }}{{ p }}{% endfor %}{% endfor %}
{% for w in vars.words %}{% for d in input.docs %}{{ w }}{{ d.title }}{{ loop.index }}{% endfor %}{% endfor %}
{% for d in input.docs %}{% for w in vars.words %}{{ w }}{{ d.title }}{{ loop.index }}{% endfor %}{% endfor %}
{% for d in input.docs %}{{ d | tojson }}{{ d.parts | join("/") }}{{ d.parts | length }}{{ d.text | xml }}{{ d.title or "untitled" }}{% endfor %}
{% for d in input.docs %}{% if d.rank > 2 %}{{ d.title }}{% elif "p" in d.parts %}p{% endif %}{% endfor %}
{% for d in input.docs %}{% if loop.index > 1 %}{{ d.title }}{% endif %}{% endfor %}
{% for d in input.docs or [] %}{{ d.title }}{% endfor %}{% for d in input.docs | default([]) %}{{ d.rank }}{% endfor %}
{% for t in input.tags %}{{ t }}{{ t | trim }}{% if t == "a" %}!{% endif %}{% if t in vars.words %}?{% endif %}{% endfor %}
{% for d in input.docs %}{{ loop.length }}{% endfor %}
{% set x = input.name %}{{ x }}{% set y = x %}{{ y | trim }}{% if y %}y{% endif %}
{% set x = input.cust %}{{ x.level }}{% set d = input.docs %}{% for e in d %}{{ e.title }}{% endfor %}
{% set c = input.ok and input.n > 1 %}{% if c %}a{% else %}b{% endif %}{% if not c %}c{% endif %}
{% set text %}hello {{ input.name }}, {% if input.ok %}ok{% endif %}{% endset %}{{ text }}!{{ text ~ "?" }}
{% set text %}{% for t in input.tags %}{{ t }};{% endfor %}{% endset %}[{{ text }}][{{ text }}]
{% with x = input.name, y = vars.product %}{{ x }}{{ y }}{% if x %}!{% endif %}{% endwith %}
{% macro m(x) %}<{{ x }}{% if x %}!{% endif %}>{% endmacro %}{{ m(input.name) }}{{ m(vars.product) }}{{ m("") }}
{% macro m(items) %}{% for i in items %}{{ loop.index }}{{ i }};{% else %}none{% endfor %}{% endmacro %}{{ m(input.tags) }}{{ m(vars.words) }}
{% macro m(x, y="d") %}{{ x or y }}{{ y | xml }}{% endmacro %}{{ m(input.name) }}{{ m(input.name, y=input.lang) }}{{ m(vars.tone) }}
{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}{{ input.name }}{% if input.ok %}!{% endif %}{% endcall %}
{% macro m(d) %}[{{ caller(d.title) }}]{% endmacro %}{% for d in input.docs %}{% call(t) m(d) %}{{ t }}{{ d.rank }}{% endcall %}{% endfor %}
{% macro m() %}{{ input.name }}{{ vars.product }}{% endmacro %}{{ m() }}{% set x = m() %}{{ x }}
{% if input.ok %}{% set x = "a" %}{% else %}{% set x = "b" %}{% endif %}{{ x }}
{% set x = "z" %}{% if input.ok %}{% set x = "a" %}{% endif %}{{ x }}
{% set x = vars.product %}{% if input.ok %}{% set x = input.name %}{% endif %}{{ x }}{% if input.n == 3 %}{% set x = 1 %}{% endif %}{{ x }}
{% if input.ok %}{% if input.name %}{% set x = "a" %}{% else %}{% set x = "b" %}{% endif %}{% else %}{% set x = "c" %}{% endif %}{{ x }}
{% if input.ok %}{% set x = "a" %}{{ x }}{% endif %}{% for d in input.docs %}{% set y = d.title %}{{ y }}{% endfor %}
{% if input.ok %}{% for w in vars.words %}{{ w }}{% endfor %}{% macro late() %}L{{ input.name }}{% endmacro %}{{ late() }}{% endif %}
{% if input.ok %}{{ vars.product | upper }}{{ vars.rows | length }}{% else %}{{ vars.note | default("n") }}{% endif %}
{% set ns = namespace(n=0) %}{% for w in vars.words %}{% set ns.n = ns.n + 1 %}{% endfor %}{% if input.ok %}{{ ns.n }}{% endif %}
{% if input.ok %}{% set ns = namespace(n=1) %}{% set ns.n = 2 %}{{ ns.n }}{% endif %}
{% set ns = namespace(text="") %}{% set ns.text = input.name %}{{ ns.text }}
{% block a %}{{ input.name }}{% if input.ok %}!{% endif %}{% endblock %}{% block b %}{% for t in input.tags %}{{ t }}{% endfor %}{% endblock %}
{% for key, text in vars.limits.deep | dictsort %}{% if input.lang == key %}{{ text }}{% endif %}{% endfor %}
{{ {"a": input.name, "b": vars.product}.a }} {{ [input.name, input.lang][0] }} {{ (input.name, 1)[0] }}
{{ input.name }}{{ input.name }} {{- input.name -}} {{ input.lang }}
{% filter upper %}static{% endfilter %}{{ input.name }}
{{ vars.product | replace("A", "B") ~ input.name ~ (vars.words | join(",")) }}
{{ vars.flag and input.ok }} {{ input.ok or vars.flag }} {{ vars.empty or input.name }} {{ vars.product and input.lang }}
{% if (input.ok if vars.flag else input.name) %}a{% endif %}{% if (input.ok if input.n == 3 else input.name) %}b{% endif %}
{% if input.n %}a{% endif %}{% if input.cust %}b{% endif %}{% if input.docs %}c{% endif %}{% if input.tags and input.docs %}d{% endif %}
{% if input.cust.vip == vars.flag %}a{% endif %}{% if input.cust.level >= vars.limits.turns - 1 %}b{% endif %}
{{ input.docs | length if input.docs else "no" }} documents
{% if input.docs %}{{ input.docs | length }}{% else %}{% for w in vars.words %}{{ w }}{% endfor %}{% endif %}
"""

MESSAGES = r"""
{% message role="system" %}a{% endmessage %}{% message role="user" %}{{ input.name }}{% endmessage %}
{% message role="developer" %}a{% endmessage %}{% history %}{% message role="assistant" %}b{% endmessage %}
{% if vars.flag %}{% message role="system" %}a{% endmessage %}{% endif %}{% message role="user" %}b{% endmessage %}
{% if input.ok %}{% message role="system" %}a{% endmessage %}{% else %}{% message role="system" %}b{% endmessage %}{% endif %}{% message role="user" %}c{% endmessage %}
{% for w in vars.words %}{% message role="user" %}{{ w }}{% endmessage %}{% message role="assistant" %}ok{% endmessage %}{% endfor %}
{% for w in vars.words %}{% if input.ok %}{% message role="user" %}{{ w }}{{ input.name }}{% endmessage %}{% endif %}{% endfor %}
{% message role="system" %}a{% cache %}b{% cache ttl="1h" %}{% endmessage %}
{% message role="user" %}see {% media input.photo %} and {% for p in input.photos %}{% media p %}{% endfor %}{% endmessage %}
{% message role="system" %}\n\n{{ vars.product }}\n\n{% endmessage %}\n{% message role="user" %}\n{{ input.name }}\n{% endmessage %}
{% set x = vars.product %}{% set y = input.name %}{% message role="system" %}{{ x }}{{ y }}{% endmessage %}
{% macro m(x) %}[{{ x }}]{% endmacro %}\n{# comment #}\n{% message role="system" %}{{ m(vars.tone) }}{% endmessage %}
{% message role="system" %}{% block a %}x{% endblock %}{% endmessage %}{% block whole %}{% message role="user" %}{{ input.name }}{% endmessage %}{% endblock %}
"""


def _world(files: dict[str, str] | str, **more: Any) -> World:
    given = {PROMPT: files} if isinstance(files, str) else files
    return World(given, VARIABLES, VALUES, INPUTS, labels={"plan": "pro"}, tools={"look": "Looks things up."}, **more)


def _lines(text: str) -> list[str]:
    return [line.replace(NEWLINE, "\n") for line in text.strip().split("\n")]


# Several files. `P` stands for the prompt.
PROJECTS: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"P": 'a\n{% include "fragments/f.j2" %}\nb', "f": "{{ vars.product }}{{ input.name }}"}, {}),
    ({"P": '{% for d in input.docs %}\n{% include "fragments/f.j2" %}\n{% endfor %}', "f": "- {{ d.title }}"}, {}),
    ({"P": '{% set x = 1 %}{% include "fragments/f.j2" %}', "f": "{{ x }}"}, {}),
    ({"P": '{% if input.ok %}\n{% include "fragments/f.j2" %}\n{% endif %}\nend', "f": "{% if input.name %}\n{{ input.name }}\n{% endif %}\n"}, {}),
    ({"P": '{% include "fragments/" ~ vars.tone ~ ".j2" %}', "warm": "W", "neutral": "N", "formal": "F"}, {}),
    ({"P": '{% include "fragments/f.j2" without context %}{% include "fragments/f.j2" with context %}', "f": "{{ vars.product }}"}, {}),
    ({"P": '{% include "fragments/f.j2" %}', "f": '{% include "fragments/g.j2" %}\n!', "g": "{{ input.name }}"}, {}),
    ({"P": '{% import "fragments/f.j2" as f %}{{ f.m(1) }}{{ f.m(input.name) }}{{ f.x }}', "f": "{% set x = vars.product %}{% macro m(a) %}<{{ a }}>{% endmacro %}"}, {}),
    ({"P": '{% from "fragments/f.j2" import m, x as y %}{{ m(vars.words) }}{{ y }}', "f": "{% set x = 2 %}{% macro m(a) %}{% for i in a %}{{ i }}{% endfor %}{% endmacro %}"}, {}),
    ({"P": '{% from "fragments/f.j2" import m with context %}{{ m() }}', "f": "{% macro m() %}{{ vars.product }}{{ input.name }}{{ tenant.labels.plan }}{% endmacro %}"}, {}),
    ({"P": '{% from "fragments/f.j2" import m %}{% call m("t") %}{{ input.name }}{% endcall %}', "f": "{% macro m(t) %}[{{ t }}{{ caller() }}]{% endmacro %}"}, {}),
    ({"P": '{% from "fragments/f.j2" import m %}{{ m(input.docs) }}', "f": "{% macro m(docs) %}{% for d in docs %}{{ loop.index }}{{ d.title }}{% else %}none{% endfor %}{% endmacro %}"}, {}),
    ({"P": '{% if input.ok %}{% from "fragments/f.j2" import m %}{{ m() }}{% endif %}', "f": "{% macro m() %}M{% endmacro %}"}, {}),
    ({"P": '{% import "fragments/f.j2" as f %}{{ f.m() }}{{ f.m() }}', "f": "{% set ns = namespace(i=0) %}{% macro m() %}{% set ns.i = ns.i + 1 %}{{ ns.i }}{% endmacro %}"}, {}),
    ({"P": '{% extends "fragments/b.j2" %}\n{% block a %}child{% endblock %}', "b": "x {% block a %}base{% endblock %} y"}, {}),
    ({"P": '{% extends "fragments/b.j2" %}{% block a %}{{ super() }}+{{ input.name }}{% endblock %}', "b": "{% block a %}{{ vars.product }}{{ input.lang }}{% endblock %}"}, {}),
    ({"P": '{% extends "fragments/b.j2" %}{% block a %}1{{ super() }}{% endblock %}', "b": '{% extends "fragments/c.j2" %}{% block a %}2{{ super() }}{% endblock %}', "c": "{% block a %}3{% endblock %}{% block z %}Z{% endblock %}"}, {}),
    ({"P": '{% extends "fragments/b.j2" %}{% set x = vars.product %}{% macro m() %}M{% endmacro %}{% block a %}{{ x }}{{ m() }}{% endblock %}', "b": "{% block a %}{% endblock %}"}, {}),
    ({"P": '{% extends "fragments/b.j2" %}{% from "fragments/f.j2" import m %}{% block a %}{{ m(input.name) }}{% endblock %}', "b": "{% block a %}{% endblock %}", "f": "{% macro m(x) %}<{{ x }}>{% endmacro %}"}, {}),
    ({"P": '{% extends "fragments/b.j2" %}{% block a %}{{ super() | upper }}{% endblock %}', "b": "{% block a %}{{ vars.product }}{% endblock %}"}, {}),
    ({"P": '{% extends "fragments/b.j2" %}{% block inner %}I{% endblock %}', "b": "{% block outer %}[{% block inner %}i{% endblock %}]{% endblock %}"}, {}),
    ({"P": '{% extends "fragments/b.j2" %}{% block b %}{{ item }}{% endblock %}', "b": "{% for item in vars.words %}{% block b scoped %}{% endblock %}{% endfor %}"}, {}),
    ({"P": '{% extends "fragments/b.j2" %}{% block b %}r{% endblock %}', "b": "{% block b required %}{% endblock %}"}, {}),
    ({"P": '{% extends "fragments/b.j2" %}{% block q %}{% message role="user" %}{{ input.name }}{% endmessage %}{% endblock %}', "b": '{% message role="system" %}S{% endmessage %}{% block q %}{% endblock %}'}, {}),
    ({"P": '{% include "fragments/f.j2" %}{% message role="user" %}u{% endmessage %}', "f": '{% message role="system" %}{{ vars.product }}{% endmessage %}'}, {}),
    ({"P": "{% block a %}{% for d in input.docs %}{% if d.rank == 3 %}A{% else %}B\n{% endif %}{% endfor %}tail{% endblock %}\nend"}, {}),
    ({"P": "{% block a %}{% for d in input.docs %}\n- {{ d.title }}\n{% endfor %}{% endblock %}\nend"}, {}),
    ({"P": "{% block a %}{% for d in input.docs %}{{ d.title }}{% endfor %}{% endblock %}\nend"}, {}),
    ({"P": "{% if vars.flag %}x{% endif -%}\n{% block a %}A{% endblock %}\n{{ input.name }}"}, {}),
    ({"P": "{% for t in input.tags %}{% if not vars.flag %}x{% endif %}{% endfor %}\n\nA"}, {}),
    ({"P": "{% set c %}<{{ vars.product }}>{% endset %}{{ {'k': c} | tojson }}{{ c[1] }}{{ not c }}{{ [c] | first }}{{ c and 'x' }}{{ [c, 'x'] | sort | join }}"}, {}),
    ({"P": "{{ 1e21 }} {{ 1e21 | string }} {{ 1e21 > 2 }} {{ -1e21 }}"}, {}),
    ({"P": "{% block a %}base\n{% endblock %}\nend"}, {"actions": {"a": ("replace", "over {{ x }} {% y %}")}}),
    ({"P": "{% block a %}base\n{% endblock %}\nend"}, {"actions": {"a": ("append", "over")}}),
    ({"P": "{% block a %}\nbase {{ input.name }}{% endblock %}\nend"}, {"actions": {"a": ("append", "over\n")}}),
    ({"P": "{% block a %}{% endblock %}\nend"}, {"actions": {"a": ("append", "over")}}),
    ({"P": "{% block a %}base{% endblock %}\nend"}, {"actions": {"a": ("prepend", "over")}}),
    ({"P": 'x\n{% include "fragments/f.j2" %}\ny', "f": "{% block a %}base{% endblock %}"}, {"actions": {"a": ("replace", "over")}}),
    ({"P": '{% extends "fragments/b.j2" %}{% block a %}child {{ super() }}{% endblock %}', "b": "{% block a %}base{% endblock %}\nz"}, {"actions": {"a": ("append", "over")}}),
    ({"P": "{% block a %}[{% block b %}b{% endblock %}]{% endblock %}"}, {"actions": {"b": ("replace", "over")}}),
    ({"P": "{% if input.ok %}{% block a %}base{% endblock %}{% endif %}"}, {"actions": {"a": ("replace", "over")}}),
    ({"P": '{% message role="system" %}s{% endmessage %}{% examples "e" max=1 %}{% message role="user" %}Q {{ input.name }}{% endmessage %}'}, {"examples": {"e": [({"name": "N", "n": 1, "ok": True, "cust": {"level": 1}, "photo": {"url": "https://a.example/u.png"}}, "A"), ({"name": "O", "n": 1, "ok": True, "cust": {"level": 1}, "photo": {"url": "https://a.example/u.png"}}, "B")]}}),
    ({"P": '{% examples "e" %}{% message role="user" %}{% for t in input.tags %}{{ t }},{% else %}no{% endfor %}{% endmessage %}'}, {"examples": {"e": [({"name": "N", "n": 1, "ok": True, "tags": ["x"], "cust": {"level": 1}, "photo": {"url": "https://a.example/u.png"}}, {"b": 1, "a": [True]})]}}),
]

# What the author of a template expects, by hand: (template, messages' texts for each of RUNS).
KNOWN: list[tuple[str, list[str], list[str]]] = [
    ("Hello {{ input.name or 'there' }}.", ["Hello Dana <d>."], ["Hello there."]),
    ("{{ vars.product }} {{ input.name | xml }}", ["Acme Care Dana &lt;d&gt;"], ["Acme Care "]),
    ("{% for d in input.docs %}\n{{ loop.index }}. {{ d.title }}\n{% else %}\nNone.\n{% endfor %}\nEnd", ["1. T1\n2. T2\nEnd"], ["None.\nEnd"]),
    ("{% if input.n > 2 %}\nMany\n{% else %}\nFew\n{% endif %}\n\n", ["Many"], ["Few"]),
    ("{{ input.tags | length }} {{ input.tags | join('|') }}", ["2 a|b\nc"], ["0 "]),
    ("{{ input.cust | tojson }}", ['{"level":2,"name":"Q","nick":"Di","vip":true}'], ['{"level":0,"name":"Q","vip":false}']),
    ("{{ input.cust.nick | default('-') }}{{ input.score }}", ["Di0.75"], ["-0.5"]),
    ("{{ vars.words | unique | sort | join(' ') }} {{ vars.ratio * 2 }}", ["alpha beta Gamma 4.5"], ["alpha beta Gamma 4.5"]),
    ('{% message role="system" %}S {{ vars.count }}{% endmessage %}\n{% message role="user" %}\n{{ input.name }}\n{% endmessage %}', ["S 3", "Dana <d>"], ["S 3", ""]),
    ("{% set x = 'z' %}{% if input.ok %}{% set x = vars.tone %}{% endif %}{{ x }}", ["warm"], ["z"]),
    ("{{ input.ok }} {{ not input.ok }} {{ input.lang == 'de' }}", ["true false true"], ["false true false"]),
    ("{% macro m(x) -%} <{{ x }}> {%- endmacro %}{{ m(input.lang) }}{{ m(vars.count) }}", ["<de><3>"], ["<en><3>"]),
]

CORPUS: list[World] = [_world(line) for text in (FILTERS, TESTS, EXPRESSIONS, STATEMENTS, OVER_INPUTS, MESSAGES) for line in _lines(text)]
CORPUS += [_world({PROMPT if name == "P" else f"fragments/{name}.j2": text for name, text in files.items()}, **more) for files, more in PROJECTS]
CORPUS += [_world(template) for template, *_ in KNOWN]
