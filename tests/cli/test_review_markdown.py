"""The comment on a pull request: what always stands, its size, and that GitHub's own parser finds nothing alive in it."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from promptc.cli.markdown_text import common_length, diff_line, fenced, inert, size, span, window
from promptc.cli.review_markdown import CHARACTERS_MAX, MARKER, comment
from promptc.core.review import Cause, Example, Listed
from tests.cli.markdown_world import group, hostile, huge, moment, review, targets, usual

CANARY = "Ω"
TAGS = {
    "details",
    "summary",
    "b",
    "p",
    "code",
    "pre",
    "h3",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "ul",
    "li",
    "strong",
    "em",
}
ATTRIBUTES = {("details", "open"), ("pre", "lang"), ("td", "align"), ("th", "align")}
# What GitHub makes alive after the Markdown was parsed, in all text that isn't code.
ALIVE = re.compile(r"@\w|(?<!\w)#\d|GH-\d|https?:|www\.|:\w+:|\$|\b[0-9a-f]{7,40}\b")


class Page(HTMLParser):
    """The HTML that GitHub's parser gives: every tag and comment, the text outside of code and that in it."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.comments: list[str] = []
        self.wrong: list[str] = []
        self.text: list[str] = []
        self.code: list[str] = []
        # GITHUB_PRE_LANG gives fences the attribute that GitHub's pages have; UNSAFE keeps raw HTML, to be looked at here.
        options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_GITHUB_PRE_LANG | Options.CMARK_OPT_FOOTNOTES
        self.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, options))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag not in TAGS or any((tag, name) not in ATTRIBUTES for name, _ in attrs):
            self.wrong.append(self.get_starttag_text() or tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> without its beginning")

    def handle_data(self, data: str) -> None:
        (self.code if {"code", "pre"} & set(self.open) else self.text).append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(decl)

    def handle_pi(self, data: str) -> None:
        self.wrong.append(data)


def assert_inert(markdown: str) -> Page:
    page = Page(markdown)
    assert page.wrong == []
    assert page.open == []
    assert page.comments == [" promptc:review "]
    text = "".join(page.text)
    assert CANARY not in text
    assert not ALIVE.search(text)
    for line in markdown.split("\n"):
        # Also where somebody prints it into the log of a workflow.
        assert "##[" not in line
        assert not line.lstrip().startswith("::")
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]", markdown
    )
    return page


PIECES = [
    "`", "``", "```", "```diff\n", "\n```\n", "~~~", "`" * 9, "`" * 90, "`" * 300, "@octocat", "#1", "GH-1", "octo/cat#1",
    "0123456789abcdef0123456789abcdef01234567", "https://evil.example/", "www.evil.example", "a@evil.example",
    "<https://e.example>", "[a](https://e.example)", "![a](https://e.example/x.png)", "[a]: https://e.example", "[^1]",
    "<img src=x onerror=alert(1)>", "<script>", "</code>", "</pre>", "</details>", "</summary>", "<!--", "-->", "<![CDATA[", "<?x",
    "&lt;", "&#64;octocat", "&amp;", "$x$", "$`x`$", "$$", ":tada:", "::error::x", "::set-output name=a::b", "##[error]x", "##[",
    "\n", "\n\n", "\r\n", "\r", "\t", "    ", " ", "\n> ", "\n- [x] ", "\n1. ", "\n# ", "\n===\n", "\n---\n", "|", "\\|", "\\", "\\`",
    "*", "**", "_", "~~", "\x1b[31m", "\x9b31m", "\x07", "\x00", "\x08", "\u202e", "\u2066", "\u2028", "\x85", "\ufeff", "\ud800",
    "\U000e0041", "\u200b", "\u00a0", "{", "}", '"', "'", "<", ">", "&", "x" * 500, "\U0001f600" * 50,
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8).map("".join)


@given(TEXTS)
@example("")
@example(" ")
@example("`" * 85)
@example("\n\n</details>\n\n@octocat")
@example("::error::x")
@example("  ::error::x")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_that_a_project_says_is_alive(text: str) -> None:
    assert_inert(comment(hostile(f"{text}{CANARY}{text}")))
    assert_inert(comment(hostile(f"{CANARY}{text}")))


