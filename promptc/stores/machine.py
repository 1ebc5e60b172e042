"""Machine: what an operating system refuses, as one clear sentence and exit code 6.

    OSError -> [machine] -> PromptcError

No refusal shows a path outside of the project: messages name files as the project sees them.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from promptc.core.errors import Exit, PromptcError

_HINTS = {
    errno.ENOSPC: "free some space on the disk and run the command again",
    errno.EDQUOT: "your quota on this disk is used up: free some space and run the command again",
    errno.EFBIG: "a limit on the size of files (`ulimit -f`) is in force: raise it and run the command again",
    errno.EROFS: "the file system is read-only: build in a folder that can be written",
    errno.EACCES: "give your user the right to it, or use another folder",
    errno.EPERM: "give your user the right to it, or use another folder",
    errno.EMFILE: "raise the limit on open files (`ulimit -n`) and run the command again",
    errno.ENFILE: "too many files are open on this machine: close some programs and run the command again",
    errno.EIO: "the disk reports a fault: look at it before anything else",
}


def refused(error: OSError, shown: str, *, code: str) -> PromptcError:
    """The error to raise when the machine refuses to read (`D007`) or write (`D006`) what is shown as `shown`."""
    verb = "read" if code == "D007" else "write"
    reason = os.strerror(error.errno).lower() if error.errno else "unknown reason"
    hint = _HINTS.get(error.errno or 0, "mend that and run the command again")
    return PromptcError(code, f"can't {verb} `{printable(shown)}`: {reason}", hint=hint, exit_code=Exit.MACHINE)


@contextmanager
def writing(shown: str) -> Iterator[None]:
    """Turn what the machine refuses while writing `shown` into a PromptcError."""
    try:
        yield
    except OSError as error:
        raise refused(error, shown, code="D006") from error


@contextmanager
def reading(shown: str) -> Iterator[None]:
    """Turn what the machine refuses while reading `shown` into a PromptcError."""
    try:
        yield
    except OSError as error:
        raise refused(error, shown, code="D007") from error


def printable(name: str) -> str:
    """A file's name as it can be shown: what isn't visible text is escaped, so that it can't drive a terminal.

    Bytes that aren't UTF-8 (Python holds them as lone surrogates) are shown as `\\xNN`, other characters as `\\u{N}`.
    """
    return "".join(_shown(character) for character in name)


def _shown(character: str) -> str:
    if character.isprintable() and character not in "`\\":
        return character
    point = ord(character)
    if 0xDC80 <= point <= 0xDCFF:
        return f"\\x{point - 0xDC00:02x}"
    if character == "\\":
        return "\\\\"
    return f"\\x{point:02x}" if point < 0x80 else f"\\u{{{point:X}}}"
