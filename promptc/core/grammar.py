"""Grammar: the closed residual grammar, checked whole at the door, so that a damaged program fails before it serves.

    artifact's bytes -> [grammar] -> core/residual.py, which trusts it

Pure. What the grammar doesn't know is refused, never passed over: a reader that skipped an unknown part would send a
prompt with a hole in it.
"""

from __future__ import annotations

from collections.abc import Mapping

from promptc.core.document import wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ROLES = frozenset({"system", "developer", "user", "assistant"})
SIGNS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})
FORMATS = frozenset({"tojson", "length", "trim", "xml"})
# Branches of a long `elif` nest; a compiler gives at most 50 of them and 30 levels around.
DEPTH_MAX = 200

Names = frozenset[str]


def check_document(document: Mapping[str, Any]) -> None:
    """Refuse (PromptcError D001) an artifact whose parts are not what a runtime will take them for."""
    if not all(isinstance(document["model"].get(key), str) for key in ("provider", "name")):
        raise wrong("the model has no provider or no name")
    for tool in document["tools"]:
        if not isinstance(tool, dict) or not all(isinstance(tool.get(key), str) for key in ("name", "description")):
            raise wrong("a tool has no name or no description")
    if not all(isinstance(schema, dict) for schema in document["inputs"].values()):
        raise wrong("an input has no schema")
    if "output" in document and not isinstance(document["output"].get("schema"), dict):
        raise wrong("the output has no schema")
    check_messages(document["messages"])


def check_messages(messages: Any, names: Names = frozenset(), depth: int = 0) -> None:
    """Refuse (PromptcError D001) anything that is not a list of messages."""
    _deepen(depth)
    if not isinstance(messages, list):
        raise wrong("`messages` is not a list")
    for message in messages:
        if not isinstance(message, dict):
            raise wrong("a message is not a map")
        if message == {"history": True}:
            continue
        if "when" in message:
            _keys(message, {"when", "then"}, {"else"})
            _condition(message["when"], names, depth)
            check_messages(message["then"], names, depth + 1)
            check_messages(message.get("else", []), names, depth + 1)
            continue
        _keys(message, {"role", "content"})
        if message["role"] not in ROLES:
            raise wrong("a message has an unknown role")
        check_parts(message["content"], names, depth + 1)


def check_parts(parts: Any, names: Names = frozenset(), depth: int = 0) -> None:
    """Refuse (PromptcError D001) anything that is not a list of parts; `names` are the loops around."""
    _deepen(depth)
    if not isinstance(parts, list):
        raise wrong("parts are not a list")
    for part in parts:
        if isinstance(part, str):
            continue
        if not isinstance(part, dict):
            raise wrong("a part is neither text nor a map")
        kind = next((kind for kind in _PARTS if kind in part), None)
        if kind is None:
            raise wrong("a part is of no known form")
        _PARTS[kind](part, names, depth)


def _slot(part: dict[str, Any], names: Names, _depth: int) -> None:
    _keys(part, {"slot"}, {"as", "default"})
    _path(part["slot"], names)
    form = part.get("as")
    if isinstance(form, dict):
        _keys(form, {"join"})
        if not isinstance(form["join"], str):
            raise wrong("a separator is not text")
    elif "as" in part and (not isinstance(form, str) or form not in FORMATS):
        raise wrong("a slot has an unknown format")


def _when(part: dict[str, Any], names: Names, depth: int) -> None:
    _keys(part, {"when", "then"}, {"else"})
    _condition(part["when"], names, depth)
    check_parts(part["then"], names, depth + 1)
    check_parts(part.get("else", []), names, depth + 1)


def _each(part: dict[str, Any], names: Names, depth: int) -> None:
    _keys(part, {"each", "name", "do"}, {"else"})
    _path(part["each"], names)
    name = part["name"]
    if not isinstance(name, str) or name == "input" or name in names:
        raise wrong("a loop's name is not its own")
    check_parts(part["do"], names | {name}, depth + 1)
    check_parts(part.get("else", []), names, depth + 1)


def _index(part: dict[str, Any], names: Names, _depth: int) -> None:
    ((_, name),) = part.items() if len(part) == 1 else ((None, None),)
    _loop(name, names)


def _media(part: dict[str, Any], names: Names, _depth: int) -> None:
    _keys(part, {"media"})
    if not isinstance(part["media"], dict):
        _path(part["media"], names)
    elif not all(isinstance(value, str) for value in part["media"].values()):
        raise wrong("media is not a map of text")


def _cache(part: dict[str, Any], _names: Names, _depth: int) -> None:
    _keys(part, {"cache"})
    if not isinstance(part["cache"], dict) or not all(isinstance(v, str) for v in part["cache"].values()):
        raise wrong("a cache mark's options are not text")


_PARTS = {
    "slot": _slot,
    "when": _when,
    "each": _each,
    "index": _index,
    "index0": _index,
    "media": _media,
    "cache": _cache,
}


def _condition(condition: Any, names: Names, depth: int) -> None:
    _deepen(depth)
    if not isinstance(condition, dict) or len(condition) != 1:
        raise wrong("a condition is not a map of one key")
    ((kind, given),) = condition.items()
    if kind in ("true", "has"):
        _path(given, names)
    elif kind == "not":
        _condition(given, names, depth + 1)
    elif kind in ("and", "or"):
        if not isinstance(given, list):
            raise wrong(f"`{kind}` has no list")
        for inner in given:
            _condition(inner, names, depth + 1)
    elif kind == "is":
        _comparison(given, names)
    elif kind == "contains":
        if not isinstance(given, list) or len(given) != 2:
            raise wrong("`contains` has not a path and a constant")
        _path(given[0], names)
    elif kind in ("first", "last"):
        _loop(given, names)
    else:
        raise wrong("a condition is of no known form")


def _comparison(given: Any, names: Names) -> None:
    if not isinstance(given, list) or len(given) != 3:
        raise wrong("a comparison has not three items")
    operand, sign, constant = given
    if not isinstance(sign, str) or sign not in SIGNS:
        raise wrong("a comparison has an unknown sign")
    if sign == "in" and not isinstance(constant, list):
        raise wrong("`in` has no list")
    if isinstance(operand, dict) and "index" in operand:
        _keys(operand, {"index"})
        _loop(operand["index"], names)
    elif isinstance(operand, dict):
        _keys(operand, {"length"})
        _path(operand["length"], names)
    else:
        _path(operand, names)


def _path(path: Any, names: Names) -> None:
    if not isinstance(path, list) or not path or not all(isinstance(step, str) for step in path):
        raise wrong("a path is not a list of names")
    if path[0] != "input" and path[0] not in names:
        raise wrong("a path starts from no input and no loop around it")


def _loop(name: Any, names: Names) -> None:
    if not isinstance(name, str) or name not in names:
        raise wrong("an index names no loop around it")


def _keys(found: Mapping[str, Any], required: set[str], optional: set[str] | None = None) -> None:
    if not required <= set(found) <= required | (optional or set()):
        raise wrong("a part, message or condition has keys of no known form")


def _deepen(depth: int) -> None:
    if depth > DEPTH_MAX:
        raise wrong(f"it is nested more than {DEPTH_MAX} levels deep")
