"""A loss of power at any effect: what was not synced may be dropped or reordered, and a registry is old or new, and whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.faults.faulty import Effect, Fault
from tests.faults.power import WAYS, Disk, losses, make
from tests.faults.sweep import REGISTRY, SWEPT, VERIFY, Swept, Undisturbed, World, undisturbed
from tests.faults.warm import run, said, stilled

RELEASES = [swept for swept in SWEPT if swept.command.split()[0] not in ("build", "verify", "gc")]
OTHERS = [swept for swept in SWEPT if swept not in RELEASES]
counted: dict[str, int] = {}


def lost_power(world: World, swept: Swept, ways: tuple[str, ...], *, every: int = 1) -> int:
    """Lose power after each effect of a command in each way; how many times."""
    known = undisturbed(world, swept)
    place = world.copy(swept.state)
    before = Disk.of(place)
    log = run(place, swept.command).log
    wrong = {}
    count = 0
    for number, way in losses(place, before, log, ways):
        if number % every:
            continue
        count += 1
        if found := wrong_after(place, swept, known, is_done=number == len(log)):
            wrong[f"{way} after effect {number}"] = found
    assert wrong == {}
    return count


def lost_after_a_kill(world: World, swept: Swept, numbers: Iterable[int]) -> None:
    """Kill a command after an effect, run it again until it is done, and then lose what is not synced."""
    known = undisturbed(world, swept)
    wrong = {}
    for number in numbers:
        place = world.copy(swept.state)
        disk = Disk.of(place)
        killed = run(place, swept.command, Fault("kill after", number))
        again = run(place, swept.command)
        for effect in (*killed.log, *again.log):
            disk.apply(effect)
        make(place, disk.after_loss("nothing more", number))
        # A command that appends each time it runs has appended twice by then, and thrice after another run.
        told = [line for line in wrong_after(place, swept, known, is_done=again.code == 0) if "ended in another" not in line]
        if told:
            wrong[f"a kill after effect {number}"] = told
    assert wrong == {}


def wrong_after(place: Path, swept: Swept, known: Undisturbed, *, is_done: bool) -> list[str]:
    """The promises that a folder breaks."""
    wrong = []
    with stilled():
        code, printed = said(place, VERIFY)
        # What was built may be lost or damaged, and then that is said: a build makes it anew.
        lines = [line for line in printed.splitlines() if line.startswith("wrong ") and not line.startswith("wrong build/")]
        if (code not in (0, 4) or lines) and (is_done or swept.state != "damaged"):
            wrong.append(f"verify says: {printed}")
        found = swept.state_of(place)
        for name, data in found.files.items():
            if name.startswith(REGISTRY) and all(data != state.files.get(name) for state in (known.before, known.after, known.twice)):
                wrong.append(f"`{name}` is neither old nor new")
        entries = {name for name in known.before.files if name.startswith(REGISTRY)}
        if is_done:
            # A step that is pending again is done again, under the same idempotency key.
            entries = {name for name in known.after.files if name.startswith(REGISTRY) and "/plans/" not in name and "/steps/" not in name}
        if entries - found.files.keys():
            wrong.append(f"lost: {sorted(entries - found.files.keys())}")
        code, printed = said(place, swept.command)
        if code not in (0, known.again.code):
            wrong.append(f"running it again ended with {code}: {printed}")
        ended = swept.state_of(place)
        if not any(_same_registry(ended.files, state.files) for state in (known.after, known.twice)):
            wrong.append("it ended in another state of the registry")
    return wrong


def _same_registry(one: dict[str, bytes], other: dict[str, bytes]) -> bool:
    return {k: v for k, v in one.items() if k.startswith(REGISTRY)} == {k: v for k, v in other.items() if k.startswith(REGISTRY)}


@pytest.mark.parametrize("swept", RELEASES, ids=str)
def test_a_registry_outlives_a_loss_of_power(world: World, swept: Swept) -> None:
    counted[str(swept)] = lost_power(world, swept, ("nothing more", "names and zeros"))


@pytest.mark.parametrize("swept", RELEASES, ids=str)
def test_what_a_killed_run_left_unsynced_is_not_trusted(world: World, swept: Swept) -> None:
    # What gives a name leaves something unsynced.
    lost_after_a_kill(world, swept, [effect.number for effect in undisturbed(world, swept).ran.log if effect.call in ("mkdir", "link", "rename")])


@pytest.mark.nightly
@pytest.mark.parametrize("swept", RELEASES, ids=str)
def test_what_any_killed_run_left_unsynced_is_not_trusted(world: World, swept: Swept) -> None:
    lost_after_a_kill(world, swept, range(1, undisturbed(world, swept).ran.count + 1))


@pytest.mark.nightly
@pytest.mark.parametrize("swept", SWEPT, ids=str)
def test_every_loss_of_power(world: World, swept: Swept) -> None:
    lost_power(world, swept, WAYS)


@pytest.mark.parametrize("swept", OTHERS, ids=str)
def test_what_builds_and_mends_outlives_a_loss_of_power(world: World, swept: Swept) -> None:
    counted[str(swept)] = lost_power(world, swept, ("nothing more", "some"), every=9)


def test_the_counts_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    if len(counted) == len(SWEPT):
        with capsys.disabled():
            print(f"\nloss of power: {sum(counted.values()):,} folders over {len(counted)} commands")
        assert sum(counted.values()) >= 500


def test_the_model_forgets_what_was_not_synced(tmp_path: Path) -> None:
    path = str(tmp_path / "a")
    disk = Disk.of(tmp_path)
    disk.apply(Effect("create", path, inode=7))
    disk.apply(Effect("write", inode=7, data=b"1234"))
    assert path not in disk.after_loss("nothing more", 0)
    assert disk.after_loss("names and torn files", 0)[path] == b"12"
    disk.apply(Effect("fsync", path, inode=7))
    assert path not in disk.after_loss("nothing more", 0)
    assert disk.after_loss("names and zeros", 0)[path] == b"1234"
    disk.apply(Effect("fsync", str(tmp_path)))
    assert disk.after_loss("nothing more", 0)[path] == b"1234"
    shutil.rmtree(tmp_path)
