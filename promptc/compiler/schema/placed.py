"""Placed: places, texts and settings made in one step, for the loops that make millions of them.

    overlays, remembered, definitions -> [placed] -> Setting

The same values as their constructors give. A frozen dataclass sets each field by its name, which takes longer than all
else that happens to a setting; here the fields are filled in through their slots. Pure.
"""

from __future__ import annotations

from typing import Any, TypeVar

from promptc.compiler.project import Directive, Setting
from promptc.compiler.schema.nodes import Text
from promptc.core.findings import Place

TextT = TypeVar("TextT", bound=Text)

_new = object.__new__
_file, _line, _column = (Place.__dict__[name].__set__ for name in ("file", "line", "column"))
_data, _place, _directive, _origin = (
    Setting.__dict__[name].__set__ for name in ("data", "place", "directive", "origin")
)  # fmt: skip


def place_at(file: str, line: int, column: int) -> Place:
    """A place."""
    place = _new(Place)
    _file(place, file)
    _line(place, line)
    _column(place, column)
    return place


def text_at(made: type[TextT], text: str, line: int, column: int) -> TextT:
    """A text of a class at its place."""
    placed = made(text)
    placed.line = line
    placed.column = column
    return placed


def with_data(setting: Setting, data: Any) -> Setting:
    """The same at the same place with other data."""
    made = _new(Setting)
    _data(made, data)
    _place(made, setting.place)
    _directive(made, setting.directive)
    _origin(made, setting.origin)
    return made


def setting_at(data: Any, directive: Directive, *, file: str, line: int, column: int) -> Setting:
    """What an overlay says at a place of its own file."""
    place = _new(Place)
    _file(place, file)
    _line(place, line)
    _column(place, column)
    setting = _new(Setting)
    _data(setting, data)
    _place(setting, place)
    _directive(setting, directive)
    _origin(setting, file)
    return setting
