"""Answered: what is known before anything is looked at, and the last answer, where nothing changed since.

    look -> the build's last answer -> [answered] -> the checks' last answer, or Begun for everything.py

It loads no check, since most runs change nothing.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptc.core.errors import PromptcError
from promptc.core.findings import packed, unpacked
from promptc.driver.build import BuildRequest, BuildResult, unchanged
from promptc.driver.checking.outcome import Outcome, Settled
from promptc.driver.checking.own import own_checks
from promptc.driver.look import Look, cache_folder, look, settings_changed
from promptc.driver.project import read_settings_of

if TYPE_CHECKING:
    from promptc.checks.check import Check
    from promptc.compiler.project import Settings
    from promptc.driver.checking.growth import Base

FORMAT = "promptc.checks/4"
BYTES_MAX = 128 * 1024 * 1024
FILE = "checks-answer"


class Begun:
    """A run that has begun: what was seen, the build's answer where it stands, a team's own checks, the settings, the day."""

    def __init__(self, folder: Path, building: BuildRequest, today: str) -> None:
        self.began = time.monotonic()
        self.folder = folder
        self.building = building
        self.today = today
        self.seen: Look = look(folder)
        self.result: BuildResult | None = unchanged(self.seen, building, self.began)
        self.settings: Settings = _settings(self.seen, folder)
        own, self.own_state = own_checks(folder, self.settings.checks_file)
        self.own: tuple[Check, ...] = own
        self.grows: Base | None = self._grows()

    def _grows(self) -> Base | None:
        if not self.settings.growth:
            return None
        from promptc.driver.checking.growth import base_of

        return base_of(self.folder, self.settings)

    @property
    def answer_key(self) -> str:
        """What a whole answer depends on, where the last build stands; "" where it doesn't."""
        known = self.seen.known
        if self.result is None or self.result.exit_code or known is None:
            return ""
        served = f"{self.grows.root} {self.grows.percent}" if self.grows is not None else ""
        identity = known.header.get("toolchain", {}).get("identity", "")
        total = hashlib.sha256(repr([identity, self.own_state, self.today, served, self.settings, known.header["result"]]).encode())
        total.update(known.names + known.digests)
        return total.hexdigest()

    def answer(self) -> Outcome | None:
        """The last answer, where it still is one."""
        key = self.answer_key
        if not key:
            return None
        found = read_kept(cache_folder(self.folder) / FILE)
        done = _settled(found, key) if isinstance(found, dict) else None
        return None if done is None or self.result is None else Outcome(self.result, done, self.own)

    def keep_answer(self, done: Settled) -> None:
        """Keep an answer for the next run."""
        if self.answer_key:
            write_kept(cache_folder(self.folder) / FILE, {"key": self.answer_key, **_data(done)})


def _settings(seen: Look, folder: Path) -> Settings:
    """The settings: as the last build read them, where their files are the same and so is promptc."""
    from promptc.compiler.project import Settings

    said = seen.header.get("said")
    if said and not settings_changed(seen) and seen.header["toolchain"]["state"] == seen.toolchain:
        values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
        return Settings(**values)
    return read_settings_of(folder)[0]


def read_kept(path: Path, digest: str = "") -> Any:
    """What a file holds that `write_kept` wrote, of this digest where one is given; None where it is anything else."""
    try:
        data = path.read_bytes()
        head, _, body = data.partition(b"\n")
        known = hashlib.sha256(body).hexdigest()
        if len(data) > BYTES_MAX or head != f"{FORMAT} {known}".encode() or (digest and digest != known):
            return None
        return json.loads(body)
    except (OSError, ValueError, RecursionError):
        return None


def write_kept(path: Path, value: Any) -> str:
    """Write a value whole, or not at all; its digest, "" where it isn't written: a cache that can't be is no failure."""
    from promptc.stores.write import write_file

    body = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
    if len(body) > BYTES_MAX or not path.parent.is_dir():
        return ""
    digest = hashlib.sha256(body).hexdigest()
    with suppress(PromptcError):
        write_file(path, f"{FORMAT} {digest}\n".encode() + body)
        return digest
    return ""


def _data(done: Settled) -> dict[str, Any]:
    from promptc.driver.checking.remembered import packed_allowance

    allowed = [[packed(finding), packed_allowance(allowance)] for finding, allowance in done.suppressed]
    return {"findings": [packed(finding) for finding in done.findings], "suppressed": allowed, "off": done.off}


def _settled(answer: Mapping[str, Any], key: str) -> Settled | None:
    if answer.get("key") != key:
        return None
    try:
        suppressed = []
        for finding, allowance in answer["suppressed"]:
            from promptc.driver.checking.remembered import unpacked_allowance

            suppressed.append((unpacked(finding), unpacked_allowance(allowance)))
        return Settled(tuple(map(unpacked, answer["findings"])), tuple(suppressed), int(answer["off"]))
    except (KeyError, TypeError, ValueError):
        return None
