"""Leaf: what one render asked, was answered and gave, as bytes that are remembered, and back.

    Rendered -> [leaf] -> bytes -> Rendered, or none for bytes that are damaged

Pure. The bytes are a checksum, the way through the trie as pairs of numbers, the questions with their answers, and what
the render gave. The numbers let a reader find its way among thousands of leaves without reading more than one of them:
of each node on the way a number that follows from the answers above it, and one that follows from what is asked there
(at the end: from what was given). They only point; what is found is held against the checksum and the answers. A
compiler of another version has other keys, so that these bytes need no reader for older ones.
"""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import blake2b
from json.encoder import encode_basestring_ascii
from struct import pack, unpack_from
from typing import Any
from zlib import crc32

from promptc.compiler.shape import Rendered, Shape
from promptc.compiler.template.events import Value
from promptc.compiler.trace import Answer, Asked, Reads
from promptc.core.findings import packed, unpacked

SUM_BYTES = 16
_HEAD_BYTES = SUM_BYTES + 8
# The number of the first node: nothing is answered yet.
ROOT = 0
# A node's number, and the number of what is there.
Step = tuple[int, int]
_PERSON = b"promptc.leaf/1"
_JSON = json.JSONEncoder(separators=(",", ":"))
_PARTS = ("content", "then", "else", "do", "base", "line")


def encode_leaf(key: str, rendered: Rendered) -> bytes:
    """The bytes of a leaf under a static key."""
    body = _JSON.encode([_shape_data(rendered.shape), [packed(finding) for finding in rendered.findings]]).encode()
    words: list[str] = []
    numbers: list[int] = []
    number = ROOT
    for asked, given in rendered.reads.asked.items():
        there, question = _question(asked)
        numbers += (number, there)
        words += (question, encode_basestring_ascii(given))
        number = next_number(number, given)
    numbers += (number, crc32(body))
    path = f"[{','.join(words)}]".encode()
    rest = pack(f">II{len(numbers)}I", len(numbers) // 2, len(path), *numbers) + path + body
    return _sum(key, rest) + rest


def steps_of(data: bytes) -> list[Step]:
    """The way to a leaf: each node on it, and last the leaf itself. Nothing is known of damage yet; may raise `struct.error`."""
    count, _ = unpack_from(">II", data, SUM_BYTES)
    numbers = unpack_from(f">{2 * count}I", data, _HEAD_BYTES)
    return list(zip(numbers[0::2], numbers[1::2], strict=True))


def next_number(number: int, given: Answer) -> int:
    """The number of the node that an answer leads to. Two nodes may have one: it only points."""
    return crc32(given.encode("utf-8", "surrogatepass"), number)


def name_of(data: bytes) -> str:
    """What a leaf is called: equal leaves have equal names."""
    return data[:SUM_BYTES].hex()


def is_sound(key: str, data: bytes) -> bool:
    """Whether bytes are what was remembered under a static key."""
    return _sum(key, data[SUM_BYTES:]) == data[:SUM_BYTES]


def questions_of(data: bytes) -> list[tuple[Asked, Answer]]:
    """The questions of a leaf that is sound, in order, with their answers."""
    count, length = unpack_from(">II", data, SUM_BYTES)
    start = _HEAD_BYTES + 8 * count
    path = json.loads(data[start : start + length])
    return [((kind, tuple(steps)), given) for (kind, steps), given in zip(path[0::2], path[1::2], strict=True)]


def decode_leaf(data: bytes, path: list[tuple[Asked, Answer]] | None = None) -> Rendered:
    """What the render of a leaf that is sound gave; `path` is what `questions_of` gives, where that was read already."""
    count, length = unpack_from(">II", data, SUM_BYTES)
    shape, findings = json.loads(data[_HEAD_BYTES + 8 * count + length :])
    reads = Reads()
    reads.asked.update(questions_of(data) if path is None else path)
    return Rendered(_shape(shape), tuple(map(unpacked, findings)), reads)


@lru_cache(maxsize=4_096)
def _question(asked: Asked) -> tuple[int, str]:
    """A question's number and its text as JSON."""
    text = _JSON.encode(asked)
    return crc32(text.encode()), text


def _sum(key: str, data: bytes) -> bytes:
    # The key is hashed with it: a leaf that a damaged store shows under another key is no leaf.
    return blake2b(data, digest_size=SUM_BYTES, key=key.removeprefix("sha256:").encode()[:64], person=_PERSON).digest()


def _shape_data(shape: Shape | None) -> Any:
    if shape is None:
        return None
    return [_parts_data(shape.messages), list(shape.captured), list(shape.outside), list(shape.fallbacks)]


def _shape(data: Any) -> Shape | None:
    if data is None:
        return None
    messages, captured, outside, fallbacks = data
    return Shape(_parts(messages), tuple(captured), tuple(outside), tuple(fallbacks))


def _parts_data(parts: list[Any]) -> list[Any]:
    # A list among parts is a printed value: no part is a list.
    return [
        [part] if part.__class__ is Value else part if part.__class__ is str else _part_data(part) for part in parts
    ]


def _part_data(part: dict[str, Any]) -> dict[str, Any]:
    if "hole" in part or "slot" in part:
        return part
    return {key: _parts_data(item) if _holds_parts(key, item) else item for key, item in part.items()}


def _parts(data: list[Any]) -> list[Any]:
    return [
        part
        if isinstance(part, str)
        else Value(part[0])
        if isinstance(part, list)
        else {key: _parts(item) if _holds_parts(key, item) else item for key, item in part.items()}
        for part in data
    ]


def _holds_parts(key: str, item: Any) -> bool:
    return key in _PARTS and isinstance(item, list)
