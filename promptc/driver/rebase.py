"""Rebase: stale overrides with the three texts that a person compares, and `against` brought up to date.

    tenants, layers -> stale replacements -> [rebase] -> base then, base now, the replacement

The base as it was stands in the comment that `override` wrote; where there is none, git's history is asked for a
commit in which the block had that digest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from promptc.compiler.project import BlockAction, Overlay, Setting
from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.core.findings import Place
from promptc.core.visible import shortened
from promptc.driver.editing import Unfit, base_from_comment, with_scalar
from promptc.driver.nearest import did_you_mean
from promptc.driver.project import Opened, open_project

if TYPE_CHECKING:
    from promptc.compiler.compile import Compiler


@dataclass(frozen=True, slots=True)
class Stale:
    """One stale replacement. `base_then` is None where nobody kept it; `now` is the digest that it should carry."""

    overlay: str
    prompt: str
    block: str
    place: Place
    against: str
    now: str
    base_then: str | None
    base_now: str
    text: str


@dataclass(frozen=True, slots=True)
class Rebased:
    """What is stale, and the files in which `against` was updated; `left` could not be edited, and why.

    `unread` are prompts whose templates are wrong and tenants that can't be resolved: their overrides were not looked at.
    """

    stale: tuple[Stale, ...]
    updated: tuple[str, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()


def rebase(start: str, names: Sequence[str], *, accept: bool) -> Rebased:
    """The stale replacements of tenants, layers or targets (all without names); with `accept` they keep their text."""
    from promptc.compiler.compile import Compiler

    opened = open_project(start)
    wanted = [_wanted(opened, name) for name in names]
    compiler = Compiler(opened.project)
    unread = tuple(_unread(opened, compiler))
    found = list(_stale(opened, compiler, wanted))
    if not accept:
        return Rebased(tuple(found), unread=unread)
    updated, left = _accept(opened, found)
    return Rebased(tuple(found), tuple(updated), tuple(left), unread)


def _unread(opened: Opened, compiler: Compiler) -> Iterator[str]:
    project = opened.project
    yield from sorted(b.removeprefix("prompt:") for b in project.broken if b.startswith("prompt:"))
    yield from (name for name in sorted(project.prompts) if compiler.templates.closures[name].broken)
    yield from sorted(b.removeprefix("tenant:") for b in project.broken if b.startswith("tenant:"))
    yield from (tenant for tenant in sorted(project.tenants) if compiler.resolver.tenant(tenant)[0] is None)


def _wanted(opened: Opened, name: str) -> tuple[str, str]:
    """(overlay, prompt or "") of TENANT, LAYER, or either with /PROMPT. A layer's name may hold slashes itself."""
    project = opened.project
    known = {*project.tenants, *project.layers}
    if name in known:
        return name, ""
    overlay, _, prompt = name.rpartition("/")
    if overlay in known and prompt in project.prompts:
        return overlay, prompt
    hint = did_you_mean(name, known) or "name a tenant, a layer, or `tenant/prompt`"
    raise PromptcError("C003", f"unknown tenant or layer `{shortened(name)}`", hint=hint)


def _stale(opened: Opened, compiler: Compiler, wanted: list[tuple[str, str]]) -> Iterator[Stale]:
    """Every stale replacement once, though many tenants share a layer's."""
    seen: set[tuple[str, str, str, Place]] = set()
    for tenant_id in opened.project.tenants:
        tenant, _ = compiler.resolver.tenant(tenant_id)
        for prompt, choice in (tenant.prompts if tenant is not None else {}).items():
            if compiler.templates.closures[prompt].broken:
                continue
            for block, steps in choice.blocks.items():
                for index, step in enumerate(steps):
                    key = (step.overlay, prompt, block, step.place)
                    if key in seen or not _is_wanted(step, prompt, wanted):
                        continue
                    seen.add(key)
                    yield from _if_stale(opened, compiler, (prompt, block), steps[: index + 1])


def _is_wanted(step: BlockAction, prompt: str, wanted: list[tuple[str, str]]) -> bool:
    names = not wanted or any(step.overlay == overlay and one in ("", prompt) for overlay, one in wanted)
    return step.kind == "replace" and bool(step.against) and names


def _if_stale(opened: Opened, compiler: Compiler, at: tuple[str, str], steps: Sequence[BlockAction]) -> Iterator[Stale]:
    prompt, block = at
    step = steps[-1]
    now = compiler.against_of.digest(prompt, block, tuple(steps[:-1]))
    if not now or now == step.against:
        return
    base = compiler.against_of.text(prompt, block)
    then = _base_then(opened, step, (prompt, block))
    yield Stale(step.overlay, prompt, block, step.place, step.against, now, then, base, step.raw)


def _base_then(opened: Opened, step: BlockAction, at: tuple[str, str]) -> str | None:
    from promptc.driver.history import base_in_history

    kept = base_from_comment(opened.tree[step.place.file].decode("utf-8", "replace"), step.place.line)
    return kept[2] if kept is not None else base_in_history(opened, at, step.against)


def _accept(opened: Opened, found: Sequence[Stale]) -> tuple[list[str], list[tuple[str, str]]]:
    from promptc.stores.write import write_durable

    texts: dict[str, str] = {}
    left = []
    # From the bottom up, so that a comment that grows moves nothing that is still to be edited.
    for stale in sorted(found, key=lambda s: s.place, reverse=True):
        file = stale.place.file
        text = texts.get(file, opened.tree[file].decode())
        try:
            texts[file] = _updated(opened, text, stale)
        except Unfit as error:
            left.append((f"{stale.overlay}/{stale.prompt} {stale.block}", error.message))
    for file, text in sorted(texts.items()):
        write_durable(opened.folder / file, text.encode())
    return sorted(texts), left


def _updated(opened: Opened, text: str, stale: Stale) -> str:
    if stale.place.file.endswith(".jsonl"):
        raise Unfit(f"{stale.place.file} is generated; write `against: {stale.now}` where it is made")
    project = opened.project
    overlay = project.tenants.get(stale.overlay)
    if overlay is None or overlay.place.file != stale.place.file:
        overlay = project.layers[stale.overlay]
    name = stale.prompt if _names(overlay, stale.prompt, stale.block) else "*"
    edited = with_scalar(text, ("prompts", name, "blocks", stale.block, "against"), stale.now)
    return _with_base(edited, stale)


def _names(overlay: Overlay, prompt: str, block: str) -> bool:
    blocks = overlay.prompts.get(prompt, {}).get("blocks")
    return isinstance(blocks, Setting) and isinstance(blocks.data, dict) and block in blocks.data


def _with_base(text: str, stale: Stale) -> str:
    """The comment with the base brought up to date, where there is one."""
    kept = base_from_comment(text, stale.place.line)
    if kept is None:
        return text
    start, end, _ = kept
    lines = text.split("\n")
    pad = lines[start - 1][: len(lines[start - 1]) - len(lines[start - 1].lstrip())]
    new = [f"{pad}#   {part}".rstrip() for part in (stale.base_now or "(empty)").split("\n")]
    return "\n".join([*lines[:start], *new, *lines[end:]])
