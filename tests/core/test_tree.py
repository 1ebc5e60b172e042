"""Trees: changing one costs what changed and gives what making it anew would give."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.tree import LEAF_ITEMS_MAX, Kind, find_in, items_in, make_tree, nodes_in, unequal_in, update_tree

KIND = Kind("promptc.entries/1", "entries", int)
NAMES = [f"name-{number}" for number in range(400)]


def made(items: dict[str, Any]) -> tuple[Digest, dict[Digest, bytes]]:
    blobs: dict[Digest, bytes] = {}
    return make_tree(KIND, items, blobs), blobs


@st.composite
def steps(draw: st.DrawFn) -> tuple[dict[str, int], list[dict[str, int | None]]]:
    """A map around the sizes at which nodes split and join, and changes to it."""
    count = draw(st.sampled_from([0, 1, 63, 64, 65, 70, 130, 300]))
    start = dict.fromkeys(NAMES[:count], 0)
    change = st.dictionaries(st.sampled_from(NAMES), st.one_of(st.none(), st.integers(1, 3)), max_size=80)
    return start, draw(st.lists(change, max_size=4))


@given(steps())
def test_updating_gives_what_making_it_anew_gives(case: tuple[dict[str, int], list[dict[str, int | None]]]) -> None:
    items, changes = case
    node, blobs = made(items)
    for change in changes:
        before = node
        node = update_tree(blobs.__getitem__, KIND, node, change, blobs)
        old = dict(items)
        for name, value in change.items():
            if value is None:
                items.pop(name, None)
            else:
                items[name] = value
        assert node == made(items)[0]
        assert dict(items_in(blobs.__getitem__, KIND, node)) == items
        differing = {name: (was, now) for name, was, now in unequal_in(blobs.__getitem__, KIND, before, node)}
        wanted = {name: (old.get(name), items.get(name)) for name in old.keys() | items.keys()}
        assert differing == {name: pair for name, pair in wanted.items() if pair[0] != pair[1]}


def test_a_change_costs_what_changed() -> None:
    node, blobs = made({f"tenant-{number}": number for number in range(5_000)})
    new: dict[Digest, bytes] = {}
    read: list[Digest] = []

    def get(digest: Digest) -> bytes:
        read.append(digest)
        return blobs[digest]

    update_tree(get, KIND, node, {"tenant-17": -1}, new)
    assert len(new) == len(read) <= 4
    assert len(list(nodes_in(blobs.__getitem__, KIND, node))) > 80


def test_names_are_found_and_strangers_are_not() -> None:
    node, blobs = made({name: index for index, name in enumerate(NAMES)})
    assert find_in(blobs.__getitem__, KIND, node, "name-17") == 17
    assert find_in(blobs.__getitem__, KIND, node, "stranger") is None
    assert find_in(blobs.__getitem__, KIND, node, "\ud800") is None


def test_a_leaf_with_names_that_belong_elsewhere_is_damage() -> None:
    node, blobs = made(dict.fromkeys(NAMES[:LEAF_ITEMS_MAX + 1], 1))
    leaf = next(digest for digest in blobs if b'"entries"' in blobs[digest] and digest != node)
    other = next(digest for digest in blobs if b'"entries"' in blobs[digest] and digest not in (node, leaf))
    blobs[node] = blobs[node].replace(leaf.encode(), other.encode())
    with pytest.raises(PromptcError) as caught:
        list(items_in(lambda digest: blobs[digest], KIND, node))
    assert caught.value.code == "D001"
