"""Releases: JSON Schemas of what stands in a registry beside blobs of builds, and of pins and plans. Pure."""

from __future__ import annotations

from promptc.core.approval import APPROVAL
from promptc.core.channel import REGISTRY
from promptc.core.channel_settings import SETTINGS
from promptc.core.entry import ENTRY, KINDS
from promptc.core.forgetting import FORGETTING
from promptc.core.holds import HOLDS
from promptc.core.pin import PIN
from promptc.core.plan import PLAN
from promptc.core.revocations import REVOCATIONS
from promptc.core.rollback import MOVES, ROLLBACK, SUSPECTS
from promptc.core.step import STEP
from promptc.core.tombstone import TOMBSTONE
from promptc.driver.schemas.documents import COUNT, DIGEST, TEXT
from promptc.driver.schemas.parts import Schema, closed, document, listing, mapping

LINEAGE: Schema = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
TIME: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}
NUMBER: Schema = {"type": "integer", "minimum": 1}
MAYBE: Schema = {"anyOf": [DIGEST, {"type": "null"}]}
MOVE: Schema = {"type": "array", "items": [TEXT, TEXT, MAYBE, MAYBE], "minItems": 4, "maxItems": 4}
SHARE: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}


def entry_schema() -> Schema:
    """One step of a channel."""
    composed = {
        "from": TEXT, "source": DIGEST, "record": DIGEST, "plan": DIGEST, "base": COUNT, "select": listing(TEXT),
        "exclude": listing(TEXT), "share": SHARE, "changed": COUNT, "added": COUNT, "removed": COUNT,
    }  # fmt: skip
    required = ["from", "source", "plan", "base", "changed", "added", "removed"]
    properties: Schema = {
        "format": {"const": ENTRY}, "channel": TEXT, "number": NUMBER, "lineage": LINEAGE, "kind": {"enum": list(KINDS)},
        "root": DIGEST, "time": TIME, "who": TEXT, "why": TEXT, "previous": DIGEST,
        "composed": closed(composed, required=required), "tenants": DIGEST, "aliases": DIGEST, "holds": DIGEST,
        "held": COUNT, "rollback": DIGEST, "settings": DIGEST,
        "mark": closed({"number": NUMBER, "as": {"enum": ["good", "bad"]}}, required=["number", "as"]),
        "revoked": closed({"digest": DIGEST, "lifted": {"type": "boolean"}}, required=["digest", "lifted"]),
        "digest": DIGEST,
    }  # fmt: skip
    needed = ["format", "channel", "number", "lineage", "kind", "root", "time", "who", "digest"]
    return document("promptc entry", closed(properties, required=needed))


def plan_schema() -> Schema:
    """A promote that was written down."""
    properties: Schema = {
        "format": {"const": PLAN}, "channel": TEXT, "lineage": LINEAGE, "from": TEXT, "source": DIGEST, "base": COUNT,
        "select": listing(TEXT), "exclude": listing(TEXT), "share": SHARE, "why": TEXT, "record": DIGEST, "tenants": DIGEST,
        "errors": COUNT, "warnings": COUNT, "moves": listing(MOVE), "plan": DIGEST, "digest": DIGEST,
    }  # fmt: skip
    optional = {"base", "share", "record", "tenants", "errors", "warnings"}
    return document("promptc plan", closed(properties, required=[key for key in properties if key not in optional]))


def pin_schema() -> Schema:
    """A root that was written down in a consumer's repository."""
    properties: Schema = {
        "format": {"const": PIN}, "registry": TEXT, "lineage": LINEAGE, "channel": TEXT, "entry": NUMBER, "root": DIGEST,
        "exceptions": mapping(DIGEST), "fallback": DIGEST, "digest": DIGEST,
    }  # fmt: skip
    return document("promptc pin", closed(properties, required=[key for key in properties if key != "fallback"]))


def registry_schema() -> Schema:
    """registry.json: which lineage a registry is of."""
    properties: Schema = {"format": {"const": REGISTRY}, "lineage": LINEAGE}
    return document("promptc registry", closed(properties, required=properties))


def holds_schema() -> Schema:
    """A node of the tree of holds."""
    hold = closed({"entry": NUMBER, "why": TEXT, "digests": listing(DIGEST)}, required=["entry", "why", "digests"])
    return _tree("promptc node of holds", HOLDS, "holds", hold)


