"""Nearest: the hint that names what the author probably meant. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

HINTS_MAX = 100


def did_you_mean(name: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """`did you mean `tone`?` for the nearest known name, else `otherwise`."""
    names = list(known)
    # difflib is quadratic in length; nobody mistypes a name of hundreds of characters.
    if len(name) <= 100:
        found = get_close_matches(name, names, 1, 0.6)
        folded = {known_name.casefold().replace("-", "_"): known_name for known_name in names}
        nearest = folded.get(name.casefold().replace("-", "_")) or (found[0] if found else "")
        if nearest:
            return f"did you mean `{nearest}`?"
    return otherwise


def while_few(told: int, name: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """As `did_you_mean`, for the first hundred findings of a file: a file of wrong names must not cost minutes."""
    return did_you_mean(name, known, otherwise=otherwise) if told < HINTS_MAX else otherwise


def listed(names: Iterable[str], *, most: int = 12) -> str:
    """Names in backticks, in their order, with a count of those left out."""
    every = list(names)
    text = ", ".join(f"`{name}`" for name in every[:most])
    return f"{text} and {len(every) - most} more" if len(every) > most else text
