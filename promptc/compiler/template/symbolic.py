"""Symbolic: what the few filters and tests that know inputs make of one.

guard -> [filtered, default, tested] -> a slot format, a choice, a condition, or a refusal whose hint compiles
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from jinja2.runtime import Undefined

from promptc.compiler.template import comparing
from promptc.compiler.template import conditions as c
from promptc.compiler.template import symbols as s
from promptc.compiler.template.operators import either
from promptc.compiler.template.proxies import raw_of
from promptc.compiler.template.run import CURRENT
from promptc.compiler.template.symbols import Symbol, refuse
from promptc.compiler.template.texts import force, text


def filtered(name: str, value: Symbol, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """A filter on a symbol: one of the slot formats, or a refusal."""
    if isinstance(value, s.Poison):
        s.use_poison(value)
    if isinstance(value, s.Pick):
        return _both_sides(name, value, args, kwargs)
    if isinstance(value, s.Cond) and name in ("string", "tojson"):
        return s.Pick(value.condition, "true", "false")
    if isinstance(value, s.Formatted):
        return _reformat(name, value, args, kwargs)
    if name in ("string", "safe") and (
        isinstance(value, s.Index)
        or (isinstance(value, s.Input) and value.type in ("string", "integer", "number", "boolean"))
    ):
        return s.Parts((value,))
    if isinstance(value, s.Input):
        form = FORMATS.get(name)
        if form is not None:
            return form(value, args, kwargs)
    _refuse(name, value)


def _both_sides(name: str, value: s.Pick, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    sides = [
        filtered(name, side, args, kwargs) if isinstance(side, Symbol) else plain_filter(name, side, args, kwargs)
        for side in (value.then, value.otherwise)
    ]
    return s.pick(value.condition, sides[0], sides[1])


def _reformat(name: str, value: s.Formatted, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    if name in ("string", "safe"):
        return value
    refuse(
        "T022",
        f"{value.spelled()} is text that can only be printed or joined, and `{name}` would have to read it",
        "use one format, or do it in the code that gives the input",
    )


def _refuse(name: str, value: Symbol) -> NoReturn:
    path = ".".join(value.path) if isinstance(value, s.Input) else ""
    hint = "`tojson`, `length`, `join`, `trim`, `xml` and `default` work on an input; do anything else in the code that gives it"
    if name in ("e", "escape", "forceescape") and path:
        hint = f"write `{{{{ {path} | xml }}}}`"
    if name in ("first", "last") and path:
        hint = f"write `{{% for x in {path} %}}{{% if loop.{name} %}}{{{{ x }}}}{{% endif %}}{{% endfor %}}`"
    refuse("T021", f"the filter `{name}` would have to see {value.spelled()}, which is not known when building", hint)


def _no_arguments(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], path: str) -> None:
    if args or kwargs:
        refuse("T021", f"the filter `{name}` takes no arguments on an input", f"write `{{{{ {path} | {name} }}}}`")


def _tojson(value: s.Input, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    _no_arguments("tojson", args, kwargs, ".".join(value.path))
    if value.type == "media":
        refuse("T027", f"{value.spelled()} is media", f"write `{{% media {'.'.join(value.path)} %}}`")
    return s.Formatted(value, "tojson")


def _length(value: s.Input, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    if value.type not in ("string", "array", "object"):
        refuse(
            "T029",
            f"{value.spelled()} is {s.KINDS.get(value.type, 'of no declared type')} and has no length",
            "text, lists and maps have one",
        )
    return s.Formatted(value, "length")


def _text_only(name: str) -> Callable[[s.Input, tuple[Any, ...], Mapping[str, Any]], Any]:
    def form(value: s.Input, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        _no_arguments(name, args, kwargs, ".".join(value.path))
        if value.type in ("integer", "number", "boolean"):
            return s.Parts((value,))
        if value.type != "string":
            refuse(
                "T029",
                f"`{name}` takes text and {value.spelled()} is {s.KINDS.get(value.type, 'of no declared type')}",
                f"write `{{{{ {'.'.join(value.path)} | tojson }}}}`",
            )
        return s.Formatted(value, name)

    return form


def _join(value: s.Input, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    path = ".".join(value.path)
    separator = kwargs.get("d", args[0] if args else "")
    if len(args) > 1 or "attribute" in kwargs:
        refuse(
            "T021",
            f"`join` takes no attribute on {value.spelled()}",
            f"write `{{% for x in {path} %}}{{{{ x.… }}}}{{% if not loop.last %}}, {{% endif %}}{{% endfor %}}`",
        )
    if isinstance(separator, Symbol) and not isinstance(separator, s.Parts):
        refuse("T021", "the separator of `join` is not known when building", "use text")
    if value.type != "array":
        refuse(
            "T029",
            f"`join` takes a list and {value.spelled()} is {s.KINDS.get(value.type, 'of no declared type')}",
            f"write `{{{{ {path} }}}}`",
        )
    items = s.Input(("items",), value.schema.get("items") or {}, optional=False)
    if items.type not in ("string", "integer", "number", "boolean"):
        kind = s.KINDS.get(items.type, "of no declared type")
        message = f"the items of {value.spelled()} are {kind} each, which have no text of their own"
        refuse("T029", message, f"write `{s.joined_hint(value)}`")
    return s.Formatted(value, {"join": text(raw_of(force(separator)))})


FORMATS: dict[str, Callable[[s.Input, tuple[Any, ...], Mapping[str, Any]], Any]] = {
    "tojson": _tojson,
    "length": _length,
    "count": _length,
    "trim": _text_only("trim"),
    "xml": _text_only("xml"),
    "join": _join,
}


def default(value: Any, default_value: Any = "", boolean: Any = False) -> Any:  # noqa: FBT002 - Jinja's own signature
    """`default(value, default_value="", boolean=false)`."""
    if isinstance(value, Undefined):
        return default_value
    if not isinstance(value, Symbol):
        return default_value if boolean and not value else value
    if isinstance(value, s.Poison):
        s.use_poison(value)
    if boolean:
        return either(value, lambda: default_value)
    if isinstance(value, s.Input) and value.optional:
        return s.Pick(c.has(value.path), value, default_value)
    if isinstance(value, s.Pick):
        return s.pick(value.condition, default(value.then, default_value), default(value.otherwise, default_value))
    return value


def tested(name: str, value: Symbol, args: tuple[Any, ...]) -> Any:
    """A test on a symbol: True, False or a condition, or a refusal."""
    if isinstance(value, s.Poison):
        s.use_poison(value)
    sign = SIGNS.get(name)
    if sign is not None and len(args) == 1:
        return comparing.one(value, sign, args[0])
    if name == "in" and len(args) == 1:
        return comparing.membership(value, args[0], False)  # noqa: FBT003
    if isinstance(value, s.Pick):
        return comparing.decided(
            value, lambda side: tested(name, side, args) if isinstance(side, Symbol) else plain_test(name, side, args)
        )
    if name in ("defined", "undefined"):
        there = s.Cond(c.has(value.path)) if isinstance(value, s.Input) and value.optional else True
        if name == "defined":
            return there
        return s.Cond(c.not_(there.condition)) if isinstance(there, s.Cond) else False  # type: ignore[arg-type]
    if name == "none":
        nullable = isinstance(value, s.Input) and value.nullable
        return s.Cond(c.compares(list(value.path), "==", None)) if nullable else False  # type: ignore[attr-defined]
    if name in ("true", "false") and isinstance(value, s.Input) and value.type == "boolean":
        return s.Cond(c.compares(list(value.path), "==", name == "true"))
    refuse(
        "T021",
        f"the test `{name}` would have to see {value.spelled()}, which is not known when building",
        "`defined`, `none`, `in` and comparisons work on an input",
    )


def plain_filter(name: str, value: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """A filter on the plain side of a choice."""
    return CURRENT.environment.call_filter(name, value, list(args), dict(kwargs))


def plain_test(name: str, value: Any, args: tuple[Any, ...]) -> bool:
    """A test on the plain side of a choice."""
    return bool(CURRENT.environment.call_test(name, value, list(args)))


SIGNS = {
    "==": "==", "eq": "==", "equalto": "==", "!=": "!=", "ne": "!=", ">": ">", "gt": ">", "greaterthan": ">",
    ">=": ">=", "ge": ">=", "<": "<", "lt": "<", "lessthan": "<", "<=": "<=", "le": "<=",
}  # fmt: skip
