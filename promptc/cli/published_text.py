"""Published text: what `vendor` and `export-static` wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promptc.driver.release.publishing import Published


def show_published(done: Published, folder: str, form: str) -> None:
    """A sentence and the figures, or all of it as data."""
    from promptc.cli.gc import size_text
    from promptc.cli.terminal import columns, counted, out, out_json
    from promptc.core.visible import visible_line

    if form == "json":
        out_json(
            {
                "folder": folder, "heads": done.heads, "targets": done.targets, "blobs": done.blobs, "bytes": done.blob_bytes,
                "small_files": done.small, "unchanged": done.same,
            }
        )  # fmt: skip
        return
    out(f"{visible_line(folder)} holds {', '.join(map(visible_line, done.heads)) or 'no channel'}")
    rows = [
        ["targets", f"{done.targets:,}"],
        ["written", f"{counted(done.blobs, 'blob')} ({size_text(done.blob_bytes)}), {counted(done.small, 'other file')}"],
        ["unchanged", counted(done.same, "file")],
    ]
    for line in columns(rows, indent="  "):
        out(line)
