"""Blobs: immutable bytes under their digest, one file each.

    link, manifest -> [blobs] -> runtime, list, show

A blob appears whole under its name or not at all, and what is there already is read and compared before it is left
alone: so a damaged blob, or a link, folder or pipe in its place, is put right by whoever next has the bytes. Bytes
that come back are held against the digest that was asked for, so a damaged blob is never served.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from promptc.core.digest import Digest, digest_of
from promptc.core.errors import Exit, PromptcError
from promptc.stores.machine import refused, writing
from promptc.stores.write import CREATE, temporary_name, write_all

BLOB_BYTES_MAX = 64 * 1024 * 1024
STRAY_SECONDS_MAX = 3600

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_REBUILD = "run `promptc build` to make it anew"
# What the system says of a name that is no regular file, or that stands where a folder belongs.
_WRONG_KIND = frozenset({errno.ELOOP, errno.EISDIR, errno.ENOTDIR, errno.ENXIO, errno.EEXIST, errno.ENOTEMPTY})


class Blobs:
    """The blobs below one folder: `sha256/ab/abcd…`. `temporary` is a folder beside it, for unfinished ones."""

    def __init__(self, folder: Path, temporary: Path) -> None:
        self._folder = folder
        self._temporary = temporary

    def path_of(self, digest: Digest) -> Path:
        """Where a digest's bytes stand, or would stand."""
        return Path(self._place_of(digest))

    def _place_of(self, digest: Digest) -> str:
        # Text and not a Path: this is asked twenty thousand times in a build.
        hex_digits = digest.removeprefix("sha256:")
        return f"{self._folder}/sha256/{hex_digits[:2]}/{hex_digits}"

    def get(self, digest: Digest) -> bytes:
        """The bytes of a digest, verified. PromptcError D001 damaged, D002 missing, D004 no file, D007 unreadable."""
        shown = str(digest)
        data = read_regular(self._place_of(digest), shown)
        if data is None:
            raise PromptcError("D002", f"`{shown}` is missing", hint=_REBUILD, exit_code=Exit.INTEGRITY)
        if digest_of(data) != digest:
            raise PromptcError("D001", f"`{shown}` is damaged", hint=_REBUILD, exit_code=Exit.INTEGRITY)
        return data

    def with_prefix(self, prefix: str) -> tuple[Digest, ...]:
        """The digests that are here and whose hex digits begin with a prefix of two or more, sorted."""
        with suppress(FileNotFoundError, NotADirectoryError):
            names = os.listdir(self._folder / "sha256" / prefix[:2])
            return tuple(Digest(f"sha256:{name}") for name in sorted(names) if name.startswith(prefix))
        return ()

    def put(self, blobs: Mapping[Digest, bytes]) -> int:
        """Store blobs under their digests; how many were written. PromptcError D006 when the machine refuses."""
        self._sweep()
        written = 0
        with writing(f"{self._folder.parent.name}/{self._folder.name}"):
            for digest in sorted(blobs):
                written += self._put_one(self._place_of(digest), blobs[digest])
        return written

    def _put_one(self, path: str, data: bytes) -> int:
        if _holds(path, data):
            return 0
        for _ in range(3):
            try:
                self._write(path, data)
                return 1
            except OSError as error:
                if error.errno == errno.ENOENT:
                    # First blob of its folder, or somebody removed the build meanwhile.
                    self._make_folders(Path(path))
                elif error.errno in _WRONG_KIND:
                    self._set_aside(Path(path))
                else:
                    raise
        self._write(path, data)
        return 1

    def _write(self, path: str, data: bytes) -> None:
        temporary = f"{self._temporary}/{temporary_name()}"
        try:
            descriptor = os.open(temporary, CREATE, 0o666)
            try:
                write_all(descriptor, data)
            finally:
                os.close(descriptor)
            os.rename(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise

    def _make_folders(self, path: Path) -> None:
        for folder in (self._temporary, path.parent):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError):
                self._set_aside(path)
                folder.mkdir(parents=True, exist_ok=True)

    def _set_aside(self, path: Path) -> None:
        """Move what stands in a blob's or its folder's place out of the way; sweeping removes it later."""
        self._temporary.mkdir(parents=True, exist_ok=True)
        for place in (self._folder, path.parent.parent, path.parent):
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                os.rename(place, self._temporary / temporary_name())
                return
        self.make_way(path)

    def make_way(self, path: Path) -> None:
        """Move a folder that stands in a file's place out of the way; a file there is simply replaced."""
        if path.is_dir() and not path.is_symlink():
            self._temporary.mkdir(parents=True, exist_ok=True)
            os.rename(path, self._temporary / temporary_name())

    def _sweep(self) -> None:
        # The clock may have been wrong then or may be wrong now: only the distance counts. Whoever still writes to a
        # file that is swept writes it again.
        now = time.time()
        try:
            strays = list(os.scandir(self._temporary))
        except OSError:
            return
        for stray in strays:
            with suppress(OSError):
                if abs(now - stray.stat(follow_symlinks=False).st_ctime) < STRAY_SECONDS_MAX:
                    continue
                if stray.is_dir(follow_symlinks=False):
                    shutil.rmtree(stray.path)
                else:
                    os.unlink(stray.path)


def read_regular(path: Path | str, shown: str) -> bytes | None:
    """A stored file's bytes, or None when it isn't there; PromptcError D004 for what is no file, D007 otherwise."""
    try:
        descriptor = os.open(path, _READ)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in _WRONG_KIND:
            raise _no_file(shown) from error
        raise refused(error, shown, code="D007") from error
    try:
        return _read_open(descriptor, shown)
    except OSError as error:
        raise refused(error, shown, code="D007") from error
    finally:
        os.close(descriptor)


def _read_open(descriptor: int, shown: str) -> bytes:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise _no_file(shown)
    if found.st_size > BLOB_BYTES_MAX:
        raise PromptcError("D001", f"`{shown}` is damaged: it is too large", hint=_REBUILD, exit_code=Exit.INTEGRITY)
    parts: list[bytes] = []
    while part := os.read(descriptor, max(found.st_size + 1, 4096)):
        parts.append(part)
        if len(part) == found.st_size:
            break
    return b"".join(parts)


def _no_file(shown: str) -> PromptcError:
    return PromptcError("D004", f"`{shown}` is not a regular file", hint=_REBUILD, exit_code=Exit.INTEGRITY)


def _holds(path: str, data: bytes) -> bool:
    try:
        return read_regular(path, "") == data
    except PromptcError:
        return False
