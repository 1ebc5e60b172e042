"""The HTML form of a review: every count is in it, foreign text is only text, and it is one file of bounded size."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from promptc.cli.pages.data import data_of
from promptc.cli.pages.markup import tag, text
from promptc.cli.pages.rows import rows_of
from promptc.cli.pages.words import LINE_CHARACTERS_MAX, differing
from promptc.cli.review_html import page
from promptc.core.review import Group, Review, shown_line
from tests.cli import review_world
from tests.cli.review_world import everyday, line, made, make_review

MEGABYTES = 1024 * 1024


class Seen(HTMLParser):
    """What a browser would make of a page: elements with attributes, and the text outside of scripts and styles."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.words: list[str] = []
        self._inside = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag if tag in self.raw else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        (self.raw[self._inside] if self._inside else self.words).append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    @property
    def data(self) -> Any:
        return json.loads(self.raw["script"][0])

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]


def totals(source: str) -> dict[str, str]:
    return dict(re.findall(r'data-total="([^"]+)"><dt>[^<]*</dt><dd><b>([\d,]+)</b>', source))


# What stands in it


def test_every_count_stands_there() -> None:
    source = page(everyday())
    wanted = {"changed": "1,238", "added": "2", "removed": "1", "unchanged": "3,806", "not compiled": "2"}
    assert totals(source) == wanted
    classes = dict(re.findall(r'data-class-total="(\w+)">.*?<b>([\d,]+)</b>', source))
    assert classes == {"interface": "620", "model": "207", "text": "1,240", "whitespace": "620"}
    seen = Seen(source)
    assert (
        "1,238 targets change, 2 are new, 1 goes, 2 breakfor 620 tenants; 3,806 others stay byte for byte the same"
        in seen.text
    )
    assert "+37,234" in seen.text
    assert everyday().digest in seen.text
    for said in ("1 override went stale", "1 new finding", "1 edit changes no artifact", "2 of them compiled before"):
        assert said in seen.text


def test_what_could_not_be_compiled_is_said_where_nothing_differs() -> None:
    lost = make_review(targets=(), head=review_world.everyday().head)
    seen = Seen(page(lost))
    assert "Nothing differs in what could be compiled" in seen.text
    assert "2 could not be compiled: what they would be is not known" in seen.text
    assert "globex-001/agent" in seen.text
    assert "Nothing that is served differs" in Seen(page(review_world.quiet())).text


def test_groups_keep_their_order_and_say_whom_they_reach() -> None:
    review = everyday()
    seen = Seen(page(review))
    assert [a["data-number"] for a in seen.named("details") if "data-number" in a] == ["1", "2", "3", "4", "5", "6"]
    assert [group.is_odd for group in review.groups] == [True, True, False, False, False, False]
    for said in (
        "identical in all",
        "same change, 31 variants by value",
        "one target",
        "only 1 tenant",
        "prompt cache lost for 620",
    ):
        assert said in seen.text
    for place in ("sources/fragments/refunds.j2:7", "tenants/layers/base.yaml:11", "tenants/umbrella-154.yaml:14"):
        assert place in seen.text


def test_edits_lead_to_their_groups() -> None:
    source = page(everyday())
    assert re.search(r'refunds\.j2:7–8</code> </td><td><a href="#g4"', source)
    assert re.search(r"wording\.j2:2</code> .*?changes no artifact</span> <span[^>]*>only a comment went", source)


def test_holes_are_set_apart_from_text_that_looks_like_one() -> None:
    group = made(1, "Hi {product} and you", "Dear {product} and you", targets=range(4))
    source = page(make_review(group))
    assert source.count('<span class="hole">{product}</span>') == 2
    plain = Group(**{**_fields(group), "before": (("Hi {product}",),), "after": (("Dear {product}",),)})
    assert '<span class="hole">' not in page(make_review(plain))


def _fields(group: Group) -> dict[str, Any]:
    return {name: getattr(group, name) for name in Group.__dataclass_fields__}


def test_words_that_differ_are_marked() -> None:
    old, marks_old, new, marks_new = differing(
        line("Refunds within 30 days of {product}."), line("Refunds within 14 days of {product}.")
    )
    assert [old.tokens[at] for at in sorted(marks_old)] == ["30"]
    assert [new.tokens[at] for at in sorted(marks_new)] == ["14"]
    assert differing(line("Answer politely and briefly."), line("Escalate every billing issue!"))[1] == frozenset()


def test_lines_stand_beside_what_they_became() -> None:
    group = made(1, "alpha beta gamma\nfirst of all", "something else entirely new\nalpha beta delta", targets=[0])
    pairs = [(r.before and shown_line(r.before), r.after and shown_line(r.after)) for r in rows_of(group)]
    assert ("alpha beta gamma", "alpha beta delta") in pairs
    assert sorted(filter(None, (before for before, _ in pairs))) == ["alpha beta gamma", "first of all"]
    assert sorted(filter(None, (after for _, after in pairs))) == ["alpha beta delta", "something else entirely new"]


def test_another_value_of_the_same_line_is_a_change() -> None:
    group = made(
        1,
        "Hi {product}\nAnswer in {language}.",
        "Hi {product}\nAnswer in {language}.",
        targets=[0],
        changed=("language",),
    )
    assert [row.is_same for row in rows_of(group)] == [True, False]
    source = page(make_review(group))
    assert source.count('<span class="hole changed">{language}</span>') == 2


