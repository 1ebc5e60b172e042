"""Prompts: a service's client: gives the prompt of a tenant, verified up to the root that a channel or a pin names.

    Prompts.open -> heads, blobs -> [prompts] -> get -> Prompt -> render

What was given once is given again without asking anybody. A thread of its own asks the registry now and then; when it has
something new, that is verified first, and then takes the place of the old at once: no call ever sees half of it. Where the
registry can't be asked, what was verified last is served, and `status` says so.
"""

from __future__ import annotations

import os
import threading
import time
import weakref

from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.runtime import heads
from promptc.runtime.blobs import Blobs
from promptc.runtime.errors import (
    BadReceipt,
    Closed,
    Damaged,
    Revoked,
    UnknownPrompt,
    UnknownTenant,
)
from promptc.runtime.lookup import KEPT_MAX, Lookup
from promptc.runtime.opening import First, Options, first_of, placed, refuse_untrusted, rules_of, trust_of
from promptc.runtime.served import Models, Prompt, Where
from promptc.runtime.variants import drawn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import Any, Literal

    from promptc.core.allocation import Allocation
    from promptc.runtime.heads import Head
    from promptc.runtime.source import Source

REFRESH_SECONDS = 30.0
WARMED_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Status:
    """How a client stands. `age_seconds` is the time since the registry last said that this is what to serve.

    `refused` is the last refresh's error, None when it worked. `unknown` counts tenants that weren't known, `revoked` gets of
    what was revoked, `gets` those that had to look something up.
    """

    moment: str
    root: str
    pin: str
    age_seconds: float
    is_stale: bool
    refused: PromptcError | None
    unknown: int
    revoked: int
    looked_up: int


class _View:
    """One head, and what was looked up under it. It is made whole and never changed, apart from what it remembers."""

    __slots__ = ("at", "drawing", "found", "head")

    def __init__(self, head: Head, at: float) -> None:
        self.head = head
        self.at = at
        self.found: dict[tuple[str, str], Prompt] = {}
        # What keys are drawn by, and what the tenant is served.
        self.drawing: dict[tuple[str, str], tuple[Allocation, Collection[str]] | None] = {}


_clients: weakref.WeakSet[Prompts] = weakref.WeakSet()


