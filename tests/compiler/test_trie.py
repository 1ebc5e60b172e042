"""Trie: leaves by the answers that led to them, the least recently used forgotten first, and never two at one place."""

from __future__ import annotations

from typing import Any

import pytest

from promptc.compiler.compile import Compiler
from promptc.compiler.template.run import CURRENT
from promptc.compiler.trace import Answers, Asked, ByIdentity, Questions, answer, fingerprint
from promptc.compiler.trie import Leaf, Nondeterministic, Trie
from tests.compiler.world import project_of, prompt

A: Asked = ("get", ("vars", "a"))
B: Asked = ("get", ("vars", "b"))


def answers(**variables: Any) -> Answers:
    return Answers({"vars": variables, "tenant": {}}, {"tools": {}, "model": {}})


def path(**variables: Any) -> list[tuple[Asked, str]]:
    return [(("get", ("vars", name)), answer("get", value)) for name, value in variables.items()]


def test_a_leaf_is_found_by_its_answers_and_their_types() -> None:
    trie = Trie("it", Questions())
    values: list[Any] = [1, 1.0, True, "1", "True", None, 0.0, -0.0, [], {}, "list"]
    for value in values:
        trie.keep(path(a=value), Leaf(repr(value)))
    assert len(trie) == len(values)
    for value in values:
        leaf = trie.find(answers(a=value))
        assert leaf is not None
        assert leaf.value == repr(value)
    assert trie.find(answers(a=2)) is None
    assert trie.find(answers()) is None


def test_values_that_come_and_go_have_digests_of_their_own() -> None:
    # Each list is gone before the next is made, which Python then puts in its place, under its identity.
    digest = ByIdentity(fingerprint)
    assert len({digest([number]) for number in range(100)}) == 100


def test_a_leaf_may_ask_nothing() -> None:
    trie = Trie("it", Questions())
    assert trie.find(answers(a=1)) is None
    trie.keep([], Leaf("only"))
    leaf = trie.find(answers(a=1))
    assert leaf is not None
    assert leaf.value == "only"


def test_the_least_recently_used_go_first() -> None:
    trie = Trie("it", Questions(), leaves_max=16)
    for number in range(16):
        trie.keep(path(a=number, b="x"), Leaf(number))
    for number in (0, 1, 2):
        assert trie.find(answers(a=number, b="x")) is not None
    for number in range(16, 24):
        trie.keep(path(a=number, b="x"), Leaf(number))
    assert len(trie) <= 16
    known = {number for number in range(24) if trie.find(answers(a=number, b="x")) is not None}
    assert {0, 1, 2, *range(16, 24)} <= known
    assert {3, 4} & known == set()
    assert len(known) == len(trie)


def test_what_is_dropped_leaves_nothing_behind() -> None:
    trie = Trie("it", Questions())
    leaves = [trie.keep(path(a=number, b=number), Leaf(number)) for number in range(5)]
    for leaf in leaves:
        trie.drop(leaf)
    assert len(trie) == 0
    # With nodes left over this would be two questions at one node.
    trie.keep([(B, answer("get", 1))], Leaf("new"))
    assert trie.find(answers(b=1)) is not None


@pytest.mark.parametrize("other", [[(B, "text x")], [], [(A, "text x"), (B, "text y"), (("truth", ("vars", "c")), "true")], [(A, "text x"), (("truth", ("vars", "c")), "true")], [(A, "text x")]])
def test_two_things_at_one_node_are_a_bug(other: list[tuple[Asked, str]]) -> None:
    trie = Trie("the prompt `p` (sources/p.j2)", Questions())
    trie.keep([(A, "text x"), (B, "text y")], Leaf("one"))
    with pytest.raises(Nondeterministic, match=r"the prompt `p` \(sources/p.j2\) is not deterministic"):
        trie.keep(other, Leaf("two"))


def test_two_results_of_one_path_are_a_bug() -> None:
    trie = Trie("it", Questions())
    first = trie.keep(path(a=1), Leaf("one"))
    assert trie.keep(path(a=1), Leaf("one")) is first
    with pytest.raises(Nondeterministic, match="two different results"):
        trie.keep(path(a=1), Leaf("two"))


def test_a_template_that_is_not_deterministic_is_never_guessed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = "a: {type: string}\nb: {type: string}\nc: {type: string}\n"
    tenants = {f"t{n}": f"variables: {{a: A{n}, b: B, c: C}}\n" for n in range(3)}
    compiler = Compiler(project_of({"p": prompt("{{ vars.b ~ '' }}{{ vars.a ~ '' }}"), "v": variables, **tenants}))
    count = 0
    record = type(CURRENT).begin

    def begin(self: Any, run: Any) -> None:
        nonlocal count
        count += 1
        record(self, run)
        if count > 1:  # a render that asks what it did not ask before
            run.reads.asked[("truth", ("vars", "c"))] = "true"

    monkeypatch.setattr(type(CURRENT), "begin", begin)
    compiler.compile("t0", "p")
    with pytest.raises(Nondeterministic, match=r"`p` \(sources/prompts/p.prompt.j2\)"):
        compiler.compile("t1", "p")
