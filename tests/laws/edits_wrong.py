"""Edits that make something wrong, or doubtful; most of them later find the other half that makes them right.

    Desk -> [wrong] -> World

What none of these mends is mended by going back to the last world that could be published (edits.py).
"""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

from tests.laws.edits_overlays import drawer
from tests.laws.edits_start import FRAGMENT_SNIPPETS, MODELS, TENANTS
from tests.laws.edits_world import Body, Desk, Edits, Odd, Sheet, Tag

edits = Edits()


def _tenant(desk: Desk) -> tuple[str, dict[str, Any]]:
    return desk.overlay("tenant")


def _prompt(desk: Desk) -> tuple[str, Sheet] | None:
    path = desk.one(desk.world.prompts())
    return None if path is None else (path, desk.world.sheets[path])


def _say(desk: Desk, snippet: str) -> str | None:
    """Add a statement to a prompt; its path."""
    found = _prompt(desk)
    if found is None or found[1].body is None:
        return None
    found[1].body.snippets.insert(0, snippet)
    return found[0]


def _declare(name: str, schema: dict[str, Any], desk: Desk) -> str:
    desk.world.sheets["sources/variables.yaml"].data[name] = schema
    return f"{name} is declared"


# Bytes


@edits(6)
def broken_file(desk: Desk) -> str:
    """A file's bytes are damaged: its syntax, its encoding, a control character."""
    paths = [*desk.world.sheets, *desk.world.schemas, *desk.world.signups, "promptc.toml"]
    path = desk.draw.choice(paths)
    kept = desk.world.tree()[desk.world.place(path)]
    if isinstance(kept, Odd):
        kept = b""
    cut = desk.draw.randint(0, len(kept))
    desk.world.over[path] = desk.draw.choice([kept + b"x: [\n", kept[:cut] + b"\xff" + kept[cut:], kept[:cut], kept + b"\x07\n", b"", b"\t\n", kept + "\u200b".encode()])
    return path


@edits(4)
def odd_file(desk: Desk) -> str:
    """A link, a folder or a pipe stands in a file's place."""
    path = desk.draw.choice([*desk.world.sheets, *desk.world.texts])
    desk.world.over[path] = desk.draw.choice([Odd("link", "/etc/hostname"), Odd("link", "nowhere"), Odd("link", path.rpartition("/")[2]), Odd("folder"), Odd("pipe")])
    return f"{path}: {desk.world.over[path]!r}"


@edits(3)
def stray_file(desk: Desk) -> str:
    """A file that nothing reads, or that is passed over."""
    path = desk.draw.choice(["sources/notes.txt", "sources/prompts/old.j2", "sources/tools/x.txt", "tenants/left.yml", "tenants/layers/x.json", "tenants/.hidden.yaml", "tenants/acme.yaml~", "tenants/notes.md", "sources/prompts/draft.jinja2", "tenants/empty.yaml", "tenants/ACME.yaml", "sources/a?b.j2"])
    if desk.world.over.pop(path, None) is None:
        desk.world.over[path] = desk.draw.choice([b"", b"variables: {product: X}\n", b"---\nmodel: main\n---\nText\n"])
    return path


@edits(4)
def broken_line(desk: Desk) -> str:
    """A line of the .jsonl that is none."""
    lines = desk.world.signups["tenants/signups.jsonl"]
    lines.insert(desk.draw.randint(0, len(lines)), desk.draw.choice(['{"id": "x",}', '{"variables": {}}', "[]", '{"id": "su-09", "variables": {"product": "X", "produkt": "Y"}}', '{"id": 5}']))
    return "a line"


# Overlays


@edits(4)
def unknown_variable(desk: Desk) -> str:
    """The hint names the nearest; one step later that may be another."""
    name, data = desk.overlay()
    wrong = desk.draw.choice(["prodct", "tonee", "zzz", "lmits"])
    data.setdefault("variables", {})[wrong] = "x"
    desk.soon(partial(_declare, desk.draw.choice([wrong, wrong + "s"]), {"type": "string", "default": ""}))
    return f"{name} sets {wrong}"


@edits(6)
def misfit(desk: Desk) -> str:
    name, data = desk.overlay()
    variable, value = desk.draw.choice([("count", "many"), ("count", 51), ("tone", "harsh"), ("limits", [1]), ("words", "one"), ("flag", "perhaps"), ("contacts", [{"team": "A"}]), ("rules", ["R"]), ("sample", "${nobody}"), ("sample", "${sample}"), ("sample", "${"), ("sample", "a\u200bb"), ("rubric", Tag("file", "gone.md")), ("letter", Tag("remove", ["x"]))])
    data.setdefault("variables", {})[variable] = value
    if value == "a\u200bb":
        desk.soon(_allow)
    if isinstance(value, Tag) and value.kind == "file":
        folder = desk.world.tenant_path(name.partition(":")[2]).rpartition("/")[0] or "tenants"
        desk.soon(partial(_write, f"{folder}/gone.md"))
    return f"{name}: {variable} = {value!r}"