class Prompts:
    """A client of one channel or one pin. Threads may share it; after a fork each process goes on with its own."""

    def __init__(self, blobs: Blobs, head: First, options: Options) -> None:
        self._blobs = blobs
        self._options = options
        self._view = _View(head.head, head.at)
        self._lookup = Lookup(blobs, options.rules)
        self._refused = head.refused
        self._looked_up = 0
        self._is_closed = False
        self._begin()
        _clients.add(self)

    @classmethod
    def open(
        cls, registry: str | Source | None = None, *, channel: str | None = None, pin: str | os.PathLike[str] | None = None,
        vendored: str | None = None, cache: str | os.PathLike[str] | None = None, refresh_seconds: float = REFRESH_SECONDS,
        stale_seconds: float | None = None, on_revoked: Literal["stop", "fallback", "warn"] = "stop",
        unknown: Literal["error", "default"] = "error", default_tenant: str | None = None,
        models: Mapping[str, str] | None = None, allow_other_model: bool = False, tools: Collection[str] | None = None,
        prompts: Collection[str] | Mapping[str, Collection[str] | None] | None = None,
        trusted: Collection[str | bytes] = (), threshold: int = 1, clock: Callable[[], float] = time.time,
    ) -> Prompts:  # fmt: skip
        """Open a client: of a `channel` of a registry, or of a `pin` (a file), whose registry it names.

        `vendored` is a folder that `promptc vendor` wrote: it is asked first, and serves where the registry can't be asked.
        `cache` is a folder of this service's own, in which what was verified outlives a restart. `refresh_seconds` is how
        often the registry is asked, 0 for never but by `refresh()`; after `stale_seconds` (ten times that) without an answer
        `status.is_stale` says so. `on_revoked` is what becomes of what was revoked. A tenant that isn't known is an error, or
        with `unknown="default"` is served the prompt of `default_tenant`, and counted. `models` maps models to the names of
        deployments. `tools` are those that the service handles and `prompts` those that it uses (with the inputs that it
        gives): what needs others is refused here. `trusted` are Ed25519 public keys, `threshold` of which must vouch for a
        channel's head (docs/signing.md). `clock` gives seconds, for tests.

        Unreachable when neither the registry, the cache nor a vendored folder has it; Misused, NoChannel, Lacking, Damaged,
        Foreign, WentBack.
        """
        folder = os.fspath(cache) if cache is not None else ""
        rules = rules_of(on_revoked, (unknown, default_tenant), Models(dict(models or {}), allow_other_model), (tools, prompts))
        stale = stale_seconds if stale_seconds is not None else 10 * refresh_seconds
        options = Options(refresh_seconds, stale, rules, folder, clock, trust_of(trusted, threshold))
        place = placed(registry, channel, os.fspath(pin) if pin is not None else None, vendored)
        first = first_of(place, options)
        client = cls(Blobs(place.sources, folder), first, options)
        try:
            client._lookup.check_root(first.head.root)
            client._lookup.check_contract(first.head.root)
        except BaseException:
            client.close()
            raise
        client._keep(first.head, first.at)
        return client

    # Getting

    def get(self, tenant: str, prompt: str, *, key: str | None = None, salt: str = "") -> Prompt:
        """The prompt of a tenant, by its id or an alias. UnknownTenant, UnknownPrompt, Revoked, Damaged, Removed, Unreachable.

        With a `key`, the variant of the prompt that this key draws: a user's id, a conversation's. It draws the same one until
        shares move. Another `salt` is another experiment. `prompt.where.variant` says which it was.
        """
        view = self._view
        if key is not None:
            prompt = self._drawn(view, (tenant, prompt), key, salt)
        found = view.found.get((tenant, prompt))
        if found is not None and not self._is_closed:
            return found
        return self._get(view, tenant, prompt)

    async def aget(self, tenant: str, prompt: str, *, key: str | None = None, salt: str = "") -> Prompt:
        """As `get`, without holding up the event loop where something has to be read."""
        view = self._view
        if key is None or (tenant, prompt) in view.drawing:
            name = prompt if key is None else self._drawn(view, (tenant, prompt), key, salt)
            found = view.found.get((tenant, name))
            if found is not None and not self._is_closed:
                return found
        import asyncio

        return await asyncio.to_thread(self.get, tenant, prompt, key=key, salt=salt)

    def resume(self, receipt: str | Mapping[str, Any], *, tenant: str | None = None) -> Prompt:
        """The very prompt that a conversation began with, by one of its receipts. BadReceipt, Revoked, Removed, Damaged.

        The entry that the receipt names must have served it to that tenant, so that no receipt opens another's prompt.
        Where receipts pass through other hands, say whose conversation it is with `tenant`.
        """
        from promptc.runtime.receipts import Receipt

        said = Receipt.read(receipt)
        head = self._view.head
        if tenant is not None and tenant not in (said.tenant, said.served):
            raise BadReceipt("the receipt is of another tenant", hint="resume a conversation with its own receipt")
        if said.lineage != head.lineage:
            raise BadReceipt("the receipt is of another registry's history", hint="resume it with a client of that registry")
        root = said.root
        if not self._served(root, said.channel, said.entry):
            raise BadReceipt(
                f"`{said.channel}@{said.entry}` did not serve what the receipt says", hint="it was altered, or its entry is not here"
            )
        where = Where(said.tenant, said.served, said.prompt, said.lineage, said.channel, said.entry, root, said.pin, variant=said.variant)
        digest = self._lookup.digest_in(root, said.served, said.prompt)
        if digest != said.artifact and head.exceptions.get(f"{said.served}/{said.prompt}") != said.artifact:
            raise BadReceipt(f"`{where.moment}` serves `{said.served}/{said.prompt}` another artifact than the receipt says")
        why = self._lookup.revocation(head, said.artifact) or self._lookup.revocation(head, root)
        if why and self._options.rules.on_revoked != "warn":
            raise Revoked(f"what this conversation began with was revoked: {why}", hint="begin it anew with `get`")
        return Prompt(self._lookup.artifact(said.artifact), where, self._options.rules.models)

    def _get(self, view: _View, tenant: str, prompt: str) -> Prompt:
        if self._is_closed:
            raise Closed("this client was closed", hint="open one for as long as the service runs")
        self._looked_up += 1
        found, lasts = self._lookup.found(view.head, tenant, prompt)
        if lasts:
            if len(view.found) >= KEPT_MAX:
                view.found = {}
            view.found[tenant, prompt] = found
        return found

    def _drawn(self, view: _View, target: tuple[str, str], key: str, salt: str) -> str:
        """The prompt that a key draws under a head."""
        try:
            found = view.drawing[target]
        except KeyError:
            if len(view.drawing) >= KEPT_MAX:
                view.drawing = {}
            found = view.drawing[target] = None if self._is_closed else self._lookup.allocation(view.head, *target)
        return target[1] if found is None else drawn(found[0], key, salt, served=found[1])

    # How it stands

    @property
    def age_seconds(self) -> float:
        """Seconds since the registry last said that this is what to serve."""
        return max(0.0, self._options.clock() - self._view.at)

    @property
    def is_stale(self) -> bool:
        """Whether the registry has not answered for longer than `stale_seconds`."""
        return 0 < self._options.stale_seconds < self.age_seconds

    @property
    def status(self) -> Status:
        """All of it at once."""
        head = self._view.head
        return Status(
            head.moment, head.root, head.pin, self.age_seconds, self.is_stale, self._refused, self._lookup.unknown, self._lookup.revoked,
            self._looked_up,
        )  # fmt: skip

    def refresh(self) -> Status:
        """Ask the registry now; never raises for what it answers: `status.refused` says why nothing is newer."""
        with self._refreshing:
            if not self._is_closed:
                self._refresh()
        return self.status

    def close(self) -> None:
        """Stop asking the registry, and let go of connections. What was given goes on to work."""
        self._is_closed = True
        self._wake.set()
        for source in self._blobs.sources:
            source.close()

    def __enter__(self) -> Prompts:
        return self

    def __exit__(self, *caught: object) -> None:
        self.close()

    async def __aenter__(self) -> Prompts:
        return self

    async def __aexit__(self, *caught: object) -> None:
        self.close()

    # Following

    def _begin(self) -> None:
        """Locks and the thread, of this process."""
        self._refreshing = threading.Lock()
        self._wake = threading.Event()
        if self._options.refresh_seconds > 0 and not self._is_closed:
            me = weakref.ref(self)
            threading.Thread(target=_follow, args=(me, self._wake, self._options.refresh_seconds), name="promptc", daemon=True).start()

    def _refresh(self) -> None:
        view, source = self._view, self._blobs.sources[-1]
        try:
            head = (heads.next_pinned if view.head.pin else heads.next_head)(source, view.head)
            refuse_untrusted(self._options, source.read, head)
            now = self._options.clock()
            if head is view.head:
                view.at = now
            else:
                self._view = self._warmed(head, view, now)
            self._keep(head, now)
            self._refused = None
        except PromptcError as error:
            self._refused = error

    def _keep(self, head: Head, at: float) -> None:
        """Keep a channel's head beside the blobs, for a restart without the registry."""
        if self._options.folder and not head.pin:
            path = heads.kept_path(self._options.folder, self._blobs.sources[-1].where, head.channel)
            heads.keep(path, head, at)
            if self._options.trust is not None:
                heads.keep_statements(path, self._options.trust.statements)

    def _warmed(self, head: Head, before: _View, now: float) -> _View:
        """A new head with what was asked for under the old one, all of it verified before anybody is given any."""
        made = _View(head, now)
        self._lookup.check_root(head.root)
        for number, key in enumerate(list(before.found)):
            if number >= WARMED_MAX:
                break
            try:
                found, lasts = self._lookup.found(head, *key)
            except (UnknownTenant, UnknownPrompt, Revoked):
                continue
            if lasts:
                made.found[key] = found
        for target in list(before.drawing)[:WARMED_MAX]:
            made.drawing[target] = self._lookup.allocation(head, *target)
        return made

    def _served(self, root: str, channel: str, number: int) -> bool:
        """Whether an entry served a root, as far as the registry can be asked; a pin's own root needs nobody."""
        head = self._view.head
        if (channel, number) == (head.channel, head.number):
            return root in (head.root, head.fallback)
        from promptc.core.channel import entry_at

        try:
            entry = self._lookup.read(lambda: entry_at(self._blobs.sources[-1].read, channel, number))
        except Damaged:
            return False
        return bool(entry.lineage == head.lineage and entry.root == root)


def _follow(me: weakref.ref[Prompts], wake: threading.Event, seconds: float) -> None:
    """What the thread does: ask, and ask again; it ends with its client."""
    while not wake.wait(seconds):
        client = me()
        if client is None or client._is_closed:
            return
        client.refresh()
        del client


def _after_fork() -> None:
    """A child has no threads, and its locks may be held by one that isn't there: it begins with its own."""
    for client in list(_clients):
        client._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
