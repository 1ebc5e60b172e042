"""Beside: the texts that `!file` reads, which stand beside overlays in the tenants folder.

    a path in an overlay -> [beside] -> the text, or why there is none

A text is told from the overlays that read it: what is wrong with the text itself is said once, however many read it,
and each reader says only that it can't use it. Pure: bytes come from the `read_text` that was handed in.
"""

from __future__ import annotations

from collections.abc import Callable

from promptc.compiler.project import Settings
from promptc.compiler.schema.unicode import Policy, check_text, decode, normalise, policy_of
from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding

KNOWN_MAX = 256  # texts that are kept: many tenants read few texts, or each its own


@dataclass(frozen=True, slots=True)
class Beside:
    """A text beside overlays; None where it can't be used, for the reasons in `findings`."""

    text: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Parsing:
    """What reading one overlay may ask for: the settings' policy, the tenants folder, and bytes by project path.

    `read_text` gives None where there is no file. It is asked each time; a text is only decoded again when its bytes
    are others than before.
    """

    policy: Policy
    tenants: str
    read_text: Callable[[str], bytes | None]
    _known: dict[str, tuple[bytes, Beside]] = field(default_factory=dict, repr=False, compare=False)

    def beside(self, file: str) -> Beside | None:
        """The text at a project path, None when there is no file."""
        data = self.read_text(file)
        if data is None:
            return None
        known = self._known.get(file)
        if known is not None and known[0] == data:
            return known[1]
        made = _beside(data, file, self.policy)
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()
        self._known[file] = (data, made)
        return made


def parsing_of(settings: Settings, read_text: Callable[[str], bytes | None]) -> Parsing:
    """What the settings say of reading overlays, with the texts of a tree (`tree.get`) or of a store."""
    return Parsing(policy_of(settings), settings.tenants, read_text)


def text_findings(file: str, context: Parsing) -> tuple[Finding, ...]:
    """What is wrong with a text itself; nothing where there is none, which its readers say."""
    found = context.beside(file)
    return found.findings if found is not None else ()


def _beside(data: bytes, file: str, policy: Policy) -> Beside:
    text, findings = decode(data, file)
    if text is not None:
        findings = (*findings, *check_text(text, file, use="template", policy=policy))
    if text is None or any(finding.is_error for finding in findings):
        return Beside(None, findings)
    return Beside(normalise(text), findings)
