"""Looking: the checks themselves at work: texts and tenants, unit by unit in workers; artifacts as they are made or stored.

    checks, views -> [looking] -> raw findings, facts, allowances
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from promptc.checks.allowances import Allowance, read_allowances
from promptc.checks.check import Check, Role, Sources, Text
from promptc.checks.facts import Fact, facts_of
from promptc.checks.identifiers import identities_of
from promptc.checks.marks import Marker
from promptc.checks.names import Name, names_of
from promptc.checks.rules import wrong_with
from promptc.checks.shared_texts import shared_of
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.digest import Digest
from promptc.core.findings import Finding, Place
from promptc.driver.checking.views import compiled_of, seat_of

if TYPE_CHECKING:
    from promptc.compiler.compile import Compiler
    from promptc.compiler.project import Overlay
    from promptc.compiler.schema.beside import Parsing
    from promptc.driver.tokens import Counter

CHUNK = 40


@dataclass(slots=True)
class Unit:
    """A file, or one line of a .jsonl. `key` names its bytes."""

    file: str
    line: int
    data: bytes
    role: Role
    key: str


@dataclass(slots=True)
class Said:
    """What was said of a unit: of its text, of its tenant; which tenant it is, what it makes use of, what it allows, what it is called."""

    texts: tuple[Finding, ...] = ()
    tenants: tuple[Finding, ...] = ()
    tenant: str = ""
    facts: frozenset[Fact] = frozenset()
    allowances: tuple[Allowance, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    names: tuple[Name, ...] = ()


@dataclass(slots=True)
class Inspected:
    """What was said of an artifact: findings, and for who holds tenants against each other: its marks, which rules
    it breaks, and ids with whose they say they are."""

    findings: tuple[Finding, ...] = ()
    marks: bytes = b""
    wrong: tuple[tuple[int, str], ...] = ()
    ids: tuple[tuple[str, str], ...] = ()


def of(checks: Iterable[Check], looks: str) -> tuple[Check, ...]:
    """The checks that look at one kind of view."""
    return tuple(check for check in checks if check.looks == looks)


def run(checks: Sequence[Check], view: Any) -> Iterator[Finding]:
    """What checks say of a view."""
    for check in checks:
        for finding in check.look(view):
            yield finding if check.severity == finding.severity or finding.code == "W904" else replace(finding, severity=check.severity)


class Looker:
    """Looks at units and artifacts in one process."""

    def __init__(self, checks: Sequence[Check], sources: Sources, compiler: Compiler, parsing: Parsing) -> None:
        self.checks = tuple(checks)
        self.texts, self.tenants, self.artifacts = of(checks, "text"), of(checks, "tenant"), of(checks, "artifact")
        self.sources = sources
        self.compiler = compiler
        self.parsing = parsing
        self.counter: Counter | None = None
        # What parsing a unit gave, where that is known already.
        self.remembered: Callable[[Unit], Overlay | None] = lambda _: None
        self._marker: Marker | None = None

    def unit(self, unit: Unit) -> Said:
        """Everything that is said of one unit."""
        text = Text(unit.file, unit.data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n"), unit.role)
        said = Said(tuple(_moved(finding, unit.line) for finding in run(self.texts, text)))
        allowances, wrong = read_allowances(text)
        said.allowances, said.texts = tuple(allowances), (*said.texts, *wrong)
        if unit.role in ("tenant", "signups"):
            self._tenant(unit, said)
        return said

    def _tenant(self, unit: Unit, said: Said) -> None:
        overlay = self.remembered(unit) or self._parsed(unit)
        if overlay is None:
            return
        said.tenant = overlay.name
        tenant, _ = self.compiler.resolver.resolve(overlay)
        if tenant is not None:
            seat = seat_of(self.sources, self.compiler, overlay, tenant)
            said.tenants = tuple(run(self.tenants, seat))
            said.facts = facts_of(seat)
            said.labels = dict(tenant.labels)
            said.names = tuple(names_of(self.sources, said.tenant, identities_of(seat)))

    def _parsed(self, unit: Unit) -> Overlay | None:
        from promptc.compiler.schema.tenants import parse_tenant

        parsed = parse_tenant(unit.file, unit.data, self.parsing, line=unit.line)
        return parsed.overlay if parsed.fine else None

    def artifact(self, digest: Digest, data: bytes) -> Inspected:
        """What is said of one artifact."""
        compiled = compiled_of(self.sources.project, data, self.counter)
        if compiled is None:
            return Inspected()
        document = compiled.document
        marks, ids = self.marker.marks_of(document), self.marker.ids_of(document)
        wrong = wrong_with(document, self.sources.project.rules)
        return Inspected(tuple(run(self.artifacts, compiled)), marks, wrong, ids)

    @property
    def marker(self) -> Marker:
        """Gives the marks of artifacts."""
        if self._marker is None:
            self._marker = Marker(shared_of(self.sources).common, self.sources.project.settings)
        return self._marker


def _moved(finding: Finding, line: int) -> Finding:
    """A finding of a line's text, at the line's place in its file."""
    return replace(finding, place=Place(finding.place.file, line, finding.place.column)) if line else finding


class UnitLooking:
    """Looks at units in one process of several."""

    def __init__(self, looker: Looker, units: Sequence[Unit]) -> None:
        self.looker = looker
        self.units = units

    def work(self, task: tuple[int, int]) -> list[Said]:
        """The units from one index up to another."""
        return [self.looker.unit(self.units[index]) for index in range(*task)]

    def finish(self) -> None:
        """Nothing is gathered beside results."""

    def abandon(self) -> None:
        """Nothing is open."""


class ArtifactLooking:
    """Looks at stored artifacts in one process of several."""

    def __init__(self, looker: Looker, digests: Sequence[Digest], get: Any) -> None:
        self.looker = looker
        self.digests = digests
        self.get = get

    def work(self, task: tuple[int, int]) -> list[Inspected]:
        """The artifacts from one index up to another."""
        return [self.looker.artifact(d, self.get(d)) for d in self.digests[slice(*task)]]

    def finish(self) -> None:
        """Nothing is gathered beside results."""

    def abandon(self) -> None:
        """Nothing is open."""


def chunks(count: int) -> list[tuple[int, int]]:
    """Tasks of workers: pairs of indices."""
    return [(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
