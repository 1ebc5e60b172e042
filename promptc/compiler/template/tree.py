"""Tree: a template's stream of events, built into messages with parts: the shape before linking.

    events -> [tree] -> messages

Roles come from here and never from text: a message is opened by a mark, and nothing reads what values hold. What stands
in the wrong place is thrown back into the stream, so that the refusal carries the template's own file and line.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from itertools import islice
from typing import Any

from promptc.compiler.template import events as e
from promptc.compiler.template import symbols as s
from promptc.compiler.template.ends import Untold, open_line
from promptc.compiler.template.events import Refusal, Value
from promptc.compiler.template.limits import EVENT_COST
from promptc.compiler.template.proxies import raw_of
from promptc.compiler.template.renaming import Names, renamed, renamed_path
from promptc.compiler.template.run import CURRENT
from promptc.compiler.template.texts import text
from promptc.core.findings import Place
from promptc.core.values import same

Part = Any
EVENTS_AHEAD = 1_000
OUTSIDE = (-1, -1)
WORDS = {"when": "an `if` on an input", "each": "a `for` over an input", "message": "a message"}


class Frame:
    """Something that is open: what it is, its first list of parts, and its else."""

    __slots__ = ("data", "kind", "otherwise", "then", "turned")

    def __init__(self, kind: str, data: Any, items: list[Part]) -> None:
        self.kind = kind
        self.data = data
        self.then = items
        self.otherwise: list[Part] = []
        self.turned = False


class Builder:
    """Builds one template's messages. `whole` says that no template of the closure has a message: all text is one."""

    def __init__(self, *, whole: bool, place: Callable[[str, int], Place] | None = None) -> None:
        self.whole = whole
        self.place = place
        self.messages: list[Part] = []
        self.items = self.messages
        self.stack: list[Frame] = []
        self.names = Names()
        self.in_message = whole
        self.outside_blocks: dict[str, None] = {}
        self.has_history = False
        self.origin: e.Origin | None = None
        self.fuel = CURRENT.run.fuel
        # Where the text of each open include begins among the parts, and how many parts there were that hold others.
        self.lines: list[tuple[int, int]] = []
        self.nested = 0

    def take(self, stream: Generator[Any, None, None]) -> list[Part]:
        """Consume the stream; refusals are thrown into it where they arise."""
        for event in stream:
            try:
                self.add(event)
            except Refusal as refusal:
                stream.throw(refusal)
        return self.taken()

    def take_ahead(self, stream: Iterator[Any]) -> list[Part]:
        """The same, a good many events at a time, which is faster. Refusals are raised here, too late to say where."""
        fuel = self.fuel
        is_ready, append = self.in_message, self.items.append
        while ahead := list(islice(stream, EVENTS_AHEAD)):
            for event in ahead:
                # What almost every event is, without a call.
                kind = event.__class__
                if is_ready and (kind is str or kind is Value):
                    fuel.left -= len(event)
                    append(event)
                elif is_ready and kind is e.Hole:
                    fuel.left -= EVENT_COST
                    append(event.part)
                else:
                    self.add(event)
                    is_ready, append = self.in_message and self.origin is None, self.items.append
            if fuel.left < 0:
                fuel.refuse()
        return self.taken()

    def taken(self) -> list[Part]:
        """The messages, when there is no more to come."""
        if self.whole:
            return [{"role": "system", "content": self.joined(self.messages)}]
        return self.messages

    def add(self, event: Any) -> None:
        """One event."""
        if isinstance(event, str):
            self.add_text(event)
            return
        self.fuel.charge(EVENT_COST)
        handle = HANDLERS.get(event.__class__)
        if handle is not None:
            handle(self, event)
        else:
            self.add_symbol(event)

    def add_text(self, event: str) -> None:
        """Static text or a value's; outside messages only white space may stand."""
        self.fuel.charge(len(event))
        if not self.in_message:
            if isinstance(event, Value) or event.strip():
                self._refuse_outside("text")
        elif self.origin is None:
            self.items.append(Value(event) if isinstance(event, Value) else str(event))
        else:
            self.items.append(e.located(event, self.origin))

    def joined(self, parts: list[Part]) -> list[Part]:
        """Parts with neighbouring texts joined; those that carry their places stay apart."""
        if self.origin is not None:
            return parts
        out: list[Part] = []
        texts: list[str] = []
        for part in parts:
            if part.__class__ is dict:
                if texts:
                    _join(texts, out)
                    texts = []
                out.append(part)
            else:
                texts.append(part)
        if texts:
            _join(texts, out)
        return out

    def add_symbol(self, symbol: s.Symbol) -> None:
        """An input, a choice or captured parts that were printed."""
        if isinstance(symbol, s.Parts):
            for event in symbol.events:
                self.add(Value(event) if isinstance(event, str) else event)
        elif isinstance(symbol, s.Cond):
            self._choice(symbol.condition, "true", "false")
        elif isinstance(symbol, s.Pick):
            self._pick(symbol)
        elif isinstance(symbol, s.Index):
            self._part({"index" if symbol.base else "index0": self.names.of(symbol.name)})
        elif isinstance(symbol, s.Formatted):
            self._part({"slot": renamed_path(symbol.input.path, self.names), "as": symbol.form})
        elif isinstance(symbol, s.Input):
            self._part({"slot": renamed_path(symbol.path, self.names)})
        elif isinstance(symbol, s.Symbol):
            symbol._refuse()
        else:
            raise AssertionError(f"no such event: {type(symbol).__name__}")

    def _pick(self, symbol: s.Pick) -> None:
        then, otherwise = symbol.then, raw_of(symbol.otherwise)
        scalar = isinstance(otherwise, (str, int, float))
        if isinstance(then, s.Input) and scalar and same(symbol.condition, {"has": list(then.path)}):
            self._part({"slot": renamed_path(then.path, self.names), "default": otherwise})
        else:
            self._choice(symbol.condition, then, otherwise)

    def _choice(self, condition: e.Condition, then: Any, otherwise: Any) -> None:
        self.add(e.When(condition))
        self._side(then)
        self.add(e.Else())
        self._side(otherwise)
        self.add(e.End())

    def _side(self, value: Any) -> None:
        self.add(value if isinstance(value, (s.Symbol, e.Mark)) else Value(text(raw_of(value))))

    def _part(self, part: Part) -> None:
        if not self.in_message:
            self._refuse_outside("a value")
        self.items.append(part if self.origin is None else {**part, "at": self.origin})

    def _refuse_outside(self, what: str) -> None:
        s.refuse(
            "T032",
            f"{what} stands outside a message",
            'put it into `{% message role="…" %}` … `{% endmessage %}`; a body without any message is one system message',
        )

    # Marks

    def hole(self, event: e.Hole) -> None:
        """A variable that is only printed."""
        self._part(event.part)

    def set_origin(self, mark: e.Origin) -> None:
        """Where what follows comes from, as a place in the project."""
        assert self.place is not None
        place = self.place(mark.file, mark.line)
        self.origin = e.Origin(place.file, place.line, mark.fixed)

    def open(self, kind: str, data: Any, items: list[Part] | None = None) -> None:
        """Open a frame; parts go into its own list, or into the enclosing one where it leaves no trace."""
        own = [] if items is None else items
        self.stack.append(Frame(kind, data, own))
        self.items = own

    def close(self) -> Frame:
        """Close the innermost frame and go on in the enclosing list."""
        frame = self.stack.pop()
        above = self.stack[-1] if self.stack else None
        self.items = self.messages if above is None else (above.otherwise if above.turned else above.then)
        return frame

    def when(self, mark: e.When) -> None:
        """A branch on an input."""
        self.nested += 1
        self.open("when", renamed(mark.condition, self.names))

    def each(self, mark: e.Each) -> None:
        """A loop over an input."""
        path = renamed_path(mark.path, self.names)
        self.nested += 1
        self.open("each", (path, self.names.push(mark.name)))

    def turn(self, _: e.Else) -> None:
        """The else of the innermost branch or loop."""
        frame = self.stack[-1]
        frame.turned = True
        self.items = frame.otherwise
        if frame.kind == "each":
            self.names.pop()

    def end(self, _: e.End) -> None:
        """The end of the innermost branch or loop."""
        frame = self.close()
        then, otherwise = self.joined(frame.then), self.joined(frame.otherwise)
        if frame.kind == "each":
            path, name = frame.data
            if not frame.turned:
                self.names.pop()
            if self.in_message or then or otherwise:
                # An empty one counts as text too until line ends are settled; it leaves no trace after that.
                self.items.append({"each": path, "name": name, "do": then, "else": otherwise})
        elif then or otherwise:
            self.items.append({"when": frame.data, "then": then, "else": otherwise})

    def message_open(self, mark: e.MessageOpen) -> None:
        """A message."""
        self._between_messages("message")
        self.in_message = True
        self.open("message", mark.role)

    def message_close(self, _: e.MessageClose) -> None:
        """Its end."""
        frame = self.close()
        self.in_message = False
        self.items.append({"role": frame.data, "content": self.joined(frame.then)})

    def _between_messages(self, tag: str) -> None:
        if self.whole:
            s.refuse(
                "T033",
                f"`{{% {tag} %}}` stands between messages, and this prompt has none",
                'put the text into `{% message role="system" %}` … `{% endmessage %}`',
            )
        if self.in_message:
            s.refuse("T034", f"`{{% {tag} %}}` stands inside a message", "end the message before it")
        if any(frame.kind == "each" for frame in self.stack):
            s.refuse(
                "T034",
                f"`{{% {tag} %}}` stands in a `for` over an input: how many messages there are must be known when building",
                "put the loop inside one message, or give the turns as history",
            )

    def block_open(self, mark: e.BlockOpen) -> None:
        """A block: a node inside a message, nothing outside."""
        self.nested += 1
        if self.in_message:
            self.open("block", mark)
        else:
            self.outside_blocks[mark.name] = None
            self.open("outside", mark, self.items)

    def block_close(self, _: e.BlockClose) -> None:
        """Its end."""
        frame = self.close()
        if frame.kind == "block":
            base = self.joined(frame.then)
            if frame.data.line:
                _check_end(base)
            self.items.append({"block": frame.data.name, "line": frame.data.line, "base": base})

    def line_open(self, _: e.LineOpen) -> None:
        """An include that fills its line: where its text begins."""
        self.lines.append((len(self.items), self.nested) if self.in_message else OUTSIDE)

    def line_close(self, _: e.LineClose) -> None:
        """Its end."""
        opened = self.lines.pop()
        start, nested = opened
        if opened is OUTSIDE or len(self.items) == start:
            return
        last = self.items[-1]
        if nested == self.nested and self.origin is None and _stands_alone(last):
            # How it ends is known, and it may be joined to what stands around it.
            if last.__class__ is not str or not last.endswith("\n"):
                self.items.append("\n")
            return
        parts = self.joined(self.items[start:])
        _check_end(parts)
        self.items[start:] = [{"line": parts}]

    def history(self, _: e.History) -> None:
        """The conversation so far."""
        self._between_messages("history")
        if self.has_history:
            s.refuse("T035", "`{% history %}` stands twice", "keep one of the two")
        self.has_history = True
        self.items.append({"history": True})

    def examples(self, mark: e.ExamplesMark) -> None:
        """Few-shot examples, which linking brings in."""
        self._between_messages("examples")
        self.items.append({"examples": mark.name, "max": mark.most})

    def cache(self, mark: e.Cache) -> None:
        """A cache breakpoint."""
        if any(frame.kind == "each" for frame in self.stack):
            s.refuse("T034", "`{% cache %}` stands in a `for` over an input", "put it before or after the loop")
        self._part({"cache": dict(mark.options)})

    def media(self, mark: e.Media) -> None:
        """An image or file."""
        self._part({"media": renamed_path(mark.path, self.names)})