def _allow(desk: Desk) -> str:
    desk.world.settings["allow_characters"] = ["\u200b"]
    return "U+200B is allowed"


def _write(path: str, desk: Desk) -> str:
    desk.world.texts[path] = "Found.\n"
    return path


@edits(4)
def unknown_layer(desk: Desk) -> str:
    """It then appears, under this name or under one that is nearer to it."""
    name, data = desk.overlay()
    layer = desk.draw.choice(["industry/helth", "plan/por", "new/one", desk.draw.choice(TENANTS)])
    data["extends"] = [*data.get("extends", ()), layer]
    desk.soon(partial(_new_layer, layer))
    return f"{name} extends {layer}"


def _new_layer(layer: str, desk: Desk) -> str:
    sheet = desk.world.sheets[f"tenants/layers/{layer}.yaml"] = Sheet({})
    drawer(desk).fill(f"layer:{layer}", sheet.data)
    return f"{layer} is there"


@edits(2)
def circle(desk: Desk) -> str | None:
    layers = desk.world.layers()
    if len(layers) < 2:
        return None
    first, second = desk.draw.sample(sorted(layers), 2)
    layers[first].data["extends"], layers[second].data["extends"] = [second], [first]
    return f"{first} and {second}"


@edits(4)
def same_name(desk: Desk) -> str:
    """Two tenants with one id or alias, or ids that look alike."""
    first, data = _tenant(desk)
    second, other = _tenant(desk)
    if desk.draw.random() < 0.5:
        other["aliases"] = [desk.draw.choice([first.partition(":")[2], *data.get("aliases", ["o-1"])])]
        return f"{second} has the alias {other['aliases']}"
    bare = first.partition(":")[2]
    copied = {"id": desk.draw.choice([bare, bare.upper(), bare.replace("a", "а")]), "variables": {"product": "Twice"}}
    desk.world.signups["tenants/signups.jsonl"].insert(0, copied)
    return f"{copied['id']} is there twice"


@edits(3)
def without_product(desk: Desk) -> str:
    name, data = _tenant(desk)
    data.get("variables", {}).pop("product", None)
    return name


@edits(5)
def removal(desk: Desk) -> str:
    """A tenant takes out what one layer gives; the layer then ceases to give it, and begins again."""
    name, data = _tenant(desk)
    item = desk.draw.choice(["unlikely", "rare"])
    data.setdefault("variables", {})["words"] = Tag("remove", [item])
    layer, giver = desk.overlay("layer")
    if layer.startswith("layer"):
        giver.setdefault("variables", {})["words"] = [item]
        desk.soon(partial(_give, layer, []))
        desk.soon(partial(_give, layer, [item, "cheap"]))
    return f"{name} removes {item}, {layer} gives it"


def _give(layer: str, words: list[str], desk: Desk) -> str | None:
    data = desk.world.overlays().get(layer)
    if data is None:
        return None
    data.setdefault("variables", {})["words"] = words
    return f"{layer} gives {words}"


@edits(3)
def locked(desk: Desk) -> str | None:
    """A tenant sets what a layer of its chain locks."""
    name, data = _tenant(desk)
    layer = desk.one(desk.world.chain(name))
    if layer is None:
        return None
    desk.world.layers()[layer].data["final"] = ["variables.sample"]
    data.setdefault("variables", {})["sample"] = "mine"
    return f"{layer} locks what {name} sets"


@edits(4)
def not_open(desk: Desk) -> str | None:
    """What a tenant may not say of a prompt."""
    name, data = _tenant(desk)
    found = _prompt(desk)
    if found is None:
        return None
    prompt = found[0].rpartition("/")[2].removesuffix(".prompt.j2")
    prompt = desk.draw.choice([prompt, prompt, prompt + "x"])
    data.setdefault("prompts", {})[prompt] = desk.draw.choice([{"model": "main"}, {"config": {"seed": 3}}, {"config": {"temprature": 1}}, {"blocks": {"task": "x"}}, {"blocks": {"greting": "x"}}, {"tools": ["serch"]}])
    return f"{name}: {prompt} {data['prompts'][prompt]}"


# Sources


@edits(6)
def wrong_statement(desk: Desk) -> str | None:
    """What no tenant can render, or only some."""
    missing = desk.draw.choice(["prodct", "nobody"])
    snippet = desk.draw.choice([f"{{{{ vars.{missing} }}}}\n", "{{ nobody }}\n", "{% if %}\n", "{{ vars.product | shout }}\n", "{% include 'fragments/gone.j2' %}\n", "{{ vars.words }}\n", "{{ vars.maybe }}\n", "{{ input.messag }}\n", "{% if vars.flag %}{{ vars.limits }}{% endif +%}\n", "{% block greeting %}x{% endblock %}\n"])
    if "vars." + missing in snippet:
        desk.soon(partial(_declare, missing, {"type": "string", "default": "there"}))
    if "gone" in snippet:
        desk.soon(_fragment)
    path = _say(desk, snippet)
    return path and f"{path}: {snippet!r}"


