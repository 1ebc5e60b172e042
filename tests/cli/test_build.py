"""Building: what is published, what is compared, and what findings look like."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from promptc.cli.findings import BODIES_MAX, finding_counts, finding_text, show_findings
from promptc.cli.terminal import Paint, columns, json_safe, width_of
from promptc.core.errors import Exit
from promptc.core.findings import Finding, Place
from promptc.core.manifest import walk
from promptc.driver.build import BuildRequest, build, exit_code_of
from promptc.stores.build import BuildFolder
from tests.cli.conftest import COMMAND, environment


def targets(project: Path) -> list[str]:
    store = BuildFolder(project / "build")
    latest = store.latest()
    assert latest is not None
    return [f"{tenant}/{prompt}" for tenant, prompt, _ in walk(store.get, latest.root)]


def test_the_same_sources_give_the_same_root(project: Path) -> None:
    first = build(BuildRequest(str(project)))
    again = build(BuildRequest(str(project)))
    assert first.root == again.root
    assert (first.changes, again.changes) == (None, ())
    assert targets(project) == ["acme/reply", "globex/reply"]
    assert build(BuildRequest(str(project), mode="check")).root == first.root


def test_changes_since_the_last_build(project: Path) -> None:
    build(BuildRequest(str(project)))
    (project / "tenants" / "globex.yaml").unlink()
    (project / "tenants" / "initech.yaml").write_text("variables: {product: Initech}\n")
    acme = project / "tenants" / "acme.yaml"
    acme.write_text(acme.read_text().replace("product: Acme", "product: Acme Two"))
    checked = build(BuildRequest(str(project), mode="check"))
    changes = build(BuildRequest(str(project))).changes
    assert changes == checked.changes
    assert changes is not None
    assert [(c.tenant, c.before is None, c.after is None) for c in changes] == [
        ("acme", False, False),
        ("globex", False, True),
        ("initech", True, False),
    ]


def test_a_selection_removes_nothing(project: Path) -> None:
    build(BuildRequest(str(project)))
    result = build(BuildRequest(str(project), ("acme",)))
    assert result.scope == "selected"
    assert result.changes == ()


def test_an_error_publishes_nothing(project: Path) -> None:
    build(BuildRequest(str(project)))
    before = (project / "build" / "latest.json").read_bytes()
    (project / "tenants" / "globex.yaml").write_text("variables: {tone: loud}\n")
    result = build(BuildRequest(str(project)))
    assert (result.published, result.root, result.not_compiled) == (False, None, ("globex/reply",))
    assert result.exit_code == Exit.SOURCES
    assert (project / "build" / "latest.json").read_bytes() == before
    kept = build(BuildRequest(str(project), keep_going=True))
    assert (kept.published, kept.scope, kept.exit_code) == (True, "selected", Exit.SOURCES)
    assert targets(project) == ["acme/reply"]


def test_two_builds_at_once(project: Path) -> None:
    running = [
        subprocess.Popen(
            [*COMMAND, "build", "--format", "json"], cwd=project, env=environment(), stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    roots = {json.loads(process.communicate(timeout=60)[0])["root"] for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(roots) == 1


def test_the_record_says_what_it_was_made_of(project: Path) -> None:
    from promptc.core.record import Record

    def git(*arguments: str) -> str:
        name = ["-c", "user.name=t", "-c", "user.email=t@t"]
        return subprocess.run(
            ["git", *name, *arguments], cwd=project, check=True, capture_output=True, text=True
        ).stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    commit = git("rev-parse", "HEAD").strip()

    store = BuildFolder(project / "build")

    def record() -> Record:
        latest = store.latest()
        assert latest is not None
        found = Record.decode(store.get(latest.record))
        assert found.root == latest.root
        return found

    build(BuildRequest(str(project)))
    assert record().commit == commit
    assert set(record().toolchain) == {"promptc", "python", "jinja2", "markupsafe", "pyyaml"}
    assert "tenants/acme.yaml" in record().sources_from(store.get)
    with (project / "tenants" / "acme.yaml").open("a") as file:
        file.write("# a comment\n")
    build(BuildRequest(str(project)))
    assert record().commit == commit + "+"
    git("commit", "-qam", "two")
    build(BuildRequest(str(project)))
    assert record().commit == git("rev-parse", "HEAD").strip()


PLACE = Place("tenants/acme.yaml", 4, 10)


def test_a_finding_in_the_house_shape() -> None:
    finding = Finding(
        "O104", "unknown layer `industry/helthcare`", PLACE, hint="did you mean `industry/healthcare`?",
        related=(("declared here", Place("a.yaml", 1)),), trail=(("included", Place("b.j2", 2)),),
        targets=("a/x", "b/x", "c/x", "d/x"),
    )  # fmt: skip
    assert finding_text(finding, Paint(None)) == (
        "tenants/acme.yaml:4:10: error[O104]: unknown layer `industry/helthcare`\n"
        "  hint: did you mean `industry/healthcare`?\n"
        "  note: declared here: a.yaml:1\n"
        "  from: included: b.j2:2\n"
        "  in:   a/x, b/x, c/x and 1 more target"
    )


def test_foreign_text_in_findings_is_shown_and_not_obeyed() -> None:
    hostile = "a\x1b[2Jb\x07c\u202ed\ne\x9bf\U000e0041"
    finding = Finding("O101", hostile, Place(hostile, 1), hint=hostile, related=((hostile, PLACE),), targets=(hostile,))
    text = finding_text(finding, Paint(None))
    assert not set(text) & set("\x1b\x07\u202e\x9b\U000e0041")
    assert "a\\x1b[2Jb\\x07c\\u{202E}d\\ne\\x9bf\\u{E0041}" in text.splitlines()[0]


def test_bodies_are_cut_and_counts_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    findings = [Finding("O101", f"number {n}", Place("a.yaml", n), "warning") for n in range(BODIES_MAX + 50)]
    findings.append(Finding("O104", "the error", PLACE))
    show_findings(findings)
    err = capsys.readouterr().err
    assert err.splitlines()[0].endswith("error[O104]: the error")
    assert err.count("warning[") == BODIES_MAX - 1
    assert "51 more findings" in err
    assert finding_counts(findings) == "1 error, 250 warnings"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [((), 0), (("O101",), 3), (("B001",), 8), (("B001", "B003"), 8), (("B001", "O101"), 3)],
)
def test_exit_codes_of_findings(codes: tuple[str, ...], expected: int) -> None:
    assert exit_code_of([Finding(code, "x", PLACE) for code in codes]) == expected
    assert exit_code_of([Finding(code, "x", PLACE, "warning") for code in codes]) == 0


def test_tables_align_wide_characters() -> None:
    assert width_of("다온") == 4
    assert width_of("é") == 1
    assert columns([("다온", "x"), ("abcd", "y")]) == ["다온  x", "abcd  y"]


def test_json_stays_the_same_value() -> None:
    value = {"a": "\x7f\x9b\u202e\U000e0041 é 다"}
    safe = json_safe(json.dumps(value, ensure_ascii=False))
    assert json.loads(safe) == value
    assert not set(safe) & set("\x7f\x9b\u202e\U000e0041")
