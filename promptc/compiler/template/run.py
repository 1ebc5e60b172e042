"""Run: one render's state: what it may see, what it asked, what it has spent, which branches on inputs are open.

Generated code reaches it through CURRENT, since a process renders one template at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promptc.compiler.template.limits import Fuel
from promptc.compiler.template.proxies import MapView, VariablesView
from promptc.compiler.template.symbols import STICKY, Inputs, Poison, refuse
from promptc.compiler.trace import Digesting, Reads, Roots

if TYPE_CHECKING:
    from promptc.compiler.keys import Static


class Region:
    """A branch or loop over an input that is being rendered, and what namespaces held before it."""

    __slots__ = ("kind", "written")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.written: dict[tuple[int, str], tuple[Any, Any]] = {}  # (id, attribute) -> (namespace's map, value before)


class Run:
    """The state of one render."""

    __slots__ = (
        "calls", "captured", "fallbacks", "fuel", "given", "known", "reads", "regions", "roots", "static", "turns", "vars",
    )  # fmt: skip

    def __init__(self, static: Static, roots: Roots, digest: Digesting) -> None:
        self.static = static
        self.given = roots
        self.vars = roots["vars"]
        # What generated code asked for before, by its own places.
        self.known: dict[Any, Any] = {}
        self.reads = Reads(digest)
        self.fuel = Fuel()
        self.calls = 0
        self.fallbacks: dict[str, None] = {}
        self.turns = 0
        self.regions: list[Region] = []
        self.captured: dict[str, None] = {}
        self.roots: dict[Any, Any] = {
            "vars": VariablesView(("vars",), roots["vars"], static.variables, self.reads),
            "tenant": MapView(("tenant",), roots["tenant"], TENANT_SCHEMA, self.reads),
            "tools": MapView(("tools",), roots["tools"], None, self.reads),
            "model": MapView(("model",), roots["model"], MODEL_SCHEMA, self.reads),
            "input": Inputs(static.inputs),
        }

    def write(self, space: dict[str, Any], name: str, value: Any, depth: int) -> None:
        """Set a namespace's attribute, noting in the open regions it crosses what stood there before."""
        crossed = self.regions[depth:]
        if any(region.kind == "each" for region in crossed):
            refuse(
                "T026",
                f"a `for` over an input can't carry `{name}` from turn to turn: the turns are not known when building",
                "use `loop.first`, `loop.last` or `loop.index`, or compute it in the code that gives the input",
            )
        for region in crossed:
            region.written.setdefault((id(space), name), (space, space.get(name)))
        space[name] = value


TENANT_SCHEMA: dict[str, Any] = {"properties": {"labels": {"type": "object"}}}
MODEL_SCHEMA: dict[str, Any] = {"properties": {"alias": {}, "provider": {}, "name": {}, "window": {}}}


class Holder:
    """Where the current run stands."""

    __slots__ = ("environment", "run")

    environment: Any
    run: Run

    def begin(self, run: Run) -> None:
        """Start a run; the last one's sticky refusal is forgotten."""
        self.run = run
        STICKY.refusal = None


CURRENT = Holder()


def open_region(kind: str) -> None:
    """A branch or loop over an input begins."""
    CURRENT.run.regions.append(Region(kind))


def swap_region() -> None:
    """The other branch begins: namespaces are as they were before the first."""
    for (_, name), (space, before) in CURRENT.run.regions[-1].written.items():
        space[name] = before


def close_region() -> None:
    """The branch ends: what it wrote into namespaces can't be told apart any more."""
    for (_, name), (space, _) in CURRENT.run.regions.pop().written.items():
        space[name] = Poison(name, "was set in a branch on an input and read after it")
