"""Layout: what keeps a provider from caching a prompt's beginning, or lets one tenant learn of another by how long it takes.

    artifacts, outlines of templates -> [layout] -> what varies before what doesn't

Pure. Providers keep the longest beginning that requests share, from some thousand tokens on (Anthropic and OpenAI: 1,024).
What a request decides ends it; so does what a tenant decides, for the other tenants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promptc.checks.check import Check, Compiled, Sample, Seat, Sources
from promptc.checks.outline import Piece, pieces_of
from promptc.core.findings import Finding, Place
from promptc.core.pattern import Pattern

GAIN_TOKENS_MIN = 1_024
TENANTS_MIN = 3
STATIC_TOKENS_MIN = 256
_SYSTEM = ("system", "developer")
_TODAY = Pattern(
    r"\b(?:today(?:'s date)?(?: is)?|current (?:date|time)(?: is)?|the date(?: today)? is|as of today|it is now|heute ist|"
    r"date du jour|fecha actual|data odierna)\b[\s:,]{0,4}(?:\w+,? )?"
    r"(?:20\d\d-\d\d-\d\d|\d{1,2}[./ ](?:\d{1,2}|\w{3,9})[./ ,]{1,2}20\d\d|\w{3,9} \d{1,2}(?:st|nd|rd|th)?,? 20\d\d)",
    re.IGNORECASE,
)
_ID = Pattern(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b"
    r"|\b(?:request|trace|session|correlation|build|run|deployment)[ _-]?id\b[\s:=]{1,3}[\w-]{6,}",
    re.IGNORECASE,
)
# Each match of the pattern above holds one of these, which are found much faster.
_VERSION = Pattern(r"-[1-8][0-9a-f]{3}-")
_CALLED = tuple(
    f"{word}{between}id"
    for word in ("request", "trace", "session", "correlation", "build", "run", "deployment")
    for between in (" ", "_", "-", "")
)
_DATES = Pattern(r"(?:^|_)(?:now|today|date|time|datetime|timestamp|current_date|current_time)(?:$|_)", re.IGNORECASE)
_IDS = Pattern(r"(?:^|_)(?:id|uuid|guid|request|session|trace|nonce|token|ticket|case)(?:$|_)", re.IGNORECASE)


def fresh_in_prefix(compiled: Compiled) -> Iterator[Finding]:
    """W302 and W303 of compiled text: a date of the day, an id, before anything that a request decides."""
    text = _kept_text(compiled)
    place = compiled.prompt.place
    if "20" in text and _TODAY.search(text):
        hint = "make it an input, and place it after what doesn't change"
        yield Finding("W302", "a date of the day is compiled into the stable prefix: it goes stale, and each new one empties the cache",
                      place, "warning", hint)  # fmt: skip


def ids_in_prefix(compiled: Compiled) -> Iterator[Finding]:
    """W303: an id in the stable prefix of an artifact."""
    text = _kept_text(compiled)
    lower = text.lower()
    if (_VERSION.search(lower) or any(called in lower for called in _CALLED)) and _ID.search(text):
        hint = "take it out, or make it an input that stands after what doesn't change"
        yield Finding("W303", "an id is compiled into the stable prefix", compiled.prompt.place, "warning", hint)


def _kept_text(compiled: Compiled) -> str:
    if "stable text" not in compiled.kept:
        compiled.kept["stable text"] = stable_text(compiled.document)
    text: str = compiled.kept["stable text"]
    return text


def slots_first(compiled: Compiled) -> Iterator[Finding]:
    """W302, W303 and W305 of slots: a request's value stands before much text that no request changes."""
    slot, after = _first_slot(compiled)
    if slot is None or after < STATIC_TOKENS_MIN:
        return
    name = ".".join(map(str, slot))
    code = _code_of(slot[-1] if slot else "")
    about = " by an estimate" if compiled.is_estimate else ""
    message = f"`{name}` stands before {after:,} tokens{about} that are the same in every request, which no cache can keep"
    place = compiled.prompt.places.get("inputs", compiled.prompt.place)
    yield Finding(code, message, place, "warning", "place it behind them, at best in the user message")


def _code_of(name: Any) -> str:
    if _DATES.search(str(name)):
        return "W302"
    return "W303" if _IDS.search(str(name)) else "W305"


def _picked(code: str) -> Any:
    def look(compiled: Compiled) -> list[Finding]:
        if "slots" not in compiled.kept:
            compiled.kept["slots"] = list(slots_first(compiled))
        return [finding for finding in compiled.kept["slots"] if finding.code == code]

    return look


def stable_text(document: Mapping[str, Any]) -> str:
    """The text before anything that a request decides."""
    texts: list[str] = []
    for message in document["messages"]:
        if "role" not in message or message["role"] not in _SYSTEM:
            break
        for part in message["content"]:
            if isinstance(part, str):
                texts.append(part)
            elif "cache" not in part:
                return "".join(texts)
    return "".join(texts)


def _first_slot(compiled: Compiled) -> tuple[Sequence[Any] | None, int]:
    """The first input that a system message prints, and the tokens of plain text after it in system messages."""
    slot: Sequence[Any] | None = None
    after: list[str] = []
    for message in compiled.document["messages"]:
        if message.get("role") not in _SYSTEM:
            break
        for part in message["content"]:
            if isinstance(part, str):
                after += [part] if slot is not None else []
            elif slot is None and "cache" not in part:
                slot = _input_of(part)
    return slot, compiled.count("".join(after)) if after else 0


