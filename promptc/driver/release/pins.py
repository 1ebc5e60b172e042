"""Pins: a root of a channel written down in a consumer's repository, checked, and moved.

    CHANNEL -> [pins] -> promptc.lock -> services.py: deployed

A pin can be read without a project: it names its registry. Nothing here writes into a registry but the note, asked for,
that a service holds a pin.
"""

from __future__ import annotations

import os
from pathlib import Path

from promptc.core.channel import entry_at, foreign
from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest
from promptc.core.document import Get
from promptc.core.entry import Entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.manifest import Change, Manifest, compare_served, look_up, tenant_targets
from promptc.core.moves import Known, composed, tenant_of_alias
from promptc.core.pin import Pin, decode_pin, encode_pin
from promptc.core.visible import shortened
from promptc.driver.nearest import did_you_mean
from promptc.driver.release.opening import Desk, opened_desk
from promptc.driver.release.source import entry_of, reader
from promptc.stores.regular import read_regular
from promptc.stores.write import write_durable


@dataclass(frozen=True, slots=True)
class Behind:
    """How far a pin is behind its channel: the head, how many entries lie between, which targets are served otherwise."""

    head: Entry
    entries: int
    changes: tuple[Change, ...]


def pinned(desk: Desk, moment: str, file: str, *, fallback: str | None = None) -> tuple[Pin, Pin | None]:
    """Write a pin of a channel's moment to a file; it, and the pin that stood there. PromptcError V001, V002, V013, K001."""
    entry = entry_of(desk, moment)
    before = _before(desk, file)
    root = None if fallback is None else entry_of(desk, fallback).root
    pin = Pin(written_place(desk, file), desk.lineage, entry.channel, entry.number, entry.root, {}, root)
    _refuse_revoked(desk, pin)
    _write(desk, file, pin)
    return pin, before


def updated(desk: Desk, file: str, target: str | None) -> tuple[Pin, Pin]:
    """Move a pin to its channel's head, or one target of it alone; the pin now and before. PromptcError K002, V019."""
    before = read_pin(desk, file)
    head = desk.head(before.channel)
    after = replace(before, entry=head.number, root=head.root, exceptions={})
    if target is not None:
        after = _with_target(desk, before, head, target)
    _refuse_revoked(desk, after)
    if after != before:
        _write(desk, file, after)
    return after, before


def read_pin(desk: Desk, path: str) -> Pin:
    """The pin in a file, of this registry's lineage. PromptcError K001, K002, K005, V005."""
    pin = decode_pin(_bytes_of(desk.start, path), shortened(path))
    if pin.lineage != desk.lineage:
        raise foreign(f"`{shortened(path)}`", pin.lineage, desk.lineage)
    return pin


def desk_of_pin(start: str, file: str, where: str | None) -> Desk:
    """The registry of a pin: as named on the command line, else as the pin names it, which needs no project.

    A folder stands in a pin as it is reached from the pin's own folder.
    """
    if where is not None:
        return opened_desk(start, where)
    path = Path(start, file)
    pin = decode_pin(_bytes_of(Path(start), file), shortened(file))
    named = pin.registry if "://" in pin.registry else str(Path(path.parent, pin.registry))
    return opened_desk(start, named)


def written_place(desk: Desk, file: str) -> str:
    """How a pin names its registry: a folder as it is reached from the pin's own, so that both can be moved together."""
    where = desk.registry.where
    if "://" in where:
        return where
    folder = Path(desk.base, where)
    return where if Path(where).is_absolute() else os.path.relpath(folder, Path(desk.start, file).resolve().parent)


def pinned_root(desk: Desk, path: str) -> tuple[Digest, Get]:
    """The root that a pin comes to with its exceptions, and what reads it."""
    return composed_root(desk, read_pin(desk, path))


def composed_root(desk: Desk, pin: Pin) -> tuple[Digest, Get]:
    """The root that stands for a pin and its exceptions; its nodes need not be anywhere but here."""
    get = reader(desk)
    made = own_manifest(get, pin)
    if made is None:
        return pin.root, get
    return made.root, lambda digest: made.blobs[digest] if digest in made.blobs else get(digest)


