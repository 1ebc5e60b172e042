"""Planted: defects that are put into the engine by hand, one at a time, each with the check of the suite that sees it.

    plant, check -> [planted] -> the check passes without the defect, and fails with it

A check is a test of the suite, a row of its tables, a story of edits or a part of one, or some edits of its kind. What
clean builds give is worked out before anything is planted, so that no defect is held against itself.
"""

from __future__ import annotations

import functools
import inspect
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

import pytest

from promptc.engine.database import Database
from promptc.engine.ledger import Ledger
from tests.compiler.world import agrees, project_of
from tests.engine.conftest import MEMORY
from tests.engine.world import trusting
from tests.laws import test_reads
from tests.laws.edits_session import Asked, Session, Tree
from tests.laws.edits_stories import STORIES, nothing, small_world
from tests.laws.edits_world import World
from tests.laws.reads_table import READS, ROWS, SHARP

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Check:
    """What holds of the engine as it is; `run` is given an empty folder."""

    name: str
    run: Callable[[Path], object]


@dataclass(frozen=True)
class Planted:
    """One defect; `plant` puts it in and says what is wrong. `raises` are errors of the engine that it leads to."""

    name: str
    plant: Plant
    check: Check
    raises: tuple[type[Exception], ...] = ()


PLANTED: dict[str, Planted] = {}
CHECKS: dict[str, Check] = {}


def caught_by(check: Check, *raises: type[Exception]) -> Callable[[Plant], Plant]:
    """What is decorated plants a defect that this check sees."""

    def register(plant: Plant) -> Plant:
        name = plant.__name__
        assert name not in PLANTED, f"{name} is planted twice"
        PLANTED[name] = Planted(name, plant, check, raises)
        CHECKS.setdefault(check.name, check)
        return plant

    return register


@functools.cache
def passes(name: str) -> None:
    """A check passes with the engine as it is; from then on what clean builds give it is known."""
    with tempfile.TemporaryDirectory(prefix="promptc-planted-", dir=MEMORY) as folder:
        with mock.patch.object(Held, "may_build_clean", new=True):
            CHECKS[name].run(Path(folder))


# Checks


def law(test: Callable[..., object], *given: Any, **named: Any) -> Check:
    """A test of the suite with the arguments of one of its cases, and what its fixtures would give."""
    signature = inspect.signature(test)
    fixtures = signature.parameters.keys() - signature.bind_partial(*given, **named).arguments.keys()

    def run(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            database = Database(folder / "engine.db")
            known = {"monkeypatch": patch, "tmp_path": folder, "folder": folder, "found": database, "ledger": Ledger(database)}
            test(*given, **{name: known[name] for name in fixtures}, **named)
            database.close()

    shown = ", ".join("…" if callable(value) else repr(value)[:60] for value in (*given, *named.values()))
    return Check(f"{test.__name__}({shown})", run)


def both(*made: Callable[[World], Any]) -> Callable[[World], Any]:
    """Several edits in one step."""
    return lambda world: [edit(world) for edit in made]


def row(template: str) -> Check:
    """One row of the table of reads: what plain values give, and every read recorded."""
    (found,) = [row for row in ROWS if row.template == template]
    return _alone("table", template, functools.partial(test_reads.test_a_row_gives_what_plain_values_give_and_records_what_it_reads, found))


def read(template: str) -> Check:
    """One way to look at a value, which is a read."""
    assert template in READS
    return _alone("directed_table", template, functools.partial(test_reads.test_each_way_to_look_is_a_read, template))


def sharp(template: str) -> Check:
    """One promise that something is not read."""
    assert template in SHARP
    return _alone("directed_table", template, functools.partial(test_reads.test_what_is_promised_not_to_be_read_is_not_read, template))


def _alone(table: str, template: str, test: functools.partial[None]) -> Check:
    """A test of the table of reads over one template: compiling all of them takes seconds."""

    def run(_: Path) -> None:
        made = test_reads.Table([template])
        with mock.patch.object(test_reads, table, return_value=made):
            test()

    return Check(f"{test.func.__name__}({template!r})", run)


def compiled(name: str, files: dict[str, str | bytes]) -> Check:
    """A project that comes out the same, compiled in the fast ways and in the slow one."""
    return Check(f"{name}: all ways of compiling agree", lambda _: agrees(project_of(files)))


# Edits


class Held(Session):
    """A session of edits that remembers what clean builds gave to all sessions, and makes none while a defect is planted."""

    made_clean: ClassVar[dict[Any, dict[str, Any]]] = {}
    may_build_clean = False

    def clean(self, tree: Tree, asked: Asked) -> dict[str, Any]:
        key = frozenset(tree.items()), asked
        if key not in self.made_clean:
            if not self.may_build_clean:
                raise LookupError(f"a clean build that the check did not make before\n{self}")
            self.made_clean[key] = super().clean(tree, asked)
        return self.made_clean[key]


@dataclass(frozen=True)
class OnDisk:
    """What happens to a session's folder without an edit of its world."""

    happen: Callable[[Session], object]


Edit = tuple[Callable[[World], Any] | OnDisk, str]


def story(name: str, steps: int) -> Check:
    """The first steps of a story of edits."""
    assert 0 < steps <= len(STORIES[name])
    return edits(f"{name}, {steps} steps", *STORIES[name][:steps])


def edits(name: str, *steps: Edit, jobs: int = 1) -> Check:
    """Edits of the small world, as in a story: after each the build equals a clean one, and shows a code."""

    def run(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            trusting(patch)
            session = Held(0, folder)
            world = session.editor.desk.world = small_world()
            for number, (edit, code) in enumerate([(nothing, ""), *steps]):
                edit.happen(session) if isinstance(edit, OnDisk) else edit(world)
                session.log.append(f"step {number} of {name}")
                session.disk.write(world.tree())
                told = session.compare(Asked(keep_going=number % 2 == 1), jobs=jobs)
                codes = {finding.code for finding in told["findings"]}
                assert code in codes if code else not codes, f"{code or 'nothing'} is not among {told['findings']}\n{session}"

    return Check(f"edits: {name}", run)
