"""Blocks: whether what a chain does to a prompt's blocks can be done at all.

    closure, shape, actions of the chain -> [blocks] -> findings

Pure. An overridable block stands inside one message, once, captured by nothing, and its name is defined in one place of
the prompt's closure: a line of parents and children is one place, and so are a template and its stand-ins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from promptc.compiler.project import BlockAction
from promptc.compiler.shape import Shape, blocks_in
from promptc.compiler.template.templates import Closure, Templates
from promptc.core.findings import Finding
from promptc.core.nearest import did_you_mean

Actions = Mapping[str, tuple[BlockAction, ...]]


def check_blocks(templates: Templates, prompt: str, actions: Actions, shape: Shape) -> Iterator[Finding]:
    """What is wrong with the actions, each at its overlay's place."""
    closure = templates.closures[prompt]
    standing = list(blocks_in(shape.messages))
    counts = Counter(name for name, _, _ in standing)
    replaced = {name for name, steps in actions.items() if any(step.kind == "replace" for step in steps)}
    for name, steps in actions.items():
        last = steps[-1]
        if name not in closure.blocks:
            yield from _unknown(prompt, name, steps, closure)
        elif len(templates.homes(prompt, name)) > 1:
            yield _finding(
                "T018",
                f"the block `{name}` is defined in more than one place of `{prompt}`, so it can't be overridden",
                last,
                "give one of them another name",
                closure.blocks[name],
            )
        elif name in shape.captured:
            yield _finding(
                "T019",
                f"the text of the block `{name}` is captured by a macro, `call`, `filter` or `set`, so it can't be overridden",
                last,
                "move the block out of it",
                closure.blocks[name],
            )
        elif name in shape.outside:
            yield _finding(
                "T019",
                f"the block `{name}` stands outside of messages, so it can't be overridden",
                last,
                "put a block inside the message",
                closure.blocks[name],
            )
        elif counts[name] > 1:
            yield _finding(
                "T019",
                f"the block `{name}` stands {counts[name]} times in this prompt, so it can't be overridden",
                last,
                "move the block out of the loop",
                closure.blocks[name],
            )
        elif any(found == name and loops for found, _, loops in standing):
            message = f"the block `{name}` stands in a `for` over an input, so it can't be overridden"
            yield _finding("T019", message, last, "move the block out of the loop", closure.blocks[name])
        elif not counts[name]:
            yield from _not_here(prompt, name, last, closure)
        else:
            yield from _inside_replaced(name, last, standing, replaced)


def _unknown(prompt: str, name: str, steps: tuple[BlockAction, ...], closure: Closure) -> Iterator[Finding]:
    for step in steps:
        if not step.every:
            yield _finding(
                "T016",
                f"`{prompt}` has no block `{name}`",
                step,
                did_you_mean(name, closure.blocks) or _listed(closure),
            )


def _not_here(prompt: str, name: str, last: BlockAction, closure: Closure) -> Iterator[Finding]:
    if not last.every:
        message = f"the block `{name}` of `{prompt}` stands in a branch that this tenant does not take, so its text is not used"
        yield Finding(
            "T020",
            message,
            last.place,
            "warning",
            "remove the override, or set the variable that decides the branch",
            tuple(("the block", place) for place in closure.blocks[name]),
        )


def _inside_replaced(
    name: str, last: BlockAction, standing: list[tuple[str, tuple[str, ...], int]], replaced: set[str]
) -> Iterator[Finding]:
    for found, above, _ in standing:
        hidden = [outer for outer in above if outer in replaced] if found == name else []
        if hidden:
            yield _finding(
                "T019",
                f"the block `{name}` stands inside `{hidden[0]}`, which this chain replaces, so its text would vanish",
                last,
                f"leave `{hidden[0]}` alone, or put the text into its replacement",
            )


def _listed(closure: Closure) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(closure.blocks))
    return f"its blocks are {names}" if names else "it has no blocks"


def _finding(code: str, message: str, action: BlockAction, hint: str, places: tuple[object, ...] = ()) -> Finding:
    return Finding(code, message, action.place, hint=hint, related=tuple(("the block", place) for place in places))  # type: ignore[misc]
