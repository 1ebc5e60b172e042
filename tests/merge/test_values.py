"""The fold of variables: the merge table, policies, directives, types, and what each refuses."""

from __future__ import annotations

from typing import Any

import pytest

from promptc.compiler.project import Settings
from promptc.compiler.resolve import Resolver
from promptc.compiler.schema.load import load_project
from tests.merge.world import files, project, refused, resolve, said, tenant, value


def below(*variables: str) -> dict[str, Any]:
    """Layers a, b, … in one chain, each setting `variables:` as given; `layers` and `extends` for `resolve`."""
    names = "abcdefgh"[: len(variables)]
    return {name: f"variables: {{{text}}}\n" for name, text in zip(names, variables, strict=True)}


def after(name: str, own: str, *layers: str) -> Any:
    made = below(*layers)
    return value(name, f"extends: [{', '.join(made)}]\nvariables: {{{own}}}\n", made)


@pytest.mark.parametrize(
    ("name", "layers", "own", "expected"),
    [
        # The declared default is the first value.
        ("tone", [], "", "neutral"),
        ("limits", [], "", {"turns": 3}),
        # Scalars replace, the later wins.
        ("tone", ["tone: warm"], "", "warm"),
        ("tone", ["tone: warm", "tone: formal"], "", "formal"),
        ("tone", ["tone: warm"], "tone: formal", "formal"),
        # Lists replace.
        ("words", ["words: [a]"], "words: [b, c]", ["b", "c"]),
        ("words", [], "words: []", []),
        # Maps merge deeply.
        ("limits", ["limits: {tokens: 5}"], "limits: {say: hi}", {"turns": 3, "tokens": 5, "say": "hi"}),
        ("limits", ["limits: {turns: 5}"], "limits: {turns: 7}", {"turns": 7}),
        ("limits", [], "limits: {}", {"turns": 3}),
        ("open_map", ["open_map: {a: {b: 1}}"], "open_map: {a: {c: 2}}", {"a": {"b": 1, "c": 2}}),
        ("open_map", ["open_map: {a: [1]}"], "open_map: {a: [2]}", {"a": [2]}),
        # Policies.
        ("tags", ["tags: [a, b]"], "tags: [b, c]", ["a", "b", "c"]),
        ("tags", [], "tags: [a, b, a]", ["a", "b"]),
        ("steps", ["steps: [a]"], "steps: [a, b]", ["a", "a", "b"]),
        ("offers", ["offers: [{id: b, name: B}]"], "", [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]),
        ("offers", [], "offers: [{id: a, price: '3'}]", [{"id": "a", "name": "A", "price": "3"}]),
        (
            "offers",
            ["offers: [{id: b, name: B}]"],
            "offers: [{id: c, name: C}, {id: a, name: AA}]",
            [{"id": "a", "name": "AA"}, {"id": "b", "name": "B"}, {"id": "c", "name": "C"}],
        ),
        # Directives depart from them.
        ("words", ["words: [a]"], "words: !append [b]", ["a", "b"]),
        ("words", ["words: [a]"], "words: !prepend [b]", ["b", "a"]),
        ("words", ["words: [a, b, a]"], "words: !remove [a]", ["b"]),
        ("words", ["words: [a]"], "words: !unset ", ["base"]),
        ("product", ["product: x"], "maybe: y", "x"),
        ("tags", ["tags: [a]"], "tags: !replace [b, b]", ["b", "b"]),
        ("tags", ["tags: [a]"], "tags: !append [a]", ["a", "a"]),
        ("steps", ["steps: [a]"], "steps: !replace [b]", ["b"]),
        ("offers", [], "offers: !remove [a]", []),
        ("offers", [], "offers: !replace [{id: z, name: Z}]", [{"id": "z", "name": "Z"}]),
        ("offers", [], "offers: !prepend [{id: z, name: Z}]", [{"id": "z", "name": "Z"}, {"id": "a", "name": "A"}]),
        ("limits", ["limits: {tokens: 5}"], "limits: !replace {say: hi}", {"say": "hi"}),
        ("limits", ["limits: {tokens: 5}"], "limits: !remove [tokens]", {"turns": 3}),
        ("limits", ["limits: {turns: 5}"], "limits: {turns: !unset }", {"turns": 3}),
        ("limits", ["limits: {tokens: 5}"], "limits: {tokens: !unset }", {"turns": 3}),
        ("open_map", ["open_map: {a: [x]}"], "open_map: {a: !append [y]}", {"a": ["x", "y"]}),
        ("open_map", ["open_map: {a: [x]}"], "open_map: {a: !replace {b: 1}}", {"a": {"b": 1}}),
        ("any", ["any: {a: 1}"], "any: !replace [1]", [1]),
        # null is a value where the schema lets it be.
        ("maybe", ["maybe: x"], "maybe: null", None),
        ("maybe", ["maybe: null"], "maybe: x", "x"),
        # Text is text where text is declared.
        ("product", [], "product: no", "no"),
        ("product", [], "product: 1.10", "1.10"),
        ("product", [], "product: 010", "010"),
        ("count", [], "count: 10", 10),
        ("ratio", [], "ratio: 0.5", 0.5),
        ("any", ["any: 1"], "any: true", True),
    ],
)
def test_the_merge_table(name: str, layers: list[str], own: str, expected: Any) -> None:
    if name == "any" and own == "any: !replace [1]":
        layers = ["any: !replace {a: 1}"]
    got = after(name, own, *layers)
    assert got == expected
    assert type(got) is type(expected)