def revocations_schema() -> Schema:
    """A node of the tree of revocations."""
    keys = {"kind": {"enum": ["root", "artifact"]}, "who": TEXT, "time": TIME, "why": TEXT}
    return _tree("promptc node of revocations", REVOCATIONS, "revoked", closed(keys, required=keys))


def moves_schema() -> Schema:
    """A node of the tree of moves of a rollback manifest."""
    pair: Schema = {"type": "array", "items": MAYBE, "minItems": 2, "maxItems": 2}
    return _tree("promptc node of moves", MOVES.format, MOVES.leaf, pair)


def suspects_schema() -> Schema:
    """A node of the tree of suspects of a rollback manifest."""
    keys = {"since": NUMBER, "targets": COUNT, "tenants": COUNT}
    return _tree("promptc node of suspects", SUSPECTS.format, SUSPECTS.leaf, closed(keys, required=keys))


def rollback_schema() -> Schema:
    """A rollback manifest."""
    counts = {"changed": COUNT, "restored": COUNT, "younger": COUNT, "tenants": COUNT, "suspects": COUNT}
    window = {"first": NUMBER, "last": NUMBER, "since": TIME, "until": TIME}
    step: Schema = {
        "id": TEXT, "place": TEXT, "title": TEXT, "strategy": TEXT, "hook": TEXT, "is_needed": {"type": "boolean"},
        "data": {"type": "object"},
    }  # fmt: skip
    properties: Schema = {
        "format": {"const": ROLLBACK}, "channel": TEXT, "kind": {"enum": ["rollback", "forward"]}, "from": NUMBER,
        "to": NUMBER, "moves": DIGEST, "suspects": DIGEST, "counts": closed(counts, required=counts),
        "window": closed(window, required=window), "steps": listing(closed(step, required=step)), "who": TEXT, "why": TEXT,
        "time": TIME,
    }  # fmt: skip
    return document("promptc rollback manifest", closed(properties, required=properties))


def step_schema() -> Schema:
    """How far a step of a rollback manifest has come."""
    properties: Schema = {
        "format": {"const": STEP}, "channel": TEXT, "number": NUMBER, "id": TEXT, "state": {"enum": ["done", "waived"]},
        "who": TEXT, "why": TEXT, "time": TIME, "tries": COUNT, "digest": DIGEST,
    }  # fmt: skip
    return document("promptc state of a step", closed(properties, required=properties))


def approval_schema() -> Schema:
    """An approval of a plan."""
    properties: Schema = {
        "format": {"const": APPROVAL}, "plan": DIGEST, "name": TEXT, "time": TIME, "why": TEXT, "digest": DIGEST,
    }  # fmt: skip
    return document("promptc approval", closed(properties, required=properties))


def channel_settings_schema() -> Schema:
    """What the project's settings said of a channel when an entry was made."""
    data: Schema = {"type": "object"}
    properties: Schema = {"format": {"const": SETTINGS}, "gates": data, "hooks": data, "reconcile": data}
    return document("promptc settings of a channel", closed(properties, required=["format"]))


def tombstone_schema() -> Schema:
    """What stands for a blob that was taken out of a registry."""
    properties: Schema = {
        "format": {"const": TOMBSTONE}, "forgotten": DIGEST, "kind": TEXT, "bytes": COUNT, "cause": TEXT, "time": TIME,
        "digest": DIGEST,
    }  # fmt: skip
    return document("promptc tombstone", closed(properties, required=properties))


def _tree(title: str, kind: str, key: str, value: Schema) -> Schema:
    leaf = closed({"format": {"const": kind}, key: mapping(value)}, required=["format", key])
    branch = closed({"format": {"const": kind}, "branch": mapping(DIGEST)}, required=["format", "branch"])
    return document(title, {"anyOf": [leaf, branch]})


def forgetting_schema() -> Schema:
    """The report of what was removed of a tenant."""
    remainder: Schema = {"what": TEXT, "todo": TEXT}
    item: Schema = {"kind": TEXT, "name": TEXT, "digest": TEXT, "bytes": COUNT}
    remainders = listing(closed(remainder, required=remainder))
    place: Schema = {"where": TEXT, "removed": listing(closed(item, required=item)), "stays": remainders}
    properties: Schema = {
        "format": {"const": FORGETTING}, "tenant": TEXT, "time": TIME, "who": TEXT, "why": TEXT,
        "deleted": {"type": "boolean"}, "places": listing(closed(place, required=place)), "beyond": remainders, "digest": DIGEST,
    }  # fmt: skip
    return document("promptc report of what was forgotten", closed(properties, required=properties))
