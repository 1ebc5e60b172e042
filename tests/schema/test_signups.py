"""Sign-ups: lines of a .jsonl one by one, their ids at little cost, and the limits of a line and of a file."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptc.compiler.project import Settings
from promptc.compiler.schema.beside import parsing_of
from promptc.compiler.schema.signups import (
    SIGNUPS_BYTES_MAX,
    ids_of_signups,
    is_blank,
    lines_of,
    refused,
    signups_findings,
)
from promptc.compiler.schema.tenants import parse_tenant
from promptc.compiler.schema.unicode import LINE_BYTES_MAX
from promptc.core.findings import Finding, Place
from tests.schema.world import load

FILE = "tenants/s.jsonl"
PIECES = st.lists(st.sampled_from([b"a", b"{}", b"\n", b"\r\n", b"\r", b" ", b"\xef\xbb\xbf", b"\xff"]), max_size=20)


def test_lines_come_without_their_ends_and_the_mark() -> None:
    data = b"\xef\xbb\xbf{}\r\n\n\xef\xbb\xbfa\rb\r\r\nlast\r"
    lines = [b"{}", b"", b"\xef\xbb\xbfa\rb\r", b"last\r"]
    assert list(lines_of(data)) == list(enumerate(lines, 1))


@given(PIECES, PIECES)
def test_lines_are_those_of_the_text_however_it_is_cut(head: list[bytes], tail: list[bytes]) -> None:
    data = b"".join(head + tail)
    expected = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n")
    for cut in (data, [b"".join(head), b"".join(tail)], [*head, *tail]):
        assert [line for _, line in lines_of(cut)] == expected


def test_a_line_without_end_fills_no_memory() -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(64):
            yield b"x" * (1 << 20)
        yield b"\n{}\n"

    tracemalloc.start()
    lines = [(number, len(line)) for number, line in lines_of(chunks())]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lines[1:] == [(2, 2), (3, 0)]
    assert lines[0][1] > LINE_BYTES_MAX
    assert peak < 8 << 20


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_a_line_holds_a_mebibyte(ending: bytes) -> None:
    title = b"t" * (LINE_BYTES_MAX - len(b'{"id": "long", "title": ""}'))
    for more, codes in ((b"", []), (b"t", ["B001"])):
        long = b'{"id": "long", "title": "%s"}' % (title + more)
        loaded = load({FILE: b'{"id": "one"}\n' + long + ending})
        assert [(f.code, str(f.place)) for f in loaded.findings] == [(code, f"{FILE}:2") for code in codes]
        assert ("long" in loaded.project.tenants) == (not codes)
        assert "one" in loaded.project.tenants


def test_a_file_holds_many_mebibytes() -> None:
    line = b'{"id": "t%d", "title": "' + b"t" * 500_000 + b'"}\n'
    loaded = load({FILE: b"".join(line % n for n in range(5))})
    assert loaded.findings == ()
    assert {"t0", "t4"} <= set(loaded.project.tenants)


def test_a_file_is_refused_as_a_whole() -> None:
    assert [f.code for f in refused(b"{", SIGNUPS_BYTES_MAX + 1, FILE)] == ["B001"]
    assert refused(b"{", SIGNUPS_BYTES_MAX, FILE) == ()
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        loaded = load({FILE: '{"id": "one"}\n{"id": "two"}\n'.encode(encoding)})
        assert [(f.code, str(f.place)) for f in loaded.findings] == [("U002", f"{FILE}:1:1")]


SLIPS = {
    "not UTF-8": (b'{"id": "\xe9"}', "U002", 9),
    "half a surrogate": (b'{"id": "\xed\xa0\x80"}', "U001", 9),
    "NUL": (b'{"id": "\x00"}', "U004", 9),
    "NUL at the beginning": (b'\x00{"id": "x"}', "U004", 1),
    "lone CR": (b'{"id":\r "x"}', "U003", 7),
    "mark inside": (b'\xef\xbb\xbf{"id": "x"}', "U003", 1),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_of_bytes_belongs_to_its_line(name: str) -> None:
    line, code, column = SLIPS[name]
    loaded = load({FILE: b'\xef\xbb\xbf{"id": "one"}\r\n' + line + b'\r\n{"id": "three"}\r\n'})
    assert [(f.code, str(f.place)) for f in loaded.findings] == [(code, f"{FILE}:2:{column}")]
    assert {"one", "three"} <= set(loaded.project.tenants)


def test_blank_lines() -> None:
    assert all(map(is_blank, (b"", b" \t", "\u2003".encode(), b"\x1c", b"\r")))
    assert not any(map(is_blank, (b" {}", b"x", b"\xff", b"\x00", "\ufeff".encode())))


def ids(*lines: str) -> list[tuple[int, str]]:
    return [(number, name) for number, name, _ in ids_of_signups("\n".join(lines).encode())]


def test_ids_without_reading_the_lines() -> None:
    assert ids('{"id": "one"}', "", '{"title": "x", "id": "two", "x": [1]}') == [(1, "one"), (3, "two")]
    assert ids("[]", '{"id": 1}', "{", "x", "{}", '{"id": "a"} {}', '{"id": "n", "v": NaN}') == [
        (number, "") for number in range(1, 8)
    ]
    assert ids('{"id": "first", "id": "last"}', '{"\\u0069d": "first", "id": "last"}') == [(1, "first"), (2, "first")]
    assert ids('{"id": "cafe\u0301"}', '{"id": "cafe\\u0301"}') == [(1, "caf\u00e9"), (2, "caf\u00e9")]
    assert ids('{"id": "deep", "a": ' + "[" * 100_000) == [(1, "")]
    assert list(ids_of_signups(b'{"id": "\xff"}\n')) == [(1, "", b'{"id": "\xff"}')]


VALUES = st.recursive(
    st.sampled_from([None, True, 1, 1.5, "x", "id", "\u00e9", "cafe\u0301", "\ud800", '"id": "y"', "\x00"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "a", "$file"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
OBJECTS = st.lists(st.tuples(st.sampled_from(["id", "\\u0069d", "i\\u0064", "title"]), VALUES), max_size=3)


@given(OBJECTS, st.booleans(), st.sampled_from(["", " ", "x", "\r"]))
def test_the_id_is_that_of_the_tenant_that_the_line_gives(
    pairs: list[tuple[str, object]], ascii_only: bool, after: str
) -> None:
    shown = ", ".join(f'"{key}": {json.dumps(value, ensure_ascii=ascii_only)}' for key, value in pairs)
    line = f"{{{shown}}}{after}".encode("utf-8", "surrogatepass")
    overlay = parse_tenant(FILE, line, parsing_of(Settings(), {}.get), line=1).overlay
    ((_, name, _),) = ids_of_signups([line + b"\n"])
    assert overlay is None or overlay.name == name


def wrong(line: int, code: str = "O001") -> tuple[int, tuple[Finding, ...]]:
    return line, (Finding(code, "x", Place(FILE, line)),)


def test_findings_of_a_file_are_few_and_counted() -> None:
    found, last = signups_findings([wrong(n) for n in range(1, 31)], FILE)
    assert (len(found), found[-1].message, last) == (21, "10 more of this kind in this file", 30)


def test_after_a_thousand_findings_no_line_is_read() -> None:
    asked: list[int] = []

    def lines() -> Iterator[tuple[int, tuple[Finding, ...]]]:
        for number in range(1, 3000):
            asked.append(number)
            yield wrong(number) if number % 2 else (number, ())

    found, last = signups_findings(lines(), FILE)
    assert (asked[-1], last) == (2001, 2001)
    assert [f.message for f in found if f.code == "B002"] == [
        "more than 1,000 findings in one file: lines 2,002 and on aren't read"
    ]