def test_unset_without_a_default_leaves_no_value() -> None:
    made = tenant("extends: [a]\nvariables: {product: !unset }\n", below("product: x"))
    assert "product" not in made.variables


def test_unset_goes_back_to_the_declared_default_and_not_to_the_layer_below() -> None:
    assert after("words", "words: !unset ", "words: [a]", "words: [b]") == ["base"]


def test_removing_is_not_lost_in_a_later_addition() -> None:
    assert after("tags", "tags: [b]", "tags: [a, b]", "tags: !remove [b]") == ["a", "b"]


@pytest.mark.parametrize(
    ("own", "layers", "code", "words"),
    [
        # Map against scalar or list.
        ("limits: 3", [], "O002", "must be a map"),
        ("limits: [a]", [], "O002", "must be a map"),
        ("words: {a: b}", [], "O002", "must be a list, and this is a map"),
        ("product: {a: b}", [], "O002", "must be text, and this is a map"),
        ("open_map: {a: 1}", ["open_map: {a: {b: 1}}"], "O002", "is a map before this, and this is an integer"),
        ("open_map: {a: {b: 1}}", ["open_map: {a: [1]}"], "O002", "is a list before this, and this is a map"),
        # Types.
        ("count: many", [], "O002", "must be an integer"),
        ("count: 1.5", [], "O002", "must be an integer"),
        ("tone: warmm", [], "O002", "must be one of"),
        ("words: [a, [b]]", [], "O002", "must be text"),
        ("product: null", [], "Y003", "null"),
        ("any: 010", [], "Y003", "number"),
        # Keys and names.
        ("prduct: x", [], "O101", "unknown variable `prduct`"),
        ("limits: {trns: 1}", [], "O001", "`variables.limits.trns`"),
        # Directives out of place.
        ("tone: !append [x]", [], "O003", "doesn't fit"),
        ("words: !append x", [], "O003", "needs a list"),
        ("limits: !append [x]", [], "O003", "doesn't fit"),
        ("words: !unset ", [], "O004", "nothing to act on"),
        ("product: !unset ", [], "O004", "nothing to act on"),
        ("plain_list: !append [x]", [], "O004", "no value yet"),
        ("limits: {turns: !unset }", ["tone: warm"], "O004", "nothing to act on"),
        ("words: !remove [nowhere]", [], "O005", "no default, enum or layer"),
        ("limits: !remove [trns]", [], "O005", "no default, enum or layer"),
        ("offers: !remove [z]", [], "O005", "no default, enum or layer"),
        # Lists that merge by a key.
        ("offers: [{name: x}]", [], "O008", "needs the key `id`"),
        ("offers: [{id: b, name: x}, {id: b, name: y}]", [], "O007", "earlier item"),
        ("offers: !append [{id: a, name: x}]", [], "O007", "already"),
        ("offers: [{id: b}]", [], "O002", "lacks the key `name`"),
        # Who may set it.
        ("layer_only: z", [], "O041", "can't be set by a tenant"),
    ],
)
def test_what_is_refused(own: str, layers: list[str], code: str, words: str) -> None:
    made = below(*layers)
    found = refused(f"extends: [{', '.join(made)}]\nvariables:\n  {own}\n", made)
    assert found.code == code
    assert words in found.message
    assert found.place.file == "tenants/acme.yaml"
    assert found.place.line == 3
    assert found.place.column > 1


