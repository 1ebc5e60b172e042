"""Filters: Jinja's deterministic built-ins behind guards, and ours: `tojson`, `xml`.

    environment.filters -> [guard -> filter] -> text, a list, or a slot format where the value is an input

The guard decides what a filter may see: views become raw values (read whole), holes are filled, inputs go to
symbolic.py, numbers and results are charged before and after. A filter's own code therefore meets plain values only.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import markupsafe
from jinja2.filters import FILTERS, do_striptags, do_urlencode, do_xmlattr
from jinja2.runtime import Undefined

from promptc.compiler.template import symbolic
from promptc.compiler.template.access import attribute
from promptc.compiler.template.capturing import capture
from promptc.compiler.template.limits import CALL_COST, small
from promptc.compiler.template.operators import emit
from promptc.compiler.template.proxies import ListView, MapView, VariablesView, View, raw_of
from promptc.compiler.template.run import CURRENT
from promptc.compiler.template.symbols import Parts, Symbol, refuse, symbols_in
from promptc.compiler.template.texts import force, forced, text
from promptc.compiler.template.weighing import PART_COST, weigh
from promptc.core.values import NotCanonical, canonical_text, plain, text_of

# Filters whose value is text: it is turned into text by the one table before they see it.
TEXT = frozenset(
    """upper lower capitalize title trim replace indent center wordwrap truncate wordcount urlize
    escape e forceescape striptags string safe format xml""".split()
)
# Filters that move values about without looking at them, so that a list may hold inputs.
MOVES = frozenset("first last length count list reverse batch slice join default d items".split())
REFUSED = frozenset({"random"})
LENGTH = frozenset({"length", "count"})
VIEWS = frozenset({ListView, MapView, VariablesView})
# What these do with each part of their value costs many times a walk over it.
SLOW = {
    "pprint": 20,
    "urlize": 20,
    "striptags": 20,
    "sort": 5,
    "groupby": 5,
    "unique": 5,
    "wordwrap": 5,
    "title": 5,
    "tojson": 3,
}
# Filters that are given a filter or test by its name: the place of the name, and of what.
NAMED = {
    "map": (0, "filter"), "select": (0, "test"), "reject": (0, "test"), "selectattr": (1, "test"), "rejectattr": (1, "test"),
}  # fmt: skip
INT_ARGUMENTS = frozenset("center indent wordwrap truncate batch slice round tojson".split())


def registry() -> dict[str, Callable[..., Any]]:
    """Every filter a template may use, guarded."""
    own: dict[str, Callable[..., Any]] = {
        "tojson": to_json,
        "xml": to_xml,
        "join": join,
        "replace": replace,
        "string": str,
        "safe": str,
        "e": escape,
        "escape": escape,
        "forceescape": escape,
        "striptags": lambda value: str(do_striptags(value)),
        "format": format_text,
        "attr": attribute,
        "urlencode": lambda value: do_urlencode(_texts(value)),
        "xmlattr": _xmlattr,
    }
    functions = {name: own.get(name, found) for name, found in {**FILTERS, **own}.items() if name not in REFUSED}
    return {name: guard(name, function) for name, function in functions.items()}


def guard(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter behind its guard, taking the same hidden first argument as the original."""
    passes = getattr(function, "jinja_pass_arg", None)
    hidden = 1 if passes is not None else 0

    @functools.wraps(function, updated=())
    def guarded(*args: Any, **kwargs: Any) -> Any:
        value, rest = args[hidden], args[hidden + 1 :]
        CURRENT.run.fuel.charge(CALL_COST // 2)
        if name in LENGTH and value.__class__ in VIEWS and not rest and not kwargs:
            return len(value)
        if name in ("default", "d"):
            return symbolic.default(value, *rest, **kwargs)
        if name not in ("length", "count"):
            # The keys of a map are charged once they were asked for; what is under them is not looked at.
            weighed = () if name == "list" and isinstance(value, MapView) else (value,)
            weigh(*weighed, *rest, *kwargs.values(), times=SLOW.get(name, 1))
        value = force(value) if name in MOVES else forced(value)
        if isinstance(value, Symbol):
            return symbolic.filtered(name, value, rest, kwargs)
        if name not in MOVES:
            _refuse_symbols(name, (value, rest, kwargs))
        elif (rest or kwargs) and any(True for _ in symbols_in((rest, kwargs))):
            _refuse_symbols(name, (rest, kwargs))
        return run_filter(Call(name, function, args[:hidden], value, rest, kwargs))

    if passes is not None:
        guarded.jinja_pass_arg = passes  # type: ignore[attr-defined]
    return guarded


class Call(NamedTuple):
    """One use of a filter: its name and function, the hidden argument if it takes one, the value and the arguments."""

    name: str
    function: Callable[..., Any]
    hidden: tuple[Any, ...]
    value: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


def run_filter(call: Call) -> Any:
    """Call a filter on plain values, charging for it; iterators become lists, marked-up text becomes text."""
    name, value = call.name, call.value
    if name in ("length", "count") and isinstance(value, View):
        return len(value)
    if name == "list" and isinstance(value, MapView):
        keys = value.keys()
        CURRENT.run.fuel.charge(PART_COST * len(keys))
        return keys
    value = raw_of(value)
    rest = tuple(raw_of(force(item)) for item in call.args)
    kwargs = {key: raw_of(force(item)) for key, item in call.kwargs.items()}
    if name in TEXT:
        value = text(value)
    _refuse_unknown(name, rest)
    if name == "replace":
        rest = tuple(text(item) if index < 2 else item for index, item in enumerate(rest))
        kwargs = {key: text(item) if key in ("old", "new") else item for key, item in kwargs.items()}
    _charge_before(name, value, rest, kwargs)
    try:
        result = call.function(*call.hidden, value, *rest, **kwargs)
        if isinstance(result, Iterator) and not isinstance(result, Symbol):
            result = list(result)
    except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError, AssertionError) as error:
        if isinstance(value, Undefined):
            str(value)
        refuse("T029", f"the filter `{name}` can't work on this value", _reason(error))
    return _charge_after(result)


