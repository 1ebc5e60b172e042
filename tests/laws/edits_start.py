"""Edited worlds at their start: what a random project holds before the first edit, and how its parts are drawn.

    seed -> [start] -> World -> edits

What is drawn is right more often than not: what is wrong with a project is the business of edits_wrong.py.
"""

from __future__ import annotations

from random import Random
from typing import Any

from tests.laws.edits_world import Body, Sheet, Tag, World, some

TEXTS = ["Acme", "Acme Care", "Tern", "온솔공방", "한빛마켓", "واحة الكتب", "no", "1.10", "é & <b>", "a: b # c", "{{ vars.product }}", "{% raw %}", '{"a": [1, "b"]}', "\\frac{a}{b} $x_1$", "- x", "$5", "two\nlines", "block\ntext\n", "'quoted' \"twice\""]
WORDS = ["cheap", "cure", "sure", "kindly", "보장", "ضمان", "{{ x }}", "no", "a, b", "best"]
TEAMS = ["Support", "Press", "Clinic", "법무", "Sales"]
CATEGORIES = ["billing", "technical", "delivery", "other", "fraud"]
PRODUCTS = ["Acme Care", "Globex", "Initech", "Tern", "온솔공방", "واحة الكتب", "Umbrella", "Helio"]
TENANTS = ["acme", "globex", "initech", "tern", "onsol", "waha", "umbrella", "helio", "kestrel", "noor", "su-01", "su-02", "su-03", "su-04", "su-05"]
LAYERS = ["base", "plan/free", "plan/pro", "industry/health", "industry/retail", "language/ko", "region/eu"]
FOLDERS = ["", "eu/", "us/"]
SPARE = ["spare", "spare_rows"]  # no prompt ever asks for these

VARIABLES: dict[str, dict[str, Any]] = {
    "product": {"type": "string", "required": True, "maxLength": 60, "description": "The product's name"},
    "company": {"type": "string", "default": "${product} Ltd"},
    "tone": {"type": "string", "enum": ["neutral", "warm", "formal"], "default": "neutral"},
    "lang": {"type": "string", "enum": ["en", "ko"], "default": "en"},
    "count": {"type": "integer", "default": 3, "minimum": 0, "maximum": 50},
    "ratio": {"type": "number", "default": 0.5},
    "flag": {"type": "boolean", "default": False},
    "words": {"type": "array", "items": {"type": "string"}, "default": ["cheap"], "merge": "unique"},
    "rules": {"type": "array", "items": {"type": "string"}, "default": [], "merge": "append", "set_by": ["layer"]},
    "langs": {"type": "array", "items": {"type": "string"}, "default": ["English"]},
    "categories": {"type": "array", "items": {"type": "string", "enum": CATEGORIES}, "default": ["billing", "other"], "merge": "unique"},
    "contacts": {
        "type": "array",
        "items": {"type": "object", "properties": {"team": {"type": "string"}, "when": {"type": "string"}}, "required": ["team", "when"]},
        "default": [{"team": "Support", "when": "anything else"}],
        "merge": {"by": "team"},
    },
    "limits": {
        "type": "object",
        "properties": {"words": {"type": "integer"}, "turns": {"type": "integer"}},
        "required": ["words", "turns"],
        "default": {"words": 180, "turns": 12},
    },
    "letter": {"type": "string", "default": "Dear customer", "merge": "append"},
    "sample": {"type": "string", "default": ""},
    "maybe": {"type": ["string", "null"], "default": None},
    "rubric": {"type": "string", "default": "", "set_by": ["tenant"], "confidential": True},
    "spare": {"type": "string", "default": ""},
    "spare_rows": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}, "default": [], "merge": {"by": "id"}},
}
LISTS = {"words": WORDS, "rules": ["Law A.", "Law B.", "Law C {{ x }}."], "langs": ["English", "한국어", "العربية"], "categories": CATEGORIES}
MODELS: dict[str, dict[str, Any]] = {
    "main": {"provider": "anthropic", "name": "claude-sonnet-4-5", "window": 200000, "refuses": ["top_p"]},
    "fast": {"provider": "gemini", "name": "gemini-2.5-flash", "config": {"temperature": 0}},
    "deep": {"provider": "openai", "name": "gpt-5", "revision": "2025-08-07", "config": {"max_tokens": 4000}, "refuses": ["temperature", "seed"]},
}
INPUTS: dict[str, Any] = {
    "message": {"type": "string"},
    "vip": {"type": "boolean", "default": False},
    "plan": {"type": "string", "enum": ["pro", "free"], "default": "free"},
    "docs": {"type": "array", "items": {"type": "object", "properties": {"title": {"type": "string"}, "text": {"type": "string"}}, "required": ["title", "text"]}, "default": []},
}
CONFIG: dict[str, list[Any]] = {"temperature": [0, 0.2, 1], "top_p": [0.5, 0.9], "max_tokens": [400, 800, 1200], "seed": [1, 7], "reasoning": ["low", "high"], "verbosity": ["low", "high"], "native": [{"openai": {"store": False}}]}
MACROS = "{% macro bullets(items) %}- {{ items | join('\\n- ') }}{% endmacro %}\n{% macro box(tag) %}\n<{{ tag }}>\n{{ caller() }}</{{ tag }}>\n{% endmacro %}\n"
IMPORT = '{% import "fragments/macros.j2" as m %}\n'

