"""Remembered: a parsed overlay as bytes and back, so that a file that didn't change isn't parsed again.

    Overlay -> [remembered] -> bytes by the digest of what was parsed -> [remembered] -> the same Overlay

JSON and nothing that could be run: the bytes lie in the project's folder, where anybody may write. What comes back is
exactly what parsing gave, with every place and every class of text. Nothing in the bytes says which file or line it
was: the same line may stand elsewhere tomorrow. Pure.

Decoding is worth its care, since a build of many tenants does little else. Entries lie flat in one list (key, row,
column, data, key, …) and are walked in fours; what is usual in a file, a scalar of its usual class at the setting's own
place, is the text alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NoReturn, cast

from promptc.compiler.project import Directive, Overlay, Setting
from promptc.compiler.schema.nodes import Plain, Text
from promptc.compiler.schema.placed import place_at, setting_at, text_at
from promptc.core.findings import Place

FORMAT = 1

_DIRECTIVES = frozenset({"", "append", "prepend", "remove", "replace", "unset"})
# How a setting's data is written where it is more than a text or a scalar: [directive, kind, data].
_USUAL, _OTHER, _SCALAR, _TEXTS, _MAP, _DATA = range(6)
# And a part of data: [kind, …].
_PLAIN, _TEXT, _LIST, _KEYS = range(4)


class _Unencodable(Exception):
    """Ends the encoding of what no overlay file gives, or what isn't in the overlay's own file."""


def encode_overlay(overlay: Overlay) -> bytes | None:
    """The overlay without its name, file and line; None for one that reads texts of other files."""
    place = overlay.place
    usual, line = (Text, place.line) if place.column == 0 else (Plain, 0)
    if (place.line, place.column) not in ((line, 0), (1, 1)):
        return None
    try:
        document = _Encoding(place.file, line, usual).overlay(overlay)
        return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (_Unencodable, AttributeError, ValueError):
        return None


class _Encoding:
    """Writes one overlay; all of it stands in one file, and if it is a line of a .jsonl, in that line."""

    def __init__(self, file: str, line: int, usual: type[Text]) -> None:
        self.file = file
        self.line = line
        self.usual = usual

    def overlay(self, overlay: Overlay) -> list[Any]:
        """All of an overlay."""
        if len(overlay.extends) != len(overlay.extends_places) or list(overlay.prompts) != list(overlay.prompt_places):
            raise _Unencodable
        extends = zip(overlay.extends, overlay.extends_places, strict=True)
        prompts: list[Any] = []
        for name, sections in overlay.prompts.items():
            prompts += (_bare(name), *self.at(overlay.prompt_places[name]), self.settings(sections))
        return [
            FORMAT, "line" if self.line else overlay.kind, self.placed(extends), _bare(overlay.title), [*map(_bare, overlay.aliases)],
            [_bare(part) for pair in overlay.labels.items() for part in pair], _bare(overlay.locale),
            self.placed(overlay.final), self.settings(overlay.models), self.settings(overlay.variables), prompts,
        ]  # fmt: skip

    def at(self, place: Place) -> tuple[int, int]:
        """Row and column of a place."""
        if place.file != self.file:
            raise _Unencodable
        return self.spot(place.line, place.column)

    def spot(self, line: int, column: int) -> tuple[int, int]:
        """Row and column."""
        if self.line and line != self.line:
            raise _Unencodable
        return line - self.line, column

    def placed(self, words: Iterator[tuple[str, Place]] | Sequence[tuple[str, Place]]) -> list[Any]:
        """Words with their places, flat."""
        return [part for word, place in words for part in (_bare(word), *self.at(place))]

    def settings(self, settings: Mapping[str, Setting]) -> list[Any]:
        """A map of settings, flat."""
        made: list[Any] = []
        for key, setting in settings.items():
            if not isinstance(setting, Setting) or setting.origin != self.file:
                raise _Unencodable
            made += (_bare(key), *self.at(setting.place), self.setting(setting))
        return made

    def setting(self, setting: Setting) -> Any:
        """What a setting says at its place."""
        data, directive = setting.data, setting.directive
        if isinstance(data, Text) and (data.line, data.column) == (setting.place.line, setting.place.column):
            if type(data) is self.usual:
                return str(data) if not directive else [directive, _USUAL, str(data)]
            return [directive, _OTHER, str(data)]
        if data is None or type(data) in (bool, int, float):
            return data if not directive else [directive, _SCALAR, data]
        if type(data) is list and all(type(item) is self.usual for item in data):
            flat = [part for item in data for part in (*self.spot(item.line, item.column), str(item))]
            return [directive, _TEXTS, flat]
        # A block's map is data (`{text: …, against: …}`), every other one without a directive holds settings.
        if type(data) is dict and all(isinstance(item, Setting) for item in data.values()):
            return [directive, _MAP, self.settings(data)]
        return [directive, _DATA, self.data(data)]

    def data(self, data: Any) -> Any:
        """Data below a directive, or in a list."""
        if data is None or type(data) in (bool, int, float):
            return data
        if type(data) in (Plain, Text):
            return [_PLAIN if type(data) is Plain else _TEXT, *self.spot(data.line, data.column), str(data)]
        if type(data) is list:
            return [_LIST, *map(self.data, data)]
        if type(data) is not dict or any(type(key) is not Text for key in data):
            raise _Unencodable
        made: list[Any] = [_KEYS]
        for key, value in data.items():
            made += (*self.spot(key.line, key.column), str(key), self.data(value))
        return made


def _bare(text: str) -> str:
    if type(text) is not str:
        raise _Unencodable
    return text


def decode_overlay(data: bytes, name: str, file: str, line: int) -> Overlay:
    """The overlay of a name, as it stands in a file or (above 0) in a line of it. ValueError for other bytes."""
    try:
        return _Decoding(file, line).overlay(_decoded(str(data, "utf-8")), name)
    except (TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ValueError("no overlay that was encoded") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_decoded = json.JSONDecoder(parse_constant=_refuse).decode


class _Decoding:
    """Reads one overlay. Whatever comes from JSON is asked for its type before it is taken."""

    __slots__ = ("file", "line", "usual")

    def __init__(self, file: str, line: int) -> None:
        self.file = file
        self.line = line
        self.usual: type[Text] = Text if line else Plain

    def overlay(self, document: Any, name: str) -> Overlay:
        """All of an overlay."""
        number, kind, extends, title, aliases, labels, locale, final, models, variables, prompts = document
        if number != FORMAT or kind not in (("line",) if self.line else ("tenant", "layer")):
            raise ValueError("encoded by another promptc, or for another kind of file")
        place = Place(self.file, self.line or 1, 0 if self.line else 1)
        listed = self.placed(extends)
        sections: dict[str, Mapping[str, Setting]] = {}
        places: dict[str, Place] = {}
        for key, row, column, settings in _fours(prompts):
            places[_text(key)] = self.place(row, column)
            sections[key] = self.settings(settings)
        if len(places) * 4 != len(prompts) or type(aliases) is not list:
            raise ValueError("a prompt is there twice")
        whose: Literal["layer", "tenant"] = "layer" if kind == "layer" else "tenant"
        return Overlay(
            name, whose, place, tuple([word for word, _ in listed]), tuple([at for _, at in listed]), _text(title),
            tuple([_text(alias) for alias in aliases]), _labels(labels), _text(locale), self.placed(final),
            self.settings(models), self.settings(variables), sections, places,
        )  # fmt: skip

    def place(self, row: Any, column: Any) -> Place:
        """The place at a row and column."""
        if type(row) is not int or type(column) is not int:
            raise ValueError("no place")
        return place_at(self.file, self.line + row, column)

    def placed(self, flat: list[Any]) -> tuple[tuple[str, Place], ...]:
        """Words with their places."""
        return tuple([(_text(word), self.place(row, column)) for word, row, column in _threes(flat)])

    def settings(self, flat: list[Any]) -> dict[str, Setting]:
        """A map of settings."""
        if not flat:
            return {}
        file, line, usual = self.file, self.line, self.usual
        made: dict[str, Setting] = {}
        for key, row, column, data in _fours(flat):
            if type(key) is not str or type(row) is not int or type(column) is not int:
                raise ValueError("no setting")
            directive: Directive = ""
            if type(data) is str:
                data = text_at(usual, data, line + row, column)
            elif type(data) is list:
                directive, data = self.more(data, row, column)
            elif type(data) is dict:
                raise ValueError("no data")
            made[key] = setting_at(data, directive, file=file, line=line + row, column=column)
        if len(made) * 4 != len(flat):
            raise ValueError("a key is there twice")
        return made

    def more(self, data: list[Any], row: int, column: int) -> tuple[Directive, Any]:
        """The directive and the data of a setting that isn't a text or a scalar alone."""
        directive, kind, inner = data
        if directive not in _DIRECTIVES or type(kind) is not int:
            raise ValueError("no directive")
        return cast(Directive, directive), self.of_kind(kind, inner, row, column)

    def of_kind(self, kind: int, data: Any, row: int, column: int) -> Any:
        """The data of a setting."""
        if kind == _TEXTS:
            return self.texts(data)
        if kind == _MAP:
            return self.settings(data)
        if kind == _USUAL:
            return self.usual.at(_text(data), self.line + row, column)
        if kind == _OTHER:
            other = Plain if self.usual is Text else Text
            return other.at(_text(data), self.line + row, column)
        if kind == _DATA:
            return self.data(data)
        if kind != _SCALAR or type(data) in (str, list, dict):
            raise ValueError("no kind of data")
        return data

    def texts(self, flat: list[Any]) -> list[Text]:
        """A list of texts of the usual class."""
        line, usual = self.line, self.usual
        made = []
        for row, column, text in _threes(flat):
            if type(row) is not int or type(column) is not int or type(text) is not str:
                raise ValueError("no text")
            made.append(text_at(usual, text, line + row, column))
        return made

    def data(self, data: Any) -> Any:
        """Data below a directive, or in a list."""
        if type(data) is not list:
            if type(data) in (str, dict):
                raise ValueError("no data")
            return data
        kind = data[0]
        if kind == _LIST:
            return [self.data(item) for item in data[1:]]
        if kind == _KEYS:
            made = {self.text(Text, row, column, key): self.data(value) for row, column, key, value in _fours(data[1:])}
            if len(made) * 4 + 1 != len(data):
                raise ValueError("a key is there twice")
            return made
        kind, row, column, text = data
        if kind not in (_PLAIN, _TEXT):
            raise ValueError("no text")
        return self.text(Text if kind == _TEXT else Plain, row, column, text)

    def text(self, made: type[Text], row: Any, column: Any, text: Any) -> Text:
        """A text at its place."""
        if type(row) is not int or type(column) is not int:
            raise ValueError("no place")
        return made.at(_text(text), self.line + row, column)


def _text(text: Any) -> str:
    if type(text) is not str:
        raise ValueError("no text")
    return text


def _labels(flat: list[Any]) -> dict[str, str]:
    pairs = iter(_listed(flat))
    made = {_text(key): _text(value) for key, value in zip(pairs, pairs, strict=True)}
    if len(made) * 2 != len(flat):
        raise ValueError("a label is there twice")
    return made


def _threes(flat: list[Any]) -> Iterator[tuple[Any, Any, Any]]:
    parts = iter(_listed(flat))
    return zip(parts, parts, parts, strict=True)


def _fours(flat: list[Any]) -> Iterator[tuple[Any, Any, Any, Any]]:
    parts = iter(_listed(flat))
    return zip(parts, parts, parts, parts, strict=True)


def _listed(flat: Any) -> list[Any]:
    if type(flat) is not list:
        raise ValueError("no list")
    return flat
