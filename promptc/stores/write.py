"""Write: put bytes into a file whole or not at all.

    any stage with bytes -> [write] -> a file

Bytes go to a temporary file in the same folder, which then takes the name at once: whoever reads sees the old file or
the new one, and a kill at any instant leaves at most a temporary file behind, whose name begins with `.promptc-`.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from promptc.core.errors import Exit, PromptcError
from promptc.stores import effects
from promptc.stores.machine import printable, writing

TEMPORARY_PREFIX = ".promptc-"



def write_file(path: Path, data: bytes) -> None:
    """Write a file anew or replace it, keeping its permissions. Makes missing folders. PromptcError D006 on refusal."""
    with writing(path.name):
        effects.make_folders(path.parent)
        _take_name(_temporary_beside(path, data), path)


def write_durable(path: Path, data: bytes) -> None:
    """As `write_file`, and it outlives a loss of power: for what people keep, and the one file that names all others."""
    with writing(path.name):
        effects.make_folders(path.parent)
        _take_name(_temporary_beside(path, data, finish=effects.sync), path)
        effects.sync_folder(path.parent)


def create_file(path: Path, data: bytes) -> None:
    """Write a file that must not be there yet; PromptcError D009 when it is, and then nothing is touched."""
    with writing(path.name):
        effects.make_folders(path.parent)
        temporary = _temporary_beside(path, data)
        try:
            # Unlike a rename, a link fails when its name is taken, also when somebody else takes it just now.
            effects.link(temporary, path)
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
    temporary = _temporary_beside(path, data, finish=effects.sync)
    try:
        effects.link(temporary, path)
        created = True
    except FileExistsError:
        created = False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise
        try:
            _create_unlinked(path, data)
            created = True
        except FileExistsError:
            created = False
    finally:
        _forget(temporary)
    # Also where it was there: whoever created it may have been killed before this.
    effects.sync_folder(path.parent)
    return created


def make_durable_folder(folder: Path) -> None:
    """Make a folder and those above it, so that their names outlive a loss of power. OSError."""
    if folder.is_dir():
        # Who made it may have been killed before its name was on the disk; nothing is put into it before it is.
        if not os.listdir(folder):
            effects.sync_folder(folder.parent)
        return
    make_durable_folder(folder.parent)
    with suppress(FileExistsError):
        effects.make_folder(folder)
    effects.sync_folder(folder.parent)


def temporary_name() -> str:
    """A name that nobody else uses, and that every reader of folders ignores."""
    return f"{TEMPORARY_PREFIX}{os.getpid()}-{os.urandom(8).hex()}"


def _written(descriptor: int) -> None:
    """Nothing more to do before closing: the system writes the bytes when it sees fit."""


def _temporary_beside(path: Path, data: bytes, *, finish: Callable[[int], None] = _written) -> Path:
    temporary = path.parent / temporary_name()
    descriptor = effects.create(temporary)
    try:
        _keep_mode(path, descriptor)
        effects.write_all(descriptor, data)
        finish(descriptor)
    except BaseException:
        _forget(temporary)
        raise
    finally:
        os.close(descriptor)
    return temporary


def _take_name(temporary: Path, path: Path) -> None:
    try:
        effects.rename(temporary, path)
    except BaseException:
        _forget(temporary)
        raise


def _create_unlinked(path: Path, data: bytes) -> None:
    # File systems without links (FAT, some mounts): exclusive, though a kill may leave a part of the file.
    descriptor = effects.create(path)
    try:
        effects.write_all(descriptor, data)
    finally:
        os.close(descriptor)


def _keep_mode(path: Path, descriptor: int) -> None:
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISREG(found.st_mode):
        effects.change_mode(descriptor, stat.S_IMODE(found.st_mode))


def _forget(path: Path) -> None:
    # When this fails too, sweeping takes the file later; what went wrong before is what must be said.
    with suppress(OSError):
        effects.unlink(path)
