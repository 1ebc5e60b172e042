"""Portfolio: the variants of a prompt beside each other, segment by segment: shares, evidence, tokens, cost; which is not needed.

    driver/portfolio -> [portfolio] -> text, Markdown, JSON (`promptc.portfolio/1`)

Pure. A segment is a set of tenants: those with the same shares, or with the same label. A variant is needed in a segment
unless another one that is given keys there passes each suite at least as often and costs no more; one that is needed in no
segment can be retired.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promptc.core.allocation import variant_name
from promptc.core.dataclass import dataclass

FORMAT = "promptc.portfolio/1"


@dataclass(frozen=True, slots=True)
class Rate:
    """What one suite said of a variant in a segment: runs of all its artifacts together, and the interval of the rate.

    `fresh` of `artifacts` have evidence that lacks nothing; `lacks` is the first reason of another one.
    """

    suite: str
    passed: int
    runs: int
    low: float
    high: float
    fresh: int
    artifacts: int
    lacks: str = ""

    @property
    def rate(self) -> float:
        """The share of runs that passed."""
        return self.passed / self.runs if self.runs else 0.0


@dataclass(frozen=True, slots=True)
class Option:
    """A variant in a segment, `""` the plain prompt. `shares` are the least and the greatest percent of a tenant's keys.

    `tokens` are the least and the greatest of its compiled prompts, `dollars` the mean price of their input for 1,000 calls,
    uncached, None where a price is missing. `calls` and `per_call` are counted usage and its dollars, None without a file.
    """

    variant: str
    shares: tuple[float, float]
    tenants: int
    artifacts: int
    tokens: tuple[int, int]
    dollars: float | None
    rates: tuple[Rate, ...]
    calls: int | None = None
    per_call: float | None = None

    @property
    def cost(self) -> float | None:
        """What two variants are compared by: dollars per counted call, else the price of their input."""
        return self.dollars if self.per_call is None else self.per_call


@dataclass(frozen=True, slots=True)
class Segment:
    """Some tenants of a prompt, and what they are given."""

    name: str
    tenants: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Unneeded:
    """A variant that no segment needs, and why."""

    variant: str
    why: str


@dataclass(frozen=True, slots=True)
class PromptPortfolio:
    """One prompt: its segments, those of most tenants first, and the variants that none of them needs."""

    prompt: str
    segments: tuple[Segment, ...]
    unneeded: tuple[Unneeded, ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What was asked for. `notes` say what is not known, `prices` and `tokens` where numbers come from."""

    moment: str
    by: str
    prompts: tuple[PromptPortfolio, ...]
    prices: str
    tokens: str
    usage: str
    notes: tuple[str, ...]


def unneeded_in(prompt: str, segments: Sequence[Segment], variants: Mapping[str, str]) -> Iterator[Unneeded]:
    """The variants that no segment needs. `variants` are all that there are, each with why it is given no keys, or ""."""
    for variant, why in variants.items():
        there = [(segment, option) for segment in segments for option in segment.options if option.variant == variant]
        if not there:
            yield Unneeded(variant, why or "it is given no keys")
            continue
        better = [_better(segment, option) for segment, option in there]
        if all(better):
            names = dict.fromkeys(variant_name(prompt, one.variant) for one in better if one is not None)
            apart = all(_is_apart(option, one) for (_, option), one in zip(there, better, strict=True) if one is not None)
            doubt = "" if apart else "; the intervals overlap, so that more runs may say otherwise"
            listed = ", ".join(f"`{name}`" for name in names)
            yield Unneeded(variant, f"wherever it is given keys, {listed} passes at least as often and costs no more{doubt}")


def _better(segment: Segment, option: Option) -> Option | None:
    """Another variant of the segment that makes this one needless; None where there is none, or nothing is known."""
    for other in segment.options:
        if other.variant == option.variant or other.cost is None or option.cost is None or other.cost > option.cost:
            continue
        theirs = {rate.suite: rate for rate in other.rates if rate.runs}
        pairs = [(rate, theirs.get(rate.suite)) for rate in option.rates if rate.runs]
        if not pairs or any(one is None or one.rate < rate.rate for rate, one in pairs):
            continue
        # Of two that are alike in all, the plain one stays; among variants the first by name.
        alike = other.cost == option.cost and all(one is not None and one.rate == rate.rate for rate, one in pairs)
        if not alike or other.variant < option.variant:
            return other
    return None


def _is_apart(option: Option, other: Option) -> bool:
    """Whether the intervals of both agree that the other one passes more often."""
    theirs = {rate.suite: rate for rate in other.rates}
    return all(theirs[rate.suite].low >= rate.high for rate in option.rates if rate.runs)


def document(found: Portfolio) -> dict[str, Any]:
    """As JSON data. Dollars are rounded to a millionth."""
    return {
        "format": FORMAT, "moment": found.moment, "by": found.by, "prices": found.prices, "tokens": found.tokens,
        "usage": found.usage, "notes": list(found.notes),
        "prompts": [
            {
                "prompt": one.prompt,
                "segments": [
                    {"name": s.name, "tenants": s.tenants, "variants": [_option(option) for option in s.options]} for s in one.segments
                ],
                "unneeded": [{"variant": u.variant, "why": u.why} for u in one.unneeded],
            }
            for one in found.prompts
        ],
    }  # fmt: skip


def _option(option: Option) -> dict[str, Any]:
    return {
        "variant": option.variant, "percent": list(option.shares), "tenants": option.tenants, "artifacts": option.artifacts,
        "tokens": list(option.tokens), "input_dollars": _money(option.dollars), "calls": option.calls,
        "dollars_per_call": _money(option.per_call),
        "evidence": [
            {
                "suite": rate.suite, "passed": rate.passed, "runs": rate.runs, "interval": [round(rate.low, 6), round(rate.high, 6)],
                "fresh": rate.fresh, "artifacts": rate.artifacts, "lacks": rate.lacks,
            }
            for rate in option.rates
        ],
    }  # fmt: skip


def _money(dollars: float | None) -> float | None:
    return None if dollars is None else round(dollars, 6)
