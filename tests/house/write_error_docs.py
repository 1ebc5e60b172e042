"""Writes docs/errors.md from promptc/core/codes.py: `python -m tests.house.write_error_docs`."""

from __future__ import annotations

from pathlib import Path

from promptc.core.codes import CODES

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"

FAMILIES = {
    "Y": "YAML and JSON as text",
    "U": "Unicode",
    "P": "Paths and files",
    "S": "Sources",
    "O": "Overlays",
    "T": "Templates",
    "G": "Moments and revisions",
    "R": "Rendering with inputs",
    "D": "Stored documents",
    "N": "Conflicts",
    "V": "Registries and channels",
    "K": "Pins",
    "B": "Limits",
    "X": "Cost and evidence",
    "C": "Command line",
}
_TOP = """# Findings and errors

Every code that promptc prints, why the thing is refused and how to mend it. A code never changes its meaning and is
never used again. `promptc help CODE` prints an entry of this page. Exit codes are on [their own page](exit-codes.md).

This page is written by `python -m tests.house.write_error_docs` from `promptc/core/codes.py`; edit that file.
"""


def page() -> str:
    """The page's text."""
    unknown = {code[0] for code in CODES} - FAMILIES.keys()
    assert not unknown, f"give the families {unknown} a title in tests/house/write_error_docs.py"
    parts = [_TOP]
    for letter, title in FAMILIES.items():
        codes = sorted(code for code in CODES if code[0] == letter)
        if codes:
            parts.append(f"## {letter}: {title}\n")
            parts += [_entry(code) for code in codes]
    return "\n".join(parts)


def _entry(code: str) -> str:
    entry = CODES[code]
    return f"### {code}\n\n**{entry.title[0].upper()}{entry.title[1:]}.** {entry.why}\n\n*Mend:* {entry.mend}\n"


if __name__ == "__main__":
    PAGE.write_text(page())
