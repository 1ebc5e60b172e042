"""Toolchain: the exact versions and code of everything that can change an artifact, and a quick look whether they changed.

    the installed packages -> [toolchain] -> record, static keys, states

Two looks at one thing. `versions` is what a build record says. `identity` is what a memo's keys hold: versions, and a
digest of promptc's own code, so that whoever works on promptc is never served what another version of it made.
`state` costs a few stats and imports nothing: while it stays the same, so do the others.
"""

from __future__ import annotations

import hashlib
import os
import sys

from promptc import __version__

# Packages whose code can change an artifact or a finding, and what the build record calls them.
PACKAGES = {
    "jinja2": "jinja2",
    "markupsafe": "markupsafe",
    "yaml": "pyyaml",
    "pydantic": "pydantic",
    "pydantic_core": "pydantic_core",
}
RECORDED = ("jinja2", "markupsafe", "pyyaml")
_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def versions() -> dict[str, str]:
    """The exact versions of what can change an artifact, by name."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"promptc": __version__, "python": sys.version.split()[0]}
    for name in RECORDED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def identity() -> str:
    """Versions, the Unicode tables and a digest of promptc's own code, as one text for keys."""
    import unicodedata
    from importlib.metadata import PackageNotFoundError, version

    known = versions()
    for name in ("pydantic", "pydantic_core"):
        try:
            known[name] = version(name)
        except PackageNotFoundError:
            continue
    known["unicode"] = unicodedata.unidata_version
    known["code"] = code_digest()
    return ", ".join(f"{name} {known[name]}" for name in sorted(known))


def code_digest() -> str:
    """A digest of promptc's own source files."""
    total = hashlib.sha256()
    for path in _sources(_HERE):
        name = os.path.relpath(path, _HERE).encode()
        with open(path, "rb") as file:
            data = file.read()
        total.update(b"%d %d\n" % (len(name), len(data)) + name + data)
    return total.hexdigest()[:16]


def state() -> str:
    """A text that stays the same while Python, promptc's files and the packages do; "" where that can't be told."""
    total = hashlib.sha256(sys.version.encode() + b"\0" + __version__.encode())
    try:
        for path in _sources(_HERE):
            _add(total, path)
        for name in PACKAGES:
            place = _place_of(name)
            if place is None:
                return ""
            _add(total, place)
    except OSError:
        return ""
    return total.hexdigest()[:32]


def _sources(folder: str) -> list[str]:
    found = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                found.append(entry.path)
            elif entry.is_dir() and entry.name != "__pycache__":
                found += _sources(entry.path)
    return found


def _add(total: hashlib._Hash, path: str) -> None:
    found = os.stat(path)
    total.update(f"{path}\0{found.st_size} {found.st_mtime_ns} {found.st_ino}\n".encode("utf-8", "surrogateescape"))


def _place_of(package: str) -> str | None:
    """The file by which a package is recognised, found without importing anything."""
    for folder in sys.path:
        path = os.path.join(folder, package, "__init__.py")
        if os.path.isfile(path):
            return path
    return None
