"""Units: one tenant's overlay after another, read, resolved and compiled, in this process or in a worker.

    Due -> parse (or remembered) -> compile_tenant -> [units] -> Done: a row for the ledger, a node for the manifest

What a unit comes to depends on its own bytes, on the project's sources and layers, and on nothing that another unit
did. Artifacts go into a pack as they are made, so that memory doesn't grow with their number.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from promptc.core.allocation import is_allocation
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest, digest_of
from promptc.core.document import Get
from promptc.core.findings import Finding
from promptc.core.manifest import read_served, tenant_document
from promptc.core.record import Tenancy
from promptc.core.values import canonical_bytes
from promptc.driver.targets import allocation_blobs, compile_tenant
from promptc.engine.ledger import BROKEN, FAILED, REMOVES, RESOLVED, SAID, Row
from promptc.engine.memo import Made, Memo

if TYPE_CHECKING:
    from promptc.compiler.compile import Compiler
    from promptc.compiler.project import Overlay, Tenant
    from promptc.compiler.schema.beside import Parsing
    from promptc.compiler.schema.tenants import ParsedTenant
    from promptc.stores.files import Reader
    from promptc.stores.scan import State

CHUNK_UNITS = 40

# Where artifacts and nodes go: a blob that is new, or None where nothing is stored.
Store = Callable[[Digest, bytes], object]


@dataclass(slots=True)
class Due:
    """A unit that is to be done. `data` are its bytes where they were read already, else its file is read here.

    `digest` is that of bytes that were read before and have not changed; `old` what the ledger says of the unit;
    `only` the prompts that can have changed, where the others are kept from `old`.
    """

    file: str
    line: int = 0
    data: bytes | None = None
    digest: bytes | None = None
    old: Row | None = None
    only: frozenset[str] | None = None


@dataclass(slots=True)
class Done:
    """What came of it. `row` is None where the file is gone; `state` where it was read here; `unread` says why it wasn't."""

    row: Row | None
    state: tuple[State, bytes] | None = None
    unread: tuple[Finding, ...] = ()
    # Where that was asked: each prompt whose artifact is another than the ledger's, with both digests or None.
    changes: tuple[tuple[str, Digest | None, Digest | None], ...] = ()


@dataclass(slots=True)
class Gathered:
    """What one process gathered: how many targets each artifact gained and lost, its bytes, and what the memo is to keep."""

    gained: Counter[Digest] = field(default_factory=Counter)
    lost: Counter[Digest] = field(default_factory=Counter)
    sizes: dict[Digest, int] = field(default_factory=dict)
    made: Made = field(default_factory=Made)
    # Tenants' nodes, where they are not stored but only compared.
    nodes: dict[Digest, bytes] = field(default_factory=dict)
    # What an inspection said of artifacts that were made, where there is one.
    inspected: dict[Digest, Any] = field(default_factory=dict)

    def take(self, other: Gathered) -> None:
        """Add what another process gathered."""
        self.gained += other.gained
        self.lost += other.lost
        self.sizes.update(other.sizes)
        self.made.take(other.made)
        self.nodes.update(other.nodes)
        self.inspected.update(other.inspected)


@dataclass(slots=True)
class Bench:
    """What doing units needs: the compiler and its project, how overlays are read, and what was found whoever the tenant.

    `get` gives nodes that were stored before; `counts_lost` says that what old nodes served is to be counted, `compares`
    that new artifacts are to be held against the ledger's. `memo` remembers parsed overlays under keys that begin with
    `parse_key`.
    """

    compiler: Compiler
    parsing: Parsing
    prompts: Sequence[str]
    general: frozenset[Finding]
    get: Get
    memo: Memo | None
    parse_key: bytes
    counts_lost: bool = False
    compares: bool = False


