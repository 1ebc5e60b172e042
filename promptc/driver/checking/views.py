"""Views: what each kind of check is given, made from a project that was read.

    Compiler, tree -> [views] -> Sources, Text, Seat, Compiled
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from promptc.checks.check import Compiled, Role, Seat, Sources, Text
from promptc.checks.overlay_texts import texts_of
from promptc.core.weight import estimated

if TYPE_CHECKING:
    from promptc.compiler.compile import Compiler
    from promptc.compiler.project import Overlay, Project, Prompt, Settings, Tenant
    from promptc.driver.tokens import Counter


def sources_of(compiler: Compiler, today: str, files: Collection[str] = ()) -> Sources:
    """The sources as checks see them. `files` are those of the project, where they tell how many tenants there are."""
    templates = compiler.templates
    prompts = [name for name in compiler.project.prompts if name in templates.closures]
    closures = {name: templates.closures[name].templates for name in prompts}
    facts = {path: templates.facts_of(path) for path in compiler.project.templates}
    greedy = {name for name in prompts if any(facts[path].asks_for_all for path in closures[name] if path in facts)}
    shown = {
        name: frozenset(one for path in closures[name] if path in facts for one, _ in facts[path].examples) for name in prompts
    }
    return Sources(
        compiler.project, closures, {name: templates.reads(name) for name in prompts},
        {name: compiler.blocks(name) for name in prompts}, frozenset(greedy), shown, today,
        _is_alone(compiler.project, files),
    )  # fmt: skip


def _is_alone(project: Project, files: Collection[str]) -> bool:
    own = (file for file in files if role_of(file, project.settings) == "tenant")
    # Two files are two tenants; of anything less the project itself is asked.
    return sum(1 for _ in islice(own, 2)) < 2 and len(project.tenants) < 2


def role_of(file: str, settings: Settings) -> Role | None:
    """What kind of text a file of the project is; None for one that holds no text of sources."""
    if file.startswith(f"{settings.sources}/examples/"):
        return "examples"
    if file.startswith(f"{settings.sources}/"):
        return "template" if file.endswith(".j2") else "declaration"
    prefix = f"{settings.tenants}/"
    if not file.startswith(prefix):
        return None
    if file.startswith(f"{prefix}layers/"):
        return "layer" if file.endswith((".yaml", ".yml")) else "beside"
    if file.endswith(".jsonl"):
        return "signups"
    return "tenant" if file.endswith((".yaml", ".yml")) else "beside"


def text_of(file: str, data: bytes, role: Role) -> Text:
    """A file's text as checks see it. What isn't UTF-8 has a finding of its own (U002)."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    return Text(file, text, role)


def seat_of(sources: Sources, compiler: Compiler, overlay: Overlay, tenant: Tenant) -> Seat:
    """A tenant as checks see it."""
    below, choices = compiler.resolver.below(overlay)
    return Seat(sources, overlay, tenant, below, tuple(texts_of(overlay)), choices)


def compiled_of(project: Project, data: bytes, count: Counter | None) -> Compiled | None:
    """An artifact as checks see it; None where its prompt isn't among the sources."""
    document: Mapping[str, Any] = json.loads(data)
    prompt = project.prompts.get(document["prompt"])
    if prompt is None:
        return None
    return Compiled(prompt, document, frozenset(project.tools), count or estimated, is_estimate=count is None)


def units_in(file: str, data: bytes, role: Role) -> Iterator[tuple[int, bytes]]:
    """The units of a file: (0, all of it), or each line of a .jsonl by its number."""
    if role != "signups":
        yield 0, data
        return
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            yield number, line


def key_of(data: bytes) -> str:
    """The key under which what was said of some bytes is kept."""
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def prompt_key(prompt: Prompt) -> str:
    """What findings of artifacts say of their prompt beside the artifact."""
    return repr((prompt.inputs, prompt.name, prompt.place, sorted(prompt.places.items()), prompt.budget_tokens))
