"""Tracing: what a digest is: who was served it and when, what build made it, of which lines of which files.

    a digest -> channels and services, the last build, build records -> [trace] -> Traced

Of an artifact: when which channel served it, found by comparing each entry's root with the one before it, so that the cost
is that of what moved. Of any other document: the entries that lead to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from promptc.core.channel import REVOKED, entries_back, find_head
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.digest import Digest
from promptc.core.document import ARTIFACT, fetch_bytes
from promptc.core.entry import ENTRY, Entry
from promptc.core.errors import PromptcError
from promptc.core.manifest import compare, walk
from promptc.core.reach import named_in
from promptc.core.record import Record
from promptc.core.revocations import Revocation, revoked_in
from promptc.core.tombstone import REMOVED, Tombstone, decode_tombstone, tombstone_name
from promptc.core.values import read_json
from promptc.driver.build import Progress, quiet
from promptc.driver.release.marking import source_digest
from promptc.driver.release.opening import Desk
from promptc.driver.release.reach import named_by_entry
from promptc.driver.release.source import build_of, reader, source_of


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a channel's entries that served an artifact, or led to another document: from `first` on, through `last`.

    `after` is the entry that ended it, None while it lasts. `targets` are all that were served it meanwhile, `at_end` is one
    that `last` serves it to.
    """

    channel: str
    first: Entry
    last: Entry
    after: Entry | None
    targets: tuple[str, ...] = ()
    at_end: str = ""

    @property
    def tenants(self) -> int:
        """How many tenants were served it."""
        return len({target.partition("/")[0] for target in self.targets})


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of one file that stand in an artifact, as runs of numbers; `layer` is the overlay that gave them, or ""."""

    file: str
    lines: tuple[tuple[int, int], ...]
    layer: str


@dataclass(slots=True)
class Traced:
    """What is known of a digest. `data` is None where its text was removed, which `stone` says then.

    `built` are the targets that the project's last build serves it to. `record` is the build that made it, `record_digest`
    its own name; `unproven` says that its sources were not held against the digest, and `untold` why lines aren't known.
    """

    digest: Digest
    kind: str = ""
    data: bytes | None = None
    stone: Tombstone | None = None
    spans: list[Span] = field(default_factory=list)
    built: tuple[str, ...] = ()
    revocation: Revocation | None = None
    record: Record | None = None
    record_digest: Digest | None = None
    unproven: bool = False
    stretches: tuple[Stretch, ...] = ()
    untold: PromptcError | None = None

    @property
    def document(self) -> dict[str, Any]:
        """What stands in it, {} where it can't be read."""
        try:
            found = read_json(self.data or b"")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def trace(desk: Desk, word: str, on_progress: Progress = quiet) -> Traced:
    """Everything that is known here of a digest, or of a piece of it that begins no other. PromptcError G008."""
    made = Traced(source_digest(desk, word))
    _identify(desk, made)
    channels = [*desk.channels(), REVOKED]
    for number, channel in enumerate(channels):
        on_progress(number, len(channels), channel)
        head = find_head(desk.registry.read, channel)
        if head is not None:
            made.spans += _spans(desk, made, list(entries_back(desk.registry.read, head))[::-1])
    head = find_head(desk.registry.read, REVOKED)
    if head is not None:
        made.revocation = revoked_in(desk.registry.get, head.root, made.digest)
    if made.data is None and made.stone is None:
        if not made.spans:
            raise PromptcError(
                "G008", f"nothing here has or names `{made.digest[:19]}…`", hint="name the registry that served it with `--registry WHERE`"
            )
        made.kind = ENTRY
    _in_build(desk, made)
    if made.kind == ARTIFACT:
        _made_of(desk, made)
    return made


def _identify(desk: Desk, made: Traced) -> None:
    store = build_of(desk)
    get = reader(desk, store.get) if store is not None else reader(desk)
    data = desk.registry.read(tombstone_name(made.digest))
    if data is not None:
        made.stone = decode_tombstone(data, made.digest)
        made.kind = made.stone.kind
    try:
        made.data = fetch_bytes(get, made.digest)
        made.kind = named_in(made.data).kind
    except PromptcError as error:
        if error.code not in ("D002", REMOVED):
            raise
    else:
        made.stone = None


def _spans(desk: Desk, made: Traced, entries: list[Entry]) -> Iterator[Span]:
    """The stretches of a channel, oldest first, in which its entries served the digest or led to it."""
    serving = _serving(desk, made.digest, entries) if made.kind == ARTIFACT else _leading(desk, made.digest, entries)
    begun: Span | None = None
    for entry, targets in serving:
        if targets is None:
            if begun is not None:
                yield replace(begun, after=entry)
            begun = None
        elif begun is None:
            begun = Span(entry.channel, entry, entry, None, tuple(sorted(targets)), min(targets, default=""))
        else:
            both = tuple(sorted({*begun.targets, *targets}))
            begun = replace(begun, last=entry, targets=both, at_end=min(targets, default=""))
    if begun is not None:
        yield begun


