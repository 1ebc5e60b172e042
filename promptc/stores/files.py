"""Files: a project's folders as a listing with states, and the bytes of its files, read safely.

    scan -> [files] -> {path: bytes} -> schema

What is listed is judged by its name and kind, and read only then; nothing here hangs: pipes are opened without waiting
and refused, and size is asked before reading. What is wrong with a file is a finding; the rest is read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding
from promptc.stores.machine import printable, refused
from promptc.stores.names import fault_of, folded, spelled
from promptc.stores.scan import (
    MACHINE_ERRORS,
    Folders,
    Scan,
    State,
    open_folder,
    opened_root,
    say,
    say_link,
    scan,
    scan_settings,
)

FILE_BYTES_MAX = 1024 * 1024
# A file with a tenant on each line; each line is bounded as a file is.
LINES_BYTES_MAX = 1024 * 1024 * 1024

# Opening a pipe for reading waits for a writer, unless it is told not to.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ATTEMPTS = 5
_FOLDERS_OPEN_MAX = 64
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Listing:
    """The files that may be read, sorted by their project path, each with its state; and what is wrong with the others.

    `stored` are the paths that the disk spells otherwise (decomposed Unicode), as the disk spells them.
    """

    files: dict[str, State]
    findings: tuple[Finding, ...]
    stored: dict[str, str]


def listing_again(found: Scan) -> Listing:
    """A scan whose names were judged before and found to be fine, all of them plain files: only states are new."""
    files = found.files()
    stored = {spelled(path): path for path in files if not path.isascii()}
    stored = {path: name for path, name in stored.items() if path != name}
    if stored:
        files = {spelled(path): state for path, state in files.items()}
    return Listing({path: files[path] for path in sorted(files)}, (), stored)


def listing_of(found: Scan) -> Listing:
    """A scan judged: names that aren't portable, links, devices and files over the limit are findings and left out."""
    files: dict[str, State] = {}
    findings = list(found.findings)
    stored: dict[str, str] = {}
    seen: dict[str, str] = {}
    here, path, skipped = "", "", [""]
    for folder, kind, name, state in found.entries():
        if folder != here or not path:
            here, path, seen = folder, "/".join(map(spelled, folder.split("/"))), {}
        if any(folder == other or folder.startswith(f"{other}/") for other in skipped if other):
            continue
        full = f"{path}/{spelled(name)}" if path else spelled(name)
        if not _may_read(findings, name, full, seen):
            if kind == "d":
                skipped.append(f"{folder}/{name}")
        elif kind == "f":
            most = LINES_BYTES_MAX if name.endswith(".jsonl") else FILE_BYTES_MAX
            if state[0] > most:
                _say_large(findings, full, state[0], most)
            else:
                files[full] = state
                if not full.isascii() and full != f"{folder}/{name}":
                    stored[full] = f"{folder}/{name}" if folder else name
        elif kind == "l":
            say_link(findings, full)
        elif kind != "d":
            _say_kind(findings, full, _KINDS[kind])
    return Listing(dict(sorted(files.items())), tuple(findings), stored)


def read_settings(root: Path) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """The files that may hold settings, read as safely as every other: pyproject.toml and promptc.toml."""
    with opened_root(str(root)) as folder:
        found = Scan()
        scan_settings(folder, found)
    return _read(root, listing_of(found))


def read_tree(root: Path, settings: Folders) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """Every file below sources and tenants, and the settings' files, by POSIX path relative to the project, sorted.

    Files over the limit, links, devices, unreadable files and names that aren't portable are findings and left out.
    PromptcError P007 when there is no folder of sources, D007 when the machine fails.
    """
    return _read(root, list_tree(root, settings))


def list_tree(root: Path, settings: Folders) -> Listing:
    """What `read_tree` would read, without its bytes."""
    with opened_root(str(root)) as folder:
        return listing_of(scan(folder, settings))


def _read(root: Path, listing: Listing) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    with Reader(root, listing.stored) as reader:
        files = {path: found[0] for path in listing.files if (found := reader.read(path)) is not None}
        return files, (*listing.findings, *reader.findings)


