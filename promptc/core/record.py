"""Build record: what a root was made of, as an in-toto statement about it.

    build -> [record] -> blobs, list, provenance

Pure. It stands apart from the manifest, so that equal prompts have equal roots however they were made. It holds no
time, host or user: the same sources and toolchain give the same record on every machine. The form is the in-toto
Statement v1 (in-toto attestation framework, spec/v1/statement.md), whose readers must pass over keys that they don't
know: so `format` stands in it as in every document of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from promptc.core.digest import Digest, parse_digest
from promptc.core.document import RECORD, expect_keys, read_document, wrong
from promptc.core.values import canonical_bytes

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:promptc:record:1"


@dataclass(frozen=True, slots=True)
class Tenancy:
    """What a service may know a tenant by: its labels, and the ids under which other systems hold it."""

    labels: Mapping[str, str] = field(default_factory=dict)
    aliases: Sequence[str] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What a root was made of.

    `sources` maps each file that was read to the digest of its bytes; `toolchain` a tool to its exact version; `commit`
    is the revision of the sources where one is known, with `+` after it when files differ from it.
    """

    root: Digest
    sources: Mapping[str, Digest]
    toolchain: Mapping[str, str]
    tenants: Mapping[str, Tenancy] = field(default_factory=dict)
    commit: str = ""

    def encode(self) -> bytes:
        """The canonical bytes of the statement."""
        return canonical_bytes(
            {
                "_type": STATEMENT,
                "format": RECORD,
                "subject": [{"name": "root", "digest": {"sha256": self.root.removeprefix("sha256:")}}],
                "predicateType": PREDICATE,
                "predicate": {
                    "commit": self.commit,
                    "sources": dict(self.sources),
                    "tenants": {tenant: _tenancy_document(found) for tenant, found in self.tenants.items()},
                    "toolchain": dict(self.toolchain),
                },
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Record:
        """The record that bytes hold; PromptcError for damage, another kind of document and a newer format."""
        document = read_document(data, RECORD)
        expect_keys(document, {"_type": str, "format": str, "subject": list, "predicateType": str, "predicate": dict})
        try:
            return _record_of(document)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise wrong("it is no build record") from error


def _tenancy_document(tenancy: Tenancy) -> dict[str, Any]:
    given = {"labels": dict(tenancy.labels), "aliases": list(tenancy.aliases), "title": tenancy.title}
    return {key: value for key, value in given.items() if value}


def _record_of(document: Mapping[str, Any]) -> Record:
    predicate = document["predicate"]
    (subject,) = document["subject"]
    return Record(
        root=parse_digest("sha256:" + subject["digest"]["sha256"]),
        sources={path: parse_digest(digest) for path, digest in predicate["sources"].items()},
        toolchain=dict(predicate["toolchain"]),
        tenants={tenant: Tenancy(**found) for tenant, found in predicate["tenants"].items()},
        commit=predicate["commit"],
    )
