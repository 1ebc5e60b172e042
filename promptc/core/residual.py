"""Residual: runs the parts of a residual program over inputs, in one pass; nothing ever reads rendered text again.

    link (an example's inputs), runtime (a request's) -> [residual] -> parts without inputs, or segments of a message

Pure. One evaluator serves both: `specialise` fills in the inputs and leaves the kinds it is told to keep (a shape's
holes and blocks), `render_parts` keeps none and gives what a message is made of. The grammar is docs/formats.md's;
core/grammar.py refuses anything else at the door, so an unknown form here is our bug.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from promptc.core.errors import Exit, PromptcError
from promptc.core.values import NotCanonical, NoText, canonical_text, kind_of, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    # A part is text or a map of one of the forms; a segment is {"type": "text" | "media" | "cache", …}.
    Part = Any
    Segment = dict[str, Any]
    Condition = Mapping[str, Any]
    Path = Sequence[str]
else:
    Part = Segment = Condition = Path = object
ABSENT = object()

_NAMED = {"null": "null", "list": "a list", "map": "a map", "text": "text", "boolean": "a boolean"}


class InputError(PromptcError):
    """Inputs that a prompt can't be rendered with. `path` names the (first) input; `problems` are all of them."""

    def __init__(
        self, code: str, message: str, *, path: str, hint: str = "", problems: tuple[InputError, ...] = ()
    ) -> None:
        super().__init__(code, message, hint=hint, exit_code=Exit.USAGE)
        self.path = path
        self.problems = problems or (self,)


class Turn:
    """Where a loop stands: its list's path, the index from 0, and how many items there are. One is made for each item."""

    __slots__ = ("count", "index", "path")

    def __init__(self, path: Path, index: int, count: int) -> None:
        self.path = path
        self.index = index
        self.count = count


class Scope:
    """What paths start from: `input`, and the elements of the loops around."""

    __slots__ = ("turns", "values")

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        self.values: dict[str, Any] = {"input": inputs}
        self.turns: dict[str, Turn] = {}

    def spelled(self, path: Path) -> str:
        """The input that a path means at this turn: `documents[0].title`."""
        turn = self.turns.get(path[0])
        if turn is not None:
            return ".".join([f"{self.spelled(turn.path)}[{turn.index}]", *path[1:]])
        return ".".join(path[1:] if len(path) > 1 and path[0] == "input" else path)


def render_parts(parts: Sequence[Part], inputs: Mapping[str, Any]) -> list[Segment]:
    """The segments of a message's content: texts (joined, none empty), media and cache marks, in order."""
    return [segment_of(part) for part in specialise(parts, inputs, keep=())]


def segment_of(part: Part) -> Segment:
    """The segment that a piece is: text, media or a cache mark."""
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if "media" in part:
        return {"type": "media", **part["media"]}
    return {"type": "cache", **part["cache"]}


def specialise(
    parts: Sequence[Part], inputs: Mapping[str, Any], keep: Collection[str] = ("hole", "block")
) -> list[Part]:
    """The parts with every slot, condition and loop decided by the inputs, in normal form.

    Parts of a kind named in `keep` stay, and parts inside their `base` are specialised. A media part becomes a constant
    one (`{"media": {"url": …}}`). Raises InputError naming the path of an input that can't be placed.
    """
    return _joined(_walk(parts, Scope(inputs), keep))


def _joined(pieces: list[Part]) -> list[Part]:
    # Collected and joined once: adding text to text in a loop would be quadratic.
    out: list[Part] = []
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            texts.append(piece)
            continue
        if text := "".join(texts):
            out.append(text)
        texts = []
        out.append(piece)
    if text := "".join(texts):
        out.append(text)
    return out


def _walk(parts: Sequence[Part], scope: Scope, keep: Collection[str]) -> list[Part]:
    out: list[Part] = []
    for part in parts:
        if isinstance(part, str):
            out.append(part)
        elif "slot" in part:
            out.append(slot_text(part, scope))
        elif "when" in part:
            branch = "then" if truth(part["when"], scope) else "else"
            out += _walk(part.get(branch, ()), scope, keep)
        elif "each" in part:
            out += _each(part, scope, keep)
        elif "index" in part or "index0" in part or "media" in part or "cache" in part:
            out.append(other_piece(part, scope))
        else:
            out.append(_kept(part, scope, keep))
    return out


def other_piece(part: Part, scope: Scope) -> Part:
    """What a loop's number, a medium or a cache mark gives."""
    if "index" in part:
        return str(scope.turns[part["index"]].index + 1)
    if "index0" in part:
        return str(scope.turns[part["index0"]].index)
    return {"media": _media(part["media"], scope)} if "media" in part else part


def _kept(part: Part, scope: Scope, keep: Collection[str]) -> Part:
    if not any(kind in part for kind in keep):
        raise AssertionError(f"no such part: {sorted(part)}")
    return {**part, "base": _joined(_walk(part["base"], scope, keep))} if "base" in part else part


def each_items(path: Path, scope: Scope) -> Sequence[Any]:
    """The list that a loop goes over. InputError where it is none."""
    items = look(path, scope)
    if not isinstance(items, (list, tuple)):
        if items is ABSENT:
            raise _missing(path, scope)
        what = _NAMED.get(kind_of(items), "a number")
        raise InputError(
            "R007",
            f"`{scope.spelled(path)}` is {what}, and the prompt loops over it",
            path=scope.spelled(path),
            hint="give a list; an empty one where there is nothing",
        )
    return items


def _each(part: Part, scope: Scope, keep: Collection[str]) -> list[Part]:
    path, name = part["each"], part["name"]
    items = each_items(path, scope)
    if not items:
        return _walk(part.get("else", ()), scope, keep)
    out: list[Part] = []
    for index, item in enumerate(items):
        scope.values[name] = item
        scope.turns[name] = Turn(path, index, len(items))
        out += _walk(part["do"], scope, keep)
    del scope.values[name], scope.turns[name]
    return out


