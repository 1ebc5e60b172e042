"""Tags: `message`, `history`, `examples`, `cache` and `media`, as marks in the stream.

    template text -> [tags] -> nodes whose output is a mark

A tag only opens and closes; what may stand where is decided when the stream is built into messages, with the tag's place.
"""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from promptc.compiler.template import symbols as s
from promptc.compiler.template.events import Cache, ExamplesMark, History, Media, MessageClose, MessageOpen
from promptc.compiler.template.symbols import refuse
from promptc.core.nearest import did_you_mean

ROLES = ("system", "developer", "user", "assistant")
TTLS = ("5m", "1h")


class Tags(Extension):
    """The five tags."""

    tags = {"message", "history", "examples", "cache", "media"}  # noqa: RUF012 - Jinja's own declaration
    identifier = "tags"

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """One tag as nodes; TemplateSyntaxError through `parser.fail`."""
        token = next(parser.stream)
        line = token.lineno
        if token.value == "message":
            return self._message(parser, line)
        if token.value == "history":
            return [self._mark("history", [], line)]
        if token.value == "examples":
            return [self._examples(parser, line)]
        if token.value == "cache":
            options = self._options(parser, line, {"ttl": str})
            if options.get("ttl", "5m") not in TTLS:
                parser.fail('`ttl` is "5m" or "1h"', line)
            return [self._mark("cache", [nodes.Const(sorted(options.items()))], line)]
        return [self._mark("media", [parser.parse_expression()], line)]

    def _message(self, parser: Parser, line: int) -> list[nodes.Node]:
        options = self._options(parser, line, {"role": str})
        role = options.get("role")
        if role not in ROLES:
            hint = did_you_mean(str(role), ROLES) or "a role is one of system, developer, user, assistant"
            parser.fail(f'`message` needs a constant role, as in `{{% message role="system" %}}`; {hint}', line)
        body = parser.parse_statements(("name:endmessage",), drop_needle=True)
        end = parser.stream.current.lineno
        return [self._mark("message_open", [nodes.Const(role)], line), *body, self._mark("message_close", [], end)]

    def _examples(self, parser: Parser, line: int) -> nodes.Node:
        if parser.stream.current.type != "string":
            parser.fail('`examples` needs the name of a set, as in `{% examples "refunds" max=3 %}`', line)
        name = next(parser.stream).value
        options = self._options(parser, line, {"max": int})
        return self._mark("examples", [nodes.Const(name), nodes.Const(options.get("max", 0))], line)

    def _options(self, parser: Parser, line: int, known: dict[str, type]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while parser.stream.current.type != "block_end":
            name = parser.stream.expect("name").value
            if name not in known:
                parser.fail(
                    f"unknown option `{name}`; {did_you_mean(name, known) or 'there is ' + ', '.join(known)}", line
                )
            parser.stream.expect("assign")
            value = parser.parse_primary()
            if not isinstance(value, nodes.Const) or type(value.value) is not known[name] or name in found:
                parser.fail(f"`{name}` is one constant {'number' if known[name] is int else 'text'}", line)
            found[name] = value.value
        return found

    def _mark(self, name: str, args: list[nodes.Expr], line: int) -> nodes.Output:
        call = self.call_method(name, args, lineno=line)
        return nodes.Output([call], lineno=line)

    def message_open(self, role: str) -> MessageOpen:
        """A message begins."""
        return MessageOpen(role)

    def message_close(self) -> MessageClose:
        """A message ends."""
        return MessageClose()

    def history(self) -> History:
        """The conversation so far goes here."""
        return History()

    def examples(self, name: str, most: int) -> ExamplesMark:
        """Examples of a set go here."""
        return ExamplesMark(name, most)

    def cache(self, options: list[tuple[str, str]]) -> Cache:
        """A cache breakpoint."""
        return Cache(tuple((key, value) for key, value in options))

    def media(self, value: Any) -> Media:
        """An image or file of an input goes here."""
        if isinstance(value, s.Poison):
            s.use_poison(value)
        if not isinstance(value, s.Input) or value.type != "media":
            refuse(
                "T027",
                "`media` takes an input of type `media`",
                "declare it: `photo: {type: media}`, and write `{% media input.photo %}`",
            )
        return Media(value.path)
