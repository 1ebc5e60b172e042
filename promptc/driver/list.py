"""List: the targets of a selection as rows, with what people look for them by.

SELECT -> targets -> [list] -> rows
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.errors import Exit
from promptc.core.findings import Finding
from promptc.driver.build import exit_code_of
from promptc.driver.project import open_lazily, open_project
from promptc.driver.selection import parse_selection
from promptc.driver.targets import Progress, compile_selected, quiet


@dataclass(frozen=True, slots=True)
class Row:
    """One target. `owner` is the prompt's, or the tenant's label where the prompt names none; `size` in bytes."""

    tenant: str
    prompt: str
    labels: Mapping[str, str]
    owner: str
    model: str
    size: int
    digest: Digest | None


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows by tenant and prompt; those that don't compile have no digest and stand among them."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    not_compiled: tuple[str, ...]

    @property
    def exit_code(self) -> Exit:
        """As a check's."""
        return exit_code_of(self.findings, incomplete=bool(self.not_compiled))


def list_targets(start: str, select: Sequence[str], exclude: Sequence[str], *, on_progress: Progress = quiet) -> Listed:
    """Compile what is selected and list it."""
    selection = parse_selection(select, exclude)
    opened = open_project(start) if selection.is_everything else open_lazily(start)
    work = compile_selected(opened, selection, on_progress=on_progress)
    rows = []
    for tenant, digests in work.digests.items():
        labels = work.tenants[tenant].labels
        for prompt, digest in digests.items():
            data = work.artifacts[digest]
            model = json.loads(data)["model"]
            owner = opened.project.prompts[prompt].owner or labels.get("owner", "")
            # Without models.yaml, which is an error of its own, a target has no model and is listed all the same.
            name = f"{model['provider']}/{model['name']}" if model else ""
            rows.append(Row(tenant, prompt, labels, owner, name, len(data), digest))
    for target in work.not_compiled:
        tenant, _, prompt = target.partition("/")
        found = work.tenants.get(tenant)
        rows.append(Row(tenant, prompt, found.labels if found else {}, "", "", 0, None))
    return Listed(tuple(sorted(rows, key=lambda r: (r.tenant, r.prompt))), work.findings, work.not_compiled)
