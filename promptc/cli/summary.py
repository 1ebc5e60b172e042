"""Summary: what a build came to, in a few lines that a person reads, or as JSON.

driver.build -> [summary] -> stdout, findings on stderr
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from promptc.cli.findings import finding_counts, finding_json, show_findings
from promptc.cli.terminal import Paint, columns, counted, out, out_json, say_painted
from promptc.core.visible import visible_line

if TYPE_CHECKING:
    from promptc.core.manifest import Change
    from promptc.driver.build import BuildResult, Cause

CHANGES_SHOWN_MAX = 8
CAUSES_SHOWN_MAX = 12


def show_result(result: BuildResult, *, form: str, mode: str) -> int:
    """Show it; the exit code."""
    if form == "json":
        out_json(result_json(result))
        return int(result.exit_code)
    if form == "github":
        return _show_annotations(result, mode)
    show_findings(result.findings)
    if result.findings:
        say_painted("")
    paint = Paint(sys.stdout)
    if result.root is None:
        _show_refusal(result, mode)
    else:
        out(headline(result, mode, paint))
        for line in columns(_rows(result, paint), indent="  "):
            out(line)
    return int(result.exit_code)


def _show_annotations(result: BuildResult, mode: str) -> int:
    """Findings for GitHub alone: what is said beside them holds no text of a source, which could be a command there."""
    from promptc.cli.github import annotations, folder_in_repository
    from promptc.cli.group import start_folder

    folder = folder_in_repository(start_folder()) if result.findings else ""
    for line in annotations(result.findings, folder=folder):
        out(line)
    sys.stdout.flush()
    if result.root is None:
        _show_refusal(result, mode)
    else:
        say_painted(headline(result, mode, Paint(sys.stderr)))
    return int(result.exit_code)


def result_json(result: BuildResult) -> dict[str, Any]:
    """The result as JSON data (docs/command-line.md). The time it took is the only part that isn't the sources'."""
    return {
        "root": result.root,
        "scope": result.scope,
        "published": result.published,
        "targets": result.targets,
        "tenants": result.tenants,
        "distinct": result.distinct,
        "bytes": result.bytes_total,
        "changes": None if result.changes is None else [_change_json(c) for c in result.changes],
        "not_compiled": list(result.not_compiled),
        "findings": [finding_json(f) for f in result.findings],
        "errors": sum(f.is_error for f in result.findings),
        "warnings": sum(not f.is_error for f in result.findings),
        "verified": result.verified,
        "causes": None if result.causes is None else [_cause_json(cause) for cause in result.causes],
        "seconds": round(result.seconds, 3),
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {"target": f"{change.tenant}/{change.prompt}", "before": change.before, "after": change.after}


def _cause_json(cause: Cause) -> dict[str, Any]:
    return {
        "what": cause.what, "place": cause.place, "before": cause.before, "after": cause.after,
        "targets": cause.targets, "changed": cause.changed,
    }  # fmt: skip


def headline(result: BuildResult, mode: str, paint: Paint) -> str:
    """`Built 145 targets of 35 tenants in 0.21 s`."""
    verb = "Built" if mode == "build" else "Checked"
    what = f"{counted(result.targets, 'target')} of {counted(result.tenants, 'tenant')}"
    return f"{paint(verb, 'bold', 'green')} {paint(what, 'bold')} in {result.seconds:.2f} s"


def _rows(result: BuildResult, paint: Paint) -> list[tuple[str, str]]:
    size = f"{result.bytes_total / 1024:,.0f} KiB"
    rows = [(paint("artifacts", "dim"), f"{result.distinct:,} distinct, {size}")]
    rows.append((paint("changes", "dim"), changes_line(result)))
    rows += [("", line) for line in _change_lines(result, paint)]
    rows += _cause_rows(result, paint)
    counts = finding_counts(result.findings)
    rows.append((paint("findings", "dim"), paint(counts, "yellow") if result.findings else counts))
    if result.not_compiled:
        missing = f"{counted(len(result.not_compiled), 'target')} did not compile and {_is(result)} not in this root"
        rows.append((paint("missing", "dim"), paint(missing, "red")))
    if result.verified:
        said = f"{counted(result.verified, 'target')} compiled again without any cache, every byte the same"
        rows.append((paint("verified", "dim"), paint(said, "green")))
    scope = "" if result.scope == "all" else paint("  (limited scope)", "dim")
    rows.append((paint("root", "dim"), f"{result.root}{scope}"))
    return rows


def _cause_rows(result: BuildResult, paint: Paint) -> list[tuple[str, str]]:
    """Why targets were compiled again, the largest group first."""
    if result.causes is None:
        return []
    if not result.causes:
        return [(paint("again", "dim"), "nothing was compiled again")]
    rows = []
    for number, cause in enumerate(result.causes[:CAUSES_SHOWN_MAX]):
        label = "" if number else paint("again", "dim")
        place = f"  {paint(visible_line(cause.place), 'dim')}" if cause.place else ""
        rows.append((label, f"{_reached(cause)}: {paint(visible_line(cause.what), 'bold')}{place}"))
        if cause.before or cause.after:
            rows.append(("", f"  {paint('-', 'red')} {visible_line(cause.before)}"))
            rows.append(("", f"  {paint('+', 'green')} {visible_line(cause.after)}"))
    if len(result.causes) > CAUSES_SHOWN_MAX:
        rest = len(result.causes) - CAUSES_SHOWN_MAX
        rows.append(("", paint(f"… and {counted(rest, 'more cause')}: `--format json` has them all", "dim")))
    return rows


def _reached(cause: Cause) -> str:
    """`12 targets, 3 came out different`; of what is new or gone there is nothing to compare."""
    from promptc.driver.causes import GONE, NEW

    if cause.what == GONE:
        return counted(cause.changed, "target")
    if cause.what in NEW:
        return counted(cause.targets, "target")
    return f"{counted(cause.targets, 'target')}, {f'{cause.changed:,}' if cause.changed else 'none'} came out different"


def _is(result: BuildResult) -> str:
    return "is" if len(result.not_compiled) == 1 else "are"


def changes_line(result: BuildResult) -> str:
    """`3 changed, 1 added since the last build`."""
    if result.changes is None:
        return "nothing was built before" if result.published else "nothing is built yet to compare with"
    if not result.changes:
        return "none since the last build"
    kinds = [_kind(c) for c in result.changes]
    said = [f"{kinds.count(kind):,} {kind}" for kind in ("changed", "added", "removed") if kind in kinds]
    return f"{', '.join(said)} since the last build"


def _kind(change: Change) -> str:
    return "added" if change.before is None else "removed" if change.after is None else "changed"


def _change_lines(result: BuildResult, paint: Paint) -> list[str]:
    changes = result.changes or ()
    marks = {"changed": paint("~", "yellow"), "added": paint("+", "green"), "removed": paint("-", "red")}
    lines = [f"{marks[_kind(c)]} {visible_line(f'{c.tenant}/{c.prompt}')}" for c in changes[:CHANGES_SHOWN_MAX]]
    if len(changes) > CHANGES_SHOWN_MAX:
        lines.append(paint(f"… and {len(changes) - CHANGES_SHOWN_MAX:,} more", "dim"))
    return lines


def _show_refusal(result: BuildResult, mode: str) -> None:
    paint = Paint(sys.stderr)
    say_painted(refusal_line(result, mode, paint))
    if mode == "build" and result.targets:
        say_painted(paint("`--keep-going` publishes the targets that compiled, as a root of limited scope", "dim"))


def refusal_line(result: BuildResult, mode: str, paint: Paint) -> str:
    """`Nothing was published: 1 error; 1 target did not compile, 144 targets did`."""
    missing = f"; {counted(len(result.not_compiled), 'target')} did not compile" if result.not_compiled else ""
    compiled = f", {counted(result.targets, 'target')} did" if result.not_compiled else ""
    verdict = "Nothing was published" if mode == "build" else "Not fit to build"
    return f"{paint(verdict, 'bold', 'red')}: {finding_counts(result.findings)}{missing}{compiled}"
