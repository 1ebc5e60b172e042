"""Remembered: the leaves that a memory holds of one static key, found without reading more than the one that is asked for.

    a memory's bytes -> [remembered] -> the render that a tenant's answers lead to, or none

Pure. Nodes are found by their numbers (leaf.py); only a leaf on the way is held against its checksum, and read. Damaged
ones are left out. Two sound leaves that disagree on what is asked or given at one node were made by a template that is
not deterministic.
"""

from __future__ import annotations

import struct

from promptc.compiler.leaf import ROOT, decode_leaf, encode_leaf, is_sound, name_of, next_number, questions_of, steps_of
from promptc.compiler.memory import Memory
from promptc.compiler.shape import Rendered
from promptc.compiler.trace import Answer, Answers, Asked, Question, Questions
from promptc.compiler.trie import Nondeterministic


class _Node:
    """A node on the way to a leaf: what is there, as a number, and the leaf that says so."""

    __slots__ = ("data", "is_end", "level", "question", "there")

    def __init__(self, there: int, level: int, data: bytes) -> None:
        self.there = there
        self.level = level
        self.data = data
        self.question: Question | None = None
        self.is_end = False


class Remembered:
    """The leaves of one static key; `name` says in a message whose they are."""

    def __init__(self, memory: Memory, key: str, name: str, questions: Questions) -> None:
        self._memory = memory
        self._key = key
        self._name = name
        self._questions = questions
        self._sound: set[bytes] = set()
        self._damaged: set[bytes] = set()
        self._nodes: dict[int, _Node] = {}
        self._read: tuple[bytes, list[tuple[Asked, Answer]]] = (b"", [])
        self._leaves = list(memory.load(key))
        self._place()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered."""
        return not self._leaves

    def keep(self, rendered: Rendered) -> None:
        """Remember one more render, for the next build."""
        data = encode_leaf(self._key, rendered)
        self._memory.keep(self._key, name_of(data), data)

    def find(self, answers: Answers) -> Rendered | None:
        """The render that these answers lead to, if it is remembered."""
        number, level = ROOT, 0
        while (node := self._node(number)) is not None and node.level == level:
            if node.is_end:
                self._memory.used(self._key, (name_of(node.data),))
                return decode_leaf(node.data, self._path(node.data))
            assert node.question is not None
            number, level = next_number(number, answers[node.question]), level + 1
        return None

    def _node(self, number: int) -> _Node | None:
        node = self._nodes.get(number)
        if node is None or node.question is not None or node.is_end:
            return node
        if not self._is_sound(node.data):
            self._leaves = [data for data in self._leaves if data not in self._damaged]
            self._place()
            return self._node(number)
        path = self._path(node.data)
        if node.level == len(path):
            node.is_end = True
        else:
            node.question = self._questions[path[node.level][0]]
        return node

    def _path(self, data: bytes) -> list[tuple[Asked, Answer]]:
        # On the way to a leaf most nodes are known by one and the same.
        if data is not self._read[0]:
            self._read = data, questions_of(data)
        return self._read[1]

    def _place(self) -> None:
        """Put every leaf's nodes in their places."""
        self._nodes.clear()
        for data in self._leaves:
            try:
                steps = steps_of(data)
            except struct.error:
                continue
            for level, (number, there) in enumerate(steps):
                node = self._nodes.get(number)
                if node is None:
                    self._nodes[number] = _Node(there, level, data)
                elif node.there != there and not self._settled(node, data, level):
                    break

    def _settled(self, node: _Node, data: bytes, level: int) -> bool:
        """What to do where two leaves disagree: the damaged one yields. Whether the newer one goes on."""
        if not self._is_sound(data):
            return False
        if self._is_sound(node.data):
            if level == node.level and questions_of(node.data)[:level] == questions_of(data)[:level]:
                raise Nondeterministic(f"{self._name} is not deterministic: knowing the same, it did two things")
            return False  # two nodes of one number: what can't be found is rendered
        return True

    def _is_sound(self, data: bytes) -> bool:
        if data in self._sound:
            return True
        known = data not in self._damaged and is_sound(self._key, data)
        (self._sound if known else self._damaged).add(data)
        return known
