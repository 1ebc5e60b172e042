"""Examine: a template is parsed and checked once, and what it says is written down.

template text -> check -> [examine] -> Facts
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import nodes

from promptc.compiler.template import check
from promptc.compiler.template.facts import RESERVED, Asked, Facts, Named, Problem, Spelling
from promptc.compiler.template.names import path_of


def examine(environment: Any, path: str) -> Facts:
    """The facts of one of an environment's sources."""
    tree, problems = check.parse(environment, path)
    if tree is None:
        return Facts(problems=tuple(problems))
    calls = [call for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.ExtensionAttribute)]
    return Facts(
        is_whole=True,
        problems=(*problems, *check.check(environment, tree)),
        glued=tuple(_glued(line, tag) for line, tag in environment.lines_of(path).glued),
        named=tuple(_named(tree)),
        examples=tuple((call.args[0].as_const(), call.lineno) for call in calls if _tag(call) == "examples"),
        blocks=tuple((block.name, block.lineno) for block in tree.find_all(nodes.Block)),
        has_messages=any(_tag(call) == "message_open" for call in calls),
        assigned=tuple(sorted(_assigned(tree))),
        asked=tuple(dict.fromkeys(_asked(tree))),
        asks_for_all=_asks_for_all(tree),
    )


def _tag(call: nodes.Call) -> str:
    assert isinstance(call.node, nodes.ExtensionAttribute)
    return call.node.name


def _glued(line: int, tag: str) -> Problem:
    return Problem(
        "T015",
        f"the `{tag}` tag at the end of a line of text swallows the line end",
        line,
        "write `+%}` to keep the line end, or put the tag on a line of its own",
        warning=True,
    )


def _named(tree: nodes.Template) -> Iterator[Named]:
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        kind = {"Extends": "extends", "Include": "include"}.get(type(node).__name__, "import")
        template: nodes.Node = node.template  # type: ignore[attr-defined]
        yield Named(kind, _spelling(template), node.lineno, isinstance(template, (nodes.List, nodes.Tuple)))


def _spelling(node: nodes.Node) -> Spelling:
    if isinstance(node, nodes.Const):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, nodes.Concat):
        return {"all": [_spelling(part) for part in node.nodes]}
    if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
        return {"either": [_spelling(node.expr1), _spelling(node.expr2)]}
    path = path_of(node)
    return {"variable": path[1]} if path is not None and path[0] == "vars" and len(path) == 2 else None


def _asked(tree: nodes.Template) -> Iterator[Asked]:
    """Names, variables and inputs, wherever they stand."""
    for node in tree.find_all((nodes.Name, nodes.Getattr, nodes.Getitem)):
        if isinstance(node, nodes.Name):
            if node.ctx == "load" and node.name not in RESERVED:
                yield Asked("", node.name, node.lineno)
            continue
        path = path_of(node)
        if path is not None and len(path) == 2 and path[0] in ("vars", "input"):
            yield Asked(path[0], path[1], node.lineno)


def _asks_for_all(tree: nodes.Template) -> bool:
    """Whether `vars` is used other than to take a variable by a constant name."""
    named = {
        id(node.node)  # type: ignore[attr-defined]
        for node in tree.find_all((nodes.Getattr, nodes.Getitem))
        if path_of(node) is not None
    }
    return any(node.name == "vars" and id(node) not in named for node in tree.find_all(nodes.Name))


def _assigned(tree: nodes.Template) -> set[str]:
    """Every name that a template sets anywhere."""
    found: set[str] = set()
    for node in tree.find_all((nodes.Name, nodes.Macro, nodes.Import, nodes.FromImport)):
        if isinstance(node, nodes.Name):
            if node.ctx != "load":
                found.add(node.name)
        elif isinstance(node, nodes.Macro):
            found.add(node.name)
        elif isinstance(node, nodes.Import):
            found.add(node.target)
        elif isinstance(node, nodes.FromImport):
            found.update(name[1] if isinstance(name, tuple) else name for name in node.names)
    return found