@given(TEXTS, st.integers(0, 9_000))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_size_is_exceeded_and_none_breaks_it(text: str, characters_max: int) -> None:
    made = comment(hostile(f"{text}{CANARY}"), characters_max=characters_max)
    assert size(made) <= characters_max
    if MARKER in made:
        assert_inert(made)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_a_span_shows_the_text_itself(text: str) -> None:
    shown = inert(text)
    if len(text) <= 120 and shown:
        page = Page(f"- {span(text)} x")
        # Of spaces at the ends, HTML shows none; but none is taken that is not doubled.
        assert "".join(page.code) == shown if shown.strip(" ") else not page.wrong


@given(st.lists(st.tuples(st.sampled_from("-+! "), TEXTS), max_size=6))
@example([(" ", "```"), ("+", "x")])
@example([(" ", "````````"), ("+", "x")])
@example([(" ", "`" * 300), ("+", "x")])
@settings(max_examples=100, deadline=None)
def test_a_fence_shows_its_lines_and_ends_where_it_ends(lines: list[tuple[str, str]]) -> None:
    made = [diff_line(sign, text) for sign, text in lines]
    page = Page(f"{fenced(made)}\n\nafter")
    assert "".join(page.code) == "".join(f"{line}\n" for line in made)
    assert "".join(page.text).strip() == "after"


def test_the_first_screen_names_the_odd_ones() -> None:
    first = comment(usual()).split("<details>")[0]
    assert len(first) < 1_500
    for wanted in ("globex/reply", "initech/reply", "umbrella/reply", "tenants/globex.yaml:7", "| interface | 1 | 1 |"):
        assert wanted in first
    assert "10,000 changed" in first
    assert "**1 removed**, 10,000 unchanged" in first


def test_the_usual_comment() -> None:
    made = comment(usual())
    assert_inert(made)
    for wanted in (
        "`banned_words` `guarantee` → `guarantee, forever`",
        "! Never use these words: {banned_words}.",
        "- Answer in a {tone} tone.\n+ Answer briefly, in a {tone} tone.",
        "same change, other values (14 variants)",
        "`plan=pro`: 9,997",
        "tokens 410,000 → 450,000",
        "**9,997 targets** lose a prefix that a provider may have cached; tokens by `o200k_base`; plan `sha256:bbbb",
        "- `sources/prompts/reply.prompt.j2:4`: group 4\n- `sources/fragments/legal.j2:2`: changes no artifact",
        "**1 override became stale** (`growth`: 1)",
        "error `O104` `tenants/acme.yaml:4:10` `` unknown layer `industry/helthcare` `` hint: ``did you mean `industry/healthcare`?``",
        "**1 target gone**\n\n- `reply`: 1 (`hooli/reply`)",
    ):
        assert wanted in made, wanted
    assert "left out" not in made


def test_what_could_not_be_compiled_is_the_first_line() -> None:
    broken = ("acme/reply", "acme/triage", "globex/reply", "initech/reply")
    made = comment(replace(usual(), head=moment("the working tree", not_compiled=broken)))
    first = made.split("\n")[0]
    assert first.startswith(f"{MARKER}<b>⚠ 4 targets could not be compiled")
    assert "<code>acme/reply</code>" in first
    assert "and 1 more" in first
    nothing = comment(review(base=moment("main", not_compiled=("a/b",))))
    assert "of what compiled, nothing that is served differs" in nothing
    assert "1 target could not be compiled" in nothing.split("\n")[0]


def test_nothing_differs() -> None:
    made = comment(review())
    assert "### promptc: nothing that is served differs" in made
    assert "| change |" not in made


def test_a_toolchain_is_its_own_class() -> None:
    upgrade = Cause("toolchain", "promptc", "", "0.1.0", "0.2.0")
    made = comment(review(targets("a/b", "c/d"), (group(1, (0, 1), causes=(upgrade,)),), toolchain=(upgrade,)))
    assert "| text | 2 | 1 |\n| *of these by the toolchain* | 2 | 1 |" in made
    assert "**The toolchain is another one**\n\n- toolchain `promptc`: `0.1.0` → `0.2.0`" in made


