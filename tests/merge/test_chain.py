"""Chains: base layers first, `extends` depth first, each once; and every way in which there is no such chain."""

from __future__ import annotations

import pytest

from promptc.compiler.project import Settings
from promptc.compiler.resolve import Resolver, chain_of
from promptc.compiler.schema.load import load_project
from tests.merge.world import files, project, refused, said

EMPTY = "labels: {a: b}\n"


def chain(extends: str, layers: dict[str, str], *, base: tuple[str, ...] = ()) -> tuple[str, ...]:
    names, found = chain_of(project({"acme": f"extends: {extends}\n"}, layers, base=base), "acme")
    assert found == ()
    return names


def broken(extends: str, layers: dict[str, str], *, base: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    made = project({"acme": f"extends: {extends}\n"}, layers, base=base)
    return [(f.code, str(f.place), f.message) for f in Resolver(made).findings() if f.is_error]


@pytest.mark.parametrize(
    ("extends", "layers", "base", "expected"),
    [
        ("[]", {}, (), ("acme",)),
        ("[a, b]", {"a": EMPTY, "b": EMPTY}, (), ("a", "b", "acme")),
        ("[b, a]", {"a": EMPTY, "b": EMPTY}, (), ("b", "a", "acme")),
        ("[a]", {"a": "extends: [b]", "b": EMPTY}, (), ("b", "a", "acme")),
        ("[a, c]", {"a": "extends: [b]", "b": EMPTY, "c": "extends: [b]"}, (), ("b", "a", "c", "acme")),
        ("[a]", {"a": EMPTY, "base": EMPTY}, ("base",), ("base", "a", "acme")),
        ("[base, a]", {"a": "extends: [base]", "base": EMPTY}, ("base",), ("base", "a", "acme")),
        ("[a]", {"a": EMPTY, "base": "extends: [root]", "root": EMPTY}, ("base",), ("root", "base", "a", "acme")),
        ("[plan/pro]", {"plan/pro": EMPTY}, (), ("plan/pro", "acme")),
    ],
)
def test_a_chain(extends: str, layers: dict[str, str], base: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert chain(extends, layers, base=base) == expected


def test_a_layer_may_be_called_as_the_tenant_is() -> None:
    assert chain("[acme]", {"acme": EMPTY}) == ("acme", "acme")


def test_a_list_against_an_extends_prints_both_lists() -> None:
    (found,) = broken("[a, b]", {"a": "extends: [b]", "b": EMPTY})
    assert found == (
        "O013",
        "tenants/acme.yaml:1:11",
        "no order keeps both lists: `acme: [a, b]` puts `a` before `b`, `a: [b]` brings `b` first",
    )


def test_two_lists_against_each_other_print_both() -> None:
    layers = {"x": "extends: [a, b]", "y": "extends: [b, a]", "a": EMPTY, "b": EMPTY}
    (found,) = broken("[x, y]", layers)
    assert found[0] == "O013"
    assert "`y: [b, a]`" in found[2]
    assert "`x: [a, b]`" in found[2]


def test_base_against_an_extends() -> None:
    (found,) = broken("[a, base]", {"a": EMPTY, "base": EMPTY}, base=("base",))
    assert found[0] == "O013"
    assert "`base: [base]`" in found[2]


def test_neighbours_are_not_all_that_counts() -> None:
    layers = {"a": EMPTY, "b": EMPTY, "c": EMPTY, "x": "extends: [c, a]"}
    assert [found[0] for found in broken("[x, a, b, c]", layers)] == ["O013"]


def test_a_cycle_is_printed_once_whoever_meets_it() -> None:
    layers = {"a": "extends: [b]", "b": "extends: [c]", "c": "extends: [a]"}
    found = broken("[b]", layers)
    assert found == [("O012", "tenants/layers/a.yaml:1:11", "layers extend each other in a circle: a → b → c → a")]


def test_a_layer_that_extends_itself() -> None:
    assert broken("[a]", {"a": "extends: [a]"})[0][2].endswith("a → a")


def test_a_tenant_extends_layers_only() -> None:
    made = project({"acme": "extends: [globex]", "globex": EMPTY})
    resolver = Resolver(made)
    assert said(resolver.tenant("acme")[1]) == [("O011", "tenants/acme.yaml:1:11")]
    assert resolver.tenant("globex")[0] is not None


def test_an_unknown_layer_says_what_was_meant() -> None:
    found = refused("extends: [industry/helthcare]", {"industry/healthcare": EMPTY})
    assert (found.code, str(found.place)) == ("O104", "tenants/acme.yaml:1:11")
    assert found.message == "unknown layer `industry/helthcare`"
    assert found.hint == "did you mean `industry/healthcare`?"


def test_an_unknown_base_layer_is_said_of_the_settings() -> None:
    found = refused("labels: {a: b}", {"base": EMPTY}, base=("bse",))
    assert (found.code, found.place.file) == ("O104", "pyproject.toml")


def test_a_broken_layer_breaks_its_tenants_and_is_told_once() -> None:
    tree = files({"acme": "extends: [a]", "fine": EMPTY}, {"a": "variables: {tone: warm, tone: formal}"})
    loaded = load_project(tree, Settings())
    assert [f.code for f in loaded.findings] == ["Y001"]
    resolver = Resolver(loaded.project)
    assert resolver.tenant("acme") == (None, ())
    assert resolver.tenant("fine")[0] is not None


def test_titles_belong_to_tenants() -> None:
    assert refused("extends: [a]", {"a": "title: Layer"}).code == "O023"


def test_a_deep_chain_is_a_limit_and_no_traceback() -> None:
    layers = {f"l{index}": f"extends: [l{index + 1}]\n" for index in range(300)} | {"l300": EMPTY}
    assert [f.code for f in Resolver(project({"acme": "extends: [l0]\n"}, layers)).tenant("acme")[1]] == ["B002"]
    assert len(chain("[l0]", {f"l{i}": f"extends: [l{i + 1}]\n" for i in range(60)} | {"l60": EMPTY})) == 62
