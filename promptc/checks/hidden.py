"""Hidden: text that people see as something else than the model reads. What YAML's and templates' door (U005 to U009) lets pass.

    source texts -> [hidden] -> words in mixed scripts, runs of marks, text that markup hides

Pure. A word is doubtful only where letters of one script imitate those of another: Japanese, Korean, units, formulas and
inflected brand names mix scripts honestly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from promptc.checks.check import Check, Text
from promptc.compiler.schema.characters import looks_like, script_of
from promptc.core.findings import Finding
from promptc.core.pattern import Pattern

_WORD = Pattern(r"[^\W\d_]{3,}")
_ESCAPED = Pattern(r"(?:[^\W\d_]|\\u[0-9A-Fa-f]{4}){3,}")
_ESCAPE = Pattern(r"\\u([0-9A-Fa-f]{4})")
_IMITATORS = frozenset(["Cyrl", "Grek", "Armn", "Cher", "Copt", "Lisu"])
_LETTERS_MIN = 4
_MARKS = Pattern("[\u200b-\u200f\u061c\u2060-\u2064\ufe00-\ufe0f]{3,}")
_MARKUP = Pattern(
    r"<!--.{0,4000}?-->"
    r"|<[a-z]+\s[^>]{0,200}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d]))"
    r"|&#(?:x(?:200[b-f]|202[a-e]|206[0-9]|e00[0-7][0-9a-f])|820[3-7]|823[4-8]|917\d{3});",
    re.IGNORECASE | re.DOTALL,
)


def mixed_scripts(text: Text) -> Iterator[Finding]:
    """W001: words in which letters of one script imitate another's."""
    hint = "write it in one script; `promptc: allow` keeps it where it is meant"
    message = "a word whose letters look like those of another script"
    for match in _WORD.finditer(text.text) if not text.text.isascii() else ():
        word = match.group()
        if not word.isascii() and (_imitates(word) or _poses(word, text, match.start())):
            yield Finding("W001", message, text.place(match.start()), "warning", hint)
    # What YAML and JSON spell as an escape is the same letter to the model.
    for match in _ESCAPED.finditer(text.text) if "\\u" in text.text and text.role != "template" else ():
        if "\\u" in match.group() and _imitates(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), match.group())):
            yield Finding("W001", message, text.place(match.start()), "warning", hint)


@lru_cache(maxsize=8192)
def _imitates(word: str) -> bool:
    styled = sum(0x1D400 <= ord(letter) <= 0x1D7FF or 0xFF21 <= ord(letter) <= 0xFF5A for letter in word)
    if styled >= _LETTERS_MIN and all(ord(letter) >= 0x1D400 for letter in word):
        return True  # letters of mathematics that spell a word
    scripts = Counter(script_of(letter) for letter in word)
    foreign = [script for script in scripts if script in _IMITATORS]
    if len(word) < _LETTERS_MIN or scripts["Latn"] == 0 or not foreign:
        return False
    like = looks_like()
    strangers = [letter for letter in word if script_of(letter) in _IMITATORS]
    if scripts["Latn"] >= 2 and all(letter in like for letter in strangers):
        return True
    # The other way about: a word of another script with a Latin letter inside that looks like one of its own.
    inner = [i for i, letter in enumerate(word) if script_of(letter) == "Latn"]
    one = len(foreign) == 1 and len(strangers) >= 2
    return one and all(word[i].lower() in "aceopxyikmtbh" for i in inner) and inner[0] > 0 and inner[-1] < len(word) - 1


def _poses(word: str, text: Text, start: int) -> bool:
    """Whether a word wholly of look-alikes stands among Latin words, where nothing else is of its script."""
    if len(word) < _LETTERS_MIN or not all(letter in looks_like() and script_of(letter) in _IMITATORS for letter in word):
        return False
    line = text.line(text.place(start).line)
    others = line.replace(word, " ")
    return not any(script_of(letter) in _IMITATORS for letter in others) and len(re.findall("[A-Za-z]{2,}", others)) >= 3


def runs_of_marks(text: Text) -> Iterator[Finding]:
    """W002: marks that can't be seen, several in a row, as they are used to carry hidden bits."""
    if text.text.isascii():
        return
    for match in _MARKS.finditer(text.text):
        message = f"{len(match.group())} characters in a row that can't be seen"
        yield Finding("W002", message, text.place(match.start()), "warning", "remove them: no script needs so many")


def hidden_by_markup(text: Text) -> Iterator[Finding]:
    """W003: text of an overlay that a rendered page doesn't show, and a model reads."""
    if text.is_shared and text.role != "layer":
        return
    for match in _MARKUP.finditer(text.text):
        message = "markup hides text from people that the model reads"
        yield Finding("W003", message, text.place(match.start()), "warning", "say it openly, or take it out")


CHECKS = (
    Check("W001", "text", mixed_scripts),
    Check("W002", "text", runs_of_marks),
    Check("W003", "text", hidden_by_markup),
)
