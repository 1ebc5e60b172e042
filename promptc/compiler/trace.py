"""Trace: the questions that a render asks of its variables, and their typed answers.

    proxies -> [questions and answers] -> why a target was rendered, who reads what, which tenants may share a render

Pure. One function answers a question from values; proxies record with it, and whoever looks up a shared render asks
with it, so that the two can't disagree. Answers are typed: 1, 1.0 and true are three answers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from promptc.compiler.project import MISSING
from promptc.core.values import kind_of

Kind = Literal["print", "truth", "get", "has", "length", "keys", "whole"]
Step = str | int
Path = tuple[Step, ...]
Question = tuple[Kind, Path]
Answer = tuple[Any, ...]
Roots = Mapping[str, Any]


def look(roots: Any, path: Path) -> Any:
    """The value at a path; MISSING where there is none. Text keys look into maps, integers into lists."""
    value = roots
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step, MISSING) if isinstance(step, str) else MISSING
        elif isinstance(value, (list, tuple)) and isinstance(step, int):
            value = value[step] if -len(value) <= step < len(value) else MISSING
        else:
            return MISSING
    return value


def answer(kind: Kind, value: Any) -> Answer:
    """The typed answer to a question about a value that may be MISSING."""
    shape = shape_of(value)
    if kind == "print":
        return ("text",) if shape in ("text", "integer", "number", "boolean") else (shape,)
    if kind == "has":
        return (value is not MISSING,)
    if kind == "truth":
        return ("missing",) if value is MISSING else (bool(value),)
    if kind == "length":
        return (shape, len(value)) if shape in ("map", "list", "text") else (shape,)
    if kind == "keys":
        return (shape, *value) if shape == "map" else (shape,)
    if kind == "get" and shape in ("map", "list", "missing", "null"):
        return (shape,)
    if kind == "get":
        return (shape, value)
    return (shape, fingerprint(value))


def shape_of(value: Any) -> str:
    """The kind of a value, or missing."""
    return "missing" if value is MISSING else kind_of(value)


def fingerprint(value: Any) -> str:
    """A digest of a whole value that tells types and key order apart."""
    if value is MISSING:
        return ""
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()


class Reads:
    """What one render asked, in order. A question that was asked twice is kept once: its answer can't have changed."""

    __slots__ = ("asked",)

    def __init__(self) -> None:
        self.asked: dict[Question, Answer] = {}

    def record(self, kind: Kind, path: Path, value: Any) -> None:
        """Note that `kind` was asked of the value at `path`."""
        question = (kind, path)
        if question not in self.asked:
            self.asked[question] = answer(kind, value)
