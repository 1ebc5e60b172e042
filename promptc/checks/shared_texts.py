"""Shared texts: everything that can come into every tenant's prompts: templates, shared examples, tools, layers, defaults.

    Sources -> [shared texts] -> Passages with their places; their words in an index, so that one tenant is a few look-ups

Pure. Comments, front matter and what is never compiled (cases, suites, rules) are no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from promptc.checks.check import Sources, Text
from promptc.checks.identifiers import position, words_of
from promptc.checks.marks import marks_in, marks_sought
from promptc.checks.overlay_texts import texts_of
from promptc.checks.ownership import owner_of
from promptc.core.dataclass import dataclass
from promptc.core.findings import Place
from promptc.core.pattern import Pattern

_TEMPLATE = Pattern(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
NGRAM_WORDS = 8
PHRASE_WORDS_MAX = 6
# What a tag of a template becomes: as long as it, and no word runs across it.
_GAP = "\x01"
# Up to so many questions, looking through all texts is faster than making an index of them.
ASKED_MAX = 100


@dataclass(frozen=True, slots=True)
class Passage:
    """One shared text. `origin` is the tenant that an example says it came from, or that owns the file, "" for none."""

    kind: str
    text: str
    place_at: Callable[[int], Place]
    origin: str = ""

    @property
    def is_owned(self) -> bool:
        """Whether it is one tenant's own. An example is everybody's, wherever it came from."""
        return bool(self.origin) and self.kind != "example"

    def is_of(self, tenant: str) -> bool:
        """Whether it is this tenant's own."""
        return self.is_owned and self.origin == tenant

    def place(self, words: str) -> Place:
        """Where some words stand in it."""
        return self.place_at(position(self.text, words))


class Shared:
    """All shared texts of a project, and where each short run of words stands in them."""

    def __init__(self, passages: list[Passage]) -> None:
        self.passages = passages
        self._words = ["|".join(map(words_of, re.split(f"{_GAP}+", passage.text))) for passage in passages]
        self._asked = 0
        self._sought: dict[str, frozenset[int]] = {}

    @cached_property
    def common(self) -> frozenset[int]:
        """The marks of what every tenant may be given: of all texts that are nobody's own."""
        nobodys = (words for passage, words in zip(self.passages, self._words, strict=True) if not passage.is_owned)
        return frozenset(mark for words in nobodys for mark in marks_in(words))

    def sought(self, words: str) -> frozenset[int]:
        """The marks that a tenant's own text must have to hold an identifier."""
        if words not in self._sought:
            self._sought[words] = marks_sought(words) - self.common
        return self._sought[words]

    @cached_property
    def phrases(self) -> dict[str, list[int]]:
        """Every run of up to six words, with the numbers of the passages that hold it."""
        found: dict[str, list[int]] = {}
        for number, words in enumerate(self._words):
            seen = {
                " ".join(parts[i : i + n])
                for parts in map(str.split, words.split("|"))
                for n in range(1, PHRASE_WORDS_MAX + 1)
                for i in range(len(parts) - n + 1)
            }
            for phrase in seen:
                found.setdefault(phrase, []).append(number)
        return found

    @cached_property
    def shingles(self) -> dict[int, tuple[int, int]]:
        """The hash of every run of eight words, with the passage and the place among its words where it stands first."""
        found: dict[int, tuple[int, int]] = {}
        for number, words in enumerate(self._words):
            for at, shingle in enumerate(shingles_of(words)):
                found.setdefault(shingle, (number, at))
        return found

    @cached_property
    def plain_words(self) -> frozenset[str]:
        """The words that templates write in lower case: names are written otherwise."""
        written = " ".join(passage.text for passage in self.passages if passage.kind != "example")
        return frozenset(word.casefold() for word in re.findall(r"\w+", written) if word == word.lower() and word.isalpha())

    def holding(self, words: str) -> list[Passage]:
        """The passages in which an identifier stands."""
        self._asked += 1
        plain = words.strip()
        if self._asked > ASKED_MAX and len(plain.split()) <= PHRASE_WORDS_MAX:
            return [self.passages[number] for number in self.phrases.get(plain, ())]
        return [passage for passage, held in zip(self.passages, self._words, strict=True) if words in held]

    def tells(self, words: str, tenant: str) -> bool:
        """Whether an identifier of a tenant stands in a text that isn't its own."""
        return any(not passage.is_of(tenant) for passage in self.holding(words))


def shingles_of(words: str) -> list[int]:
    """A hash of each run of eight words."""
    parts = words.split()
    return [hash(tuple(parts[i : i + NGRAM_WORDS])) for i in range(len(parts) - NGRAM_WORDS + 1)]


def shared_of(sources: Sources) -> Shared:
    """The shared texts, worked out once."""
    if "shared" not in sources.kept:
        sources.kept["shared"] = Shared(list(_passages(sources)))
    shared: Shared = sources.kept["shared"]
    return shared


def depends_on(sources: Sources) -> list[str]:
    """What findings of one tenant depend on beside shared files: whether there are others, and whose shared files are."""
    tenants = sources.project.tenants
    paths = [*sources.project.templates, *(f"layers/{name}" for name in sources.project.layers)]
    return ["alone" if sources.is_alone else "", *(f"{path} {owner_of(path, tenants)}" for path in sorted(paths))]


def _passages(sources: Sources) -> Iterator[Passage]:
    project = sources.project
    for template in project.templates.values():
        # As long as what it stands for, so that an index in the one is an index in the other.
        text = _TEMPLATE.sub(_blanked, template.text)
        located = Text(template.file, template.text, "template")
        yield Passage("template", text, _at(located, template.line_offset), owner_of(template.path, project.tenants))
    for examples in project.examples:
        if examples.owner == "shared":
            for one in examples.examples:
                origin = one.origin.removeprefix("tenant:") if one.origin.startswith("tenant:") else ""
                yield from (Passage("example", text, _fixed(one.place), origin) for text in leaves([one.input, one.output]))
    for tool in project.tools.values():
        yield from (Passage("tool", text, _fixed(tool.place)) for text in leaves([tool.description, tool.input]))
    for variable in project.variables.values():
        yield from (Passage("default", text, _fixed(variable.place)) for text in leaves(variable.default))
    for layer in project.layers.values():
        owner = owner_of(f"layers/{layer.name}", project.tenants)
        yield from (Passage("layer", text, _fixed(place), owner) for text, place in texts_of(layer))


def _blanked(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", _GAP, match.group())


def _at(text: Text, offset: int) -> Callable[[int], Place]:
    def place(index: int) -> Place:
        at = text.place(index)
        return Place(at.file, at.line + offset, at.column)

    return place


def _fixed(at: Place) -> Callable[[int], Place]:
    return lambda _: at


def leaves(value: Any) -> Iterator[str]:
    """Every text in data; keys are not."""
    if isinstance(value, str):
        yield str(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
