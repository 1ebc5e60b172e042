"""Chosen: checks over the targets that a selection names, and the sources that they share.

    SELECT -> selected -> [chosen] -> Outcome

What needs every tenant (what nobody uses, prefixes that are shared) can't be told from a few, and is left out. Names are those of
the tenants that are selected: these are held against each other.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from promptc.checks.catalogue import CHECKS
from promptc.checks.check import Check, Corpus
from promptc.checks.facts import Fact
from promptc.checks.names import Name
from promptc.compiler.schema.beside import parsing_of
from promptc.driver.build import BuildRequest, Progress
from promptc.driver.checking.looking import Looker, Unit, of, run
from promptc.driver.checking.outcome import Outcome, Raw
from promptc.driver.checking.own import own_checks
from promptc.driver.checking.settle import settle
from promptc.driver.checking.views import key_of, role_of, sources_of, units_in
from promptc.driver.checking.worked import Worked
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
    names: list[Name] = []
    overlays: dict[str, tuple[str, int, bytes]] = {}
    facts: Counter[Fact] = Counter()
    for unit in _units(chosen):
        said = looker.unit(unit)
        if unit.role == "signups" and said.tenant not in chosen.work.tenants:
            continue
        raw.found += [(finding, said.tenant) for finding in (*said.texts, *said.tenants)]
        raw.allowances += said.allowances
        labels[said.tenant] = said.labels
        facts.update(said.facts)
        if said.tenant:
            names += said.names
            overlays[said.tenant] = unit.file, unit.line, unit.data
    worked = Worked(looker, chosen.work)
    asking = worked.asking(labels, overlays)
    known, accounts = asking.everybody(chosen.work.digests, names)
    corpus = Corpus(view, len(chosen.work.tenants), facts, chosen.work.tenants)
    of_all = (
        *run(of(checks, "project"), view), *worked.findings(), *run(_of_some(checks, "corpus"), corpus),
        *run(_of_some(checks, "estate"), asking.estate(accounts, known)),
    )  # fmt: skip
    raw.found += [(finding, "") for finding in of_all]
    return Outcome(chosen.result, settle(raw, chosen.result, settings, today, is_whole=False), own)


def _of_some(checks: Iterable[Check], looks: str) -> tuple[Check, ...]:
    return tuple(check for check in of(checks, looks) if check.of_some)


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
