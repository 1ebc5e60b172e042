"""Scan: what stands below a project's folders, by listing and stat alone; no file is opened.

    folders -> [scan] -> names and states -> listing (names judged) -> files (bytes)

A scan costs a few microseconds a file, so that a build without change can look at every file there is. Every folder is
opened relative to the one above it and never through a symbolic link, so that a link at any level leads nowhere.
"""

from __future__ import annotations

import errno
import os
import stat
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from promptc.core.errors import Exit, PromptcError
from promptc.stores.machine import printable, refused
from promptc.stores.names import FIRST_OF_IGNORED, LAST_OF_IGNORED, is_ignored

if TYPE_CHECKING:
    from promptc.core.findings import Finding

FOLDER_DEPTH_MAX = 32
SETTINGS_FILES = ("pyproject.toml", "promptc.toml")
NUMBERS = 4  # of a state: size, mtime and ctime in nanoseconds, inode

FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# What is said of this machine and not of the project: without these nothing else can be read either.
MACHINE_ERRORS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO})
_INODE_MASK = (1 << 63) - 1
_NAME = attrgetter("name")

State = tuple[int, int, int, int]


class Folders(Protocol):
    """The settings that say where sources and overlays are, as paths below the project's folder."""

    @property
    def sources(self) -> str:
        """The folder of sources."""

    @property
    def tenants(self) -> str:
        """The folder of overlays."""


class Scan:
    """What was found, flat: `names` holds `/PATH` for a folder that begins and `KINDNAME` for each entry below it.

    Kinds are `d` folder, `f` file, `l` link, `p` pipe, `s` socket, `v` device, `o` other. `states` holds four numbers
    for each entry that is no folder, in the same order. Two scans of the same files are equal, number for number.
    """

    __slots__ = ("_paths", "findings", "names", "states")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.states = array("q")
        self.findings: list[Finding] = []
        self._paths: list[str] | None = None

    def entries(self) -> Iterator[tuple[str, str, str, State]]:
        """Each entry as (folder, kind, name, state), folders among them with a state of zeros."""
        folder = ""
        states = self.cells()
        for word in self.names:
            kind = word[0]
            if kind == "f":
                yield folder, kind, word[1:], next(states)
            elif kind == "/":
                folder = word[1:]
            elif kind == "d":
                yield folder, kind, word[1:], (0, 0, 0, 0)
            else:
                yield folder, kind, word[1:], next(states)

    def paths(self) -> list[str]:
        """The path of each entry that is no folder, as the disk spells it, in the order of `states`. After the scan."""
        if self._paths is None:
            self._paths = self._made_paths()
        return self._paths

    def _made_paths(self) -> list[str]:
        names, found = self.names, list[str]()
        folders = [at for at, word in enumerate(names) if word[0] == "/"]
        for start, end in pairwise((*folders, len(names))):
            below = f"{names[start][1:]}/" if len(names[start]) > 1 else ""
            found += [below + word[1:] for word in names[start + 1 : end] if word[0] != "d"]
        return found

    def kinds(self) -> list[str]:
        """The kind of each entry that is no folder, in the same order."""
        return [kind for word in self.names if (kind := word[0]) not in "/d"]

    def cells(self) -> Iterator[State]:
        """The state of each entry that is no folder, in the same order."""
        return zip(*[iter(self.states)] * NUMBERS, strict=True)

    def files(self) -> dict[str, State]:
        """The regular files by their path as the disk spells it, with their states."""
        entries = zip(self.paths(), self.kinds(), self.cells(), strict=True)
        return {path: state for path, kind, state in entries if kind == "f"}


def scan(root: int, settings: Folders) -> Scan:
    """Scan sources, tenants and the settings' files below an open folder. PromptcError P007 without sources."""
    found = Scan()
    scan_settings(root, found)
    if not _scan_below(found, root, settings.sources):
        raise PromptcError(
            "P007",
            f"there is no folder `{printable(settings.sources)}` here",
            hint="run promptc in a project's folder, name one with `-C DIR`, or begin one with `promptc init`",
            exit_code=Exit.USAGE,
        )
    _scan_below(found, root, settings.tenants)
    return found


def scan_settings(root: int, found: Scan) -> None:
    """The files that may hold settings, as the first folder of a scan."""
    found.names.append("/")
    for name in SETTINGS_FILES:
        try:
            status = os.stat(name, dir_fd=root, follow_symlinks=False)
        except OSError:
            continue
        _add(found, name, status)


