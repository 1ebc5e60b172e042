"""Origins: for each line of a compiled prompt, the file, line and layer that it came from.

    linked parts whose text carries places -> [origins] -> lines with their places

Pure. Computed only when asked: the template is generated a second time with its places in the stream.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from promptc.compiler.template.events import Origin
from promptc.core.dataclass import dataclass
from promptc.core.reading import condition_text, leaf_text, path_text

Line = tuple[str, str, str]


@dataclass(slots=True)
class _Row:
    text: str = ""
    place: str = ""
    layer: str = ""
    weight: int = -1


def lines_of(parts: Sequence[Any]) -> tuple[Line, ...]:
    """The lines of one message: text with its conditions and slots in ⟦ ⟧, `file:line`, and the layer or ""."""
    rows = [_Row()]
    for text, origin in _pieces(parts):
        for number, stretch in enumerate(text.split("\n")):
            if number:
                rows.append(_Row())
            _extend(rows[-1], stretch, origin, number)
    if len(rows) > 1 and not rows[-1].text:
        rows.pop()
    return tuple((row.text, row.place, row.layer) for row in rows)


def _extend(row: _Row, stretch: str, origin: Origin | None, number: int) -> None:
    row.text += stretch
    # An overlay's text on a line says more than the template around it; else the first text that shows anything.
    weight = -1 if origin is None or not stretch.strip() else (1 if origin.layer else 0)
    if weight > row.weight:
        assert origin is not None
        line = origin.line + (0 if origin.fixed else number)
        row.place = f"{origin.file}:{line}"
        row.layer = origin.layer
        row.weight = weight


def _pieces(parts: Sequence[Any]) -> Iterator[tuple[str, Origin | None]]:
    for part in parts:
        if isinstance(part, str):
            yield str(part), getattr(part, "origin", None)
        elif "when" in part:
            yield _mark(f"if {condition_text(part['when'])}"), part.get("at")
            yield from _pieces(part["then"])
            if part.get("else"):
                yield _mark("else"), None
                yield from _pieces(part["else"])
            yield _mark("end"), None
        elif "each" in part:
            yield _mark(f"for {part['name']} in {path_text(part['each'])}"), part.get("at")
            yield from _pieces(part["do"])
            if part.get("else"):
                yield _mark("else"), None
                yield from _pieces(part["else"])
            yield _mark("end"), None
        else:
            yield _mark(leaf_text(part)), part.get("at")


def _mark(text: str) -> str:
    return f"⟦{text}⟧"
