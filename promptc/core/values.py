"""Values: the one table that turns values into text, canonical JSON, and typed equality.

    templates, holes, slots, artifacts -> [values] -> text and bytes

The table holds when building and when running, in every place where a value meets text. Pure; the runtime ships this
file, so it needs the standard library alone and knows nothing of templates.
"""

from __future__ import annotations

import json
import math
from json.encoder import encode_basestring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

INTEGER_MAX = 2**53 - 1


class NoText(ValueError):
    """A value that has no text of its own: null, a list or a map. `kind` names it."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"{kind} has no text of its own")
        self.kind = kind


class NotCanonical(ValueError):
    """A value that canonical JSON can't hold: NaN, an infinity, an integer beyond 2^53-1, a lone surrogate, a key that is no text."""


def kind_of(value: Any) -> str:
    """The kind of a JSON value: text, boolean, integer, number, null, list or map; else its Python type's name."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, (list, tuple)):
        return "list"
    if isinstance(value, dict):
        return "map"
    return type(value).__name__


def text_of(value: Any) -> str:
    """The text of a scalar: text as it is, integers in decimal, other numbers as ECMAScript prints them, true, false.

    Raises NoText for null, lists and maps: they need `tojson` or `join`.
    """
    if isinstance(value, str):
        return str(value)
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return decimal_text(value)
    if isinstance(value, float):
        return number_text(value)
    raise NoText(kind_of(value))


def decimal_text(value: int) -> str:
    """An integer in decimal; NotCanonical beyond what JSON readers agree on (and what Python converts quickly)."""
    if -INTEGER_MAX <= value <= INTEGER_MAX:
        return str(value)
    raise NotCanonical("an integer beyond 2^53-1")


def number_text(value: float) -> str:
    """A float as ECMAScript's Number::toString prints it (ECMA-262, 6.1.6.1.20): shortest digits that round-trip."""
    if math.isnan(value) or math.isinf(value):
        raise NotCanonical("a number that is not finite")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    # `point` is ECMAScript's n: where the decimal point stands, counted from the first significant digit.
    point = int(exponent or 0) + len(whole) - (len(whole + fraction) - len(digits) if whole.strip("0") == "" else 0)
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return f"{sign}{digits}{'0' * (point - count)}"
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = point - 1
    tail = f"e{'+' if power >= 0 else '-'}{abs(power)}"
    return f"{sign}{digits[0]}{'.' + digits[1:] if count > 1 else ''}{tail}"


def canonical_text(value: Any, *, keep_order: bool = False) -> str:
    """Canonical JSON without the final LF: no spaces, keys sorted by code point (unless `keep_order`), minimal escapes.

    A value wrapped in Ordered keeps its author's key order whatever `keep_order` says. Raises NotCanonical.
    """
    text = json_text(value, keep_order=keep_order)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise NotCanonical("a lone surrogate") from error
    return text


def json_text(value: Any, *, keep_order: bool = False) -> str:
    """The same, except that lone surrogates pass: they mark places in text that is not finished. Raises NotCanonical."""
    out: list[str] = []
    _write(value, keep_order, out)
    return "".join(out)


def canonical_bytes(document: Any) -> bytes:
    """The bytes of a document: canonical JSON in UTF-8 and one LF, which is hashed with it."""
    return (canonical_text(document) + "\n").encode()


class Ordered:
    """Marks a part of a document whose key order is its author's and is hashed: schemas that a provider sees."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def plain(value: Any) -> Any:
    """The value without Ordered marks, as a reader of the bytes would get it."""
    if isinstance(value, Ordered):
        return plain(value.value)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def _write(value: Any, keep_order: bool, out: list[str]) -> None:
    if isinstance(value, str):
        out.append(_quoted(value))
    elif value is None:
        out.append("null")
    elif isinstance(value, (bool, int, float)):
        out.append(text_of(value))
    elif isinstance(value, dict):
        _write_map(value, keep_order, out)
    elif isinstance(value, (list, tuple)):
        out.append("[")
        for index, item in enumerate(value):
            if index:
                out.append(",")
            _write(item, keep_order, out)
        out.append("]")
    elif isinstance(value, Ordered):
        _write(value.value, keep_order=True, out=out)
    else:
        raise NotCanonical(f"a value of type {type(value).__name__}")


def _write_map(value: dict[Any, Any], keep_order: bool, out: list[str]) -> None:
    out.append("{")
    if not all(isinstance(key, str) for key in value):
        raise NotCanonical("a key that is not text")
    for index, key in enumerate(value if keep_order else sorted(value)):
        if index:
            out.append(",")
        out.append(_quoted(key))
        out.append(":")
        _write(value[key], keep_order, out)
    out.append("}")


def _quoted(text: str) -> str:
    # json's C encoder escapes only what JSON must: quote, backslash and C0 controls (its short forms first).
    quoted: str = encode_basestring(text)
    return quoted


def read_json(data: bytes) -> Any:
    """Parse bytes of a document of ours; ValueError for duplicate keys, non-finite numbers or broken JSON."""
    return json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_int=_number)


def _number(digits: str) -> int | float:
    """A number written without a point: what canonical JSON prints for a float of 1e20 is a float again when read."""
    value = int(digits) if len(digits) < 18 else INTEGER_MAX + 1
    return value if abs(value) <= INTEGER_MAX else float(digits)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def same(left: Any, right: Any) -> bool:
    """Typed equality: 1, 1.0 and true differ; maps compare without regard to key order."""
    if kind_of(left) != kind_of(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(v, right[k]) for k, v in left.items())
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def texts_in(value: Any) -> list[str]:
    """What may be one text or several, as several."""
    return [value] if isinstance(value, str) else list(value or ())
