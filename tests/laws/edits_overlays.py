"""Edits of overlays: what product and sales people change in tenants and layers, and where these stand.

    Desk -> [overlays] -> World
"""

from __future__ import annotations

from typing import Any

from tests.laws.edits_start import SPARE, TEXTS, VARIABLES, Start, ordered
from tests.laws.edits_world import Desk, Edits, Tag, other_letter, shuffled, some

edits = Edits()


def drawer(desk: Desk) -> Start:
    """What draws values as at the start, for the world as it is."""
    made = Start(desk.draw)
    made.world = desk.world
    return made


def may_set(desk: Desk, overlay: str) -> list[str]:
    """The variables that an overlay may set."""
    locked = {path for layer in desk.world.chain(overlay) for path in desk.world.layers()[layer].data.get("final", ())}
    declared = desk.world.sheets["sources/variables.yaml"].data
    return [name for name in VARIABLES if name in declared and f"variables.{name}" not in locked and overlay.partition(":")[0] in VARIABLES[name].get("set_by", ["layer", "tenant"])]


# Values


@edits(30)
def set_value(desk: Desk) -> str | None:
    name, data = desk.overlay(desk.draw.choice(["tenant", "tenant", "layer"]))
    asked = [variable for variable in may_set(desk, name) if variable not in SPARE]
    if not asked:
        return None
    variable = desk.draw.choice(asked)
    value = drawer(desk).value(variable)
    data.setdefault("variables", {})[variable] = value
    return f"{name} sets {variable} to {value!r}"


@edits(4)
def set_spare(desk: Desk) -> str | None:
    """A value that no prompt asks for."""
    name, data = desk.overlay()
    variable = desk.draw.choice(SPARE)
    if variable not in may_set(desk, name):
        return None
    data.setdefault("variables", {})[variable] = drawer(desk).value(variable)
    return f"{name} sets {variable}"


@edits(6)
def drop_value(desk: Desk) -> str | None:
    name, data = desk.overlay()
    variable = desk.one(key for key in data.get("variables", {}) if key != "product")
    if variable is None:
        return None
    del data["variables"][variable]
    return f"{name} drops {variable}"


@edits(2)
def unset_value(desk: Desk) -> str | None:
    name, data = desk.overlay("tenant")
    given = [key for layer in desk.world.chain(name) for key in desk.world.layers()[layer].data.get("variables", {})]
    variable = desk.one(key for key in given if key in may_set(desk, name) and key != "product")
    if variable is None:
        return None
    data.setdefault("variables", {})[variable] = Tag("unset")
    return f"{name} unsets {variable}"


@edits(8)
def same_size(desk: Desk) -> str | None:
    """One letter of a text becomes another: the file keeps its size."""
    name, data = desk.overlay()
    texts = [key for key, value in data.get("variables", {}).items() if isinstance(value, str) and key not in ("tone", "lang") and "$" not in value]
    variable = desk.one(texts)
    if variable is None:
        return None
    data["variables"][variable] = other_letter(desk.draw, data["variables"][variable])
    return f"{name}: another letter in {variable}"


@edits(5)
def comment(desk: Desk) -> str:
    """Lines move; nothing else does."""
    path = desk.draw.choice(desk.world.below("tenants/", "sources/variables", "sources/models", "sources/tools", "sources/prompts", "sources/cases"))
    head = desk.world.sheets[path].head
    if head and desk.draw.random() < 0.4:
        head.pop()
    elif head and desk.draw.random() < 0.4:
        head[0] = other_letter(desk.draw, head[0])
    else:
        head.insert(0, desk.draw.choice(["a comment", "주석", "{{ x }} ${y}", ""]))
    return f"{path} now has {len(head)} comments"


@edits(4)
def reorder(desk: Desk) -> str:
    name, data = desk.overlay()
    for key in ("variables", "prompts"):
        if isinstance(data.get(key), dict):
            data[key] = shuffled(desk.draw, data[key])
    again = shuffled(desk.draw, data)
    data.clear()
    data.update(again)
    return name


@edits(4)
def label(desk: Desk) -> str:
    name, data = desk.overlay()
    key, value = desk.draw.choice(["plan", "owner", "zone"]), desk.draw.choice(["pro", "free", "team-z"])
    data.setdefault("labels", {})[key] = value
    return f"{name}: {key}={value}"


@edits(3)
def name_for_people(desk: Desk) -> str:
    name, data = desk.overlay("tenant")
    if desk.draw.random() < 0.5:
        data["title"] = desk.draw.choice(TEXTS[:8])
    else:
        data["aliases"] = [f"org_{name.partition(':')[2]}", *some(desk.draw, ["o-1", "o-2", "o-3"], most=1)]
    return f"{name}: {data.get('title')!r}, {data.get('aliases')}"


