"""`promptc check`: compile as `build` does and publish nothing; then look for what a careful reviewer would look for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import (
    SELECT_HELP,
    complete_target,
    exclude_option,
    format_option,
    jobs_option,
    select_argument,
)

if TYPE_CHECKING:
    from promptc.driver.checking import Checked


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    from promptc.checks.catalogue import CHECKS

    return [code for code in dict.fromkeys(check.code for check in CHECKS) if code.startswith(incomplete)]


@click.command(
    "check",
    cls=Command,
    help=f"""Compile targets as build does, publish nothing, and run every check.

    Checks look for hidden and hostile text, personal data and secrets, examples whose consent ran out, what breaks a
    provider's cache, what nobody uses, and budgets; docs/checks.md explains them, `promptc help CODE` each one. Warnings
    exit with 0, or with 1 under --strict. What is allowed at its place is counted.

    {SELECT_HELP}""",
)
@select_argument()
@exclude_option()
@click.option("--only", multiple=True, metavar="CODE", shell_complete=_complete, help="Say findings of this code alone; may be repeated.")
@click.option("--strict", is_flag=True, help="Exit with 1 when there are warnings.")
@click.option(
    "--why-no-leak", "proven", metavar="TENANT/PROMPT", shell_complete=complete_target,
    help="Show where each piece of one compiled prompt comes from, and whose it is.",
)  # fmt: skip
@click.option("--markers", is_flag=True, help="Look for markers of `promptc plant` in the folders and files that are named instead.")
@jobs_option()
@format_option("text", "json", "sarif", "github")
def command(
    select: tuple[str, ...], exclude: tuple[str, ...], only: tuple[str, ...], strict: bool, proven: str | None, markers: bool,
    jobs: int | None, form: str,
) -> int:  # fmt: skip
    """Parse, check, show."""
    if proven is not None or markers:
        if exclude or only or form not in ("text", "json") or (proven is not None and (select or markers)):
            raise click.UsageError("--why-no-leak and --markers go with --format text or json alone, each by itself")
        return _beside(select, proven, form)
    from promptc.cli.progress import progress
    from promptc.driver.checking import CheckRequest, check

    codes = tuple(code.upper() for one in only for code in one.replace(",", " ").split())
    with progress("Checking", quiet=form != "text") as on_progress:
        checked = check(CheckRequest(start_folder(), select, exclude, codes, jobs or 0), on_progress)
    code = int(checked.exit_code(strict=strict))
    _SHOW[form](checked)
    return code


def _beside(folders: tuple[str, ...], proven: str | None, form: str) -> int:
    """What `--why-no-leak` and `--markers` ask, which run no check."""
    if proven is not None:
        from promptc.cli.proof import show_proof
        from promptc.driver.proof import prove

        return show_proof(prove(start_folder(), proven), form)
    if not folders:
        raise click.UsageError("--markers takes the folder that was planted, and others to look through")
    from promptc.cli.markers import show_markers
    from promptc.driver.markers import search

    return show_markers(search(folders), form)


def _show_json(checked: Checked) -> None:
    from promptc.cli.findings import finding_json
    from promptc.cli.summary import result_json
    from promptc.cli.terminal import out_json

    counts = checked.counts
    out_json(
        {
            **result_json(checked.result),
            "findings": [finding_json(finding) for finding in checked.findings],
            "errors": counts.errors,
            "warnings": counts.warnings,
            "checked": not counts.unchecked,
            "suppressed": [
                {**finding_json(finding), "until": allowance.until, "because": allowance.reason, "allowed_at": str(allowance.place)}
                for finding, allowance in checked.suppressed
            ],
            "off": counts.off,
            "seconds": round(checked.seconds, 3),
        }
    )


def _show_sarif(checked: Checked) -> None:
    from promptc.cli.github import folder_in_repository
    from promptc.cli.sarif import sarif
    from promptc.cli.terminal import out_json

    folder = folder_in_repository(start_folder())
    out_json(sarif(checked.findings, checked.suppressed, titles=checked.titles, folder=folder))


def _show_github(checked: Checked) -> None:
    from promptc.cli.github import annotations, folder_in_repository
    from promptc.cli.terminal import Paint, out, say_painted

    folder = folder_in_repository(start_folder()) if checked.findings else ""
    for line in annotations(checked.findings, folder=folder):
        out(line)
    sys.stdout.flush()
    say_painted(_headline(checked, Paint(sys.stderr)))


def _show_text(checked: Checked) -> None:
    from promptc.cli.findings import finding_counts, show_findings
    from promptc.cli.summary import changes_line
    from promptc.cli.terminal import Paint, columns, counted, out, say_painted

    show_findings(checked.findings)
    if checked.findings:
        say_painted("")
    if checked.counts.unchecked:
        say_painted(_headline(checked, Paint(sys.stderr)))
        return
    paint = Paint(sys.stdout)
    result, counts = checked.result, checked.counts
    said = finding_counts(checked.findings)
    rows = [
        (paint("artifacts", "dim"), f"{result.distinct:,} distinct, {result.bytes_total / 1024:,.0f} KiB"),
        (paint("changes", "dim"), changes_line(result)),
        (paint("findings", "dim"), paint(said, "yellow") if checked.findings else said),
    ]
    if counts.suppressed or counts.off:
        off = f", {counts.off:,} turned off by the settings" if counts.off else ""
        rows.append((paint("allowed", "dim"), f"{counted(counts.suppressed, 'finding')} at its place{off}"))
    scope = "" if result.scope == "all" else paint("  (limited scope)", "dim")
    rows.append((paint("root", "dim"), f"{result.root}{scope}"))
    out(_headline(checked, paint))
    for line in columns(rows, indent="  "):
        out(line)


def _headline(checked: Checked, paint: Any) -> str:
    from dataclasses import replace

    from promptc.cli.summary import headline, refusal_line

    result = replace(checked.result, seconds=checked.seconds)
    return refusal_line(result, "check", paint) if checked.counts.unchecked else headline(result, "check", paint)


_SHOW = {"text": _show_text, "json": _show_json, "sarif": _show_sarif, "github": _show_github}
