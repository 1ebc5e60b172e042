"""Entry: one step of a channel: what it is told to serve from then on, since when, by whom, why, and what it came from.

    promote, rollback, hold, mark, … -> [entry] -> a registry, history, the runtime

Pure. Entries are numbered from 1 without gaps, and each names the digest of the one before it: so a history that was
edited, cut or mixed with another's shows. No digest leads to an entry, so it carries its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest, digest_of, parse_digest
from promptc.core.document import expect_keys, read_document
from promptc.core.errors import Exit, PromptcError
from promptc.core.values import canonical_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

ENTRY = "promptc.entry/1"
KINDS = ("promote", "rollback", "hold", "unhold", "mark", "revoke", "pin", "deploy", "forget")
if TYPE_CHECKING:
    Kind = Literal["promote", "rollback", "hold", "unhold", "mark", "revoke", "pin", "deploy", "forget"]
WHY_CHARACTERS_MAX = 2000

_ZEROS = str.maketrans("123456789", "000000000")
_REQUIRED = {
    "format": str, "channel": str, "number": int, "lineage": str, "kind": str, "root": str, "time": str, "who": str,
    "digest": str,
}  # fmt: skip
_DIGESTS = ("previous", "tenants", "aliases", "holds", "rollback", "settings")
_OPTIONAL = {
    **dict.fromkeys(_DIGESTS, str), "why": str, "composed": dict, "held": int, "mark": dict, "revoked": dict,
}  # fmt: skip
_COMPOSED: dict[str, Any] = {
    "from": str, "source": str, "record": str, "select": list, "exclude": list, "share": (int, float), "plan": str,
    "base": int, "changed": int, "added": int, "removed": int,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Composed:
    """What an entry's root was made of: the root that targets were taken from, which of them, and how many moved.

    `moment` is how its source was called (`build`, `staging@12`), `record` the build record of it where one is known,
    `base` the number of the entry that it was applied to, `plan` the plan digest of its moves.
    """

    moment: str
    source: Digest
    plan: str
    base: int = 0
    record: Digest | None = None
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    share: float | None = None
    changed: int = 0
    added: int = 0
    removed: int = 0

    @property
    def moved(self) -> int:
        """How many targets are served differently."""
        return self.changed + self.added + self.removed

    def document(self) -> dict[str, Any]:
        """As JSON data."""
        found: dict[str, Any] = {
            "from": self.moment, "source": self.source, "plan": self.plan, "base": self.base, "changed": self.changed,
            "added": self.added, "removed": self.removed,
        }  # fmt: skip
        if self.record is not None:
            found["record"] = self.record
        if self.select or self.exclude:
            found |= {"select": list(self.select), "exclude": list(self.exclude)}
        if self.share is not None:
            found["share"] = float(self.share)
        return found


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a channel. `digest` is "" until it is encoded.

    `tenants` and `aliases` name trees of what a service may know each tenant of the root by. `holds` names the tree of
    holds in force after it (holds.py), `held` counts them. `rollback` names a rollback manifest, `settings` what the
    project's settings said of this channel. `mark` is {"number": N, "as": "good"}, `revoked` {"digest": D, "lifted": bool}.
    """

    channel: str
    number: int
    lineage: str
    kind: Kind
    root: Digest
    time: str
    who: str
    why: str = ""
    previous: Digest | None = None
    composed: Composed | None = None
    tenants: Digest | None = None
    aliases: Digest | None = None
    holds: Digest | None = None
    held: int = 0
    rollback: Digest | None = None
    settings: Digest | None = None
    mark: Mapping[str, Any] | None = None
    revoked: Mapping[str, Any] | None = None
    digest: str = ""

    @property
    def moment(self) -> str:
        """How it is written everywhere: `prod@42`."""
        return f"{self.channel}@{self.number}"


def encode_entry(entry: Entry) -> bytes:
    """Its canonical bytes."""
    document = _document(entry)
    return canonical_bytes({**document, "digest": digest_of(canonical_bytes(document))})


