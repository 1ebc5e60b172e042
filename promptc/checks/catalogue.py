"""Catalogue: every check that promptc brings, in the order of their codes. A new family adds its CHECKS here."""

from __future__ import annotations

from promptc.checks import (
    budgets,
    contracts,
    dead,
    doubtful,
    hidden,
    hostile,
    layout,
    leaks,
    personal,
    provenance,
    providers,
    rules,
)
from promptc.checks.check import Check

CHECKS: tuple[Check, ...] = (
    *hidden.CHECKS,
    *hostile.CHECKS,
    *personal.CHECKS,
    *provenance.CHECKS,
    *layout.CHECKS,
    *dead.CHECKS,
    *doubtful.CHECKS,
    *budgets.CHECKS,
    *rules.CHECKS,
    *leaks.CHECKS,
    *contracts.CHECKS,
    *providers.CHECKS,
)
