"""Settle: everything that was said of a project, as its settings and allowances will have it.

    Raw, the build's findings, settings -> [settle] -> Settled
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptc.checks.allowances import allowances_of_settings
from promptc.core.findings import Place
from promptc.driver.checking.outcome import Raw, Settled
from promptc.driver.checking.settling import Severities, settled

if TYPE_CHECKING:
    from promptc.compiler.project import Settings
    from promptc.driver.build import BuildResult


def settle(raw: Raw, result: BuildResult, settings: Settings, today: str, *, is_whole: bool) -> Settled:
    """All findings, settled by the settings and what is allowed."""
    severities = Severities(settings.checks, raw.labels)
    allowances = [*sorted(raw.allowances, key=lambda one: one.place), *allowances_of_settings(settings.allow, Place(settings.file))]
    return settled([*((f, "") for f in result.findings), *raw.found], severities, allowances, today, is_whole=is_whole)
