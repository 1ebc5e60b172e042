"""Errors: what can't be done, as exceptions that carry a code, a hint and an exit code.

A wrong source is a finding, not an error; anything that is neither is our bug and keeps its traceback.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line (docs/exit-codes.md)."""

    OK = 0
    NO = 1
    USAGE = 2
    SOURCES = 3
    INTEGRITY = 4
    CONFLICT = 5
    MACHINE = 6
    REMOTE = 7
    LIMIT = 8
    BUG = 70
    INTERRUPTED = 130
    PIPE = 141
    TERMINATED = 143


class PromptcError(Exception):
    """Something that can't be done. `code` has a docs entry; `message` is one sentence; `hint` says how to mend it."""

    def __init__(self, code: str, message: str, *, hint: str = "", exit_code: Exit = Exit.USAGE) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.exit_code = exit_code
