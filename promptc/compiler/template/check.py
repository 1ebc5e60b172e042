"""Check: an allow-list over a template's tokens and tree, before anything of it is compiled. All problems at once.

    template text -> [check] -> findings

What is not named here is refused, so that a new node, filter or habit of Jinja's can't open a door unseen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from promptc.compiler.template.facts import RESERVED, Problem
from promptc.compiler.template.limits import ELIF_MAX, LOOP_DEPTH_MAX, SOURCE_BYTES_MAX, TREE_DEPTH_MAX
from promptc.core.nearest import did_you_mean

ALLOWED = tuple(
    getattr(nodes, name)
    for name in """Template Output TemplateData Name NSRef Getattr Getitem Slice Const If For Compare Operand And Or Not
    Neg Pos Filter Test Block Extends Include Import FromImport Assign AssignBlock With Add Sub Mul Div FloorDiv Mod Pow
    Concat CondExpr List Tuple Dict Pair Keyword Call Macro CallBlock FilterBlock Scope ExtensionAttribute""".split()
)
NESTING = frozenset({"if", "for", "block", "macro", "call", "filter", "with", "message"})
EXPRESSION_DEPTH_MAX = 60
EXPRESSION_PARTS_MAX = 1_000
NODES_MAX = 15_000
PARENTHESES_MAX = 30


def parse(environment: Any, name: str) -> tuple[nodes.Template | None, list[Problem]]:
    """A template's tree and what is wrong with its syntax and size; no tree when it has none."""
    source = environment.sources[name]
    if len(source.encode()) > SOURCE_BYTES_MAX:
        return None, [
            Problem(
                "B001",
                f"the template is longer than {SOURCE_BYTES_MAX // 1024} KiB",
                1,
                "split it into fragments, or move data into variables",
            )
        ]
    try:
        deep = too_deep(environment, source, name)
        if deep is not None:
            return None, [deep]
        tree = environment.tree_of(name)
        problems = list(_depths(tree))
        return (None, problems) if problems else (tree, [])
    except TemplateSyntaxError as error:
        return None, [Problem("T001", _sentence(error), error.lineno, _syntax_hint(error))]
    except ValueError:
        # Python reads integers of at most 4,300 digits.
        return None, [Problem("T006", "a number that is too large", 1, "whole numbers stay below 2^63")]
    except RecursionError:
        return None, [
            Problem("T012", "the template is nested too deeply to be read", 1, "split it into fragments or macros")
        ]


def too_deep(environment: Any, source: str, name: str) -> Problem | None:
    """The first token that nests deeper than the limits; read before the parser, whose own depth is the stack's."""
    depth = parentheses = elifs = 0
    first = False
    for line, token, value in environment.lexer.tokeniter(source, name):
        if token in ("block_begin", "variable_begin"):
            first, parentheses = token == "block_begin", 0
        elif token == "name" and first:
            first = False
            depth += 1 if value in NESTING else (-1 if value.startswith("end") and value[3:] in NESTING else 0)
            elifs = elifs + 1 if value == "elif" else (0 if value in ("if", "endif") else elifs)
            if depth > TREE_DEPTH_MAX:
                return Problem(
                    "T012",
                    f"tags are nested more than {TREE_DEPTH_MAX} deep",
                    line,
                    "split the template into fragments or macros",
                )
            if elifs > ELIF_MAX:
                return Problem(
                    "T012", f"more than {ELIF_MAX} `elif`s in one `if`", line, "look the text up in a map variable"
                )
        elif token == "operator":
            parentheses += 1 if value in "([{" else (-1 if value in ")]}" else 0)
            if parentheses > PARENTHESES_MAX:
                return Problem(
                    "T012",
                    f"parentheses are nested more than {PARENTHESES_MAX} deep",
                    line,
                    "set parts of it to names first",
                )
    return None


def _sentence(error: TemplateSyntaxError) -> str:
    message = (error.message or "the template can't be read").rstrip(".").replace("'", "`")
    return message[:1].lower() + message[1:]


TAGS = tuple(
    "if elif else endif for endfor block endblock include extends import from macro set with call filter raw".split()
    + "message history examples cache media".split()
)


def _syntax_hint(error: TemplateSyntaxError) -> str:
    message = error.message or ""
    if "unknown tag" in message:
        tag = message.split("'")[1] if "'" in message else ""
        if tag in ("autoescape", "do", "trans", "debug", "break", "continue"):
            return f"`{tag}` is not available; text of prompts is never escaped, and templates have no side effects"
        return did_you_mean(tag, TAGS) or "look at the list of tags in docs/prompts.md"
    if "Unexpected end of template" in message:
        return "close what is open: every `if`, `for`, `block`, `macro`, `message` … has its `end…`"
    if "expected token" in message and "'%'" in message:
        return "to write `{{` or `{%` as text, put it between `{% raw %}` and `{% endraw %}`"
    return "to write template marks as text, put them between `{% raw %}` and `{% endraw %}`"


