"""Edits of sources: what prompt engineers change in templates, front matter, models, tools, examples and declarations.

    Desk -> [sources] -> World
"""

from __future__ import annotations

import copy
from typing import Any

from tests.laws.edits_overlays import drawer, shares
from tests.laws.edits_start import CONFIG, FRAGMENT_SNIPPETS, IMPORT, MACRO_SNIPPETS, MODELS, SNIPPETS, TEXTS
from tests.laws.edits_world import Body, Desk, Edits, Sheet, other_letter, shuffled, some

edits = Edits()
FORMS = (" ", "\n", "{# why #}\n", "{# {{ x }} #}", "{#- c -#}\n")


def _template(desk: Desk) -> tuple[str, Body]:
    """A template that prompts are made of, prompts more often than not."""
    every = [path for path in desk.world.below("sources/") if path.endswith(".j2") and "macros" not in path]
    path = desk.draw.choice([path for path in every if path.endswith(".prompt.j2")] if desk.draw.random() < 0.6 else every)
    body = desk.world.sheets[path].body
    assert body is not None
    return path, body


def _front(desk: Desk) -> tuple[str, dict[str, Any]] | None:
    path = desk.one(desk.world.prompts())
    return None if path is None else (path, desk.world.sheets[path].data)


# Templates


@edits(14)
def add_statement(desk: Desk) -> str:
    path, body = _template(desk)
    pool = SNIPPETS + MACRO_SNIPPETS * (IMPORT in body.head) if path.endswith(".prompt.j2") else FRAGMENT_SNIPPETS
    snippet = desk.draw.choice(pool)
    body.snippets.insert(desk.draw.randint(0, len(body.snippets)), snippet)
    drawer(desk).fragments(snippet)
    return f"{path}: {snippet!r}"


@edits(8)
def drop_statement(desk: Desk) -> str | None:
    path, body = _template(desk)
    spot = desk.one(index for index, snippet in enumerate(body.snippets) if "{% block" not in snippet)
    if spot is None or len(body.snippets) < 2:
        return None
    return f"{path}: {body.snippets.pop(spot)!r}"


@edits(4)
def swap_statements(desk: Desk) -> str:
    path, body = _template(desk)
    desk.draw.shuffle(body.snippets)
    return path


@edits(8)
def word(desk: Desk) -> str | None:
    """A letter of a line of text; the size stays."""
    path, body = _template(desk)
    spots = [index for index, snippet in enumerate(body.snippets) if not snippet.startswith("{") and "{{" not in snippet]
    spot = desk.one(spots)
    if spot is None:
        return None
    body.snippets[spot] = other_letter(desk.draw, body.snippets[spot])
    return f"{path}: {body.snippets[spot]!r}"


@edits(5)
def blank_or_comment(desk: Desk) -> str:
    """Whitespace and comments between statements."""
    path, body = _template(desk)
    forms = [index for index, snippet in enumerate(body.snippets) if snippet in FORMS]
    if forms and desk.draw.random() < 0.5:
        body.snippets.pop(desk.draw.choice(forms))
        return f"{path}: one less"
    body.snippets.insert(desk.draw.randint(0, len(body.snippets)), desk.draw.choice(FORMS))
    return path


@edits(5)
def stand_in(desk: Desk) -> str:
    """A translation of a fragment comes, goes, or says which original it was made from."""
    drawer(desk).fragments('"fragments/safety')
    original = desk.draw.choice(["safety", "safety", "tone", "help-en"])
    path = f"sources/fragments/{original}.{desk.draw.choice(['ko', 'ko', 'ko-KR', 'ar'])}.j2"
    if path in desk.world.sheets and desk.draw.random() < 0.5:
        del desk.world.sheets[path]
        return f"{path} goes"
    front = {"against": "0123456789abcdef"} if desk.draw.random() < 0.5 else {}
    if front:
        desk.soon(renew_stand_in)
    desk.world.sheets[path] = Sheet(front, body=Body("", some(desk.draw, FRAGMENT_SNIPPETS, least=1, most=1)))
    return f"{path} comes, {front}"


