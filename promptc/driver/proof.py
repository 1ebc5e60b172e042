"""Proof: why a compiled prompt holds nothing of another tenant: each piece of it, where it came from, and whose that is.

    TENANT/PROMPT -> compiled with the places of its text -> [proof] -> pieces, each with its owner

A piece is a stretch of lines of one origin. It is the tenant's own where its overlay, or a file that is its own, gave it;
shared where sources or a shared layer did; and foreign where it is another tenant's. Examples are told by their sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.core.findings import Finding

if TYPE_CHECKING:
    from promptc.compiler.project import Example, Project, Tenant

Whose = Literal["shared", "own", "consent", "foreign", "request"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of one message that came from one place. `owner` is the tenant, "" where it is shared; `by` the layer or set."""

    message: int
    lines: tuple[int, int]
    place: str
    by: str
    whose: Whose
    owner: str


@dataclass(frozen=True, slots=True)
class Proof:
    """All pieces of a target, and what beside its text could be another's: layers, files and values."""

    target: str
    digest: str
    pieces: tuple[Piece, ...]
    beside: tuple[Piece, ...]
    findings: tuple[Finding, ...]

    @property
    def foreign(self) -> tuple[Piece, ...]:
        """The pieces that are another tenant's."""
        return tuple(piece for piece in (*self.pieces, *self.beside) if piece.whose == "foreign")


def prove(start: str, target: str) -> Proof:
    """The proof of one target. PromptcError C007 where the word is no target, and what `show` says of one that isn't there."""
    from promptc.compiler.compile import Compiler
    from promptc.core.visible import shortened
    from promptc.driver.project import open_lazily
    from promptc.driver.selection import Selection, parse_selector
    from promptc.driver.targets import compile_selected

    selector = parse_selector(target)
    if selector.kind != "target":
        raise PromptcError("C007", f"`{shortened(target)}` is no target", hint="write `TENANT/PROMPT`")
    opened = open_lazily(start)
    compiler = Compiler(opened.project)
    work = compile_selected(opened, Selection((selector,)), compiler=compiler)
    if work.has_errors or not work.digests:
        return Proof(target, "", (), (), work.findings)
    (name,) = work.digests
    prompt = opened.project.prompts[selector.value]
    tenant = work.tenants[name]
    origins = compiler.origins_for(tenant, prompt)
    judge = _Judge(opened.project, tenant)
    pieces = [piece for number, lines in enumerate(origins, 1) for piece in judge.pieces(number, lines)]
    return Proof(f"{name}/{selector.value}", work.digests[name][selector.value], tuple(pieces), tuple(judge.beside()), ())


class _Judge:
    """Says whose things are, for one tenant."""

    def __init__(self, project: Project, tenant: Tenant) -> None:
        self.project = project
        self.tenant = tenant
        self.file = project.tenants[tenant.id].place.file
        self.examples = dict(_texts_of_examples(project))

    def pieces(self, message: int, lines: tuple[tuple[str, str, str], ...]) -> Iterator[Piece]:
        """Neighbouring lines of one file and layer, as one piece."""
        whole = "\n".join(text for text, _, _ in lines).strip()
        example = self.examples.get(whole)
        if example is not None and not any(place for _, place, _ in lines):
            yield self._example(message, len(lines), *example)
            return
        start = 0
        for number in range(1, len(lines) + 1):
            if number == len(lines) or _origin(lines[number]) != _origin(lines[start]):
                yield self._piece(message, (start + 1, number), lines[start][1], lines[start][2])
                start = number

    def _piece(self, message: int, lines: tuple[int, int], place: str, layer: str) -> Piece:
        file = place.rpartition(":")[0]
        if not file:
            return Piece(message, lines, "", "", "request", "")
        whose, owner = self.whose(file, layer)
        return Piece(message, lines, place, layer, whose, owner)

    def whose(self, file: str, layer: str) -> tuple[Whose, str]:
        """Whose a text is, by the overlay that gave it, and by its file."""
        from promptc.checks.ownership import owner_of

        settings = self.project.settings
        below = file.removeprefix(f"{settings.sources}/").removeprefix(f"{settings.tenants}/")
        owner = owner_of(f"layers/{layer}", self.project.tenants) if layer in self.project.layers else ""
        owner = owner or ("" if file == self.file else owner_of(below, self.project.tenants))
        if layer == self.tenant.id and not owner:
            return "own", self.tenant.id
        if owner:
            return ("own" if owner == self.tenant.id else "foreign"), owner
        return ("own", self.tenant.id) if file == self.file else ("shared", "")

    def _example(self, message: int, count: int, set_name: str, owner: str, example: Example) -> Piece:
        source = example.origin.removeprefix("tenant:") if example.origin.startswith("tenant:") else ""
        whose: Whose = "shared"
        if owner != "shared":
            whose = "own" if owner == self.tenant.id else "foreign"
        elif source and source != self.tenant.id:
            whose = "consent" if example.consent else "foreign"
        place = f"{example.place.file}:{example.place.line}"
        return Piece(message, (1, count), place, f"{set_name}/{example.id}", whose, source or ("" if owner == "shared" else owner))

    def beside(self) -> Iterator[Piece]:
        """The layers of the chain and the texts that the overlay reads."""
        from promptc.checks.overlay_texts import files_of
        from promptc.checks.ownership import owner_of

        for name in self.tenant.chain[:-1]:
            layer = self.project.layers[name]
            owner = owner_of(f"layers/{name}", self.project.tenants)
            whose: Whose = "shared" if not owner else "own" if owner == self.tenant.id else "foreign"
            yield Piece(0, (0, 0), layer.place.file, name, whose, owner)
        for file, _ in files_of(self.project.tenants[self.tenant.id]):
            owner = owner_of(file.removeprefix(f"{self.project.settings.tenants}/"), self.project.tenants)
            yield Piece(0, (0, 0), file, "!file", "foreign" if owner and owner != self.tenant.id else "own", owner or self.tenant.id)


def _origin(line: tuple[str, str, str]) -> tuple[str, str]:
    return line[1].rpartition(":")[0], line[2]


def _texts_of_examples(project: Project) -> Iterator[tuple[str, tuple[str, str, Example]]]:
    """The answers of examples, as they stand in a message."""
    from promptc.compiler.link import answer_text

    schemas: list[Mapping[str, object] | None] = [prompt.output.schema if prompt.output else None for prompt in project.prompts.values()]
    for examples in project.examples:
        for one in examples.examples:
            for schema in schemas or [None]:
                yield answer_text(one.output, schema).strip(), (examples.name, examples.owner, one)
