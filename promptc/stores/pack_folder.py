"""Pack folder: the packs of one folder, as they stood when somebody last looked.

    blobs -> [pack folder] -> packs

A pack that is a link, a folder or a pipe is refused and the others serve. Packs come and go while others tidy, so a
blob counts as missing only after a new look.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from promptc.core.errors import Exit, PromptcError
from promptc.stores.machine import printable, refused
from promptc.stores.packs import Pack, State, state_of
from promptc.stores.places import FOLDER
from promptc.stores.regular import WRONG_KIND, no_file, open_regular
from promptc.stores.state import SUFFIX

T = TypeVar("T")

_LOOKS = 5


class PackFolder:
    """The packs in `path`. The same object serves before and after a fork, and several threads."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.refusals: tuple[PromptcError, ...] = ()
        self._packs: tuple[Pack, ...] = ()
        self._is_known = False
        self._are_checked = False

    def forget(self) -> None:
        """Look anew when next asked."""
        self._is_known = False

    def packs(self) -> tuple[Pack, ...]:
        """The packs that are here, the largest first."""
        if not self._is_known:
            self._look()
        return self._packs

    def has(self, digest: bytes) -> bool:
        """Whether a pack of the last look has a blob, by its index alone."""
        return self._ask(Pack.place_of, digest) is not None

    def holds(self, digest: bytes, data: bytes) -> bool:
        """Whether exactly these bytes are in a pack of the last look."""
        return bool(self._ask(Pack.holds, digest, data))

    def read(self, digest: bytes) -> bytes | None:
        """A blob's bytes, verified, from a pack that is still there and was not touched; None otherwise."""
        return self._ask(Pack.read_current, digest)

    def _ask(self, question: Callable[..., T], digest: bytes, *rest: bytes) -> T | None:
        """The first answer of the packs that may have a digest. What a build asks of every blob, so it is written out."""
        packs = self._packs if self._is_known else self.packs()
        first, last = int.from_bytes(digest[:4], "big"), digest[31]
        while True:
            for pack in packs:
                shift, fan, tags = pack.columns
                bucket = first >> shift
                if tags.find(last, fan[bucket], fan[bucket + 1]) < 0:
                    continue
                try:
                    answer = question(pack, digest, *rest)
                except OSError:
                    continue
                if answer is not None and answer is not False:
                    return answer
            if self._are_checked or self._check():
                return None

    def _check(self) -> bool:
        """Before anything counts as missing: whether all indexes are what was written."""
        before = sum(pack.is_misread for pack in self._packs)
        for pack in self._packs:
            with suppress(OSError):
                pack.check()
        self._are_checked = True
        return before == sum(pack.is_misread for pack in self._packs)

    def _look(self) -> None:
        self._are_checked = False
        for _ in range(_LOOKS):
            # Somebody who tidies may take a pack away between the listing and the opening.
            if self._open_all():
                break
        self._is_known = True

    def _open_all(self) -> bool:
        """Open what isn't open yet; whether everything that was listed was still there."""
        known = {(pack.name, pack.state): pack for pack in self._packs}
        packs: list[Pack] = []
        refusals: list[PromptcError] = []
        is_all = True
        try:
            folder = os.open(self.path, FOLDER)
        except OSError as error:
            self._packs, self.refusals = (), _refusals_of(error, os.path.basename(self.path))
            return True
        try:
            for name in sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX)):
                try:
                    pack = _opened(folder, name, known)
                except PromptcError as error:
                    refusals.append(error)
                    continue
                is_all = is_all and pack is not None
                packs += [pack] if pack is not None else []
        finally:
            os.close(folder)
        packs.sort(key=lambda pack: -pack.size_bytes)
        self._packs, self.refusals = tuple(packs), tuple(refusals)
        return is_all


def _opened(folder: int, name: str, known: dict[tuple[str, State], Pack]) -> Pack | None:
    shown = printable(f"packs/{name}")
    with suppress(OSError):
        same = known.get((name, state_of(os.stat(name, dir_fd=folder, follow_symlinks=False))))
        if same is not None:
            return same
    opened = open_regular(name, shown, folder=folder)
    if opened is None:
        return None
    try:
        pack = Pack(name, *opened)
        is_newer = pack.is_newer
    except OSError as error:
        raise refused(error, shown, code="D007") from error
    if is_newer:
        raise PromptcError(
            "D003",
            f"the format of `{shown}` is not known to this promptc",
            hint="it was written by a newer promptc: upgrade this one",
            exit_code=Exit.INTEGRITY,
        )
    return pack


def _refusals_of(error: OSError, shown: str) -> tuple[PromptcError, ...]:
    if error.errno == errno.ENOENT:
        return ()
    return (no_file(shown),) if error.errno in WRONG_KIND else (refused(error, shown, code="D007"),)
