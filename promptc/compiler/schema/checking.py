"""Checking: what the settings may say of checks: severities, allowances, a file of the team's own, growth.

    [tool.promptc.checks] -> [checking] -> settings

Pure.
"""

from __future__ import annotations

import re
from typing import Any

Schema = dict[str, Any]
SEVERITY: Schema = {"type": "string", "enum": ["error", "warning", "off"]}
CODE = r"^[A-Z]+[0-9]{3}$"
_CODE = re.compile(CODE)
_SCOPES = ("path:", "label:", "tenant:", "prompt:")
_DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\Z")

TABLES: Schema = {
    "checks": {
        "type": "object",
        "additionalProperties": {"anyOf": [SEVERITY, {"type": "object", "additionalProperties": SEVERITY}]},
        "description": 'Severities of checks by code, also below `"path:GLOB"`, `"label:KEY=VALUE"`, `"tenant:GLOB"`, `"prompt:NAME"`.',
    },
    "allow": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "pattern": CODE},
                "in": {"type": "string", "minLength": 1},
                "line": {"type": "integer", "minimum": 1},
                "until": {"type": "string"},
                "because": {"type": "string", "minLength": 1},
            },
            "required": ["code", "in", "until", "because"],
            "additionalProperties": False,
        },
        "description": "Findings that are allowed in files that can't hold a comment, with a reason and an expiry.",
    },
    "identifiers": {
        "type": "array",
        "items": {"type": "string", "minLength": 1, "maxLength": 200},
        "maxItems": 32,
        "description": "Regular expressions of ids that tell of one tenant, such as `CUST-[0-9]{6}`; a group `tenant` says of which.",
    },
    "checks_file": {"type": "string", "description": "A Python file with the team's own checks."},
    "growth": {
        "type": "object",
        "properties": {"channel": {"type": "string", "minLength": 1}, "percent": {"type": "number", "minimum": 0}},
        "required": ["channel"],
        "additionalProperties": False,
        "description": "The channel that the growth of prompts is measured against, and what is too much in percent.",
    },
}


def contradictions(fields: Schema) -> list[tuple[str, str, str]]:
    """What a schema can't say of them: (setting, message, hint)."""
    found = []
    for key, said in fields.get("checks", {}).items():
        if isinstance(said, str) and not _CODE.match(key):
            found.append(("checks", f"`{key[:80]}` is no code of a check", "codes are written `W101`"))
        if not isinstance(said, str) and not key.startswith(_SCOPES):
            hint = 'write `"path:GLOB"`, `"label:KEY=VALUE"`, `"tenant:GLOB"` or `"prompt:NAME"`'
            found.append(("checks", f"`{key[:80]}` says nothing of where these severities hold", hint))
        codes = said if isinstance(said, dict) else {}
        found += [("checks", f"`{code[:80]}` is no code of a check", "codes are written `W101`") for code in codes if not _CODE.match(code)]
    for pattern in fields.get("identifiers", ()):
        wrong = _wrong_with(pattern)
        if wrong:
            found.append(("identifiers", f"`{pattern[:80]}` {wrong}", "write it as Python's regular expressions are, and escape dots"))
    for one in fields.get("allow", ()):
        if not _DATE.match(one["until"]):
            found.append(("allow", "`until` must be a date", "write it as 2027-01-31"))
    return found


def _wrong_with(pattern: str) -> str:
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is no regular expression: {str(error)[:120]}"
    return "is found in a text that is empty: it would be found everywhere" if compiled.search("") else ""
