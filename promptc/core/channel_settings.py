"""Channel settings: what a project says of a channel: its gates, and the places that a bad prompt leaves its mark in.

    settings, a registry's blob -> [channel settings] -> promote's gates, rollback's plan, reconcile's hooks

Pure. What holds for a channel is kept beside each of its entries, so that a rollback needs nothing but the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest
from promptc.core.document import Get, expect_keys, fetch_bytes, read_document
from promptc.core.values import canonical_bytes

SETTINGS = "promptc.settings/1"


@dataclass(frozen=True, slots=True)
class Gates:
    """What must hold before a promote. `approvals` is how many, `approvers` who of (anybody when empty)."""

    checks: str = "off"
    approvals: int = 0
    approvers: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    timeout_seconds: float = 600.0
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether nothing is asked."""
        return self.checks == "off" and not self.approvals and not self.command and not self.evidence


@dataclass(frozen=True, slots=True)
class Hook:
    """What does one step of reconciling: a command that is given the step on its standard input, or a webhook.

    `secrets` are names of environment variables that may stand in `headers` and, for a command, in its environment.
    """

    name: str
    command: tuple[str, ...] = ()
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    timeout_seconds: float = 30.0
    retries: int = 5


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What is said of one channel. `places` maps a place to what is said of it, which may be nothing: histories,
    caches, baselines, cohorts, contracts, services."""

    gates: Gates = field(default_factory=Gates)
    places: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    hooks: Mapping[str, Hook] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not self.data


def channel_settings(said: Mapping[str, Any], channel: str) -> ChannelSettings:
    """What settings of a project say of one channel. `said` are its tables `channels`, `reconcile` and `hooks`.

    A place of the channel's own table takes the place of that for all channels.
    """
    own = said.get("channels", {}).get(channel, {})
    places = {**said.get("reconcile", {}), **own.get("reconcile", {})}
    used = {place["hook"] for place in places.values() if "hook" in place}
    hooks = {name: hook for name, hook in said.get("hooks", {}).items() if name in used}
    data = {"gates": own.get("gates", {}), "hooks": hooks, "reconcile": places}
    return _settings_of({key: value for key, value in data.items() if value})


def encode_channel_settings(settings: ChannelSettings) -> bytes:
    """The blob's canonical bytes."""
    return canonical_bytes({"format": SETTINGS, **settings.data})


def read_channel_settings(get: Get, digest: Digest) -> ChannelSettings:
    """The settings that a blob holds. PromptcError D001 when it isn't what was written."""
    document = read_document(fetch_bytes(get, digest), SETTINGS)
    expect_keys(document, {"format": str}, {"gates": dict, "hooks": dict, "reconcile": dict})
    return _settings_of({key: value for key, value in document.items() if key != "format"})


def _settings_of(data: Mapping[str, Any]) -> ChannelSettings:
    hooks = {name: _hook(name, said) for name, said in data.get("hooks", {}).items()}
    return ChannelSettings(_gates(data.get("gates", {})), dict(data.get("reconcile", {})), hooks, data)


def _gates(said: Mapping[str, Any]) -> Gates:
    asked = said.get("approvals", 0)
    count, of = (len(asked), asked) if isinstance(asked, list) else (asked, said.get("approvers", ()))
    return Gates(
        said.get("checks", "off"), int(count), tuple(of), tuple(said.get("command", ())),
        float(said.get("timeout_seconds", 600)), dict(said.get("evidence", {})),
    )  # fmt: skip


def _hook(name: str, said: Mapping[str, Any]) -> Hook:
    return Hook(
        name, tuple(said.get("command", ())), said.get("url", ""), dict(said.get("headers", {})),
        tuple(said.get("secrets", ())), float(said.get("timeout_seconds", 30)), int(said.get("retries", 5)),
    )  # fmt: skip
