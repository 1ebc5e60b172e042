"""Whole: every target of a project brought up to date, doing again only what an edit can have changed.

    look -> reading -> planning -> due units -> (workers) -> [whole] -> gathering -> publishing -> states, ledger, memo

The result is that of a clean build, byte for byte and finding for finding: what is kept from the last build is what the
scope says could not come out otherwise, and whatever is doubtful (a damaged ledger, blobs that somebody touched, another
toolchain) makes the whole of it due again. What is done again asks the memo first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from promptc.core.digest import Digest
from promptc.driver.look import Look, state_of_latest
from promptc.driver.planning import Outlook, Planning
from promptc.driver.project import Opened
from promptc.driver.scope import Scope
from promptc.driver.targets import Progress, every_prompt
from promptc.driver.units import CHUNK_UNITS, Bench, Done, Due, Gathered, UnitWorker
from promptc.engine import workers

if TYPE_CHECKING:
    from promptc.driver.gathering import Total
    from promptc.stores.blobs import Blobs
    from promptc.stores.files import Reader
    from promptc.stores.pack_writer import PackWriter

# Below this, making processes costs more than it saves.
PARALLEL_UNITS_MIN = 160


class Whole(Planning):
    """One whole build, from the look to what is to be published. `jobs` is the number of processes."""

    def __init__(self, seen: Look, *, jobs: int, on_progress: Progress, stores: bool) -> None:
        super().__init__(seen)
        self.jobs = jobs
        self.on_progress = on_progress
        self.stores = stores
        self.done: list[Done] = []
        self.gathered = Gathered()
        self.git_state = ""
        self.generation = os.urandom(8).hex()
        # What looks at each artifact as it is made, where nothing is stored; and what all came to, afterwards.
        self.inspect: Callable[[Digest, bytes], Any] | None = None
        self.total: Total | None = None

    def forget(self) -> None:
        """What the last build left is of no use: everything is due."""
        self.__dict__["head"] = None
        self.__dict__.pop("compares", None)
        self.rows_before = None
        self.scope = Scope(everything=True)
        self.outlook = Outlook()
        self.done = []
        self.gathered = Gathered()

    def work(self) -> None:
        """Do what is due, here or in workers."""
        due = self.outlook.due
        tasks = [(start, min(start + CHUNK_UNITS, len(due))) for start in range(0, len(due), CHUNK_UNITS)]
        results: dict[int, list[Done]] = {}
        total, finished = len(due), 0

        def on_result(index: int, value: list[Done]) -> None:
            nonlocal finished
            results[index] = value
            finished += len(value)
            last = value[-1].row.id if value and value[-1].row is not None else ""
            self.on_progress(finished, total, last)

        jobs = self.jobs if len(due) >= PARALLEL_UNITS_MIN else 1
        if jobs > 1:
            # A connection must not cross a fork.
            self.database.close()
        start = partial(self._start, due)
        for gathered in workers.run(tasks, start, jobs=jobs, on_result=on_result):
            self.gathered.take(gathered)
        self.done = [one for index in sorted(results) for one in results[index]]
        # A line of a .jsonl that was edited is found as one that is gone and one that is new.
        gone = {(row.file, row.id): row for row in self.outlook.gone if row.line}
        for one in self.done:
            if one.row is not None:
                one.row.done_in = self.generation
                was = gone.get((one.row.file, one.row.id)) if one.row.line and not one.row.before else None
                if was is not None:
                    one.row.before, one.row.texts_before = was.digest.hex(), was.texts_read
        self.memo.made.take(self.gathered.made)
        self.seen.store.blobs.refresh()

    def bench(self) -> Bench:
        """What doing units needs."""
        sources = self.sources
        key = f"promptc.overlay/1 {self.identity} {sources.settings.allow_characters} {sources.settings.private_use}"
        return Bench(
            sources.compiler, sources.parsing, every_prompt(sources.project), frozenset(sources.said),
            self.seen.store.get, self.memo, key.encode(), counts_lost=not self.outlook.is_whole,
            compares=self.compares,
        )  # fmt: skip

    def _start(self, due: Sequence[Due]) -> UnitWorker:
        bench = self.bench()
        reader = self.seen.reader()
        if not self.stores and self.inspect is not None:
            return _Inspecting(bench, due, reader, self.inspect)
        if not self.stores:
            return UnitWorker(bench, due, reader, _nowhere)
        if len(due) < PARALLEL_UNITS_MIN:
            return _Few(bench, due, reader, self.seen.store.blobs)
        return _Storing(bench, due, reader, self.seen.store.writer())

    @cached_property
    def compares(self) -> bool:
        """Whether what was published last is what the ledger is of, and each unit can say itself what is another now."""
        said = self.seen.header.get("result") or {}
        published = said.get("root") is not None and said["latest"] == state_of_latest(self.seen.folder)
        whole = self.outlook.is_whole and not self.outlook.gone
        sound = self.head is not None and not self.head.data["broken"]
        return published and whole and sound and all(due.old is not None for due in self.outlook.due)

    def get(self, digest: Digest) -> bytes:
        """A node's bytes: of this build, or stored."""
        found = self.gathered.nodes.get(digest)
        if found is None and self.total is not None:
            found = self.total.manifest.blobs.get(digest)
        return found if found is not None else self.seen.store.get(digest)

    def opened(self) -> Opened:
        """The project as other use cases take it."""
        sources = self.sources
        return Opened(self.seen.folder, sources.settings, sources.project, self.tree, sources.general)

    def close(self) -> None:
        """Let go of what is open."""
        self.reader.close()
        self.database.close()


class _Storing(UnitWorker):
    """Does units, and puts what they come to into a pack of its own."""

    def __init__(self, bench: Bench, due: Sequence[Due], reader: Reader, writer: PackWriter) -> None:
        super().__init__(bench, due, reader, writer.add)
        self.writer = writer

    def keep_node(self, digest: Digest, data: bytes) -> None:
        self.writer.add(digest, data)

    def finish(self) -> Gathered:
        self.writer.finish()
        return super().finish()

    def abandon(self) -> None:
        self.writer.discard()
        super().abandon()


class _Few(UnitWorker):
    """Does few units; what they come to is stored at the end, as files where it is little."""

    def __init__(self, bench: Bench, due: Sequence[Due], reader: Reader, blobs: Blobs) -> None:
        self.made: dict[Digest, bytes] = {}
        super().__init__(bench, due, reader, self.made.__setitem__)
        self.blobs = blobs

    def keep_node(self, digest: Digest, data: bytes) -> None:
        self.made[digest] = data

    def finish(self) -> Gathered:
        self.blobs.put(self.made)
        return super().finish()


class _Inspecting(UnitWorker):
    """Does units, and has each artifact looked at while it is at hand."""

    def __init__(self, bench: Bench, due: Sequence[Due], reader: Reader, inspect: Callable[[Digest, bytes], Any]) -> None:
        super().__init__(bench, due, reader, self._look)
        self.inspect = inspect

    def _look(self, digest: Digest, data: bytes) -> None:
        self.gathered.inspected[digest] = self.inspect(digest, data)


def _nowhere(digest: Digest, data: bytes) -> None:
    """Nothing is stored."""
