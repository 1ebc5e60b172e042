"""Lazy tenants: names without reading, one tenant at a time, and the same answers as reading the whole tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings

from promptc.compiler.project import Settings
from promptc.compiler.resolve import Resolver
from promptc.compiler.schema.beside import parsing_of
from promptc.compiler.schema.lazy import LazyTenants, Unit, is_broken_tenant
from promptc.compiler.schema.load import load_project, load_sources
from promptc.compiler.schema.signups import ids_of_signups
from promptc.compiler.schema.tenants import id_of_file, role_of
from tests.schema.test_tenants import trees
from tests.schema.world import tree as small

FETCHED: list[str] = []


def units(tree: Mapping[str, bytes]) -> Iterator[Unit]:
    def fetching(data: bytes, name: str) -> bytes:
        FETCHED.append(name)
        return data

    for file in sorted(tree):
        role = role_of(file.removeprefix("tenants/")) if file.startswith("tenants/") else "text"
        if role == "tenant":
            name = id_of_file(file)
            yield Unit(name, file, 0, lambda file=file, name=name: fetching(tree[file], name))
        if role == "signups":
            for line, name, data in ids_of_signups(tree[file]):
                yield Unit(name, file, line, lambda data=data, name=name: fetching(data, name))


def lazy(files: Mapping[str, str | bytes]) -> LazyTenants:
    FETCHED.clear()
    tree = {f"tenants/{name}": text if isinstance(text, bytes) else text.encode() for name, text in files.items()}
    return LazyTenants(units(tree), parsing_of(Settings(), tree.get))


def test_names_cost_no_reading() -> None:
    tenants = lazy({"b.yaml": "titel: x\n", "a.yaml": "{}", "s.jsonl": '{"id": "c"}\n{}\n'})
    assert (list(tenants), len(tenants), "a" in tenants, "z" in tenants) == (["a", "b", "c"], 3, True, False)
    assert FETCHED == []


def test_a_tenant_is_read_once_and_alone() -> None:
    tenants = lazy({"a.yaml": "title: A\n", "b.yaml": "{}", "s.jsonl": '{"id": "c", "title": "C"}\n'})
    assert (tenants["a"].title, tenants["a"].title, tenants["c"].title) == ("A", "A", "C")
    assert str(tenants["c"].place) == "tenants/s.jsonl:1"
    assert FETCHED == ["a", "c"]


def test_a_broken_tenant_is_a_name_without_an_overlay() -> None:
    tenants = lazy({"a.yaml": "titel: x\n", "b.yaml": "{}"})
    with pytest.raises(KeyError):
        tenants["a"]
    assert tenants.get("a") is None
    assert [tenants.is_broken(name) for name in ("a", "b", "z")] == [True, False, False]
    assert [f.code for f in tenants.findings_of("a")] == ["O001"]
    assert not tenants.parsed("a").fine
    assert [name for name, _ in tenants.items()] == ["b"]
    assert [overlay.name for overlay in tenants.values()] == ["b"]


def test_a_name_that_is_there_twice_is_broken_unless_the_other_cant_be_read() -> None:
    tenants = lazy(
        {"a.yaml": "{}", "eu/A.yaml": "{}", "b.yaml": "{}", "s.jsonl": '{"id": "b"\r}\n{"id": "c"}\n{"id": "c"}\n'}
    )
    assert {name: tenants.is_broken(name) for name in tenants} == {"A": True, "a": True, "b": False, "c": True}
    assert len(tenants.findings_of("b")) == 1, "the line's own findings are told with its name"


def test_texts_are_told_with_the_tenant_that_reads_them() -> None:
    tenants = lazy({"a.yaml": "variables: {x: !file bad.md, y: !file bad.md}\n", "bad.md": b"\xff"})
    assert [f.code for f in tenants.findings_of("a")] == ["U002", "P004", "P004"]


def test_sources_load_without_tenants() -> None:
    owned = {"sources/examples/own.yaml": "owner: lost\nexamples: []\n", "tenants/lost.yaml": "titel: x\n"}
    tree = small(owned)
    tenants = LazyTenants(units(tree), parsing_of(Settings(), tree.get))
    FETCHED.clear()
    loaded = load_sources(
        {f: d for f, d in tree.items() if "/layers/" in f or f.startswith("sources/")}, Settings(), tenants=tenants
    )
    assert loaded.findings == ()
    assert loaded.project.tenants is tenants
    assert list(loaded.project.layers) == ["base"]
    assert FETCHED == []
    assert is_broken_tenant(loaded.project, "lost")
    assert not is_broken_tenant(loaded.project, "acme")
    assert is_broken_tenant(load_project(tree, Settings()).project, "lost")


def test_the_owner_of_examples_must_be_a_name() -> None:
    tree = small({"sources/examples/own.yaml": "owner: acm\nexamples: []\n"})
    tenants = LazyTenants(units(tree), parsing_of(Settings(), tree.get))
    (finding,) = load_sources(tree, Settings(), tenants=tenants).findings
    assert (finding.code, finding.hint) == ("S002", "did you mean `acme`?")


def test_a_layer_reads_the_texts_beside_it() -> None:
    tree = {"tenants/layers/base.yaml": b"variables: {x: !file t/x.md}\n", "tenants/layers/t/x.md": b"text"}
    loaded = load_sources(tree, Settings(), tenants={})
    assert loaded.project.layers["base"].variables["x"].data == "text"
    assert set(loaded.project.digests) == set(tree)


@settings(max_examples=60, deadline=None)
@given(trees(repeats=[1, 2]))
def test_lazy_tenants_are_those_of_the_tree(files: dict[str, bytes]) -> None:
    # A line that can't be read shows its name here, and is nothing at all when the tree is read.
    tree = {**small(), **files}
    tree.pop("tenants/wide.jsonl", None)
    whole = load_project(tree, Settings()).project
    tenants = LazyTenants(units(tree), parsing_of(Settings(), tree.get))
    project = load_sources(tree, Settings(), tenants=tenants).project
    assert dict(tenants.items()) == whole.tenants
    assert {f"tenant:{name}" for name in tenants if tenants.is_broken(name) and tenants.parsed(name).overlay} == {
        name for name in whole.broken if name.startswith("tenant:")
    }
    assert project.broken == {name for name in whole.broken if not name.startswith("tenant:")}
    assert project.layers == whole.layers
    resolver, other = Resolver(project), Resolver(whole)
    assert all(resolver.tenant(name) == other.tenant(name) for name in {*tenants, *whole.tenants, "nobody"})