def _input_of(part: Mapping[str, Any]) -> Sequence[Any]:
    for key in ("slot", "each", "media"):
        if key in part:
            return list(part[key])[1:] or list(part[key])
    paths = [*_paths(part.get("when"))]
    return paths[0][1:] if paths else ["input"]


def _paths(condition: Any) -> Iterator[list[Any]]:
    if isinstance(condition, list) and condition and condition[0] == "input":
        yield condition
    elif isinstance(condition, Mapping):
        for value in condition.values():
            yield from _paths(value)
    elif isinstance(condition, list):
        for value in condition:
            yield from _paths(value)


def confidential_before_mark(sources: Sources) -> Iterator[Finding]:
    """W304: what one tenant alone knows stands before the cache mark."""
    secret = {name for name, variable in sources.project.variables.items() if variable.confidential}
    for prompt in sources.closures if secret else ():
        pieces = pieces_of(sources, prompt)
        last = max((number for number, piece in enumerate(pieces) if piece.name == "cache"), default=0)
        for name, place in dict(_prints(pieces[:last], secret)).items():
            message = f"the confidential `{name}` stands before the cache mark of `{prompt}`"
            hint = "place it behind the mark: a cached beginning answers faster, which tells whoever tries whether a guess is right"
            yield Finding("W304", message, place, "warning", hint)


def confidential_blocks(seat: Seat) -> Iterator[Finding]:
    """W304 of a tenant's own text that holds a confidential value, in a block before the cache mark."""
    for name, choice in seat.tenant.prompts.items():
        if not choice.enabled or name not in seat.sources.closures:
            continue
        for block, actions in choice.blocks.items():
            own = [action for action in actions if action.confidential and action.overlay == seat.overlay.name]
            if own and block in _blocks_before_mark(seat.sources, name):
                message = f"a confidential value stands in the block `{block}`, before the cache mark of `{name}`"
                hint = "place the block behind the mark: a cached beginning answers faster, which tells whether a guess is right"
                yield Finding("W304", message, own[0].place, "warning", hint)


def _blocks_before_mark(sources: Sources, prompt: str) -> frozenset[str]:
    key = f"blocks before the mark: {prompt}"
    if key not in sources.kept:
        pieces = pieces_of(sources, prompt)
        last = max((number for number, piece in enumerate(pieces) if piece.name == "cache"), default=0)
        sources.kept[key] = frozenset(piece.text for piece in pieces[:last] if piece.name == "block")
    found: frozenset[str] = sources.kept[key]
    return found


def _prints(pieces: Sequence[Piece], names: set[str]) -> Iterator[tuple[str, Place]]:
    for piece in pieces:
        if piece.kind == "print":
            for name in re.findall(r"\bvars\.(\w+)", piece.text):
                if name in names:
                    yield name, piece.place


def shared_prefixes(sample: Sample) -> Iterator[Finding]:
    """W301: what tenants decide stands before much that is the same for all of them."""
    shared, later, whole, parted = measured(sample.texts, sample.count)
    if later < GAIN_TOKENS_MIN or len(sample.texts) < TENANTS_MIN:
        return
    about = " by an estimate" if sample.is_estimate else ""
    message = (
        f"{len(sample.texts):,} sampled tenants share the first {shared:,} of {whole:,} tokens of `{sample.prompt.name}`{about}; what "
        f"varies here stands before {later:,} that are the same for all: behind them, {shared + later:,} would be shared"
    )
    hint = "move what tenants decide behind what they share" + _groups(sample)
    yield Finding("W301", message, sample.place_of(parted), "warning", hint)


def measured(texts: Sequence[str], count: Any) -> tuple[int, int, int, int]:
    """Tokens that all texts begin with, tokens of lines after those that all hold, all tokens of the first, and the line's number
    from 0 at which they part.
    """
    split = [text.splitlines(keepends=True) for text in texts]
    first = split[0]
    parted = next((n for n, line in enumerate(first) if any(n >= len(o) or o[n] != line for o in split[1:])), len(first))
    common = set(first).intersection(*map(set, split[1:])) if len(split) > 1 else set(first)
    shared = count("".join(first[:parted])) if parted else 0
    rest = "".join(line for line in first[parted:] if line in common and line.strip())
    return shared, count(rest) if rest else 0, count("".join(first)), parted


def _groups(sample: Sample) -> str:
    """What tenants of one label share, where that is much more than all do."""
    said = []
    for label, texts in sorted(sample.groups.items()):
        if 2 <= len(texts) < len(sample.texts):
            shared, *_ = measured(texts, sample.count)
            said.append((shared, label))
    said.sort(key=lambda one: (-one[0], one[1]))
    return "; tenants of one group share " + ", ".join(f"{n:,} ({label})" for n, label in said[:3]) if said else ""


CHECKS = (
    Check("W301", "sample", shared_prefixes),
    Check("W302", "artifact", fresh_in_prefix),
    Check("W302", "artifact", _picked("W302")),
    Check("W303", "artifact", ids_in_prefix),
    Check("W303", "artifact", _picked("W303")),
    Check("W304", "project", confidential_before_mark),
    Check("W304", "tenant", confidential_blocks),
    Check("W305", "artifact", _picked("W305")),
)
