"""Drawing: each key stays where it is, shares are what was said, and moving them moves few keys."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.core.allocation import Allocation, allocation_digest, decode_allocation, drawn, point_of, read_allocation
from promptc.core.errors import PromptcError

KEYS = [f"user-{number}" for number in range(1_000)]
NAMES = ("brief", "concise", "warm")
HUNDREDTHS = st.integers(1, 3_300)
SHARES = st.dictionaries(st.sampled_from(NAMES), HUNDREDTHS.map(lambda parts: parts / 100), min_size=1)
SALTS = st.text(max_size=8)


def draws(shares: dict[str, float], salt: str = "", keys: list[str] = KEYS) -> list[str]:
    allocation = Allocation("reply", shares)
    return [drawn(allocation, key, salt) for key in keys]


@given(SHARES, SALTS, st.text(max_size=20))
def test_a_key_draws_the_same_whoever_asks_and_what_was_written_is_read(shares: dict[str, float], salt: str, key: str) -> None:
    allocation = Allocation("reply", dict(sorted(shares.items())))
    digest, data = allocation_digest(allocation)
    again = read_allocation(lambda _: data, digest)
    assert again == allocation
    assert drawn(again, key, salt) == drawn(allocation, key, salt)
    assert drawn(again, key, salt) in {"reply", *(f"reply.{name}" for name in shares)}


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(NAMES), HUNDREDTHS, HUNDREDTHS, SALTS)
def test_moving_the_share_of_the_only_variant_moves_the_fewest_keys(name: str, one: int, other: int, salt: str) -> None:
    before, after = draws({name: one / 100}, salt), draws({name: other / 100}, salt)
    moved = sum(a != b for a, b in zip(before, after, strict=True))
    assert moved == abs(before.count(f"reply.{name}") - after.count(f"reply.{name}"))


@settings(max_examples=20, deadline=None)
@given(SHARES, st.sampled_from(NAMES), HUNDREDTHS, SALTS)
def test_keys_move_to_the_variant_that_grows_and_those_before_it_never_move(
    shares: dict[str, float], name: str, grown: int, salt: str
) -> None:
    shares = {**shares, name: min(shares.get(name, 0.01), grown / 100)}
    before, after = draws(shares, salt), draws({**shares, name: grown / 100}, salt)
    earlier = {f"reply.{one}" for one in shares if one < name}
    for old, new in zip(before, after, strict=True):
        assert old not in earlier or new == old
        assert old != f"reply.{name}" or new == old, "a key left the variant that grew"
    gained = after.count(f"reply.{name}") - before.count(f"reply.{name}")
    moved = sum(a != b for a, b in zip(before, after, strict=True))
    # Twice the fewest at most, and what chance makes of the later variants' keys.
    assert moved <= 2 * gained + 5 * len(KEYS) ** 0.5


@settings(max_examples=20, deadline=None)
@given(SHARES, st.sets(st.sampled_from(NAMES)), SALTS)
def test_a_variant_that_the_root_lacks_is_never_drawn_and_nobody_else_moves(shares: dict[str, float], lacks: set[str], salt: str) -> None:
    allocation = Allocation("reply", shares)
    served = {"reply", *(f"reply.{name}" for name in shares if name not in lacks)}
    for key in KEYS[:300]:
        full, part = drawn(allocation, key, salt), drawn(allocation, key, salt, served=served)
        assert part == (full if full in served else "reply")


def test_another_salt_or_prompt_is_another_experiment() -> None:
    same = [a == b for a, b in zip(draws({"warm": 50}), draws({"warm": 50}, "second"), strict=True)]
    assert 0.45 < sum(same) / len(same) < 0.55
    other = [drawn(Allocation("triage", {"warm": 50}), key).partition(".")[2] for key in KEYS]
    same = [a.partition(".")[2] == b for a, b in zip(draws({"warm": 50}), other, strict=True)]
    assert 0.45 < sum(same) / len(same) < 0.55


def test_shares_are_near_what_was_said() -> None:
    keys = [f"k{number}" for number in range(30_000)]
    count = Counter(draws({"brief": 10, "concise": 25.5, "warm": 4.5}, keys=keys))
    for name, share in (("reply.brief", 10), ("reply.concise", 25.5), ("reply.warm", 4.5), ("reply", 60)):
        assert abs(100 * count[name] / len(keys) - share) < 1.2, name


@pytest.mark.nightly
def test_shares_are_within_half_a_percent_at_a_million_keys() -> None:
    keys = [f"{number:x}" for number in range(1_000_000)]
    count = Counter(draws({"brief": 10, "concise": 25.5, "warm": 0.5}, "nightly", keys))
    for name, share in (("reply.brief", 10), ("reply.concise", 25.5), ("reply.warm", 0.5), ("reply", 64)):
        assert abs(100 * count[name] / len(keys) - share) < 0.5, name


def test_all_keys_are_drawn_where_all_are_given() -> None:
    assert set(draws({"only": 100})) == {"reply.only"}
    assert "reply" not in draws({"a": 33.33, "b": 33.33, "c": 33.34})


def test_a_point_is_what_the_formats_page_says() -> None:
    """Held against other languages: SHA-256 of a JSON list; see docs/formats.md."""
    assert point_of("ada", "s", "reply", "concise") == 5594460549304288927
    assert point_of("ü", "s", "reply", "concise") == 5663251547479944594
    allocation = Allocation("reply", {"concise": 10})
    assert [drawn(allocation, key, "s") for key in ("ada", "ü", "", "u34")] == ["reply", "reply", "reply", "reply.concise"]


@pytest.mark.parametrize("variants", [{"a": 0}, {"a": 101}, {"a": -1}, {"a": True}, {"a": "10"}, {"a": 60, "b": 50}, {"a": 0.001}])
def test_what_is_no_allocation_is_refused(variants: dict[str, object]) -> None:
    data = json.dumps({"format": "promptc.allocation/1", "prompt": "p", "variants": variants}).encode()
    with pytest.raises(PromptcError) as caught:
        decode_allocation(data)
    assert caught.value.code == "D001"
