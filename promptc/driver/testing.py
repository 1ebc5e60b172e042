"""Testing: the cases of sources/cases rendered as the runtime would, and held against what they expect.

    SELECT -> compile -> [testing] -> Tested: what passed, what failed, and for whom

Targets that share an artifact are rendered once. A case that ran for no target is said and counts as failed; what did not
compile is said as findings. Nothing is written but the files of `equals`, and those only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname
from typing import TYPE_CHECKING, Any

from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest
from promptc.core.findings import Finding, Place, gather

if TYPE_CHECKING:
    from promptc.compiler.project import Case, Project
    from promptc.driver.masking import Masks
    from promptc.driver.project import Opened
    from promptc.driver.targets import Work

LINES_MAX = 40


@dataclass(frozen=True, slots=True)
class Ran:
    """A case with one artifact: the tenants that share it, and what does not hold (none: it passed)."""

    digest: Digest
    tenants: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case with every artifact that it ran with."""

    prompt: str
    name: str
    place: Place
    runs: tuple[Ran, ...]

    @property
    def passed(self) -> bool:
        """Whether it ran, and held each time."""
        return bool(self.runs) and not any(run.problems for run in self.runs)

    @property
    def tenants(self) -> int:
        """How many tenants it ran for."""
        return sum(len(run.tenants) for run in self.runs)


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of all cases. `findings` are of sources; `updated` are files that were written."""

    results: tuple[CaseResult, ...]
    findings: tuple[Finding, ...]
    not_compiled: tuple[str, ...]
    updated: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that don't hold."""
        return tuple(result for result in self.results if not result.passed)

    @property
    def exit_code(self) -> int:
        """3 where sources are wrong, 1 where a case fails, else 0."""
        from promptc.core.errors import Exit
        from promptc.driver.build import exit_code_of

        wrong = exit_code_of(self.findings, incomplete=bool(self.not_compiled))
        return int(wrong) if wrong != Exit.OK else int(Exit.NO if self.failed else Exit.OK)


def run_cases(start: str, select: Sequence[str], exclude: Sequence[str], *, update: bool = False) -> Tested:
    """Run the cases of what is selected. PromptcError when a word names nothing."""
    from promptc.driver.project import open_lazily
    from promptc.driver.selection import parse_selection
    from promptc.driver.targets import compile_selected

    opened = open_lazily(start)
    selection = parse_selection(select, exclude)
    work = compile_selected(opened, selection)
    # A file of `equals` that is about to be written may be missing until then.
    findings = tuple(f for f in work.findings if not (update and f.code == "P004" and _is_of_cases(f, opened)))
    bench = _Bench(opened, work, update=update)
    limited = not selection.is_everything
    results = tuple(bench.results(limited=limited))
    return Tested(results, gather(findings), work.not_compiled, tuple(sorted(bench.updated)))


def _is_of_cases(finding: Finding, opened: Opened) -> bool:
    return finding.place.file.startswith(f"{opened.settings.sources}/cases/")


