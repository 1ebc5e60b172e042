"""Projects: random projects for law 10, each a function of its seed.

A prompt with or without a parent, two fragments and a library of macros; statements over what is known when building and
over inputs; random values, three sets of inputs. What `project(seed)` gives never depends on anything but the seed.
"""

from __future__ import annotations

import random
import re
from typing import Any

from tests.laws.grammar import KINDS
from tests.laws.world import PROMPT, World

WORDS = "You answer never always customers <b> {x} 100% # - * \\n é 한국 $5 $ don't \"quoted\" a|b --- `code` & end. ok".split()
TEXTS = ["Acme", "", "a", "abc a", " pad ", "line\ntwo", "<a & b>", "é\"'", "X", "warm", "12", "{{ no }}", "en", "b", "end\n", "\nlead", "x y z a"]
NAMES = ["name", "size", "tags"]
DOC = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "text": {"type": "string"}, "rank": {"type": "integer"}, "parts": {"type": "array", "items": {"type": "string"}}},
    "required": ["title", "text", "rank", "parts"],
}
INPUTS: dict[str, Any] = {
    "name": {"type": "string"},
    "lang": {"type": "string", "enum": ["en", "de", "ko", "warm"], "default": "en"},
    "n": {"type": "integer"},
    "score": {"type": "number", "default": 0.5},
    "ok": {"type": "boolean"},
    "opt": {"type": "string", "default": ""},
    "maybe": {"type": ["string", "null"], "default": None},
    "tags": {"type": "array", "items": {"type": "string"}, "default": []},
    "docs": {"type": "array", "items": DOC, "default": []},
    "cust": {
        "type": "object",
        "properties": {"name": {"type": "string", "default": "Q"}, "vip": {"type": "boolean", "default": False}, "nick": {"type": "string"}, "level": {"type": "integer"}},
        "required": ["level"],
    },
}
ROW = {"type": "object", "properties": {"name": {"type": "string"}, "size": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}}}}
VARIABLES: dict[str, Any] = {
    "product": {"type": "string"},
    "tone": {"type": "string", "enum": ["neutral", "warm", "formal"], "default": "neutral"},
    "html": {"type": "string", "default": "<i>x</i>"},
    "items": {"type": "string", "default": "the items"},
    "note": {"type": "string"},
    "maybe": {"type": ["string", "null"], "default": None},
    "count": {"type": "integer", "default": 2},
    "ratio": {"type": "number", "default": 0.5},
    "big": {"type": "number", "default": 123456.75},
    "flag": {"type": "boolean", "default": False},
    "words": {"type": "array", "items": {"type": "string"}, "default": []},
    "empty": {"type": "array", "items": {"type": "string"}, "default": []},
    "nums": {"type": "array", "items": {"type": "integer"}, "default": []},
    "rows": {"type": "array", "items": ROW, "default": []},
    "limits": {
        "type": "object",
        "properties": {"turns": {"type": "integer"}, "label": {"type": "string"}, "deep": {"type": "object", "properties": {"a": {"type": "string"}}}},
    },
}
LIBRARY = """{% macro wrap(x) -%}<{{ x }}>{%- endmacro %}
{% macro either(x, y='z') %}{% if x %}{{ x }}{% else %}{{ y }}{% endif %}{% endmacro %}
{% macro each(items, mark='-') %}
{% for item in items %}
{{ mark }} {{ item }}{% if not loop.last %};{% endif +%}
{% else %}
none
{% endfor %}
{% endmacro %}
{% macro box(title) %}
[{{ title }}]
{{ caller() }}
[/{{ title }}]
{% endmacro %}
{% macro twice() %}{{ caller(1) }}|{{ caller(2) }}{% endmacro %}
{% macro reads(x) %}{{ vars.product }}/{{ input.name }}/{{ x }}{% endmacro %}
"""


class Scope:
    """Names that may be read here, by kind of expression."""

    def __init__(self, names: dict[str, list[str]] | None = None) -> None:
        self.names = {kind: list(given) for kind, given in (names or {}).items()}

    def inner(self, **more: list[str]) -> Scope:
        made = Scope(self.names)
        for kind, given in more.items():
            made.names[kind] = [*made.names.get(kind, []), *given]
        return made

    def add(self, kind: str, name: str) -> None:
        self.names.setdefault(kind, []).append(name)


