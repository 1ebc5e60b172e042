"""Manifests: the shape follows from the ids alone, comparing costs what differs, and nothing unverified is served."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptc.core.digest import Digest, digest_of
from promptc.core.errors import PromptcError
from promptc.core.manifest import (
    Change,
    Targets,
    compare,
    look_up,
    make_manifest,
    nodes_of,
    read_root,
    tenant_targets,
    walk,
)
from promptc.core.tree import LEAF_ITEMS_MAX

A, B, C = (digest_of(text) for text in (b"a", b"b", b"c"))

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5).filter(lambda name: not name.endswith(".*"))
TARGETS = st.dictionaries(NAMES, st.dictionaries(NAMES, st.sampled_from([A, B, C]), max_size=3), max_size=12)


class Store:
    """A dict as a store, which counts what is read."""

    def __init__(self, *parts: Mapping[Digest, bytes]) -> None:
        self.blobs = {digest: data for part in parts for digest, data in part.items()}
        self.reads = 0

    def get(self, digest: Digest) -> bytes:
        self.reads += 1
        return self.blobs[digest]


def many(count: int) -> dict[str, dict[str, Digest]]:
    return {f"t{i}": {"p": digest_of(str(i).encode())} for i in range(count)}


def test_the_documents_are_those_of_the_format() -> None:
    # Written out by hand from docs/formats.md, so that no change of code can move the bytes unseen.
    manifest = make_manifest({"acme": {"support-reply": A, "classify": B}})
    texts = {data.decode() for data in manifest.blobs.values()}
    tenant = f'{{"format":"promptc.tenant/1","targets":{{"classify":"{B}","support-reply":"{A}"}}}}\n'
    tree = f'{{"format":"promptc.tree/1","tenants":{{"acme":"{digest_of(tenant.encode())}"}}}}\n'
    root = f'{{"format":"promptc.root/1","scope":"all","targets":2,"tenants":1,"tree":"{digest_of(tree.encode())}"}}\n'
    assert texts == {tenant, tree, root}
    assert manifest.root == digest_of(root.encode())


def test_a_node_is_a_leaf_exactly_when_its_tenants_are_64_or_fewer() -> None:
    for count in (0, 1, LEAF_ITEMS_MAX, LEAF_ITEMS_MAX + 1, 3000):
        manifest = make_manifest(many(count))
        store = Store(manifest.blobs)
        check_shape(store, read_root(store.get, manifest.root).tree, "", set(many(count)))


def check_shape(store: Store, node: Digest, place: str, tenants: set[str]) -> None:
    document = json.loads(store.blobs[node])
    here = {tenant for tenant in tenants if hashlib.sha256(tenant.encode()).hexdigest().startswith(place)}
    if len(here) <= 64:
        assert set(document["tenants"]) == here
        return
    for digit, child in document["branch"].items():
        check_shape(store, child, place + digit, here)
    reached = {hashlib.sha256(tenant.encode()).hexdigest()[len(place)] for tenant in here}
    assert set(document["branch"]) == reached, "no child stands for nobody"


@given(TARGETS)
def test_what_was_put_in_is_walked_and_looked_up(targets: Targets) -> None:
    manifest = make_manifest(targets)
    store = Store(manifest.blobs)
    expected = sorted((tenant, prompt, d) for tenant, prompts in targets.items() for prompt, d in prompts.items())
    assert list(walk(store.get, manifest.root)) == expected
    for tenant, prompt, digest in expected:
        assert look_up(store.get, manifest.root, tenant, prompt) == digest
    assert look_up(store.get, manifest.root, "not there", "p") is None
    root = read_root(store.get, manifest.root)
    assert (root.targets, root.tenants) == (len(expected), len({tenant for tenant, _, _ in expected}))


@given(TARGETS, st.randoms(use_true_random=False))
def test_equal_targets_have_equal_roots_however_they_came(targets: Targets, random: object) -> None:
    items = list(targets.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    empty = {"nobody": {}} if "nobody" not in targets else {}
    assert make_manifest({**dict(items), **empty}).root == make_manifest(targets).root


@given(TARGETS, TARGETS)
def test_comparing_says_exactly_what_differs(before: Targets, after: Targets) -> None:
    one, other = make_manifest(before), make_manifest(after)
    store = Store(one.blobs, other.blobs)
    names = {(tenant, prompt) for targets in (before, after) for tenant in targets for prompt in targets[tenant]}
    expected = [
        Change(tenant, prompt, left, right)
        for tenant, prompt in sorted(names)
        if (left := before.get(tenant, {}).get(prompt)) != (right := after.get(tenant, {}).get(prompt))
    ]
    assert list(compare(store.get, one.root, other.root)) == expected
    assert (one.root == other.root) == (not expected)


@pytest.mark.parametrize(("before", "after"), [(60, 70), (70, 60), (0, 200), (200, 0), (2000, 2001)])
def test_comparing_a_leaf_with_a_branch(before: int, after: int) -> None:
    one, other = make_manifest(many(before)), make_manifest(many(after))
    changes = compare(Store(one.blobs, other.blobs).get, one.root, other.root)
    assert {change.tenant for change in changes} == set(many(before)) ^ set(many(after))


def test_comparing_and_looking_up_cost_a_few_reads_whatever_the_number_of_tenants() -> None:
    targets: dict[str, dict[str, Digest]] = many(20_000)
    one = make_manifest(targets)
    other = make_manifest({**targets, "t77": {"p": A}})
    store = Store(one.blobs, other.blobs)
    assert [change.tenant for change in compare(store.get, one.root, other.root)] == ["t77"]
    assert store.reads <= 14
    store.reads = 0
    assert look_up(store.get, one.root, "t19999", "p") == targets["t19999"]["p"]
    assert store.reads <= 6


def test_every_node_is_named_once_walked() -> None:
    manifest = make_manifest(many(500))
    store = Store(manifest.blobs)
    assert set(nodes_of(store.get, manifest.root)) == set(manifest.blobs)


def test_a_store_that_gives_other_bytes_is_found() -> None:
    manifest = make_manifest(many(100))
    other = make_manifest(many(99))
    for digest in manifest.blobs:
        store = Store(manifest.blobs, {digest: other.blobs[other.root]})
        with pytest.raises(PromptcError) as caught:
            list(walk(store.get, manifest.root))
        assert caught.value.code == "D001"


def test_a_digest_is_followed_only_to_the_kind_that_is_expected() -> None:
    manifest = make_manifest({"acme": {"p": A}})
    store = Store(manifest.blobs)
    tree = read_root(store.get, manifest.root).tree
    with pytest.raises(PromptcError) as caught:
        read_root(store.get, tree)
    assert caught.value.code == "D005"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ('{"format":"promptc.root/2"}', "D003"),
        ('{"format":"promptc.root/1"}', "D001"),
        ('{"format":"promptc.root/1","scope":"some","targets":0,"tenants":0,"tree":"sha256:%s"}' % ("0" * 64), "D001"),
        (
            '{"format":"promptc.root/1","scope":"all","targets":true,"tenants":0,"tree":"sha256:%s"}' % ("0" * 64),
            "D001",
        ),
        ('{"format":"promptc.root/1","scope":"all","targets":0,"tenants":0,"tree":"sha256:0"}', "D001"),
        ('{"format":"promptc.root/1","scope":"all","scope":"all"}', "D001"),
        ("[]", "D001"),
        ("[" * 100_000, "D001"),
        ("\ufeff{}", "D001"),
        ('{"format":1}', "D001"),
        ('{"format":"promptc.root/1' + "0" * 30 + '"}', "D001"),
    ],
)
def test_documents_that_are_refused(document: str, code: str) -> None:
    data = document.encode()
    with pytest.raises(PromptcError) as caught:
        read_root(lambda _: data, digest_of(data))
    assert caught.value.code == code


def test_a_tenant_in_another_s_leaf_is_found() -> None:
    # A tree whose digests are all right, and whose shape lies: a look-up and a walk would disagree.
    targets = many(200)
    manifest = make_manifest(targets)
    store = Store(manifest.blobs)
    tree = json.loads(store.blobs[read_root(store.get, manifest.root).tree])
    one, other = sorted(tree["branch"])[:2]
    tree["branch"][one], tree["branch"][other] = tree["branch"][other], tree["branch"][one]
    root = json.loads(store.blobs[manifest.root])
    data = (json.dumps(tree) + "\n").encode()
    top = (json.dumps({**root, "tree": digest_of(data)}) + "\n").encode()
    lying = Store(manifest.blobs, {digest_of(data): data, digest_of(top): top})
    with pytest.raises(PromptcError):
        list(walk(lying.get, digest_of(top)))


def test_a_name_that_no_tenant_can_have_is_simply_not_there() -> None:
    manifest = make_manifest(many(3))
    assert tenant_targets(Store(manifest.blobs).get, manifest.root, "\ud800") is None
