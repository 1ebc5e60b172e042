"""Artifacts and build records: their bytes, written out by hand, and what their readers refuse."""

from __future__ import annotations

import json

import pytest

from promptc.core.artifact import Artifact
from promptc.core.digest import Digest, digest_of
from promptc.core.errors import PromptcError
from promptc.core.record import MadeBy, Record, RecordChange, Tenancy, make_record, updated_record

ARTIFACT = Artifact(
    prompt="support-reply",
    model={"provider": "anthropic", "name": "claude"},
    messages=[{"role": "system", "content": ["Hi é 😀\n", {"cache": {}}]}, {"history": True}],
    config={"temperature": 1.0, "max_tokens": 800, "native": {"openai": {"z": 1, "a": 2}}},
    inputs={"message": {"type": "string"}},
    output={"strict": True, "schema": {"type": "object", "properties": {"z": {"type": "string"}, "a": {}}}},
    tools=[{"name": "look", "description": "Looks.", "input": {"type": "object", "properties": {"z": {}, "b": {}}}}],
)
BYTES = (
    '{"config":{"max_tokens":800,"native":{"openai":{"z":1,"a":2}},"temperature":1},"format":"promptc.artifact/1",'
    '"inputs":{"message":{"type":"string"}},'
    '"messages":[{"content":["Hi é 😀\\n",{"cache":{}}],"role":"system"},{"history":true}],'
    '"model":{"name":"claude","provider":"anthropic"},'
    '"output":{"schema":{"type":"object","properties":{"z":{"type":"string"},"a":{}}},"strict":true},'
    '"prompt":"support-reply","tools":[{"description":"Looks.",'
    '"input":{"type":"object","properties":{"z":{},"b":{}}},"name":"look"}]}\n'
).encode()


def test_the_bytes_are_canonical_and_keep_the_order_that_a_model_sees() -> None:
    assert ARTIFACT.encode() == BYTES


def test_decoding_and_encoding_again_gives_the_same_bytes() -> None:
    assert Artifact.decode(BYTES).encode() == BYTES


def test_the_order_of_a_schema_is_a_part_of_the_prompt_and_that_of_settings_is_not() -> None:
    def digest(schema: dict[str, object], config: dict[str, object]) -> str:
        artifact = Artifact("p", {}, [], config=config, output={"schema": schema, "strict": False})
        return digest_of(artifact.encode())

    assert digest({"a": 1, "b": 2}, {}) != digest({"b": 2, "a": 1}, {})
    assert digest({}, {"a": 1, "b": 2}) == digest({}, {"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": "promptc.artifact/2"}, "D003"),
        ({"format": "promptc.root/1"}, "D005"),
        ({"format": "something"}, "D001"),
        ({"tenant": "acme"}, "D001"),
        ({"messages": {}}, "D001"),
        ({"messages": ["text"]}, "D001"),
        ({"messages": [{"role": "tool", "content": []}]}, "D001"),
        ({"messages": [{"role": "user", "content": "text"}]}, "D001"),
        ({"messages": [{"history": False}]}, "D001"),
        ({"messages": [{"when": {"true": ["input", "x"]}, "then": [{"role": "x"}]}]}, "D001"),
        ({"output": None}, "D001"),
    ],
)
def test_documents_that_are_refused(change: dict[str, object], code: str) -> None:
    document = {**json.loads(BYTES), **change}
    with pytest.raises(PromptcError) as caught:
        Artifact.decode(json.dumps(document).encode())
    assert caught.value.code == code
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("key", ["format", "prompt", "model", "config", "inputs", "tools", "messages"])
def test_a_missing_key_is_refused(key: str) -> None:
    document = json.loads(BYTES)
    del document[key]
    with pytest.raises(PromptcError):
        Artifact.decode(json.dumps(document).encode())


def test_a_conditional_message_is_read() -> None:
    message = {"when": {"true": ["input", "x"]}, "then": [{"role": "user", "content": ["a"]}], "else": []}
    assert Artifact.decode(Artifact("p", {"provider": "a", "name": "b"}, [message]).encode()).messages == [message]


def test_a_record_is_a_statement_about_its_root_and_comes_back() -> None:
    root = digest_of(b"root")
    sources, tenants = {"sources/models.yaml": digest_of(b"m")}, {"acme": Tenancy({"plan": "free"}, ("org_1",), "Acme")}
    toolchain = {"promptc": "0.1.0", "python": "3.11.7"}
    record = make_record(root, sources=sources, tenants=tenants, made_by=MadeBy(toolchain, "abc", {"base": ["base"]}))
    statement = json.loads(record.encode())
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"] == [{"name": "root", "digest": {"sha256": root[7:]}}]
    read = Record.decode(record.encode())
    assert read == record
    assert read.sources_from(record.nodes.__getitem__) == sources
    assert read.tenants_from(record.nodes.__getitem__) == tenants


def test_a_record_after_an_edit_is_the_record_of_what_is_there_then() -> None:
    sources = {f"tenants/{number}.yaml": digest_of(str(number).encode()) for number in range(200)}
    tenants = {str(number): Tenancy(title=f"Tenant {number}") for number in range(200)}
    before = make_record(digest_of(b"a"), sources=sources, tenants=tenants, made_by=MadeBy({"promptc": "1"}))
    change = RecordChange(
        {"tenants/7.yaml": digest_of(b"new"), "tenants/8.yaml": None}, {"7": Tenancy(title="Seven"), "8": None}, "abc"
    )
    after = updated_record(before.nodes.__getitem__, before, change)
    del sources["tenants/8.yaml"], tenants["8"]
    sources["tenants/7.yaml"], tenants["7"] = digest_of(b"new"), Tenancy(title="Seven")
    assert after == make_record(digest_of(b"a"), sources=sources, tenants=tenants, made_by=MadeBy({"promptc": "1"}, "abc"))
    assert len(after.nodes) <= 6


def test_a_record_of_the_first_number_is_read() -> None:
    root, digest = digest_of(b"root"), digest_of(b"m")
    predicate = {
        "commit": "abc", "sources": {"sources/models.yaml": digest}, "toolchain": {"promptc": "0.1.0"},
        "tenants": {"acme": {"labels": {"plan": "free"}, "aliases": ["org_1"], "title": "Acme"}},
    }  # fmt: skip
    statement = {
        "_type": "https://in-toto.io/Statement/v1", "format": "promptc.record/1", "predicate": predicate,
        "subject": [{"name": "root", "digest": {"sha256": root[7:]}}], "predicateType": "urn:promptc:record:1",
    }  # fmt: skip
    record = Record.decode(json.dumps(statement).encode())
    nothing: dict[Digest, bytes] = {}
    assert record.sources_from(nothing.__getitem__) == {"sources/models.yaml": digest}
    assert record.tenants_from(nothing.__getitem__) == {"acme": Tenancy({"plan": "free"}, ("org_1",), "Acme")}


@pytest.mark.parametrize("change", [{"subject": []}, {"predicate": {}}, {"subject": [{"digest": {"sha256": "x"}}]}])
def test_records_that_are_refused(change: dict[str, object]) -> None:
    statement = {**json.loads(make_record(digest_of(b""), sources={}, tenants={}, made_by=MadeBy({})).encode()), **change}
    with pytest.raises(PromptcError) as caught:
        Record.decode(json.dumps(statement).encode())
    assert caught.value.code == "D001"
