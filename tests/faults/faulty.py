"""Faulty: what stands in the place of `os` behind the door of effects: it counts, and at the n-th effect something happens.

    effects -> [faulty] -> the system, a refusal, or the end of the process

A process is forked for it from one that has promptc loaded, so that a run costs milliseconds and can be killed.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

REFUSALS = {name: getattr(errno, name) for name in ("ENOSPC", "EIO", "EROFS", "EDQUOT", "EACCES")}
KINDS = ("kill before", "kill after", "short", *REFUSALS)


@dataclass(frozen=True)
class Fault:
    """What happens at the n-th effect, and whether at each one after it as well."""

    kind: str
    number: int
    lasts: bool = False

    def __str__(self) -> str:
        return f"{self.kind} at effect {self.number}{' and ever after' if self.lasts else ''}"


@dataclass(frozen=True)
class Effect:
    """One effect that happened: the call, the paths, the file's inode, what was written; the how manieth it was."""

    call: str
    path: str = ""
    target: str = ""
    inode: int = 0
    data: bytes = b""
    number: int = 0


class Faulty:
    """The system's calls that effects makes, counted; everything else is the system's own."""

    def __init__(self, fault: Fault | None = None, last_words: Callable[[list[Effect]], None] | None = None) -> None:
        self.fault = fault
        self.last_words = last_words
        self.log: list[Effect] = []
        self.count = 0
        self._rest_fails = False

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Any, flags: int, mode: int = 0o777) -> int:
        if not flags & os.O_CREAT:
            return os.open(path, flags, mode)
        return self._at("open", lambda: self._opened(path, flags, mode))

    def write(self, descriptor: int, data: Any) -> int:
        def act() -> int:
            count = os.write(descriptor, data)
            self.log.append(Effect("write", inode=os.fstat(descriptor).st_ino, data=bytes(data[:count]), number=self.count))
            return count

        if self._rest_fails:
            self._rest_fails = False
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._at("write", act, short=lambda: os.write(descriptor, data[: len(data) // 2]))

    def fchmod(self, descriptor: int, mode: int) -> None:
        self._at("fchmod", lambda: os.fchmod(descriptor, mode))

    def fsync(self, descriptor: int) -> None:
        def act() -> None:
            os.fsync(descriptor)
            self.log.append(Effect("fsync", os.readlink(f"/proc/self/fd/{descriptor}"), inode=os.fstat(descriptor).st_ino, number=self.count))

        self._at("fsync", act)

    def link(self, source: Any, target: Any) -> None:
        self._at("link", lambda: self._named("link", source, target, lambda: os.link(source, target)))

    def rename(self, source: Any, target: Any, *, dst_dir_fd: int | None = None) -> None:
        folder = os.readlink(f"/proc/self/fd/{dst_dir_fd}") if dst_dir_fd is not None else ""
        self._at(
            "rename",
            lambda: self._named("rename", source, os.path.join(folder, target), lambda: os.rename(source, target, dst_dir_fd=dst_dir_fd)),
        )

    def unlink(self, path: Any, *, dir_fd: int | None = None) -> None:
        folder = os.readlink(f"/proc/self/fd/{dir_fd}") if dir_fd is not None else ""
        self._at("unlink", lambda: self._named("unlink", os.path.join(folder, path), "", lambda: os.unlink(path, dir_fd=dir_fd)))

    def rmdir(self, path: Any) -> None:
        self._at("rmdir", lambda: self._named("rmdir", path, "", lambda: os.rmdir(path)))

    def mkdir(self, path: Any) -> None:
        self._at("mkdir", lambda: self._named("mkdir", path, "", lambda: os.mkdir(path)))

    def _opened(self, path: Any, flags: int, mode: int) -> int:
        descriptor = os.open(path, flags, mode)
        self.log.append(Effect("create", os.path.abspath(path), inode=os.fstat(descriptor).st_ino, number=self.count))
        return descriptor

    def _named(self, call: str, source: Any, target: Any, act: Any) -> None:
        act()
        self.log.append(Effect(call, os.path.abspath(source), os.path.abspath(target) if target else "", number=self.count))

    def _at(self, call: str, act: Any, short: Any = None) -> Any:
        self.count += 1
        fault = self.fault
        if fault is None or self.count < fault.number or (self.count > fault.number and not fault.lasts):
            return act()
        if fault.kind.startswith("kill"):
            if fault.kind == "kill after":
                act()
            if self.last_words is not None:
                self.last_words(self.log)
            os.kill(os.getpid(), signal.SIGKILL)
        if fault.kind == "short":
            if short is not None:
                self._rest_fails = True
                return short()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        number = REFUSALS[fault.kind]
        raise OSError(number, os.strerror(number))
