"""Lengths: what a conversation with one target costs, turn after turn, against one turn times their number.

    a target, a strategy, tokens of a turn -> [lengths] -> Conversation
"""

from __future__ import annotations

import re

from promptc.core.conversation import Talk, history_of, turn_tokens
from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.core.prices import Price, Tokens, cost_of
from promptc.core.visible import shortened
from promptc.driver.cost.costing import settings_of, talk_of, wrong_history
from promptc.driver.cost.prices import prices_of
from promptc.driver.cost.served import Weighed, served


@dataclass(frozen=True, slots=True)
class TalkRequest:
    """Which target, how many turns, and what a turn is made of. `hits` and `warm` are shares from 0 to 1."""

    start: str
    target: str
    turns: int
    message: int
    output: int
    history: str | None = None
    model: str | None = None
    hits: float = 1.0
    warm: float = 0.0
    marks_history: bool = False
    moment: str | None = None
    registry: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a conversation comes to. `turns` are (tokens, dollars) of each; `prices` and `counted_by` say by what."""

    target: str
    model: str
    price: Price
    talk: Talk
    history: str
    turns: tuple[tuple[Tokens, float], ...]
    prices: str
    counted_by: str

    @property
    def dollars(self) -> float:
        """All of it."""
        return sum(dollars for _, dollars in self.turns)

    @property
    def naive(self) -> float:
        """The first turn times their number."""
        return self.turns[0][1] * len(self.turns)


def conversation(request: TalkRequest) -> Conversation:
    """The conversation's cost. PromptcError C006 for a target that isn't served, X001 without a price."""
    folder, settings = settings_of(request.start)
    word = request.history or settings.history
    history = history_of(word)
    if history is None:
        raise wrong_history(word)
    found = served(request.start, request.moment, request.registry)
    prices = prices_of(folder, settings.prices)
    weighed = _weighed(request.target, found.moment, found.find(*_split(request.target)))
    model = request.model or weighed.model
    price = prices.must(model)
    base = talk_of(weighed.weight, price.cache, request.message, request.output)
    talk = Talk(
        base.prompt, base.prefix, request.message, request.output, request.hits, request.warm, request.marks_history
    )
    tokens = [turn_tokens(turn, talk, history, price) for turn in range(1, request.turns + 1)]
    turns = tuple((one, cost_of(one, price)) for one in tokens)
    return Conversation(request.target, model, price, talk, word, turns, prices.label(), found.counted_by)


def _split(target: str) -> tuple[str, str]:
    match = re.match(r"([^/]+)/([^/]+)\Z", target)
    if match is None:
        raise PromptcError("C007", f"`{shortened(target)}` is not `tenant/prompt`", hint="write a tenant's id, a slash, a prompt")
    return match[1], match[2]


def _weighed(target: str, moment: str, found: Weighed | None) -> Weighed:
    if found is None:
        raise PromptcError(
            "C006", f"{moment} serves no `{shortened(target)}`", hint="`promptc list` shows the targets; `promptc build` builds them"
        )
    return found