def _scan_below(found: Scan, root: int, path: str) -> bool:
    """Scan everything below a folder of the project; False when it isn't there."""
    parts = path.split("/")
    if not all(part and part not in (".", "..") for part in parts):
        raise PromptcError(
            "P001", f"`{printable(path)}` is not a folder below the project", hint="write it relative, without `..`"
        )
    said = len(found.findings)
    with _opened_chain(found, root, parts) as folder:
        if folder is not None:
            _scan_folder(found, folder, path, FOLDER_DEPTH_MAX)
        # A folder that was refused is there, and what was said of it is answer enough.
        return folder is not None or len(found.findings) > said


def _scan_folder(found: Scan, folder: int, path: str, depth: int) -> None:
    found.names.append(f"/{path}")
    inner = []
    append, extend = found.names.append, found.states.extend
    for entry in _listed(folder, path):
        try:
            if entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                extend((status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & _INODE_MASK))
                append("f" + entry.name)
            elif entry.is_dir(follow_symlinks=False):
                append("d" + entry.name)
                inner.append(entry.name)
            else:
                _add(found, entry.name, entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            # Gone since the folder was listed: as if it had not been there.
            continue
    for name in inner:
        full = f"{path}/{name}"
        if depth == 0:
            say(found.findings, "B002", full, f"folders are nested deeper than {FOLDER_DEPTH_MAX}", hint="flatten them")
            continue
        with opened_folder(found.findings, folder, name, full) as below:
            if below is not None:
                _scan_folder(found, below, full, depth - 1)


def _listed(folder: int, path: str) -> list[os.DirEntry[str]]:
    # Systems list in any order; what is said of one folder comes in the order of names.
    try:
        with os.scandir(folder) as entries:
            # Nearly no name begins or ends as those do that are passed over.
            kept = [
                entry
                for entry in entries
                if not ((name := entry.name)[0] in FIRST_OF_IGNORED or name[-1] in LAST_OF_IGNORED) or not is_ignored(name)
            ]
    except OSError as error:
        raise refused(error, path, code="D007") from error
    kept.sort(key=_NAME)
    return kept


def _add(found: Scan, name: str, status: os.stat_result) -> None:
    found.names.append(_KINDS.get(stat.S_IFMT(status.st_mode), "o") + name)
    found.states.extend((status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & _INODE_MASK))


_KINDS = {
    stat.S_IFREG: "f",
    stat.S_IFLNK: "l",
    stat.S_IFIFO: "p",
    stat.S_IFSOCK: "s",
    stat.S_IFCHR: "v",
    stat.S_IFBLK: "v",
}


def say(findings: list[Finding], code: str, path: str, message: str, *, hint: str) -> None:
    """Note an error of a file or folder."""
    from promptc.core.findings import Finding, Place

    findings.append(Finding(code, message, Place(printable(path)), "error", hint))


def say_link(findings: list[Finding], path: str) -> None:
    """Note a symbolic link."""
    say(findings, "P002", path, "this is a symbolic link, which is never followed", hint="put the file itself there")


@contextmanager
def opened_root(root: str) -> Iterator[int]:
    """The project's own folder, open. It may be reached through links: that is the caller's business."""
    shown = printable(os.path.basename(root) or ".")
    try:
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PromptcError("P007", f"there is no folder `{shown}`") from error
    except OSError as error:
        raise refused(error, shown, code="D007") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def opened_folder(findings: list[Finding], above: int, name: str, path: str) -> Iterator[int | None]:
    """A folder below an open one; None, with a finding, when it can't be opened, and without one when it is gone."""
    descriptor = open_folder(findings, above, name, path)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def open_folder(findings: list[Finding], above: int, name: str, path: str) -> int | None:
    """As `opened_folder`, to be closed by the caller."""
    try:
        return os.open(name, FOLDER_FLAGS, dir_fd=above)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in MACHINE_ERRORS:
            raise refused(error, path, code="D007") from error
        # Linux says "not a directory" of a link that must not be followed.
        if error.errno in (errno.ELOOP, errno.ENOTDIR) and _is_link(above, name):
            say_link(findings, path)
        else:
            reason = os.strerror(error.errno or 0).lower()
            say(
                findings, "P006", path, f"the folder can't be opened: {reason}",
                hint="make it a folder that your user may read",
            )  # fmt: skip
        return None


@contextmanager
def _opened_chain(found: Scan, root: int, parts: list[str]) -> Iterator[int | None]:
    first, rest = parts[0], parts[1:]
    with opened_folder(found.findings, root, first, first) as folder:
        if folder is None or not rest:
            yield folder
        else:
            with _opened_chain(found, folder, rest) as inner:
                yield inner


def _is_link(folder: int, name: str) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False
