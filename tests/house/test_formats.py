"""Formats: what promptc writes is what its published JSON Schemas describe, and its readers refuse every newer number."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from promptc.core.artifact import Artifact
from promptc.core.digest import Digest, digest_of
from promptc.core.errors import PromptcError
from promptc.core.record import Record
from promptc.driver.schema import schema
from promptc.stores.build import BuildFolder
from tests.stories.story import Stage, Step

ROOT = Path(__file__).parents[2]
NAMES = {
    "promptc.artifact/1": "artifact",
    "promptc.root/1": "root",
    "promptc.tree/1": "tree",
    "promptc.tenant/1": "targets",
    "promptc.record/2": "record",
    "promptc.entries/1": "entries",
    "promptc.latest/1": "latest",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, built."""
    stage = Stage(tmp_path_factory.mktemp("formats") / "project")
    stage.folder.mkdir()
    stage.play(Step("project", "example"))
    stage.play(Step("$", "promptc build"))
    return stage.folder / "build"


@pytest.fixture(scope="module")
def documents(folder: Path) -> list[tuple[bytes, dict[str, Any]]]:
    files = [folder / "latest.json", *(path for path in (folder / "blobs").rglob("*") if path.is_file())]
    return [(path.read_bytes(), json.loads(path.read_bytes())) for path in files]


def test_every_document_is_what_its_schema_describes(documents: list[tuple[bytes, dict[str, Any]]]) -> None:
    validators = {format: jsonschema.Draft7Validator(schema(name, ".")) for format, name in NAMES.items()}
    seen = Counter(document["format"] for _, document in documents)
    assert seen.keys() == NAMES.keys(), "the example has each kind of document"
    for _, document in documents:
        validators[document["format"]].validate(document)


@pytest.mark.parametrize("name", NAMES.values())
def test_the_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft7Validator.check_schema(schema(name, "."))


def test_what_is_written_is_canonical(documents: list[tuple[bytes, dict[str, Any]]]) -> None:
    """Held against Python's own JSON writer where the two agree: no spaces, sorted keys, one line feed."""
    for data, document in documents:
        assert data.endswith(b"}\n")
        assert data.count(b"\n") == 1
        if document["format"] == "promptc.artifact/1":
            # Schemas keep their author's order, so only the outer keys are sorted.
            assert list(document) == sorted(document)
        else:
            assert (
                data == json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
            )


def test_decoding_and_encoding_again_gives_the_same_bytes(documents: list[tuple[bytes, dict[str, Any]]]) -> None:
    for data, document in documents:
        if document["format"] == "promptc.artifact/1":
            assert Artifact.decode(data).encode() == data
        if document["format"] == "promptc.record/2":
            assert Record.decode(data).encode() == data


def test_nothing_that_is_hashed_names_its_machine(folder: Path, documents: list[tuple[bytes, dict[str, Any]]]) -> None:
    for data, document in documents:
        assert str(folder.parent).encode() not in data
        if document["format"] == "promptc.artifact/1":
            assert not {"tenant", "tenants", "time", "host", "user"} & set(document)


def test_a_newer_number_is_refused(folder: Path, documents: list[tuple[bytes, dict[str, Any]]]) -> None:
    readers = {"promptc.artifact/1": Artifact.decode, "promptc.record/2": Record.decode}
    for data, document in documents:
        if document["format"] in readers:
            newer = data.replace(document["format"].encode(), document["format"][:-1].encode() + b"9")
            with pytest.raises(PromptcError) as caught:
                readers[document["format"]](newer)
            assert caught.value.code == "D003"
            break


def test_every_blob_is_named_by_its_digest(folder: Path) -> None:
    store = BuildFolder(folder)
    for path in (folder / "blobs").rglob("*"):
        if path.is_file():
            assert digest_of(path.read_bytes()) == f"sha256:{path.name}"
            store.get(Digest(f"sha256:{path.name}"))
