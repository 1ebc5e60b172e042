"""Sides: one tenant as it stands now, as the last build read it, and as the build before that did.

    ledger, memo (texts of sources, parsed overlays) -> [sides] -> Side -> why, masking

A build keeps the texts of the sources that it read, so that what an edit changed can be said without git. They are a
cache: what was dropped from it is not known any more, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.compiler.compile import Compiler
from promptc.compiler.project import Overlay, Project, Settings, Tenant
from promptc.compiler.schema.beside import parsing_of
from promptc.compiler.schema.load import load_sources
from promptc.compiler.schema.remembered import decode_overlay
from promptc.compiler.schema.settings import parse_settings
from promptc.compiler.schema.tenants import parse_tenant
from promptc.core.dataclass import dataclass
from promptc.driver.units import overlay_key
from promptc.driver.whole import Whole
from promptc.engine.ledger import Damaged, Row
from promptc.stores.scan import SETTINGS_FILES


@dataclass(frozen=True, slots=True)
class Side:
    """One tenant at one time. `tenant` is None when its chain can't be resolved; `toolchain` names what compiled it."""

    compiler: Compiler
    overlay: Overlay
    tenant: Tenant | None
    toolchain: str


def now(whole: Whole, tenant_id: str) -> Side | None:
    """The tenant as its files stand; None when its own file can't be read."""
    sources = whole.sources
    try:
        overlay = sources.project.tenants[tenant_id]
    except KeyError:
        return None
    compiler = Compiler(sources.project, sharing=False)
    return Side(compiler, overlay, compiler.resolver.resolve(overlay)[0], whole.identity)


def last(whole: Whole, tenant_id: str) -> Side | None:
    """The tenant as the last build read it; None when that is not known any more."""
    head, row = whole.ledger_head, row_of(whole, tenant_id)
    if head is None or row is None:
        return None
    return _then(whole, row, (row.digest.hex(), row.texts_read), head.data)


def before_last(whole: Whole, tenant_id: str) -> Side | None:
    """The tenant as the build before the last read it; None when there was none, or that is not known any more."""
    head, row = whole.ledger_head, row_of(whole, tenant_id)
    before = head.data["before"] if head is not None else {}
    if row is None or not before or not row.before:
        return None
    return _then(whole, row, (row.before, row.texts_before), before)


def before_this(whole: Whole, tenant_id: str) -> Side | None:
    """After a build, the tenant as the build before it read it; None when there was none, or that is not known any more."""
    # What the ledger says of units is that build's by now, and its head as it was read is still the one before.
    head, row = whole.ledger_head, row_of(whole, tenant_id)
    if head is None or row is None or not row.before:
        return None
    return _then(whole, row, (row.before, row.texts_before), head.data)


def row_of(whole: Whole, tenant_id: str) -> Row | None:
    """What the ledger says of a tenant."""
    try:
        return whole.ledger.unit(tenant_id)
    except Damaged:
        return None


def _then(whole: Whole, row: Row, own: tuple[str, Mapping[str, str]], head: Mapping[str, Any]) -> Side | None:
    """The side of a unit's own digest and those of its texts, and of what a build's head says of the sources."""
    found = _sources_then(whole, head)
    if found is None:
        return None
    settings, project = found
    toolchain, digest = head["toolchain"], bytes.fromhex(own[0])
    overlay = overlay_then(whole, row, (digest, own[1]), settings=settings, toolchain=toolchain)
    if overlay is None:
        return None
    compiler = Compiler(project, sharing=False)
    return Side(compiler, overlay, compiler.resolver.resolve(overlay)[0], toolchain)


def _sources_then(whole: Whole, head: Mapping[str, Any]) -> tuple[Settings, Project] | None:
    """Sources and layers as a build read them; None when some of them are not known any more."""
    # Asked for one tenant after another, and the same for all of them.
    kept: dict[int, Any] = whole.__dict__.setdefault("sources_then", {})
    if id(head) not in kept:
        kept[id(head)] = head, _loaded(whole, head["files"], head["texts"])
    found: tuple[Settings, Project] | None = kept[id(head)][1]
    return found


def _loaded(whole: Whole, files: Mapping[str, str], texts: Mapping[str, str]) -> tuple[Settings, Project] | None:
    known, beside = _known(whole, files), _known(whole, texts)
    if known is None or beside is None:
        return None
    settings, _ = parse_settings({name: known[name] for name in SETTINGS_FILES if name in known})
    loaded = load_sources(known, settings, tenants=whole.sources.project.tenants, read_text=beside.get)
    return settings, loaded.project


def _known(whole: Whole, digests: Mapping[str, str]) -> dict[str, bytes] | None:
    """Texts by file, those without a digest left out; None when one of them is not known any more."""
    known = {}
    for path, digest in digests.items():
        if digest:
            data = whole.memo.text(bytes.fromhex(digest))
            if data is None:
                return None
            known[path] = data
    return known


def overlay_then(
    whole: Whole,
    row: Row,
    own: tuple[bytes, Mapping[str, str]],
    *,
    settings: Settings | None = None,
    toolchain: str = "",
) -> Overlay | None:
    """A unit's overlay as some build of a toolchain (else of this one) read it; None when that is not known any more.

    `own` are the digests of its bytes and, by file, of the texts that it reads.
    """
    digest, texts = own
    settings = settings if settings is not None else whole.sources.settings
    parse_key = whole.bench().parse_key.replace(whole.identity.encode(), (toolchain or whole.identity).encode())
    data = whole.memo.overlay(overlay_key(parse_key, row.file, row.line, digest))
    if data is not None:
        name, _, body = data.partition(b"\0")
        try:
            return decode_overlay(body, name.decode(), row.file, row.line)
        except ValueError:
            return None
    text, beside = whole.memo.text(digest), _known(whole, texts)
    if text is None or beside is None:
        return None
    return parse_tenant(row.file, text, parsing_of(settings, beside.get), line=row.line).overlay
