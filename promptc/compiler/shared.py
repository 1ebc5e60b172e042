"""Shared: renders of one process, found again by the answers to the questions that they asked.

    prompt, what a tenant sets -> [shared] -> a render that asked the same and was answered the same, or none

Pure. A render is deterministic, so its next question follows from the answers so far: the renders of one prompt form a
trie in which each node asks one question and each branch is a typed answer. A look-up asks what a render would ask, with
the function that the proxies record with, and costs the number of questions. Two questions at one node would mean that a
render is not deterministic; that is our bug, and it is raised.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from promptc.compiler.render import Rendered
from promptc.compiler.trace import Answer, Question, Roots, answer, look

# A prompt whose tenants agree on nothing would keep every render; beyond this many it starts anew.
RENDERS_MAX = 2_000


@dataclass(slots=True)
class _Node:
    question: Question
    branches: dict[Answer, _Node | Rendered] = field(default_factory=dict)


class Shared:
    """The renders of one prompt for one locale."""

    def __init__(self) -> None:
        self._root: _Node | Rendered | None = None
        self.count = 0

    def find(self, roots: Roots) -> Rendered | None:
        """The render that these values would give, if it is known."""
        node = self._root
        while isinstance(node, _Node):
            kind, path = node.question
            node = node.branches.get(answer(kind, look(roots, path)))
        return node

    def keep(self, rendered: Rendered) -> None:
        """Remember a render under the questions that it asked."""
        if self.count >= RENDERS_MAX:
            self._root, self.count = None, 0
        self.count += 1
        branch: Answer | None = None
        above: _Node | None = None
        for question, given in rendered.reads.asked.items():
            above = self._step(above, branch, question)
            branch = given
        if above is None or branch is None:
            self._root = rendered
        else:
            above.branches[branch] = rendered

    def _step(self, above: _Node | None, branch: Answer | None, question: Question) -> _Node:
        node = self._root if above is None or branch is None else above.branches.get(branch)
        if node is None:
            node = _Node(question)
            if above is None or branch is None:
                self._root = node
            else:
                above.branches[branch] = node
        if not isinstance(node, _Node) or node.question != question:
            raise AssertionError(f"a template asked two things where it knew the same: {question}")
        return node