def own_manifest(get: Get, pin: Pin) -> Manifest | None:
    """The root of a pin with its exceptions; None when it has none, since its root is a channel's then."""
    if not pin.exceptions:
        return None
    moves = []
    for target, digest in pin.exceptions.items():
        tenant, _, prompt = target.partition("/")
        moves.append(Change(tenant, prompt, look_up(get, pin.root, tenant, prompt), digest))
    return composed(get, pin.root, moves, {})


def behind(desk: Desk, pin: Pin) -> Behind:
    """What a pin's channel serves otherwise by now."""
    head = desk.head(pin.channel)
    root, get = composed_root(desk, pin)
    return Behind(head, head.number - pin.entry, compare_served(get, root, head.root))


def moved(desk: Desk, before: Pin | None, after: Pin) -> tuple[Change, ...] | None:
    """What two pins serve differently; None where the older one's root can't be read here."""
    if before is None or before.lineage != after.lineage:
        return None
    try:
        (old, left), (new, right) = composed_root(desk, before), composed_root(desk, after)
        return compare_served(_either(left, right), old, new)
    except PromptcError:
        return None


def _either(first: Get, second: Get) -> Get:
    def get(digest: Digest) -> bytes:
        try:
            return first(digest)
        except PromptcError:
            return second(digest)

    return get


def pinned_entry(desk: Desk, pin: Pin) -> Entry:
    """The entry that a pin was taken from. PromptcError K004 when that entry has another root."""
    entry = entry_at(desk.registry.read, pin.channel, pin.entry)
    if entry.root != pin.root:
        raise PromptcError(
            "K004",
            f"the pin names the root `{pin.root[:19]}…`, and `{pin.moment}` has `{entry.root[:19]}…`",
            hint="the pin was not made from this registry's history; write it anew with `promptc pin CHANNEL`",
            exit_code=Exit.INTEGRITY,
        )
    return entry


def _with_target(desk: Desk, pin: Pin, head: Entry, word: str) -> Pin:
    get = reader(desk)
    tenant, _, prompt = word.partition("/")
    tenant = tenant_of_alias(get, Known(head.tenants, head.aliases), tenant) or tenant
    served = tenant_targets(get, head.root, tenant) or {}
    if prompt not in served:
        near = did_you_mean(prompt, served, listing="its prompts are") if served else ""
        raise PromptcError(
            "V019",
            f"`{head.moment}` has no target `{shortened(word)}`",
            hint=near or "write `tenant/prompt`; a target that was removed goes from a pin with all of them: `promptc pin --update`",
        )
    target = f"{tenant}/{prompt}"
    exceptions = {name: digest for name, digest in pin.exceptions.items() if name != target}
    if look_up(get, pin.root, tenant, prompt) != served[prompt]:
        exceptions[target] = served[prompt]
    return replace(pin, exceptions=exceptions)


def _before(desk: Desk, file: str) -> Pin | None:
    """The pin that stands in a file, None when it is to be written anew. What is no pin is not written over."""
    if read_regular(Path(desk.start, file), shortened(file)) is None:
        return None
    try:
        return decode_pin(_bytes_of(desk.start, file), shortened(file))
    except PromptcError as error:
        error.hint = f"take `{shortened(file)}` away first, or name another file with `-o`"
        raise


def _bytes_of(start: Path, path: str) -> bytes:
    data = read_regular(Path(start, path), shortened(path))
    if data is None:
        raise PromptcError(
            "K002",
            f"there is no pin file `{shortened(path)}`",
            hint="`promptc pin CHANNEL -o FILE` writes one",
            exit_code=Exit.INTEGRITY,
        )
    return data


def _refuse_revoked(desk: Desk, pin: Pin) -> None:
    from promptc.driver.release.planning import refuse_revoked

    refuse_revoked(desk, (), pin.root)
    refuse_revoked(desk, [Change("", "", None, digest) for digest in pin.exceptions.values()], None)


def _write(desk: Desk, file: str, pin: Pin) -> None:
    write_durable(Path(desk.start, file), encode_pin(pin))
