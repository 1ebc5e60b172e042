"""Data: who is in which group, as the script of a page reads it to list and to filter.

    Review -> [data] -> JSON value

Pure. Names stand there once, and targets are numbers. A group's targets are the steps between their numbers, or one bit
for each target of the review in base64, whichever is shorter. Every text is spelled out (core/visible.py) before it is
data, so the script can show it as it is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from promptc.cli.pages.markup import named
from promptc.core.review import Group, Review

LABEL_VALUES_MAX = 1_000  # of labels that tell tenants apart rather than gather them, nothing can be chosen


def data_of(review: Review, groups: Sequence[Group]) -> dict[str, Any]:
    """Everything that the script knows beside what stands in the page."""
    prompts = sorted({change.prompt for change in review.targets})
    at = {prompt: number for number, prompt in enumerate(prompts)}
    runs = [(tenant, [at[c.prompt] for c in run]) for tenant, run in groupby(review.targets, lambda c: c.tenant)]
    tenants = [tenant for tenant, _ in runs]
    return {
        "plan": review.digest,
        "tenants": [named(tenant) for tenant in tenants],
        "prompts": [named(prompt) for prompt in prompts],
        "of": [numbers for _, numbers in runs],
        "labels": _labels(review, tenants),
        "groups": [_group(group, len(review.targets)) for group in groups],
    }


def owners_of(groups: Sequence[Group]) -> list[str]:
    """Everybody who answers for anything that differs."""
    return sorted({owner for group in groups for owner, _ in group.owners})


def _labels(review: Review, tenants: Sequence[str]) -> list[dict[str, Any]]:
    """Each label: its values, and by tenant the position of its own, -1 for none."""
    keys = sorted({key for tenant in tenants for key in review.tenant_labels.get(tenant, {})})
    found = []
    for key in keys:
        own = [review.tenant_labels.get(tenant, {}).get(key) for tenant in tenants]
        values = sorted({value for value in own if value is not None})
        if len(values) <= LABEL_VALUES_MAX:
            at = {value: number for number, value in enumerate(values)}
            numbers = [-1 if value is None else at[value] for value in own]
            found.append({"key": named(key), "values": [named(v) for v in values], "of": numbers})
    return found


def _group(group: Group, count: int) -> dict[str, Any]:
    return {
        "number": group.number, "class": group.change, "owners": [named(owner) for owner, _ in group.owners],
        "targets": _numbers(group.targets, count),
    }  # fmt: skip


def _numbers(numbers: Sequence[int], count: int) -> list[int] | str:
    ordered = sorted(numbers)
    steps = [number - before for before, number in zip([0, *ordered], ordered, strict=False)]
    bits = bytearray((count + 7) // 8)
    if len(json.dumps(steps, separators=(",", ":"))) <= len(bits) * 4 // 3 + 4:
        return steps
    for number in ordered:
        bits[number >> 3] |= 1 << (number & 7)
    return base64.b64encode(bits).decode()