@pytest.mark.parametrize(
    ("own", "hint"),
    [
        ("prduct: x", "did you mean `product`?"),
        ("limits: {trns: 1}", "did you mean `turns`?"),
        ("tone: formel", "did you mean `formal`?"),
        ("words: !remove [bse]", "did you mean `base`?"),
    ],
)
def test_did_you_mean(own: str, hint: str) -> None:
    assert refused(f"variables: {{{own}}}\n").hint == hint


def test_a_layer_may_not_set_what_is_the_tenants() -> None:
    found = refused("extends: [a]", below("tenant_only: z"))
    assert (found.code, found.place.file) == ("O041", "tenants/layers/a.yaml")


def test_all_findings_at_once() -> None:
    text = """
    variables:
      prduct: x
      count: many
      limits: {trns: 1, turns: x}
    prompts:
      rply: {enabled: false}
    extends: [nowhere]
    """
    made, found = resolve(text)
    assert made is None
    assert sorted(said(found)) == [
        ("O001", "tenants/acme.yaml:4:18"),
        ("O002", "tenants/acme.yaml:3:10"),
        ("O002", "tenants/acme.yaml:4:28"),
        ("O101", "tenants/acme.yaml:2:11"),
        ("O102", "tenants/acme.yaml:6:3"),
        ("O104", "tenants/acme.yaml:7:11"),
    ]


def test_equality_is_typed() -> None:
    variables = "mixed: {type: array, merge: unique, default: [1, true, '1']}\n"
    own = "variables: {mixed: [1.0, 1, false, true, '1']}\n"
    assert [repr(item) for item in value("mixed", own, variables=variables)] == ["1", "True", "'1'", "1.0", "False"]


def test_removing_is_typed() -> None:
    variables = "mixed: {type: array, default: [1, 1.0, true, '1']}\n"
    own = "variables: {mixed: !remove [1]}\n"
    assert [repr(item) for item in value("mixed", own, variables=variables)] == ["1.0", "True", "'1'"]


def test_removing_what_another_layer_gives_is_a_warning() -> None:
    layers = below("tags: [a]", "tags: [b]")
    made, found = resolve("extends: [a]\nvariables: {tags: !remove [b]}\n", layers)
    assert made is not None
    assert made.variables["tags"] == ["a"]
    assert [(f.code, f.severity) for f in found] == [("O006", "warning")]


def test_removing_a_key_that_another_layer_gives_is_a_warning() -> None:
    made, found = resolve("variables: {limits: !remove [tokens]}\n", below("limits: {tokens: 1}"))
    assert made is not None
    assert [f.code for f in found] == ["O006"]


def test_what_other_tenants_say_does_not_decide() -> None:
    made = project({"acme": "variables: {tags: !remove [secret]}\n", "globex": "variables: {tags: [secret]}\n"})
    assert [f.code for f in Resolver(made).tenant("acme")[1]] == ["O005"]


REQUIRED = (
    "product: {type: string, required: true}\nsized: {type: object, properties: {a: {type: integer}}, required: [a]}\n"
)


def test_a_required_variable_is_named_at_the_tenant() -> None:
    layers = {"a": "labels: {x: y}", "z": "variables: {product: Z}", "b": "variables: {product: B}"}
    found = refused("extends: [a]\n", layers, variables=REQUIRED)
    assert (found.code, str(found.place)) == ("O040", "tenants/acme.yaml:1:1")
    assert found.message == "required variable `product` has no value"
    assert found.hint == "set `variables.product` here; layers that set it: `b`, `z`"


def test_required_is_said_of_tenants_alone() -> None:
    made = project({"acme": "variables: {product: x}\n"}, {"a": "labels: {x: y}"}, variables=REQUIRED)
    assert Resolver(made).findings() == ()


def test_a_wrong_value_is_not_also_a_missing_one() -> None:
    assert refused("extends: [a]\n", {"a": "variables: {product: [x]}\n"}, variables=REQUIRED).code == "O002"


@pytest.mark.parametrize("own", ["product: !unset ", "sized: {a: !unset }", "sized: !remove [a]"])
@pytest.mark.parametrize("where", ["layer", "tenant"])
def test_a_delete_marker_on_what_is_required(own: str, where: str) -> None:
    layers = {"low": "variables: {product: x, sized: {a: 1}}\n", "mid": "labels: {x: y}\n"}
    text = f"extends: [low, mid]\nvariables: {{{own}}}\n"
    if where == "layer":
        layers["mid"], text = f"variables: {{{own}}}\n", "extends: [low, mid]\n"
    _, found = resolve(text, layers, variables=REQUIRED)
    assert "O014" in [f.code for f in found]


