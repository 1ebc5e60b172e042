"""Shifts: shares of variants that two roots give differently, those of many tenants together.

    allocations that differ -> [shifts] -> core.review.Shift -> a review
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from promptc.core.allocation import family_of, read_allocation
from promptc.core.digest import Digest
from promptc.core.document import Get
from promptc.core.manifest import Change
from promptc.core.review import Shift


def shifts_of(get: Get, changes: Iterable[Change]) -> tuple[Shift, ...]:
    """Each way in which shares differ, that of most tenants first."""
    found: dict[tuple[str, Digest | None, Digest | None], list[str]] = {}
    for change in changes:
        found.setdefault((family_of(change.prompt), change.before, change.after), []).append(change.tenant)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0][0], item[1][0]))
    return tuple(
        Shift(prompt, _shares(get, before), _shares(get, after), tuple(tenants)) for (prompt, before, after), tenants in ordered
    )


def _shares(get: Get, digest: Digest | None) -> Mapping[str, float]:
    return {} if digest is None else read_allocation(get, digest).shares
