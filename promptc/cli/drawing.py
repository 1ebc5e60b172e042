"""Drawing: graphs as a tree for people, as DOT, as Mermaid, and as JSON data. Each reads the driver's Graph and no source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from promptc.cli.terminal import Paint, counted
from promptc.core.visible import visible_line

if TYPE_CHECKING:
    from promptc.driver.graph import Edge, Graph, Node, Reach

TARGETS_SHOWN_MAX = 40
_SHAPES = {"target": "box", "template": "note", "overlay": "folder", "variable": "ellipse"}
# A tree is (label, subtrees).
Tree = tuple[str, list[Any]]


def tree(made: Graph, reaches: Sequence[Reach], paint: Paint) -> Iterator[str]:
    """Prompts with their templates and parts, and under each its targets with their chains; or what files reach."""
    if reaches:
        for reach in reaches:
            yield from _reach(made, reach, paint)
        return
    for number, prompt in enumerate(sorted(set(made.prompts.values()))):
        if number:
            yield ""
        targets = [target for target in made.targets if made.prompts[target] == prompt]
        yield f"{paint(visible_line(prompt), 'bold')}  {paint(counted(len(targets), 'target'), 'dim')}"
        yield from _branches(_prompt_tree(made, targets, paint), "")


def _prompt_tree(made: Graph, targets: list[str], paint: Paint) -> list[Tree]:
    below = made.below()
    parts: dict[tuple[str, str], int] = {}
    for target in targets:
        for edge in below.get(target, ()):
            if edge.how != "chain":
                parts[edge.how, edge.target] = parts.get((edge.how, edge.target), 0) + 1
    trees: list[Tree] = []
    seen: set[str] = set()
    for (how, node), count in parts.items():
        some = f"  {paint(f'{count:,} of {len(targets):,} targets', 'dim')}" if count < len(targets) else ""
        trees.append((_labelled(how, made.nodes[node], paint) + some, _templates(made, node, seen, paint)))
    trees.append((paint("targets", "dim"), _target_trees(made, targets, paint)))
    return trees


def _templates(made: Graph, node: str, seen: set[str], paint: Paint) -> list[Tree]:
    """What a template is made of. One that was drawn above is only named."""
    if node in seen:
        return []
    seen.add(node)
    edges = made.below().get(node, ())
    reads = [visible_line(made.nodes[e.target].label) for e in edges if e.how == "reads"]
    found: list[Tree] = [(f"{paint('reads', 'dim')} {', '.join(reads)}", [])] if reads else []
    for edge in edges:
        if edge.how != "reads":
            again = paint("  (above)", "dim") if edge.target in seen else ""
            label = _labelled(edge.how, made.nodes[edge.target], paint) + again
            found.append((label, _templates(made, edge.target, seen, paint)))
    return found


def _target_trees(made: Graph, targets: list[str], paint: Paint) -> list[Tree]:
    shown: list[Tree] = []
    for target in targets[:TARGETS_SHOWN_MAX]:
        chain = " › ".join(map(visible_line, made.chains[target]))
        shown.append((f"{visible_line(target)}  {paint(chain, 'dim')}", []))
    if len(targets) > TARGETS_SHOWN_MAX:
        shown.append((paint(f"… and {len(targets) - TARGETS_SHOWN_MAX:,} more", "dim"), []))
    return shown


def _labelled(how: str, node: Node, paint: Paint) -> str:
    return f"{paint(how, 'dim')} {visible_line(node.label)}"


def _branches(trees: list[Tree], indent: str) -> Iterator[str]:
    for number, (label, inner) in enumerate(trees):
        last = number == len(trees) - 1
        yield f"{indent}{'└─' if last else '├─'} {label}"
        yield from _branches(inner, indent + ("   " if last else "│  "))


def _reach(made: Graph, reach: Reach, paint: Paint) -> Iterator[str]:
    file = paint(visible_line(reach.file), "bold")
    if not reach.ways:
        yield f"{file} reaches no target of these"
        return
    yield f"{file} reaches {counted(len(reach.ways), 'target')} of {len(made.targets):,}"
    groups: dict[tuple[str, ...], list[str]] = {}
    for target, way in reach.ways.items():
        groups.setdefault(_way_text(made, way), []).append(target)
    trees: list[Tree] = []
    for words, targets in groups.items():
        inner: list[Tree] = [(visible_line(target), []) for target in targets[:TARGETS_SHOWN_MAX]]
        if len(targets) > TARGETS_SHOWN_MAX:
            inner.append((paint(f"… and {len(targets) - TARGETS_SHOWN_MAX:,} more", "dim"), []))
        trees.append((f"{', '.join(words)}  {paint(counted(len(targets), 'target'), 'dim')}", inner))
    yield from _branches(trees, "")


def _way_text(made: Graph, way: Sequence[Edge]) -> tuple[str, ...]:
    """The way in words, from the file upwards. The last step stands for itself only where it is the only one."""
    said = [_step_text(made, edge) for edge in way]
    return tuple(said[:-1] or said or ["itself"])


def _step_text(made: Graph, edge: Edge) -> str:
    source = made.nodes[edge.source]
    if source.kind == "target":
        return {"chain": "in the chain", "prompt": "as the prompt"}.get(edge.how, f"as {edge.how}")
    return f"{edge.how} in {visible_line(source.label)}"


def graph_json(made: Graph) -> dict[str, Any]:
    """Nodes and edges as JSON data (docs/command-line.md)."""
    return {
        "nodes": [{"id": n.id, "kind": n.kind, "label": n.label, "file": n.file} for n in made.nodes.values()],
        "edges": [{"from": e.source, "how": e.how, "to": e.target} for e in made.edges],
        "chains": {target: list(chain) for target, chain in made.chains.items()},
        "unresolved": list(made.unresolved),
    }


def reaches_json(reaches: Sequence[Reach]) -> list[dict[str, Any]]:
    """What files reach: for each target the way there, from the file upwards."""
    return [
        {
            "file": reach.file,
            "targets": {
                target: [{"from": e.source, "how": e.how, "to": e.target} for e in way]
                for target, way in reach.ways.items()
            },
        }
        for reach in reaches
    ]


def dot(made: Graph, reaches: Sequence[Reach], paint: Paint) -> Iterator[str]:
    """Graphviz."""
    nodes, edges = _drawn(made, reaches)
    yield "digraph promptc {"
    yield "  rankdir=LR; node [fontname=Helvetica fontsize=10]; edge [fontname=Helvetica fontsize=8];"
    for node in nodes:
        shape = _SHAPES.get(node.kind, "component")
        yield f"  {_dot_text(node.id)} [label={_dot_text(node.label)} shape={shape}];"
    for edge in edges:
        yield f"  {_dot_text(edge.source)} -> {_dot_text(edge.target)} [label={_dot_text(edge.how)}];"
    yield "}"


def mermaid(made: Graph, reaches: Sequence[Reach], paint: Paint) -> Iterator[str]:
    """Mermaid's flowchart."""
    nodes, edges = _drawn(made, reaches)
    names = {node.id: f"n{number}" for number, node in enumerate(nodes)}
    yield "flowchart LR"
    for node in nodes:
        yield f'  {names[node.id]}["{_mermaid_text(node.label)}"]'
    for edge in edges:
        yield f"  {names[edge.source]} -->|{_mermaid_text(edge.how)}| {names[edge.target]}"


def _drawn(made: Graph, reaches: Sequence[Reach]) -> tuple[list[Node], list[Edge]]:
    """The whole graph; with --from only what stands on the ways."""
    if not reaches:
        return list(made.nodes.values()), list(made.edges)
    edges = dict.fromkeys(edge for reach in reaches for way in reach.ways.values() for edge in way)
    used = {end for edge in edges for end in (edge.source, edge.target)}
    used |= {node.id for node in made.nodes.values() if node.file in {reach.file for reach in reaches}}
    return [node for node in made.nodes.values() if node.id in used], list(edges)


def _dot_text(text: str) -> str:
    escaped = visible_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _mermaid_text(text: str) -> str:
    # Mermaid reads HTML entities inside quotes, and nothing else as markup.
    return "".join(c if c.isalnum() or c in " ._/-:()," else f"#{ord(c)};" for c in visible_line(text))
