"""YAML: one strict reader on libyaml's events, under our own composer.

    bytes -> text (unicode) -> [yaml] -> nodes

What parsers read differently is refused before libyaml sees it or as its events come: foreign line breaks, tabs as
space, tags, anchors, aliases, merge keys, keys that aren't text, duplicate keys, more than one document. It never
types a scalar and never raises for bad input.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

import yaml

from promptc.compiler.schema.few import few
from promptc.compiler.schema.nodes import BOOLEAN_LIKE, NULL_LIKE, NUMBER_LIKE, Map, Node, Scalar, Sequence
from promptc.compiler.schema.tabs import spot, tab_findings
from promptc.compiler.schema.unicode import DEFAULT_POLICY, Policy, check_text, decode, normalise
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Finding, Place

try:
    from yaml._yaml import CParser as _CParser
except ImportError:  # PyYAML without libyaml; require_libyaml says so before anything is read.
    _CParser = None  # type: ignore[assignment,misc]

CParser: Any = _CParser

DEPTH_MAX = 64
NODES_MAX = 50_000
FINDINGS_MAX = 1_000  # what follows in such a file isn't read
DIRECTIVE_TAGS = frozenset({"!append", "!prepend", "!remove", "!replace", "!unset", "!file"})

_SURROGATE_ESCAPE = re.compile(r"\\(?:u|U0000)[dD][89a-fA-F]")
_WORDS = NULL_LIKE | BOOLEAN_LIKE
_WRITE_OUT = "write it out, or put what is shared into a layer"
_SCALAR, _SEQUENCE_END, _MAPPING_END = yaml.ScalarEvent, yaml.SequenceEndEvent, yaml.MappingEndEvent


def require_libyaml() -> None:
    """Raise unless PyYAML carries libyaml: another parser would read some files differently."""
    if CParser is None:
        raise PromptcError(
            "Y009",
            "PyYAML is installed without libyaml",
            hint="install PyYAML from a wheel, or build it with libyaml's headers present",
            exit_code=Exit.MACHINE,
        )


def parse_yaml(data: bytes, file: str, *, policy: Policy = DEFAULT_POLICY) -> tuple[Node | None, tuple[Finding, ...]]:
    """The located tree of a file's one document, None for an empty or an unreadable one; and what is wrong with it."""
    text, findings = decode(data, file)
    if text is None:
        return None, findings
    node, found = parse_text(text, file, policy=policy)
    return node, (*findings, *found)


def parse_text(
    text: str, file: str, *, line_offset: int = 0, policy: Policy = DEFAULT_POLICY
) -> tuple[Node | None, tuple[Finding, ...]]:
    """The same for decoded text that begins `line_offset` lines into its file (front matter)."""
    require_libyaml()
    found = list(check_text(text, file, line_offset=line_offset, policy=policy))
    if any(finding.is_error and finding.code in _UNREADABLE for finding in found):
        return None, tuple(found)
    composer = _Composer(text, file, line_offset, policy, spans=[] if "\t" in text else None)
    node = composer.document()
    places = {finding.place for finding in found}
    # What the scan refused, libyaml may refuse again at the same place.
    found += [f for f in composer.findings if f.code != "Y006" or f.place not in places]
    if composer.spans is not None and not composer.failed:
        found += tab_findings(text, composer.spans, Place(file, line_offset))
    if isinstance(node, Scalar) and node.plain and not node.text and not node.tag:
        node = None  # `---` and nothing after it
    return node, few(found)


# Errors after which libyaml's reading would be of another text than the author's.
_UNREADABLE = frozenset({"U001", "U003", "U004"})