class UnitWorker:
    """Does units in one process."""

    def __init__(self, bench: Bench, due: Sequence[Due], reader: Reader, store: Store) -> None:
        self.bench = bench
        self.due = due
        self.reader = reader
        self.store = store
        self.gathered = Gathered()
        self._served: dict[str, Digest] = {}  # by the unit at hand, allocations among it

    def work(self, task: tuple[int, int]) -> list[Done]:
        """The units from one index up to another."""
        return [self.one(self.due[index]) for index in range(*task)]

    def one(self, due: Due) -> Done:
        """One unit."""
        data, state = due.data, None
        if data is None and due.digest is not None:
            remembered = self._remembered(due, due.digest)
            if remembered is not None:
                return self._done(due, self._row(due, remembered, due.digest, ()))
        if data is None:
            said = len(self.reader.findings)
            found = self.reader.read(due.file)
            if found is None:
                return Done(None, unread=tuple(self.reader.findings[said:]))
            data = found[0]
            state = found[1], hashlib.sha256(data).digest()
        digest = state[1] if state is not None else hashlib.sha256(data).digest()
        remembered = self._remembered(due, digest)
        if remembered is not None:
            return self._done(due, self._row(due, remembered, digest, ()), state)
        parsed = self._parsed(due, data)
        self._remember(due, digest, parsed, data)
        return self._done(due, self._row(due, parsed.overlay, digest, parsed.findings, parsed), state)

    def _done(self, due: Due, row: Row, state: tuple[State, bytes] | None = None) -> Done:
        done = Done(row, state)
        if self.bench.compares and due.old is not None and row.node != due.old.node:
            old, new = self._old_served(due), self._served
            names = sorted(old.keys() | new.keys())
            done.changes = tuple((n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n))
        return done

    def _parsed(self, due: Due, data: bytes) -> ParsedTenant:
        from promptc.compiler.schema.tenants import parse_tenant

        return parse_tenant(due.file, data, self.bench.parsing, line=due.line)

    # Parsed overlays by content

    def _remembered(self, due: Due, digest: bytes) -> Overlay | None:
        return remembered_overlay(self.bench, due.file, due.line, digest)

    def _remember(self, due: Due, digest: bytes, parsed: ParsedTenant, content: bytes) -> None:
        if self.bench.memo is None:
            return
        from promptc.compiler.schema.remembered import encode_overlay

        plain = parsed.overlay is not None and not (parsed.findings or parsed.texts)
        data = encode_overlay(parsed.overlay) if plain and parsed.overlay is not None else None
        if data is None or parsed.overlay is None:
            self.bench.memo.keep_text(digest, content)
            return
        key = overlay_key(self.bench.parse_key, due.file, due.line, digest)
        self.bench.memo.keep_overlay(key, parsed.overlay.name.encode() + b"\0" + data)

    def _text_digest(self, path: str) -> str:
        """The digest of a text that an overlay reads, which is kept so that an edit of it can be said."""
        data = self.bench.parsing.read_text(path)
        if data is None:
            return ""
        digest = hashlib.sha256(data).digest()
        if self.bench.memo is not None:
            self.bench.memo.keep_text(digest, data)
        return digest.hex()

    # What a unit comes to

    def _row(
        self, due: Due, overlay: Overlay | None, digest: bytes, findings: tuple[Finding, ...],
        parsed: ParsedTenant | None = None,
    ) -> Row:  # fmt: skip
        self._served = {}
        row = Row(due.file, due.line, digest, "" if overlay is None else overlay.name, findings=findings)
        if parsed is not None:
            row.texts = parsed.texts
            row.text_digests = tuple(map(self._text_digest, parsed.texts))
        if overlay is not None:
            row.aliases = overlay.aliases
            if parsed is None or parsed.fine:
                self._compile(due, overlay, row)
            else:
                row.flags |= BROKEN
                row.failed = (f"{overlay.name}/*",)
        if due.old is not None:
            row.before, row.texts_before = due.old.digest.hex(), due.old.texts_read
        if self.bench.counts_lost:
            self.gathered.lost.update(self._old_targets(due).values())
        row.flags |= (SAID if row.findings or row.said else 0) | (FAILED if row.failed else 0)
        return row

    def _compile(self, due: Due, overlay: Overlay, row: Row) -> None:
        prompts, kept = self._split(due)
        sizes = self.gathered.sizes

        def keep(digest: Digest, data: bytes) -> None:
            if digest not in sizes:
                sizes[digest] = len(data)
                self.store(digest, data)

        outcome = compile_tenant(self.bench.compiler, overlay, prompts, general=self.bench.general, keep=keep)
        if len(prompts) < len(self.bench.prompts) and (outcome.tenant is None or not kept):
            # Nothing of it stood before, or nothing can now: what the others come to is another, too.
            outcome = compile_tenant(
                self.bench.compiler, overlay, self.bench.prompts, general=self.bench.general, keep=keep
            )
            kept = {}
        if outcome.tenant is not None:
            row.chain = outcome.tenant.chain[:-1]
            row.tenancy = _tenancy(outcome.tenant).document()
            row.flags |= RESOLVED
        said, failed = list(outcome.findings), list(outcome.failed)
        if kept and due.old is not None:
            again = {f"{overlay.name}/{prompt}" for prompt in prompts} | {f"{overlay.name}/*"}
            said += [f for f in due.old.said if f.targets and not again.intersection(f.targets)]
            failed += [target for target in due.old.failed if target not in again]
        row.said, row.failed = tuple(said), tuple(failed)
        row.flags |= REMOVES if removes(overlay) else 0
        targets = {**kept, **outcome.digests}
        if targets:
            self._served = {**targets, **self._allocations(outcome.tenant)}
            self._serve(row, targets)

    def _allocations(self, tenant: Tenant | None) -> dict[str, Digest]:
        """What a tenant's keys are drawn by, kept beside its node."""
        found: dict[str, Digest] = {}
        for name, data in allocation_blobs(self.bench.compiler, tenant):
            found[name] = digest_of(data)
            self.keep_node(found[name], data)
        return found

    def _serve(self, row: Row, targets: Mapping[str, Digest]) -> None:
        data = canonical_bytes(tenant_document(self._served))
        row.node, row.served = digest_of(data), len(targets)
        self.keep_node(Digest(row.node), data)
        self.gathered.gained.update(targets.values())

    def keep_node(self, digest: Digest, data: bytes) -> None:
        """A tenant's node, which is small, and needed to say what changed."""
        self.gathered.nodes[digest] = data

    def _split(self, due: Due) -> tuple[Sequence[str], dict[str, Digest]]:
        """The prompts to compile, and the artifacts of the others as they were."""
        known = set(self.bench.prompts)
        if due.only is None or due.old is None or due.only >= known:
            return self.bench.prompts, {}
        old = self._old_targets(due)
        kept = {prompt: digest for prompt, digest in old.items() if prompt in known and prompt not in due.only}
        return [prompt for prompt in self.bench.prompts if prompt in due.only], kept

    def _old_targets(self, due: Due) -> dict[str, Digest]:
        return {name: digest for name, digest in self._old_served(due).items() if not is_allocation(name)}

    def _old_served(self, due: Due) -> dict[str, Digest]:
        if due.old is None or not due.old.node:
            return {}
        return read_served(self.bench.get, Digest(due.old.node))

    def finish(self) -> Gathered:
        """What was gathered."""
        if self.bench.memo is not None:
            self.gathered.made, self.bench.memo.made = self.bench.memo.made, Made()
        self.reader.close()
        return self.gathered

    def abandon(self) -> None:
        """Leave nothing behind."""
        self.reader.close()


