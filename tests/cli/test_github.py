"""Findings for GitHub: read back as its runner reads a log, whatever a source says."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from promptc.cli.github import ANNOTATIONS_MAX, annotations
from promptc.core.findings import Finding, Place
from promptc.core.visible import UNSAFE, visible, visible_line
from tests.cli.conftest import Promptc

COMMANDS = (
    "error",
    "warning",
    "notice",
    "debug",
    "add-mask",
    "add-matcher",
    "set-output",
    "set-env",
    "stop-commands",
    "group",
)
PIECES = [
    "::",
    ":",
    ",",
    "%",
    "%0A",
    "%3A",
    "\n",
    "\r\n",
    "\r",
    "##[error]x",
    "::error::",
    "::add-mask::x",
    "=",
    " ",
    "\x1b[31m",
    "\u2028",
    "ü",
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8).map("".join)
Command = tuple[str, dict[str, str], str]


def read(line: str) -> Command | None:
    """A line of a log as actions/runner takes it (ActionCommand.cs): `::` at its start, else `##[` anywhere."""
    trimmed = line.lstrip()
    if trimmed.startswith("::") and (end := trimmed.find("::", 2)) > 0:
        name, _, given = trimmed[2:end].partition(" ")
        if name in COMMANDS:
            pairs = (pair.split("=", 1) for pair in given.strip().split(",") if "=" in pair)
            return name, {key: unescaped(value, "%3A:", "%2C,") for key, value in pairs}, unescaped(trimmed[end + 2 :])
    at = line.find("##[")
    name = line[at + 3 :].partition("]")[0].partition(" ")[0]
    return (name, {}, "") if at >= 0 and name in COMMANDS else None


def unescaped(text: str, *more: str) -> str:
    for pair in ("%0D\r", "%0A\n", *more, "%25%"):
        text = text.replace(pair[:3], pair[3:])
    return text


def printed(lines: list[str]) -> list[Command | None]:
    """What the runner finds in what is printed: it splits at line feeds and carriage returns."""
    return [read(line) for line in "\n".join(lines).replace("\r", "\n").split("\n")]


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(["error", "warning"]))
@example("::add-mask::x", "\n::add-mask::x", "a,line=9::x%0A::error::x", "error")
def test_a_finding_is_one_command_and_says_what_it_says(file: str, message: str, hint: str, severity: str) -> None:
    place = Place(file, 4, 10)
    finding = Finding(
        "Y001", message, place, severity, hint, (("first here", place),), (("included", place),), (file, file)
    )  # type: ignore[arg-type]
    ((kind, properties, said),) = printed(annotations([finding]))  # type: ignore[misc]
    assert kind == severity
    wanted = {"file": visible_line(file), "line": "4", "col": "10", "title": "promptc Y001"}
    assert properties == {key: value for key, value in wanted.items() if file or key == "title"}
    first, _, rest = said.partition("\n")
    assert first == visible_line(message)
    assert not hint or rest.startswith(f"hint: {visible(hint)}\n")
    assert rest.endswith(f"in: {visible_line(file)}, {visible_line(file)}")
    assert not UNSAFE.search(said)


def test_the_line_as_it_is_printed() -> None:
    finding = Finding(
        "O104", "unknown layer `a,b:c`, 100% `new`", Place("tenants/a,b.yaml", 4, 10), hint="did you mean `x`?\nor `y`?"
    )
    assert annotations([finding], folder="prompts/") == [
        "::error file=prompts/tenants/a%2Cb.yaml,line=4,col=10,title=promptc O104::"
        "unknown layer `a,b:c`, 100%25 `new`%0Ahint: did you mean `x`?%0Aor `y`?"
    ]
    assert annotations([Finding("Y001", "m", Place("a.yaml"), "warning")]) == [
        "::warning file=a.yaml,title=promptc Y001::m"
    ]
    assert annotations([]) == []


def test_errors_come_first_and_many_are_counted() -> None:
    many = [Finding("Y001", f"w{n}", Place("a.yaml", n + 1), "warning") for n in range(1_200)]
    many.append(Finding("Y002", "the error", Place("a.yaml", 1)))
    made = annotations(many)
    assert len(made) == ANNOTATIONS_MAX + 1
    assert made[0].startswith("::notice title=promptc::1 error and 1,200 warnings; ")
    assert made[1].endswith("::the error")


def test_a_message_of_a_megabyte_is_cut() -> None:
    (line,) = annotations([Finding("Y001", "x" * 1_000_000, Place("a.yaml"), hint="y" * 1_000_000)])
    assert len(line) < 10_000
    assert "(1,000,000 characters)" in line


def test_check_prints_them_with_the_paths_of_the_repository(project: Path, promptc: Promptc) -> None:
    root = project.parent
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    tenant = project / "tenants" / "acme.yaml"
    tenant.write_text(tenant.read_text() + "\nextends: [plan/enterprize]\n")
    done = promptc("check", "--format", "github", cwd=project)
    assert done.returncode == 3
    assert done.stdout.startswith("::error file=project/tenants/acme.yaml,line=")
    assert "Not fit to build: 1 error" in done.stderr
    assert all(read(line) is None for line in done.stderr.splitlines())
    plain = promptc("check", cwd=project)
    assert plain.returncode == 3


def test_check_of_a_good_project_prints_nothing_on_standard_output(project: Path, promptc: Promptc) -> None:
    done = promptc("check", "--format", "github", cwd=project)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("Checked 2 targets of 2 tenants")