@dataclass(slots=True)
class _Composer:
    """The state of one document's composition: its file, its findings, and how much it has made."""

    text: str
    file: str
    line_offset: int
    policy: Policy
    spans: list[tuple[int, int, str]] | None
    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    failed: bool = False

    def document(self) -> Node | None:
        """The one document of the text, or None."""
        try:
            return self._document(CParser(self.text))
        except yaml.YAMLError as error:
            self._syntax(error)
        except _Stop:
            self.failed = True
        return None

    def _document(self, parser: Any) -> Node | None:
        parser.get_event()
        start = parser.get_event()
        if type(start) is yaml.StreamEndEvent:
            return None
        if start.tags:
            self.report("Y004", "a `%TAG` directive has no use here", start.start_mark)
        node = self._node(parser, parser.get_event(), 0)
        parser.get_event()
        end = parser.get_event()
        if type(end) is not yaml.StreamEndEvent:
            self.report("Y007", "a second document begins here", end.start_mark, hint="keep one document per file")
        return node

    def _node(self, parser: Any, event: Any, depth: int) -> Node:
        kind = type(event)
        self.count += 1
        if self.count > NODES_MAX or depth > DEPTH_MAX or len(self.findings) > FINDINGS_MAX:
            self._stop(event.start_mark)
        if kind is _SCALAR and event.tag is None and event.anchor is None:
            return self._scalar(event, "")
        if kind is yaml.AliasEvent or event.anchor is not None:
            what = "alias `*" if kind is yaml.AliasEvent else "anchor `&"
            self.report("Y005", f"{what}{event.anchor[:80]}`", event.start_mark, hint=_WRITE_OUT)
        if kind is yaml.AliasEvent:
            mark = event.start_mark
            return Scalar("", plain=True, tag="", line=mark.line + 1 + self.line_offset, column=mark.column + 1)
        tag = event.tag or ""
        if tag and tag not in DIRECTIVE_TAGS:
            self._refuse_tag(tag, event.start_mark)
            tag = ""
        if kind is _SCALAR:
            return self._scalar(event, tag)
        mark = event.start_mark
        line, column = mark.line + 1 + self.line_offset, mark.column + 1
        if kind is yaml.SequenceStartEvent:
            return self._sequence(parser, Sequence([], tag, line, column), depth + 1)
        return self._map(parser, Map({}, tag, line, column), depth + 1)

    def _scalar(self, event: Any, tag: str) -> Scalar:
        mark, value, style = event.start_mark, event.value, event.style
        if self.spans is not None:
            self.spans.append((mark.index, event.end_mark.index, style))
        if style == '"' and not (value.isascii() and value.isprintable()):
            self._escapes(event)
        if not value.isascii():
            value = normalise(value)
        return Scalar(value, not style, tag, mark.line + 1 + self.line_offset, mark.column + 1)

    def _sequence(self, parser: Any, made: Sequence, depth: int) -> Sequence:
        following, items, node = parser.get_event, made.items, self._node
        while type(event := following()) is not _SEQUENCE_END:
            items.append(node(parser, event, depth))
        return made

    def _map(self, parser: Any, made: Map, depth: int) -> Map:
        following, entries, node = parser.get_event, made.entries, self._node
        while type(event := following()) is not _MAPPING_END:
            key = node(parser, event, depth)
            value = node(parser, following(), depth)
            # Nearly every key is a word that is no constant; the others are looked at one by one.
            plainly = type(key) is Scalar and not key.tag and key.text.isidentifier() and key.text not in _WORDS
            if not plainly and not self._is_name(key):
                continue
            assert isinstance(key, Scalar)
            first = entries.get(key.text)
            if first is None:
                entries[key.text] = (key, value)
            else:
                self._duplicate(key, first[0])
        return made

    def _stop(self, mark: Any) -> NoReturn:
        limit = f"{NODES_MAX:,} values" if self.count > NODES_MAX else f"{DEPTH_MAX} levels"
        if len(self.findings) > FINDINGS_MAX:
            limit = f"{FINDINGS_MAX:,} findings"
        self.report("B002", f"more than {limit} in one file", mark)
        raise _Stop

    def _is_name(self, key: Node) -> bool:
        place = Place(self.file, key.line, key.column)
        if not isinstance(key, Scalar):
            hint = "quote text that begins with `{` or `[`; overlay text is data and never a template"
            self.findings.append(Finding("Y002", "a key must be text, not a list or a map", place, hint=hint))
            return False
        if key.tag:
            self.findings.append(Finding("Y004", f"a key takes no tag, and this one has `{key.tag}`", place))
        if not key.plain:
            return True
        if key.text == "<<":
            self.findings.append(Finding("Y005", "merge key `<<`", place, hint=_WRITE_OUT))
            return False
        if key.text in NULL_LIKE or key.text in BOOLEAN_LIKE or NUMBER_LIKE.match(key.text):
            said = f"`{key.text[:40]}`" if key.text else "an empty key"
            self.findings.append(
                Finding("Y002", f"keys must be text, and {said} isn't", place, hint=f'quote it: "{key.text[:40]}"')
            )
            return False
        return True

    def _duplicate(self, key: Scalar, first: Scalar) -> None:
        place, earlier = Place(self.file, key.line, key.column), Place(self.file, first.line, first.column)
        message = f"key `{key.text[:80]}` is given twice, first at {first.line}:{first.column}"
        self.findings.append(
            Finding("Y001", message, place, hint="remove one of the two", related=(("first given here", earlier),))
        )

    def _refuse_tag(self, tag: str, mark: Any) -> None:
        shown = "!!" + tag.removeprefix("tag:yaml.org,2002:") if tag.startswith("tag:yaml.org,2002:") else tag
        self.report(
            "Y004",
            f"tag `{shown[:80]}` is not known",
            mark,
            hint="remove it; overlays know !append !prepend !remove !replace !unset !file",
        )

    def _escapes(self, event: Any) -> None:
        # What an escape brought in wasn't in the file's text when that was checked.
        raw = self.text[event.start_mark.index : event.end_mark.index]
        if "\\" in raw:
            policy = Policy(self.policy.allow | frozenset(raw), self.policy.private_use)
            mark = event.start_mark
            place = Place(self.file, mark.line + 1 + self.line_offset, mark.column + 1)
            self.findings += [replace(f, place=place) for f in check_text(event.value, "", use="value", policy=policy)]

    def _syntax(self, error: Any) -> None:
        self.failed = True
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line, column = (mark.line, mark.column) if mark else spot(self.text, getattr(error, "position", 0) or 0)
        lines = self.text.split("\n")
        rest = lines[line][column:] if line < len(lines) else ""
        place = Place(self.file, line + 1 + self.line_offset, column + 1)
        if rest.startswith("\t"):
            self.findings.append(Finding("Y008", "a tab is used as space", place, hint="use spaces"))
        elif _SURROGATE_ESCAPE.search(lines[line][max(0, column - 2) : column + 6] if line < len(lines) else ""):
            hint = "write the character itself"
            self.findings.append(
                Finding("U001", "an escape of half a surrogate pair is no character", place, hint=hint)
            )
        else:
            problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "the text can't be read"
            context = getattr(error, "context", None)
            said = f"{problem} {context}" if context else problem
            self.findings.append(Finding("Y006", f"this is not YAML: {said}", place, hint=_syntax_hint(said)))

    def report(self, code: str, message: str, mark: Any, *, hint: str = "") -> None:
        """Note an error at a mark of libyaml's."""
        place = Place(self.file, mark.line + 1 + self.line_offset, mark.column + 1)
        self.findings.append(Finding(code, message, place, hint=hint))


# What libyaml says -> what the author most likely has to do.
_SYNTAX_HINTS = {
    "while scanning a tag": "write a space after the tag: `{tone: !unset }`",
    "while scanning an alias": 'quote text that begins with `*`, as in "*"',
    "while scanning an anchor": "quote text that begins with `&`",
    "cannot start any token": "quote text that begins with `@`, `%` or a backquote",
    "mapping values are not allowed": "quote text that holds `: `",
    "could not find expected ':'": "a line is no `key: value`; text over several lines needs `|` and an indent",
    "while scanning a double-quoted scalar": "write a backslash twice, or use single quotes",
    "while scanning a quoted scalar": "a quote is not closed",
    "did not find expected ',' or": "a bracket is not closed, or text inside it needs quotes",
    "did not find expected key": "the indent or a quote is wrong here",
}


def _syntax_hint(said: str) -> str:
    return next((hint for part, hint in _SYNTAX_HINTS.items() if part in said), "")


class _Stop(Exception):
    """Ends a composition that went beyond a limit."""
