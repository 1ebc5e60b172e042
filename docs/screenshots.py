"""The pictures of the README: pages that promptc made of the example in this repository, as Chromium shows them.

    python docs/screenshots.py

Edits a clone of the example, compares it with what is committed (`promptc diff main --format html`), and writes
docs/images/review.png and review-dark.png. Needs Chromium, as `pytest -m browser` does.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT, PIXELS = 1440, 1080, 1.5
sys.path.insert(0, str(ROOT))

# What somebody might change on one day: a wording for all, a tool's limit, a model's settings, and one tenant's own tone.
EDITS = (
    (
        "sources/fragments/tone.j2",
        "Begin with the answer or the next step. Put background after it, or leave it out.",
        "Begin with the answer, then name the next step and who takes it. Leave background out.",
    ),
    ("sources/tools/apply_credit.yaml", "exclusiveMinimum: 0,", "exclusiveMinimum: 0, maximum: 200,"),
    ("sources/models.yaml", "reasoning: medium", "reasoning: high"),
    ("tenants/indie-notes.yaml", "  product: Indie Notes\n", "  product: Indie Notes\n  tone: warm\n"),
)


def main() -> int:
    """Make them all."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = review_page(Path(folder))
        for scheme, name in (("light", "review.png"), ("dark", "review-dark.png")):
            picture = picture_of(page, scheme)
            (IMAGES / name).write_bytes(picture)
            sys.stdout.write(f"docs/images/{name}: {len(picture):,} bytes\n")
    return 0


def review_page(folder: Path) -> Path:
    """The page of the example's review."""
    clone, page = folder / "example", folder / "review.html"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True)
    subprocess.run(["git", "switch", "--quiet", "-C", "main"], cwd=clone, check=True)
    for name, old, new in EDITS:
        text = (clone / name).read_text()
        if old not in text:
            raise SystemExit(
                f"{name} does not say `{old.strip()}` any more: choose another edit in docs/screenshots.py"
            )
        (clone / name).write_text(text.replace(old, new))
    command = [sys.executable, "-P", "-m", "promptc", "diff", "main", "--format", "html", "--output", str(page)]
    # -P: what runs is the promptc of this environment, and not the clone's.
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True)
    if not page.exists():
        raise SystemExit(f"promptc diff gave no page (exit code {done.returncode}):\n{done.stderr}")
    return page


def picture_of(page: Path, scheme: str) -> bytes:
    """What stands in the window when the page is opened."""
    from tests.browser.chromium import Chromium, Trap

    chromium = Chromium(page.parent / scheme, Trap())
    try:
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": PIXELS, "mobile": False}
        chromium.say("Emulation.setDeviceMetricsOverride", **size)
        chromium.say("Emulation.setScrollbarsHidden", hidden=True)
        chromium.say("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        chromium.open_review(page)
        data: str = chromium.say("Page.captureScreenshot", format="png")["data"]
    finally:
        chromium.close()
    return base64.b64decode(data)


if __name__ == "__main__":
    sys.exit(main())
