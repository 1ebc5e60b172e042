"""Conversation: what a conversation of many turns costs, which is not one turn times their number.

    a prompt's weight, a history strategy, a cache rule -> [conversation] -> tokens of each turn

Pure. Each turn sends the prompt and what is kept of the turns before it, so input grows with the square of the length; a
provider's cache bills part of it at less. Formulas and sources: docs/cost.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from promptc.core.dataclass import dataclass
from promptc.core.prices import Price, Tokens, cost_of

Strategy = Literal["full", "last", "summary", "none"]
TURNS_MAX = 10_000
_SPELLED = re.compile(r"(?:(full|none)|last:([1-9]\d{0,3})|summary:([1-9]\d{0,3}):(\d{1,6}))\Z")


@dataclass(frozen=True, slots=True)
class History:
    """What a turn sends of the turns before it: all, the last `turns`, none, or a summary of `tokens` made every `turns`."""

    strategy: Strategy = "full"
    turns: int = 0
    tokens: int = 0


def history_of(word: str) -> History | None:
    """`full`, `none`, `last:6`, `summary:10:400`; None for anything else."""
    match = _SPELLED.match(word)
    if match is None:
        return None
    if match[2]:
        return History("last", int(match[2]))
    if match[3]:
        return History("summary", int(match[3]), int(match[4]))
    return History("none" if match[1] == "none" else "full")


@dataclass(frozen=True, slots=True)
class Talk:
    """What one turn is made of, in tokens.

    `prompt` is the compiled prompt's own text, of which the first `prefix` are the same in every request and may be cached
    (for a provider that caches what is marked: up to the last mark before anything that varies). `message` is what a turn's
    inputs add, `output` what the model answers. `hits` is the share of turns after the first that come before the cache
    forgets, `warm` the chance that the first finds the prefix cached by another conversation. `marks_history`: whoever
    keeps the history puts a mark at its end, for a provider that caches what is marked.
    """

    prompt: float
    prefix: float
    message: float
    output: float
    hits: float = 1.0
    warm: float = 0.0
    marks_history: bool = False


def turn_tokens(turn: int, talk: Talk, history: History, price: Price) -> Tokens:
    """Tokens of one turn, counted from 1, a summary that is made just before it included."""
    kept = _kept(turn - 1, talk, history)
    sent = talk.prompt + kept + talk.message
    rule = price.cache
    with_history = rule.kind == "automatic" or talk.marks_history
    repeated = talk.prefix + (_repeated(turn, talk, history) if with_history else 0.0)
    cached = (talk.warm if turn == 1 else talk.hits) * min(rule.cacheable(repeated), sent)
    marked = rule.cacheable(talk.prefix + (kept if talk.marks_history else 0.0))
    written = max(min(marked, sent) - cached, 0.0) if rule.kind == "marked" else 0.0
    return Tokens(sent, cached, written, talk.output).plus(_summary(turn - 1, talk, history))


def turns_of(number: int, talk: Talk, history: History, price: Price) -> Iterator[Tokens]:
    """The tokens of each turn of a conversation."""
    return (turn_tokens(turn, talk, history, price) for turn in range(1, number + 1))


def conversation_cost(number: int, talk: Talk, history: History, price: Price) -> float:
    """Dollars of a conversation of so many turns."""
    return sum(cost_of(tokens, price) for tokens in turns_of(number, talk, history, price))


def _round(talk: Talk) -> float:
    return talk.message + talk.output


def _kept(earlier: int, talk: Talk, history: History) -> float:
    """Tokens of history that are sent after so many earlier turns."""
    if history.strategy == "none":
        return 0.0
    if history.strategy == "last":
        return min(earlier, history.turns) * _round(talk)
    if history.strategy == "summary":
        made = earlier // history.turns
        return (history.tokens if made else 0) + (earlier - made * history.turns) * _round(talk)
    return earlier * _round(talk)


def _repeated(turn: int, talk: Talk, history: History) -> float:
    """Tokens of history with which the request before this one began, too, so that they may be cached.

    The last message is left out: it was sent in the prompt's own frame, and stands in the history without it.
    """
    earlier = turn - 1
    if earlier < 1:
        return 0.0
    if history.strategy == "last" and earlier > history.turns:
        return 0.0  # the window moved: the history begins with another turn
    if history.strategy == "summary" and earlier % history.turns == 0:
        return 0.0  # a new summary stands at its beginning
    return _kept(earlier - 1, talk, history)


def _summary(earlier: int, talk: Talk, history: History) -> Tokens:
    """The call that makes a summary: it reads the one before and the turns since, and writes the next."""
    if history.strategy != "summary" or not earlier or earlier % history.turns:
        return Tokens()
    before = history.tokens if earlier > history.turns else 0
    return Tokens(input=before + history.turns * _round(talk), output=float(history.tokens))
