"""Scope: which tenants and which of their prompts an edit can have changed; everything else is kept.

    what changed, the ledger's head, the sources' meaning then and now -> [scope] -> units and prompts to do again

Pure. It errs on the side of doing again: a part of the sources that isn't known to reach less reaches everything. What
is kept here is only what could not come out otherwise; whether it would come out the same is for the memo to find.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from promptc.core.dataclass import dataclass
from promptc.engine.ledger import FAILED, REMOVES, SAID, Row

# Parts that a prompt is made of, and nothing else is.
_OF_PROMPTS = ("prompt", "template", "examples")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be done again, beside the units that changed themselves.

    `everything`: every tenant. Else tenants whose chain has one of `layers`, and with `noted` those that something was
    said of. `prompts` limits what is compiled for them; None is all. `parts` are the parts of the sources that differ.
    """

    everything: bool = False
    prompts: frozenset[str] | None = None
    layers: frozenset[str] = frozenset()
    noted: bool = False
    parts: tuple[str, ...] = ()

    @property
    def is_small(self) -> bool:
        """Whether only units that changed themselves, and those that something was said of, are done again."""
        return not (self.everything or self.layers)

    def reaches(self, row: Row) -> bool:
        """Whether a unit that did not change itself is done again."""
        if self.everything:
            return True
        if self.noted and row.flags & (SAID | FAILED):
            return True
        return bool(self.layers) and (bool(row.flags & REMOVES) or not self.layers.isdisjoint(row.chain))


@dataclass(frozen=True, slots=True)
class Shape:
    """What is asked of a project's sources at one time.

    `parts` are the meanings of all parts, `closures` the templates that each prompt can reach, `with_examples` the prompts
    that show examples; `layers_remove` says that a layer has a `!remove`, whose sense depends on all layers.
    """

    parts: Mapping[str, str]
    closures: Mapping[str, Iterable[str]]
    with_examples: frozenset[str] = frozenset()
    layers_remove: bool = False


def scope_of(before: Shape, after: Shape) -> Scope:
    """The scope of an edit of sources or layers."""
    names = before.parts.keys() | after.parts.keys()
    parts = tuple(sorted(name for name in names if before.parts.get(name) != after.parts.get(name)))
    kinds = {name.partition(" ")[0] for name in parts}
    # What was said names places, and a comment moves them; a hint names what is near, and anything may be near.
    if not parts:
        return Scope(noted=True, parts=parts)
    if kinds <= set(_OF_PROMPTS):
        return Scope(everything=True, prompts=_prompts(parts, before, after), noted=True, parts=parts)
    if kinds == {"layer"} and not (before.layers_remove or after.layers_remove):
        return Scope(layers=frozenset(name.partition(" ")[2] for name in parts), noted=True, parts=parts)
    return Scope(everything=True, parts=parts)


def _prompts(parts: Iterable[str], before: Shape, after: Shape) -> frozenset[str]:
    found: set[str] = set()
    for part in parts:
        kind, _, name = part.partition(" ")
        if kind == "prompt":
            found.add(name)
        elif kind == "examples":
            found |= before.with_examples | after.with_examples
        else:
            closures = (*before.closures.items(), *after.closures.items())
            found.update(prompt for prompt, paths in closures if name in paths)
    return frozenset(found)
