"""Earlier: a project as it was: at a commit, or as a build read it, its files found again by their digests.

    a commit, a build record -> git, the working tree -> [earlier] -> Opened

Nothing is checked out. Of what a build read, a file counts only if its bytes have the digest that the build recorded, so
that what is said of then is never made of what stands there now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from promptc.core.digest import Digest, digest_of
from promptc.core.document import Get
from promptc.core.errors import PromptcError
from promptc.core.record import Record
from promptc.core.visible import shortened
from promptc.driver.project import Opened, open_tree, source_files
from promptc.driver.provenance import settings_told
from promptc.driver.revision import entries_at, scan_of
from promptc.stores.files import listing_of
from promptc.stores.git import Entry, Repository
from promptc.stores.regular import read_regular

SHOWN_MAX = 4


def open_commit(folder: Path, commit: str) -> Opened:
    """The project of a commit. PromptcError G003, G005, G006."""
    repository = Repository(folder)
    settings, entries = entries_at(repository, commit, commit[:12])
    listing = listing_of(scan_of(entries, (settings.sources, settings.tenants)))
    kept = {path: entries[listing.stored.get(path, path)] for path in listing.files}
    tree = _CommitTree(repository, kept)
    tree.fetch(source_files(kept, settings))
    return open_tree(folder, settings, tree, listing.findings)


def open_record(folder: Path, record: Record, get: Get, moment: str) -> Opened:
    """The project as a build read it. PromptcError G010 when some of its files are not to be found here any more."""
    tree = _RecordTree(folder, record, record.sources_from(get), moment)
    settings = settings_told(record.settings)
    tree.fetch(source_files(tree, settings))
    return open_tree(folder, settings, tree)


class _CommitTree(Mapping[str, bytes]):
    """The files of a commit by path, read when they are asked for."""

    def __init__(self, repository: Repository, entries: Mapping[str, Entry]) -> None:
        self._repository = repository
        self._entries = entries
        self._read: dict[str, bytes] = {}

    def fetch(self, paths: list[str]) -> None:
        """Read many at once."""
        self._read |= self._repository.blobs({path: self._entries[path] for path in paths})

    def __getitem__(self, path: str) -> bytes:
        if path not in self._read:
            self.fetch([path])
        return self._read[path]

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class _RecordTree(Mapping[str, bytes]):
    """The files that a build read by path: from the working tree, its commit or the last one, whichever has the very bytes.

    PromptcError G010 for a file that none of them has.
    """

    def __init__(self, folder: Path, record: Record, digests: Mapping[str, Digest], moment: str) -> None:
        self._folder = folder
        self._digests = digests
        self._moment = moment
        self._commit = record.commit.rstrip("+")
        self._trees: list[_CommitTree] | None = None
        self._read: dict[str, bytes] = {}

    def fetch(self, paths: list[str]) -> None:
        """Read many. All that are lost are said at once."""
        lost = []
        for path in paths:
            data = self._found(path)
            if data is None:
                lost.append(path)
            else:
                self._read[path] = data
        if lost:
            raise self._lost(lost)

    def __getitem__(self, path: str) -> bytes:
        if path not in self._digests:
            raise KeyError(path)
        if path not in self._read:
            self.fetch([path])
        return self._read[path]

    def _found(self, path: str) -> bytes | None:
        wanted = self._digests[path]
        for look in self._places():
            data = look(path)
            if data is not None and digest_of(data) == wanted:
                return data
        return None

    def _places(self) -> Iterator[Callable[[str], bytes | None]]:
        yield self._here
        for tree in self._commits():
            yield tree.get

    def _here(self, path: str) -> bytes | None:
        try:
            return read_regular(self._folder / path, path)
        except PromptcError:
            return None

    def _commits(self) -> Iterator[_CommitTree]:
        """Only asked for when a file differs from the one here."""
        if self._trees is None:
            self._trees = []
            with suppress(PromptcError):
                repository = Repository(self._folder)
                tops = sorted({name.partition("/")[0] for name in self._digests})
                for revision in dict.fromkeys(filter(None, (self._commit, "HEAD"))):
                    with suppress(PromptcError):
                        commit = repository.commit(revision)
                        self._trees.append(_CommitTree(repository, repository.tree(commit, tops)))
        yield from self._trees

    def _lost(self, lost: list[str]) -> PromptcError:
        names = ", ".join(f"`{shortened(path)}`" for path in lost[:SHOWN_MAX])
        more = f" and {len(lost) - SHOWN_MAX:,} more" if len(lost) > SHOWN_MAX else ""
        fetch = f"`git fetch origin {self._commit}` may bring its commit" if self._commit else "it was built of no commit"
        return PromptcError("G010", f"what `{self._moment}` was built of is not all here: {names}{more}", hint=fetch)

    def __contains__(self, path: object) -> bool:
        return path in self._digests

    def __iter__(self) -> Iterator[str]:
        return iter(self._digests)

    def __len__(self) -> int:
        return len(self._digests)
