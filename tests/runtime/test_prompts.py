"""A client gives what the registry says, verified, to the tenant that asks; and says so when it can't."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from promptc.core.digest import digest_of
from promptc.core.manifest import compare
from promptc.core.moves import Known, known_after
from promptc.core.pin import Pin, encode_pin
from promptc.core.record import TENANCIES, Tenancy
from promptc.core.tree import make_tree
from promptc.core.values import canonical_bytes
from promptc.driver.release.appending import append, carried
from promptc.driver.release.marking import revoke
from promptc.driver.release.opening import Desk
from promptc.driver.release.retire import retire
from promptc.driver.release.who import Author
from promptc.runtime import (
    BadReceipt,
    Closed,
    Damaged,
    Foreign,
    Lacking,
    Misused,
    NoChannel,
    OtherModel,
    Prompts,
    Removed,
    Revoked,
    UnknownPrompt,
    UnknownTenant,
    Unreachable,
    WentBack,
    errors,
)
from tests.release.world import desk_at, moved

ANN = Author("ann", "because")


def artifact(text: str, **more: Any) -> bytes:
    """An artifact that says a text, with what is given besides."""
    document = {
        "config": {}, "format": "promptc.artifact/1", "inputs": {}, "messages": [{"content": [text], "role": "system"}],
        "model": {"name": "m", "provider": "openai"}, "output": {}, "prompt": "x", "tools": [], **more,
    }  # fmt: skip
    document = {key: value for key, value in document.items() if key != "output"}
    return canonical_bytes(document)


def root_of(desk: Desk, targets: dict[str, bytes]) -> str:
    from promptc.core.manifest import make_manifest

    made: dict[str, dict[str, Any]] = {}
    for target, data in targets.items():
        tenant, _, prompt = target.partition("/")
        made.setdefault(tenant, {})[prompt] = digest_of(data)
    manifest = make_manifest(made)
    desk.registry.put([*((digest_of(data), data) for data in targets.values()), *manifest.blobs.items()])
    desk.registry.refresh()
    return manifest.root


def serve(desk: Desk, **texts: Any) -> Any:
    """Promote `prod` to these texts: `a_x="hello"` is the target a/x."""
    targets = {name.replace("_", "/", 1): value if isinstance(value, bytes) else artifact(value) for name, value in texts.items()}
    root = root_of(desk, targets)
    head = desk.maybe_head("prod")
    before = head.root if head else root_of(desk, {})
    return moved(desk, "prod", root, compare(desk.registry.get, before, root)).entry


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = desk_at(tmp_path)
    serve(found, a_x="one of a", a_y="two of a", b_x="one of b")
    return found


@pytest.fixture
def where(tmp_path: Path, desk: Desk) -> str:
    return str(tmp_path / "registry")


@pytest.fixture
def client(where: str) -> Iterator[Prompts]:
    with Prompts.open(where, channel="prod", refresh_seconds=0) as found:
        yield found


def text(client: Prompts, tenant: str, prompt: str = "x") -> str:
    return client.get(tenant, prompt).render().text()


# What is served


def test_each_tenant_is_given_its_own(client: Prompts) -> None:
    assert (text(client, "a"), text(client, "a", "y"), text(client, "b")) == ("one of a", "two of a", "one of b")
    assert client.get("a", "x") is client.get("a", "x"), "the second time nothing is read"
    assert client.status.looked_up == 3


def test_what_is_not_known_is_an_error_of_its_own(client: Prompts, where: str) -> None:
    with pytest.raises(UnknownTenant, match="serves no tenant `c`"):
        client.get("c", "x")
    with pytest.raises(UnknownPrompt):
        client.get("b", "y")
    assert client.status.unknown == 1
    with pytest.raises(NoChannel):
        Prompts.open(where, channel="staging")
    with pytest.raises(Unreachable):
        Prompts.open(where + "-not", channel="prod")
    for wrong in ({}, {"channel": "prod", "pin": "x"}, {"channel": "prod", "unknown": "default"}):
        with pytest.raises(Misused):
            Prompts.open(where, **wrong)  # type: ignore[arg-type]


def test_a_default_tenant_stands_in_and_is_counted(where: str) -> None:
    with Prompts.open(where, channel="prod", unknown="default", default_tenant="b", refresh_seconds=0) as client:
        found = client.get("nobody", "x")
        assert (found.where.asked, found.where.tenant, found.where.is_default) == ("nobody", "b", True)
        client.get("nobody", "x")
        assert client.status.unknown == 2, "each time is counted"


def test_a_tenant_may_be_called_by_an_alias(desk: Desk, where: str) -> None:
    blobs: dict[Any, bytes] = {}
    tree = make_tree(TENANCIES, {"a": Tenancy({}, ("org-17",)).document()}, blobs)
    known = known_after(lambda d: blobs[d], Known(), tree, {"a": True}, blobs)
    desk.registry.put(blobs.items())
    from dataclasses import replace

    append(desk, "prod", lambda head: replace(carried(head), kind="mark", tenants=known.tenants, aliases=known.aliases))  # type: ignore[arg-type]
    with Prompts.open(where, channel="prod", refresh_seconds=0) as client:
        found = client.get("org-17", "x")
        assert (found.where.asked, found.where.tenant) == ("org-17", "a")


# Following a channel


def test_a_refresh_brings_what_is_new_and_holds_what_was_given(desk: Desk, client: Prompts) -> None:
    old = client.get("a", "x")
    assert client.refresh().moment == "prod@1"
    serve(desk, a_x="new of a", a_y="two of a", b_x="one of b")
    assert text(client, "a") == "one of a", "nothing is asked by itself here"
    assert client.refresh().moment == "prod@2"
    assert text(client, "a") == "new of a"
    assert old.render().text() == "one of a"
    assert client.status.looked_up == 1, "what was asked for before is looked up before anybody is given it"


def test_the_thread_finds_it_by_itself(desk: Desk, where: str) -> None:
    with Prompts.open(where, channel="prod", refresh_seconds=0.02) as client:
        client.get("a", "x")
        serve(desk, a_x="new of a")
        for _ in range(300):
            if text(client, "a") == "new of a":
                break
            threading.Event().wait(0.02)
        assert text(client, "a") == "new of a"
        with pytest.raises(UnknownTenant):
            client.get("b", "x")


def test_a_head_whose_blobs_are_not_there_is_not_taken(desk: Desk, client: Prompts, where: str) -> None:
    client.get("a", "x")
    serve(desk, a_x="new of a")
    shutil.rmtree(Path(where) / "blobs")
    (Path(where) / "blobs/packs").mkdir(parents=True)
    assert isinstance(client.refresh().refused, Damaged)
    assert text(client, "a") == "one of a"
    assert client.status.moment == "prod@1"


def test_without_the_registry_what_was_verified_is_served_and_said_to_be_old(desk: Desk, where: str, tmp_path: Path) -> None:
    now = [1000.0]
    cache = tmp_path / "cache"
    with Prompts.open(where, channel="prod", cache=cache, refresh_seconds=0, stale_seconds=60, clock=lambda: now[0]) as client:
        client.get("a", "x")
        os.rename(where, where + "-away")
        now[0] += 100
        status = client.refresh()
        assert isinstance(status.refused, Unreachable)
        assert (status.age_seconds, status.is_stale, text(client, "a")) == (100.0, True, "one of a")
    with Prompts.open(where, channel="prod", cache=cache, refresh_seconds=0, stale_seconds=60, clock=lambda: now[0]) as client:
        assert text(client, "a") == "one of a", "also after a restart"
        assert client.is_stale
        with pytest.raises(Unreachable):
            client.get("b", "x")
        os.rename(where + "-away", where)
        assert client.refresh().refused is None
        assert not client.is_stale
        assert text(client, "b") == "one of b"


def test_a_cache_that_was_damaged_is_not_believed(desk: Desk, where: str, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for _ in range(2):
        with Prompts.open(where, channel="prod", cache=cache, refresh_seconds=0) as client:
            assert text(client, "a") == "one of a"
        for path in cache.rglob("*"):
            if path.is_file():
                path.write_bytes(path.read_bytes()[:-3] + b"xxx")


@pytest.mark.parametrize("how", ["older copy", "rewritten", "another registry"])
def test_a_registry_that_went_back_is_refused(how: str, desk: Desk, where: str, tmp_path: Path) -> None:
    shutil.copytree(where, tmp_path / "older")
    serve(desk, a_x="new of a")
    cache = tmp_path / "cache"
    with Prompts.open(where, channel="prod", cache=cache, refresh_seconds=0) as client:
        assert text(client, "a") == "new of a"
        shutil.rmtree(where)
        if how == "another registry":
            serve(desk_at(tmp_path), a_x="foreign")
        else:
            shutil.copytree(tmp_path / "older", where)
            other = desk_at(tmp_path)
            for number in range(2 if how == "rewritten" else 0):
                serve(other, a_x=f"other {number}")
        assert client.refresh().moment == "prod@2"
        assert text(client, "a") == "new of a"
        if how == "rewritten":
            assert isinstance(client.status.refused, WentBack)
    if how == "another registry":
        with pytest.raises(Foreign):
            Prompts.open(where, channel="prod", cache=cache, refresh_seconds=0)
        return
    with Prompts.open(where, channel="prod", cache=cache, refresh_seconds=0) as client:
        assert isinstance(client.status.refused, WentBack)
        assert (client.status.moment, text(client, "a")) == ("prod@2", "new of a"), "what was seen is served on"


# Revocations


@pytest.mark.parametrize("what", ["artifact", "root"])
def test_what_was_revoked_is_handled_as_the_client_is_set(what: str, desk: Desk, where: str) -> None:
    with Prompts.open(where, channel="prod", refresh_seconds=0) as client:
        client.get("a", "x")
        entry = serve(desk, a_x="bad of a", a_y="two of a", b_x="one of b")
        revoke(desk, digest_of(artifact("bad of a")) if what == "artifact" else entry.root, lift=False, by=ANN)
        client.refresh()
        with pytest.raises(Revoked, match="because"):
            client.get("a", "x")
        assert client.status.revoked >= 1
    with Prompts.open(where, channel="prod", refresh_seconds=0, on_revoked="fallback") as client:
        found = client.get("a", "x")
        assert found.render().text() == "one of a"
        assert "revoked" in found.where.warning
    with Prompts.open(where, channel="prod", refresh_seconds=0, on_revoked="warn") as client:
        found = client.get("a", "x")
        assert found.render().text() == "bad of a"
        assert "revoked" in found.where.warning
        revoke(desk, digest_of(artifact("bad of a")) if what == "artifact" else entry.root, lift=True, by=ANN)
        client.refresh()
        assert not client.get("a", "x").where.warning


def test_a_text_that_was_retired_is_said_to_be(desk: Desk, where: str) -> None:
    first = desk.head("prod")
    serve(desk, a_x="new")
    retire(desk, ["prod@1"], age_seconds=None, delete=True)
    pin = Path(where).parent / "promptc.lock"
    pin.write_bytes(encode_pin(Pin("registry", desk.lineage, "prod", 1, first.root)))
    with Prompts.open(pin=pin, refresh_seconds=0) as client, pytest.raises(Removed):
        client.get("a", "x")


# Pins


def pinned(desk: Desk, folder: Path, **more: Any) -> Path:
    head = desk.head("prod")
    path = folder / "promptc.lock"
    path.write_bytes(encode_pin(Pin("registry", desk.lineage, "prod", head.number, head.root, **more)))
    return path


def test_a_pin_stays_and_its_exceptions_count(desk: Desk, tmp_path: Path) -> None:
    special = artifact("special")
    desk.registry.put([(digest_of(special), special)])
    pin = pinned(desk, tmp_path, exceptions={"a/x": digest_of(special)})
    serve(desk, a_x="new of a")
    with Prompts.open(pin=pin, refresh_seconds=0) as client:
        client.refresh()
        assert (text(client, "a"), text(client, "b")) == ("special", "one of b")
        assert client.get("a", "x").where.pin == "promptc.lock"


def test_a_revoked_pin_serves_its_fallback(desk: Desk, tmp_path: Path) -> None:
    good = desk.head("prod").root
    serve(desk, a_x="bad of a")
    pin = pinned(desk, tmp_path, fallback=good)
    revoke(desk, desk.head("prod").root, lift=False, by=ANN)
    with Prompts.open(pin=pin, refresh_seconds=0, on_revoked="fallback") as client:
        assert text(client, "a") == "one of a"
    with Prompts.open(pin=pin, refresh_seconds=0) as client, pytest.raises(Revoked):
        client.get("a", "x")


# Models, contracts


def test_another_model_must_be_allowed_and_deployments_are_called_by_their_names(where: str) -> None:
    with Prompts.open(where, channel="prod", refresh_seconds=0, models={"openai/m": "our-m"}) as client:
        ready = client.get("a", "x").render()
        assert (ready.model_name, ready.openai()["model"]) == ("our-m", "our-m")
        with pytest.raises(OtherModel):
            client.get("a", "x").render(model="openai/other")
    with Prompts.open(where, channel="prod", refresh_seconds=0, allow_other_model=True) as client:
        ready = client.get("a", "x").render(model="openai/other")
        assert ready.openai()["model"] == "other"
        assert json.loads(ready.receipt)["model"] == "openai/other"


def test_what_the_service_lacks_is_refused_at_the_start(desk: Desk, where: str) -> None:
    tool = {"name": "refund", "description": "", "input": {"type": "object"}}
    needs = artifact("with more", tools=[tool], inputs={"message": {"type": "string"}, "note": {"type": "string", "required": False}})
    serve(desk, a_x=needs, b_x="one of b")
    with pytest.raises(Lacking) as caught:
        Prompts.open(where, channel="prod", tools=[], prompts={"x": []}, refresh_seconds=0)
    assert caught.value.lacks == ("the tool `refund` of `x`", "the input `message` of `x`")
    with Prompts.open(where, channel="prod", tools={"refund": print}, prompts={"x": ["message"]}, refresh_seconds=0) as client:
        assert client.get("a", "x").inputs
        more = artifact("with other tools", tools=[{**tool, "name": "delete"}], inputs={"message": {"type": "string"}})
        serve(desk, a_x=more, b_x="one of b")
        assert isinstance(client.refresh().refused, Lacking), "what comes later is held against it, too"
    with Prompts.open(where, channel="prod", prompts=["y"], tools=[], refresh_seconds=0) as client:
        assert client.get("b", "x"), "it is only held against prompts that it uses"


# Receipts


def test_a_receipt_is_one_line_and_brings_the_same_prompt_back(desk: Desk, client: Prompts) -> None:
    ready = client.get("a", "x").render(history=[{"role": "user", "content": "hi"}])
    body = ready.openai()
    receipt = ready.receipt
    said = json.loads(receipt)
    assert "\n" not in receipt
    assert said["body"] == digest_of(canonical_bytes(body))
    assert "one of a" not in receipt
    serve(desk, a_x="new of a")
    client.refresh()
    assert text(client, "a") == "new of a"
    assert client.resume(receipt).render().text() == "one of a"
    assert client.resume(receipt).where.moment == "prod@1"


@pytest.mark.parametrize(
    "change", [{"served": "b"}, {"entry": 9}, {"artifact": "sha256:" + "0" * 64}, {"lineage": "0" * 32}, {"root": "sha256:" + "0" * 64},
               {"format": "x"}, {"api": "system"}, {"entry": "1"}],
)  # fmt: skip
def test_a_receipt_that_was_altered_opens_nothing(change: dict[str, Any], client: Prompts) -> None:
    said = client.get("a", "x").render().receipt_data
    with pytest.raises(BadReceipt):
        client.resume({**said, **change})
    with pytest.raises(BadReceipt):
        client.resume("{}")


def test_a_revoked_conversation_ends(desk: Desk, client: Prompts) -> None:
    receipt = client.get("a", "x").render().receipt
    revoke(desk, digest_of(artifact("one of a")), lift=False, by=ANN)
    client.refresh()
    with pytest.raises(Revoked):
        client.resume(receipt)


# Threads, processes, loops


def test_a_closed_client_says_so(where: str) -> None:
    client = Prompts.open(where, channel="prod", refresh_seconds=60)
    client.get("a", "x")
    client.close()
    for tenant in ("a", "b"):
        with pytest.raises(Closed):
            client.get(tenant, "x")


def test_it_goes_on_after_a_fork(desk: Desk, where: str) -> None:
    with Prompts.open(where, channel="prod", refresh_seconds=0.02) as client:
        client.get("a", "x")
        reading, writing = os.pipe()
        client._refreshing.acquire()  # as another thread may hold it when the process forks
        child = os.fork()
        if child == 0:
            try:
                serve(desk, a_x="new of a")
                for _ in range(300):
                    if text(client, "a") == "new of a":
                        os.write(writing, b"y")
                        break
                    threading.Event().wait(0.02)
            finally:
                os._exit(0)
        client._refreshing.release()
        os.close(writing)
        assert os.read(reading, 1) == b"y"
        os.close(reading)
        os.waitpid(child, 0)


def test_an_event_loop_is_not_held_up(where: str) -> None:
    async def both() -> tuple[str, str]:
        async with Prompts.open(where, channel="prod", refresh_seconds=0) as client:
            one, two = await asyncio.gather(client.aget("a", "x"), client.aget("b", "x"))
            return one.render().text(), (await client.aget("a", "x")).render().text() + two.digest[:7]

    assert asyncio.run(both()) == ("one of a", "one of asha256:")


def hammered(desk: Desk, where: str, gets: int) -> None:
    """Sixteen threads get while heads move: each is given a text that its tenant was served, never an older one than before."""
    tenants = [f"t{number}" for number in range(20)]
    serve(desk, **{f"{tenant}_x": f"{tenant} 0" for tenant in tenants})
    wrong: list[str] = []
    with Prompts.open(where, channel="prod", refresh_seconds=0.005) as client:
        done = threading.Event()

        def get(seed: int) -> None:
            last = dict.fromkeys(tenants, 0)
            for turn in range(gets // 16):
                tenant = tenants[(seed * 7 + turn) % len(tenants)]
                said, _, number = client.get(tenant, "x").artifact._document.messages[0]["content"][0].partition(" ")
                if said != tenant or int(number) < last[tenant]:
                    wrong.append(f"{tenant} was given `{said} {number}` after {last[tenant]}")
                last[tenant] = int(number)

        def move() -> None:
            turn = 0
            while turn < 5 or not done.is_set():
                turn += 1
                serve(desk, **{f"{tenant}_x": f"{tenant} {turn}" for tenant in tenants})

        threads = [threading.Thread(target=get, args=(seed,)) for seed in range(16)]
        mover = threading.Thread(target=move)
        mover.start()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        done.set()
        mover.join()
        assert client.refresh().refused is None
        assert int(client.status.moment.partition("@")[2]) > 3, "heads moved meanwhile"
    assert wrong == []


def test_no_thread_is_given_a_wrong_torn_or_foreign_prompt(desk: Desk, where: str) -> None:
    hammered(desk, where, 100_000)


@pytest.mark.nightly
def test_no_thread_is_given_one_in_a_million_gets(desk: Desk, where: str) -> None:
    hammered(desk, where, 1_000_000)


# Errors, telemetry


def test_every_error_has_a_code_of_its_own_and_stands_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs/runtime.md").read_text()
    assert [error.CODE for error in errors.ALL] == [
        "R100", "R101", "R102", "R103", "R104", "R105", "R106", "R107", "R108", "R109", "R110", "R111", "R112", "R113", "R114",
    ]  # fmt: skip
    for error in errors.ALL:
        assert f"| `{error.__name__}` | {error.CODE} |" in page


def test_a_span_is_told(where: str) -> None:
    from opentelemetry import trace
    from opentelemetry.sdk import trace as sdk

    tracer = sdk.TracerProvider().get_tracer("test")
    with Prompts.open(where, channel="prod", refresh_seconds=0) as client, tracer.start_as_current_span("chat") as span:
        client.get("a", "x").render()
        assert trace.get_current_span() is span
        said = dict(span.attributes)
    assert (said["gen_ai.prompt.name"], said["gen_ai.prompt.version"], said["promptc.tenant"]) == ("x", "prod@1", "a")
