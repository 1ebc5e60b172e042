"""Provenance: where few-shot examples came from, who agreed, until when, and whose they are.

    Sources, today -> [provenance] -> findings at the examples

Pure. An expired example stays in the artifacts that hold it: a date never changes what a build gives (design, section 3).
A shared example of a tenant without consent doesn't compile at all (S014); here is what compiles and is doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator

from promptc.checks.check import Check, Sources
from promptc.compiler.project import Example, Examples
from promptc.core.findings import Finding, Place
from promptc.core.visible import shortened


def _all(sources: Sources) -> Iterator[tuple[Examples, Example]]:
    return ((one, example) for one in sources.project.examples for example in one.examples)


def _source(example: Example) -> str:
    """The tenant that an example came from, "" for none."""
    return example.origin.removeprefix("tenant:") if example.origin.startswith("tenant:") else ""


def missing(sources: Sources) -> Iterator[Finding]:
    """W201: an example of a tenant's traffic that doesn't say when it was recorded, or a shared one until when."""
    for owner, example in _all(sources):
        if not _source(example):
            continue
        lacking = [] if example.recorded else ["recorded"]
        if owner.owner == "shared" and not example.expires:
            lacking.append("expires")
        if lacking:
            said = " and ".join(f"`{key}`" for key in lacking)
            message = f"example `{shortened(example.id)}` comes from a tenant's traffic and lacks {said}"
            yield _warning("W201", message, example.place, "say when it was recorded, and until when it may be used")


def expired(sources: Sources) -> Iterator[Finding]:
    """W202: an example whose consent has run out."""
    for _, example in _all(sources):
        if example.expires and example.expires < sources.today:
            message = f"example `{shortened(example.id)}` expired on {example.expires} and is still compiled"
            yield _warning("W202", message, example.place, "remove it, or ask again and write the new date")


def over_shared(sources: Sources) -> Iterator[Finding]:
    """W203: an example that one tenant's file holds and that another tenant's traffic gave, or one that all see by its consent alone."""
    for owner, example in _all(sources):
        source = _source(example)
        if not source or owner.owner == source:
            continue
        if owner.owner != "shared":
            message = f"example `{shortened(example.id)}` came from another tenant than the one that owns this file"
            yield _warning("W203", message, example.place, "move it to its own tenant's examples")
        elif not _lets_others(example.consent):
            message = f"example `{shortened(example.id)}` is shown to every tenant, and its consent doesn't say that others may see it"
            hint = "say in `consent` that it may be shared with other customers, or make the set that tenant's own"
            yield _warning("W203", message, example.place, hint)


def _lets_others(consent: str) -> bool:
    words = consent.casefold()
    return any(word in words for word in ("shar", "other", "all tenants", "all customers", "public", "publish", "everyone", "any "))


def unconsented(sources: Sources) -> Iterator[Finding]:
    """W204: an example of a tenant's traffic that names nobody who agreed, in that tenant's own file."""
    for owner, example in _all(sources):
        if _source(example) and not example.consent.strip() and owner.owner != "shared":
            message = f"example `{shortened(example.id)}` comes from a tenant's traffic without `consent`"
            yield _warning("W204", message, example.place, "say who agreed, and in what, in `consent`")


def orphaned(sources: Sources) -> Iterator[Finding]:
    """W205: examples that came from a tenant that is gone."""
    tenants = sources.project.tenants
    for owner, example in _all(sources):
        source = _source(example)
        if source and source != owner.owner and source not in tenants:
            message = f"example `{shortened(example.id)}` came from a tenant that isn't there any more"
            yield _warning("W205", message, example.place, "remove it: what was agreed with that tenant may have ended")


def dated_wrongly(sources: Sources) -> Iterator[Finding]:
    """W206: an example that was recorded after it expires, or in the future."""
    for _, example in _all(sources):
        if example.recorded and (example.recorded > sources.today or (example.expires and example.recorded > example.expires)):
            message = f"example `{shortened(example.id)}` was recorded on {example.recorded}, which can't be"
            yield _warning("W206", message, example.place, "mend `recorded` or `expires`")


def _warning(code: str, message: str, place: Place, hint: str) -> Finding:
    return Finding(code, message, place, "warning", hint)


CHECKS = (
    Check("W201", "project", missing),
    Check("W202", "project", expired),
    Check("W203", "project", over_shared),
    Check("W204", "project", unconsented),
    Check("W205", "project", orphaned),
    Check("W206", "project", dated_wrongly),
)
