"""A key draws a variant: the same until shares move, and never one that the head does not serve."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from promptc.core.allocation import Allocation, allocation_digest, allocation_name
from promptc.core.digest import Digest, digest_of
from promptc.core.manifest import compare_served, make_manifest
from promptc.driver.release.opening import Desk
from promptc.runtime import Lacking, Prompts
from promptc.runtime.variants import drawn_in
from tests.release.world import desk_at, moved
from tests.runtime.test_prompts import artifact

KEYS = [f"user-{number}" for number in range(400)]


def serve(desk: Desk, shares: dict[str, float], *variants: str) -> Digest:
    """Promote `prod` to a/x, its variants and their shares."""
    texts = {name: artifact(name) for name in ("x", *(f"x.{variant}" for variant in variants))}
    served = {name: digest_of(data) for name, data in texts.items()}
    blobs = {digest_of(data): data for data in texts.values()}
    if shares:
        digest, data = allocation_digest(Allocation("x", shares))
        served[allocation_name("x")], blobs[digest] = digest, data
    manifest = make_manifest({"a": served})
    empty = make_manifest({})
    desk.registry.put([*blobs.items(), *manifest.blobs.items(), *empty.blobs.items()])
    desk.registry.refresh()
    head = desk.maybe_head("prod")
    moves = compare_served(desk.registry.get, head.root if head else empty.root, manifest.root)
    return Digest(moved(desk, "prod", manifest.root, moves).entry.root)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = desk_at(tmp_path)
    serve(found, {"brief": 25}, "brief")
    return found


def test_a_key_draws_the_same_variant_everywhere_and_receipts_say_which(desk: Desk, tmp_path: Path) -> None:
    with Prompts.open(str(tmp_path / "registry"), channel="prod", refresh_seconds=0) as client:
        first = {key: client.get("a", "x", key=key) for key in KEYS}
        count = Counter(found.where.variant for found in first.values())
        assert 0.15 < count["brief"] / len(KEYS) < 0.35
        looked_up = client.status.looked_up
        assert all(client.get("a", "x", key=key) is found for key, found in first.items())
        assert client.status.looked_up == looked_up == 2, "each variant was looked up once"
        assert client.get("a", "x").where.variant == ""
        head = desk.head("prod")
        for key, found in first.items():
            assert found.where.prompt == drawn_in(desk.registry.get, head.root, ("a", "x"), key=key)
        brief = next(found for found in first.values() if found.where.variant)
        ready = brief.render()
        ready.openai()
        assert '"variant":"brief"' in ready.receipt
        assert client.resume(ready.receipt).where.variant == "brief"

        async def awaited() -> list[str]:
            return [(await client.aget("a", "x", key=key)).where.prompt for key in KEYS]

        assert asyncio.run(awaited()) == [found.where.prompt for found in first.values()]


def test_shares_that_grow_move_keys_to_the_variant_alone(desk: Desk, tmp_path: Path) -> None:
    with Prompts.open(str(tmp_path / "registry"), channel="prod", refresh_seconds=0) as client:
        before = {key: client.get("a", "x", key=key).where.variant for key in KEYS}
        serve(desk, {"brief": 60}, "brief")
        client.refresh()
        after = {key: client.get("a", "x", key=key).where.variant for key in KEYS}
    assert all(after[key] == "brief" for key, variant in before.items() if variant == "brief")
    assert sum(before[key] != after[key] for key in KEYS) == Counter(after.values())["brief"] - Counter(before.values())["brief"] > 0


def test_a_variant_that_the_head_lacks_is_never_drawn(desk: Desk, tmp_path: Path) -> None:
    root = serve(desk, {"brief": 50, "warm": 50}, "warm")
    with Prompts.open(str(tmp_path / "registry"), channel="prod", refresh_seconds=0) as client:
        assert {client.get("a", "x", key=key).where.prompt for key in KEYS} == {"x", "x.warm"}
        serve(desk, {})
        client.refresh()
        assert {client.get("a", "x", key=key).where.prompt for key in KEYS} == {"x"}
    assert {drawn_in(desk.registry.get, root, ("b", "x"), key=key) for key in KEYS[:3]} == {"x"}


def test_a_service_that_uses_a_prompt_uses_its_variants(tmp_path: Path) -> None:
    desk = desk_at(tmp_path)
    serve(desk, {"brief": 25}, "brief")
    where = str(tmp_path / "registry")
    needs = artifact("x.brief", tools=[{"name": "look", "description": "", "input": {}}], prompt="x.brief")
    with Prompts.open(where, channel="prod", refresh_seconds=0, prompts=["x"], tools=[]) as client:
        root = make_manifest({"a": {"x": client.get("a", "x").digest, "x.brief": digest_of(needs)}})
        desk.registry.put([(digest_of(needs), needs), *root.blobs.items()])
        desk.registry.refresh()
        moved(desk, "prod", root.root, compare_served(desk.registry.get, desk.head("prod").root, root.root))
        client.refresh()
        with pytest.raises(Lacking, match="the tool `look`"):
            client.get("a", "x.brief")
