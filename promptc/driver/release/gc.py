"""Collecting: delete what nothing names any more, from a registry and from the project's build.

    reach, ages -> [gc] -> what may go, by kind -> deleted, parents before children

What an entry of any channel ever named stays, and so does what an open plan needs, and what is younger than an age. Nothing
is decided before everybody else is kept out, so that it may run beside builds, pushes and promotes.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext, suppress

from promptc.core.channel import find_head
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest
from promptc.core.document import Get, fetch_bytes
from promptc.core.errors import Exit, PromptcError
from promptc.core.reach import Named, named_in
from promptc.core.visible import shortened
from promptc.driver.build import Progress, quiet
from promptc.driver.folder import BUILD_FOLDER, CACHE_FOLDER
from promptc.driver.release.opening import Desk
from promptc.driver.release.reach import (
    Reach,
    all_entries,
    format_of,
    is_unknown,
    named_by_entry,
    needed_by_plan,
    open_plans,
)
from promptc.driver.remembering import alone_in_build
from promptc.stores.audit import Stored, sweep
from promptc.stores.build import BuildFolder

DAY_SECONDS = 86_400.0
STRAY_SECONDS = 3600.0


@dataclass(slots=True)
class Collected:
    """What one place holds and what goes, in bytes. `kinds` counts what goes by kind: how many, and bytes.

    `kept` says why something stays that nothing names.
    """

    place: str
    before_bytes: int = 0
    kinds: dict[str, tuple[int, int]] = field(default_factory=dict)
    plans: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def note(self, kind: str, size_bytes: int, count: int = 1) -> None:
        """Count something that goes."""
        had = self.kinds.get(kind, (0, 0))
        self.kinds[kind] = (had[0] + count, had[1] + size_bytes)

    @property
    def freed_bytes(self) -> int:
        """What goes, in bytes of blobs and temporary files."""
        return sum(size for _, size in self.kinds.values())

    @property
    def after_bytes(self) -> int:
        """What stays, in bytes of blobs."""
        return self.before_bytes - self.freed_bytes


def collect(desk: Desk, *, age_seconds: float, delete: bool, on_progress: Progress = quiet) -> list[Collected]:
    """What goes, or would go, from the registry and the project's build. PromptcError N003, V003, V004, V040."""
    found = []
    if desk.lineage:
        with desk.registry.alone() if delete else desk.registry.using():
            found.append(_of_registry(desk, age_seconds, delete, on_progress))
    if desk.folder is not None and (desk.folder / BUILD_FOLDER).is_dir():
        store = BuildFolder(desk.folder / BUILD_FOLDER)
        with alone_in_build(desk.folder) if delete else nullcontext():
            found += _of_build(store, age_seconds, delete)
    return found


def _of_registry(desk: Desk, age_seconds: float, delete: bool, on_progress: Progress) -> Collected:
    made = Collected(desk.registry.where)
    registry = desk.registry
    reach = Reach()
    progress = _counting(on_progress)
    for entry in all_entries(desk):
        reach.follow(registry.get, named_by_entry(entry), progress)
    closed = []
    for name, mark in open_plans(desk):
        if _is_done(desk, mark, name) or _age(mark["time"]) > age_seconds:
            closed.append(name)
        else:
            reach.follow(registry.get, needed_by_plan(mark), progress)
    if reach.wrong:
        digest, error = next(iter(reach.wrong.items()))
        raise PromptcError(
            "V040",
            f"the registry is damaged, so nothing is deleted: {error.message} (`{digest[:19]}…`)",
            hint="`promptc verify --repair` first: what a damaged node leads to can't be told",
            exit_code=Exit.INTEGRITY,
        )
    made.plans = closed
    doomed = _doomed(registry.written, registry.get, reach, age_seconds, made)
    if delete:
        for name in closed:
            registry.remove(name)
        _drop(registry.drop, registry.get, doomed)
        swept = registry.sweep(STRAY_SECONDS)
        if swept:
            made.note("temporary", swept)
    return made


def _of_build(store: BuildFolder, age_seconds: float, delete: bool) -> Iterator[Collected]:
    made = Collected(f"{BUILD_FOLDER}/")
    reach = Reach()
    for digest in _named_by_build(store):
        reach.follow(store.get, [digest])
    doomed = _doomed(store.blobs.written, store.get, reach, age_seconds, made)
    if delete:
        _drop(store.blobs.drop, store.get, doomed)
        swept = sweep(store.folder, store.folder / "tmp", STRAY_SECONDS)
        if swept:
            made.note("temporary", swept)
    yield made
    reviews = store.folder / CACHE_FOLDER / "reviews"
    if reviews.is_dir():
        yield _of_reviews(BuildFolder(reviews), age_seconds, delete)


def _of_reviews(store: BuildFolder, age_seconds: float, delete: bool) -> Collected:
    """A cache: all that is old goes."""
    made = Collected(f"{BUILD_FOLDER}/{CACHE_FOLDER}/reviews/")
    doomed = _doomed(store.blobs.written, store.get, Reach(), age_seconds, made)
    if delete:
        _drop(store.blobs.drop, store.get, doomed)
    return made


