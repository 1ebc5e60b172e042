"""Relevance: which findings belong to what was selected, and which to tenants, layers and templates beside it.

    findings of the whole project, Chosen -> [relevance] -> findings of the selection

The whole project is always read, since everything in it may matter to everything else; but whoever builds one tenant is
not stopped by the mistakes in another's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from promptc.core.findings import Finding
from promptc.driver.project import Opened
from promptc.driver.selection import Chosen

if TYPE_CHECKING:
    from promptc.compiler.compile import Compiler
    from promptc.compiler.project import Project

# A file, or one line of a .jsonl; 0 is the whole file.
Spot = tuple[str, int]


def relevant(opened: Opened, chosen: Chosen, compiler: Compiler, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings without those in files that nothing chosen is made of."""
    elsewhere = frozenset(_elsewhere(opened, chosen, compiler))
    for finding in findings:
        place = finding.place
        if (place.file, 0) not in elsewhere and (place.file, place.line) not in elsewhere:
            yield finding


def _elsewhere(opened: Opened, chosen: Chosen, compiler: Compiler) -> Iterator[Spot]:
    from promptc.compiler.schema.lazy import LazyTenants

    project = opened.project
    tenants = {*chosen.prompts, *chosen.broken}
    # Of a project that was opened lazily, no other tenant's file was read, and nothing was said of one.
    others = {} if isinstance(project.tenants, LazyTenants) else project.tenants
    for name, overlay in others.items():
        if name not in tenants:
            yield overlay.place.file, overlay.place.line if overlay.place.file.endswith(".jsonl") else 0
    yield from _broken_tenants(opened, tenants)
    if not chosen.broken:
        layers = _layers_of(project, chosen)
        prefix = f"{project.settings.tenants}/layers/"
        yield from ((f, 0) for f in opened.tree if f.startswith(prefix) and f not in layers and f.endswith(".yaml"))
    yield from _templates_beside(project, chosen, compiler)


def _broken_tenants(opened: Opened, tenants: set[str]) -> Iterator[Spot]:
    """Files of tenants that could not be read, by their name: there is no overlay to ask."""
    folder = f"{opened.settings.tenants}/"
    broken = {b.removeprefix("tenant:") for b in opened.project.broken if b.startswith("tenant:")} - tenants
    for file in opened.tree:
        is_tenant = file.startswith(folder) and not file.startswith(f"{folder}layers/") and file.endswith(".yaml")
        if is_tenant and file.rpartition("/")[2].removesuffix(".yaml") in broken:
            yield file, 0


def _layers_of(project: Project, chosen: Chosen) -> frozenset[str]:
    """The files of layers in the chains of chosen tenants. A layer that isn't known may be any file that is broken."""
    from promptc.compiler.resolve import chain_of

    names = {name for tenant in chosen.prompts for name in chain_of(project, tenant)[0]}
    known = {project.layers[name].place.file for name in names if name in project.layers}
    folder = f"{project.settings.tenants}/layers/"
    return frozenset(
        known | {f"{folder}{b.removeprefix('layer:')}.yaml" for b in project.broken if b.startswith("layer:")}
    )


def _templates_beside(project: Project, chosen: Chosen, compiler: Compiler) -> Iterator[Spot]:
    """Templates that no chosen prompt can reach."""
    prompts = frozenset().union(*chosen.prompts.values()) if chosen.prompts else frozenset()
    reached = {path for name in prompts if name in project.prompts for path in compiler.closure(name)}
    for path, template in project.templates.items():
        name = path.rpartition("/")[2].removesuffix(".prompt.j2")
        if path not in reached and name not in prompts:
            yield template.file, 0
