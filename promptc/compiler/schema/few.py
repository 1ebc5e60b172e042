"""Few: at most twenty places of one code in one file, and a count of the rest, so that a broken file stays readable.

Counts are never cut, only bodies. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from promptc.core.dataclass import replace
from promptc.core.findings import Finding, Place
from promptc.core.visible import UNSAFE, visible_line

PLACES_MAX = 20
_COUNTED = re.compile(r"([0-9,]+) more of this kind in this file\Z")


def few(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of one file, those beyond the twentieth of a code counted in one; the same when asked again."""
    every = list(findings)
    if len(every) <= PLACES_MAX:
        return tuple(every)
    kept: list[Finding] = []
    last: dict[str, Finding] = {}
    counts: dict[str, int] = {}
    rest: dict[str, int] = {}
    for finding in every:
        counted = _COUNTED.match(finding.message)
        if counted:
            rest[finding.code] = rest.get(finding.code, 0) + int(counted[1].replace(",", ""))
        else:
            counts[finding.code] = counts.get(finding.code, 0) + 1
            if counts[finding.code] <= PLACES_MAX:
                kept.append(finding)
        last[finding.code] = finding
    for code, count in counts.items():
        rest[code] = rest.get(code, 0) + max(0, count - PLACES_MAX)
    return (*kept, *(more(last[code], count) for code, count in rest.items() if count))


def readable(finding: Finding) -> Finding:
    """The finding with what it quotes made visible: names and keys in it are foreign text."""
    if UNSAFE.search(finding.message) or UNSAFE.search(finding.hint) or "\n" in finding.message + finding.hint:
        return replace(finding, message=visible_line(finding.message), hint=visible_line(finding.hint))
    return finding


def more(finding: Finding, count: int) -> Finding:
    """The finding that counts further ones of its kind."""
    said = f"{count:,} more of this kind in this file"
    return replace(finding, message=said, place=Place(finding.place.file), hint="", related=())
