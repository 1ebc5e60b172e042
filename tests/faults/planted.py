"""Planted: defects of releases, put in by hand one at a time; each names the check that must see it.

docs/faults.md shows them as a table, which tests/faults/test_planted.py holds against this list.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from promptc.core import channel, document
from promptc.driver.release import burying, gc, opening, planning, promote
from promptc.stores import blobs, effects, registry_folder, write
from tests.faults.sweep import VERIFY, Swept, World, points, undisturbed, wrong_at
from tests.faults.test_power import lost_power
from tests.faults.test_races import disjoint, overlapping
from tests.faults.warm import said
from tests.release import test_channel, test_promote, test_rollback, test_verify

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Scene:
    """Where a check runs."""

    world: World
    folder: Path
    factory: pytest.TempPathFactory
    patch: Patch


@dataclass(frozen=True)
class Planted:
    """A defect: what it is in one line, how it is put in, and the check that must fail with it; `where` is that check's name."""

    what: str
    plant: Callable[[Patch], None]
    where: str
    check: Callable[[Scene], object]


PLANTED: list[Planted] = []


def planted(where: str, check: Callable[[Scene], object]) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Lists a defect under its docstring."""

    def listed(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        assert plant.__doc__
        PLANTED.append(Planted(plant.__doc__.rstrip("."), plant, where, check))
        return plant

    return listed


# Checks


def power(state: str, command: str) -> Callable[[Scene], object]:
    return lambda scene: lost_power(scene.world, Swept(state, command), ("nothing more", "names and zeros"))


def swept(state: str, command: str) -> Callable[[Scene], object]:
    def check(scene: Scene) -> None:
        one = Swept(state, command)
        known = undisturbed(scene.world, one)
        for fault in points(known.ran.count, ("kill after", "short")):
            assert wrong_at(scene.world, one, known, fault) == [], str(fault)

    return check


def collected(scene: Scene) -> None:
    place = scene.world.copy("littered")
    assert said(place, "gc --delete --older-than 0s")[0] == 0
    assert said(place, VERIFY)[0] == 0


def damaged(scene: Scene) -> None:
    test_verify.held_against(scene.folder, 29)


MARK = ("twice", "mark prod good --who a")
POWER, SWEEP = "a loss of power (tests/faults/test_power.py)", "the fault sweep (tests/faults/test_sweep.py)"
RACE = "two promotes at once (tests/faults/test_races.py)"


# Defects


@planted(POWER, power(*MARK))
def a_file_is_not_synced(patch: Patch) -> None:
    """An entry's bytes are not synced before it takes its name."""
    patch.setattr(effects, "sync", lambda descriptor: None)


@planted(POWER, power(*MARK))
def a_name_is_not_synced(patch: Patch) -> None:
    """The folder of an entry is not synced after it took its name."""
    patch.setattr(write.effects, "sync_folder", lambda folder: None)


@planted(SWEEP, swept(*MARK))
def the_name_comes_before_the_bytes(patch: Patch) -> None:
    """An entry takes its name first, and is written then."""

    def create(path: Path, data: bytes) -> bool:
        write.make_durable_folder(path.parent)
        try:
            descriptor = effects.create(path)
        except FileExistsError:
            return False
        try:
            effects.write_all(descriptor, data)
            effects.sync(descriptor)
        finally:
            os.close(descriptor)
        effects.sync_folder(path.parent)
        return True

    patch.setattr(registry_folder, "create_durable", create)


@planted(RACE, lambda scene: overlapping(scene.world, 25))
def an_entry_replaces_another(patch: Patch) -> None:
    """An entry is renamed to its number, so that it replaces the one that somebody else made just then."""

    def create(path: Path, data: bytes) -> bool:
        write.write_durable(path, data)
        return True

    patch.setattr(registry_folder, "create_durable", create)


@planted("a plan of targets that moved (tests/faults/test_races.py)", lambda scene: overlapping(scene.world, 10))
def a_plan_is_applied_to_what_moved(patch: Patch) -> None:
    """A plan is applied although a target of its own moved meanwhile."""
    patch.setattr(promote, "moved_meanwhile", lambda desk, head, moves: [])


