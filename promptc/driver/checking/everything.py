"""Everything: all checks over a whole project, doing again only what changed since the last time.

    Begun -> whole -> units, artifacts, samples, sources, corpus -> [everything] -> Outcome, remembered
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from hashlib import sha256
from typing import Any

from promptc.checks.catalogue import CHECKS
from promptc.checks.check import Corpus, Sources
from promptc.checks.shared_texts import depends_on
from promptc.core.digest import Digest
from promptc.core.findings import Finding
from promptc.core.weight import estimated
from promptc.driver.build import Progress
from promptc.driver.checking import remembered
from promptc.driver.checking.accounting import Accounting
from promptc.driver.checking.answered import Begun
from promptc.driver.checking.artifacts import Artifacts
from promptc.driver.checking.looking import Looker, Said, Unit, UnitLooking, chunks, of, run
from promptc.driver.checking.outcome import Outcome, Raw
from promptc.driver.checking.remembered import Damaged, Memory, digest_of_parts
from promptc.driver.checking.samples import Sampling, sampled, stays
from promptc.driver.checking.settle import settle
from promptc.driver.checking.units import Given, Labels, facts_counted, look_at_units, said_of_units
from promptc.driver.checking.views import prompt_key, role_of, sources_of
from promptc.driver.look import cache_folder, complete
from promptc.driver.tokens import counter_of
from promptc.driver.units import remembered_overlay
from promptc.engine import workers
from promptc.engine.states import UNREAD

PARALLEL_MIN = 160


def check_everything(begun: Begun, on_progress: Progress) -> Outcome:
    """All checks over all of a project, whose last answer is none any more."""
    from promptc.driver.published import opened_whole, run_whole

    with opened_whole(begun.seen, begun.building, on_progress) as whole:
        complete(begun.seen)
        sources = whole.sources
        view = sources_of(sources.compiler, begun.today, begun.seen.digests)
        looker = Looker((*CHECKS, *begun.own), view, sources.compiler, sources.parsing)
        looker.counter = counter_of(begun.folder, sources.settings.tokenizer)
        bench = whole.bench()
        looker.remembered = lambda unit: remembered_overlay(bench, unit.file, unit.line, sha256(unit.data).digest())
        whole.inspect = looker.artifact
        result = begun.result or run_whole(whole, begun.building, begun.began)
        if result.exit_code or result.root is None:
            return Outcome(result, None, begun.own)
        folder = cache_folder(begun.folder)
        try:
            over = _Pass(whole, begun, looker, result.root, remembered.load(folder))
            raw = over.raw()
            done = settle(raw, result, sources.settings, begun.today, is_whole=True)
        except Damaged:
            over = _Pass(whole, begun, looker, result.root, Memory(folder))
            raw = over.raw()
            done = settle(raw, result, sources.settings, begun.today, is_whole=True)
        remembered.keep(over.after)
        begun.keep_answer(done)
        return Outcome(result, done, begun.own)


class _Pass:
    """One run of the checks, after the build."""

    def __init__(self, whole: Any, begun: Begun, looker: Looker, root: Digest, before: Memory) -> None:
        self.whole, self.begun, self.looker, self.root, self.before = whole, begun, looker, root, before
        self.settings = whole.sources.settings
        self.view: Sources = looker.sources
        self.after = Memory(before.folder)

    def raw(self) -> Raw:
        """What all checks say."""
        self.after.keys = self._keys()
        given = Given(self._digests, partial(role_of, settings=self.settings), lambda file: self.whole.read(file) or b"", self._looked_at)
        look_at_units(given, self.before, self.after)
        labels = Labels(self.before, self.after)
        raw = Raw([], [], labels)
        said_of_units(self.after, raw)
        tenants, facts = facts_counted(self.after)
        artifacts = Artifacts(self.whole, self.looker, self.root, self._parallel)
        accounting = Accounting(self.whole, self.looker, self.before, self.after)
        of_all = (
            *artifacts.look(self.before, self.after, is_kept=accounting.holds()), *self._samples(labels, artifacts), *self._grown(),
            *run(of(self.looker.checks, "project"), self.view),
            *run(of(self.looker.checks, "corpus"), Corpus(self.view, tenants, facts)),
            *run(of(self.looker.checks, "estate"), accounting.estate(artifacts, labels)),
        )  # fmt: skip
        raw.found += [(finding, "") for finding in of_all]
        return raw

    @cached_property
    def _digests(self) -> dict[str, bytes]:
        """The digest of each file."""
        found = {file: digest for file, (_, digest) in self.begun.seen.digests.items()}
        for file, digest in found.items():
            if digest == UNREAD:
                found[file] = sha256(self.whole.read(file) or b"").digest()
        return found

    def _keys(self) -> dict[str, str]:
        """What each part of what is remembered depends on."""
        settings, digests = self.settings, self._digests
        of_tenants, layers = f"{settings.tenants}/", f"{settings.tenants}/layers/"
        # What a tenant reads of files beside its overlay is its own, unless a layer reads it, too.
        read = self.whole.layer_texts
        shared = sorted(
            (file, digest) for file, digest in digests.items() if not file.startswith(of_tenants) or file.startswith(layers) or file in read
        )
        base = digest_of_parts([self.whole.identity, self.begun.own_state])
        tokens = [settings.tokenizer, digests.get(settings.tokenizer) or self._bytes_of(settings.tokenizer)]
        prompts = sorted(map(prompt_key, self.view.project.prompts.values()))
        return {
            "texts": base,
            "tenants": digest_of_parts([base, shared, settings.base, settings.identifiers, depends_on(self.view)]),
            "artifacts": digest_of_parts([base, prompts, sorted(self.view.project.tools), tokens]),
        }

    def _bytes_of(self, file: str) -> bytes:
        return (self.whole.read(file) or b"") if file else b""

    def _looked_at(self, due: Sequence[Unit]) -> list[Said]:
        results: dict[int, list[Said]] = {}
        self._parallel(len(due), partial(UnitLooking, self.looker, due), results)
        return [said for index in sorted(results) for said in results[index]]

    def _parallel(self, count: int, start: Any, results: dict[int, Any]) -> None:
        jobs = self.whole.jobs if count >= PARALLEL_MIN else 1
        if jobs > 1:
            self.whole.database.close()  # a connection must not cross a fork
        workers.run(chunks(count), start, jobs=jobs, on_result=results.__setitem__)

    def _samples(self, labels: Labels, artifacts: Artifacts) -> list[Finding]:
        """What is said of each prompt over some tenants: remembered where their artifacts are the same."""
        before, after = self.before, self.after
        is_of_start = artifacts.is_kept and before.sampled_root == artifacts.start and stays(artifacts.changes, set(before.looked_at))
        if is_of_start and all(before.labels[tenant] == dict(labels.get(tenant, {})) for tenant in before.labels):
            after.samples, after.labels = before.samples, before.labels
            after.sampled_root, after.looked_at = before.sampled_root, before.looked_at
            return [finding for _, found in after.samples.values() for finding in found]
        made: list[Finding] = []
        chosen, looked_at = sampled(self.whole.get, self.root)
        for prompt, digests in chosen.items():
            of_prompt = {tenant: dict(labels.get(tenant, {})) for tenant in digests}
            after.labels |= of_prompt
            keys = [after.keys["artifacts"], after.keys["tenants"]]
            key = digest_of_parts([*keys, sorted(digests.items()), sorted(of_prompt.items())])
            known = before.samples.get(prompt)
            if known is None or known[0] != key:
                sampling = Sampling(self.whole.sources.compiler, self.whole.get, self.looker)
                known = key, tuple(sampling.look(prompt, digests, of_prompt))
            after.samples[prompt] = known
            made += known[1]
        after.sampled_root, after.looked_at = self.root, tuple(looked_at)
        return made

    def _grown(self) -> list[Finding]:
        if self.begun.grows is None:
            return []
        from promptc.driver.checking.growth import grown

        return grown(self.begun.grows, self.root, self.whole.get, self.view.project, self.looker.counter or estimated)