def _reason(error: Exception) -> str:
    # Only messages of Python about types are shown; others may hold values.
    return (
        f"{error}"
        if isinstance(error, TypeError) and "argument" in str(error)
        else "look at the kinds of values it is given"
    )


def _refuse_symbols(name: str, values: Any) -> None:
    for found in symbols_in(values):
        if isinstance(found, Parts):
            continue
        refuse(
            "T021",
            f"the filter `{name}` would have to see {found.spelled()}, which is not known when building",
            "filter it in the code that gives the input",
        )


def _refuse_unknown(name: str, rest: tuple[Any, ...]) -> None:
    """Refuse a filter or test that is not there, by its name: Jinja would show it, and it may be a variable's value."""
    found = NAMED.get(name)
    if found is None or len(rest) <= found[0]:
        return
    kind, given = found[1], rest[found[0]]
    if isinstance(given, Undefined):
        str(given)  # raises with the name
    known = CURRENT.environment.filters if kind == "filter" else CURRENT.environment.tests
    if not isinstance(given, str) or given not in known:
        refuse(
            "T013", f"the filter `{name}` is given the name of a {kind} that is not there", "docs/prompts.md lists them"
        )


def _charge_before(name: str, value: Any, rest: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    fuel = CURRENT.run.fuel
    if name in INT_ARGUMENTS:
        for number in (*rest, *kwargs.values()):
            small(number, f"the filter `{name}`")
    if isinstance(value, (str, list, tuple, dict)):
        fuel.charge(len(value))
    if name == "replace" and isinstance(value, str):
        old, new = (rest[at] if len(rest) > at else kwargs.get(key, "") for at, key in enumerate(("old", "new")))
        fuel.charge((value.count(old) if old else len(value) + 1) * len(new))
    if name in ("indent", "wordwrap") and isinstance(value, str):
        widths = [
            item if isinstance(item, int) else len(item)
            for item in (*rest, *kwargs.values())
            if isinstance(item, (int, str))
        ]
        fuel.charge(
            (value.count("\n") + 1 if name == "indent" else len(value) // 8 + 1)
            * (
                max(widths, default=4)
                if name == "indent"
                else max(map(len, filter(_is_text, (*rest, *kwargs.values()))), default=1)
            )
        )
    if name == "sum" and isinstance(value, (list, tuple)):
        # Adding lists up copies what is there for each one that is added.
        lengths = sum(len(item) for item in value if isinstance(item, (list, tuple, str)))
        fuel.charge(lengths * max(1, len(value)))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _charge_after(result: Any) -> Any:
    if isinstance(result, markupsafe.Markup):
        result = str(result)
    if isinstance(result, (str, list, tuple, dict)):
        CURRENT.run.fuel.charge(len(result))
    elif isinstance(result, int) and not isinstance(result, bool) and abs(result) >= 2**63:
        refuse("T029", "a number beyond 2^63", "keep numbers small, or use text")
    return result


def escape(value: str) -> str:
    """HTML's five characters, as Jinja escapes them, but as plain text that doesn't escape its neighbours."""
    return str(markupsafe.escape(value))


def to_xml(value: str) -> str:
    """What XML text and double-quoted attributes need escaped; the same as the slot format `xml`."""
    for plain_character, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        value = value.replace(plain_character, escaped)
    return value


def replace(value: str, old: str, new: str, count: int | None = None) -> str:
    """Each `old` as `new`, the first `count` of them; both are text by now."""
    return value.replace(old, new, -1 if count is None else count)


def to_json(value: Any, indent: int | None = None) -> str:
    """Canonical JSON: no spaces, keys by code point; with `indent`, the same values over several lines."""
    try:
        if indent is None:
            return canonical_text(value)
        return pretty(plain(value), indent, 0)
    except NotCanonical as error:
        _name_undefined(value)
        refuse("T006", f"{error} has no JSON", "give it as text")


def _name_undefined(value: Any) -> None:
    """Say which name has no value, where one of the parts has none."""
    if isinstance(value, Undefined):
        str(value)  # raises with the name
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
        _name_undefined(part)


def pretty(value: Any, indent: int, depth: int) -> str:
    """JSON over several lines with the numbers and escapes of canonical JSON."""
    inner, outer = "\n" + " " * indent * (depth + 1), "\n" + " " * indent * depth
    CURRENT.run.fuel.charge(len(inner))
    if isinstance(value, dict) and value:
        rows = [f"{canonical_text(key)}: {pretty(value[key], indent, depth + 1)}" for key in sorted(value)]
        return "{" + inner + ("," + inner).join(rows) + outer + "}"
    if isinstance(value, list) and value:
        return "[" + inner + ("," + inner).join(pretty(item, indent, depth + 1) for item in value) + outer + "]"
    return canonical_text(value)


def join(value: Any, d: Any = "", attribute: Any = None) -> Any:  # noqa: A002 - Jinja's own names
    """Texts with a separator between them; items may be inputs."""
    items = list(value)
    if attribute is not None:
        items = [_at(item, attribute) for item in items]
    separator = text(d)
    CURRENT.run.fuel.charge(len(separator) * len(items))
    events: list[Any] = []
    for index, item in enumerate(items):
        if index and separator:
            events.append(separator)
        events.append(item if isinstance(item, Parts) else emit(item))
    return capture(events)


def _at(value: Any, path: Any) -> Any:
    from promptc.compiler.template.access import item

    for step in str(path).split("."):
        value = item(value, int(step) if step.isdigit() else step)
    return value


SPEC = re.compile(
    r"%(?:\((?P<key>[^)]*)\))?(?P<flags>[#0\- +]*)(?P<width>\*|\d+)?(?:\.(?P<precision>\*|\d+))?[hlL]?(?P<type>.)", re.S
)


def format_text(value: str, *args: Any, **kwargs: Any) -> str:
    """printf-style formatting; `%s` prints by the one table of text, widths are bounded."""
    if args and kwargs:
        refuse("T029", "the filter `format` takes positional or named values, not both", "use one kind")
    position = 0
    given: list[Any] = []
    named = dict(kwargs)
    for spec in SPEC.finditer(value):
        if spec["type"] == "%":
            continue
        if "*" in (spec["width"], spec["precision"]) or spec["type"] not in "sdifFeEgGxXo":
            refuse("T029", f"the filter `format` doesn't know `{spec[0]}`", "use %s, %d, %x, %o, %e, %f or %g")
        for number in (spec["width"], spec["precision"]):
            small(int(number) if number and len(number) < 12 else (10**9 if number else 0), "the filter `format`")
        if spec["key"] is not None:
            if spec["type"] == "s" and spec["key"] in kwargs:
                named[spec["key"]] = text(kwargs[spec["key"]])
        elif position < len(args):
            given.append(text(args[position]) if spec["type"] == "s" else args[position])
            position += 1
    given.extend(args[position:])
    return value % (named or tuple(given))


def _texts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_texts(key): _texts(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [tuple(map(_texts, pair)) for pair in value]
    return text_of(value)


def _xmlattr(value: Any, autospace: bool = True) -> str:  # noqa: FBT001, FBT002 - Jinja's own signature
    context: Any = SimpleNamespace(autoescape=False)
    shown = {key: text_of(item) for key, item in value.items() if item is not None and not isinstance(item, Undefined)}
    return str(do_xmlattr(context, shown, autospace))
