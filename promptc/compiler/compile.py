"""Compile: one target from a project to its artifact's bytes; the stages in their order.

    Project -> resolve -> render -> link -> [compile] -> bytes, digest, findings

Pure. A Compiler holds one project: its templates are checked and compiled once, its chains folded once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from promptc.compiler.blocks import check_blocks
from promptc.compiler.link import Linker, examples_in_reach
from promptc.compiler.origins import Line
from promptc.compiler.parcel import parcel_of
from promptc.compiler.project import Choice, Project, Prompt, Tenant
from promptc.compiler.render import Rendered, render, roots_of
from promptc.compiler.resolve import Resolver, definitions_of
from promptc.compiler.shared import Shared
from promptc.compiler.stale import Against, stale_findings, stand_in_findings
from promptc.compiler.template.events import Limit
from promptc.compiler.template.templates import Templates
from promptc.core.artifact import Artifact
from promptc.core.digest import Digest, digest_of
from promptc.core.findings import Finding, Place


@dataclass(frozen=True, slots=True)
class Compiled:
    """One target: the artifact's bytes and digest, or None and why not. `fallbacks` are templates without a stand-in."""

    data: bytes | None
    digest: Digest
    findings: tuple[Finding, ...]
    fallbacks: tuple[str, ...] = ()
    origins: tuple[tuple[Line, ...], ...] = ()


