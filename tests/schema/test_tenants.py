"""One tenant at a time: what reading one overlay gives, and that reading all of them is nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.compiler.project import Settings
from promptc.compiler.schema.beside import Parsing, parsing_of, text_findings
from promptc.compiler.schema.ids import Register, check_ids
from promptc.compiler.schema.names import look_alikes
from promptc.compiler.schema.signups import is_blank, lines_of, refused, signups_findings
from promptc.compiler.schema.tenants import (
    ParsedTenant,
    entry_of,
    parse_layer,
    parse_tenant,
    read_overlays,
    role_of,
)
from promptc.core.findings import Finding, gather

ACME = "tenants/acme.yaml"
SIGNUPS = "tenants/s.jsonl"


def context(texts: Mapping[str, bytes] | None = None) -> Parsing:
    return parsing_of(Settings(), (texts or {}).get)


def codes(parsed: ParsedTenant) -> list[tuple[str, str]]:
    return [(f.code, str(f.place)) for f in parsed.findings]


def test_a_file_gives_its_tenant() -> None:
    parsed = parse_tenant("tenants/eu/acme.yaml", b"title: Acme\n", context())
    assert parsed.overlay is not None
    assert (parsed.overlay.name, parsed.overlay.title, parsed.overlay.kind) == ("acme", "Acme", "tenant")
    assert (parsed.findings, parsed.fine, parsed.texts) == ((), True, ())


def test_a_layer_is_named_by_its_path() -> None:
    parsed = parse_layer("tenants/layers/plan/pro.yaml", b"{}", context())
    assert parsed.overlay is not None
    assert (parsed.overlay.name, parsed.overlay.kind, parsed.fine) == ("plan/pro", "layer", True)


def test_a_line_gives_its_tenant_at_its_line() -> None:
    parsed = parse_tenant(SIGNUPS, b'{"id": "one", "variables": {"tone": "warm"}}', context(), line=7)
    assert parsed.overlay is not None
    assert (parsed.overlay.name, str(parsed.overlay.place)) == ("one", "tenants/s.jsonl:7")
    assert str(parsed.overlay.variables["tone"].place) == "tenants/s.jsonl:7:37"


def test_a_line_of_which_no_tenant_can_be_made() -> None:
    for line, code in ((b"{", "Y006"), (b"[]", "Y007"), (b"{}", "O002"), (b"\xff", "U002"), (b"\x00{}", "U004")):
        parsed = parse_tenant(SIGNUPS, line, context(), line=3)
        assert (parsed.overlay, parsed.fine) == (None, False)
        assert [(f.code, f.place.line) for f in parsed.findings] == [(code, 3)]


def test_a_broken_overlay_is_there_and_not_fine() -> None:
    parsed = parse_tenant(ACME, b"titel: x\n", context())
    assert parsed.overlay is not None
    assert not parsed.fine
    assert codes(parsed) == [("O001", "tenants/acme.yaml:1:1")]


def test_a_name_that_is_no_id() -> None:
    assert codes(parse_tenant("tenants/a b.yaml", b"{}", context())) == [("S010", "tenants/a b.yaml:1:1")]


def test_texts_are_named_whether_they_are_there_or_not() -> None:
    overlay = b"variables:\n  a: !file r/a.md\n  b: !file gone.md\n  c: !file bad.md\n  d: !file ../x\n"
    texts = {"tenants/r/a.md": b"text", "tenants/bad.md": b"\xff"}
    parsed = parse_tenant(ACME, overlay, context(texts))
    assert parsed.texts == ("tenants/r/a.md", "tenants/gone.md", "tenants/bad.md")
    assert [f.code for f in parsed.findings] == ["P004", "P004", "P001"]
    assert [f.code for f in text_findings("tenants/bad.md", context(texts))] == ["U002"]
    assert text_findings("tenants/gone.md", context(texts)) == ()


def test_a_text_that_changes_is_read_again() -> None:
    texts = {"tenants/a.md": b"one"}
    reading = context(texts)
    first = parse_tenant(ACME, b"variables: {a: !file a.md}\n", reading)
    texts["tenants/a.md"] = b"two"
    second = parse_tenant(ACME, b"variables: {a: !file a.md}\n", reading)
    assert [p.overlay.variables["a"].data for p in (first, second) if p.overlay] == ["one", "two"]


def test_what_is_wrong_with_a_text_is_said_once() -> None:
    line = b'{"id": "t%d", "variables": {"a": {"$file": "bad.md"}}}\n'
    tree = {SIGNUPS: b"".join(line % n for n in range(3)), "tenants/bad.md": b"\xff"}
    assert [f.code for f in read_overlays(tree, Settings()).findings] == ["U002", "P004", "P004", "P004"]


def test_roles() -> None:
    paths = ["layers/a.yaml", "layers/a.jsonl", "layers/a.md", "a.yaml", "eu/a.jsonl", "a.json", "a.yml", "a.md"]
    assert [role_of(path) for path in paths] == [
        "layer", "passed over", "text", "tenant", "signups", "passed over", "passed over", "text",
    ]  # fmt: skip


IDS = st.sampled_from(
    ["acme", "ACME", "b", "c", "c.", "caf\u00e9", "cafe\u0301", "ace", "\u0430\u0441\u0435", "x y", "org"]
)
OVERLAYS = st.sampled_from(
    [
        "{}", "", "title: x\r\n", "\ufefftitle: x\n", "titel: x\n", "a: [\n", "- a\n", "aliases: [org, acme]\n",
        "variables: {a: !file a.md}\n", "variables: {a: !file bad.md}\n", "variables: {a: !file gone.md}\n",
        "".join(f"k{n}: 1\n" for n in range(25)),
    ]
)  # fmt: skip
SLIPS = st.sampled_from(
    ["{", "[]", "{}", '{"id": 1}', "", " \t", "\u2003", '{"id": "a"} x', '{"id": "a"}\r{}', '{"id": "a\x00"}', "\ufeff{}",
     '{"id": "a", "id": "b"}', '{"id": "n", "v": NaN}', '{"id": "f", "variables": {"a": {"$file": "bad.md"}}}']
)  # fmt: skip
LINES = SLIPS | st.builds(
    lambda name, more, ascii_only: json.dumps({"id": name, **more}, ensure_ascii=ascii_only),
    IDS,
    st.sampled_from([{}, {"aliases": ["org"]}, {"titel": 1}, {"variables": {"a": {"$append": ["x"]}}}]),
    st.booleans(),
)


@st.composite
def signups(draw: st.DrawFn, repeats: list[int]) -> bytes:
    lines = draw(st.lists(LINES, max_size=6)) * draw(st.sampled_from(repeats))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = draw(st.sampled_from(["", "\ufeff"])) + end.join(lines) + draw(st.sampled_from(["", end]))
    return text.encode() + draw(st.sampled_from([b"", b"", b"\xff\xff\n", b"\r"]))


@st.composite
def trees(draw: st.DrawFn, repeats: list[int]) -> dict[str, bytes]:
    tree = {"tenants/a.md": b"text", "tenants/bad.md": b"\xff"}
    for name in draw(st.lists(IDS, max_size=4)):
        folder = draw(st.sampled_from(["", "eu/", "layers/"]))
        tree[f"tenants/{folder}{name}.yaml"] = draw(OVERLAYS).encode()
    for name in draw(st.lists(st.sampled_from(["s", "t", "wide"]), max_size=2)):
        tree[f"tenants/{name}.jsonl"] = draw(signups(repeats))
    if "tenants/wide.jsonl" in tree:
        tree["tenants/wide.jsonl"] = '{"id": "w"}\n'.encode("utf-16")
    return tree


@settings(max_examples=100, deadline=None)
@given(trees(repeats=[1, 1, 1, 30]))
def test_reading_one_at_a_time_is_reading_the_tree(tree: dict[str, bytes]) -> None:
    apart = OneByOne(tree)
    entries = [entry for parsed in apart.tenants.values() for entry in [entry_of(parsed)] if entry]
    texts = {text for parsed in (*apart.tenants.values(), *apart.layers.values()) for text in parsed.texts}
    found = [finding for text in texts for finding in text_findings(text, context(tree))]
    for file, numbers in apart.signups.items():
        lines = ((number, apart.tenants[file, number].findings) for number in numbers)
        found += refused(tree[file], len(tree[file]), file) or signups_findings(lines, file)[0]
    found += [finding for (_, line), parsed in apart.tenants.items() if not line for finding in parsed.findings]
    found += [finding for parsed in apart.layers.values() for finding in parsed.findings]
    together, broken = check_ids(entries)
    check(tree, apart, [*found, *together], broken)


@settings(max_examples=50, deadline=None)
@given(trees(repeats=[1, 30, 400]))
def test_a_register_stops_where_reading_the_tree_does(tree: dict[str, bytes]) -> None:
    apart = OneByOne(tree)
    register = Register(lambda text: text_findings(text, context(tree)))
    found: list[Finding] = []

    def entered(parsed: ParsedTenant) -> tuple[Finding, ...]:
        return register.enter(entry_of(parsed), parsed.findings, parsed.texts)

    for file in sorted(tree):
        if file in apart.layers:
            found += register.enter(None, apart.layers[file].findings, apart.layers[file].texts)
        elif (file, 0) in apart.tenants:
            found += entered(apart.tenants[file, 0])
        elif file in apart.signups:
            lines = ((number, entered(apart.tenants[file, number])) for number in apart.signups[file])
            more, last = signups_findings(lines, file)
            found += refused(tree[file], len(tree[file]), file) or more
            for number in [number for number in apart.signups[file] if number > last]:
                del apart.tenants[file, number]
    together, broken = register.judged()
    check(tree, apart, [*found, *together], broken)


class OneByOne:
    """Every overlay read in a world of its own, the last one first, since none may know of the others."""

    def __init__(self, tree: Mapping[str, bytes]) -> None:
        self.layers: dict[str, ParsedTenant] = {}
        self.signups: dict[str, list[int]] = {}
        tenants: dict[tuple[str, int], ParsedTenant] = {}
        for file in sorted(tree, reverse=True):
            role = role_of(file.removeprefix("tenants/"))
            if role == "layer":
                self.layers[file] = parse_layer(file, tree[file], context(tree))
            elif role == "tenant":
                tenants[file, 0] = parse_tenant(file, tree[file], context(tree))
            elif role == "signups":
                whole = refused(tree[file], len(tree[file]), file)
                lines = {} if whole else {n: line for n, line in lines_of(tree[file]) if not is_blank(line)}
                self.signups[file] = list(lines)
                for n in reversed(lines):
                    tenants[file, n] = parse_tenant(file, lines[n], context(tree), line=n)
        self.tenants = dict(sorted(tenants.items()))


def check(tree: dict[str, bytes], apart: OneByOne, found: list[Finding], broken: frozenset[str]) -> None:
    whole = read_overlays(tree, Settings())
    layers = {p.overlay.name: p for _, p in sorted(apart.layers.items()) if p.overlay}
    found += look_alikes({name: p.overlay.place for name, p in layers.items() if p.overlay and p.fine}, "layer")
    assert gather(found) == gather(whole.findings)
    wrong = {f"tenant:{name}" for name in broken} | {f"layer:{name}" for name, p in layers.items() if not p.fine}
    assert wrong == whole.broken
    fine = {p.overlay.name: p.overlay for p in apart.tenants.values() if p.overlay and p.overlay.name not in broken}
    assert fine == whole.tenants
    assert {name: p.overlay for name, p in layers.items() if p.fine} == whole.layers
