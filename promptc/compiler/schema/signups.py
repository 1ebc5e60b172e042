"""Sign-ups: a .jsonl of tenants, cut into lines that are read one by one, each on its own.

    bytes -> [signups] -> lines, their ids -> tenants

A file may be a thousand times as long as a line, so it is never decoded as a whole. What makes the whole file
unreadable is said by `refused`; all else belongs to one line. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from promptc.compiler.schema.few import few
from promptc.compiler.schema.nodes import Map, Scalar
from promptc.compiler.schema.unicode import LINE_BYTES_MAX, is_wide, normalise, wide_finding
from promptc.core.findings import Finding, Place
from promptc.core.pattern import Pattern

SIGNUPS_BYTES_MAX = 1 << 30
FINDINGS_MAX = 1_000  # what follows in such a file isn't read
HEAD_BYTES = 4  # enough of a file's beginning to tell its encoding

_MARK = b"\xef\xbb\xbf"
_SURROGATE = Pattern("[\ud800-\udfff]")


def refused(head: bytes, size_bytes: int, file: str) -> tuple[Finding, ...]:
    """Why none of a file is read: it is too long, or by its first HEAD_BYTES in another encoding."""
    if size_bytes > SIGNUPS_BYTES_MAX:
        said = f"the file holds {size_bytes:,} bytes; at most {SIGNUPS_BYTES_MAX:,} are read"
        return (Finding("B001", said, Place(file)),)
    return (wide_finding(file),) if is_wide(head[:HEAD_BYTES]) else ()


def lines_of(data: bytes | Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each line by its number, without its end; the last is what follows the last line end, and may be empty.

    The data comes whole or in chunks of any size. The file's byte order mark is left out. Of a line over the limit
    only the beginning comes, so that it can't fill the memory; it is still longer than the limit.
    """
    number, rest, most = 1, bytearray(), LINE_BYTES_MAX + 2
    for chunk in (data,) if isinstance(data, bytes) else data:
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            line = (
                bytes(rest) + chunk[start : min(end, start + most)] if rest else chunk[start : min(end, start + most)]
            )
            yield number, _bare(line, number)
            rest.clear()
            start, number = end + 1, number + 1
        if len(rest) < most:
            rest += chunk[start : start + most]
    yield number, bytes(rest).removeprefix(_MARK) if number == 1 else bytes(rest)


def _bare(line: bytes, number: int) -> bytes:
    if number == 1:
        line = line.removeprefix(_MARK)
    return line[:-1] if line.endswith(b"\r") else line


def is_blank(line: bytes) -> bool:
    """Whether a line holds nothing but space of any kind."""
    start = line.lstrip()[:1]
    return not start or (start != b"{" and not line.decode("utf-8", "replace").strip())


def ids_of_signups(data: bytes | Iterable[bytes]) -> Iterator[tuple[int, str, bytes]]:
    """The number, the id and the bytes of each line that isn't blank; the id is "" where the line says none.

    Much less is looked at than in reading a line: a line that can't be read may show an id here. Where a line can be
    read, its id is this one.
    """
    for number, line in lines_of(data):
        if not is_blank(line):
            yield number, id_of_signup(line), line


def id_of_signup(line: bytes) -> str:
    """The id that one line gives, "" where it gives none."""
    try:
        # Of several `id` the first counts, also where one is spelled with escapes.
        if len(line) > LINE_BYTES_MAX or line.count(b'"id"') > 1 or b"\\u0069" in line or b"\\u0064" in line:
            return _id_by_reading(line)
        found = json.loads(line.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return _id_by_reading(line)
    name = found.get("id") if isinstance(found, dict) else None
    return normalise(_SURROGATE.sub("\ufffd", name)) if isinstance(name, str) else ""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _id_by_reading(line: bytes) -> str:
    try:
        text = line.decode("utf-8") if len(line) <= LINE_BYTES_MAX else ""
    except UnicodeDecodeError:
        return ""
    from promptc.compiler.schema.jsons import parse_json

    node, _ = parse_json(text, "")
    entry: Any = node.entries.get("id") if isinstance(node, Map) else None
    return entry[1].text if entry and isinstance(entry[1], Scalar) and entry[1].value is None else ""


def signups_findings(per_line: Iterable[tuple[int, tuple[Finding, ...]]], file: str) -> tuple[tuple[Finding, ...], int]:
    """The findings of a file by those of its lines in order, capped; and the number of the last line that was read.

    After too many findings nothing further is taken from `per_line`: what follows counts as not there.
    """
    found: list[Finding] = []
    last = 0
    for number, findings in per_line:
        found += findings
        last = number
        if len(found) > FINDINGS_MAX:
            message = f"more than {FINDINGS_MAX:,} findings in one file: lines {number + 1:,} and on aren't read"
            found.append(Finding("B002", message, Place(file, number + 1)))
            break
    return few(found), last
