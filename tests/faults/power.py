"""Power: what a disk may hold after a loss of power, worked out from the effects of a run.

    a folder, the effects that happened -> [power] -> folders that may be found afterwards

What was synced stays: a file's bytes by a sync of the file, names by a sync of their folder. Of the rest each name may be
there or not, in any order, and each file may be empty, torn, or as long as it was and full of zeros. Real file systems
keep more than that. A rename is a name given and a name taken, each of which may be lost alone.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.faulty import Effect

# What becomes of names and bytes that were not synced.
WAYS = ("nothing more", "names and empty files", "names and torn files", "names and zeros", "the later names", "some")
FOLDER = -1


@dataclass
class Disk:
    """Names and files as the system sees them, and as the disk surely has them. A folder is a name whose inode is -1."""

    names: dict[str, int] = field(default_factory=dict)
    sure_names: dict[str, int] = field(default_factory=dict)
    data: dict[int, bytes] = field(default_factory=dict)
    sure_data: dict[int, bytes] = field(default_factory=dict)
    # Names given (an inode) or taken (None) since their folder was synced, in order.
    pending: list[tuple[str, int | None]] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """What is there before a run is all on the disk."""
        disk = cls()
        for place, _, names in os.walk(folder):
            disk.names[place] = FOLDER
            for name in names:
                path = f"{place}/{name}"
                inode = disk.names[path] = os.lstat(path).st_ino
                disk.data[inode] = Path(path).read_bytes()
        disk.sure_names, disk.sure_data = dict(disk.names), dict(disk.data)
        return disk

    def apply(self, effect: Effect) -> None:
        """One effect."""
        if effect.call == "write":
            self.data[effect.inode] = self.data.get(effect.inode, b"") + effect.data
        elif effect.call == "create":
            # An inode that was freed may come again; a lock's file is opened and not made anew.
            if effect.path not in self.names:
                self.data[effect.inode] = b""
                self.sure_data.pop(effect.inode, None)
                self._give(effect.path, effect.inode)
        elif effect.call == "mkdir":
            self._give(effect.path, FOLDER)
        elif effect.call == "fsync" and self.names.get(effect.path) == FOLDER:
            self._sync_names(effect.path)
        elif effect.call == "fsync":
            self.sure_data[effect.inode] = self.data[effect.inode]
        elif effect.call in ("unlink", "rmdir"):
            self._take(effect.path)
        else:
            inode = self.names[effect.path]
            self._give(effect.target, inode)
            if effect.call == "rename":
                self._take(effect.path)

    def _give(self, path: str, inode: int) -> None:
        self.names[path] = inode
        self.pending.append((path, inode))

    def _take(self, path: str) -> None:
        self.names.pop(path, None)
        self.pending.append((path, None))

    def _sync_names(self, folder: str) -> None:
        here = [change for change in self.pending if os.path.dirname(change[0]) == folder]
        _change(self.sure_names, here)
        self.pending = [change for change in self.pending if os.path.dirname(change[0]) != folder]

    def after_loss(self, way: str, seed: int) -> dict[str, bytes | None]:
        """What the disk may hold: paths and bytes, None for folders."""
        chance = random.Random(f"{way} {seed}")
        names = dict(self.sure_names)
        _change(names, self._surviving(way, chance))
        found: dict[str, bytes | None] = {}
        root = min(names)
        for path in sorted(names):
            # What stands in a folder whose own name was lost can't be reached.
            if path != root and found.get(os.path.dirname(path), b"") is not None:
                continue
            if names[path] == FOLDER:
                found[path] = None
            else:
                found[path] = self._bytes(names[path], way, chance)
        return found

    def _surviving(self, way: str, chance: random.Random) -> Sequence[tuple[str, int | None]]:
        if way == "nothing more":
            return ()
        if way == "the later names":
            return self.pending[len(self.pending) // 2 :]
        if way == "some":
            return [change for change in self.pending if chance.random() < 0.5]
        return self.pending

    def _bytes(self, inode: int, way: str, chance: random.Random) -> bytes:
        whole, sure = self.data.get(inode, b""), self.sure_data.get(inode)
        if sure == whole:
            return whole
        lost = chance.choice(("empty", "torn", "zeros")) if way == "some" else way
        if "torn" in lost:
            return whole[: len(whole) // 2]
        if "zeros" in lost:
            return bytes(len(whole))
        return sure or b""


def _change(names: dict[str, int], changes: Sequence[tuple[str, int | None]]) -> None:
    for path, inode in changes:
        if inode is None:
            names.pop(path, None)
        else:
            names[path] = inode


def losses(folder: Path, before: Disk, log: Sequence[Effect], ways: Sequence[str]) -> Iterator[tuple[int, str]]:
    """For each prefix of the effects, each way to lose what was not synced: `folder` becomes what is found then."""
    disk = before
    for number in range(len(log) + 1):
        if number:
            disk.apply(log[number - 1])
        for way in ways:
            make(folder, disk.after_loss(way, number))
            yield number, way


def make(folder: Path, found: dict[str, bytes | None]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, data in found.items():
        if data is None:
            os.makedirs(path, exist_ok=True)
        else:
            with open(path, "wb") as file:
                file.write(data)
