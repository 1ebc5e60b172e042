"""Prices: what a model's tokens cost, and what a number of tokens comes to.

    driver/cost/prices -> [prices] -> costing, conversation, chains

Pure. Prices are in US dollars per million tokens. Input counts all that a request sends, what was read from a provider's
cache or written to it among it; docs/cost.md has each formula with its source.
"""

from __future__ import annotations

from typing import NamedTuple

from promptc.core.dataclass import dataclass

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Rates:
    """Dollars per million tokens: `input` uncached, `cached` read from a cache, `written` to one, `output`."""

    input: float
    output: float
    cached: float
    written: float


@dataclass(frozen=True, slots=True)
class CacheRule:
    """How a provider caches the beginning of a prompt.

    `kind`: `marked` caches up to the prompt's `{% cache %}` marks and bills writing; `automatic` caches whatever begins as
    an earlier request did; `none`. A prefix below `tokens_min` is not cached, and its length is cut to a multiple of `step`.
    """

    kind: str = "none"
    tokens_min: int = 0
    step: int = 1

    def cacheable(self, tokens: float) -> float:
        """How much of a prefix of so many tokens is cached."""
        if self.kind == "none" or tokens < self.tokens_min:
            return 0.0
        return tokens // self.step * self.step


@dataclass(frozen=True, slots=True)
class Price:
    """A model's price: `rates`, and those that hold for a request whose input exceeds a number of tokens, ascending."""

    model: str
    rates: Rates
    above: tuple[tuple[int, Rates], ...] = ()
    cache: CacheRule = CacheRule()
    source: str = ""

    def rates_for(self, input_tokens: float) -> Rates:
        """The rates of a request with so much input: all of its tokens are billed at them."""
        found = self.rates
        for start, rates in self.above:
            if input_tokens > start:
                found = rates
        return found


class Tokens(NamedTuple):
    """Tokens of requests. `input` is all of it; of that `cached` came from a cache and `written` went into one."""

    input: float = 0.0
    cached: float = 0.0
    written: float = 0.0
    output: float = 0.0

    def plus(self, other: Tokens) -> Tokens:
        """These and others."""
        return Tokens(
            self.input + other.input, self.cached + other.cached, self.written + other.written,
            self.output + other.output,
        )  # fmt: skip

    def times(self, number: float) -> Tokens:
        """So many times these."""
        return Tokens(self.input * number, self.cached * number, self.written * number, self.output * number)


def cost_of(tokens: Tokens, price: Price, *, requests: float = 1.0) -> float:
    """Dollars: ((input - cached - written) * uncached + cached * read + written * write + output * output) / million.

    A price that rises with a request's length is chosen by the mean input of the requests.
    """
    rates = price.rates_for(tokens.input / requests if requests else 0.0)
    plain = max(tokens.input - tokens.cached - tokens.written, 0.0)
    billed = plain * rates.input + tokens.cached * rates.cached
    return (billed + tokens.written * rates.written + tokens.output * rates.output) / MILLION


def input_rate(tokens: Tokens, price: Price, *, requests: float = 1.0) -> float:
    """Dollars per million for one more token of input, at the share that these requests read from a cache now."""
    rates = price.rates_for(tokens.input / requests if requests else 0.0)
    if not tokens.input:
        return rates.input
    spent = cost_of(Tokens(tokens.input, tokens.cached, tokens.written), price, requests=requests)
    return spent * MILLION / tokens.input
