"""`${name}`: what it puts in, what it never reads again, and what it refuses."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.merge.world import refused, resolve, said, tenant, value


@pytest.mark.parametrize(
    ("own", "name", "expected"),
    [
        ('product: P, note: "a ${product} b"', "note", "a P b"),
        ('product: P, note: "${product}${product}"', "note", "PP"),
        ('count: 3, note: "${count} turns"', "note", "3 turns"),
        ('ratio: 0.50, note: "${ratio}"', "note", None),
        ('ratio: 0.50, note: "at ${ratio}"', "note", "at 0.5"),
        ('note: "at most ${limits.turns}"', "note", "at most 3"),
        ('limits: {say: "at most ${limits.turns}"}', "limits", {"turns": 3, "say": "at most 3"}),
        # Alone in its scalar it takes the value with its type.
        ('count: 3, any: "${count}"', "any", 3),
        ('any: "${limits}"', "any", {"turns": 3}),
        ('any: "${words}"', "any", ["base"]),
        ('maybe: null, any: "${maybe}"', "any", None),
        ("limits: {tokens: '${limits.turns}'}", "limits", {"turns": 3, "tokens": 3}),
        ("any: !replace {a: '${words}', b: [x, '${tone}']}", "any", {"a": ["base"], "b": ["x", "neutral"]}),
        ("any: ' ${limits.turns}'", "any", " 3"),
        # `$${` writes `${`, any other `$` is itself.
        ('note: "$${product}"', "note", "${product}"),
        ('note: "$$${product}"', "note", "$${product}"),
        ('note: "$5 $ $$ $x {a} $$"', "note", "$5 $ $$ $x {a} $$"),
        ('note: "costs $$${tone}"', "note", "costs $${tone}"),
        # What is put in is never read again.
        ("product: '$${tone}', note: 'say ${product}'", "note", "say ${tone}"),
        ("product: '$${tone}', note: '${product}'", "note", "${tone}"),
        ("product: '$', note: '${product}{tone}'", "note", "${tone}"),
        ("product: '$', note: '${product}${tone}'", "note", "$neutral"),
        # One leads to another.
        ("product: 'P ${note}', note: '${tone}', greeting: 'x ${product}'", "greeting", "x P neutral"),
        ("any: '${limits}', note: '${any.turns} turns'", "note", "3 turns"),
        # Text is NFC after joining.
        ('product: "e", note: "${product}\\u0301"', "note", "é"),
        # The text of templates means nothing here.
        ("note: '{{ vars.tone }} {% if %} ${tone}'", "note", "{{ vars.tone }} {% if %} neutral"),
    ],
)
def test_what_is_put_in(own: str, name: str, expected: Any) -> None:
    text = f"variables: {{{own}}}\n"
    if expected is None and name == "note":
        assert refused(text).code == "O002"  # a number, and the variable is text
        return
    got = value(name, text)
    assert got == expected
    assert type(got) is type(expected)


def test_a_plain_scalar_is_alone_too() -> None:
    assert value("any", "variables:\n  count: 3\n  any: ${count}\n") == 3


def test_references_are_filled_in_after_the_merge() -> None:
    layers = {"a": 'variables: {note: "we are ${product}", product: A}\n', "b": "variables: {product: B}\n"}
    assert value("note", "extends: [a]\n", layers) == "we are A"
    assert value("note", "extends: [a, b]\n", layers) == "we are B"
    assert value("note", "extends: [a, b]\nvariables: {product: C}\n", layers) == "we are C"


def test_defaults_are_the_first_value_and_are_filled_in() -> None:
    variables = "name: {type: string, default: P}\nlong: {type: string, default: 'the ${name}'}\n"
    assert value("long", "variables: {name: Q}\n", variables=variables) == "the Q"


def test_blocks() -> None:
    text = """
    variables: {product: P}
    prompts:
      reply:
        blocks:
          greeting: {text: "Welcome to ${product}, $${product}.", against: 3fa9c1d2e4b50617}
          rubric: plain $5
    """
    blocks = tenant(text).prompts["reply"].blocks
    (greeting,), (rubric,) = blocks["greeting"], blocks["rubric"]
    assert greeting.text == "Welcome to P, ${product}."
    assert greeting.raw == "Welcome to ${product}, $${product}."
    assert (greeting.kind, greeting.against) == ("replace", "3fa9c1d2e4b50617")
    assert (rubric.text, rubric.kind) == ("plain $5", "append")


def test_a_layers_block_is_filled_in_with_the_tenants_values() -> None:
    layers = {"a": 'prompts: {reply: {blocks: {sealed: "for ${product}"}}}\n'}
    (action,) = tenant("extends: [a]\nvariables: {product: P}\n", layers).prompts["reply"].blocks["sealed"]
    assert (action.text, action.overlay, action.overlay_kind) == ("for P", "a", "layer")


def test_two_texts_of_one_block_are_two_texts() -> None:
    layers = {"a": 'prompts: {reply: {blocks: {rubric: "one ${tone}"}}}\n'}
    text = 'extends: [a]\nprompts: {reply: {blocks: {rubric: "two ${tone}"}}}\n'
    assert [action.text for action in tenant(text, layers).prompts["reply"].blocks["rubric"]] == [
        "one neutral",
        "two neutral",
    ]


@pytest.mark.parametrize(
    ("own", "code", "words", "hint"),
    [
        ("note: 'a ${prduct}'", "O030", "`variables.note` asks for `${prduct}`", "did you mean `product`?"),
        ("note: '${limits.trns}'", "O030", "`limits` has no `trns`", "did you mean `turns`?"),
        ("note: '${tone.x}'", "O030", "`tone` has no `x`", "only the keys of maps"),
        ("note: '${words.0}'", "O030", "`words` has no `0`", "only the keys of maps"),
        ("note: 'a ${product}'", "O031", "asks for `product`, which has no value: note → product", "set `product`"),
        ("note: '${greeting}', greeting: '${product}'", "O031", "greeting → product", "set `product`"),
        ("note: '${note}'", "O032", "asks for itself: note → note", ""),
        ("note: 'x ${greeting}', greeting: 'y ${note}'", "O032", "greeting → note → greeting", ""),
        ("limits: {say: '${limits.say}'}", "O032", "limits.say → limits.say", ""),
        ("open_map: {a: '${open_map}'}", "O032", "open_map.a → open_map.a", ""),
        ("note: 'x ${'", "O033", "begins no reference", "`$${`"),
        ("note: 'x ${}'", "O033", "begins no reference", "`$${`"),
        ("note: '${a b}'", "O033", "begins no reference", "`$${`"),
        ("note: '${product'", "O033", "begins no reference", "`$${`"),
        ("note: 'x ${words}'", "O034", "`${words}` can't stand in text", "stand alone"),
        ("note: 'x ${limits}'", "O034", "`${limits}` can't stand in text", "stand alone"),
        ("maybe: null, note: 'x ${maybe}'", "O034", "null", ""),
        ("count: '${tone}'", "O002", "must be an integer", ""),
        ("words: ['${limits}']", "O002", "must be text", ""),
    ],
)
def test_what_is_refused(own: str, code: str, words: str, hint: str) -> None:
    _, findings = resolve(f"variables:\n  {{{own}}}\n")
    (found,) = findings
    assert found.code == code
    assert words in found.message
    assert hint in found.hint
    assert (found.place.file, found.place.line) == ("tenants/acme.yaml", 2)


def test_an_error_in_a_layers_text_stands_in_the_layer() -> None:
    layers = {"a": 'variables:\n  note: "for ${product}"\n'}
    found = refused("extends: [a]\n", layers)
    assert (found.code, str(found.place)) == ("O031", "tenants/layers/a.yaml:2:9")


def test_what_follows_from_a_wrong_value_is_not_told_again() -> None:
    assert refused("variables: {count: x, note: 'of ${count}'}\n").code == "O002"


def test_confidentiality_goes_where_the_value_goes() -> None:
    text = """
    variables: {note: "told ${secret}", greeting: "again ${note}", product: "${tone}"}
    prompts: {reply: {blocks: {rubric: "x ${greeting}", greeting: "y ${product}"}}}
    """
    made = tenant(text)
    assert made.confidential == {"secret", "note", "greeting"}
    blocks = made.prompts["reply"].blocks
    assert blocks["rubric"][0].confidential
    assert not blocks["greeting"][0].confidential


def test_messages_never_tell_a_confidential_value() -> None:
    _, found = resolve("variables: {secret: topsecret, count: '${secret}', note: 'x ${secret.y} ${prduct}'}\n")
    assert [f.code for f in found] != []
    assert not any("topsecret" in f"{f.message}{f.hint}" for f in found)


def test_a_bomb_of_text_is_a_limit() -> None:
    names = [f"v{index}" for index in range(30)]
    variables = "".join(f"{name}: {{type: string, default: x}}\n" for name in names)
    doubled = ", ".join(f"{a}: '${{{b}}}${{{b}}}'" for a, b in itertools.pairwise(names))
    _, found = resolve(f"variables: {{{doubled}}}\n", variables=variables)
    assert {f.code for f in found} == {"B002"}


def test_a_bomb_of_lists_is_a_limit() -> None:
    names = [f"v{index}" for index in range(30)]
    variables = "".join(f"{name}: {{default: [x]}}\n" for name in names)
    doubled = ", ".join(f"{a}: ['${{{b}}}', '${{{b}}}']" for a, b in itertools.pairwise(names))
    _, found = resolve(f"variables: {{{doubled}}}\n", variables=variables)
    assert {f.code for f in found} == {"B002"}


def test_a_long_way_is_a_limit_and_no_traceback() -> None:
    names = [f"v{index:03}" for index in range(400)]
    variables = "".join(f"{name}: {{type: string, default: x}}\n" for name in names)
    long = ", ".join(f"{a}: 'x${{{b}}}'" for a, b in itertools.pairwise(names))
    _, found = resolve(f"variables: {{{long}}}\n", variables=variables)
    assert {f.code for f in found} == {"B002"}


def test_unknown_names_in_blocks_are_said_at_the_block() -> None:
    _, found = resolve('prompts:\n  reply:\n    blocks:\n      rubric: "x ${prduct}"\n')
    assert said(found) == [("O030", "tenants/acme.yaml:4:15")]


def test_a_circle_through_a_large_map_costs_little() -> None:
    lines = "".join(f"    k{index}: ${{open_map}}\n" for index in range(2000))
    _, found = resolve(f"variables:\n  open_map:\n{lines}")
    assert {f.code for f in found} <= {"O032", "B002"}


def test_many_wrong_names_are_all_told_and_cost_little() -> None:
    lines = "".join(f"  tonee{index}: x\n" for index in range(5000))
    _, found = resolve(f"variables:\n{lines}")
    assert len(found) == 5000
    assert found[0].hint == "did you mean `tone`?"


def test_keys_of_many_alphabets_and_signs() -> None:
    assert value("note", "variables: {open_map: {a-b: x}, note: 'say ${open_map.a-b}'}\n") == "say x"
