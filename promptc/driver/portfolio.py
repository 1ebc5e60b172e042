"""Portfolio: what a build or a channel serves of prompts with variants, with evidence, tokens, prices and usage beside it.

    a root, suites, a registry's evidence, prices, usage -> [portfolio] -> core.portfolio.Portfolio

Nothing is compiled and nothing is asked of a model. Without a project there are no suites, and without usage no calls: both
is said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from promptc.core.allocation import (
    Allocation,
    allocation_name,
    is_allocation,
    read_allocation,
    split_name,
    variant_name,
)
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.evidence import Verdict, wilson
from promptc.core.manifest import walk_served
from promptc.core.moves import Known, labels_in
from promptc.core.portfolio import Option, Portfolio, PromptPortfolio, Rate, Segment, unneeded_in
from promptc.core.prices import MILLION
from promptc.core.review import told_shares
from promptc.core.visible import shortened
from promptc.driver.cost.costing import CostRequest, count, opened
from promptc.driver.cost.prices import prices_of
from promptc.driver.cost.served import Served, counting
from promptc.driver.evals.plan import Plan, judged, suites_of
from promptc.driver.nearest import did_you_mean
from promptc.driver.project import Opened, open_lazily
from promptc.driver.release.opening import Desk, opened_desk
from promptc.driver.release.source import Source, source_of

CALLS = 1_000  # for how many calls the price of input is shown
NO_LABEL = "(none)"


@dataclass(frozen=True, slots=True)
class PortfolioRequest:
    """What to show: of which prompt ("" for all), a channel's head or the last build, by label, with which usage.

    `now` is a time in ISO 8601, by which evidence is fresh or not.
    """

    start: str
    now: str
    prompt: str = ""
    moment: str | None = None
    by: str = ""
    usage: str | None = None
    registry: str | None = None
    suites: tuple[str, ...] = ()


@dataclass(slots=True)
class _Given:
    """What tenants of one segment are given of one variant."""

    shares: list[float] = field(default_factory=list)
    digests: Counter[Digest] = field(default_factory=Counter)
    calls: int = 0
    dollars: float = 0.0


def portfolio(request: PortfolioRequest) -> Portfolio:
    """The variants of prompts, segment by segment. PromptcError X060 to X062; G008 without a build."""
    desk = opened_desk(request.start, request.registry, may_lack=True)
    return _Looking(request, desk, source_of(desk, request.moment)).portfolio()


class _Looking:
    """One look."""

    def __init__(self, request: PortfolioRequest, desk: Desk, source: Source) -> None:
        self.request = request
        self.desk = desk
        self.source = source
        self.notes: list[str] = []
        self.project: Opened | None = open_lazily(str(desk.folder)) if desk.folder is not None else None
        counter, said = counting(request.start)
        self.served = Served(source.moment, source.root, source.get, counter, said, {}, {})
        self.prices = prices_of(desk.folder, desk.settings.prices)
        self.tenants = self._tenants()

    def portfolio(self) -> Portfolio:
        """All of it."""
        variants = self._variants()
        prompts = self._asked(variants)
        verdicts = self._verdicts(prompts)
        uses = self._uses()
        names = self._segment_names(prompts)
        made = []
        for prompt in prompts:
            segments = tuple(self._segments(prompt, names, (verdicts, uses)))
            made.append(PromptPortfolio(prompt, segments, tuple(unneeded_in(prompt, segments, variants[prompt]))))
        return Portfolio(
            self.source.moment, self.request.by, tuple(made), self.prices.label(), self.served.counted_by, self._usage, tuple(self.notes),
        )  # fmt: skip

    # What there is

    def _tenants(self) -> dict[str, dict[str, Digest]]:
        found: defaultdict[str, dict[str, Digest]] = defaultdict(dict)
        for one in walk_served(self.source.get, self.source.root):
            if one.after is not None:
                found[one.tenant][one.prompt] = one.after
        return dict(found)

    def _variants(self) -> dict[str, dict[str, str]]:
        """The variants of each prompt that has some, each with why it can't be given keys, or ""."""
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for served in self.tenants.values():
            for name in served:
                plain, variant = split_name(name)
                if variant and not is_allocation(name):
                    found[plain].setdefault(variant, "")
        for name, prompt in self.project.project.prompts.items() if self.project is not None else ():
            plain, variant = split_name(name)
            if variant:
                found[plain][variant] = "it is retired" if prompt.retired else ""
        return {prompt: dict(sorted(found[prompt].items())) for prompt in sorted(found)}

    def _asked(self, variants: Mapping[str, Mapping[str, str]]) -> list[str]:
        asked = self.request.prompt
        if not variants:
            raise PromptcError(
                "X060", "no prompt here has a variant",
                hint="`sources/prompts/PROMPT.VARIANT.prompt.j2` is one; docs/portfolios.md shows it",
            )  # fmt: skip
        if asked and asked not in variants:
            hint = did_you_mean(asked, variants, listing="prompts with variants are")
            raise PromptcError("X061", f"`{shortened(asked)}` has no variants", hint=hint)
        return [asked] if asked else list(variants)

    def _verdicts(self, prompts: Iterable[str]) -> dict[Digest, list[Verdict]]:
        """What evidence says of each artifact."""
        if self.project is None:
            self.notes.append("suites stand in the project, and there is none here")
            return {}
        try:
            suites = suites_of(self.project, self.request.suites)
        except PromptcError:
            if self.request.suites:
                raise
            self.notes.append("no suite is declared, so that nothing says how well variants answer")
            return {}
        wanted = set(prompts)
        served = (
            (tenant, name, digest)
            for tenant, targets in self.tenants.items()
            for name, digest in targets.items()
            if split_name(name)[0] in wanted and not is_allocation(name)
        )
        plan = judged(Plan(self.source.moment, (), self.source.get, self.project, self.desk), suites, served, self.request.now)
        found: defaultdict[Digest, list[Verdict]] = defaultdict(list)
        for verdict in plan.verdicts:
            found[verdict.need.artifact].append(verdict)
        return dict(found)

    def _uses(self) -> dict[tuple[str, str], tuple[int, float]] | None:
        """Calls and dollars by tenant and prompt with its variant; None without a file of usage."""
        self._usage = ""
        if not (self.request.usage or self.desk.settings.usage):
            return None
        costing, self._usage = opened(CostRequest(self.request.start, self.request.usage), serves=self.served)
        found: defaultdict[tuple[str, str], tuple[int, float]] = defaultdict(lambda: (0, 0.0))
        for one in count(costing)[0]:
            key = one.use.tenant, variant_name(one.use.prompt, one.use.variant)
            calls, dollars = found[key]
            found[key] = calls + one.use.calls, dollars + one.dollars
        if "variant" not in costing.usage.columns:
            self.notes.append(f"{shortened(self._usage)} has no column `variant`: all calls are the plain prompt's")
        return dict(found)

    # Segments

    def _segment_names(self, prompts: Iterable[str]) -> dict[tuple[str, str], str]:
        """The segment of each tenant, by prompt."""
        by = self.request.by
        if not by:
            return {}
        labels = labels_in(self.source.get, Known(self.source.tenants))
        if not any(by in found for found in labels.values()):
            every = {key for found in labels.values() for key in found}
            raise PromptcError(
                "X062", f"no tenant has a label `{shortened(by)}`", hint=did_you_mean(by, sorted(every), listing="labels are")
            )
        return {(prompt, t): f"{by}={labels.get(t, {}).get(by, NO_LABEL)}" for prompt in prompts for t in self.tenants}

    def _segments(
        self, prompt: str, names: Mapping[tuple[str, str], str],
        known: tuple[Mapping[Digest, list[Verdict]], Mapping[tuple[str, str], tuple[int, float]] | None],
    ) -> Iterable[Segment]:  # fmt: skip
        verdicts, uses = known
        members: Counter[str] = Counter()
        given: defaultdict[str, defaultdict[str, _Given]] = defaultdict(lambda: defaultdict(_Given))
        for tenant, served in self.tenants.items():
            if prompt not in served:
                continue
            allocation = self._allocation(prompt, served)
            name = names.get((prompt, tenant)) or told_shares(allocation.shares)
            members[name] += 1
            for variant in ("", *allocation.shares):
                target = variant_name(prompt, variant)
                if target in served and (allocation.share(variant) or not variant):
                    self._add(given[name][variant], allocation.share(variant), served[target], (uses or {}).get((tenant, target), (0, 0.0)))
        for name, tenants in sorted(members.items(), key=lambda item: (-item[1], item[0])):
            made = sorted(given[name].items())
            options = [self._option(variant, found, verdicts, is_counted=uses is not None) for variant, found in made]
            yield Segment(name, tenants, tuple(option for option in options if option.shares[1] > 0 or not option.variant))

    def _allocation(self, prompt: str, served: Mapping[str, Digest]) -> Allocation:
        """What a tenant's keys come to: the keys of variants that it isn't served draw the plain prompt."""
        digest = served.get(allocation_name(prompt))
        found = Allocation(prompt, {}) if digest is None else read_allocation(self.source.get, digest)
        return Allocation(prompt, {name: share for name, share in found.shares.items() if variant_name(prompt, name) in served})

    def _add(self, given: _Given, share: float, digest: Digest, use: tuple[int, float]) -> None:
        given.shares.append(share)
        given.digests[digest] += 1
        given.calls += use[0]
        given.dollars += use[1]

    def _option(self, variant: str, given: _Given, verdicts: Mapping[Digest, list[Verdict]], *, is_counted: bool) -> Option:
        weights = {digest: self.served.weighed(digest) for digest in given.digests}
        tokens = [found.weight.whole for found in weights.values()]
        return Option(
            variant, (min(given.shares), max(given.shares)), len(given.shares), len(given.digests), (min(tokens), max(tokens)),
            self._input_dollars(given), tuple(_rates(given.digests, verdicts)), given.calls if is_counted else None,
            given.dollars / given.calls if is_counted and given.calls else None,
        )  # fmt: skip

    def _input_dollars(self, given: _Given) -> float | None:
        """The mean price of the compiled prompt for 1,000 calls of each tenant, None where a model has no price."""
        total = 0.0
        for digest, tenants in given.digests.items():
            found = self.served.weighed(digest)
            price = self.prices.of(found.model) if found.model else None
            if price is None:
                return None
            whole = found.weight.whole
            total += tenants * whole * price.rates_for(whole).input * CALLS / MILLION
        return total / given.digests.total()


def _rates(digests: Iterable[Digest], verdicts: Mapping[Digest, list[Verdict]]) -> Iterable[Rate]:
    """What each suite said of artifacts together."""
    by_suite: defaultdict[str, list[Verdict]] = defaultdict(list)
    for digest in digests:
        for verdict in verdicts.get(digest, ()):
            by_suite[verdict.need.suite.name].append(verdict)
    for suite, found in sorted(by_suite.items()):
        passed, runs = sum(one.passed for one in found), sum(one.runs for one in found)
        lacks = next(("; ".join(one.lacks) for one in found if one.lacks), "")
        low, high = wilson(passed, runs)
        yield Rate(suite, passed, runs, low, high, sum(one.is_fresh for one in found), len(found), lacks)
