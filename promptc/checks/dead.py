"""Dead: what nobody uses, what changes nothing, and branches that nobody takes.

    Sources, Seats, facts of all tenants -> [dead] -> findings at the declaration or the setting

Pure. What is used is what a template, a tool, a schema or an overlay names; a template that may read any variable uses all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from promptc.checks import equal
from promptc.checks.check import Check, Corpus, Seat, Sources
from promptc.checks.conditions import branches_of
from promptc.checks.overlay_texts import texts_of
from promptc.core.findings import Finding, Place
from promptc.core.pattern import Pattern

TENANTS_MIN = 2  # of one tenant alone, all is what every tenant does
_REFERENCE = Pattern(r"(?<!\$)\$\{(\w+)")
_STAND_IN = Pattern(r"\.[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*(?=\.j2$)")


def unused_variables(corpus: Corpus) -> Iterator[Finding]:
    """W401."""
    sources = corpus.sources
    if sources.asks_for_all:
        return
    used = read_anywhere(sources) | {fact[1] for fact in corpus.facts if fact[0] == "mentions"}
    for name, variable in sources.project.variables.items():
        if name not in used:
            hint = "remove it, and where overlays set it"
            yield Finding("W401", f"no prompt, tool or schema reads `{name}`", variable.place, "warning", hint)


def read_anywhere(sources: Sources) -> set[str]:
    """The variables that templates, tools, schemas and layers name."""
    used = {name for reads in sources.reads.values() for name in reads} | _beside_templates(sources)
    for variable in sources.project.variables.values():
        used.update(_REFERENCE.findall(variable.default) if isinstance(variable.default, str) else ())
    return used


def _asked(data: Any) -> Iterator[str]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key == "$vars" and isinstance(value, str):
                yield value.partition(".")[0]
            else:
                yield from _asked(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _asked(value)


def unused_fragments(sources: Sources) -> Iterator[Finding]:
    """W402."""
    used = {path for paths in sources.closures.values() for path in paths}
    for path, template in sources.project.templates.items():
        stem = _STAND_IN.sub("", path)
        if path not in used and stem not in used and not path.endswith(".prompt.j2"):
            yield Finding("W402", "no prompt reaches this template", Place(template.file, 1), "warning", "remove it, or include it")


def unused_tools(corpus: Corpus) -> Iterator[Finding]:
    """W403."""
    project = corpus.sources.project
    used = {fact[1] for fact in corpus.facts if fact[0] == "tool"}
    used |= {tool for prompt in project.prompts.values() for tool in (*prompt.tools, *prompt.optional_tools)}
    for name, tool in project.tools.items():
        if name not in used:
            yield Finding("W403", f"no prompt gives the tool `{name}`", tool.place, "warning", "remove it, or add it to a prompt")


def unused_examples(sources: Sources) -> Iterator[Finding]:
    """W404."""
    shown = {name for names in sources.example_sets.values() for name in names}
    for examples in sources.project.examples:
        if examples.name not in shown:
            hint = f'write `{{% examples "{examples.name}" %}}` into a prompt, or remove the file'
            yield Finding("W404", f"no prompt shows the examples `{examples.name}`", examples.place, "warning", hint)


def unused_layers(corpus: Corpus) -> Iterator[Finding]:
    """W405."""
    used = {fact[1] for fact in corpus.facts if fact[0] == "layer"}
    for name, layer in corpus.sources.project.layers.items():
        if name not in used and corpus.tenants:
            yield Finding("W405", f"no tenant's chain has the layer `{name}`", layer.place, "warning", "remove it, or extend it")


def unread_variables(seat: Seat) -> Iterator[Finding]:
    """W407."""
    sources = seat.sources
    enabled = [name for name, choice in seat.tenant.prompts.items() if choice.enabled and name in sources.reads]
    if sources.asks_for_all.intersection(enabled) or not enabled:
        return
    read = {variable for name in enabled for variable in sources.reads[name]}
    mentioned = {name for text, _ in seat.texts for name in _REFERENCE.findall(text)}
    everywhere = read_anywhere_kept(sources)
    somewhere = everywhere["all"]
    for name, setting in seat.overlay.variables.items():
        if name not in read and name not in mentioned and name not in everywhere["others"] and name in somewhere:
            message = f"no prompt of this tenant reads `{name}`, which it sets"
            yield Finding("W407", message, setting.place, "warning", "remove it, or enable the prompt that reads it")


def read_anywhere_kept(sources: Sources) -> dict[str, set[str]]:
    """What is read at all, and what is read by others than templates; worked out once for all tenants."""
    if "read anywhere" not in sources.kept:
        sources.kept["read anywhere"] = {"all": read_anywhere(sources), "others": _beside_templates(sources)}
    found: dict[str, set[str]] = sources.kept["read anywhere"]
    return found


def _beside_templates(sources: Sources) -> set[str]:
    used: set[str] = set()
    for tool in sources.project.tools.values():
        used.update(_asked(tool.input))
    for prompt in sources.project.prompts.values():
        used.update(_asked(prompt.output.schema) if prompt.output is not None else ())
    for layer in sources.project.layers.values():
        used.update(name for text, _ in texts_of(layer) for name in _REFERENCE.findall(text))
    return used


def untaken_branches(corpus: Corpus) -> Iterator[Finding]:
    """W408."""
    if corpus.tenants < TENANTS_MIN:
        return
    for branch in branches_of(corpus.sources):
        if not corpus.facts.get(("takes", str(branch.number)), 0):
            yield Finding("W408", "no tenant takes this branch", branch.place, "warning", "remove it, or set what it asks for")


def replaced_everywhere(corpus: Corpus) -> Iterator[Finding]:
    """W409."""
    for prompt, blocks in corpus.sources.blocks.items():
        tenants = corpus.facts.get(("prompt", prompt), 0)
        for block, place in blocks.items():
            if tenants >= TENANTS_MIN and corpus.facts.get(("replaces", prompt, block), 0) == tenants:
                message = f"all {tenants:,} tenants of `{prompt}` replace the block `{block}`: nobody sees its text"
                yield Finding("W409", message, place, "warning", "leave its text empty, or make what they write its text")


CHECKS = (
    Check("W401", "corpus", unused_variables),
    Check("W402", "project", unused_fragments),
    Check("W403", "corpus", unused_tools),
    Check("W404", "project", unused_examples),
    Check("W405", "corpus", unused_layers),
    *equal.CHECKS,
    Check("W407", "tenant", unread_variables),
    Check("W408", "corpus", untaken_branches),
    Check("W409", "corpus", replaced_everywhere),
)
