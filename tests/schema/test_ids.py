"""Ids: what is wrong with tenants beside each other, told from light values."""

from __future__ import annotations

from promptc.compiler.schema.ids import Entry, Register, check_ids
from promptc.core.findings import Finding, Place


def entry(name: str, line: int, *, aliases: tuple[str, ...] = (), fine: bool = True) -> Entry:
    return Entry(name, Place("tenants/s.jsonl", line), aliases, fine)


def said(*entries: Entry) -> list[tuple[str, str, int]]:
    return [(f.code, f.message, f.place.line) for f in check_ids(entries)[0]]


def test_one_id_is_one_tenant() -> None:
    entries = [entry("a", 1), entry("b", 2), entry("a", 3)]
    assert said(*entries) == [("O020", "tenant `a` is there twice, first in tenants/s.jsonl:1", 3)]
    assert check_ids(entries)[1] == {"a"}


def test_ids_that_systems_dont_tell_apart() -> None:
    entries = [entry("a", 1), entry("A", 2), entry("a.", 3), entry("b", 4)]
    assert [line for _, _, line in said(*entries)] == [2, 3]
    assert check_ids(entries)[1] == {"a", "A", "a."}


def test_a_broken_tenant_holds_its_id_and_no_alias() -> None:
    broken = entry("a", 1, aliases=("x",), fine=False)
    assert check_ids([broken, entry("b", 2, aliases=("x",))]) == ([], frozenset({"a"}))
    assert [line for _, _, line in said(broken, entry("a", 2))] == [2]


def test_an_alias_is_nobody_elses() -> None:
    entries = [entry("a", 1, aliases=("x", "b")), entry("b", 2), entry("c", 3, aliases=("x",))]
    assert [(message, line) for _, message, line in said(*entries)] == [
        ("alias `b` of tenant `a` is an id of tenant `b`", 1),
        ("alias `x` of tenant `c` is an id of tenant `a`", 3),
    ]
    assert check_ids(entries)[1] == frozenset()


def test_ids_that_look_alike() -> None:
    assert [code for code, _, _ in said(entry("ace", 1), entry("\u0430\u0441\u0435", 2))] == ["U008"]


def test_those_of_one_file_are_counted() -> None:
    assert [message for _, message, _ in said(*(entry("a", line) for line in range(1, 32)))][-1] == (
        "10 more of this kind in this file"
    )


def test_a_register_speaks_of_a_text_once() -> None:
    register = Register(lambda text: (Finding("U002", "x", Place(text)),))
    own = Finding("P004", "y", Place("tenants/a.yaml"))
    assert [f.code for f in register.enter(entry("a", 1), (own,), ("r", "s"))] == ["U002", "U002", "P004"]
    assert [f.code for f in register.enter(None, (own,), ("s", "t"))] == ["U002", "P004"]
    assert [f.code for f in register.enter(entry("a", 2), (), ("t",))] == ["O020"]
