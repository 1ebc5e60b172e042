"""What was served at a moment: bytes from the registry, sources found again by their digests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from promptc.core.errors import Exit, PromptcError
from promptc.driver.build import BuildRequest, build
from promptc.driver.release import served as served_module
from promptc.driver.release.opening import opened_desk
from promptc.driver.release.planning import PromoteRequest, planned
from promptc.driver.release.promote import promote
from promptc.driver.release.served import Served, opened_at, served

HELLO = Path(__file__).parents[1] / "stories" / "projects" / "hello"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(HELLO, tmp_path / "project"))
    release(folder)
    return folder


def release(folder: Path) -> None:
    build(BuildRequest(str(folder)))
    desk = opened_desk(str(folder), None, create=True)
    made = planned(desk, PromoteRequest("prod", new=True))
    promote(desk, made.plan, who="ann", source=made.source)


def test_bytes_of_then_need_nothing_but_the_registry(project: Path, tmp_path: Path) -> None:
    then = served(str(project), "prod@1", None, "acme/hello")
    overlay = project / "tenants" / "acme.yaml"
    overlay.write_text(overlay.read_text().replace("Acme Care", "Acme Cure"))
    release(project)
    shutil.move(project / ".promptc" / "registry", tmp_path / "registry")
    shutil.rmtree(project)
    (tmp_path / "empty").mkdir()
    assert isinstance(then, Served)
    assert b"Acme Care" in then.data
    assert served(str(tmp_path / "empty"), "prod@1", "../registry", "acme") == then
    now = served(str(tmp_path / "empty"), "prod", "../registry", "acme/hello")
    assert isinstance(now, Served)
    assert (now.moment, b"Acme Cure" in now.data) == ("prod@2", True)


def test_sources_of_then_are_held_against_what_was_served(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "acme" in opened_at(str(project), "prod@1", None, "acme/hello").project.tenants
    monkeypatch.setattr(served_module, "_compiled", lambda *_: None)
    with pytest.raises(PromptcError) as caught:
        opened_at(str(project), "prod@1", None, "acme/hello")
    assert (caught.value.code, caught.value.exit_code) == ("G011", Exit.INTEGRITY)


def test_a_text_that_was_removed_is_said_to_be(project: Path) -> None:
    desk = opened_desk(str(project), None)
    found = served(str(project), "prod", None, "acme/hello")
    assert isinstance(found, Served)
    with desk.registry.alone():
        desk.registry.drop([found.digest])
    desk.registry.create(f"forgotten/{found.digest[7:]}.json", b"{}\n")
    with pytest.raises(PromptcError) as caught:
        served(str(project), "prod", None, "acme/hello")
    assert (caught.value.code, caught.value.exit_code) == ("V014", Exit.NO)
    assert served(str(project), "prod", None, "globex/hello")
