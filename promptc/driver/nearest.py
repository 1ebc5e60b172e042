"""Nearest: the "did you mean" of the command line, which lists the known names where they are few. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from promptc.core.nearest import listed, nearest

LISTED_MAX = 8


def did_you_mean(name: str, known: Iterable[str], *, before: str = "", listing: str = "") -> str:
    """A hint that names the closest known word; else `listing` with the known names if they are few; else nothing."""
    names = sorted(known)
    found = nearest(name, names)
    if found:
        return f"did you mean `{before}{found}`?"
    if listing and 0 < len(names) <= LISTED_MAX:
        return f"{listing}: {listed(before + other for other in names)}"
    return ""
