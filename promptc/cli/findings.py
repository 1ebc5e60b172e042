"""Findings on the terminal: place, code, message, hint, further places, the way there, and the targets.

    driver -> findings -> [this] -> stderr, or JSON

Everything that a source wrote is made visible before it is coloured. Bodies are cut when there are very many; counts never.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from promptc.cli.terminal import Paint, Style, counted, say_painted
from promptc.core.visible import visible, visible_line

if TYPE_CHECKING:
    from promptc.core.findings import Finding, Place

BODIES_MAX = 200


def show_findings(findings: Sequence[Finding]) -> None:
    """Findings on standard error: errors first, so that the end of a cut list is warnings."""
    paint = Paint(sys.stderr)
    ordered = [f for f in findings if f.is_error] + [f for f in findings if not f.is_error]
    for finding in ordered[:BODIES_MAX]:
        say_painted(finding_text(finding, paint))
    if len(ordered) > BODIES_MAX:
        rest = len(ordered) - BODIES_MAX
        say_painted(paint(f"… and {counted(rest, 'more finding')}: `--format json` has them all", "dim"))


def finding_text(finding: Finding, paint: Paint) -> str:
    """One finding in the house shape, several lines."""
    colour: Style = "red" if finding.is_error else "yellow"
    head = f"{paint(_place(finding.place), 'bold')}: {paint(f'{finding.severity}[{finding.code}]', 'bold', colour)}: "
    lines = [head + _literals(visible_line(finding.message), paint)]
    if finding.hint:
        first, *rest = visible(finding.hint).split("\n")
        lines.append(f"  {paint('hint:', 'cyan')} {_literals(first, paint)}")
        lines += [f"        {line}" for line in rest]
    lines += [f"  {paint('note:', 'dim')} {visible_line(text)}: {_place(place)}" for text, place in finding.related]
    lines += [f"  {paint('from:', 'dim')} {visible_line(text)}: {_place(place)}" for text, place in finding.trail]
    if finding.targets:
        lines.append(f"  {paint('in:', 'dim')}   {_targets(finding.targets)}")
    return "\n".join(lines)


def finding_counts(findings: Sequence[Finding]) -> str:
    """`2 errors, 1 warning`, or `0 findings`."""
    errors = sum(f.is_error for f in findings)
    warnings = len(findings) - errors
    said = [counted(errors, "error")] * bool(errors) + [counted(warnings, "warning")] * bool(warnings)
    return ", ".join(said) or "0 findings"


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding as JSON data (docs/command-line.md)."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        "place": _place_json(finding.place),
        "related": [{"text": text, "place": _place_json(place)} for text, place in finding.related],
        "trail": [{"text": text, "place": _place_json(place)} for text, place in finding.trail],
        "targets": list(finding.targets),
    }


def _place(place: Place) -> str:
    return visible_line(str(place))


def _place_json(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}


def _targets(targets: Sequence[str]) -> str:
    shown = ", ".join(visible_line(target) for target in targets[:3])
    return shown if len(targets) <= 3 else f"{shown} and {counted(len(targets) - 3, 'more target')}"


def _literals(text: str, paint: Paint) -> str:
    """What stands in backticks, in bold; the backticks stay, so that copied text is the same."""
    if not paint.on:
        return text
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return text
    return "".join(paint(f"`{part}`", "bold") if i % 2 else part for i, part in enumerate(parts))
