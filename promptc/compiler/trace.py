"""Trace: the questions that a render asks of its variables, and their typed answers.

    proxies -> [questions and answers] -> why a target was rendered, who reads what, which tenants may share a render

Pure. One function answers a question from values; proxies record with it, and whoever looks up a shared render asks
with it, so that the two can't disagree. Answers are typed: 1, 1.0 and true are three answers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, get_args

from promptc.compiler.project import MISSING, Missing
from promptc.core.values import kind_of

Kind = Literal["print", "truth", "get", "has", "length", "keys", "whole"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Step = str | int
Path = tuple[Step, ...]
Asked = tuple[Kind, Path]
# A kind and what is told of the value, as text: text keeps its hash, and goes into JSON as it is.
Answer = str
Roots = Mapping[str, Any]
# The roots that are one tenant's whatever the prompt; `tools` and `model` are what its chain chose for one prompt.
OF_TENANT = frozenset({"vars", "tenant"})

SHAPES: dict[type, str] = {
    str: "text", int: "integer", bool: "boolean", float: "number", type(None): "null", list: "list", tuple: "list",
    dict: "map", Missing: "missing",
}  # fmt: skip
PRINTED = frozenset({"text", "integer", "number", "boolean"})


def look(roots: Any, path: Iterable[Step]) -> Any:
    """The value at a path; MISSING where there is none. Text keys look into maps, integers into lists."""
    value = roots
    for step in path:
        # A dict, as almost all are, is told by its class: asking an abstract class costs more than all the rest.
        if value.__class__ is dict or isinstance(value, Mapping):
            value = value.get(step, MISSING) if isinstance(step, str) else MISSING
        elif isinstance(value, (list, tuple)) and isinstance(step, int):
            value = value[step] if -len(value) <= step < len(value) else MISSING
        else:
            return MISSING
    return value


def shape_of(value: Any) -> str:
    """The kind of a value, or missing."""
    return SHAPES.get(value.__class__) or kind_of(value)


def fingerprint(value: Any) -> str:
    """A digest of a whole value that tells types and key order apart."""
    if value is MISSING:
        return ""
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()


Digesting = Callable[[Any], str]
Answering = Callable[[str, Any, Digesting], Answer]


def _print(shape: str, _: Any, __: Digesting) -> Answer:
    return "text" if shape in PRINTED else shape


def _truth(_: str, value: Any, __: Digesting) -> Answer:
    return "missing" if value is MISSING else "true" if value else "false"


def _has(_: str, value: Any, __: Digesting) -> Answer:
    return "false" if value is MISSING else "true"


def _length(shape: str, value: Any, _: Digesting) -> Answer:
    return f"{shape} {len(value)}" if shape in ("map", "list", "text") else shape


def _keys(shape: str, value: Any, _: Digesting) -> Answer:
    return f"map {json.dumps(list(value))}" if shape == "map" else shape


def _get(shape: str, value: Any, _: Digesting) -> Answer:
    if shape == "text":
        return "text " + value  # type: ignore[no-any-return]
    # Python takes 0.0 and -0.0 for equal, and they print differently.
    return f"{shape} {value!r}" if shape in ("integer", "boolean", "number") else shape


def _whole(shape: str, value: Any, digest: Digesting) -> Answer:
    return f"{shape} {digest(value)}"


_ANSWERS: dict[Kind, Answering] = {
    "print": _print, "truth": _truth, "get": _get, "has": _has, "length": _length, "keys": _keys, "whole": _whole,
}  # fmt: skip
_PRINTS: dict[type, Answer] = {cls: _print(shape, None, fingerprint) for cls, shape in SHAPES.items()}


def answer(kind: Kind, value: Any, digest: Digesting = fingerprint) -> Answer:
    """The typed answer to a question about a value that may be MISSING."""
    return _ANSWERS[kind](SHAPES.get(value.__class__) or kind_of(value), value, digest)


class ByIdentity:
    """What a function makes of values, kept by the values' identity: tenants of one layer share its lists and maps.

    Values are never changed once a project is resolved. They are kept alive, so that an identity stays theirs.
    """

    __slots__ = ("_function", "_known", "_most")

    def __init__(self, function: Callable[[Any], Any], most: int = 4_096) -> None:
        self._function = function
        self._known: dict[int, tuple[Any, Any]] = {}
        self._most = most

    def __call__(self, value: Any) -> Any:
        found = self._known.get(id(value))
        if found is not None:
            return found[1]
        made = self._function(value)
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[id(value)] = (value, made)
        return made


class Reads:
    """What one render asked, in order. A question that was asked twice is kept once: its answer can't have changed."""

    __slots__ = ("asked", "digest")

    def __init__(self, digest: Digesting = fingerprint) -> None:
        self.asked: dict[Asked, Answer] = {}
        self.digest = digest

    def record(self, kind: Kind, path: Path, value: Any) -> None:
        """Note that `kind` was asked of the value at `path`."""
        question = (kind, path)
        if question not in self.asked:
            self.asked[question] = _ANSWERS[kind](SHAPES.get(value.__class__) or kind_of(value), value, self.digest)


class Question:
    """One question of a compiler: there is one object for each kind and path, so that it is found by its identity."""

    __slots__ = ("ask", "kind", "lasting", "path")

    def __init__(self, kind: Kind, path: Path, digest: Digesting) -> None:
        self.kind = kind
        self.path = path
        self.ask = _asking(kind, path, digest)
        self.lasting = path[0] in OF_TENANT


def _asking(kind: Kind, path: Path, digest: Digesting) -> Callable[[Roots], Answer]:
    answered = _ANSWERS[kind]
    if len(path) == 2 and isinstance(path[1], str):
        root, name = path[0], path[1]
        return _asking_whether_printed(root, name) if kind == "print" else _asking_of(root, name, answered, digest)

    def ask(roots: Roots) -> Answer:
        value = look(roots, path)
        return answered(SHAPES.get(value.__class__) or kind_of(value), value, digest)

    return ask


def _asking_of(root: Any, name: str, answered: Answering, digest: Digesting) -> Callable[[Roots], Answer]:
    def ask(roots: Roots) -> Answer:
        value = roots[root].get(name, MISSING)
        return answered(SHAPES.get(value.__class__) or kind_of(value), value, digest)

    return ask


def _asking_whether_printed(root: Any, name: str) -> Callable[[Roots], Answer]:
    def ask(roots: Roots) -> Answer:
        value = roots[root].get(name, MISSING)
        return _PRINTS.get(value.__class__) or answer("print", value)

    return ask


class Questions(dict[Asked, Question]):
    """Every question that any render of a compiler asked."""

    def __init__(self) -> None:
        super().__init__()
        self.digest = ByIdentity(fingerprint)

    def __missing__(self, asked: Asked) -> Question:
        made = self[asked] = Question(*asked, self.digest)
        return made


class Answers(dict[Question, Answer]):
    """One tenant's answers, each worked out when it is first asked for; its prompts ask much the same.

    `roots` are the tenant's; `chosen` those that its chain chose for the prompt at hand, which are never kept.
    """

    __slots__ = ("chosen", "roots")

    def __init__(self, roots: Roots, chosen: Roots) -> None:
        super().__init__()
        self.roots = roots
        self.chosen = chosen

    def __missing__(self, question: Question) -> Answer:
        if not question.lasting:
            return question.ask(self.chosen)
        found = self[question] = question.ask(self.roots)
        return found