# Statements that may stand in any system message, in any order.
SNIPPETS = [
    "You serve {{ vars.product }}.\n",
    "Of {{ vars.company | upper }}, at {{ vars.ratio }}.\n",
    '{% if vars.tone == "warm" %}\nBe warm.\n{% elif vars.tone == "formal" %}\nBe formal, for {{ vars.product }}.\n{% endif %}\n',
    "{% if vars.flag %}\nFlagged with {{ vars.count }}.\n{% else %}\nPlain.\n{% endif %}\n",
    "{% for word in vars.words %}\n{{ loop.index }}. Never {{ word }}.\n{% else %}\nAll words are fine.\n{% endfor %}\n",
    'Never {{ vars.words | map("tojson") | join(" or ") }}.\n',
    "{% for rule in vars.rules %}\n- {{ rule }}\n{% endfor %}\n",
    'In {{ vars.langs | join(" or ") }}, at most {{ vars.limits.words }} words.\n',
    "{% if vars.limits.turns > 10 %}\nTake your time: {{ vars.limits.turns }} turns.\n{% endif %}\n",
    "{% for contact in vars.contacts %}\n- {{ contact.team }}: {{ contact.when }}\n{% endfor %}\n",
    "{{ vars.categories | sort | join(',') }} ({{ vars.categories | length }})\n",
    "{{ vars.letter }}\n",
    "{{ vars.sample }}\n",
    "{% if vars.sample %}\nSample: {{ vars.sample | trim }}\n{% endif %}\n",
    "{% if vars.maybe is none %}\nNothing.\n{% else %}\nMaybe {{ vars.maybe }}.\n{% endif %}\n",
    "{% if vars.rubric %}\n{{ vars.rubric }}\n{% endif %}\n",
    "{% set next = vars.count + 1 %}\nUp to {{ next }}.\n",
    '{% include "fragments/safety.j2" %}\n',
    '{% include "fragments/help-" ~ vars.lang ~ ".j2" %}\n',
    '{% if vars.count > 2 %}\n{% include "fragments/tone.j2" %}\n{% endif %}\n',
    "{% for name, tool in tools | dictsort %}\n- {{ name }}: {{ tool.description }}\n{% endfor %}\n",
    '{% if "refund" in tools %}\nYou may pay back.\n{% endif %}\n',
    '{% if model.provider == "anthropic" %}\nThink.\n{% endif %}\n',
    'Plan: {{ tenant.labels.plan | default("none") }}.\n',
    "{% if input.vip %}\nA guest of {{ vars.product }}.\n{% elif vars.flag %}\nNo guest.\n{% endif %}\n",
    '{% if input.plan == "pro" %}\nPaid.\n{% endif %}\n',
    "{% filter upper %}\nloud {{ vars.tone }}\n{% endfilter %}\n",
    "{% raw %}\n{{ nobody }} ${product}\n{% endraw %}\n",
    "{# A comment. #}\nA line of text.\n",
    "한국어 문장. جملة.\n",
]
MACRO_SNIPPETS = ["{{ m.bullets(vars.words) }}\n", '{% call m.box("x") %}\n{{ vars.product }}\n{% endcall %}\n', "{{ m.bullets(vars.langs) }}\n"]
FRAGMENT_SNIPPETS = [snippet for snippet in SNIPPETS if "include" not in snippet]
BLOCKS = {"greeting": "{% block greeting %}\nGreet for {{ vars.product }}.\n{% endblock %}\n", "house": "{% block house %}{% endblock %}\n", "closing": "{% block closing %}\nClose.\n{{ vars.letter }}\n{% endblock %}\n"}
USER = """{% message role="user" %}
{% for doc in input.docs %}
<doc n="{{ loop.index }}" title="{{ doc.title | xml }}">{{ doc.text | xml }}</doc>
{% else %}
No documents.
{% endfor %}
{{ input.message }}
{% endmessage %}
"""
ASK = '{% message role="user" %}\n{{ input.message | trim }}{% if input.vip %} (guest){% endif +%}\n{% endmessage %}\n'


