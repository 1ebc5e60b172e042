"""Files: read a project's folders once, safely, into {path: bytes}.

    folders -> [files] -> schema

Every folder and file is opened relative to the one above it and never through a symbolic link, so that a link at any
level, also one that is put there between look and open, leads nowhere. Nothing here hangs: pipes are opened without
waiting and refused, and size is asked before reading. What is wrong with a file is a finding; the rest is read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Finding, Place, Severity
from promptc.stores.machine import printable, refused
from promptc.stores.names import fault_of, folded, is_ignored, spelled

FILE_BYTES_MAX = 1024 * 1024
FOLDER_DEPTH_MAX = 32
SETTINGS_FILES = ("pyproject.toml", "promptc.toml")

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Opening a pipe for reading waits for a writer, unless it is told not to.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ATTEMPTS = 5
# What is said of this machine and not of the project: without these nothing else can be read either.
_MACHINE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO})


class Folders(Protocol):
    """The settings that say where sources and overlays are, as paths below the project's folder."""

    @property
    def sources(self) -> str:
        """The folder of sources."""

    @property
    def tenants(self) -> str:
        """The folder of overlays."""


@dataclass(slots=True)
class _Reading:
    """What one reading has gathered so far."""

    files: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def say(self, code: str, path: str, message: str, *, hint: str) -> None:
        severity: Severity = "error"
        self.findings.append(Finding(code, message, Place(printable(path)), severity, hint))


def read_settings(root: Path) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """The files that may hold settings, read as safely as every other: pyproject.toml and promptc.toml."""
    reading = _Reading()
    with _opened_root(root) as folder:
        for name in SETTINGS_FILES:
            if _stat(folder, name) is not None:
                _read_file(reading, folder, name, name)
    return reading.files, tuple(reading.findings)


def read_tree(root: Path, settings: Folders) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """Every file below sources and tenants, and the settings' files, by POSIX path relative to the project, sorted.

    Files over 1 MiB, links, devices, unreadable files and names that aren't portable are findings and left out.
    PromptcError P007 when there is no folder of sources, D007 when the machine fails.
    """
    reading = _Reading()
    with _opened_root(root) as folder:
        for name in SETTINGS_FILES:
            if _stat(folder, name) is not None:
                _read_file(reading, folder, name, name)
        if not _read_below(reading, folder, settings.sources):
            raise PromptcError(
                "P007",
                f"there is no folder `{printable(settings.sources)}` here",
                hint="run promptc in a project's folder, name one with `-C DIR`, or begin one with `promptc init`",
                exit_code=Exit.USAGE,
            )
        _read_below(reading, folder, settings.tenants)
    return dict(sorted(reading.files.items())), tuple(reading.findings)


def _read_below(reading: _Reading, root: int, path: str) -> bool:
    """Read everything below a folder of the project; False when it isn't there."""
    parts = path.split("/")
    if not all(part and part not in (".", "..") for part in parts):
        raise PromptcError(
            "P001", f"`{printable(path)}` is not a folder below the project", hint="write it relative, without `..`"
        )
    said = len(reading.findings)
    with _opened_chain(reading, root, parts) as folder:
        if folder is not None:
            _read_folder(reading, folder, path, FOLDER_DEPTH_MAX)
        # A folder that was refused is there, and what was said of it is answer enough.
        return folder is not None or len(reading.findings) > said


def _read_folder(reading: _Reading, folder: int, path: str, depth: int) -> None:
    seen: dict[str, str] = {}
    for name, is_folder, is_link in _listed(folder, path):
        full = f"{path}/{spelled(name)}"
        if not _may_read(reading, name, full, seen):
            continue
        if is_link:
            _say_link(reading, full)
        elif not is_folder:
            _read_file(reading, folder, name, full)
        elif depth == 0:
            reading.say("B002", full, f"folders are nested deeper than {FOLDER_DEPTH_MAX}", hint="flatten them")
        else:
            with _opened_folder(reading, folder, name, full) as inner:
                if inner is not None:
                    _read_folder(reading, inner, full, depth - 1)


def _listed(folder: int, path: str) -> list[tuple[str, bool, bool]]:
    # Systems list in any order; findings of one folder come in the order of names.
    try:
        with os.scandir(folder) as entries:
            return sorted(
                (entry.name, entry.is_dir(follow_symlinks=False), entry.is_symlink())
                for entry in entries
                if not is_ignored(entry.name)
            )
    except OSError as error:
        raise refused(error, path, code="D007") from error


