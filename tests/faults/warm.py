"""Warm: commands run in processes that are forked from one which has promptc loaded already.

    a folder, a command, a fault -> [warm] -> exit code, what was printed, the effects

The clock of entries stands still and a new registry's lineage is known, so that two runs give the same bytes.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from promptc.cli import main
from promptc.driver.release import who
from promptc.stores import effects, registry_folder
from tests.faults.faulty import Effect, Fault, Faulty

NOW = "2026-03-04T10:00:00Z"
KILLED = -9


class Still:
    """A clock that stands still, for what entries say; everything else of `time` goes on."""

    def strftime(self, form: str, moment: Any = None) -> str:
        return NOW

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


class Known:
    """Random digits that are always the same: a registry's lineage."""

    @staticmethod
    def token_hex(size_bytes: int) -> str:
        return "5e" * size_bytes


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it printed on both streams; the effects that happened, unless it was killed."""

    code: int
    printed: str
    log: tuple[Effect, ...] = ()
    count: int = 0


def forked(work: Callable[[], Any]) -> tuple[int, Any]:
    """What a function gives in a process of its own, and how that ended: -9 with nothing when it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            data = pickle.dumps(work())
            with open(writing, "wb") as file:
                file.write(data)
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(99)
    os.close(writing)
    with open(reading, "rb") as file:
        data = file.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, KILLED), f"the harness itself ended with {code}"
    return code, pickle.loads(data) if data else None


def said(folder: Path, command: str) -> tuple[int, str]:
    """Run a command line in this process; its code and what it printed."""
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = main.run(shlex.split(command))
        printed.flush()
    return code, printed.buffer.getvalue().decode()  # type: ignore[attr-defined]


@contextlib.contextmanager
def stilled() -> Iterator[None]:
    """The clock of entries stands still, and lineages are known."""
    with mock.patch.object(who, "time", Still()), mock.patch.object(registry_folder, "secrets", Known()):
        yield


def run(folder: Path, command: str, fault: Fault | None = None) -> Ran:
    """Run a command in a process of its own with a fault, or none."""
    words = folder.parent / "last-words"

    def work() -> Ran:
        faulty = Faulty(fault, lambda log: words.write_bytes(pickle.dumps(log)) and None)
        effects.os = faulty  # type: ignore[assignment]
        with stilled():
            code, printed = said(folder, command)
        return Ran(code, printed, tuple(faulty.log), faulty.count)

    code, ran = forked(work)
    return ran if ran is not None else Ran(code, "", tuple(pickle.loads(words.read_bytes())))
