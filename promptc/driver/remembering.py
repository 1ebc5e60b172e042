"""Remembering: what a whole build leaves for the next one: file states, ledger, memo.

    Whole, Total, BuildResult -> [remembering] -> build/cache/

The ledger is written before the states, and both carry one generation: whatever is interrupted in between, the next build
finds that they don't agree, and begins from nothing but the memo. None of it is needed: what can't be written is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptc.core.errors import PromptcError
from promptc.driver.folder import BUILD_FOLDER
from promptc.driver.look import STATES_FILE, Look, cache_folder, state_of_schemas, state_of_store
from promptc.engine import states
from promptc.stores import effects, lock

if TYPE_CHECKING:
    from promptc.core.record import Record
    from promptc.driver.gathering import Total
    from promptc.driver.whole import Whole


@contextmanager
def building(folder: Path) -> Iterator[None]:
    """While a build works: nobody deletes what it may want to keep. PromptcError N003 when somebody does for too long."""
    make_cache_folder(folder)
    with lock.shared_if_possible(cache_folder(folder), BUILD_FOLDER):
        yield


@contextmanager
def alone_in_build(folder: Path) -> Iterator[None]:
    """While something is deleted: nobody builds. PromptcError N003 when somebody does for too long."""
    make_cache_folder(folder)
    with lock.alone(cache_folder(folder), BUILD_FOLDER):
        yield


def make_cache_folder(folder: Path) -> None:
    """The folder of caches, where it can be made."""
    with suppress(OSError):
        effects.make_folders(cache_folder(folder))


def keep_states(seen: Look, header: Mapping[str, Any]) -> None:
    """Write the file states under a header."""
    from promptc.stores.write import write_file

    data = states.encoded(header, seen.scan, seen.digests, seen.began, known=seen.known)
    with suppress(PromptcError):
        write_file(cache_folder(seen.folder) / STATES_FILE, data)


def drop_states(folder: Path) -> None:
    """Forget what the last build saw."""
    with suppress(OSError):
        effects.unlink(cache_folder(folder) / STATES_FILE)


def remember(whole: Whole, total: Total, record: Record, result: dict[str, Any] | None) -> None:
    """Write ledger, memo and states; `result` is None where nothing was to be published, so that no build is answered by it."""
    generation = whole.generation
    data = _head_data(whole, total, record)
    whole.memo.write()
    kept = _write_ledger(whole, total, generation, data)
    if not kept:
        drop_states(whole.seen.folder)
        return
    seen, settings = whole.seen, whole.sources.settings
    assert seen.listing is not None
    header = {
        "generation": generation,
        # Whether all that was listed are files to be read and nothing was said of any name.
        "plain": not seen.listing.findings and all(name[0] in "/df" for name in seen.scan.names),
        "settings": {"sources": settings.sources, "tenants": settings.tenants},
        # All of them, for commands that ask for no more; None where something is wrong with them.
        "said": None if whole.settings_findings else {name: getattr(settings, name) for name in settings.__slots__},
        "toolchain": {"state": whole.toolchain_state, "identity": whole.identity, "versions": whole.versions},
        "store": state_of_store(seen.folder),
        "git": whole.git_state,
        "schemas": state_of_schemas(seen.folder),
        "result": result,
    }
    keep_states(seen, header)


def _write_ledger(whole: Whole, total: Total, generation: str, data: dict[str, Any]) -> bool:
    from promptc.engine.ledger import Head

    head = Head(generation, data)
    before = whole.head
    if total.is_update and before is not None:
        return whole.ledger.update(before.generation, head, gone=total.gone, rows=total.rows, served=total.served)
    return whole.ledger.replace(head, total.rows, total.served)


def _head_data(whole: Whole, total: Total, record: Record) -> dict[str, Any]:
    from promptc.core.findings import packed
    from promptc.core.manifest import read_root

    sources = whole.sources
    files = whole.outlook.file_findings
    tree = read_root(lambda digest: total.manifest.blobs[digest], total.manifest.root).tree
    return {
        "tree": tree,
        "record": {"sources": record.sources, "tenants": record.tenants, "toolchain": dict(record.toolchain)},
        "toolchain": whole.identity,
        "settings": {name: getattr(sources.settings, name) for name in sources.settings.__slots__},
        "settings_findings": [packed(finding) for finding in whole.settings_findings],
        "parts": dict(sources.parts),
        "closures": {name: list(paths) for name, paths in sources.closures.items()},
        "layers_remove": sources.layers_remove,
        "check": [packed(finding) for finding in sources.check],
        "file_findings": {file: [packed(finding) for finding in found] for file, found in files.items() if found},
        "id_findings": [packed(finding) for finding in total.id_findings],
        "broken": list(total.broken),
        "files": {file: digest.removeprefix("sha256:") for file, digest in _source_digests(whole).items()},
        "texts": dict(whole.layer_texts),
        "before": _before(whole),
        "did": whole.generation if whole.done or whole.head is None else whole.head.data["did"],
        "lines": whole.outlook.lines,
        "targets": total.targets,
        "tenants": total.tenants,
        "distinct": total.distinct,
        "bytes": total.bytes_total,
    }


def _source_digests(whole: Whole) -> dict[str, str]:
    """The digests of settings, sources and layers."""
    from promptc.driver.project import source_files

    assert whole.seen.listing is not None
    files = source_files(whole.seen.listing.files, whole.sources.settings)
    return {file: whole.seen.digests[file][1].hex() for file in files if file in whole.seen.digests}


def _before(whole: Whole) -> dict[str, Any]:
    """What the build before this one was made from, for `why`; kept while builds do nothing."""
    head = whole.ledger_head
    if head is None:
        return {}
    if not whole.done and whole.head is not None:
        return dict(head.data["before"])
    return {
        "generation": head.generation,
        "files": head.data["files"],
        "texts": head.data["texts"],
        "toolchain": head.data["toolchain"],
    }
