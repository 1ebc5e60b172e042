"""Usage: how often prompts were called and what came of it, as sums over equal rows of a billing export.

    a file -> driver/cost/usage -> [usage] -> costing, traffic

Pure. One row of the file may stand for one call or for millions; what is summed here is exact whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from promptc.core.dataclass import dataclass

# A file's columns. The first three must be there.
REQUIRED = ("tenant", "prompt", "calls")
KEYS = ("tenant", "prompt", "variant", "model", "outcome", "turns")
SUMS = ("calls", "message_tokens", "input_tokens", "cached_tokens", "written_tokens", "output_tokens", "revenue")
COLUMNS = (*dict.fromkeys((*REQUIRED, *KEYS, *SUMS)), "day")
RESOLVED = "resolved"
MONTH_DAYS = 30
MICRO = 1_000_000  # revenue is summed in millionths, so that the order of rows can't matter


class Use(NamedTuple):
    """The sum of all rows with the same keys. `turns` is how many calls make up one conversation; `revenue` in millionths."""

    tenant: str
    prompt: str
    variant: str
    model: str
    outcome: str
    turns: int
    calls: int
    message_tokens: int
    input_tokens: int
    cached_tokens: int
    written_tokens: int
    output_tokens: int
    revenue: int


@dataclass(frozen=True, slots=True)
class Usage:
    """All of a file: the sums, sorted; how many rows there were; over how many days; and which columns it has.

    `days` is from the first day to the last, both counted, 0 where the file has no column `day`. `by` says what read it.
    """

    uses: tuple[Use, ...]
    rows: int
    days: int
    columns: frozenset[str]
    by: str

    @property
    def is_billed(self) -> bool:
        """Whether the file says how many tokens were billed, so that nothing has to be worked out."""
        return "input_tokens" in self.columns


def per_month(value: float, days: int) -> float:
    """What a sum over so many days comes to in 30."""
    return value * MONTH_DAYS / days if days else value


def usage_of(sums: Mapping[tuple[str, str, str, str, str, int], list[int]]) -> tuple[Use, ...]:
    """Sums by their keys as uses, in order."""
    return tuple(Use(*key, *sums[key]) for key in sorted(sums))
