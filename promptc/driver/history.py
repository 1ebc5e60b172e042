"""History: the source text that a block had when an override was written, looked for in git's commits.

    a digest -> git's commits of the sources, newest first -> [history] -> the block's text then

Reads git alone and changes nothing; without git, or when no commit of the last ones fits, there is no answer.
"""

from __future__ import annotations

import io
import tarfile

from promptc.core.errors import PromptcError
from promptc.driver.project import Opened
from promptc.driver.provenance import git

COMMITS_MAX = 30


def base_in_history(opened: Opened, at: tuple[str, str], against: str) -> str | None:
    """The text of (prompt, block) in the newest commit in which its digest is `against`; None when none is found."""
    sources = opened.settings.sources
    listed = git(opened.folder, "log", f"-{COMMITS_MAX}", "--format=%H", "--", sources)
    for commit in listed.decode("ascii", "replace").split():
        tree = _tree(git(opened.folder, "archive", "--format=tar", commit, sources))
        text = _text_in(tree, opened, at, against)
        if text is not None:
            return text
    return None


def _text_in(tree: dict[str, bytes], opened: Opened, at: tuple[str, str], against: str) -> str | None:
    from promptc.compiler.compile import Compiler
    from promptc.compiler.schema.load import load_project

    prompt, block = at
    project = load_project(tree, opened.settings).project
    if prompt not in project.prompts:
        return None
    compiler = Compiler(project)
    try:
        if compiler.against_of.digest(prompt, block) == against:
            return compiler.against_of.text(prompt, block)
    except (PromptcError, KeyError):
        return None
    return None


def _tree(archive: bytes) -> dict[str, bytes]:
    if not archive:
        return {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {
            member.name: file.read()
            for member in tar.getmembers()
            if member.isfile() and (file := tar.extractfile(member)) is not None
        }
