"""Overlays: a YAML file under tenants/, or one line of a .jsonl, into an Overlay.

    nodes -> [overlays] -> Overlay -> merge

Written by hand and not through forms: a build reads ten thousand of these. Values stay untyped and directives stay
directives: the merge knows what is declared for a place. Pure: `!file` reads what it was handed (beside.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from posixpath import dirname
from typing import Any, Literal, cast

from promptc.compiler.project import Directive, Overlay, Setting
from promptc.compiler.schema.beside import Parsing
from promptc.compiler.schema.few import PLACES_MAX
from promptc.compiler.schema.names import relative_path
from promptc.compiler.schema.nodes import Map, Node, Plain, Scalar, Sequence, Text, kind_of_node
from promptc.compiler.schema.placed import place_at, setting_at, text_at
from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean, listed

KEYS = ("extends", "title", "aliases", "labels", "locale", "final", "models", "variables", "prompts")
PROMPT_KEYS = ("enabled", "model", "config", "tools", "blocks", "variants")
BLOCK_KEYS = ("text", "against")
JSON_DIRECTIVES = ("$append", "$prepend", "$remove", "$replace", "$unset", "$file")

_FOREIGN = {
    "name": "a tenant's id is its file's name; its name for people is `title`",
    "id": "a tenant's id is its file's name",
    "vars": "did you mean `variables`?",
    "values": "did you mean `variables`?",
    "inherits": "did you mean `extends`?",
    "parent": "did you mean `extends`?",
    "base": "did you mean `extends`?",
    "layers": "did you mean `extends`?",
    "blocks": 'blocks stand under a prompt: `prompts: {NAME: {blocks: …}}`, or `"*"` for each that has them',
    "config": "config stands under a prompt: `prompts: {NAME: {config: …}}`",
    "tools": "tools stand under a prompt: `prompts: {NAME: {tools: …}}`",
    "model": "did you mean `models`? `models: {main: other}` remaps an alias",
    "language": "did you mean `locale`?",
    "lang": "did you mean `locale`?",
    "overrides": "did you mean `prompts`?",
}
_LOCALE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")


@dataclass(slots=True)
class Reading:
    """One overlay being read: where, what was found, and the texts beside it that it asked for."""

    file: str
    context: Parsing
    findings: list[Finding] = field(default_factory=list)
    texts: dict[str, None] = field(default_factory=dict)

    def error(self, code: str, message: str, node: Node, *, hint: str = "") -> None:
        """Note an error at a node."""
        self.findings.append(Finding(code, message, Place(self.file, node.line, node.column), hint=hint))

    def place(self, node: Node) -> Place:
        """Where a node stands."""
        return place_at(self.file, node.line, node.column)

    def wrong_kind(self, path: str, wanted: str, node: Node) -> None:
        """Note that a node is of the wrong kind."""
        self.error("O002", f"`{path}` must be {wanted}, and this is {kind_of_node(node)}", node)


def read_overlay(
    name: str, kind: Literal["layer", "tenant"], node: Node | None, *, reading: Reading, line: int = 0
) -> Overlay:
    """The overlay that a node holds; what is wrong with it goes to `reading`. An empty one does nothing."""
    place = Place(reading.file, line or 1, 0 if line else 1)
    if node is None:
        return Overlay(name, kind, place)
    if not isinstance(node, Map):
        reading.error("Y007", f"an overlay must be a map of keys, and this is {kind_of_node(node)}", node)
        return Overlay(name, kind, place)
    if node.tag:
        reading.error("Y004", f"`{node.tag}` has no meaning for a whole overlay", node)
    fields: dict[str, Any] = {}
    for key, (at, value) in node.entries.items():
        reader = _READERS.get(key)
        if reader is None:
            # A file of thousands of unknown keys gets its hints for the few that are shown.
            few_yet = len(reading.findings) < PLACES_MAX
            near = did_you_mean(key, KEYS, otherwise=f"known are {listed(KEYS)}") if few_yet else ""
            hint = _FOREIGN.get(key) or near
            reading.error("O001", f"unknown key `{key[:80]}`", at, hint=hint)
        elif not _is_nothing(value):
            reader(value, reading, fields)
    return Overlay(name, kind, place, **fields)


def _is_nothing(node: Node) -> bool:
    # `variables:` with every line below it commented out is an overlay being written, not an error.
    return isinstance(node, Scalar) and node.plain and not node.text and not node.tag


def _texts(node: Node, path: str, reading: Reading) -> list[tuple[str, Place]]:
    if node.tag:
        reading.error("Y004", f"`{node.tag}` has no meaning at `{path}`", node)
    if not isinstance(node, Sequence):
        reading.wrong_kind(path, "a list", node)
        return []
    made = []
    for item in node.items:
        if isinstance(item, Scalar) and item.value is None and item.text and not item.tag:
            made.append((item.text, reading.place(item)))
        else:
            reading.wrong_kind(f"{path}[]", "text", item)
    return made


def _text(node: Node, path: str, reading: Reading) -> str:
    if isinstance(node, Scalar) and node.value is None and not node.tag:
        return node.text
    reading.wrong_kind(path, "text", node)
    return ""


def _extends(node: Node, reading: Reading, fields: dict[str, Any]) -> None:
    made = _texts(node, "extends", reading)
    fields["extends"] = tuple(name for name, _ in made)
    fields["extends_places"] = tuple(place for _, place in made)


def _title(node: Node, reading: Reading, fields: dict[str, Any]) -> None:
    fields["title"] = _text(node, "title", reading)


def _aliases(node: Node, reading: Reading, fields: dict[str, Any]) -> None:
    fields["aliases"] = tuple(name for name, _ in _texts(node, "aliases", reading))


def _locale(node: Node, reading: Reading, fields: dict[str, Any]) -> None:
    text = _text(node, "locale", reading)
    if text and not _LOCALE.match(text):
        reading.error("O002", "`locale` must be a language tag such as `ko` or `pt-BR`", node)
    fields["locale"] = text


def _final(node: Node, reading: Reading, fields: dict[str, Any]) -> None:
    fields["final"] = tuple(_texts(node, "final", reading))


def _labels(node: Node, reading: Reading, fields: dict[str, Any]) -> None:
    entries = _entries(node, "labels", reading)
    fields["labels"] = {key: _text(value, f"labels.{key}", reading) for key, (_, value) in entries.items()}


def _models(node: Node, reading: Reading, fields: dict[str, Any]) -> None:
    entries = _entries(node, "models", reading)
    fields["models"] = {key: setting(value, f"models.{key}", reading) for key, (_, value) in entries.items()}


def _variables(node: Node, reading: Reading, fields: dict[str, Any]) -> None:
    entries = _entries(node, "variables", reading)
    fields["variables"] = {key: setting(value, f"variables.{key}", reading) for key, (_, value) in entries.items()}


def _prompts(node: Node, reading: Reading, fields: dict[str, Any]) -> None:
    made: dict[str, dict[str, Setting]] = {}
    places: dict[str, Place] = {}
    for name, (key, value) in _entries(node, "prompts", reading).items():
        places[name] = reading.place(key)
        made[name] = {} if _is_nothing(value) else _prompt(value, f"prompts.{name}", reading)
    fields["prompts"] = made
    fields["prompt_places"] = places


def _prompt(node: Node, path: str, reading: Reading) -> dict[str, Setting]:
    made: dict[str, Setting] = {}
    for key, (at, value) in _entries(node, path, reading).items():
        inside = f"{path}.{key}"
        if key not in PROMPT_KEYS:
            hint = did_you_mean(
                key, PROMPT_KEYS, otherwise=f"known are {listed(PROMPT_KEYS)}; variables are one space for all prompts"
            )
            reading.error("O001", f"unknown key `{inside[:160]}`", at, hint=hint)
        elif key == "blocks":
            if not _is_nothing(value):
                made[key] = Setting(_blocks(value, inside, reading), reading.place(value), "", reading.file)
        else:
            made[key] = setting(value, inside, reading)
    return made


def _blocks(node: Node, path: str, reading: Reading) -> dict[str, Setting]:
    made: dict[str, Setting] = {}
    for name, (_, value) in _entries(node, path, reading).items():
        inside = f"{path}.{name}"
        made[name] = block = setting(value, inside, reading, whole=_WHOLE)
        if isinstance(block.data, dict):
            _block_map(value, block, inside, reading)
        elif block.directive != "unset" and not isinstance(block.data, str):
            reading.wrong_kind(inside, "text", value)
        elif isinstance(value, Scalar) and value.plain and not value.text and not value.tag:
            reading.error("O002", f"`{inside}` has no text", value, hint='write "" for no text at all')
    return made


def _block_map(node: Node, block: Setting, path: str, reading: Reading) -> None:
    if not isinstance(node, Map):
        return
    for key, (at, value) in node.entries.items():
        if key not in BLOCK_KEYS:
            reading.error(
                "O001",
                f"unknown key `{path}.{key[:80]}`",
                at,
                hint=did_you_mean(key, BLOCK_KEYS, otherwise="known are `text` and `against`"),
            )
        elif not isinstance(block.data[key], str):
            reading.wrong_kind(f"{path}.{key}", "text", value)
    if "text" not in node.entries:
        reading.error("O002", f"`{path}` lacks the key `text`", node)


def _entries(node: Node, path: str, reading: Reading) -> Mapping[str, tuple[Scalar, Node]]:
    if node.tag:
        reading.error(
            "Y004",
            f"`{node.tag}` has no meaning at `{path}`",
            node,
            hint="directives stand at values: a variable, a block, `config`, `tools`",
        )
    if not isinstance(node, Map):
        reading.wrong_kind(path, "a map", node)
        return {}
    return node.entries


_READERS: Mapping[str, Callable[[Node, Reading, dict[str, Any]], None]] = {
    "extends": _extends,
    "title": _title,
    "aliases": _aliases,
    "labels": _labels,
    "locale": _locale,
    "final": _final,
    "models": _models,
    "variables": _variables,
    "prompts": _prompts,
}

_WHOLE: Literal["whole"] = "whole"


def setting(node: Node, path: str, reading: Reading, *, whole: str = "") -> Setting:
    """One value with its directive: a map without one becomes a map of settings (unless `whole`), else plain data."""
    tag, file, line, column = node.tag, reading.file, node.line, node.column
    if not tag:
        if type(node) is Scalar:
            return setting_at(_scalar(node), "", file=file, line=line, column=column)
        if type(node) is Map and not whole:
            inner = {key: setting(value, f"{path}.{key}", reading) for key, (_, value) in node.entries.items()}
            return setting_at(inner, "", file=file, line=line, column=column)
    if tag == "!file":
        text, origin = _file(node, path, reading)
        return Setting(text, Place(file, line, column), "", origin)
    if tag == "!unset":
        if not (isinstance(node, Scalar) and (node.text == "" or node.value == (True,))):
            reading.error("O002", f"`!unset` at `{path}` takes no value", node)
        return setting_at(None, "unset", file=file, line=line, column=column)
    origins: list[str] = []
    data = _data(node, path, reading, origins)
    if origins:
        return Setting(data, Place(file, line, column), cast(Directive, tag[1:]), origins[-1])
    return setting_at(data, cast(Directive, tag[1:]), file=file, line=line, column=column)


def _scalar(node: Scalar) -> Any:
    if node.value is not None:
        return node.value[0]
    return text_at(Plain if node.plain else Text, node.text, node.line, node.column)


def _data(node: Node, path: str, reading: Reading, origins: list[str]) -> Any:
    # Inside a value that a directive takes whole, or a list, only `!file` still means something.
    if isinstance(node, Scalar):
        return _scalar(node)
    if isinstance(node, Sequence):
        return [
            _scalar(item)
            if isinstance(item, Scalar) and not item.tag
            else _inner(item, f"{path}[{index}]", reading, origins)
            for index, item in enumerate(node.items)
        ]
    return {
        Text.at(key, at.line, at.column): _inner(value, f"{path}.{key}", reading, origins)
        for key, (at, value) in node.entries.items()
    }


def _inner(node: Node, path: str, reading: Reading, origins: list[str]) -> Any:
    if node.tag == "!file":
        text, origin = _file(node, path, reading)
        origins.append(origin)
        return text
    if node.tag:
        hint = "put the directive at the whole list or map"
        reading.error(
            "Y004",
            f"`{node.tag}` has no meaning inside a list or a value that has a directive (`{path}`)",
            node,
            hint=hint,
        )
    return _data(node, path, reading, origins)


def _file(node: Node, path: str, reading: Reading) -> tuple[Text, str]:
    empty = Text.at("", node.line, node.column)
    if not isinstance(node, Scalar) or not node.text or node.value is not None:
        reading.error("O002", f"`!file` at `{path}` takes the path of a text beside the overlay", node)
        return empty, reading.file
    tenants = reading.context.tenants
    file = relative_path(node.text, dirname(reading.file))
    if file is None or not file.startswith(tenants + "/"):
        reading.error("P001", f"`!file` reads inside `{tenants}/` alone, by a plain relative path", node)
        return empty, reading.file
    reading.texts[file] = None
    found = reading.context.beside(file)
    if found is None:
        reading.error("P004", f"there is no file `{file[:160]}`", node)
    elif found.text is None:
        reading.error("P004", f"`{file[:160]}` can't be used", node)
    else:
        return Text.at(found.text, node.line, node.column), file
    return empty, reading.file


def with_json_directives(node: Node, reading: Reading) -> Node:
    """A sign-up's tree with `{"$append": […]}` turned into the directive that a tag is in YAML."""
    if isinstance(node, Sequence):
        node.items = [with_json_directives(item, reading) for item in node.items]
    elif isinstance(node, Map):
        directives = [key for key in node.entries if key in JSON_DIRECTIVES]
        if directives and len(node.entries) == 1:
            value = with_json_directives(node.entries[directives[0]][1], reading)
            value.tag = "!" + directives[0][1:]
            return value
        for key, (at, value) in node.entries.items():
            node.entries[key] = (at, with_json_directives(value, reading))
            if key in directives:
                reading.error("O002", f"`{key}` stands alone in its map", at)
            elif len(node.entries) == 1 and key.startswith("$") and did_you_mean(key, JSON_DIRECTIVES):
                reading.error("O001", f"unknown directive `{key[:80]}`", at, hint=did_you_mean(key, JSON_DIRECTIVES))
    return node
