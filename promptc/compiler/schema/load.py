"""Load: every file of a project through its reader, into one Project and all findings.

    files by path -> [load] -> Project, findings -> resolve

Never raises for bad input. A file that can't be used is left out and named in `broken`; all others are still read.
Pure: the tree of bytes was read by stores.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from posixpath import basename
from typing import Any

from promptc.compiler.portfolio import inherited, orphan, reserved
from promptc.compiler.project import (
    Case,
    Examples,
    Loaded,
    Model,
    Overlay,
    Project,
    Prompt,
    Rule,
    Settings,
    Template,
    Tool,
    Variable,
)
from promptc.compiler.schema.cases import read_cases
from promptc.compiler.schema.examples import read_examples
from promptc.compiler.schema.few import few, readable
from promptc.compiler.schema.jsons import parse_json
from promptc.compiler.schema.links import (
    asked_variables,
    link_cases,
    link_examples,
    link_expected,
    link_prompt,
    link_reads,
    link_variables,
)
from promptc.compiler.schema.models import read_models
from promptc.compiler.schema.names import is_name, look_alikes
from promptc.compiler.schema.nodes import Node, places_in
from promptc.compiler.schema.prompts import read_prompt, split_front_matter
from promptc.compiler.schema.rules import read_rules
from promptc.compiler.schema.schemas import read_output_schema
from promptc.compiler.schema.suites import read_suite
from promptc.compiler.schema.templates import read_template
from promptc.compiler.schema.tenants import Overlays, read_layers, read_overlays
from promptc.compiler.schema.tools import read_tools
from promptc.compiler.schema.unicode import decode, policy_of
from promptc.compiler.schema.variables import read_variables
from promptc.compiler.schema.yaml import parse_yaml, require_libyaml
from promptc.core.allocation import RESERVED, split_name
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.digest import digest_of
from promptc.core.findings import Finding, Place, gather
from promptc.core.nearest import did_you_mean, listed


@dataclass(slots=True)
class _Sources:
    """What has been read so far, and the files of sources/ that could not be."""

    settings: Settings
    files: frozenset[str]
    variables: dict[str, Variable] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    tools: dict[str, Tool] = field(default_factory=dict)
    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, dict[str, Place]] = field(default_factory=dict)  # of the parts of schemas, by path
    examples: list[Examples] = field(default_factory=list)
    cases: dict[str, tuple[Case, ...]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    prompts: dict[str, Prompt] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    wrong_files: set[str] = field(default_factory=set)
    asked: list[tuple[str, Place]] = field(default_factory=list)  # every `{$vars: NAME}` and where

    def note(self, findings: tuple[Finding, ...], path: str) -> bool:
        """Keep findings of a file; whether it is free of errors."""
        self.findings += few(findings)
        fine = not any(finding.is_error for finding in findings)
        if not fine:
            self.wrong_files.add(path)
        return fine


def load_project(tree: Mapping[str, bytes], settings: Settings) -> Loaded:
    """The project that a tree of files by POSIX path holds, and everything that is wrong with it."""
    sources = _read_sources(tree, settings)
    overlays = read_overlays(tree, settings)
    _owners(sources, overlays.tenants, overlays.broken)
    folders = (settings.sources + "/", settings.tenants + "/")
    return _loaded(sources, overlays, {file: data for file, data in tree.items() if file.startswith(folders)})


def load_sources(
    tree: Mapping[str, bytes],
    settings: Settings,
    *,
    tenants: Mapping[str, Overlay],
    read_text: Callable[[str], bytes | None] | None = None,
) -> Loaded:
    """The same without reading a tenant: sources and layers from the tree, and the mapping of tenants as it is given.

    Of the tenants only names are asked. What is wrong with them isn't said, nor are their files among the digests.
    `read_text` gives the texts that layers read; without it they stand in the tree.
    """
    sources = _read_sources(tree, settings)
    overlays = read_layers(tree, settings, read_text or tree.get)
    _owners(sources, tenants, set())
    folders = (settings.sources + "/", settings.tenants + "/layers/")
    loaded = _loaded(sources, overlays, {file: data for file, data in tree.items() if file.startswith(folders)})
    return replace(loaded, project=replace(loaded.project, tenants=tenants))


def _read_sources(tree: Mapping[str, bytes], settings: Settings) -> _Sources:
    require_libyaml()
    sources = _Sources(settings, frozenset(tree))
    prefix = settings.sources + "/"
    for file in sorted(tree):
        if file.startswith(prefix):
            _read_source(file, file[len(prefix) :], tree[file], sources)
    _link(sources)
    return sources


def _loaded(sources: _Sources, overlays: Overlays, files: Mapping[str, bytes]) -> Loaded:
    project = Project(
        sources.settings, sources.variables, sources.models, sources.tools, tuple(sources.examples), sources.cases,
        sources.prompts, sources.templates, overlays.layers, overlays.tenants,
        digests={file: digest_of(data) for file, data in sorted(files.items())},
        broken=frozenset(sources.broken | overlays.broken), rules=sources.rules,
    )  # fmt: skip
    return Loaded(project, gather(map(readable, (*sources.findings, *overlays.findings))))


def _read_source(file: str, path: str, data: bytes, sources: _Sources) -> None:
    folder, _, _ = path.partition("/")
    if path.endswith(".j2"):
        _read_j2(file, path, data, sources)
    elif path in ("variables.yaml", "models.yaml", "rules.yaml"):
        _read_declarations(file, path, data, sources)
    elif folder in _FOLDERS and "/" in path:
        _read_folder(file, path, data, sources)
    else:
        hint = "sources hold variables.yaml, models.yaml, rules.yaml, prompts, fragments, tools, schemas, examples, cases and suites"
        if path.endswith(".yml"):
            hint = "rename it to end in `.yaml`"
        message = f"nothing reads `{path[:160]}`"
        sources.findings.append(Finding("S015", message, Place(file), "warning", hint=hint))


def _read_j2(file: str, path: str, data: bytes, sources: _Sources) -> None:
    text, findings = decode(data, file)
    is_prompt = path.startswith("prompts/") and path.endswith(".prompt.j2")
    name = basename(path).removesuffix(".prompt.j2")
    fine = sources.note(findings, path)
    if text is not None:
        if is_prompt:
            fine = _read_prompt(name, path, file, text, sources) and fine
        else:
            if _FORGOTTEN.match(path) and split_front_matter(text)[0] is not None and "\nmodel:" in text:
                hint = "rename it to end in `.prompt.j2` if it is a prompt"
                message = "this template begins like a prompt's front matter and isn't named as one"
                sources.findings.append(Finding("S015", message, Place(file, 1, 1), "warning", hint=hint))
            template, findings = read_template(path, file, text, sources.settings)
            sources.templates[path] = template
            fine = sources.note(findings, path) and fine
    if is_prompt and not fine:
        sources.broken.add(f"prompt:{name}")


def _read_prompt(name: str, path: str, file: str, text: str, sources: _Sources) -> bool:
    found: tuple[Finding, ...] = ()
    plain, dot, variant = name.partition(".")
    if not is_name(plain) or (dot and not is_name(variant)):
        hint = "letters, digits, `_` and `-`; a variant is called `PROMPT.VARIANT.prompt.j2`"
        found = (Finding("S010", f"`{name[:80]}` can't name a prompt", Place(file), hint=hint),)
    elif variant in RESERVED:
        found = (reserved(name, Place(file)),)
    prompt, wrong = read_prompt(name, path, file, text, policy=policy_of(sources.settings))
    found += wrong
    if prompt is not None:
        body, wrong = read_template(path, file, prompt.body, sources.settings, line_offset=prompt.body_line)
        sources.templates[path] = body
        found += wrong
        first = sources.prompts.get(name)
        if first is not None:
            message = f"prompt `{name}` is there twice, first in {first.file}"
            hint = "a prompt's name is its file's name, whatever its folder"
            found += (Finding("S011", message, Place(file), hint=hint, related=(("first", first.place),)),)
        else:
            sources.prompts[name] = replace(prompt, body=body.text)
    return sources.note(found, path)


def _read_declarations(file: str, path: str, data: bytes, sources: _Sources) -> None:
    node, findings = parse_yaml(data, file, policy=policy_of(sources.settings))
    fine = sources.note(findings, path)
    if node is not None:
        if path == "variables.yaml":
            sources.variables, findings = read_variables(node, file)
        elif path == "rules.yaml":
            sources.rules, findings = read_rules(node, file)
        else:
            sources.models, findings = read_models(node, file)
        fine = sources.note(findings, path) and fine
    elif fine:
        sources.findings.append(Finding("Y007", "the file declares nothing", Place(file, 1, 1), "warning"))
    if not fine:
        # Overlays that name what such a file declares are not also wrong: resolve says nothing of unknown names then.
        sources.broken.add(path.removesuffix(".yaml"))


def _read_folder(file: str, path: str, data: bytes, sources: _Sources) -> None:
    folder, stem, suffix = path.split("/")[0], basename(path).rpartition(".")[0], path.rpartition(".")[2]
    suffixes = _FOLDERS[folder]
    if folder == "cases" and suffix in ("md", "txt", "json"):
        return  # what an `equals` names
    if suffix not in suffixes:
        hint = f"files of this folder end in {listed(f'.{known}' for known in suffixes)}"
        message = f"nothing reads `{path[:160]}`"
        sources.findings.append(Finding("S015", message, Place(file), "warning", hint=hint))
        return
    node, findings = _parse(data, file, sources.settings)
    fine = sources.note(findings, path)
    if node is None:
        if fine:
            sources.note((Finding("Y007", "the file is empty", Place(file, 1, 1)),), path)
    else:
        _READ[folder](stem, path, file, node, sources)
        if folder in ("tools", "schemas"):
            sources.asked += asked_variables(node, file)
    if path in sources.wrong_files and folder == "cases":
        sources.cases.pop(stem, None)


def _parse(data: bytes, file: str, settings: Settings) -> tuple[Node | None, tuple[Finding, ...]]:
    if not file.endswith(".json"):
        return parse_yaml(data, file, policy=policy_of(settings))
    text, findings = decode(data, file)
    if text is None:
        return None, findings
    node, found = parse_json(text, file, policy=policy_of(settings))
    return node, (*findings, *found)


def _tools(stem: str, path: str, file: str, node: Node, sources: _Sources) -> None:
    tools, findings = read_tools(stem, node, file)
    fine = sources.note(findings, path)
    for tool in tools:
        first = sources.tools.get(tool.name)
        if first is not None:
            related = (("first", first.place),)
            found = Finding(
                "S011", f"tool `{tool.name}` is there twice, first in {first.place}", tool.place, related=related
            )
            sources.note((found,), path)
        else:
            sources.tools[tool.name] = tool
    if not fine:
        sources.wrong_files.add(f"tools/{stem}")


def _schemas(stem: str, path: str, file: str, node: Node, sources: _Sources) -> None:
    schema, findings = read_output_schema(node, file)
    if sources.note(findings, path):
        sources.schemas[path] = schema
        sources.places[path] = dict(places_in(node, file))


def _examples(stem: str, path: str, file: str, node: Node, sources: _Sources) -> None:
    examples, findings = read_examples(stem, node, file)
    if sources.note(findings, path) and examples is not None:
        sources.examples.append(examples)


def _cases(stem: str, path: str, file: str, node: Node, sources: _Sources) -> None:
    cases, findings = read_cases(node, file)
    sources.note(findings, path)
    sources.cases[stem] = (*sources.cases.get(stem, ()), *cases)


def _suites(stem: str, path: str, file: str, node: Node, sources: _Sources) -> None:
    # Nothing that is compiled depends on them: driver/evals reads them when evaluations are planned.
    sources.note(read_suite(stem, node, file)[1], path)


# A template that is no prompt by its place or its name.
_FORGOTTEN = re.compile(r"prompts/|.*\.prompt\.j2\Z")
_READ: Mapping[str, Callable[[str, str, str, Node, _Sources], None]] = {
    "tools": _tools,
    "schemas": _schemas,
    "examples": _examples,
    "cases": _cases,
    "suites": _suites,
}
_FOLDERS: Mapping[str, tuple[str, ...]] = {
    "prompts": ("j2",),
    "fragments": ("j2",),
    "tools": ("yaml", "json"),
    "schemas": ("json",),
    "examples": ("yaml",),
    "cases": ("yaml",),
    "suites": ("yaml",),
}


def _link(sources: _Sources) -> None:
    wrong = frozenset(sources.wrong_files)
    for what, named in (("variable", sources.variables), ("model", sources.models), ("prompt", sources.prompts)):
        sources.findings += look_alikes({name: value.place for name, value in named.items()}, what)
    _link_variants(sources)
    for name, prompt in sources.prompts.items():
        linked, findings = link_prompt(
            prompt, models=sources.models, tools=sources.tools, schemas=sources.schemas, files=wrong
        )
        if linked.output is not None:
            linked = replace(linked, output=replace(linked.output, places=sources.places.get(linked.output.path, {})))
        sources.prompts[name] = linked
        if not sources.note(findings, prompt.path):
            sources.broken.add(f"prompt:{name}")
    sources.findings += link_reads(sources.prompts, sources.broken)
    if "variables.yaml" not in wrong:
        sources.findings += few(link_variables(sources.asked, sources.variables))
    for index, examples in enumerate(sources.examples):
        sources.examples[index], findings = link_examples(examples, sources.prompts)
        sources.findings += few(findings)
    for name, cases in list(sources.cases.items()):
        known = sources.prompts.get(name)
        if f"prompt:{name}" in sources.broken:
            continue
        if known is not None:
            sources.cases[name], findings = link_cases(cases, known)
            sources.findings += few((*findings, *link_expected(cases, sources.files)))
        else:
            file = f"{sources.settings.sources}/cases/{name}.yaml"
            hint = did_you_mean(name, sources.prompts, otherwise=f"prompts are {listed(sources.prompts)}")
            message = f"cases are for the prompt that their file names, and there is no prompt `{name[:80]}`"
            sources.findings.append(Finding("S013", message, Place(file), hint=hint))
    for name in [name for name in sources.prompts if f"prompt:{name}" in sources.broken]:
        del sources.prompts[name]
    for name in sources.prompts:
        if (plain := split_name(name)[0]) in sources.cases:
            # A variant takes the same inputs, so what must hold of the plain prompt's cases must hold of its own.
            sources.cases.setdefault(name, sources.cases[plain])


def _link_variants(sources: _Sources) -> None:
    """Give variants what their front matter leaves out; one whose plain prompt can't be read can't be either."""
    for name in sorted(sources.prompts):
        plain, variant = split_name(name)
        if not variant:
            continue
        prompt = sources.prompts[name]
        if f"prompt:{plain}" in sources.broken:
            sources.broken.add(f"prompt:{name}")
        elif plain not in sources.prompts:
            sources.note((orphan(name, prompt.place, list(sources.prompts)),), prompt.path)
            sources.broken.add(f"prompt:{name}")
        else:
            sources.prompts[name], found = inherited(prompt, sources.prompts[plain])
            if not sources.note(found, prompt.path):
                sources.broken.add(f"prompt:{name}")
    for name in [name for name in sources.prompts if f"prompt:{name}" in sources.broken and "." in name]:
        del sources.prompts[name]


def _owners(sources: _Sources, tenants: Mapping[str, Overlay], broken: set[str]) -> None:
    for examples in sources.examples:
        owner = examples.owner
        if owner != "shared" and owner not in tenants and f"tenant:{owner}" not in broken:
            hint = did_you_mean(owner, ["shared", *tenants], otherwise="`shared`, or a tenant's id")
            sources.findings.append(
                Finding("S002", f"`owner`: there is no tenant `{owner[:80]}`", examples.place, hint=hint)
            )
