"""Schema: the JSON Schemas by name, and those that `build` keeps current under .promptc/schemas/ for editors.

Opened -> [schema] -> .promptc/schemas/*.json, `promptc schema NAME`
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptc.compiler.project import Project
from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.core.visible import shortened
from promptc.driver.nearest import did_you_mean
from promptc.driver.project import Opened, open_project
from promptc.driver.schemas import costs, documents, overlays, releases, reviews, sources

if TYPE_CHECKING:
    from promptc.compiler.compile import Compiler

FOLDER = ".promptc"
_IGNORE = b"# Made by promptc; git keeps nothing of it.\n*\n"
Blocks = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Described:
    """A schema that can be asked for: what it describes, and whether it is made from this project's own names."""

    name: str
    about: str
    is_own: bool = False
    # What of a project it describes, for editors; empty for documents that nobody edits.
    files: tuple[str, ...] = ()


SCHEMAS: tuple[Described, ...] = (
    Described("tenant", "this project's tenants", is_own=True, files=("{tenants}/**/*.yaml", "!{tenants}/layers/**")),
    Described("layer", "this project's layers", is_own=True, files=("{tenants}/layers/**/*.yaml",)),
    Described("variables", "variables.yaml", files=("{sources}/variables.yaml",)),
    Described("models", "models.yaml", files=("{sources}/models.yaml",)),
    Described("rules", "rules.yaml", files=("{sources}/rules.yaml",)),
    Described("prompt", "the front matter of a prompt"),
    Described("variant", "the front matter of a prompt's variant"),
    Described("tool", "a tool", files=("{sources}/tools/**/*.yaml",)),
    Described("examples", "a set of examples", files=("{sources}/examples/**/*.yaml",)),
    Described("cases", "cases of a prompt", files=("{sources}/cases/**/*.yaml",)),
    Described("suites", "an evaluation's suite", files=("{sources}/suites/**/*.yaml",)),
    Described("evidence", "promptc.evidence/1, what an evaluation said"),
    Described("markers", "promptc.markers/1, whose each marker is"),
    Described("settings", "promptc.toml, and [tool.promptc]"),
    Described("artifact", "promptc.artifact/1, a compiled prompt"),
    Described("root", "promptc.root/1, the root of a manifest"),
    Described("tree", "promptc.tree/1, a node of a manifest"),
    Described("targets", "promptc.tenant/1, one tenant's targets"),
    Described("record", "promptc.record/2, the build record"),
    Described("entries", "promptc.entries/1, a node of a build record's trees"),
    Described("latest", "promptc.latest/1, the last build"),
    Described("review", "promptc.review/1, what two moments serve differently"),
    Described("allocation", "promptc.allocation/1, shares of a prompt's variants"),
    Described("portfolio", "promptc.portfolio/1, variants beside each other"),
    Described("evals-plan", "promptc.evals-plan/1, what lacks evidence"),
    Described("cost", "promptc.cost/1, what usage costs"),
    Described("conversation", "promptc.conversation/1, what a conversation costs"),
    Described("chains", "promptc.chains/1, what chains cost"),
    Described("registry", "promptc.registry/1, a registry's own file"),
    Described("entry", "promptc.entry/1, a step of a channel"),
    Described("plan", "promptc.plan/1, a promote that was written down"),
    Described("approval", "promptc.approval/1, an approval of a plan"),
    Described("pin", "promptc.pin/1, promptc.lock"),
    Described("channel-settings", "promptc.settings/1, gates and places of a channel"),
    Described("holds", "promptc.holds/1, a node of a channel's holds"),
    Described("revocations", "promptc.revocations/1, a node of a registry's revocations"),
    Described("rollback", "promptc.rollback/1, a rollback manifest"),
    Described("moves", "promptc.moves/1, a node of its moves"),
    Described("suspects", "promptc.suspects/1, a node of its suspects"),
    Described("step", "promptc.step/1, how far a step of it has come"),
    Described("tombstone", "promptc.tombstone/1, what stands for a blob that was taken out"),
    Described("forgetting", "promptc.forgetting/1, the report of `promptc forget`"),
)

