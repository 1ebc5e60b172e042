"""Build: compile what is chosen, and publish it whole or not at all. `check` is the same without publishing.

    look -> nothing changed: the last answer
         -> [build] -> whole (only what changed) | selected -> published.py -> build/

A build with an error publishes nothing; with `keep_going` the targets without errors become a root of limited scope.
Names nothing heavy at its top: where nothing changed, no compiler is loaded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from promptc.core.dataclass import dataclass
from promptc.core.errors import Exit
from promptc.driver.folder import BUILD_FOLDER, find_folder
from promptc.driver.look import (
    Look,
    look,
    state_of_git,
    state_of_latest,
    state_of_schemas,
    state_of_store,
)  # fmt: skip

if TYPE_CHECKING:
    from promptc.core.digest import Digest
    from promptc.core.findings import Finding
    from promptc.core.manifest import Change

__all__ = ["BUILD_FOLDER", "BuildRequest", "BuildResult", "build", "exit_code_of"]

Progress = Callable[[int, int, str], None]


def quiet(done: int, total: int, target: str) -> None:
    """Progress for nobody."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What a command line asks for. `start` is the folder to look for the project from.

    `jobs` is the number of processes, 0 for one on each core. `verify` compiles everything again without any cache and
    compares every byte; `check_traces` renders that many random targets again; `explain` says why targets were.
    """

    start: str
    select: Sequence[str] = ()
    exclude: Sequence[str] = ()
    mode: Literal["build", "check"] = "build"
    keep_going: bool = False
    jobs: int = 0
    verify: bool = False
    check_traces: int = 0
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """Why targets were compiled again: what changed and where, with one example of its old and new value.

    `targets` counts those that were compiled again for it, `changed` those of them that came out different.
    """

    what: str
    place: str
    before: str
    after: str
    targets: int
    changed: int


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What came of it. `root` is None when nothing could be named; `changes` None when there was nothing to compare with.

    `changes` are against the last published build; a root of selected scope removes nothing. `verified` counts the
    targets that were compiled again and found equal. `causes` say why targets were compiled again, where that was asked.
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
    verified: int = 0
    causes: tuple[Cause, ...] | None = None

    @property
    def exit_code(self) -> Exit:
        """0, or what the errors are: 8 when each is a limit, else 3."""
        return exit_code_of(self.findings, incomplete=bool(self.not_compiled))


def build(request: BuildRequest, on_progress: Progress = quiet) -> BuildResult:
    """Build or check. PromptcError when the selection names nothing, or the machine refuses."""
    began = time.monotonic()
    folder = find_folder(request.start)
    if request.select or request.exclude:
        from promptc.driver.selected import build_selected

        return build_selected(folder, request, began=began, on_progress=on_progress)
    seen = look(folder, trusting=not request.verify)
    again = None if request.verify or request.check_traces else unchanged(seen, request, began)
    if again is not None:
        return again
    from promptc.driver.published import build_whole

    return build_whole(seen, request, began=began, on_progress=on_progress)


def exit_code_of(findings: Sequence[Finding], *, incomplete: bool = False) -> Exit:
    """The exit code of what was found; warnings alone are fine."""
    errors = [f for f in findings if f.is_error]
    if errors and all(f.code.startswith("B") for f in errors):
        return Exit.LIMIT
    return Exit.SOURCES if errors or incomplete else Exit.OK


def unchanged(seen: Look, request: BuildRequest, began: float) -> BuildResult | None:
    """The last build's answer, where nothing that it depends on changed since; None where that can't be told."""
    header = seen.header
    said = header.get("result")
    if not seen.is_same or said is None or not is_current(seen):
        return None
    if said["root"] is not None:
        if state_of_latest(seen.folder) != said["latest"]:
            return None
    elif said["keep_going"] != request.keep_going or request.keep_going:
        return None
    if said["keep_going"] != request.keep_going and (said["findings"] or said["not_compiled"]):
        return None
    if seen.changed_states:
        from promptc.driver.remembering import keep_states

        keep_states(seen, header)
    return _result(said, request, began)


def is_current(seen: Look) -> bool:
    """Whether toolchain, store, git and the editor's schemas are as the last build left them."""
    header = seen.header
    tools = header.get("toolchain", {}).get("state")
    return bool(
        tools
        and tools == seen.toolchain
        and header.get("store") == state_of_store(seen.folder)
        and header.get("git") == state_of_git(seen.folder) != "?"
        and header.get("schemas") == state_of_schemas(seen.folder)
    )


def result_data(result: BuildResult, *, latest: str, keep_going: bool) -> dict[str, Any]:
    """A result as JSON data, for the next build to give again; `latest` is the state of the pointer after it."""
    from promptc.core.findings import packed

    return {
        "root": result.root, "latest": latest, "scope": result.scope, "targets": result.targets,
        "tenants": result.tenants, "distinct": result.distinct, "bytes": result.bytes_total,
        "findings": [packed(finding) for finding in result.findings], "not_compiled": list(result.not_compiled),
        "keep_going": keep_going,
    }  # fmt: skip


def _result(said: dict[str, Any], request: BuildRequest, began: float) -> BuildResult:
    findings: tuple[Finding, ...] = ()
    if said["findings"]:
        from promptc.core.findings import unpacked

        findings = tuple(map(unpacked, said["findings"]))
    return BuildResult(
        said["root"], said["scope"], said["targets"], said["tenants"], said["distinct"], said["bytes"],
        None if said["root"] is None else (), findings, tuple(said["not_compiled"]),
        said["root"] is not None and request.mode == "build", time.monotonic() - began,
        causes=() if request.explain else None,
    )  # fmt: skip
