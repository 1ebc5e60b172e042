"""Signatures: each thing that a registry in wrong hands could try is refused, and a legal rollback of ours is not."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from promptc.core.channel import entry_name, hint_name
from promptc.core.errors import PromptcError
from promptc.core.signed import PAYLOAD_TYPE, Envelope, Statement, read_envelope, record_name, signed_name, to_sign
from promptc.driver.release import signing
from promptc.driver.release.opening import Desk
from promptc.driver.release.rollback import retreat, roll_back
from promptc.driver.release.signing import Key, new_key, read_key, sign
from promptc.driver.release.who import Author
from promptc.runtime import Damaged, Misused, Prompts, Untrusted, WentBack
from tests.runtime.test_prompts import desk_at, serve

HOUR, DAY = 3600.0, 86_400.0


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return new_key(tmp_path / "release.pem")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = desk_at(tmp_path)
    serve(found, a_x="one of a")
    return found


def opened(desk: Desk, *keys: Key, at: Callable[[], float] = time.time, **more: Any) -> Prompts:
    where = str(desk.registry.folder)  # type: ignore[attr-defined]
    return Prompts.open(where, channel="prod", refresh_seconds=0, trusted=[key.public for key in keys], clock=at, **more)


def said(client: Prompts) -> str:
    return client.get("a", "x").render().text()


def statement(desk: Desk, key: Key, **change: Any) -> bytes:
    """A statement of the head, with something else in it, signed by the key."""
    head = desk.head("prod")
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    fields = {"lineage": desk.lineage, "channel": "prod", "number": head.number, "entry": head.digest, "issued": now, "expires": "2099-01-01T00:00:00Z"}
    payload = Statement(**{**fields, **change}).payload()
    return Envelope(PAYLOAD_TYPE, payload, ((key.id, key.private.sign(to_sign(PAYLOAD_TYPE, payload))),)).encode()


def put(desk: Desk, key: Key, data: bytes) -> None:
    desk.registry.hint(signed_name("prod", key.id), data)


# What is accepted


def test_a_signed_head_is_served_and_an_unsigned_one_is_not(desk: Desk, key: Key) -> None:
    with pytest.raises(Untrusted, match="no statement"):
        opened(desk, key)
    done = sign(desk, "prod", key)
    with opened(desk, key) as client:
        assert said(client) == "one of a"
        serve(desk, a_x="two of a")
        assert isinstance(client.refresh().refused, Untrusted)
        assert said(client) == "one of a", "a head that nobody vouches for is not taken"
        sign(desk, "prod", key)
        assert client.refresh().refused is None
        assert said(client) == "two of a"
    assert done.expires > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6 * DAY))


def test_a_legal_rollback_of_ours_is_accepted(desk: Desk, key: Key) -> None:
    serve(desk, a_x="bad of a")
    sign(desk, "prod", key)
    with opened(desk, key) as client:
        assert said(client) == "bad of a"
        roll_back(desk, retreat(desk, "prod", to=1), by=Author("ann", "it was bad"))
        sign(desk, "prod", key)
        assert client.refresh().refused is None
        assert said(client) == "one of a"


def test_several_keys_may_be_required(desk: Desk, key: Key, tmp_path: Path) -> None:
    other = new_key(tmp_path / "other.pem")
    sign(desk, "prod", key)
    with pytest.raises(Untrusted, match="1 of the 2"):
        opened(desk, key, other, threshold=2)
    sign(desk, "prod", other)
    with opened(desk, key, other, threshold=2) as client:
        assert said(client) == "one of a"
    with opened(desk, key, new_key(tmp_path / "third.pem")) as client:
        assert said(client) == "one of a", "one of several is enough where one is required"
    assert read_key(str(tmp_path / "other.pem")).id == other.id


@pytest.mark.parametrize("how", ["cache of a client that trusted nobody", "image", "expired"])
def test_what_stands_in_for_a_registry_is_held_against_the_same_keys(how: str, desk: Desk, key: Key, tmp_path: Path) -> None:
    where, cache = Path(str(desk.registry.folder)), str(tmp_path / "cache")  # type: ignore[attr-defined]
    now = [time.time()]
    if how == "expired":
        sign(desk, "prod", key, seconds=DAY)
        with opened(desk, key, cache=cache) as client:
            said(client)
    else:
        Prompts.open(str(where), channel="prod", cache=cache, refresh_seconds=0).close()
    where.rename(tmp_path / "away")
    more = {"vendored": str(tmp_path / "away")} if how == "image" else {"cache": cache}
    if how == "expired":
        with opened(desk, key, cache=cache, at=lambda: now[0]) as client:
            assert said(client) == "one of a", "while the statement holds, the last verified head is served"
        now[0] += 3 * DAY
    with pytest.raises(Untrusted):
        opened(desk, key, at=lambda: now[0], **more)


# Attacks: each has its error


def test_rollback_attack(desk: Desk, key: Key, tmp_path: Path) -> None:
    """An old head is given back to who has seen a newer one."""
    sign(desk, "prod", key)
    old = desk.registry.read(signed_name("prod", key.id))
    serve(desk, a_x="two of a")
    sign(desk, "prod", key)
    cache = str(tmp_path / "cache")
    opened(desk, key, cache=cache).close()
    assert old is not None
    put(desk, key, old)
    desk.registry.remove(entry_name("prod", 2))
    with opened(desk, key, cache=cache) as client:
        assert isinstance(client.status.refused, WentBack)


def test_freeze_attack(desk: Desk, key: Key) -> None:
    """Newer heads are held back: what is served goes stale, and says so."""
    now = [time.time()]
    sign(desk, "prod", key, seconds=DAY)
    with opened(desk, key, at=lambda: now[0]) as client:
        now[0] += 2 * DAY
        status = client.refresh()
        assert isinstance(status.refused, Untrusted)
        assert "expired" in status.refused.message
        assert (status.is_stale, said(client)) == (False, "one of a") or status.age_seconds > DAY
    with pytest.raises(Untrusted, match="expired"):
        opened(desk, key, at=lambda: now[0])


def test_fast_forward_attack(desk: Desk, key: Key) -> None:
    """A number far ahead, so that no later head would ever count as newer."""
    sign(desk, "prod", key)
    data = desk.registry.read(entry_name("prod", 1))
    assert data is not None
    desk.registry.create(entry_name("prod", 900), data)
    desk.registry.hint(hint_name("prod"), b'{"number":900}\n')
    with pytest.raises(Damaged):
        opened(desk, key)
    put(desk, key, statement(desk_copy(desk), key, number=900))
    with pytest.raises((Damaged, Untrusted)):
        opened(desk, key)


def desk_copy(desk: Desk) -> Desk:
    """The desk with its hint put right."""
    desk.registry.hint(hint_name("prod"), b'{"number":1}\n')
    return desk


def test_mix_and_match_attack(desk: Desk, key: Key) -> None:
    """A true statement of one entry beside another."""
    sign(desk, "prod", key)
    serve(desk, a_x="two of a")
    with pytest.raises(Untrusted, match="of another entry"):
        opened(desk, key)


def test_wrong_channel_and_wrong_registry_attacks(desk: Desk, key: Key) -> None:
    put(desk, key, statement(desk, key, channel="staging"))
    with pytest.raises(Untrusted, match="of another channel"):
        opened(desk, key)
    put(desk, key, statement(desk, key, lineage="0" * 32))
    with pytest.raises(Untrusted, match="of another lineage"):
        opened(desk, key)


def test_same_number_other_bytes_attack(desk: Desk, key: Key) -> None:
    put(desk, key, statement(desk, key, entry="sha256:" + "0" * 64))
    with pytest.raises(Untrusted, match="of another entry"):
        opened(desk, key)


def test_endless_data_attack(desk: Desk, key: Key) -> None:
    sign(desk, "prod", key)
    put(desk, key, b" " * 1_000_000 + (desk.registry.read(signed_name("prod", key.id)) or b""))
    with pytest.raises(Untrusted, match="larger than any"):
        opened(desk, key)


def test_foreign_key_attack(desk: Desk, key: Key, tmp_path: Path) -> None:
    """Another key's signature under a trusted name, and a true one of a key that isn't trusted."""
    foreign = new_key(tmp_path / "foreign.pem")
    made = json.loads(statement(desk, foreign))
    made["signatures"][0]["keyid"] = key.id
    put(desk, key, json.dumps(made).encode())
    with pytest.raises(Untrusted, match="does not hold"):
        opened(desk, key)
    sign(desk, "prod", foreign)
    with pytest.raises(Untrusted):
        opened(desk, key)


def test_the_same_key_twice_is_one_key(desk: Desk, key: Key) -> None:
    sign(desk, "prod", key)
    with pytest.raises(Misused, match="2 of 1"):
        opened(desk, key, key, threshold=2)


def test_role_swap_attack(desk: Desk, key: Key) -> None:
    """A signature of a build record does not vouch for a head: what is signed says what it is."""
    said_ = statement(desk, key)
    envelope = read_envelope(said_)
    kind = "application/vnd.in-toto+json"
    swapped = Envelope(PAYLOAD_TYPE, envelope.payload, ((key.id, key.private.sign(to_sign(kind, envelope.payload))),))
    put(desk, key, swapped.encode())
    with pytest.raises(Untrusted, match="does not hold"):
        opened(desk, key)


def test_altered_statement_attack(desk: Desk, key: Key) -> None:
    made = json.loads(statement(desk, key))
    payload = base64.b64decode(made["payload"]).replace(b"2099", b"2199")
    put(desk, key, json.dumps({**made, "payload": base64.b64encode(payload).decode()}).encode())
    with pytest.raises(Untrusted, match="does not hold"):
        opened(desk, key)
    for garbage in (b"", b"[]", b"{}", b"\xff", b'{"payload": 1}'):
        put(desk, key, garbage)
        with pytest.raises(Untrusted):
            opened(desk, key)


def test_a_statement_of_the_future_does_not_count_yet(desk: Desk, key: Key) -> None:
    put(desk, key, statement(desk, key, issued="2098-01-01T00:00:00Z"))
    with pytest.raises(Untrusted, match="in the future"):
        opened(desk, key)


# Keys


def test_keys_are_read_in_every_form_and_nothing_else(desk: Desk, key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    sign(desk, "prod", key)
    public = key.private.public_key()
    where = str(desk.registry.folder)  # type: ignore[attr-defined]
    for form in (key.public, public.public_bytes(Encoding.Raw, PublicFormat.Raw), public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)):
        Prompts.open(where, channel="prod", refresh_seconds=0, trusted=[form]).close()
    with pytest.raises(Misused, match="no Ed25519"):
        Prompts.open(where, channel="prod", trusted=["abc"])
    assert (tmp_path / "release.pem").stat().st_mode & 0o077 == 0, "nobody else can read it"
    with pytest.raises(PromptcError) as caught:
        read_key(str(tmp_path / "registry/registry.json"))
    assert caught.value.code == "V071"
    import builtins

    plain = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return plain(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(PromptcError) as lacking:
        signing.new_key(tmp_path / "more.pem")
    assert lacking.value.code == "V070"


def test_build_records_are_signed_as_in_toto_statements(tmp_path: Path) -> None:
    from promptc.cli.main import run
    from promptc.driver.release.opening import opened_desk
    from tests.engine.world import hello

    folder = hello(tmp_path / "project", {})
    for command in ("build", "promote prod --new --yes --who a --registry registry", "keys new key.pem"):
        assert run(["-C", str(folder), *command.split()]) == 0
    assert run(["-C", str(folder), "sign", "prod", "--key", "key.pem", "--registry", "registry"]) == 0
    desk = opened_desk(str(folder), "registry")
    key = read_key(str(folder / "key.pem"))
    composed = desk.head("prod").composed
    assert composed is not None
    assert composed.record is not None
    data = desk.registry.read(record_name(composed.record, key.id))
    assert data is not None
    envelope = read_envelope(data)
    assert json.loads(envelope.payload)["_type"] == "https://in-toto.io/Statement/v1"
    key.private.public_key().verify(envelope.signatures[0][1], to_sign(envelope.payload_type, envelope.payload))
