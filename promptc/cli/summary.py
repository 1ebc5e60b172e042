"""Summary: what a build came to, in a few lines that a person reads, or as JSON.

driver.build -> [summary] -> stdout, findings on stderr
"""

from __future__ import annotations

import sys
from typing import Any

from promptc.cli.findings import finding_counts, finding_json, show_findings
from promptc.cli.terminal import Paint, columns, counted, out, out_json, say_painted
from promptc.core.manifest import Change
from promptc.core.visible import visible_line
from promptc.driver.build import BuildResult

CHANGES_SHOWN_MAX = 8


def show_result(result: BuildResult, *, form: str, mode: str) -> int:
    """Show it; the exit code."""
    if form == "json":
        out_json(result_json(result))
        return int(result.exit_code)
    show_findings(result.findings)
    if result.findings:
        say_painted("")
    paint = Paint(sys.stdout)
    if result.root is None:
        _show_refusal(result, mode)
    else:
        out(_headline(result, mode, paint))
        for line in columns(_rows(result, paint), indent="  "):
            out(line)
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
        "seconds": round(result.seconds, 3),
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {"target": f"{change.tenant}/{change.prompt}", "before": change.before, "after": change.after}


def _headline(result: BuildResult, mode: str, paint: Paint) -> str:
    verb = "Built" if mode == "build" else "Checked"
    what = f"{counted(result.targets, 'target')} of {counted(result.tenants, 'tenant')}"
    return f"{paint(verb, 'bold', 'green')} {paint(what, 'bold')} in {result.seconds:.2f} s"


def _rows(result: BuildResult, paint: Paint) -> list[tuple[str, str]]:
    size = f"{result.bytes_total / 1024:,.0f} KiB"
    rows = [(paint("artifacts", "dim"), f"{result.distinct:,} distinct, {size}")]
    rows.append((paint("changes", "dim"), _changes_line(result)))
    rows += [("", line) for line in _change_lines(result, paint)]
    counts = finding_counts(result.findings)
    rows.append((paint("findings", "dim"), paint(counts, "yellow") if result.findings else counts))
    if result.not_compiled:
        missing = f"{counted(len(result.not_compiled), 'target')} did not compile and {_is(result)} not in this root"
        rows.append((paint("missing", "dim"), paint(missing, "red")))
    scope = "" if result.scope == "all" else paint("  (limited scope)", "dim")
    rows.append((paint("root", "dim"), f"{result.root}{scope}"))
    return rows


def _is(result: BuildResult) -> str:
    return "is" if len(result.not_compiled) == 1 else "are"


def _changes_line(result: BuildResult) -> str:
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
    missing = f"; {counted(len(result.not_compiled), 'target')} did not compile" if result.not_compiled else ""
    compiled = f", {counted(result.targets, 'target')} did" if result.not_compiled else ""
    verdict = "Nothing was published" if mode == "build" else "Not fit to build"
    say_painted(f"{paint(verdict, 'bold', 'red')}: {finding_counts(result.findings)}{missing}{compiled}")
    if mode == "build" and result.targets:
        say_painted(paint("`--keep-going` publishes the targets that compiled, as a root of limited scope", "dim"))
