"""Approval: somebody's word that a plan may be promoted, held to the plan digest and nothing else.

    approve -> [approval] -> approvals/PLAN/NAME.json -> the gate of a promote

Pure. Like every file that no digest leads to, it carries its own.
"""

from __future__ import annotations

import re
from typing import Any

from promptc.core.dataclass import dataclass
from promptc.core.digest import digest_of
from promptc.core.document import expect_keys, read_document, wrong
from promptc.core.values import canonical_bytes

APPROVAL = "promptc.approval/1"
_KEYS = {"format": str, "plan": str, "name": str, "time": str, "why": str, "digest": str}


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approves which plan digest, when and why."""

    plan: str
    name: str
    time: str
    why: str = ""


def approvals_folder(plan: str) -> str:
    """Where the approvals of a plan digest stand in a registry."""
    return f"approvals/{plan.removeprefix('sha256:')}"


def approval_file(approval: Approval) -> str:
    """The name of an approval's file: a name gives one approval to a plan, however it is written."""
    plain = re.sub(r"[^a-z0-9]+", "-", approval.name.casefold()).strip("-")[:40] or "name"
    return f"{approvals_folder(approval.plan)}/{plain}-{digest_of(approval.name.encode())[7:15]}.json"


def encode_approval(approval: Approval) -> bytes:
    """Its canonical bytes."""
    found = _document(approval)
    return canonical_bytes({**found, "digest": digest_of(canonical_bytes(found))})


def decode_approval(data: bytes, plan: str) -> Approval:
    """The approval that bytes hold; PromptcError D001 when they are others than were written, or of another plan."""
    document = read_document(data, APPROVAL)
    expect_keys(document, _KEYS)
    approval = Approval(document["plan"], document["name"], document["time"], document["why"])
    if encode_approval(approval) != data or approval.plan != plan:
        raise wrong("an approval is not what was written")
    return approval


def _document(approval: Approval) -> dict[str, Any]:
    return {
        "format": APPROVAL, "plan": approval.plan, "name": approval.name, "time": approval.time, "why": approval.why,
    }  # fmt: skip