@planted("plans of different targets (tests/faults/test_races.py)", lambda scene: disjoint(scene.world, 10))
def any_move_refuses_a_plan(patch: Patch) -> None:
    """A plan is refused although only targets of others moved meanwhile."""
    patch.setattr(promote, "moved_meanwhile", lambda desk, head, moves: list(moves))


@planted("damage of every kind of file (tests/release/test_verify.py)", damaged)
def a_digest_is_compared_by_its_beginning(patch: Patch) -> None:
    """A digest is compared by its beginning alone."""

    class Near(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return str(other)[:7] == str(self)[:7]

        def __ne__(self, other: object) -> bool:
            return not self == other

        __hash__ = str.__hash__

    right = document.digest_of
    for module in (document, blobs):
        patch.setattr(module, "digest_of", lambda data: Near(right(data)))
    from promptc.stores import audit

    patch.setattr(audit, "digest_of", lambda data: Near(right(data)))


@planted("what gc leaves is verified (tests/faults/planted.py)", collected)
def gc_has_no_roots(patch: Patch) -> None:
    """gc takes what entries name for litter."""
    patch.setattr(gc, "named_by_entry", lambda entry: iter(()))


@planted(SWEEP, swept("rolled back", "retire prod --older-than 0s --delete"))
def a_text_goes_before_its_tombstone(patch: Patch) -> None:
    """A retired text is deleted before its tombstone stands."""

    def bury(registry: Any, digests: Iterable[Any], cause: str, on_progress: Any = None) -> int:
        doomed = sorted(digests)
        stones = [(digest, burying._stone(registry, digest, cause)) for digest in doomed]
        freed = int(registry.drop(doomed))
        for digest, stone in stones:
            registry.create(burying.tombstone_name(digest), burying.encode_tombstone(stone))
        return freed

    from promptc.driver.release import retire

    patch.setattr(retire, "bury", bury)


@planted("what was left does not come back (tests/release/test_rollback.py)", lambda scene: test_rollback.test_what_was_left_does_not_come_back(scene.factory))
def a_hold_is_ignored(patch: Patch) -> None:
    """A promote does not ask what is held."""
    for module in (planning, promote):
        patch.setattr(module, "forbidden", lambda get, holds, moves: {})


@planted("what was pushed is read back (tests/release/test_promote.py)", lambda scene: test_promote.test_what_was_pushed_is_read_back(scene.folder, scene.patch))
def nothing_is_read_back(patch: Patch) -> None:
    """What was pushed is not read again before the head moves."""
    patch.setattr(promote, "push_artifacts", lambda registry, get, digests, on_progress=None: 0)
    patch.setattr(promote, "push_nodes", lambda registry, nodes: 0)
    patch.setattr(promote, "push_root", lambda registry, get, root, on_progress=None: 0)


@planted("a hint that leads (tests/release/test_channel.py)", lambda scene: test_channel.test_a_hint_that_leads_after_entries_were_taken_away_is_not_believed(scene.folder))
def a_hint_is_believed(patch: Patch) -> None:
    """A hint that leads is believed, so that a channel whose newest entry is gone has none."""
    patch.setattr(channel, "_searched", lambda read, name: (0, None))


@planted("an entry of another lineage (tests/release/test_channel.py)", lambda scene: test_channel.test_an_entry_of_another_lineage_is_refused(scene.folder))
def lineages_are_not_compared(patch: Patch) -> None:
    """An entry of another registry's history is served."""

    def maybe_head(desk: opening.Desk, name: str) -> Any:
        return channel.find_head(desk.registry.read, name)

    patch.setattr(opening.Desk, "maybe_head", maybe_head)


@planted("a share grows (tests/release/test_promote.py)", lambda scene: test_promote.test_a_share_grows_without_moving_anyone_out())
def a_share_is_drawn_anew(patch: Patch) -> None:
    """Who is in a share depends on how large it is."""
    import hashlib

    def in_share(name: str, tenant: str, share: float) -> bool:
        first = hashlib.sha256(f"{name}/{tenant}/{share}".encode("utf-8", "surrogatepass")).digest()[:8]
        return int.from_bytes(first, "big") < share * (1 << 64)

    patch.setattr(test_promote, "in_share", in_share)


def by_name() -> Iterator[tuple[str, Planted]]:
    """The defects by the names of their functions."""
    yield from ((one.plant.__name__, one) for one in PLANTED)
