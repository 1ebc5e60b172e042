"""The ledger: rows come back as they were, or all of it counts as none; what two builds write at once is never mixed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptc.core.findings import Finding, Place
from promptc.engine.database import Database
from promptc.engine.ledger import BROKEN, FAILED, SAID, Damaged, Head, Ledger, Row
from tests.engine.world import cache, clean, hello, run, said, touch_later, trusting, write

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
PLACES = st.builds(Place, WORDS, st.integers(0, 99), st.integers(0, 99))
FINDINGS = st.builds(
    Finding, st.sampled_from(["O101", "U007"]), WORDS, PLACES, st.sampled_from(["error", "warning"]), WORDS,
    st.lists(st.tuples(WORDS, PLACES), max_size=2).map(tuple), st.lists(st.tuples(WORDS, PLACES), max_size=2).map(tuple),
    st.lists(WORDS, max_size=2).map(tuple),
)  # fmt: skip
TUPLES = st.lists(WORDS, max_size=3).map(tuple)
ROWS = st.builds(
    Row, WORDS, st.integers(0, 1 << 40), st.binary(min_size=32, max_size=32), WORDS, TUPLES, TUPLES, st.integers(0, 31), TUPLES,
    st.dictionaries(WORDS, WORDS, max_size=2), WORDS, st.integers(0, 1000), st.lists(FINDINGS, max_size=2).map(tuple),
    st.lists(FINDINGS, max_size=1).map(tuple), TUPLES, st.just(0), WORDS, WORDS,
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    found = Ledger(Database(tmp_path / "engine.db"))
    yield found
    found.database.close()


def row(name: str, **more: Any) -> Row:
    return Row(f"tenants/{name}.yaml", 0, name.encode().ljust(32), name, **more)


def numbered(rows: list[Row]) -> list[Row]:
    """Rows without their numbers, which the ledger gives."""
    for found in rows:
        assert found.number > 0
        found.number = 0
    return rows


def names(rows: list[Row]) -> list[str]:
    return [found.id for found in rows]


HEAD = Head("gen 1", {"tree": "x", "list": [1, None, "é"]})
D1, D2, D3 = (f"sha256:{number:064x}" for number in (1, 2, 3))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=30)
@given(st.lists(ROWS, max_size=5))
def test_rows_come_back(ledger: Ledger, rows: list[Row]) -> None:
    assert ledger.replace(HEAD, rows, {})
    assert numbered(ledger.units()) == rows
    noted = [found for found in rows if found.flags & (SAID | FAILED)]
    assert sorted(map(repr, numbered(ledger.with_findings()))) == sorted(map(repr, noted))
    assert sorted(map(repr, numbered(ledger.with_texts()))) == sorted(map(repr, [found for found in rows if found.texts]))
    head = ledger.head()
    assert head is not None
    assert (head.generation, head.data) == (HEAD.generation, HEAD.data)


def test_rows_by_file_and_by_name(ledger: Ledger) -> None:
    lines = [Row("tenants/many.jsonl", number, b"x" * 32, f"m{number}") for number in (1, 2, 5)]
    rows = [row("a"), *lines, row("b"), Row("tenants/c/b.yaml", 0, b"y" * 32, "b")]
    ledger.replace(HEAD, rows, {})
    assert names(ledger.units(files=["tenants/many.jsonl", "tenants/none.yaml", "tenants/a.yaml"])) == ["m1", "m2", "m5", "a"]
    found = ledger.unit("m2")
    assert found is not None
    assert found.line == 2
    assert ledger.unit("none") is None
    assert ledger.unit("b") is None, "a name that two files give is nobody's"


def test_what_was_said_comes_in_the_order_of_places(ledger: Ledger) -> None:
    lines = [Row("tenants/a.jsonl", number, b"x" * 32, f"m{number}", flags=SAID) for number in (10, 9)]
    ledger.replace(HEAD, [row("c", flags=FAILED), row("b", flags=BROKEN), *lines, row("a", flags=SAID, texts=("t",))], {})
    assert names(ledger.with_findings()) == ["m9", "m10", "a", "c"]
    assert names(ledger.with_texts()) == ["a"]


def test_counts_of_artifacts(ledger: Ledger) -> None:
    ledger.replace(HEAD, [], {D1: (3, 100), D2: (1, 50), D3: (0, 10)})
    assert ledger.counts([D1, D2, D3]) == {D1: (3, 100), D2: (1, 50)}
    ledger.update("gen 1", Head("gen 2", {}), gone=[], rows=[], served={D1: (0, 100), D2: (2, 50), D3: (1, 10)})
    assert ledger.counts([D1, D2, D3]) == {D2: (2, 50), D3: (1, 10)}


def test_an_update_changes_what_it_names(ledger: Ledger) -> None:
    ledger.replace(HEAD, [row("a"), row("b"), row("c")], {D1: (3, 9)})
    old = ledger.unit("b")
    assert old is not None
    assert ledger.update("gen 1", Head("gen 2", {"n": 2}), gone=[old], rows=[row("b", node="n"), row("d")], served={})
    assert sorted(names(ledger.units())) == ["a", "b", "c", "d"]
    found, head = ledger.unit("b"), ledger.head()
    assert found is not None
    assert head is not None
    assert (found.node, head.generation) == ("n", "gen 2")


@pytest.mark.parametrize("before", ["gen 0", "", "gen", "gen 1 "])
def test_an_update_of_what_another_build_wrote_forgets_everything(before: str, ledger: Ledger) -> None:
    ledger.replace(HEAD, [row("a")], {D1: (1, 9)})
    ledger.update(before, Head("gen 2", {}), gone=[], rows=[row("b")], served={})
    assert ledger.head() is None
    assert ledger.units() == []
    assert ledger.counts([D1]) == {}


def test_nothing_is_known_of_an_empty_ledger(ledger: Ledger) -> None:
    assert ledger.head() is None
    assert ledger.units() == []
    assert ledger.unit("a") is None
    ledger.forget()
    ledger.replace(HEAD, [row("a")], {})
    ledger.forget()
    assert ledger.head() is None
    assert ledger.units() == []


CHANGES = {
    "a column": "UPDATE unit SET chain = '[\"x\"]' WHERE id = 'b'",
    "a flag": "UPDATE unit SET flags = 0 WHERE id = 'b'",
    "texts": "UPDATE unit SET texts = '[]' WHERE id = 'b'",
    "a digest": "UPDATE unit SET digest = x'00' WHERE id = 'b'",
    "a checksum": "UPDATE unit SET checksum = x'00' WHERE id = 'b'",
    "nothing where something was": "UPDATE unit SET body = NULL WHERE id = 'b'",
    "another kind": "UPDATE unit SET line = 'no' WHERE id = 'b'",
    "a count": "UPDATE served SET targets = targets + 1",
    "a size": "UPDATE served SET bytes = 'many'",
    "an artifact": f"UPDATE served SET digest = x'{2:064x}'",
    "the head": "UPDATE meta SET value = REPLACE(value, 'tree', 'tee') WHERE name = 'head'",
    "the generation": "UPDATE meta SET value = REPLACE(value, 'gen 1', 'gen 2') WHERE name = 'head'",
    "a head of bytes": "UPDATE meta SET value = x'00' WHERE name = 'head'",
    "no head": "UPDATE meta SET value = NULL WHERE name = 'head'",
    "a number for a head": "UPDATE meta SET value = 7 WHERE name = 'head'",
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_from_outside_makes_all_of_it_none(change: str, ledger: Ledger) -> None:
    ledger.replace(HEAD, [row("a"), row("b", flags=SAID, texts=("t",))], {D1: (1, 9)})
    database = ledger.database
    database.run(lambda db: db.execute(CHANGES[change]), None)
    database.close()
    touch_later(database.path, database.path.read_bytes())
    assert ledger.head() is None
    assert "head" in change or "generation" in change or ledger.units() == []


@pytest.mark.parametrize("change", [name for name, statement in CHANGES.items() if "UPDATE unit" in statement])
def test_a_damaged_row_is_never_given(change: str, ledger: Ledger) -> None:
    ledger.replace(HEAD, [row("a"), row("b", flags=SAID, texts=("t",))], {})
    ledger.database.run(lambda db: db.execute(CHANGES[change]), None)
    with pytest.raises(Damaged):
        ledger.units()
    assert names(ledger.units(files=["tenants/a.yaml"])) == ["a"]
    with pytest.raises(Damaged):
        ledger.unit("b")


@pytest.mark.parametrize("change", ["a count", "a size"])
def test_a_damaged_count_is_never_given(change: str, ledger: Ledger) -> None:
    ledger.replace(HEAD, [], {D1: (1, 9)})
    ledger.database.run(lambda db: db.execute(CHANGES[change]), None)
    with pytest.raises(Damaged):
        ledger.counts([D1])


# In a build

DAMAGES = {
    "one row": "UPDATE unit SET checksum = x'00' WHERE id = 'globex'",
    "counts lost": "DELETE FROM served",
    "no head": "DELETE FROM meta",
    "every overlay": "UPDATE overlay SET data = x'00'",
    "every render": "UPDATE render SET data = x'00112233445566778899'",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_build_over_a_damaged_ledger_equals_a_clean_one(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting(monkeypatch)
    folder = hello(tmp_path / "project")
    run(folder)
    database = Database(cache(folder) / "engine.db")
    database.run(lambda db: db.execute(DAMAGES[damage]), None)
    database.close()
    touch_later(database.path, database.path.read_bytes())
    write(folder, {"tenants/acme.yaml": "variables: {product: Acme Two}\n", "tenants/new.yaml": "variables: {product: N}\n"})
    wanted = clean(folder, tmp_path / "clean")
    assert said(run(folder)) == wanted
    assert said(run(folder)) == wanted
    write(folder, {"tenants/layers/base.yaml": "variables: {tone: formal}\n"})
    assert said(run(folder)) == clean(folder, tmp_path / "clean2")