def _drop(drop: Callable[[Iterable[Digest]], int], get: Get, doomed: list[Digest]) -> None:
    for level in list(levels(get, doomed)):
        drop(level)


def _named_by_build(store: BuildFolder) -> Iterator[Digest]:
    """What the last build published, and what the ledger of what was compiled relies on."""
    latest = store.latest_or_none()
    if latest is not None:
        yield from (latest.root, latest.record)
    from promptc.engine.database import Database
    from promptc.engine.ledger import Damaged, Ledger

    database = Database(store.folder / CACHE_FOLDER / "engine.db")
    with suppress(Damaged, OSError):
        head = Ledger(database).head() if database.path.exists() else None
        if head is not None:
            record = head.data["record"]
            yield from (Digest(head.data["tree"]), Digest(record["sources"]), Digest(record["tenants"]))


def _doomed(
    written: Callable[[], Iterator[Stored]], get: Get, reach: Reach, age_seconds: float, made: Collected
) -> list[Digest]:
    """The blobs that nothing names, all copies of which are old. What is young keeps what it leads to."""
    since = time.time() - age_seconds
    for blob in written():
        made.before_bytes += blob.size_bytes
        # A clock that was wrong may have dated it ahead of now: then it counts as young.
        if blob.time_seconds > since and blob.digest not in reach:
            reach.follow(get, [blob.digest])
    if reach.unknown:
        digest, name = next(iter(reach.unknown.items()))
        made.kept.append(f"`{digest[:19]}…` is of the format `{shortened(name)}`, which this promptc does not know: nothing is deleted")
        return []
    sizes: Counter[Digest] = Counter()
    for blob in written():
        if blob.digest not in reach:
            sizes[blob.digest] += blob.size_bytes
    return [digest for digest in sizes if _may_go(get, digest, sizes[digest], made)] if _all_known(get, sizes, made) else []


def _all_known(get: Get, digests: Iterable[Digest], made: Collected) -> bool:
    for digest in digests:
        with suppress(PromptcError):
            name = format_of(fetch_bytes(get, digest))
            if is_unknown(name):
                made.kept.append(
                    f"`{digest[:19]}…` is of the format `{shortened(name)}`, which this promptc does not know: nothing is deleted"
                )
                return False
    return True


def _may_go(get: Get, digest: Digest, size_bytes: int, made: Collected) -> bool:
    try:
        kind = format_of(fetch_bytes(get, digest)).partition("/")[0].removeprefix("promptc.")
    except PromptcError:
        kind = "damaged"
    if not kind:
        made.kept.append(f"`{digest[:19]}…` is no document of promptc: it stays")
        return False
    made.note(kind, size_bytes)
    return True


def levels(get: Get, doomed: list[Digest]) -> Iterator[list[Digest]]:
    """The blobs in the order to delete them: whatever names another goes before it, so that what stays is always whole."""
    waiting = set(doomed)
    below: dict[Digest, list[Digest]] = {}
    for digest in doomed:
        found = Named("", ())
        with suppress(PromptcError):
            found = named_in(fetch_bytes(get, digest))
        below[digest] = [child for child in (*found.digests, *found.leaves) if child in waiting]
    depth: Counter[Digest] = Counter()
    parents: Counter[Digest] = Counter(child for children in below.values() for child in children)
    ready = [digest for digest in doomed if not parents[digest]]
    while ready:
        digest = ready.pop()
        for child in below[digest]:
            depth[child] = max(depth[child], depth[digest] + 1)
            parents[child] -= 1
            if not parents[child]:
                ready.append(child)
    for level in range(max((depth[digest] for digest in doomed), default=-1) + 1):
        yield [digest for digest in doomed if depth[digest] == level]


def _is_done(desk: Desk, mark: dict[str, str], name: str) -> bool:
    """Whether a plan was applied: an entry of its channel names its digest."""
    plan = f"sha256:{os.path.basename(name).removesuffix('.json')}"
    from promptc.core.channel import entries_back

    head = find_head(desk.registry.read, mark["channel"])
    for entry in entries_back(desk.registry.read, head) if head is not None else ():
        if entry.time < mark["time"]:
            return False
        if entry.composed is not None and entry.composed.plan == plan:
            return True
    return False


def _age(written: str) -> float:
    import calendar

    return time.time() - calendar.timegm(time.strptime(written, "%Y-%m-%dT%H:%M:%SZ"))


def parsed_age(word: str) -> float:
    """An age in seconds: `7d`, `12h`, `30m`, `0s`. PromptcError C001."""
    import re

    found = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)([dhms])", word)
    if found is None:
        raise PromptcError("C001", f"`{shortened(word)}` is no age", hint="write `7d`, `12h`, `30m` or `0s`")
    return float(found[1]) * {"d": DAY_SECONDS, "h": 3600.0, "m": 60.0, "s": 1.0}[found[2]]


def _counting(on_progress: Progress) -> Callable[[int], None]:
    def on_node(count: int) -> None:
        if count % 1000 == 0:
            on_progress(count, count + 1000, "looking")

    return on_node

