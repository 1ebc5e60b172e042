"""Lazy: the tenants of a project by name, each read when somebody asks for it and not before.

    units (an id, and how to get its bytes) -> [lazy] -> Project.tenants -> resolve

A mapping as the one that reading a whole tree gives, for whoever needs a few of very many: names cost nothing but
themselves. Pure: bytes come from each unit's `fetch`.

What is known of a name alone is less than what is known of a tenant. So `in`, `len` and the names count every unit
with an id, also one whose file turns out to be wrong; asking for its overlay is a KeyError then, and values() and
items() leave it out. `is_broken` tells the two apart. All lines of a .jsonl count, also those that reading a whole tree
gives up after too many findings: who hands in units leaves those out.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, ValuesView

from promptc.compiler.project import Overlay, Project
from promptc.compiler.schema.beside import Parsing, text_findings
from promptc.compiler.schema.ids import fold_id
from promptc.compiler.schema.tenants import ParsedTenant, parse_tenant
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding


@dataclass(frozen=True, slots=True)
class Unit:
    """Where one tenant's overlay lies: a file of its own (line 0), or one line of a .jsonl, without its end."""

    id: str
    file: str
    line: int
    fetch: Callable[[], bytes]


def parse_unit(unit: Unit, context: Parsing) -> ParsedTenant:
    """The overlay that a unit holds."""
    return parse_tenant(unit.file, unit.fetch(), context, line=unit.line)


class LazyTenants(Mapping[str, Overlay]):
    """Tenants by id, sorted. `parse` says how a unit is read, for callers that remember what they have read."""

    def __init__(
        self,
        units: Iterable[Unit],
        context: Parsing,
        *,
        parse: Callable[[Unit, Parsing], ParsedTenant] = parse_unit,
    ) -> None:
        self._context = context
        self._parse = parse
        self._parsed: dict[tuple[str, int], ParsedTenant] = {}
        self._units: dict[str, Unit] = {}
        self._rivals: dict[str, list[Unit]] = {}  # by folded id, where there are several
        self._fill(units)

    def _fill(self, units: Iterable[Unit]) -> None:
        first: dict[str, Unit] = {}
        for unit in units:
            if unit.id:
                self._units.setdefault(unit.id, unit)
                key = fold_id(unit.id)
                other = first.setdefault(key, unit)
                if other is not unit:
                    self._rivals.setdefault(key, [other]).append(unit)
        self._units = dict(sorted(self._units.items()))

    def __getitem__(self, tenant_id: str) -> Overlay:
        if self._is_wrong(self._units[tenant_id]):
            raise KeyError(tenant_id)
        overlay = self.parsed(tenant_id).overlay
        assert overlay is not None
        return overlay

    def __iter__(self) -> Iterator[str]:
        return iter(self._units)

    def __len__(self) -> int:
        return len(self._units)

    def __contains__(self, tenant_id: object) -> bool:
        return tenant_id in self._units

    def items(self) -> ItemsView[str, Overlay]:
        """Ids and overlays of those that can be read."""
        return _Items(self)

    def values(self) -> ValuesView[Overlay]:
        """The overlays that can be read."""
        return _Values(self)

    def parsed(self, tenant_id: str) -> ParsedTenant:
        """What reading a tenant gave, also where it can't be used; KeyError when there is no such name."""
        return self._read(self._units[tenant_id])

    def findings_of(self, tenant_id: str) -> tuple[Finding, ...]:
        """What is wrong with a tenant's own file and the texts that it reads, whatever other tenants there are."""
        units = [unit for unit in self._rivals_of(tenant_id) if unit.id == tenant_id]
        parsed = [self._read(unit) for unit in units]
        texts = dict.fromkeys(text for one in parsed for text in one.texts)
        found = [finding for text in texts for finding in text_findings(text, self._context)]
        return (*found, *(finding for one in parsed for finding in one.findings))

    def is_broken(self, tenant_id: str) -> bool:
        """Whether there is such a name, and no overlay that can be used."""
        unit = self._units.get(tenant_id)
        return unit is not None and self._is_wrong(unit)

    def _is_wrong(self, unit: Unit) -> bool:
        if not self._read(unit).fine:
            return True
        # A line that can't be read at all holds no id, so a rival has to be read before it counts.
        return any(self._read(rival).overlay is not None for rival in self._rivals_of(unit.id) if rival is not unit)

    def _rivals_of(self, tenant_id: str) -> list[Unit]:
        if not self._rivals:
            return [self._units[tenant_id]]
        return self._rivals.get(fold_id(tenant_id)) or [self._units[tenant_id]]

    def _read(self, unit: Unit) -> ParsedTenant:
        at = (unit.file, unit.line)
        parsed = self._parsed.get(at)
        if parsed is None:
            parsed = self._parsed[at] = self._parse(unit, self._context)
        return parsed


class _Items(ItemsView[str, Overlay]):
    def __init__(self, tenants: LazyTenants) -> None:
        super().__init__(tenants)
        self._tenants = tenants

    def __iter__(self) -> Iterator[tuple[str, Overlay]]:
        tenants = self._tenants
        return ((name, tenants[name]) for name in tenants if not tenants.is_broken(name))


class _Values(ValuesView[Overlay]):
    def __init__(self, tenants: LazyTenants) -> None:
        super().__init__(tenants)
        self._tenants = tenants

    def __iter__(self) -> Iterator[Overlay]:
        return (overlay for _, overlay in _Items(self._tenants))


def is_broken_tenant(project: Project, tenant_id: str) -> bool:
    """Whether a tenant is there and can't be used, since its own file is wrong or another has its id.

    Reading a whole tree names it in `Project.broken`; where tenants are read one by one, this one is read.
    """
    if f"tenant:{tenant_id}" in project.broken:
        return True
    return isinstance(project.tenants, LazyTenants) and project.tenants.is_broken(tenant_id)
