"""SARIF: findings as a log that code-scanning services read (SARIF 2.1.0, OASIS, 2020).

    findings -> [sarif] -> JSON

Suppressed findings are in it with their reason, as the standard has it, so that services count them as such.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from promptc import __version__
from promptc.core.codes import CODES
from promptc.core.visible import visible, visible_line

if TYPE_CHECKING:
    from promptc.checks.allowances import Allowance
    from promptc.core.findings import Finding, Place

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RESULTS_MAX = 25_000  # what GitHub's code scanning takes in one run


def sarif(
    findings: Iterable[Finding],
    suppressed: Iterable[tuple[Finding, Allowance]],
    *,
    titles: Mapping[str, str],
    folder: str = "",
) -> dict[str, Any]:
    """A log of one run. `folder` is the project's in its repository."""
    results = [_result(finding, folder) for finding in findings]
    results += [
        {**_result(finding, folder), "suppressions": [{"kind": "inSource", "justification": visible_line(allowance.reason)}]}
        for finding, allowance in suppressed
    ]
    codes = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = codes.index(result["ruleId"])
    driver = {
        "name": "promptc",
        "semanticVersion": __version__,
        "rules": [_rule(code, titles) for code in codes],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, titles: Mapping[str, str]) -> dict[str, Any]:
    known = CODES.get(code)
    if known is None:
        return {"id": code, "shortDescription": {"text": visible_line(titles.get(code) or code)}}
    return {
        "id": code,
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": known.why},
        "help": {"text": known.mend},
    }


def _result(finding: Finding, folder: str) -> dict[str, Any]:
    text = visible_line(finding.message)
    if finding.hint:
        text += f"\nhint: {visible(finding.hint)}"
    made: dict[str, Any] = {
        "ruleId": finding.code,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [_location(finding.place, folder)],
        "partialFingerprints": {"promptc/1": _fingerprint(finding)},
    }
    if finding.related:
        made["relatedLocations"] = [
            {**_location(place, folder), "id": number, "message": {"text": visible_line(said)}}
            for number, (said, place) in enumerate(finding.related)
        ]
    if finding.targets:
        made["properties"] = {"targets": [visible_line(target) for target in finding.targets]}
    return made


def _location(place: Place, folder: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(f"{folder}{place.file}")}}
    if place.line:
        physical["region"] = {"startLine": place.line, **({"startColumn": place.column} if place.column else {})}
    return {"physicalLocation": physical}


def _fingerprint(finding: Finding) -> str:
    # Without the line: a finding that only moved is the same one.
    return hashlib.sha256(f"{finding.code}\0{finding.place.file}\0{finding.message}".encode()).hexdigest()[:32]
