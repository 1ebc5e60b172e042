"""Opening: which registry a release command works on, and what the project's settings say of it, where there is one.

    --registry or the setting -> [opening] -> Desk -> promote, rollback, history, …

Every release command works without a project when a registry is named. Without either, `.promptc/registry` in the project
serves this one machine.
"""

from __future__ import annotations

from pathlib import Path

from promptc.compiler.project import Settings
from promptc.core.channel import checked_name, find_head
from promptc.core.dataclass import dataclass
from promptc.core.entry import Entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.visible import shortened
from promptc.driver.folder import existing_folder, find_folder
from promptc.driver.nearest import did_you_mean
from promptc.stores.registry import DEFAULT, NoRegistry, Upkeep, lineage, open_registry
from promptc.stores.write import write_file

_IGNORE = b"# A registry of this machine alone.\n*\n"


@dataclass(slots=True)
class Desk:
    """Where a release command works. `folder` is the project's, None where there is none; `start` where the user stands.

    `is_local` says that the registry is the one of this machine that nobody asked for, `is_apart` that a command line
    named another one than the project's settings do. `base` is the folder that a registry's path is relative to.
    """

    start: Path
    folder: Path | None
    settings: Settings
    registry: Upkeep
    lineage: str
    is_local: bool
    is_apart: bool = False
    base: Path = Path()

    def head(self, channel: str) -> Entry:
        """A channel's newest entry. PromptcError V001 when there is no such channel."""
        found = self.maybe_head(channel)
        if found is None:
            raise no_channel(self, channel)
        return found

    def maybe_head(self, channel: str) -> Entry | None:
        """A channel's newest entry, None when it has none. PromptcError V005 for one of another lineage."""
        from promptc.core.channel import foreign

        found = find_head(self.registry.read, checked_name(channel))
        if found is not None and found.lineage != self.lineage:
            raise foreign(f"`{found.moment}`", found.lineage, self.lineage)
        return found

    def channels(self) -> list[str]:
        """The channels that have an entry, sorted; then the services'."""
        from promptc.core.channel import SERVICE, is_name

        found = [name for name in self.registry.names("channels") if is_name(name)]
        services = [f"{SERVICE}{name}" for name in self.registry.names("services") if is_name(SERVICE + name)]
        return [name for name in (*found, *services) if self.maybe_head(name) is not None]


def opened_desk(
    start: str, where: str | None, *, create: bool = False, may_lack: bool = False, may_be_damaged: bool = False
) -> Desk:
    """The registry that is meant. PromptcError V011 when there is none, C002 when neither it nor a project is named.

    Where a project `may_lack` one, an empty one stands for it that keeps nothing. One whose lineage can't be read has "" for
    it where it `may_be_damaged`.
    """
    here = existing_folder(start)
    folder = _project(start, needed=where is None)
    settings = _settings(folder)
    named = where or settings.registry
    base = here if where or folder is None else folder
    if not named and create and folder is not None:
        _ignored(folder)
    try:
        registry = open_place(named or DEFAULT, base, create=create)
    except PromptcError as error:
        if error.code != "V011" or named or not may_lack:
            raise
        return Desk(here, folder, settings, NoRegistry(), "", is_local=True, base=base)
    is_apart = where is not None and where != settings.registry
    return Desk(here, folder, settings, registry, _lineage(registry, may_be_damaged), not named, is_apart, base)


def open_place(where: str, base: Path, *, create: bool = False) -> Upkeep:
    """The registry that a word names: a folder relative to `base`, or an address. PromptcError V011, V060."""
    if where.startswith(("https://", "http://")):
        from promptc.runtime.web import Web
        from promptc.stores.registry_web import WebRegistry

        return WebRegistry(where, Web(where))
    return open_registry(where, base, create=create)


def no_channel(desk: Desk, channel: str) -> PromptcError:
    """What is said of a channel that has no entry."""
    near = did_you_mean(channel, desk.channels(), listing="channels are")
    return PromptcError(
        "V001",
        f"the registry `{desk.registry.where}` has no channel `{shortened(channel)}`",
        hint=near or "`promptc promote CHANNEL --new` begins one",
    )


def _lineage(registry: Upkeep, may_be_damaged: bool) -> str:
    try:
        return lineage(registry)
    except PromptcError:
        if not may_be_damaged:
            raise
        return ""


def _project(start: str, *, needed: bool) -> Path | None:
    try:
        return find_folder(start)
    except PromptcError:
        if needed:
            raise PromptcError(
                "C002",
                "no promptc project in this folder or above it, and no registry is named",
                hint="name one with `--registry WHERE`, or a project with `-C DIR`",
            ) from None
        return None


def _settings(folder: Path | None) -> Settings:
    if folder is None:
        return Settings()
    from promptc.driver.project import read_settings_of

    settings, findings = read_settings_of(folder)
    wrong = next((finding for finding in findings if finding.is_error), None)
    if wrong is not None:
        # Gates and places stand there: a setting that can't be read must not look like one that isn't given.
        place = f"{wrong.place.file}:{wrong.place.line}: " if wrong.place.file else ""
        raise PromptcError(wrong.code, f"{place}{wrong.message}", hint=wrong.hint, exit_code=Exit.SOURCES)
    return settings


def _ignored(folder: Path) -> None:
    mark = folder / ".promptc" / ".gitignore"
    if not mark.exists():
        write_file(mark, _IGNORE)
