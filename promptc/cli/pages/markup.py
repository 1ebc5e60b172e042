"""Markup: text and elements of HTML; the only place where foreign text becomes part of a page.

    foreign text -> [markup] -> Html -> pages

Pure. `Html` is text that may stand in a page as it is, and only the functions here make it: what is given to them as
`str` is escaped, and what could reorder or hide text is spelled out and set apart, so that a reader can tell it from
text that spells the same.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from typing import Any, NewType

from promptc.core.visible import UNSAFE, visible, visible_line

Html = NewType("Html", str)
NOTHING = Html("")
VALUE_CHARACTERS_MAX = 240
# Beside what core/visible.py spells out: characters of no width, which a reader of changes must see come and go.
_HIDDEN = re.compile(f"{UNSAFE.text}|[\u00ad\u180e\u200b\u2060]")
_VOID = frozenset({"br", "hr", "input", "meta", "path", "rect"})


def text(value: str) -> Html:
    """Foreign text, escaped, with controls spelled out."""
    if _HIDDEN.search(value) is None:
        return Html(html.escape(value))
    found = []
    end = 0
    for match in _HIDDEN.finditer(value):
        found.append(html.escape(value[end : match.start()]))
        found.append(f'<span class="control">{_spelled(match.group())}</span>')
        end = match.end()
    return Html("".join(found) + html.escape(value[end:]))


def plain(value: str) -> str:
    """Foreign text on one line, with the same spelled out, where no element can set it apart: attributes, data."""
    return visible_line(_HIDDEN.sub(lambda match: _spelled(match.group()), value))


def _spelled(character: str) -> str:
    said = visible(character)
    return said if said != character else f"\\u{{{ord(character):04X}}}"


def tag(name: str, /, *children: Html, **attributes: str | int | bool | None) -> Html:
    """An element. `class_` stands for `class`, `_` for `-`; None and False leave an attribute out, True gives it no value."""
    said = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{said}>")
    return Html(f"<{name}{said}>{''.join(children)}</{name}>")


def _attribute(key: str, value: str | int | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(plain(str(value)))}"'


def joined(parts: Iterable[Html], between: str = "") -> Html:
    """Parts, one after another, with text between them."""
    return Html(text(between).join(parts))


def prose(sentence: str) -> Html:
    """A sentence in which what stands between backticks is code."""
    pieces = short(sentence).split("`")
    if len(pieces) % 2 == 0:
        return text(short(sentence))
    return joined(tag("code", text(piece)) if at % 2 else text(piece) for at, piece in enumerate(pieces))


def short(value: str) -> str:
    """A value for a place where nobody would read on: cut, with its length."""
    if len(value) <= VALUE_CHARACTERS_MAX:
        return value
    return f"{value[:VALUE_CHARACTERS_MAX]}… ({len(value):,} characters)"


def signed(count: int) -> str:
    """`+1,204`, `−3`, `0`."""
    return f"{count:+,}".replace("-", "−") if count else "0"


def named(value: str) -> str:
    """A name as a page shows it and its data holds it: visible, on one line, and cut with its length."""
    return plain(short(value))


def chip(label: str, count: int | None = None, kind: str = "") -> Html:
    """A word in a frame, with how often."""
    number = NOTHING if count is None else tag("b", text(f"{count:,}"))
    return tag("span", text(short(label)), number, class_=f"chip {kind}".strip())


def badge(count: int) -> Html:
    """A number in a pill."""
    return tag("span", text(f"{count:,}"), class_="count")


def unseen(label: str) -> Html:
    """Text for those who listen to a page."""
    return tag("span", text(label), class_="unseen")


def script_data(value: Any) -> Html:
    r"""JSON that can stand in a script element: `<`, `>` and `&` as `\u003c` and so on, nothing outside of ASCII."""
    said = json.dumps(value, separators=(",", ":"))
    return Html(said.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
