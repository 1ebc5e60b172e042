"""Build folder: what the last build published, and the blobs that it names.

    build -> [build folder] -> list, show, explain, the runtime in development

Blobs are written first and `latest.json` last, at once: a kill at any instant leaves the old build or the new one. All
of it is disposable: a build makes anew whatever is missing or damaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest, digest_of, parse_digest
from promptc.core.document import LATEST, RECORD, ROOT, Get, expect_keys, read_document, wrong
from promptc.core.errors import PromptcError
from promptc.core.values import canonical_bytes
from promptc.stores import effects
from promptc.stores.blobs import Blobs
from promptc.stores.machine import writing
from promptc.stores.pack_writer import PackWriter
from promptc.stores.regular import read_regular
from promptc.stores.write import write_durable, write_file

POINTER = "latest.json"
_IGNORE = b"# Everything that building makes is disposable; git keeps only this file.\n*\n!.gitignore\n"


@dataclass(frozen=True, slots=True)
class Latest:
    """What the last build published: its root, its build record, and the figures that a summary shows."""

    root: Digest
    record: Digest
    summary: Mapping[str, Any] = field(default_factory=dict)


class BuildFolder:
    """The folder `build/` of a project. Reading verifies; writing is safe beside another build."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blobs = Blobs(folder / "blobs", folder / "tmp")

    def get(self, digest: Digest) -> bytes:
        """The bytes of a digest, verified: the `get` that manifests are read through."""
        return self.blobs.get(digest)

    def latest(self) -> Latest | None:
        """What the last build published, None before the first. PromptcError D001 or D004 when it is damaged."""
        data = read_regular(self.folder / POINTER, POINTER)
        return None if data is None else _decode(data)

    def latest_or_none(self) -> Latest | None:
        """As `latest`, but a damaged pointer counts as none: for building, which writes a right one."""
        try:
            return self.latest()
        except PromptcError:
            return None

    def store(self, blobs: Mapping[Digest, bytes]) -> int:
        """Store blobs; how many were new. Nothing refers to them before `publish`."""
        self._prepare()
        return self.blobs.put(blobs)

    def writer(self) -> PackWriter:
        """What streams many blobs into the store; one for each worker. Nothing refers to them before `publish`."""
        self._prepare()
        return self.blobs.writer()

    def _prepare(self) -> None:
        with writing(self.folder.name):
            effects.make_folders(self.folder)
        if not (self.folder / ".gitignore").exists():
            write_file(self.folder / ".gitignore", _IGNORE)

    def publish(self, latest: Latest) -> None:
        """Make a build the latest, after its root and record were read back; then the blobs are tidied.

        The last step of a build.
        """
        self.blobs.refresh()
        read_document(self.get(latest.root), ROOT)
        read_document(self.get(latest.record), RECORD)
        with writing(POINTER):
            self.blobs.make_way(self.folder / POINTER)
        write_durable(self.folder / POINTER, _encode(latest))
        self.latest()
        self.blobs.tidy()


class BesideStore(BuildFolder):
    """Blobs that nothing was published with, in a folder of their own, in front of a build folder's: a cache of reviews."""

    def __init__(self, folder: Path, main: BuildFolder) -> None:
        super().__init__(folder)
        self._main = main
        # Where else to look for what neither has: registries.
        self.also: list[Get] = []

    def get(self, digest: Digest) -> bytes:
        if self.blobs.has(digest):
            return self.blobs.get(digest)
        try:
            return self._main.get(digest)
        except PromptcError as error:
            if error.code != "D002" or not self.also:
                raise
        for number, get in enumerate(self.also, 1):
            try:
                return get(digest)
            except PromptcError as error:
                if error.code != "D002" or number == len(self.also):
                    raise
        raise AssertionError("unreachable")

    def latest(self) -> Latest | None:
        return self._main.latest()


def _encode(latest: Latest) -> bytes:
    document = {"format": LATEST, "root": latest.root, "record": latest.record, "summary": dict(latest.summary)}
    # The pointer is the one document that nothing names by its digest, so it carries its own.
    return canonical_bytes({**document, "digest": digest_of(canonical_bytes(document))})


def _decode(data: bytes) -> Latest:
    document = read_document(data, LATEST)
    expect_keys(document, {"format": str, "root": str, "record": str, "summary": dict, "digest": str})
    try:
        latest = Latest(parse_digest(document["root"]), parse_digest(document["record"]), document["summary"])
        whole = _encode(latest) == data
    except ValueError as error:
        raise wrong("its digests are malformed") from error
    if not whole:
        raise wrong(f"`{POINTER}` is not what was written")
    return latest
