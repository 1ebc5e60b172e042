"""Override: write a replacement for a block into a tenant's file, with the base that it replaces beside it.

TENANT/PROMPT, BLOCK -> compiler.against -> [override] -> the overlay's YAML, by insertion
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promptc.compiler.project import Overlay, Project, Prompt, Setting
from promptc.core.allocation import split_name
from promptc.core.dataclass import dataclass
from promptc.core.errors import Exit, PromptcError
from promptc.core.visible import shortened
from promptc.driver.editing import Replacement, Unfit, entry_lines, with_entry
from promptc.driver.nearest import did_you_mean
from promptc.driver.project import Opened, open_project
from promptc.driver.selection import Selection, choose, parse_selector

if TYPE_CHECKING:
    from promptc.compiler.compile import Compiler

PLACEHOLDER = "Write the replacement here.\n"
_PRINTED = re.compile(r"\{\{\s*vars\.([A-Za-z_][\w.]*)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Overridden:
    """What was written. `file` is empty when it is only to be printed, and then `why` or `unfit` say why.

    `is_placeholder` says that the text must be edited.
    """

    file: str
    lines: tuple[str, ...]
    is_placeholder: bool
    why: str = ""
    unfit: Unfit | None = None


def override(start: str, target: str, block: str, text: str | None) -> Overridden:
    """Write the replacement. Without a text it begins as the base, where overlays can say what the base says."""
    from promptc.compiler.compile import Compiler

    opened = open_project(start)
    project = opened.project
    tenant, prompt = _target(project, target)
    compiler = Compiler(project)
    _check_block(compiler, prompt, block)
    overlay = project.tenants[tenant]
    if _is_overridden(overlay, prompt.name, block):
        raise PromptcError(
            "C012",
            f"`{tenant}` overrides the block `{block}` of `{prompt.name}` already",
            hint=f"edit it in {overlay.place.file}; `promptc rebase {tenant}` when its base has changed",
            exit_code=Exit.CONFLICT,
        )
    resolved, findings = compiler.resolver.tenant(tenant)
    if resolved is None:
        said = next((f"{f.place}: {f.message}" for f in findings if f.is_error), "")
        raise PromptcError(
            "C019", f"`{tenant}` can't be resolved: {said}", hint="mend it first", exit_code=Exit.SOURCES
        )
    against, base = compiler.against(tenant, prompt.name, block)
    begun = text if text is not None else _begun(base)
    entry = Replacement(
        begun if begun is not None else PLACEHOLDER,
        against,
        base,
        compiler.blocks(prompt.name)[block].file,
        prompt.overridable.blocks[block] != "replace",
    )
    return _write(opened, overlay, ("prompts", prompt.name, "blocks", block), entry, begun is None)


def _target(project: Project, target: str) -> tuple[str, Prompt]:
    selector = parse_selector(target)
    if selector.kind != "target":
        raise PromptcError(
            "C007", f"`{shortened(target)}` is not `tenant/prompt`", hint="a block belongs to one prompt"
        )
    chosen = choose(project, Selection((selector,)))
    if chosen.broken or selector.value not in project.prompts:
        raise PromptcError(
            "C019", f"`{shortened(target)}` can't be read", hint="`promptc check` says why", exit_code=Exit.SOURCES
        )
    tenant = next(iter(chosen.prompts))
    plain, variant = split_name(selector.value)
    if variant:
        raise PromptcError(
            "X054",
            f"`{shortened(selector.value)}` is a variant of `{plain}`, and is given what is said of that",
            hint=f"`promptc override {tenant}/{plain} BLOCK` replaces the block in both",
        )
    return tenant, project.prompts[selector.value]


def _check_block(compiler: Compiler, prompt: Prompt, block: str) -> None:
    if compiler.templates.closures[prompt.name].broken:
        hint = "mend them first; `promptc check` says what is wrong"
        raise PromptcError("C019", f"the templates of `{prompt.name}` can't be read", hint=hint, exit_code=Exit.SOURCES)
    blocks = compiler.blocks(prompt.name)
    if block not in blocks:
        hint = did_you_mean(block, prompt.overridable.blocks, listing="tenants may override")
        raise PromptcError("C014", f"`{prompt.name}` has no block `{shortened(block)}`", hint=hint)
    if block not in prompt.overridable.blocks:
        allowed = ", ".join(f"`{name}`" for name in sorted(prompt.overridable.blocks)) or "none"
        raise PromptcError(
            "C014",
            f"tenants may not touch the block `{block}` of `{prompt.name}`",
            hint=f"they may touch {allowed}; `overridable.blocks` in {prompt.file} says so",
        )


def _is_overridden(overlay: Overlay, prompt: str, block: str) -> bool:
    blocks = overlay.prompts.get(prompt, {}).get("blocks")
    return isinstance(blocks, Setting) and isinstance(blocks.data, dict) and block in blocks.data


def _begun(base: str) -> str | None:
    """The base as overlay text: printed variables as `${…}`. None when it holds more Jinja than overlays can say."""
    text = _PRINTED.sub(r"${\1}", base.replace("${", "$${"))
    if not base.strip() or any(sign in text for sign in ("{{", "{%", "{#")):
        return None
    return text if text.endswith("\n") else text + "\n"


def _write(
    opened: Opened, overlay: Overlay, path: tuple[str, ...], entry: Replacement, is_placeholder: bool
) -> Overridden:
    from promptc.stores.write import write_durable

    file = overlay.place.file
    lines = tuple(_whole(path, entry))
    if file.endswith(".jsonl"):
        return Overridden("", _json_lines(path, entry), is_placeholder, f"{file} is generated, line by line")
    try:
        edited = with_entry(opened.tree[file].decode(), path, entry)
    except Unfit as error:
        return Overridden("", lines, is_placeholder, unfit=error)
    write_durable(opened.folder / file, edited.encode())
    return Overridden(file, lines, is_placeholder)


def _whole(path: tuple[str, ...], entry: Replacement) -> list[str]:
    heads = [f"{'  ' * depth}{key}:" for depth, key in enumerate(path[:-1])]
    return [*heads, *entry_lines(path[-1], entry, 2 * (len(path) - 1))]


def _json_lines(path: tuple[str, ...], entry: Replacement) -> tuple[str, ...]:
    import json

    value: object = {"text": entry.text, "against": entry.against}
    if entry.tagged:
        value = {"$replace": value}
    for key in reversed(path):
        value = {key: value}
    return (json.dumps(value, ensure_ascii=False),)
