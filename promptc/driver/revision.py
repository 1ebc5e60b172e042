"""Revision: a look at a commit, as if it stood on the disk: only what differs from the working tree is read from git.

    the working tree's Look, a commit -> git -> [revision] -> Look

What the last build left holds for a file of a revision, too, where its bytes are those that the build read; so a revision
costs what differs between it and the last build.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from promptc.compiler.project import Settings
from promptc.core.errors import PromptcError
from promptc.core.visible import shortened
from promptc.driver.look import Look, cache_folder, complete
from promptc.engine import states
from promptc.stores.files import Listing, listing_of
from promptc.stores.git import LINK, MODULE, Entry, Repository, object_name
from promptc.stores.names import is_ignored
from promptc.stores.scan import SETTINGS_FILES, Scan
from promptc.stores.write import write_file

OBJECTS_FILE = "objects"
OBJECTS_MAX = 1_000_000


def settings_at(repository: Repository, commit: str) -> Settings:
    """The settings of a commit, by default what settings are by default."""
    from promptc.compiler.schema.settings import parse_settings

    entries = repository.tree(commit, SETTINGS_FILES)
    return parse_settings(repository.blobs({name: entries[name] for name in SETTINGS_FILES if name in entries}))[0]


def entries_at(repository: Repository, commit: str, name: str) -> tuple[Settings, dict[str, Entry]]:
    """The settings of a commit and its files below the project's folders. PromptcError G006 when it holds no project here."""
    settings = settings_at(repository, commit)
    entries = repository.tree(commit, (settings.sources, settings.tenants, *SETTINGS_FILES))
    if not any(path.startswith(f"{settings.sources}/") for path in entries):
        raise PromptcError(
            "G006",
            f"`{shortened(name)}` holds no folder `{settings.sources}` here",
            hint="name a commit in which this project is",
        )
    return settings, entries


def look_at(here: Look, repository: Repository, commit: str, name: str) -> Look:
    """A commit as a look. PromptcError G006 when it holds no project here, G005 when this clone does not hold all of it."""
    settings, entries = entries_at(repository, commit, name)
    below = (settings.sources, settings.tenants)
    if here.listing is None:
        complete(here)
    assert here.listing is not None
    found = scan_of(entries, below)
    known = here.known if here.header.get("settings") == {"sources": below[0], "tenants": below[1]} else None
    seen = Look(here.folder, known, found, here.began)
    seen.listing = listing_of(found)
    same = _same(here, seen, entries)
    stored = seen.listing.stored
    given = {path: entries[stored.get(path, path)] for path in seen.listing.files if path not in same}
    seen.given = repository.blobs(given)
    seen.is_altered = here.is_altered or any(entry.mode in (LINK, MODULE) for entry in entries.values())
    _compare(seen, here)
    return seen


def look_of_build(here: Look, texts: Callable[[bytes], bytes | None]) -> Look:
    """The last build as a look: what it read, where that is still on the disk or is kept. `here.known` must be there."""
    assert here.known is not None
    if here.listing is None:
        complete(here)
    seen = Look(here.folder, here.known, here.scan, here.began)
    seen.digests = dict(here.known.digests_by_path())
    seen.listing = Listing({path: state for path, (state, _) in sorted(seen.digests.items())}, (), {})
    others = {*here.changed, *here.removed}
    seen.given = {path: texts(seen.digests[path][1]) for path in others if path in seen.digests}
    return seen


def _same(here: Look, seen: Look, entries: Mapping[str, Entry]) -> frozenset[str]:
    """The files of the revision whose bytes are those in the working tree.

    Git's own index is not asked, since it takes a file for unchanged that was changed within a second. What it names a
    file's bytes is remembered beside their sha256, which the states of files give.
    """
    assert here.listing is not None
    assert seen.listing is not None
    is_long = any(len(entry.name) == 64 for entry in entries.values())
    names = Objects(cache_folder(here.folder) / OBJECTS_FILE, is_long=is_long)
    same = set()
    with here.reader() as reader:
        for path in seen.listing.files:
            entry = entries[seen.listing.stored.get(path, path)]
            if path not in here.listing.files or here.listing.files[path][0] != entry.size:
                continue
            known = here.digests.get(path) if path not in here.unread else None
            data = here.changed.get(path)
            name = None if known is None or data is not None else names.get(known[1])
            if name is None:
                found = (data, None) if data is not None else reader.read(path)
                if found is None:
                    continue
                name = names.add(found[0])
            if name.hex() == entry.name:
                same.add(path)
    names.write()
    return frozenset(same)


class Objects:
    """What git names files' bytes, by their sha256: a cache that every run may lose."""

    def __init__(self, path: Path, *, is_long: bool) -> None:
        self._path = path
        self._is_long = is_long
        self._size = 64 if is_long else 52
        self._head = b"promptc.objects/1 %d\n" % self._size
        self._names: dict[bytes, bytes] = {}
        self._is_new = False
        with suppress(OSError):
            self._read(path.read_bytes())

    def _read(self, data: bytes) -> None:
        body = data[len(self._head) : -32]
        if data.startswith(self._head) and hashlib.sha256(body).digest() == data[-32:]:
            size = self._size
            self._names = {body[at : at + 32]: body[at + 32 : at + size] for at in range(0, len(body), size)}

    def get(self, digest: bytes) -> bytes | None:
        """The name of the bytes of a sha256."""
        return self._names.get(digest)

    def add(self, data: bytes) -> bytes:
        """The name of bytes, remembered."""
        name = object_name(data, is_long=self._is_long)
        digest = states.digest_bytes(data)
        self._is_new = self._is_new or digest not in self._names
        self._names[digest] = name
        return name

    def write(self) -> None:
        """Keep what is new, where that is possible."""
        if self._is_new:
            body = b"".join(digest + name for digest, name in list(self._names.items())[-OBJECTS_MAX:])
            with suppress(PromptcError):
                write_file(self._path, self._head + body + hashlib.sha256(body).digest())


def _compare(seen: Look, here: Look) -> None:
    """What the last build read of each file, and what of that is other in the revision."""
    assert seen.listing is not None
    assert seen.given is not None
    before = dict(seen.known.digests_by_path()) if seen.known is not None else {}
    unread = []
    for path in seen.listing.files:
        was = before.get(path)
        data = seen.given[path] if path in seen.given else here.changed.get(path)
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
