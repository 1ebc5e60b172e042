"""Weight: how many tokens a compiled prompt comes to, and how many of them every request begins with.

    artifact, a counter -> [weight] -> conversation, costing

Pure. What inputs fill in is not known and not counted. Of a condition on an input the longer branch counts, of a loop over
an input one turn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from promptc.core.dataclass import dataclass

Count = Callable[[str], int]
ESTIMATE_BYTES = 4  # UTF-8 bytes per token, where no tokenizer is named


@dataclass(frozen=True, slots=True)
class Weight:
    """Tokens: `whole`; `prefix`, before anything that an input, a condition or the history makes vary; `marked`, of that what
    stands before the last cache mark; and `is_conversation` where the prompt has a place for a history.
    """

    whole: int
    prefix: int
    marked: int
    is_conversation: bool


def estimated(text: str) -> int:
    """Tokens of a text by its length: UTF-8 bytes over four, rounded up. An estimate, and said to be one."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // ESTIMATE_BYTES)


def weight_of(document: Mapping[str, Any], count: Count = estimated) -> Weight:
    """The weight of an artifact's document. Tools and the output's schema are sent first, as providers do."""
    head = "".join(json.dumps(tool, ensure_ascii=False) for tool in document.get("tools", ()))
    head += json.dumps(document["output"], ensure_ascii=False) if "output" in document else ""
    state = _State(count, count(head) if head else 0)
    for message in document["messages"]:
        state.message(message)
    state.flush()
    return Weight(state.whole, state.prefix, state.marked, state.is_conversation)


class _State:
    """Reads messages in order; text is counted in runs, up to a mark or the first thing that varies."""

    def __init__(self, count: Count, head: int) -> None:
        self.count = count
        self.whole = self.prefix = head
        self.marked = 0
        self.run = ""
        self.is_stable = True
        self.is_conversation = False

    def flush(self) -> None:
        if self.run:
            tokens = self.count(self.run)
            self.whole += tokens
            self.prefix += tokens if self.is_stable else 0
            self.run = ""

    def varies(self) -> None:
        self.flush()
        self.is_stable = False

    def message(self, message: Mapping[str, Any]) -> None:
        if "history" in message:
            self.is_conversation = True
            self.varies()
        elif "when" in message:
            self.varies()
            self.run += _longer(*("".join(map(_message_text, message.get(key, ()))) for key in ("then", "else")))
            self.is_conversation |= any("history" in m for key in ("then", "else") for m in message.get(key, ()))
        else:
            for part in message["content"]:
                self.part(part)

    def part(self, part: Any) -> None:
        if isinstance(part, str):
            self.run += part
        elif "cache" in part:
            self.flush()
            if self.is_stable:
                self.marked = self.prefix
        else:
            self.varies()
            self.run += _part_text(part)


def _message_text(message: Mapping[str, Any]) -> str:
    if "when" in message:
        return _longer(*("".join(map(_message_text, message.get(key, ()))) for key in ("then", "else")))
    return _text(message.get("content", ()))


def _text(parts: Sequence[Any]) -> str:
    return "".join(map(_part_text, parts))


def _part_text(part: Any) -> str:
    if isinstance(part, str):
        return part
    if "when" in part:
        return _longer(_text(part.get("then", ())), _text(part.get("else", ())))
    return _text(part["do"]) if "each" in part else ""


def _longer(one: str, other: str) -> str:
    return one if len(one) >= len(other) else other
