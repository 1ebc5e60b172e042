"""Chosen: checks over the targets that a selection names, and the sources that they share.

    SELECT -> selected -> [chosen] -> Outcome

What needs every tenant (what nobody uses, prefixes that are shared) can't be told from a few, and is left out.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from promptc.checks.catalogue import CHECKS
from promptc.compiler.schema.beside import parsing_of
from promptc.core.dataclass import replace
from promptc.core.digest import Digest
from promptc.core.findings import Finding
from promptc.driver.build import BuildRequest, Progress
from promptc.driver.checking.looking import Looker, Unit, of, run
from promptc.driver.checking.outcome import Outcome, Raw
from promptc.driver.checking.own import own_checks
from promptc.driver.checking.settle import settle
from promptc.driver.checking.views import key_of, role_of, sources_of, units_in
from promptc.driver.selected import Selected, run_selected
from promptc.driver.tokens import counter_of


def check_chosen(folder: Path, building: BuildRequest, today: str, on_progress: Progress) -> Outcome:
    """The checks of a selection."""
    chosen = run_selected(folder, building, began=time.monotonic(), on_progress=on_progress)
    settings = chosen.opened.settings
    own, _ = own_checks(folder, settings.checks_file)
    checks = (*CHECKS, *own)
    if chosen.result.exit_code:
        return Outcome(chosen.result, None, own)
    view = sources_of(chosen.compiler, today)
    looker = Looker(checks, view, chosen.compiler, parsing_of(settings, chosen.opened.tree.get))
    looker.counter = counter_of(folder, settings.tokenizer)
    labels: dict[str, dict[str, str]] = {}
    raw = Raw([], [], labels)
    for unit in _units(chosen):
        said = looker.unit(unit)
        if unit.role == "signups" and said.tenant not in chosen.work.tenants:
            continue
        raw.found += [(finding, said.tenant) for finding in (*said.texts, *said.tenants)]
        raw.allowances += said.allowances
        labels[said.tenant] = said.labels
    raw.found += [(finding, "") for finding in run(of(checks, "project"), view)]
    raw.found += [(finding, "") for finding in _artifacts(chosen, looker)]
    return Outcome(chosen.result, settle(raw, chosen.result, settings, today, is_whole=False), own)


def _units(chosen: Selected) -> Iterator[Unit]:
    """The sources' and layers' files, and the overlays of the chosen tenants."""
    opened = chosen.opened
    own = {opened.project.tenants[name].place.file for name in chosen.work.tenants}
    for file in opened.tree:
        role = role_of(file, opened.settings)
        if role is None or (role in ("tenant", "signups", "beside") and file not in own and not _stands_beside(file, own)):
            continue
        for line, data in units_in(file, opened.tree[file], role):
            yield Unit(file, line, data, role, key_of(data))


def _stands_beside(file: str, own: set[str]) -> bool:
    return not file.endswith((".yaml", ".yml", ".jsonl")) and any(file.rpartition("/")[0] == o.rpartition("/")[0] for o in own)


def _artifacts(chosen: Selected, looker: Looker) -> Iterator[Finding]:
    targets: dict[Digest, list[str]] = {}
    for tenant, prompts in chosen.work.digests.items():
        for prompt, digest in prompts.items():
            targets.setdefault(digest, []).append(f"{tenant}/{prompt}")
    for digest, names in targets.items():
        for finding in looker.artifact(digest, chosen.work.artifacts[digest]).findings:
            yield replace(finding, targets=tuple(sorted(names)))
