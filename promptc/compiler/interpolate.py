"""Interpolate: `${name}` and `${limits.turns}` in the text of variables and blocks, once a chain is folded.

    merge -> [interpolate] -> resolve

It is the only thing in an overlay that is evaluated, and it is one pass: pieces are cut from the text that an author
wrote, and what is put in is never cut again, so no value can ask for another. Pure.

A variable is resolved where it is asked for, part by part: `limits: {turns: 3, say: "${limits.turns} turns"}` is no
circle, though `limits` asks for itself. A circle is a text that is met again while it is being resolved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from promptc.compiler.merge import Path, dotted
from promptc.compiler.project import MISSING, Variable
from promptc.core.dataclass import dataclass
from promptc.core.nearest import while_few
from promptc.core.values import NotCanonical, NoText, text_of

DEPTH_MAX = 32  # texts that lead on to one another
STEPS_MAX = 200  # and the keys passed on the way, so that no value exhausts Python's own stack
SIZE_MAX = 1 << 20  # characters and values that one text or value may come to
VALUES_MAX = 1 << 18  # values walked for one tenant

_MARK = re.compile(r"\$?\$\{")
_REFERENCE = re.compile(r"([^\W\d][^\s.{}$]*(?:\.[^\s.{}$]+)*)\}")


@dataclass(frozen=True, slots=True)
class Reference:
    """One `${…}` of a text; an empty path for one that can't be read."""

    path: Path


@dataclass(frozen=True, slots=True)
class Failure:
    """A reference that can't be filled in: which text asked (`variables.greeting`), and why."""

    code: str
    at: Path
    message: str
    hint: str


class _Failed:
    """The type of FAILED: stands for a value whose failure is noted already."""


FAILED = _Failed()


@lru_cache(maxsize=8192)
def pieces(text: str) -> tuple[str | Reference, ...]:
    """A text cut into what stands and what is asked for; `$${` stands for `${`, any other `$` for itself."""
    found: list[str | Reference] = []
    literal, position = "", 0
    while mark := _MARK.search(text, position):
        literal += text[position : mark.start()]
        if mark.group() == "$${":
            literal, position = literal + "${", mark.end()
            continue
        asked = _REFERENCE.match(text, mark.end())
        if literal:
            found.append(literal)
        found.append(Reference(tuple(asked.group(1).split("."))) if asked else Reference(()))
        literal, position = "", asked.end() if asked else mark.end()
    literal += text[position:]
    if literal or not found:
        found.append(literal)
    return tuple(found)


def names_asked(data: Any) -> Iterator[str]:
    """The names of the variables that a value's texts ask for."""
    if isinstance(data, str):
        if "${" in data:
            yield from (piece.path[0] for piece in pieces(data) if isinstance(piece, Reference) and piece.path)
    elif isinstance(data, dict):
        for item in data.values():
            yield from names_asked(item)
    elif isinstance(data, (list, tuple)):
        for item in data:
            yield from names_asked(item)


