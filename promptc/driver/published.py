"""Published: a whole build from what was looked at to what `build/latest.json` names.

    Look -> whole -> gathering -> [published] -> store, latest, remembering -> BuildResult

Blobs first, the pointer last: whoever is killed leaves the old build or the new one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Literal

from promptc.core.dataclass import replace
from promptc.core.digest import Digest, digest_of
from promptc.core.document import Get
from promptc.core.errors import PromptcError
from promptc.core.manifest import Change, compare_served
from promptc.driver.build import BuildRequest, BuildResult, Progress, result_data
from promptc.driver.gathering import Total, total_of
from promptc.driver.look import Look, latest_of, state_of_git, state_of_latest, state_of_schemas, state_of_store
from promptc.driver.provenance import Commit
from promptc.driver.remembering import building, remember
from promptc.driver.whole import Whole
from promptc.engine import workers
from promptc.engine.ledger import Damaged
from promptc.stores.build import Latest

if TYPE_CHECKING:
    from promptc.stores.build import BuildFolder


def build_whole(seen: Look, request: BuildRequest, *, began: float, on_progress: Progress) -> BuildResult:
    """Bring every target up to date, and publish it unless it is only checked."""
    with opened_whole(seen, request, on_progress) as whole:
        return run_whole(whole, request, began)


@contextmanager
def opened_whole(seen: Look, request: BuildRequest, on_progress: Progress) -> Iterator[Whole]:
    """What does a whole build, closed at the end."""
    stores = request.mode == "build"
    with building(seen.folder) if stores else nullcontext():
        yield from _opened(seen, request, on_progress)


def _opened(seen: Look, request: BuildRequest, on_progress: Progress) -> Iterator[Whole]:
    stores = request.mode == "build"
    jobs = request.jobs or workers.cores()
    whole = Whole(seen, jobs=jobs, on_progress=on_progress, stores=stores)
    try:
        yield whole
    finally:
        whole.close()


def run_whole(whole: Whole, request: BuildRequest, began: float) -> BuildResult:
    """The build itself; what it did can be asked of `whole` after it."""
    seen = whole.seen
    whole.git_state = state_of_git(seen.folder)
    settings = whole.sources.settings
    commit = Commit(seen.folder, (settings.sources, settings.tenants))
    if request.mode == "build" and not _has_schemas(whole):
        from promptc.driver.schema import write_schemas

        # Before anything is published, and also when nothing will be: editors need what the sources say now.
        write_schemas(whole.opened(), whole.sources.compiler)
    if request.verify or not is_intact(whole):
        whole.forget()
    total = whole.total = total_done(whole, commit.text)
    verified = _verified(whole, request, total)
    if request.mode == "build":
        result = _kept(whole, request, total, began)
    else:
        result = _result(whole, request, total, latest_of(seen.store), began)
    causes = None
    if request.explain:
        from promptc.driver.causes import causes_of

        causes = tuple(causes_of(whole, result))
    return replace(result, verified=verified, causes=causes, seconds=time.monotonic() - began)


def _verified(whole: Whole, request: BuildRequest, total: Total) -> int:
    """How many targets were compiled again and found equal, before anything is published."""
    if not (request.verify or request.check_traces):
        return 0
    from promptc.driver.verifying import verify_all, verify_some

    rows = total.rows if not total.is_update else whole.ledger.units()
    if request.verify:
        return verify_all(whole, rows)
    return verify_some(whole, rows, request.check_traces)


def total_done(whole: Whole, commit: Callable[[], str]) -> Total:
    """Everything that is due done, and what all of it came to."""
    versions = whole.versions
    try:
        whole.plan()
        whole.work()
        return total_of(whole, versions=versions, commit=commit())
    except (Damaged, PromptcError) as error:
        if isinstance(error, PromptcError) and not error.code.startswith("D00"):
            raise
        if whole.head is None:
            raise
    # What was kept turns out to be damaged or gone: make everything anew.
    whole.forget()
    whole.plan()
    whole.work()
    return total_of(whole, versions=versions, commit=commit())


def _has_schemas(whole: Whole) -> bool:
    """Whether the editor's schemas are those of these sources."""
    known = whole.seen.header.get("schemas")
    return bool(known) and whole.keeps_sources() and known == state_of_schemas(whole.seen.folder)


