"""Portfolio: variants of a prompt: what they take from the plain one, and which share of a tenant's keys each is given.

    prompts -> [portfolio] -> variants with the plain one's front matter -> link
    overlays' `variants` -> [portfolio] -> typed shares -> resolve -> allocations of a tenant

Pure. A variant is a prompt of its own, `support-reply.concise`, that shares the plain one's interface: what services give
and get doesn't depend on which of them is drawn. Overlays speak of the plain prompt alone; what they say holds for all of
its variants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promptc.compiler.definitions import Typing
from promptc.compiler.project import Choice, Output, Project, Prompt, Setting
from promptc.core.allocation import ONLY, PLAIN, RESERVED, Allocation, is_share, parts_of, split_name, variant_name
from promptc.core.dataclass import replace
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean, listed, while_few

SHARES: Mapping[str, Any] = {"type": "object", "additionalProperties": {"type": "number", "minimum": 0, "maximum": 100}}
_INTERFACE = ("inputs", "output", "overridable")


def inherited(variant: Prompt, plain: Prompt) -> tuple[Prompt, tuple[Finding, ...]]:
    """A variant with what its front matter leaves out taken from the plain prompt, and where its interface differs."""
    said = {path.split(".")[0] for path in variant.places}
    taken: dict[str, Any] = {
        key: getattr(plain, key)
        for key in ("description", "owner", "model", "inputs", "output", "tools", "optional_tools", "overridable")
        if key not in said
    }
    taken["config"] = {**plain.config, **variant.config}
    taken["budget_tokens"] = variant.budget_tokens if "budget" in said else plain.budget_tokens
    taken["enabled"] = variant.enabled and plain.enabled
    places = {path: place for path, place in plain.places.items() if path.split(".")[0] != "overridable"}
    taken["places"] = {**places, **variant.places}
    made = replace(variant, **taken)
    return made, tuple(_differences(made, plain, said))


def _differences(variant: Prompt, plain: Prompt, said: set[str]) -> Iterator[Finding]:
    related = ((f"`{plain.name}`", plain.place),)
    for key in _INTERFACE:
        if key in said and _told(getattr(variant, key)) != _told(getattr(plain, key)):
            message = f"the `{key}` of `{variant.name}` are not those of `{plain.name}`"
            hint = f"leave `{key}` out: a variant shares them, so that services need not know which one is drawn"
            yield Finding("X050", message, variant.places.get(key, variant.place), hint=hint, related=related)
    reach = {*plain.tools, *plain.optional_tools}
    for tool in dict.fromkeys((*variant.tools, *variant.optional_tools)):
        if tool not in reach:
            message = f"`{variant.name}` gives the tool `{tool[:80]}`, which `{plain.name}` does not"
            hint = f"name it among the `tools` or `optional_tools` of `{plain.name}`, too"
            yield Finding("X050", message, variant.places.get(f"tools.{tool}", variant.place), hint=hint, related=related)


def _told(part: Any) -> Any:
    return (part.path, part.strict) if isinstance(part, Output) else part


def orphan(name: str, place: Place, prompts: Sequence[str]) -> Finding:
    """The finding of a variant without a plain prompt."""
    plain, variant = split_name(name)
    hint = did_you_mean(plain, prompts) or f"write `prompts/{plain}.prompt.j2`, or name the file without the second dot"
    return Finding("X051", f"`{variant[:80]}` is a variant of `{plain[:80]}`, and there is no such prompt", place, hint=hint)


def reserved(name: str, place: Place) -> Finding:
    """The finding of a variant whose name means something else."""
    hint = f"{listed(RESERVED)} mean something in overlays"
    return Finding("X051", f"`{split_name(name)[1]}` can't name a variant", place, hint=hint)


def variants_of(project: Project) -> dict[str, tuple[str, ...]]:
    """The variants of each prompt that has some, in the order of names."""
    found: dict[str, list[str]] = {}
    for name in sorted(project.prompts):
        plain, variant = split_name(name)
        if variant:
            found.setdefault(plain, []).append(variant)
    return {plain: tuple(variants) for plain, variants in found.items()}


# What overlays say


def typed_shares(setting: Setting, path: str, findings: list[Finding]) -> Setting | None:
    """`variants` with its shares as numbers; `only: NAME` as the whole of it. None where it can't be used."""
    if setting.directive in ("", "replace") and not isinstance(setting.data, Mapping):
        hint = "write `variants: {NAME: PERCENT}`, or `variants: {only: NAME}`"
        findings.append(Finding("O048", f"`{path}` must be a map of names", setting.place, hint=hint))
        return None
    if setting.directive in ("", "replace") and ONLY in setting.data:
        return _only(setting, path, findings)
    typing = Typing(SHARES)
    made = typing.setting(setting, SHARES, path=path)
    findings.extend(typing.findings)
    if typing.findings:
        return None
    odd = [(name, place) for name, share, place in _shares(made) if not is_share(share)]
    for name, place in odd:
        message = f"`{path}.{name[:80]}` must be a percent of at most two decimals"
        findings.append(Finding("O048", message, place, hint="write it as `10` or `0.25`"))
    return None if odd else made


