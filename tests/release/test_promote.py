"""Promote: a selection moves its targets and no others, a share grows without moving anyone out, one of two wins."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.core.errors import Exit, PromptcError
from promptc.core.manifest import compare
from promptc.core.moves import in_share
from promptc.driver.release.planning import PromoteRequest, planned
from promptc.driver.release.promote import promote
from promptc.stores import lock as lock_module
from tests.release.world import desk_at, moved, put_root, served

TARGETS = [f"{tenant}/{prompt}" for tenant in ("a", "b", "c", "d") for prompt in ("one", "two")]
TEXTS = st.dictionaries(st.sampled_from(TARGETS), st.sampled_from("xyz"), min_size=1)


@settings(max_examples=40, deadline=None)
@given(TEXTS, TEXTS, st.sets(st.sampled_from(TARGETS), min_size=1), st.booleans())
def test_a_selection_moves_its_targets_and_no_others(
    tmp_path_factory: Any, before: dict[str, str], after: dict[str, str], chosen: set[str], remove: bool
) -> None:
    desk = desk_at(tmp_path_factory.mktemp("desk"))
    old, new = put_root(desk, before), put_root(desk, after)
    first = promote(desk, (made := planned(desk, PromoteRequest("prod", old, new=True))).plan, who="ann", source=made.source)
    select = tuple(sorted(chosen & (before.keys() | after.keys())))
    if not select:
        return
    made = planned(desk, PromoteRequest("prod", new, select=select, remove=remove))
    root = first.entry.root
    if made.plan.moves:
        root = promote(desk, made.plan, who="ann", source=made.source).entry.root
    was, wanted, now = served(desk, old), served(desk, new), served(desk, root)
    for target in TARGETS:
        if target not in select or (target not in wanted and not remove):
            assert now.get(target) == was.get(target), f"{target} was not chosen"
        else:
            assert now.get(target) == wanted.get(target), f"{target} was chosen"


@given(st.text(min_size=1, max_size=20), st.floats(0.001, 1), st.floats(0.001, 1))
def test_a_share_grows_without_moving_anyone_out(tenant: str, one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert in_share("prod", tenant, large) >= in_share("prod", tenant, small)


def test_a_share_is_about_as_large_as_it_says() -> None:
    count = sum(in_share("prod", f"tenant-{number}", 0.1) for number in range(20_000))
    assert 1_850 < count < 2_150


def test_disjoint_plans_both_land(tmp_path: Path) -> None:
    desk = desk_at(tmp_path)
    old = put_root(desk, {"a/one": "x", "b/one": "x"})
    new = put_root(desk, {"a/one": "y", "b/one": "y"})
    moved(desk, "prod", old, compare(desk.registry.get, put_root(desk, {}), old))
    first, second = (planned(desk, PromoteRequest("prod", new, select=(tenant,))) for tenant in ("a", "b"))
    for made in (first, second):
        promote(desk, made.plan, who="ann", source=made.source)
    assert served(desk, desk.head("prod").root) == served(desk, new)


def test_others_who_are_always_faster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_at(tmp_path)
    root = put_root(desk, {"a/one": "x"})
    monkeypatch.setattr(desk.registry, "create", lambda name, data: False)
    made = planned(desk, PromoteRequest("prod", root, new=True))
    with pytest.raises(PromptcError) as caught:
        promote(desk, made.plan, who="ann", source=made.source)
    assert (caught.value.code, caught.value.exit_code) == ("N001", Exit.CONFLICT)


def test_a_registry_that_somebody_cleans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_at(tmp_path)
    root = put_root(desk, {"a/one": "x"})
    monkeypatch.setattr(lock_module, "WAIT_SECONDS_MAX", 0)
    made = planned(desk, PromoteRequest("prod", root, new=True))
    lock = os.open(tmp_path / "registry" / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        with pytest.raises(PromptcError) as caught:
            promote(desk, made.plan, who="ann", source=made.source)
    finally:
        os.close(lock)
    assert (caught.value.code, caught.value.exit_code) == ("N003", Exit.CONFLICT)
    assert promote(desk, made.plan, who="ann", source=made.source).entry.number == 1


def test_what_was_pushed_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload that was acknowledged and lost never becomes a head."""
    desk = desk_at(tmp_path)
    other = desk_at(tmp_path / "other")
    root = put_root(other, {"a/one": "x"})
    made = planned(other, PromoteRequest("prod", root, new=True))
    monkeypatch.setattr(desk.registry, "put", lambda blobs: sum(1 for _ in blobs))
    with pytest.raises(PromptcError) as caught:
        promote(desk, made.plan, who="ann", source=made.source)
    assert caught.value.code == "D002"
    assert desk.maybe_head("prod") is None
