"""Nearest: the "did you mean" of template messages. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], before: str = "") -> str:
    """A hint that names the closest known word, or nothing when none is close."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean `{before}{found[0]}`?" if found else ""