def _only(setting: Setting, path: str, findings: list[Finding]) -> Setting | None:
    said = setting.data[ONLY]
    name, place = (said.data, said.place) if isinstance(said, Setting) else (said, setting.place)
    if len(setting.data) > 1 or not isinstance(name, str) or (isinstance(said, Setting) and said.directive):
        message = f"`{path}.{ONLY}` names one variant and stands alone"
        findings.append(Finding("O048", message, place, hint=f"write `variants: {{{ONLY}: NAME}}`, or percents"))
        return None
    return replace(setting, data={} if str(name) == PLAIN else {str(name): 100}, directive="replace", place=place)


def _shares(setting: Setting) -> Iterator[tuple[str, float, Place]]:
    if setting.directive in ("", "replace"):
        for name, child in setting.data.items():
            if not isinstance(child, Setting):
                yield name, child, setting.place
            elif child.directive != "unset":
                yield name, child.data, child.place


def known_shares(setting: Setting, prompt: Prompt, project: Project, findings: list[Finding]) -> Setting | None:
    """What of `variants` the prompt has; a finding for each name that it lacks, and for each that is retired."""
    variants = variants_of(project).get(prompt.name, ())
    kept, retired = _sorted_out(setting, prompt.name, project)
    for name, place in retired:
        message = f"`{variant_name(prompt.name, name)}` is retired, and is given no keys any more"
        findings.append(Finding("X055", message, place, severity="warning", hint="remove it from `variants` here"))
    if setting.directive == "unset":
        return setting
    known = {*kept, *(name for name, _ in retired)}
    for name in setting.data:
        if name not in known and f"prompt:{variant_name(prompt.name, name)}" not in project.broken:
            child = setting.data[name] if isinstance(setting.data, Mapping) else None
            place = child.place if isinstance(child, Setting) else setting.place
            message = f"`{prompt.name}` has no variant `{str(name)[:80]}`"
            otherwise = f"variants are files: prompts/{prompt.name}.{name}.prompt.j2"
            findings.append(Finding("X052", message, place, hint=while_few(len(findings), name, variants, otherwise=otherwise)))
    return _with_names(setting, kept)


def taken_shares(setting: Setting, prompt: Prompt, project: Project) -> Setting | None:
    """What a prompt takes of `variants` under `"*"`, without complaint about the rest; None when that is nothing."""
    if prompt.name not in variants_of(project):
        return None
    if setting.directive == "unset" or not setting.data:
        return setting
    kept, _ = _sorted_out(setting, prompt.name, project)
    return _with_names(setting, kept) if kept else None


def _sorted_out(setting: Setting, prompt: str, project: Project) -> tuple[list[str], list[tuple[str, Place]]]:
    kept: list[str] = []
    retired: list[tuple[str, Place]] = []
    for name in () if setting.directive == "unset" else setting.data:
        found = project.prompts.get(variant_name(prompt, name))
        if found is not None and not found.retired:
            kept.append(name)
        elif found is not None:
            child = setting.data[name] if isinstance(setting.data, Mapping) else None
            retired.append((name, child.place if isinstance(child, Setting) else setting.place))
    return kept, retired


def _with_names(setting: Setting, names: Sequence[str]) -> Setting:
    if isinstance(setting.data, Mapping):
        return replace(setting, data={name: setting.data[name] for name in names})
    return replace(setting, data=list(names))


def without_against(settings: dict[str, Setting]) -> dict[str, Setting]:
    """A replacement was written against the plain prompt's block, and says nothing of a variant's."""
    if "blocks" not in settings:
        return settings
    blocks = settings["blocks"]
    texts = {
        name: replace(child, data={"text": child.data["text"]}) if child.directive != "unset" else child
        for name, child in blocks.data.items()
    }
    return {**settings, "blocks": replace(blocks, data=texts)}


# What a chain comes to


def allotted(prompts: Mapping[str, Choice], variants: Mapping[str, tuple[str, ...]]) -> dict[str, Choice]:
    """The choices with each variant enabled exactly where it is given keys."""
    made = dict(prompts)
    for plain, names in variants.items():
        if plain not in made:
            continue
        for variant in names:
            name = variant_name(plain, variant)
            choice = made[name]
            enabled = choice.enabled and made[plain].enabled and bool(made[plain].variants.get(variant))
            if enabled != choice.enabled:
                made[name] = replace(choice, enabled=enabled)
    return made


def overdrawn(prompts: Mapping[str, Choice], variants: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Prompts whose variants are given more than all keys, and what is said of each."""
    found = []
    for plain in variants:
        shares = prompts[plain].variants if plain in prompts else {}
        total = sum(map(parts_of, shares.values()))
        if total > parts_of(100):
            each = listed([f"{name} {share:g}" for name, share in sorted(shares.items())])
            found.append((plain, f"the variants of `{plain}` add up to {total / 100:g} %: {each}"))
    return found


def allocations_of(prompts: Mapping[str, Choice], variants: Mapping[str, tuple[str, ...]]) -> list[Allocation]:
    """What a tenant's keys are drawn by, of each of its prompts that gives a variant any."""
    found = []
    for plain, names in variants.items():
        choice = prompts.get(plain)
        if choice is None or not choice.enabled:
            continue
        shares = {name: choice.variants[name] for name in names if prompts[variant_name(plain, name)].enabled}
        if shares:
            found.append(Allocation(plain, shares))
    return found