_GENERAL: dict[str, Callable[[], dict[str, Any]]] = {
    "variables": sources.variables_schema,
    "models": sources.models_schema,
    "rules": sources.rules_schema,
    "prompt": sources.prompt_schema,
    "variant": sources.variant_schema,
    "tool": sources.tool_schema,
    "examples": sources.examples_schema,
    "cases": sources.cases_schema,
    "suites": sources.suites_schema,
    "evidence": documents.evidence_schema,
    "markers": documents.markers_schema,
    "settings": sources.settings_schema,
    "artifact": documents.artifact_schema,
    "root": documents.root_schema,
    "tree": documents.tree_schema,
    "targets": documents.targets_schema,
    "record": documents.record_schema,
    "entries": documents.entries_schema,
    "latest": documents.latest_schema,
    "review": reviews.review_schema,
    "allocation": costs.allocation_schema,
    "portfolio": costs.portfolio_schema,
    "evals-plan": costs.evals_plan_schema,
    "cost": costs.cost_schema,
    "conversation": costs.conversation_schema,
    "chains": costs.chains_schema,
    "registry": releases.registry_schema,
    "entry": releases.entry_schema,
    "plan": releases.plan_schema,
    "approval": releases.approval_schema,
    "pin": releases.pin_schema,
    "channel-settings": releases.channel_settings_schema,
    "holds": releases.holds_schema,
    "revocations": releases.revocations_schema,
    "rollback": releases.rollback_schema,
    "moves": releases.moves_schema,
    "suspects": releases.suspects_schema,
    "step": releases.step_schema,
    "tombstone": releases.tombstone_schema,
    "forgetting": releases.forgetting_schema,
}


def schema(name: str, start: str) -> dict[str, Any]:
    """One schema; the project is opened only for those that are its own."""
    if name in _GENERAL:
        return _GENERAL[name]()
    if name not in {described.name for described in SCHEMAS}:
        known = [described.name for described in SCHEMAS]
        hint = did_you_mean(name, known) or "`promptc schema` lists them"
        raise PromptcError("C017", f"unknown schema `{shortened(name)}`", hint=hint)
    return _own_schemas(open_project(start).project)[name]


def write(start: str) -> tuple[Path, tuple[str, ...]]:
    """Write the editor's schemas of the project around `start`; their folder and those that changed."""
    opened = open_project(start)
    return opened.folder / FOLDER / "schemas", write_schemas(opened)


def write_schemas(opened: Opened, compiler: Compiler | None = None) -> tuple[str, ...]:
    """Write the editor's schemas under .promptc/schemas/; the names of files that changed. The rest isn't touched."""
    from promptc.stores.write import write_file

    folder = opened.folder / FOLDER
    made = _own_schemas(opened.project, compiler)
    made |= {
        described.name: _GENERAL[described.name]() for described in SCHEMAS if described.files and not described.is_own
    }
    changed = []
    for name, content in sorted(made.items()):
        path = folder / "schemas" / f"{name}.json"
        data = (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
        if not _holds(path, data):
            write_file(path, data)
            changed.append(path.name)
    if not (folder / ".gitignore").exists():
        write_file(folder / ".gitignore", _IGNORE)
    return tuple(changed)


def editor_globs(settings_sources: str, settings_tenants: str) -> dict[str, list[str]]:
    """Which files each schema is for, as yaml-language-server's `yaml.schemas` takes it."""
    names = {"sources": settings_sources, "tenants": settings_tenants}
    return {
        f"{FOLDER}/schemas/{described.name}.json": [glob.format(**names) for glob in described.files]
        for described in SCHEMAS
        if described.files
    }


def _own_schemas(project: Project, compiler: Compiler | None = None) -> dict[str, dict[str, Any]]:
    blocks = _blocks_of(project, compiler)
    return {
        "tenant": overlays.overlay_schema(project, blocks, level="tenant"),
        "layer": overlays.overlay_schema(project, blocks, level="layer"),
    }


def _blocks_of(project: Project, compiler: Compiler | None) -> Blocks:
    """The blocks of each prompt. A prompt whose templates are wrong has those that it declares as overridable."""
    from promptc.compiler.compile import Compiler as Compiling

    if compiler is None:
        compiler = Compiling(project)
    made: Blocks = {}
    for name, prompt in project.prompts.items():
        try:
            made[name] = tuple(compiler.blocks(name))
        except PromptcError:
            made[name] = tuple(prompt.overridable.blocks)
    return made


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.is_file() and path.read_bytes() == data
    except OSError:
        return False
