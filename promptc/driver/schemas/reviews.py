"""Reviews: the JSON Schema of what `promptc diff --format json` writes. Pure."""

from __future__ import annotations

from promptc.core.outline import CLASSES
from promptc.core.review import FORMAT
from promptc.driver.schemas.parts import Schema, closed, document, listing, mapping

TEXT: Schema = {"type": "string"}
DIGEST: Schema = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
MAYBE_DIGEST: Schema = {"anyOf": [DIGEST, {"type": "null"}]}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "integer"}
PERCENT: Schema = {"type": "number", "minimum": 0, "maximum": 100}
HOLE: Schema = closed({"hole": TEXT}, required=["hole"])
LINE: Schema = listing({"anyOf": [TEXT, HOLE]})


def review_schema() -> Schema:
    """promptc.review/1: what two moments serve differently."""
    properties: Schema = {
        "format": {"const": FORMAT},
        "base": _moment(),
        "head": _moment(),
        "counts": _counts(),
        "plan": DIGEST,
        "targets": listing(_tuple(TEXT, TEXT, MAYBE_DIGEST, MAYBE_DIGEST)),
        "labels": mapping(mapping(TEXT)),
        "groups": listing(_group()),
        "new": listing(_listed()),
        "gone": listing(_listed()),
        "broken": listing(_listed()),
        "allocations": listing(
            _all({"prompt": TEXT, "before": mapping(PERCENT), "after": mapping(PERCENT), "tenants": listing(TEXT)})
        ),
        "edits": listing(_all({"file": TEXT, "line": COUNT, "end": COUNT, "groups": listing(COUNT), "says": TEXT})),
        "findings": listing(_all(_finding())),
        "stale": listing(_all({"owner": TEXT, **_finding()})),
        "toolchain": listing(_cause()),
        "tokenizer": TEXT,
        "bill": {"anyOf": [_bill(), {"type": "null"}]},
    }
    return document("promptc review", _all(properties))


def _all(properties: Schema) -> Schema:
    return closed(properties, required=properties)


def _tuple(*items: Schema) -> Schema:
    return {"type": "array", "items": list(items), "minItems": len(items), "maxItems": len(items)}


def _moment() -> Schema:
    return _all(
        {
            "name": TEXT,
            "commit": TEXT,
            "root": DIGEST,
            "targets": COUNT,
            "tenants": COUNT,
            "not_compiled": listing(TEXT),
        }
    )


def _counts() -> Schema:
    names = ("changed", "added", "removed", "unchanged", "not_compiled", "prefix", "allocations")
    classes: Schema = {"type": "object", "propertyNames": {"enum": list(CLASSES)}, "additionalProperties": COUNT}
    return _all({**dict.fromkeys(names, COUNT), "classes": classes, "characters": NUMBER})


def _group() -> Schema:
    flag: Schema = {"type": "boolean"}
    example = _all({"target": TEXT, "values": mapping(_tuple(TEXT, TEXT))})
    properties: Schema = {
        "number": COUNT, "kind": {"enum": ["changed", "new"]}, "class": {"enum": list(CLASSES)}, "where": TEXT,
        "line": COUNT, "identical": flag, "odd": flag, "variants": COUNT, "before": listing(LINE), "after": listing(LINE),
        "context": listing({"anyOf": [LINE, {"type": "null"}]}), "changed": listing(TEXT), "examples": listing(example),
        "targets": listing(COUNT), "tenants": COUNT, "prompts": mapping(COUNT), "labels": mapping(mapping(COUNT)),
        "owners": mapping(COUNT), "causes": listing(_cause()), "characters": NUMBER, "prefix": COUNT, "plan": DIGEST,
        "tokens": {"anyOf": [_tuple(COUNT, COUNT), {"type": "null"}]}, "money": {"anyOf": [_money(), {"type": "null"}]},
    }  # fmt: skip
    return _all(properties)


def _money() -> Schema:
    counts = dict.fromkeys(("tenants", "calls", "unknown"), COUNT)
    return _all({"tokens": _tuple(NUMBER, NUMBER), **counts, "dollars": {"type": "number"}})


def _bill() -> Schema:
    return _all({"usage": TEXT, "days": COUNT, "prices": TEXT, "tokens": TEXT, "dollars": {"type": "number"}})


def _cause() -> Schema:
    return _all(dict.fromkeys(("kind", "what", "place", "before", "after"), TEXT))


def _listed() -> Schema:
    return _all({"prompt": TEXT, "count": COUNT, "targets": listing(TEXT)})


def _finding() -> Schema:
    texts = dict.fromkeys(("code", "severity", "message", "file", "hint"), TEXT)
    return {**texts, "line": COUNT, "column": COUNT}
