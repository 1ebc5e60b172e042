"""Ownership: whose a file, a layer or a text is: everybody's, or one tenant's.

    a path, the tenants -> [ownership] -> the tenant that owns it, "" where it is shared

Pure. A file is a tenant's where a folder or its own name is that tenant's id, and the folder above says that it holds such
(`customers/acme.j2`, `layers/tenants/acme/…`), or where the id is no word that files are called by anyway.
"""

from __future__ import annotations

from collections.abc import Container

from promptc.checks.identifiers import tells, words_of

_HOLDERS = frozenset("tenants tenant customers customer clients client accounts account orgs org".split())


def owner_of(path: str, tenants: Container[str]) -> str:
    """The tenant that a path below sources/ or tenants/ belongs to."""
    parts = path.split("/")
    names = [*parts[:-1], parts[-1].split(".")[0]]
    for number, name in enumerate(names):
        # Which tenants there are is asked last: it may mean looking at the names of all.
        if ((number and names[number - 1] in _HOLDERS) or tells(words_of(name), "id")) and name in tenants:
            return name
    return ""
