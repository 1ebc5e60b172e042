"""Link: a shape's holes and blocks filled for one tenant, in normal form: the messages of an artifact.

    Shape + what the chain says -> [link] -> messages

Pure. Overlay text is put in place here, after every template has run, so nothing can read it as a template. Examples are
the prompt's own user message run with an example's inputs by the evaluator that the runtime uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from promptc.compiler.holes import apply_filters
from promptc.compiler.normal import Alike, normalised, trim
from promptc.compiler.origins import Line, lines_of
from promptc.compiler.project import BlockAction, Example, Examples
from promptc.compiler.template.conditions import and_, not_
from promptc.compiler.template.ends import Given, Untold, blank, end_line, open_line, when
from promptc.compiler.template.events import Limit, Origin, Value, located
from promptc.compiler.trace import look
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.findings import Finding
from promptc.core.inputs import fill_inputs
from promptc.core.residual import InputError, specialise
from promptc.core.values import canonical_text, same, text_of

Part = Any
# More than any model reads; it keeps a value that is printed many times from filling the memory.
TEXT_CHARACTERS_MAX = 2_000_000
Actions = Mapping[str, tuple[BlockAction, ...]]


@dataclass(frozen=True, slots=True)
class Linker:
    """What one tenant puts into a shape: the roots that holes look into, block actions, and the examples in reach."""

    roots: Mapping[str, Any]
    actions: Actions
    examples: Mapping[str, tuple[Example, ...]]
    input_schemas: Mapping[str, Any]
    output_schema: Mapping[str, Any] | None = None
    layer_of: Callable[[str], str] | None = None
    problems: list[Finding] = field(default_factory=list)
    size: list[int] = field(default_factory=lambda: [0])

    def messages(self, shape: Sequence[Part]) -> tuple[list[Part], list[Finding]]:
        """The messages of the artifact, and examples that can't be placed."""
        linked = [self.message(message) for message in shape]
        found: list[Finding] = []
        expanded = self._expanded(linked, _last_user(linked), found)
        return [_finished(message, self.alike) for message in expanded], [*self.problems, *found]

    def message(self, message: Part) -> Part:
        """One message, or a branch of messages, with its holes and blocks filled and its ends trimmed."""
        if "role" in message:
            return {"role": message["role"], "content": trim(self.parts(message["content"]))}
        if "when" in message:
            return {
                "when": message["when"],
                "then": [self.message(m) for m in message["then"]],
                "else": [self.message(m) for m in message["else"]],
            }
        return message

    def parts(self, parts: Sequence[Part]) -> list[Part]:
        """Parts with holes filled, overlays joined to their blocks and lines ended; fresh objects throughout."""
        out: list[Part] = []
        for part in parts:
            if isinstance(part, str):
                out.append(part)
            elif "hole" in part:
                out.append(self.hole(part))
            elif "block" in part:
                out.extend(self.block(part))
            elif "line" in part:
                out.extend(end_line(self.parts(part["line"])))
            elif "when" in part:
                out.extend(when(part["when"], self.parts(part["then"]), self.parts(part["else"])))
            elif "each" in part:
                out.append({**part, "do": self.parts(part["do"]), "else": self.parts(part["else"])})
            else:
                out.append(part)
        return out

    def hole(self, part: Part) -> Value:
        """A variable's text through its filters."""
        value = look(self.roots, part["hole"])
        text = Value(apply_filters(text_of(value), part["text"]))
        self.size[0] += len(text)
        if self.size[0] > TEXT_CHARACTERS_MAX:
            raise Limit(
                f"the prompt has more than {TEXT_CHARACTERS_MAX:,} characters for this tenant",
                "print less of its variables",
            )
        if "at" not in part or self.layer_of is None:
            return text
        layer = self.layer_of(part["hole"][1]) if part["hole"][0] == "vars" else ""
        return located(text, replace(part["at"], layer=layer))  # type: ignore[return-value]

    def block(self, part: Part) -> list[Part]:
        """A block's base with the chain's actions on it, in order."""
        parts = self.parts(part["base"])
        for number, action in enumerate(self.actions.get(part["block"], ())):
            given = Given(self.given(part["block"], number, action))
            given.origin = Origin(action.place.file, action.place.line, fixed=True, layer=action.overlay)
            if action.kind == "replace":
                parts = [given]
            elif action.kind == "append":
                parts = [*self.ended(parts, action), given]
            else:
                # The base begins a line of its own, where it has any text.
                parts = [given, *when(and_(open_line([given]), not_(blank(parts))), ["\n"], []), *parts]
        return end_line(parts) if part["line"] else parts

    def given(self, block: str, number: int, action: BlockAction) -> str:
        """The text that a block's action puts in place; `number` is its place among the block's actions."""
        return action.text

    def alike(self, then: list[Part], otherwise: list[Part]) -> bool:
        """Whether the branches of a condition are the same, so that the condition is not asked."""
        return same(then, otherwise)

    def ended(self, parts: list[Part], action: BlockAction) -> list[Part]:
        """A base that ends its line, so that what is appended begins one; a problem where that can't be told."""
        try:
            return [*parts, *when(open_line(parts), ["\n"], [])]
        except Untold:
            message = f"whether the block `{action_block(self.actions, action)}` ends its line can't be told: a `for` over an input ends it"
            hint = "let every turn end with a line end, or replace the block"
            self.problems.append(Finding("T037", message, action.place, hint=hint))
            return parts

    def origins(self, shape: Sequence[Part]) -> tuple[tuple[Line, ...], ...]:
        """For each message with a role, in order, its lines and where they came from. The shape was rendered with places."""
        linked = [self.message(message) for message in shape]
        expanded = self._expanded(linked, _last_user(linked), [])
        return tuple(lines_of(message["content"]) for message in _with_roles(expanded))

    def _expanded(self, messages: Sequence[Part], user: Part, found: list[Finding]) -> list[Part]:
        out: list[Part] = []
        for message in messages:
            if "examples" in message:
                out.extend(self._shown(message, user, found))
            elif "when" in message:
                out.append(
                    {
                        **message,
                        "then": self._expanded(message["then"], user, found),
                        "else": self._expanded(message["else"], user, found),
                    }
                )
            else:
                out.append(message)
        return out

    def _shown(self, mark: Part, user: Part, found: list[Finding]) -> list[Part]:
        chosen = self.examples.get(mark["examples"], ())
        out: list[Part] = []
        for example in chosen[: mark["max"] or None]:
            if user is None:
                found.append(
                    Finding(
                        "S040",
                        "examples need a user message to show their inputs in",
                        example.place,
                        hint='add `{% message role="user" %}` to the prompt',
                    )
                )
                break
            try:
                content = specialise(
                    [_plain(part) for part in user["content"]],
                    fill_inputs(self.input_schemas, example.input),
                    keep=(),
                )
            except InputError as error:
                found.append(
                    Finding(
                        "S041",
                        f"the example `{example.id}` can't be shown: {error.message}",
                        example.place,
                        hint=error.hint or "mend the example's `input`: it is held against the prompt's `inputs`",
                    )
                )
                continue
            output = answer_text(example.output, self.output_schema)
            out.append({"role": "user", "content": content})
            out.append({"role": "assistant", "content": [Value(output)] if output else []})
        return out