@edits(1)
def renew_stand_in(desk: Desk) -> str | None:
    for finding in desk.findings:
        sheet = desk.world.sheets.get(finding.place.file)
        if finding.code == "O121" and sheet is not None and "is now `" in finding.message:
            sheet.data["against"] = finding.message.rpartition("is now `")[2][:16]
            return f"{finding.place.file} against {sheet.data['against']}"
    return None


@edits(2)
def add_prompt(desk: Desk) -> str | None:
    """A prompt is copied under a new name."""
    source = desk.one(desk.world.prompts())
    path = f"sources/prompts/{desk.draw.choice(['', 'more/'])}{desk.draw.choice(['copy', 'audit', 'offer'])}.prompt.j2"
    if source is None or any(other.endswith(path.rpartition("/")[2]) for other in desk.world.prompts()):
        return None
    desk.world.sheets[path] = copy.deepcopy(desk.world.sheets[source])
    return path


@edits(1)
def move_prompt(desk: Desk) -> str | None:
    """Into another folder, where it keeps its name."""
    source = desk.one(desk.world.prompts())
    if source is None:
        return None
    name = source.rpartition("/")[2]
    target = f"sources/prompts/{name}" if "/moved/" in source else f"sources/prompts/moved/{name}"
    desk.world.sheets[target] = desk.world.sheets.pop(source)
    return target


@edits(2)
def drop_prompt(desk: Desk) -> str | None:
    """With all that is said of it."""
    path = desk.one(desk.world.prompts())
    if path is None or len(desk.world.prompts()) < 3:
        return None
    name = path.rpartition("/")[2].removesuffix(".prompt.j2")
    desk.world.sheets.pop(path)
    for variant_path in desk.world.variants():
        if variant_path.rpartition("/")[2].startswith(f"{name}."):
            desk.world.sheets.pop(variant_path)
    desk.world.sheets.pop(f"sources/cases/{name}.yaml", None)
    for data in desk.world.overlays().values():
        data.get("prompts", {}).pop(name, None)
    return name


@edits(6)
def variant(desk: Desk) -> str | None:
    """A variant comes, goes, retires, or says something of its own; somebody gives it keys."""
    source = desk.one(desk.world.prompts())
    if source is None:
        return None
    name = source.rpartition("/")[2].removesuffix(".prompt.j2")
    path = f"sources/prompts/{desk.draw.choice(['', 'more/'])}{name}.{desk.draw.choice(['brief', 'warm'])}.prompt.j2"
    known = [other for other in desk.world.variants() if other.endswith(path.rpartition("/")[2])]
    if known and desk.draw.random() < 0.4:
        desk.world.sheets.pop(known[0])
        return f"{known[0]} goes"
    path = known[0] if known else path
    body = Body(f'{{% extends "{source.removeprefix("sources/")}" %}}\n', [])
    if desk.draw.random() < 0.4:
        body = copy.deepcopy(desk.world.sheets[source].body) or body
        body.snippets.append("Be brief.\n")
    fronts: list[dict[str, Any]] = [{}, {"description": "Said otherwise."}, {"retired": True}, {"enabled": False}, {"config": {"max_tokens": 50}}]
    desk.world.sheets[path] = Sheet(desk.draw.choice(fronts), body=body)
    desk.soon(shares)
    return f"{path} comes, {desk.world.sheets[path].data}"


# Front matter


@edits(5)
def front_config(desk: Desk) -> str | None:
    if (found := _front(desk)) is None:
        return None
    key = desk.draw.choice(list(CONFIG))
    found[1].setdefault("config", {})[key] = desk.draw.choice(CONFIG[key])
    return f"{found[0]}: {key}"


@edits(3)
def front_model(desk: Desk) -> str | None:
    if (found := _front(desk)) is None:
        return None
    found[1]["model"] = desk.draw.choice(list(desk.world.sheets["sources/models.yaml"].data) or ["main"])
    return f"{found[0]}: {found[1]['model']}"


@edits(4)
def front_words(desk: Desk) -> str | None:
    """What never reaches an artifact."""
    if (found := _front(desk)) is None:
        return None
    key = desk.draw.choice(["description", "owner"])
    found[1][key] = desk.draw.choice(TEXTS)
    return f"{found[0]}: {key}"