def test_what_compiled_before_is_said() -> None:
    made = comment(review(broken=(Listed("reply", 7, ("a/reply", "b/reply")),)))
    assert "7 targets compile no more" in made
    assert "- `reply`: 7 (`a/reply`, `b/reply` and 5 more)" in made


@pytest.mark.parametrize("characters", [5, 1_000_000])
def test_very_much_is_short_and_fast(characters: int) -> None:
    large = huge(100_000 if characters == 5 else 500, characters=characters)
    began = time.process_time()
    made = comment(large)
    assert time.process_time() - began < 5
    assert CHARACTERS_MAX * 0.8 < size(made) <= CHARACTERS_MAX
    counts = re.search(
        r"bodies of ([\d,]+) of ([\d,]+) groups are left out here, and ([\d,]+) of them are not listed", made
    )
    assert counts is not None
    left_out, total, unlisted = (int(count.replace(",", "")) for count in counts.groups())
    assert total == len(large.groups)
    assert made.count("<details>") == total - left_out
    assert made.count("<details>") + len(re.findall("^<p>", made, re.M)) == total - unlisted
    assert f"{len(large.targets):,} changed" in made
    # Where lines are long, what is shown is where they differ.
    assert f"+ {'…' if characters > 300 else ''}x" in made
    assert re.search(r"^\+ .*xb", made, re.M)


def test_every_limit_holds_and_no_total_is_cut() -> None:
    large = huge(50, characters=100)
    for characters_max in range(0, 3_000, 7):
        made = comment(large, characters_max=characters_max)
        assert size(made) <= characters_max
        if characters_max > 100:
            assert "60 changed" in made
            assert "19,940 unchanged" in made


def test_bodies_come_in_the_order_of_the_groups() -> None:
    made = comment(huge(50, characters=100), characters_max=9_000)
    numbers = [int(number) for number in re.findall(r"<(?:summary|p)>(\d+) ·", made)]
    assert numbers == sorted(numbers)
    assert made.index("<p>") > made.rindex("<details>")


def test_many_lines_of_one_group_leave_room_for_the_next() -> None:
    long = tuple((f"line {number}",) for number in range(5_000))
    groups = (group(1, tuple(range(9)), before=long, after=long[:100]), group(2, tuple(range(9))))
    made = comment(review(targets(*(f"t{n}/p" for n in range(9))), groups))
    assert "- … 4,960 more lines" in made
    assert "+ … 60 more lines" in made
    assert made.count("<details open>") == 2


def test_the_label_that_was_asked_for_comes_first() -> None:
    labels = (("plan", (("pro", 4),)), ("region", tuple((f"r{n}", 1) for n in range(8))))
    made = comment(review(targets("a/b"), (group(1, (0,), labels=labels),), by="region"))
    assert "`region=r7`: 1; `plan=pro`: 4" in made


def test_examples_show_how_long_values_differ() -> None:
    before, after = "a" * 5_000 + "old", "a" * 5_000 + "new"
    shown = group(1, (0,), changed=("x",), examples=(Example("a/b", {"x": (before, after)}),))
    made = comment(review(targets("a/b"), (shown,)))
    assert re.search(r"`x` `…a+old… \(5,003 characters\)` → `…a+new… \(5,003 characters\)`", made)


def test_spaces_are_seen_where_they_are_the_change() -> None:
    shown = group(1, (0,), change="whitespace", before=(("a  b ",),), after=(("a b",),))
    assert "- a··b·\n+ a·b\n" in comment(review(targets("a/b"), (shown,)))


def test_windows() -> None:
    assert common_length("abcd", "abxd") == 2
    assert common_length("", "x") == 0
    assert common_length("same", "same") == 4
    text = "x" * 1_000 + "HERE" + "y" * 1_000
    assert "HERE" in window(text, "x" * 1_000, characters_max=100)
    assert window("short", "", characters_max=100) == "short"
