"""New tenant: write a tenant's file with what it must set, and everything else that it may set as comments.

    layers, values -> resolve what the chain would give -> [new tenant] -> tenants/ID.yaml

The file is loaded and resolved in memory before it is written, so that what is written is right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promptc.compiler.project import MISSING, Overlay, Project, Setting, Tenant, Variable
from promptc.compiler.schema.nodes import Plain
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Finding, Place
from promptc.core.visible import shortened
from promptc.driver.editing import block_text, quoted
from promptc.driver.nearest import did_you_mean
from promptc.driver.project import Opened, open_project

VALUE_WIDTH_MAX = 60


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What the command line says of a new tenant. `values` are texts, read by each variable's type."""

    id: str
    folder: str = ""
    title: str = ""
    locale: str = ""
    extends: Sequence[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A tenant that isn't written yet: its project, and the required variables that still have no value."""

    opened: Opened
    wanted: NewTenant
    missing: tuple[Variable, ...]
    resolved: Tenant | None


class Refused(PromptcError):
    """The tenant would not be right; `findings` say why. Nothing was written."""

    def __init__(self, tenant: str, findings: Sequence[Finding]) -> None:
        hint = "mend what is said above; nothing was written"
        super().__init__("C019", f"`{shortened(tenant)}` would be wrong", hint=hint)
        self.findings = tuple(findings)


def draft(start: str, wanted: NewTenant) -> Draft:
    """Look at what the chain would give; PromptcError for an id that is taken, unknown layers and unknown variables."""
    opened = open_project(start)
    project = opened.project
    _check(project, wanted)
    from promptc.compiler.overlay import chain_of_tenant
    from promptc.compiler.resolve import Resolver

    overlay = _overlay(project, wanted)
    chain = chain_of_tenant(replace(project, tenants={wanted.id: overlay}), wanted.id)
    if chain.findings:
        raise Refused(wanted.id, chain.findings)
    below = {name for layer in chain.names[:-1] for name in project.layers[layer].variables}
    required = [v for v in project.variables.values() if v.required and "tenant" in v.set_by]
    missing = tuple(v for v in required if v.name not in below and v.name not in wanted.values)
    # What the chain gives is only shown, in comments; where it can't be told yet, nothing is shown.
    resolved, _ = Resolver(replace(project, tenants={wanted.id: _guess(overlay, wanted, missing)})).tenant(wanted.id)
    return Draft(opened, wanted, missing, resolved)


def _guess(overlay: Overlay, wanted: NewTenant, missing: Sequence[Variable]) -> Overlay:
    """The tenant with something in each required place, to see what its chain gives for the others."""
    texts = {**{variable.name: "…" for variable in missing}, **wanted.values}
    settings = {name: Setting(Plain.at(text, 1, 1), overlay.place) for name, text in texts.items()}
    return replace(overlay, variables=settings)


def write(drafted: Draft, answers: Mapping[str, str]) -> str:
    """Write the file; its path below the project. Refused when the tenant would be wrong, C015 when values are missing."""
    from promptc.compiler.resolve import Resolver
    from promptc.compiler.schema.load import load_project
    from promptc.stores.write import create_file

    opened = drafted.opened
    wanted = replace(drafted.wanted, values={**drafted.wanted.values, **answers})
    lacking = [variable.name for variable in drafted.missing if variable.name not in answers]
    if lacking:
        given = " ".join(f"--set {name}=…" for name in lacking)
        raise PromptcError("C015", f"`{wanted.id}` needs a value for {_listed(lacking)}", hint=f"give it: {given}")
    file = _file(opened, wanted)
    text = "\n".join(_lines(opened.project, wanted, drafted.resolved)) + "\n"
    loaded = load_project({**opened.tree, file: text.encode()}, opened.settings)
    found = [f for f in loaded.findings if f.is_error and f.place.file == file]
    if wanted.id in loaded.project.tenants:
        found += [f for f in Resolver(loaded.project).tenant(wanted.id)[1] if f.is_error]
    if found:
        raise Refused(wanted.id, found)
    create_file(opened.folder / file, text.encode())
    return file


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _check(project: Project, wanted: NewTenant) -> None:
    from promptc.compiler.schema.names import is_tenant_id

    if not is_tenant_id(wanted.id):
        hint = "letters, digits and `_ - . @ + ~` inside, beginning with a letter or digit"
        raise PromptcError("C001", f"`{shortened(wanted.id)}` can't be a tenant's id", hint=hint)
    taken = project.tenants.get(wanted.id)
    if taken is not None or f"tenant:{wanted.id}" in project.broken:
        where = f" in {taken.place.file}" if taken is not None else ""
        raise PromptcError(
            "C012", f"there is a tenant `{wanted.id}` already{where}", hint="choose another id", exit_code=Exit.CONFLICT
        )
    for layer in wanted.extends:
        if layer not in project.layers:
            hint = did_you_mean(layer, project.layers, listing="layers are")
            raise PromptcError("C001", f"unknown layer `{shortened(layer)}`", hint=hint)
    for name in wanted.values:
        if name not in project.variables:
            hint = did_you_mean(name, project.variables)
            raise PromptcError("C009", f"unknown variable `{shortened(name)}`", hint=hint)


def _overlay(project: Project, wanted: NewTenant) -> Overlay:
    place = Place(f"{project.settings.tenants}/{wanted.id}.yaml", 1, 1)
    return Overlay(
        wanted.id, "tenant", place, tuple(wanted.extends), (place,) * len(wanted.extends), locale=wanted.locale
    )


def _file(opened: Opened, wanted: NewTenant) -> str:
    folder = wanted.folder.strip("/")
    if folder.split("/")[0] == "layers" or any(part in ("", ".", "..") for part in folder.split("/") if folder):
        raise PromptcError(
            "C001", f"`{shortened(folder)}` can't hold tenants", hint="name a folder below the tenants, such as `eu`"
        )
    return "/".join(part for part in (opened.settings.tenants, folder, f"{wanted.id}.yaml") if part)


def _lines(project: Project, wanted: NewTenant, resolved: Tenant | None) -> Iterator[str]:
    yield f"# Tenant {wanted.id}: what differs from the layers below it. All that isn't set here comes from them."
    if wanted.extends:
        yield f"extends: [{', '.join(map(quoted, wanted.extends))}]"
    else:
        known = ", ".join(project.layers) or "none yet"
        yield f"# extends: []  # layers: {known}"
    yield f"title: {quoted(wanted.title)}" if wanted.title else "# title: The name that people know"
    if wanted.labels:
        yield f"labels: {{{', '.join(f'{quoted(key)}: {quoted(value)}' for key, value in wanted.labels.items())}}}"
    yield f"locale: {quoted(wanted.locale)}" if wanted.locale else "# locale: en"
    yield "variables:" if wanted.values else "# variables:"
    for variable in project.variables.values():
        if "tenant" in variable.set_by:
            yield ""
            yield from _variable_lines(variable, wanted, resolved)
    yield from _prompt_lines(project, resolved)


def _variable_lines(variable: Variable, wanted: NewTenant, resolved: Tenant | None) -> Iterator[str]:
    policy = (
        ""
        if variable.merge.kind == "replace"
        else f" What stands here joins the value below it ({variable.merge.kind})."
    )
    about = variable.description.rstrip(".") or variable.name
    yield f"  # {_one_line(about)}.{' Required.' if variable.required else ''}{policy}"
    if variable.name in wanted.values:
        first, *rest = _given(variable, wanted.values[variable.name])
        yield f"  {variable.name}: {first}"
        yield from rest
        return
    if "enum" in variable.schema:
        yield f"  # One of: {', '.join(map(str, variable.schema['enum']))}."
    value = resolved.variables.get(variable.name, MISSING) if resolved is not None else MISSING
    if isinstance(value, list) and variable.merge.kind != "replace":
        value = []  # what is below joins what stands here, and would be there twice
    shown = json.dumps(value, ensure_ascii=False) if value is not MISSING else ""
    if variable.confidential:
        yield f"  # {variable.name}:"
    elif len(shown) <= VALUE_WIDTH_MAX:
        yield f"  # {variable.name}: {shown}".rstrip()
    else:
        yield f"  # {variable.name}:  # now {len(shown):,} characters, see `promptc explain`"


def _given(variable: Variable, text: str) -> list[str]:
    """A value as it is written: text as text, anything else as it stands on the command line, which is YAML."""
    kinds = variable.schema.get("type")
    is_text = kinds == "string" or (isinstance(kinds, list) and "string" in kinds) or "\n" in text
    return block_text(text, 4) if is_text and "\n" in text else [quoted(text)] if is_text else [text]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _prompt_lines(project: Project, resolved: Tenant | None) -> Iterator[str]:
    rows = [(name, list(_may(prompt, resolved))) for name, prompt in project.prompts.items() if "." not in name]
    rows = [(name, lines) for name, lines in rows if lines]
    if rows:
        yield ""
        yield "# What this tenant may change in prompts; `promptc override TENANT/PROMPT BLOCK` writes a replacement."
        yield "# prompts:"
    for name, lines in rows:
        yield f"#   {name}:"
        yield from (f"#     {line}" for line in lines)


def _may(prompt: Any, resolved: Tenant | None) -> Iterator[str]:
    choice = resolved.prompts.get(prompt.name) if resolved is not None else None
    if prompt.overridable.config:
        current = choice.config if choice is not None else {}
        pairs = ", ".join(
            f"{key}: {json.dumps(current[key]) if key in current else '…'}" for key in sorted(prompt.overridable.config)
        )
        yield f"config: {{{pairs}}}"
    if prompt.overridable.tools and prompt.optional_tools:
        yield f"tools: !append [{', '.join(prompt.optional_tools)}]"
    if prompt.overridable.blocks:
        yield "blocks:"
        for name, policy in prompt.overridable.blocks.items():
            yield f"  {name}: …  # {policy}"
