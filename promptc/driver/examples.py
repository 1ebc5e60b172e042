"""Examples: few-shot examples with where they came from and what they reach: which artifacts, of how many tenants.

    SELECT -> targets compiled -> [examples] -> rows, by what stands in the artifacts themselves

An artifact holds a set's examples where its assistant's messages are their answers, one after the other from the first on,
for a prompt that may show the set and a tenant that sees it. Of several sets that begin with the same answer, the longest run
is the one that stands there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promptc.compiler.link import answer_text
from promptc.compiler.project import Example, Examples
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.errors import Exit
from promptc.core.findings import Finding, Place
from promptc.driver.build import exit_code_of
from promptc.driver.project import open_lazily, open_project
from promptc.driver.selection import parse_selection
from promptc.driver.targets import Progress, Work, compile_selected, quiet


@dataclass(frozen=True, slots=True)
class Reached:
    """One example. `targets` are those whose artifacts hold it, `artifacts` how many artifacts these are."""

    set: str
    id: str
    owner: str
    origin: str
    consent: str
    recorded: str
    expires: str
    place: Place
    targets: tuple[str, ...]
    artifacts: int

    @property
    def tenants(self) -> int:
        """How many tenants see it."""
        return len({target.partition("/")[0] for target in self.targets})

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompts that show it."""
        return tuple(sorted({target.partition("/")[2] for target in self.targets}))


@dataclass(frozen=True, slots=True)
class Listing:
    """Examples in the order of their files; `today` is the day that expiries are held against."""

    rows: tuple[Reached, ...]
    findings: tuple[Finding, ...]
    not_compiled: tuple[str, ...]
    today: str

    @property
    def exit_code(self) -> Exit:
        """As a check's."""
        return exit_code_of(self.findings, incomplete=bool(self.not_compiled))


def examples(
    start: str, select: Sequence[str], exclude: Sequence[str] = (), *, on_progress: Progress = quiet
) -> Listing:
    """Every example, with its reach among what is selected."""
    from promptc.compiler.compile import Compiler
    from promptc.driver.checking.run import today_in_utc
    from promptc.driver.checking.views import sources_of

    selection = parse_selection(select, exclude)
    opened = open_project(start) if selection.is_everything else open_lazily(start)
    compiler = Compiler(opened.project)
    work = compile_selected(opened, selection, compiler=compiler, on_progress=on_progress)
    today = today_in_utc()
    reach = _Reach(opened.project.examples, sources_of(compiler, today).example_sets, work)
    rows = []
    for listed in opened.project.examples:
        for one in listed.examples:
            found = reach.found.get((listed.owner, listed.name, one.id), {})
            rows.append(
                Reached(
                    listed.name, one.id, listed.owner, one.origin, one.consent, one.recorded, one.expires, one.place,
                    tuple(sorted(found)), len(set(found.values())),
                )
            )  # fmt: skip
    return Listing(tuple(rows), work.findings, work.not_compiled, today)


class _Reach:
    """Finds sets in artifacts: where the assistant's messages are a set's answers, one after the other, from its first on."""

    def __init__(self, sets: Sequence[Examples], shown: Mapping[str, frozenset[str]], work: Work) -> None:
        self.found: dict[tuple[str, str, str], dict[str, Digest]] = {}
        self._sets = sets
        owners = {listed.owner for listed in sets}
        known: dict[tuple[str, Digest], list[tuple[str, str, str]]] = {}
        for tenant, digests in work.digests.items():
            whose = tenant if tenant in owners else ""
            for prompt, digest in digests.items():
                if (whose, digest) not in known:
                    known[whose, digest] = list(self._in(whose, shown.get(prompt, frozenset()), work.artifacts[digest]))
                for example in known[whose, digest]:
                    self.found.setdefault(example, {})[f"{tenant}/{prompt}"] = digest

    def _in(self, tenant: str, names: frozenset[str], data: bytes) -> Iterator[tuple[str, str, str]]:
        answers, schema = _read(data)
        candidates = [
            [(owner, listed.name, one) for owner in (tenant, "shared") for listed in self._sets
             if owner and listed.owner == owner and listed.name == name for one in listed.examples]
            for name in sorted(names)
        ]  # fmt: skip
        at = 0
        while at < len(answers):
            runs = [(self._run(candidate, answers, at, schema), candidate) for candidate in candidates]
            longest = max((length for length, _ in runs), default=0)
            for length, candidate in runs:
                if longest and length == longest:
                    yield from ((owner, name, one.id) for owner, name, one in candidate[:length])
            at += max(longest, 1)

    def _run(self, candidate: list[tuple[str, str, Example]], answers: list[str], at: int, schema: Any) -> int:
        """How many of a set's first answers stand from one place on."""
        length = 0
        for (_, _, one), answer in zip(candidate, answers[at:], strict=False):
            if answer_text(one.output, schema) != answer:
                break
            length += 1
        return length


def _read(data: bytes) -> tuple[list[str], Any]:
    document = json.loads(data)
    return list(_answers(document)), (document.get("output") or {}).get("schema")


def _answers(document: Mapping[str, Any]) -> Iterator[str]:
    """The texts that the assistant says in an artifact."""
    yield from _said(document["messages"])


def _said(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for message in messages:
        if "when" in message:
            yield from _said([*message["then"], *message.get("else", ())])
        elif message.get("role") == "assistant" and all(isinstance(part, str) for part in message["content"]):
            yield "".join(message["content"])
