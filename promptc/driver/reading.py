"""Reading: settings, sources and layers of a project as a whole build needs them, and the bytes of its other files.

    Look -> [reading] -> Sources -> planning

Every file that is read is noted with its state and digest, so that what is compiled is what is hashed. Tenants are not
read here: they are units.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from promptc.compiler.compile import Compiler
from promptc.compiler.meaning import meanings
from promptc.compiler.project import Loaded, Overlay, Project, Settings
from promptc.compiler.schema.beside import Parsing, parsing_of
from promptc.compiler.schema.kept import Unkept, decode_loaded, encode_loaded
from promptc.compiler.schema.lazy import LazyTenants
from promptc.core.dataclass import dataclass, replace
from promptc.core.findings import Finding, unpacked
from promptc.driver.look import Look, Places, cache_folder, complete, look_again, settings_changed
from promptc.driver.project import LazyTree, names_of_files, refused_names, signups_of, source_files, units_of
from promptc.driver.units import removes
from promptc.engine import toolchain
from promptc.engine.database import Database
from promptc.engine.ledger import Head, Ledger
from promptc.engine.memo import Memo

DATABASE_FILE = "engine.db"


@dataclass(slots=True)
class Sources:
    """Sources and layers as they are now, with what is wrong with them and with files as such.

    `check` are the findings of templates and layers that compiling gives; `parts` the meanings of all parts.
    """

    settings: Settings
    project: Project
    general: tuple[Finding, ...]
    check: tuple[Finding, ...]
    parts: Mapping[str, str]
    closures: Mapping[str, Sequence[str]]
    layers_remove: bool
    compiler: Compiler
    parsing: Parsing

    @property
    def said(self) -> tuple[Finding, ...]:
        """All of it."""
        return (*self.general, *self.check)


class Reading:
    """What a whole build reads, and what the last one left: `head`."""

    def __init__(self, seen: Look) -> None:
        self.seen = seen
        self.database = Database(cache_folder(seen.folder) / DATABASE_FILE)
        self.memo = Memo(self.database)
        self.ledger = Ledger(self.database)
        self.reader = seen.reader()
        self.settings_findings: tuple[Finding, ...] = ()
        # The digests of the texts that layers read, by file.
        self.layer_texts: dict[str, str] = {}

    @cached_property
    def tree(self) -> LazyTree:
        """The files of the project by path."""
        assert self.seen.listing is not None
        return LazyTree(self.seen.listing, self.seen.reader)

    @cached_property
    def identity(self) -> str:
        """What the memo's keys say of the toolchain."""
        known = self.seen.header.get("toolchain", {})
        if known.get("state") and known["state"] == self.toolchain_state:
            return str(known["identity"])
        return toolchain.identity()

    @cached_property
    def versions(self) -> dict[str, str]:
        """What a build record says of the toolchain."""
        known = self.seen.header.get("toolchain", {})
        if known.get("state") and known["state"] == self.toolchain_state:
            return dict(known["versions"])
        return toolchain.versions()

    @cached_property
    def toolchain_state(self) -> str:
        """A quick look at the toolchain."""
        return self.seen.toolchain

    @cached_property
    def ledger_head(self) -> Head | None:
        """What the ledger says of the last build, whatever became of its file states."""
        return self.ledger.head()

    @cached_property
    def head(self) -> Head | None:
        """What the ledger says of the last build, where it is that of these file states and of this very toolchain."""
        found = self.ledger_head
        generation = self.seen.header.get("generation")
        if found is None or not generation or found.generation != generation:
            return None
        return found if found.data["toolchain"] == self.identity else None

    def read(self, path: str) -> bytes | None:
        """A file's bytes, noted with their state and digest."""
        data = self.seen.changed.get(path)
        if data is not None:
            return data
        found = self.reader.read(path)
        if found is None:
            return None
        data, state = found
        self.seen.digests[path] = (state, hashlib.sha256(data).digest())
        return data

    @cached_property
    def sources(self) -> Sources:
        """Settings, sources and layers, read and checked."""
        settings, settings_findings = self._settings()
        complete(self.seen)
        listing = self.seen.listing
        assert listing is not None
        self.reader = self.seen.reader()
        read = {file: data for file in source_files(listing.files, settings) if (data := self.read(file)) is not None}
        if self.head is None or not self._sources_are_same(settings):
            for file, data in read.items():
                self.memo.keep_text(self.seen.digests[file][1], data)
        parsing = parsing_of(settings, self.read_text)
        tenants = _Deferred(self.tree, settings, parsing)
        loaded = self._loaded(read, settings, tenants)
        project = replace(loaded.project, broken=loaded.project.broken | refused_names(listing.findings, settings))
        general = (*settings_findings, *listing.findings, *self.reader.findings, *loaded.findings)
        facts = self._facts()
        compiler = Compiler(project, memory=self.memo, toolchain=self.identity, facts=facts)
        if len(compiler.templates.facts().keys() - facts.keys()) > 0:
            self.memo.keep_fact(self._facts_key, json.dumps(compiler.templates.facts()).encode())
        return self._checked(settings, project, tuple(dict.fromkeys(general)), compiler, parsing)

    def _loaded(self, read: Mapping[str, bytes], settings: Settings, tenants: Mapping[str, Overlay]) -> Loaded:
        """Sources and layers, as they were kept when the very same files were read, or parsed now."""
        total = hashlib.sha256(f"promptc.sources/1 {self.identity} {settings!r}".encode())
        for file in read:
            total.update(file.encode("utf-8", "surrogateescape") + b"\0" + self.seen.digests[file][1])
        key = total.hexdigest()
        data = self.memo.fact(key)
        if data is not None:
            with suppress(Unkept):
                loaded = decode_loaded(data, tenants)
                if not _asks_for_tenants(loaded.project):
                    return loaded
        from promptc.compiler.schema.load import load_sources

        texts = self.layer_texts

        def read_text(path: str) -> bytes | None:
            data = self.read_text(path)
            texts[path] = ""
            if data is not None:
                digest = hashlib.sha256(data).digest()
                texts[path] = digest.hex()
                self.memo.keep_text(digest, data)
            return data

        loaded = load_sources(read, settings, tenants=tenants, read_text=read_text)
        if not texts:
            with suppress(Unkept):
                self.memo.keep_fact(key, encode_loaded(loaded))
        return loaded

    @property
    def _facts_key(self) -> str:
        return f"promptc.facts/1 {self.identity}"

    def _facts(self) -> dict[str, Any]:
        """What was read off templates before, by their texts."""
        data = self.memo.fact(self._facts_key)
        return dict(json.loads(data)) if data is not None else {}

    def _checked(
        self, settings: Settings, project: Project, general: tuple[Finding, ...], compiler: Compiler, parsing: Parsing
    ) -> Sources:
        head = self.head
        if head is not None and self._sources_are_same(settings):
            said = head.data
            check = tuple(map(unpacked, said["check"]))
            return Sources(
                settings, project, general, check, said["parts"], said["closures"], said["layers_remove"], compiler,
                parsing,
            )  # fmt: skip
        check = compiler.check()
        closures = {name: compiler.closure(name) for name in project.prompts}
        layers_remove = any(map(removes, project.layers.values()))
        return Sources(
            settings, project, general, tuple(check), meanings(project), closures, layers_remove, compiler, parsing
        )

    def keeps_sources(self) -> bool:
        """Whether settings, sources and layers are those of the last build, and so is the toolchain."""
        return self.head is not None and self._sources_are_same(self.sources.settings)

    def _sources_are_same(self, settings: Settings) -> bool:
        if settings_changed(self.seen):
            return False
        below = (f"{settings.sources}/", f"{settings.tenants}/layers/")
        touched = (*self.seen.changed, *self.seen.unread, *self.seen.removed)
        return not any(path.startswith(below) for path in touched)

    def _settings(self) -> tuple[Settings, tuple[Finding, ...]]:
        head = self.head
        if head is not None and not settings_changed(self.seen) and not head.data["settings_findings"]:
            said = head.data["settings"]
            values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in said.items()}
            return Settings(**values), ()
        from promptc.compiler.schema.settings import parse_settings

        files, findings = self.seen.settings_files()
        settings, found = parse_settings(files)
        self.settings_findings = (*findings, *found)
        known = self.seen.header.get("settings", {"sources": "sources", "tenants": "tenants"})
        if any(finding.is_error for finding in self.settings_findings):
            # Nothing will be published, and where things are may be one of the things that are wrong.
            settings = replace(settings, sources=known["sources"], tenants=known["tenants"])
        elif self.seen.given is None and (settings.sources, settings.tenants) != (known["sources"], known["tenants"]):
            look_again(self.seen, Places(settings.sources, settings.tenants))
            self.__dict__["head"] = None
        return settings, self.settings_findings

    def read_text(self, path: str) -> bytes | None:
        """A text beside overlays; None where there is none."""
        assert self.seen.listing is not None
        return self.read(path) if path in self.seen.listing.files else None

    def close(self) -> None:
        """Let go of what is open."""
        self.reader.close()
        self.database.close()