def look(path: Path, scope: Scope) -> Any:
    """The value at a path; ABSENT where there is none."""
    value = scope.values.get(path[0], ABSENT)
    for step in path[1:]:
        value = value.get(step, ABSENT) if value.__class__ is dict or isinstance(value, Mapping) else ABSENT
    return value


def _missing(path: Path, scope: Scope) -> InputError:
    return InputError(
        "R006",
        f"`{scope.spelled(path)}` has no value, and the prompt needs it here",
        path=scope.spelled(path),
        hint="give it, or let the prompt's author test `is defined` or write `| default(…)`",
    )


def slot_text(part: Part, scope: Scope) -> str:
    """The text of a slot. InputError where it has none."""
    path = part["slot"]
    value = look(path, scope)
    if value is ABSENT:
        if "default" not in part:
            raise _missing(path, scope)
        value = part["default"]
    try:
        return format_text(value, part.get("as"))
    except NoText as error:
        what = _NAMED.get(error.kind, error.kind)
        raise InputError(
            "R005",
            f"`{scope.spelled(path)}` can't be printed: it is or holds {what} where text is needed",
            path=scope.spelled(path),
            hint="give text, a number or a boolean",
        ) from error
    except (NotCanonical, RecursionError) as error:
        why = str(error) if isinstance(error, NotCanonical) else "a value that is nested too deeply"
        raise InputError(
            "R004", f"`{scope.spelled(path)}` holds {why}", path=scope.spelled(path), hint="give it as text"
        ) from error


def _media(source: Any, scope: Scope) -> Any:
    if isinstance(source, Mapping):
        return source
    value = look(source, scope)
    if value is ABSENT:
        raise _missing(source, scope)
    if not isinstance(value, Mapping):
        raise InputError(
            "R005",
            f"`{scope.spelled(source)}` is {_NAMED.get(kind_of(value), 'a number')}, and the prompt places media here",
            path=scope.spelled(source),
            hint='give `{"url": …}` or `{"data": BASE64, "media_type": …}`',
        )
    return value


def format_text(value: Any, form: Any = None) -> str:
    """A value through a slot format. Raises NoText where the format has no text for it."""
    if form is None:
        return text_of(value)
    if form == "tojson":
        return canonical_text(value)
    if form == "length":
        return str(_length(value))
    if form == "trim":
        return text_of(value).strip()
    if form == "xml":
        return xml_text(text_of(value))
    if not isinstance(value, (list, tuple)):
        raise NoText(kind_of(value))
    separator: str = form["join"]
    return separator.join(map(text_of, value))


def xml_text(text: str) -> str:
    """Text for XML content and values of attributes in double quotes; an apostrophe stays, since models read it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _length(value: Any) -> int:
    """Characters (code points), items or keys."""
    if isinstance(value, (str, list, tuple, Mapping)):
        return len(value)
    raise NoText(kind_of(value))


def truth(condition: Condition, scope: Scope) -> bool:
    """Whether a condition holds. Total: a missing value makes comparisons false (`!=` true), and nothing raises."""
    ((kind, given),) = condition.items()
    if kind == "true":
        value = look(given, scope)
        return value is not ABSENT and bool(value)
    if kind == "has":
        return look(given, scope) is not ABSENT
    if kind == "not":
        return not truth(given, scope)
    if kind == "and":
        return all(truth(inner, scope) for inner in given)
    if kind == "or":
        return any(truth(inner, scope) for inner in given)
    if kind == "is":
        return _compare(_operand(given[0], scope), given[1], given[2])
    if kind == "contains":
        return _contains(look(given[0], scope), given[1])
    turn = scope.turns[given]
    return turn.index == (0 if kind == "first" else turn.count - 1)


def _operand(operand: Any, scope: Scope) -> Any:
    if isinstance(operand, Mapping):
        if "index" in operand:
            return scope.turns[operand["index"]].index + 1
        value = look(operand["length"], scope)
        return len(value) if isinstance(value, (str, list, tuple, Mapping)) else ABSENT
    return look(operand, scope)


def _compare(value: Any, sign: str, constant: Any) -> bool:
    if sign == "==":
        return equal(value, constant)
    if sign == "!=":
        return not equal(value, constant)
    if sign == "in":
        return any(equal(value, item) for item in constant)
    kind = _sort(value)
    if kind not in ("number", "text") or kind != _sort(constant):
        return False
    # Python orders text by code point, as design.md's table does; UTF-16 order differs above U+FFFF.
    if sign == "<":
        return bool(value < constant)
    if sign == "<=":
        return bool(value <= constant)
    return bool(value > constant) if sign == ">" else bool(value >= constant)


def _contains(value: Any, constant: Any) -> bool:
    if isinstance(value, str):
        return isinstance(constant, str) and constant in value
    if isinstance(value, (list, tuple)):
        return any(equal(item, constant) for item in value)
    return isinstance(value, Mapping) and isinstance(constant, str) and constant in value


def equal(left: Any, right: Any) -> bool:
    """Equality that never equates types; integers and other numbers are one type; nothing equals a missing value."""
    kind = _sort(left)
    if kind != _sort(right) or kind == "missing":
        return False
    if kind == "map":
        return left.keys() == right.keys() and all(equal(item, right[key]) for key, item in left.items())
    if kind == "list":
        return len(left) == len(right) and all(map(equal, left, right))
    return bool(left == right)


def _sort(value: Any) -> str:
    if value is ABSENT:
        return "missing"
    kind = kind_of(value)
    return "number" if kind == "integer" else kind
