"""Facts: what one template's text says by itself, as a value that can be kept, so that it need not be parsed to be known.

    template text -> examine -> [Facts] -> templates: findings, closures, what a prompt may read

Pure, and free of Jinja2. Facts depend on a template's text and on the toolchain, and on nothing else: whatever takes
another file to tell (whether a name is declared, whether an included template is there) is told from the facts of all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from promptc.compiler.template.blocktext import Texts, decode_texts
from promptc.core.dataclass import dataclass

RESERVED = frozenset(
    {
        "vars",
        "input",
        "tenant",
        "tools",
        "model",
        "loop",
        "super",
        "caller",
        "self",
        "varargs",
        "kwargs",
        "range",
        "namespace",
    }
)

# A template's name as it is spelled: a text, {"all": [SPELLING…]}, {"either": [SPELLING, SPELLING]}, {"variable": NAME},
# or None for what can't be told.
Spelling = Any


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding before it has a file: code, message, line of the template, hint, whether it is a warning."""

    code: str
    message: str
    line: int
    hint: str = ""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A template is named: by an `extends`, `include` or `import`. `is_list`: as one of several, which is refused."""

    kind: str
    spelling: Spelling
    line: int
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A name that is used: of a variable (`vars`), of an input (`input`), or any other that is not reserved ("")."""

    root: str
    name: str | int
    line: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a template says. Without `is_whole` it can't be read, and only `problems` say anything.

    `problems` are those of its syntax and of what it may not do, `glued` the line ends that its tags swallow;
    `asks_for_all` says that it may read any variable, `vars` being used other than by a constant name.
    """

    is_whole: bool = False
    problems: tuple[Problem, ...] = ()
    glued: tuple[Problem, ...] = ()
    named: tuple[Named, ...] = ()
    examples: tuple[tuple[str, int], ...] = ()
    blocks: tuple[tuple[str, int], ...] = ()
    has_messages: bool = False
    assigned: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    asks_for_all: bool = False

    def variables(self) -> Iterator[tuple[str, int]]:
        """The variables that it names, with the lines."""
        return ((str(asked.name), asked.line) for asked in self.asked if asked.root == "vars")


def facts_key(text: str) -> str:
    """What a template's facts are kept under, beside the toolchain."""
    return hashlib.blake2b(b"promptc.facts/1\0" + text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def encode_facts(facts: Facts) -> Any:
    """Facts as JSON data."""
    return {
        "whole": facts.is_whole,
        "problems": [_fields(problem) for problem in facts.problems],
        "glued": [_fields(problem) for problem in facts.glued],
        "named": [_fields(named) for named in facts.named],
        "examples": [list(example) for example in facts.examples],
        "blocks": [list(block) for block in facts.blocks],
        "messages": facts.has_messages,
        "assigned": list(facts.assigned),
        "asked": [_fields(asked) for asked in facts.asked],
        "all": facts.asks_for_all,
    }


def _fields(value: Any) -> list[Any]:
    return [getattr(value, name) for name in value.__slots__]


def decode_known(data: Any) -> tuple[Facts | None, Texts | None]:
    """A template's facts and its texts, as far as JSON data holds them."""
    if not isinstance(data, list) or len(data) != 2:
        return None, None
    return decode_facts(data[0]), decode_texts(data[1])


def decode_facts(data: Any) -> Facts | None:
    """The facts that JSON data holds; None for anything else than what `encode_facts` gives."""
    try:
        return Facts(
            is_whole=data["whole"],
            problems=tuple(Problem(*problem) for problem in data["problems"]),
            glued=tuple(Problem(*problem) for problem in data["glued"]),
            named=tuple(Named(*named) for named in data["named"]),
            examples=tuple((name, line) for name, line in data["examples"]),
            blocks=tuple((name, line) for name, line in data["blocks"]),
            has_messages=data["messages"],
            assigned=tuple(data["assigned"]),
            asked=tuple(Asked(*asked) for asked in data["asked"]),
            asks_for_all=data["all"],
        )
    except (KeyError, TypeError, ValueError):
        return None
