"""Outline: a prompt's templates in the order in which their text comes to stand, as far as that follows from their tags.

    Sources, a prompt -> [outline] -> cache marks, prints of variables and inputs, limits, in order, each with its place

Pure. Parents, blocks and includes by constant names are put in their places; conditions and loops are read through, since
each of their branches may be taken. It is read from text: the compiler has judged the tags already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from promptc.checks.check import Sources
from promptc.core.dataclass import dataclass
from promptc.core.findings import Place
from promptc.core.pattern import Pattern

DEPTH_MAX = 32
_COMMENT = Pattern(r"\{#.*?#\}", re.DOTALL)
_TAG = Pattern(r"\{%[-+]?\s*(\w+)(.*?)[-+]?%\}|\{\{[-+]?(.*?)[-+]?\}\}", re.DOTALL)
_NAME = Pattern(r"""["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Piece:
    """`text`, `print` (an expression) or `tag` (its name and the rest), with its place."""

    kind: str
    name: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class _Block:
    path: str
    start: int
    end: int


def pieces_of(sources: Sources, prompt: str) -> list[Piece]:
    """Everything of a prompt in order."""
    path = sources.project.prompts[prompt].path
    return list(_Reader(sources).read(path, {}, 0))


def block_text(sources: Sources, prompt: str, block: str) -> str | None:
    """A block's own text in the sources, where it is plain text; None where tags stand in it, or it is defined twice."""
    key = f"block text: {prompt} {block}"
    if key not in sources.kept:
        reader = _Reader(sources)
        found = [
            reader.text(path)[one.start : one.end]
            for path in sources.closures.get(prompt, ())
            if (one := _blocks(path, reader.text(path)).get(block)) is not None
        ]
        sources.kept[key] = found[0] if len(found) == 1 and "{%" not in found[0] and "{{" not in found[0] else None
    text: str | None = sources.kept[key]
    return text


class _Reader:
    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.texts: dict[str, str] = {}

    def text(self, path: str) -> str:
        """A template's text, comments blanked so that places stay."""
        if path not in self.texts:
            template = self.sources.project.templates.get(path)
            text = template.text if template is not None else ""
            self.texts[path] = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
        return self.texts[path]

    def read(self, path: str, blocks: Mapping[str, _Block], depth: int) -> Iterator[Piece]:
        """A template's pieces; `blocks` are those that children put in the place of its own."""
        text = self.text(path)
        own = _blocks(path, text)
        parent = re.search(r"\{%[-+]?\s*extends\s+[\"']([^\"']+)[\"']", text)
        if parent and depth < DEPTH_MAX:
            yield from self.read(parent[1], {**own, **blocks}, depth + 1)
        else:
            yield from self.stretch(_Block(path, 0, len(text)), {**own, **blocks}, depth)

    def stretch(self, block: _Block, blocks: Mapping[str, _Block], depth: int) -> Iterator[Piece]:
        """The pieces of one stretch of a template."""
        text, at = self.text(block.path), block.start
        while at < block.end:
            match = _TAG.search(text, at, block.end)
            end = match.start() if match else block.end
            if text[at:end].strip():
                yield Piece("text", "", text[at:end], self.place(block.path, text, at))
            if match is None:
                return
            at = match.end()
            place = self.place(block.path, text, match.start())
            if match[1] is None:
                yield Piece("print", "", match[3].strip(), place)
            elif match[1] == "block":
                name = match[2].split()[0] if match[2].split() else ""
                yield Piece("tag", "block", name, place)
                inner = _blocks(block.path, text).get(name)
                chosen = blocks.get(name, inner)
                if chosen is not None and depth < DEPTH_MAX:
                    yield from self.stretch(chosen, blocks, depth + 1)
                if inner is not None and inner.start >= at - 1:
                    at = max(at, inner.end)
            elif match[1] == "include" and (named := _NAME.search(match[2])) and depth < DEPTH_MAX:
                yield from self.read(named[1], blocks, depth + 1)
            else:
                yield Piece("tag", match[1], match[2].strip(), place)

    def place(self, path: str, text: str, index: int) -> Place:
        """The place of a character of a template in its file."""
        template = self.sources.project.templates[path]
        line = text.count("\n", 0, index) + 1
        return Place(template.file, line + template.line_offset, index - text.rfind("\n", 0, index))


def _blocks(path: str, text: str) -> dict[str, _Block]:
    """The blocks of a template, each from the end of its tag to the beginning of its end tag."""
    found: dict[str, _Block] = {}
    stack: list[tuple[str, int]] = []
    for match in re.finditer(r"\{%[-+]?\s*(block|endblock)\b\s*(\w*).*?[-+]?%\}", text, re.DOTALL):
        if match[1] == "block":
            stack.append((match[2], match.end()))
        elif stack:
            name, start = stack.pop()
            found[name] = _Block(path, start, match.start())
    return found
