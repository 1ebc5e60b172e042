"""Structure: two states of a part that is data, compared by structure: `path: value` for whatever is another. The door of deepdiff.

outlining's hunks of parts -> [structure] -> hunks of single values -> grouping
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promptc.core.outline import BEGIN, DATA, END, Hole, Hunk, Line, holes_of
from promptc.core.reading import path_text
from promptc.driver.outlining import Gathered, Met, Variant, key_of

LINES_MAX = 200
HUNKS_MAX = 20  # of one part; one that differs in more is shown as one
Lines = tuple[Line, ...]
_ORDER = "keys stand in another order"


def structured(gathered: Gathered) -> Gathered:
    """The hunks of parts that are data as one hunk for each value that differs, wherever in a part it stands.

    So one setting that changes for all is one group, whatever else the part of each target holds.
    """
    made: Gathered = {}
    for (kind, hunk), met in gathered.items():
        if met.at != (-1, -1):
            made[kind, hunk] = met
            continue
        for number, inner in enumerate(_hunks(hunk)):
            known = made.setdefault((kind, inner), Met(met.at, met.context, raw=hunk))
            for variant in met.variants.values():
                _take(known, inner, variant, hunk)
            if not number:
                known.characters += met.characters
                known.stable += met.stable
    return made


def _take(known: Met, inner: Hunk, variant: Variant, hunk: Hunk) -> None:
    """Add a variant of a part, with the values of those holes alone that stand in one of its hunks."""
    old = dict(zip(holes_of(hunk.before), variant.values[0], strict=True))
    new = dict(zip(holes_of(hunk.after), variant.values[1], strict=True))
    values = tuple(old[n] for n in holes_of(inner.before)), tuple(new[n] for n in holes_of(inner.after))
    found = known.variants.setdefault(key_of(values), Variant(values))
    found.targets += variant.targets


def _hunks(hunk: Hunk) -> list[Hunk]:
    """A hunk for each value that differs; a part that comes or goes whole is one."""
    names: list[str] = []
    old, new = (_data(lines, names) for lines in (hunk.before, hunk.after))
    if old is None or new is None:
        return [Hunk(hunk.where, tuple(_all(old, names)), tuple(_all(new, names)))]
    pairs: dict[tuple[Lines, Lines], None] = {}
    for path, was, now in _differences(old[0], new[0]):
        gone: Lines = () if was is None else (_shown(path, was[0], names),)
        come: Lines = () if now is None else (_shown(path, now[0], names),)
        pairs[gone, come] = None
    for path, value in _leaves(old[0], ()):
        text = json.dumps(value, ensure_ascii=False)
        if any(f"{BEGIN}{names.index(name)}{END}" in text for name in hunk.changed if name in names):
            line = (_shown(path, value, names),)
            pairs[line, line] = None
    if len(pairs) > HUNKS_MAX:
        gone = tuple(line for one, _ in pairs for line in one)[:LINES_MAX]
        come = tuple(line for _, one in pairs for line in one)[:LINES_MAX]
        pairs = {(gone, come): None}
    if not pairs:
        pairs[((_ORDER,),), ((_ORDER,),)] = None
    changed = set(hunk.changed)
    return [Hunk(hunk.where, a, b, tuple(sorted(changed.intersection(holes_of((*a, *b)))))) for a, b in pairs]


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
