"""Marks: the whitespace rules of docs/prompts.md, kept by private characters around what plain Jinja2 prints.

    template's tree -> [marks] -> a tree that marks line ends, values, lines and tags -> text with marks -> messages

Written from the rules and not from the compiler: static line ends become a character of their own, values are fenced,
an include or a block that fills its line is bracketed, and all of it is resolved in the finished text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, nodes
from jinja2.ext import Extension
from jinja2.visitor import NodeTransformer

LINE_END, VALUE, LOOP, LINE, LINE_OFF, BLOCK, BLOCK_OFF, MESSAGE, MESSAGE_OFF, HISTORY, EXAMPLES, CACHE, MEDIA, STOP = map(
    chr, range(0xFDD0, 0xFDDE)
)
MARKS = re.compile("([\ufdd0-\ufddd])")
Piece = tuple[Any, ...]


class Tags(Extension):
    """Our five tags, as text with marks."""

    tags = {"message", "history", "examples", "cache", "media"}  # noqa: RUF012 - Jinja's own declaration

    def parse(self, parser: Any) -> Any:
        tag = next(parser.stream)
        if tag.value == "history":
            return marked(HISTORY)
        if tag.value == "media":
            value = nodes.Filter(parser.parse_expression(), "oracle_media", [], [], None, None)
            return nodes.Output([nodes.MarkSafe(value)])
        name = parser.stream.expect("string").value if tag.value == "examples" else ""
        options = {}
        while parser.stream.current.type != "block_end":
            key = parser.stream.expect("name").value
            parser.stream.expect("assign")
            options[key] = next(parser.stream).value
        if tag.value == "examples":
            return marked(f"{EXAMPLES}{json.dumps([name, options.get('max', 0)])}{STOP}")
        if tag.value == "cache":
            return marked(f"{CACHE}{json.dumps(options)}{STOP}")
        body = parser.parse_statements(("name:endmessage",), drop_needle=True)
        return [marked(f"{MESSAGE}{options['role']}{STOP}"), *body, marked(MESSAGE_OFF)]


def marked(text: str) -> nodes.Output:
    """An output of marks alone."""
    return nodes.Output([nodes.TemplateData(text)])


def own_lines(source: str) -> tuple[list[bool], list[bool]]:
    """For each include and each block of a source, in order: whether its tags begin and end their lines.

    Read from the tokens without any trimming, where the tokens' texts joined are the source.
    """
    lexer = Environment(extensions=[Tags], keep_trailing_newline=True).lexer
    source = source.replace("\r\n", "\n").removesuffix("\n")
    position, tags, begin, name = 0, [], 0, ""
    for _, token, text in lexer.tokeniter(source, "source"):
        if token == "block_begin":
            begin, name = source.index("{%", position), ""
            position = begin
        elif token == "name" and not name:
            name = text
        elif token == "block_end":
            end = source.index("%}", position) + 2
            tags.append((name, starts_line(source, begin), ends_line(source, end)))
            position = end
            continue
        position = source.index(text.strip("\n") or text, position) + len(text.strip("\n")) if text.strip() else position
    includes, blocks, opened = [], [], []
    for name, starts, ends in tags:
        if name == "include":
            includes.append(starts and ends)
        elif name == "block":
            opened.append(len(blocks))
            blocks.append(starts)
        elif name == "endblock":
            number = opened.pop()
            blocks[number] = blocks[number] and ends
    return includes, blocks


def starts_line(source: str, begin: int) -> bool:
    """Whether only blanks stand before a tag on its line, and the tag leaves the line end before it alone."""
    before = source[:begin].rpartition("\n")[2]
    return not before.strip(" \t") and source[begin + 2 : begin + 3] != "-"


def ends_line(source: str, end: int) -> bool:
    """Whether a tag is the last of its line and takes the line end with it, no more and no less."""
    return source[end : end + 1] in ("\n", "") and source[end - 3 : end - 2] not in ("-", "+")


class Marker(NodeTransformer):
    """Rewrites a template's tree so that what it prints carries marks."""

    def __init__(self, source: str) -> None:
        includes, blocks = own_lines(source)
        self.includes, self.blocks = iter(includes), iter(blocks)
        self.own: dict[int, bool] = {}

    def rewrite(self, tree: nodes.Template) -> nodes.Template:
        for node in tree.find_all((nodes.Include, nodes.Block)):
            self.own[id(node)] = next(self.includes if isinstance(node, nodes.Include) else self.blocks)
        return self.visit(tree)

    def visit_Output(self, node: nodes.Output) -> nodes.Output:
        out: list[nodes.Expr] = []
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                out.append(nodes.TemplateData(child.data.replace("\n", LINE_END)))
            elif isinstance(child, nodes.MarkSafe):
                out.append(self.visit(child.expr))
            elif is_super(child):
                out.append(child)
            else:
                out += [nodes.TemplateData(VALUE), self.visit(child), nodes.TemplateData(VALUE)]
        return nodes.Output(out, lineno=node.lineno)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        return cleaned(node) if is_super(node) else node

    def visit_Or(self, node: nodes.Or) -> nodes.Node:
        # What stands in for an input list is looped over as the input is, whichever of the two it was.
        self.generic_visit(node)
        instead = nodes.Filter(node.right, "oracle_taint", [node.left], [], None, None)
        return nodes.CondExpr(node.left, node.left, instead)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return nodes.Filter(nodes.List(node.nodes), "oracle_concat", [], [], None, None)

    def visit_Include(self, node: nodes.Include) -> list[nodes.Node]:
        own = self.own[id(node)]
        self.generic_visit(node)
        # Jinja writes an include without context past the buffer of a set block or macro around it.
        node.with_context = True
        return [marked(LINE), node, marked(LINE_OFF)] if own else [node]

    def visit_Block(self, node: nodes.Block) -> list[nodes.Node]:
        own = self.own[id(node)]
        self.generic_visit(node)
        return [marked(f"{BLOCK}{int(own)}{node.name}{STOP}"), node, marked(BLOCK_OFF)]

    def visit_For(self, node: nodes.For) -> list[nodes.Node]:
        # The iterable is worked out twice: expressions have no effects.
        self.generic_visit(node)
        fence = nodes.Output([nodes.Filter(node.iter, "oracle_loop", [], [], None, None)])
        return [fence, node, fence]

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:
        self.generic_visit(node)
        node.body = [nodes.FilterBlock(node.body, cleaned(None))]
        return node

    def visit_CallBlock(self, node: nodes.CallBlock) -> list[nodes.Node]:
        self.generic_visit(node)
        node.body = [nodes.FilterBlock(node.body, cleaned(None))]
        return [marked(VALUE), node, marked(VALUE)]

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.Node:
        self.generic_visit(node)
        node.filter = inside(node.filter)
        return node

    def visit_FilterBlock(self, node: nodes.FilterBlock) -> list[nodes.Node]:
        self.generic_visit(node)
        node.filter = inside(node.filter)
        return [marked(VALUE), node, marked(VALUE)]