@edits(4)
def front_input(desk: Desk) -> str | None:
    if (found := _front(desk)) is None:
        return None
    inputs = found[1]["inputs"] = dict(found[1]["inputs"])
    name = desk.draw.choice(["extra", "message", "plan"])
    inputs[name] = desk.draw.choice([{"type": "string", "default": "x"}, {"type": "string", "description": "Said."}, {"type": "string", "default": "free", "maxLength": 9}])
    return f"{found[0]}: {name} {inputs[name]}"


@edits(4)
def front_list(desk: Desk) -> str | None:
    """What overlays may touch, the tools, the output."""
    if (found := _front(desk)) is None:
        return None
    path, data = found
    key = desk.draw.choice(["tools", "policy", "output", "budget", "enabled"])
    if key == "tools":
        data["tools"], data["optional_tools"] = desk.draw.choice([(["lookup"], ["refund"]), (["lookup", "refund"], []), ([], ["lookup", "refund"])])
    elif key == "policy" and (blocks := data["overridable"]["blocks"]):
        chosen = desk.draw.choice(sorted(blocks))
        data["overridable"] = {**data["overridable"], "blocks": {**blocks, chosen: desk.draw.choice(["append", "prepend", "replace"])}}
    elif key == "output" and data.pop("output", None) is None:
        data["output"] = {"schema": "schemas/answer.json", "strict": desk.draw.random() < 0.5}
    elif key == "budget":
        data["budget"] = {"tokens": desk.draw.randint(100, 999)}
    elif key == "enabled":
        data["enabled"] = not data.get("enabled", True)
    return f"{path}: {key}"


# Models, tools, schemas, examples, cases


@edits(5)
def model(desk: Desk) -> str:
    data = desk.world.sheets["sources/models.yaml"].data
    alias = desk.one(data) or "main"
    given = data[alias] = dict(data.get(alias, MODELS["main"]))
    key = desk.draw.choice(["revision", "window", "refuses", "config", "description", "deep"])
    if key == "deep" and data.setdefault("deep", MODELS["deep"]) is not None:
        return "deep is there"
    values: dict[str, list[Any]] = {"revision": ["1", "2"], "window": [1000, 2000], "refuses": [[], ["top_p"], ["temperature", "seed"]], "config": [{}, {"max_tokens": 10}], "description": ["a", "b"], "deep": [1]}
    given[key] = desk.draw.choice(values[key])
    return f"{alias}: {key} {given[key]}"


@edits(5)
def tool(desk: Desk) -> str | None:
    path = desk.one(desk.world.below("sources/tools/"))
    if path is None:
        return None
    data = desk.world.sheets[path].data
    kind = desk.draw.choice(["description", "letter", "order", "strict", "property"])
    if kind == "description":
        data["description"] = desk.draw.choice(TEXTS)
    elif kind == "letter":
        data["description"] = other_letter(desk.draw, data["description"])
    elif kind == "order":
        data["input"] = {**data["input"], "properties": shuffled(desk.draw, data["input"]["properties"])}
    elif kind == "strict":
        data["strict"] = not data.get("strict", False)
    else:
        data["input"] = {**data["input"], "properties": {**data["input"]["properties"], "note": desk.draw.choice([{"type": "string"}, {"type": "integer"}, {"type": "string", "enum": {"$vars": "langs"}}])}}
    return f"{path}: {kind}"


@edits(3)
def output_schema(desk: Desk) -> str:
    schema = desk.world.schemas["sources/schemas/answer.json"]
    if desk.draw.random() < 0.5:
        schema["properties"] = shuffled(desk.draw, schema["properties"])
        return "order"
    schema["properties"]["reason"] = {"type": "string", "description": desk.draw.choice(TEXTS)}
    return "description"


