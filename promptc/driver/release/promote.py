"""Promote: move targets of a channel to what a source has of them.

    Planned -> gates -> push -> [promote] -> an entry

Everything that the new root names is in the registry, and was read back, before the entry appears. When the head moved
meanwhile and none of the plan's targets did, the plan goes on top of the new head; where one of its own moved, it is
refused, and it is said who moved it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from promptc.core.allocation import is_allocation
from promptc.core.channel import entries_back, foreign
from promptc.core.channel_settings import encode_channel_settings
from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest, digest_of
from promptc.core.entry import Composed, Entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.holds import forbidden
from promptc.core.manifest import Change, Manifest, look_up, read_root, tenant_served, tenant_targets
from promptc.core.moves import Known, composed, known_after
from promptc.core.plan import Plan, decode_plan
from promptc.core.visible import shortened
from promptc.driver.build import Progress, quiet
from promptc.driver.release.appending import append, keep
from promptc.driver.release.gates import described
from promptc.driver.release.opening import Desk
from promptc.driver.release.planning import held_error, refuse_revoked
from promptc.driver.release.pushing import push_artifacts, push_nodes, push_record, push_root
from promptc.driver.release.source import Source, reader, source_of
from promptc.driver.release.who import Author, now
from promptc.stores.regular import read_regular


@dataclass(frozen=True, slots=True)
class Promoted:
    """An entry that was appended, and how many blobs the registry lacked."""

    entry: Entry
    pushed: int


def promote(desk: Desk, plan: Plan, *, who: str, source: Source, on_progress: Progress = quiet) -> Promoted:
    """Apply a plan. PromptcError N002 where a target of it moved, V008, V010, V013; nothing is changed then."""
    if not plan.moves:
        keep(desk, desk.maybe_head(plan.channel))
        raise nothing_to_do(plan.channel)
    with desk.registry.using():
        return _Promoting(desk, plan, who, source, on_progress).run()


def plan_in(desk: Desk, path: str) -> tuple[Plan, Source]:
    """The plan that a file holds, and where its targets come from. PromptcError V005, V018."""
    data = read_regular(Path(desk.start, path), shortened(path))
    if data is None:
        raise PromptcError("V018", f"there is no plan file `{shortened(path)}`", hint="`--plan FILE` writes one")
    plan = decode_plan(data, shortened(path))
    if plan.lineage != desk.lineage:
        raise foreign(f"the plan in `{shortened(path)}`", plan.lineage, desk.lineage)
    source = source_of(desk, plan.source)
    found = replace(source, moment=plan.moment, record=plan.record, tenants=plan.tenants)
    return plan, replace(found, errors=plan.errors, warnings=plan.warnings)


def nothing_to_do(channel: str) -> PromptcError:
    """What is said when a channel serves already what it would be given."""
    return PromptcError(
        "V010", f"`{channel}` serves all of that already", hint="nothing was changed", exit_code=Exit.OK
    )


class _Promoting:
    """One promote under way."""

    def __init__(self, desk: Desk, plan: Plan, who: str, source: Source, on_progress: Progress) -> None:
        self.desk = desk
        self.plan = plan
        self.who = who
        self.source = source
        self.on_progress = on_progress
        self.get = reader(desk, source.get)
        self.pushed = 0

    def run(self) -> Promoted:
        """Push, then append."""
        artifacts = [move.after for move in self.plan.moves if move.after is not None]
        self.pushed += push_artifacts(self.desk.registry, self.get, artifacts, self.on_progress)
        self.pushed += push_record(self.desk.registry, self.get, self.source.record)
        return Promoted(append(self.desk, self.plan.channel, self._entry), self.pushed)

    def _entry(self, head: Entry | None) -> Entry:
        plan = self.plan
        self._refuse(head)
        blobs: dict[Digest, bytes] = {}
        manifest = self._manifest(head, blobs)
        known = self._known(head, manifest, blobs)
        settings = self._settings(head, blobs)
        time = now()
        rollback = self._forward(head, blobs, time)
        self.pushed += push_nodes(self.desk.registry, blobs)
        changed, added, removed = plan.counts()
        return Entry(
            plan.channel, 0, self.desk.lineage, "promote", manifest.root, time, self.who, plan.why,
            composed=Composed(
                plan.moment, plan.source, plan.digest, head.number if head else 0, self.source.record, plan.select,
                plan.exclude, plan.share, changed, added, removed,
            ),
            tenants=known.tenants, aliases=known.aliases, holds=head.holds if head else None,
            held=head.held if head else 0, rollback=rollback, settings=settings,
        )  # fmt: skip

    def _forward(self, head: Entry | None, blobs: dict[Digest, bytes], time: str) -> Digest | None:
        """What is to be reconciled when this moves on what a rollback moved back."""
        if head is None:
            return None
        from promptc.driver.release.forward import forward_manifest

        made = forward_manifest(self.desk, head, self.plan.moves, blobs, (Author(self.who, self.plan.why), time))
        if made is None:
            return None
        data = made.encode()
        blobs[digest_of(data)] = data
        return digest_of(data)

    def _refuse(self, head: Entry | None) -> None:
        moved = moved_meanwhile(self.desk, head, self.plan.moves) if _number(head) != self.plan.base else []
        if moved:
            raise overtaken(self.desk, head, self.plan, moved)
        held = forbidden(self.get, head.holds if head else None, self.plan.moves)
        if held:
            raise held_error(self.plan.channel, held)
        refuse_revoked(self.desk, self.plan.moves, self.plan.source)

    def _manifest(self, head: Entry | None, blobs: dict[Digest, bytes]) -> Manifest:
        source = self.source.head
        targets = [move for move in self.plan.moves if not is_allocation(move.prompt)]
        if head is None and len(targets) == source.targets and source.scope == "all":
            # All of it: equal targets have equal roots, so the source's own nodes are those.
            self.pushed += push_root(self.desk.registry, self.get, self.source.root, self.on_progress)
            return Manifest(self.source.root, {})
        return composed(self.get, head.root if head else None, self.plan.moves, blobs)

    def _known(self, head: Entry | None, manifest: Manifest, blobs: dict[Digest, bytes]) -> Known:
        def get(digest: Digest) -> bytes:
            return blobs[digest] if digest in blobs else self.get(digest)

        served = read_root(get, manifest.root)
        left: dict[str, bool] = dict.fromkeys((move.tenant for move in self.plan.moves), True)
        if any(move.after is None for move in self.plan.moves):
            left = {tenant: tenant_targets(get, manifest.root, tenant) is not None for tenant in left}
        before = Known(head.tenants, head.aliases) if head else Known()
        assert served.tenants >= sum(left.values())
        return known_after(get, before, self.source.tenants, left, blobs)

    def _settings(self, head: Entry | None, blobs: dict[Digest, bytes]) -> Digest | None:
        """What holds for the channel from now on: what the project says, or what held before where there is none here."""
        if self.desk.folder is None:
            return head.settings if head is not None else None
        said = described(self.desk, self.plan.channel, head)
        if said.is_empty:
            return None
        data = encode_channel_settings(said)
        blobs[digest_of(data)] = data
        return digest_of(data)


def moved_meanwhile(desk: Desk, head: Entry | None, moves: tuple[Change, ...]) -> list[Change]:
    """The moves whose target the head doesn't serve any more as it was when the plan was made."""
    get = reader(desk)
    served: dict[str, Mapping[str, Digest]] = {}
    for move in moves:
        if head is not None and move.tenant not in served:
            served[move.tenant] = tenant_served(get, head.root, move.tenant) or {}
    return [move for move in moves if served.get(move.tenant, {}).get(move.prompt) != move.before]