def check(environment: Any, tree: nodes.Template) -> list[Problem]:
    """Everything that the tree does and may not do, in the order of its lines."""
    problems = [*_nodes(environment, tree), *_child_text(tree)]
    return sorted(problems, key=lambda problem: problem.line)


def _depths(tree: nodes.Template) -> Iterator[Problem]:
    """Expressions and loops that are too deep or too long, found without recursion, before anything walks the tree."""
    pending: list[tuple[nodes.Node, int, int]] = [(tree, 0, 0)]
    count = 0
    while pending:
        node, depth, loops = pending.pop()
        line = getattr(node, "lineno", 1) or 1
        count += 1
        if count > NODES_MAX:
            yield Problem(
                "T012",
                f"the template has more than {NODES_MAX:,} tags, names and values",
                line,
                "split it into fragments",
            )
            return
        children = list(node.iter_child_nodes())
        if isinstance(node, nodes.Expr):
            depth += 1
            if depth > EXPRESSION_DEPTH_MAX or len(children) > EXPRESSION_PARTS_MAX:
                message = f"an expression is nested more than {EXPRESSION_DEPTH_MAX} deep, or has more than {EXPRESSION_PARTS_MAX:,} parts"
                yield Problem("T012", message, line, "set parts of it to names first")
                continue
        loops += isinstance(node, nodes.For)
        if loops > LOOP_DEPTH_MAX:
            yield Problem(
                "T012",
                f"loops are nested more than {LOOP_DEPTH_MAX} deep",
                line,
                "build the inner text in a macro or a variable",
            )
            continue
        pending.extend((child, 0 if isinstance(node, nodes.Stmt) else depth, loops) for child in children)


def _nodes(environment: Any, tree: nodes.Template) -> Iterator[Problem]:
    pending: list[nodes.Node] = [tree]
    while pending:
        node = pending.pop()
        line = getattr(node, "lineno", 1) or 1
        if not isinstance(node, ALLOWED):
            yield Problem("T002", f"`{type(node).__name__}` is not available in templates", line)
            continue
        examine = RULES.get(type(node))
        if examine is not None:
            yield from examine(environment, node, line)
        pending.extend(node.iter_child_nodes())


def _name(_: Any, node: nodes.Name, line: int) -> Iterator[Problem]:
    if node.ctx != "load" and node.name in RESERVED:
        yield Problem(
            "T003", f"`{node.name}` can't be set: it is a name of promptc's or Jinja's own", line, "choose another name"
        )
    elif node.name == "self" or node.name.startswith("__"):
        yield Problem(
            "T004", f"`{node.name}` is not available in templates", line, "use a macro to print the same text twice"
        )


def _getattr(_: Any, node: nodes.Getattr, line: int) -> Iterator[Problem]:
    if node.attr.startswith("_"):
        yield Problem(
            "T004", f"attributes that start with `_` don't exist in templates: `{node.attr}`", line, "rename the key"
        )


def _getitem(_: Any, node: nodes.Getitem, line: int) -> Iterator[Problem]:
    if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) and node.arg.value.startswith("__"):
        yield Problem(
            "T004", f"keys that start with `__` don't exist in templates: `{node.arg.value}`", line, "rename the key"
        )


def _const(_: Any, node: nodes.Const, line: int) -> Iterator[Problem]:
    value = node.value
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        yield Problem("U001", "a lone surrogate is no character", line, "write the character itself")
    huge = isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63
    if huge or (isinstance(value, float) and not math.isfinite(value)):
        yield Problem("T006", "a number that is too large", line, "whole numbers stay below 2^63, others are finite")


def _for(_: Any, node: nodes.For, line: int) -> Iterator[Problem]:
    if node.recursive:
        yield Problem("T002", "`recursive` loops are not available", line, "write a macro that calls itself")


def _call(_: Any, node: nodes.Call, line: int) -> Iterator[Problem]:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        yield Problem("T008", "a call can't unpack `*` or `**` arguments", line, "write the arguments out")
    if not isinstance(node.node, (nodes.Name, nodes.Getattr, nodes.ExtensionAttribute)):
        yield Problem(
            "T008",
            "only macros, `super()`, `caller()`, `range()`, `namespace()` and `loop.cycle()` can be called",
            line,
            "use a filter",
        )


def _filter(environment: Any, node: nodes.Filter, line: int) -> Iterator[Problem]:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        yield Problem("T008", "a filter can't unpack `*` or `**` arguments", line, "write the arguments out")
    if node.name == "random":
        yield Problem(
            "T006", "the filter `random` gives another text in each build", line, "choose the text by a variable"
        )
    elif node.name not in environment.filters:
        yield Problem(
            "T013",
            f"there is no filter `{node.name}`",
            line,
            did_you_mean(node.name, environment.filters) or "docs/prompts.md lists them",
        )


