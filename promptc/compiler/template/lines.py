"""Lines: which tags stand alone on their lines, and which swallow a line end after text.

    template text -> [lines] -> own lines for includes and blocks, warnings

Jinja's tree has no columns, so this reads the lexer's tokens. `trim_blocks` eats the line end after a tag; an include or
a block that fills its line must give it back (the next line would be glued to its text), and a tag that ends a line of
text has most likely eaten a line end that the author wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment

from promptc.core.dataclass import dataclass, field

# After these no text is lost: what they close is captured, trimmed, or not text at all.
SILENT = frozenset({"endset", "endmacro", "endmessage", "set", "import", "from", "extends", "history", "examples"})


@dataclass(slots=True)
class Lines:
    """What the tokens of one template say: blocks by name and includes by line that stand alone, and warnings."""

    alone_blocks: set[str] = field(default_factory=set)
    alone_includes: set[int] = field(default_factory=set)
    glued: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Tag:
    name: str
    line: int
    starts_line: bool
    ends_line: bool
    after_text: bool
    argument: str = ""


def read_lines(environment: Environment, source: str, name: str) -> Lines:
    """Scan one template's tokens; raises TemplateSyntaxError as the lexer does."""
    found = Lines()
    blocks: list[_Tag] = []
    for tag in _tags(environment, source, name):
        gives_back = False
        if tag.name == "include" and tag.starts_line and tag.ends_line:
            found.alone_includes.add(tag.line)
        if tag.name == "block":
            blocks.append(tag)
        elif tag.name == "endblock" and blocks:
            opened = blocks.pop()
            if opened.starts_line and tag.ends_line:
                found.alone_blocks.add(opened.argument)
                gives_back = True
        if tag.ends_line and tag.after_text and tag.name not in SILENT and not gives_back:
            found.glued.append((tag.line, tag.name))
    return found


def _tags(environment: Environment, source: str, name: str) -> Iterator[_Tag]:
    at_start, has_text = True, False
    tag: _Tag | None = None
    held: _Tag | None = None
    for line, token, value in environment.lexer.tokeniter(source, name):
        if held is not None:
            yield held
            held = None
        if token == "data":
            last = value.rsplit("\n", 1)[-1]
            has_text = (has_text and "\n" not in value) or bool(last.strip())
            at_start = not last and ("\n" in value or at_start)
        elif token == "block_begin":
            tag = _Tag("", line, at_start and not value.endswith("-"), ends_line=False, after_text=has_text)
        elif token == "name" and tag is not None and not tag.name:
            tag.name, tag.line = value, line
        elif token == "name" and tag is not None and not tag.argument:
            tag.argument = value
        elif token == "block_end" and tag is not None:
            tag.ends_line = value.endswith("\n") and not value.startswith("-")
            at_start = "\n" in value
            has_text = has_text and not at_start
            tag, held = None, tag
        elif token == "raw_end":
            ends = value.endswith("\n") and "-%}" not in value
            yield _Tag("endraw", line, starts_line=False, ends_line=ends, after_text=has_text)
            at_start = "\n" in value
            has_text = has_text and not at_start
        elif token == "variable_end":
            at_start = "\n" in value
            has_text = not at_start
        elif token == "comment_end" and "\n" in value:
            at_start, has_text = True, False
    if held is not None:
        # The last tag of a file ends its line: Jinja drops the file's own final line end.
        held.ends_line = True
        held.after_text = False
        yield held
