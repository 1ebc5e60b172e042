"""Support: what a generated module imports instead of `jinja2.runtime`, so that loops, macros and `~` know symbols.

    generated code -> [support] -> operators, run

Only names that generated code spells stand here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2.exceptions import TemplateNotFound, TemplateRuntimeError
from jinja2.runtime import (
    BlockReference,
    Macro,
    TemplateReference,
    Undefined,
    identity,
)
from jinja2.runtime import LoopContext as JinjaLoopContext
from jinja2.utils import Namespace as JinjaNamespace
from jinja2.utils import internalcode, missing
from markupsafe import Markup, escape

from promptc.compiler.template.access import sliced, space_of
from promptc.compiler.template.capturing import keep
from promptc.compiler.template.comparing import compare
from promptc.compiler.template.events import BlockClose, BlockOpen, Else, End, LineClose, LineOpen, Origin, When
from promptc.compiler.template.operators import (
    both,
    choose,
    either,
    emit,
    fork,
    hole,
    joined,
    negate,
    turns,
    unite,
)
from promptc.compiler.template.operators import joined as markup_join
from promptc.compiler.template.operators import joined as str_join
from promptc.compiler.template.run import CURRENT, close_region, open_region, swap_region
from promptc.compiler.template.symbols import Turn, refuse

__all__ = [
    "ELSE", "END", "LINE_CLOSE", "LINE_OPEN", "BLOCK_CLOSE", "BlockOpen", "CURRENT", "LoopContext", "Macro", "Markup",
    "Namespace", "Origin", "TemplateNotFound", "TemplateReference", "TemplateRuntimeError", "Undefined", "When", "both",
    "choose", "close_region", "compare", "either", "emit", "escape", "fork", "hole", "identity", "internalcode", "joined", "keep",
    "markup_join", "missing", "negate", "open_region", "restore", "reopen", "sliced", "str_join", "super_stream",
    "swap_region", "turns", "unite",
]  # fmt: skip

ELSE = Else()
END = End()
LINE_OPEN = LineOpen()
LINE_CLOSE = LineClose()
BLOCK_CLOSE = BlockClose()
IMPORTS = "from promptc.compiler.template.support import " + ", ".join(__all__)


class Namespace(JinjaNamespace):
    """`namespace()`: knows how many branches on inputs were open when it was made, to tell what a write crosses."""

    def __init__(*args: Any, **kwargs: Any) -> None:
        self = args[0]
        JinjaNamespace.__init__(*args, **kwargs)
        object.__setattr__(self, "depth", len(CURRENT.run.regions))

    def __setitem__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            refuse("T004", f"`{name}` can't be set on a namespace", "choose a name without a leading `_`")
        CURRENT.run.write(space_of(self), name, value, object.__getattribute__(self, "depth"))


class _Loop(JinjaLoopContext):
    """Jinja's loop, over items that were counted before."""


def LoopContext(iterable: Any, undefined: Any) -> Iterator[Any]:  # noqa: N802 - the name that generated code spells
    """Pairs of element and `loop`; one symbolic pair where an input decides the turns."""
    if getattr(iterable, "residual", False):
        return iter([(iterable.element, Turn(iterable.name, iterable.source))])
    return _Loop(list(iterable), undefined)


def super_stream(reference: Any) -> Iterator[Any]:
    """The parent's block as a stream, for `{{ super() }}` standing alone: its marks and static text stay what they are."""
    if not isinstance(reference, BlockReference):
        reference()  # an undefined: raises and names it
    stack: Any = reference._stack
    yield from stack[reference._depth](reference._context)


def restore(context: Any, names: tuple[str, ...], values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Set a template's top-level names as they were, or as branches left them; returns the values."""
    for name, value in zip(names, values, strict=True):
        if value is missing:
            context.vars.pop(name, None)
        else:
            context.vars[name] = value
    return values


def reopen(forked: When, names: tuple[str, ...], then: tuple[Any, ...], otherwise: tuple[Any, ...]) -> tuple[Any, ...]:
    """The names after both branches of an `if` on an input."""
    return tuple(unite(name, forked, a, b) for name, a, b in zip(names, then, otherwise, strict=True))
