r"""Visible: foreign text made harmless where a person reads it: `\x1b` for controls, `\u{202E}` for what reorders or hides.

    findings, artifacts, names -> [visible] -> terminal, pages

Pure. Never used on what an artifact holds: this is for eyes, not for models.
"""

from __future__ import annotations

from promptc.core.pattern import Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

# C0 but tab and line feed, DEL, C1; bidirectional controls; separators; byte order mark; surrogates; the tag block.
UNSAFE = Pattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
NAME_MAX = 120


def visible(text: str) -> str:
    """The text with unsafe characters spelled out; lines and tabs stay."""
    return UNSAFE.sub(_spelled, text)


def visible_line(text: str) -> str:
    r"""The same for text that must stay on one line: line feeds as `\n`, tabs as `\t`."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def shortened(name: str) -> str:
    """A name for a message: visible, on one line, and cut where nobody would read on."""
    if len(name) <= NAME_MAX:
        return visible_line(name)
    return f"{visible_line(name[:NAME_MAX])}… ({len(name):,} characters)"


def _spelled(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:04X}}}"
