"""Lock: those who use a folder beside each other, and those who must be alone in it.

    build, push, promote: shared; gc, forget, repair: alone -> [lock]

The system frees a lock when its process ends, however it ends: who is killed leaves none behind. Where a file system has
no locks, nothing is kept apart by them.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from promptc.core.errors import Exit, PromptcError
from promptc.stores import effects
from promptc.stores.machine import writing

LOCK = "lock"
WAIT_SECONDS_MAX = 30
LOOK_SECONDS = 0.05


@contextmanager
def shared(folder: Path, where: str) -> Iterator[None]:
    """Nobody is alone in the folder meanwhile. PromptcError N003 when somebody is for too long."""
    with _locked(folder, fcntl.LOCK_SH, where):
        yield


@contextmanager
def shared_if_possible(folder: Path, where: str) -> Iterator[None]:
    """As `shared`; where the lock's file can't be opened, whatever follows can do without."""
    try:
        descriptor = effects.open_lock(folder / LOCK)
    except OSError:
        yield
        return
    os.close(descriptor)
    with shared(folder, where):
        yield


@contextmanager
def alone(folder: Path, where: str) -> Iterator[None]:
    """Nobody else uses the folder meanwhile. PromptcError N003 when somebody does for too long."""
    with _locked(folder, fcntl.LOCK_EX, where):
        yield


@contextmanager
def _locked(folder: Path, kind: int, where: str) -> Iterator[None]:
    with writing(LOCK):
        descriptor = effects.open_lock(folder / LOCK)
    try:
        _wait(descriptor, kind, where)
        yield
    finally:
        # Closing alone isn't enough: a child that was forked meanwhile would keep the lock.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _wait(descriptor: int, kind: int, where: str) -> None:
    until = time.monotonic() + WAIT_SECONDS_MAX
    while True:
        try:
            return fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise _busy(where) from None
            time.sleep(LOOK_SECONDS)
        except OSError:
            return None


def _busy(where: str) -> PromptcError:
    return PromptcError(
        "N003",
        f"somebody else works in `{where}`",
        hint="wait until it is done and run the command again; who was killed leaves no lock behind",
        exit_code=Exit.CONFLICT,
    )
