"""Compile: one target from a project to its artifact's bytes; the stages in their order.

    Project -> resolve -> render -> link -> [compile] -> bytes, digest, findings

Pure. A Compiler holds one project: its templates are checked and compiled once, its chains folded once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any, NamedTuple

from promptc.compiler.blocks import check_blocks
from promptc.compiler.holes import Texts
from promptc.compiler.keys import Static, static_of
from promptc.compiler.link import Linker
from promptc.compiler.memory import Memory
from promptc.compiler.origins import Line
from promptc.compiler.parcel import Parcel, artifact_of, parcel_of, values_of
from promptc.compiler.plan import Bound, Casing, Given
from promptc.compiler.project import Choice, Project, Prompt, Tenant
from promptc.compiler.resolve import Resolver, definitions_of
from promptc.compiler.roots import roots_of
from promptc.compiler.shape import Rendered
from promptc.compiler.sharing import Branch, Desk, Known, Sharing, Target
from promptc.compiler.stale import Against, stale_findings, stand_in_findings
from promptc.compiler.template.events import Limit
from promptc.compiler.template.templates import Templates
from promptc.compiler.trace import Answers, Roots
from promptc.compiler.trie import Leaf
from promptc.core.dataclass import replace
from promptc.core.digest import Digest, digest_of
from promptc.core.findings import Finding, Place


class Compiled(NamedTuple):
    """One target: the artifact's bytes and digest, or None and why not. `fallbacks` are templates without a stand-in."""

    data: bytes | None
    digest: Digest
    findings: tuple[Finding, ...]
    fallbacks: tuple[str, ...] = ()
    origins: tuple[tuple[Line, ...], ...] = ()


NOTHING = Compiled(None, Digest(""), ())


