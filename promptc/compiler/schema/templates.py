"""Templates: the text of a .j2 file, checked as Unicode, without front matter.

    text -> [templates] -> Template -> the template's door

Pure.
"""

from __future__ import annotations

import re

from promptc.compiler.project import Settings, Template
from promptc.compiler.schema.unicode import check_text, normalise, policy_of
from promptc.core.findings import Finding

# A fragment may begin with a Markdown rule, so only this exact form is front matter.
_AGAINST = re.compile(r"---[ \t]*\nagainst:[ \t]*[\"']?([0-9a-f]{16})[\"']?[ \t]*\n---[ \t]*(?:\n|\Z)")


def read_template(
    path: str, file: str, text: str, settings: Settings, *, line_offset: int = 0
) -> tuple[Template, tuple[Finding, ...]]:
    """The template that a file holds from `line_offset` lines on."""
    against = ""
    match = _AGAINST.match(text) if not line_offset else None
    if match:
        against, text, line_offset = match[1], text[match.end() :], 3
    found = check_text(text, file, line_offset=line_offset, use="template", policy=policy_of(settings))
    return Template(path, file, normalise(text), line_offset, against), found
