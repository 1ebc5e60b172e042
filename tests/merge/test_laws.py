"""Laws of the fold, as properties: it equals a plain fold written here, sharing can't be seen, locks can't be passed."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.compiler.interpolate import References, pieces
from promptc.compiler.merge import Fold, identity
from promptc.compiler.project import MISSING, MergePolicy, Setting, Settings, Variable
from promptc.compiler.resolve import Resolver
from promptc.compiler.schema.load import load_project
from promptc.core.findings import Place
from promptc.core.values import same
from tests.merge.world import files

HERE = Place("here", 1, 1)
KEYS = st.sampled_from(["a", "b", "c"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from([0.0, 1.0, 2.0]),
    st.sampled_from(["", "a", "1", "true"]),
)
LISTS = st.lists(SCALARS, max_size=4)
PLAIN = st.recursive(SCALARS | LISTS, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6)


def leaf(data: Any, directive: Any = "") -> Setting:
    return Setting(data, HERE, directive)


LEAVES = st.one_of(
    (SCALARS | LISTS).map(leaf),
    PLAIN.map(lambda data: leaf(data, "replace")),
    LISTS.map(lambda data: leaf(data, "append")),
    LISTS.map(lambda data: leaf(data, "prepend")),
    LISTS.map(lambda data: leaf(data, "remove")),
    st.just(leaf(None, "unset")),
)
SETTINGS = st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3).map(leaf), max_leaves=6)
POLICIES = st.sampled_from([MergePolicy(), MergePolicy("append"), MergePolicy("unique")])


class Refused(Exception):
    """The plain fold below says no."""


def plainly(below: Any, setting: Setting, declared: Any, policy: str) -> Any:
    """The merge table of the design, read aloud. Says no wherever the design does."""
    data, directive = setting.data, setting.directive
    empty = below is MISSING or below is None
    if directive == "replace":
        return data
    if directive == "unset":
        return declared
    if directive == "remove":
        if isinstance(below, dict):
            return {key: item for key, item in below.items() if key not in [x for x in data if isinstance(x, str)]}
        if isinstance(below, list):
            return [item for item in below if not any(same(item, gone) for gone in data)]
        if empty:
            return below
        raise Refused
    if directive in ("append", "prepend"):
        if empty:
            raise Refused
        if not isinstance(below, list):
            raise Refused
        return below + data if directive == "append" else data + below
    if isinstance(data, dict):
        if not isinstance(below, dict) and not empty:
            raise Refused
        merged = {} if empty else dict(below)
        for key, child in data.items():
            default = declared.get(key, MISSING) if isinstance(declared, dict) else MISSING
            value = plainly(merged.get(key, MISSING), child, default, "replace")
            merged.pop(key, None)
            if value is not MISSING:
                merged[key] = value
        return merged
    if isinstance(below, dict) and data is not None:
        raise Refused
    if isinstance(data, list) and isinstance(below, list) and policy in ("append", "unique"):
        data = below + data
    elif isinstance(data, str) and isinstance(below, str) and policy == "append":
        return below + ("\n" if below and data and not below.endswith("\n") else "") + data
    if isinstance(data, list) and policy == "unique":
        kept: list[Any] = []
        for item in data:
            if not any(same(item, other) for other in kept):
                kept.append(item)
        return kept
    return data


@settings(max_examples=300, deadline=None)
@given(declared=PLAIN | st.just(MISSING), chain=st.lists(SETTINGS, max_size=5), policy=POLICIES)
def test_the_fold_is_the_table(declared: Any, chain: list[Setting], policy: MergePolicy) -> None:
    ours = theirs = declared
    for setting in chain:
        # What there is to act on is the chain's business and tested apart; here there always is.
        fold = Fold(lambda _path: True)
        ours = fold.lay(ours, setting, path=("variables", "v"), declared=declared, policy=policy)
        refused = any(found.is_error for found in fold.findings)
        try:
            theirs = plainly(theirs, setting, declared, policy.kind)
        except Refused:
            assert refused
            return
        assert not refused
        assert same(ours, theirs) or (ours is MISSING and theirs is MISSING)


@settings(max_examples=300, deadline=None)
@given(below=PLAIN, setting=SETTINGS, policy=POLICIES)
def test_laying_changes_nothing_that_it_was_given(below: Any, setting: Setting, policy: MergePolicy) -> None:
    before = (repr(below), repr(setting))
    Fold(lambda _path: True).lay(below, setting, path=("variables", "v"), declared=below, policy=policy)
    assert (repr(below), repr(setting)) == before


@settings(max_examples=300, deadline=None)
@given(left=PLAIN, right=PLAIN)
def test_identity_is_typed_equality(left: Any, right: Any) -> None:
    assert (identity(left) == identity(right)) is same(left, right)


LINES = st.sampled_from(
    [
        "tone: warm",
        "tone: formal",
        "tone: !unset ",
        "note: 'x ${tone} ${limits.turns}'",
        "tags: [a, b]",
        "tags: [b, c]",
        "tags: !remove [a]",
        "words: !append [x]",
        "words: [y]",
        "words: !unset ",
        "limits: {turns: 7}",
        "limits: {tokens: 8, say: 'at ${limits.turns}'}",
        "limits: !replace {turns: 1}",
        "limits: {turns: !unset }",
        "steps: [s]",
        "offers: [{id: a, price: p}]",
        "offers: [{id: z, name: Z}]",
        "offers: !remove [a]",
        "any: '${words}'",
        "open_map: {k: '${tone}'}",
    ]
)
OVERLAY = st.lists(LINES, max_size=4, unique_by=lambda line: line.split(":")[0])
PROMPTS = st.sampled_from(
    [
        "",
        "prompts: {reply: {blocks: {rubric: 'x ${tone}'}}}\n",
        "prompts: {reply: {config: {temperature: 1}}}\n",
        'prompts: {"*": {enabled: false}, reply: {tools: !append [refund]}}\n',
    ]
)


def overlay(extends: list[str], lines: list[str], prompts: str) -> str:
    body = "".join(f"  {line}\n" for line in lines)
    return f"extends: [{', '.join(extends)}]\n" + (f"variables:\n{body}" if body else "") + prompts


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, bytes]:
    names = ["l0", "l1", "l2", "l3"]
    layers = {
        name: overlay(
            draw(st.lists(st.sampled_from(names[:index]), max_size=2, unique=True)) if index else [],
            draw(OVERLAY),
            draw(PROMPTS),
        )
        for index, name in enumerate(names)
    }
    tenants = {
        f"t{index}": overlay(
            draw(st.lists(st.sampled_from(names), max_size=3, unique=True)), draw(OVERLAY), draw(PROMPTS)
        )
        for index in range(4)
    }
    return files(tenants, layers)


@settings(max_examples=30, deadline=None)
@given(tree=worlds(), seed=st.integers(0, 9))
def test_sharing_and_the_order_of_files_cant_be_seen(tree: dict[str, bytes], seed: int) -> None:
    made = load_project(tree, Settings()).project
    shuffled = list(tree)
    random.Random(seed).shuffle(shuffled)
    other = load_project({path: tree[path] for path in shuffled}, Settings()).project
    shared = Resolver(other)
    order = list(made.tenants)
    random.Random(seed).shuffle(order)
    together = {name: shared.tenant(name) for name in order}
    for name in made.tenants:
        alone = Resolver(made).tenant(name)
        assert together[name] == alone
        assert shared.tenant(name) == alone
        if alone[0] is not None and together[name][0] is not None:
            # `==` takes 1 for true, and doesn't see the order of keys.
            assert repr(together[name][0]) == repr(alone[0])


LOCKS = st.sampled_from(
    [
        "variables.tone",
        "variables.limits",
        "variables.limits.turns",
        "variables.words",
        "variables.offers.a",
        "variables",
    ]
)


def held(made: Any, path: str) -> Any:
    value: Any = {"variables": dict(made.variables)}
    for key in path.split("."):
        if isinstance(value, list):
            value = next((item for item in value if item["id"] == key), None)
        else:
            value = value.get(key)
    return value


@settings(max_examples=60, deadline=None)
@given(path=LOCKS, low=OVERLAY, later=st.lists(OVERLAY, min_size=1, max_size=3))
def test_no_later_overlay_changes_what_is_locked(path: str, low: list[str], later: list[list[str]]) -> None:
    """Whatever comes after a lock: either the locked value is as it was, or there is an error."""
    low = [line for line in low if "${" not in line]
    names = [f"l{index}" for index in range(len(later) - 1)]
    layers = {"low": f"final: [{path}]\n" + overlay([], low, "")[len("extends: []\n") :]}
    layers |= {name: overlay([], lines, "") for name, lines in zip(names, later, strict=False)}
    tree = files({"acme": overlay(["low", *names], later[-1], ""), "only": "extends: [low]\n"}, layers)
    resolver = Resolver(load_project(tree, Settings()).project)
    locked, made = resolver.tenant("only")[0], resolver.tenant("acme")[0]
    if locked is not None and made is not None:
        assert same(held(made, path), held(locked, path))


TEXTS = st.lists(
    st.sampled_from(["${", "$", "{", "}", "$${", "${a}", "${b}", "a", "x", " ", "\n", "{{", "é"]), max_size=8
).map("".join)


@settings(max_examples=400, deadline=None)
@given(text=TEXTS, a=TEXTS, b=TEXTS)
def test_what_is_put_in_is_never_read_again(text: str, a: str, b: str) -> None:
    """The values of a and b, escaped, come out as they are wherever they are asked for, and decide nothing."""
    declared = {name: Variable(name, {}, HERE) for name in ("a", "b", "t")}
    values = {"a": a.replace("${", "$${"), "b": b.replace("${", "$${"), "t": text}
    references = References(values, declared, frozenset())
    made = references.value("t")
    expected = once(text, {"a": a, "b": b})
    if expected is None:
        assert {failure.code for failure in references.failures} <= {"O030", "O033"}
        assert references.failures != ()
    else:
        assert references.failures == ()
        assert made == expected


def once(text: str, values: dict[str, str]) -> str | None:
    """Written apart: one walk over the text, character by character."""
    out, index = "", 0
    while index < len(text):
        if text.startswith("$${", index):
            out, index = out + "${", index + 3
        elif text.startswith("${", index):
            name = text[index + 2 : index + 3]
            if name not in values or text[index + 3 : index + 4] != "}":
                return None
            out, index = out + values[name], index + 4
        else:
            out, index = out + text[index], index + 1
    return out


@given(text=st.text(max_size=30))
def test_text_without_references_is_itself(text: str) -> None:
    if "${" not in text:
        assert pieces(text) == (text,)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=30))
def test_escaping_writes_any_text(text: str) -> None:
    references = References({"t": text.replace("${", "$${")}, {"t": Variable("t", {}, HERE)}, frozenset())
    assert references.value("t") == text
