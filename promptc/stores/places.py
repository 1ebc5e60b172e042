"""Places: put something in its place below a folder, whatever stands there now.

    blobs, pack writer -> [places] -> folders

Missing folders are made, and what is no folder or no file where one belongs is moved out of the way. Everything
unfinished, and everything in the way, is in the temporary folder, whose old strays are swept.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from promptc.stores import effects
from promptc.stores.regular import WRONG_KIND
from promptc.stores.write import temporary_name

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_ATTEMPTS = 4


class Places:
    """The places below one folder. `temporary` is a folder beside it, on the same file system."""

    def __init__(self, folder: Path, temporary: Path) -> None:
        self.folder = folder
        self.temporary = temporary
        self.shown = f"{folder.parent.name}/{folder.name}"

    def temporary_path(self) -> str:
        """A path for something unfinished."""
        return f"{self.temporary}/{temporary_name()}"

    def attempt(self, path: str, act: Callable[[], None]) -> None:
        """Do what puts a file at `path`, two folders below ours at most; OSError when the machine refuses."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return act()
            except OSError as error:
                if error.errno == errno.ENOENT:
                    # First file of its folder, or somebody removed the build meanwhile.
                    self._make_folders(Path(path))
                elif error.errno in WRONG_KIND:
                    self._set_aside(Path(path))
                else:
                    raise
        return act()

    def make_way(self, path: Path) -> None:
        """Move a folder that stands in a file's place out of the way; a file there is simply replaced."""
        if path.is_dir() and not path.is_symlink():
            effects.make_folders(self.temporary)
            effects.rename(path, self.temporary / temporary_name())

    def _make_folders(self, path: Path) -> None:
        for folder in (self.temporary, path.parent):
            try:
                effects.make_folders(folder)
            except (FileExistsError, NotADirectoryError):
                self._set_aside(path)
                effects.make_folders(folder)

    def _set_aside(self, path: Path) -> None:
        effects.make_folders(self.temporary)
        for place in (self.folder, path.parent.parent, path.parent):
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                effects.rename(place, self.temporary / temporary_name())
                return
        self.make_way(path)
