"""Outcome: what a run of checks came to, before it is counted and shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding

if TYPE_CHECKING:
    from promptc.checks.allowances import Allowance
    from promptc.checks.check import Check
    from promptc.driver.build import BuildResult


@dataclass(frozen=True, slots=True)
class Settled:
    """What counts, what was allowed and why, and how many findings the settings turned off."""

    findings: tuple[Finding, ...]
    suppressed: tuple[tuple[Finding, Allowance], ...]
    off: int


@dataclass(slots=True)
class Outcome:
    """What a run came to: the build's result, what was settled (None where nothing compiled), and a team's own checks."""

    result: BuildResult
    settled: Settled | None
    own: tuple[Check, ...]


@dataclass(slots=True)
class Raw:
    """What checks said before it is settled, each with the tenant in whose file it stands; what is allowed; tenants' labels."""

    found: list[tuple[Finding, str]]
    allowances: list[Allowance]
    labels: Mapping[str, Mapping[str, str]]
