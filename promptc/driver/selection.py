"""Selection: which targets a command is about, decided before anything is resolved, so that it really limits the work.

    SELECT words -> [selection] -> tenants and prompts to compile

    tenant   tenant/prompt   prompt:NAME   tenant:GLOB   label:plan=enterprise

Several words are a union; `--exclude` takes the same words away. Labels are read along the chain, which needs no merge.
A word that names nothing is a usage error: a misspelt tenant must not look like an empty answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Literal

from promptc.compiler.project import Project
from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.core.visible import shortened
from promptc.driver.nearest import did_you_mean

Kind = Literal["tenant", "target", "prompt", "glob", "label"]
_PREFIXES = ("prompt:", "tenant:", "label:")


@dataclass(frozen=True, slots=True)
class Selector:
    """One word of SELECT. `name` is a tenant, a prompt, a glob or a label; `value` the target's prompt or the label's value."""

    kind: Kind
    name: str
    value: str
    word: str


@dataclass(frozen=True, slots=True)
class Selection:
    """All words of a command line."""

    include: tuple[Selector, ...] = ()
    exclude: tuple[Selector, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether no word limits anything."""
        return not self.include and not self.exclude


@dataclass(frozen=True, slots=True)
class Chosen:
    """Tenants in order, each with the prompts that were chosen; `named` are targets that were spelled out.

    `broken` are chosen tenants whose own file could not be read: they can't be compiled and are counted.
    """

    prompts: Mapping[str, frozenset[str]]
    named: frozenset[tuple[str, str]]
    broken: tuple[str, ...]


def parse_selection(select: Sequence[str], exclude: Sequence[str] = ()) -> Selection:
    """The words, parsed; PromptcError for a word outside of the grammar."""
    return Selection(tuple(map(parse_selector, select)), tuple(map(parse_selector, exclude)))


def parse_selector(word: str) -> Selector:
    """One word. Nothing is looked up yet."""
    prefix, colon, rest = word.partition(":")
    if colon and prefix + ":" in _PREFIXES:
        return _prefixed(prefix, rest, word)
    if colon:
        hint = did_you_mean(prefix + ":", _PREFIXES) or "kinds are `prompt:NAME`, `tenant:GLOB` and `label:KEY=VALUE`"
        raise PromptcError("C007", f"unknown kind of selection `{shortened(word)}`", hint=hint)
    if not word:
        raise PromptcError("C007", "an empty word selects nothing", hint="leave it out to select every target")
    if any(sign in word for sign in "*?["):
        hint = (
            f"globs are written `tenant:{shortened(word)}`"
            if "/" not in word
            else "a glob selects tenants, as `tenant:GLOB`"
        )
        raise PromptcError("C007", f"`{shortened(word)}` is a glob, and a plain word is a name", hint=hint)
    tenant, slash, prompt = word.partition("/")
    if not slash:
        return Selector("tenant", word, "", word)
    if not tenant or not prompt or "/" in prompt:
        raise PromptcError(
            "C007", f"`{shortened(word)}` is not `tenant/prompt`", hint="a tenant's id has no folder in it"
        )
    return Selector("target", tenant, prompt, word)


def _prefixed(prefix: str, rest: str, word: str) -> Selector:
    if not rest:
        raise PromptcError("C007", f"`{shortened(word)}` names nothing", hint=f"write what to select after `{prefix}:`")
    if prefix == "prompt":
        return Selector("prompt", rest, "", word)
    if prefix == "tenant":
        return Selector("glob", rest, "", word)
    key, equals, value = rest.partition("=")
    if not key or not equals:
        raise PromptcError("C007", f"`{shortened(word)}` has no value", hint="labels are written `label:KEY=VALUE`")
    return Selector("label", key, value, word)


def choose(project: Project, selection: Selection) -> Chosen:
    """What the words name in a project. Every word must name something; PromptcError says which doesn't."""
    from promptc.compiler.schema.lazy import is_broken_tenant

    finder = _Finder(project)
    chosen: dict[str, set[str]] = {}
    if not selection.include:
        chosen = {tenant: set(finder.prompts) for tenant in finder.tenants}
    for selector in selection.include:
        for tenant, prompts in finder.find(selector).items():
            chosen.setdefault(tenant, set()).update(prompts)
    for selector in selection.exclude:
        for tenant, prompts in finder.find(selector).items():
            chosen.get(tenant, set()).difference_update(prompts)
    named = {(finder.tenant(s.name), s.value) for s in selection.include if s.kind == "target"}
    kept = {tenant: frozenset(chosen[tenant]) for tenant in sorted(chosen) if chosen[tenant] or not finder.prompts}
    broken = tuple(tenant for tenant in kept if tenant in finder.broken or is_broken_tenant(project, tenant))
    left_out = frozenset(broken)
    return Chosen({t: p for t, p in kept.items() if t not in left_out}, frozenset(named), broken)


