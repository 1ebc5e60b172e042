"""Planted in what is kept between builds: states, memo, ledger, and what workers bring back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from promptc.core.digest import Digest
from promptc.driver import units
from promptc.driver.units import UnitWorker
from promptc.engine import ledger, memo, states, workers
from promptc.engine.database import Database
from promptc.engine.ledger import Ledger
from promptc.engine.memo import Memo
from promptc.stores.blobs import Blobs
from tests.engine import test_ledger, test_memo, test_states, test_workers
from tests.engine.planted import OnDisk, caught_by, edits, law, story
from tests.engine.planted_driver import damage
from tests.laws.edits_stories import declare, give, put
from tests.laws.edits_world import Tag

Patch = pytest.MonkeyPatch

# States


@caught_by(law(test_states.test_what_was_written_near_the_scan_is_read_again, test_states.OLD + 1, test_states.OLD, counts=False))
def no_file_is_racy(patch: Patch) -> None:
    """A file that was written in the tick in which it was read counts as read."""
    patch.setattr(states, "RACY_NANOSECONDS", 0)


@caught_by(law(test_states.test_what_was_written_near_the_scan_is_read_again, test_states.OLD, test_states.OLD + 1, counts=False))
def only_mtimes_are_racy(patch: Patch) -> None:
    """A file whose mtime was set back counts as read in the tick in which it was written."""
    cell = states._cell

    def trusting(kind: str, scanned: Any, found: Any, latest: int) -> Any:
        state, digest = found
        is_old = state == scanned and digest != states.UNREAD and state[1] < latest
        return state if is_old else cell(kind, scanned, found, latest)

    patch.setattr(states, "_cell", trusting)


@caught_by(law(test_states.test_what_changed_between_scan_and_reading_is_read_again))
def what_was_scanned_counts_as_read(patch: Patch) -> None:
    """A file that changed between the scan and its reading is kept with the scan's state."""
    cell = states._cell
    patch.setattr(states, "_cell", lambda kind, scanned, found, latest: cell(kind, scanned, (scanned, found[1]), latest))


@caught_by(law(test_states.test_what_was_never_read_is_read))
def what_was_not_read_is_known(patch: Patch) -> None:
    """A file that no build read is kept with its state."""
    cell = states._cell
    patch.setattr(states, "_cell", lambda kind, scanned, found, latest: cell("o", scanned, found, latest))


# Overlays that were parsed before

TWIN = {"variables": {"product": "Twin"}}


@caught_by(edits("twins", (put("tenants/one.yaml", TWIN), ""), (put("tenants/eu/two.yaml", TWIN), ""), (declare("more", {"type": "string"}), "")))
def overlays_are_known_by_their_bytes(patch: Patch) -> None:
    """Files that hold the same bytes are one overlay, of one name."""
    key = units.overlay_key
    patch.setattr(units, "overlay_key", lambda parse_key, file, line, digest: key(parse_key, "", line, digest))


@caught_by(story("a character is allowed after all", 3))
def overlays_are_parsed_whatever_is_allowed(patch: Patch) -> None:
    """The key of a parsed overlay doesn't hold the settings that it was parsed under."""
    key = units.overlay_key
    patch.setattr(units, "overlay_key", lambda parse_key, file, line, digest: key(b"", file, line, digest))


@caught_by(edits("a warning is given again", (give("tenant:acme", "product", "a\u200bb"), "U007"), (declare("more", {"type": "string"}), "U007")))
def overlays_are_remembered_without_findings(patch: Patch) -> None:
    """What was found while an overlay was parsed is not found when it is remembered."""
    remember = UnitWorker._remember
    patch.setattr(UnitWorker, "_remember", lambda self, due, digest, parsed, data: remember(self, due, digest, replace(parsed, findings=()), data))


# The memo


@caught_by(law(test_memo.test_what_stands_under_another_key_is_a_miss))
def a_checksum_without_the_key(patch: Patch) -> None:
    """What a damaged database shows under another key is taken for what was kept there."""
    checksum = memo._sum
    patch.setattr(memo, "_sum", lambda key, data: checksum(b"", data))


@caught_by(edits("a fragment changes", (put("sources/fragments/safety.j2", {}, "Be quite safe.\n"), "")))
def sources_are_known_whatever_they_hold(patch: Patch) -> None:
    """Parsed sources are kept under a key that doesn't hold their digests."""

    def under(key: str) -> str:
        return key if " " in key else "sources"

    for name in ("fact", "keep_fact"):
        function: Callable[..., Any] = getattr(Memo, name)
        patch.setattr(Memo, name, lambda self, key, *given, function=function: function(self, under(key), *given))


# The ledger


@caught_by(edits("one tenant changes beside a layer's warning", (give("layer:base", "words", Tag("remove", ["rare"])), "O006"), (give("tenant:acme", "product", "Acme Two"), "O006")))
def rows_lose_what_was_said(patch: Patch) -> None:
    """What was found while a tenant was resolved and compiled is not written into its row."""
    columns = ledger._columns
    patch.setattr(ledger, "_columns", lambda row: columns(replace(row, said=())))


@caught_by(edits("one tenant changes beside a warning", (give("tenant:globex", "product", "a\u200bb"), "U007"), (give("tenant:acme", "product", "Acme Two"), "U007")))
def rows_that_are_kept_say_nothing(patch: Patch) -> None:
    """What was found in tenants that are not done again is not said again."""
    patch.setattr(Ledger, "with_findings", lambda self: [])


@caught_by(law(test_ledger.test_a_damaged_row_is_never_given, "a flag"))
def rows_have_no_checksum(patch: Patch) -> None:
    """A row that is not what was written is given."""
    patch.setattr(ledger, "_sum", lambda columns: b"8 bytes.")


@caught_by(law(test_ledger.test_any_change_from_outside_makes_all_of_it_none, "a flag"))
def nobody_touches_a_database(patch: Patch) -> None:
    """Rows are not looked at though somebody touched the file since it was written."""
    patch.setattr(Database, "was_touched", lambda self: False)


@caught_by(law(test_ledger.test_an_update_of_what_another_build_wrote_forgets_everything, "gen 0"))
def an_update_is_of_whatever_is_there(patch: Patch) -> None:
    """A build writes over what another wrote meanwhile."""
    update = Ledger.update
    patch.setattr(Ledger, "update", lambda self, before, head, **given: update(self, "gen 1", head, **given))


# Blobs and workers


@caught_by(edits("what was stored is damaged", (OnDisk(damage), "")))
def bytes_are_trusted_for_their_name(patch: Patch) -> None:
    """Bytes that come back are not held against the digest that was asked for."""
    get = Blobs.get

    def trusting(self: Blobs, digest: Digest) -> bytes:
        path = self.path_of(digest)
        return path.read_bytes() if path.is_file() else get(self, digest)

    patch.setattr(Blobs, "get", trusting)


@caught_by(edits("two processes", jobs=2))
def one_worker_speaks_for_all(patch: Patch) -> None:
    """What all workers but the first gathered is dropped."""
    drive = workers._drive
    patch.setattr(workers, "_drive", lambda *given: drive(*given)[:1])


@caught_by(law(test_workers.test_results_are_those_of_the_tasks, 2, 50))
def results_come_as_they_come(patch: Patch) -> None:
    """A result is taken for that of another task."""
    drive = workers._drive
    patch.setattr(workers, "_drive", lambda tasks, processes, on_result: drive(tasks, processes, lambda index, value: on_result(len(tasks) - 1 - index, value)))
