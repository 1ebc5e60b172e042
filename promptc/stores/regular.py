"""Regular: open and read a stored file, and nothing else that may stand in its place.

    a path -> [regular] -> bytes, or one sentence on why not

Links are not followed, and nothing here waits: a pipe is opened without a writer and refused.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from promptc.core.errors import Exit, PromptcError
from promptc.stores.machine import refused

BLOB_BYTES_MAX = 64 * 1024 * 1024

# What the system says of a name that is no regular file, or that stands where a folder belongs.
WRONG_KIND = frozenset({errno.ELOOP, errno.EISDIR, errno.ENOTDIR, errno.ENXIO, errno.EEXIST, errno.ENOTEMPTY})

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_REBUILD = "run `promptc build` to make it anew"


def read_regular(path: Path | str, shown: str) -> bytes | None:
    """A stored file's bytes, or None when it isn't there; PromptcError D004 for what is no file, D007 otherwise."""
    opened = open_regular(path, shown)
    if opened is None:
        return None
    descriptor, found = opened
    try:
        return _read_open(descriptor, found.st_size, shown)
    except OSError as error:
        raise refused(error, shown, code="D007") from error
    finally:
        os.close(descriptor)


def open_regular(path: Path | str, shown: str, *, folder: int | None = None) -> tuple[int, os.stat_result] | None:
    """A stored file's descriptor and state, or None when it isn't there; errors as of `read_regular`."""
    try:
        descriptor = os.open(path, _READ, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in WRONG_KIND:
            raise no_file(shown) from error
        raise refused(error, shown, code="D007") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise no_file(shown)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, found


def no_file(shown: str) -> PromptcError:
    """What is said of a link, folder, pipe or device in a stored file's place."""
    return PromptcError("D004", f"`{shown}` is not a regular file", hint=_REBUILD, exit_code=Exit.INTEGRITY)


def damaged(shown: str, why: str = "") -> PromptcError:
    """What is said of bytes that don't have their digest."""
    return PromptcError("D001", f"`{shown}` is damaged{why}", hint=_REBUILD, exit_code=Exit.INTEGRITY)


def missing(shown: str) -> PromptcError:
    """What is said of a digest whose bytes are nowhere."""
    return PromptcError("D002", f"`{shown}` is missing", hint=_REBUILD, exit_code=Exit.INTEGRITY)


def _read_open(descriptor: int, size_bytes: int, shown: str) -> bytes:
    if size_bytes > BLOB_BYTES_MAX:
        raise damaged(shown, ": it is too large")
    parts: list[bytes] = []
    while part := os.read(descriptor, max(size_bytes + 1, 4096)):
        parts.append(part)
        if len(part) == size_bytes:
            break
    return b"".join(parts)
