"""Retire and forget: what is asked for is gone, nothing else is, and every hash can still be checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.core.channel import entries_back
from promptc.core.digest import Digest, digest_of
from promptc.core.errors import PromptcError
from promptc.core.manifest import compare
from promptc.driver.forget_sources import without_items
from promptc.driver.release.forget import Forgetting, forget
from promptc.driver.release.history import steps
from promptc.driver.release.marking import hold
from promptc.driver.release.opening import Desk
from promptc.driver.release.retire import retire
from promptc.driver.release.trace import trace
from promptc.driver.release.verify import verify
from promptc.driver.release.who import Author
from promptc.driver.schema import schema
from tests.release.world import artifact, desk_at, moved, put_root, served

EVE = Author("eve", "ticket 99")
TARGETS = [f"{tenant}/{prompt}" for tenant in ("a", "b", "c") for prompt in ("x", "y")]
ROOTS = st.lists(
    st.dictionaries(st.sampled_from(TARGETS), st.sampled_from(["one", "two", "three", "four"]), min_size=1), min_size=1, max_size=6
)


def released(folder: Path, roots: list[Mapping[str, str]]) -> Desk:
    """A channel that served these texts, one root after the other."""
    desk = desk_at(folder)
    for texts in roots:
        root = put_root(desk, texts)
        head = desk.maybe_head("prod")
        empty = put_root(desk, {})
        moves = compare(desk.registry.get, head.root if head else empty, root)
        if moves:
            moved(desk, "prod", root, moves)
    return desk


def texts_of(desk: Desk, root: Digest) -> dict[str, Digest]:
    """What can still be read of a root, by target."""
    return {target: digest for target, digest in served(desk, root).items() if desk.registry.has(digest)}


@settings(max_examples=40, deadline=None)
@given(ROOTS)
def test_retiring_all_that_is_over_leaves_what_is_served(tmp_path_factory: pytest.TempPathFactory, roots: list[Mapping[str, str]]) -> None:
    desk = released(tmp_path_factory.mktemp("retire"), roots)
    head = desk.head("prod")
    now = served(desk, head.root)
    made = retire(desk, ["prod"], age_seconds=0.0, delete=True)
    assert texts_of(desk, head.root) == now
    before = {digest for entry in entries_back(desk.registry.read, head) for digest in served(desk, entry.root).values()}
    assert {digest for digest in before if not desk.registry.has(digest)} == before - set(now.values()) == set(made.artifacts)
    verdict = verify(desk.registry)
    assert not verdict.wrong
    assert all(safe.is_whole for safe in verdict.safe)
    assert retire(desk, ["prod"], age_seconds=0.0, delete=True).artifacts == [], "a second time there is nothing left to do"


def test_what_a_service_or_a_younger_entry_serves_stays(tmp_path: Path) -> None:
    desk = released(tmp_path, [{"a/x": "one"}, {"a/x": "two"}, {"a/x": "three"}])
    made = retire(desk, ["prod@1"], age_seconds=None, delete=False)
    assert made.artifacts == [digest_of(artifact("one"))]
    moved(desk, "staging", put_root(desk, {"a/x": "one"}), compare(desk.registry.get, put_root(desk, {}), put_root(desk, {"a/x": "one"})))
    assert retire(desk, ["prod@1"], age_seconds=None, delete=False).artifacts == [], "staging serves it, too"
    assert retire(desk, ["prod"], age_seconds=3600.0, delete=True).entries == [], "all of it is younger than an hour"


@settings(max_examples=40, deadline=None)
@given(ROOTS)
def test_nothing_of_a_forgotten_tenant_is_left_and_nothing_of_others_is_gone(
    tmp_path_factory: pytest.TempPathFactory, roots: list[Mapping[str, str]]
) -> None:
    # What `a` says is its own; what the others say they may share.
    roots = [{target: f"{text} of a" if target[0] == "a" else text for target, text in texts.items()} for texts in roots]
    desk = released(tmp_path_factory.mktemp("forget"), roots)
    head = desk.head("prod")
    others = {target: digest for target, digest in served(desk, head.root).items() if target[0] != "a"}
    every = {text for texts in roots for target, text in texts.items() if target[0] != "a"}
    if not any(target[0] == "a" for texts in roots for target in texts):
        with pytest.raises(PromptcError, match="nothing here knows a tenant"):
            forget(Forgetting("a", [desk], EVE, delete=True))
        return
    report = forget(Forgetting("a", [desk], EVE, delete=True))
    assert served(desk, desk.head("prod").root) == others
    assert not [digest for digest in desk.registry.digests() if b" of a" in desk.registry.get(digest)]
    assert all(desk.registry.has(digest_of(artifact(text))) for text in every)
    verdict = verify(desk.registry)
    assert not verdict.wrong
    jsonschema.Draft7Validator(schema("forgetting", ".")).validate(report.document())
    assert not forget(Forgetting("a", [desk], EVE, delete=True)).count, "a second time there is nothing left to do"
    said = steps(desk, "prod", "a")
    assert all(step.is_removed or step.after is None for step in said)


def test_a_hold_goes_with_its_tenant_and_what_is_shared_stays(tmp_path: Path) -> None:
    desk = released(tmp_path, [{"a/x": "shared", "b/x": "shared", "a/y": "own", "ab/x": "near"}])
    hold(desk, "prod", ["a"], digest=None, by=EVE)
    report = forget(Forgetting("a", [desk], EVE, delete=True))
    assert desk.head("prod").held == 0
    assert served(desk, desk.head("prod").root) == {"b/x": digest_of(artifact("shared")), "ab/x": digest_of(artifact("near"))}
    assert desk.registry.has(digest_of(artifact("shared")))
    assert not desk.registry.has(digest_of(artifact("own")))
    assert any("other tenants are served" in one.what for one in report.places[0].stays)


def test_what_was_pushed_and_never_promoted_is_forgotten_too(tmp_path: Path) -> None:
    desk = released(tmp_path, [{"b/x": "one"}])
    put_root(desk, {"a/x": "secret of a", "b/x": "two"})
    assert forget(Forgetting("a", [desk], EVE, delete=True)).count == 2
    assert not desk.registry.has(digest_of(artifact("secret of a")))
    assert desk.registry.has(digest_of(artifact("two")))


@settings(max_examples=40, deadline=None)
@given(ROOTS, st.sampled_from(["one", "two", "three", "four"]))
def test_a_trace_names_every_entry_that_served_a_text_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, roots: list[Mapping[str, str]], text: str
) -> None:
    desk = released(tmp_path_factory.mktemp("trace"), roots)
    digest = digest_of(artifact(text))
    entries = list(entries_back(desk.registry.read, desk.head("prod")))[::-1]
    naive: dict[int, set[str]] = {}
    for entry in entries:
        found = {target for target, one in served(desk, entry.root).items() if one == digest}
        if found:
            naive[entry.number] = found
    if not desk.registry.has(digest):
        with pytest.raises(PromptcError, match="nothing here has or names"):
            trace(desk, digest)
        return
    spans = trace(desk, digest).spans
    assert {number for span in spans for number in range(span.first.number, span.last.number + 1)} == naive.keys()
    for span in spans:
        told = set().union(*(naive[number] for number in range(span.first.number, span.last.number + 1)))
        assert set(span.targets) == told
        assert span.after is None or span.after.number == span.last.number + 1


@pytest.mark.parametrize(
    ("text", "ids", "left"),
    [
        ("owner: shared\nexamples:\n  - id: a\n    output: x\n  - id: b\n    output: y\n", {"a"}, ["b"]),
        ("owner: shared\nexamples:\n- id: a\n  output: x\n# about b\n- id: b\n  output: y\nset: s\n", {"b"}, ["a"]),
        ("owner: shared\r\nexamples:\r\n  -\r\n    id: a\r\n    output: x\r\n  - id: b\r\n    output: |\r\n      - y\r\n", {"b"}, ["a"]),
        ("examples:\n  - {id: a, output: x}\n  - {id: b, output: y}\n  - {id: c, output: z}\n", {"a", "c"}, ["b"]),
        ("examples: [{id: a, output: x}, {id: b, output: y}]\n", {"a"}, None),
        ("examples:\n  - id: a\n    output: x\n", {"a"}, None),
        ("examples: text\n", {"a"}, None),
        ("not: [yaml\n", {"a"}, None),
    ],
)
def test_an_example_is_taken_out_or_left_to_a_person(text: str, ids: set[str], left: list[str] | None) -> None:
    edited = without_items(text.encode(), ids)
    if left is None:
        assert edited is None
        return
    assert edited is not None
    found: Any = __import__("yaml").safe_load(edited[0])
    assert [one["id"] for one in found["examples"]] == left
    assert edited[1].keys() == ids
