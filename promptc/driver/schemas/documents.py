"""Documents: JSON Schemas of what promptc writes: artifacts, manifests, the build record. Pure.

The grammar of residual programs (core/residual.py) is spelled out, so that another language's runtime can be held to it.
"""

from __future__ import annotations

from typing import Any

from promptc.core.document import ARTIFACT, ENTRIES, LATEST, RECORD, ROOT, TENANT, TREE
from promptc.core.evidence import EVIDENCE, MODEL_KEYS
from promptc.driver.schemas.parts import Schema, closed, document, listing, mapping

DIGEST: Schema = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
COUNT: Schema = {"type": "integer", "minimum": 0}
# Any JSON: `default([])` and `x in [["a"]]` are constants too.
CONSTANT: Schema = {}
TEXT: Schema = {"type": "string"}
_OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "in"]


def markers_schema() -> Schema:
    """markers.json of a planted project."""
    marker: Schema = {"type": "object", "propertyNames": {"pattern": "^pmk[0-9a-f]{20}$"}, "additionalProperties": TEXT}
    keys: Schema = {"format": {"const": "promptc.markers/1"}, "markers": marker}
    return document("promptc markers", closed(keys, required=list(keys)))


def artifact_schema() -> Schema:
    """A compiled prompt."""
    model = closed(
        {"provider": TEXT, "name": TEXT, "revision": TEXT, "quantization": TEXT, "window": COUNT},
        required=["provider", "name"],
    )
    tool = closed(
        {
            "name": TEXT,
            "description": TEXT,
            "input": {"type": "object"},
            "strict": {"type": "boolean"},
            "native": _map(),
        },
        required=["name", "description", "input"],
    )
    properties: Schema = {
        "format": {"const": ARTIFACT},
        "prompt": TEXT,
        "model": model,
        "config": _map(),
        "inputs": mapping({"type": "object"}),
        "output": closed({"schema": {"type": "object"}, "strict": {"type": "boolean"}}, required=["schema", "strict"]),
        "tools": listing(tool),
        "messages": listing(_ref("message")),
    }
    required = [key for key in properties if key != "output"]
    return document("promptc artifact", {**closed(properties, required=required), "definitions": _grammar()})


def _grammar() -> Schema:
    parts = listing(_ref("part"))
    messages = listing(_ref("message"))
    return {
        "path": {"type": "array", "items": TEXT, "minItems": 1},
        "message": {
            "anyOf": [
                closed(
                    {"role": {"enum": ["system", "developer", "user", "assistant"]}, "content": parts},
                    required=["role", "content"],
                ),
                closed({"history": {"const": True}}, required=["history"]),
                closed({"when": _ref("condition"), "then": messages, "else": messages}, required=["when", "then"]),
            ]
        },
        "part": {
            "anyOf": [
                {"type": "string", "minLength": 1},
                closed({"slot": _ref("path"), "as": _ref("form"), "default": CONSTANT}, required=["slot"]),
                closed({"index": TEXT}, required=["index"]),
                closed({"index0": TEXT}, required=["index0"]),
                closed({"when": _ref("condition"), "then": parts, "else": parts}, required=["when", "then"]),
                closed(
                    {"each": _ref("path"), "name": TEXT, "do": parts, "else": parts}, required=["each", "name", "do"]
                ),
                closed({"media": {"anyOf": [_ref("path"), mapping(TEXT)]}}, required=["media"]),
                closed({"cache": closed({"ttl": TEXT})}, required=["cache"]),
            ]
        },
        "form": {"anyOf": [{"enum": ["tojson", "length", "trim", "xml"]}, closed({"join": TEXT}, required=["join"])]},
        "condition": {"anyOf": _conditions()},
    }


