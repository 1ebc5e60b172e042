"""Unicode: bytes to text at the door, and what text may not hold.

    bytes -> [unicode] -> yaml, jsons, templates

UTF-8 alone, LF, NFC, no byte order mark; characters that can't be seen, that reorder others, or that some readers take
for line ends are findings. The tables are pinned (characters.py), never the host's. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from promptc.compiler.project import Settings
from promptc.compiler.schema.characters import is_late, is_noncharacter, is_private, is_unassigned, script_of
from promptc.compiler.schema.few import PLACES_MAX, more
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding, Place, Severity
from promptc.core.pattern import Pattern

FILE_BYTES_MAX = 1 << 20
LINE_BYTES_MAX = 1 << 20  # of a .jsonl, whose lines are read one by one

# What the text is: other parsers read YAML and JSON too, Jinja alone reads a template, an escape makes a value.
Use = Literal["data", "template", "value"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What the settings say of characters."""

    allow: frozenset[str] = frozenset()
    private_use: Literal["error", "warning", "off"] = "error"


DEFAULT_POLICY = Policy()


def policy_of(settings: Settings) -> Policy:
    """The settings' policy."""
    return Policy(frozenset(settings.allow_characters), settings.private_use)


def decode(data: bytes, file: str) -> tuple[str | None, tuple[Finding, ...]]:
    """The text of a source file in UTF-8, without byte order mark and with LF; None and the reason when it is none."""
    if len(data) > FILE_BYTES_MAX:
        said = f"the file holds {len(data):,} bytes; at most {FILE_BYTES_MAX:,} are read"
        return None, (Finding("B001", said, Place(file)),)
    if is_wide(data[:4]):
        return None, (wide_finding(file),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, (_undecodable(data, error.start, file),)
    if text[:1] == "\ufeff":
        text = text[1:]
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text, ()


def decode_line(data: bytes, file: str, line: int) -> tuple[str | None, tuple[Finding, ...]]:
    """The text of one line of a file without its end; None and the reason when it is none."""
    if len(data) > LINE_BYTES_MAX:
        said = f"the line holds more than {LINE_BYTES_MAX:,} bytes, the most that is read"
        return None, (Finding("B001", said, Place(file, line)),)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return None, (_undecodable(data, error.start, file, line=line),)


def is_wide(head: bytes) -> bool:
    """Whether a file that begins with these four bytes is UTF-16 or UTF-32."""
    # Without a mark, a zero byte in the first character tells the wide encodings of our formats' ASCII beginnings.
    return head[:2] in (b"\xff\xfe", b"\xfe\xff") or (len(head) > 3 and b"\x00" in head[:2])


def wide_finding(file: str) -> Finding:
    """The refusal of such a file."""
    return Finding("U002", "the file is UTF-16 or UTF-32, not UTF-8", Place(file, 1, 1), hint="save it as UTF-8")


def _undecodable(data: bytes, start: int, file: str, *, line: int = 1) -> Finding:
    before = data[:start].decode("utf-8", "replace")
    place = Place(file, before.count("\n") + line, len(before) - before.rfind("\n"))
    if data[start] == 0xED and data[start + 1 : start + 2] >= b"\xa0":
        return Finding("U001", "half of a surrogate pair is no character", place)
    return Finding("U002", f"byte 0x{data[start]:02X} is not UTF-8", place, hint="save it as UTF-8")


def normalise(text: str) -> str:
    """The text in NFC, the same on every Python: characters younger than Unicode 14 stay as they are."""
    if text.isascii():
        return text
    late = [character for character in set(text) if character > "\u0557" and is_late(ord(character))]
    if not late:
        return unicodedata.normalize("NFC", text)
    pieces = re.split(f"([{re.escape(''.join(late))}]+)", text)
    return "".join(piece if index % 2 else unicodedata.normalize("NFC", piece) for index, piece in enumerate(pieces))


def check_text(
    text: str, file: str, *, line_offset: int = 0, use: Use = "data", policy: Policy = DEFAULT_POLICY
) -> tuple[Finding, ...]:
    """What a text holds that it may not, with places; the text begins `line_offset` lines into its file."""
    if text.isascii() and not _CONTROL.search(text):
        return ()
    suspects = [character for character in set(text) if _is_suspect(character) and character not in policy.allow]
    if not suspects:
        return ()
    found: list[Finding] = []
    counts: dict[str, int] = {}
    verdicts: dict[str, Said | None] = {}
    lines = _Lines(text, file, line_offset)
    for match in re.finditer(f"[{re.escape(''.join(suspects))}]", text):
        character = match.group()
        if character in _BY_CONTEXT or character not in verdicts:
            verdicts[character] = _judge(text, match.start(), use, policy)
        said = verdicts[character]
        if said is None:
            continue
        code, severity, message, hint = said
        counts[code] = counts.get(code, 0) + 1
        if counts[code] <= PLACES_MAX:
            found.append(Finding(code, message, lines.place(match.start()), severity, hint=hint))
    lasts = {finding.code: finding for finding in found}
    return (*found, *(more(lasts[code], count - PLACES_MAX) for code, count in counts.items() if count > PLACES_MAX))


def shown(character: str) -> str:
    """A character as messages show it: `\\u{202E}`."""
    return f"`\\u{{{ord(character):04X}}}`"


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_INVISIBLE = frozenset(
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u200b\u200c\u200d\u200e\u200f\u061c"
    "\u2060\u2061\u2062\u2063\u2064\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3164\ufeff\uffa0\ufff9\ufffa\ufffb"
) | frozenset(map(chr, range(0x1D173, 0x1D17B)))
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset("\x85\u2028\u2029")

# Characters whose neighbours decide.
_BY_CONTEXT = (
    frozenset("\u200b\u200c\u200d\u200e\u200f\u061c\u180b\u180c\u180d\u180e\u180f\u17b4\u17b5\u115f\u1160\u2800")
    | frozenset(map(chr, range(0xFE00, 0xFE10)))
    | frozenset(map(chr, range(0xE0000, 0xE0080)))
    | frozenset(map(chr, range(0xE0100, 0xE01F0)))
)

Said = tuple[str, Severity, str, str]


@lru_cache(maxsize=8192)
def _is_suspect(character: str) -> bool:
    code = ord(character)
    if code < 0xA0:
        return (code < 0x20 and character not in "\t\n") or code >= 0x7F
    if character in _INVISIBLE or character in _BIDI or character in _BREAKS or 0xD800 <= code <= 0xDFFF:
        return True
    if _is_tag(code) or _is_selector(code):
        return True
    return is_noncharacter(code) or is_private(code) or is_unassigned(code)


def _is_tag(code: int) -> bool:
    return 0xE0000 <= code <= 0xE007F


def _is_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def _judge(text: str, index: int, use: Use, policy: Policy) -> Said | None:
    character = text[index]
    code, name = ord(character), shown(character)
    if code < 0x20 or (0x7F <= code < 0xA0 and character != "\x85"):
        return _control(character, name, use)
    if character in _BREAKS or (character == "\ufeff" and use == "data"):
        return _break(name, use)
    if 0xD800 <= code <= 0xDFFF:
        return "U001", "error", f"half of a surrogate pair ({name}) is no character", ""
    if character in _BIDI:
        return "U005", "error", f"bidirectional control {name}", "remove it; right-to-left text needs none"
    if _is_tag(code):
        return (
            None
            if _in_flag(text, index)
            else ("U006", "error", f"tag character {name}, invisible to people", "remove it")
        )
    if character in _INVISIBLE or _is_selector(code):
        hint = "remove it, or allow it with the setting `allow_characters`"
        return None if _belongs(text, index) else ("U007", "warning", f"invisible character {name}", hint)
    return _meaningless(code, name, policy)


def _control(character: str, name: str, use: Use) -> Said | None:
    if use == "value":
        # An escape can be seen in the file; `\r` is an honest part of text such as a protocol's.
        return (
            None
            if character == "\r"
            else ("U004", "warning", f"control character {name} from an escape", "remove it if it isn't meant")
        )
    if character == "\r":
        return "U003", "error", "a lone CR, which some readers take for a line end", "use plain line ends"
    return "U004", "error", f"control character {name}", "remove it, or write it as an escape in a quoted YAML value"


def _break(name: str, use: Use) -> Said | None:
    if use == "value":
        return None
    hint = "use a plain line end" if use == "template" else "use a plain line end, or an escape in a quoted value"
    return (
        "U003",
        "error" if use == "data" else "warning",
        f"{name} is a line end for some readers and none for others",
        hint,
    )


def _meaningless(code: int, name: str, policy: Policy) -> Said | None:
    if is_noncharacter(code):
        return "U009", "error", f"{name} is a noncharacter", "remove it"
    if is_private(code):
        hint = "remove it, or set `private_use`"
        return (
            None if policy.private_use == "off" else ("U009", policy.private_use, f"private-use character {name}", hint)
        )
    return (
        "U009",
        "warning",
        f"{name} is not assigned in the Unicode that promptc knows",
        "remove it, or allow it with `allow_characters`",
    )


_FLAG = Pattern("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")


def _in_flag(text: str, index: int) -> bool:
    start = text.rfind("\U0001f3f4", max(0, index - 8), index)
    match = _FLAG.match(text, start) if start >= 0 else None
    return match is not None and match.end() > index


# Scripts whose spelling needs joiners, and whose text may hold direction marks.
_JOINED = frozenset(
    re.findall(
        "....",
        "ArabSyrcMandNkooMongPhagRohgSogdAdlmDevaBengGuruGujrOryaTamlTeluKndaMlymSinhKhmrMymrTibtJavaBaliSundCakm"
        "NewaTirhGranLimbLanaTglgBatkThaiLaoo",
    )
)
# Scripts without spaces between words, in which U+200B says where a line may break.
_UNSPACED = frozenset(["Khmr", "Thai", "Laoo", "Mymr", "Tibt", "Java", "Bali", "Lana", "Talu"])
_RIGHT_TO_LEFT = frozenset(["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Mand", "Samr", "Rohg", "Adlm"])
_PICTURE = Pattern(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]"
)


