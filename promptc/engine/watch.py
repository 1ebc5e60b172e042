"""Watch: tells that something below some folders changed, once a burst of changes is over. The only user of watchdog.

    the operating system's events -> [watch] -> "look again"

Events only say when to look; what changed is found by looking, so that none that is lost or doubled makes a difference.
Reading raises events too on some systems, and is no change. A storm that doesn't end is answered all the same, now and
then.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from promptc.core.errors import Exit, PromptcError
from promptc.stores.names import is_ignored

QUIET_SECONDS = 0.04
STORM_SECONDS_MAX = 0.4
POLL_SECONDS = 1.0
_CHANGES = frozenset({"created", "modified", "moved", "deleted", "closed"})


class Watcher:
    """Watches folders, and single files in one more. Use it with `with`; `wait` blocks until something changed."""

    def __init__(self, root: Path, folders: Sequence[str], files: Iterable[str]) -> None:
        self._root = root
        self._folders = folders
        self._files = frozenset(files)
        self._changed = threading.Condition()
        self._paths: set[str] = set()
        self._last = 0.0
        self._observer: Any = None
        self._watched: dict[str, int] = {}
        self._is_stale = False

    def __enter__(self) -> Watcher:
        from watchdog.observers import Observer

        try:
            self._start(Observer())
        except OSError:
            # The system's watches are used up, or the file system has none: looking again and again is slower, and works.
            from watchdog.observers.polling import PollingObserver

            with suppress(Exception):
                self._observer.stop()
            try:
                self._start(PollingObserver(timeout=POLL_SECONDS))
            except OSError as error:
                raise PromptcError(
                    "C020",
                    "the system can't watch these folders",
                    hint="raise its limit of watches (on Linux `sysctl fs.inotify.max_user_watches`)",
                    exit_code=Exit.MACHINE,
                ) from error
        return self

    def _start(self, observer: Any) -> None:
        self._observer = observer
        observer.daemon = True
        self._schedule()
        observer.start()

    def _schedule(self) -> None:
        tops = frozenset(folder.partition("/")[0] for folder in self._folders)
        self._observer.schedule(_Handler(self, self._files | tops, tops), str(self._root), recursive=False)
        watched = self._inodes()
        for folder, inode in watched.items():
            if inode:
                self._observer.schedule(_Handler(self), str(self._root / folder), recursive=True)
        self._watched = watched

    def _inodes(self) -> dict[str, int]:
        found = {}
        for folder in self._folders:
            try:
                status = os.lstat(self._root / folder)
            except OSError:
                status = None
            found[folder] = status.st_ino if status is not None and stat.S_ISDIR(status.st_mode) else 0
        return found

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._observer.stop()
        self._observer.join(2)

    def note(self, path: str, *, is_folder: bool) -> None:
        """Something happened to a path, or to a watched folder itself; called from the observer's thread."""
        with self._changed:
            self._paths.add(path)
            # A folder that is made anew may have the number of the one that went.
            self._is_stale |= is_folder
            self._last = time.monotonic()
            self._changed.notify()

    def wait(self, seconds: float | None = None) -> frozenset[str]:
        """The paths that changed since last asked, as soon as a burst is over; empty after so many seconds without any."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._paths, seconds):
                return self._came_or_went()
            began = time.monotonic()
            while True:
                now = time.monotonic()
                left = min(self._last + QUIET_SECONDS, began + STORM_SECONDS_MAX) - now
                if left <= 0:
                    break
                self._changed.wait(left)
            found, self._paths = frozenset(self._paths), set()
        return found | self._came_or_went()

    def _came_or_went(self) -> frozenset[str]:
        """The folders that went or came as a whole, whose watches went with them; those that there are are watched anew."""
        now = self._inodes()
        changed = {folder for folder, inode in now.items() if inode != self._watched.get(folder)}
        if not (changed or self._is_stale):
            return frozenset()
        self._is_stale = False
        try:
            self._observer.unschedule_all()
            self._schedule()
        except OSError:
            self._is_stale = True  # it went again meanwhile; the next look will tell
            return frozenset()
        return frozenset(str(self._root / folder) for folder in changed)


class _Handler:
    """What watchdog calls for each event."""

    def __init__(
        self, watcher: Watcher, only: frozenset[str] | None = None, folders: frozenset[str] = frozenset()
    ) -> None:
        self._watcher = watcher
        self._only = only
        self._folders = folders

    def dispatch(self, event: Any) -> None:
        """One event: opening and reading are none of our business, nor are files that nobody means as sources."""
        if event.event_type not in _CHANGES:
            return
        if event.is_directory and event.event_type == "modified":
            return  # something in it changed, which comes as an event of its own
        for path in (event.src_path, getattr(event, "dest_path", "")):
            name = Path(_text(path)).name if path else ""
            if not name or is_ignored(name) or (self._only is not None and name not in self._only):
                continue
            self._watcher.note(_text(path), is_folder=name in self._folders)


def _text(path: Any) -> str:
    return path.decode("utf-8", "surrogateescape") if isinstance(path, bytes) else str(path)
