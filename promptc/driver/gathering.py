"""Gathering: what all units came to, joined into one manifest, one record, one list of findings, and counts.

    rows that are new, kept and gone -> [gathering] -> Gathered whole: manifest, record, findings, counts

Two ways to one result. Where few units changed, the last build's trees and counts are changed at their places; else all
is made from all rows. What needs every tenant (ids that are given twice) is asked again only when an id changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from promptc.compiler.schema.beside import text_findings
from promptc.compiler.schema.few import readable
from promptc.compiler.schema.ids import Entry, Register
from promptc.compiler.schema.signups import signups_findings
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.digest import Digest
from promptc.core.document import Get
from promptc.core.findings import Finding, Place, gather, unpacked
from promptc.core.manifest import Manifest, Root, manifest_of_nodes, read_tenant, updated_manifest
from promptc.core.record import MadeBy, Record, RecordChange, Tenancy, make_record, updated_record
from promptc.driver.project import refused_names
from promptc.driver.provenance import telling
from promptc.driver.whole import Whole
from promptc.engine.ledger import BROKEN, FAILED, RESOLVED, SAID, Damaged, Head, Row
from promptc.engine.states import UNREAD


@dataclass(slots=True)
class Total:
    """Everything that a build came to. `served` are new counts of artifacts by digest: (targets, bytes)."""

    manifest: Manifest
    record: Record
    findings: tuple[Finding, ...]
    not_compiled: tuple[str, ...]
    targets: int
    tenants: int
    distinct: int
    bytes_total: int
    served: dict[str, tuple[int, int]]
    id_findings: tuple[Finding, ...] = ()
    broken: tuple[str, ...] = ()
    is_update: bool = False
    rows: list[Row] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Whether anything keeps it from being published."""
        return any(finding.is_error for finding in self.findings)


def total_of(whole: Whole, *, versions: Mapping[str, str], commit: str) -> Total:
    """What a whole build came to. Raises Damaged where the ledger or the stored trees turn out to be of no use."""
    for done in whole.done:
        if done.state is not None and done.row is not None:
            whole.seen.digests[done.row.file] = done.state
    for due, done in zip(whole.outlook.due, whole.done, strict=True):
        if done.row is None:
            whole.outlook.file_findings[due.file] = done.unread
    head = whole.head
    if head is not None and not whole.outlook.is_whole and not _ids_differ(whole, head):
        return _Update(whole, head, commit).total()
    return _Anew(whole, versions, commit).total()


def new_rows(whole: Whole) -> list[Row]:
    """The rows of units that were done, and of those that only moved."""
    return [*(done.row for done in whole.done if done.row is not None), *whole.outlook.moved]


