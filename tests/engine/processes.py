"""Processes as the system lists them, and waiting for what becomes of them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WAIT_SECONDS = 30.0


def children_of(pid: int) -> set[int]:
    """Processes whose parent is this one, as the system lists them."""
    found = set()
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (words := words_of(int(entry))) and int(words[1]) == pid and words[0] != "Z":
            found.add(int(entry))
    return found


def words_of(pid: int) -> list[str]:
    """State, parent, group … of a process; nothing when it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def wait_for(what: Callable[[], Any]) -> Any:
    """What becomes true, at last."""
    ends = time.monotonic() + WAIT_SECONDS
    while not (found := what()):
        assert time.monotonic() < ends, "it never became true"
        time.sleep(0.01)
    return found


def have_ended(pids: set[int]) -> bool:
    return not any(words and words[0] != "Z" for words in map(words_of, pids))
