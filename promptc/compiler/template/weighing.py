"""Weighing: what it costs to walk a value, charged before anything walks it.

    a value that is about to be compared, filtered or copied -> [weighing] -> fuel, or a refusal

What is weighed is recorded as read whole, before it is looked at: tenants that were asked the same must run out of fuel
at the same place.

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
PART_COST = 6
# Values that have no parts.
ALONE = frozenset({str, int, float, bool, type(None)})


def weigh(*values: Any, times: int = 1) -> None:
    """Charge the parts of values and the characters of their texts, `times` over. Raises Limit."""
    for value in values:
        if value.__class__ not in ALONE:
            break
    else:
        _weigh_alone(values, times)
        return
    pending: list[tuple[Any, int]] = [(value, 0) for value in values]
    weight = 0
    while pending:
        value, depth = pending.pop()
        weight += PART_COST
        # What has no parts is told by its class, as most is: asking an abstract class costs more than all the rest.
        if value.__class__ in ALONE:
            weight += len(value) if value.__class__ is str else 0
        elif isinstance(value, str):
            weight += len(value)
        elif isinstance(value, (list, tuple, View, Mapping)):
            if depth > NESTED_MAX:
                raise Limit(f"a value is nested more than {NESTED_MAX} deep", "keep lists and maps flat")
            raw = value.whole() if isinstance(value, View) else value
            inner = raw if isinstance(raw, (list, tuple)) or not isinstance(raw, Mapping) else [*raw, *raw.values()]
            if len(inner) * PART_COST > CURRENT.run.fuel.left:
                CURRENT.run.fuel.charge(len(inner) * PART_COST)
            pending.extend((item, depth + 1) for item in inner)
        if weight > STRIDE:
            CURRENT.run.fuel.charge(weight * times)
            weight = 0
    if weight > PART_COST:
        CURRENT.run.fuel.charge(weight * times)


def _weigh_alone(values: tuple[Any, ...], times: int) -> None:
    """The same for values without parts, in the same order."""
    fuel = CURRENT.run.fuel
    weight = 0
    for value in reversed(values):
        weight += PART_COST
        if value.__class__ is str:
            weight += len(value)
        if weight > STRIDE:
            fuel.charge(weight * times)
            weight = 0
    if weight > PART_COST:
        fuel.charge(weight * times)
