"""JSON: a located tree from JSON text, for schemas, tools and sign-ups.

    text -> [jsons] -> nodes

Strict: duplicate keys, NaN, lone surrogates, integers that readers disagree on are findings. Never raises for bad
input. Values are typed already: a scalar that isn't text carries its value.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from typing import Any, NoReturn

from promptc.compiler.schema.few import few
from promptc.compiler.schema.nodes import Map, Node, Scalar, Sequence
from promptc.compiler.schema.quick import quick_json
from promptc.compiler.schema.unicode import DEFAULT_POLICY, Policy, check_text, normalise
from promptc.compiler.schema.yaml import DEPTH_MAX, NODES_MAX
from promptc.core.dataclass import replace
from promptc.core.findings import Finding, Place
from promptc.core.values import INTEGER_MAX

_TOKEN = re.compile(
    r"[ \t\n\r]*(?:(?P<mark>[{}\[\]:,])"
    r'|(?P<text>"(?:[^"\\\x00-\x1f]|\\.)*")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![0-9A-Za-z.]))"
    r"|(?P<word>true|false|null)\b|(?P<end>\Z))"
)
_WORDS = {"true": True, "false": False, "null": None}
SURROGATE = re.compile("[\ud800-\udfff]")


def parse_json(
    text: str, file: str, *, line: int = 1, policy: Policy = DEFAULT_POLICY
) -> tuple[Node | None, tuple[Finding, ...]]:
    """The located tree of one JSON value whose text begins at a line of its file; None when it can't be read."""
    found = check_text(text, file, line_offset=line - 1, policy=policy)
    if any(finding.is_error and finding.code in ("U003", "U004") for finding in found):
        return None, found
    easy = quick_json(text, line, policy) if not found else None
    if easy is not None:
        return easy, ()
    reader = _Reader(text, file, line, policy)
    try:
        node = reader.value(reader.token(), 0)
        kind, token, at = reader.token()
        if kind != "end":
            reader.stop(f"expected the end, not `{token[:20]}`", at)
        return node, few((*found, *reader.findings))
    except _Stop:
        return None, few((*found, *reader.findings))


class _Stop(Exception):
    """Ends the reading of a text that is no JSON."""


class _Reader:
    def __init__(self, text: str, file: str, line: int, policy: Policy) -> None:
        self.policy = policy
        self.text = text
        self.file = file
        self.line = line
        self.at = 0
        self.count = 0
        self.findings: list[Finding] = []
        # Where each line begins, so that a place costs a bisection and not a scan.
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def token(self) -> tuple[str, str, int]:
        """The next token: its kind, its text and where it begins."""
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            space = re.compile(r"[ \t\n\r]*").match(self.text, self.at)
            at = space.end() if space else self.at
            self.stop(f"`{self.text[at : at + 20]}` is no JSON value", at)
        kind = match.lastgroup or "end"
        self.at = match.end()
        return kind, match.group(kind), match.start(kind)

    def value(self, token: tuple[str, str, int], depth: int) -> Node:
        """The value that begins with a token."""
        kind, text, at = token
        line, column = self.spot(at)
        self.count += 1
        if depth > DEPTH_MAX or self.count > NODES_MAX:
            limit = f"{DEPTH_MAX} levels" if depth > DEPTH_MAX else f"{NODES_MAX:,} values"
            self.report("B002", f"more than {limit} in one file", at)
            raise _Stop
        if kind == "text":
            return Scalar(self.string(text, at), plain=False, tag="", line=line, column=column)
        if kind == "number":
            return self.typed(text, self.number(text, at), at)
        if kind == "word":
            return self.typed(text, _WORDS[text], at)
        if text == "[":
            return self.sequence(Sequence([], "", line, column), depth)
        if text != "{":
            self.stop(f"expected a value, not `{text}`" if text else "expected a value, not the end", at)
        return self.map(Map({}, "", line, column), depth)

    def typed(self, text: str, value: Any, at: int) -> Scalar:
        """A number, a boolean or null."""
        line, column = self.spot(at)
        return Scalar(text, plain=False, tag="", line=line, column=column, value=(value,))

    def sequence(self, made: Sequence, depth: int) -> Sequence:
        """The list whose bracket has been read."""
        token = self.token()
        if token[1] == "]" and token[0] == "mark":
            return made
        while True:
            made.items.append(self.value(token, depth + 1))
            if self.separator("]"):
                return made
            token = self.token()

    def map(self, made: Map, depth: int) -> Map:
        """The map whose brace has been read."""
        token = self.token()
        if token[1] == "}" and token[0] == "mark":
            return made
        while True:
            kind, text, at = token
            if kind != "text":
                self.stop("expected a key in quotes", at)
            line, column = self.spot(at)
            key = Scalar(self.string(text, at), plain=False, tag="", line=line, column=column)
            kind, text, colon = self.token()
            if text != ":":
                self.stop("expected `:` after the key", colon)
            value = self.value(self.token(), depth + 1)
            if key.text in made.entries:
                first = made.entries[key.text][0]
                message = f"key `{key.text[:80]}` is given twice, first at {first.line}:{first.column}"
                self.report(
                    "Y001", message, at, related=(("first given here", Place(self.file, first.line, first.column)),)
                )
            else:
                made.entries[key.text] = (key, value)
            if self.separator("}"):
                return made
            token = self.token()

    def separator(self, closing: str) -> bool:
        """Whether the list or map ends here; a comma goes on."""
        kind, text, at = self.token()
        if kind != "mark" or text not in (",", closing):
            self.stop(f"expected `,` or `{closing}`", at)
        return text == closing

    def string(self, token: str, at: int) -> str:
        """The text of a quoted token."""
        if "\\" not in token:
            text = token[1:-1]
        else:
            try:
                text = str(json.loads(token))
            except ValueError:
                self.stop("a broken escape", at)
            if SURROGATE.search(text):
                self.report("U001", "half of a surrogate pair is no character", at)
                text = SURROGATE.sub("\ufffd", text)
            if not (text.isascii() and text.isprintable()):
                policy = Policy(self.policy.allow | frozenset(token), self.policy.private_use)
                found = check_text(text, self.file, use="value", policy=policy)
                self.findings += [replace(f, place=Place(self.file, *self.spot(at))) for f in found]
        return normalise(text)

    def number(self, token: str, at: int) -> int | float:
        """A number's value."""
        if len(token) <= 400:
            if not any(mark in token for mark in ".eE"):
                if abs(int(token)) <= INTEGER_MAX:
                    return int(token)
            elif math.isfinite(float(token)):
                return float(token)
        self.report("Y003", "a number beyond what JSON readers agree on", at)
        return 0

    def spot(self, at: int) -> tuple[int, int]:
        """Line and column of an index."""
        row = bisect_right(self.starts, at)
        return row - 1 + self.line, at - self.starts[row - 1] + 1

    def report(self, code: str, message: str, at: int, *, related: tuple[tuple[str, Place], ...] = ()) -> None:
        """Note an error."""
        self.findings.append(Finding(code, message, Place(self.file, *self.spot(at)), related=related))

    def stop(self, message: str, at: int) -> NoReturn:
        """Note a syntax error and end."""
        self.report("Y006", f"this is not JSON: {message}", at)
        raise _Stop
