"""Targets: resolve the chosen tenants and compile each of their enabled prompts, gathering what was found.

    Opened, Chosen -> [targets] -> Work: digests, bytes, findings, and what could not be compiled

One broken tenant or prompt never stops the others. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.findings import Finding, gather
from promptc.driver.project import Opened
from promptc.driver.relevance import relevant
from promptc.driver.selection import Chosen, Selection, choose

if TYPE_CHECKING:
    from promptc.compiler.compile import Compiler
    from promptc.compiler.project import Tenant

# Called after each target with (done, total, the target's name).
Progress = Callable[[int, int, str], None]


def quiet(done: int, total: int, target: str) -> None:
    """Progress for nobody."""


@dataclass(slots=True)
class Work:
    """What came of compiling. `not_compiled` names targets, `sizes` are bytes by digest."""

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


def compile_selected(
    opened: Opened, selection: Selection, *, compiler: Compiler | None = None, on_progress: Progress = quiet
) -> Work:
    """Compile what a selection names; PromptcError when a word names nothing, or a spelled-out target is disabled."""
    from promptc.compiler.compile import Compiler as Compiling

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
        found = [*self.opened.findings, *self.compiler.check()]
        targets = list(self._targets(found))
        for number, (tenant, prompt) in enumerate(targets, 1):
            found += self._compile(tenant, prompt)
            on_progress(number, len(targets), f"{tenant}/{prompt}")
        return found

    def _targets(self, found: list[Finding]) -> Iterator[tuple[str, str]]:
        """The enabled targets, each chosen tenant resolved; what can't even be resolved is counted as failed."""
        self.failed |= {f"{tenant_id}/*" for tenant_id in self.chosen.broken}
        general = frozenset(found)
        for tenant_id, prompts in self.chosen.prompts.items():
            tenant, findings = self.compiler.resolver.tenant(tenant_id)
            own = self.opened.project.tenants[tenant_id].place.file
            # What stands in a layer and shows with this tenant alone must say with whom.
            found += [f if f.place.file == own or f in general else f.seen_in(f"{tenant_id}/*") for f in findings]
            if tenant is None:
                self.failed |= {f"{tenant_id}/{prompt}" for prompt in prompts}
                continue
            self.work.tenants[tenant_id] = tenant
            for prompt in sorted(prompts):
                choice = tenant.prompts.get(prompt)
                if prompt not in self.opened.project.prompts:
                    self.failed.add(f"{tenant_id}/{prompt}")
                elif choice is not None and choice.enabled:
                    yield tenant_id, prompt
                elif (tenant_id, prompt) in self.chosen.named:
                    raise disabled(tenant_id, prompt)

    def _compile(self, tenant: str, prompt: str) -> list[Finding]:
        compiled = self.compiler.compile_for(self.work.tenants[tenant], self.opened.project.prompts[prompt])
        target = f"{tenant}/{prompt}"
        if compiled.data is None:
            self.failed.add(target)
        else:
            self.work.digests.setdefault(tenant, {})[prompt] = compiled.digest
            self.work.artifacts[compiled.digest] = compiled.data
        return [finding.seen_in(target) for finding in compiled.findings]


def disabled(tenant: str, prompt: str) -> PromptcError:
    """The refusal of a target that its chain disables."""
    return PromptcError(
        "C006",
        f"`{prompt}` is disabled for `{tenant}`",
        hint=f"`promptc explain {tenant} prompts.{prompt}.enabled` says where",
    )


def _refuse_nothing(run: _Run) -> None:
    """A selection whose every target is disabled must not look like a build that went well."""
    if not run.work.digests and not run.failed:
        raise PromptcError("C006", "no enabled target is left to compile", hint="`promptc list` shows those that are")
