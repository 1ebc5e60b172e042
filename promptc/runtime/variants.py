"""Variants: which variant of a prompt a key draws, from the root alone.

    a root, a tenant, a prompt, the caller's key and salt -> [variants] -> the name to get

Nothing is remembered and nothing chosen at random: the same key draws the same variant everywhere, for as long as the shares
that the root names stay what they are (core/allocation.py). What the root doesn't serve the tenant is never drawn.
"""

from __future__ import annotations

from promptc.core.allocation import Allocation, allocation_name, drawn, read_allocation
from promptc.core.manifest import tenant_served

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from promptc.core.digest import Digest
    from promptc.core.document import Get

__all__ = ["Allocation", "drawing", "drawn", "drawn_in"]


def drawn_in(get: Get, root: Digest, target: tuple[str, str], *, key: str, salt: str = "") -> str:
    """The name of what a tenant's key draws: `support-reply.concise`, or the plain prompt's own.

    `target` is the tenant's id and the plain prompt. `get` reads blobs by digest, verified here up to the root. A prompt
    without variants is drawn by every key; so is one that the root doesn't serve: whoever gets it says so. PromptcError
    D001, D003, D005 for what isn't what it should be.
    """
    found = drawing(get, root, *target)
    return target[1] if found is None else drawn(found[0], key, salt, served=found[1])


def drawing(get: Get, root: Digest, tenant: str, prompt: str) -> tuple[Allocation, Collection[str]] | None:
    """What a tenant's keys are drawn by, and the names that it is served; None where no variant is given keys."""
    served = tenant_served(get, root, tenant) or {}
    digest = served.get(allocation_name(prompt))
    return None if digest is None else (read_allocation(get, digest), frozenset(served))
