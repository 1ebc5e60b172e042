"""Targets: resolve the chosen tenants and compile each of their enabled prompts, gathering what was found.

    Opened, Chosen -> [targets] -> Work: digests, bytes, findings, and what could not be compiled

One broken tenant or prompt never stops the others. Nothing is written here. `compile_tenant` is what every build does
for one tenant, in this process or in a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from promptc.core.allocation import allocation_name, family_of
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.findings import Finding, gather

if TYPE_CHECKING:
    from promptc.compiler.compile import Compiler
    from promptc.compiler.project import Overlay, Project, Tenant
    from promptc.driver.project import Opened
    from promptc.driver.selection import Chosen, Selection

# Called now and then with (done, total, what was done last).
Progress = Callable[[int, int, str], None]


def quiet(done: int, total: int, target: str) -> None:
    """Progress for nobody."""


@dataclass(slots=True)
class Work:
    """What came of compiling. `not_compiled` names targets, `artifacts` are bytes by digest."""

    digests: dict[str, dict[str, Digest]] = field(default_factory=dict)
    artifacts: dict[Digest, bytes] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    not_compiled: tuple[str, ...] = ()
    tenants: dict[str, Tenant] = field(default_factory=dict)

    @property
    def target_count(self) -> int:
        """How many targets compiled."""
        return sum(map(len, self.digests.values()))

    @property
    def has_errors(self) -> bool:
        """Whether anything keeps a build from publishing."""
        return any(f.is_error for f in self.findings)


@dataclass(slots=True)
class Outcome:
    """What came of one tenant. `tenant` is None when its chain can't be resolved; `disabled` are prompts that it disables."""

    tenant: Tenant | None
    digests: dict[str, Digest] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    disabled: list[str] = field(default_factory=list)


def compile_tenant(
    compiler: Compiler,
    overlay: Overlay,
    prompts: Iterable[str],
    *,
    general: Collection[Finding],
    keep: Callable[[Digest, bytes], object],
) -> Outcome:
    """Resolve a tenant and compile prompts for it, each artifact handed to `keep`.

    `general` are findings that are said whatever the tenant. What stands in a layer and shows with this tenant alone
    says with whom.
    """
    tenant, findings = compiler.resolver.resolve(overlay)
    name, own = overlay.name, overlay.place.file
    made = Outcome(tenant)
    made.findings += [f if f.place.file == own or f in general else f.seen_in(f"{name}/*") for f in findings]
    if tenant is None:
        made.failed += [f"{name}/{prompt}" for prompt in prompts]
        return made
    known = compiler.project.prompts
    for prompt in prompts:
        choice = tenant.prompts.get(prompt)
        if prompt not in known:
            made.failed.append(f"{name}/{prompt}")
        elif choice is None or not choice.enabled:
            made.disabled.append(prompt)
        else:
            compiled = compiler.compile_for(tenant, known[prompt])
            if compiled.data is None:
                made.failed.append(f"{name}/{prompt}")
            else:
                made.digests[prompt] = compiled.digest
                keep(compiled.digest, compiled.data)
            if compiled.findings:
                made.findings += [finding.seen_in(f"{name}/{prompt}") for finding in compiled.findings]
    return made


def allocation_blobs(compiler: Compiler, tenant: Tenant | None) -> list[tuple[str, bytes]]:
    """What a tenant's keys are drawn by, by the names of allocations, as documents."""
    if tenant is None or not compiler.resolver.variants:
        return []
    from promptc.compiler.portfolio import allocations_of

    found = allocations_of(tenant.prompts, compiler.resolver.variants)
    return [(allocation_name(allocation.prompt), allocation.encode()) for allocation in found]


def every_prompt(project: Project) -> list[str]:
    """The names of all prompts, those that can't be read among them."""
    broken = (name.removeprefix("prompt:") for name in project.broken if name.startswith("prompt:"))
    return sorted({*project.prompts, *broken})


def compile_selected(
    opened: Opened, selection: Selection, *, compiler: Compiler | None = None, on_progress: Progress = quiet
) -> Work:
    """Compile what a selection names; PromptcError when a word names nothing, or a spelled-out target is disabled."""
    from promptc.compiler.compile import Compiler as Compiling
    from promptc.driver.relevance import relevant
    from promptc.driver.selection import choose

    chosen = choose(opened.project, selection)
    made = compiler if compiler is not None else Compiling(opened.project)
    run = _Run(opened, chosen, made)
    found = run.compile_all(on_progress)
    if not selection.is_everything:
        found = [*relevant(opened, chosen, made, found)]
        _refuse_nothing(run)
    run.work.findings = gather(found)
    run.work.not_compiled = tuple(sorted(run.failed))
    return run.work


class _Run:
    """One pass over the chosen tenants."""

    def __init__(self, opened: Opened, chosen: Chosen, compiler: Compiler) -> None:
        self.opened = opened
        self.chosen = chosen
        self.compiler = compiler
        self.work = Work()
        self.failed: set[str] = set()

    def compile_all(self, on_progress: Progress) -> list[Finding]:
        general = [*self.opened.findings, *self.compiler.check()]
        found = [*general, *self._own_findings()]
        said = frozenset(general)
        self.failed |= {f"{tenant_id}/*" for tenant_id in self.chosen.broken}
        total, done = sum(map(len, self.chosen.prompts.values())), 0
        for tenant_id, prompts in self.chosen.prompts.items():
            found += self._compile(tenant_id, sorted(prompts), said)
            done += len(prompts)
            on_progress(done, total, tenant_id)
        return found

    def _own_findings(self) -> Iterator[Finding]:
        """Those of the chosen tenants' own files, where a project was opened lazily."""
        from promptc.compiler.schema.lazy import LazyTenants

        tenants = self.opened.project.tenants
        if isinstance(tenants, LazyTenants):
            for tenant_id in (*self.chosen.prompts, *self.chosen.broken):
                if tenant_id in tenants:
                    yield from tenants.findings_of(tenant_id)

    def _compile(self, tenant_id: str, prompts: list[str], general: frozenset[Finding]) -> list[Finding]:
        overlay = self.opened.project.tenants[tenant_id]
        keep = self.work.artifacts.__setitem__
        outcome = compile_tenant(self.compiler, overlay, prompts, general=general, keep=keep)
        for prompt in outcome.disabled:
            if (tenant_id, prompt) in self.chosen.named:
                raise disabled(tenant_id, prompt)
        if outcome.tenant is not None:
            self.work.tenants[tenant_id] = outcome.tenant
        if outcome.digests:
            self.work.digests[tenant_id] = outcome.digests
        self.failed.update(outcome.failed)
        return outcome.findings


def disabled(tenant: str, prompt: str) -> PromptcError:
    """The refusal of a target that its chain disables."""
    key = "variants" if family_of(prompt) != prompt else "enabled"
    return PromptcError(
        "C006",
        f"`{prompt}` is disabled for `{tenant}`",
        hint=f"`promptc explain {tenant} prompts.{family_of(prompt)}.{key}` says where",
    )


def _refuse_nothing(run: _Run) -> None:
    """A selection whose every target is disabled must not look like a build that went well."""
    if not run.work.digests and not run.failed:
        raise PromptcError("C006", "no enabled target is left to compile", hint="`promptc list` shows those that are")