def remembered_overlay(bench: Bench, file: str, line: int, digest: bytes) -> Overlay | None:
    """What parsing a unit of these bytes gave, where it is known and nothing was said of it; None else."""
    if bench.memo is None:
        return None
    from promptc.compiler.schema.remembered import decode_overlay

    data = bench.memo.overlay(overlay_key(bench.parse_key, file, line, digest))
    if data is None:
        return None
    try:
        name, _, body = data.partition(b"\0")
        return decode_overlay(body, name.decode(), file, line)
    except ValueError:
        return None


def overlay_key(parse_key: bytes, file: str, line: int, digest: bytes) -> bytes:
    """The key under which a parsed overlay is remembered."""
    # A file's name is its tenant's id and the places of findings; the number of a line is given back when decoding.
    name = b"" if line else file.encode("utf-8", "surrogateescape")
    return hashlib.blake2b(parse_key + digest + name, digest_size=16).digest()


def _tenancy(tenant: Tenant) -> Tenancy:
    return Tenancy(dict(tenant.labels), tuple(tenant.aliases), tenant.title)


def removes(overlay: Overlay) -> bool:
    """Whether an overlay has a `!remove`: whether that makes sense depends on all layers, not on those of its chain alone."""
    return any(map(_removes, overlay.variables.values()))


def _removes(setting: Any) -> bool:
    if setting.directive == "remove":
        return True
    return isinstance(setting.data, Mapping) and any(
        _removes(child) for child in setting.data.values() if hasattr(child, "directive")
    )
