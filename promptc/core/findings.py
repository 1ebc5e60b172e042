"""Findings: what is wrong with the sources, as values with a place, a code and a hint.

    every stage -> [findings] -> the terminal, JSON, annotations

Pure. A finding never stops the stage that made it; nothing here prints.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from promptc.core.dataclass import dataclass, replace

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a source file: a POSIX path relative to the project, line and column from 1 (0: not known)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """`file`, `file:line` or `file:line:column`, as editors and terminals link it."""
        text = self.file
        if self.line:
            text += f":{self.line}"
            if self.column:
                text += f":{self.column}"
        return text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or doubtful.

    `code` has an entry in core/codes.py and a docs page; `message` is one lower-case sentence with literals in
    backticks; `hint` says how to mend it; `related` are further places (`("first defined here", place)`); `trail` is
    the chain of includes and macros that led here, innermost first; `targets` are the `tenant/prompt` it was seen in.
    """

    code: str
    message: str
    place: Place
    severity: Severity = "error"
    hint: str = ""
    related: tuple[tuple[str, Place], ...] = ()
    trail: tuple[tuple[str, Place], ...] = ()
    targets: tuple[str, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether it keeps a build from publishing."""
        return self.severity == "error"

    def seen_in(self, target: str) -> Finding:
        """The same finding, said of one more target."""
        return self if target in self.targets else replace(self, targets=(*self.targets, target))


def gather(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort by place and code, and join those that differ only in their targets, so that a shared cause is said once."""
    merged: dict[tuple[object, ...], Finding] = {}
    targets: dict[tuple[object, ...], dict[str, None]] = {}
    for f in findings:
        key = (f.place, f.code, f.message, f.hint, f.severity, f.related, f.trail)
        merged.setdefault(key, f)
        targets.setdefault(key, {}).update(dict.fromkeys(f.targets))
    joined = [replace(f, targets=tuple(sorted(targets[key]))) for key, f in merged.items()]
    return tuple(sorted(joined, key=lambda f: (f.place, f.code, f.message)))


def packed(finding: Finding) -> list[Any]:
    """A finding as JSON data, to be kept between builds."""
    return [
        finding.code, finding.message, _flat(finding.place), finding.severity, finding.hint,
        [[text, _flat(place)] for text, place in finding.related],
        [[text, _flat(place)] for text, place in finding.trail],
        list(finding.targets),
    ]  # fmt: skip


def unpacked(data: Any) -> Finding:
    """The finding that `packed` gave; TypeError or ValueError for anything else."""
    code, message, place, severity, hint, related, trail, targets = data
    return Finding(
        code, message, Place(*place), severity, hint,
        tuple((text, Place(*at)) for text, at in related), tuple((text, Place(*at)) for text, at in trail),
        tuple(targets),
    )  # fmt: skip


def _flat(place: Place) -> list[Any]:
    return [place.file, place.line, place.column]
