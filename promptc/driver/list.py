"""List: the targets of a selection as rows, with what people look for them by.

SELECT -> targets -> [list] -> rows
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest
from promptc.core.errors import Exit
from promptc.core.findings import Finding
from promptc.core.weight import weight_of
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
    tokens: Tokens | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a target comes to without inputs: its tokens, the prompt's budget and the model's window (0: none), and what it came
    to at the moment it is held against, None where that doesn't serve it.
    """

    count: int
    budget: int
    window: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Counting:
    """Whether tokens are counted, and the moment of a channel that they are held against, "" for none."""

    against: str = ""
    registry: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows by tenant and prompt; those that don't compile have no digest and stand among them."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    not_compiled: tuple[str, ...]
    counted_by: str = ""
    against: str = ""

    @property
    def exit_code(self) -> Exit:
        """As a check's."""
        return exit_code_of(self.findings, incomplete=bool(self.not_compiled))


def list_targets(
    start: str, select: Sequence[str], exclude: Sequence[str], *,
    counting: Counting | None = None, on_progress: Progress = quiet,
) -> Listed:  # fmt: skip
    """Compile what is selected and list it; with `counting`, also how many tokens each comes to."""
    selection = parse_selection(select, exclude)
    opened = open_project(start) if selection.is_everything else open_lazily(start)
    work = compile_selected(opened, selection, on_progress=on_progress)
    scale = _Scale(start, counting) if counting is not None else None
    rows = []
    for tenant, digests in work.digests.items():
        labels = work.tenants[tenant].labels
        for prompt, digest in digests.items():
            data = work.artifacts[digest]
            model = json.loads(data)["model"]
            owner = opened.project.prompts[prompt].owner or labels.get("owner", "")
            # Without models.yaml, which is an error of its own, a target has no model and is listed all the same.
            name = f"{model['provider']}/{model['name']}" if model else ""
            row = Row(tenant, prompt, labels, owner, name, len(data), digest)
            rows.append(replace(row, tokens=scale.tokens(row, data, opened.project.prompts[prompt].budget_tokens)) if scale else row)
    for target in work.not_compiled:
        tenant, _, prompt = target.partition("/")
        found = work.tenants.get(tenant)
        rows.append(Row(tenant, prompt, found.labels if found else {}, "", "", 0, None))
    ordered = tuple(sorted(rows, key=lambda r: (r.tenant, r.prompt)))
    said, against = (scale.counted_by, scale.moment) if scale is not None else ("", "")
    return Listed(ordered, work.findings, work.not_compiled, said, against)


class _Scale:
    """Counts tokens of artifacts, each once, and of what a moment serves."""

    def __init__(self, start: str, counting: Counting) -> None:
        from promptc.driver.cost.served import counting as counter
        from promptc.driver.cost.served import served

        self.count, self.counted_by = counter(start)
        self.served = served(start, counting.against, counting.registry) if counting.against else None
        self.moment = self.served.moment if self.served is not None else ""
        self._known: dict[Digest, int] = {}

    def tokens(self, row: Row, data: bytes, budget: int) -> Tokens:
        assert row.digest is not None
        document = json.loads(data)
        if row.digest not in self._known:
            self._known[row.digest] = weight_of(document, self.count).whole
        before = self.served.find(row.tenant, row.prompt) if self.served is not None else None
        window = int(document["model"].get("window") or 0)
        return Tokens(self._known[row.digest], budget, window, before.weight.whole if before is not None else None)