def test_a_map_may_be_completed_along_the_chain() -> None:
    variables = "m: {type: object, properties: {a: {type: integer}, b: {type: integer}}, required: [a, b]}\n"
    layers = {"x": "variables: {m: {a: 1}}\n"}
    assert value("m", "extends: [x]\nvariables: {m: {b: 2}}\n", layers, variables=variables) == {"a": 1, "b": 2}
    found = refused("extends: [x]\n", layers, variables=variables)
    assert (found.code, found.message) == ("O002", "`variables.m` lacks the key `b`")
    assert found.place.file == "tenants/layers/x.yaml"


@pytest.mark.parametrize(("count", "fine"), [(2, False), (3, True), (5, True), (6, False)])
def test_bounds_hold_for_the_result_and_not_for_its_parts(count: int, fine: bool) -> None:
    variables = "m: {type: array, items: {type: integer}, minItems: 3, maxItems: 5, merge: append}\n"
    layers = {"x": "variables: {m: [0]}\n"}
    own = ", ".join(map(str, range(count - 1)))
    made, _ = resolve(f"extends: [x]\nvariables: {{m: [{own}]}}\n", layers, variables=variables)
    assert (made is not None) is fine


def test_layers_are_checked_when_no_tenant_uses_them() -> None:
    layers = {"unused": "variables: {tone: loud, prduct: x}\nextends: [nowhere]\n"}
    found = Resolver(project({"acme": "labels: {a: b}\n"}, layers)).layer_findings()
    assert sorted(f.code for f in found) == ["O002", "O101", "O104"]


def test_one_broken_tenant_never_stops_the_others() -> None:
    made = project({"bad": "variables: {count: x}\n", "fine": "variables: {count: 1}\n"}, below("tone: loud"))
    resolver = Resolver(made)
    assert resolver.tenant("bad")[0] is None
    assert resolver.tenant("fine") == (resolver.tenant("fine")[0], ())
    assert sorted(f.code for f in resolver.findings()) == ["O002", "O002"]


def test_labels_locale_title() -> None:
    layers = {"a": "labels: {plan: free, region: eu}\nlocale: de\n", "b": "labels: {plan: pro}\nlocale: ko\n"}
    made = tenant("extends: [a, b]\ntitle: Acme\naliases: [one, two]\nlabels: {own: x}\n", layers)
    assert made.labels == {"plan": "pro", "region": "eu", "own": "x"}
    assert (made.locale, made.title, made.aliases) == ("ko", "Acme", ("one", "two"))
    assert made.chain == ("a", "b", "acme")
    assert tenant("extends: [a]\nlocale: ar\n", layers).locale == "ar"


def test_a_directive_in_a_signup() -> None:
    line = '{"id": "acme", "extends": ["a"], "variables": {"words": {"$append": ["x"]}, "tone": {"$unset": true}, "count": 3}}\n'
    layers = below("words: [a], tone: warm")
    loaded = load_project(files({"signups.jsonl": line}, layers), Settings())
    made, found = Resolver(loaded.project).tenant("acme")
    assert found == ()
    assert made is not None
    assert (made.variables["words"], made.variables["tone"], made.variables["count"]) == (["a", "x"], "neutral", 3)


def test_text_that_joins() -> None:
    variables = "t: {type: string, default: '', merge: append}\nplain: {type: string, default: one}\n"
    layers = {"a": "variables: {t: first}\n"}
    made = tenant("extends: [a]\nvariables: {t: second, plain: !prepend zero}\n", layers, variables=variables)
    assert (made.variables["t"], made.variables["plain"]) == ("first\nsecond", "zero\none")


def test_a_broken_declaration_is_no_fault_of_overlays() -> None:
    tree = files(
        {"acme": "extends: [a]\nvariables: {product: x, note: '${other}'}\n"}, {"a": "final: [variables.gone]\n"}
    )
    tree["sources/variables.yaml"] = b"product: {type: string\n"
    loaded = load_project(tree, Settings())
    assert [f.code for f in loaded.findings] == ["Y006"]
    assert Resolver(loaded.project).findings() == ()
    assert Resolver(loaded.project).tenant("acme")[0] is None


def test_variables_stand_in_the_order_of_their_declarations() -> None:
    variables = "a: {type: string}\nb: {type: string, default: x}\nc: {type: string}\n"
    layers = {"l": "variables: {c: x}\n"}
    assert list(tenant("extends: [l]\nvariables: {a: y}\n", layers, variables=variables).variables) == ["a", "b", "c"]
