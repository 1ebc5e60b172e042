"""Editing: put an entry into an overlay's YAML by inserting text, so that the author's comments and layout stay.

    text, path, entry -> [editing] -> text with the entry

The parser says where things stand; every edit is read back and compared with what it should mean, and refused when it
doesn't. Nothing is ever written anew from data. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from promptc.compiler.schema.nodes import Map, Node, Scalar, data_of
from promptc.compiler.schema.yaml import parse_yaml
from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError

STEP = 2
_TAG = re.compile(r"![^\s{\[]*[ \t]*")
_PLAIN = re.compile(r"[A-Za-z_][\w/.-]*( [\w/.-]+)*\Z")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_BLOCK_TEXT = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]*\Z")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A block's replacement as it is written: `base` stands above it as a comment; `tagged` says `!replace`."""

    text: str
    against: str
    base: str
    place: str
    tagged: bool


class Unfit(PromptcError):
    """A file that can't take an insertion without rewriting its author's text."""

    def __init__(self, why: str) -> None:
        super().__init__("C018", f"the file can't be edited in place: {why}", hint="insert what is printed by hand")


def with_entry(text: str, path: Sequence[str], entry: Replacement) -> str:
    """The text with the entry at a path of keys; Unfit when that can't be done safely."""
    ending = "\r\n" if "\r\n" in text else "\n"
    root = _root(text)
    lines = text.replace("\r\n", "\n").split("\n")
    if root is None or (not root.entries and root.tag == ""):
        lines = _without_braces(lines, root)
        edited = _appended(lines, _nested(path, entry, 0))
    else:
        edited = _inserted(lines, root, path, entry)
    _verify(text, edited, path, entry)
    return edited.replace("\n", ending)


def with_scalar(text: str, path: Sequence[str], value: str) -> str:
    """The text with a scalar that is there replaced by a plain value (`against`, written in hex)."""
    node = _at(text, path)
    if not isinstance(node, Scalar):
        raise Unfit("`" + ".".join(path) + "` is not there as plain text")
    lines = text.split("\n")
    line = lines[node.line - 1]
    start = node.column - 1
    end = start + len(node.text) + (0 if node.plain else 2)
    if line[start:end].strip("\"'") != node.text:
        raise Unfit("the value is written in a way that isn't replaced safely")
    lines[node.line - 1] = line[:start] + value + line[end:]
    edited = "\n".join(lines)
    made = _at(edited, path)
    if not isinstance(made, Scalar) or made.text != value:
        raise Unfit("the value is written in a way that isn't replaced safely")
    return edited


def entry_lines(key: str, entry: Replacement, indent: int) -> list[str]:
    """An entry as lines of block YAML."""
    pad, inner = " " * indent, " " * (indent + STEP)
    lines = [f"{pad}{quoted(key)}:" + (" !replace" if entry.tagged else "")]
    lines += [f"{inner}# {line}".rstrip() for line in base_comment(entry)]
    lines.append(f"{inner}against: {entry.against}")
    first, *rest = block_text(entry.text, indent + STEP * 2)
    return [*lines, f"{inner}text: {first}", *rest]


def base_comment(entry: Replacement) -> list[str]:
    """The comment that holds the base: `rebase` reads it again."""
    shown = [f"  {line}" for line in entry.base.split("\n")] if entry.base else ["  (empty)"]
    return [f"Replaces this text of {entry.place}:", *shown]


def base_from_comment(text: str, line: int) -> tuple[int, int, str] | None:
    """The comment with a base that stands just above or below line `line` (from 1), as `override` wrote it.

    The index of the comment's second line, the index after its last, and the base; None when there is none.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    above = line - 1
    while above > 0 and lines[above - 1].lstrip().startswith("#"):
        above -= 1
    for index in range(above, min(line + 1, len(lines))):
        if re.match(r"\s*# Replaces this text of ", lines[index]):
            end = index + 1
            while end < len(lines) and re.match(r"\s*#(?:   .*|\s*)$", lines[end]):
                end += 1
            kept = [re.sub(r"^\s*#(?:   )?", "", raw) for raw in lines[index + 1 : end]]
            return index + 1, end, "" if kept == ["(empty)"] else "\n".join(kept)
    return None


def block_text(text: str, indent: int) -> list[str]:
    """A text as YAML: a literal block that reads back as it is, or a quoted scalar where no block can hold it."""
    ends_once = text.endswith("\n") and not text.endswith("\n\n")
    body = text[:-1] if ends_once else text
    fits = bool(body) and not body.startswith((" ", "\t", "\n")) and not body.endswith("\n") and _BLOCK_TEXT.match(body)
    if not fits:
        return [json_text(text)]
    pad = " " * indent
    return ["|" if ends_once else "|-", *((pad + line) if line else "" for line in body.split("\n"))]


def quoted(text: str) -> str:
    """A scalar that YAML reads as this text: plain where that is safe."""
    return text if _PLAIN.match(text) and text.lower() not in _WORDS else json_text(text)


def json_text(text: str) -> str:
    """The text as a double-quoted scalar."""
    escaped = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff]", lambda found: f"\\u{ord(found.group()):04x}", escaped)


def _refused(text: str) -> set[str]:
    """What the door refuses of the text's characters."""
    return {finding.message for finding in parse_yaml(text.encode(), "overlay")[1] if finding.is_error}


