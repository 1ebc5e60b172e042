"""Allowances: findings that somebody allowed at their place, with a reason and an expiry.

    texts -> [allowances] -> Allowance; findings, allowances, today -> those that stay, those that are suppressed

`{# promptc: allow W101 until 2027-01-31 because the address is the public one #}` in a template, the same after `#` in YAML:
for the line that it stands on, or for the next line when it stands alone on its own. `allow W101 in this file until …` is
for the whole file. What can't hold a comment (JSON, JSONL) is allowed in the settings (`allow`). One that has expired
allows nothing any more, and one that allows nothing is said. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding, Place
from promptc.core.pattern import Pattern

if TYPE_CHECKING:
    from promptc.checks.check import Text

EXPIRED, UNUSED, MALFORMED = "W901", "W902", "W903"
_MARK = "promptc: allow"
_COMMENT = Pattern(r"\{#-?(?P<template>.*?)-?#\}|(?:^|(?<=\s))#(?P<yaml>[^\n]*)", re.DOTALL | re.MULTILINE)
_WELL_FORMED = Pattern(
    r"\s*promptc: allow\s+(?P<codes>[A-Z]+\d{3}(?:\s*,\s*[A-Z]+\d{3})*)(?P<file>\s+in\s+this\s+file)?"
    r"\s+until\s+(?P<until>\d{4}-\d\d-\d\d)\s+because\s+(?P<reason>\S.*)",
    re.DOTALL,
)
_HINT = "write `promptc: allow W101 until 2027-01-31 because REASON`"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one comment or setting allows. `lines` are those it is for, none for the whole file; `files` a glob."""

    codes: tuple[str, ...]
    files: str
    until: str
    reason: str
    place: Place
    lines: tuple[int, ...] = ()

    def covers(self, finding: Finding) -> bool:
        """Whether it is for a finding."""
        if finding.code not in self.codes:
            return False
        if self.lines:
            return finding.place.file == self.files and finding.place.line in self.lines
        return finding.place.file == self.files or fnmatchcase(finding.place.file, self.files)


def read_allowances(text: Text) -> tuple[list[Allowance], list[Finding]]:
    """The allowances that a text's comments hold, and what is wrong with some."""
    found: list[Allowance] = []
    wrong: list[Finding] = []
    if _MARK not in text.text or text.role == "signups" or text.file.endswith(".json"):
        return found, wrong
    is_template = text.file.endswith(".j2")
    # A prompt's front matter is YAML, with YAML's comments.
    front = text.text.find("\n---", 3) if is_template and text.text.startswith("---\n") else -1
    for match in _COMMENT.finditer(text.text):
        comment = match["template" if is_template and match.start() > front else "yaml"]
        if comment is None or _MARK not in comment:
            continue
        place = text.place(match.start())
        said = _WELL_FORMED.match(comment)
        if said is None:
            message = "an allowance without a code, a date or a reason allows nothing"
            wrong.append(Finding(MALFORMED, message, place, "warning", hint=_HINT))
        else:
            lines = () if said["file"] else _lines(text, match)
            codes = tuple(re.split(r"\s*,\s*", said["codes"]))
            reason = " ".join(said["reason"].split())
            found.append(Allowance(codes, text.file, said["until"], reason, place, lines))
    return found, wrong


def _lines(text: Text, match: re.Match[str]) -> tuple[int, ...]:
    first, last = text.place(match.start()).line, text.place(match.end() - 1).line
    start = text.text.rfind("\n", 0, match.start()) + 1
    end = text.text.find("\n", match.end())
    alone = not text.text[start : match.start()].strip() and not text.text[match.end() : end if end >= 0 else None].strip()
    if not alone:
        return tuple(range(first, last + 1))
    following = last + 1
    while text.line(following).lstrip().startswith(("#", "{#")):  # several allowances above one line
        following += 1
    return (following,)


def allowances_of_settings(listed: Sequence[Mapping[str, Any]], place: Place) -> list[Allowance]:
    """Those that the settings hold, whose form the settings' schema has checked."""
    return [
        Allowance((one["code"],), one["in"], one["until"], one["because"], place, tuple(filter(None, [one.get("line", 0)])))
        for one in listed
    ]


def judged(
    findings: Iterable[Finding], allowances: Sequence[Allowance], today: str
) -> tuple[list[Finding], list[tuple[Finding, Allowance]], frozenset[int]]:
    """Findings that stay, those that are suppressed with what allows them, and the numbers of allowances that were of use."""
    kept: list[Finding] = []
    suppressed: list[tuple[Finding, Allowance]] = []
    used: set[int] = set()
    by_code: dict[str, list[int]] = {}
    for number, allowance in enumerate(allowances):
        for code in allowance.codes:
            by_code.setdefault(code, []).append(number)
    for finding in findings:
        numbers = [n for n in by_code.get(finding.code, ()) if allowances[n].covers(finding)]
        used.update(numbers)
        valid = next((allowances[n] for n in numbers if allowances[n].until >= today), None)
        if valid is None:
            kept.append(finding)
        else:
            suppressed.append((finding, valid))
    return kept, suppressed, frozenset(used)


def said_of(allowances: Sequence[Allowance], used: frozenset[int], today: str) -> Iterator[Finding]:
    """Allowances that have expired, and those that allow nothing."""
    for number, allowance in enumerate(allowances):
        codes = ", ".join(f"`{code}`" for code in allowance.codes)
        if allowance.until < today:
            hint = "mend what it allowed, or give it a later date and a reason that still holds"
            yield Finding(EXPIRED, f"what allows {codes} expired on {allowance.until}", allowance.place, "warning", hint)
        elif number not in used:
            yield Finding(UNUSED, f"nothing here is {codes} any more", allowance.place, "warning", "remove the allowance")
