"""Review: what two moments serve differently, for whom, why, and that nothing else does.

two words -> compared -> outlining -> grouping -> reasons, edited -> [review] -> core.review.Review
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from promptc.compiler.project import Settings
from promptc.core.dataclass import dataclass, replace
from promptc.core.diff import artifact_lines
from promptc.core.findings import Finding
from promptc.core.manifest import Change
from promptc.core.review import Bill, Cause, Group, Listed, Moment, Review, plan_digest
from promptc.driver.apart import outlined_apart
from promptc.driver.build import Progress, quiet
from promptc.driver.compared import Comparison, Side, compared
from promptc.driver.differences import toolchain_differences
from promptc.driver.edited import edits_of
from promptc.driver.folder import find_folder
from promptc.driver.grouping import Draft, Knowledge, drafts_of, group_of
from promptc.driver.narrowed import narrowed
from promptc.driver.outlining import Lens
from promptc.driver.reasons import Reasons
from promptc.driver.shifts import shifts_of
from promptc.driver.stretches import Stretches
from promptc.driver.structure import structured
from promptc.driver.tokens import counter_of
from promptc.driver.veiling import Veil
from promptc.engine import workers

if TYPE_CHECKING:
    from promptc.driver.cost.traffic import Traffic

REASONS_MAX = 200  # groups whose causes are looked for; of more, nobody reads them
NAMES_MAX = 5
STALE = ("O120", "O121")


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """What to compare. `base` and `head` are words (moments.py), None for the defaults; `select` limits what is shown, and
    so does `only`, which names targets as (tenant, prompt). `usage` is a file of usage, None for the setting: with one, what
    a change costs is said.
    """

    start: str
    base: str | None = None
    head: str | None = None
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    jobs: int = 0
    reveal: bool = False
    by: str = ""
    only: frozenset[tuple[str, str]] | None = None
    usage: str | None = None


def review(request: ReviewRequest, on_progress: Progress = quiet) -> Review:
    """Compare two moments. PromptcError for words that name nothing, and where the machine or git refuses."""
    jobs = request.jobs or workers.cores()
    with compared(request.start, (request.base, request.head), jobs=jobs, on_progress=on_progress) as comparison:
        narrowed(comparison, request.select, request.exclude)
        if (only := request.only) is not None:
            comparison.changes = tuple(c for c in comparison.changes if (c.tenant, c.prompt) in only)
            comparison.allocations = tuple(c for c in comparison.allocations if (c.tenant, c.prompt) in only)
        return _Reviewing(comparison, request, jobs, on_progress).review()


class _Reviewing:
    """Makes the review of one comparison."""

    def __init__(self, comparison: Comparison, request: ReviewRequest, jobs: int, on_progress: Progress) -> None:
        self.comparison = comparison
        self.request = request
        self.jobs = jobs
        self.on_progress = on_progress
        self.base = Lens(comparison.base)
        self.head = Lens(comparison.head)
        self.lost = frozenset(comparison.head.not_compiled)
        self.stretches = Stretches(comparison)
        settings = _settings(comparison)
        self.tokenizer = settings.tokenizer if settings is not None else ""
        self.counter = counter_of(find_folder(request.start), self.tokenizer)
        self.traffic = self._traffic(settings.usage if settings is not None else "")
        self.shown = tuple(c for c in comparison.changes if c.after is not None)

    def review(self) -> Review:
        """The whole of it."""
        base, head = self.comparison.base, self.comparison.head
        changes = self.comparison.changes
        gone = [c for c in changes if c.after is None and not self._is_broken(c)]
        broken = [c for c in changes if c.after is None and self._is_broken(c)]
        groups = self._groups() if self.shown else ()
        findings = _new_findings(base, head)
        changed = sum(c.before is not None for c in self.shown)
        return Review(
            base=_moment(base), head=_moment(head), targets=self.shown, changed=changed,
            added=len(self.shown) - changed, removed=len(gone),
            unchanged=base.targets - changed - len(gone) - len(broken),
            groups=groups, new=tuple(_listed(c for c in self.shown if c.before is None)), gone=tuple(_listed(gone)),
            broken=tuple(_listed(broken)), edits=edits_of(self.comparison, self.stretches, groups), findings=findings,
            stale=tuple(self._stale(findings)), characters=sum(group.characters for group in groups),
            prefix=sum(group.prefix for group in groups), digest=plan_digest((*changes, *self.comparison.allocations)),
            tenant_labels=self._labels(), toolchain=tuple(self._toolchain()), by=self.request.by,
            tokenizer=self.tokenizer, bill=self._bill(), shifts=shifts_of(head.get, self.comparison.allocations),
        )  # fmt: skip

    def _traffic(self, named: str) -> Traffic | None:
        """The calls of a month, where a file of usage is named."""
        if not self.request.usage and not named:
            return None
        from promptc.driver.cost.served import Served, counting
        from promptc.driver.cost.traffic import traffic_of

        count, said = counting(self.request.start)
        sides = (self.comparison.base, self.comparison.head)
        before, after = (Served(side.moment.name, side.root, side.get, count, said, {}, {}) for side in sides)
        return traffic_of(self.request.start, self.request.usage, before, after)

    def _bill(self) -> Bill | None:
        found = self.traffic
        return None if found is None else Bill(found.usage, found.days, found.costing.prices.label(), found.after.counted_by)

    def _is_broken(self, change: Change) -> bool:
        return f"{change.tenant}/{change.prompt}" in self.lost or f"{change.tenant}/*" in self.lost

    def _groups(self) -> tuple[Group, ...]:
        self.comparison.changes = self.shown
        gathered, hidden = outlined_apart(self.comparison, jobs=self.jobs, on_progress=self.on_progress)
        drafts = drafts_of(structured(gathered), self.shown)
        veil = Veil(self.base, self.head, self.shown, hidden, self.comparison.is_guarded, self.request.reveal)
        known = Knowledge(self._labels(), self._owners(), veil.hides, veil.veiled, veil.context, self.request.by)
        reasons = Reasons(self.base, self.head, self.shown, self.stretches, self.request.reveal)
        return tuple(self._group(number, draft, known, reasons) for number, draft in enumerate(drafts, 1))

    def _group(self, number: int, draft: Draft, known: Knowledge, reasons: Reasons) -> Group:
        made = group_of(number, draft, self.shown, known)
        if self.traffic is not None:
            variants = ((variant.values, variant.targets) for variant in draft.met.variants.values())
            made = replace(made, money=self.traffic.money(draft.where[1], variants, self.shown))
        if number > REASONS_MAX:
            return made
        return replace(made, causes=reasons.of(draft), tokens=self._tokens(draft))

    def _tokens(self, draft: Draft) -> tuple[int, int] | None:
        """How many tokens a group's first target came to before and comes to now."""
        if self.counter is None:
            return None
        change = self.shown[draft.numbers[0]]
        old, new = (
            0 if digest is None else self.counter("\n".join(artifact_lines(side.get(digest))))
            for side, digest in ((self.comparison.base, change.before), (self.comparison.head, change.after))
        )
        return old, new

    def _owners(self) -> dict[str, str]:
        whole = self.comparison.head.whole or self.comparison.base.whole
        if whole is None:
            return {}
        return {name: prompt.owner for name, prompt in whole.sources.project.prompts.items() if prompt.owner}

    def _labels(self) -> dict[str, Mapping[str, str]]:
        found: dict[str, Mapping[str, str]] = {}
        for change in self.comparison.changes:
            if change.tenant not in found:
                found[change.tenant] = self._labels_of(change.tenant)
        return found

    def _labels_of(self, tenant: str) -> Mapping[str, str]:
        for lens in (self.head, self.base):
            row = lens.side.rows.get(tenant)
            if row is not None and row.tenancy:
                labels: Mapping[str, str] = row.tenancy.get("labels", {})
                return labels
            resolved = lens.tenant(tenant)
            if resolved is not None:
                return resolved.labels
        return {}

    def _stale(self, findings: Iterable[Finding]) -> Iterable[tuple[str, Finding]]:
        """Overrides that are stale now, each with who owns it."""
        for finding in findings:
            if finding.code in STALE:
                # What stands in a tenant's own file is that tenant's, and names no target.
                own = finding.place.file.rpartition("/")[2].removesuffix(".yaml")
                tenants = {target.partition("/")[0] for target in finding.targets} or {own}
                owners = {self._labels_of(tenant).get("owner", "") for tenant in tenants}
                yield ", ".join(sorted(filter(None, owners))), finding

    def _toolchain(self) -> Iterable[Cause]:
        """What of the toolchain differs, where that alone makes another root of the same sources."""
        base, head = self.comparison.base, self.comparison.head
        known = base.whole.ledger_head if base.whole is not None else None
        if base.compiled is not None and known is not None and head.whole is not None:
            for found in toolchain_differences(known.data["toolchain"], head.whole.identity):
                yield Cause("toolchain", found.what, "", found.before, found.after)


def _settings(comparison: Comparison) -> Settings | None:
    whole = comparison.head.whole or comparison.base.whole
    return whole.sources.settings if whole is not None else None


def _moment(side: Side) -> Moment:
    moment = side.moment
    return Moment(moment.name, moment.commit, side.root, side.targets, side.tenants, side.not_compiled)


def _new_findings(base: Side, head: Side) -> tuple[Finding, ...]:
    """What head says and base did not, whatever the line it is said of."""

    def key(finding: Finding) -> tuple[str, str, str]:
        return finding.code, finding.message, finding.place.file

    known = set(map(key, base.findings))
    return tuple(finding for finding in head.findings if key(finding) not in known)


def _listed(changes: Iterable[Change]) -> Iterable[Listed]:
    by_prompt: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        by_prompt[change.prompt].append(f"{change.tenant}/{change.prompt}")
    found: Sequence[tuple[str, list[str]]] = sorted(by_prompt.items(), key=lambda item: (-len(item[1]), item[0]))
    return (Listed(prompt, len(targets), tuple(targets[:NAMES_MAX])) for prompt, targets in found)
