"""Rollback: give targets of a channel the digests that an older entry had, hold them there, and say what is to be reconciled.

    CHANNEL [--to N] [--tenant T] -> Retreat -> [rollback] -> a manifest, then the entry that names it

It needs nothing but the registry: no sources, no git, no compiler. What is served again is read and verified before the
head moves. Targets that are younger than the older entry stay, and are counted; shares of variants that are younger go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptc.core.channel import entries_back, entry_at
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest, digest_of
from promptc.core.entry import Composed, Entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.holds import Hold, holds_in, with_holds
from promptc.core.manifest import Change, compare_served, ends, tenant_targets
from promptc.core.moves import Known, composed, known_after, tenant_of_alias
from promptc.core.review import plan_digest
from promptc.core.rollback import RollbackManifest
from promptc.core.visible import shortened
from promptc.driver.build import Progress, quiet
from promptc.driver.nearest import did_you_mean
from promptc.driver.release.aftermath import Aftermath, manifest_of
from promptc.driver.release.appending import append, keep
from promptc.driver.release.gates import described
from promptc.driver.release.history import is_removed
from promptc.driver.release.marking import good_below
from promptc.driver.release.opening import Desk
from promptc.driver.release.planning import held_error, refuse_revoked
from promptc.driver.release.promote import moved_meanwhile, overtaken_by
from promptc.driver.release.pushing import push_artifacts, push_nodes
from promptc.driver.release.source import reader
from promptc.driver.release.who import Author, now


@dataclass(frozen=True, slots=True)
class Retreat:
    """What a rollback would do. `is_marked` says that the entry it goes back to is marked good or was named.

    `younger` counts targets that the older entry does not have and that stay; `removed` those whose text of then is gone
    from the registry for good; `held` are moves that a hold forbids and that were left out.
    """

    head: Entry
    target: Entry
    moves: tuple[Change, ...]
    tenants: tuple[str, ...]
    is_marked: bool
    younger: int = 0
    removed: int = 0
    held: Mapping[str, Hold] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retreated:
    """An entry that was appended, and the manifest that it names."""

    entry: Entry
    manifest: RollbackManifest


def retreat(desk: Desk, channel: str, *, to: int | None, tenants: Sequence[str] = (), skip_held: bool = False) -> Retreat:
    """What a rollback would do now. PromptcError V001, V002, V008, V010, V013, V019, V020."""
    head = desk.head(channel)
    target, is_marked = _target(desk, head, to)
    chosen = tuple(dict.fromkeys(_tenant(desk, head, target, word) for word in tenants))
    moves: list[Change] = []
    younger = removed = 0
    get = reader(desk)
    for change in compare_served(get, head.root, target.root):
        if chosen and change.tenant not in chosen:
            continue
        if change.after is None and not ends(get, target.root, change):
            younger += 1
        elif change.after is not None and is_removed(desk, change.after):
            removed += 1
        else:
            moves.append(change)
    holds = dict(holds_in(get, head.holds))
    held = {name: hold for move in moves if (hold := _forbidding(holds, move)) for name in (f"{move.tenant}/{move.prompt}",)}
    if held and not skip_held:
        raise held_error(channel, held)
    kept = tuple(move for move in moves if f"{move.tenant}/{move.prompt}" not in held)
    refuse_revoked(desk, kept, target.root)
    return Retreat(head, target, kept, chosen, is_marked, younger, removed, held)


def roll_back(desk: Desk, made: Retreat, *, by: Author, on_progress: Progress = quiet) -> Retreated:
    """Do it. PromptcError N002 where a target of it moved meanwhile; D001, D002 where what is to be served is not whole."""
    if not made.moves and made.removed:
        raise PromptcError(
            "V014",
            f"what `{made.target.moment}` served otherwise was removed from the registry for good ({made.removed:,} of its texts)",
            hint="go back to another entry with `--to N`, or promote a build that has them",
            exit_code=Exit.NO,
        )
    if not made.moves:
        keep(desk, made.head)
        raise PromptcError(
            "V010",
            f"`{made.head.channel}` serves what `{made.target.moment}` served already",
            hint="nothing was changed",
            exit_code=Exit.OK,
        )
    with desk.registry.using():
        artifacts = [move.after for move in made.moves if move.after is not None]
        push_artifacts(desk.registry, desk.registry.get, artifacts, on_progress)
        making = _Retreating(desk, made, by, on_progress)
        entry = append(desk, made.head.channel, making)
    assert making.manifest is not None
    return Retreated(entry, making.manifest)


class _Retreating:
    """Makes the entry of a rollback on top of a head."""

    def __init__(self, desk: Desk, made: Retreat, by: Author, on_progress: Progress) -> None:
        self.desk = desk
        self.made = made
        self.by = by
        self.on_progress = on_progress
        self.manifest: RollbackManifest | None = None

    def __call__(self, head: Entry | None) -> Entry:
        assert head is not None
        made, time = self.made, now()
        if head.number != made.head.number:
            moved = moved_meanwhile(self.desk, head, made.moves)
            if moved:
                raise overtaken_by(self.desk, head, made.head.number, moved)
        blobs: dict[Digest, bytes] = {}
        get = reader(self.desk)
        root = composed(get, head.root, made.moves, blobs).root
        known = self._known(head, root, blobs)
        holds, held = with_holds(get, head.holds, self._holds(head), blobs)
        settings = described(self.desk, head.channel, head)
        after = Aftermath("rollback", head, made.target, made.moves, made.younger, settings)
        self.manifest = manifest_of(self.desk, after, blobs, self.by, time)
        data = self.manifest.encode()
        blobs[digest_of(data)] = data
        push_nodes(self.desk.registry, blobs)
        restored = sum(move.before is None for move in made.moves)
        of = Composed(
            made.target.moment, made.target.root, plan_digest(made.moves), head.number,
            made.target.composed.record if made.target.composed is not None else None,
            select=tuple(f"tenant:{tenant}" for tenant in made.tenants), changed=len(made.moves) - restored, added=restored,
        )  # fmt: skip
        return Entry(
            head.channel, 0, self.desk.lineage, "rollback", root, time, self.by.who, self.by.why, composed=of,
            tenants=known.tenants, aliases=known.aliases, holds=holds, held=held, rollback=digest_of(data),
            settings=head.settings,
        )  # fmt: skip

    def _known(self, head: Entry, root: Digest, blobs: dict[Digest, bytes]) -> Known:
        """Who was not served at all comes back with what was known of them then; of all others what is known now stays."""
        get = reader(self.desk)
        back = {move.tenant for move in self.made.moves if move.before is None}
        back = {tenant for tenant in back if tenant_targets(get, head.root, tenant) is None}
        before = Known(head.tenants, head.aliases)
        return known_after(get, before, self.made.target.tenants, dict.fromkeys(sorted(back), True), blobs)

    def _holds(self, head: Entry) -> dict[str, Hold]:
        """Each target is held against what it was moved away from, beside what it was held against before."""
        before = dict(holds_in(reader(self.desk), head.holds))
        found = {}
        for move in self.made.moves:
            if move.before is not None:
                target = f"{move.tenant}/{move.prompt}"
                older = before[target].digests if target in before else ()
                digests = tuple(dict.fromkeys((*older, move.before)))
                found[target] = Hold(head.number + 1, self.by.why, digests)
        return found


def _target(desk: Desk, head: Entry, to: int | None) -> tuple[Entry, bool]:
    """The entry to go back to, and whether somebody said that it is good."""
    if to is not None:
        if not 0 < to < head.number:
            raise PromptcError(
                "V020",
                f"`{head.channel}@{to}` is not below the head, which is `{head.moment}`",
                hint=f"`promptc history {head.channel}` lists what there was",
            )
        return entry_at(desk.registry.read, head.channel, to), True
    entries = list(entries_back(desk.registry.read, head))
    good = good_below(head, entries)
    if good is not None:
        return good, True
    before = next((entry for entry in entries if entry.root != head.root), None)
    if before is None:
        raise PromptcError(
            "V020",
            f"`{head.channel}` never served anything else than it does now",
            hint="there is nothing to go back to; `promptc promote` moves it to something else",
        )
    return before, False


def _tenant(desk: Desk, head: Entry, target: Entry, word: str) -> str:
    get = reader(desk)
    for entry in (head, target):
        name = tenant_of_alias(get, Known(entry.tenants, entry.aliases), word) or word
        if tenant_targets(get, entry.root, name) is not None:
            return name
    names = {change.tenant for change in compare_served(get, head.root, target.root)}
    raise PromptcError(
        "V019",
        f"neither `{head.moment}` nor `{target.moment}` has a tenant `{shortened(word)}`",
        hint=did_you_mean(word, names) or f"`promptc diff {target.moment} {head.moment}` shows who differs",
    )


def _forbidding(holds: Mapping[str, Hold], move: Change) -> Hold | None:
    hold = holds.get(f"{move.tenant}/{move.prompt}")
    return hold if hold is not None and hold.forbids(move.after) else None
