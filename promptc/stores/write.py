"""Write: put bytes into a file whole or not at all.

    any stage with bytes -> [write] -> a file

Bytes go to a temporary file in the same folder, which then takes the name at once: whoever reads sees the old file or
the new one, and a kill at any instant leaves at most a temporary file behind, whose name begins with `.promptc-`.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from promptc.core.errors import Exit, PromptcError
from promptc.stores.machine import printable, writing

TEMPORARY_PREFIX = ".promptc-"

CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


def write_file(path: Path, data: bytes) -> None:
    """Write a file anew or replace it, keeping its permissions. Makes missing folders. PromptcError D006 on refusal."""
    with writing(path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        _take_name(_temporary_beside(path, data), path)


def write_durable(path: Path, data: bytes) -> None:
    """As `write_file`, and it outlives a loss of power: for the one file that names all others, written last."""
    with writing(path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        _take_name(_temporary_beside(path, data, finish=os.fsync), path)
        sync_folder(path.parent)


def create_file(path: Path, data: bytes) -> None:
    """Write a file that must not be there yet; PromptcError D009 when it is, and then nothing is touched."""
    with writing(path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = _temporary_beside(path, data)
        try:
            # Unlike a rename, a link fails when its name is taken, also when somebody else takes it just now.
            os.link(temporary, path)
        except FileExistsError as error:
            raise PromptcError(
                "D009",
                f"`{printable(path.name)}` is there already",
                hint="choose another name, or remove it first",
                exit_code=Exit.CONFLICT,
            ) from error
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
                raise
            _create_unlinked(path, data)
        finally:
            _forget(temporary)


def create_durable(path: Path, data: bytes) -> bool:
    """Create a file whole, so that it and its name outlive a loss of power; False when the name is taken. OSError."""
    make_durable_folder(path.parent)
    temporary = _temporary_beside(path, data, finish=os.fsync)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise
        try:
            _create_unlinked(path, data)
        except FileExistsError:
            return False
    finally:
        _forget(temporary)
    sync_folder(path.parent)
    return True


def make_durable_folder(folder: Path) -> None:
    """Make a folder and those above it, so that their names outlive a loss of power. OSError."""
    if folder.is_dir():
        return
    make_durable_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir()
    sync_folder(folder.parent)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte; a file system near a limit takes a part of them first and refuses only then."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network and container file systems have no such call; the file itself was synced.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def temporary_name() -> str:
    """A name that nobody else uses, and that every reader of folders ignores."""
    return f"{TEMPORARY_PREFIX}{os.getpid()}-{secrets.token_hex(8)}"


def _written(descriptor: int) -> None:
    """Nothing more to do before closing: the system writes the bytes when it sees fit."""


def _temporary_beside(path: Path, data: bytes, *, finish: Callable[[int], None] = _written) -> Path:
    temporary = path.parent / temporary_name()
    descriptor = os.open(temporary, CREATE, 0o666)
    try:
        _keep_mode(path, descriptor)
        write_all(descriptor, data)
        finish(descriptor)
    except BaseException:
        _forget(temporary)
        raise
    finally:
        os.close(descriptor)
    return temporary


def _take_name(temporary: Path, path: Path) -> None:
    try:
        os.replace(temporary, path)
    except BaseException:
        _forget(temporary)
        raise


def _create_unlinked(path: Path, data: bytes) -> None:
    # File systems without links (FAT, some mounts): exclusive, though a kill may leave a part of the file.
    descriptor = os.open(path, CREATE, 0o666)
    try:
        write_all(descriptor, data)
    finally:
        os.close(descriptor)


def _keep_mode(path: Path, descriptor: int) -> None:
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISREG(found.st_mode):
        os.fchmod(descriptor, stat.S_IMODE(found.st_mode))


def _forget(path: Path) -> None:
    # When this fails too, sweeping takes the file later; what went wrong before is what must be said.
    with suppress(OSError):
        os.unlink(path)
