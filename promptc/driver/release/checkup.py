"""Checkup: verify what a command line names, mend it where that is asked for, and verify it again.

    --registry, moments -> [checkup] -> verify, repair -> Checkup
"""

from __future__ import annotations

from collections.abc import Sequence

from promptc.core.channel import checked_name
from promptc.core.dataclass import dataclass, field
from promptc.core.errors import Exit, PromptcError
from promptc.driver.build import Progress, quiet
from promptc.driver.folder import BUILD_FOLDER
from promptc.driver.release.opening import Desk, no_channel, open_place, opened_desk
from promptc.driver.release.repair import Sources, repair
from promptc.driver.release.verify import Verdict, Wrong, verify, verify_build
from promptc.driver.remembering import alone_in_build
from promptc.stores.build import BuildFolder


@dataclass(slots=True)
class Checkup:
    """What is wrong now, in the registry and in the build, and what was mended before."""

    verdict: Verdict
    build: list[Wrong] = field(default_factory=list)
    mended: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        """Whether nothing is wrong."""
        return not self.verdict.wrong and not self.build


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line asks for. `repair_from` names another registry."""

    start: str
    where: str | None
    moments: Sequence[str] = ()
    repairs: bool = False
    repair_from: str | None = None


def checkup(asked: Asked, on_progress: Progress = quiet) -> Checkup:
    """Verify, and mend. PromptcError V001, V011, N003, D006."""
    desk = opened_desk(asked.start, asked.where, may_lack=True, may_be_damaged=True)
    channels = tuple(dict.fromkeys(_channel(desk, moment) for moment in asked.moments))
    store = BuildFolder(desk.folder / BUILD_FOLDER) if desk.folder is not None else None
    # A project that has no registry yet has nothing in it that could be wrong.
    verdict = verify(desk.registry, channels, on_progress) if desk.registry.is_there else Verdict()
    done = Checkup(verdict)
    if asked.repairs and verdict.wrong:
        other = None if asked.repair_from is None else open_place(asked.repair_from, desk.start)
        done.mended = repair(desk.registry, verdict, Sources(store, other, desk.folder)).mended
        done.verdict = verify(desk.registry, channels, on_progress)
    if store is not None and store.folder.is_dir() and not asked.moments:
        done.build = verify_build(store)
        if asked.repairs and done.build:
            done.mended += _rebuilt(asked.start)
            done.build = verify_build(store)
    return done


def _rebuilt(start: str) -> list[tuple[str, str]]:
    """A build makes anew whatever is damaged in build/; its damaged copies are put aside first."""
    from promptc.driver.build import BuildRequest, build
    from promptc.driver.folder import find_folder

    store = BuildFolder(find_folder(start) / BUILD_FOLDER)
    with alone_in_build(find_folder(start)):
        store.blobs.mend(store.folder / "tmp" / "quarantine")
    try:
        result = build(BuildRequest(start, verify=True))
    except PromptcError as error:
        # Sources that can't be compiled leave the build as it is; a full disk must be said.
        if error.exit_code == Exit.MACHINE:
            raise
        return []
    return [("build/", "the sources, compiled again")] if result.published else []


def _channel(desk: Desk, moment: str) -> str:
    channel = checked_name(moment.partition("@")[0])
    if not desk.registry.names(f"channels/{channel}") and desk.maybe_head(channel) is None:
        raise no_channel(desk, channel)
    return channel
