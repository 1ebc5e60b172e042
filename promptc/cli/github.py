r"""GitHub: findings as workflow commands, which GitHub shows at their lines in a pull request.

    findings -> [github] -> stdout -> the runner -> annotations

`::error file=tenants/acme.yaml,line=4,col=10,title=promptc O104::unknown layer …%0Ahint: did you mean …`

A command is one line, and what a source wrote can neither end it nor begin another: controls are spelled out, and `%`, line
ends, `:` and `,` are escaped as the runner reads them (actions/runner, ActionCommand.cs).
"""

from collections.abc import Iterator, Sequence

from promptc.cli.terminal import counted
from promptc.core.findings import Finding, Place
from promptc.core.visible import visible, visible_line

# GitHub shows so many of each kind for a step; more go into its log alone.
SHOWN_MAX = 10
ANNOTATIONS_MAX = 200
TEXT_MAX = 4_000
TARGETS_MAX = 3


def annotations(findings: Sequence[Finding], *, folder: str = "") -> list[str]:
    """One command for each finding, errors first; where there are more than GitHub shows, one before them that counts.

    `folder` is the project's in the repository, `""` or `prompts/`: GitHub's paths are the repository's.
    """
    errors = [finding for finding in findings if finding.is_error]
    warnings = [finding for finding in findings if not finding.is_error]
    made = [_command(finding, folder) for finding in (*errors, *warnings)[:ANNOTATIONS_MAX]]
    if len(errors) > SHOWN_MAX or len(warnings) > SHOWN_MAX:
        made.insert(0, _counts(len(errors), len(warnings)))
    return made


def folder_in_repository(start: str) -> str:
    """Where the project around a folder stands in its repository, with a slash at its end; `""` where there is no git."""
    from promptc.core.errors import PromptcError
    from promptc.driver.folder import find_folder
    from promptc.stores.git import Repository

    try:
        return Repository(find_folder(start)).prefix
    except PromptcError:
        return ""


def _counts(errors: int, warnings: int) -> str:
    said = f"{counted(errors, 'error')} and {counted(warnings, 'warning')}"
    where = f"GitHub shows {SHOWN_MAX} of each here, and the step's log up to {ANNOTATIONS_MAX}"
    return f"::notice title=promptc::{_data(f'{said}; {where}')}"


def _command(finding: Finding, folder: str) -> str:
    place = finding.place
    properties = []
    if place.file:
        properties.append(("file", f"{folder}{place.file}"))
        if place.line:
            properties.append(("line", str(place.line)))
            if place.column:
                properties.append(("col", str(place.column)))
    properties.append(("title", f"promptc {finding.code}"))
    said = ",".join(f"{key}={_property(value)}" for key, value in properties)
    kind = "error" if finding.is_error else "warning"
    return f"::{kind} {said}::{_data(chr(10).join(_lines(finding)))}"


def _lines(finding: Finding) -> Iterator[str]:
    yield visible_line(_cut(finding.message))
    if finding.hint:
        yield f"hint: {visible(_cut(finding.hint))}"
    for text, place in finding.related:
        yield f"note: {visible_line(_cut(text))}: {_place(place)}"
    for text, place in finding.trail:
        yield f"from: {visible_line(_cut(text))}: {_place(place)}"
    if finding.targets:
        shown = ", ".join(visible_line(_cut(target)) for target in finding.targets[:TARGETS_MAX])
        rest = len(finding.targets) - TARGETS_MAX
        yield f"in: {shown} and {counted(rest, 'more target')}" if rest > 0 else f"in: {shown}"


def _place(place: Place) -> str:
    return visible_line(_cut(str(place)))


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_MAX else f"{text[:TEXT_MAX]}… ({len(text):,} characters)"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible_line(text)).replace(":", "%3A").replace(",", "%2C")
