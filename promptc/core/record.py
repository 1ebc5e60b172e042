"""Build record: what a root was made of, as an in-toto statement about it.

    build -> [record] -> blobs, list, provenance

Pure. It stands apart from the manifest, so that equal prompts have equal roots however they were made. It holds no
time, host or user: the same sources and toolchain give the same record on every machine. The form is the in-toto
Statement v1 (in-toto attestation framework, spec/v1/statement.md), whose readers must pass over keys that they don't
know: so `format` stands in it as in every document of ours.

What was read, and what services may know of tenants, are trees (tree.py): one edit of one of a hundred thousand files
changes a few small nodes of the record and not the whole. `promptc.record/1` held them whole, and is still read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest, parse_digest
from promptc.core.document import ENTRIES, RECORD, Get, expect_keys, read_document, wrong
from promptc.core.tree import Kind, digest_value, items_in, make_tree, update_tree
from promptc.core.values import canonical_bytes

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:promptc:record:2"
RECORD_1 = "promptc.record/1"


@dataclass(frozen=True, slots=True)
class Tenancy:
    """What a service may know a tenant by: its labels, and the ids under which other systems hold it."""

    labels: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    title: str = ""

    def document(self) -> dict[str, Any]:
        """The value that stands for it in a tree."""
        given = {"labels": dict(self.labels), "aliases": list(self.aliases), "title": self.title}
        return {key: value for key, value in given.items() if value}


def _tenancy(value: Any) -> dict[str, Any]:
    known = {"labels": dict, "aliases": list, "title": str}
    if not isinstance(value, dict) or any(not isinstance(item, known.get(key, ())) for key, item in value.items()):
        raise wrong("what is said of a tenant is malformed")
    return value


SOURCES = Kind(ENTRIES, "entries", digest_value)
TENANCIES = Kind(ENTRIES, "entries", _tenancy, may_be_removed=True)


@dataclass(frozen=True, slots=True)
class Record:
    """What a root was made of.

    `sources` names a tree from each file that was read to the digest of its bytes, `tenants` one from a tenant's id to
    what a service may know it by; `toolchain` maps a tool to its exact version; `commit` is the revision of the sources
    where one is known, with `+` after it when files differ from it; `settings` are those settings of the project that can
    change an artifact. `nodes` are nodes of the trees that this value
    carries itself; the others are blobs.
    """

    root: Digest
    sources: Digest
    tenants: Digest
    toolchain: Mapping[str, str]
    commit: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    nodes: Mapping[Digest, bytes] = field(default_factory=dict, compare=False)

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
                    "settings": dict(self.settings),
                    "sources": self.sources,
                    "tenants": self.tenants,
                    "toolchain": dict(self.toolchain),
                },
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Record:
        """The record that bytes hold; PromptcError for damage, another kind of document and a newer format."""
        document = read_document(data, RECORD, older=(RECORD_1,))
        expect_keys(document, {"_type": str, "format": str, "subject": list, "predicateType": str, "predicate": dict})
        try:
            return _record_of(document)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise wrong("it is no build record") from error

    def sources_from(self, get: Get) -> dict[str, Digest]:
        """Each file that was read and the digest of its bytes, sorted."""
        return dict(sorted(items_in(self._through(get), SOURCES, self.sources)))

    def tenants_from(self, get: Get) -> dict[str, Tenancy]:
        """What a service may know of each tenant, sorted by id."""
        found = sorted(items_in(self._through(get), TENANCIES, self.tenants))
        return {name: _tenancy_of(value) for name, value in found}

    def _through(self, get: Get) -> Get:
        return lambda digest: self.nodes[digest] if digest in self.nodes else get(digest)


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What a root was made by, beside its files: toolchain, commit and settings as of `Record`."""

    toolchain: Mapping[str, str]
    commit: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def make_record(
    root: Digest,
    *,
    sources: Mapping[str, Digest],
    tenants: Mapping[str, Tenancy],
    made_by: MadeBy,
) -> Record:
    """A record with all nodes of its trees."""
    nodes: dict[Digest, bytes] = {}
    files = make_tree(SOURCES, sources, nodes)
    known = make_tree(TENANCIES, {name: tenancy.document() for name, tenancy in tenants.items()}, nodes)
    return Record(root, files, known, made_by.toolchain, made_by.commit, made_by.settings, nodes)


@dataclass(frozen=True, slots=True)
class RecordChange:
    """What changed of a record: files and tenants with their new values or, where None, gone; and the commit now."""

    sources: Mapping[str, Digest | None]
    tenants: Mapping[str, Tenancy | None]
    commit: str


def updated_record(get: Get, before: Record, change: RecordChange) -> Record:
    """The record after a change, of the same root, with the nodes that are new."""
    nodes: dict[Digest, bytes] = {}
    files = update_tree(get, SOURCES, before.sources, change.sources, nodes) if change.sources else before.sources
    tenants = {name: None if tenancy is None else tenancy.document() for name, tenancy in change.tenants.items()}
    known = update_tree(get, TENANCIES, before.tenants, tenants, nodes) if tenants else before.tenants
    return Record(before.root, files, known, before.toolchain, change.commit, before.settings, nodes)


def _tenancy_of(value: Mapping[str, Any]) -> Tenancy:
    return Tenancy(value.get("labels", {}), tuple(value.get("aliases", ())), value.get("title", ""))


def _record_of(document: Mapping[str, Any]) -> Record:
    predicate = document["predicate"]
    (subject,) = document["subject"]
    root = parse_digest("sha256:" + subject["digest"]["sha256"])
    made_by = MadeBy(dict(predicate["toolchain"]), predicate["commit"], dict(predicate.get("settings", {})))
    if document["format"] == RECORD_1:
        tenants = {tenant: _tenancy_of(_tenancy(found)) for tenant, found in predicate["tenants"].items()}
        sources = {path: parse_digest(digest) for path, digest in predicate["sources"].items()}
        return make_record(root, sources=sources, tenants=tenants, made_by=made_by)
    found = parse_digest(predicate["sources"]), parse_digest(predicate["tenants"])
    return Record(root, *found, made_by.toolchain, made_by.commit, made_by.settings)