def _conditions() -> list[Schema]:
    subject: Schema = {
        "anyOf": [
            _ref("path"),
            closed({"length": _ref("path")}, required=["length"]),
            closed({"index": TEXT}, required=["index"]),
        ]
    }
    several = listing(_ref("condition"))
    forms: Schema = {
        "true": _ref("path"),
        "has": _ref("path"),
        "not": _ref("condition"),
        "and": several,
        "or": several,
        "is": _tuple(subject, {"enum": _OPERATORS}, CONSTANT),
        "contains": _tuple(_ref("path"), CONSTANT),
        "first": TEXT,
        "last": TEXT,
    }
    return [closed({key: value}, required=[key]) for key, value in forms.items()]


def root_schema() -> Schema:
    """The root of a manifest."""
    properties: Schema = {
        "format": {"const": ROOT},
        "scope": {"enum": ["all", "selected"]},
        "targets": COUNT,
        "tenants": COUNT,
        "tree": DIGEST,
    }
    return document("promptc root", closed(properties, required=properties))


def tree_schema() -> Schema:
    """A node of a manifest's tree: a leaf with tenants, or branches by hex digit of sha256(id)."""
    kind: Schema = {"const": TREE}
    leaf = closed({"format": kind, "tenants": mapping(DIGEST)}, required=["format", "tenants"])
    digits: Schema = {"type": "object", "additionalProperties": False, "patternProperties": {"^[0-9a-f]$": DIGEST}}
    branch = closed({"format": kind, "branch": digits}, required=["format", "branch"])
    return document("promptc tree", {"anyOf": [leaf, branch]})


def targets_schema() -> Schema:
    """One tenant's targets in a manifest."""
    properties: Schema = {"format": {"const": TENANT}, "targets": mapping(DIGEST), "allocations": mapping(DIGEST)}
    return document("promptc tenant targets", closed(properties, required=["format", "targets"]))


def record_schema() -> Schema:
    """The build record, an in-toto statement about a root."""
    predicate: Schema = {
        "commit": TEXT, "settings": {"type": "object"}, "sources": DIGEST, "tenants": DIGEST, "toolchain": mapping(TEXT),
    }  # fmt: skip
    subject = closed({"name": {"const": "root"}, "digest": closed({"sha256": TEXT}, required=["sha256"])})
    properties: Schema = {
        "_type": {"const": "https://in-toto.io/Statement/v1"},
        "format": {"const": RECORD},
        "subject": listing(subject),
        "predicateType": TEXT,
        "predicate": closed(predicate, required=predicate),
    }
    return document("promptc build record", closed(properties, required=properties))


def entries_schema() -> Schema:
    """A node of a build record's trees: files with their digests, or tenants with what services know them by."""
    tenancy = closed({"labels": mapping(TEXT), "aliases": listing(TEXT), "title": TEXT})
    leaf = closed(
        {"format": {"const": ENTRIES}, "entries": mapping({"anyOf": [DIGEST, tenancy]})}, required=["format", "entries"]
    )
    branch = closed({"format": {"const": ENTRIES}, "branch": mapping(DIGEST)}, required=["format", "branch"])
    return document("promptc node of a build record", {"oneOf": [leaf, branch]})


def latest_schema() -> Schema:
    """build/latest.json: what the last build published."""
    properties: Schema = {
        "format": {"const": LATEST},
        "root": DIGEST,
        "record": DIGEST,
        "summary": _map(),
        "digest": DIGEST,
    }
    return document("promptc latest build", closed(properties, required=properties))


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _map() -> Schema:
    return {"type": "object"}


def _tuple(*items: Any) -> Schema:
    return {"type": "array", "items": list(items), "minItems": len(items), "maxItems": len(items)}


def evidence_schema() -> Schema:
    """promptc.evidence/1: what an evaluation said of one artifact."""
    results = mapping({"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2})
    digests = dict.fromkeys(("artifact", "suite_digest", "data", "source", "digest"), DIGEST)
    texts = dict.fromkeys(("suite", "judge", "time", "who"), TEXT)
    model = closed(dict.fromkeys(MODEL_KEYS, TEXT))
    properties: Schema = {
        "format": {"const": EVIDENCE}, **digests, **texts, "model": model, "runs": COUNT, "results": results,
    }  # fmt: skip
    return document("promptc evidence", closed(properties, required=properties))
