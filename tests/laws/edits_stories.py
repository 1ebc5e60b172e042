"""Edit stories: short sequences of edits that once went wrong in some build system, each with what its findings must be.

    World, edits -> [stories] -> builds -> the codes that each step must show

Random edits come upon these seldom. Each step changes the world of the step before; the codes keep a story from telling
nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.laws.edits_world import Body, Odd, Sheet, Tag, World

Step = tuple[Callable[[World], Any], str]
SIGNUPS = "tenants/signups.jsonl"


def small_world() -> World:
    """One prompt, three layers, four tenants. Nothing is found in it."""
    prompt = Body(
        '{% message role="system" %}\n',
        ["You serve {{ vars.product }}.\n", "{% for word in vars.words %}\n- {{ word }}\n{% endfor %}\n", '{% if vars.tone == "warm" %}\nBe warm.\n{% endif %}\n', '{% include "fragments/safety.j2" %}\n', "{% block rules %}\nKeep to {{ vars.count }}.\n{% endblock %}\n"],
        '{% endmessage %}\n{% examples "shots" max=2 %}\n{% message role="user" %}\n{{ input.message }}\n{% endmessage %}\n',
    )
    front = {"model": "main", "config": {"max_tokens": 100}, "inputs": {"message": {"type": "string"}}, "output": {"schema": "schemas/answer.json"}, "tools": ["lookup"], "overridable": {"blocks": {"rules": "append"}}}
    return World(
        {"base": ["base"]},
        {
            "sources/variables.yaml": Sheet({"product": {"type": "string", "required": True}, "tone": {"type": "string", "enum": ["neutral", "warm"], "default": "neutral"}, "words": {"type": "array", "items": {"type": "string"}, "default": ["cheap"], "merge": "unique"}, "count": {"type": "integer", "default": 3, "minimum": 0}, "rubric": {"type": "string", "default": "", "set_by": ["tenant"], "confidential": True}, "spare": {"type": "string", "default": ""}}),
            "sources/models.yaml": Sheet({"main": {"provider": "anthropic", "name": "m", "refuses": ["top_p"]}, "fast": {"provider": "openai", "name": "f"}}),
            "sources/prompts/reply.prompt.j2": Sheet(front, body=prompt),
            "sources/fragments/safety.j2": Sheet({}, body=Body("", ["Be safe with {{ vars.product }}.\n"])),
            "sources/tools/lookup.yaml": Sheet({"description": "Looks up.", "input": {"type": "object", "properties": {"number": {"type": "string"}}}}),
            "sources/examples/shots.yaml": Sheet({"owner": "shared", "examples": [{"id": "one", "input": {"message": "Hi"}, "output": "Fine."}]}),
            "tenants/layers/base.yaml": Sheet({"variables": {"words": ["sure"]}}),
            "tenants/layers/plan/pro.yaml": Sheet({"labels": {"plan": "pro"}, "variables": {"words": ["rare"]}}),
            "tenants/layers/language/ko.yaml": Sheet({"locale": "ko"}),
            "tenants/acme.yaml": Sheet({"extends": ["plan/pro"], "variables": {"product": "Acme"}}),
            "tenants/eu/globex.yaml": Sheet({"extends": ["language/ko"], "variables": {"product": "Globex", "tone": "warm"}}),
        },
        {"tenants/acme.md": "Rubric one.\n"},
        {"sources/schemas/answer.json": {"type": "object", "properties": {"a": {"type": "string", "enum": {"$vars": "words"}}}, "required": ["a"], "additionalProperties": False}},
        {SIGNUPS: [{"id": "su-1", "variables": {"product": "One"}}, {"id": "su-2", "variables": {"product": "Two"}}]},
    )


# What a step may do


def give(overlay: str, variable: str, value: Any) -> Callable[[World], Any]:
    return lambda world: world.overlays()[overlay].setdefault("variables", {}).update({variable: value})


def take(overlay: str, variable: str) -> Callable[[World], Any]:
    return lambda world: world.overlays()[overlay]["variables"].pop(variable)


def put(path: str, data: dict[str, Any] | None, text: str | None = None) -> Callable[[World], Any]:
    """A sheet comes, or goes where there is no data."""
    if data is None:
        return lambda world: world.sheets.pop(path)
    return lambda world: world.sheets.update({path: Sheet(data, body=None if text is None else Body("", [text]))})


def comment(path: str, words: str = "Lines move.") -> Callable[[World], Any]:
    return lambda world: world.sheets[path].head.insert(0, words)


def front(key: str, value: Any) -> Callable[[World], Any]:
    return lambda world: world.sheets["sources/prompts/reply.prompt.j2"].data.update({key: value})


def say(text: str) -> Callable[[World], Any]:
    return lambda world: _snippets(world).insert(1, text)


def unsay(world: World) -> None:
    _snippets(world).pop(1)


def _snippets(world: World) -> list[str]:
    body = world.sheets["sources/prompts/reply.prompt.j2"].body
    assert body is not None
    return body.snippets


def line(spot: int, *lines: Any) -> Callable[[World], Any]:
    """Lines come into the .jsonl; where none is given, the one at the spot goes."""
    if not lines:
        return lambda world: world.signups[SIGNUPS].pop(spot)
    return lambda world: world.signups[SIGNUPS].__setitem__(slice(spot, spot), lines)


def declare(name: str, schema: dict[str, Any] | None) -> Callable[[World], Any]:
    if schema is None:
        return lambda world: world.sheets["sources/variables.yaml"].data.pop(name)
    return lambda world: world.sheets["sources/variables.yaml"].data.update({name: schema})


def into_lines(world: World) -> None:
    world.signups[SIGNUPS].insert(0, {"id": "acme", **world.sheets.pop("tenants/acme.yaml").data})


def out_of_lines(world: World) -> None:
    data = world.signups[SIGNUPS].pop(0)
    assert isinstance(data, dict)
    world.sheets["tenants/us/acme.yaml"] = Sheet({key: value for key, value in data.items() if key != "id"})


def nothing(world: World) -> None:
    """Build again."""


def _over(path: str, content: bytes | Odd | None, world: World) -> None:
    world.over.pop(path, None)
    if content is not None:
        world.over[path] = content


def over(path: str, content: bytes | Odd | None) -> Callable[[World], Any]:
    return partial(_over, path, content)


def settings(**given: Any) -> Callable[[World], Any]:
    return lambda world: world.settings.update(given)


LAYER = "tenants/layers/{}.yaml".format
REMOVE = Tag("remove", ["rare"])

STORIES: dict[str, list[Step]] = {
    "the lines of a .jsonl move, and its findings with them": [
        (give("tenant:su-2", "words", REMOVE), "O006"), (line(0, "", ""), "O006"), (line(0, {"id": "su-0", "variables": {"product": "Zero"}}), "O006"), (line(0), "O006"), (line(0), "O006"), (line(1), "O006"), (give("tenant:su-2", "words", ["rare"]), ""),
    ],
    "a comment moves what a layer is warned of": [
        (give("layer:base", "words", REMOVE), "O006"), (comment(LAYER("base")), "O006"), (comment(LAYER("base"), "한국어"), "O006"), (comment(LAYER("plan/pro")), "O006"), (lambda w: w.sheets[LAYER("base")].head.clear(), "O006"),
    ],
    "a layer that nobody knows gets another hint, and then appears": [
        (lambda w: w.tenants()["acme"].update(extends=["plan/por"]), "O104"), (put(LAYER("plan/port"), {"labels": {"a": "b"}}), "O104"), (put(LAYER("plan/por"), {"variables": {"words": ["port"]}}), ""), (put(LAYER("plan/por"), None), "O104"), (lambda w: w.tenants()["acme"].update(extends=["plan/port"]), ""),
    ],
    "a tenant extends what is no layer, but a tenant that comes and goes": [
        (lambda w: w.tenants()["acme"].update(extends=["helio"]), "O104"), (put("tenants/helio.yaml", {"variables": {"product": "Helio"}}), "O011"), (put("tenants/helio.yaml", None), "O104"), (line(0, {"id": "helio", "variables": {"product": "Helio"}}), "O011"), (line(0), "O104"), (put(LAYER("helio"), {}), ""),
    ],
    "examples belong to a tenant that comes and goes": [
        (put("sources/examples/own.yaml", {"owner": "su-3", "set": "shots", "examples": [{"id": "two", "input": {"message": "Ho"}, "output": "Mine."}]}), "S002"), (line(0, {"id": "su-33", "variables": {"product": "P"}}), "S002"), (line(0, {"id": "su-3", "variables": {"product": "Three"}}), ""), (line(0), "S002"), (put("tenants/su-3.yaml", {"variables": {"product": "Three"}}), ""), (put("sources/examples/own.yaml", {"owner": "acme", "set": "shots", "examples": [{"id": "two", "input": {"message": "Ho"}, "output": "Mine."}]}), ""),
    ],
    "a layer ceases to give what another chain removes, and gives it again": [
        (give("tenant:globex", "words", REMOVE), "O006"), (take("layer:plan/pro", "words"), "O005"), (give("layer:language/ko", "words", ["rare"]), ""), (take("layer:language/ko", "words"), "O005"), (declare("words", {"type": "array", "items": {"type": "string"}, "default": ["rare"], "merge": "unique"}), ""),
    ],
    "a layer removes what another begins to give": [
        (give("layer:plan/pro", "words", ["x"]), ""), (give("layer:language/ko", "words", REMOVE), "O005"), (give("layer:plan/pro", "words", ["rare"]), "O006"), (give("layer:plan/pro", "words", ["x"]), "O005"), (give("layer:base", "words", ["rare"]), ""), (take("layer:base", "words"), "O005"),
    ],
    "two tenants become equal and differ again": [
        (lambda w: w.tenants()["globex"].update(w.copy().tenants()["acme"]), ""), (give("tenant:su-1", "product", "Two"), ""), (give("tenant:globex", "product", "Globex"), ""), (give("tenant:su-1", "product", "One"), ""),
    ],
    "a stand-in comes, grows stale and goes": [
        (put("sources/fragments/safety.ko.j2", {"against": "0123456789abcdef"}, "안전하게.\n"), "O121"), (comment("sources/variables.yaml"), "O121"), (put("sources/fragments/safety.j2", {}, "Be quite safe.\n"), "O121"), (put("sources/fragments/safety.ko.j2", {}, "안전히.\n"), ""), (put("sources/fragments/safety.ko.j2", None), ""),
    ],
    "a text beside an overlay changes, goes and comes back": [
        (give("tenant:acme", "rubric", Tag("file", "acme.md")), ""), (say("{{ vars.rubric }}\n"), ""), (lambda w: w.texts.update({"tenants/acme.md": "Rubric two.\n"}), ""), (lambda w: w.texts.pop("tenants/acme.md"), "P004"), (lambda w: w.texts.update({"tenants/acme.md": "Rubric ${product}.\n"}), ""), (over("tenants/acme.md", Odd("link", "eu/globex.yaml")), "P002"), (over("tenants/acme.md", None), ""),
    ],
    "one tenant's alias is another's": [
        (lambda w: w.tenants()["acme"].update(aliases=["org"]), ""), (lambda w: w.tenants()["su-1"].update(aliases=["org"]), "O020"), (line(0, ""), "O020"), (comment("tenants/acme.yaml"), "O020"), (lambda w: w.tenants()["acme"].update(aliases=["su-2"]), "O020"), (line(2), ""),
    ],
    "one id stands in two files": [
        (put("tenants/us/acme.yaml", {"variables": {"product": "Acme"}}), "O020"), (put("tenants/acme.yaml", None), ""), (line(1, {"id": "acme", "variables": {"product": "Acme"}}), "O020"), (put("tenants/us/acme.yaml", None), ""), (line(0, {"id": "ACME", "variables": {"product": "A"}}), "O020"), (line(0), ""),
    ],
    "the hint names the nearest variable": [
        (give("tenant:su-1", "prodct", "x"), "O101"), (declare("prodcts", {"type": "string"}), "O101"), (declare("prodct", {"type": "string"}), ""), (declare("prodct", None), "O101"), (take("tenant:su-1", "prodct"), ""),
    ],
    "a tenant moves from its file into the .jsonl and back": [
        (into_lines, ""), (nothing, ""), (out_of_lines, ""), (lambda w: w.sheets.update({"tenants/acme.yaml": w.sheets.pop("tenants/us/acme.yaml")}), ""),
    ],
    "a statement fails for one tenant alone": [
        (say("{{ 100 // vars.count }} each\n"), ""), (give("tenant:acme", "count", 0), "T029"), (comment("tenants/acme.yaml"), "T029"), (line(0, {"id": "su-0", "variables": {"product": "Zero", "count": 0}}), "T029"), (put("tenants/acme.yaml", None), "T029"), (line(0), ""), (unsay, ""),
    ],
    "layers start every chain, and one of them isn't there": [
        (settings(base=["base", "new"]), "O104"), (put(LAYER("new"), {"variables": {"tone": "warm"}}), ""), (settings(base=[]), ""), (settings(base=["new", "base"]), ""), (settings(tenants="overlays"), ""), (settings(tenants="tenants"), ""),
    ],
    "a character is allowed after all": [
        (give("tenant:su-1", "product", "a\u200bb"), "U007"), (settings(allow_characters=["\u200b"]), ""), (settings(allow_characters=["\u00ad"]), "U007"), (give("tenant:su-1", "product", "ab"), ""),
    ],
    "a prompt breaks, and what only it reads is asked no more": [
        (say("{% if %}\n"), "T001"), (give("tenant:acme", "product", "Acme 2"), "T001"), (unsay, ""), (say("{{ vars.prodct }}\n"), "T005"), (unsay, ""), (front("modle", "main"), "S001"), (lambda w: w.sheets["sources/prompts/reply.prompt.j2"].data.pop("modle"), ""),
    ],
    "what prompts name comes later": [
        (front("tools", ["lookup", "search"]), "S005"), (put("sources/tools/search.yaml", {"description": "Searches."}), ""), (say('{% include "fragments/gone.j2" %}\n'), "T011"), (put("sources/fragments/gone.j2", {}, "Found.\n"), ""), (put("sources/fragments/gone.j2", None), "T011"), (unsay, ""), (front("model", "deep"), "S004"), (lambda w: w.sheets["sources/models.yaml"].data.update(deep={"provider": "x", "name": "d"}), ""),
    ],
    "a model refuses what it did not": [
        (front("config", {"top_p": 0.5}), "S042"), (lambda w: w.sheets[LAYER("plan/pro")].data.update(models={"main": "fast"}), "S042"), (lambda w: w.sheets["sources/models.yaml"].data["main"].pop("refuses"), ""), (lambda w: w.sheets["sources/models.yaml"].data["fast"].update(refuses=["top_p"]), "S042"),
    ],
    "a layer locks what others set": [
        (lambda w: w.sheets[LAYER("base")].data.update(final=["variables.tone"]), "O010"), (comment(LAYER("base")), "O010"), (comment("tenants/eu/globex.yaml"), "O010"), (take("tenant:globex", "tone"), ""), (give("tenant:su-1", "tone", "warm"), "O010"), (lambda w: w.sheets[LAYER("base")].data.pop("final"), ""),
    ],
    "a block in a branch that not every tenant takes": [
        (say('{% if vars.tone == "warm" %}\n{% block late %}\nLate.\n{% endblock %}\n{% endif %}\n'), ""), (lambda w: w.sheets[LAYER("base")].data.update(prompts={"reply": {"blocks": {"late": "Later."}}}), "T020"), (give("tenant:acme", "tone", "warm"), "T020"), (give("layer:base", "tone", "warm"), ""), (give("tenant:su-1", "tone", "neutral"), "T020"),
    ],
    "a value is confidential now": [
        (give("tenant:acme", "count", "many secrets"), "O002"), (declare("count", {"type": "integer", "default": 3, "confidential": True}), "O002"), (declare("count", {"type": "string", "default": "three", "confidential": True}), ""),
    ],
    "something else stands in a file's place": [
        (over("tenants/acme.yaml", Odd("link", "eu/globex.yaml")), "P002"), (over("tenants/acme.yaml", Odd("folder")), ""), (over("tenants/acme.yaml", Odd("pipe")), "P006"), (over("tenants/acme.yaml", b""), "Y007"), (over("tenants/acme.yaml", b"\xff"), "U002"), (over("tenants/acme.yaml", None), ""), (over("tenants/ACME.yaml", b"{}\n"), "P005"), (over("tenants/ACME.yaml", None), ""),
    ],
}  # fmt: skip