def _test(environment: Any, node: nodes.Test, line: int) -> Iterator[Problem]:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        yield Problem("T008", "a test can't unpack `*` or `**` arguments", line, "write the arguments out")
    if node.name not in environment.tests:
        yield Problem(
            "T013",
            f"there is no test `{node.name}`",
            line,
            did_you_mean(node.name, environment.tests) or "docs/prompts.md lists them",
        )


def _include(_: Any, node: nodes.Include, line: int) -> Iterator[Problem]:
    if node.ignore_missing:
        yield Problem(
            "T007",
            "`ignore missing` would make a prompt depend on which files are there",
            line,
            "leave it out, or choose by a variable",
        )
    if isinstance(node.template, (nodes.List, nodes.Tuple)):
        yield Problem("T007", "an include names one template", line, "choose with an `if`")


def _extends(_: Any, node: nodes.Extends, line: int) -> Iterator[Problem]:
    if not isinstance(node.template, nodes.Const):
        yield Problem("T007", "`extends` needs a constant name", line, "write one `extends` with the parent's name")


def _import(_: Any, node: nodes.Import | nodes.FromImport, line: int) -> Iterator[Problem]:
    names = (
        [node.target]
        if isinstance(node, nodes.Import)
        else [name[1] if isinstance(name, tuple) else name for name in node.names]
    )
    for name in names:
        if name in RESERVED:
            yield Problem(
                "T003",
                f"`{name}` can't be set: it is a name of promptc's or Jinja's own",
                line,
                "import it `as` another name",
            )
    if not isinstance(node.template, nodes.Const):
        yield Problem("T007", "an import needs a constant name", line, "write the template's name as text")


def _macro(_: Any, node: nodes.Macro, line: int) -> Iterator[Problem]:
    if node.name in RESERVED:
        yield Problem(
            "T003", f"`{node.name}` can't be set: it is a name of promptc's or Jinja's own", line, "choose another name"
        )


def _block(_: Any, node: nodes.Block, line: int) -> Iterator[Problem]:
    if node.name.startswith("__") or node.name == "self":
        yield Problem("T003", f"a block can't be called `{node.name}`", line, "choose another name")


def _pow(_: Any, node: nodes.Pow, line: int) -> Iterator[Problem]:
    yield Problem("T009", "`**` is not available in templates", line, "multiply, or put the number into a variable")


RULES: dict[type, Any] = {
    nodes.Name: _name, nodes.Getattr: _getattr, nodes.Getitem: _getitem, nodes.Const: _const, nodes.For: _for, nodes.Call: _call,
    nodes.Filter: _filter, nodes.Test: _test, nodes.Include: _include, nodes.Extends: _extends, nodes.Import: _import,
    nodes.FromImport: _import, nodes.Macro: _macro, nodes.Block: _block, nodes.Pow: _pow,
}  # fmt: skip


def _child_text(tree: nodes.Template) -> Iterator[Problem]:
    """Text of a child template outside its blocks, which Jinja would drop without a word."""
    extends = list(tree.find_all(nodes.Extends))
    if not extends:
        return
    for second in extends[1:]:
        yield Problem("T014", "a template extends one parent", second.lineno, "keep one `extends`")
    if extends[0] not in tree.body:
        yield Problem(
            "T014", "`extends` stands inside another tag", extends[0].lineno, "write it at the top of the file"
        )
        return
    before = tree.body[: tree.body.index(extends[0])]
    for node in before:
        if not isinstance(node, nodes.Output) or _says(node):
            yield Problem("T014", "`extends` comes first in a file", extends[0].lineno, "move it above everything else")
            break
    for node in _outside_blocks(tree.body):
        if isinstance(node, nodes.Include) or _says(node):
            yield Problem(
                "T014",
                "text of a template that extends another stands outside its blocks, where it would be dropped",
                node.lineno,
                "put it into a `{% block … %}` that the parent has",
            )


def _outside_blocks(body: list[Any]) -> Iterator[nodes.Node]:
    for node in body:
        if isinstance(node, (nodes.Block, nodes.Macro, nodes.AssignBlock)):
            continue
        if isinstance(node, (nodes.Output, nodes.Include)):
            yield node
        elif isinstance(node, (nodes.CallBlock, nodes.FilterBlock)):
            yield nodes.Output([nodes.Const(1)], lineno=node.lineno)
        else:
            yield from _outside_blocks(list(node.iter_child_nodes()))


def _says(node: nodes.Node) -> bool:
    if not isinstance(node, nodes.Output):
        return False
    return any(not isinstance(child, nodes.TemplateData) or child.data.strip() for child in node.nodes)
