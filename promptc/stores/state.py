"""State: a digest of what is stored, without reading a byte of it.

    a build without change -> [state] -> was anything touched since?

Whatever changes a file changes its size, its inode or one of its times, and removing or adding one changes the list.
"""

from __future__ import annotations

import os
import stat
import struct
import time
from collections.abc import Iterator
from hashlib import sha256

SUFFIX = ".pack"  # of a pack's name
# A file system's clock may stand still for a hundredth of a second: two changes within it have the same time.
_TICK_NS = 12_000_000
# The time of the last change first, so that the latest is that of the last line.
_NUMBERS = struct.Struct(">qqQQQ")


def store_state(loose: str, packs: str) -> bytes:
    """The digest of all files in the folder of packs and, two levels deep, in that of loose blobs."""
    lines = _lines(loose, packs)
    newest = _NUMBERS.unpack_from(lines[-1])[0] if lines else 0
    age = time.time_ns() - newest
    if 0 <= age < _TICK_NS:
        # Only after a build that wrote just now; whatever is changed from here on has a later time.
        time.sleep((_TICK_NS - age) / 1e9)
        lines = _lines(loose, packs)
    head = b"promptc.state/1\0" + bytes((_is_folder(loose), _is_folder(packs)))
    # Numbers have their width, and no name has a zero in it.
    return sha256(head + b"\0".join(lines)).digest()


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _lines(loose: str, packs: str) -> list[bytes]:
    # Names as bytes: any will do here, and nothing shows them.
    suffix = SUFFIX.encode()
    lines = [_line(pack, b"packs/") for pack in _entries(os.fsencode(packs)) if pack.name.endswith(suffix)]
    for fan in _entries(os.fsencode(loose)):
        if fan.is_dir(follow_symlinks=False):
            lines += [_line(blob, fan.name) for blob in _entries(fan.path)]
        else:
            lines.append(_line(fan, b"sha256/"))
    return sorted(lines)


def _entries(folder: bytes) -> Iterator[os.DirEntry[bytes]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        # Not there, or not a folder: either way there is no blob in it.
        return


def _line(entry: os.DirEntry[bytes], place: bytes) -> bytes:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return bytes(_NUMBERS.size) + place + entry.name
    times = found.st_ctime_ns, found.st_mtime_ns
    return _NUMBERS.pack(*times, found.st_ino, found.st_size, found.st_mode) + place + entry.name
