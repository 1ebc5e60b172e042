"""Planted in builds that follow an edit: looks that miss it, plans that keep too much, sums that don't subtract."""

from __future__ import annotations

import shutil
from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from promptc.driver import build, gathering, look, published, reading
from promptc.driver.planning import Planning
from promptc.driver.reading import Reading
from promptc.driver.whole import Whole
from promptc.engine import toolchain
from promptc.stores import files
from promptc.stores.scan import NUMBERS, Scan
from tests.engine.planted import Check, OnDisk, both, caught_by, edits, story
from tests.engine.world import cache, hello, run, trusting
from tests.laws.edits_session import Session
from tests.laws.edits_stories import declare, give, nothing, put
from tests.laws.test_incremental import write_unseen

Patch = pytest.MonkeyPatch
ACME = "tenants/acme.yaml"


def put_out(path: str) -> Callable[[Any], Any]:
    return put(path, None)


def seeing(patch: Patch, **instead: Any) -> None:
    """What changed is looked for, and part of it is not told."""
    compare = look._compare

    def comparing(seen: look.Look, known: Any) -> None:
        compare(seen, known)
        for name, value in instead.items():
            setattr(seen, name, value)

    patch.setattr(look, "_compare", comparing)


# Looks


def hidden(session: Session) -> None:
    """One letter of a file is another, its size and its time are what they were."""
    data = session.disk.tree[ACME]
    assert isinstance(data, bytes)
    session.editor.world.over[ACME] = session.disk.tree[ACME] = data.replace(b"Acme", b"Acne")
    write_unseen(session.folder / ACME, data.replace(b"Acme", b"Acne"))


@caught_by(edits("an edit keeps size and time", (OnDisk(hidden), "")))
def a_state_is_the_time_alone(patch: Patch) -> None:
    """A file whose mtime is what it was counts as read."""
    scan = look.scan

    def scanning(root: int, settings: Any) -> Scan:
        found = scan(root, settings)
        for at in range(0, len(found.states), NUMBERS):
            found.states[at : at + NUMBERS] = array("q", [0, found.states[at + 1], 0, 0])
        return found

    patch.setattr(look, "scan", scanning)
    patch.setattr(files, "_state", lambda status: (0, status.st_mtime_ns, 0, 0))


@caught_by(edits("a file goes", (put_out(ACME), "")))
def what_is_gone_is_not_seen(patch: Patch) -> None:
    """A file that went is not among what changed."""
    seeing(patch, removed=())


@caught_by(edits("a file comes", (put("tenants/new.yaml", {"variables": {"product": "New"}}), "")))
def what_is_new_is_not_seen(patch: Patch) -> None:
    """A file that came is not among what changed."""
    seeing(patch, unread=())


@caught_by(story("layers start every chain, and one of them isn't there", 1))
def settings_are_read_once(patch: Patch) -> None:
    """Settings are those of the last build."""
    patch.setattr(reading, "settings_changed", lambda seen: False)


@caught_by(edits("the editor's schemas are lost", (OnDisk(lambda session: shutil.rmtree(session.folder / ".promptc")), "")))
def sources_alone_are_looked_at(patch: Patch) -> None:
    """Where no file changed, the last answer is given whatever became of the store and the editor's schemas."""
    patch.setattr(build, "is_current", lambda seen: True)


@caught_by(edits("something else is asked", (give("tenant:acme", "prodct", "x"), "O101"), (nothing, "O101")))
def the_last_answer_answers_all(patch: Patch) -> None:
    """With errors, what was published with `--keep-going` is the answer without it."""
    unchanged = build.unchanged

    def answering(seen: Any, request: Any, began: float) -> Any:
        return unchanged(seen, replace(request, keep_going=seen.header.get("result", {}).get("keep_going", request.keep_going)), began)

    patch.setattr(build, "unchanged", answering)


def artifact_of_globex(session: Session) -> Path:
    """The only blob that holds a tenant's name."""
    (found,) = [path for path in (session.folder / "build/blobs").rglob("*") if path.is_file() and b"Globex" in path.read_bytes()]
    return found


def damage(session: Session) -> None:
    """One artifact holds other letters."""
    path = artifact_of_globex(session)
    path.write_bytes(path.read_bytes().replace(b"Globex", b"Globus"))


def lose(session: Session) -> None:
    """One artifact is gone."""
    artifact_of_globex(session).unlink()


@caught_by(edits("what was stored is lost", (OnDisk(lose), "")))
def what_was_stored_is_there(patch: Patch) -> None:
    """What the last build stored is not looked at though somebody touched it."""
    patch.setattr(published, "is_intact", lambda whole: True)


@caught_by(edits("what was stored is damaged", (OnDisk(damage), "")))
def damage_is_not_read(patch: Patch) -> None:
    """Whether all that was stored is there is asked of names, and no byte is read."""
    patch.setattr(published, "holds_all", lambda store, tree, record: all(True for _ in store.blobs.names()))


# What the last build left


def keep_states(session: Session) -> None:
    shutil.copy2(cache(session.folder) / "states", session.parent / "states")