def _belongs(text: str, index: int) -> bool:
    # Whether an invisible character is part of how its neighbours are written.
    character = text[index]
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if character in "\u200c\u200d":
        if _near(before, after, _JOINED):
            return True
        return character == "\u200d" and bool(before and after and _PICTURE.match(before) and _PICTURE.match(after))
    if character == "\u200b":
        return bool(before and after) and {script_of(before), script_of(after)} <= _UNSPACED
    if character in "\u200e\u200f\u061c":
        window = text[max(0, index - 40) : index + 41]
        return any(script_of(near) in _RIGHT_TO_LEFT for near in window)
    if _is_selector(ord(character)):
        return _selects(character, before, after)
    if character in "\u180b\u180c\u180d\u180e\u180f":
        return _near(before, after, frozenset({"Mong"}))
    if character in "\u17b4\u17b5":
        return _near(before, after, frozenset({"Khmr"}))
    if character in "\u115f\u1160":
        return _near(before, after, frozenset({"Hang"})) and "\u1100" <= (after or " ") <= "\u11ff"
    if character == "\u2800":
        return "\u2801" <= (before or " ") <= "\u28ff" or "\u2801" <= (after or " ") <= "\u28ff"
    return False


def _near(before: str, after: str, scripts: frozenset[str]) -> bool:
    return any(near and script_of(near) in scripts for near in (before, after))


def _selects(character: str, before: str, after: str) -> bool:
    if not before or _is_selector(ord(before)) or before in _INVISIBLE:
        return False
    if ord(character) >= 0xE0100:
        return script_of(before) == "Hani"
    if character == "\ufe0f" and before in "0123456789#*":
        return after == "\u20e3"
    return before > "\u2000" or before in "\u00a9\u00ae" or script_of(before) in ("Mymr", "Phag", "Mong")


class _Lines:
    """Places by index, asked in rising order, in one pass over the text."""

    def __init__(self, text: str, file: str, line_offset: int) -> None:
        self.breaks: Iterator[re.Match[str]] = re.finditer("\n", text)
        self.next: int | None = self._advance()
        self.start = 0
        self.line = 1 + line_offset
        self.file = file

    def _advance(self) -> int | None:
        match = next(self.breaks, None)
        return match.start() if match else None

    def place(self, index: int) -> Place:
        """The place of an index that isn't before the last one asked."""
        while self.next is not None and self.next < index:
            self.line += 1
            self.start = self.next + 1
            self.next = self._advance()
        return Place(self.file, self.line, index - self.start + 1)
