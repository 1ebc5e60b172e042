"""Budgets: how many tokens a compiled prompt comes to, against its own budget and its model's window.

    artifacts -> weight -> [budgets] -> findings at the budget

Pure. What inputs fill in is not known and not counted, so that a prompt within its budget can still be too long when it is
filled in. Where no tokenizer is named, the count is an estimate and says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from promptc.checks.check import Check, Compiled
from promptc.core.findings import Finding
from promptc.core.weight import weight_of


def tokens_of(compiled: Compiled) -> int:
    """All tokens of an artifact, worked out once."""
    if "tokens" not in compiled.kept:
        compiled.kept["tokens"] = weight_of(compiled.document, compiled.count).whole
    tokens: int = compiled.kept["tokens"]
    return tokens


def over_budget(compiled: Compiled) -> Iterator[Finding]:
    """W501: more tokens than the prompt's budget."""
    budget = compiled.prompt.budget_tokens
    # Bytes are never fewer than tokens, so that most artifacts need no count.
    if budget and tokens_of(compiled) > budget:
        message = f"{_said(compiled)}, and the budget is {budget:,}"
        yield Finding("W501", message, compiled.prompt.places.get("budget", compiled.prompt.place), "warning", _HINT)


def over_window(compiled: Compiled) -> Iterator[Finding]:
    """W502: more tokens than the model's window leaves beside its answer."""
    window = int(compiled.document["model"].get("window") or 0)
    answer = int(compiled.document["config"].get("max_tokens") or 0)
    if window and tokens_of(compiled) + answer > window:
        beside = f" and an answer of {answer:,}" if answer else ""
        message = f"{_said(compiled)}{beside} don't fit into the model's window of {window:,}"
        yield Finding("W502", message, compiled.prompt.places.get("model", compiled.prompt.place), "error", _HINT)


_HINT = "`promptc list --tokens` shows which targets are long; shorten the text, or raise the limit"


def _said(compiled: Compiled) -> str:
    return f"{tokens_of(compiled):,} tokens without inputs{' (an estimate)' if compiled.is_estimate else ''}"


CHECKS = (
    Check("W501", "artifact", over_budget),
    Check("W502", "artifact", over_window, "error"),
)
