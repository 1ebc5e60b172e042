"""`final`: nothing later in the chain passes a lock, whatever way it takes."""

from __future__ import annotations

import pytest

from promptc.compiler.resolve import Resolver
from tests.merge.world import project, refused, resolve, said, value

LOCKED = """
final: [{path}]
variables: {{tone: warm, limits: {{turns: 5, tokens: 9}}, words: [a], offers: [{{id: b, name: B}}]}}
prompts: {{reply: {{config: {{temperature: 0.5}}, model: other, blocks: {{greeting: hi}}, tools: !append [refund]}}}}
labels: {{plan: pro}}
locale: ko
"""


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("variables.tone", "variables: {tone: formal}"),
        ("variables.tone", "variables: {tone: warm}"),
        ("variables.tone", "variables: {tone: !unset }"),
        ("variables.tone", "variables: {tone: !replace formal}"),
        ("variables", "variables: {note: x}"),
        ("variables.limits", "variables: {limits: {turns: 1}}"),
        ("variables.limits", "variables: {limits: {}}"),
        ("variables.limits", "variables: {limits: !remove [turns]}"),
        ("variables.limits.turns", "variables: {limits: {turns: 1}}"),
        ("variables.limits.turns", "variables: {limits: {turns: !unset }}"),
        ("variables.limits.turns", "variables: {limits: !replace {tokens: 1}}"),
        ("variables.limits.turns", "variables: {limits: !unset }"),
        ("variables.limits.turns", "variables: {limits: !remove [turns]}"),
        ("variables.words", "variables: {words: !append [b]}"),
        ("variables.words", "variables: {words: !prepend [b]}"),
        ("variables.words", "variables: {words: !remove [a]}"),
        ("variables.offers", "variables: {offers: [{id: c, name: C}]}"),
        ("variables.offers.b", "variables: {offers: [{id: b, name: other}]}"),
        ("variables.offers.b", "variables: {offers: !remove [b]}"),
        ("variables.offers.b", "variables: {offers: !replace [{id: b, name: B}]}"),
        ("variables.offers.b", "variables: {offers: !unset }"),
        ("prompts.reply.config", "prompts: {reply: {config: {temperature: 0.1}}}"),
        ("prompts.reply.config.temperature", "prompts: {reply: {config: {temperature: 0.1}}}"),
        ("prompts.reply.config.temperature", 'prompts: {"*": {config: {temperature: 0.1}}}'),
        ("prompts.reply", "prompts: {reply: {enabled: false}}"),
        ("prompts.reply.enabled", "prompts: {reply: {enabled: false}}"),
        ("prompts.reply.tools", "prompts: {reply: {tools: !remove [refund]}}"),
        ("prompts.reply.blocks", "prompts: {reply: {blocks: {rubric: x}}}"),
        ("prompts.reply.blocks.greeting", "prompts: {reply: {blocks: {greeting: x}}}"),
        ("prompts.reply.blocks.greeting", "prompts: {reply: {blocks: {greeting: !unset }}}"),
        ("prompts.reply.blocks.greeting", 'prompts: {"*": {blocks: {greeting: x}}}'),
        ('"prompts.*.config"', "prompts: {reply: {config: {temperature: 0.1}}}"),
        ("labels.plan", "labels: {plan: free}"),
        ("locale", "locale: ar"),
    ],
)
def test_a_lock_holds(path: str, own: str) -> None:
    found = refused(f"extends: [a]\n{own}\n", {"a": LOCKED.format(path=path)})
    assert (found.code, found.place.file) == ("O010", "tenants/acme.yaml")
    assert "`a` locks" in found.message
    assert "tenants/layers/a.yaml:1" in found.message
    assert found.related[0][1].line == 1


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("variables.tone", "variables: {note: x, limits: {turns: 1}}"),
        ("variables.limits.turns", "variables: {limits: {tokens: 1}}"),
        ("variables.limits.turns", "variables: {limits: !remove [tokens]}"),
        ("variables.offers.b", "variables: {offers: [{id: c, name: C}]}"),
        ("variables.offers.b", "variables: {offers: [{id: a, name: AA}]}"),
        ("variables.offers.b", "variables: {offers: !append [{id: c, name: C}]}"),
        ("variables.offers.b", "variables: {offers: !remove [a]}"),
        ("prompts.reply.config.max_tokens", "prompts: {reply: {config: {temperature: 0.1}}}"),
        ("prompts.reply.blocks.greeting", "prompts: {reply: {blocks: {rubric: x}}}"),
        ("prompts.closed", "prompts: {reply: {enabled: false}}"),
        ("labels.plan", "labels: {own: x}"),
    ],
)
def test_a_lock_holds_no_more_than_its_path(path: str, own: str) -> None:
    made, found = resolve(f"extends: [a]\n{own}\n", {"a": LOCKED.format(path=path)})
    assert said(found) == []
    assert made is not None


def test_who_locks_may_set() -> None:
    assert value("tone", "extends: [a]\n", {"a": LOCKED.format(path="variables.tone")}) == "warm"


def test_a_lock_holds_against_layers_and_names_the_first_owner() -> None:
    layers = {
        "a": "final: [variables.tone]\n",
        "b": "final: [variables.tone]\nlabels: {x: y}\n",
        "c": "variables: {tone: warm}\n",
    }
    found = refused("extends: [a, b, c]\n", layers)
    assert (found.code, found.place.file) == ("O010", "tenants/layers/c.yaml")
    assert "`a` locks" in found.message


def test_the_locked_value_stands_for_what_comes_later() -> None:
    # The refused definition isn't laid, so nothing follows from it.
    layers = {"a": "final: [variables.words]\nvariables: {words: [a]}\n"}
    found = refused("extends: [a]\nvariables: {words: [b], note: '${tone}'}\n", layers)
    assert found.code == "O010"


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("variables.tne", "did you mean `tone`?"),
        ("variable.tone", "did you mean `variables.tone`?"),
        ("variables.limits.trns", "did you mean `turns`?"),
        ("prompts.rply.config", "did you mean `reply`?"),
        ("prompts.reply.confg", "did you mean `config`?"),
        ("prompts.reply.config.temprature", "did you mean `temperature`?"),
    ],
)
def test_a_lock_on_nothing(path: str, hint: str) -> None:
    found = refused("extends: [a]\n", {"a": f"final: [{path}]\n"})
    assert (found.code, found.hint) == ("O015", hint)
    assert str(found.place) == "tenants/layers/a.yaml:1:9"


def test_a_lock_in_a_tenant_is_a_warning() -> None:
    made, found = resolve("final: [variables.tone]\n")
    assert made is not None
    assert [(f.code, f.severity) for f in found] == [("O016", "warning")]


def test_a_lock_of_one_tenants_layer_is_no_others() -> None:
    tenants = {"acme": "extends: [a, b]\n", "globex": "extends: [b]\n"}
    layers = {"a": "final: [variables.tone]\n", "b": "variables: {tone: warm}\n"}
    resolver = Resolver(project(tenants, layers))
    assert [f.code for f in resolver.tenant("acme")[1]] == ["O010"]
    assert resolver.tenant("globex")[1] == ()


def test_a_key_with_a_dot_is_locked_as_it_is_written() -> None:
    layers = {"a": "final: [variables.open_map.v1.2]\nvariables: {open_map: {v1.2: x}}\n"}
    assert refused("extends: [a]\nvariables: {open_map: {v1.2: y}}\n", layers).code == "O010"