class References:
    """Fills in the references of one tenant's values; `failures` are those that can't be."""

    def __init__(self, values: Mapping[str, Any], declared: Mapping[str, Variable], broken: frozenset[str]) -> None:
        self.values = values
        self.declared = declared
        self.broken = broken  # variables whose definition is wrong: their absence is no second finding
        self._failures: dict[Failure, None] = {}  # in the order they were met
        self._steps = 0
        self._sizes: dict[int, tuple[Any, int]] = {}
        self._texts: dict[Path, Any] = {}
        self._open: list[Path] = []
        self._circles: set[frozenset[Path]] = set()

    def value(self, name: str) -> Any:
        """A variable's value with its references filled in, or FAILED."""
        return self._node(self.values[name], ("variables", name))

    def text(self, text: str, at: Path) -> str | None:
        """A block's text with its references filled in; None when one can't be."""
        value = self._text(text, at)
        # Several overlays may act on one block, so its path doesn't name one text as a variable's does.
        del self._texts[at]
        return None if value is FAILED else self._as_text(value, at)

    def _node(self, node: Any, at: Path) -> Any:
        self._steps += 1
        if self._steps > VALUES_MAX:
            if self._steps == VALUES_MAX + 1:
                self._fail("B002", at, f"references lead to more than {VALUES_MAX:,} values", "ask for less")
            return FAILED
        if isinstance(node, str):
            return self._text(node, at) if "${" in node else node
        if isinstance(node, dict):
            made = {key: self._node(item, (*at, key)) for key, item in node.items()}
            return FAILED if any(item is FAILED for item in made.values()) else self._sized(made, at)
        if isinstance(node, (list, tuple)):
            items = [self._node(item, (*at, str(index))) for index, item in enumerate(node)]
            return FAILED if any(item is FAILED for item in items) else self._sized(items, at)
        return node

    def _text(self, text: str, at: Path) -> Any:
        if at in self._texts:
            return self._texts[at]
        if at in self._open:
            self._circle(self._open[self._open.index(at) :])
            return FAILED
        if len(self._open) >= DEPTH_MAX or sum(map(len, self._open)) > STEPS_MAX:
            return self._fail("B002", at, f"references lead on more than {DEPTH_MAX} times", "write part of it out")
        self._open.append(at)
        value = self._filled(pieces(text), at)
        self._open.pop()
        self._texts[at] = value
        return value

    def _filled(self, cut: tuple[str | Reference, ...], at: Path) -> Any:
        if len(cut) == 1:
            only = cut[0]
            return only if isinstance(only, str) else self._asked(only, at)
        parts = [piece if isinstance(piece, str) else self._as_part(piece, at) for piece in cut]
        texts = [part for part in parts if part is not None]
        if len(texts) < len(parts):
            return FAILED
        if sum(map(len, texts)) > SIZE_MAX:
            return self._fail("B002", at, f"comes to more than {SIZE_MAX:,} characters", "ask for less in one text")
        joined = "".join(texts)
        return joined if joined.isascii() else unicodedata.normalize("NFC", joined)

    def _as_part(self, reference: Reference, at: Path) -> str | None:
        value = self._asked(reference, at)
        return None if value is FAILED else self._as_text(value, at, asked=dotted(reference.path))

    def _as_text(self, value: Any, at: Path, *, asked: str = "") -> str | None:
        try:
            return text_of(value)
        except (NoText, NotCanonical) as error:
            what = f"`${{{asked}}}`" if asked else "what it asks for"
            hint = "ask for one of its parts, or let it stand alone as a variable's value"
            self._fail("O034", at, f"{what} can't stand in text: {error}", hint)
            return None

    def _asked(self, reference: Reference, at: Path) -> Any:
        if not reference.path:
            hint = "a reference is `${name}` or `${name.key}`; `$${` writes `${`"
            return self._fail("O033", at, "has a `${` that begins no reference", hint)
        name = reference.path[0]
        if name not in self.declared:
            hint = while_few(
                len(self._failures),
                name,
                self.declared,
                otherwise="declare it in sources/variables.yaml; `$${` writes `${`",
            )
            return self._fail(
                "O030", at, f"asks for `${{{dotted(reference.path)[:80]}}}`, and there is no such variable", hint
            )
        if name not in self.values:
            if name in self.broken:
                return FAILED
            hint = f"set `{name}`, or give it a default in sources/variables.yaml"
            return self._fail("O031", at, f"asks for `{name}`, which has no value: {self._way(name)}", hint)
        return self._below(reference.path, at)

    def _below(self, path: Path, at: Path) -> Any:
        """The value at a path of keys, through texts that stand for maps."""
        here: Path = ("variables", path[0])
        node = self.values[path[0]]
        for key in path[1:]:
            if isinstance(node, str) and "${" in node:
                node = self._text(node, here)
                if node is FAILED:
                    return FAILED
            if not isinstance(node, Mapping) or key not in node:
                return self._no_key(path, key, node, at)
            node, here = node[key], (*here, key)
        return self._node(node, here)

    def _no_key(self, path: Path, key: str, node: Any, at: Path) -> Any:
        hint = (
            while_few(len(self._failures), key, node)
            if isinstance(node, Mapping)
            else "only the keys of maps can be asked for"
        )
        return self._fail(
            "O030", at, f"asks for `${{{dotted(path)[:80]}}}`, and `{path[0]}` has no `{key[:80]}` there", hint
        )

    def _sized(self, value: Any, at: Path) -> Any:
        # Values are shared and not copied, so a few lines could stand for more than can ever be walked.
        items = value.values() if isinstance(value, dict) else value
        size = 1 + sum(self._size(item) for item in items)
        if size > SIZE_MAX:
            return self._fail(
                "B002", at, f"comes to more than {SIZE_MAX:,} characters and values", "ask for less in it"
            )
        self._sizes[id(value)] = (value, size)
        return value

    def _size(self, value: Any) -> int:
        if isinstance(value, str):
            return len(value)
        if isinstance(value, (dict, list)):
            known = self._sizes.get(id(value))
            return known[1] if known else 1
        return 1

    def _way(self, name: str) -> str:
        return " → ".join((*(_shown(at) for at in self._open), name))

    def _circle(self, members: list[Path]) -> None:
        if frozenset(members) in self._circles:
            return
        self._circles.add(frozenset(members))
        start = members.index(min(members))
        circle = [*members[start:], *members[:start], members[start]]
        way = " → ".join(map(_shown, circle))
        self._fail("O032", circle[0], f"asks for itself: {way}", "write one of them out")

    def _fail(self, code: str, at: Path, what: str, hint: str) -> Any:
        self._failures.setdefault(Failure(code, at, f"`{dotted(at)}` {what}", hint))
        return FAILED

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What couldn't be filled in so far, each once."""
        return tuple(self._failures)


def _shown(at: Path) -> str:
    return dotted(at[1:]) if at[0] == "variables" else dotted(at)


def confidential_names(values: Mapping[str, Any], asking: frozenset[str], declared: frozenset[str]) -> frozenset[str]:
    """The variables whose value is confidential or holds one that is. `asking` are those with references."""
    asked_by: dict[str, list[str]] = {}
    for name in asking:
        for asked in names_asked(values.get(name, MISSING)):
            asked_by.setdefault(asked, []).append(name)
    found = set(declared)
    waiting = list(declared)
    while waiting:
        for name in asked_by.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)
