"""Explain: where a value comes from along a tenant's chain, who won, and which prompts read it.

TENANT[/PROMPT], VARIABLE -> compiler.explain -> [explain] -> steps, value, readers
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.compiler.project import MISSING, Definition, Project
from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.core.findings import Finding, Place, gather
from promptc.core.visible import shortened
from promptc.driver.nearest import did_you_mean
from promptc.driver.project import Opened, open_lazily
from promptc.driver.selection import Selection, choose, parse_selector


@dataclass(frozen=True, slots=True)
class Explained:
    """One value's history. `readers` is prompt -> places in its templates; `masked` says that it is confidential."""

    tenant: str
    path: str
    chain: tuple[str, ...]
    steps: tuple[Definition, ...]
    readers: Mapping[str, tuple[Place, ...]]
    masked: bool
    findings: tuple[Finding, ...]

    @property
    def value(self) -> Any:
        """What it came to; MISSING for no value."""
        return self.steps[-1].after if self.steps else MISSING


def explain(start: str, target: str, name: str, *, at: str = "", registry: str | None = None) -> Explained:
    """Explain a variable (`tone`, `limits.turns`) or another path (`prompts.NAME.config.temperature`) for a tenant.

    `at` is a moment: then it is explained from the sources of then.
    """
    from promptc.compiler.compile import Compiler
    from promptc.compiler.explain import definitions_of_path

    opened = _opened(start, target, at, registry)
    project = opened.project
    tenant_id, prompt = _target(project, target)
    path = _path(project, name)
    compiler = Compiler(project)
    tenant, findings = compiler.resolver.tenant(tenant_id)
    steps = definitions_of_path(project, tenant_id, path)
    if not steps and tenant is not None and not path.startswith("variables."):
        hint = "paths are `variables.NAME`, `prompts.NAME.config.KEY`, `prompts.NAME.blocks.NAME`, `models.ALIAS`, `locale`"
        raise PromptcError("C009", f"nothing defines `{shortened(name)}` for `{tenant_id}`", hint=hint)
    variable = path.split(".")[1] if path.startswith("variables.") else ""
    prompts = [prompt] if prompt else _enabled(tenant, project)
    readers = _readers(compiler, variable, prompts, tenant.locale if tenant else "") if variable else {}
    secret = tenant.confidential if tenant is not None else frozenset()
    masked = variable in secret or bool(variable and project.variables[variable].confidential)
    chain = tenant.chain if tenant is not None else ()
    related = [f for f in (*opened.findings, *findings) if f.is_error] if tenant is None else []
    return Explained(tenant_id, path, chain, steps, readers, masked, gather(related))


def _opened(start: str, target: str, at: str, registry: str | None) -> Opened:
    if not at:
        return open_lazily(start)
    from promptc.driver.release.served import opened_at

    return opened_at(start, at, registry, target)


def _target(project: Project, target: str) -> tuple[str, str]:
    selector = parse_selector(target)
    if selector.kind not in ("tenant", "target"):
        raise PromptcError(
            "C007", f"`{shortened(target)}` names no single tenant", hint="write `TENANT` or `TENANT/PROMPT`"
        )
    chosen = choose(project, Selection((selector,)))
    if chosen.broken:
        raise PromptcError("C019", f"the file of `{chosen.broken[0]}` can't be read", hint="`promptc check` says why")
    return next(iter(chosen.prompts)), selector.value


def _path(project: Project, name: str) -> str:
    root = name.split(".")[0]
    if root in project.variables:
        return f"variables.{name}"
    if root in ("prompts", "models", "labels", "locale"):
        return name
    bare = name.removeprefix("variables.").split(".")[0]
    if root == "variables" and bare in project.variables:
        return name
    hint = did_you_mean(bare, project.variables) or "sources/variables.yaml declares them"
    raise PromptcError("C009", f"unknown variable `{shortened(name)}`", hint=hint)


def _enabled(tenant: Any, project: Project) -> list[str]:
    if tenant is None:
        return sorted(project.prompts)
    return sorted(name for name, choice in tenant.prompts.items() if choice.enabled)


def _readers(compiler: Any, variable: str, prompts: list[str], locale: str) -> dict[str, tuple[Place, ...]]:
    """Where each prompt's templates name the variable; templates that the locale leaves out don't count."""
    from promptc.driver.graph import left_out_of

    found: dict[str, tuple[Place, ...]] = {}
    for prompt in prompts:
        if prompt not in compiler.project.prompts:
            continue
        out = {compiler.project.templates[path].file for path in left_out_of(compiler, prompt, locale)}
        places = tuple(place for place in compiler.reads(prompt).get(variable, ()) if place.file not in out)
        if places:
            found[prompt] = places
    return found
