"""Nearest: the "did you mean" of the command line, and names cut to what a message can hold. Pure."""

from __future__ import annotations

from collections.abc import Iterable

# Comparing costs the product of both lengths, and nobody mistypes a name of this length.
LENGTH_MAX = 100
KNOWN_MAX = 5_000


def did_you_mean(name: str, known: Iterable[str], *, before: str = "", listing: str = "") -> str:
    """A hint that names the closest known word; else `listing` with the known names if they are few; else nothing."""
    from difflib import get_close_matches

    names = sorted(known)
    if 0 < len(name) <= LENGTH_MAX:
        near = names if len(names) <= KNOWN_MAX else [n for n in names if n[:1] == name[:1]][:KNOWN_MAX]
        found = get_close_matches(name, near, n=1, cutoff=0.6)
        if found:
            return f"did you mean `{before}{found[0]}`?"
    if listing and 0 < len(names) <= 8:
        return f"{listing}: {', '.join(f'`{before}{n}`' for n in names)}"
    return ""
