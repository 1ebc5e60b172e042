"""`promptc plant`: a copy of the project in which each tenant's texts carry a marker, for a test build."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import format_option


@click.command("plant", cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path())
@format_option("text", "json")
def command(folder: str, form: str) -> int:
    """Write a copy of the project into DIR, a new folder, in which each tenant's texts carry that tenant's marker.

    Build it, diff it, serve it, break it on purpose; then `promptc check --markers DIR OTHER…` says whether a marker of one
    tenant stands in what another is served, or in a log, a page or a cache that is nobody's.
    """
    from promptc.cli.terminal import counted, out, out_json
    from promptc.core.visible import visible_line
    from promptc.driver.planting import plant

    planted = plant(start_folder(), folder)
    if form == "json":
        out_json({"folder": planted.folder, "tenants": planted.tenants, "bare": list(planted.bare)})
        return 0
    out(f"planted {counted(planted.tenants, 'tenant')} in {visible_line(planted.folder)}")
    if planted.bare:
        shown = ", ".join(map(visible_line, planted.bare[:6]))
        more = f" and {len(planted.bare) - 6} more" if len(planted.bare) > 6 else ""
        out(f"without a text of their own, and so without a marker: {shown}{more}")
    return 0
