"""Edits on disk: how a changed tree reaches its folder, and what machines do to folders when nobody edits anything.

    tree of files -> [disk] -> a folder -> build

A write leaves the old time, takes a new inode, or comes from the future, as editors, git, `cp -p` and `tar` do. What is
below build/ is damaged as disks, cleaners and careless people damage it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

from tests.laws.edits_world import Odd

KEPT = ("build", ".promptc")
YEAR_NS = 365 * 24 * 3600 * 10**9


class Disk:
    """A project's folder. `tree` is what it holds; `kept` a copy of an earlier build/ that may come back."""

    def __init__(self, folder: Path, draw: Random) -> None:
        self.folder = folder
        self.draw = draw
        self.tree: dict[str, bytes | Odd] = {}
        self.kept: Path | None = None

    def write(self, tree: Mapping[str, bytes | Odd]) -> int:
        """Make the folder hold a tree, touching what differs; how many files that was."""
        changed = [path for path in {*tree, *self.tree} if tree.get(path) != self.tree.get(path)]
        changed.sort()
        self.draw.shuffle(changed)
        gone = [path for path in changed if path not in tree]
        for path in changed:
            if path in tree and path not in self.tree and (source := self._equal(gone, tree[path])):
                # A file that moves keeps its inode and its time.
                (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / source).rename(self.folder / path)
                self.tree[path] = self.tree.pop(source)
                gone.remove(source)
        for path in gone:
            remove(self.folder / path)
        for path in changed:
            if path in tree and self.tree.get(path) != tree[path]:
                self._put(self.folder / path, tree[path], self.tree.get(path))
        self.tree = dict(tree)
        return len(changed)

    def _equal(self, gone: list[str], content: bytes | Odd) -> str | None:
        return next((path for path in gone if self.tree[path] == content and isinstance(content, bytes)), None)

    def _put(self, path: Path, content: bytes | Odd, before: bytes | Odd | None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Odd):
            remove(path)
            put_odd(path, content)
            return
        if isinstance(before, Odd) or self.draw.random() < 0.1:
            remove(path)
        state = path.stat() if path.exists() else None
        if self.draw.random() < 0.4:
            temporary = path.with_name(f".{path.name}.new")
            temporary.write_bytes(content)
            temporary.replace(path)
        else:
            path.write_bytes(content)
        is_same_size = isinstance(before, bytes) and len(before) == len(content)
        if state is not None and self.draw.random() < (0.7 if is_same_size else 0.2):
            os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        elif self.draw.random() < 0.1:
            shift = self.draw.choice([-20, -1, 2]) * YEAR_NS
            os.utime(path, ns=(time.time_ns() + shift, time.time_ns() + shift))

    def files(self) -> list[Path]:
        """The tree's regular files, sorted."""
        return [self.folder / path for path, content in sorted(self.tree.items()) if isinstance(content, bytes)]

    # What happens without an edit

    def happen(self) -> str:
        """One of the things that change no source."""
        happenings: list[tuple[int, Callable[[], str | None]]] = [
            (3, self.nothing), (4, self.touch), (2, self.rewrite), (2, self.move), (2, self.lose_build), (3, self.lose_cache),
            (4, self.damage_cache), (2, self.swap_cache), (4, self.damage_blobs), (3, self.lose_blobs), (2, self.damage_pointer), (2, self.lose_schemas), (2, self.restore),
        ]  # fmt: skip
        while True:
            (happening,) = self.draw.choices([what for _, what in happenings], [weight for weight, _ in happenings])
            if said := happening():
                return f"disk {happening.__name__}: {said}"

    def nothing(self) -> str:
        return "nothing"

    def touch(self) -> str:
        """Every file gets another time: now, years back, years ahead, or one and the same for all."""
        shift = self.draw.choice([0, -20, 3])
        for path in self.files():
            when = time.time_ns() + shift * YEAR_NS
            os.utime(path, ns=(when, when))
        return f"{shift} years"

    def rewrite(self) -> str:
        """Every file is written again with what it holds, under a new inode, in another order."""
        every = self.files()
        self.draw.shuffle(every)
        for path in every:
            temporary = path.with_name(".again")
            temporary.write_bytes(path.read_bytes())
            temporary.replace(path)
        return f"{len(every)} files"

    def move(self) -> str:
        """The project's folder gets another name."""
        target = self.folder.with_name(f"moved-{self.draw.randrange(10**9)}")
        self.folder.rename(target)
        self.folder = target
        return target.name

    def lose_build(self) -> str | None:
        return self._lose(self.folder / "build")

    def lose_cache(self) -> str | None:
        return self._lose(self.folder / "build" / "cache")

    def lose_schemas(self) -> str | None:
        return self._lose(self.folder / ".promptc")

    def damage_cache(self) -> str | None:
        """Files of the cache are cut, emptied, flipped, removed, or something else stands in their place."""
        every = self._below("build/cache")
        for path in self._few(every):
            self._damage(path)
        return f"of {len(every)} files" if every else None

    def swap_cache(self) -> str | None:
        """Two files of the cache, or two blobs, change places: each is whole and under a wrong name."""
        every = self._below(self.draw.choice(["build/cache", "build/cache", "build/blobs"]))
        if len(every) < 2:
            return None
        first, second = self.draw.sample(every, 2)
        data = first.read_bytes()
        first.write_bytes(second.read_bytes())
        second.write_bytes(data)
        return f"{first.name} and {second.name}"

    def damage_blobs(self) -> str | None:
        every = self._below("build/blobs")
        for path in self._few(every):
            self._damage(path)
        return f"of {len(every)} blobs" if every else None

    def lose_blobs(self) -> str | None:
        every = self._below("build/blobs")
        for path in every if self.draw.random() < 0.2 else self._few(every):
            path.unlink()
        return f"of {len(every)} blobs" if every else None

    def damage_pointer(self) -> str | None:
        path = self.folder / "build" / "latest.json"
        if not path.is_file():
            return None
        if self.draw.random() < 0.4:
            path.unlink()
            return "gone"
        self._damage(path)
        return "damaged"

    def restore(self) -> str | None:
        """A copy of build/ from some steps ago comes back, whole or its cache alone, as caches of CI do."""
        build = self.folder / "build"
        if self.kept is None:
            if not build.is_dir():
                return None
            self.kept = self.folder.with_name(f"kept-{self.draw.randrange(10**9)}")
            shutil.copytree(build, self.kept)
            return "a copy is made"
        part = self.draw.choice(["", "cache"])
        if not (self.kept / part).is_dir():
            return None
        shutil.rmtree(build / part, ignore_errors=True)
        build.mkdir(exist_ok=True)
        shutil.copytree(self.kept / part, build / part, dirs_exist_ok=True)
        return f"build/{part} of earlier"

    def _lose(self, path: Path) -> str | None:
        if not path.is_dir():
            return None
        shutil.rmtree(path)
        return path.name

    def _below(self, folder: str) -> list[Path]:
        return sorted(path for path in (self.folder / folder).rglob("*") if path.is_file() and not path.is_symlink())

    def _few(self, paths: list[Path]) -> list[Path]:
        return self.draw.sample(paths, min(len(paths), self.draw.choice([1, 1, 2, 5])))

    def _damage(self, path: Path) -> None:
        data = path.read_bytes()
        kind = self.draw.choice(["flip", "flip", "cut", "empty", "gone", "folder", "link", "more"])
        spot = self.draw.randrange(len(data)) if data else 0
        if kind == "flip" and data:
            path.write_bytes(data[:spot] + bytes([data[spot] ^ 1 << self.draw.randrange(8)]) + data[spot + 1 :])
        elif kind in ("cut", "empty", "more"):
            path.write_bytes({"cut": data[:spot], "empty": b"", "more": data + b"\0"}[kind])
        else:
            path.unlink()
            if kind in ("folder", "link"):
                put_odd(path, Odd(kind, "/etc/hostname"))


def remove(path: Path) -> None:
    """Remove a file, or what stands in a file's place."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def put_odd(path: Path, odd: Odd) -> None:
    """Put what is no file where a file belongs."""
    if odd.kind == "link":
        path.symlink_to(odd.target)
    elif odd.kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()


def write_anew(folder: Path, tree: Mapping[str, bytes | Odd], draw: Random) -> None:
    """Write a tree into an empty folder, in any order."""
    paths = list(tree)
    draw.shuffle(paths)
    for path in paths:
        target, content = folder / path, tree[path]
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Odd):
            put_odd(target, content)
        else:
            target.write_bytes(content)
