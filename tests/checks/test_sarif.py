"""SARIF: what is printed is a log of SARIF 2.1.0, as far as code scanning reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

from promptc.checks.allowances import Allowance
from promptc.cli.sarif import sarif
from promptc.core.findings import Finding, Place

# The part of the standard's schema (sarif-schema-2.1.0.json) that names what we print.
MESSAGE: dict[str, Any] = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LOCATION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "minimum": -1},
        "message": MESSAGE,
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {"type": "object", "properties": {"uri": {"type": "string", "format": "uri-reference", "pattern": "^[^ ]+$"}}},
                "region": {
                    "type": "object",
                    "properties": {"startLine": {"type": "integer", "minimum": 1}, "startColumn": {"type": "integer", "minimum": 1}},
                    "additionalProperties": False,
                },
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
RESULT: dict[str, Any] = {
    "type": "object",
    "required": ["message", "ruleId", "ruleIndex", "locations"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": MESSAGE,
        "locations": {"type": "array", "items": LOCATION},
        "relatedLocations": {"type": "array", "items": LOCATION, "uniqueItems": True},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "suppressions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"enum": ["inSource", "external"]}, "justification": {"type": "string"}},
                "additionalProperties": False,
            },
        },
        "properties": {"type": "object"},
    },
    "additionalProperties": False,
}
RULE: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "shortDescription": MESSAGE, "fullDescription": MESSAGE, "help": MESSAGE},
    "additionalProperties": False,
}
LOG: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "semanticVersion": {"type": "string"},
                                    "rules": {"type": "array", "items": RULE, "uniqueItems": True},
                                },
                                "additionalProperties": False,
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"type": "array", "items": RESULT},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}

FINDINGS = [
    Finding("W101", "an address\x1b[2J", Place("tenants/a b.yaml", 3, 4), "warning", "take it out", targets=("acme/reply",)),
    Finding("S016", "a setting", Place("pyproject.toml"), related=(("first here", Place("x.toml", 1)),)),
    Finding("SHOP001", "a name", Place("a.j2", 7), "warning"),
]


def test_a_log_is_as_the_standard_has_it() -> None:
    allowance = Allowance(("W102",), "a.yaml", "2027-01-01", "it is public", Place("a.yaml", 1))
    suppressed = [(Finding("W102", "a phone", Place("a.yaml", 2), "warning"), allowance)]
    log = json.loads(json.dumps(sarif(FINDINGS, suppressed, titles={"SHOP001": "customer's name"}, folder="prompts/")))
    jsonschema.Draft202012Validator(LOG).validate(log)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == ["W101", "S016", "SHOP001", "W102"]
    first, second, _, last = run["results"]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "prompts/tenants/a%20b.yaml"}, "region": {"startLine": 3, "startColumn": 4},
    }  # fmt: skip
    assert "\x1b" not in json.dumps(log)
    assert "region" not in second["locations"][0]["physicalLocation"], "a place without a line has none"
    assert last["suppressions"] == [{"kind": "inSource", "justification": "it is public"}]


def test_the_schema_of_this_test_can_fail(tmp_path: Path) -> None:
    log = sarif(FINDINGS, [], titles={})
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert not jsonschema.Draft202012Validator(LOG).is_valid(log)
