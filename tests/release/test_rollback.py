"""Rollback: restores what was, touches nothing younger, holds what it left; all of it with the registry alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.core.errors import PromptcError
from promptc.core.manifest import compare
from promptc.core.reach import named_in
from promptc.core.rollback import moves_of, read_rollback, suspects_of
from promptc.driver.release.planning import PromoteRequest, planned
from promptc.driver.release.promote import promote
from promptc.driver.release.rollback import retreat, roll_back
from promptc.driver.release.who import Author
from tests.release.world import desk_at, put_root, served

TENANTS = ("a", "b", "c")
TARGETS = [f"{tenant}/{prompt}" for tenant in TENANTS for prompt in ("one", "two")]
TEXTS = st.dictionaries(st.sampled_from(TARGETS), st.sampled_from("vwxyz"), min_size=1)
ANN = Author("ann", "it was wrong")


def release(desk: Any, texts: dict[str, str]) -> None:
    made = planned(desk, PromoteRequest("prod", put_root(desk, texts), new=True, remove=True, skip_held=True))
    if made.plan.moves:
        promote(desk, made.plan, who="bob", source=made.source)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=5), st.data())
def test_a_rollback_restores_what_was_and_touches_nothing_younger(
    tmp_path_factory: Any, history: list[dict[str, str]], data: st.DataObject
) -> None:
    desk = desk_at(tmp_path_factory.mktemp("desk"))
    for texts in history:
        release(desk, texts)
    head = desk.head("prod")
    if head.number < 2:
        return
    to = data.draw(st.integers(1, head.number - 1))
    chosen = data.draw(st.sets(st.sampled_from(TENANTS)))
    then = served(desk, retreat(desk, "prod", to=to).target.root)
    before = served(desk, head.root)
    known = {name.partition("/")[0] for name in (*then, *before)}
    made = retreat(desk, "prod", to=to, tenants=sorted(chosen & known))
    if not made.moves:
        return
    done = roll_back(desk, made, by=ANN)
    after = served(desk, done.entry.root)
    for target in TARGETS:
        is_chosen = not chosen & known or target.partition("/")[0] in chosen
        if is_chosen and target in then:
            assert after[target] == then[target]
        else:
            assert after.get(target) == before.get(target), "younger, or not chosen"
    _check_manifest(desk, done.entry, head, before, after)


def _check_manifest(desk: Any, entry: Any, head: Any, before: dict[str, str], after: dict[str, str]) -> None:
    """What it says is what happened, and all of it is in the registry."""
    manifest = read_rollback(desk.registry.get, entry.rollback)
    assert {f"{m.tenant}/{m.prompt}": (m.before, m.after) for m in moves_of(desk.registry.get, manifest)} == {
        target: (before.get(target), after[target]) for target in after if before.get(target) != after[target]
    }
    left = {digest for target, digest in before.items() if after.get(target) not in (None, digest)}
    assert {digest for digest, _ in suspects_of(desk.registry.get, manifest)} == left
    for _, said in suspects_of(desk.registry.get, manifest):
        assert manifest.window.first <= said["since"] <= head.number
    waiting = [entry.rollback]
    while waiting:
        waiting += named_in(desk.registry.get(waiting.pop())).digests


@settings(max_examples=30, deadline=None)
@given(TEXTS, TEXTS)
def test_what_was_left_does_not_come_back(tmp_path_factory: Any, good: dict[str, str], bad: dict[str, str]) -> None:
    desk = desk_at(tmp_path_factory.mktemp("desk"))
    release(desk, good)
    release(desk, bad)
    if desk.head("prod").number < 2:
        return
    made = retreat(desk, "prod", to=1)
    left = {f"{move.tenant}/{move.prompt}" for move in made.moves if move.before is not None}
    if not made.moves:
        return
    roll_back(desk, made, by=ANN)
    root = put_root(desk, bad)
    again = [c for c in compare(desk.registry.get, desk.head("prod").root, root) if c.after is not None]
    if left:
        with pytest.raises(PromptcError) as caught:
            planned(desk, PromoteRequest("prod", root))
        assert caught.value.code == "V008"
    made_again = planned(desk, PromoteRequest("prod", root, skip_held=True))
    assert {f"{m.tenant}/{m.prompt}" for m in made_again.plan.moves} == {f"{c.tenant}/{c.prompt}" for c in again} - left


def test_somebody_moved_a_target_meanwhile(tmp_path: Any) -> None:
    desk = desk_at(tmp_path)
    for text in "xyz":
        release(desk, {"a/one": text, "b/one": text})
    whole, part = retreat(desk, "prod", to=1), retreat(desk, "prod", to=1, tenants=["a"])
    roll_back(desk, retreat(desk, "prod", to=2, tenants=["b"]), by=Author("eve"))
    assert roll_back(desk, part, by=ANN).entry.number == 5, "what it moves is as it was"
    with pytest.raises(PromptcError) as caught:
        roll_back(desk, whole, by=ANN)
    assert caught.value.code == "N002"
    assert "by ann" in caught.value.message or "by eve" in caught.value.message


def test_a_hold_of_everything_holds_a_rollback_too(tmp_path: Any) -> None:
    from promptc.driver.release.marking import hold

    desk = desk_at(tmp_path)
    for text in "xy":
        release(desk, {"a/one": text, "b/one": text})
    hold(desk, "prod", ["a"], digest=None, by=ANN)
    with pytest.raises(PromptcError) as caught:
        retreat(desk, "prod", to=1)
    assert caught.value.code == "V008"
    made = retreat(desk, "prod", to=1, skip_held=True)
    assert [move.tenant for move in made.moves] == ["b"]
