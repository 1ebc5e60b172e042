"""Build: compile what is chosen, and publish it whole or not at all. `check` is the same without publishing.

    SELECT -> targets -> manifest, record -> [build] -> build/

A build with an error publishes nothing; with `keep_going` the targets without errors become a root of limited scope.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from promptc.core.digest import Digest
from promptc.core.errors import Exit
from promptc.core.findings import Finding
from promptc.core.manifest import Change, Manifest, compare, make_manifest
from promptc.driver.project import Opened, open_project
from promptc.driver.selection import parse_selection
from promptc.driver.targets import Progress, Work, compile_selected, quiet

BUILD_FOLDER = "build"


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What a command line asks for. `start` is the folder to look for the project from."""

    start: str
    select: Sequence[str] = ()
    exclude: Sequence[str] = ()
    mode: Literal["build", "check"] = "build"
    keep_going: bool = False


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What came of it. `root` is None when nothing could be named; `changes` None when there was nothing to compare with.

    `changes` are against the last published build; a root of selected scope removes nothing.
    """

    root: Digest | None
    scope: Literal["all", "selected"]
    targets: int
    tenants: int
    distinct: int
    bytes_total: int
    changes: tuple[Change, ...] | None
    findings: tuple[Finding, ...]
    not_compiled: tuple[str, ...]
    published: bool
    seconds: float

    @property
    def exit_code(self) -> Exit:
        """0, or what the errors are: 8 when each is a limit, else 3."""
        return exit_code_of(self.findings, incomplete=bool(self.not_compiled))


def build(request: BuildRequest, on_progress: Progress = quiet) -> BuildResult:
    """Build or check. PromptcError when the selection names nothing, or the machine refuses."""
    from promptc.compiler.compile import Compiler
    from promptc.driver.schema import write_schemas

    began = time.monotonic()
    opened = open_project(request.start)
    selection = parse_selection(request.select, request.exclude)
    compiler = Compiler(opened.project)
    if request.mode == "build":
        # Before anything is published, and also when nothing will be: editors need what the sources say now.
        write_schemas(opened, compiler)
    work = compile_selected(opened, selection, compiler=compiler, on_progress=on_progress)
    is_whole = selection.is_everything and not work.not_compiled
    scope: Literal["all", "selected"] = "all" if is_whole else "selected"
    manifest = make_manifest(work.digests, scope=scope)
    may_publish = request.keep_going or not (work.has_errors or work.not_compiled)
    changes = _changes(opened, manifest, scope) if may_publish else None
    published = request.mode == "build" and may_publish
    if published:
        _publish(opened, work, manifest)
    return BuildResult(
        manifest.root if may_publish else None, scope, work.target_count, len(work.digests), len(work.artifacts),
        sum(map(len, work.artifacts.values())), changes, work.findings, work.not_compiled, published,
        time.monotonic() - began,
    )  # fmt: skip


def exit_code_of(findings: Sequence[Finding], *, incomplete: bool = False) -> Exit:
    """The exit code of what was found; warnings alone are fine."""
    errors = [f for f in findings if f.is_error]
    if errors and all(f.code.startswith("B") for f in errors):
        return Exit.LIMIT
    return Exit.SOURCES if errors or incomplete else Exit.OK


def _changes(opened: Opened, manifest: Manifest, scope: str) -> tuple[Change, ...] | None:
    """What the new root serves differently from the last build's; None before the first, or when that is damaged."""
    from promptc.core.errors import PromptcError
    from promptc.stores.build import BuildFolder

    store = BuildFolder(opened.folder / BUILD_FOLDER)
    latest = store.latest_or_none()
    if latest is None:
        return None

    def get(digest: Digest) -> bytes:
        found = manifest.blobs.get(digest)
        return found if found is not None else store.get(digest)

    try:
        changes = compare(get, latest.root, manifest.root)
    except PromptcError:
        return None
    if scope == "all":
        return changes
    # A selection says nothing of what it left out.
    return tuple(c for c in changes if c.after is not None)


def _publish(opened: Opened, work: Work, manifest: Manifest) -> None:
    from promptc.core.digest import digest_of
    from promptc.driver.provenance import record_of
    from promptc.stores.build import BuildFolder, Latest

    record = record_of(opened, work, manifest.root).encode()
    store = BuildFolder(opened.folder / BUILD_FOLDER)
    store.store({**work.artifacts, **manifest.blobs, digest_of(record): record})
    summary = {"targets": work.target_count, "tenants": len(work.digests), "distinct": len(work.artifacts)}
    store.publish(Latest(manifest.root, digest_of(record), summary))
