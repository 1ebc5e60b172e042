"""Names: which words may name variables, prompts, tools, blocks, layers and tenants, and which paths name files. Pure."""

from __future__ import annotations

import re
from posixpath import normpath

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
    """A POSIX path relative to a folder, joined; None when it is absolute, not portable or leaves the folder."""
    parts = path.split("/")
    if not path or any(not is_portable(part) for part in parts if part not in (".", "..")) or path.startswith("/"):
        return None
    joined = normpath(f"{folder}/{path}" if folder else path)
    return None if joined.startswith("../") or joined == ".." else joined


_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?\Z")


def is_portable(part: str) -> bool:
    """Whether one part of a path can be a file's name on every system."""
    if not part or len(part.encode("utf-8", "replace")) > 255 or part.endswith((".", " ")):
        return False
    return not _RESERVED.match(part) and not re.search(r'[\x00-\x1f\x7f<>:"|?*\\/]', part)
