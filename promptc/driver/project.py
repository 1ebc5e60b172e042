"""Project: find the project's folder, read its settings and its tree, load it.

    a folder -> [project] -> Opened (settings, project, findings)

Every use case but `init` begins here. Files are read once; what is wrong with them are findings of the result. Where a
few of very many tenants are asked for, the project is opened lazily: sources and layers are read, tenants when asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from promptc.compiler.project import Project, Settings
from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest, digest_of
from promptc.core.findings import Finding
from promptc.driver.folder import existing_folder, find_folder

if TYPE_CHECKING:
    from promptc.compiler.schema.lazy import Unit
    from promptc.stores.files import Listing, Reader

__all__ = ["Opened", "existing_folder", "find_folder", "open_lazily", "open_project", "read_settings_of"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A project that was read: `tree` holds every file's bytes by its path below `folder`.

    `findings` are of all that was read; of a project that was opened lazily, not those of single tenants.
    """

    folder: Path
    settings: Settings
    project: Project
    tree: Mapping[str, bytes]
    findings: tuple[Finding, ...]


def open_project(start: str) -> Opened:
    """The project around a folder, loaded. PromptcError C002 when there is none."""
    from promptc.compiler.schema.load import load_project
    from promptc.stores.files import read_tree

    folder = find_folder(start)
    settings, settings_findings = read_settings_of(folder)
    tree, tree_findings = read_tree(folder, settings)
    loaded = load_project(tree, settings)
    findings = (*settings_findings, *tree_findings, *loaded.findings)
    project = replace(loaded.project, broken=loaded.project.broken | refused_names(tree_findings, settings))
    return Opened(folder, settings, project, tree, tuple(dict.fromkeys(findings)))


def open_lazily(start: str) -> Opened:
    """The project around a folder, its tenants to be read one by one. PromptcError C002 when there is none."""
    from promptc.stores.files import Reader, list_tree

    folder = find_folder(start)
    settings, settings_findings = read_settings_of(folder)
    listing = list_tree(folder, settings)
    tree = LazyTree(listing, partial(Reader, folder, listing.stored))
    opened = open_tree(folder, settings, tree, listing.findings)
    findings = (*settings_findings, *listing.findings, *tree.findings, *opened.findings)
    return replace(opened, findings=tuple(dict.fromkeys(findings)))


def open_tree(folder: Path, settings: Settings, tree: Mapping[str, bytes], refused: Iterable[Finding] = ()) -> Opened:
    """A project from files by path, wherever they come from, its tenants to be read one by one.

    `refused` says of files that are not in the tree why they aren't.
    """
    from promptc.compiler.schema.beside import parsing_of
    from promptc.compiler.schema.lazy import LazyTenants
    from promptc.compiler.schema.load import load_sources

    read = {file: data for file in source_files(tree, settings) if (data := tree.get(file)) is not None}
    tenants = LazyTenants(units_of(tree, settings), parsing_of(settings, tree.get))
    loaded = load_sources(read, settings, tenants=tenants, read_text=tree.get)
    project = replace(loaded.project, broken=loaded.project.broken | refused_names(refused, settings))
    return Opened(folder, settings, project, tree, loaded.findings)


class LazyTree(Mapping[str, bytes]):
    """The files of a listing by path, each read when it is asked for. `digests` are of those that were read so far.

    `findings` are of files that can't be read.
    """

    def __init__(self, listing: Listing, open_reader: Callable[[], Reader]) -> None:
        self.findings: list[Finding] = []
        self.digests: dict[str, Digest] = {}
        self._listing = listing
        self._open_reader = open_reader

    def __getitem__(self, path: str) -> bytes:
        if path not in self._listing.files:
            raise KeyError(path)
        with self._open_reader() as reader:
            found = reader.read(path)
            self.findings += reader.findings
        if found is None:
            raise KeyError(path)
        self.digests[path] = digest_of(found[0])
        return found[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listing.files)

    def __len__(self) -> int:
        return len(self._listing.files)

    def __contains__(self, path: object) -> bool:
        return path in self._listing.files


def source_files(files: Iterable[str], settings: Settings) -> list[str]:
    """Of all files, those that every build reads: the settings', sources and layers."""
    below = (f"{settings.sources}/", f"{settings.tenants}/layers/")
    return [file for file in files if "/" not in file or file.startswith(below)]


def units_of(tree: Mapping[str, bytes], settings: Settings) -> Iterator[Unit]:
    """Every tenant of a tree by id: its file, or its line of a .jsonl. Of the files only the latter are read."""
    from promptc.compiler.schema.lazy import Unit
    from promptc.compiler.schema.signups import ids_of_signups, refused
    from promptc.compiler.schema.tenants import id_of_file, role_of

    prefix = f"{settings.tenants}/"
    for file in tree:
        role = role_of(file.removeprefix(prefix)) if file.startswith(prefix) else "text"
        if role == "tenant":
            yield Unit(id_of_file(file), file, 0, partial(tree.__getitem__, file))
        elif role == "signups":
            data = tree.get(file, b"")
            if not refused(data[:4], len(data), file):
                for number, name, line in ids_of_signups(data):
                    yield Unit(name, file, number, partial(bytes, line))


def names_of_files(files: Iterable[str], settings: Settings) -> frozenset[str]:
    """The ids of the tenants that have a file of their own."""
    below, layers = f"{settings.tenants}/", f"{settings.tenants}/layers/"
    own = [file for file in files if file.endswith(".yaml") and file.startswith(below) and not file.startswith(layers)]
    stems = {file[file.rfind("/") + 1 : -5] for file in own}
    if not all(map(str.isascii, stems)):
        from promptc.compiler.schema.unicode import normalise

        stems = set(map(normalise, stems))
    return frozenset(stems - {""})


def signups_of(tree: Mapping[str, bytes], settings: Settings) -> tuple[bytes, ...]:
    """The bytes of every .jsonl of tenants."""
    below, layers = f"{settings.tenants}/", f"{settings.tenants}/layers/"
    files = [file for file in tree if file.endswith(".jsonl") and file.startswith(below) and not file.startswith(layers)]
    return tuple(tree.get(file, b"") for file in files)


def refused_names(findings: Iterable[Finding], settings: Settings) -> frozenset[str]:
    """Whose own file was not even read: they are counted as what could not be compiled, and never left out in silence."""
    names = set()
    for finding in findings:
        file = finding.place.file
        stem = file.rpartition("/")[2].partition(".")[0]
        if file.startswith(f"{settings.tenants}/layers/"):
            names.add(f"layer:{file.removeprefix(f'{settings.tenants}/layers/').removesuffix('.yaml')}")
        elif file.startswith(f"{settings.tenants}/"):
            names.add(f"tenant:{stem}")
        elif file.startswith(f"{settings.sources}/prompts/"):
            names.add(f"prompt:{stem}")
    return frozenset(names)


def read_settings_of(folder: Path) -> tuple[Settings, tuple[Finding, ...]]:
    """The settings alone, for what needs no sources."""
    from promptc.compiler.schema.settings import parse_settings
    from promptc.stores.files import read_settings

    files, findings = read_settings(folder)
    settings, more = parse_settings(files)
    return settings, (*findings, *more)
