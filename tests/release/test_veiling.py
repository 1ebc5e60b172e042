"""A confidential value of then is not shown by a review of what was released, whether or not its sources are still known."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from promptc.cli.main import run
from promptc.driver.build import BuildRequest, build
from promptc.driver.release.opening import opened_desk
from promptc.driver.release.planning import PromoteRequest, planned
from promptc.driver.release.promote import promote

HELLO = Path(__file__).parents[1] / "stories" / "projects" / "hello"
DECLARED = 'rubric: {type: string, default: "", set_by: [tenant], confidential: true}\n'
FORMS = ("text", "json", "html", "markdown", "github")


def release(folder: Path) -> None:
    build(BuildRequest(str(folder)))
    desk = opened_desk(str(folder), None, create=True)
    made = planned(desk, PromoteRequest("prod", new=True))
    promote(desk, made.plan, who="ann", source=made.source)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two releases with a confidential value each, and a build without any."""
    folder = Path(shutil.copytree(HELLO, tmp_path / "project"))
    with (folder / "sources/variables.yaml").open("a") as file:
        file.write(DECLARED)
    prompt = folder / "sources/prompts/hello.prompt.j2"
    text = prompt.read_text().replace("Be brief.", "Be brief. {{ vars.rubric | upper }} and {{ vars.rubric }}\nBe kind.")
    prompt.write_text(text)
    acme = folder / "tenants/acme.yaml"
    plain = acme.read_text()
    for value in ("Ultra secret one", "Deep secret two"):
        acme.write_text(plain + f"  rubric: {value}\n")
        prompt.write_text(prompt.read_text().replace("Be kind", "Be very kind"))
        release(folder)
    acme.write_text(plain)
    build(BuildRequest(str(folder)))
    return folder


@pytest.mark.parametrize("words", ["prod@1 prod@2", "prod@2 build", "prod@1 build", "prod@1", "prod"])
def test_no_form_of_a_review_shows_it(words: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for form in FORMS:
        run(["-C", str(project), "diff", *words.split(), "--format", form])
        said = capsys.readouterr()
        assert "secret" not in (said.out + said.err).lower(), form
        assert "acme" in said.out or form == "github", "annotations need places in sources"


def test_who_asks_for_it_sees_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["-C", str(project), "diff", "prod@2", "build", "--reveal"])
    assert "Deep secret two" in capsys.readouterr().out
