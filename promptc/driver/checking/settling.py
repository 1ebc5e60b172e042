"""Settling: findings as the settings and the allowances will have them: severity, off, suppressed.

    raw findings, settings, allowances -> [settling] -> those that count, those that are suppressed, and the counts of both
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from promptc.checks.allowances import UNUSED, Allowance, judged, said_of
from promptc.core.dataclass import replace
from promptc.core.findings import Finding
from promptc.driver.checking.outcome import Settled


class Severities:
    """The settings' severities. `labels` gives a tenant's labels."""

    def __init__(self, said: Mapping[str, Any], labels: Mapping[str, Mapping[str, str]]) -> None:
        self.plain = {code: severity for code, severity in said.items() if isinstance(severity, str)}
        self.scoped = [(scope, codes) for scope, codes in said.items() if isinstance(codes, Mapping)]
        self.labels = labels
        self.codes = self.plain.keys() | {code for _, codes in self.scoped for code in codes}

    def of(self, finding: Finding, owner: str) -> str:
        """What a finding is: the last scope that holds it decides, then the plain setting, then the check."""
        severity: str = self.plain.get(finding.code, finding.severity)
        for scope, codes in self.scoped:
            if finding.code in codes and self._holds(scope, finding, owner):
                severity = codes[finding.code]
        return severity

    def _holds(self, scope: str, finding: Finding, owner: str) -> bool:
        kind, _, said = scope.partition(":")
        if kind == "path":
            return fnmatchcase(finding.place.file, said)
        targets = [target.partition("/") for target in finding.targets]
        if kind == "prompt":
            return bool(targets) and all(prompt == said for _, _, prompt in targets)
        tenants = {tenant for tenant, _, _ in targets} or ({owner} if owner else set())
        if kind == "tenant":
            return bool(tenants) and all(fnmatchcase(tenant, said) for tenant in tenants)
        key, _, value = said.partition("=")
        return bool(tenants) and all(self.labels.get(tenant, {}).get(key) == value for tenant in tenants)


def settled(
    found: Iterable[tuple[Finding, str]], severities: Severities, allowances: Sequence[Allowance], today: str, *, is_whole: bool
) -> Settled:
    """Findings, each with the tenant in whose file it stands ("" for none), settled. Where not all was looked at (`is_whole`),
    nobody can tell which allowances are of no use.
    """
    counted: list[Finding] = []
    off = 0
    for finding, owner in found:
        severity = severities.of(finding, owner) if finding.code in severities.codes else finding.severity
        if severity == "off":
            off += 1
        else:
            counted.append(finding if severity == finding.severity else replace(finding, severity=severity))  # type: ignore[arg-type]
    kept, suppressed, used = judged(counted, allowances, today)
    for finding in said_of(allowances, used, today):
        severity = severities.of(finding, "")
        if severity != "off" and (is_whole or finding.code != UNUSED):
            kept.append(replace(finding, severity=severity))  # type: ignore[arg-type]
    return Settled(tuple(kept), tuple(suppressed), off)