def _fragment(desk: Desk) -> str:
    desk.world.sheets["sources/fragments/gone.j2"] = Sheet({}, body=Body("", [desk.draw.choice(FRAGMENT_SNIPPETS)]))
    return "fragments/gone.j2 is there"


@edits(5)
def one_tenant(desk: Desk) -> str | None:
    """A statement that fails for one tenant alone."""
    name, data = _tenant(desk)
    data.setdefault("variables", {})["count"] = 0
    path = _say(desk, "{{ 100 // vars.count }} per head\n")
    return path and f"{path}, for {name}"


@edits(6)
def doubtful_statement(desk: Desk) -> str | None:
    """Warnings: a swallowed line end, a block that not everybody reaches."""
    snippet = desk.draw.choice(["Guests: {% if vars.flag %}yes{% endif %}\nand more.\n", "{% if vars.flag %}\n{% block late %}\nLate.\n{% endblock %}\n{% endif %}\n"])
    path = _say(desk, snippet)
    if path and "late" in snippet:
        front = desk.world.sheets[path].data
        front["overridable"] = {**front["overridable"], "blocks": {**front["overridable"]["blocks"], "late": "append"}}
        name, data = desk.overlay()
        data.setdefault("prompts", {}).setdefault(path.rpartition("/")[2].removesuffix(".prompt.j2"), {})["blocks"] = {"late": "Later."}
        return f"{path}, overridden by {name}"
    return path


@edits(5)
def unknown_name(desk: Desk) -> str | None:
    """A prompt names a tool, model, schema or set that then appears."""
    found = _prompt(desk)
    if found is None:
        return None
    path, sheet = found
    kind = desk.draw.choice(["tool", "model", "schema", "key", "input"])
    if kind == "tool":
        sheet.data["tools"] = ["lookup", "search"]
        desk.soon(_tool)
    elif kind == "model":
        sheet.data["model"] = "deep"
        desk.soon(_model)
    elif kind == "schema":
        sheet.data["output"] = {"schema": "schemas/gone.json"}
        desk.soon(_schema)
    elif kind == "key":
        sheet.data["modle"] = "main"
    else:
        sheet.data["inputs"] = {"message": {"type": "strin"}}
    return f"{path}: {kind}"


def _tool(desk: Desk) -> str:
    desk.world.sheets["sources/tools/search.yaml"] = Sheet({"description": "Searches.", "input": {"type": "object", "properties": {}}})
    return "tools/search is there"


def _model(desk: Desk) -> str:
    desk.world.sheets["sources/models.yaml"].data["deep"] = dict(MODELS["deep"])
    return "deep is there"


def _schema(desk: Desk) -> str:
    desk.world.schemas["sources/schemas/gone.json"] = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
    return "schemas/gone is there"


@edits(4)
def strange_owner(desk: Desk) -> str | None:
    """Examples of a tenant that isn't there, and then is."""
    tenant = desk.one(tenant for tenant in TENANTS if tenant not in desk.world.tenants())
    if tenant is None:
        return None
    desk.world.sheets["sources/examples/shots-strange.yaml"] = Sheet({"owner": tenant, "set": "shots", "examples": [drawer(desk).example("x", f"tenant:{tenant}")]})
    desk.soon(partial(_new_tenant, tenant))
    return tenant


def _new_tenant(tenant: str, desk: Desk) -> str | None:
    if tenant in desk.world.tenants():
        return None
    desk.world.signups["tenants/signups.jsonl"].insert(0, {"id": tenant, **drawer(desk).tenant(tenant)})
    return f"{tenant} is there"


@edits(3)
def strange_case(desk: Desk) -> str | None:
    """Cases of a prompt that isn't there, and then is; wrong inputs at times."""
    source = desk.one(desk.world.prompts())
    name = desk.draw.choice(["ghost", "reply", "sort"])
    desk.world.sheets[f"sources/cases/{name}.yaml"] = Sheet({"plain": {"inputs": desk.draw.choice([{"message": "x"}, {"mesage": "x"}, {"message": 5}])}})
    if source is not None and name == "ghost":
        desk.soon(partial(_copy, source))
    return name


def _copy(source: str, desk: Desk) -> str | None:
    if source not in desk.world.sheets:
        return None
    desk.world.sheets["sources/prompts/ghost.prompt.j2"] = copy.deepcopy(desk.world.sheets[source])
    return "ghost is there"


@edits(3)
def lost_declaration(desk: Desk) -> str:
    """A variable, a model or a tool is no longer declared, and is asked for here and there."""
    kind = desk.draw.choice(["variables", "models", "tool", "type"])
    if kind == "tool" and (path := desk.one(desk.world.below("sources/tools/"))):
        del desk.world.sheets[path]
        return path
    data = desk.world.sheets["sources/models.yaml" if kind == "models" else "sources/variables.yaml"].data
    name = desk.draw.choice(list(data))
    if kind == "type":
        data["count"] = {"type": "string", "default": "three"}
        return "count is text"
    del data[name]
    return name
