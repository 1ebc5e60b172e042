"""What releasing writes is what its published JSON Schemas describe, and it is canonical."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from promptc.core.tombstone import Tombstone, encode_tombstone
from promptc.driver.release.opening import opened_desk
from promptc.driver.schema import schema
from tests.stories.story import Stage, Step

NAMES = {
    "promptc.registry/1": "registry", "promptc.entry/1": "entry", "promptc.plan/1": "plan", "promptc.pin/1": "pin",
    "promptc.approval/1": "approval", "promptc.settings/1": "channel-settings", "promptc.holds/1": "holds",
    "promptc.revocations/1": "revocations", "promptc.rollback/1": "rollback", "promptc.moves/1": "moves",
    "promptc.suspects/1": "suspects", "promptc.step/1": "step", "promptc.tombstone/1": "tombstone",
    "promptc.artifact/1": "artifact", "promptc.root/1": "root", "promptc.tree/1": "tree", "promptc.tenant/1": "targets",
    "promptc.record/2": "record", "promptc.entries/1": "entries",
}  # fmt: skip
SETTINGS = """
[tool.promptc.channels.prod.gates]
checks = "no-errors"
approvals = 0
[tool.promptc.reconcile.histories]
strategy = "mark"
"""
COMMANDS = (
    "promptc build", "promptc promote prod --new --yes --who ann", "promptc mark prod good --who ann",
    "promptc hold prod acme --who ann", "promptc unhold prod --who ann", "promptc pin prod --as billing",
    "promptc deployed billing", "sed -i 's/^Be brief.$/Promise a refund./' sources/prompts/hello.prompt.j2", "promptc build",
    "promptc promote prod --share 100% --plan plan.json", "promptc approve plan.json --who eve",
    "promptc promote plan.json --yes --who bob", "promptc revoke prod --why 'it was wrong'",
    "promptc rollback prod --to 1 --yes --why 'it was wrong'", "promptc reconcile prod --done histories --done cohorts --why 'by hand'",
)  # fmt: skip


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Every document of a registry in which everything happened once, with the plan and the pin."""
    stage = Stage(tmp_path_factory.mktemp("formats") / "project")
    stage.folder.mkdir()
    stage.play(Step("project", "hello"))
    with (stage.folder / "pyproject.toml").open("a") as file:
        file.write(SETTINGS)
    for command in COMMANDS:
        printed = stage.play(Step("$", command))
        assert printed is not None
        assert printed.code == 0, (command, printed.err)
    registry = stage.folder / ".promptc" / "registry"
    desk = opened_desk(str(stage.folder), None)
    blobs = [desk.registry.get(digest) for digest in desk.registry.digests()]
    stone = Tombstone(next(iter(desk.registry.digests())), "promptc.artifact/1", 1, "retired", "2026-01-01T00:00:00Z")
    small = [path for path in registry.rglob("*.json") if path.name != "head.json" and path.parent.name != "plans"]
    files = [*small, *(stage.folder / name for name in ("plan.json", "promptc.lock"))]
    return [*blobs, *(path.read_bytes() for path in files), encode_tombstone(stone)]


def test_every_document_is_what_its_schema_describes(documents: list[bytes]) -> None:
    validators = {kind: jsonschema.Draft7Validator(schema(name, ".")) for kind, name in NAMES.items()}
    read: list[dict[str, Any]] = [json.loads(data) for data in documents]
    assert {document["format"] for document in read} == NAMES.keys(), "each kind of document was made"
    for document in read:
        validators[document["format"]].validate(document)


@pytest.mark.parametrize("name", NAMES.values())
def test_the_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft7Validator.check_schema(schema(name, "."))


def test_what_is_written_is_canonical(documents: list[bytes]) -> None:
    """Held against Python's own JSON writer where the two agree; a pin is for people, and artifacts keep authors' orders."""
    for data in documents:
        document = json.loads(data)
        if document["format"] not in ("promptc.pin/1", "promptc.artifact/1"):
            written = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            assert data == written.encode() + b"\n"


def test_no_machine_is_named(documents: list[bytes], tmp_path: Path) -> None:
    assert not any(str(tmp_path.parent).encode() in data for data in documents)
