"""Strict YAML: what other parsers read differently is refused with a place, and honest files read as they look."""

from __future__ import annotations

import time

import pytest

import promptc.compiler.schema.yaml as strict
from promptc.compiler.schema.nodes import Plain, data_of
from promptc.compiler.schema.yaml import parse_yaml, require_libyaml
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Finding


def reasons(data: bytes | str) -> list[tuple[str, str]]:
    _, findings = parse_yaml(data.encode() if isinstance(data, str) else data, "f")
    return [(f"{f.place.line}:{f.place.column}", f.code) for f in findings]


def read(data: str) -> object:
    node, findings = parse_yaml(data.encode(), "f")
    assert not findings, findings
    assert node is not None
    return data_of(node)


REFUSED = {
    "duplicate key": ("a: 1\na: 2\n", [("2:1", "Y001")]),
    "duplicate key in flow": ("{a: 1, b: 2, a: 3}", [("1:14", "Y001")]),
    "duplicate key, quoted": ("a: 1\n'a': 2\n", [("2:1", "Y001")]),
    "keys that are one key to others": ("1: a\ntrue: b\n", [("1:1", "Y002"), ("2:1", "Y002")]),
    "null key": ("null: a\n~: b\n", [("1:1", "Y002"), ("2:1", "Y002")]),
    "hexadecimal key": ("0x10: a\n", [("1:1", "Y002")]),
    "list as a key": ("? [a]\n: b\n", [("1:3", "Y002")]),
    "map as a key": ("{{a: b}: c}", [("1:2", "Y002")]),
    "object tag": ("a: !!python/object/apply:os.system [ls]\n", [("1:4", "Y004")]),
    "binary": ("a: !!binary aGk=\n", [("1:4", "Y004")]),
    "set": ("!!set {a, b}\n", [("1:1", "Y004")]),
    "omap": ("!!omap [a: 1]\n", [("1:1", "Y004")]),
    "pairs": ("a: !!pairs [a: 1]\n", [("1:4", "Y004")]),
    "own tag": ("a: !foo x\n", [("1:4", "Y004")]),
    "string tag": ("a: !!str 1\n", [("1:4", "Y004")]),
    "verbatim tag": ("a: !<tag:yaml.org,2002:int> 1\n", [("1:4", "Y004")]),
    "non-specific tag": ("a: ! 1\n", [("1:4", "Y004")]),
    "tag on a key": ("!append a: 1\n", [("1:1", "Y004")]),
    "tag handle": ("%TAG !e! tag:example.com,2000:\n---\na: 1\n", [("1:1", "Y004")]),
    "anchor and alias": ("a: &x 1\nb: *x\n", [("1:4", "Y005"), ("2:4", "Y005")]),
    "recursive alias": ("&a [*a]\n", [("1:1", "Y005"), ("1:5", "Y005")]),
    "merge key": ("a:\n  <<: {b: 1}\n", [("2:3", "Y005")]),
    "broken flow": ("a: [1, 2\n", [("2:1", "Y006")]),
    "two colons": ("a: b: c\n", [("1:5", "Y006")]),
    "unknown version": ("%YAML 3.0\n---\na: 1\n", [("1:1", "Y006")]),
    "two documents": ("a: 1\n---\nb: 2\n", [("2:1", "Y007")]),
    "tab indent": ("a:\n\tb: 1\n", [("2:1", "Y008")]),
    "tab after colon": ("a:\t1\n", [("1:3", "Y008")]),
    "tab before a comment": ("a: 1\t# note\n", [("1:5", "Y008")]),
    "tab in a folded quote": ("a: 'x\n\ty'\n", [("2:1", "Y008")]),
    "tab in a folded plain": ("a: x\n\ty\n", [("2:1", "Y008")]),
    "tab after a dash": ("-\ta\n", [("1:2", "Y008")]),
    "lone surrogate escape": (r'a: "\ud800"', [("1:7", "U001")]),
    "surrogate pair escape": (r'a: "\ud83d\ude00"', [("1:7", "U001")]),
    "NEL": ("a: x\x85b: y\n", [("1:5", "U003")]),
    "line separator": ("a: x\u2028b: y\n", [("1:5", "U003")]),
    "paragraph separator": ("a: x\u2029b: y\n", [("1:5", "U003")]),
    "byte order mark inside": ("a: 1\n\ufeffb: 2\n", [("2:1", "U003")]),
    "two byte order marks": ("\ufeff\ufeffa: 1\n", [("1:1", "U003")]),
    "lone CR": ("a: x\rb: y\n", [("1:5", "U003")]),
    "NUL": ("a: \x00\n", [("1:4", "U004")]),
    "ESC": ("a: \x1b[31m\n", [("1:4", "U004")]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_place(name: str) -> None:
    text, expected = REFUSED[name]
    assert reasons(text) == expected


def test_encodings_other_than_utf8_are_refused() -> None:
    assert reasons("a: b".encode("utf-16")) == [("1:1", "U002")]
    assert reasons("a: b".encode("utf-16-be")) == [("1:1", "U002")]
    assert reasons("a: b".encode("utf-16-le")) == [("1:1", "U002")]
    assert reasons("a: b".encode("utf-32")) == [("1:1", "U002")]
    assert reasons("é: 1\na: né".encode("latin-1")) == [("1:1", "U002")]
    assert reasons("é: 1\na: n".encode() + b"\xe9") == [("2:5", "U002")]
    assert reasons(b"a: \xed\xa0\x80") == [("1:4", "U001")]


def test_both_places_of_a_duplicate_are_named() -> None:
    _, (finding,) = parse_yaml(b"b:\n  a: 1\n  a: 2\n", "tenants/acme.yaml")
    assert finding.message == "key `a` is given twice, first at 2:3"
    assert str(finding.place) == "tenants/acme.yaml:3:3"
    assert [str(place) for _, place in finding.related] == ["tenants/acme.yaml:2:3"]


def test_everything_is_reported_together() -> None:
    assert [code for _, code in reasons("a: 1\na: !x 2\n1: &q 3\n")] == ["Y004", "Y001", "Y005", "Y002"]


@pytest.mark.parametrize("head", ["", "%YAML 1.1\n---\n", "%YAML 1.2\n---\n", "---\n"])
def test_plain_scalars_keep_their_text_whatever_the_directive_says(head: str) -> None:
    text = "a: NO\nb: on\nc: 22:22\nd: 1.10\ne: 2024-01-01\nf: 010\ng: 1_000\nno: y\non: n\n"
    assert read(head + text) == {
        "a": "NO", "b": "on", "c": "22:22", "d": "1.10", "e": "2024-01-01", "f": "010", "g": "1_000", "no": "y", "on": "n",
    }  # fmt: skip


def test_plain_and_quoted_scalars_are_told_apart() -> None:
    data = read("a: no\nb: 'no'\nc: |\n  no\n")
    assert isinstance(data, dict)
    assert [type(value) is Plain for value in data.values()] == [True, False, False]


def test_what_is_harmless_is_read() -> None:
    assert read("\ufeffa: 1\n") == {"a": "1"}
    assert read("a: 1\r\nb: |\r\n  x\r\n  y\r\n") == {"a": "1", "b": "x\ny\n"}
    assert read("a: x\ty\nb: 'x\ty'\nc: |\n  x\ty # no comment\n# a\tcomment\n") == {
        "a": "x\ty",
        "b": "x\ty",
        "c": "x\ty # no comment\n",
    }
    assert read('a: "\\N\\u2028\\r\\n"') == {"a": "\x85\u2028\r\n"}
    assert read("a: !append [b]\n") == {"a": ["b"]}
    assert read("'1': a\n'<<': b\n? c\n: d\n") == {"1": "a", "<<": "b", "c": "d"}


def test_text_is_composed_whether_it_is_written_or_escaped() -> None:
    assert read('a: "e\\u0301"\nb: e\u0301\n"u\\u0308": 1\n') == {"a": "é", "b": "é", "ü": "1"}
    assert reasons('é: 1\n"e\\u0301": 2\n') == [("2:1", "Y001")]


def test_an_empty_file_is_no_document_and_no_error() -> None:
    assert parse_yaml(b"", "f") == (None, ())
    assert parse_yaml(b"# only a comment\n", "f") == (None, ())


def test_a_bomb_of_aliases_costs_nothing() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    start = time.perf_counter()
    codes = [code for _, code in reasons("\n".join(lines))]
    assert time.perf_counter() - start < 0.05
    assert set(codes) == {"Y005"}


HOSTILE = {
    "50 MB": (b"a" * 50_000_000, "B001"),
    "one byte over the limit": (b"#" * ((1 << 20) + 1), "B001"),
    "deep lists": (b"[" * 1_000_000, "B002"),
    "deep maps": (b"{a: " * 200_000, "B002"),
    "deep blocks": (b"".join(b" " * n + b"a:\n" for n in range(1000)), "B002"),
    "deep dashes": (b"- " * 500_000, "B002"),
    "many values": (b"- a\n" * 200_000, "B002"),
    "many keys": (b"".join(b"k%d: 1\n" % n for n in range(90_000)), "B002"),
    "many duplicates": (b"a: 1\n" * 24_000, "Y001"),
    "many anchors": (b"- &a\n" * 100_000, "Y005"),
    "many tabs": (b"- a\t#\n" * 40_000, "Y008"),
    "many invisible characters": (b"a: '" + "\u200b".encode() * 300_000 + b"'", "U007"),
    "many escapes": (b"".join(b'- "\\u200b"\n' for _ in range(40_000)), "U007"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_cost_little_and_say_little(name: str) -> None:
    data, code = HOSTILE[name]
    start = time.process_time()
    _, findings = parse_yaml(data, "f")
    assert time.process_time() - start < 2
    assert code in {finding.code for finding in findings}
    assert len(findings) < 100


def test_limits_hold_on_both_sides() -> None:
    assert reasons(b"#" * (1 << 20)) == []
    assert reasons("[" * 64 + "x" + "]" * 64) == []
    assert [code for _, code in reasons("[" * 65 + "x" + "]" * 65)] == ["B002"]
    assert reasons("- a\n" * 49_999) == []
    assert [code for _, code in reasons("- a\n" * 50_000)] == ["B002"]


def test_a_long_list_of_findings_is_counted() -> None:
    _, findings = parse_yaml(b"a: 1\n" * 51, "f")
    assert len(findings) == 21
    assert findings[-1] == Finding("Y001", "30 more of this kind in this file", findings[-1].place)


def test_without_libyaml_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict, "CParser", None)
    with pytest.raises(PromptcError) as refusal:
        require_libyaml()
    assert refusal.value.code == "Y009"
    assert refusal.value.exit_code == Exit.MACHINE
