"""Check: one rule, and what each kind of rule is given to look at.

    driver/checking -> views -> [check] -> findings

Pure. A check is a code, a severity that settings can change, what it looks at, a version that is raised whenever its
answer can be another, and a function from a view to findings. Texts of sources are never quoted in a message: they may be
confidential or hostile; a place says where they stand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding, Place, Severity

if TYPE_CHECKING:
    from promptc.checks.allowances import Allowance
    from promptc.compiler.project import Choice, Overlay, Project, Prompt, Tenant

# One source file's text; one tenant with its chain; one compiled artifact; one prompt for some tenants; the sources; all tenants; all
# targets.
Looks = Literal["text", "tenant", "artifact", "sample", "project", "corpus", "estate"]
Role = Literal["template", "examples", "declaration", "layer", "tenant", "signups", "beside"]
Setting = Literal["error", "warning", "off"]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule. `look` is given the view that `looks` names; its findings carry this `code`.

    `title` is what reports call it where promptc's own codes (core/codes.py) don't know it. `of_some` says that a check of all
    tenants or all targets tells of some what is so, too, though not all of it.
    """

    code: str
    looks: Looks
    look: Callable[[Any], Iterable[Finding]]
    severity: Severity = "warning"
    version: int = 1
    title: str = ""
    of_some: bool = False


class Text:
    """One file's text as it was written, LF and without a byte order mark. `own` is False for a file that can't be read."""

    def __init__(self, file: str, text: str, role: Role) -> None:
        self.file = file
        self.text = text
        self.role = role

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    @cached_property
    def folded(self) -> str:
        """The text in lower case, character for character where that is possible; else as it was written."""
        lower = self.text.lower()
        return lower if len(lower) == len(self.text) else self.text

    @cached_property
    def is_shared(self) -> bool:
        """Whether the text is nobody's own: sources and layers."""
        return self.role not in ("tenant", "signups", "beside")

    def place(self, index: int) -> Place:
        """The place of a character."""
        line = bisect_right(self._starts, index) - 1
        return Place(self.file, line + 1, index - self._starts[line] + 1)

    def line(self, number: int) -> str:
        """A line's text, from 1; "" where there is none."""
        if not 0 < number <= len(self._starts):
            return ""
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[self._starts[number - 1] : end]


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources, and what their templates say of themselves.

    `closures` are the templates that each prompt reaches, `reads` the variables that it may read with their places,
    `blocks` where its blocks are defined; `asks_for_all` are prompts that may read any variable. `today` is a date as
    2026-01-31: it comes in as a value. `is_alone` says that there is one tenant at most, whom nothing can be told of to another.
    """

    project: Project
    closures: Mapping[str, tuple[str, ...]]
    reads: Mapping[str, Mapping[str, tuple[Place, ...]]]
    blocks: Mapping[str, Mapping[str, Place]]
    asks_for_all: frozenset[str]
    example_sets: Mapping[str, frozenset[str]]
    today: str
    is_alone: bool = False
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def file_of(self, path: str) -> str:
        """The project's path of a template below sources."""
        return self.project.templates[path].file


@dataclass(frozen=True, slots=True)
class Seat:
    """One tenant: its overlay with all its texts, its chain folded, and what variables and prompts are without its own overlay."""

    sources: Sources
    overlay: Overlay
    tenant: Tenant
    below: Mapping[str, Any]
    texts: tuple[tuple[str, Place], ...]
    choices_below: Mapping[str, Choice] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Compiled:
    """One artifact: its prompt and its document. `tools` are the project's; `count` counts tokens, `is_estimate` says how."""

    prompt: Prompt
    document: Mapping[str, Any]
    tools: frozenset[str]
    count: Callable[[str], int]
    is_estimate: bool = True
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """The stable beginnings of one prompt for some tenants, the same ones on each run: all of them, and by label.

    `place_of` gives the place in the sources of a line of the first, by its number from 0.
    """

    prompt: Prompt
    count: Callable[[str], int]
    is_estimate: bool
    texts: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    place_of: Callable[[int], Place]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything together: how many tenants there are, and how many say each fact (facts.py); `chosen` where it is of some alone."""

    sources: Sources
    tenants: int
    facts: Mapping[tuple[str, ...], int]
    chosen: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What is served to a tenant and is another's: the words, as they were searched for, where, and whose they are by kind."""

    tenant: str
    words: str
    targets: tuple[str, ...]
    owners: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Estate:
    """What was found in all targets together, tenant held against tenant.

    `broken` are targets by the number of a rule and what is wrong with them; `held` what is served to a tenant and is another's.
    """

    sources: Sources
    broken: Mapping[tuple[int, str], tuple[str, ...]]
    held: tuple[Held, ...]
    overlay_text: Callable[[str], Text | None]


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that somebody allowed at its place, and by which allowance."""

    finding: Finding
    allowance: Allowance
