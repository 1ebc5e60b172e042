"""The history of a value: every definition along the chain, what it did, and the value after it."""

from __future__ import annotations

from promptc.compiler.project import MISSING
from promptc.compiler.resolve import definitions_of, definitions_of_path
from tests.merge.world import project

LAYERS = {
    "a": "variables: {tags: [a, b], tone: warm, limits: {tokens: 5}}\nlocale: ko\n",
    "b": "variables: {tags: !remove [a]}\nprompts: {reply: {config: {temperature: 0.7}}}\n",
}
ACME = """
extends: [a, b]
variables: {tags: [c], limits: {turns: 9}, note: "so ${tone}"}
prompts: {reply: {config: {temperature: 1}, blocks: {rubric: more}}}
"""


def history(path: str) -> list[tuple[str, str, object, object]]:
    found = definitions_of_path(project({"acme": ACME}, LAYERS), "acme", path)
    return [(step.overlay, step.directive, step.given, step.after) for step in found]


def test_every_definition_in_chain_order() -> None:
    assert history("variables.tags") == [
        ("sources/variables.yaml", "", [], []),
        ("a", "", ["a", "b"], ["a", "b"]),
        ("b", "remove", ["a"], ["b"]),
        ("acme", "", ["c"], ["b", "c"]),
    ]


def test_places() -> None:
    found = definitions_of(project({"acme": ACME}, LAYERS), "acme", "tags")
    assert [str(step.place) for step in found] == [
        "sources/variables.yaml:11:1",
        "tenants/layers/a.yaml:1:19",
        "tenants/layers/b.yaml:1:19",
        "tenants/acme.yaml:2:19",
    ]


def test_a_path_inside_of_a_value() -> None:
    assert history("variables.limits.turns") == [("sources/variables.yaml", "", 3, 3), ("acme", "", 9, 9)]


def test_no_value_yet() -> None:
    assert history("variables.product") == [("sources/variables.yaml", "", MISSING, MISSING)]


def test_references_come_last() -> None:
    assert history("variables.note") == [
        ("sources/variables.yaml", "", "", ""),
        ("acme", "", "so ${tone}", "so ${tone}"),
        ("acme", "${}", "so ${tone}", "so warm"),
    ]


def test_prompts() -> None:
    assert history("prompts.reply.config.temperature") == [
        ("sources/prompts/reply.prompt.j2", "", 0.2, 0.2),
        ("b", "", 0.7, 0.7),
        ("acme", "", 1, 1),
    ]
    assert history("prompts.reply.blocks.rubric")[-1] == ("acme", "", {"text": "more"}, [{"!append": "more"}])


def test_locale() -> None:
    assert history("locale") == [("a", "", "ko", "ko")]


def test_what_is_not_there() -> None:
    made = project({"acme": ACME}, LAYERS)
    assert definitions_of(made, "acme", "nothing") == ()
    assert definitions_of(made, "nobody", "tags") == ()
    assert definitions_of_path(made, "acme", "prompts.nothing.config") == ()
    assert definitions_of_path(made, "acme", "prompts.reply.nothing") == ()
