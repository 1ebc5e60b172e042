"""Quick: the located tree of one line of JSON, for lines that nothing is wrong with.

    a line -> [quick] -> nodes, or None: then jsons.py reads it and says what is wrong

A sign-up costs as much as a file, and nearly all are fine. Python's own reader says whether the line is JSON at all;
then brackets, texts and scalars follow each other as they must, and only their places are left to be found. On any
doubt the answer is None: what jsons.py would report, or read in another way, is never decided here. Pure.
"""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

from promptc.compiler.schema.nodes import Map, Node, Scalar, Sequence
from promptc.compiler.schema.unicode import Policy, check_text, normalise
from promptc.compiler.schema.yaml import DEPTH_MAX, NODES_MAX
from promptc.core.values import INTEGER_MAX

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|[^\s,:{}\[\]"]+')
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUOTED = False  # no scalar of JSON is a plain one
DIGITS_MAX = 400

_Entries = dict[str, tuple[Scalar, Node]]


class _Doubt(ValueError):
    """Ends the quick reading."""


def _refuse(constant: str) -> NoReturn:
    raise _Doubt(constant)


_as_python_reads = json.JSONDecoder(parse_constant=_refuse).decode


def quick_json(text: str, line: int, policy: Policy) -> Node | None:
    """The tree of a line's one value, with its places; None on any doubt. The line's own characters were checked."""
    if "\n" in text:
        return None
    try:
        _as_python_reads(text)
        return _tree(text, line, policy)
    except (ValueError, RecursionError):
        return None


def _tree(text: str, line: int, policy: Policy) -> Node:
    """The tree of what is known to be JSON: in a map keys and values take turns, so commas and colons tell nothing."""
    roots: list[Node] = []
    above: list[tuple[_Entries | None, list[Node]]] = []
    entries: _Entries | None = None  # of the map that is being filled; None in a list
    items, key, count = roots, None, 0
    node: Node
    for match in _TOKEN.finditer(text):
        token, column = match[0], match.start() + 1
        first = token[0]
        if first == '"':
            easy = "\\" not in token and token.isascii()
            node = Scalar(token[1:-1] if easy else _text(token, policy), _QUOTED, "", line, column)
            if key is None and entries is not None:
                key = node
                continue
        elif first == "}" or first == "]":
            entries, items = above.pop()
            continue
        elif first == "{":
            node = Map({}, "", line, column)
        elif first == "[":
            node = Sequence([], "", line, column)
        else:
            node = Scalar(token, _QUOTED, "", line, column, (_WORDS[token] if token in _WORDS else _number(token),))
        count += 1
        if key is None:
            items.append(node)
        else:
            assert entries is not None
            if entries.setdefault(key.text, (key, node))[0] is not key:
                raise _Doubt("a key is given twice")
            key = None
        if not isinstance(node, Scalar):
            above.append((entries, items))
            entries, items = (node.entries, items) if isinstance(node, Map) else (None, node.items)
            if len(above) > DEPTH_MAX:
                raise _Doubt("nested too deeply")
    if count > NODES_MAX:
        raise _Doubt("too many values")
    return roots[0]


def _text(token: str, policy: Policy) -> str:
    text = str(_as_python_reads(token))
    if "\\" in token and not (text.isascii() and text.isprintable()):
        # What an escape brought in wasn't in the line when that was checked.
        allowed = Policy(policy.allow | frozenset(token), policy.private_use)
        if _SURROGATE.search(text) or check_text(text, "", use="value", policy=allowed):
            raise _Doubt("an escape brings in what texts may not hold")
    return normalise(text)


def _number(token: str) -> int | float:
    if len(token) <= DIGITS_MAX:
        if not any(mark in token for mark in ".eE"):
            if abs(int(token)) <= INTEGER_MAX:
                return int(token)
        elif math.isfinite(float(token)):
            return float(token)
    raise _Doubt("a number beyond what JSON readers agree on")
