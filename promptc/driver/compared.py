"""Compared: two moments compiled, each from its own tree, and the targets that they serve differently.

    two Moments -> look, revision -> whole -> [compared] -> two Sides, changes -> review

Nothing is published, and what the last build left is not touched: artifacts go into a cache beside it. A revision is
compiled once and remembered by the names that git gives its trees. Both are compiled by the installed toolchain, and no
code of either tree is run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from promptc.core.allocation import is_allocation
from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest, digest_of
from promptc.core.document import Get
from promptc.core.errors import PromptcError
from promptc.core.findings import Finding, packed, unpacked
from promptc.core.manifest import Change, compare_served, look_up, read_root, walk
from promptc.core.record import Record
from promptc.driver.build import Progress
from promptc.driver.folder import BUILD_FOLDER, find_folder
from promptc.driver.gathering import Total
from promptc.driver.look import Look, cache_folder, latest_of, look, state_of_store
from promptc.driver.moments import Moment, moments_of
from promptc.driver.published import holds_all, total_done
from promptc.driver.remembering import make_cache_folder, remember
from promptc.driver.revision import look_at, look_of_build, settings_at
from promptc.driver.units import Due, overlay_key
from promptc.driver.whole import Whole
from promptc.engine import workers
from promptc.engine.ledger import Row
from promptc.stores import effects
from promptc.stores.build import BesideStore, BuildFolder
from promptc.stores.git import Repository
from promptc.stores.scan import SETTINGS_FILES

REVIEWS_FOLDER = "reviews"
REVIEWS_BYTES_MAX = 1024 * 1024 * 1024
SAMPLE = 64  # targets that are asked which build made them


@dataclass(slots=True)
class Side:
    """One moment, compiled. `whole` is None for a root of which no sources are known.

    `compiled` is what the installed toolchain makes of a build's sources where that is not what the build made of them:
    `root` is then the work of another toolchain.
    """

    moment: Moment
    root: Digest
    targets: int
    tenants: int
    findings: tuple[Finding, ...]
    not_compiled: tuple[str, ...]
    get: Get
    whole: Whole | None = None
    total: Total | None = None
    compiled: Digest | None = None
    _rows: Rows | None = None

    @property
    def rows(self) -> Rows:
        """What each tenant's overlay is, by id; of units that were not compiled for this comparison without a verdict."""
        if self._rows is None:
            self._rows = Rows(self)
        return self._rows


class Rows:
    """The units of a side by their tenant's id: one is looked up, all are read only when there are many to look up."""

    def __init__(self, side: Side) -> None:
        self._ledger = side.whole.ledger if side.whole is not None else None
        self._own: dict[str, Row] = {}
        self._gone: set[int] = set()
        self._is_whole = side.whole is None
        if side.whole is not None:
            self._fill(side, side.whole)

    def _fill(self, side: Side, whole: Whole) -> None:
        if side.total is not None:
            self._own = {row.id: row for row in side.total.rows if row.id}
            self._gone = {row.number for row in side.total.gone}
            self._is_whole = not side.total.is_update
            return
        # Its root was known, so that nothing was compiled: what its units are follows from the plan alone.
        whole.plan()
        outlook = whole.outlook
        rows = (*outlook.kept, *outlook.moved, *map(_row_of, outlook.due))
        self._own = {row.id: row for row in rows if row.id}
        self._gone = {row.number for row in (*outlook.gone, *(due.old for due in outlook.due if due.old is not None))}
        self._is_whole = outlook.is_whole

    def get(self, tenant_id: str) -> Row | None:
        """A tenant's unit; None where there is none, or it is not known without reading it."""
        found = self._own.get(tenant_id)
        if found is not None or self._is_whole or self._ledger is None:
            return found
        row = self._ledger.unit(tenant_id)
        return None if row is None or row.number in self._gone else row

    def read_all(self) -> Mapping[str, Row]:
        """All of them."""
        if not self._is_whole and self._ledger is not None:
            kept = {row.id: row for row in self._ledger.units() if row.id and row.number not in self._gone}
            self._own = kept | self._own
            self._is_whole = True
        return self._own


@dataclass(slots=True)
class Comparison:
    """Both sides, and the targets that they serve differently, sorted: `every` one, and those that are looked at.

    `allocations` are shares of variants that differ.
    `is_guarded` says that the project has confidential variables, by its sides' sources or, where none are known, by the
    working tree.
    """

    base: Side
    head: Side
    every: tuple[Change, ...]
    changes: tuple[Change, ...]
    is_guarded: bool = False
    allocations: tuple[Change, ...] = ()


