"""Everything: all checks over a whole project, from the last answer, or from what changed since.

    Look -> whole -> units, artifacts, sources, corpus -> [everything] -> Outcome, remembered
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from promptc.checks.allowances import Allowance
from promptc.checks.catalogue import CHECKS
from promptc.checks.check import Check, Corpus, Role, Sources
from promptc.checks.facts import Fact
from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.findings import Finding, packed, unpacked
from promptc.core.manifest import compare, walk
from promptc.core.weight import estimated
from promptc.driver.build import BuildRequest, BuildResult, Progress, unchanged
from promptc.driver.checking import remembered
from promptc.driver.checking.growth import base_of, grown
from promptc.driver.checking.looking import ArtifactLooking, Looker, Said, Unit, UnitLooking, chunks, of, run
from promptc.driver.checking.own import own_checks
from promptc.driver.checking.remembered import Labels, Memory, Row, Table, digest_of_parts, row_of, said_in
from promptc.driver.checking.run import Outcome, Raw, settle
from promptc.driver.checking.samples import Sampling, sampled
from promptc.driver.checking.settling import Settled
from promptc.driver.checking.views import key_of, prompt_key, role_of, sources_of, units_in
from promptc.driver.look import Look, cache_folder, complete, look
from promptc.driver.project import read_settings_of
from promptc.driver.tokens import counter_of
from promptc.engine import toolchain, workers
from promptc.engine.states import UNREAD

PARALLEL_MIN = 160
# By digest: what is said of an artifact, and the targets that are it.
Flagged = dict[str, tuple[tuple[Finding, ...], list[str]]]


def check_everything(folder: Path, building: BuildRequest, today: str, on_progress: Progress) -> Outcome:
    """All checks over all of a project."""
    began = time.monotonic()
    seen = look(folder)
    result = unchanged(seen, building, began)
    settings, _ = read_settings_of(folder)
    own, state = own_checks(folder, settings.checks_file)
    checks = (*CHECKS, *own)
    grows = base_of(folder, settings)
    base = digest_of_parts([toolchain.identity(), state, [(c.code, c.version, c.severity) for c in checks]])
    served = f"{grows.root} {grows.percent}" if grows is not None else ""
    if result is not None and not result.exit_code:
        complete(seen)
        again = _answered(remembered.load_answer(cache_folder(folder)), _answer_key(seen, base, f"{today} {served}"))
        if again is not None:
            return Outcome(result, again, checks)
    memory = remembered.load(cache_folder(folder))
    return _run(seen, building, result, _Given(folder, checks, memory, base, today, served, on_progress, began, grows))


class _Given:
    """What a run is given."""

    def __init__(
        self, folder: Path, checks: tuple[Check, ...], memory: Memory, base: str, *more: Any
    ) -> None:
        self.folder, self.checks, self.memory, self.base = folder, checks, memory, base
        self.today, self.served, self.on_progress, self.began, self.grows = more


def _run(seen: Look, building: BuildRequest, result: BuildResult | None, given: _Given) -> Outcome:
    from promptc.driver.published import opened_whole, run_whole

    with opened_whole(seen, building, given.on_progress) as whole:
        complete(seen)
        sources = whole.sources
        settings = sources.settings
        view = sources_of(sources.compiler, given.today)
        looker = Looker(given.checks, view, sources.compiler, sources.parsing)
        looker.counter = counter_of(given.folder, settings.tokenizer)
        whole.inspect = looker.artifact
        if result is None:
            result = run_whole(whole, building, given.began)
        if result.exit_code or result.root is None:
            return Outcome(result, None, given.checks)
        pass_ = _Pass(whole, given, looker, result)
        raw = pass_.raw()
        done = settle(raw, result, settings, given.today, is_whole=True)
        pass_.keep(done)
        return Outcome(result, done, given.checks)


class _Pass:
    """One run of the checks, after the build."""

    def __init__(self, whole: Any, given: _Given, looker: Looker, result: BuildResult) -> None:
        self.whole, self.given, self.looker, self.result = whole, given, looker, result
        self.seen: Look = whole.seen
        self.settings = whole.sources.settings
        self.view: Sources = looker.sources
        self.before = given.memory
        self.after = Memory()

    def raw(self) -> Raw:
        """What all checks say."""
        raw = Raw([], [], {})
        self.after.keys = self._keys()
        self._units()
        facts: Counter[int] = Counter()
        labels: dict[str, int] = {}
        for _, rows in self.after.files.values():
            for row in rows:
                if row[2]:
                    facts[row[3]] += 1
                    labels[row[2]] = row[4]
                if len(row) > 5:
                    found, allowances = said_in(row)
                    raw.found += [(finding, row[2]) for finding in found]
                    raw.allowances += allowances
        raw.labels = Labels(labels, self.after.table)
        raw.found += [(finding, "") for finding in self._artifacts()]
        raw.found += [(finding, "") for finding in (*self._samples(raw), *self._grown())]
        raw.found += [(finding, "") for finding in run(of(self.given.checks, "project"), self.view)]
        raw.found += [(finding, "") for finding in run(of(self.given.checks, "corpus"), self._corpus(facts))]
        return raw

    def _corpus(self, sets: Counter[int]) -> Corpus:
        facts: Counter[Fact] = Counter()
        for number, count in sets.items():
            for fact in self.after.table.facts(number):
                facts[fact] += count
        return Corpus(self.view, sum(sets.values()), facts)

    def _keys(self) -> dict[str, str]:
        """What each part of what is remembered depends on."""
        given, settings = self.given, self.settings
        shared = {file: self._digest(file) for file, role in self._roles.items() if role not in ("tenant", "signups")}
        tokens = [settings.tokenizer, self._digest(settings.tokenizer) if settings.tokenizer else ""]
        prompts = sorted(map(prompt_key, self.view.project.prompts.values()))
        return {
            "texts": given.base,
            "tenants": digest_of_parts([given.base, sorted(shared.items()), settings.base]),
            "artifacts": digest_of_parts([given.base, prompts, tokens]),
        }

    @cached_property
    def _roles(self) -> dict[str, Role]:
        """The files that are looked at, with their roles."""
        assert self.seen.listing is not None
        roles = ((file, role_of(file, self.settings)) for file in self.seen.listing.files)
        return {file: role for file, role in roles if role is not None}

    def _digest(self, file: str) -> str:
        known = self.seen.digests.get(file)
        if known is not None and known[1] != UNREAD:
            return known[1].hex()
        data = self.whole.read(file)
        return "" if data is None else key_of(data)

    # Units

    def _units(self) -> None:
        """What is said of every unit: what is remembered, and what is looked at now."""
        due: list[Unit] = []
        slots: list[tuple[list[Row], int]] = []
        table = self.after.table = self.before.table
        for file, role in self._roles.items():
            digest = self._digest(file)
            kept = self._remembered(file, role)
            if kept is not None and kept[0] == digest:
                self.after.files[file] = kept
                continue
            rows: list[Row] = []
            self.after.files[file] = digest, rows
            by_key = {row[1]: row for row in kept[1] if len(row) == 5} if kept is not None and role == "signups" else {}
            for line, data in units_in(file, self.whole.read(file) or b"", role):
                key = key_of(data)
                known = by_key.get(key)
                rows.append([line, *known[1:]] if known is not None else [])
                if known is None:
                    slots.append((rows, len(rows) - 1))
                    due.append(Unit(file, line, data, role, key))
        for (rows, number), unit, said in zip(slots, due, self._looked_at(due), strict=True):
            rows[number] = row_of(unit.line, unit.key, said, table)
        self._tidy(sum(len(rows) for _, rows in self.after.files.values()))

    def _tidy(self, rows: int) -> None:
        """Leave out of the table what no row names any more, now and then."""
        old = self.after.table
        if len(old.texts) > 4 * rows + 1000:
            self.after.table = new = Table()
            for _, kept in self.after.files.values():
                for row in kept:
                    row[3], row[4] = new.number(old.value(row[3])), new.number(old.value(row[4]))

    def _remembered(self, file: str, role: str) -> tuple[str, list[Row]] | None:
        part = "tenants" if role in ("tenant", "signups") else "texts"
        if self.before.keys.get(part) != self.after.keys[part]:
            return None
        return self.before.files.get(file)

    def _looked_at(self, due: list[Unit]) -> list[Said]:
        results: dict[int, list[Said]] = {}
        self._parallel(len(due), partial(UnitLooking, self.looker, due), results)
        return [said for index in sorted(results) for said in results[index]]

    def _parallel(self, count: int, start: Any, results: dict[int, Any]) -> None:
        jobs = self.whole.jobs if count >= PARALLEL_MIN else 1
        if jobs > 1:
            self.whole.database.close()  # a connection must not cross a fork
        workers.run(chunks(count), start, jobs=jobs, on_result=results.__setitem__)

    # Artifacts

    def _artifacts(self) -> list[Finding]:
        """What is said of artifacts, each finding with the targets that it is seen in.

        A check publishes nothing, so that the nodes of its root are gone with it. What is kept is therefore what was said of
        a root that was built, and what changed since is held against that one.
        """
        root = self.result.root
        assert root is not None
        built = self._built()
        start, flagged = self._start(root, built)
        now = flagged if start == root else self._changed(start, flagged, root)
        if now is None:
            start, flagged = (built, self._all(built)) if built is not None else (root, self._all(root))
            now = flagged if start == root else self._changed(start, flagged, root)
        assert now is not None
        self.after.root, self.after.flagged = (root, now) if root == built else (start, flagged)
        return [_seen_in(finding, targets) for found, targets in now.values() for finding in found]

    def _built(self) -> Digest | None:
        latest = self.seen.store.latest()
        return None if latest is None else latest.root

    def _start(self, root: Digest, built: Digest | None) -> tuple[Digest, Flagged]:
        """A root whose artifacts were looked at, by these checks."""
        if self.before.root and self.before.keys.get("artifacts") == self.after.keys["artifacts"]:
            return Digest(self.before.root), self.before.flagged
        start = root if built is None else built
        return start, self._all(start)

    def _changed(self, start: Digest, before: Flagged, root: Digest) -> Flagged | None:
        """What is said after the changes since another root; None where its nodes are gone."""
        try:
            changes = compare(self.whole.get, start, root)
        except PromptcError:
            return None
        flagged = {digest: (found, set(targets)) for digest, (found, targets) in before.items()}
        for change in changes:
            if change.before in flagged:
                flagged[change.before][1].discard(f"{change.tenant}/{change.prompt}")
        gained = {change.after for change in changes if change.after is not None and change.after not in flagged}
        said = self._inspected(sorted(gained))
        for change in changes:
            found = said.get(change.after or Digest(""), ())
            if change.after is not None and (found or change.after in flagged):
                flagged.setdefault(change.after, (found, set()))[1].add(f"{change.tenant}/{change.prompt}")
        return {digest: (found, sorted(targets)) for digest, (found, targets) in flagged.items() if targets}

    def _all(self, root: Digest) -> Flagged:
        targets: dict[Digest, list[str]] = {}
        for tenant, prompt, digest in walk(self.whole.get, root):
            targets.setdefault(digest, []).append(f"{tenant}/{prompt}")
        said = self._inspected(sorted(targets))
        return {digest: (found, targets[digest]) for digest, found in said.items() if found}

    def _inspected(self, digests: list[Digest]) -> dict[Digest, tuple[Finding, ...]]:
        made: dict[Digest, tuple[Finding, ...]] = self.whole.gathered.inspected
        due = [digest for digest in digests if digest not in made]
        results: dict[int, list[tuple[Finding, ...]]] = {}
        get = self.seen.store.get
        self._parallel(len(due), partial(ArtifactLooking, self.looker, due, get), results)
        found = [one for index in sorted(results) for one in results[index]]
        return {digest: made[digest] for digest in digests if digest in made} | dict(zip(due, found, strict=True))

    def _samples(self, raw: Raw) -> list[Finding]:
        """What is said of each prompt over some tenants: remembered where their artifacts are the same."""
        root = self.result.root
        assert root is not None
        made: list[Finding] = []
        for prompt, digests in sampled(self.whole.get, root).items():
            labels = {tenant: dict(raw.labels.get(tenant, {})) for tenant in digests}
            keys = [self.after.keys["artifacts"], self.after.keys["tenants"]]
            key = digest_of_parts([*keys, sorted(digests.items()), sorted(labels.items())])
            known = self.before.samples.get(prompt)
            if known is None or known[0] != key:
                sampling = Sampling(self.whole.sources.compiler, self.whole.get, self.looker)
                known = key, tuple(sampling.look(prompt, digests, labels))
            self.after.samples[prompt] = known
            made += known[1]
        return made

    def _grown(self) -> list[Finding]:
        base, root = self.given.grows, self.result.root
        if base is None or root is None:
            return []
        return grown(base, root, self.whole.get, self.view.project, self.looker.counter or estimated)

    def keep(self, done: Settled) -> None:
        """Remember what was said, and the answer where the build is the last one's."""
        key = _answer_key(self.seen, self.given.base, f"{self.given.today} {self.given.served}")
        folder = cache_folder(self.given.folder)
        remembered.keep_answer(folder, {"key": key, **_answer(done)})
        remembered.keep(folder, self.after)


def _seen_in(finding: Finding, targets: list[str]) -> Finding:
    from dataclasses import replace

    return replace(finding, targets=tuple(targets))


def _answer_key(seen: Look, base: str, today: str) -> str:
    """What a whole answer depends on: every file, the checks, the day."""
    files = sorted((path, known[1]) for path, known in seen.digests.items())
    return digest_of_parts([base, today, files])


def _answer(done: Settled) -> dict[str, Any]:
    allowed = [[packed(finding), remembered.packed_allowance(allowance)] for finding, allowance in done.suppressed]
    return {"findings": [packed(finding) for finding in done.findings], "suppressed": allowed, "off": done.off}


def _answered(answer: Mapping[str, Any], key: str) -> Settled | None:
    if answer.get("key") != key:
        return None
    try:
        suppressed: list[tuple[Finding, Allowance]] = [
            (unpacked(finding), remembered.unpacked_allowance(allowance)) for finding, allowance in answer["suppressed"]
        ]
        return Settled(tuple(map(unpacked, answer["findings"])), tuple(suppressed), int(answer["off"]))
    except (KeyError, TypeError, ValueError):
        return None
