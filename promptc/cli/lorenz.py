"""Lorenz: how unevenly cost is spread over tenants, as a picture: SVG by hand, PNG of it with an extra.

    Concentration -> [lorenz] -> SVG for the page and for files, PNG

The same numbers give the same bytes. The door of resvg_py.
"""

from __future__ import annotations

from promptc.cli.pages.markup import Html, text
from promptc.core.concentration import Concentration
from promptc.core.errors import PromptcError

SIDE = 320
LEFT, TOP, RIGHT, BOTTOM = 56, 40, 20, 52
WIDTH, HEIGHT = LEFT + SIDE + RIGHT, TOP + SIDE + BOTTOM
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
FONT = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', 'Liberation Sans', Arial, sans-serif"
# For a file of its own, which no style sheet reaches.
COLOURS = {"back": "#ffffff", "line": "#d5d9e0", "ink": "#14181f", "soft": "#626c7b", "curve": "#3547c9", "area": "#eceefc"}
VARIABLES = {
    "back": "none", "line": "var(--line)", "ink": "var(--ink)", "soft": "var(--faint)", "curve": "var(--accent)",
    "area": "var(--accent-back)",
}  # fmt: skip
PNG_ZOOM = 2.0


def svg(found: Concentration, title: str, *, colours: dict[str, str] = COLOURS) -> Html:
    """The curve under the line that equal shares would be, with what the few largest have."""
    ink = colours
    points = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in found.lorenz)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="{FONT}" font-size="11">',
        f"<title>{text(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{ink["back"]}"/>',
        _text((LEFT, 18), title, ink["ink"], "start", size=13),
        _text((LEFT, 32), said_of(found), ink["soft"], "start"),
        *(_grid(tick, ink) for tick in TICKS),
        f'<polygon points="{_x(0):.1f},{_y(0):.1f} {points} {_x(1):.1f},{_y(1):.1f}" fill="{ink["area"]}"/>',
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="{ink["soft"]}" stroke-dasharray="4 4"/>',
        f'<polyline points="{points}" fill="none" stroke="{ink["curve"]}" stroke-width="2" stroke-linejoin="round"/>',
        _text((_x(0.48), _y(0.55)), "if all cost the same", ink["soft"], "end"),
        *_marked(found, ink),
        _text((LEFT + SIDE / 2, HEIGHT - 12), "share of tenants, the cheapest first", ink["soft"], "middle"),
        f'<g transform="rotate(-90 14 {TOP + SIDE / 2})">{_text((14, TOP + SIDE / 2), "share of the cost", ink["soft"], "middle")}</g>',
        "</svg>\n",
    ]
    return Html("".join(parts))


def said_of(found: Concentration) -> str:
    """The picture in words."""
    return f"{found.count:,} tenants, Gini {found.gini:.3f}"


def picture(found: Concentration, usage: str, form: str) -> bytes:
    """The picture as a file. PromptcError X008 where PNG's extra is missing."""
    made = svg(found, "Who makes up the cost")
    if form == "svg":
        return made.encode()
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise PromptcError(
            "X008", "no PNG can be made: the extra `cost` is not installed",
            hint="pip install 'promptc-build[cost]', or take `--format svg`",
        ) from None  # fmt: skip
    return bytes(svg_to_bytes(svg_string=made, zoom=PNG_ZOOM, sans_serif_family="DejaVu Sans"))


def _x(share: float) -> float:
    return round(LEFT + share * SIDE, 1)


def _y(share: float) -> float:
    return round(TOP + (1 - share) * SIDE, 1)


def _grid(tick: float, ink: dict[str, str]) -> str:
    return (
        f'<line x1="{_x(0)}" y1="{_y(tick)}" x2="{_x(1)}" y2="{_y(tick)}" stroke="{ink["line"]}"/>'
        f'<line x1="{_x(tick)}" y1="{_y(0)}" x2="{_x(tick)}" y2="{_y(1)}" stroke="{ink["line"]}"/>'
        + _text((_x(0) - 6, _y(tick) + 4), f"{tick:.0%}", ink["soft"], "end")
        + _text((_x(tick), _y(0) + 16), f"{tick:.0%}", ink["soft"], "middle")
    )


def _marked(found: Concentration, ink: dict[str, str]) -> list[str]:
    """Where the largest begin, each with a dot and what they have, written to the left of the curve's steep end."""
    made = []
    for number, (share, many, part) in enumerate(found.tops):
        if number and many == found.tops[number - 1][1]:
            continue
        x, y = _x(1 - many / found.count), _y(1 - part)
        made.append(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{ink["curve"]}"/>')
        made.append(_text((x - 8, y - 6), f"top {share * 100:g} %: {part:.0%}", ink["ink"], "end"))
    return made


def _text(at: tuple[float, float], words: str, fill: str, anchor: str, *, size: int = 11) -> str:
    x, y = at
    return f'<text x="{x:g}" y="{y:g}" fill="{fill}" text-anchor="{anchor}" font-size="{size}">{text(words)}</text>'
