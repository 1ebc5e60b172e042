"""Overlay texts: every text that an overlay gives to variables and blocks, with the place of its setting.

    Overlay -> [overlay texts] -> (text, place), for what looks at wording

Pure. Texts that `!file` reads are among them, with the place of the overlay's own line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from promptc.compiler.project import Overlay, Setting
from promptc.compiler.schema.nodes import Plain, Text
from promptc.core.findings import Place

# What most of an overlay is, told at once: asking whether something is a Mapping takes longer than all else here.
_PLAIN = frozenset({str, Text, Plain, bool, int, float, type(None)})


def texts_of(overlay: Overlay) -> Iterator[tuple[str, Place]]:
    """Every text of an overlay, in its order."""
    for setting in overlay.variables.values():
        yield from _texts(setting, setting.place)
    for parts in overlay.prompts.values():
        if "blocks" in parts:
            yield from _texts(parts["blocks"], parts["blocks"].place)


def _texts(data: Any, place: Place) -> Iterator[tuple[str, Place]]:
    if isinstance(data, Setting):
        yield from _texts(data.data, data.place)
    elif isinstance(data, str):
        at = getattr(data, "place", None)
        yield str(data), at(place.file) if callable(at) else place
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value, place)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value, place)


def files_of(overlay: Overlay) -> Iterator[tuple[str, Place]]:
    """Every text beside an overlay that it reads with `!file`, and where."""
    for setting in (*overlay.variables.values(), *(part for parts in overlay.prompts.values() for part in parts.values())):
        yield from _files(setting)


def _files(data: Any) -> Iterator[tuple[str, Place]]:
    if data.__class__ in _PLAIN:
        return
    if isinstance(data, Setting):
        if data.origin and data.origin != data.place.file:
            yield data.origin, data.place
        yield from _files(data.data)
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _files(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _files(value)
