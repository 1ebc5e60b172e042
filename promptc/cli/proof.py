"""What `promptc check --why-no-leak` shows: each piece of a compiled prompt, where it came from, and whose that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promptc.driver.proof import Piece, Proof

_WHOSE = {
    "shared": "shared", "own": "own", "consent": "shared by consent of", "foreign": "ANOTHER TENANT'S:", "request": "filled in by requests",
}  # fmt: skip


def show_proof(proof: Proof, form: str) -> int:
    """Show it; 3 where it doesn't compile, 1 where a piece is another tenant's."""
    from promptc.cli.findings import finding_json, show_findings
    from promptc.cli.terminal import counted, out, out_json

    if form == "json":
        out_json({
            "target": proof.target, "digest": proof.digest, "proven": bool(proof.digest) and not proof.foreign,
            "pieces": [_json(piece) for piece in proof.pieces], "beside": [_json(piece) for piece in proof.beside],
            "findings": [finding_json(finding) for finding in proof.findings],
        })  # fmt: skip
    else:
        show_findings(proof.findings)
        if proof.digest:
            out(f"{proof.target}  {proof.digest}")
            for line in _lines(proof):
                out(line)
            count = counted(len(proof.pieces), "piece")
            out(f"{len(proof.foreign)} of another tenant" if proof.foreign else f"{count}, none of another tenant")
    return 3 if not proof.digest else 1 if proof.foreign else 0


def _lines(proof: Proof) -> list[str]:
    from promptc.core.visible import visible_line

    rows = []
    for piece in (*proof.pieces, *proof.beside):
        first, last = piece.lines
        where = f"message {piece.message}, " + (f"line {first}" if first == last else f"lines {first}-{last}") if piece.message else "chain"
        rows.append((where, visible_line(piece.place or "-"), visible_line(piece.by or "-"), _whose(piece)))
    widths = [max((len(row[n]) for row in rows), default=0) for n in range(3)]
    return ["  " + "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows]


def _whose(piece: Piece) -> str:
    said = _WHOSE[piece.whose]
    return f"{said} {piece.owner}" if piece.whose in ("consent", "foreign") else said


def _json(piece: Piece) -> dict[str, object]:
    return {
        "message": piece.message, "lines": list(piece.lines), "place": piece.place, "by": piece.by, "whose": piece.whose,
        "owner": piece.owner,
    }  # fmt: skip
