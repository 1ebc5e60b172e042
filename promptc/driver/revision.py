"""Revision: a look at a commit, as if it stood on the disk: only what differs from the working tree is read from git.

    the working tree's Look, a commit -> git -> [revision] -> Look

What the last build left holds for a file of a revision, too, where its bytes are those that the build read; so a revision
costs what differs between it and the last build.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from promptc.compiler.project import Settings
from promptc.core.errors import PromptcError
from promptc.core.visible import shortened
from promptc.driver.look import Look, complete
from promptc.engine import states
from promptc.stores.files import listing_of
from promptc.stores.git import LINK, MODULE, Entry, Repository
from promptc.stores.names import is_ignored
from promptc.stores.scan import SETTINGS_FILES, Scan


def settings_at(repository: Repository, commit: str) -> Settings:
    """The settings of a commit, by default what settings are by default."""
    from promptc.compiler.schema.settings import parse_settings

    entries = repository.tree(commit, SETTINGS_FILES)
    return parse_settings(repository.blobs({name: entries[name] for name in SETTINGS_FILES if name in entries}))[0]


def look_at(here: Look, repository: Repository, commit: str, name: str) -> Look:
    """A commit as a look. PromptcError G006 when it holds no project here, G005 when this clone does not hold all of it."""
    settings = settings_at(repository, commit)
    below = (settings.sources, settings.tenants)
    entries = repository.tree(commit, (*below, *SETTINGS_FILES))
    if not any(path.startswith(f"{settings.sources}/") for path in entries):
        raise PromptcError(
            "G006",
            f"`{shortened(name)}` holds no folder `{settings.sources}` here",
            hint="name a commit in which this project is",
        )
    if here.listing is None:
        complete(here)
    assert here.listing is not None
    found = scan_of(entries, below)
    known = here.known if here.header.get("settings") == {"sources": below[0], "tenants": below[1]} else None
    seen = Look(here.folder, known, found, here.began)
    seen.listing = listing_of(found)
    same = _same(here, repository, commit, (*below, *SETTINGS_FILES))
    stored = seen.listing.stored
    given = {path: entries[stored.get(path, path)] for path in seen.listing.files if path not in same}
    seen.given = repository.blobs(given)
    seen.is_altered = here.is_altered or any(entry.mode in (LINK, MODULE) for entry in entries.values())
    _compare(seen, here)
    return seen


def _same(here: Look, repository: Repository, commit: str, below: Iterable[str]) -> frozenset[str]:
    """The files of the working tree whose bytes are those of the commit, if they are in it."""
    changed = repository.changed(commit, below)
    if changed is None:
        return frozenset()
    assert here.listing is not None
    return frozenset(path for path in here.listing.files if path not in changed)


def _compare(seen: Look, here: Look) -> None:
    """What the last build read of each file, and what of that is other in the revision."""
    assert seen.listing is not None
    assert seen.given is not None
    before = dict(seen.known.digests_by_path()) if seen.known is not None else {}
    unread = []
    for path in seen.listing.files:
        was = before.get(path)
        data = seen.given.get(path, here.changed.get(path))
        if was is None or was[1] == states.UNREAD or (data is None and path in here.unread):
            unread.append(path)
        elif data is not None:
            digest = states.digest_bytes(data)
            seen.digests[path] = was
            if digest != was[1]:
                seen.changed[path] = data
                seen.digests[path] = ((len(data), 0, 0, 0), digest)
        else:
            seen.digests[path] = was
    files = seen.listing.files
    seen.unread = tuple(unread)
    seen.removed = tuple(path for path, (_, digest) in before.items() if path not in files and digest != states.UNREAD)


def scan_of(entries: Mapping[str, Entry], below: Iterable[str]) -> Scan:
    """A tree of git as a scan of folders."""
    found = Scan()
    _folder(found, "", {name: entries[name] for name in SETTINGS_FILES if name in entries})
    nested: dict[str, dict[str, Entry | None]] = {}
    for path, entry in entries.items():
        folder, _, name = path.rpartition("/")
        if not folder or any(map(is_ignored, path.split("/"))):
            continue
        nested.setdefault(folder, {})[name] = entry
        while "/" in folder:
            folder, _, name = folder.rpartition("/")
            nested.setdefault(folder, {}).setdefault(name, None)
    for root in below:
        for folder in sorted(nested):
            if folder == root or folder.startswith(f"{root}/"):
                _folder(found, folder, nested[folder])
    return found


def _folder(found: Scan, folder: str, entries: Mapping[str, Entry | None]) -> None:
    found.names.append(f"/{folder}")
    for name, entry in sorted(entries.items()):
        if entry is None or entry.mode == MODULE:
            found.names.append(f"d{name}")
            continue
        found.names.append(f"{'l' if entry.mode == LINK else 'f'}{name}")
        found.states.extend((entry.size, 0, 0, 0))
