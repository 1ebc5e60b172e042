"""Sources: where a client reads blobs and small files: a folder, a vendored folder, a web server.

    a registry's name -> [source] -> bytes, which nobody trusts before they are verified

A source gives what it has and decides nothing. `get` gives the bytes of a digest or None, `read` a small file by its name or
None when it isn't there; both raise `Unreachable` when the place itself can't be asked.
"""

from __future__ import annotations

import os
import stat

from promptc.runtime.errors import Misused, Unreachable
from promptc.runtime.packs import BLOB_BYTES_MAX, Packs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Source(Protocol):
        """What every source can do. `where` is as its user wrote it."""

        where: str

        def get(self, digest: str) -> bytes | None:
            """The bytes of a digest, not verified; None when they aren't here. Unreachable."""

        def read(self, name: str) -> bytes | None:
            """A small file, None when it isn't there. Unreachable."""

        def close(self) -> None:
            """Let go of connections."""


SMALL_BYTES_MAX = 16 * 1024 * 1024
_READ = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def open_source(where: str) -> Source:
    """The source that a registry's name means. Misused for a kind that no runtime opens."""
    scheme, colon, _ = where.partition("://")
    if not colon:
        return FolderSource(where)
    if scheme in ("https", "http"):
        from promptc.runtime.web import WebSource

        return WebSource(where)
    if scheme in ("s3", "gs", "az", "abfs"):
        from promptc.runtime.objects import ObjectSource

        return ObjectSource(where)
    raise Misused(
        f"a runtime opens no registry at `{scheme}://`",
        hint="serve it over https (`promptc export-static`, or the bucket's own address), vendor it, or give a source of your own",
    )


class FolderSource:
    """A registry that is a folder, or a folder that `promptc vendor` wrote."""

    def __init__(self, where: str) -> None:
        self.where = where
        self._folder = os.path.abspath(where)
        self._packs = Packs(f"{self._folder}/blobs/packs")

    def get(self, digest: str) -> bytes | None:
        """See `Source`."""
        digits = digest[7:]
        found = self._packs.get(bytes.fromhex(digits))
        if found is not None:
            return found
        return self._there(self._read(f"{self._folder}/blobs/sha256/{digits[:2]}/{digits}", BLOB_BYTES_MAX))

    def read(self, name: str) -> bytes | None:
        """See `Source`."""
        if ".." in name.split("/") or name.startswith("/"):
            return None
        return self._there(self._read(f"{self._folder}/{name}", SMALL_BYTES_MAX))

    def close(self) -> None:
        """See `Source`."""

    def _there(self, found: bytes | None) -> bytes | None:
        """What was found; nothing found counts only where the folder itself is there."""
        if found is None and not os.path.isdir(self._folder):
            raise Unreachable(f"the registry `{self.where}` is not there", hint="mount it, or name another")
        return found

    def _read(self, path: str, size_max: int) -> bytes | None:
        try:
            descriptor = os.open(path, _READ)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise Unreachable(f"the registry `{self.where}` can't be read: {(error.strerror or '').lower()}") from error
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_size > size_max:
                return None
            parts = []
            while part := os.read(descriptor, found.st_size + 1):
                parts.append(part)
            return b"".join(parts)
        except OSError as error:
            raise Unreachable(f"the registry `{self.where}` can't be read: {(error.strerror or '').lower()}") from error
        finally:
            os.close(descriptor)
