"""Leaks: what of one tenant comes, or could come, into what another tenant is served.

    Corpus -> [flow] -> layers, texts and fragments of one tenant that others use
    Seat, Estate -> [content] -> identifiers and passages of one tenant in shared texts and in others' artifacts

Pure. A finding says whose and of which kind, and never quotes what it found: that may be confidential.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator

from promptc.checks.check import Check, Corpus, Estate, Seat
from promptc.checks.identifiers import Finder, identities_of, position, words_of
from promptc.checks.ownership import owner_of
from promptc.checks.rules import texts as texts_in_artifact
from promptc.checks.shared_texts import NGRAM_WORDS, shared_of, shingles_of
from promptc.compiler.resolve import chain_of
from promptc.core.findings import Finding, Place
from promptc.core.visible import shortened

OWNERS_MAX = 3  # what more tenants than these call theirs tells of none
VERBATIM_WORDS_MIN = 16
LITERAL_CHARACTERS_MIN = 24


def foreign_layers(corpus: Corpus) -> Iterator[Finding]:
    """W611: a layer that is one tenant's in other tenants' chains."""
    project = corpus.sources.project
    for name, layer in project.layers.items():
        owner = owner_of(f"layers/{name}", project.tenants)
        if not owner:
            continue
        others = corpus.facts.get(("layer", name), 0) - (name in chain_of(project, owner)[0][:-1])
        if others > 0:
            message = f"the layer `{shortened(name)}` is `{owner}`'s, and {_tenants(others)} beside it extend it"
            hint = "move what is shared into a layer of its own, or the rest into that tenant's file"
            yield Finding("W611", message, layer.place, "error", hint)


def foreign_files(corpus: Corpus) -> Iterator[Finding]:
    """W612: a text of one tenant's folder that another tenant's overlay reads."""
    for fact in sorted(fact for fact in corpus.facts if fact[0] == "reads"):
        _, file, tenant, overlay, line, column = fact
        owner = owner_of(file, corpus.sources.project.tenants)
        if owner and owner != tenant:
            message = f"`{tenant}` reads a text that is `{owner}`'s"
            hint = "give it a text of its own, or move the text to a place that is nobody's"
            yield Finding("W612", message, Place(overlay, int(line), int(column)), "error", hint)


def named_in_shared(seat: Seat) -> Iterator[Finding]:
    """W613: what tells who a tenant is, in a text that all tenants share."""
    if len(seat.sources.project.tenants) < 2:
        return  # nobody is there whom it could be told
    shared = shared_of(seat.sources)
    said: set[Place] = set()
    # Of several that begin at one place, the longest says most.
    for kind, words in sorted(identities_of(seat), key=lambda one: -len(one[1])):
        if not _is_name(words, kind, shared.plain_words):
            continue
        for passage in shared.holding(words):
            place = passage.place(words)
            is_own = passage.origin == seat.overlay.name and passage.kind != "example"
            if is_own or place in said:
                continue
            said.add(place)
            message = f"a shared {passage.kind} holds {_said(kind, seat.overlay.name)}"
            yield Finding("W613", message, place, "warning", "take it out or make it a variable; or allow it here with a reason")


def copied_into_shared(seat: Seat) -> Iterator[Finding]:
    """W615: a passage of a tenant's own text that stands almost word by word in a shared text."""
    shared = shared_of(seat.sources)
    for text, place in seat.texts:
        if len(text) < VERBATIM_WORDS_MIN * 2:
            continue
        for number in _copied(shingles_of(words_of(text)), shared.shingles):
            passage = shared.passages[number]
            if passage.origin == seat.overlay.name:
                continue
            message = f"a shared {passage.kind} holds a passage of `{seat.overlay.name}`'s own text almost word by word"
            hint = "write it anew for everybody, or say where it came from and who agreed"
            yield Finding("W615", message, passage.place_at(0), "warning", hint, related=(("the tenant's own text", place),))


def _copied(shingles: list[int], known: dict[int, tuple[int, int]]) -> list[int]:
    """The passages that hold at least sixteen words of a text, one after the other but for a word changed here and there."""
    held: dict[int, int] = {}
    for shingle in set(shingles):
        found = known.get(shingle)
        if found is not None:
            held[found[0]] = held.get(found[0], 0) + 1
    return sorted(number for number, count in held.items() if count >= VERBATIM_WORDS_MIN - NGRAM_WORDS + 1)


