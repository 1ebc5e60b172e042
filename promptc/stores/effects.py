"""Effects: the one door through which promptc changes the file system.

    whoever writes, moves or removes a file -> [effects] -> the system

Each function is one call of the system, or the few that belong together, and decides nothing: what a refusal means is its
caller's to say. So one place is enough to let every write fail in a test, or to cut a run short between any two of them:
`tests/faults` puts something else in the place of `os` here. `tests/house/test_effects.py` shows that nothing escapes.

Three things write by themselves. A runtime's cache, which a service has for itself (`promptc/runtime/blobs.py`). SQLite opens
its own files, below `build/cache` alone, which may be lost or damaged at any time. Git, when a review asks it for a commit,
runs as a process of its own, without locks.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

Place: TypeAlias = str | os.PathLike[str]

_NEW = os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def create(path: Place) -> int:
    """A descriptor for writing a file that is not there yet. OSError, as all of these."""
    return os.open(path, _NEW | os.O_WRONLY, 0o666)


def create_to_read_back(path: Place) -> int:
    """As `create`, and what was written can be read again."""
    return os.open(path, _NEW | os.O_RDWR, 0o666)


def open_lock(path: Place) -> int:
    """A descriptor of a file that is locked and never read; it is made where it is missing."""
    return os.open(path, _LOCK, 0o666)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte; a file system near a limit takes a part of them first and refuses only then."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def change_mode(descriptor: int, mode: int) -> None:
    """Give an open file its permissions."""
    os.fchmod(descriptor, mode)


def sync(descriptor: int) -> None:
    """Make the bytes of an open file outlive a loss of power."""
    os.fsync(descriptor)


def sync_folder(folder: Place) -> None:
    """Make the names in a folder outlive a loss of power."""
    descriptor = os.open(folder, _FOLDER)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network and container file systems have no such call; the file itself was synced.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def link(source: Place, target: Place) -> None:
    """A second name for a file, which must not be taken."""
    os.link(source, target)


def rename(source: Place, target: Place, *, folder: int | None = None) -> None:
    """Give a file or folder another name, in place of the file that has it; `folder` is what `target` is relative to."""
    os.rename(source, target, dst_dir_fd=folder)


def unlink(path: Place, *, folder: int | None = None) -> None:
    """Take a name from a file."""
    os.unlink(path, dir_fd=folder)


def remove_folder(path: Place) -> None:
    """Remove an empty folder."""
    os.rmdir(path)


def remove_tree(path: Place) -> None:
    """Remove a folder and what is below it, never following a link."""
    # Costs a tenth of what a small command takes, and few commands ever need it.
    import shutil

    shutil.rmtree(path)


def make_folder(path: Place) -> None:
    """Make one folder, which must not be there."""
    os.mkdir(path)


def make_folders(path: Place) -> None:
    """Make a folder and those above it; nothing happens where it is there."""
    try:
        os.mkdir(path)
    except FileNotFoundError:
        above = os.path.dirname(path)
        if not above or above == os.fspath(path):
            raise
        make_folders(above)
        make_folders(path)
    except OSError:
        # A mounted folder may refuse before it says that there is one; a link to a folder is one.
        if not os.path.isdir(path):
            raise


@contextmanager
def scratch() -> Iterator[str]:
    """A folder of this process alone, which is gone afterwards."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="promptc-") as name:
        yield name
