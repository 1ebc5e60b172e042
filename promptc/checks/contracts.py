"""Contracts: an input that reads another prompt's output, held against it for every tenant.

    Seats, the prompts' declarations (`reads: classify.output`) -> [contracts] -> findings at the input, with the place of the output

Pure. Where an output's schema depends on no variable, the two are compared once for all tenants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from promptc.checks.check import Check, Seat, Sources
from promptc.checks.holding import Holding, Mismatch
from promptc.checks.proving import Schema, resolved
from promptc.compiler.parcel import fill, values_of
from promptc.compiler.project import Prompt
from promptc.core.dataclass import dataclass, replace
from promptc.core.findings import Finding, Place, Severity
from promptc.core.values import NotCanonical, canonical_text

_HINTS = {
    "W701": "enable the prompt that it reads for this tenant, or give the input a default",
    "W702": "declare the same type on both sides",
    "W703": "require it in the output, or give it a default in the input",
    "W704": "let both list the same values",
    "W705": "limit the output, or take more",
    "W706": "write the same `format` on both sides",
    "W707": "give both the same unit, and convert where the two meet",
    "W708": "declare it in the input, or leave it out of the output",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One input that reads: whose, its name and schema, the prompt that it reads and the path in its output."""

    reader: Prompt
    input: str
    schema: Schema
    source: str
    path: tuple[str, ...]

    @property
    def place(self) -> Place:
        """Where the reader says it."""
        return self.reader.places.get(f"inputs.{self.input}.reads", self.reader.place)


def readings(prompts: Mapping[str, Prompt]) -> Iterator[Reading]:
    """Everything that is read, by its readers' names."""
    for prompt in prompts.values():
        for name, schema in prompt.inputs.items():
            if "reads" in schema:
                source, _, *path = str(schema["reads"]).split(".")
                yield Reading(prompt, name, schema, source, tuple(path))


def held(seat: Seat) -> Iterator[Finding]:
    """W701 to W708 of one tenant."""
    sources = seat.sources
    if "readings" not in sources.kept:
        sources.kept["readings"] = tuple(readings(sources.project.prompts))
    for reading in sources.kept["readings"]:
        reader, source = (seat.tenant.prompts.get(name) for name in (reading.reader.name, reading.source))
        if reader is None or not reader.enabled:
            continue
        target = f"{seat.tenant.id}/{reading.reader.name}"
        if source is None or not source.enabled:
            if "default" not in reading.schema:
                said = f"`{reading.input}` reads the output of `{reading.source}`, which this tenant does not have"
                yield Finding("W701", said, reading.place, "warning", _HINTS["W701"], targets=(target,))
            continue
        for finding in _compared(seat, reading):
            yield replace(finding, targets=(target,))


def _compared(seat: Seat, reading: Reading) -> tuple[Finding, ...]:
    sources = seat.sources
    prompt = sources.project.prompts[reading.source]
    written: Any = {"type": "string"} if prompt.output is None else prompt.output.schema
    quotes = "$vars" not in _text_of(written)
    schema = written if quotes else fill(written, values_of(seat.tenant), prompt.place, [])
    key = f"held: {reading.reader.name}.{reading.input} {'' if quotes else _text_of(schema)}"
    if key not in sources.kept:
        sources.kept[key] = tuple(_findings(sources, reading, prompt, schema, quotes))
    found: tuple[Finding, ...] = sources.kept[key]
    return found


def _text_of(data: Any) -> str:
    try:
        return canonical_text(data)
    except NotCanonical:
        return repr(data)


def _findings(sources: Sources, reading: Reading, prompt: Prompt, schema: Schema, quotes: bool) -> Iterator[Finding]:
    seen: dict[tuple[str, str], tuple[Place, Place]] = {}
    for mismatch in _mismatches(reading, schema, quotes):
        where = ".".join((reading.source, "output", *reading.path, *mismatch.path)).replace(".[]", "[]")
        here = ".".join((reading.input, *mismatch.path)).replace(".[]", "[]")
        seen[mismatch.code, f"`{where}` {mismatch.said} (input `{here}`)"] = (
            _input_place(reading, mismatch.path), _output_place(prompt, (*reading.path, *mismatch.path)),
        )  # fmt: skip
    for (code, said), (place, other) in seen.items():
        yield Finding(code, said, place, "warning", _HINTS[code], (("what it reads", other),))


def _mismatches(reading: Reading, schema: Schema, quotes: bool) -> Iterator[Mismatch]:
    part: Any = schema
    inn = {key: value for key, value in reading.schema.items() if key != "reads"}
    for step in reading.path:
        found = resolved(part, schema)
        known = found.get("properties", {}) if found is not None else {}
        if found is not None and step not in known and ("properties" in found or found.get("type") not in (None, "object")):
            yield Mismatch("W701", (), f"is no field of the answer, and it is read: there is no `{step}`")
            return
        if step not in known:
            return  # an open map may hold it
        if step not in (found or {}).get("required", ()) and "default" not in inn:
            yield Mismatch("W703", (), "may be left out of the answer, and it is read")
        part = known[step]
    yield from Holding(schema, quotes=quotes).compare(part, inn, name=reading.input)


def _input_place(reading: Reading, path: tuple[str, ...]) -> Place:
    """Where the front matter declares a field of the input, or the nearest thing above it."""
    return _nearest(reading.reader.places, f"inputs.{reading.input}.", path) or reading.place


def _output_place(prompt: Prompt, path: tuple[str, ...]) -> Place:
    """Where the schema's file declares a field, or the nearest thing above it."""
    if prompt.output is None:
        return prompt.place
    return _nearest(prompt.output.places, "", path) or prompt.places.get("output.schema", prompt.place)


def _nearest(places: Mapping[str, Place], before: str, path: tuple[str, ...]) -> Place | None:
    steps = ["items" if step == "[]" else f"properties.{step}" for step in path]
    spelled = (before + ".".join(steps[:count]) for count in range(len(steps), 0, -1))
    return next((places[name] for name in spelled if name in places), None)


def _held_once(seat: Seat) -> tuple[Finding, ...]:
    """What is said of a seat, worked out once for all codes."""
    kept = seat.sources.kept
    if kept.get("held of") is not seat:
        kept["held of"], kept["held"] = seat, tuple(held(seat))
    found: tuple[Finding, ...] = kept["held"]
    return found


def _check(code: str, severity: Severity = "warning") -> Check:
    return Check(code, "tenant", lambda seat: (finding for finding in _held_once(seat) if finding.code == code), severity)


CHECKS = (
    _check("W701"), _check("W702", "error"), _check("W703"), _check("W704"), _check("W705"), _check("W706"), _check("W707"),
    _check("W708"),
)  # fmt: skip