def overtaken(desk: Desk, head: Entry | None, plan: Plan, moved: list[Change]) -> PromptcError:
    """What is said to the one who came second: which target moved, in which entry, by whom."""
    if head is not None:
        return overtaken_by(desk, head, plan.base, moved)
    target = f"{moved[0].tenant}/{moved[0].prompt}"
    return PromptcError(
        "N002", f"`{target}` is not served any more: `{plan.channel}` has no entry", hint="plan again", exit_code=Exit.CONFLICT
    )


def overtaken_by(desk: Desk, head: Entry, base: int, moved: list[Change]) -> PromptcError:
    """The same, of what was planned on top of the entry with the number `base`."""
    first = moved[0]
    target = f"{first.tenant}/{first.prompt}"
    more = f" and {len(moved) - 1:,} more" if len(moved) > 1 else ""
    winner = _winner(desk, head, base, first)
    by = f" in `{winner.moment}` by {winner.who}"
    return PromptcError(
        "N002",
        f"`{target}`{more} moved since the plan was made{by}",
        hint=f"look at `promptc history {head.channel} {target}`, and plan again",
        exit_code=Exit.CONFLICT,
    )


def _winner(desk: Desk, head: Entry, base: int, move: Change) -> Entry:
    get = reader(desk)
    now_serves = look_up(get, head.root, move.tenant, move.prompt)
    newest = head
    for entry in entries_back(desk.registry.read, head):
        if entry.number <= base or look_up(get, entry.root, move.tenant, move.prompt) != now_serves:
            break
        newest = entry
    return newest


def _number(head: Entry | None) -> int:
    return head.number if head is not None else 0
