"""What the tests of packs share: small stores, what they serve, and being killed at any call."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from promptc.core.digest import Digest, digest_of
from promptc.core.errors import Exit, PromptcError
from promptc.stores.blobs import Blobs

Given = dict[Digest, bytes]


def blobs_of(*contents: bytes) -> Given:
    return {digest_of(data): data for data in contents}


def many(count: int, what: str = "blob") -> Given:
    return blobs_of(*(f"{what} {number}".encode() for number in range(count)))


def store_at(folder: Path) -> Blobs:
    """A store as another process would open it."""
    return Blobs(folder / "build" / "blobs", folder / "build" / "tmp")


def add_all(store: Blobs, given: Given) -> int:
    """Add blobs through one writer; how many were new."""
    with store.writer() as writer:
        return sum(writer.add(digest, data) for digest, data in given.items())


def packs_at(folder: Path) -> list[Path]:
    return sorted((folder / "build" / "blobs" / "packs").glob("*.pack"))


def loose_at(folder: Path) -> list[Path]:
    return sorted((folder / "build" / "blobs" / "sha256").glob("*/*"))


def strays_at(folder: Path) -> list[str]:
    return os.listdir(folder / "build" / "tmp")


def name_of(given: Iterable[Digest]) -> str:
    digests = b"".join(sorted(bytes.fromhex(digest.removeprefix("sha256:")) for digest in given))
    return hashlib.sha256(digests).hexdigest()[:32] + ".pack"


def served(store: Blobs, given: Given) -> set[Digest]:
    """The blobs that are served; for every other one the store says that it is damaged, missing or no file."""
    found = set()
    for digest, data in given.items():
        code = code_of(lambda digest=digest, data=data: _expect(store.get(digest), data))  # type: ignore[misc]
        assert code in ("", "D001", "D002", "D004")
        if not code:
            found.add(digest)
    return found


def _expect(found: bytes, data: bytes) -> None:
    assert found == data, "bytes that nobody asked for"


def code_of(act: Callable[[], object]) -> str:
    """The code that something is refused with; "" when it isn't. Codes of integrity have its exit code."""
    try:
        act()
    except PromptcError as error:
        if error.code in ("D001", "D002", "D003", "D004") and error.exit_code is not Exit.INTEGRITY:
            return f"{error.code} with exit code {error.exit_code}"
        return error.code
    return ""


CALLS = ("open", "write", "rename", "unlink", "rmdir", "fsync", "mkdir", "close")


def killed_at(moment: int, act: Callable[[], object]) -> bool:
    """Whether a child was killed at the n-th call that changes something; False when it came to its end before."""
    child = os.fork()
    if child == 0:
        _die_at(moment, act)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    return os.WIFSIGNALED(status)


def _die_at(moment: int, act: Callable[[], object]) -> None:
    left = [moment]

    def counted(name: str) -> None:
        real = getattr(os, name)

        def call(*args: object, **kwargs: object) -> object:
            # Looking changes nothing.
            left[0] -= name != "open" or bool(int(args[1]) & os.O_CREAT)  # type: ignore[call-overload]
            if left[0] == 0:
                os.kill(os.getpid(), 9)
            return real(*args, **kwargs)

        setattr(os, name, call)

    try:
        for name in CALLS:
            counted(name)
        act()
        os._exit(0)
    finally:
        os._exit(1)
