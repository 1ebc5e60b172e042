"""Write the table of docs/registry.md: what a client does when a server does something wrong. `python -m tests.runtime.write_faults`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.runtime.faulty_server import FAULTS, REQUESTS, Faulty, cell, published

PAGE = Path(__file__).parents[2] / "docs/registry.md"


def table(server: Faulty) -> str:
    """The table, with its mark above it."""
    lines = ["<!-- faults:begin -->", "| the server | " + " | ".join(REQUESTS) + " |", "|---|" + "---|" * len(REQUESTS)]
    lines += [f"| {fault} | " + " | ".join(cell(server, kind, fault) for kind in REQUESTS) + " |" for fault in FAULTS]
    return "\n".join(lines)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Faulty(published(Path(folder))) as server:
        page = PAGE.read_text()
        begin, end = page.index("<!-- faults:begin -->"), page.index("<!-- faults:end -->")
        PAGE.write_text(page[:begin] + table(server) + "\n" + page[end:])


if __name__ == "__main__":
    main()
