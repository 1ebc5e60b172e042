"""Planning: what a promote would move, before anything is moved: a plan, and what it leaves alone.

    channel, source, SELECT -> [planning] -> Planned -> promote

Nothing is written. A plan can be shown, written to a file, approved, and applied later to a head that moved meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable

from promptc.core.channel import REVOKED, find_head
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest
from promptc.core.entry import Entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.holds import Hold, forbidden
from promptc.core.manifest import Change, compare_served, ends, walk_served
from promptc.core.plan import Plan
from promptc.core.revocations import Revocation, revoked_in
from promptc.driver.release.choosing import Choice, share_of, shared
from promptc.driver.release.opening import Desk, no_channel
from promptc.driver.release.source import Source, source_of

NAMES_MAX = 6


@dataclass(frozen=True, slots=True)
class PromoteRequest:
    """What to promote. `source` is a moment (`build` without one), `share` as written (`10%`)."""

    channel: str
    source: str | None = None
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    share: str | None = None
    remove: bool = False
    skip_held: bool = False
    new: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and what it was made from. `left` counts the targets that are served and not in the source; `apart` the
    differences that were not chosen; `held` are moves that a hold forbids and that were left out."""

    plan: Plan
    source: Source
    head: Entry | None
    left: int = 0
    apart: int = 0
    held: dict[str, Hold] = field(default_factory=dict)


def planned(desk: Desk, request: PromoteRequest) -> Planned:
    """What a promote would do now. PromptcError V001, V006, V008, V013, V019."""
    head = desk.maybe_head(request.channel)
    if head is None and not request.new:
        raise _first(desk, request.channel)
    source = source_of(desk, request.source)
    share = share_of(request.share)
    changes = _changes(source, head)
    chosen = _chosen(source, head, changes, request)
    chosen = shared(request.channel, chosen, share)
    goes = tuple(change for change in chosen if change.after is None and not ends(source.get, source.root, change))
    if source.head.scope != "all" and request.remove and goes:
        raise PromptcError(
            "V007",
            "the source is a root of limited scope, which says nothing of the targets that it lacks",
            hint="build without a selection and without `--keep-going`, or leave out `--remove`",
        )
    stays = frozenset() if request.remove else frozenset(goes)
    moves = tuple(change for change in chosen if change not in stays)
    held = forbidden(source.get, head.holds if head else None, moves)
    if held and not request.skip_held:
        raise held_error(request.channel, held)
    moves = tuple(move for move in moves if f"{move.tenant}/{move.prompt}" not in held)
    refuse_revoked(desk, moves, source.root)
    plan = Plan(
        request.channel, desk.lineage, source.moment, source.root, moves, head.number if head else 0, source.record,
        source.tenants, request.select, request.exclude, share, request.why, source.errors, source.warnings,
    )  # fmt: skip
    left = 0 if request.remove else len(goes)
    return Planned(plan, source, head, left, len(changes) - len(chosen), held)


def held_error(channel: str, held: dict[str, Hold]) -> PromptcError:
    """What is said when moves would touch what is held."""
    target, hold = next(iter(held.items()))
    names = ", ".join(f"`{name}`" for name in list(held)[:NAMES_MAX])
    more = f" and {len(held) - NAMES_MAX:,} more" if len(held) > NAMES_MAX else ""
    since = f"since `{channel}@{hold.entry}`" + (f" ({hold.why.splitlines()[0]})" if hold.why else "")
    return PromptcError(
        "V008",
        f"{names}{more} {'is' if len(held) == 1 else 'are'} held {since}",
        hint=f"`promptc unhold {channel} {target}` lets it go; `--skip-held` promotes the others",
        exit_code=Exit.NO,
    )


def revocation(desk: Desk, digest: Digest) -> Revocation | None:
    """Whether a root or an artifact is revoked in this registry, and why."""
    head = find_head(desk.registry.read, REVOKED)
    return None if head is None else revoked_in(desk.registry.get, head.root, digest)


def refuse_revoked(desk: Desk, moves: Iterable[Change], source: Digest | None) -> None:
    """PromptcError V013 when a move would bring back what was revoked."""
    head = find_head(desk.registry.read, REVOKED)
    if head is None:
        return
    checked: dict[Digest, Revocation | None] = {}
    if source is not None:
        checked[source] = revoked_in(desk.registry.get, head.root, source)
    for move in moves:
        if move.after is not None and move.after not in checked:
            checked[move.after] = revoked_in(desk.registry.get, head.root, move.after)
    found = {digest: said for digest, said in checked.items() if said is not None}
    if found:
        digest, said = next(iter(found.items()))
        more = f", and {len(found) - 1:,} more of the plan" if len(found) > 1 else ""
        raise PromptcError(
            "V013",
            f"`{digest[:19]}…` was revoked by {said.who}{more}: {said.why or 'no reason was given'}",
            hint=f"build it anew without what was wrong with it, or lift it with `promptc revoke --lift {digest[:19]}…`",
            exit_code=Exit.NO,
        )


def _changes(source: Source, head: Entry | None) -> tuple[Change, ...]:
    if head is None:
        return tuple(walk_served(source.get, source.root))
    return compare_served(source.get, head.root, source.root)


def _chosen(
    source: Source, head: Entry | None, changes: tuple[Change, ...], request: PromoteRequest
) -> tuple[Change, ...]:
    if not request.select and not request.exclude:
        return changes
    roots = [source.root] if head is None else [source.root, head.root]
    choice = Choice(source.get, roots, [source.tenants, head.tenants if head else None])
    return choice.chosen(changes, request.select, request.exclude)


def _first(desk: Desk, channel: str) -> PromptcError:
    others = desk.channels()
    if others:
        found = no_channel(desk, channel)
        found.code = "V006" if found.hint.startswith("`promptc promote") else found.code
        found.hint = f"{found.hint.rstrip('.')}; `--new` begins it" if "--new" not in found.hint else found.hint
        return found
    return PromptcError(
        "V006",
        f"`{channel}` has no entry yet",
        hint="add `--new` to begin it, so that a misspelt name does not become a channel",
    )