@edits(6)
def example(desk: Desk) -> str | None:
    path = desk.one(desk.world.below("sources/examples/"))
    if path is None:
        return None
    data = desk.world.sheets[path].data
    listed = data["examples"] = [dict(item) for item in data["examples"]]
    kind = desk.draw.choice(["text", "text", "expires", "add", "drop", "order", "owner", "consent"])
    if kind == "add" or not listed:
        data["examples"] = [drawer(desk).example(f"e{desk.draw.randrange(10**6)}"), *listed]
    elif kind == "text":
        listed[0]["output"] = desk.draw.choice(TEXTS)
    elif kind == "expires":
        listed[0]["expires"] = desk.draw.choice(["2001-01-01", "2030-01-01", "2031-12-31"])
    elif kind == "drop":
        listed.pop()
    elif kind == "order":
        desk.draw.shuffle(listed)
    elif kind == "owner" and data["owner"] != "shared":
        data["owner"] = desk.draw.choice(list(desk.world.tenants()))
    else:
        listed[0]["consent"] = desk.draw.choice(TEXTS)
    return f"{path}: {kind}"


@edits(3)
def case(desk: Desk) -> str | None:
    path = desk.one(desk.world.prompts())
    if path is None:
        return None
    name = path.rpartition("/")[2].removesuffix(".prompt.j2")
    cases = desk.world.sheets.setdefault(f"sources/cases/{name}.yaml", Sheet({}))
    cases.data[desk.draw.choice(["plain", "late"])] = {"inputs": {"message": desk.draw.choice(TEXTS)}, "expect": {"contains": desk.draw.choice(TEXTS)}}
    return name


# Declarations and settings


@edits(6)
def declare(desk: Desk) -> str:
    """A variable's default, words, values or policy."""
    data = desk.world.sheets["sources/variables.yaml"].data
    kind = desk.draw.choice(["default", "default", "description", "enum", "policy", "confidential", "add", "order"])
    if kind == "default":
        name, value = desk.draw.choice([("count", 2), ("count", 9), ("sample", "S"), ("sample", "T"), ("company", "${product} Inc"), ("langs", ["Deutsch"]), ("words", ["cheap", "best"]), ("limits", {"words": 99, "turns": 9}), ("spare", "x"), ("tone", "warm")])
        data[name] = {**data.get(name, {}), "default": value}
        return f"{name}: default {value}"
    if kind == "add":
        data[f"new_{desk.draw.randint(1, 3)}"] = {"type": "string", "default": desk.draw.choice(TEXTS)}
    elif kind == "enum":
        data["tone"] = {**data["tone"], "enum": desk.draw.choice([["neutral", "warm", "formal"], ["neutral", "warm", "formal", "cold"], ["formal", "warm", "neutral"]])}
    elif kind == "policy":
        data["words"] = {**data["words"], "merge": desk.draw.choice(["unique", "append", "replace"])}
    elif kind == "confidential":
        data["sample"] = {**data["sample"], "confidential": not data["sample"].get("confidential", False)}
    elif kind == "order":
        desk.world.sheets["sources/variables.yaml"].data = shuffled(desk.draw, data)
    else:
        name = desk.draw.choice(["count", "spare", "letter"])
        data[name] = {**data.get(name, {"type": "string"}), "description": desk.draw.choice(TEXTS)}
    return kind


@edits(5)
def setting(desk: Desk) -> str:
    settings = desk.world.settings
    kind = desk.draw.choice(["base", "base", "characters", "comment", "folder", "private"])
    if kind == "base":
        settings["base"] = desk.draw.choice([["base"], [], ["base"], ["base", *some(desk.draw, (name for name in desk.world.layers() if name != "base"), most=1)]])
        return f"base {settings['base']}"
    if kind == "characters":
        settings["allow_characters"] = desk.draw.choice([[], ["\u00ad"], ["\u200b", "\u00ad"]])
    elif kind == "private":
        settings["private_use"] = desk.draw.choice(["error", "warning", "off"])
    elif kind == "comment":
        settings["#"] = desk.draw.choice(["a", "b"])
    else:
        folder = desk.draw.choice(["tenants", "sources"])
        settings[folder] = desk.draw.choice([folder, f"{folder}-2", f"in/{folder}"])
        return f"{folder} is {settings[folder]}"
    return kind