class _Deferred(Mapping[str, Overlay]):
    """The tenants of a project, listed when somebody first asks for one: a build that is about units rarely does.

    Whether there is a tenant of some name, and how many there are, is told by the names of files, and by nothing else where no
    .jsonl could hold it.
    """

    def __init__(self, tree: LazyTree, settings: Settings, parsing: Parsing) -> None:
        self._parts = (tree, settings, parsing)
        self._found: dict[str, bool] = {}

    @cached_property
    def _last_names(self) -> frozenset[str]:
        tree, settings, _ = self._parts
        # Layers may be called as anything.
        layers = f"{settings.tenants}/layers/"
        return frozenset([file[file.rfind("/") + 1 :] for file in tree if not file.startswith(layers)])

    @cached_property
    def _files(self) -> frozenset[str]:
        tree, settings, _ = self._parts
        return names_of_files(tree, settings)

    def _has_file(self, ending: str) -> bool:
        if ending not in self._found:
            tree, settings, _ = self._parts
            self._found[ending] = bool(names_of_files([file for file in tree if file.endswith(ending)], settings))
        return self._found[ending]

    @cached_property
    def _lines(self) -> tuple[bytes, ...]:
        tree, settings, _ = self._parts
        return signups_of(tree, settings)

    @cached_property
    def _made(self) -> LazyTenants:
        tree, settings, parsing = self._parts
        return LazyTenants(units_of(tree, settings), parsing)

    def __getitem__(self, name: str) -> Overlay:
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made) if self._lines else len(self._files)

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        if not name.isascii():
            return name in self._made
        if f"{name}.yaml" in self._last_names and self._has_file(f"/{name}.yaml"):
            return True
        return any(_may_hold(data, name) for data in self._lines) and name in self._made


def _may_hold(data: bytes, name: str) -> bool:
    """Whether a .jsonl could have a line of some id, which is there as it is, or with letters as JSON's escapes."""
    return not name.isascii() or name.encode() in data or b"\\u" in data


def _asks_for_tenants(project: Project) -> bool:
    """Whether what is wrong with sources depends on which tenants there are: examples may belong to one."""
    return any(examples.owner != "shared" for examples in project.examples)
