"""A project that is watched in a thread of this process, turn by turn."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from types import TracebackType

from promptc.driver.watch import Turn, watch
from tests.engine.processes import WAIT_SECONDS
from tests.engine.world import clean, said

QUIET_SECONDS = 0.7


class Watching:
    """Use it with `with`; `next` waits for a turn."""

    def __init__(self, folder: Path, *, reveal: bool = False) -> None:
        self.folder = folder
        self.reveal = reveal
        self.turns: queue.Queue[Turn | BaseException] = queue.Queue()
        self.ends = False
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        turns = watch(str(self.folder), jobs=1, reveal=self.reveal)
        try:
            for turn in turns:
                self.turns.put(turn)
                if self.ends:
                    break
        except BaseException as error:
            self.turns.put(error)
        finally:
            turns.close()  # type: ignore[attr-defined]

    def next(self) -> Turn:
        """The next turn."""
        found = self.turns.get(timeout=WAIT_SECONDS)
        if isinstance(found, BaseException):
            raise found
        return found

    def until_same(self, beside: Path) -> Turn:
        """The turn whose result is that of a clean build of what stands there now; how many turns come before is open."""
        wanted = clean(self.folder, beside)
        while True:
            turn = self.next()
            if turn.result is not None and said(turn.result) == wanted:
                return turn

    def is_quiet(self) -> bool:
        """Whether nothing comes for a while."""
        try:
            self.turns.get(timeout=QUIET_SECONDS)
        except queue.Empty:
            return True
        return False

    def __enter__(self) -> Watching:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.ends = True
        settings = self.folder / "pyproject.toml"
        for _ in range(20):
            if not self.thread.is_alive():
                return
            settings.write_text(settings.read_text() + "\n")
            self.thread.join(1)
        raise AssertionError("the watch doesn't end")
