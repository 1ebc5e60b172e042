"""Names: which file names mean the same file on every system, and which two are one.

    a folder's listing -> [names] -> findings, and the name as paths of the project spell it

Pure. Windows' reserved names, characters and trailing dots are refused on every system, so that a project that builds
here builds there (Microsoft, "Naming Files, Paths, and Namespaces").
"""

from __future__ import annotations

import unicodedata

NAME_BYTES_MAX = 200

_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³"}
)
_FOREIGN = frozenset("<>:|?*\\")
_QUOTES = frozenset("\"'`")
# Cc control, Cf invisible and bidirectional, Zl and Zp line breaks, Cs bytes that aren't UTF-8, Co private use.
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co"})
_BACKUPS = (".swp", ".swo", ".swx", "~")
# A name that begins and ends with none of these is not ignored.
FIRST_OF_IGNORED = ".#"
LAST_OF_IGNORED = "pox~_"


def is_ignored(name: str) -> bool:
    """Whether nobody means a name as a source: hidden, an editor's backup or lock, Python's cache."""
    return (
        name.startswith(".")
        or name.endswith(_BACKUPS)
        or (name.startswith("#") and name.endswith("#"))
        or name == "__pycache__"
    )


def spelled(name: str) -> str:
    """The name as paths of the project spell it: some systems store names decomposed, and paths are NFC."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def folded(name: str) -> str:
    """What a name is on systems that don't tell case or Unicode form: equal for names that are one file there."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name.casefold())


def fault_of(name: str) -> tuple[str, str] | None:
    """The code (P001 or P003) and the reason why a name can't be used, or None when it can."""
    if name.isascii() and name.replace("-", "a").replace("_", "a").replace(".", "a").isalnum():
        # Nearly all names; what is left to ask of them is short.
        return _fault_on_windows(name)
    if any(unicodedata.category(character) in _UNSEEN for character in name):
        return "P003", "has a character that can't be seen, or isn't UTF-8"
    if not _QUOTES.isdisjoint(name):
        return "P003", "has a quote in it"
    if not _FOREIGN.isdisjoint(name):
        return "P001", "has one of `< > : | ? * \\`, which some systems refuse"
    if name.startswith(" "):
        return "P001", "begins with a space"
    return _fault_on_windows(name)


def _fault_on_windows(name: str) -> tuple[str, str] | None:
    if len(name) > NAME_BYTES_MAX or len(name.encode("utf-8", "surrogatepass")) > NAME_BYTES_MAX:
        return "P003", f"is longer than {NAME_BYTES_MAX} bytes"
    if name.endswith((".", " ")):
        return "P001", "ends in a dot or a space, which some systems drop"
    if name.partition(".")[0].rstrip(" ").lower() in _DEVICES:
        return "P001", "is the name of a device on some systems"
    return None
