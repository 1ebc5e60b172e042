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

from promptc.compiler.template.access import LOOP_ATTRIBUTES, attribute, sliced, space_of
from promptc.compiler.template.capturing import keep
from promptc.compiler.template.comparing import compare, compared
from promptc.compiler.template.events import (
    BlockClose,
    BlockOpen,
    Else,
    End,
    Hole,
    LineClose,
    LineOpen,
    Origin,
    Variable,
    When,
)
from promptc.compiler.template.limits import CALL_COST, TURN_COST
from promptc.compiler.template.operators import (
    Turns,
    both,
    choose,
    either,
    emit,
    fork,
    hole,
    hole_below,
    joined,
    negate,
    truth,
    truth_at,
    turns,
    unite,
    variable,
)
from promptc.compiler.template.operators import joined as markup_join
from promptc.compiler.template.operators import joined as str_join
from promptc.compiler.template.proxies import raw_of
from promptc.compiler.template.run import CURRENT, close_region, open_region, swap_region
from promptc.compiler.template.symbols import Turn, refuse
from promptc.compiler.template.weighing import ALONE, weigh

__all__ = [
    "ALONE", "ELSE", "END", "LINE_CLOSE", "LINE_OPEN", "BLOCK_CLOSE", "BlockOpen", "CURRENT", "Hole", "LoopContext", "Macro", "Markup",
    "Namespace", "Origin", "TemplateNotFound", "TemplateReference", "TemplateRuntimeError", "Undefined", "Variable", "When",
    "both", "choose", "close_region", "compare", "compared", "either", "emit", "escape", "fork", "hole", "hole_below", "identity",
    "included", "internalcode", "joined", "keep", "loop_attribute",
    "markup_join", "missing", "negate", "open_region", "restore", "reopen", "sliced", "str_join", "super_stream",
    "swap_region", "truth", "truth_at", "turns", "unite", "variable",
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
        JinjaNamespace.__init__(self, *map(raw_of, args[1:]), **kwargs)
        object.__setattr__(self, "depth", len(CURRENT.run.regions))

    def __setitem__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            refuse("T004", f"`{name}` can't be set on a namespace", "choose a name without a leading `_`")
        CURRENT.run.write(space_of(self), name, value, object.__getattribute__(self, "depth"))


class _Loop(JinjaLoopContext):
    """Jinja's loop, over items that were counted before."""

    def changed(self, *value: Any) -> bool:
        """Whether these values are others than in the turn before; they are read whole, and compared as plain ones."""
        weigh(*value)
        return super().changed(*map(raw_of, value))


def LoopContext(iterable: Any, undefined: Any) -> Iterator[Any]:  # noqa: N802 - the name that generated code spells
    """Pairs of element and `loop`; one symbolic pair where an input decides the turns."""
    if getattr(iterable, "residual", False):
        return iter([(iterable.element, Turn(iterable.name, iterable.source))])
    if iterable.__class__ is not Turns:
        return _Loop(list(iterable), undefined)
    # All turns are counted before the first, as a list of them would be.
    CURRENT.run.fuel.charge(TURN_COST * len(iterable.items))
    return _Loop(iterable.items, undefined)


def loop_attribute(loop: Any, name: str) -> Any:
    """`loop.NAME`."""
    return getattr(loop, name) if loop.__class__ is _Loop and name in LOOP_ATTRIBUTES else attribute(loop, name)


def included(template: Any, context: Any, names: dict[str, Any]) -> Any:
    """The context of an included template: what the one around it has, and its names at this place."""
    parent = context.get_all()
    if names:
        parent = {**parent, **{name: value for name, value in names.items() if value is not missing}}
    return context.__class__(context.environment, parent, template.name, template.blocks)


def super_stream(reference: Any) -> Iterator[Any]:
    """The parent's block as a stream, for `{{ super() }}` standing alone: its marks and static text stay what they are."""
    if not isinstance(reference, BlockReference):
        reference()  # an undefined: raises and names it
    CURRENT.run.fuel.charge(CALL_COST)
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
