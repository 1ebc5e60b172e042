"""Trie: the renders of one prompt as a decision trie, found again by the answers to the questions that they asked.

    prompt, a tenant's answers -> [trie] -> the leaf that asked the same and was answered the same, or none

Pure. A render is deterministic, so its next question follows from the answers so far: each node asks one question, each
branch is a typed answer, each leaf is what a render gave. A look-up asks what a render would ask, with the functions that
the proxies record with, and costs the number of questions. Two questions at one node, or two leaves at the end of one
path, mean that a render is not deterministic: that is our bug, and it is raised and never guessed at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from promptc.compiler.trace import Answer, Answers, Asked, Question, Questions

# A prompt whose tenants agree on nothing would keep every render.
LEAVES_MAX = 5_000


class Nondeterministic(RuntimeError):
    """A template asked, or gave, two different things where it knew the same. A bug of promptc's, and never of the sources."""


class Leaf:
    """The end of a path: what the render gave. `value` is whatever the trie's user keeps there."""

    __slots__ = ("above", "answer", "used", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.above: Node | None = None
        self.answer: Answer | None = None
        self.used = 0


class Node:
    """One question, and the node or leaf to which each answer leads.

    Most nodes of a trie have one answer: it stands in the node itself, and others in a map that most never need.
    """

    __slots__ = ("above", "answer", "given", "leads_to", "others", "question")

    def __init__(self, question: Question, above: Node | None, answer: Answer | None) -> None:
        self.question = question
        self.above = above
        self.answer = answer
        self.given: Answer | None = None
        self.leads_to: Any = None
        self.others = NONE

    def get(self, given: Answer) -> Any:
        """The node or leaf to which an answer leads, or None."""
        return self.leads_to if given == self.given else self.others.get(given)

    def put(self, given: Answer, child: Any) -> None:
        """Let an answer lead to a node or leaf."""
        if self.given is None:
            self.given, self.leads_to = given, child
        elif self.others is NONE:
            self.others = {given: child}
        else:
            self.others[given] = child

    def drop(self, given: Answer) -> bool:
        """Take an answer out; whether none is left."""
        if given == self.given:
            self.given = self.leads_to = None
            if self.others:
                self.given, self.leads_to = self.others.popitem()
        else:
            del self.others[given]
        return self.given is None


NONE: dict[Answer, Any] = {}


class Trie:
    """The renders of one prompt for one locale; `name` says in a message whose they are."""

    def __init__(self, name: str, questions: Questions, leaves_max: int = LEAVES_MAX) -> None:
        self.name = name
        self._questions = questions
        self._leaves_max = leaves_max
        self._root: Node | Leaf | None = None
        self._leaves: dict[Leaf, None] = {}
        self._now = 0

    def __len__(self) -> int:
        return len(self._leaves)

    def __iter__(self) -> Iterator[Leaf]:
        return iter(self._leaves)

    def find(self, answers: Answers) -> Leaf | None:
        """The leaf that these answers lead to, if it is known."""
        node: Any = self._root
        while node.__class__ is Node:
            given = answers[node.question]
            node = node.leads_to if given == node.given else node.others.get(given)
        if node is not None:
            self._now += 1
            node.used = self._now
        return node  # type: ignore[no-any-return]

    def keep(self, path: Iterable[tuple[Asked, Answer]], leaf: Leaf) -> Leaf:
        """Put a leaf at the end of its path; the one that is there already, where the two hold the same.

        Nondeterministic when the path departs from those that are known in anything but an answer.
        """
        above: Node | None = None
        branch: Answer | None = None
        there: Any = self._root
        for asked, given in path:
            question = self._questions[asked]
            if there is None:
                there = Node(question, above, branch)
                self._put(above, branch, there)
            elif there.__class__ is not Node or there.question is not question:
                raise self._differs(f"it asked {_spelled(question)}, and {_what(there)}")
            above, branch = there, given
            there = there.get(given)
        if isinstance(there, Node):
            raise self._differs(f"it ended, and {_what(there)}")
        if there is not None:
            if there.value != leaf.value:
                raise self._differs("it gave two different results")
            return there  # type: ignore[no-any-return]
        self._put(above, branch, leaf)
        leaf.above, leaf.answer = above, branch
        self._now += 1
        leaf.used = self._now
        self._leaves[leaf] = None
        if len(self._leaves) > self._leaves_max:
            self._forget_oldest()
        return leaf

    def drop(self, leaf: Leaf) -> None:
        """Take a leaf out, with the nodes that led nowhere else."""
        del self._leaves[leaf]
        child: Node | Leaf = leaf
        while child.above is not None and child.answer is not None:
            above = child.above
            if not above.drop(child.answer):
                return
            child = above
        self._root = None

    def _put(self, above: Node | None, branch: Answer | None, node: Node | Leaf) -> None:
        if above is None or branch is None:
            self._root = node
        else:
            above.put(branch, node)

    def _forget_oldest(self) -> None:
        # An eighth at once, so that sorting is seldom.
        oldest = sorted(self._leaves, key=lambda leaf: leaf.used)
        for leaf in oldest[: max(1, len(oldest) // 8)]:
            self.drop(leaf)

    def _differs(self, how: str) -> Nondeterministic:
        return Nondeterministic(f"{self.name} is not deterministic: knowing the same, {how}")


def _what(there: Node | Leaf) -> str:
    return f"it asked {_spelled(there.question)}" if isinstance(there, Node) else "it ended"


def _spelled(question: Question) -> str:
    return f"`{question.kind}` of `{'.'.join(map(str, question.path))}`"
