"""Selected: the targets that a selection names, compiled and published as a root of limited scope.

SELECT -> project, opened lazily -> targets -> [selected] -> store, latest -> BuildResult
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path

from promptc.compiler.compile import Compiler
from promptc.core.allocation import family_of
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of
from promptc.core.errors import PromptcError
from promptc.core.manifest import Change, Manifest, compare_served, make_manifest
from promptc.driver.build import BuildRequest, BuildResult, Progress
from promptc.driver.folder import BUILD_FOLDER
from promptc.driver.look import cache_folder, latest_of
from promptc.driver.project import Opened, open_lazily
from promptc.driver.provenance import record_of
from promptc.driver.reading import DATABASE_FILE
from promptc.driver.remembering import building
from promptc.driver.schema import write_schemas
from promptc.driver.selection import parse_selection
from promptc.driver.targets import Work, allocation_blobs, compile_selected
from promptc.engine import toolchain
from promptc.engine.database import Database
from promptc.engine.memo import Memo
from promptc.stores.build import BuildFolder, Latest


def build_selected(folder: Path, request: BuildRequest, *, began: float, on_progress: Progress) -> BuildResult:
    """Build or check what is selected. PromptcError when a word names nothing."""
    return run_selected(folder, request, began=began, on_progress=on_progress).result


@dataclass(frozen=True, slots=True)
class Selected:
    """What came of a selection, and what it was made with."""

    result: BuildResult
    opened: Opened
    compiler: Compiler
    work: Work


def run_selected(folder: Path, request: BuildRequest, *, began: float, on_progress: Progress) -> Selected:
    """The same, with what it was made with."""
    with building(folder) if request.mode == "build" else nullcontext():
        return _built(folder, request, began, on_progress)


def _built(folder: Path, request: BuildRequest, began: float, on_progress: Progress) -> Selected:
    selection = parse_selection(request.select, request.exclude)
    opened = open_lazily(str(folder))
    database = Database(cache_folder(folder) / DATABASE_FILE)
    memo = Memo(database)
    try:
        compiler = Compiler(opened.project, memory=memo, toolchain=toolchain.identity())
        if request.mode == "build":
            write_schemas(opened, compiler)
        work = compile_selected(opened, selection, compiler=compiler, on_progress=on_progress)
        if request.mode == "build":
            memo.write()
    finally:
        database.close()
    manifest = _manifest(work, compiler)
    may_publish = request.keep_going or not (work.has_errors or work.not_compiled)
    store = BuildFolder(folder / BUILD_FOLDER)
    changes = _changes(store, manifest) if may_publish else None
    published = request.mode == "build" and may_publish
    if published:
        _publish(opened, work, manifest, store)
    result = BuildResult(
        manifest.root if may_publish else None, "selected", work.target_count, len(work.digests), len(work.artifacts),
        sum(map(len, work.artifacts.values())), changes, work.findings, work.not_compiled, published,
        time.monotonic() - began,
    )  # fmt: skip
    return Selected(result, opened, compiler, work)


def _manifest(work: Work, compiler: Compiler) -> Manifest:
    """The root of what was compiled, with what its keys are drawn by."""
    served: dict[str, dict[str, Digest]] = {}
    documents: dict[Digest, bytes] = {}
    for name, digests in work.digests.items():
        served[name] = dict(digests)
        for allocation, data in allocation_blobs(compiler, work.tenants.get(name)):
            if family_of(allocation) in digests:
                served[name][allocation] = digest_of(data)
                documents[digest_of(data)] = data
    made = make_manifest(served, scope="selected")
    return Manifest(made.root, {**made.blobs, **documents})


def _changes(store: BuildFolder, manifest: Manifest) -> tuple[Change, ...] | None:
    """What the new root serves differently from the last build's; None before the first, or when that is damaged."""
    latest = latest_of(store)
    if latest is None:
        return None

    def get(digest: Digest) -> bytes:
        found = manifest.blobs.get(digest)
        return found if found is not None else store.get(digest)

    try:
        changes = compare_served(get, latest.root, manifest.root)
    except PromptcError:
        return None
    # A selection says nothing of what it left out.
    return tuple(c for c in changes if c.after is not None)


def _publish(opened: Opened, work: Work, manifest: Manifest, store: BuildFolder) -> None:
    record = record_of(opened, work, manifest.root)
    data = record.encode()
    store.store({**work.artifacts, **manifest.blobs, **record.nodes, digest_of(data): data})
    summary = {"targets": work.target_count, "tenants": len(work.digests), "distinct": len(work.artifacts)}
    store.publish(Latest(manifest.root, digest_of(data), summary))
