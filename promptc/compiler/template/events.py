"""Events: what a template's stream is made of besides text, and the refusals that stop it.

    generated code -> [events] -> tree

Static text of a template is `str`; what an expression printed is `Value`; everything else is a symbol or a mark.
"""

from __future__ import annotations

from typing import Any

from promptc.core.dataclass import dataclass, replace

Condition = dict[str, Any]
Path = tuple[str, ...]


class Refusal(Exception):
    """A template does what can't be compiled. It is located from the traceback, which holds includes and macros."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.text = message
        self.hint = hint


class Limit(Refusal):
    """A template asks for more work or text than the limits allow."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__("B003", message, hint)


class Value(str):
    """Text that an expression printed: never trimmed, never read again."""

    __slots__ = ()


class Located(str):
    """Static text that carries its origin; made only where origins are asked for."""

    origin: Origin


class LocatedValue(Value):
    """A printed value that carries its origin."""

    origin: Origin


class Mark:
    """An event that is not text: the opening or closing of something."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Origin(Mark):
    """Where the next text comes from. `fixed`: all its lines are of this one line, as a printed value's are."""

    file: str
    line: int
    fixed: bool = False
    layer: str = ""


@dataclass(frozen=True, slots=True)
class When(Mark):
    """Opens a branch on an input; `If` in generated code tests for this class."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Each(Mark):
    """Opens a loop over an input list; `name` is the compiler's name of the element, by depth."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Else(Mark):
    """Ends the first part of the innermost when or each and opens its else."""


@dataclass(frozen=True, slots=True)
class End(Mark):
    """Closes the innermost when or each."""


@dataclass(frozen=True, slots=True)
class MessageOpen(Mark):
    """Opens a message with a constant role."""

    role: str


@dataclass(frozen=True, slots=True)
class MessageClose(Mark):
    """Closes the open message."""


@dataclass(frozen=True, slots=True)
class BlockOpen(Mark):
    """Opens a block; `line` says that its own tags stand alone on their lines."""

    name: str
    line: bool


@dataclass(frozen=True, slots=True)
class BlockClose(Mark):
    """Closes the innermost block."""


@dataclass(frozen=True, slots=True)
class LineOpen(Mark):
    """Opens the text of an include that stands alone on its line."""


@dataclass(frozen=True, slots=True)
class LineClose(Mark):
    """Closes it: text that is not empty and has no line end gets one."""


@dataclass(frozen=True, slots=True)
class History(Mark):
    """The place of the conversation so far."""


@dataclass(frozen=True, slots=True)
class ExamplesMark(Mark):
    """The place of few-shot examples of the set `name`, at most `most` (0: all)."""

    name: str
    most: int


@dataclass(frozen=True, slots=True)
class Cache(Mark):
    """A provider's cache breakpoint."""

    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Media(Mark):
    """The place of an image or file that an input holds."""

    path: Path


class Hole(Mark):
    """A variable's value that is only printed; linking fills it in, through the text filters named.

    Generated code makes one for each place and gives it again in every render, with its question and its part ready.
    """

    __slots__ = ("asked", "filters", "is_plain", "part", "path")

    def __init__(self, path: tuple[Any, ...], filters: tuple[str, ...]) -> None:
        self.path = path
        self.filters = filters
        self.asked: Any = ("print", path)
        self.part = {"hole": list(path), "text": list(filters)}
        self.is_plain = len(path) == 2 and isinstance(path[1], str)


class Variable:
    """`vars.NAME` in generated code, with its questions ready."""

    __slots__ = ("asked", "name", "truth")

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: Any = ("get", ("vars", name))
        self.truth: Any = ("truth", ("vars", name))


def like(piece: str, text: str) -> str:
    """A part of a piece of text, of the piece's own class and with its origin."""
    if piece.__class__ is str:
        return text
    made = piece.__class__(text)
    origin = getattr(piece, "origin", None)
    if origin is not None:
        skipped = 0 if origin.fixed else piece[: len(piece) - len(text)].count("\n") if piece.endswith(text) else 0
        made.origin = replace(origin, line=origin.line + skipped)  # type: ignore[attr-defined]
    return made


def located(text: str, origin: Origin) -> str:
    """Text with its origin."""
    made: Any = (LocatedValue if isinstance(text, Value) else Located)(text)
    made.origin = origin
    return made  # type: ignore[no-any-return]
