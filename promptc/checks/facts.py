"""Facts: what one tenant makes use of, as short tuples that are counted over all tenants.

    Seat -> [facts] -> ("layer", NAME), ("tool", NAME), ("replaces", PROMPT, BLOCK), … -> Corpus.facts

Pure. Equal tenants say equal facts, so that ten thousand of them are a few sets, counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from promptc.checks.check import Seat
from promptc.checks.conditions import branches_of
from promptc.checks.overlay_texts import files_of
from promptc.checks.rules import is_for_prompt, is_for_tenant
from promptc.core.pattern import Pattern

Fact = tuple[str, ...]
_REFERENCE = Pattern(r"(?<!\$)\$\{(\w+)")


def facts_of(seat: Seat) -> frozenset[Fact]:
    """All facts of one tenant."""
    return frozenset(_facts(seat))


def _facts(seat: Seat) -> Iterator[Fact]:
    tenant, project = seat.tenant, seat.sources.project
    for name in tenant.chain[:-1]:
        yield ("layer", name)
    yield ("locale", tenant.locale)
    for name, choice in tenant.prompts.items():
        if not choice.enabled or name not in project.prompts:
            continue
        yield ("prompt", name)
        yield ("model", choice.model)
        for tool in choice.tools:
            yield ("tool", tool)
        for block, actions in choice.blocks.items():
            if any(action.kind == "replace" for action in actions):
                yield ("replaces", name, block)
    for file, place in files_of(seat.overlay):
        yield ("reads", file, tenant.id, place.file, str(place.line), str(place.column))
    for text, _ in seat.texts:
        for name in _REFERENCE.findall(text) if "${" in text else ():
            yield ("mentions", name)
    enabled = [name for name, choice in tenant.prompts.items() if choice.enabled and name in project.prompts]
    for number, rule in enumerate(project.rules):
        if is_for_tenant(rule, tenant.id, tenant.labels) and any(is_for_prompt(rule, name) for name in enabled):
            yield ("rule", str(number))
    for branch in branches_of(seat.sources):
        if branch.holds(seat) is not False:
            yield ("takes", str(branch.number))
