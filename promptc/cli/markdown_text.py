r"""Markdown text: foreign text in GitHub's Markdown, where nothing of it may become alive.

    names, places, messages, lines -> [markdown text] -> a comment

Pure. Foreign text stands in code alone: a code span, a fence, or `<code>` inside an HTML block. GitHub makes links of
addresses, mentions, issue numbers, commits and emoji in every other text, also in text that was escaped with a backslash
or as an entity, because it looks for them after the Markdown was parsed. What a code span or fence can't hold is spelled
out: controls as everywhere (core/visible.py), and runs of backticks that are longer than a parser counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from promptc.core.visible import visible_line

NAME_MAX = 120
LINE_MAX = 300
LEAD = 60  # characters that are kept before the place where two long lines begin to differ
# cmark stops counting at 80 backticks in a span and at 255 in a fence; nobody means that many.
_TICKS = re.compile("`{9,}")
_RUNS = re.compile("`+")


def inert(text: str) -> str:
    r"""Text on one line for a span or a fence. `##[` would be a command in the log of a workflow: its second `#` is `\x23`."""
    shown = visible_line(text).replace("##[", "#\\x23[")
    return _TICKS.sub(lambda run: "\\x60" * len(run.group()), shown)


def span(text: str, *, characters_max: int = NAME_MAX) -> str:
    """Foreign text as a code span."""
    shown = inert(cut(text, characters_max=characters_max))
    if not shown:
        return "(empty)"
    ticks = "`" * (_longest_run(shown) + 1)
    # A parser takes one space from both ends, where there is one at both.
    pad = " " if shown.strip(" ") and (shown[0] in "` " or shown[-1] in "` ") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def code(text: str, *, characters_max: int = NAME_MAX) -> str:
    """Foreign text as `<code>` in an HTML block, where Markdown is not read: in a summary, in the first line."""
    return f"<code>{escaped(inert(cut(text, characters_max=characters_max))) or '(empty)'}</code>"


def escaped(text: str) -> str:
    """Text with what HTML reads as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def fenced(lines: Sequence[str]) -> str:
    """Lines of a difference in a fence that none of them can close. They have gone through `diff_line`."""
    ticks = "`" * max(3, max(map(_longest_run, lines), default=0) + 1)
    return "\n".join((f"{ticks}diff", *lines, ticks))


def diff_line(sign: str, text: str) -> str:
    """One line of a difference. A context line keeps no `::` at its start: a workflow's log would read it as a command."""
    shown = inert(text)
    if sign == " " and shown.lstrip().startswith("::"):
        shown = shown.replace(":", "\\x3a", 1)
    return f"{sign} {shown}" if shown else sign


def cut(text: str, *, characters_max: int) -> str:
    """Text that is short enough to read, and how long it was."""
    if len(text) <= characters_max:
        return text
    return f"{text[:characters_max]}… ({len(text):,} characters)"


def window(text: str, other: str, *, characters_max: int = LINE_MAX) -> str:
    """What of a long line shows how it differs from another one."""
    if len(text) <= characters_max:
        return text
    start = max(0, common_length(text, other) - LEAD) if other else 0
    start = max(0, min(start, len(text) - characters_max))
    end = start + characters_max
    more = f"… ({len(text):,} characters)" if end < len(text) or start else ""
    return f"{'…' if start else ''}{text[start:end]}{more}"


def common_length(one: str, other: str) -> int:
    """How many characters two texts begin with alike; by halves, since a line may have a million."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def size(text: str) -> int:
    """Characters as whoever counts the most counts them: UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def _longest_run(text: str) -> int:
    return max((len(run) for run in _RUNS.findall(text)), default=0)
