"""Leaks: what of one tenant comes, or could come, into what another tenant is served.

    Corpus -> [flow] -> layers, texts and fragments of one tenant that others use
    Seat, Estate -> [content] -> identifiers and passages of one tenant in shared texts and in others' artifacts

Pure. A finding says whose and of which kind, and never quotes what it found: that may be confidential.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptc.checks.check import Check, Corpus, Estate, Held, Seat, Sources
from promptc.checks.identifiers import described_in, identities_of, position, words_of
from promptc.checks.names import LINE, is_name
from promptc.checks.ownership import owner_of
from promptc.checks.shared_texts import NGRAM_WORDS, shared_of, shingles_of
from promptc.compiler.resolve import chain_of
from promptc.core.findings import Finding, Place
from promptc.core.visible import shortened

VERBATIM_WORDS_MIN = 16


def foreign_layers(corpus: Corpus) -> Iterator[Finding]:
    """W611: a layer that is one tenant's in other tenants' chains."""
    project = corpus.sources.project
    for name, layer in project.layers.items():
        owner = owner_of(f"layers/{name}", project.tenants)
        if not owner:
            continue
        is_counted = corpus.chosen is None or owner in corpus.chosen
        others = corpus.facts.get(("layer", name), 0) - (is_counted and name in chain_of(project, owner)[0][:-1])
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
    if seat.sources.is_alone:
        return
    shared = shared_of(seat.sources)
    said: set[Place] = set()
    # Of several that begin at one place, the longest says most.
    for kind, words in sorted(identities_of(seat), key=lambda one: -len(one[1])):
        if kind == "pattern" or not is_name(words, kind, shared.plain_words):
            continue  # of the former, whoever's they are, W617 speaks
        for passage in shared.holding(words):
            place = passage.place(words)
            if passage.is_of(seat.overlay.name) or place in said:
                continue
            said.add(place)
            message = f"a shared {passage.kind} holds {_said(kind, seat.overlay.name)}"
            yield Finding("W613", message, place, "warning", "take it out or make it a variable; or allow it here with a reason")


def described_in_shared(sources: Sources) -> Iterator[Finding]:
    """W617: an id, as the settings describe them, in a text that all tenants share."""
    project = sources.project
    if not project.settings.identifiers or sources.is_alone:
        return
    for passage in shared_of(sources).passages:
        for one in described_in(passage.text, project.settings):
            whose = next((name for name in (one.holder, one.holder.casefold()) if name in project.tenants), "")
            if passage.is_owned and passage.origin == (whose or passage.origin):
                continue
            said = f"an id of `{whose}`" if whose else "an id that tells of one tenant"
            hint = "take it out, or write one that is nobody's; `identifiers` in the settings describes such ids"
            yield Finding("W617", f"a shared {passage.kind} holds {said}", passage.place_at(one.start), "warning", hint)


def copied_into_shared(seat: Seat) -> Iterator[Finding]:
    """W615: a passage of a tenant's own text that stands almost word by word in a shared text."""
    shared = shared_of(seat.sources)
    for text, place in seat.texts:
        if len(text) < VERBATIM_WORDS_MIN * 2:
            continue
        own = shingles_of(words_of(text))
        for number in _copied(own, shared.shingles) if len(own) > VERBATIM_WORDS_MIN - NGRAM_WORDS else ():
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
    found: dict[tuple[str, str, str], list[Held]] = {}
    for held in estate.held:
        owners = [(owner, kind) for owner, kind in sorted(held.owners.items()) if not kind.startswith(LINE)]
        if owners:
            found.setdefault((held.tenant, *owners[0]), []).append(held)
    for (tenant, owner, kind), some in sorted(found.items()):
        targets = tuple(sorted({target for held in some for target in held.targets}))
        place = _place(estate, tenant, [held.words for held in some])
        message = f"what `{tenant}` is served holds {_said(kind, owner)}"
        hint = "take it out of what this tenant is given; `promptc check --why-no-leak` shows where each piece comes from"
        yield Finding("W614", message, place, "warning", hint, targets=targets)


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
    found: dict[tuple[str, str], list[Held]] = {}
    for held in estate.held:
        for owner, kind in held.owners.items():
            if kind.startswith(LINE):
                found.setdefault((kind.removeprefix(LINE), owner), []).append(held)
    for (path, owner), some in sorted(found.items()):
        template = estate.sources.project.templates[path]
        words = {held.words for held in some}
        first = next(number for number, line in enumerate(template.text.split("\n"), 1) if words_of(line) in words)
        message = f"the template `{shortened(path)}` is `{owner}`'s, and its text is served to others"
        targets = tuple(sorted({target for held in some for target in held.targets}))
        place = Place(template.file, first + template.line_offset)
        yield Finding("W616", message, place, "error", "include it for that tenant alone", targets=targets)


def _said(kind: str, owner: str) -> str:
    name, _, variable = kind.partition(" ")
    if name == "confidential":
        return f"a confidential value of `{owner}` (`{variable}`)"
    if name == "pattern":
        return f"an id of `{owner}`, as `identifiers` describes them"
    called = {"id": "id", "title": "title", "alias": "alias"}.get(name, f"`{variable}`")
    return f"the {called} of `{owner}`"


def _tenants(count: int) -> str:
    return f"{count:,} tenant{'s' if count != 1 else ''}"


CHECKS = (
    Check("W611", "corpus", foreign_layers, "error", of_some=True),
    Check("W612", "corpus", foreign_files, "error", of_some=True),
    Check("W613", "tenant", named_in_shared),
    Check("W614", "estate", named_elsewhere, of_some=True),
    Check("W615", "tenant", copied_into_shared),
    Check("W616", "estate", owned_lines, "error", of_some=True),
    Check("W617", "project", described_in_shared),
)