def _serving(desk: Desk, digest: Digest, entries: list[Entry]) -> Iterator[tuple[Entry, set[str] | None]]:
    """Each entry with the targets that it serves the digest to, None where there are none."""
    if entries and entries[0].channel == REVOKED:
        return
    get = reader(desk)
    served: set[str] = set()
    before: Digest | None = None
    for entry in entries:
        if before is None:
            served = {f"{tenant}/{prompt}" for tenant, prompt, found in walk(get, entry.root) if found == digest}
        elif before != entry.root:
            for change in compare(get, before, entry.root):
                name = f"{change.tenant}/{change.prompt}"
                if change.after == digest:
                    served.add(name)
                elif change.before == digest:
                    served.discard(name)
        before = entry.root
        yield entry, set(served) or None


def _leading(desk: Desk, digest: Digest, entries: list[Entry]) -> Iterator[tuple[Entry, set[str] | None]]:
    """Each entry with an empty set where it leads to the digest, None where not. Each node is read once."""
    known: dict[Digest, bool] = {}
    for entry in entries:
        found = digest == entry.digest or any(_leads(desk, one, digest, known) for one in named_by_entry(entry))
        yield entry, set() if found else None


def _leads(desk: Desk, start: Digest, digest: Digest, known: dict[Digest, bool]) -> bool:
    if start not in known:
        known[start] = start == digest
        if not known[start]:
            with suppress(PromptcError):
                named = named_in(fetch_bytes(desk.registry.get, start))
                known[start] = digest in named.leaves or any(_leads(desk, one, digest, known) for one in named.digests)
    return known[start]


def _in_build(desk: Desk, made: Traced) -> None:
    store = build_of(desk)
    latest = store.latest_or_none() if store is not None else None
    if store is None or latest is None or made.kind != ARTIFACT:
        return
    with suppress(PromptcError):
        every = walk(store.get, latest.root)
        made.built = tuple(f"{tenant}/{prompt}" for tenant, prompt, digest in every if digest == made.digest)


def _made_of(desk: Desk, made: Traced) -> None:
    """The build record behind an artifact, and the lines of its sources: of the newest moment that serves it, if it tells."""
    for moment, target in _moments(made):
        try:
            _told(desk, made, moment, target)
        except PromptcError as error:
            made.untold = made.untold or error
        else:
            made.untold = None
            return
    _unproven(desk, made)


def _moments(made: Traced) -> Iterator[tuple[str, str]]:
    """Moments at which it was served, with one of its targets."""
    if made.built:
        yield "build", made.built[0]
    for span in sorted(made.spans, key=lambda span: span.last.time, reverse=True):
        if not span.channel.startswith("service/"):
            yield span.last.moment, span.at_end


def _told(desk: Desk, made: Traced, moment: str, target: str) -> None:
    from promptc.compiler.compile import Compiler
    from promptc.driver.release.served import made_by
    from promptc.driver.show import lines_of

    source = source_of(desk, moment)
    opened, digest = made_by(desk, source, target)
    tenant, _, prompt = target.partition("/")
    made.stretches = _stretches(lines_of(Compiler(opened.project), tenant, prompt))
    if digest is not None:
        made.record_digest, made.record = digest, Record.decode(fetch_bytes(source.get, digest))


def _unproven(desk: Desk, made: Traced) -> None:
    """Where sources of then aren't here: the build that the entry which brought it names."""
    get = reader(desk)
    for span in made.spans:
        composed = span.first.composed
        if composed is not None and composed.record is not None:
            with suppress(PromptcError):
                made.record_digest, made.record = composed.record, Record.decode(fetch_bytes(get, composed.record))
                made.unproven = True
                return


def _stretches(messages: tuple[tuple[tuple[str, str, str], ...], ...]) -> tuple[Stretch, ...]:
    """The files in the order in which they come first, each with the lines of it that stand there, by layer."""
    found: dict[str, dict[str, set[int]]] = {}
    for message in messages:
        for _, place, layer in message:
            file, _, line = place.partition(":")
            if file:
                found.setdefault(file, {}).setdefault(layer, set()).update([int(line.partition(":")[0])] if line else [])
    return tuple(
        Stretch(file, _runs(sorted(lines)), layer) for file, layers in found.items() for layer, lines in sorted(layers.items())
    )


def _runs(lines: list[int]) -> tuple[tuple[int, int], ...]:
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and runs[-1][1] == line - 1:
            runs[-1] = (runs[-1][0], line)
        else:
            runs.append((line, line))
    return tuple(runs)