def _join(texts: list[str], out: list[Part]) -> None:
    """Neighbouring texts as at most three: a message's ends are trimmed of static text, as far as the first value.

    What lies between values is never an end, so it is a value's with them.
    """
    count = len(texts)
    if count == 1:
        out.append(texts[0])
        return
    first, after = 0, count
    while first < after and texts[first].__class__ is str:
        first += 1
    while after > first and texts[after - 1].__class__ is str:
        after -= 1
    if first:
        out.append("".join(texts[:first]))
    if first < after:
        out.append(Value("".join(texts[first:after])))
        if after < count:
            out.append("".join(texts[after:]))


def _stands_alone(part: Part) -> bool:
    return isinstance(part, str) or "hole" in part or "slot" in part


def _check_end(parts: list[Part]) -> None:
    if all(map(_stands_alone, parts)):
        return  # it ends in one way
    try:
        open_line(parts)
    except Untold:
        s.refuse(
            "T037",
            "this ends with a `for` over an input whose turns don't all end their line, so whether a line end is missing can't be told",
            "let every turn end with a line end, or write text after the loop",
        )


HANDLERS: dict[type, Any] = {
    e.Hole: Builder.hole,
    e.Origin: Builder.set_origin,
    e.When: Builder.when,
    e.Each: Builder.each,
    e.Else: Builder.turn,
    e.End: Builder.end,
    e.MessageOpen: Builder.message_open,
    e.MessageClose: Builder.message_close,
    e.BlockOpen: Builder.block_open,
    e.BlockClose: Builder.block_close,
    e.LineOpen: Builder.line_open,
    e.LineClose: Builder.line_close,
    e.History: Builder.history,
    e.ExamplesMark: Builder.examples,
    e.Cache: Builder.cache,
    e.Media: Builder.media,
}