def named_elsewhere(estate: Estate) -> Iterator[Finding]:
    """W614: what tells who one tenant is, in an artifact of another tenant."""
    owners = _owners(estate)
    look = _looking(estate, "W614", owners, with_tools=True)
    names = shared_of(estate.sources)
    found: dict[tuple[str, str, str], list[str]] = {}
    for tenant, prompts in estate.targets.items():
        for prompt, digest in prompts.items():
            for words in look(tenant, prompt, digest):
                kinds = owners.get(words, {})
                if not kinds or tenant in kinds or names.holding(words):
                    continue  # what stands in a shared text is said there, once
                owner, kind = next(iter(kinds.items()))
                found.setdefault((tenant, owner, kind), []).append(words)
                found[tenant, owner, kind].append(f"{tenant}/{prompt}")
    for (tenant, owner, kind), parts in found.items():
        targets = tuple(sorted({part for part in parts if not part.startswith(" ")}))
        place = _place(estate, tenant, [part for part in parts if part.startswith(" ")])
        message = f"what `{tenant}` is served holds {_said(kind, owner)}"
        hint = "take it out of what this tenant is given; `promptc check --why-no-leak` shows where each piece comes from"
        yield Finding("W614", message, place, "warning", hint, targets=targets)


def _owners(estate: Estate) -> dict[str, dict[str, str]]:
    """{words: {tenant: kind}}: identifiers, and the lines of templates that are one tenant's own."""
    plain = shared_of(estate.sources).plain_words
    owners: dict[str, dict[str, str]] = {}
    for tenant, identities in estate.identities.items():
        for kind, words in identities:
            if _is_name(words, kind, plain):
                owners.setdefault(words, {}).setdefault(tenant, kind)
    return {words: kinds for words, kinds in owners.items() if len(kinds) <= OWNERS_MAX}


def _is_name(words: str, kind: str, plain: frozenset[str]) -> bool:
    """Whether words are a name here: one word that the project's own templates write in lower case is none."""
    parts = words.split()
    return kind.startswith(("confidential", "alias")) or len(parts) > 1 or parts[0] not in plain


def _looking(estate: Estate, code: str, patterns: Iterable[str], *, with_tools: bool) -> Callable[[str, str, str], list[str]]:
    """A function that gives which of some patterns stand in an artifact."""
    listed = sorted(patterns)
    asked = f"{code} {hashlib.sha256(repr(listed).encode()).hexdigest()}"
    made: list[Finder] = []

    def found(tenant: str, prompt: str) -> list[str]:
        if not made:
            made.append(Finder(listed))
        document = estate.document(tenant, prompt)
        pieces = [*texts_in_artifact(document["messages"], any_request=True)]
        pieces += [str(tool.get("description", "")) for tool in document["tools"]] if with_tools else []
        return sorted(made[0].found("|".join(map(words_of, pieces))))

    return estate.by_digest(asked, found)


def _place(estate: Estate, tenant: str, found: list[str]) -> Place:
    text = estate.overlay_text(tenant)
    if text is None:
        return Place("")
    for words in found:
        at = position(text.text, words)
        if at or re.match(r"\W*" + re.escape(words.split()[0]), text.text, re.IGNORECASE):
            return text.place(at)
    return text.place(0)


def owned_lines(estate: Estate) -> Iterator[Finding]:
    """W616: a template that is one tenant's, in another tenant's artifact."""
    project = estate.sources.project
    literals: dict[str, tuple[str, str, Place]] = {}
    for template in project.templates.values():
        owner = owner_of(template.path, project.tenants)
        for number, line in enumerate(template.text.split("\n") if owner else (), 1):
            plain = words_of(line)
            if not re.search(r"\{[{%#]", line) and len(plain) >= LITERAL_CHARACTERS_MIN:
                literals.setdefault(plain, (owner, template.path, Place(template.file, number + template.line_offset)))
    if not literals:
        return
    look = _looking(estate, "W616", literals, with_tools=False)
    targets: dict[tuple[str, str], set[str]] = {}
    places: dict[str, Place] = {}
    for tenant, prompts in estate.targets.items():
        for prompt, digest in prompts.items():
            for words in look(tenant, prompt, digest):
                owner, path, place = literals[words]
                if owner != tenant:
                    targets.setdefault((path, owner), set()).add(f"{tenant}/{prompt}")
                    places[path] = min(place, places.get(path, place))
    for (path, owner), some in targets.items():
        message = f"the template `{shortened(path)}` is `{owner}`'s, and its text is served to others"
        yield Finding("W616", message, places[path], "error", "include it for that tenant alone", targets=tuple(sorted(some)))


def _said(kind: str, owner: str) -> str:
    name, _, variable = kind.partition(" ")
    if name == "confidential":
        return f"a confidential value of `{owner}` (`{variable}`)"
    called = {"id": "id", "title": "title", "alias": "alias"}.get(name, f"`{variable}`")
    return f"the {called} of `{owner}`"


def _tenants(count: int) -> str:
    return f"{count:,} tenant{'s' if count != 1 else ''}"


CHECKS = (
    Check("W611", "corpus", foreign_layers, "error"),
    Check("W612", "corpus", foreign_files, "error"),
    Check("W613", "tenant", named_in_shared),
    Check("W614", "estate", named_elsewhere),
    Check("W615", "tenant", copied_into_shared),
    Check("W616", "estate", owned_lines, "error"),
)
