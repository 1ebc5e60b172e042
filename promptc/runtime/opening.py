"""Opening: what a client is opened with, held together, and the head that it begins with.

    Prompts.open -> [opening] -> sources, rules, First
"""

from __future__ import annotations

import os

from promptc.core.contract import Provides
from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.runtime import heads
from promptc.runtime.errors import Misused, Unreachable, WentBack
from promptc.runtime.lookup import Rules
from promptc.runtime.source import open_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import Any

    from promptc.core.pin import Pin
    from promptc.runtime.heads import Head
    from promptc.runtime.served import Models
    from promptc.runtime.source import Source
    from promptc.runtime.trust import Trust


@dataclass(frozen=True, slots=True)
class Options:
    """How a client was opened. `folder` is its cache, "" for none; `clock` gives seconds."""

    refresh_seconds: float
    stale_seconds: float
    rules: Rules
    folder: str
    clock: Callable[[], float]
    trust: Trust | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a client reads: what was vendored first, its registry last. `pin` is the pin that it holds, and its file's name."""

    sources: tuple[Source, ...]
    channel: str
    pin: Pin | None = None
    shown: str = ""


@dataclass(frozen=True, slots=True)
class First:
    """The head that a client opens with, when the registry said so, and why it isn't what the registry says now."""

    head: Head
    at: float
    refused: PromptcError | None = None


def rules_of(on_revoked: str, unknown: tuple[str, str | None], models: Models, has: tuple[Any, Any]) -> Rules:
    """How a service wants to be served. `has` are its tools and prompts. Misused."""
    said, default_tenant = unknown
    if (said == "default") != (default_tenant is not None):
        raise Misused('`unknown="default"` and `default_tenant` go together', hint="give both, or neither")
    if on_revoked not in ("stop", "fallback", "warn") or said not in ("error", "default"):
        raise Misused("`on_revoked` is stop, fallback or warn, and `unknown` error or default")
    tools, prompts = has
    if tools is None and prompts is None:
        return Rules(on_revoked, default_tenant, models, None)
    named: Mapping[str, Collection[str] | None] | None = prompts if prompts is None or hasattr(prompts, "keys") else dict.fromkeys(prompts)
    return Rules(on_revoked, default_tenant, models, Provides(None if tools is None else frozenset(tools), named))


def trust_of(keys: Collection[str | bytes], threshold: int) -> Trust | None:
    """What a client requires of a channel's head; None, and nothing is loaded, where it trusts no keys. Misused."""
    if not keys:
        return None
    from promptc.runtime.trust import Trust

    return Trust([keys] if isinstance(keys, (str, bytes)) else keys, threshold)


def placed(registry: str | Source | None, channel: str | None, pin: str | None, vendored: str | None) -> Placed:
    """The sources that arguments mean. Misused."""
    if (channel is None) == (pin is None):
        raise Misused("a client follows a channel or holds a pin", hint="give `channel=` or `pin=`, and not both")
    local = (open_source(vendored),) if vendored is not None else ()
    read = _pin_of(pin) if pin is not None else None
    if registry is None and read is not None and pin is not None:
        registry = _beside(pin, read.registry)
    if registry is None and not local:
        raise Misused("a channel is of a registry", hint='write `Prompts.open(REGISTRY, channel="prod")`')
    far = () if registry is None else (open_source(registry) if isinstance(registry, str) else registry,)
    return Placed((*local, *far), channel or "", read, os.path.basename(pin) if pin is not None else "")


def first_of(place: Placed, options: Options) -> First:
    """The head to begin with: as the registry has it, else as it was kept, else as it was vendored."""
    if place.pin is not None:
        return First(heads.pinned_head(place.sources, place.pin, place.shown), options.clock())
    source = place.sources[-1]
    known = heads.kept(heads.kept_path(options.folder, source.where, place.channel), place.channel) if options.folder else None
    try:
        found = heads.first_head(source, place.channel, known[0] if known else None)
        refuse_untrusted(options, source.read, found)
        return First(found, options.clock())
    except (Unreachable, WentBack) as error:
        # What stands in is held against the same keys: neither a cache nor an image is trusted for being near.
        if known is not None:
            statements = heads.kept_statements(heads.kept_path(options.folder, source.where, place.channel))
            refuse_untrusted(options, statements.get, known[0])
            return First(*known, error)
        if len(place.sources) == 1:
            raise
        found = heads.first_head(place.sources[0], place.channel, None)
        refuse_untrusted(options, place.sources[0].read, found)
        return First(found, 0.0, error)


def refuse_untrusted(options: Options, read: Callable[[str], bytes | None], head: Head) -> None:
    """Refuse a channel's head that not enough trusted keys vouch for. Untrusted. A pin is trusted as its repository is."""
    if options.trust is not None and not head.pin and head.entry is not None:
        options.trust.check(read, head.entry, options.clock())


def _beside(pin: str, registry: str) -> str:
    """A pin's registry: a folder is as it is reached from the pin's own."""
    return registry if "://" in registry else os.path.join(os.path.dirname(os.path.abspath(pin)), registry)


def _pin_of(path: str) -> Pin:
    from promptc.core.pin import decode_pin

    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        said = (error.strerror or "it can't be").lower()
        raise Misused(f"the pin `{path}` can't be read: {said}", hint="`promptc pin CHANNEL -o FILE` writes one") from error
    return decode_pin(data, os.path.basename(path))
