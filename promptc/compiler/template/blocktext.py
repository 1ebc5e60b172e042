"""Block text: the source text of blocks and files, without comments, and what that text brings in.

    lexer's tokens -> [block text] -> stale

Read from tokens and not from the tree: a tree's form changes with Jinja, a text does not.
"""

from __future__ import annotations

import re
from typing import Any

from promptc.core.dataclass import dataclass

COMMENTS = ("comment_begin", "comment", "comment_end")
NAMES = re.compile(r"""\b(?:include|import|from|extends)\s+(?:"([^"]+)"|'([^']+)')""")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A stretch of a template: its text without comments, the blocks inside it, and whether it calls `super()`."""

    text: str
    blocks: tuple[str, ...]
    calls_super: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The templates that the text names as constants."""
        return tuple(first or second for first, second in NAMES.findall(self.text))


# A whole file's text, and each of its blocks' by name.
Texts = tuple[SourceText, dict[str, SourceText]]


def encode_texts(texts: Texts) -> Any:
    """Texts as JSON data."""
    whole, blocks = texts
    return [_fields(whole), {name: _fields(text) for name, text in blocks.items()}]


def _fields(text: SourceText) -> list[Any]:
    return [text.text, list(text.blocks), text.calls_super]


def decode_texts(data: Any) -> Texts | None:
    """The texts that JSON data holds; None for anything else."""
    try:
        whole, blocks = data
        return _source(whole), {name: _source(text) for name, text in blocks.items()}
    except (AttributeError, TypeError, ValueError):
        return None


def _source(data: Any) -> SourceText:
    text, blocks, calls_super = data
    return SourceText(text, tuple(blocks), calls_super)


@dataclass(slots=True)
class _Open:
    name: str
    start: int
    inner: list[str]


def read_texts(environment: Any, source: str, path: str) -> tuple[SourceText, dict[str, SourceText]]:
    """A whole file's text, and each of its blocks' by name. The source is one that parses."""
    pieces: list[str] = []
    blocks: dict[str, SourceText] = {}
    opened: list[_Open] = []
    words: list[str] = []
    begun = 0
    for _, token, value in environment.lexer.tokeniter(source, path):
        if token in COMMENTS:
            continue
        if token == "block_begin":
            begun, words = len(pieces), []
        elif token == "name":
            words.append(value)
        pieces.append(value)
        if token != "block_end" or not words:
            continue
        if words[0] == "block" and len(words) > 1:
            for above in opened:
                above.inner.append(words[1])
            opened.append(_Open(words[1], len(pieces), []))
        elif words[0] == "endblock" and opened:
            done = opened.pop()
            blocks[done.name] = _source_text(pieces[done.start : begun], done.inner)
    return _source_text(pieces, list(blocks)), blocks


def _source_text(pieces: list[str], inner: list[str]) -> SourceText:
    text = "".join(pieces)
    return SourceText(text, tuple(inner), re.search(r"\bsuper\s*\(", text) is not None)