def labels_of(project: Project, tenant_id: str) -> Mapping[str, str]:
    """A tenant's labels, from its whole chain. Costs a walk over names and no merge."""
    from promptc.compiler.resolve import chain_of

    chain, _ = chain_of(project, tenant_id)
    labels: dict[str, str] = {}
    for name in chain[:-1]:
        if name in project.layers:
            labels.update(project.layers[name].labels)
    labels.update(project.tenants[tenant_id].labels)
    return labels


class _Finder:
    """Looks words up in one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.broken = _broken(project, "tenant:")
        self.tenants = sorted({*project.tenants, *self.broken})
        self.prompts = sorted({*project.prompts, *_broken(project, "prompt:")})
        self._known = set(self.tenants)
        self._aliases: dict[str, str] | None = None

    def find(self, selector: Selector) -> Mapping[str, Iterable[str]]:
        """{tenant: prompts} of one word."""
        by_kind: dict[Kind, Callable[[Selector], Mapping[str, Iterable[str]]]] = {
            "tenant": lambda s: {self.tenant(s.name): self.prompts},
            "target": lambda s: {self.tenant(s.name): [self.prompt(s.value)]},
            "prompt": lambda s: dict.fromkeys(self.tenants, self.family(s.name)),
            "glob": self._glob,
            "label": self._label,
        }
        return by_kind[selector.kind](selector)

    def tenant(self, name: str) -> str:
        """A tenant's id, from its id or one of its aliases."""
        if name in self._known:
            return name
        if self._aliases is None:
            self._aliases = {a: t for t, overlay in self.project.tenants.items() for a in overlay.aliases}
        if name in self._aliases:
            return self._aliases[name]
        raise PromptcError("C003", f"unknown tenant `{shortened(name)}`", hint=self._tenant_hint(name))

    def prompt(self, name: str) -> str:
        """A prompt's name."""
        if name in self.prompts:
            return name
        hint = did_you_mean(name, self.prompts, listing="prompts are")
        raise PromptcError("C004", f"unknown prompt `{shortened(name)}`", hint=hint)

    def family(self, name: str) -> list[str]:
        """A prompt, and its variants."""
        return [self.prompt(name), *(other for other in self.prompts if other.startswith(f"{name}."))]

    def _tenant_hint(self, name: str) -> str:
        if name in self.prompts:
            return f"`{name}` is a prompt: write `prompt:{name}`"
        if name in self.project.layers:
            return f"`{name}` is a layer, and only tenants are built"
        return did_you_mean(name, self.tenants, listing="tenants are")

    def _glob(self, selector: Selector) -> Mapping[str, Iterable[str]]:
        found = [tenant for tenant in self.tenants if fnmatchcase(tenant, selector.name)]
        if not found:
            hint = did_you_mean(selector.name, self.tenants, before="tenant:")
            raise PromptcError("C003", f"no tenant's id matches `{shortened(selector.name)}`", hint=hint)
        return dict.fromkeys(found, self.prompts)

    def _label(self, selector: Selector) -> Mapping[str, Iterable[str]]:
        values: dict[str, set[str]] = {}
        found = []
        for tenant, _ in self.project.tenants.items():  # without those that can't be read
            labels = labels_of(self.project, tenant)
            for key, value in labels.items():
                values.setdefault(key, set()).add(value)
            if labels.get(selector.name) == selector.value:
                found.append(tenant)
        if found:
            return dict.fromkeys(found, self.prompts)
        raise PromptcError("C005", _no_label(selector, values), hint=_label_hint(selector, values))


def _no_label(selector: Selector, values: Mapping[str, set[str]]) -> str:
    name, value = shortened(selector.name), shortened(selector.value)
    return f"no tenant has the label `{name}={value}`" if selector.name in values else f"no tenant has a label `{name}`"


def _label_hint(selector: Selector, values: Mapping[str, set[str]]) -> str:
    if selector.name not in values:
        every = [f"{key}={value}" for key, known in values.items() for value in known]
        return did_you_mean(f"{selector.name}={selector.value}", every, before="label:", listing="labels are")
    known = values[selector.name]
    return did_you_mean(selector.value, known, before=f"label:{selector.name}=", listing="its values are")


def _broken(project: Project, prefix: str) -> frozenset[str]:
    return frozenset(name.removeprefix(prefix) for name in project.broken if name.startswith(prefix))
