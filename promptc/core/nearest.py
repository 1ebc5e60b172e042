"""Nearest: the hint that names what the author probably meant, and lists of names that a message can hold. Pure."""

from __future__ import annotations

from collections.abc import Iterable

# difflib's cost is the product of both lengths; nobody mistypes a name of this length, or among this many.
CHARACTERS_MAX = 100
KNOWN_MAX = 5_000
HINTS_MAX = 100


def did_you_mean(name: str, known: Iterable[str], *, before: str = "", otherwise: str = "") -> str:
    """`did you mean `tone`?` for the nearest known name, else `otherwise`; `before` stands before the name it offers."""
    found = nearest(name, known)
    return f"did you mean `{before}{found}`?" if found else otherwise


def nearest(name: str, known: Iterable[str]) -> str:
    """The nearest known name; "" where none is near."""
    # Imported here: the runtime reads this file too, and only messages need it.
    from difflib import get_close_matches

    if not 0 < len(name) <= CHARACTERS_MAX:
        return ""
    names = list(known)
    if len(names) > KNOWN_MAX:
        names = [other for other in names if other[:1] == name[:1]][:KNOWN_MAX]
    folded = {other.casefold().replace("-", "_"): other for other in names}
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    return folded.get(name.casefold().replace("-", "_")) or (close[0] if close else "")


def while_few(told: int, name: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """As `did_you_mean`, for the first hundred findings of a file: a file of wrong names must not cost minutes."""
    return did_you_mean(name, known, otherwise=otherwise) if told < HINTS_MAX else otherwise


def listed(names: Iterable[str], *, most: int = 12) -> str:
    """Names in backticks, in their order, with a count of those left out."""
    every = list(names)
    text = ", ".join(f"`{name}`" for name in every[:most])
    return f"{text} and {len(every) - most} more" if len(every) > most else text
