"""Names: which words may name variables, prompts, tools, layers and tenants, and which paths name files. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from promptc.compiler.schema.characters import looks_like, script_of
from promptc.compiler.schema.unicode import shown
from promptc.core.findings import Finding, Place

NAME = re.compile(r"[^\W_][\w-]*\Z")
TENANT = re.compile(r"[^\W_](?:[\w.@+~-]*[\w@+~-])?\Z")
TOOL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}\Z")
NAME_CHARACTERS_MAX = 200


def is_variable_name(name: str) -> bool:
    """A name that templates can write: an identifier, no leading underscore."""
    return name.isidentifier() and not name.startswith("_") and len(name) <= NAME_CHARACTERS_MAX


def is_name(name: str) -> bool:
    """A name of a prompt, a model's alias, a set of examples or a case: letters, digits, `_`, `-`."""
    return bool(NAME.match(name)) and len(name) <= NAME_CHARACTERS_MAX


def is_tenant_id(name: str) -> bool:
    """A tenant's id: as a name, and `.`, `@`, `+`, `~` inside; no final dot."""
    return bool(TENANT.match(name)) and len(name) <= NAME_CHARACTERS_MAX


def is_tool_name(name: str) -> bool:
    """A tool's name as every provider takes it: ASCII letters, digits, `_`, `-`, at most 64."""
    return bool(TOOL.match(name))


def relative_path(path: str, folder: str) -> str | None:
    """A POSIX path below a folder, joined; None when it is absolute, not portable, or holds `.` or `..`."""
    if not all(is_portable(part) for part in path.split("/")):
        return None
    return f"{folder}/{path}" if folder else path


_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?\Z")


def is_portable(part: str) -> bool:
    """Whether one part of a path can be a file's name on every system."""
    if not part or len(part.encode("utf-8", "replace")) > 255 or part.endswith((".", " ")):
        return False
    return not _RESERVED.match(part) and not re.search(r'[\x00-\x1f\x7f<>:"|?*\\/]', part)


# What people write together; all else in one name is a look-alike or a slip.
_TOGETHER = (
    frozenset({"Latn", "Hani", "Hira", "Kana"}),
    frozenset({"Latn", "Hani", "Hang"}),
    frozenset({"Latn", "Hani", "Bopo"}),
)


def mixed_scripts(name: str) -> tuple[str, ...]:
    """The scripts of a name when they aren't written together, else nothing."""
    if name.isascii():
        return ()
    scripts = {script for character in name if (script := script_of(character))}
    if len(scripts) < 2 or any(scripts <= together for together in _TOGETHER):
        return ()
    return tuple(sorted(scripts))


def skeleton(name: str) -> str:
    """What a name looks like: case folded, and letters of any script as the ASCII letter that they look like."""
    folded = name.casefold()
    if folded.isascii():
        return folded
    table = looks_like()
    return "".join(table.get(character, character) for character in unicodedata.normalize("NFKC", folded))


def look_alikes(names: Mapping[str, Place], what: str) -> tuple[Finding, ...]:
    """Names in scripts that aren't written together, and names that look like another; ASCII ones never do."""
    odd = [name for name in names if not name.isascii()]
    if not odd:
        return ()
    found: list[Finding] = []
    seen: dict[str, str] = {}
    for name in names:
        if name.isascii():
            seen.setdefault(skeleton(name), name)
    for name in odd:
        scripts = mixed_scripts(name)
        other = seen.setdefault(skeleton(name), name)
        if scripts:
            letters = ", ".join(
                f"{shown(c)} {script_of(c)}" for c in dict.fromkeys(name) if script_of(c) not in ("", "Latn")
            )
            message = f"{what} `{name[:80]}` mixes scripts ({', '.join(scripts)})"
            found.append(
                Finding("U008", message, names[name], hint=f"not Latin: {letters}" if "Latn" in scripts else "")
            )
        elif other != name:
            related = (("the other", names[other]),)
            message = f"{what} `{name[:80]}` looks like `{other[:80]}`"
            found.append(Finding("U008", message, names[name], hint="make them differ visibly", related=related))
    return tuple(found)
