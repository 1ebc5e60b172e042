"""Tenants: the overlay files of a tree, each read by itself, and what they are together.

    files -> [tenants] -> overlays by name, findings

One broken overlay never stops the others. What one overlay is depends on its own bytes, the settings and the texts that
it reads; what needs all of them is in ids.py and signups.py, over light values. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from posixpath import basename
from typing import Literal

from promptc.compiler.project import Overlay, Settings
from promptc.compiler.schema.beside import Parsing, parsing_of, text_findings
from promptc.compiler.schema.few import few
from promptc.compiler.schema.ids import Entry, Register
from promptc.compiler.schema.names import is_tenant_id, look_alikes
from promptc.compiler.schema.nodes import Map, Node, Scalar
from promptc.compiler.schema.overlays import Reading, read_overlay, with_json_directives
from promptc.compiler.schema.signups import HEAD_BYTES, is_blank, lines_of, refused, signups_findings
from promptc.compiler.schema.unicode import decode_line, normalise
from promptc.compiler.schema.yaml import parse_yaml
from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding, Place

Role = Literal["layer", "tenant", "signups", "passed over", "text"]


@dataclass(frozen=True, slots=True)
class ParsedTenant:
    """One overlay, read by itself.

    `overlay` is None for a line of which no tenant can be made. `findings` are those of the overlay; what is wrong with
    the `texts` themselves, which `!file` read or asked for by project path, text_findings says. It is `fine` when none
    of its findings is an error.
    """

    overlay: Overlay | None
    findings: tuple[Finding, ...]
    fine: bool
    texts: tuple[str, ...]


@dataclass(slots=True)
class Overlays:
    """What the tenants folder holds."""

    layers: dict[str, Overlay] = field(default_factory=dict)
    tenants: dict[str, Overlay] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)


def role_of(path: str) -> Role:
    """What a file is by its path below the tenants folder; texts are read where an overlay names them."""
    overlay = path.endswith(".yaml")
    if path.startswith("layers/"):
        if overlay:
            return "layer"
        return "passed over" if path.endswith((".yml", ".json", ".jsonl")) else "text"
    if overlay:
        return "tenant"
    if path.endswith(".jsonl"):
        return "signups"
    return "passed over" if path.endswith((".yml", ".json")) else "text"


def passed_over(file: str) -> Finding:
    """The warning of a file that looks like an overlay and that nothing reads."""
    hint = "overlays are `.yaml` files, or lines of a `.jsonl`; rename it"
    return Finding("S015", "nothing reads this file", Place(file), "warning", hint=hint)


def id_of_file(file: str) -> str:
    """The id of the tenant whose overlay a .yaml file is."""
    return normalise(basename(file).removesuffix(".yaml"))


def layer_of_file(file: str, tenants: str) -> str:
    """The name of the layer that a file is."""
    return file.removeprefix(f"{tenants}/layers/").removesuffix(".yaml")


def parse_tenant(file: str, data: bytes, context: Parsing, *, line: int = 0) -> ParsedTenant:
    """One tenant from its file, or from one line of a .jsonl (lines_of cuts it)."""
    reading = Reading(file, context)
    overlay = _signup(data, line, reading) if line else _whole(id_of_file(file), "tenant", data, reading)
    if overlay is not None and not is_tenant_id(overlay.name):
        hint = "letters, digits and `_ - . @ + ~` inside"
        message = f"`{overlay.name[:80]}` can't be a tenant's id"
        reading.findings.append(Finding("S010", message, overlay.place, hint=hint))
    return _parsed(overlay, reading)


def parse_layer(file: str, data: bytes, context: Parsing) -> ParsedTenant:
    """One layer from its file."""
    reading = Reading(file, context)
    return _parsed(_whole(layer_of_file(file, context.tenants), "layer", data, reading), reading)


def entry_of(parsed: ParsedTenant) -> Entry | None:
    """What is asked of a tenant beside the others."""
    overlay = parsed.overlay
    return None if overlay is None else Entry(overlay.name, overlay.place, overlay.aliases, parsed.fine)


def _parsed(overlay: Overlay | None, reading: Reading) -> ParsedTenant:
    findings = reading.findings
    if not findings:
        return ParsedTenant(overlay, (), fine=overlay is not None, texts=tuple(reading.texts))
    fine = overlay is not None and not any(finding.is_error for finding in findings)
    return ParsedTenant(overlay, few(findings), fine, tuple(reading.texts))


def _whole(name: str, kind: Literal["layer", "tenant"], data: bytes, reading: Reading) -> Overlay:
    node, findings = parse_yaml(data, reading.file, policy=reading.context.policy)
    reading.findings += findings
    if node is None and not findings:
        hint = "write `{}` to say that it means to do nothing"
        message = f"the overlay of {kind} `{name[:80]}` is empty and does nothing"
        reading.findings.append(Finding("Y007", message, Place(reading.file, 1, 1), "warning", hint=hint))
    return read_overlay(name, kind, node, reading=reading)


def _signup(data: bytes, line: int, reading: Reading) -> Overlay | None:
    text, reading.findings[:] = decode_line(data, reading.file, line)
    if text is None:
        return None
    from promptc.compiler.schema.jsons import parse_json

    node, findings = parse_json(text, reading.file, line=line, policy=reading.context.policy)
    reading.findings += findings
    place = Place(reading.file, line, 1)
    if node is not None and not isinstance(node, Map):
        reading.findings.append(Finding("Y007", "a sign-up must be a JSON object", place))
    if not isinstance(node, Map):
        return None
    entry = node.entries.pop("id", None)
    if entry is None or not isinstance(entry[1], Scalar) or entry[1].value is not None:
        reading.findings.append(Finding("O002", "a sign-up must have an `id` that is text", place))
        return None
    # Without a `$`, also one that is spelled as an escape, no key can be a directive.
    said: Node = with_json_directives(node, reading) if "$" in text or "\\u0024" in text else node
    return read_overlay(entry[1].text, "tenant", said, reading=reading, line=line)


def read_overlays(tree: Mapping[str, bytes], settings: Settings) -> Overlays:
    """Every overlay of a tree."""
    return _read_below("", tree, parsing_of(settings, tree.get))


def read_layers(tree: Mapping[str, bytes], settings: Settings, read_text: Callable[[str], bytes | None]) -> Overlays:
    """The layers of a tree alone."""
    return _read_below("layers/", tree, parsing_of(settings, read_text))


def _read_below(folder: str, tree: Mapping[str, bytes], context: Parsing) -> Overlays:
    gathering = _Gathering(context)
    prefix = context.tenants + "/"
    for file in sorted(tree):
        if file.startswith(prefix + folder):
            gathering.read(file, role_of(file[len(prefix) :]), tree[file])
    return gathering.ended()


class _Gathering:
    """The overlays that were read so far, in the order of files."""

    def __init__(self, context: Parsing) -> None:
        self.context = context
        self.made = Overlays()
        self.register = Register(lambda text: text_findings(text, context))

    def read(self, file: str, role: Role, data: bytes) -> None:
        """Read the next file."""
        if role == "layer":
            self.made.findings += self._layer(file, data)
        elif role == "tenant":
            self.made.findings += self._tenant(parse_tenant(file, data, self.context))
        elif role == "signups":
            self.made.findings += self._signups(file, data)
        elif role == "passed over":
            self.made.findings.append(passed_over(file))

    def ended(self) -> Overlays:
        """All of them, with what is wrong with them beside each other."""
        made = self.made
        found, broken = self.register.judged()
        made.findings += found
        made.findings += look_alikes({name: layer.place for name, layer in made.layers.items()}, "layer")
        made.tenants = {name: overlay for name, overlay in sorted(made.tenants.items()) if name not in broken}
        made.broken |= {f"tenant:{name}" for name in broken}
        return made

    def _layer(self, file: str, data: bytes) -> tuple[Finding, ...]:
        parsed = parse_layer(file, data, self.context)
        if parsed.overlay is not None and parsed.fine:
            self.made.layers[parsed.overlay.name] = parsed.overlay
        else:
            self.made.broken.add(f"layer:{layer_of_file(file, self.context.tenants)}")
        return self.register.enter(None, parsed.findings, parsed.texts)

    def _tenant(self, parsed: ParsedTenant) -> tuple[Finding, ...]:
        if parsed.overlay is not None:
            self.made.tenants.setdefault(parsed.overlay.name, parsed.overlay)
        return self.register.enter(entry_of(parsed), parsed.findings, parsed.texts)

    def _signups(self, file: str, data: bytes) -> tuple[Finding, ...]:
        return refused(data[:HEAD_BYTES], len(data), file) or signups_findings(self._lines(file, data), file)[0]

    def _lines(self, file: str, data: bytes) -> Iterator[tuple[int, tuple[Finding, ...]]]:
        for number, line in lines_of(data):
            if not is_blank(line):
                yield number, self._tenant(parse_tenant(file, line, self.context, line=number))
