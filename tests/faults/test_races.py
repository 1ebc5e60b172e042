"""Races, with real processes: who overlaps loses and is told to whom, who does not both land, and gc takes nothing that is named."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from promptc.core.channel import entries_back
from promptc.core.manifest import walk
from promptc.driver.release.opening import opened_desk
from tests.faults.sweep import VERIFY, World
from tests.faults.warm import said, stilled

ROUNDS, ROUNDS_NIGHTLY = 100, 1_000
GC_ROUNDS, GC_ROUNDS_NIGHTLY = 12, 150


def at_once(folder: Path, commands: Sequence[str]) -> list[tuple[int, str]]:
    """Run commands in processes of their own that all begin when the last of them is ready; code and what each printed."""
    ready, begin = os.pipe(), os.pipe()
    children = []
    for command in commands:
        told = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(begin[1])
                os.write(ready[1], b".")
                os.read(begin[0], 1)
                with stilled():
                    os.write(told[1], pickle.dumps(said(folder, command)))
            finally:
                os._exit(0)
        os.close(told[1])
        children.append((child, told[0]))
    while len(os.read(ready[0], 1)) and (commands := commands[1:]):
        pass
    for descriptor in (*begin, *ready):
        os.close(descriptor)
    found = []
    for child, reading in children:
        with open(reading, "rb") as file:
            data = file.read()
        os.waitpid(child, 0)
        assert data, "the harness itself failed"
        found.append(pickle.loads(data))
    return found


def served(folder: Path) -> tuple[int, dict[str, str]]:
    """A channel's number, and what it serves."""
    desk = opened_desk(str(folder), None)
    head = desk.head("prod")
    assert len(list(entries_back(desk.registry.read, head))) == head.number
    return head.number, {f"{tenant}/{prompt}": digest for tenant, prompt, digest in walk(desk.registry.get, head.root)}


def overlapping(world: World, rounds: int) -> Counter[str]:
    """Two plans of the same targets at once; how often each won."""
    wins: Counter[str] = Counter()
    for _ in range(rounds):
        place = world.copy("raced")
        ann, bob = at_once(place, ("promote one.json --yes --who ann", "promote two.json --yes --who bob"))
        assert sorted((ann[0], bob[0])) == [0, 5], (ann, bob)
        winner, loser, told = ("ann", "bob", bob[1]) if ann[0] == 0 else ("bob", "ann", ann[1])
        assert f"moved by {winner}" in told or (winner in told and "prod@3" in told), told
        assert loser not in told.replace("--who", "")
        wins[winner] += 1
        number, now = served(place)
        assert number == 3
        assert now == world_targets(world, winner)
        assert said(place, VERIFY)[0] == 0
    return wins


_TARGETS: dict[str, dict[str, str]] = {}


def world_targets(world: World, winner: str) -> dict[str, str]:
    """What the channel serves when only one of the two promotes."""
    if winner not in _TARGETS:
        place = world.folder / f"alone-{winner}"
        folders, files = world.contents("raced")
        for name in folders:
            os.makedirs(place / name, exist_ok=True)
        for name, data in files.items():
            (place / name).write_bytes(data)
        code, printed = said(place, f"promote {'one' if winner == 'ann' else 'two'}.json --yes --who {winner}")
        assert code == 0, printed
        _TARGETS[winner] = served(place)[1]
    return _TARGETS[winner]


def disjoint(world: World, rounds: int) -> None:
    """Two plans of different targets at once: both land, in either order."""
    for _ in range(rounds):
        place = world.copy("disjoint")
        before = served(place)[1]
        for code, printed in at_once(place, ("promote one.json --yes --who ann", "promote two.json --yes --who bob")):
            assert code == 0, printed
        number, after = served(place)
        assert number == 4
        assert {target for target in after if after[target] != before[target]} == {"acme/hello", "globex/hello"}
        assert said(place, VERIFY)[0] == 0


def beside_gc(world: World, rounds: int) -> None:
    """gc, a build, a push and a promote at once, again and again in one folder: nothing that is named is ever lost."""
    place = world.copy("littered")
    for number in range(rounds):
        prompt = place / "sources/prompts/hello.prompt.j2"
        prompt.write_text(prompt.read_text().replace("You", f"You ({number})", 1))
        code, printed = said(place, "build --jobs 1")
        assert code == 0, printed
        for code, printed in at_once(
            place,
            ("gc --delete --older-than 0s", "push", "promote prod --yes --who ann", "build --jobs 1", "gc --delete --older-than 0s"),
        ):
            assert code == 0, printed
        code, printed = said(place, VERIFY)
        assert code == 0, printed
    assert served(place)[0] == rounds + 3


def test_of_two_who_overlap_one_wins(world: World) -> None:
    assert overlapping(world, ROUNDS).total() == ROUNDS


def test_of_two_who_do_not_both_land(world: World) -> None:
    disjoint(world, ROUNDS // 2)


def test_gc_beside_build_push_and_promote(world: World) -> None:
    beside_gc(world, GC_ROUNDS)


@pytest.mark.nightly
def test_of_two_who_overlap_one_wins_each_of_a_thousand_times(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    wins = overlapping(world, ROUNDS_NIGHTLY)
    with capsys.disabled():
        print(f"\nraces: {ROUNDS_NIGHTLY:,}, won by {dict(wins)}")
    assert len(wins) == 2, "each of them won now and then, or they never raced"


@pytest.mark.nightly
def test_of_two_who_do_not_both_land_each_time(world: World) -> None:
    disjoint(world, ROUNDS_NIGHTLY)


@pytest.mark.nightly
def test_gc_beside_all_of_them_for_many_rounds(world: World) -> None:
    beside_gc(world, GC_ROUNDS_NIGHTLY)