@dataclass(slots=True)
class _Bench:
    """Runs cases over what was compiled. `updated` are the files of `equals` that were written."""

    opened: Opened
    work: Work
    update: bool
    updated: set[str] = field(default_factory=set)
    _masks: dict[str, Masks] = field(default_factory=dict)

    def results(self, *, limited: bool) -> Iterator[CaseResult]:
        """Each case in file order. Of a limited selection, cases that it doesn't reach are left out."""
        sharing = _sharing(self.work)
        for prompt, cases in sorted(self.opened.project.cases.items()):
            by_digest = sharing.get(prompt, {})
            for case in cases:
                result = self._result(prompt, case, by_digest)
                if result.runs or not limited:
                    yield result

    def _result(self, prompt: str, case: Case, by_digest: Mapping[Digest, list[str]]) -> CaseResult:
        named = frozenset(map(_id_in(self.opened.project), case.tenants))
        runs = []
        for digest, tenants in by_digest.items():
            reached = tuple(tenant for tenant in tenants if not named or tenant in named)
            if reached:
                runs.append(Ran(digest, reached, tuple(self._problems(case, digest, reached[0]))))
        return CaseResult(prompt, case.name, case.place, tuple(runs))

    def _problems(self, case: Case, digest: Digest, tenant: str) -> Iterator[str]:
        from promptc.core.errors import PromptcError
        from promptc.runtime import Artifact

        try:
            artifact = Artifact.load(self.work.artifacts[digest], digest)
            rendered = artifact.render(case.inputs, history=[dict(turn) for turn in case.history])
        except PromptcError as error:
            yield f"it can't be rendered: {error.message}"
            return
        text = rendered.text()
        yield from expected_of_text(case.expect, text)
        yield from expected_of_tools(case.expect, [str(tool["name"]) for tool in rendered.document.tools])
        if "equals" in case.expect:
            yield from self._equals(case, text, rendered.messages, tenant)

    def _equals(self, case: Case, text: str, messages: Sequence[Mapping[str, Any]], tenant: str) -> Iterator[str]:
        import json

        from promptc.stores.write import write_file

        file = self._file(case)
        if file.endswith(".json"):
            text = json.dumps(messages, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        elif not text.endswith("\n"):
            text += "\n"
        path = self.opened.folder / file
        if self.update and file not in self.updated:
            self.updated.add(file)
            write_file(path, text.encode())
            return
        there = path.read_text("utf-8") if self.update else self._there(file)
        if there is None:
            yield f"there is no file `{file}`: `promptc test --update` writes it"
        elif _comparable(there, file) != _comparable(text, file):
            yield f"it is not what `{file}` holds:"
            yield from self._difference(there, text, tenant)

    def _there(self, file: str) -> str | None:
        data = self.opened.tree.get(file)
        return None if data is None else data.decode("utf-8", "replace")

    def _file(self, case: Case) -> str:
        from promptc.compiler.schema.names import relative_path

        return relative_path(str(case.expect["equals"]), dirname(case.place.file)) or ""

    def _difference(self, before: str, after: str, tenant: str) -> Iterator[str]:
        """Lines that differ, confidential values covered."""
        if tenant not in self._masks:
            from promptc.driver.masking import confidential_texts, masks_from

            self._masks[tenant] = masks_from(confidential_texts(self.work.tenants[tenant]))
        yield from difference(before, after, self._masks[tenant])


def difference(before: str, after: str, masks: Masks) -> Iterator[str]:
    """The lines that differ, as `- line` and `+ line`, cut where they are very many, confidential texts covered."""
    from promptc.core.diff import hunks

    lines = [
        f"{sign} {masks.cover(line)}"
        for hunk in hunks(before.splitlines(), after.splitlines(), context=0)
        for sign, line in hunk.lines
    ]
    yield from lines[:LINES_MAX]
    if len(lines) > LINES_MAX:
        yield f"… and {len(lines) - LINES_MAX} more lines"


def expected_of_text(expect: Mapping[str, Any], text: str) -> Iterator[str]:
    """What `contains` and `lacks` say that a text doesn't keep."""
    from promptc.core.values import texts_in
    from promptc.core.visible import shortened

    for wanted in texts_in(expect.get("contains")):
        if wanted not in text:
            yield f"it does not contain `{shortened(wanted)}`"
    for unwanted in texts_in(expect.get("lacks")):
        if unwanted in text:
            yield f"it contains `{shortened(unwanted)}`"


def expected_of_tools(expect: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    """Whether the tools are those that `tools` lists, in its order."""
    if "tools" not in expect or list(expect["tools"]) == list(names):
        return
    wanted = [str(name) for name in expect["tools"]]
    yield from (f"it does not give the tool `{name[:80]}`" for name in wanted if name not in names)
    yield from (f"it gives the tool `{name}`" for name in names if name not in wanted)
    if sorted(wanted) == sorted(names):
        yield f"its tools come in another order: {', '.join(f'`{name}`' for name in names)}"


def _sharing(work: Work) -> dict[str, dict[Digest, list[str]]]:
    """{prompt: {digest: tenants}}."""
    found: dict[str, dict[Digest, list[str]]] = {}
    for tenant, digests in work.digests.items():
        for prompt, digest in digests.items():
            found.setdefault(prompt, {}).setdefault(digest, []).append(tenant)
    return found


def _id_in(project: Project) -> Any:
    aliases: dict[str, str] = {}

    def id_of(name: str) -> str:
        if name in project.tenants:
            return name
        if not aliases:
            aliases.update({alias: tenant for tenant, one in project.tenants.items() for alias in one.aliases})
        return aliases.get(name, name)

    return id_of


def _comparable(text: str, file: str) -> Any:
    import json

    if file.endswith(".json"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text.replace("\r\n", "\n").rstrip("\n")