class Reader:
    """Reads files of a project by path, one after another; folders stay open between them. Close it, or use `with`."""

    def __init__(self, root: Path, stored: dict[str, str] | None = None) -> None:
        self.findings: list[Finding] = []
        self._root = str(root)
        self._stored = stored or {}
        self._folders: dict[str, int | None] = {}

    def read(self, path: str) -> tuple[bytes, State] | None:
        """A file's bytes, all of one moment, and its state then; None, with a finding, when it can't be read."""
        stored = self._stored.get(path, path)
        folder, _, name = stored.rpartition("/")
        opened = self._folder(folder)
        if opened is None:
            return None
        try:
            return self._bytes_of(opened, name, path)
        except FileNotFoundError:
            # Gone since it was listed: as if it had not been there.
            return None
        except OSError as error:
            if error.errno in MACHINE_ERRORS:
                raise refused(error, path, code="D007") from error
            if error.errno == errno.ELOOP:
                say_link(self.findings, path)
            else:
                reason = os.strerror(error.errno or 0).lower()
                hint = "make it a regular file that your user may read"
                say(self.findings, "P006", path, f"the file can't be read: {reason}", hint=hint)
            return None

    def _folder(self, path: str) -> int | None:
        if path in self._folders:
            return self._folders[path]
        if len(self._folders) >= _FOLDERS_OPEN_MAX:
            self.close()
        if not path:
            descriptor: int | None = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        else:
            above, _, name = path.rpartition("/")
            opened = self._folder(above)
            descriptor = None if opened is None else open_folder(self.findings, opened, name, path)
        self._folders[path] = descriptor
        return descriptor

    def _bytes_of(self, folder: int, name: str, path: str) -> tuple[bytes, State] | None:
        for _ in range(_ATTEMPTS):
            descriptor = os.open(name, _FILE, dir_fd=folder)
            try:
                before = os.fstat(descriptor)
                if not stat.S_ISREG(before.st_mode):
                    _say_kind(self.findings, path, _MODES.get(stat.S_IFMT(before.st_mode), _KINDS["o"]))
                    return None
                most = LINES_BYTES_MAX if name.endswith(".jsonl") else FILE_BYTES_MAX
                if before.st_size > most:
                    _say_large(self.findings, path, before.st_size, most)
                    return None
                data = _read_up_to(descriptor, before.st_size + 1)
                after = os.fstat(descriptor)
                if len(data) == before.st_size and _state(after) == _state(before):
                    return data, _state(after)
            finally:
                os.close(descriptor)
        hint = "wait until whoever writes it is done"
        say(self.findings, "P006", path, "the file changes while it is read", hint=hint)
        return None

    def close(self) -> None:
        """Close the folders that are open."""
        for descriptor in self._folders.values():
            if descriptor is not None:
                os.close(descriptor)
        self._folders.clear()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class GivenReader(Reader):
    """Reads files of which some are given, None for one that is not known, and the others lie on the disk as wanted."""

    def __init__(self, root: Path, stored: dict[str, str], given: Mapping[str, bytes | None]) -> None:
        super().__init__(root, stored)
        self._given = given

    def read(self, path: str) -> tuple[bytes, State] | None:
        if path not in self._given:
            return super().read(path)
        data = self._given[path]
        return None if data is None else (data, (len(data), 0, 0, 0))


def _may_read(findings: list[Finding], name: str, path: str, seen: dict[str, str]) -> bool:
    fault = fault_of(name)
    if fault is not None:
        code, reason = fault
        hint = "rename it: letters, digits, `.`, `_`, `-`"
        say(findings, code, path, f"the name `{printable(name)}` {reason}", hint=hint)
        return False
    key = folded(name)
    if key in seen:
        message = f"`{name}` and `{seen[key]}` are one file on systems that don't tell case or Unicode form"
        say(findings, "P005", path, message, hint="rename one of them")
        return False
    seen[key] = name
    return True


def _say_large(findings: list[Finding], path: str, size_bytes: int, most: int) -> None:
    message = f"the file holds {size_bytes:,} bytes, and the most is {most:,}"
    say(findings, "B001", path, message, hint="split it, or keep data out of prompts")


def _say_kind(findings: list[Finding], path: str, kind: str) -> None:
    say(findings, "P006", path, f"this is {kind}, and a file belongs here", hint="remove it, or put a file there")


def _read_up_to(descriptor: int, size_bytes: int) -> bytes:
    data = os.read(descriptor, size_bytes)
    if 0 < len(data) < size_bytes - 1:
        # A network file system may give less than was asked for.
        parts = [data]
        left = size_bytes - len(data)
        while left and (more := os.read(descriptor, min(left, _BLOCK_BYTES))):
            parts.append(more)
            left -= len(more)
        data = b"".join(parts)
    return data


def _state(found: os.stat_result) -> State:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino & ((1 << 63) - 1)


_KINDS = {"p": "a pipe", "s": "a socket", "v": "a device", "o": "no regular file"}
_MODES = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}