def sealed(entry: Entry) -> Entry:
    """The entry with its own digest."""
    return replace(entry, digest=digest_of(canonical_bytes(_document(entry))))


def decode_entry(data: bytes, *, channel: str, number: int) -> Entry:
    """The entry that bytes hold; PromptcError V003 when they aren't what was written, or belong to another place."""
    try:
        document = read_document(data, ENTRY)
        expect_keys(document, _REQUIRED, _OPTIONAL)
        entry = _entry_of(document)
    except PromptcError as error:
        if error.code == "D003":
            raise
        raise damaged_entry(channel, number, error.message) from error
    except (ValueError, TypeError, KeyError) as error:
        raise damaged_entry(channel, number, "a value of it is malformed") from error
    if encode_entry(entry) != data:
        raise damaged_entry(channel, number, "its bytes are not what was written")
    if (entry.channel, entry.number) != (channel, number):
        raise damaged_entry(channel, number, f"`{entry.moment}` stands in its place")
    return entry


def damaged_entry(channel: str, number: int, why: str) -> PromptcError:
    """What is said of an entry that can't be trusted."""
    return PromptcError(
        "V003",
        f"entry `{channel}@{number}` is damaged: {why}",
        hint="`promptc verify` says what is still safe to serve, `promptc verify --repair` restores from another registry",
        exit_code=Exit.INTEGRITY,
    )


def _document(entry: Entry) -> dict[str, Any]:
    found: dict[str, Any] = {
        "format": ENTRY, "channel": entry.channel, "number": entry.number, "lineage": entry.lineage, "kind": entry.kind,
        "root": entry.root, "time": entry.time, "who": entry.who, "why": entry.why,
    }  # fmt: skip
    found |= {name: value for name in _DIGESTS if (value := getattr(entry, name)) is not None}
    if entry.composed is not None:
        found["composed"] = entry.composed.document()
    if entry.held:
        found["held"] = entry.held
    if entry.mark is not None:
        found["mark"] = dict(entry.mark)
    if entry.revoked is not None:
        found["revoked"] = dict(entry.revoked)
    return {key: value for key, value in found.items() if value != ""}


def _entry_of(document: Mapping[str, Any]) -> Entry:
    if document["kind"] not in KINDS or not _is_time(document["time"]) or not is_lineage(document["lineage"]):
        raise ValueError("not an entry")
    composed = document.get("composed")
    return Entry(
        channel=document["channel"], number=document["number"], lineage=document["lineage"], kind=document["kind"],
        root=parse_digest(document["root"]), time=document["time"], who=document["who"], why=document.get("why", ""),
        composed=None if composed is None else _composed_of(composed), held=document.get("held", 0),
        mark=document.get("mark"), revoked=document.get("revoked"), digest=parse_digest(document["digest"]),
        **{name: parse_digest(document[name]) for name in _DIGESTS if name in document},
    )  # fmt: skip


def _is_time(text: str) -> bool:
    """Whether it is spelled as `now` spells it: 2026-03-04T10:00:00Z. Every client that opens asks: no pattern is compiled."""
    if text.isascii() and text.translate(_ZEROS) == "0000-00-00T00:00:00Z":
        return text[5] <= "1" and text[8] <= "3" and text[11] <= "2" and text[14] <= "5" and text[17] <= "6"
    return False


def is_lineage(text: str) -> bool:
    """Whether it is spelled as a registry's lineage: 32 hex digits."""
    return len(text) == 32 and not text.strip("0123456789abcdef")


def _composed_of(found: Mapping[str, Any]) -> Composed:
    if any(not isinstance(value, _COMPOSED[key]) for key, value in found.items()):
        raise ValueError("not what an entry is composed of")
    return Composed(
        moment=found["from"], source=parse_digest(found["source"]), plan=parse_digest(found["plan"]),
        base=found["base"], record=parse_digest(found["record"]) if "record" in found else None,
        select=tuple(found.get("select", ())), exclude=tuple(found.get("exclude", ())),
        share=float(found["share"]) if "share" in found else None, changed=found["changed"], added=found["added"], removed=found["removed"],
    )  # fmt: skip