class Maker:
    """Draws one project."""

    def __init__(self, seed: int, hostile: float = 0.004) -> None:
        self.random = random.Random(f"promptc {seed}")
        self.hostile = hostile
        self.count = 0
        self.includes = True
        self.library = False

    # Expressions

    def expression(self, kind: str, scope: Scope, depth: int = 0) -> str:
        own = scope.names.get(kind)
        if own and self.random.random() < 0.3:
            return self.random.choice(own)
        choices = KINDS[kind]
        if depth >= 2:
            choices = [choice for choice in choices if "$" not in choice] or choices
        chosen = self.random.choice(choices)
        return re.sub(r"\$([A-Z]+)", lambda found: self.expression(found[1], scope, depth + 1), chosen)

    def printed(self, scope: Scope) -> str:
        """An expression to be printed."""
        draw = self.random.random()
        if draw < self.hostile:
            return self.expression("HOSTILE", scope)
        if draw < 0.1 and scope.names.get("P"):
            return self.random.choice(scope.names["P"])
        if draw < 0.15 and self.library:
            return self.macro_call(scope)
        return self.expression(self.random.choice(("T", "T", "T", "N", "F", "B", "IP", "IP", "IP")), scope)

    def macro_call(self, scope: Scope) -> str:
        one = self.expression(self.random.choice(("T", "N", "IT", "IP")), scope, 1)
        kind = self.random.randrange(5)
        if kind == 0:
            return f"lib.wrap({one})"
        if kind == 1:
            return f"lib.either({self.expression(self.random.choice(('T', 'IT')), scope, 1)}, {one})"
        if kind == 2:
            return f"lib.each({self.expression(self.random.choice(('L', 'IL')), scope, 1)}, mark='*')"
        if kind == 3:
            return f"lib.reads({one})"
        return f"lib.wrap(lib.wrap({one}))"

    def condition(self, scope: Scope) -> str:
        return self.expression(self.random.choice(("C", "C", "IC")), scope)

    # Text and tags

    def words(self) -> str:
        return " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(1, 4)))

    def line(self, scope: Scope) -> str:
        """A line of text, maybe with values and small conditions in it."""
        parts = [self.words()]
        for _ in range(self.random.randint(0, 2)):
            draw = self.random.random()
            if draw < 0.6:
                left, right = self.random.choice((("{{ ", " }}"), ("{{", "}}"), ("{{- ", " }}"), ("{{ ", " -}}"), ("{{ ", " }}"), ("{{ ", " }}")))
                parts.append(f"{left}{self.printed(scope)}{right}")
            elif draw < 0.8:
                other = f"{{% else %}}{self.words()}" if self.random.random() < 0.5 else ""
                parts.append(f"{{% if {self.condition(scope)} %}}{self.words()}{{{{ {self.printed(scope)} }}}}{other}{{% endif %}}")
            else:
                parts.append(self.words())
        ending = self.random.choice(("\n", "\n", "\n", "\n\n", " \n", ""))
        return self.random.choice((" ", "")).join(parts) + ending

    def tag(self, text: str) -> str:
        """A tag on its own line, mostly."""
        opening = self.random.choice(("{% ", "{% ", "{% ", "  {% ", "{%- "))
        closing = self.random.choice((" %}\n", " %}\n", " %}\n", " -%}\n", " +%}\n", " %}"))
        return f"{opening}{text}{closing}"

    # Statements

    def body(self, scope: Scope, depth: int, most: int = 4) -> str:
        return "".join(self.statement(scope, depth) for _ in range(self.random.randint(1, most)))

    def statement(self, scope: Scope, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.35:
            return self.line(scope)
        kinds = [self.if_, self.if_, self.for_known, self.for_docs, self.for_tags, self.with_, self.set_, self.set_block, self.filter_, self.namespace, self.branches_set, self.comment, self.raw]
        if self.library:
            kinds += [self.call_, self.call_twice]
        if self.includes:
            kinds.append(self.include)
        return self.random.choice(kinds)(scope, depth - 1)

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def if_(self, scope: Scope, depth: int) -> str:
        out = self.tag(f"if {self.condition(scope)}") + self.body(scope.inner(), depth, 2)
        while self.random.random() < 0.25:
            out += self.tag(f"elif {self.condition(scope)}") + self.body(scope.inner(), depth, 2)
        if self.random.random() < 0.5:
            out += self.tag("else") + self.body(scope.inner(), depth, 2)
        return out + self.tag("endif")

    def for_known(self, scope: Scope, depth: int) -> str:
        name = self.fresh("w")
        draw = self.random.random()
        more = {"T": [name, "loop.cycle('odd', 'even')", "loop.previtem|default('-')"], "N": ["loop.index", "loop.index0", "loop.revindex", "loop.length", "loop.depth"], "C": ["loop.first", "loop.last"]}
        over = self.expression("L", scope, 1)
        if draw < 0.25:
            over, more["T"][0] = "vars.rows", f"{name}.name"
            more["N"].append(f"{name}.size")
            more["L"] = [f"{name}.tags"]
        elif draw < 0.35:
            over, more["T"] = f"range({self.random.randint(0, 3)})", []
            more["N"].append(name)
        elif draw < 0.45:
            over = "vars.limits|dictsort"
            name = f"{name}, v{name}"
            more["T"] = [name.split(",")[0], f"v{name.split(',')[0]}|tojson"]
            more["C"] = ["loop.first"]
        elif draw < 0.5:
            over = f"{over} if {name} != 'a'"
        inner = scope.inner(**more)
        out = self.tag(f"for {name} in {over}") + self.body(inner, depth, 2)
        if self.random.random() < 0.3:
            out += self.tag("else") + self.body(scope.inner(), depth, 1)
        return out + self.tag("endfor")

    def for_docs(self, scope: Scope, depth: int) -> str:
        name = self.fresh("d")
        more = {"IT": [f"{name}.title", f"{name}.text", f"{name}['title']"], "IP": [f"{name}.rank", "loop.index", "loop.index0", f"{name}|tojson"], "IC": ["loop.first", "loop.last", "not loop.last", f"{name}.rank > 2", f"'a' in {name}.parts", "loop.index > 1"], "IL": [f"{name}.parts", f"{name}.parts"]}
        over = self.random.choice(("input.docs", "input.docs", "input.docs or []", "input.docs|default([])"))
        return self.input_loop(name, over, scope.inner(**more), scope, depth)

    def for_tags(self, scope: Scope, depth: int) -> str:
        name = self.fresh("t")
        more = {"IT": [name, f"{name}|default('none')"], "IP": ["loop.index", f"{name}|xml"], "IC": ["loop.first", f"{name} == 'a'", f"{name} in vars.words", "loop.last"]}
        return self.input_loop(name, self.expression("IL", scope, 1), scope.inner(**more), scope, depth)

    def input_loop(self, name: str, over: str, inner: Scope, scope: Scope, depth: int) -> str:
        out = self.tag(f"for {name} in {over}") + self.body(inner, depth, 2)
        if self.random.random() < 0.3:
            out += self.tag("else") + self.body(scope.inner(), depth, 1)
        return out + self.tag("endfor")

    def with_(self, scope: Scope, depth: int) -> str:
        name, kind = self.fresh("x"), self.random.choice(("T", "N", "IT", "L", "IL"))
        inner = scope.inner(**{kind: [name]})
        return self.tag(f"with {name} = {self.expression(kind, scope, 1)}") + self.body(inner, depth, 2) + self.tag("endwith")

    def set_(self, scope: Scope, depth: int) -> str:
        name, kind = self.fresh("s"), self.random.choice(("T", "N", "C", "L", "IT", "IC", "IP", "IL"))
        out = self.tag(f"set {name} = {self.expression(kind, scope)}")
        scope.add("P" if kind in ("IP", "IC") else kind, name)
        return out

    def set_block(self, scope: Scope, depth: int) -> str:
        name = self.fresh("c")
        chain = self.random.choice(("", "", "", " | trim", " | upper"))
        out = self.tag(f"set {name}{chain}") + (self.plain(scope) if chain else self.body(scope.inner(), depth, 2)) + self.tag("endset")
        scope.add("P", name)
        return out

    def branches_set(self, scope: Scope, depth: int) -> str:
        name, kind = self.fresh("b"), self.random.choice(("T", "IT", "N"))
        before = self.tag(f"set {name} = {self.expression(kind, scope, 1)}") if self.random.random() < 0.6 else ""
        out = before + self.tag(f"if {self.condition(scope)}") + self.tag(f"set {name} = {self.expression(kind, scope, 1)}") + self.line(scope.inner(P=[name]))
        if not before or self.random.random() < 0.4:
            out += self.tag("else") + self.tag(f"set {name} = {self.expression(kind, scope, 1)}")
        scope.add("P", name)
        return out + self.tag("endif") + f"{{{{ {name} }}}}\n"

    def filter_(self, scope: Scope, depth: int) -> str:
        chosen = self.random.choice(("upper", "indent(2)", "trim", "replace('a', 'o')|lower", "wordwrap(9)", "string"))
        return self.tag(f"filter {chosen}") + self.plain(scope) + self.tag("endfilter")

    def plain(self, scope: Scope) -> str:
        """Text that holds no input."""
        kept = Scope({kind: names for kind, names in scope.names.items() if not kind.startswith("I") and kind != "P"})
        return self.words() + f" {{{{ {self.expression(self.random.choice(('T', 'N')), kept, 1)} }}}}\n"

    def namespace(self, scope: Scope, depth: int) -> str:
        name, over = self.fresh("ns"), self.expression("L", scope, 1)
        return (
            self.tag(f"set {name} = namespace(n=0, last='')")
            + self.tag(f"for item in {over}")
            + self.tag(f"set {name}.n = {name}.n + 1")
            + self.tag(f"set {name}.last = item")
            + self.tag("endfor")
            + f"{{{{ {name}.n }}}}:{{{{ {name}.last }}}}\n"
        )

    def call_(self, scope: Scope, depth: int) -> str:
        return self.tag(f"call lib.box({self.expression(self.random.choice(('T', 'IT')), scope, 1)})") + self.body(scope.inner(), depth, 2) + self.tag("endcall")

    def call_twice(self, scope: Scope, depth: int) -> str:
        return self.tag("call(k) lib.twice()") + self.line(scope.inner(N=["k"])) + self.tag("endcall")

    def comment(self, scope: Scope, depth: int) -> str:
        return self.random.choice(("{# a comment #}\n", "text {# {% if #} more\n", "  {#- trimmed -#}\n"))

    def raw(self, scope: Scope, depth: int) -> str:
        return self.random.choice(("{% raw %}{{ not }} {% if %}{% endraw %}\n", "{% raw %}\n{{ x\n{% endraw %}\n"))

    def include(self, scope: Scope, depth: int) -> str:
        name = self.random.choice(('"fragments/one.j2"', '"fragments/two.j2"', '"fragments/" ~ vars.tone ~ ".j2"'))
        return self.random.choice((f"{{% include {name} %}}\n", f"  {{% include {name} %}}\n", f"see {{% include {name} %}} here\n", f"{{% include {name} without context %}}\n"))

    # Files

    def fragment(self) -> str:
        self.includes, self.library = False, False
        return self.body(Scope(), 2, 2).rstrip("\n") + self.random.choice(("", "\n", "\n\n"))

    def block(self, name: str, depth: int = 2) -> str:
        layout = self.random.choice(("{{% block {0} %}}\n{1}{{% endblock %}}\n", "{{% block {0} %}}{1}{{% endblock %}}\n", "x {{% block {0} %}}{1}{{% endblock %}} y\n"))
        return layout.format(name, self.body(Scope(), depth, 2))

    def message(self, role: str, content: str) -> str:
        return f'{{% message role="{role}" %}}\n{content}{{% endmessage %}}\n'

    def files(self) -> dict[str, str]:
        found = {f"fragments/{name}.j2": self.fragment() for name in ("one", "two")}
        found |= {f"fragments/{name}.j2": self.line(Scope()) for name in ("neutral", "warm", "formal")}
        found["fragments/lib.j2"] = LIBRARY
        self.includes, self.library = True, self.random.random() < 0.7
        imports = '{% import "fragments/lib.j2" as lib %}\n' if self.library else ""
        if self.random.random() < 0.3:
            found[PROMPT] = self.child(imports, found)
        elif self.random.random() < 0.3:
            found[PROMPT] = imports + self.body(Scope(), 3, 3) + self.block("slot") + self.body(Scope(), 2, 3)
        else:
            found[PROMPT] = imports + self.messages(self.block("slot"))
        return found

    def messages(self, block: str) -> str:
        cache = self.random.choice(("", "", "{% cache %}\n"))
        system = self.message("system", self.body(Scope(), 3, 2) + block + self.body(Scope(), 2, 2) + cache)
        middle = "{% history %}\n" if self.random.random() < 0.5 else ""
        if self.random.random() < 0.2:
            middle = f"{{% if {self.condition(Scope())} %}}\n{self.message('developer', self.body(Scope(), 1, 2))}{{% endif %}}\n" + middle
        return system + middle + self.message("user", self.body(Scope(), 3, 2))

    def child(self, imports: str, found: dict[str, str]) -> str:
        self.library = False
        found["fragments/base.j2"] = self.messages(self.block("slot") + self.block("other") + self.block("last", 1))
        self.library = bool(imports)
        super_ = self.random.choice(("{{ super() }}\n", "{{ super() }}", "", "{{ super()|upper }}\n" if self.random.random() < 0.1 else ""))
        return f'{{% extends "fragments/base.j2" %}}\n{imports}{{% block other %}}\n{self.body(Scope(), 2, 2)}{super_}{{% endblock %}}\n{{% block last %}}{super_}{{% endblock %}}\n'

    # Values

    def text(self) -> str:
        return self.random.choice(TEXTS)

    def texts(self) -> list[str]:
        return [self.text() for _ in range(self.random.randint(0, 3))]

    def values(self) -> dict[str, Any]:
        draw = self.random
        rows = [{"name": f"{self.text()}{n}", "size": draw.randint(0, 5), "tags": self.texts()} for n in range(draw.randint(0, 3))]
        optional = {"note": self.text(), "maybe": draw.choice((None, "m")), "tone": draw.choice(("neutral", "warm", "formal")), "html": self.text(), "count": draw.randint(0, 6), "ratio": draw.choice((0.25, 1.5, 3, 0.001)), "flag": draw.random() < 0.5, "words": self.texts(), "nums": [draw.randint(-3, 9) for _ in range(draw.randint(0, 3))], "rows": rows}
        kept = {name: value for name, value in optional.items() if draw.random() < 0.7}
        return {"product": self.text(), "limits": {"turns": draw.randint(0, 4), "label": self.text(), "deep": {"a": self.text()}}, **kept}

    def inputs(self) -> dict[str, Any]:
        draw = self.random
        docs = [{"title": self.text(), "text": self.text(), "rank": draw.randint(0, 4), "parts": self.texts()} for _ in range(draw.randint(0, 3))]
        cust = {"level": draw.randint(0, 3), **({"nick": self.text()} if draw.random() < 0.5 else {}), **({"vip": True} if draw.random() < 0.5 else {})}
        optional = {"lang": draw.choice(("en", "de", "ko", "warm")), "score": draw.choice((0.1, 0.5, 2.0, 7)), "opt": self.text(), "maybe": draw.choice((None, "", "v")), "tags": self.texts(), "docs": docs}
        kept = {name: value for name, value in optional.items() if draw.random() < 0.7}
        return {"name": self.text(), "n": draw.randint(0, 5), "ok": draw.random() < 0.5, "cust": cust, **kept}


def project(seed: int) -> tuple[World, list[dict[str, Any]]]:
    """A project and three sets of inputs for it."""
    maker = Maker(seed)
    files = maker.files()
    actions = {}
    if maker.random.random() < 0.3:
        actions = {"slot": (maker.random.choice(("append", "replace", "prepend")), maker.random.choice(("Over ${x}", "{{ y }}\n", "two\nlines", "- z")))}
    values = maker.values()
    world = World(files, VARIABLES, values, INPUTS, actions, {"plan": maker.random.choice(("pro", "free"))}, {"look": "Looks things up."})
    return world, [maker.inputs() for _ in range(3)]


def neighbours(seed: int, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Values of other tenants of the same project: others altogether, and the same with one thing changed."""
    maker = Maker(seed + 1_000_000)
    changed = dict(values)
    fresh = maker.values()
    name = maker.random.choice(sorted({*fresh, *changed} - {"product", "limits"}) or ["product"])
    if name in fresh and fresh[name] != changed.get(name):
        changed[name] = fresh[name]
    else:
        changed.pop(name, None)
    return [fresh, changed, {**values, "product": maker.text()}, dict(values)]
