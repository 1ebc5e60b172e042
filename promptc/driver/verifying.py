"""Verifying: compile again without any cache, and hold every byte against what a build gave.

    rows of a build, sources -> fresh Compiler, no memo, no sharing -> [verifying] -> targets that differ

`--verify` does it for every target, after every file was read anew. `--check-traces N` does it for N random targets, to
catch a read that was not recorded long before somebody is served what it stands for.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from promptc.compiler.compile import Compiler
from promptc.core.allocation import is_allocation
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.digest import Digest, digest_of
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Finding
from promptc.core.manifest import read_served, read_tenant
from promptc.driver.gathering import new_rows
from promptc.driver.targets import allocation_blobs, compile_tenant
from promptc.driver.units import CHUNK_UNITS, Bench, Done, Due, UnitWorker
from promptc.driver.whole import PARALLEL_UNITS_MIN, Whole
from promptc.engine import workers
from promptc.engine.ledger import Row
from promptc.stores.files import Reader

if TYPE_CHECKING:
    from promptc.compiler.project import Overlay

NAMED_MAX = 5


@dataclass(slots=True)
class Checked:
    """What one process found: how many targets it compared, and those that differ."""

    count: int = 0
    differing: list[str] = field(default_factory=list)


class _Verifier(UnitWorker):
    """Compiles units as if there were no cache, and compares. It reads each file itself, and keeps nothing."""

    def __init__(
        self, bench: Bench, due: Sequence[Due], reader: Reader, stored: Callable[[Digest], bytes] | None
    ) -> None:
        super().__init__(bench, due, reader, lambda digest, data: None)
        self.stored = stored
        self.checked = Checked()
        self._equal: set[Digest] = set()

    def _compile(self, due: Due, overlay: Overlay, row: Row) -> None:
        assert due.old is not None
        wanted = read_served(self.bench.get, Digest(due.old.node)) if due.old.node else {}
        prompts = self.bench.prompts if due.only is None else sorted(due.only)
        made: dict[Digest, bytes] = {}
        outcome = compile_tenant(
            self.bench.compiler, overlay, prompts, general=self.bench.general, keep=made.__setitem__
        )
        for prompt in prompts:
            digest = outcome.digests.get(prompt)
            self.checked.count += digest is not None
            if digest != wanted.get(prompt) or (digest is not None and not self._is_stored(digest, made[digest])):
                self.checked.differing.append(f"{overlay.name}/{prompt}")
        made_anew = {name: digest_of(data) for name, data in allocation_blobs(self.bench.compiler, outcome.tenant) if wanted}
        known = {name: digest for name, digest in wanted.items() if is_allocation(name)}
        shares = sorted(name for name in known.keys() | made_anew.keys() if known.get(name) != made_anew.get(name))
        self.checked.differing += [f"{overlay.name}/{name}" for name in shares]
        if due.only is None and (_texts(outcome.findings), sorted(outcome.failed)) != (
            _texts(due.old.said), sorted(due.old.failed)
        ):  # fmt: skip
            self.checked.differing.append(f"{overlay.name}/* (findings)")

    def _is_stored(self, digest: Digest, data: bytes) -> bool:
        if self.stored is None or digest in self._equal:
            return True
        with suppress(PromptcError):
            if self.stored(digest) == data:
                self._equal.add(digest)
                return True
        return False

    def finish(self) -> Checked:  # type: ignore[override]
        self.reader.close()
        return self.checked


def verify_all(whole: Whole, rows: Iterable[Row]) -> int:
    """Compile every unit again; how many targets were compared. PromptcError D008 when any differs."""
    due = [Due(row.file, row.line, old=row) for row in _current(whole, rows) if row.id]
    return _run(whole, due)


def verify_some(whole: Whole, rows: Iterable[Row], count: int) -> int:
    """The same for so many random targets, or for all where there are fewer."""
    served = [row for row in _current(whole, rows) if row.node]
    total = sum(row.served for row in served)
    chosen = sorted(random.Random().sample(range(total), min(count, total)), reverse=True)
    due, first = [], 0
    for row in served:
        numbers = []
        while chosen and chosen[-1] < first + row.served:
            numbers.append(chosen.pop() - first)
        if numbers:
            prompts = sorted(read_tenant(whole.get, Digest(row.node)))
            due.append(Due(row.file, row.line, old=row, only=frozenset(prompts[number] for number in numbers)))
        first += row.served
    return _run(whole, due)


def _current(whole: Whole, rows: Iterable[Row]) -> list[Row]:
    """The rows as this build leaves them: where few units changed, the ledger still holds what the last one left."""
    outlook, new = whole.outlook, new_rows(whole)
    again = (due.old for due in outlook.due if due.old is not None)
    stale = {row.number for row in (*outlook.gone, *outlook.moved, *again)}
    fresh = {id(row) for row in new}
    return [*(row for row in rows if id(row) not in fresh and row.number not in stale), *new]


def _run(whole: Whole, due: list[Due]) -> int:
    _fill_lines(whole, due)
    total = Checked()
    done = 0

    def on_result(index: int, value: list[Done]) -> None:
        nonlocal done
        done += len(value)
        whole.on_progress(done, len(due), "verifying")

    tasks = [(start, min(start + CHUNK_UNITS, len(due))) for start in range(0, len(due), CHUNK_UNITS)]
    jobs = whole.jobs if len(due) >= PARALLEL_UNITS_MIN else 1
    sources = whole.sources
    # A compiler of its own, that shares nothing between tenants and remembers nothing.
    compiler = Compiler(sources.project, sharing=False)
    if jobs > 1:
        whole.database.close()
    start = partial(_start, whole, due, compiler)
    for found in workers.run(tasks, start, jobs=jobs, on_result=on_result):
        total.count += found.count
        total.differing += found.differing
    if total.differing:
        _refuse(whole, total)
    return total.count


def _fill_lines(whole: Whole, due: list[Due]) -> None:
    """The bytes of lines of .jsonl files, read anew."""
    lines = {}
    for file in dict.fromkeys(one.file for one in due if one.line):
        lines.update({(file, found.line): found.data for found in whole.lines_of(file)})
    for one in due:
        if one.line:
            one.data = lines.get((one.file, one.line), b"")


def _start(whole: Whole, due: Sequence[Due], compiler: Compiler) -> _Verifier:
    assert whole.seen.listing is not None
    bench = replace(whole.bench(), compiler=compiler, memo=None)
    reader = Reader(whole.seen.folder, whole.seen.listing.stored)
    return _Verifier(bench, due, reader, whole.seen.store.get if whole.stores else None)


def _texts(findings: Iterable[Finding]) -> list[str]:
    return sorted(map(repr, findings))


def _refuse(whole: Whole, found: Checked) -> None:
    from promptc.driver.remembering import drop_states

    # Whatever gave it is not asked again.
    drop_states(whole.seen.folder)
    whole.database.forget()
    named = ", ".join(f"`{target}`" for target in found.differing[:NAMED_MAX])
    more = len(found.differing) - NAMED_MAX
    said = f"{named} and {more:,} more" if more > 0 else named
    raise PromptcError(
        "D008",
        f"compiled without a cache, {said} came out otherwise than the build gave",
        hint="the caches were removed: build again, and please report this with your sources if you can",
        exit_code=Exit.INTEGRITY,
    )
