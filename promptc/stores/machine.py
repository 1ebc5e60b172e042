"""Machine: what an operating system refuses, as one clear sentence and exit code 6.

    OSError -> [machine] -> PromptcError

No refusal shows a path outside of the project: messages name files as the project sees them.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from promptc.core.errors import Exit, PromptcError
from promptc.core.visible import visible_line

# How Python holds a byte of a file name that isn't UTF-8 (PEP 383).
_BYTE = re.compile("[\udc80-\udcff]")
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
    """A file's name as it can be shown on one line; bytes of it that aren't UTF-8 (lone surrogates here) as `\\xNN`."""
    if name.isprintable():
        return name
    # In a name, unlike in text, nobody needs a character that can't be seen.
    shown = visible_line(_BYTE.sub(_byte_shown, name))
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):04X}}}" for c in shown)


def _byte_shown(match: re.Match[str]) -> str:
    return f"\\x{ord(match.group()) - 0xDC00:02x}"
