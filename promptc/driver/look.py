"""Look: every file of a project looked at, and what of it can have changed since the last build read it.

    a folder -> scan, states -> [look] -> the last build's answer where nothing changed, else what changed

Names nothing heavy: where nothing changed, this is all of a build that runs. The settings are read from the states too;
only when their files changed are they parsed again, which is the caller's to do.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptc.core.errors import PromptcError
from promptc.driver.folder import BUILD_FOLDER, CACHE_FOLDER
from promptc.engine import states, toolchain
from promptc.stores.scan import SETTINGS_FILES, Scan, State, opened_root, scan
from promptc.stores.state import store_state

if TYPE_CHECKING:
    from promptc.core.findings import Finding
    from promptc.stores.build import BuildFolder, Latest
    from promptc.stores.files import Listing, Reader

STATES_FILE = "states"
EDITOR_FOLDER = ".promptc"


class Places:
    """Where sources and overlays are, as the settings say."""

    __slots__ = ("sources", "tenants")

    def __init__(self, sources: str = "sources", tenants: str = "tenants") -> None:
        self.sources = sources
        self.tenants = tenants


class Look:
    """What was seen. `known` is what the last build left, `digests` every file's state and digest as far as it is known.

    `changed` are the bytes of files that are others than the last build read, `unread` files that it did not know.
    `is_altered`: something came, went or changed that is no file to be read, a link or a file over the limit. (No
    dataclass: making one costs more than a build without change may.)
    """

    __slots__ = (
        "_store", "_toolchain", "began", "changed", "digests", "folder", "given", "is_altered", "known", "listing", "removed", "scan",
        "unread",
    )  # fmt: skip

    def __init__(self, folder: Path, known: states.Known | None, found: Scan, began: int) -> None:
        self.folder = folder
        self.known = known
        self.scan = found
        self.began = began
        self.listing: Listing | None = None
        self.digests: dict[str, tuple[State, bytes]] = {}
        self.changed: dict[str, bytes] = {}
        self.unread: tuple[str, ...] = ()
        self.removed: tuple[str, ...] = ()
        self.is_altered = False
        # Of what is not on the disk as it was: the bytes of the files that are others there, None for what is not known.
        self.given: Mapping[str, bytes | None] | None = None
        self._store: BuildFolder | None = None
        self._toolchain: str | None = None

    @property
    def store(self) -> BuildFolder:
        """The build folder."""
        if self._store is None:
            from promptc.stores.build import BuildFolder

            self._store = BuildFolder(self.folder / BUILD_FOLDER)
        return self._store

    @store.setter
    def store(self, store: BuildFolder) -> None:
        self._store = store

    @property
    def toolchain(self) -> str:
        """A text that stays the same while nothing of the toolchain changes."""
        if self._toolchain is None:
            self._toolchain = toolchain.state()
        return self._toolchain

    def reader(self) -> Reader:
        """What reads the files that were seen."""
        from promptc.stores.files import GivenReader, Reader

        stored = self.listing.stored if self.listing is not None else {}
        if self.given is None:
            return Reader(self.folder, stored)
        return GivenReader(self.folder, stored, self.given)

    def settings_files(self) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
        """The files that may hold settings, and what is wrong with them as files."""
        from promptc.stores.files import read_settings

        if self.given is None or self.listing is None:
            return read_settings(self.folder)
        with self.reader() as reader:
            found = {name: reader.read(name) for name in SETTINGS_FILES if name in self.listing.files}
            return {name: read[0] for name, read in found.items() if read is not None}, tuple(reader.findings)

    @property
    def is_same(self) -> bool:
        """Whether every file holds what it held when the last build read it."""
        return self.known is not None and not (self.changed or self.unread or self.removed or self.is_altered)

    @property
    def changed_states(self) -> bool:
        """Whether some file was read again, so that the states should be written again."""
        return self.known is None or not self.known.is_scan(self.scan)

    @property
    def header(self) -> dict[str, Any]:
        """What the last build said of itself."""
        return self.known.header if self.known is not None else {}


def cache_folder(folder: Path) -> Path:
    """Where caches lie."""
    return folder / BUILD_FOLDER / CACHE_FOLDER


def look(folder: Path, *, trusting: bool = True) -> Look:
    """Look at every file; files whose state changed are read. Not `trusting`, no state counts: all are read."""
    cache = cache_folder(folder)
    known = states.load(cache / STATES_FILE) if trusting else None
    began = states.moment(cache)
    try:
        found = _scanned(folder, _places(known))
    except PromptcError as error:
        # Sources may be elsewhere: the settings were never read, or say something else by now.
        places = places_said(folder)
        if error.code != "P007" or places == _places(known):
            raise
        known, found = None, _scanned(folder, places)
    seen = Look(folder, known, found, began)
    if known is not None and not known.is_scan(found):
        _compare(seen, known)
    elif known is None:
        _list(seen)
    return seen


def _list(seen: Look) -> None:
    """All files, none of them known."""
    from promptc.stores.files import listing_of

    seen.listing = listing_of(seen.scan)
    seen.unread = tuple(seen.listing.files)


def look_again(seen: Look, places: Places) -> None:
    """Look anew, since the settings say that sources and overlays are elsewhere; all files count as not known."""
    seen.scan = _scanned(seen.folder, places)
    seen.known, seen.digests, seen.changed, seen.removed = None, {}, {}, ()
    _list(seen)


def complete(seen: Look) -> None:
    """What a build that does something needs besides: the listing, and the digests of all that did not change."""
    if seen.listing is None:
        from promptc.stores.files import listing_of

        assert seen.known is not None
        seen.listing = listing_of(seen.scan)
        seen.digests = seen.known.digests_by_path(seen.scan)


def _scanned(folder: Path, places: Places) -> Scan:
    with opened_root(str(folder)) as root:
        return scan(root, places)


def places_said(folder: Path) -> Places:
    """Where sources and overlays are by the settings as they stand."""
    from promptc.driver.project import read_settings_of

    settings, _ = read_settings_of(folder)
    return Places(settings.sources, settings.tenants)


def _places(known: states.Known | None) -> Places:
    if known is None:
        return Places()
    settings = known.header.get("settings", {})
    return Places(settings.get("sources", "sources"), settings.get("tenants", "tenants"))


def _compare(seen: Look, known: states.Known) -> None:
    """Read every file whose state isn't the known one; most turn out to hold what they held."""
    from promptc.stores.files import Reader

    has_names = known.has_names(seen.scan)
    before = known.digests_by_path(seen.scan if has_names else None)
    listing, stale = _listed(seen, known, before)
    seen.listing = listing
    files = listing.files
    unread, removed = [], list[str]()
    with Reader(seen.folder, listing.stored) as reader:
        for path in stale:
            digest = before[path][1] if path in before else states.UNREAD
            if digest == states.UNREAD:
                unread.append(path)
                continue
            found = reader.read(path)
            if found is None:
                unread.append(path)
                before[path] = (files[path], states.UNREAD)
                continue
            data, state = found
            now = states.digest_bytes(data)
            before[path] = (state, now)
            if now != digest:
                seen.changed[path] = data
    if before.keys() != files.keys():
        removed = [path for path, (_, digest) in before.items() if path not in files and digest != states.UNREAD]
        before = {path: found for path, found in before.items() if path in files}
    seen.digests, seen.unread, seen.removed = before, tuple(unread), tuple(removed)
    # A file that is listed and not read (it is too large, or its name is refused) may be another than before.
    listed = seen.scan.kinds().count("f")
    seen.is_altered = listed != len(files) or not has_names