def _may_read(reading: _Reading, name: str, path: str, seen: dict[str, str]) -> bool:
    fault = fault_of(name)
    if fault is not None:
        code, reason = fault
        reading.say(
            code, path, f"the name `{printable(name)}` {reason}", hint="rename it: letters, digits, `.`, `_`, `-`"
        )
        return False
    key = folded(name)
    if key in seen:
        message = f"`{name}` and `{seen[key]}` are one file on systems that don't tell case or Unicode form"
        reading.say("P005", path, message, hint="rename one of them")
        return False
    seen[key] = name
    return True


def _read_file(reading: _Reading, folder: int, name: str, path: str) -> None:
    try:
        data = _bytes_of(reading, folder, name, path)
    except FileNotFoundError:
        # Gone since the folder was listed: as if it had not been there.
        return
    except OSError as error:
        if error.errno in _MACHINE:
            raise refused(error, path, code="D007") from error
        if error.errno == errno.ELOOP:
            _say_link(reading, path)
        else:
            reason = os.strerror(error.errno or 0).lower()
            reading.say("P006", path, f"the file can't be read: {reason}", hint="make it a regular file that your user may read")
        return
    if data is not None:
        reading.files[path] = data


def _bytes_of(reading: _Reading, folder: int, name: str, path: str) -> bytes | None:
    """A file's bytes, all of one moment: a file that is written meanwhile is read again."""
    for _ in range(_ATTEMPTS):
        descriptor = os.open(name, _FILE, dir_fd=folder)
        try:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                kind = _KINDS.get(stat.S_IFMT(before.st_mode), "no regular file")
                reading.say("P006", path, f"this is {kind}, and a file belongs here", hint="remove it, or put a file there")
                return None
            if before.st_size > FILE_BYTES_MAX:
                message = f"the file holds {before.st_size:,} bytes, and the most is {FILE_BYTES_MAX:,}"
                reading.say("B001", path, message, hint="split it, or keep data out of prompts")
                return None
            data = _read_up_to(descriptor, before.st_size + 1)
            if len(data) == before.st_size and _state(os.fstat(descriptor)) == _state(before):
                return data
        finally:
            os.close(descriptor)
    reading.say("P006", path, "the file changes while it is read", hint="wait until whoever writes it is done")
    return None


def _read_up_to(descriptor: int, size_bytes: int) -> bytes:
    data = os.read(descriptor, size_bytes)
    if 0 < len(data) < size_bytes - 1:
        # A network file system may give less than was asked for.
        while more := os.read(descriptor, size_bytes - len(data)):
            data += more
    return data


def _state(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


def _say_link(reading: _Reading, path: str) -> None:
    reading.say("P002", path, "this is a symbolic link, which is never followed", hint="put the file itself there")


@contextmanager
def _opened_root(root: Path) -> Iterator[int]:
    # The project's own folder may be reached through links: that is the caller's business.
    try:
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PromptcError("P007", f"there is no folder `{printable(root.name or '.')}`") from error
    except OSError as error:
        raise refused(error, root.name or ".", code="D007") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _opened_folder(reading: _Reading, above: int, name: str, path: str) -> Iterator[int | None]:
    try:
        descriptor = os.open(name, _FOLDER, dir_fd=above)
    except FileNotFoundError:
        yield None
        return
    except OSError as error:
        if error.errno in _MACHINE:
            raise refused(error, path, code="D007") from error
        # Linux says "not a directory" of a link that must not be followed.
        if error.errno in (errno.ELOOP, errno.ENOTDIR) and _is_link(above, name):
            _say_link(reading, path)
        else:
            reason = os.strerror(error.errno or 0).lower()
            reading.say("P006", path, f"the folder can't be opened: {reason}", hint="make it a folder that your user may read")
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _opened_chain(reading: _Reading, root: int, parts: list[str]) -> Iterator[int | None]:
    first, rest = parts[0], parts[1:]
    with _opened_folder(reading, root, first, first) as folder:
        if folder is None or not rest:
            yield folder
        else:
            with _opened_chain(reading, folder, rest) as inner:
                yield inner


def _stat(folder: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None


def _is_link(folder: int, name: str) -> bool:
    found = _stat(folder, name)
    return found is not None and stat.S_ISLNK(found.st_mode)