def bring_states_back(session: Session) -> None:
    """As after a kill between the ledger and the states; and the edit is taken back."""
    shutil.copy2(session.parent / "states", cache(session.folder) / "states")
    give("tenant:acme", "product", "Acme")(session.editor.world)


@caught_by(edits("states of before and a ledger of after", (OnDisk(keep_states), ""), (give("tenant:acme", "product", "Acme Two"), ""), (OnDisk(bring_states_back), "")))
def generations_are_mixed(patch: Patch) -> None:
    """The ledger is believed whatever build the file states are of."""
    patch.setattr(Reading, "head", property(lambda self: self.ledger_head if self.seen.header else None))


def makes_all_anew(folder: Path) -> None:
    """With another toolchain every target is compiled again."""
    with Patch.context() as patch:
        trusting(patch)
        project = hello(folder / "project")
        run(project)
        patch.setattr(toolchain, "state", lambda: "another")
        identity = toolchain.identity()
        patch.setattr(toolchain, "identity", lambda: identity.replace("jinja2 ", "jinja2 9"))
        assert [cause.targets for cause in run(project, explain=True).causes or ()] == [2]


@caught_by(Check("another toolchain", makes_all_anew))
def toolchains_are_mixed(patch: Patch) -> None:
    """The ledger is believed whatever toolchain it was made with."""
    patch.setattr(Reading, "head", property(lambda self: self.ledger_head if self.seen.header else None))


@caught_by(story("examples belong to a tenant that comes and goes", 3))
def sources_need_no_tenants(patch: Patch) -> None:
    """What is wrong with examples is remembered though it depends on which tenants there are."""
    patch.setattr(reading, "_asks_for_tenants", lambda project: False)


# Plans


@caught_by(story("a text beside an overlay changes, goes and comes back", 3))
def texts_beside_overlays_reach_nobody(patch: Patch) -> None:
    """An edit of a text that `!file` reads reaches no tenant."""
    patch.setattr(Planning, "_changed_texts", lambda self: frozenset())


@caught_by(story("the lines of a .jsonl move, and its findings with them", 2))
def lines_move_and_findings_stay(patch: Patch) -> None:
    """A line that moved is kept with findings that tell its old number."""
    weigh = Planning._weigh

    def weighing(self: Any, due: Any, row: Any, texts: Any, used: Any) -> None:
        if row is None or row.line == due.line:
            return weigh(self, due, row, texts, used)
        weigh(self, due, replace(row, flags=0), texts, used)
        for moved in self.outlook.moved:
            moved.flags |= row.flags if moved.number == row.number else 0

    patch.setattr(Planning, "_weigh", weighing)


@caught_by(story("a tenant extends what is no layer, but a tenant that comes and goes", 2))
def tenants_are_in_no_hint(patch: Patch) -> None:
    """A tenant that comes or goes changes nothing that was said of others."""
    patch.setattr(Planning, "_may_bring_ids", lambda self, file: False)


@caught_by(story("a layer that nobody knows gets another hint, and then appears", 2))
def only_changed_sources_count(patch: Patch) -> None:
    """Sources and layers that came or went are no change of sources."""

    def same(self: Reading, settings: Any) -> bool:
        return not look.settings_changed(self.seen) and not any(path.startswith(("sources/", "tenants/layers/")) for path in self.seen.changed)

    patch.setattr(Reading, "_sources_are_same", same)


@caught_by(edits("a tenant goes", (put_out(ACME), "")))
def rows_are_never_gone(patch: Patch) -> None:
    """The row of a tenant whose file went is kept."""
    plan = Planning.plan

    def planning(self: Planning) -> None:
        plan(self)
        self.outlook.gone = []

    patch.setattr(Planning, "plan", planning)


# Sums


@caught_by(story("one tenant's alias is another's", 2))
def ids_are_asked_once(patch: Patch) -> None:
    """Ids and aliases that are given twice are not looked for again."""
    patch.setattr(gathering, "_ids_differ", lambda whole, head: False)


@caught_by(story("two tenants become equal and differ again", 1))
def artifacts_are_never_lost(patch: Patch) -> None:
    """What a tenant served before is not counted off."""
    bench = Whole.bench
    patch.setattr(Whole, "bench", lambda self: replace(bench(self), counts_lost=False))


@caught_by(edits("a text that nobody reads goes", (lambda world: world.texts.pop("tenants/acme.md"), "")))
def records_keep_what_is_gone(patch: Patch) -> None:
    """A file that went stays in the build record."""
    record_after = gathering.record_after

    def keeping(whole: Whole, *given: Any) -> Any:
        whole.seen.removed = ()
        return record_after(whole, *given)

    patch.setattr(gathering, "record_after", keeping)


@caught_by(edits("a tenant goes while all are done again", (both(put_out(ACME), declare("more", {"type": "string"})), "")))
def changes_are_those_of_units(patch: Patch) -> None:
    """What changed is summed up from the units that were done, and none says what went."""
    patch.setattr(Whole, "compares", property(lambda self: self.head is not None and self.outlook.is_whole))
