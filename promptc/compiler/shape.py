"""Shape: what a render gives, as a value.

    render -> [Shape, or findings] -> trie, memory -> link

Pure, and free of Jinja2: a shape that is remembered is linked without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from promptc.compiler.trace import Reads
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding


@dataclass(frozen=True, slots=True)
class Shape:
    """What a render gives. `captured` and `outside` are blocks that can't be overridden here, and why."""

    messages: list[Any]
    captured: tuple[str, ...]
    outside: tuple[str, ...]
    fallbacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A shape or none, what was found, and what was asked on the way."""

    shape: Shape | None
    findings: tuple[Finding, ...]
    reads: Reads


def blocks_in(
    parts: Iterable[Any], above: tuple[str, ...] = (), loops: int = 0
) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Every block node: its name, the blocks around it, and how many input loops it stands in."""
    for part in parts:
        if not isinstance(part, dict):
            continue
        if "block" in part:
            yield part["block"], above, loops
            yield from blocks_in(part["base"], (*above, part["block"]), loops)
            continue
        inner = loops + ("each" in part)
        for key in ("content", "then", "do", "else", "line"):
            if isinstance(part.get(key), list):
                yield from blocks_in(part[key], above, inner)
