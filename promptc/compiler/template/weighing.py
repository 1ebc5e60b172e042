"""Weighing: what it costs to walk a value, charged before anything walks it.

    a value that is about to be compared, filtered or copied -> [weighing] -> fuel, or a refusal

A list that holds another twice is small in memory and large to whoever walks it, so parts are counted as often as they
are reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.compiler.template.events import Limit
from promptc.compiler.template.limits import NESTED_MAX
from promptc.compiler.template.proxies import View
from promptc.compiler.template.run import CURRENT

# How many parts are counted between two charges.
STRIDE = 1_000
PART_COST = 3


def weigh(*values: Any, times: int = 1) -> None:
    """Charge the parts of values and the characters of their texts, `times` over. Raises Limit."""
    pending: list[tuple[Any, int]] = [(value, 0) for value in values]
    weight = 0
    while pending:
        value, depth = pending.pop()
        weight += PART_COST
        if isinstance(value, str):
            weight += len(value)
        elif isinstance(value, (View, list, tuple, Mapping)):
            if depth > NESTED_MAX:
                raise Limit(f"a value is nested more than {NESTED_MAX} deep", "keep lists and maps flat")
            raw = value.raw if isinstance(value, View) else value
            inner = [*raw, *raw.values()] if isinstance(raw, Mapping) else raw
            if len(inner) * PART_COST > CURRENT.run.fuel.left:
                CURRENT.run.fuel.charge(len(inner) * PART_COST)
            pending.extend((item, depth + 1) for item in inner)
        if weight > STRIDE:
            CURRENT.run.fuel.charge(weight * times)
            weight = 0
    if weight > PART_COST:
        CURRENT.run.fuel.charge(weight * times)
