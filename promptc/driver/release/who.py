"""Who: the name that an entry is signed with, and the time that it bears.

    --who, git's author, the machine's user -> [who] -> entries, approvals, steps

A name is said and not proven: signatures are what proves one.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from promptc.core.dataclass import dataclass
from promptc.core.entry import WHY_CHARACTERS_MAX
from promptc.core.errors import PromptcError
from promptc.core.visible import visible_line

WHO_CHARACTERS_MAX = 120
GIT_SECONDS_MAX = 5
_IDENT = re.compile(r"(.*?) <(.*?)> \d+ [+-]\d+\Z")


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes an entry, and why."""

    who: str
    why: str = ""


def author_of(who: str | None, why: str, folder: Path | None) -> Author:
    """Who acts and why, as both are kept. PromptcError C001 where either can't be."""
    return Author(who_of(who, folder), why_of(why))


def who_of(given: str | None, folder: Path | None) -> str:
    """Who acts: as given, or as git's author of the folder, or as the user of this machine."""
    found = given if given is not None else _of_git(folder) or _of_machine()
    said = visible_line(found).strip()
    if not said or len(said) > WHO_CHARACTERS_MAX:
        raise PromptcError(
            "C001", f"`--who` takes a name of up to {WHO_CHARACTERS_MAX} characters", hint="write it as `--who 'Ann Lee'`"
        )
    return said


def why_of(given: str) -> str:
    """The reason, as it is kept: one line or a few, and nothing that drives a terminal."""
    if len(given) > WHY_CHARACTERS_MAX:
        raise PromptcError(
            "C001", f"`--why` takes up to {WHY_CHARACTERS_MAX:,} characters", hint="say it shortly, and where more stands"
        )
    return "\n".join(visible_line(line).rstrip() for line in given.strip().split("\n"))


def now() -> str:
    """The time as entries write it: UTC, to the second (ISO 8601)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _of_git(folder: Path | None) -> str:
    if folder is None:
        return ""
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            ["git", "var", "GIT_AUTHOR_IDENT"],
            cwd=folder, capture_output=True, timeout=GIT_SECONDS_MAX, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        found = _IDENT.match(done.stdout.decode("utf-8", "replace").strip())
        if done.returncode == 0 and found:
            return found[1].strip() or found[2]
    return ""


def _of_machine() -> str:
    import pwd

    with suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_name
    return f"user {os.getuid()}"
