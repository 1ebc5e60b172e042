"""Structure: two states of a part that is data, compared by structure: `path: value` for whatever is another. The door of deepdiff.

JSON lines with holes -> [structure] -> lines for a group
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promptc.core.outline import BEGIN, DATA, END, Hole, Line
from promptc.core.reading import path_text

LINES_MAX = 200
Lines = tuple[Line, ...]
_ORDER = "keys stand in another order"


def structure_lines(before: Sequence[Line], after: Sequence[Line], changed: Sequence[str]) -> tuple[Lines, Lines]:
    """What goes and what comes, one line for each value; a part that comes or goes whole gives all of its values."""
    names: list[str] = []
    old, new = (_data(lines, names) for lines in (before, after))
    if old is None or new is None:
        return tuple(_all(old, names)), tuple(_all(new, names))
    gone, come = [], []
    for path, was, now in _differences(old[0], new[0]):
        if was is not None:
            gone.append(_shown(path, was[0], names))
        if now is not None:
            come.append(_shown(path, now[0], names))
    for path, value in _leaves(old[0], ()):
        text = json.dumps(value, ensure_ascii=False)
        if any(f"{BEGIN}{names.index(name)}{END}" in text for name in changed if name in names):
            gone.append(_shown(path, value, names))
            come.append(_shown(path, value, names))
    if not gone and not come:
        return ((_ORDER,),), ((_ORDER,),)
    return tuple(dict.fromkeys(gone))[:LINES_MAX], tuple(dict.fromkeys(come))[:LINES_MAX]


def _data(lines: Sequence[Line], names: list[str]) -> tuple[Any] | None:
    """The value, with marks for its holes; None where there is no such part."""
    if not lines:
        return None
    text = ""
    for piece in lines[0]:
        if isinstance(piece, Hole):
            if piece.name not in names:
                names.append(piece.name)
            mark = f"{BEGIN}{names.index(piece.name)}{END}"
            text += json.dumps(mark) if piece.name.endswith(DATA) else mark
        else:
            text += piece
    try:
        return (json.loads(text),)
    except ValueError:
        # A veiled part: all of it is one hole.
        return ({"": text},)


Difference = tuple[tuple[Any, ...], tuple[Any] | None, tuple[Any] | None]


def _differences(old: Any, new: Any) -> Iterator[Difference]:
    """Each place that differs, with the value before and after, None where there is none."""
    from deepdiff import DeepDiff

    found: list[Difference] = []
    for kind, nodes in DeepDiff(old, new, view="tree", verbose_level=2, threshold_to_diff_deeper=0).items():
        for node in nodes:
            path = tuple(node.path(output_format="list"))
            was = None if kind.endswith("_added") else (node.t1,)
            now = None if kind.endswith("_removed") else (node.t2,)
            found.append((path, was, now))
    yield from sorted(found, key=lambda one: [str(step) for step in one[0]])


def _all(data: tuple[Any] | None, names: Sequence[str]) -> Iterator[Line]:
    if data is not None:
        for path, value in _leaves(data[0], ()):
            yield _shown(path, value, names)


def _leaves(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], (dict, list)):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, number))
    else:
        yield path, value


def _shown(path: Sequence[Any], value: Any, names: Sequence[str]) -> Line:
    said = f"{path_text(path)}: " if path else ""
    text = value if isinstance(value, str) and not path else json.dumps(value, ensure_ascii=False)
    # Marks come out of JSON as escapes of halves of surrogate pairs, or as themselves.
    text = text.replace("\\ud800", BEGIN).replace("\\udc00", END)
    return _line(said + text, names)


def _line(text: str, names: Sequence[str]) -> Line:
    first, *others = text.split(BEGIN)
    found: list[str | Hole] = [first] if first else []
    for other in others:
        number, _, rest = other.partition(END)
        name = names[int(number)]
        if name.endswith(DATA) and found and str(found[-1]).endswith('"'):
            found[-1] = str(found[-1])[:-1]
            rest = rest.removeprefix('"')
        found.append(Hole(name))
        if rest:
            found.append(rest)
    return tuple(found)
