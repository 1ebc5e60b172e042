"""Expecting: hold a plan against the one that was approved, and write a plan down.

    Plan -> [expecting] -> a file, a mark in the registry that keeps gc away from what it needs
"""

from __future__ import annotations

from pathlib import Path

from promptc.core.errors import Exit, PromptcError
from promptc.core.plan import Plan, encode_plan
from promptc.core.values import canonical_bytes
from promptc.core.visible import shortened
from promptc.driver.release.opening import Desk
from promptc.driver.release.planning import Planned
from promptc.driver.release.promote import nothing_to_do
from promptc.driver.release.pushing import push_artifacts, push_record, push_root
from promptc.driver.release.who import now
from promptc.stores.write import write_durable

PLAN_MARK = "promptc.openplan/1"
DIGITS_MIN = 12


def expected(plan: Plan, digest: str | None) -> None:
    """PromptcError V012 when a plan is another than the one expected, which is named by its digest or 12 digits of it."""
    if digest is None:
        return
    wanted = digest if digest.startswith("sha256:") else f"sha256:{digest}"
    if len(wanted) < len("sha256:") + DIGITS_MIN or not plan.digest.startswith(wanted):
        raise PromptcError(
            "V012",
            f"the plan is `{plan.digest[:19]}…`, and `{shortened(digest)}` was expected",
            hint="what would move is not what was approved: look at `promptc diff` again",
            exit_code=Exit.NO,
        )


def keep_plan(desk: Desk, made: Planned, path: Path) -> None:
    """Write a plan to a file, and bring all that it needs into the registry, where it is kept until it is done."""
    plan = made.plan
    if not plan.moves:
        raise nothing_to_do(plan.channel)
    with desk.registry.using():
        get = made.source.get
        push_artifacts(desk.registry, get, [move.after for move in plan.moves if move.after is not None])
        push_root(desk.registry, get, plan.source)
        push_record(desk.registry, get, plan.record)
        mark = {
            "format": PLAN_MARK, "channel": plan.channel, "source": plan.source, "record": plan.record, "time": now(),
        }  # fmt: skip
        desk.registry.create(f"plans/{plan.digest[7:]}.json", canonical_bytes(mark))
    write_durable(path, encode_plan(plan))
