"""Outline: a compiled prompt as parts and lines whose holes are known, and what differs between two of them.

    artifact, or a plan with its slots named -> [outline] -> pair -> hunks -> review

Pure. An outline is made once for all targets that are filled alike, and compared once with another; a target adds its own
values. So two targets have the same hunk exactly when they differ in nothing but the values of holes, which is known
from how they were compiled and never guessed from their text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

from promptc.core.dataclass import dataclass
from promptc.core.diff import message_lines

# By how much care each asks for; what another toolchain made of the same sources is none of their authors' doing.
Class = Literal["interface", "model", "text", "whitespace", "toolchain"]
CLASSES: tuple[Class, ...] = ("interface", "model", "text", "whitespace", "toolchain")
# Halves of surrogate pairs: no text that compiles holds one.
BEGIN, END = "\ud800", "\udc00"
ROLE = "── "
DATA = "|tojson"  # ends the names of holes whose values are JSON
_INTERFACE = ("input", "output", "tool", "tools")
_MARKS = ("⟦", "⟧")


class Hole(NamedTuple):
    """The place of a value: a variable's name with its filters, or `block NAME` for an overlay's text."""

    name: str


Line = tuple[str | Hole, ...]
Values = Mapping[str, str]


class Part(NamedTuple):
    """A part of an artifact that is data: `model`, `config`, `input NAME`, `tool NAME`, `output`; its JSON as a line."""

    name: str
    data: Line


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """`lines` are those of all messages, `wheres` the role that each stands under, `stable` how many no input touches."""

    parts: tuple[Part, ...]
    lines: tuple[Line, ...]
    wheres: tuple[str, ...]
    stable: int


class Hunk(NamedTuple):
    """One place where two compiled prompts differ, with holes for values. `changed` are holes whose own value changed."""

    where: str
    before: tuple[Line, ...]
    after: tuple[Line, ...]
    changed: tuple[str, ...] = ()


class Found(NamedTuple):
    """A hunk in one target: its values, where it stands (lines from 0; -1 in a part), and whether a stable prefix ends there."""

    hunk: Hunk
    values: tuple[tuple[str, ...], tuple[str, ...]]
    at: tuple[int, int]
    lengths: tuple[int, int]
    is_stable: bool


def outline_of(document: Mapping[str, Any], names: Sequence[str] = ()) -> Outline:
    """The outline of an artifact whose text holds marks for `names` by number; without marks, one without holes."""
    lines: list[Line] = []
    wheres: list[str] = []
    where = ""
    stable = -1
    for text in message_lines(document["messages"]):
        if text.startswith(ROLE):
            where = text.removeprefix(ROLE)
        if stable < 0 and (_MARKS[0] in text or text == f"{ROLE}history") and "⟦cache" not in text:
            stable = len(lines)
        lines.append(_line(text, names))
        wheres.append(where)
    return Outline(tuple(_parts(document, names)), tuple(lines), tuple(wheres), len(lines) if stable < 0 else stable)


def _parts(document: Mapping[str, Any], names: Sequence[str]) -> Iterator[Part]:
    def part(name: str, data: Any) -> Part:
        return Part(name, _unquoted(_line(json.dumps(data, ensure_ascii=False, separators=(",", ":")), names)))

    for tool in document["tools"]:
        yield part(f"tool {tool['name']}", {key: value for key, value in tool.items() if key != "name"})
    if "output" in document:
        yield part("output", document["output"])
    for name, schema in document["inputs"].items():
        yield part(f"input {name}", schema)
    yield part("model", document["model"])
    yield part("config", document["config"])


def _line(text: str, names: Sequence[str]) -> Line:
    first, *others = text.split(BEGIN)
    found: list[str | Hole] = [first] if first else []
    for other in others:
        number, _, rest = other.partition(END)
        found.append(Hole(names[int(number)]))
        if rest:
            found.append(rest)
    return tuple(found)


def _unquoted(line: Line) -> Line:
    """A line of JSON in which values that are JSON themselves have lost the quotes of their marks."""
    found = list(line)
    for at, piece in enumerate(found):
        if isinstance(piece, Hole) and piece.name.endswith(DATA):
            found[at - 1] = str(found[at - 1])[:-1]
            found[at + 1] = str(found[at + 1])[1:]
    return tuple(found)


def text_of_line(line: Line, values: Values) -> str:
    """A line with a target's values in its holes."""
    return "".join(values[piece.name] if isinstance(piece, Hole) else piece for piece in line)


def holes_of(lines: Sequence[Line]) -> Iterator[str]:
    """The names of the holes of lines, in order."""
    return (piece.name for line in lines for piece in line if isinstance(piece, Hole))