def _root(text: str) -> Map | None:
    node, findings = parse_yaml(text.encode(), "overlay")
    broken = any(finding.is_error and finding.code.startswith("Y") for finding in findings)
    if broken or not (node is None or isinstance(node, Map)):
        raise Unfit("it isn't YAML that can be read")
    return node


def _at(text: str, path: Sequence[str]) -> Node | None:
    node: Node | None = _root(text)
    for key in path:
        node = node.get(key) if isinstance(node, Map) else None
    return node


def _inserted(lines: list[str], root: Map, path: Sequence[str], entry: Replacement) -> str:
    """Walk down the keys that are there, then insert what is missing right below the last of them."""
    at: Map = root
    above = -1
    for depth, key in enumerate(path):
        found = at.entries.get(key)
        if found is None:
            return _placed(lines, at, above, path[depth:], entry)
        name, value = found
        if isinstance(value, Map) and value.entries:
            at, above = value, name.line - 1
        elif depth + 1 < len(path) and _is_empty(value):
            if isinstance(value, Map):
                lines = _without_braces(lines, value)
            below = _nested(path[depth + 1 :], entry, name.column - 1 + STEP)
            return "\n".join([*lines[: name.line], *below, *lines[name.line :]])
        else:
            raise Unfit(f"`{'.'.join(path[: depth + 1])}` is written there already")
    raise Unfit(f"`{'.'.join(path)}` is written there already")


def _placed(lines: list[str], at: Map, above: int, rest: Sequence[str], entry: Replacement) -> str:
    if _is_flow(lines, at):
        line, column = at.line - 1, lines[at.line - 1].index("{", at.column - 1) + 1
        made = _flow(rest, entry)
        lines[line] = f"{lines[line][:column]}{made}, {lines[line][column:].lstrip()}"
        return "\n".join(lines)
    indent = min(key.column for key, _ in at.entries.values()) - 1
    below = _nested(rest, entry, indent)
    if above < 0:
        return _appended(lines, below)
    return "\n".join([*lines[: above + 1], *below, *lines[above + 1 :]])


def _appended(lines: list[str], below: list[str]) -> str:
    kept = lines[:-1] if lines and not lines[-1] else lines
    return "\n".join([*kept, *below, ""])


def _nested(path: Sequence[str], entry: Replacement, indent: int) -> list[str]:
    if len(path) == 1:
        return entry_lines(path[0], entry, indent)
    return [f"{' ' * indent}{quoted(path[0])}:", *_nested(path[1:], entry, indent + STEP)]


def _flow(path: Sequence[str], entry: Replacement) -> str:
    if len(path) > 1:
        return f"{quoted(path[0])}: {{{_flow(path[1:], entry)}}}"
    tag = "!replace " if entry.tagged else ""
    return f"{quoted(path[0])}: {tag}{{text: {json_text(entry.text)}, against: {entry.against}}}"


def _is_flow(lines: list[str], node: Map) -> bool:
    rest = lines[node.line - 1][node.column - 1 :]
    return _TAG.sub("", rest, count=1).startswith("{") if rest.startswith("!") else rest.startswith("{")


def _is_empty(node: Node) -> bool:
    if isinstance(node, Map):
        return not node.entries and not node.tag
    return isinstance(node, Scalar) and node.plain and node.text == "" and not node.tag


def _without_braces(lines: list[str], node: Map | None) -> list[str]:
    if node is None:
        return lines
    line = lines[node.line - 1]
    if not line[node.column - 1 :].startswith("{}"):
        raise Unfit("an empty map is written over several lines")
    kept = list(lines)
    kept[node.line - 1] = (line[: node.column - 1] + line[node.column + 1 :]).rstrip()
    return kept


def _verify(text: str, edited: str, path: Sequence[str], entry: Replacement) -> None:
    """The edited text must mean what the text did, and the entry, and nothing else."""
    before, after = _root(text), _root(edited)
    expected: dict[str, Any] = data_of(before) if before is not None else {}
    at = expected
    for key in path[:-1]:
        inner = at.get(key)
        at[key] = inner if isinstance(inner, dict) else {}
        at = at[key]
    at[path[-1]] = {"text": entry.text, "against": entry.against}
    if after is None or data_of(after) != expected:
        raise Unfit("the result would not read as it should")
    new = _refused(edited) - _refused(text)
    if new:
        raise Unfit(sorted(new)[0])
