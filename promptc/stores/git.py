"""Git: the tree of a revision, read straight from a repository: no checkout, no worktree, nothing of it is run.

    a project's folder, a revision -> [git] -> paths with their object names, bytes -> a look at that revision

Git is asked as a program with its own configuration held back from running anything; objects are never fetched from a
remote. What is not there is said with what to fetch.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from promptc.core.dataclass import dataclass
from promptc.core.errors import Exit, PromptcError
from promptc.core.visible import shortened

SECONDS_MAX = 60
LINK, MODULE = "120000", "160000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a tree: its mode, its object's name and its size in bytes."""

    mode: str
    name: str
    size: int


class Repository:
    """The repository around a project's folder. PromptcError G001 when there is none, G002 without git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        code, printed = run(folder, "rev-parse", "--show-prefix", "--is-shallow-repository")
        if code:
            raise PromptcError(
                "G001",
                "this project is in no git repository",
                hint="name builds or roots to compare, or `git init` here",
            )
        prefix, shallow = printed.decode("utf-8", "surrogateescape").split("\n")[:2]
        self.prefix = prefix
        self.is_shallow = shallow.strip() == "true"

    def commit(self, revision: str) -> str:
        """The commit that a revision names. PromptcError G003 when it names none."""
        if revision.startswith("-") or "\0" in revision:
            raise self._unknown(revision)
        code, printed = run(
            self.folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        if code:
            raise self._unknown(revision)
        return printed.decode("ascii", "replace").strip()

    def _unknown(self, revision: str) -> PromptcError:
        shown = shortened(revision)
        hint = "`git log` shows what there is; tenants are chosen with `--select`"
        if revision == "HEAD":
            hint = "nothing is committed yet: `git add -A`, then `git commit`"
        if self.is_shallow:
            hint = "this clone is shallow: `git fetch --unshallow` brings the rest (in CI: `fetch-depth: 0`)"
        return PromptcError("G003", f"git knows no commit `{shown}` here", hint=hint)

    def merge_base(self) -> tuple[str, str]:
        """Where the current commit left the default branch, and what that branch is called. PromptcError G004, G003."""
        head = self.commit("HEAD")
        branch = self.default_branch()
        code, printed = run(self.folder, "merge-base", head, f"refs/{branch}")
        name = branch.partition("/")[2].removeprefix("remotes/")
        if code:
            fetch = "git fetch --unshallow" if self.is_shallow else f"git fetch origin {name.removeprefix('origin/')}"
            raise PromptcError("G004", f"no commit is both in `{name}` and here", hint=f"`{fetch}`, or name BASE")
        return printed.decode("ascii", "replace").strip(), name

    def default_branch(self) -> str:
        """The default branch below refs/: of the remote where it is known, else by its usual names."""
        code, printed = run(self.folder, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        if not code:
            return printed.decode("utf-8", "replace").strip().removeprefix("refs/")
        for name in ("remotes/origin/main", "remotes/origin/master", "heads/main", "heads/master"):
            if not run(self.folder, "show-ref", "--verify", "--quiet", f"refs/{name}")[0]:
                return name
        code, printed = run(self.folder, "symbolic-ref", "--quiet", "HEAD")
        if not code:
            return printed.decode("utf-8", "replace").strip().removeprefix("refs/")
        raise PromptcError(
            "G004", "which branch is the default one is not known here", hint="name BASE: `promptc diff BASE`"
        )

    def tree(self, commit: str, paths: Iterable[str]) -> dict[str, Entry]:
        """The files below some paths of the project in a commit, by their path in the project. PromptcError G003, G005."""
        below = (f"{self.prefix}{path}" for path in paths)
        code, printed = run(self.folder, "ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--", *below)
        if code:
            raise self._missing(commit)
        found = {}
        for line in printed.split(b"\0"):
            if line:
                words, _, path = line.partition(b"\t")
                mode, _, name, size = words.split()
                shown = path.decode("utf-8", "surrogateescape").removeprefix(self.prefix)
                found[shown] = Entry(mode.decode(), name.decode(), int(size) if size.isdigit() else 0)
        return found

    def blobs(self, names: Mapping[str, Entry]) -> dict[str, bytes]:
        """The bytes of files of a tree, by path. PromptcError G005 when one is not in this clone."""
        if not names:
            return {}
        asked = "".join(f"{entry.name}\n" for entry in names.values()).encode()
        code, printed = run(self.folder, "cat-file", "--batch", given=asked)
        found: dict[str, bytes] = {}
        at = 0
        for path, entry in names.items():
            end = printed.find(b"\n", at)
            words = printed[at:end].split()
            if code or end < 0 or len(words) != 3:
                raise self._missing(entry.name)
            size = int(words[2])
            found[path] = printed[end + 1 : end + 1 + size]
            at = end + size + 2
        return found

    def tree_names(self, commit: str, paths: Iterable[str]) -> tuple[str, ...]:
        """The object names of some paths in a commit, "" for those that are not there: what a revision holds, in few words."""
        found = []
        for path in paths:
            code, printed = run(self.folder, "rev-parse", "--verify", "--quiet", f"{commit}:{self.prefix}{path}")
            found.append("" if code else printed.decode("ascii", "replace").strip())
        return tuple(found)

    def _missing(self, name: str) -> PromptcError:
        fetch = "git fetch --unshallow" if self.is_shallow else "git fetch --refetch"
        return PromptcError(
            "G005", f"`{shortened(name)}` is not in this clone", hint=f"`{fetch}` brings what is missing",
            exit_code=Exit.REMOTE,
        )  # fmt: skip


def object_name(data: bytes, *, is_long: bool) -> bytes:
    """The name that git gives a file's bytes; long in repositories that use sha256."""
    head = b"blob %d\0" % len(data)
    return (hashlib.sha256 if is_long else hashlib.sha1)(head + data).digest()


def run(folder: Path, *arguments: str, given: bytes = b"") -> tuple[int, bytes]:
    """Git's exit code and what it printed. PromptcError G002 when there is no git or it never ends."""
    # A repository's own settings must not run programs here, git must not wait for anybody, and must fetch nothing.
    command = [
        "git",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.quotePath=false",
        "-c",
        "protocol.allow=never",
        *arguments,
    ]
    environment = {
        **os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C",
        "GIT_LITERAL_PATHSPECS": "1",
    }  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=SECONDS_MAX, check=False,
        )  # fmt: skip
    except OSError:
        raise PromptcError(
            "G002", "there is no git here", hint="install git, or compare builds or roots", exit_code=Exit.MACHINE
        ) from None
    except subprocess.TimeoutExpired:
        raise PromptcError("G002", f"git did not answer within {SECONDS_MAX} s", exit_code=Exit.MACHINE) from None
    return done.returncode, done.stdout
