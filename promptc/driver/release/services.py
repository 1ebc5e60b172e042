"""Services: what each of those that deploy a pin has written down, and what it says that it serves.

    pin --as, deployed -> [services] -> services/NAME/entries/N.json -> history, rollback

A service has a channel of its own, so that history, trace and gc know of it as of any other. An entry of kind `pin` says
that a pin was written down, one of kind `deploy` that it is served.
"""

from __future__ import annotations

from collections.abc import Iterator

from promptc.core.channel import SERVICE, checked_name, entries_back
from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest
from promptc.core.entry import Composed, Entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.manifest import compare_served, walk_served
from promptc.core.pin import Pin
from promptc.core.review import plan_digest
from promptc.driver.release.appending import append
from promptc.driver.release.opening import Desk
from promptc.driver.release.pins import composed_root, own_manifest, pinned_entry, read_pin
from promptc.driver.release.pushing import push_nodes
from promptc.driver.release.source import reader
from promptc.driver.release.who import Author, now


@dataclass(frozen=True, slots=True)
class Held:
    """A root that a service holds: the entry that says so, and whether it is served or only written down."""

    service: str
    entry: Entry
    is_served: bool


def noted(desk: Desk, service: str, pin: Pin, *, by: Author) -> Entry:
    """Note that a service holds a pin, which it will serve with its next deploy."""
    return _appended(desk, _Noting(desk, f"{SERVICE}{service}", pin, "pin", by))


def deployed(desk: Desk, service: str, file: str, *, by: Author) -> Entry:
    """Say that a service serves the pin in a file from now on. PromptcError V010 when it said so already."""
    pin = read_pin(desk, file)
    pinned_entry(desk, pin)
    return _appended(desk, _Noting(desk, f"{SERVICE}{service}", pin, "deploy", by))


def held_by(desk: Desk, service: str) -> Iterator[Held]:
    """What a service holds now: what it serves, and each pin that was written down since, newest first."""
    head = desk.maybe_head(f"{SERVICE}{service}")
    for entry in entries_back(desk.registry.read, head) if head is not None else ():
        yield Held(service, entry, entry.kind == "deploy")
        if entry.kind == "deploy":
            return


def services(desk: Desk) -> list[str]:
    """The services that the registry knows, sorted."""
    return [name.removeprefix(SERVICE) for name in desk.channels() if name.startswith(SERVICE)]


@dataclass(frozen=True, slots=True)
class _Noting:
    """Makes the entry of a service's channel. `channel` is `service/NAME`."""

    desk: Desk
    channel: str
    pin: Pin
    kind: str
    by: Author

    def __call__(self, head: Entry | None) -> Entry:
        root, get = composed_root(self.desk, self.pin)
        if head is not None and head.root == root and self.kind in ("pin", head.kind):
            raise PromptcError(
                "V010", f"`{head.moment}` says that already", hint="nothing was changed", exit_code=Exit.OK
            )
        if head is None:
            changes = tuple(walk_served(get, root))
        else:
            changes = compare_served(get, head.root, root)
        origin = pinned_entry(self.desk, self.pin)
        added = sum(change.before is None for change in changes)
        removed = sum(change.after is None for change in changes)
        record = origin.composed.record if origin.composed is not None else None
        of = Composed(
            self.pin.moment, self.pin.root, plan_digest(changes), head.number if head else 0, record,
            changed=len(changes) - added - removed, added=added, removed=removed,
        )  # fmt: skip
        entry = Entry(self.channel, 0, self.desk.lineage, "deploy", root, now(), self.by.who, self.by.why, composed=of)
        kind = "pin" if self.kind == "pin" else "deploy"
        return replace(entry, kind=kind, tenants=origin.tenants, aliases=origin.aliases)  # type: ignore[arg-type]

    def nodes(self) -> dict[Digest, bytes]:
        """The nodes of a root that no channel has."""
        made = own_manifest(reader(self.desk), self.pin)
        return {} if made is None else dict(made.blobs)


def _appended(desk: Desk, noting: _Noting) -> Entry:
    checked_name(noting.channel)
    with desk.registry.using():
        push_nodes(desk.registry, noting.nodes())
        return append(desk, noting.channel, noting)