class Start:
    """Draws one world."""

    def __init__(self, draw: Random, *, large: bool = False) -> None:
        self.draw = draw
        self.large = large
        self.world = World({"base": ["base"]})

    def chance(self, of: float) -> bool:
        return self.draw.random() < of

    def sources(self) -> None:
        sheets, draw = self.world.sheets, self.draw
        sheets["sources/variables.yaml"] = Sheet({name: dict(schema) for name, schema in VARIABLES.items()}, ["What overlays may set."])
        aliases = list(MODELS) if self.chance(0.6) else ["main", "fast"]
        sheets["sources/models.yaml"] = Sheet({alias: dict(MODELS[alias]) for alias in aliases})
        for name in ("lookup", "refund"):
            properties = {"number": {"type": "string"}, **({"why": {"type": "string", "enum": {"$vars": "categories"}}} if name == "refund" else {})}
            sheets[f"sources/tools/{name}.yaml"] = Sheet({"description": f"Does {name}.", "input": {"type": "object", "properties": properties, "required": ["number"]}})
        self.world.schemas["sources/schemas/answer.json"] = {"type": "object", "properties": {"reason": {"type": "string"}, "kind": {"type": "string", "enum": {"$vars": "categories"}}}, "required": ["reason", "kind"], "additionalProperties": False}
        for name in some(draw, ["reply", "sort", "agent", "offer"], least=2, most=4 if self.large else 2):
            self.prompt(name)
        self.examples()

    def fragments(self, text: str) -> None:
        """Write those fragments that a template asks for and that aren't there yet."""
        for name in ("safety", "help-en", "help-ko", "tone", "macros"):
            path = f"sources/fragments/{name}.j2"
            if f"fragments/{name[:5]}" in text and path not in self.world.sheets:
                body = Body("", [MACROS]) if name == "macros" else self.snippets(FRAGMENT_SNIPPETS, 2 if self.large else 1)
                self.world.sheets[path] = Sheet({}, body=body)
        if '"fragments/safety' in text and self.chance(0.5):
            self.world.sheets["sources/fragments/safety.ko.j2"] = Sheet({}, body=self.snippets(FRAGMENT_SNIPPETS, 1))

    def parent(self) -> str:
        """The parent that prompts extend; its text."""
        made = Body('{% message role="system" %}\n', ["{% block task %}\nDo it.\n{% endblock %}\n", *some(self.draw, BLOCKS.values())], "{% endmessage %}\n{% block ask %}{% endblock %}\n")
        return str(self.world.sheets.setdefault("sources/prompts/_parent.j2", Sheet({}, body=made)).body)

    def snippets(self, pool: list[str], most: int) -> Body:
        return Body("", some(self.draw, pool, least=1, most=most))

    def prompt(self, name: str) -> None:
        draw = self.draw
        front: dict[str, Any] = {"description": f"The prompt {name}.", "owner": "team", "model": draw.choice(["main", "main", "fast"])}
        config = {key: draw.choice(CONFIG[key]) for key in some(draw, CONFIG)}
        front |= {"config": config} if config else {}
        front["inputs"] = {key: INPUTS[key] for key in INPUTS}
        if self.chance(0.5):
            front["output"] = {"schema": "schemas/answer.json", "strict": True}
        front["tools"], front["optional_tools"] = ["lookup"], ["refund"]
        body, blocks = self.body()
        self.fragments(str(body))
        front["overridable"] = {"blocks": {block: draw.choice(["append", "replace"]) for block in blocks}, "config": ["temperature", "max_tokens"], "tools": True}
        if self.chance(0.1):
            front["enabled"] = False
        self.world.sheets[f"sources/prompts/{name}.prompt.j2"] = Sheet(front, body=body)
        if self.chance(0.4):
            self.world.sheets[f"sources/cases/{name}.yaml"] = Sheet({"plain": {"inputs": {"message": "Hello?"}, "expect": {"contains": ["Hello?"]}}})

    def body(self) -> tuple[Body, list[str]]:
        draw = self.draw
        imports = IMPORT if self.chance(0.4) else ""
        pool = SNIPPETS + (MACRO_SNIPPETS if imports else [])
        snippets = some(draw, pool, least=2, most=9 if self.large else 4)
        draw.shuffle(snippets)
        if self.chance(0.25):
            parent = self.parent()
            head = '{% extends "prompts/_parent.j2" %}\n' + imports + "{% block task %}\n{{ super() -}}\n"
            return Body(head, snippets, "{% endblock %}\n{% block ask %}\n" + ASK + "{% endblock %}\n"), [name for name in BLOCKS if f"block {name} " in parent]
        blocks = some(draw, BLOCKS, least=1, most=2 if self.large else 1)
        for name in blocks:
            snippets.insert(draw.randint(0, len(snippets)), BLOCKS[name])
        tail = '{% examples "shots" max=2 %}\n' if self.chance(0.6) else ""
        tail += "{% history %}\n" if self.chance(0.5) else ""
        return Body(imports + '{% message role="system" %}\n', snippets, "{% endmessage %}\n" + tail + USER), blocks

    def examples(self) -> None:
        self.world.sheets["sources/examples/shots.yaml"] = Sheet({"owner": "shared", "examples": [self.example("s1"), self.example("s2")]})

    def example(self, name: str, origin: str = "synthetic") -> dict[str, Any]:
        draw = self.draw
        output = draw.choice(["Fine.", {"reason": "r", "kind": "billing"}, "{{ vars.product }}", "네."])
        return {"id": name, "input": {"message": draw.choice(["Hi", "Where is it?", "안녕"])}, "output": output, "from": origin, **({"expires": "2030-01-01"} if draw.random() < 0.3 else {})}

    def variant(self) -> None:
        """A variant of a prompt, and overlays that give it keys."""
        source = self.draw.choice(self.world.prompts())
        name = source.rpartition("/")[2].removesuffix(".prompt.j2")
        body = Body(f'{{% extends "{source.removeprefix("sources/")}" %}}\n', [])
        self.world.sheets[f"sources/prompts/{name}.brief.prompt.j2"] = Sheet({"description": "Shorter."}, body=body)
        for data in some(self.draw, self.world.overlays().values(), least=1, most=3):
            data.setdefault("prompts", {}).setdefault(name, {})["variants"] = {"brief": self.draw.choice([5, 12.5, 40])}

    # Overlays

    def layers(self) -> None:
        names = ["base", *some(self.draw, LAYERS[1:], least=2, most=4)]
        for number, name in enumerate(names):
            data: dict[str, Any] = {}
            if below := some(self.draw, names[1:number], most=1):
                data["extends"] = below
            self.world.sheets[f"tenants/layers/{name}.yaml"] = Sheet(data, [f"The layer {name}."] if self.chance(0.5) else [])
            self.fill(f"layer:{name}", data)
        if "language/ko" in names:
            self.world.sheets["tenants/layers/language/ko.yaml"].data["locale"] = "ko"

    def tenants(self) -> None:
        for folder in FOLDERS:
            self.world.texts[f"tenants/{folder}rubric.md"] = f"1. Never guess.\n2. {{{{ no }}}} $${{no}} {folder}\n"
        self.world.signups["tenants/signups.jsonl"] = []
        for tenant in some(self.draw, TENANTS[:10], least=3, most=7 if self.large else 3):
            self.world.sheets[f"tenants/{self.draw.choice(FOLDERS)}{tenant}.yaml"] = Sheet(self.tenant(tenant))
        for tenant in some(self.draw, TENANTS[10:], least=1, most=3 if self.large else 2):
            self.world.signups["tenants/signups.jsonl"].append({"id": tenant, **self.tenant(tenant)})
        if tenants := list(self.world.tenants()):
            tenant = self.draw.choice(tenants)
            self.world.sheets[f"sources/examples/shots-{tenant}.yaml"] = Sheet({"owner": tenant, "set": "shots", "examples": [self.example("own", f"tenant:{tenant}")]})

    def tenant(self, tenant: str) -> dict[str, Any]:
        data: dict[str, Any] = {"extends": some(self.draw, ordered(self.world.layers()), least=1)}
        if self.chance(0.5):
            data["title"] = self.draw.choice(TEXTS[:6])
        if self.chance(0.4):
            data["aliases"] = [f"org_{tenant}"]
        data["variables"] = {"product": self.draw.choice(PRODUCTS)}
        self.fill(f"tenant:{tenant}", data)
        return data

    def fill(self, overlay: str, data: dict[str, Any]) -> None:
        """Values, labels and what is said of prompts, as an overlay may give them."""
        is_layer = overlay.startswith("layer:")
        if self.chance(0.5):
            data["labels"] = {"plan": self.draw.choice(["pro", "free"]), **({"owner": "team-x"} if self.chance(0.3) else {})}
        for name in some(self.draw, VARIABLES, most=4, least=1):
            levels = VARIABLES[name].get("set_by", ["layer", "tenant"])
            if name not in ("product", "rules") and overlay.partition(":")[0] in levels:
                data.setdefault("variables", {})[name] = self.value(name)
        if self.chance(0.4) and (prompts := self.world.prompts()):
            prompt = self.draw.choice(prompts)
            name = prompt.rpartition("/")[2].removesuffix(".prompt.j2")
            said: dict[str, Any] = {"config": {"max_tokens": self.draw.choice(CONFIG["max_tokens"])}}
            if blocks := self.world.blocks(prompt):
                said["blocks"] = {self.draw.choice(blocks): self.block_text()}
            if is_layer and self.chance(0.3):
                said["model"] = "fast"
            data["prompts"] = {name: said}

    def block_text(self) -> Any:
        text = self.draw.choice(["Welcome to ${product}.", "Never estimate.", "{{ vars.no }} $${x}", "안내문", "two\nlines\n", "Up to ${count} in ${limits.words} words."])
        return Tag(self.draw.choice(["append", "replace", "prepend"]), text) if self.chance(0.3) else text

    def value(self, name: str) -> Any:
        """A value that the variable takes in any overlay, with a directive at times."""
        draw = self.draw
        if name in LISTS:
            items = some(draw, LISTS[name], least=1)
            if self.chance(0.2) and (given := some(draw, VARIABLES[name]["default"], least=1)):
                return Tag("remove", given)
            return Tag(draw.choice(["append", "prepend", "replace"]), items) if self.chance(0.4) else items
        if name in ("contacts", "spare_rows"):
            keys = some(draw, TEAMS, least=1)
            if name == "contacts" and self.chance(0.2):
                return Tag("remove", ["Support"])
            rows = [{"team": key, "when": draw.choice(TEXTS)} if name == "contacts" else {"id": key} for key in keys]
            return Tag("replace", rows) if self.chance(0.2) else rows
        draws: dict[str, list[Any]] = {
            "product": PRODUCTS, "company": [*TEXTS, "${product} GmbH"], "tone": ["neutral", "warm", "formal"], "lang": ["en", "ko"],
            "count": [0, 1, 4, 50], "ratio": [0.25, 1.5, 3, "${count}"], "flag": [True, False],
            "limits": [{"words": draw.randint(10, 99)}, {"turns": draw.randint(1, 30)}, {"words": 7, "turns": "${count}"}, Tag("replace", {"words": 90, "turns": 4})],
            "letter": TEXTS, "sample": [*TEXTS, "Use ${count} of ${limits.words}, $${x}"], "maybe": [None, "yes", "${tone}"],
            "rubric": ["1. Be ${tone}.", "Secret", Tag("file", "rubric.md")], "spare": TEXTS,
        }  # fmt: skip
        return draw.choice(draws[name])


def ordered(layers: Any) -> list[str]:
    """Layers in an order that no `extends` list contradicts."""
    return sorted(layers, key=lambda name: (LAYERS.index(name) if name in LAYERS else len(LAYERS), name))


def start(draw: Random, *, large: bool = False) -> World:
    """A project drawn at random."""
    made = Start(draw, large=large)
    made.sources()
    made.layers()
    made.tenants()
    if draw.random() < 0.5:
        made.variant()
    return made.world