class Compiler:
    """Compiles the targets of one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.resolver = Resolver(project)
        self._shared: dict[tuple[str, str], Shared] = {}

    @cached_property
    def templates(self) -> Templates:
        """The project's templates, read and checked once."""
        return Templates(self.project)

    @cached_property
    def against_of(self) -> Against:
        """The digests of blocks' source texts, for the stale check."""
        return Against(self.templates)

    def check(self) -> tuple[Finding, ...]:
        """What is wrong with templates, layers and stand-ins, whatever the tenant."""
        return (
            *self.templates.findings(),
            *self.resolver.layer_findings(),
            *stand_in_findings(self.templates, self.against_of),
        )

    def compile(self, tenant_id: str, prompt_name: str, *, origins: bool = False) -> Compiled:
        """One target. Nothing is raised for wrong sources: findings say what, and `data` is None.

        With `origins`, each message's lines come with the file, line and layer that they came from.
        """
        tenant, found = self.resolver.tenant(tenant_id)
        prompt = self.project.prompts.get(prompt_name)
        if tenant is None or prompt is None or prompt_name not in tenant.prompts:
            return Compiled(None, Digest(""), found)
        compiled = self.compile_for(tenant, prompt)
        if origins and compiled.data is not None:
            return replace(compiled, origins=self._origins(tenant, prompt))
        return compiled

    def _origins(self, tenant: Tenant, prompt: Prompt) -> tuple[tuple[Line, ...], ...]:
        choice = tenant.prompts[prompt.name]
        roots = roots_of(self.project, tenant, choice)
        rendered = render(self.templates, prompt, roots, tenant.locale, origins=True)
        assert rendered.shape is not None
        linker = replace(
            self.linker(tenant, prompt, choice, roots), layer_of=lambda name: self._layer_of(tenant.id, name)
        )
        return linker.origins(rendered.shape.messages)

    def _layer_of(self, tenant: str, variable: str) -> str:
        steps = definitions_of(self.project, tenant, variable)
        return steps[-1].overlay if steps else ""

    def compile_for(self, tenant: Tenant, prompt: Prompt) -> Compiled:
        """One target of a tenant that is resolved; its own findings are not repeated."""
        choice = tenant.prompts[prompt.name]
        if self.templates.closures[prompt.name].broken:
            return Compiled(None, Digest(""), ())  # the templates' own findings say why
        roots = roots_of(self.project, tenant, choice)
        rendered = self.render(tenant, prompt, choice, roots)
        if rendered.shape is None:
            return Compiled(None, Digest(""), rendered.findings)
        blocks = [*check_blocks(self.templates, prompt.name, choice.blocks, rendered.shape)]
        blocks += stale_findings(self.against_of, prompt.name, choice.blocks, self.labels_owner(tenant))
        if any(finding.is_error for finding in blocks):
            return Compiled(None, Digest(""), tuple(blocks))
        return self._finish(tenant, prompt, rendered, roots, tuple(blocks))

    def render(self, tenant: Tenant, prompt: Prompt, choice: Choice, roots: Mapping[str, Any]) -> Rendered:
        """The shape of a prompt for what a tenant sets; tenants that agree on what it asks share one."""
        locale = tenant.locale if self.templates.has_stand_ins(prompt.name) else ""
        shared = self._shared.setdefault((prompt.name, locale), Shared())
        found = shared.find(roots)
        if found is None:
            found = render(self.templates, prompt, roots, locale)
            shared.keep(found)
        return found

    def shared_counts(self) -> dict[tuple[str, str], int]:
        """How many renders each prompt took so far, by prompt and locale."""
        return {key: shared.count for key, shared in self._shared.items()}

    def linker(self, tenant: Tenant, prompt: Prompt, choice: Choice, roots: Mapping[str, Any]) -> Linker:
        """What a tenant puts into a prompt's shape."""
        schema = prompt.output.schema if prompt.output is not None else None
        return Linker(roots, choice.blocks, examples_in_reach(self.project.examples, tenant.id), prompt.inputs, schema)

    def _finish(
        self, tenant: Tenant, prompt: Prompt, rendered: Rendered, roots: Mapping[str, Any], found: tuple[Finding, ...]
    ) -> Compiled:
        assert rendered.shape is not None
        choice = tenant.prompts[prompt.name]
        try:
            messages, problems = self.linker(tenant, prompt, choice, roots).messages(rendered.shape.messages)
        except Limit as limit:
            return Compiled(None, Digest(""), (*found, Finding(limit.code, limit.text, prompt.place, hint=limit.hint)))
        parcel = parcel_of(self.project, prompt, tenant, choice)
        findings = (*rendered.findings, *found, *problems, *parcel.findings)
        if any(finding.is_error for finding in findings):
            return Compiled(None, Digest(""), findings)
        artifact = Artifact(
            prompt=prompt.name,
            model=parcel.model,
            messages=messages,
            config=parcel.config,
            inputs=prompt.inputs,
            output=parcel.output,
            tools=parcel.tools,
        )
        data = artifact.encode()
        return Compiled(data, digest_of(data), findings, rendered.shape.fallbacks)

    def labels_owner(self, tenant: Tenant) -> str:
        """Who answers for a tenant's overrides: its `owner` label."""
        return tenant.labels.get("owner", "")

    # What the command line asks of a prompt

    def closure(self, prompt: str) -> tuple[str, ...]:
        """The templates that a prompt can reach, itself first."""
        return self.templates.closures[prompt].templates

    def edges(self, prompt: str) -> tuple[tuple[str, str, str], ...]:
        """How they reach each other: (from, extends | include | import, to)."""
        return tuple(
            dict.fromkeys((edge.source, edge.kind, edge.target) for edge in self.templates.closures[prompt].edges)
        )

    def blocks(self, prompt: str) -> dict[str, Place]:
        """A prompt's blocks and where each is (last) defined."""
        return {name: places[0] for name, places in self.templates.closures[prompt].blocks.items()}

    def reads(self, prompt: str) -> dict[str, tuple[Place, ...]]:
        """The variables that a prompt's templates name, and where."""
        return self.templates.reads(prompt)

    def against(self, tenant_id: str, prompt: str, block: str) -> tuple[str, str]:
        """The digest that a tenant's replacement of a block is to carry, and the text that it replaces."""
        tenant, _ = self.resolver.tenant(tenant_id)
        steps = tenant.prompts[prompt].blocks.get(block, ()) if tenant is not None else ()
        below = tuple(step for step in steps if step.overlay != tenant_id)
        return self.against_of.digest(prompt, block, below), self.against_of.text(prompt, block)