@edits(4)
def locale(desk: Desk) -> str:
    name, data = desk.overlay()
    data["locale"] = desk.draw.choice(["ko", "en", "ko-KR", "ar"])
    return f"{name}: {data['locale']}"


@edits(6)
def extend(desk: Desk) -> str | None:
    """A layer more or less in a tenant's chain."""
    name, data = desk.overlay("tenant")
    below = data.setdefault("extends", [])
    if below and desk.draw.random() < 0.4:
        gone = below.pop(desk.draw.randrange(len(below)))
        return f"{name} no longer extends {gone}"
    layer = desk.one(layer for layer in desk.world.layers() if layer not in below)
    if layer is None:
        return None
    data["extends"] = ordered([*below, layer])
    return f"{name} extends {layer}"


# What is said of prompts


def _said(desk: Desk, name: str, data: dict[str, Any]) -> tuple[str, str, dict[str, Any]] | None:
    path = desk.one(desk.world.prompts())
    if path is None:
        return None
    prompt = path.rpartition("/")[2].removesuffix(".prompt.j2")
    said: dict[str, Any] = data.setdefault("prompts", {}).setdefault(prompt, {})
    return path, prompt, said


@edits(8)
def block(desk: Desk) -> str | None:
    name, data = desk.overlay()
    found = _said(desk, name, data)
    chosen = desk.one(desk.world.blocks(found[0])) if found else None
    if found is None or chosen is None:
        return None
    text = drawer(desk).block_text()
    if isinstance(text, str) and desk.draw.random() < 0.3:
        text = Tag("replace", {"text": text, "against": "0123456789abcdef"})
        desk.soon(renew_against)
    found[2].setdefault("blocks", {})[chosen] = text
    return f"{name}: {found[1]}.{chosen} = {text!r}"


@edits(1)
def renew_against(desk: Desk) -> str | None:
    """A stale replacement gets the digest that the warning names."""
    for finding in desk.findings:
        if finding.code == "O120" and "now `" in finding.message:
            now = finding.message.partition("now `")[2][:16]
            for data in desk.world.overlays().values():
                for said in data.get("prompts", {}).values():
                    for name, text in said.get("blocks", {}).items():
                        if isinstance(text, Tag) and isinstance(text.value, dict) and text.value["against"] != now:
                            said["blocks"][name] = Tag("replace", {**text.value, "against": now})
            return f"against: {now}"
    return None


@edits(4)
def config(desk: Desk) -> str | None:
    name, data = desk.overlay()
    found = _said(desk, name, data)
    if found is None:
        return None
    key = desk.draw.choice(["temperature", "max_tokens"] if name.startswith("tenant") else ["temperature", "max_tokens", "top_p", "verbosity"])
    values: dict[str, list[Any]] = {"temperature": [0, 0.3, 1], "max_tokens": [100, 900], "top_p": [0.1, 0.9], "verbosity": ["low", "high"]}
    value = desk.draw.choice(values[key])
    found[2].setdefault("config", {})[key] = value
    return f"{name}: {found[1]}.{key} = {value}"


@edits(3)
def enable(desk: Desk) -> str | None:
    name, data = desk.overlay()
    found = _said(desk, name, data)
    if found is None:
        return None
    found[2]["enabled"] = not found[2].get("enabled", True)
    return f"{name}: {found[1]} enabled is {found[2]['enabled']}"


@edits(3)
def tools(desk: Desk) -> str | None:
    name, data = desk.overlay()
    found = _said(desk, name, data)
    if found is None:
        return None
    found[2]["tools"] = desk.draw.choice([Tag("append", ["refund"]), Tag("remove", ["lookup"]), ["lookup", "refund"], ["refund", "lookup"], []])
    return f"{name}: {found[1]} tools {found[2]['tools']}"


@edits(6)
def shares(desk: Desk) -> str | None:
    """Keys are given to a variant, or taken from it; at times more than there are."""
    name, data = desk.overlay()
    path = desk.one(desk.world.variants())
    if path is None:
        return None
    prompt, variant = path.rpartition("/")[2].removesuffix(".prompt.j2").split(".")
    said: dict[str, Any] = data.setdefault("prompts", {}).setdefault(prompt, {})
    whole = [{"only": variant}, {"only": "plain"}, Tag("replace", {variant: 20}), Tag("unset")]
    if desk.draw.random() < 0.3:
        said["variants"] = desk.draw.choice(whole)
    else:
        given = said.get("variants")
        kept = given if isinstance(given, dict) and "only" not in given else {}
        said["variants"] = {**kept, variant: desk.draw.choice([0, 5, 12.5, 40, 70])}
    return f"{name}: {prompt}.variants = {said['variants']}"