def _listed(seen: Look, known: states.Known, before: dict[str, tuple[State, bytes]]) -> tuple[Listing, list[str]]:
    """The listing, and the files whose state isn't the known one. Names that were judged before are not judged again."""
    from promptc.stores.files import FILE_BYTES_MAX, listing_again, listing_of
    from promptc.stores.names import spelled

    if seen.header.get("plain") and known.has_names(seen.scan):
        listing = listing_again(seen.scan)
        stale = [spelled(path) for _, kind, path in known.differing(seen.scan) if kind == "f"]
        if all(listing.files[path][0] <= FILE_BYTES_MAX for path in stale):
            return listing, stale
    listing = listing_of(seen.scan)
    return listing, states.stale(before, listing.files)


def state_of_git(folder: Path) -> str:
    """A text that stays the same while git's HEAD, index and refs do; "" outside of a repository."""
    for candidate in (folder, *folder.parents):
        place = candidate / ".git"
        if os.path.lexists(place):
            return _git_state(place)
    return ""


def _git_state(place: Path) -> str:
    try:
        if place.is_file():
            # A worktree or a submodule: the file says where the repository is.
            place = place.parent / place.read_text("utf-8", "replace").removeprefix("gitdir:").strip()
        head = (place / "HEAD").read_text("utf-8", "replace").strip()
        common = place
        if (place / "commondir").is_file():
            common = place / (place / "commondir").read_text("utf-8", "replace").strip()
        name = head.removeprefix("ref:").strip()
        words = [head, *(_words(path) for path in (common / name, common / "packed-refs", place / "index"))]
    except (OSError, ValueError):
        return "?"
    return " ".join(words)


def _words(path: Path) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return "-"
    return f"{found.st_size}.{found.st_mtime_ns}.{found.st_ino}"


def state_of_schemas(folder: Path) -> str:
    """A text that stays the same while the editor's schemas lie as they were written."""
    words = []
    try:
        with os.scandir(folder / EDITOR_FOLDER / "schemas") as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                found = entry.stat(follow_symlinks=False)
                words.append(f"{entry.name}.{found.st_size}.{found.st_mtime_ns}.{found.st_ino}")
    except OSError:
        return ""
    return " ".join(words)


def state_of_store(folder: Path) -> str:
    """A text that stays the same while nobody touches what is stored."""
    blobs = folder / BUILD_FOLDER / "blobs"
    return store_state(f"{blobs}/sha256", f"{blobs}/packs").hex()


def state_of_latest(folder: Path) -> str:
    """The digest of the pointer's bytes; "" when there is none."""
    try:
        # Of a pipe in its place nothing is waited for.
        descriptor = os.open(folder / BUILD_FOLDER / "latest.json", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        return hashlib.sha256(os.read(descriptor, 1 << 16)).hexdigest()
    except OSError:
        return ""
    finally:
        os.close(descriptor)


def latest_of(store: BuildFolder) -> Latest | None:
    """What the last build published; None also where that is damaged."""
    try:
        return store.latest()
    except PromptcError:
        return None


def settings_changed(seen: Look) -> bool:
    """Whether a settings file came, went or changed."""
    touched = {*seen.changed, *seen.unread, *seen.removed}
    return seen.known is None or any(name in touched for name in SETTINGS_FILES)
