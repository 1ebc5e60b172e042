"""Release: the tables of the settings that say how channels are released and reconciled.

    [tool.promptc.channels.NAME], [tool.promptc.reconcile], [tool.promptc.hooks.NAME] -> [release] -> settings
"""

from __future__ import annotations

import re
from typing import Any

Schema = dict[str, Any]
_SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

_NAMES: Schema = {"type": "array", "items": {"type": "string", "minLength": 1}}
_COMMAND: Schema = {**_NAMES, "minItems": 1, "description": "A program and its arguments; no shell."}
_SECONDS: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 86400}
_HOOK: Schema = {"type": "string", "minLength": 1, "description": "The hook that does a step, by its name in `hooks`."}


def _closed(properties: Schema, description: str) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False, "description": description}


GATES = _closed(
    {
        "checks": {
            "type": "string",
            "enum": ["off", "no-errors", "clean"],
            "description": "What the build's findings must be.",
        },
        "approvals": {
            "anyOf": [{"type": "integer", "minimum": 0, "maximum": 20}, _NAMES],
            "description": "How many must approve the plan digest, or who: all of these.",
        },
        "approvers": {**_NAMES, "description": "Whose approvals count, where `approvals` is a number."},
        "command": {**_COMMAND, "description": "A program that must exit with 0; it is given the plan."},
        "timeout_seconds": {**_SECONDS, "description": "How long the command may take; 600 by default."},
        "evidence": {
            "type": "object",
            "additionalProperties": _NAMES,
            "description": "Suites whose evidence must be fresh, by label (`plan=enterprise`) or `*` for all tenants.",
        },
    },
    "What must hold before a promote.",
)
RECONCILE = _closed(
    {
        "histories": _closed(
            {
                "strategy": {"type": "string", "enum": ["drop", "summarise", "mark", "keep"]},
                "store": {"type": "string", "description": "What holds the conversations, for people."},
                "hook": _HOOK,
            },
            "Conversations whose turns a bad prompt wrote.",
        ),
        "caches": _closed(
            {
                "provider_ttl_seconds": {**_SECONDS, "description": "How long a provider keeps a cached prefix."},
                "keyed_by_digest": {**_NAMES, "description": "Response or semantic caches whose keys hold the digest."},
                "hook": _HOOK,
            },
            "Provider prompt caches, and response or semantic caches.",
        ),
        "baselines": _closed({"hook": _HOOK}, "Evaluation results that were recorded against bad digests."),
        "cohorts": _closed(
            {"strategy": {"type": "string", "enum": ["reassign", "exclude"]}, "hook": _HOOK},
            "Experiments whose members were served the bad prompt.",
        ),
        "contracts": _closed(
            {
                "consumers": {
                    "type": "object",
                    "additionalProperties": _NAMES,
                    "description": "Who reads a prompt's output, by prompt.",
                },
                "hook": _HOOK,
            },
            "Whoever depends on a prompt's inputs, output schema or tools.",
        ),
        "services": _closed({"hook": _HOOK}, "Services that hold a pin."),
    },
    "Where a bad prompt leaves its mark, and what is done there.",
)
HOOK = _closed(
    {
        "command": _COMMAND,
        "url": {"type": "string", "pattern": "^https?://", "description": "A webhook, which is sent the step by POST."},
        "headers": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Headers of the request; `${NAME}` is a secret of that name.",
        },
        "secrets": {**_NAMES, "description": "Environment variables that the hook may see, by name."},
        "timeout_seconds": {**_SECONDS, "description": "How long one try may take; 30 by default."},
        "retries": {"type": "integer", "minimum": 0, "maximum": 20, "description": "Tries after the first; 5 by default."},
    },
    "What does a step: a command, or a webhook.",
)
TABLES: Schema = {
    "channels": {
        "type": "object",
        "additionalProperties": _closed({"gates": GATES, "reconcile": RECONCILE}, "What holds for one channel."),
        "description": "Gates and places of channels, by name.",
    },
    "reconcile": RECONCILE,
    "hooks": {"type": "object", "additionalProperties": HOOK, "description": "Hooks by name."},
}


def contradictions(fields: Schema) -> list[tuple[str, str, str]]:
    """What a schema can't say of the tables: (setting, message, hint)."""
    hooks = fields.get("hooks", {})
    found = []
    for name, hook in hooks.items():
        if ("command" in hook) == ("url" in hook):
            found.append(("hooks", f"hook `{name[:80]}` needs a `command` or a `url`, and not both", "name what does the step"))
        for secret in sorted(_used(hook) - set(hook.get("secrets", ()))):
            said = f"`${{{secret}}}` in the headers of hook `{name[:80]}` is no secret of it"
            found.append(("hooks", said, f"add it: `secrets = [\"{secret}\"]`"))
    for name, channel in fields.get("channels", {}).items():
        for label in channel.get("gates", {}).get("evidence", {}):
            if label != "*" and not all(label.partition("=")[::2]):
                said = f"`{label[:80]}` of the evidence gate of `{name[:80]}` is no label"
                found.append(("channels", said, "write `KEY=VALUE`, or `*` for all tenants"))
    tables = [("reconcile", fields.get("reconcile", {}))]
    tables += [("channels", channel.get("reconcile", {})) for channel in fields.get("channels", {}).values()]
    for setting, places in tables:
        for place, said in places.items():
            if said.get("hook", "") and said["hook"] not in hooks:
                found.append((setting, f"`{place}` names the hook `{said['hook'][:80]}`, and there is none", "add `[hooks.NAME]`"))
    return found


def _used(hook: Schema) -> set[str]:
    return {name for value in hook.get("headers", {}).values() for name in _SECRET.findall(value)}