@contextmanager
def compared(
    start: str, words: tuple[str | None, str | None], *, jobs: int, on_progress: Progress
) -> Iterator[Comparison]:
    """Compile both moments and compare their roots."""
    folder = find_folder(start)
    seen = look(folder)
    moments = moments_of(seen, *words)
    make_cache_folder(folder)
    if seen.known is None and any(moment.root is None for moment in moments):
        seen = _anchored(seen, jobs or workers.cores(), on_progress)
    place = cache_folder(folder) / REVIEWS_FOLDER
    _bound(place)
    store = BesideStore(place, BuildFolder(folder / BUILD_FOLDER))
    store.also = [moment.get for moment in moments if moment.get is not None]
    compiling = _Compiling(seen, store, jobs or workers.cores(), on_progress)
    sides: list[Side] = []
    try:
        sides += [compiling.side(moment) for moment in moments]
        base, head = sides
        served = compare_served(store.get, base.root, head.root)
        changes = tuple(change for change in served if not is_allocation(change.prompt))
        allocations = tuple(change for change in served if is_allocation(change.prompt))
        some = changes[:: max(1, len(changes) // SAMPLE)]
        sides[0] = base = compiling.remembered(base, [(c.tenant, c.prompt, c.before) for c in some if c.before])
        sides[1] = head = compiling.remembered(head, [(c.tenant, c.prompt, c.after) for c in some if c.after])
        yield Comparison(base, head, changes, changes, _is_guarded(seen, sides), allocations)
    finally:
        for side in sides:
            if side.whole is not None:
                side.whole.memo.write()
                side.whole.close()


def _is_guarded(seen: Look, sides: list[Side]) -> bool:
    projects = [side.whole.sources.project for side in sides if side.whole is not None]
    if len(projects) < len(sides):
        from promptc.driver.project import open_lazily

        projects.append(open_lazily(str(seen.folder)).project)
    return any(variable.confidential for project in projects for variable in project.variables.values())


def _anchored(seen: Look, jobs: int, on_progress: Progress) -> Look:
    """Compile the working tree, where nothing was built before, so that every moment costs only what differs from it."""
    whole = Whole(seen, jobs=jobs, on_progress=on_progress, stores=True)
    try:
        total = total_done(whole, _no_commit)
        record = replace(total.record, root=total.manifest.root)
        data = record.encode()
        seen.store.store({**total.manifest.blobs, **record.nodes, digest_of(data): data})
        remember(whole, total, record, None)
    finally:
        whole.close()
    return look(seen.folder)


class _Compiling:
    """Compiles moments, one after another."""

    def __init__(self, seen: Look, store: BesideStore, jobs: int, on_progress: Progress) -> None:
        self.seen = seen
        self.store = store
        self.jobs = jobs
        self.on_progress = on_progress
        self.is_intact: bool | None = None

    def side(self, moment: Moment) -> Side:
        """One moment."""
        if moment.root is not None:
            return self._recorded(moment, moment.root)
        if moment.kind == "tree":
            return self._compiled(moment, _copy(self.seen))
        repository = Repository(self.seen.folder)
        key = self._key(repository, moment)
        whole = self._whole(look_at(self.seen, repository, moment.commit, moment.name))
        known = self._known(whole, key)
        if known is not None:
            return Side(moment, *known, self.store.get, whole)
        side = self._finished(moment, whole)
        said = [side.root, side.targets, side.tenants, [packed(f) for f in side.findings], list(side.not_compiled)]
        whole.memo.keep_fact(f"{key} {whole.identity}", json.dumps(said).encode())
        return side

    def _recorded(self, moment: Moment, root: Digest) -> Side:
        """A root that is stored; with its sources, where it is that of the last build."""
        head = read_root(self.store.get, root)
        side = Side(moment, root, head.targets, head.tenants, (), (), self.store.get)
        if self.seen.known is None or latest_root(self.seen) != root:
            return side
        asking = Whole(_copy(self.seen), jobs=1, on_progress=self.on_progress, stores=True)
        try:
            known = asking.ledger_head
            if (
                known is None
                or known.generation != self.seen.header.get("generation")
                or known.data["tree"] != head.tree
            ):
                return side
            seen = look_of_build(self.seen, asking.memo.text)
        finally:
            asking.close()
        whole = self._whole(seen)
        _translate(whole, known.data["toolchain"])
        made = self._finished(moment, whole)
        compiled = made.root if made.root != root else None
        return replace(made, root=root, targets=head.targets, tenants=head.tenants, compiled=compiled)

    def remembered(self, side: Side, targets: Sequence[tuple[str, str, Digest]]) -> Side:
        """A recorded root with the sources of a commit, where its build records name one that is in this clone.

        Of several builds behind it, that which made the most of the targets asked for. It need not have made all of them:
        whoever asks holds a target's plan against its digest.
        """
        if side.whole is not None or not side.moment.records:
            return side
        records = sorted(side.moment.records, key=lambda record: -self._made(record, targets))
        for record in records:
            with suppress(PromptcError):
                commit = Record.decode(self.store.get(record)).commit
                if commit and not commit.endswith("+"):
                    seen = look_at(self.seen, Repository(self.seen.folder), commit, side.moment.name)
                    return replace(side, whole=self._whole(seen))
        return side

    def _made(self, record: Digest, targets: Sequence[tuple[str, str, Digest]]) -> int:
        """How many of some targets a build made, as far as its root is still here."""
        try:
            root = Record.decode(self.store.get(record)).root
            return sum(look_up(self.store.get, root, tenant, prompt) == digest for tenant, prompt, digest in targets)
        except PromptcError:
            return 0

    def _compiled(self, moment: Moment, seen: Look) -> Side:
        return self._finished(moment, self._whole(seen))

    def _whole(self, seen: Look) -> Whole:
        seen.store = self.store
        whole = Whole(seen, jobs=self.jobs, on_progress=self.on_progress, stores=True)
        if self.is_intact is None:
            self.is_intact = _is_intact(whole)
        if not self.is_intact:
            whole.forget()
        return whole

    def _finished(self, moment: Moment, whole: Whole) -> Side:
        total = total_done(whole, _no_commit)
        self.on_progress(0, 0, "")
        self.store.store(total.manifest.blobs)
        whole.memo.write()
        return Side(
            moment, total.manifest.root, total.targets, total.tenants, total.findings, total.not_compiled,
            self.store.get, whole, total,
        )  # fmt: skip

    def _key(self, repository: Repository, moment: Moment) -> str:
        settings = settings_at(repository, moment.commit)
        names = repository.tree_names(moment.commit, (settings.sources, settings.tenants, *SETTINGS_FILES))
        return hashlib.sha256(f"promptc.revision/1 {names!r}".encode()).hexdigest()

    def _known(self, whole: Whole, key: str) -> tuple[Digest, int, int, tuple[Finding, ...], tuple[str, ...]] | None:
        data = whole.memo.fact(f"{key} {whole.identity}")
        if data is None:
            return None
        root, targets, tenants, findings, failed = json.loads(data)
        try:
            # Nodes are small and artifacts are many: of those that are gone one shows that all may be.
            _, _, digest = next(walk(self.store.get, root), (None, None, None))
            if digest is not None:
                self.store.get(digest)
        except PromptcError:
            return None
        return root, targets, tenants, tuple(map(unpacked, findings)), tuple(failed)


def _translate(whole: Whole, toolchain: str) -> None:
    """Parsed overlays whose text is not known any more, as another toolchain remembered them, for this one."""
    lost = [path for path, data in (whole.seen.given or {}).items() if data is None]
    if toolchain == whole.identity or not lost:
        return
    key = whole.bench().parse_key
    before = key.replace(whole.identity.encode(), toolchain.encode())
    for row in whole.ledger.units(files=lost):
        data = whole.memo.overlay(overlay_key(before, row.file, row.line, row.digest))
        if data is not None:
            whole.memo.keep_overlay(overlay_key(key, row.file, row.line, row.digest), data)
    whole.memo.write()


def latest_root(seen: Look) -> Digest | None:
    """The root of the last build that was published."""
    latest = latest_of(seen.store)
    return latest.root if latest is not None else None


def _copy(seen: Look) -> Look:
    """The same look, to be compiled beside another."""
    made = Look(seen.folder, seen.known, seen.scan, seen.began)
    made.listing, made.digests, made.changed = seen.listing, dict(seen.digests), dict(seen.changed)
    made.unread, made.removed, made.is_altered = seen.unread, seen.removed, seen.is_altered
    return made


def _is_intact(whole: Whole) -> bool:
    """Whether what the last build stored is still there; the cache beside it is not looked at."""
    head = whole.head
    if head is None or whole.seen.header.get("store") == state_of_store(whole.seen.folder):
        return True
    main = BuildFolder(whole.seen.folder / BUILD_FOLDER)
    return holds_all(main, head.data["tree"], head.data["record"])


def _row_of(due: Due) -> Row:
    """A unit that would be compiled: what is known of it without doing so."""
    old = due.old
    if old is None:
        return Row(due.file, due.line, due.digest or b"", "")
    # Another text may say another id, and has other labels.
    is_same = due.digest is not None and due.digest == old.digest
    return replace(old, file=due.file, line=due.line) if is_same else Row(due.file, due.line, due.digest or b"", "")


def _no_commit() -> str:
    return ""


def _bound(place: Path) -> None:
    """Drop the cache of reviews where it grew too large; it is made again by whoever needs it."""
    with suppress(OSError):
        total = sum(found.stat().st_size for found in (place / "blobs" / "packs").iterdir())
        if total > REVIEWS_BYTES_MAX:
            effects.remove_tree(place)
