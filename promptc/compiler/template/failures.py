"""Failures: what went wrong in a template, as a finding at its line with the includes and macros that led there.

an exception of a render -> [failures] -> Finding
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateError, TemplateNotFound, UndefinedError

from promptc.compiler.template.events import Refusal
from promptc.core.findings import Finding, Place

if TYPE_CHECKING:
    from promptc.compiler.keys import Static

# What a template can raise by what it does; anything else is our bug and keeps its traceback.
FAILURES = (Refusal, TemplateError, RecursionError, SyntaxError, MemoryError)


def raised_by_template(error: BaseException) -> bool:
    """Whether generated code or Jinja raised, as when a value is unpacked into more names; in our own code it is a bug."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return False
    names = traceback.tb_frame.f_globals
    return "__jinja_template__" in names or str(names.get("__name__", "")).partition(".")[0] in ("jinja2", "markupsafe")


def finding_of(static: Static, error: BaseException) -> Finding:
    """A finding at the template's line, with the includes and macros that led there."""
    places = _places(static, error.__traceback__) or [("", static.place)]
    code, message, hint = describe(error)
    (_, place), *above = reversed(places)
    return Finding(code, message, place, hint=hint, trail=tuple(("reached from", where) for _, where in above))


def _places(static: Static, traceback: TracebackType | None) -> list[tuple[str, Place]]:
    found: list[tuple[str, Place]] = []
    while traceback is not None:
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if template is not None and template.name in static.templates:
            place = static.place_of(template.name, template.get_corresponding_lineno(traceback.tb_lineno))
            if not found or found[-1][1] != place:
                found.append((template.name, place))
        traceback = traceback.tb_next
    return found


def describe(error: BaseException) -> tuple[str, str, str]:
    """Code, message and hint of what a template did wrong."""
    if isinstance(error, Refusal):
        return error.code, error.text, error.hint
    if isinstance(error, UndefinedError):
        message = error.message or "something is not defined"
        of_overlays = "give it a default in sources/variables.yaml, set it in an overlay, or write "
        return "T005", message, ("write " if "`vars." not in message else of_overlays) + "`is defined` or `default(…)`"
    if isinstance(error, TemplateNotFound):
        return "T011", f"there is no template `{error.name}`", "names are paths below sources/"
    if isinstance(error, RecursionError):
        return "B003", "the template calls itself too deeply", "give it an end, or loop instead"
    if isinstance(error, MemoryError):
        return "B003", "the template needs more memory than there is", "make its loops shorter"
    if isinstance(error, SyntaxError):
        return "T012", "the template is nested too deeply to be compiled", "split it into fragments or macros"
    if isinstance(error, (TypeError, ValueError)):
        return "T029", "a value can't be taken apart like this", "give each name on the left one item of the value"
    return "T017", str(error) or type(error).__name__, "look at the tag on this line"
