"""Lines: rows of a group as a block that is read side by side, or one below the other where it is narrow.

    rows -> [lines] -> Html

Pure. Values of holes are never known here: a hole is shown by its name. Each side says for listeners which one it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from promptc.cli.pages.markup import Html, joined, short, tag, text, unseen
from promptc.cli.pages.rows import Row
from promptc.cli.pages.words import NO_MARKS, Cut, Marks, Token, differing, is_word, tokens_of
from promptc.cli.terminal import counted
from promptc.core.outline import ROLE, Hole

ROWS_MAX = 240


def show_rows(rows: Sequence[Row], changed: Iterable[str]) -> Html:
    """Rows as a block; `changed` are the holes whose own value changed."""
    names = frozenset(changed)
    shown = [_row(row, names) for row in rows[:ROWS_MAX]]
    if rest := rows[ROWS_MAX:]:
        shown.append(
            tag("p", text(f"{counted(len(rest), 'more line')} left out here; the JSON form has all"), class_="note")
        )
    return tag("div", *shown, class_="diff")


def _row(row: Row, changed: frozenset[str]) -> Html:
    if row.is_same:
        line = _marked(tokens_of(row.before or ()), frozenset())
        # The second is for the eye alone: side by side it fills the other column.
        again = tag("span", line, class_="line again", aria_hidden="true")
        return tag("div", tag("span", line, class_="line"), again, class_="row same")
    blank = tag("span", class_="line blank")
    if row.after is None:
        return tag("div", _side("del", _marked(tokens_of(row.before or ()), frozenset())), blank, class_="row")
    if row.before is None:
        return tag("div", blank, _side("ins", _marked(tokens_of(row.after), frozenset())), class_="row")
    old, marks_old, new, marks_new = differing(row.before, row.after)
    return tag(
        "div", _side("del", _marked(old, changed, marks_old)), _side("ins", _marked(new, changed, marks_new)), class_="row"
    )  # fmt: skip


def _side(name: str, line: Html) -> Html:
    return tag(name, unseen("before: " if name == "del" else "after: "), line, class_="line")


def _marked(cut: Cut, changed: frozenset[str], marks: Marks = NO_MARKS) -> Html:
    tokens = cut.tokens
    parts: list[Html] = []
    at = 0
    while at < len(tokens):
        end = at + 1
        while end < len(tokens) and (end in marks) == (at in marks):
            end += 1
        run = joined(_shown(tokens[at:end], changed))
        blanks = None if any(map(is_word, tokens[at:end])) else "blanks"
        parts.append(tag("mark", run, class_=blanks) if at in marks else run)
        at = end
    if cut.left or cut.rest:
        said = (
            f"{counted(cut.length, 'character')} in this line; {cut.left:,} before and {cut.rest:,} after are left out"
        )
        parts.append(tag("span", text(said), class_="note"))
    if _is_role(cut):
        return tag("span", *parts, class_="role")
    return joined(parts)


def _is_role(cut: Cut) -> bool:
    return not cut.left and "".join(t for t in cut.tokens[:3] if not isinstance(t, Hole)).startswith(ROLE)


def _shown(tokens: Sequence[Token], changed: frozenset[str]) -> Iterator[Html]:
    held: list[str] = []
    for token in tokens:
        if isinstance(token, Hole):
            yield text("".join(held))
            held = []
            yield tag(
                "span", text(f"{{{short(token.name)}}}"), class_="hole changed" if token.name in changed else "hole"
            )
        else:
            held.append(token)
    yield text("".join(held))
