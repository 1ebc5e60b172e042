"""`promptc test`: run the cases of sources/cases, or replay recorded requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import SELECT_HELP, exclude_option, format_option, select_argument

if TYPE_CHECKING:
    from promptc.driver.replay import Replay
    from promptc.driver.testing import CaseResult, Ran, Tested

NAMES_MAX = 6


@click.command(
    "test",
    cls=Command,
    help=f"""Render the cases of sources/cases for what is selected, and hold them against what they expect.

    {SELECT_HELP}

    With --replay, each line of a file of recorded requests is rendered and compared instead: identical, whitespace or
    different. Exit code 1 where a case fails or a request differs.""",
)
@select_argument()
@exclude_option()
@click.option("--replay", "replay_file", metavar="FILE", help="Hold recorded requests (JSON lines) against what is sent.")
@click.option("--update", is_flag=True, help="Write the files that `expect: {equals: FILE}` names.")
@format_option("text", "json", "junit")
def command(
    select: tuple[str, ...], exclude: tuple[str, ...], replay_file: str | None, update: bool, form: str
) -> int:
    """Parse, run, show."""
    if replay_file is not None:
        if select or exclude or update or form == "junit":
            raise click.UsageError("--replay goes with --format text or json alone: its lines name their targets")
        from promptc.driver.replay import replay

        return _show_replay(replay(start_folder(), replay_file), form)
    from promptc.driver.testing import run_cases

    return _show(run_cases(start_folder(), select, exclude, update=update), form)


def _show(tested: Tested, form: str) -> int:
    from promptc.cli.findings import finding_json, show_findings
    from promptc.cli.terminal import counted, out, out_json
    from promptc.core.visible import visible_line

    if form == "json":
        out_json({
            "cases": [_case_json(result) for result in tested.results],
            "passed": len(tested.results) - len(tested.failed),
            "failed": len(tested.failed),
            "updated": list(tested.updated),
            "not_compiled": list(tested.not_compiled),
            "findings": [finding_json(finding) for finding in tested.findings],
        })  # fmt: skip
        return tested.exit_code
    show_findings(tested.findings)
    if form == "junit":
        _show_junit(tested)
        return tested.exit_code
    for result in tested.failed:
        for line in _failure(result):
            out(line)
    for file in tested.updated:
        out(f"wrote {visible_line(file)}")
    runs = sum(len(result.runs) for result in tested.results)
    tenants = sum(result.tenants for result in tested.results)
    fine = len(tested.results) - len(tested.failed)
    out(f"{counted(fine, 'case')} passed, {len(tested.failed)} failed; {counted(runs, 'artifact')}, {counted(tenants, 'target')}")
    if tested.not_compiled:
        out(f"{counted(len(tested.not_compiled), 'target')} did not compile and ran no case")
    return tested.exit_code


def _failure(result: CaseResult) -> list[str]:
    from promptc.core.visible import visible_line

    head = f"FAILED {result.prompt} {result.name}  {visible_line(str(result.place))}"
    if not result.runs:
        return [head, "  it ran for no target: no tenant that it names has the prompt"]
    lines = [head]
    for run in result.runs:
        if run.problems:
            lines.append(f"  {_names(run)}")
            lines += [f"    {visible_line(problem)}" for problem in run.problems]
    return lines


def _names(run: Ran) -> str:
    from promptc.core.visible import visible_line

    shown = ", ".join(map(visible_line, run.tenants[:NAMES_MAX]))
    rest = len(run.tenants) - NAMES_MAX
    return f"{shown} and {rest} more" if rest > 0 else shown


def _case_json(result: CaseResult) -> dict[str, Any]:
    return {
        "prompt": result.prompt,
        "case": result.name,
        "place": {"file": result.place.file, "line": result.place.line, "column": result.place.column},
        "passed": result.passed,
        "runs": [
            {"digest": run.digest, "tenants": list(run.tenants), "problems": list(run.problems)} for run in result.runs
        ],
    }


def _show_junit(tested: Tested) -> None:
    from promptc.cli.terminal import out

    out('<?xml version="1.0" encoding="UTF-8"?>')
    out(f'<testsuite name="promptc" tests="{len(tested.results)}" failures="{len(tested.failed)}">')
    for result in tested.results:
        attributes = f"classname={_quoted(result.prompt)} name={_quoted(result.name)} file={_quoted(result.place.file)}"
        if result.passed:
            out(f"  <testcase {attributes}/>")
            continue
        said = _failure(result)
        out(f"  <testcase {attributes}>")
        out(f"    <failure message={_quoted(said[1].strip())}>{_escaped(chr(10).join(said[1:]))}</failure>")
        out("  </testcase>")
    out("</testsuite>")


def _escaped(text: str) -> str:
    from xml.sax.saxutils import escape

    return escape("".join(c for c in text if c in "\n\t" or c.isprintable()))


def _quoted(text: str) -> str:
    from xml.sax.saxutils import quoteattr

    return quoteattr("".join(c for c in text if c.isprintable()))


def _show_replay(replay: Replay, form: str) -> int:
    from promptc.cli.findings import finding_json, show_findings
    from promptc.cli.terminal import out, out_json
    from promptc.core.visible import visible_line

    counts = {verdict: replay.count(verdict) for verdict in ("identical", "whitespace", "different")}
    if form == "json":
        lines = [
            {"line": r.line, "target": r.target, "verdict": r.verdict, "problem": r.problem, "diff": list(r.lines)}
            for r in replay.results
        ]
        out_json({"lines": lines, **counts, "findings": [finding_json(finding) for finding in replay.findings]})
        return replay.exit_code
    show_findings(replay.findings)
    for result in replay.results:
        if result.verdict != "identical":
            out(f"{result.verdict.upper()} line {result.line}  {visible_line(result.target)}")
            out_lines = [result.problem] if result.problem else list(result.lines)
            for line in out_lines:
                out(f"  {visible_line(line)}")
    out(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return replay.exit_code