def is_intact(whole: Whole) -> bool:
    """Whether what the last build stored is still what it was; if somebody touched it, every byte is read."""
    head = whole.head
    if head is None:
        return True
    if whole.seen.header.get("store") == state_of_store(whole.seen.folder):
        return True
    return holds_all(whole.seen.store, head.data["tree"], head.data["record"])


def holds_all(store: BuildFolder, tree: str, record: dict[str, str]) -> bool:
    """Whether a store holds every node and artifact below a tree of tenants, and the trees of a record, undamaged."""
    from promptc.core.manifest import TENANTS, read_served
    from promptc.core.record import SOURCES, TENANCIES
    from promptc.core.tree import items_in

    seen: set[Digest] = set()
    try:
        for _, node in items_in(store.get, TENANTS, Digest(tree)):
            for digest in read_served(store.get, node).values():
                if digest not in seen:
                    seen.add(digest)
                    store.get(digest)
        for kind, name in ((SOURCES, "sources"), (TENANCIES, "tenants")):
            for _ in items_in(store.get, kind, Digest(record[name])):
                pass
    except PromptcError:
        return False
    return True


def _kept(whole: Whole, request: BuildRequest, total: Total, began: float) -> BuildResult:
    store = whole.seen.store
    before = latest_of(store)
    record = replace(total.record, root=total.manifest.root)
    data = record.encode()
    store.store({**total.manifest.blobs, **record.nodes, digest_of(data): data})
    result = _result(whole, request, total, before, began)
    if result.published:
        summary = {"targets": total.targets, "tenants": total.tenants, "distinct": total.distinct, **_said(total)}
        latest = Latest(total.manifest.root, digest_of(data), summary)
        if latest != before:
            store.publish(latest)
    remember(
        whole,
        total,
        record,
        result_data(result, latest=state_of_latest(whole.seen.folder), keep_going=request.keep_going),
    )
    return result


def _said(total: Total) -> dict[str, int]:
    """How many errors and warnings a build has, for gates that ask before a promote."""
    errors = sum(finding.is_error for finding in total.findings)
    return {"errors": errors + len(total.not_compiled), "warnings": len(total.findings) - errors}


def _result(whole: Whole, request: BuildRequest, total: Total, before: Latest | None, began: float) -> BuildResult:
    may_publish = request.keep_going or not (total.has_errors or total.not_compiled)
    scope: Literal["all", "selected"] = "selected" if total.not_compiled else "all"
    changes = _changes(whole, before, total, scope) if may_publish else None
    return BuildResult(
        total.manifest.root if may_publish else None, scope, total.targets, total.tenants, total.distinct,
        total.bytes_total, changes, total.findings, total.not_compiled, may_publish and request.mode == "build",
        time.monotonic() - began,
    )  # fmt: skip


def _changes(whole: Whole, before: Latest | None, total: Total, scope: str) -> tuple[Change, ...] | None:
    if before is None or not whole.compares or total.broken or total.not_compiled:
        return changes_since(whole.get, before, total, scope)
    found = (Change(done.row.id, *change) for done in whole.done if done.row is not None for change in done.changes)
    return tuple(sorted(found, key=lambda change: (change.tenant, change.prompt)))


def changes_since(stored: Get, before: Latest | None, total: Total, scope: str) -> tuple[Change, ...] | None:
    """What the new root serves differently from the last build's; None before the first, or when that is damaged."""
    if before is None:
        return None

    def get(digest: Digest) -> bytes:
        found = total.manifest.blobs.get(digest)
        return found if found is not None else stored(digest)

    try:
        changes = compare_served(get, before.root, total.manifest.root)
    except PromptcError:
        return None
    # A root of limited scope says nothing of what it left out.
    return changes if scope == "all" else tuple(c for c in changes if c.after is not None)