def _ids_differ(whole: Whole, head: Head) -> bool:
    """Whether what needs every tenant must be asked again."""
    if head.data["id_findings"] or head.data["broken"] or _refused(whole):
        return True

    def names(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
        return sorted((row.id, row.aliases, row.flags & BROKEN, row.file) for row in rows)

    return names(_replaced(whole)) != names(new_rows(whole))


def _replaced(whole: Whole) -> list[Row]:
    """The ledger's rows that are no more: gone, done again or moved."""
    outlook = whole.outlook
    moved = {row.number for row in outlook.moved}
    again = [due.old for due in outlook.due if due.old is not None]
    stubs = [row for row in outlook.moved if row.number in moved]
    return [*outlook.gone, *again, *stubs]


def _refused(whole: Whole) -> frozenset[str]:
    """The ids of tenants whose file was not even read."""
    settings = whole.sources.settings
    assert whole.seen.listing is not None
    said = [*whole.seen.listing.findings, *(f for found in whole.outlook.file_findings.values() for f in found)]
    unread = [finding for finding in said if finding.code.startswith(("P", "B001"))]
    names = refused_names(unread, settings)
    return frozenset(name.removeprefix("tenant:") for name in names if name.startswith("tenant:"))


def _entry(row: Row) -> Entry:
    place = Place(row.file, row.line or 1, 0 if row.line else 1)
    return Entry(row.id, place, row.aliases, not row.flags & BROKEN)


def _file_findings(
    whole: Whole, rows: Sequence[Row], register: Register, *, with_ids: bool
) -> tuple[list[Finding], set[int]]:
    """The findings of overlays' own texts, capped file by file; and which rows count as not there (by id())."""
    found: list[Finding] = []
    left_out: set[int] = set()
    lines = whole.outlook.lines

    def of(row: Row) -> tuple[Finding, ...]:
        return register.enter(_entry(row) if with_ids and row.id else None, row.findings, row.texts)

    for file, group in groupby(rows, key=lambda row: row.file):
        units = list(group)
        if not units[0].line:
            for row in units:
                found += of(row)
            continue

        def per_line(units: list[Row] = units, file: str = file) -> Iterator[tuple[int, tuple[Finding, ...]]]:
            for row in units:
                yield row.line, of(row)
            if lines.get(file, 0) > units[-1].line:
                yield lines[file], ()

        said, last = signups_findings(per_line(), file)
        found += said
        left_out |= {id(row) for row in units if row.line > last}
    return found, left_out


def _register(whole: Whole) -> Register:
    return Register(lambda text: text_findings(text, whole.sources.parsing))


def _said(rows: Iterable[Row]) -> Iterator[Finding]:
    for row in rows:
        yield from row.said


def _general(whole: Whole) -> Iterator[Finding]:
    yield from whole.sources.said
    for found in whole.outlook.file_findings.values():
        yield from found


def _all_findings(whole: Whole, *parts: Iterable[Finding]) -> tuple[Finding, ...]:
    found = [*_general(whole), *(finding for part in parts for finding in part)]
    return gather(map(readable, dict.fromkeys(found)))


class _Update:
    """The last build's trees, counts and findings, changed at the places of few units."""

    def __init__(self, whole: Whole, head: Head, commit: str) -> None:
        self.whole = whole
        self.head = head
        self.commit = commit
        self.get: Get = whole.get
        self.new = new_rows(whole)
        self.old = _replaced(whole)

    def total(self) -> Total:
        ledger, replaced = self.whole.ledger, {row.number for row in self.old}
        kept = {row.number: row for row in (*ledger.with_findings(), *ledger.with_texts())}
        speaking = [row for row in kept.values() if row.number not in replaced]
        noted = sorted(
            [*speaking, *(row for row in self.new if row.flags & (SAID | FAILED) or row.texts)],
            key=lambda row: (row.file, row.line),
        )
        own, left_out = _file_findings(self.whole, noted, _register(self.whole), with_ids=False)
        if left_out:
            raise Damaged  # so much is wrong that counting begins from all rows
        findings = _all_findings(self.whole, own, _said(noted))
        not_compiled = tuple(sorted({target for row in noted for target in row.failed}))
        served, distinct, bytes_total = self._counts()
        data = self.head.data
        targets = data["targets"] + _sum(self.new) - _sum(self.old)
        tenants = data["tenants"] + _with_targets(self.new) - _with_targets(self.old)
        return Total(
            self._manifest(targets, tenants, "selected" if not_compiled else "all"), self._record(), findings,
            not_compiled, targets, tenants, distinct, bytes_total, served, is_update=True, rows=self.new, gone=self.old,
        )  # fmt: skip

    def _counts(self) -> tuple[dict[str, tuple[int, int]], int, int]:
        """New counts of the artifacts that gained or lost targets, how many artifacts there are, and their bytes."""
        gathered = self.whole.gathered
        lost = gathered.lost.copy()
        for row in self.whole.outlook.gone:
            lost.update(_targets(self.get, row).values())
        changed = {digest: gathered.gained[digest] - lost[digest] for digest in (gathered.gained | lost)}
        changed = {digest: difference for digest, difference in changed.items() if difference}
        before = self.whole.ledger.counts(changed)
        served: dict[str, tuple[int, int]] = {}
        distinct, bytes_total = self.head.data["distinct"], self.head.data["bytes"]
        for digest, difference in changed.items():
            count, size = before.get(digest, (0, gathered.sizes.get(digest, -1)))
            if size < 0 or count + difference < 0:
                raise Damaged
            after = count + difference
            distinct += (after > 0) - (count > 0)
            bytes_total += size * ((after > 0) - (count > 0))
            served[digest] = (after, size)
        return served, distinct, bytes_total

    def _manifest(self, targets: int, tenants: int, scope: Any) -> Manifest:
        nodes: dict[str, Digest | None] = {row.id: None for row in self.old if row.node}
        nodes |= {row.id: Digest(row.node) for row in self.new if row.node}
        before = Root(scope, 0, 0, Digest(self.head.data["tree"]))
        return updated_manifest(self.get, before, nodes, Root(scope, targets, tenants, before.tree))

    def _record(self) -> Record:
        tenants: dict[str, Tenancy | None] = {row.id: None for row in self.old if row.flags & RESOLVED}
        tenants |= {row.id: _tenancy(row) for row in self.new if row.flags & RESOLVED}
        return record_after(self.whole, self.head, tenants, self.commit)


class _Anew:
    """Everything from all rows."""

    def __init__(self, whole: Whole, versions: Mapping[str, str], commit: str) -> None:
        self.whole = whole
        self.versions = versions
        self.commit = commit
        self.get: Get = whole.get

    def total(self) -> Total:
        rows = self._rows()
        register = _register(self.whole)
        own, left_out = _file_findings(self.whole, rows, register, with_ids=True)
        rows = [row for row in rows if id(row) not in left_out]
        id_findings, broken = register.judged()
        broken |= _refused(self.whole)
        fine = [row for row in rows if row.id and row.id not in broken]
        findings = _all_findings(self.whole, own, id_findings, _said(fine))
        failed = {target for row in fine for target in row.failed} | {f"{name}/*" for name in broken}
        served = self._served(fine)
        nodes = {row.id: Digest(row.node) for row in fine if row.node}
        manifest = manifest_of_nodes(nodes, targets=_sum(fine), scope="selected" if failed else "all")
        return Total(
            manifest, self._record(fine), findings, tuple(sorted(failed)), _sum(fine), len(nodes), len(served),
            sum(size for _, size in served.values()), served, tuple(id_findings), tuple(sorted(broken)), rows=rows,
        )  # fmt: skip

    def _rows(self) -> list[Row]:
        outlook = self.whole.outlook
        kept = outlook.kept
        if not outlook.is_whole:
            replaced = {row.number for row in _replaced(self.whole)}
            kept = [row for row in self.whole.ledger.units() if row.number not in replaced]
        return sorted([*kept, *new_rows(self.whole)], key=lambda row: (row.file, row.line))

    def _served(self, rows: Sequence[Row]) -> dict[str, tuple[int, int]]:
        """The count of targets and the size of each artifact."""
        gathered = self.whole.gathered
        done = {id(done.row) for done in self.whole.done}
        counts: dict[Digest, int] = {}
        if len(rows) == len(done) and all(id(row) in done for row in rows):
            counts = dict(gathered.gained)
        else:
            for row in rows:
                for digest in _targets(self.get, row).values():
                    counts[digest] = counts.get(digest, 0) + 1
        known = self.whole.ledger.counts(digest for digest in counts if digest not in gathered.sizes)
        sizes = {digest: size for digest, (_, size) in known.items()} | dict(gathered.sizes)
        return {digest: (count, self._size(digest, sizes)) for digest, count in counts.items()}

    def _size(self, digest: str, sizes: Mapping[str, int]) -> int:
        found = sizes.get(digest)
        return found if found is not None else len(self.get(Digest(digest)))

    def _record(self, rows: Sequence[Row]) -> Record:
        """From what the last build's record holds where there is one: most of it stays."""
        assert self.whole.seen.listing is not None
        tenants = {row.id: _tenancy(row) for row in rows if row.flags & RESOLVED}
        head = self.whole.head
        before = self.whole.rows_before
        if head is None or before is None or head.data["broken"]:
            sources = sources_read(self.whole, self.whole.seen.listing.files)
            made_by = MadeBy(self.versions, self.commit, telling(self.whole.sources.settings))
            return make_record(Digest(""), sources=sources, tenants=tenants, made_by=made_by)
        old = {row.id: _tenancy(row) for row in before if row.flags & RESOLVED}
        changed: dict[str, Tenancy | None] = dict.fromkeys(old.keys() - tenants.keys())
        changed |= {name: tenancy for name, tenancy in tenants.items() if old.get(name) != tenancy}
        return record_after(self.whole, head, changed, self.commit)


def record_after(whole: Whole, head: Head, tenants: Mapping[str, Tenancy | None], commit: str) -> Record:
    """The last build's record after the files and tenants that changed since."""
    seen, data = whole.seen, head.data["record"]
    before = Record(Digest(""), Digest(data["sources"]), Digest(data["tenants"]), data["toolchain"])
    before = replace(before, settings=telling(whole.sources.settings))
    touched = {*seen.changed, *seen.unread, *seen.removed}
    known = sources_read(whole, touched)
    sources = {path: known.get(path) for path in touched if path and _is_source(whole, path)}
    return updated_record(whole.get, before, RecordChange(sources, tenants, commit))


def sources_read(whole: Whole, paths: Iterable[str]) -> dict[str, Digest]:
    """The digests of files below sources and tenants, as far as they were read."""
    digests = whole.seen.digests
    return {
        path: Digest(f"sha256:{digests[path][1].hex()}")
        for path in paths
        if path in digests and digests[path][1] != UNREAD and _is_source(whole, path)
    }


def _is_source(whole: Whole, path: str) -> bool:
    settings = whole.sources.settings
    return path.startswith((f"{settings.sources}/", f"{settings.tenants}/"))


def _tenancy(row: Row) -> Tenancy:
    given = row.tenancy
    return Tenancy(given.get("labels", {}), tuple(given.get("aliases", ())), given.get("title", ""))


def _targets(get: Get, row: Row) -> dict[str, Digest]:
    return read_tenant(get, Digest(row.node)) if row.node else {}


def _sum(rows: Iterable[Row]) -> int:
    return sum(row.served for row in rows)


def _with_targets(rows: Iterable[Row]) -> int:
    return sum(bool(row.node) for row in rows)


def general_of(data: Any) -> tuple[Finding, ...]:
    """Findings as the ledger's head holds them."""
    return tuple(map(unpacked, data))
