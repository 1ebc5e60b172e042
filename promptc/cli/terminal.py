"""Terminal: where text leaves promptc. Data goes to standard output, all else to standard error.

    commands -> [terminal] -> stdout, stderr

The one place that decides on colour, and the last that foreign text passes (core/visible.py). Knows no command.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from typing import Any, Literal, TextIO

from promptc.core.visible import UNSAFE, visible, visible_line

_PAINT = re.compile("\x1b\\[[0-9;]*m")

Style = Literal["bold", "dim", "red", "green", "yellow", "blue", "magenta", "cyan"]
_CODES: dict[str, int] = {
    "bold": 1,
    "dim": 2,
    "red": 31,
    "green": 32,
    "yellow": 33,
    "blue": 34,
    "magenta": 35,
    "cyan": 36,
}


def colours(stream: TextIO | None) -> bool:
    """Whether a stream takes colour: a terminal that isn't dumb, and NO_COLOR isn't set (no-color.org)."""
    if stream is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


class Paint:
    """Colours text for one stream, or leaves it alone. `paint("text", "bold", "red")`."""

    __slots__ = ("on",)

    def __init__(self, stream: TextIO | None) -> None:
        self.on = colours(stream)

    def __call__(self, text: str, *styles: Style) -> str:
        if not self.on or not text or not styles:
            return text
        return f"\x1b[{';'.join(str(_CODES[style]) for style in styles)}m{text}\x1b[0m"


def out(text: str) -> None:
    """One piece of data on standard output, with a line end. The caller has made foreign text visible."""
    sys.stdout.write(text + "\n")


def out_bytes(data: bytes) -> None:
    """Bytes on standard output as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def out_json(value: Any) -> None:
    """A JSON document on standard output, indented; unsafe characters as JSON escapes, so the value is the same."""
    out(UNSAFE.sub(_json_escape, json.dumps(value, ensure_ascii=False, indent=2)))


def json_safe(text: str) -> str:
    """JSON text in which unsafe characters are JSON escapes: the same value, harmless on a terminal."""
    return UNSAFE.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def say(text: str) -> None:
    """A message on standard error, made visible; nothing at all when that is closed."""
    say_painted(visible(text))


def say_painted(text: str) -> None:
    """A message on standard error whose foreign parts the caller has made visible before colouring it."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:
        # There is nowhere left to say it.
        return


def say_error(code: str, message: str, hint: str = "") -> None:
    """An error that is of no place in the sources, in the house shape, on standard error."""
    paint = Paint(sys.stderr)
    line = f"{paint(f'error[{code}]', 'bold', 'red')}: {visible_line(message)}"
    say_painted(f"{line}\n  {paint('hint:', 'cyan')} {visible(hint)}" if hint else line)


def width_of(text: str) -> int:
    """Columns that text takes in a terminal: wide East Asian characters two, combining ones none, colours none."""
    plain = _PAINT.sub("", text)
    if plain.isascii():
        return len(plain)
    import unicodedata

    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in plain)


def padded(text: str, width: int) -> str:
    """Text filled with spaces to a width in columns."""
    return text + " " * max(0, width - width_of(text))


def columns(rows: Sequence[Sequence[str]], *, gap: int = 2, indent: str = "") -> list[str]:
    """Rows of cells as aligned lines; the last column isn't padded. Widths depend on the cells alone, never on the terminal."""
    if not rows:
        return []
    widths = [max(width_of(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [padded(cell, width) for cell, width in zip(row[:-1], widths, strict=False)]
        lines.append((indent + (" " * gap).join([*cells, row[-1]])).rstrip())
    return lines


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 target`, `2 targets`, `1,204 targets`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