def is_super(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "super"


def cleaned(node: nodes.Expr | None) -> nodes.Filter:
    return nodes.Filter(node, "oracle_clean", [], [], None, None)


def inside(chain: nodes.Filter | None) -> nodes.Filter:
    """A chain of filters over captured text, with the cleaning before all of them."""
    if chain is None:
        return cleaned(None)
    innermost = chain
    while innermost.node is not None:
        innermost = innermost.node
    innermost.node = cleaned(None)
    return chain


# The finished text


def pieces_of(text: str, actions: Mapping[str, Sequence[tuple[str, str]]] | None = None) -> list[Piece]:
    """A text with marks as pieces: text, line ends, values' fences, tags; lines and blocks are resolved."""
    reader = _Reader(MARKS.split(text), actions or {})
    return reader.read("")


class _Reader:
    def __init__(self, tokens: list[str], actions: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        self.tokens = iter(tokens)
        self.actions = actions

    def read(self, until: str) -> list[Piece]:
        out: list[Piece] = []
        for token in self.tokens:
            if token == until and until:
                return out
            out += self.piece(token)
        assert not until, f"a mark {until!r} is missing"
        return out

    def argument(self) -> str:
        text = next(self.tokens)
        assert next(self.tokens) == STOP
        return text

    def piece(self, token: str) -> list[Piece]:
        if token == LINE:
            return ended(self.read(LINE_OFF))
        if token == BLOCK:
            own, name = (lambda given: (given[0] == "1", given[1:]))(self.argument())
            content = self.overridden(name, self.read(BLOCK_OFF))
            return ended(content) if own else content
        if token == MESSAGE:
            role = self.argument()
            return [("message", role, self.read(MESSAGE_OFF))]
        if token in (EXAMPLES, CACHE, MEDIA):
            return [({EXAMPLES: "examples", CACHE: "cache", MEDIA: "media"}[token], json.loads(self.argument()))]
        simple = {LINE_END: "line", VALUE: "value", LOOP: "loop", HISTORY: "history"}
        return [(simple[token],)] if token in simple else [("text", token)] if token else []

    def overridden(self, name: str, base: list[Piece]) -> list[Piece]:
        for kind, text in self.actions.get(name, ()):
            given = overlay_pieces(text)
            if kind == "replace":
                base = given
            elif kind == "append":
                base = [*base, *([] if not visible(base) or ends_in_line(base) else [("line",)]), *given]
            else:
                base = [*given, *([] if not visible(given) or not visible(base) or ends_in_line(given) else [("line",)]), *base]
        return base


def overlay_pieces(text: str) -> list[Piece]:
    """An overlay's text for a block: it is never trimmed, and its own last character says whether it ends a line."""
    return [("given", text)] if text else []


def visible(pieces: list[Piece]) -> list[Piece]:
    """What a line end is judged by: what is printed in the end, cache marks and loops' fences aside."""
    return [piece for piece in pieces if piece[0] not in ("cache", "loop")]


def ends_in_line(pieces: list[Piece]) -> bool:
    last = visible(pieces)[-1]
    return last[0] == "line" or (last[0] == "given" and last[1].endswith("\n"))


def ended(pieces: list[Piece]) -> list[Piece]:
    """What fills its line ends with a line end, unless it is empty."""
    return [*pieces, ("line",)] if visible(pieces) and not ends_in_line(pieces) else pieces


def trimmed(pieces: list[Piece]) -> list[Piece]:
    """A message's pieces without static line ends at both ends; cache marks are transparent."""

    def leading(given: list[Piece]) -> list[Piece]:
        kept: list[Piece] = []
        for number, piece in enumerate(given):
            if piece[0] == "cache":
                kept.append(piece)
            elif piece[0] != "line":
                return kept + given[number:]
        return kept

    return leading(leading(pieces)[::-1])[::-1]


def plain(text: Any) -> str:
    """Captured text as the value that it is from then on: lines resolved, marks gone."""
    words = {"line": lambda _: "\n", "value": lambda _: "", "loop": lambda _: "", "text": lambda piece: piece[1], "given": lambda piece: piece[1]}
    keep = {"cache": CACHE, "media": MEDIA}
    out = []
    for piece in pieces_of(str(text)):
        if piece[0] in keep:
            out.append(f"{keep[piece[0]]}{json.dumps(piece[1])}{STOP}")
        else:
            out.append(words[piece[0]](piece))
    return "".join(out)