class Compiler:
    """Compiles the targets of one project.

    `memory` remembers renders between compilers, under keys that hold `toolchain`; `facts` are what `templates.facts()`
    gave under the same toolchain. Neither can be seen in a result. Without `sharing` each target is rendered and linked by
    itself: the slow way, which the fast one must agree with.
    """

    def __init__(
        self,
        project: Project,
        *,
        memory: Memory | None = None,
        toolchain: str = "",
        facts: Mapping[str, Any] | None = None,
        sharing: bool = True,
    ) -> None:
        self.project = project
        self._facts = facts
        self._memory = memory
        self._toolchain = toolchain
        self.resolver = Resolver(project)
        self._is_sharing = sharing
        self._sharing = Sharing(project)
        self._desks: dict[str, Desk] = {}

    @cached_property
    def templates(self) -> Templates:
        """The project's templates, read and checked once."""
        return Templates(self.project, self._facts)

    def warm(self) -> None:
        """Get ready what many targets will need: before processes are forked, which would each do it again.

        What a memory holds of a prompt is loaded; the templates of a prompt of which it holds nothing are compiled.
        """
        for prompt in self.project.prompts.values():
            desk = self._desk_of(prompt)
            if desk.is_broken:
                continue
            branch = None if desk.has_stand_ins or self._memory is None else desk.branch("")
            if branch is None or self._memory is None or branch.remembered(self._memory).is_empty:
                self.templates.warm(prompt.name)

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
            return compiled._replace(origins=self.origins_for(tenant, prompt))
        return compiled

    def compile_for(self, tenant: Tenant, prompt: Prompt) -> Compiled:
        """One target of a tenant that is resolved; its own findings are not repeated."""
        desk = self._desks.get(prompt.name) or self._desk(prompt)
        if desk.is_broken:
            return NOTHING  # the templates' own findings say why
        choice = tenant.prompts[prompt.name]
        if not self._is_sharing:
            return self._compile_alone(Target(tenant, prompt, choice, roots_of(self.project, tenant, choice)))
        sharing = self._sharing
        answers = sharing.begin(tenant, choice)
        branch = desk.only or desk.branch(tenant.locale)
        leaf = branch.trie.find(answers)
        if leaf is not None:
            key = id(choice) if not sharing.owners else sharing.key_of(tenant, choice)
            fitted = leaf.value.fitted.get(key)
            if fitted is not None and fitted.is_sure:
                # What almost every target is: a plan for this leaf and choice is there, and takes the tenant's texts.
                data = fitted.link(sharing.texts)
                if data is not None:
                    return Compiled(data, digest_of(data), fitted.findings, fitted.fallbacks)
        else:
            leaf = self._leaf(branch, sharing.roots(), answers)
        return self._link(Target(tenant, prompt, choice, sharing.roots()), leaf.value)

    def planned_for(self, tenant: Tenant, prompt: Prompt) -> tuple[Bound, Texts, Given] | None:
        """The plan that a target is filled from, and what the tenant and its choice fill it with.

        None where it is linked in another way, or doesn't compile.
        """
        desk = self._desk_of(prompt)
        choice = tenant.prompts[prompt.name]
        if desk.is_broken:
            return None
        answers = self._sharing.begin(tenant, choice)
        branch = desk.branch(tenant.locale)
        leaf = branch.trie.find(answers) or self._leaf(branch, self._sharing.roots(), answers)
        known: Known = leaf.value
        shape = known.rendered.shape
        if shape is None:
            return None
        target = Target(tenant, prompt, choice, self._sharing.roots())
        check = partial(check_blocks, self.templates, prompt.name, choice.blocks, shape)
        fitted = self._sharing.fitted(known, target, check)
        if fitted.is_new:
            # A plan is made when a leaf is linked for the second time; here it is what is asked for.
            fitted = self._sharing.fitted(known, target, check)
        if fitted.refused or fitted.bound is None:
            return None
        return fitted.bound, self._sharing.texts, fitted.given

    def _link(self, target: Target, known: Known) -> Compiled:
        """A target whose leaf is known, and whose plan may have to be made, or not be able to tell."""
        tenant, prompt, choice, _ = target
        shape = known.rendered.shape
        if shape is None:
            return Compiled(None, Digest(""), known.rendered.findings)
        check = partial(check_blocks, self.templates, prompt.name, choice.blocks, shape)
        fitted = self._sharing.fitted(known, target, check)
        found = fitted.found
        if self._sharing.chosen(choice).may_be_stale:
            found = (*found, *stale_findings(self.against_of, prompt.name, choice.blocks, owner_of(tenant)))
        if fitted.refused:
            return Compiled(None, Digest(""), found)
        data = fitted.link(self._sharing.texts)
        if data is None or fitted.casing is None:
            return self._finish(target, known.rendered, found, fitted.casing)
        return Compiled(data, digest_of(data), (*found, *fitted.casing.findings), shape.fallbacks)

    def _desk_of(self, prompt: Prompt) -> Desk:
        return self._desks.get(prompt.name) or self._desk(prompt)

    def _desk(self, prompt: Prompt) -> Desk:
        closure = self.templates.closures[prompt.name]
        name = f"the prompt `{prompt.name}` ({prompt.file})"

        def branch_of(locale: str) -> Branch:
            static = static_of(self.templates, prompt, locale, self._toolchain)
            return Branch(static, name, self._sharing.questions)

        has_stand_ins = self.templates.has_stand_ins(prompt.name)
        made = Desk(branch_of, is_broken=closure.broken, has_stand_ins=has_stand_ins)
        self._desks[prompt.name] = made
        return made

    def _leaf(self, branch: Branch, roots: Roots, answers: Answers) -> Leaf:
        """The leaf that these answers lead to: remembered, or of a new render."""
        return self._remembered(branch, answers) or self._rendered(branch, roots)

    def _remembered(self, branch: Branch, answers: Answers) -> Leaf | None:
        """The leaf that is remembered for these answers, put into the trie."""
        if self._memory is None:
            return None
        found = branch.remembered(self._memory).find(answers)
        if found is None:
            return None
        branch.trie.keep(found.reads.asked.items(), Leaf(Known(found)))
        return branch.trie.find(answers)

    def _rendered(self, branch: Branch, roots: Roots) -> Leaf:
        """The leaf of a new render."""
        rendered = self._render(branch.static, roots)
        leaf = branch.trie.keep(rendered.reads.asked.items(), Leaf(Known(rendered)))
        if self._memory is not None:
            branch.remembered(self._memory).keep(rendered)
        return leaf

    def _render(self, static: Static, roots: Roots, *, origins: bool = False) -> Rendered:
        # Imported where something is rendered: what is remembered is linked without Jinja2.
        from promptc.compiler.render import render

        environment = self.templates.located if origins else self.templates.environment
        return render(environment, static, roots, self._sharing.questions.digest)

    def render(self, tenant: Tenant, prompt: Prompt, choice: Choice, roots: Roots) -> Rendered:
        """The shape of a prompt for what a tenant sets; tenants that agree on what it asks share one."""
        branch = self._desk_of(prompt).branch(tenant.locale)
        answers = Answers(roots, roots)
        known: Known = (branch.trie.find(answers) or self._leaf(branch, roots, answers)).value
        return known.rendered

    def _compile_alone(self, target: Target) -> Compiled:
        """A target for which nothing is shared and nothing remembered."""
        name, blocks = target.prompt.name, target.choice.blocks
        rendered = self._render(self._desk_of(target.prompt).branch(target.tenant.locale).static, target.roots)
        if rendered.shape is None:
            return Compiled(None, Digest(""), rendered.findings)
        found = [*check_blocks(self.templates, name, blocks, rendered.shape)]
        found += stale_findings(self.against_of, name, blocks, owner_of(target.tenant))
        if any(finding.is_error for finding in found):
            return Compiled(None, Digest(""), tuple(found))
        return self._finish(target, rendered, tuple(found))

    def _finish(
        self, target: Target, rendered: Rendered, found: tuple[Finding, ...], casing: Casing | None = None
    ) -> Compiled:
        assert rendered.shape is not None
        prompt = target.prompt
        try:
            messages, problems = self._sharing.linker(target).messages(rendered.shape.messages)
        except Limit as limit:
            return Compiled(None, Digest(""), (*found, Finding(limit.code, limit.text, prompt.place, hint=limit.hint)))
        parcel: Casing | Parcel
        if casing is not None and casing.is_whole:
            parcel = casing
        else:
            parcel = parcel_of(self.project, prompt, target.choice, values_of(target.tenant))
        findings = (*found, *problems, *parcel.findings)
        if any(finding.is_error for finding in findings):
            return Compiled(None, Digest(""), findings)
        data = parcel.around(messages) if isinstance(parcel, Casing) else artifact_of(prompt, parcel, messages).encode()
        return Compiled(data, digest_of(data), findings, rendered.shape.fallbacks)

    def origins_for(self, tenant: Tenant, prompt: Prompt) -> tuple[tuple[Line, ...], ...]:
        """Each message's lines with the file, line and layer that they came from, of a target that compiles."""
        choice = tenant.prompts[prompt.name]
        roots = roots_of(self.project, tenant, choice)
        rendered = self._render(static_of(self.templates, prompt, tenant.locale), roots, origins=True)
        assert rendered.shape is not None
        linker = replace(
            self.linker(tenant, prompt, choice, roots), layer_of=lambda name: self._layer_of(tenant.id, name)
        )
        return linker.origins(rendered.shape.messages)

    def _layer_of(self, tenant: str, variable: str) -> str:
        steps = definitions_of(self.project, tenant, variable)
        return steps[-1].overlay if steps else ""

    def shared_counts(self) -> dict[tuple[str, str], int]:
        """How many renders each prompt took so far, by prompt and locale."""
        return {(name, locale): count for name, desk in self._desks.items() for locale, count in desk.counts()}

    def linker(self, tenant: Tenant, prompt: Prompt, choice: Choice, roots: Mapping[str, Any]) -> Linker:
        """What a tenant puts into a prompt's shape."""
        return self._sharing.linker(Target(tenant, prompt, choice, roots))

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


def owner_of(tenant: Tenant) -> str:
    """Who answers for a tenant's overrides: its `owner` label."""
    return tenant.labels.get("owner", "")