def action_block(actions: Actions, action: BlockAction) -> str:
    """The name of the block that an action is for."""
    return next(name for name, steps in actions.items() if action in steps)


def _with_roles(messages: Sequence[Part]) -> Iterator[Part]:
    for message in messages:
        if "role" in message:
            yield message
        elif "when" in message:
            yield from _with_roles([*message["then"], *message["else"]])


def _plain(part: Part) -> Part:
    # The evaluator joins text; classes of text matter no more once a message is trimmed.
    return str(part) if isinstance(part, str) else part


def _last_user(messages: Sequence[Part]) -> Part:
    for message in reversed(messages):
        if message.get("role") == "user":
            return message
        if "when" in message:
            inner = _last_user([*message["then"], *message["else"]])
            if inner is not None:
                return inner
    return None


def _finished(message: Part, alike: Alike) -> Part:
    if "role" in message:
        return {"role": message["role"], "content": normalised(message["content"], alike)}
    if "when" in message:
        then, otherwise = ([_finished(m, alike) for m in message[side]] for side in ("then", "else"))
        return {"when": message["when"], "then": then, **({"else": otherwise} if otherwise else {})}
    return message


def answer_text(output: Any, schema: Mapping[str, Any] | None) -> str:
    """What the assistant says in an example: text as it is, data as JSON in the order in which the schema asks for it."""
    return output if isinstance(output, str) else canonical_text(in_order(output, schema or {}), keep_order=True)


def in_order(value: Any, schema: Mapping[str, Any]) -> Any:
    """Data with its keys in the order of the schema's properties, others after them by code point."""
    if isinstance(value, Mapping):
        properties = schema.get("properties") or {}
        keys = [key for key in properties if key in value] + sorted(key for key in value if key not in properties)
        return {key: in_order(value[key], properties.get(key) or {}) for key in keys}
    if isinstance(value, (list, tuple)):
        items = schema.get("items")
        return [in_order(item, items if isinstance(items, Mapping) else {}) for item in value]
    return value


def examples_in_reach(examples: Sequence[Examples], tenant: str) -> dict[str, tuple[Example, ...]]:
    """By set: a tenant's own examples first, then the shared ones, each in file order; other tenants' never."""
    found: dict[str, tuple[Example, ...]] = {}
    for owner in (tenant, "shared"):
        for file in examples:
            if file.owner == owner:
                found[file.name] = (*found.get(file.name, ()), *file.examples)
    return found
