"""A channel's head is what its entries say, whatever a hint says; and entries of another registry are none of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from promptc.core.channel import entry_name, find_head, hint_name, hint_of
from promptc.core.errors import PromptcError
from promptc.core.manifest import compare
from promptc.driver.release.opening import Desk, opened_desk
from tests.release.world import desk_at, moved, put_root


def promoted(folder: Path, texts: str) -> Desk:
    """A channel that served one text after the other."""
    folder.mkdir(exist_ok=True)
    desk = desk_at(folder)
    before = put_root(desk, {})
    for text in texts:
        root = put_root(desk, {"a/x": text})
        moved(desk, "prod", root, compare(desk.registry.get, before, root))
        before = root
    return desk


@pytest.mark.parametrize("number", [1, 2, 3, 4, 9, 10**9])
def test_a_hint_that_lags_or_leads_finds_the_same_head(tmp_path: Path, number: int) -> None:
    desk = promoted(tmp_path, "xyz")
    desk.registry.hint(hint_name("prod"), hint_of(number))
    assert desk.head("prod").number == 3


def test_a_hint_that_leads_after_entries_were_taken_away_is_not_believed(tmp_path: Path) -> None:
    desk = promoted(tmp_path, "xyz")
    desk.registry.remove(entry_name("prod", 3))
    head = find_head(desk.registry.read, "prod")
    assert head is not None
    assert head.number == 2


def test_an_entry_of_another_lineage_is_refused(tmp_path: Path) -> None:
    ours, theirs = promoted(tmp_path / "ours", "x"), promoted(tmp_path / "theirs", "xy")
    assert ours.lineage != theirs.lineage
    place = "registry/channels/prod/entries"
    shutil.copytree(tmp_path / "theirs" / place, tmp_path / "ours" / place, dirs_exist_ok=True)
    shutil.copytree(tmp_path / "theirs/registry/blobs", tmp_path / "ours/registry/blobs", dirs_exist_ok=True)
    with pytest.raises(PromptcError) as caught:
        opened_desk(str(tmp_path / "ours"), "registry").head("prod")
    assert caught.value.code == "V005"
