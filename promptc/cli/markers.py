"""What `promptc check --markers` shows: each foreign marker with where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promptc.driver.markers import Searched

SHOWN_MAX = 200


def show_markers(searched: Searched, form: str) -> int:
    """Show them; 1 where there is one."""
    from promptc.cli.terminal import counted, out, out_json
    from promptc.core.visible import visible_line

    if form == "json":
        foreign = [{"where": one.where, "line": one.line, "owner": one.owner} for one in searched.foreign]
        out_json({"foreign": foreign, "artifacts": searched.artifacts, "files": searched.files, "markers": searched.markers})
        return 1 if searched.foreign else 0
    for one in searched.foreign[:SHOWN_MAX]:
        line = f":{one.line}" if one.line else ""
        out(f"{visible_line(one.where)}{line}: the marker of {visible_line(one.owner)}")
    if len(searched.foreign) > SHOWN_MAX:
        out(f"… and {len(searched.foreign) - SHOWN_MAX:,} more")
    looked = f"{counted(searched.artifacts, 'artifact')} and {counted(searched.files, 'file')} hold"
    out(f"{looked} {len(searched.foreign):,} foreign of {counted(searched.markers, 'marker')}")
    return 1 if searched.foreign else 0
