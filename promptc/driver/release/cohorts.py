"""Cohorts: the keys of a prompt's variants that moves touch: whose text goes back, and who is drawn differently.

    moves, the root before -> [cohorts] -> the step of a rollback manifest that names them

Nothing is changed here, and no cohort is left out for what can't be read: a rollback is never kept from being done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from promptc.core.allocation import Allocation, allocation_name, is_allocation, read_allocation, split_name
from promptc.core.digest import Digest
from promptc.core.document import Get
from promptc.core.errors import PromptcError
from promptc.core.manifest import Change, tenant_served


def cohorts_of(get: Get, root: Digest, moves: Sequence[Change]) -> list[dict[str, Any]]:
    """The cohorts that moves touch, those of most tenants first. `root` is what was served before.

    Where a text moves, a cohort is a variant (`""` is the plain one) and the percent of keys that drew it; where shares
    move, the prompt with both allocations. Prompts without variants have no cohorts.
    """
    seen: dict[tuple[str, str], Allocation | None] = {}
    texts: Counter[tuple[str, str, float]] = Counter()
    shares: Counter[tuple[str, Digest | None, Digest | None]] = Counter()
    for move in moves:
        prompt, variant = split_name(move.prompt)
        if is_allocation(move.prompt):
            shares[prompt, move.before, move.after] += 1
            continue
        if (move.tenant, prompt) not in seen:
            served = tenant_served(get, root, move.tenant) or {}
            seen[move.tenant, prompt] = _read(get, served.get(allocation_name(prompt)))
        allocation = seen[move.tenant, prompt]
        if move.before is not None and allocation is not None:
            texts[prompt, variant, allocation.share(variant)] += 1
    found: list[dict[str, Any]] = [
        {"prompt": prompt, "variant": variant, "percent": percent, "tenants": tenants}
        for (prompt, variant, percent), tenants in texts.items()
    ]
    found += [
        {"prompt": prompt, "from": _shares(get, before), "to": _shares(get, after), "tenants": tenants}
        for (prompt, before, after), tenants in shares.items()
    ]
    return sorted(found, key=lambda one: (-one["tenants"], one["prompt"], one.get("variant", "~"), str(one)))


def told_cohort(cohort: Mapping[str, Any]) -> str:
    """One cohort in words."""
    tenants = f"{cohort['tenants']:,} {'tenant' if cohort['tenants'] == 1 else 'tenants'}"
    if "variant" in cohort:
        name = f"{cohort['prompt']}.{cohort['variant']}" if cohort["variant"] else cohort["prompt"]
        return f"`{name}` ({cohort['percent']:g} % of the keys of {tenants})"
    return f"the shares of `{cohort['prompt']}` ({_told(cohort['from'])} to {_told(cohort['to'])} for {tenants})"


def _told(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:g} %" for name, share in shares.items()) or "the plain one alone"


def _shares(get: Get, digest: Digest | None) -> dict[str, float]:
    found = _read(get, digest)
    return {} if found is None else dict(found.shares)


def _read(get: Get, digest: Digest | None) -> Allocation | None:
    if digest is None:
        return None
    try:
        return read_allocation(get, digest)
    except PromptcError:
        return None