def test_a_long_line_is_cut_around_its_difference() -> None:
    long = "word " * 200_000
    source = page(make_review(made(1, f"{long}old end", f"{long}new end", targets=[0])))
    seen = Seen(source)
    assert "1,000,007 characters in this line" in seen.text
    assert "<mark>old</mark>" in source
    assert "<mark>new</mark>" in source
    assert len(source) < 60_000 + 8 * LINE_CHARACTERS_MAX


# Foreign text is only text


def test_hostile_text_makes_no_element() -> None:
    source = page(review_world.hostile())
    seen = Seen(source)
    calm = {name for name, _ in Seen(page(everyday())).elements}
    assert {name for name, _ in seen.elements} <= calm | {"i"}
    assert len(seen.named("script")) == 2
    assert len(seen.named("style")) == 1
    for _, attributes in seen.elements:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc", "action")
        ]
        assert (attributes.get("href") or "#").startswith("#")
    for piece in (review_world.RUNS, "@everyone", "&lt;b&gt; &amp;amp;"):
        assert piece in seen.text


def test_nothing_reorders_or_hides_text() -> None:
    source = page(review_world.hostile())
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff\U000e0041]", source
    )
    assert '<span class="control">\\u{202E}</span>' in source
    assert '<span class="control">\\x1b</span>' in source
    assert text("a\\x1bb") == "a\\x1bb"  # what only spells the same is not set apart
    assert tag("p", title='"><b>\u202e') == '<p title="&quot;&gt;&lt;b&gt;\\u{202E}"></p>'


def test_data_of_the_script_can_not_end_it() -> None:
    source = page(review_world.hostile())
    held = re.search(r'<script type="application/json" id="data">(.*?)</script>', source, re.DOTALL)
    assert held is not None
    assert not re.search("[<>&]", held[1])
    assert held[1].isascii()
    assert any("</script>" in tenant for tenant in json.loads(held[1])["tenants"])


def test_the_policy_names_what_stands_there_and_nothing_else() -> None:
    source = page(everyday())
    seen = Seen(source)
    (policy,) = [str(m["content"]) for m in seen.named("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == hashed("".join(seen.raw["script"][1:]))
    assert rules["style-src"] == hashed("".join(seen.raw["style"]))
    assert "unsafe" not in policy
    assert not re.search(r"(?:src|href)=.?https?:", source)


def hashed(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


# Bytes


def test_the_same_review_gives_the_same_bytes(tmp_path: Path) -> None:
    program = "from tests.cli.review_world import *; from promptc.cli.review_html import page; import hashlib;"
    program += "print(hashlib.sha256((page(everyday()) + page(hostile())).encode()).hexdigest())"
    root = Path(__file__).parents[2]
    found = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=root, env={"PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone}, check=True,
            capture_output=True, text=True,
        ).stdout
        for seed, locale, zone in (("1", "C", "UTC"), ("2", "C.UTF-8", "Asia/Seoul"))
    }  # fmt: skip
    assert len(found) == 1


def test_a_hundred_thousand_targets_fit() -> None:
    review = review_world.huge()
    began = time.monotonic()
    source = page(review)
    assert time.monotonic() - began < 30
    assert len(source.encode()) < 2 * MEGABYTES
    assert totals(source)["changed"] == "100,000"
    assert numbers_of(Seen(source).data["groups"][0]["targets"]) == list(review.groups[0].targets)


@pytest.mark.parametrize("count", [0, 1, 9, 5_000])
def test_targets_are_numbers_that_come_back(count: int) -> None:
    review = make_review(made(1, "a", "b", targets=range(0, count, 3)), made(2, "a", "c", targets=range(count)))
    data = data_of(review, review.groups)
    assert [numbers_of(group["targets"]) for group in data["groups"]] == [list(range(0, count, 3)), list(range(count))]
    spread = [f"{data['tenants'][at]}/{data['prompts'][n]}" for at, own in enumerate(data["of"]) for n in own]
    assert spread == [f"{change.tenant}/{change.prompt}" for change in review.targets]


def numbers_of(said: list[int] | str) -> list[int]:
    """What the script makes of a group's targets."""
    if isinstance(said, str):
        bits = base64.b64decode(said)
        return [at for at in range(len(bits) * 8) if bits[at >> 3] >> (at & 7) & 1]
    found, at = [], 0
    for step in said:
        at += step
        found.append(at)
    return found


def test_of_very_many_groups_the_rest_is_counted() -> None:
    review = review_world.scattered(5_000)
    source = page(review)
    assert len(source.encode()) < 4 * MEGABYTES
    assert "4,400 more groups for 4,400 targets (4,400 text) counted above but not shown" in Seen(source).text
    assert len(Seen(source).data["groups"]) == 5_000


def test_bodies_are_left_out_before_a_page_grows_too_large() -> None:
    words = "\n".join(f"line {at} " + "word " * 300 for at in range(200))
    review: Review = make_review(
        *(made(n, words, words.replace("word", f"other{n}"), targets=[n]) for n in range(1, 31))
    )
    source = page(review)
    assert len(source.encode()) < 10 * MEGABYTES
    assert "is left out to keep this page small" in source
    assert totals(source)["changed"] == f"{len(review.targets):,}"


def test_the_assets_are_installed_with_the_package() -> None:
    root = Path(__file__).parents[2]
    assets = root / "promptc" / "cli" / "assets"
    assert sorted(path.name for path in assets.iterdir()) == ["cost.css", "review.css", "review.js"]
    for path in assets.iterdir():
        content = path.read_text()
        assert "</" not in content
        assert "<!--" not in content
        assert "http" not in content
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|@import|url\(", content
        )