class Pair:
    """Two outlines, compared once for all targets that go from one to the other."""

    __slots__ = ("_changed", "_lines", "_parts", "after", "before", "common")

    def __init__(self, before: Outline, after: Outline) -> None:
        self.before = before
        self.after = after
        self._lines = opcodes(before.lines, after.lines)
        self._parts = list(_part_pairs(before, after))
        held = {*holes_of(before.lines), *(name for part in before.parts for name in holes_of((part.data,)))}
        kept = {*holes_of(after.lines), *(name for part in after.parts for name in holes_of((part.data,)))}
        self.common = tuple(sorted(held & kept))
        self._changed: dict[tuple[str, ...], list[tuple[Hunk, tuple[int, int], tuple[int, int], bool]]] = {}

    def hunks(self, before: Values, after: Values) -> Iterator[Found]:
        """What differs for a target that fills the holes with these values."""
        changed = tuple(name for name in self.common if before[name] != after[name])
        known = self._changed.get(changed)
        if known is None:
            known = self._changed[changed] = list(self._hunks(frozenset(changed)))
        for hunk, at, counts, is_stable in known:
            values = (
                tuple([before[name] for name in holes_of(hunk.before)]),
                tuple([after[name] for name in holes_of(hunk.after)]),
            )
            yield Found(hunk, values, at, counts, is_stable)

    def _hunks(self, changed: frozenset[str]) -> Iterator[tuple[Hunk, tuple[int, int], tuple[int, int], bool]]:
        for name, old, new in self._parts:
            own = _own((*old, *new), changed)
            if old != new or own:
                # Tools and schemas are what a provider reads first; inputs and limits are never sent.
                is_stable = name.startswith(("tool", "output", "model"))
                yield Hunk(name, old, new, own), (-1, -1), (0, 0), is_stable
        for tag, a, b, c, d in _with_values(self._lines, self.before.lines, changed):
            if tag != "equal":
                old, new = self.before.lines[a:b], self.after.lines[c:d]
                where = self.after.wheres[c] if d > c else self.before.wheres[a]
                yield Hunk(where, old, new, _own((*old, *new), changed)), (a, c), (b - a, d - c), a < self.before.stable


def _own(lines: Sequence[Line], changed: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(changed.intersection(holes_of(lines)))) if changed else ()


def _part_pairs(before: Outline, after: Outline) -> Iterator[tuple[str, tuple[Line, ...], tuple[Line, ...]]]:
    old, new = dict(before.parts), dict(after.parts)
    for name in dict.fromkeys((*old, *new)):
        yield name, (old[name],) if name in old else (), (new[name],) if name in new else ()
    # A provider reads tools in their order, also where each of them is as it was.
    one, two = ([name for name in parts if name.startswith("tool ") and name in other] for parts, other in ((old, new), (new, old)))
    if one != two:
        yield "tools", (_order(one),), (_order(two),)


def _order(names: Sequence[str]) -> Line:
    return (json.dumps({"order": ", ".join(name.removeprefix("tool ") for name in names)}, ensure_ascii=False, separators=(",", ":")),)


Opcode = tuple[str, int, int, int, int]


def opcodes(before: Sequence[Any], after: Sequence[Any]) -> list[Opcode]:
    """How to get from one list of lines to another: runs that are equal, and runs that are not."""
    start, most = 0, min(len(before), len(after))
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    found: list[Opcode] = [("equal", 0, start, 0, start)] if start else []
    inner, other = before[start : len(before) - end], after[start : len(after) - end]
    # Most edits touch one place; only what lies between is compared line by line.
    for tag, a, b, c, d in SequenceMatcher(a=inner, b=other, autojunk=False).get_opcodes():
        found.append((tag, a + start, b + start, c + start, d + start))
    if end:
        found.append(("equal", len(before) - end, len(before), len(after) - end, len(after)))
    return found


def _with_values(found: Sequence[Opcode], lines: Sequence[Line], changed: frozenset[str]) -> Iterator[Opcode]:
    """The same, with lines whose own values changed taken out of what is equal."""
    if not changed:
        yield from found
        return
    for tag, a, b, c, d in found:
        if tag != "equal":
            yield tag, a, b, c, d
            continue
        start = a
        for at in range(a, b + 1):
            differs = at < b and not changed.isdisjoint(holes_of((lines[at],)))
            if differs or at == b:
                if at > start:
                    yield "equal", start, at, c + start - a, c + at - a
                if differs:
                    yield "replace", at, at + 1, c + at - a, c + at + 1 - a
                start = at + 1


def class_of(hunk: Hunk) -> Class:
    """What kind of change it is; where that is not certain, the one that asks for more care."""
    kind = hunk.where.partition(" ")[0]
    if kind in _INTERFACE and not _is_role(hunk.where):
        return "interface"
    if hunk.where in ("model", "config"):
        return "model"
    if _frame(hunk.before) != _frame(hunk.after):
        return "interface"
    if not hunk.changed and _squeezed(hunk.before) == _squeezed(hunk.after):
        return "whitespace"
    return "text"


def _is_role(where: str) -> bool:
    return where in ("system", "developer", "user", "assistant", "history", "")


def _frame(lines: Sequence[Line]) -> list[str]:
    """What of lines is no text: roles, slots, conditions."""
    found = []
    for line in lines:
        texts = [piece for piece in line if not isinstance(piece, Hole)]
        if texts and texts[0].startswith(ROLE):
            found.append("".join(texts))
        for text in texts:
            for piece in text.split(_MARKS[0])[1:]:
                found.append(piece.partition(_MARKS[1])[0])
    return found


def _squeezed(lines: Sequence[Line]) -> list[Any]:
    found: list[Any] = [""]
    for line in lines:
        for piece in line:
            if isinstance(piece, Hole):
                found += [piece, ""]
            else:
                found[-1] += "".join(piece.split())
    return found
