"""The fault sweep: after a kill, a short write or a refusal at any effect of any command, nothing is lost and nothing lies."""

from __future__ import annotations

import pytest

from tests.faults.faulty import KINDS, Fault
from tests.faults.sweep import SWEPT, Swept, World, points, undisturbed, wrong_at

# Of all faults at an effect, the suite tries so many; which ones goes round, so that each kind is tried all over a command.
# What builds costs ten times what a release command does, so every second effect of it is tried, once.
TRIED = 2
POINTS_MIN, POINTS_NIGHTLY_MIN = 1_000, 9_000
counted: dict[str, int] = {}
counted_nightly: dict[str, int] = {}


def some(swept: Swept, count: int) -> list[Fault]:
    """Some faults at each effect, or at every second one."""
    each = [(kind, lasts) for kind in KINDS for lasts in (False, True) if not (lasts and kind.startswith("kill"))]
    step, tried = (2, 1) if swept.command.split()[0] in ("build", "forget") else (1, TRIED)
    return [
        Fault(kind, number, lasts=lasts)
        for number in range(1, count + 1, step)
        for kind, lasts in (each[(number * tried + turn) % len(each)] for turn in range(tried))
    ]


def swept_over(world: World, swept: Swept, *, whole: bool) -> int:
    known = undisturbed(world, swept)
    assert known.ran.count, f"{swept} has no effects: is it the right state?"
    tried = list(points(known.ran.count)) if whole else some(swept, known.ran.count)
    wrong = {str(fault): found for fault in tried if (found := wrong_at(world, swept, known, fault))}
    assert wrong == {}
    return len(tried)


@pytest.mark.parametrize("swept", SWEPT, ids=str)
def test_after_a_fault_old_or_new_and_never_neither(world: World, swept: Swept) -> None:
    counted[str(swept)] = swept_over(world, swept, whole=False)


def test_enough_points_were_tried(capsys: pytest.CaptureFixture[str]) -> None:
    if len(counted) == len(SWEPT):
        with capsys.disabled():
            print(f"\nfault sweep: {sum(counted.values()):,} points over {len(counted)} commands")
        assert sum(counted.values()) >= POINTS_MIN


@pytest.mark.nightly
@pytest.mark.parametrize("swept", SWEPT, ids=str)
def test_after_every_fault_old_or_new_and_never_neither(world: World, swept: Swept) -> None:
    counted_nightly[str(swept)] = swept_over(world, swept, whole=True)


@pytest.mark.nightly
def test_enough_points_were_tried_in_the_night(capsys: pytest.CaptureFixture[str]) -> None:
    if len(counted_nightly) == len(SWEPT):
        with capsys.disabled():
            print(f"\nfault sweep: {sum(counted_nightly.values()):,} points over {len(counted_nightly)} commands")
        assert sum(counted_nightly.values()) >= POINTS_NIGHTLY_MIN
