"""Tree: every check over files by path, in this process and without a disk, a cache or a build folder.

    {path: bytes} -> load -> compile -> [tree] -> Settled

What a test or a tool asks; `promptc check` comes to the same findings with less work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from promptc.checks.catalogue import CHECKS
from promptc.checks.check import Check, Corpus
from promptc.checks.names import Name
from promptc.compiler.compile import Compiler
from promptc.compiler.schema.beside import parsing_of
from promptc.compiler.schema.load import load_project
from promptc.compiler.schema.settings import parse_settings
from promptc.core.dataclass import replace
from promptc.core.findings import gather
from promptc.driver.build import BuildResult
from promptc.driver.checking.looking import Looker, Unit, of, run
from promptc.driver.checking.outcome import Raw, Settled
from promptc.driver.checking.samples import Sampling
from promptc.driver.checking.settle import settle
from promptc.driver.checking.views import key_of, role_of, sources_of, units_in
from promptc.driver.checking.worked import Worked
from promptc.driver.project import Opened
from promptc.driver.selection import Selection
from promptc.driver.targets import Work, compile_selected


def check_tree(tree: Mapping[str, bytes], *, today: str, checks: Sequence[Check] = CHECKS) -> Settled:
    """All findings of a tree: those of a build, and of checks where it compiles."""
    settings, said = parse_settings({name: data for name, data in tree.items() if "/" not in name})
    loaded = load_project(tree, settings)
    opened = Opened(Path(), settings, loaded.project, tree, (*said, *loaded.findings))
    compiler = Compiler(loaded.project)
    work = compile_selected(opened, Selection(), compiler=compiler)
    raw = Raw([], [], {})
    if not work.has_errors:
        looker = Looker(checks, sources_of(compiler, today), compiler, parsing_of(settings, tree.get))
        _look(raw, opened, looker, checks, work)
    result = BuildResult(None, "all", 0, 0, 0, 0, None, work.findings, work.not_compiled, published=False, seconds=0)
    done = settle(raw, result, settings, today, is_whole=True)
    return replace(done, findings=gather(done.findings))


def _look(raw: Raw, opened: Opened, looker: Looker, checks: Sequence[Check], work: Work) -> None:
    facts: Counter[tuple[str, ...]] = Counter()
    labels: dict[str, dict[str, str]] = {}
    names: list[Name] = []
    overlays: dict[str, tuple[str, int, bytes]] = {}
    for file, data in opened.tree.items():
        role = role_of(file, opened.settings)
        for line, part in units_in(file, data, role) if role is not None else ():
            assert role is not None
            said = looker.unit(Unit(file, line, part, role, key_of(part)))
            raw.found += [(finding, said.tenant) for finding in (*said.texts, *said.tenants)]
            raw.allowances += said.allowances
            labels[said.tenant] = said.labels
            facts.update(said.facts)
            if said.tenant:
                names += said.names
                overlays[said.tenant] = file, line, part
    raw.labels = labels
    worked = Worked(looker, work)
    raw.found += [(finding, "") for finding in worked.findings()]
    sampling = Sampling(looker.compiler, lambda digest: work.artifacts[digest], looker)
    for prompt in opened.project.prompts:
        digests = {tenant: prompts[prompt] for tenant, prompts in work.digests.items() if prompt in prompts}
        raw.found += [(finding, "") for finding in sampling.look(prompt, digests, raw.labels)]
    raw.found += [(finding, "") for finding in run(of(checks, "project"), looker.sources)]
    asking = worked.asking(labels, overlays)
    known, accounts = asking.everybody(work.digests, names)
    raw.found += [(finding, "") for finding in run(of(checks, "estate"), asking.estate(accounts, known))]
    corpus = Corpus(looker.sources, len(work.tenants), facts)
    raw.found += [(finding, "") for finding in run(of(checks, "corpus"), corpus)]
