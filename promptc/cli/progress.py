"""Progress: a bar on standard error while a command works, on a terminal alone. The only user of rich."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from promptc.core.visible import visible_line

if TYPE_CHECKING:
    from promptc.driver.targets import Progress

# What is done sooner needs no bar, and then rich isn't even imported.
SECONDS_MIN = 0.4


@contextmanager
def progress(verb: str, *, quiet: bool = False) -> Iterator[Progress]:
    """A callback for the driver; it draws nothing unless standard error is a terminal and the work takes a while."""
    if quiet or sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda done, total, target: None
        return
    bar = _Bar(verb)
    try:
        yield bar.advance
    finally:
        bar.stop()


class _Bar:
    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.began = time.monotonic()
        self.drawn: Any = None
        self.task: Any = None

    def advance(self, done: int, total: int, target: str) -> None:
        if not total:
            # Nothing is under way: what comes next is counted anew.
            self.stop()
            self.began = time.monotonic()
            return
        if self.drawn is None:
            if time.monotonic() - self.began < SECONDS_MIN:
                return
            self._start(total)
        left = remaining(time.monotonic() - self.began, done, total)
        self.drawn.update(self.task, completed=done, total=total, left=left, target=visible_line(target))

    def _start(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self.drawn = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=28), MofNCompleteColumn(),
            TextColumn("{task.fields[left]}", markup=False), TextColumn("{task.fields[target]}", style="dim", markup=False),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self.drawn.start()
        self.task = self.drawn.add_task(self.verb, total=total, left="", target="")

    def stop(self) -> None:
        if self.drawn is not None:
            self.drawn.stop()
            self.drawn = self.task = None


def remaining(seconds: float, done: int, total: int) -> str:
    """How long the rest will take, by the mean of all that is done; nothing while too little is done to say.

    Tenants cost about the same each, so the mean of all is a better guess than the speed of the last few.
    """
    if done < max(2, total // 50):
        return ""
    left = round(seconds / done * (total - done))
    return f"{left // 60}:{left % 60:02} left" if left else "a moment left"
