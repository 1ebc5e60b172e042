"""Unicode: bytes to text at the door, and what text may not hold.

    bytes -> [unicode] -> yaml, jsons, templates

UTF-8 alone, LF, NFC, no byte order mark; characters that can't be seen, that reorder others, or that readers take for
line ends are findings. The tables are pinned (characters.py), never the host's. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from promptc.core.findings import Finding, Place, Severity

FILE_BYTES_MAX = 1 << 20

Kind = Literal["yaml", "text", "value"]

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_BREAKS = re.compile("\r|[\x85\u2028\u2029\ufeff]")


def decode(data: bytes, file: str) -> tuple[str | None, tuple[Finding, ...]]:
    """The text of a source file in UTF-8, without byte order mark and with LF; None and the reason when it is none."""
    if len(data) > FILE_BYTES_MAX:
        said = f"the file holds {len(data):,} bytes; at most {FILE_BYTES_MAX:,} are read"
        return None, (Finding("B001", said, Place(file)),)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:4] == b"\x00\x00\xfe\xff":
        return None, (Finding("U002", "the file is UTF-16 or UTF-32, not UTF-8", Place(file, 1, 1), hint="save it as UTF-8"),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, (_undecodable(data, error.start, file),)
    if text[:1] == "\ufeff":
        text = text[1:]
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text, ()


def _undecodable(data: bytes, start: int, file: str) -> Finding:
    before = data[:start].decode("utf-8", "replace")
    place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
    if data[start] == 0xED and data[start + 1 : start + 2] >= b"\xa0":
        return Finding("U001", "half of a surrogate pair is no character", place)
    hint = "save it as UTF-8"
    return Finding("U002", f"byte 0x{data[start]:02X} is not UTF-8", place, hint=hint)


def normalise(text: str) -> str:
    """The text in NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def check_text(text: str, file: str, *, line_offset: int = 0, yaml: str = "") -> tuple[Finding, ...]:
    """What a file's text may not hold."""
    found: list[Finding] = []
    for match in _CONTROLS.finditer(text):
        found.append(_at(text, match.start(), "U004", file, line_offset, "control character", "error"))
    if text.isascii() and "\r" not in text:
        return tuple(found)
    for match in _BREAKS.finditer(text):
        found.append(_at(text, match.start(), "U003", file, line_offset, "foreign line break", "error"))
    return tuple(found)


def _at(text: str, index: int, code: str, file: str, line_offset: int, what: str, severity: Severity) -> Finding:
    before = text.rfind("\n", 0, index)
    place = Place(file, text.count("\n", 0, index) + 1 + line_offset, index - before)
    return Finding(code, f"{what} {shown(text[index])}", place, severity)


def shown(character: str) -> str:
    """A character as messages show it: `\\u{202E}`."""
    return f"`\\u{{{ord(character):04X}}}`"
