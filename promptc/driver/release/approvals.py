"""Approvals: people's words that a plan may be promoted, written into the registry before it is.

    a plan digest, a plan file -> [approvals] -> approvals/PLAN/NAME.json -> gates
"""

from __future__ import annotations

from promptc.core.approval import Approval, approval_file, approvals_folder, decode_approval, encode_approval
from promptc.core.digest import parse_digest
from promptc.core.errors import PromptcError
from promptc.core.visible import shortened
from promptc.driver.release.opening import Desk
from promptc.driver.release.who import Author, now


def approve(desk: Desk, word: str, *, by: Author) -> Approval:
    """Approve a plan, by its digest or its file. PromptcError V010 for the second time, V018 for what is no plan."""
    approval = Approval(_plan_digest(desk, word), by.who, now(), by.why)
    with desk.registry.using():
        if not desk.registry.create(approval_file(approval), encode_approval(approval)):
            from promptc.core.errors import Exit

            raise PromptcError(
                "V010", f"{by.who} has approved that plan already", hint="nothing was changed", exit_code=Exit.OK
            )
    return approval


def approvals_of(desk: Desk, plan: str) -> list[Approval]:
    """Who approved a plan digest, by name. PromptcError D001 for a file that somebody edited."""
    folder = approvals_folder(plan)
    found = []
    for name in desk.registry.names(folder):
        data = desk.registry.read(f"{folder}/{name}")
        if data is not None:
            found.append(decode_approval(data, plan))
    return sorted(found, key=lambda approval: approval.name)


def _plan_digest(desk: Desk, word: str) -> str:
    try:
        return parse_digest(word if word.startswith("sha256:") else f"sha256:{word}")
    except ValueError:
        pass
    if word.endswith((".json", ".plan")) or "/" in word:
        from promptc.driver.release.promote import plan_in

        return plan_in(desk, word)[0].digest
    raise PromptcError(
        "V018",
        f"`{shortened(word)}` is no plan",
        hint="name all 64 digits of a plan digest, as `promptc diff` and `promptc promote` print them, or a plan file",
    )
