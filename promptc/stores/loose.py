"""Loose: blobs that are one file each, `sha256/ab/abcd…`.

    blobs -> [loose] -> folders

What is there already is read and compared before it is left alone: so a damaged blob, or a link, folder or pipe in its
place, is put right by whoever next has the bytes.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress

from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.stores import effects
from promptc.stores.places import Places
from promptc.stores.regular import read_regular

_NAME = re.compile(r"[0-9a-f]{64}\Z")


class Loose:
    """The loose blobs below one folder."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.folder = f"{places.folder}/sha256"

    def place_of(self, digest: Digest) -> str:
        """Where a digest's bytes stand, or would stand."""
        # Text and not a Path: this is asked twenty thousand times in a build.
        return f"{self.folder}/{digest[7:9]}/{digest[7:]}"

    def read(self, digest: Digest) -> bytes | None:
        """A blob's bytes as they are, or None when it isn't there. PromptcError D001, D004, D007."""
        return read_regular(self.place_of(digest), digest)

    def holds(self, digest: Digest, data: bytes) -> bool:
        """Whether exactly these bytes stand there."""
        try:
            return self.read(digest) == data
        except PromptcError:
            return False

    def put(self, digest: Digest, data: bytes) -> None:
        """Put a blob in its place, or replace what stands there. OSError when the machine refuses."""
        path = self.place_of(digest)
        self._places.attempt(path, lambda: self._write(path, data))

    def fans(self) -> list[str]:
        """The folders that blobs stand in: the first two digits of their digests."""
        return _listed(self.folder)

    def names(self, fan: str) -> list[str]:
        """The digits of the blobs whose first two are `fan`, unsorted."""
        return [name for name in _listed(f"{self.folder}/{fan}") if _NAME.match(name)]

    def remove(self, names: list[str]) -> None:
        """Remove blobs, and the folders that this leaves empty. OSError when the machine refuses."""
        for name in names:
            with suppress(FileNotFoundError):
                effects.unlink(f"{self.folder}/{name[:2]}/{name}")
        for fan in {name[:2] for name in names}:
            # Not empty, or somebody puts a blob there just now, who makes it again.
            with suppress(OSError):
                effects.remove_folder(f"{self.folder}/{fan}")

    def _write(self, path: str, data: bytes) -> None:
        temporary = self._places.temporary_path()
        try:
            descriptor = effects.create(temporary)
            try:
                effects.write_all(descriptor, data)
            finally:
                os.close(descriptor)
            effects.rename(temporary, path)
        except BaseException:
            with suppress(OSError):
                effects.unlink(temporary)
            raise


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        # Not there, or not a folder: whoever reads or writes a blob below is told why.
        return []
