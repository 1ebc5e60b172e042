"""Tenants: every overlay file of a tree, layers by path and tenants by id.

    files -> [tenants] -> overlays by name, findings

One broken overlay never stops the others. Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from posixpath import basename

from promptc.compiler.project import Overlay, Settings
from promptc.compiler.schema.few import few
from promptc.compiler.schema.jsons import parse_json
from promptc.compiler.schema.names import is_tenant_id, look_alikes, relative_path
from promptc.compiler.schema.nodes import Map, Scalar
from promptc.compiler.schema.overlays import FileReader, Reading, read_overlay, with_json_directives
from promptc.compiler.schema.unicode import Policy, check_text, decode, normalise, policy_of
from promptc.compiler.schema.yaml import parse_yaml
from promptc.core.findings import Finding, Place

BROKEN_LINES_MAX = 1000


@dataclass(slots=True)
class Overlays:
    """What the tenants folder holds."""

    layers: dict[str, Overlay] = field(default_factory=dict)
    tenants: dict[str, Overlay] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)


def read_overlays(tree: Mapping[str, bytes], settings: Settings) -> Overlays:
    """Every overlay of a tree."""
    made = Overlays()
    prefix = settings.tenants + "/"
    read_file = _reader_of(tree, settings, made)
    policy = policy_of(settings)
    for file in sorted(tree):
        if not file.startswith(prefix):
            continue
        path = file[len(prefix) :]
        if path.startswith("layers/"):
            _read_layer(file, path.removeprefix("layers/"), tree[file], Reading(file, read_file, policy), made)
        elif path.endswith(".yaml"):
            _read_tenant(file, tree[file], Reading(file, read_file, policy), made)
        elif path.endswith(".jsonl"):
            _read_signups(file, tree[file], Reading(file, read_file, policy), made)
        elif path.endswith((".yml", ".json")):
            _passed_over(file, made)
    _same_ids(made)
    _alike(made)
    made.tenants = dict(sorted(made.tenants.items()))
    return made


def _passed_over(file: str, made: Overlays) -> None:
    hint = "overlays are `.yaml` files, or lines of a `.jsonl`; rename it"
    made.findings.append(Finding("S015", "nothing reads this file", Place(file), "warning", hint=hint))


def _read_layer(file: str, path: str, data: bytes, reading: Reading, made: Overlays) -> None:
    if not path.endswith(".yaml"):
        if path.endswith((".yml", ".json", ".jsonl")):
            _passed_over(file, made)
        return
    name = path.removesuffix(".yaml")
    overlay, fine = _read(name, "layer", data, reading)
    made.findings += few(reading.findings)
    made.layers[name] = overlay
    if not fine:
        made.broken.add(f"layer:{name}")


def _read_tenant(file: str, data: bytes, reading: Reading, made: Overlays) -> None:
    name = normalise(basename(file).removesuffix(".yaml"))
    overlay, fine = _read(name, "tenant", data, reading)
    _keep(overlay, fine, reading, made)


def _read(name: str, kind: str, data: bytes, reading: Reading) -> tuple[Overlay, bool]:
    node, findings = parse_yaml(data, reading.file, policy=reading.policy)
    reading.findings += findings
    if node is None and not findings:
        hint = "write `{}` to say that it means to do nothing"
        message = f"the overlay of {kind} `{name[:80]}` is empty and does nothing"
        reading.findings.append(Finding("Y007", message, Place(reading.file, 1, 1), "warning", hint=hint))
    overlay = read_overlay(name, "layer" if kind == "layer" else "tenant", node, reading=reading)
    return overlay, not any(finding.is_error for finding in reading.findings)


def _keep(overlay: Overlay, fine: bool, reading: Reading, made: Overlays) -> None:
    if not is_tenant_id(overlay.name):
        hint = "letters, digits and `_ - . @ + ~` inside"
        reading.findings.append(
            Finding("S010", f"`{overlay.name[:80]}` can't be a tenant's id", overlay.place, hint=hint)
        )
        fine = False
    made.findings += few(reading.findings)
    first = made.tenants.get(overlay.name)
    if first is not None:
        _twice(overlay, first, made)
        return
    made.tenants[overlay.name] = overlay
    if not fine:
        made.broken.add(f"tenant:{overlay.name}")


def _twice(overlay: Overlay, first: Overlay, made: Overlays) -> None:
    message = f"tenant `{overlay.name}` is there twice, first in {first.place}"
    if overlay.name != first.name:
        message = f"tenants `{overlay.name}` and `{first.name}` differ only in case, Unicode form or a final dot"
    made.findings.append(
        Finding("O020", message, overlay.place, related=(("the other", first.place),), hint="rename one of the two")
    )
    made.broken |= {f"tenant:{overlay.name}", f"tenant:{first.name}"}


def _same_ids(made: Overlays) -> None:
    folded: dict[str, Overlay] = {}
    for overlay in made.tenants.values():
        key = unicodedata.normalize("NFC", overlay.name.casefold()).rstrip(".")
        first = folded.setdefault(key, overlay)
        if first is not overlay:
            _twice(overlay, first, made)
    for name in made.broken:
        kind, _, bare = name.partition(":")
        (made.layers if kind == "layer" else made.tenants).pop(bare, None)


def _alike(made: Overlays) -> None:
    # An alias is an id that a service uses: it may be nobody else's, neither as an alias nor as an id.
    owners: dict[str, Overlay] = dict(made.tenants)
    places = {name: overlay.place for name, overlay in made.tenants.items()}
    for overlay in made.tenants.values():
        for alias in overlay.aliases:
            other = owners.setdefault(alias, overlay)
            places.setdefault(alias, overlay.place)
            if other is not overlay:
                message = f"alias `{alias[:80]}` of tenant `{overlay.name}` is an id of tenant `{other.name}`"
                related = (("the other", other.place),)
                made.findings.append(
                    Finding("O020", message, overlay.place, related=related, hint="an id names one tenant")
                )
    made.findings += look_alikes(places, "tenant's id")
    made.findings += look_alikes({name: overlay.place for name, overlay in made.layers.items()}, "layer")


def _read_signups(file: str, data: bytes, reading: Reading, made: Overlays) -> None:
    text, findings = decode(data, file)
    made.findings += findings
    if text is None:
        return
    before = len(made.findings)
    for number, line in enumerate(text.split("\n"), 1):
        if len(made.findings) - before > BROKEN_LINES_MAX:
            message = f"more than {BROKEN_LINES_MAX:,} findings in one file: lines {number:,} and on aren't read"
            made.findings.append(Finding("B002", message, Place(file, number)))
            break
        if line.strip():
            _read_signup(line, number, replace(reading, findings=[]), made)
    made.findings[before:] = few(made.findings[before:])


def _read_signup(line: str, number: int, reading: Reading, made: Overlays) -> None:
    node, findings = parse_json(line, reading.file, line=number, policy=reading.policy)
    reading.findings += findings
    place = Place(reading.file, number, 1)
    if node is not None and not isinstance(node, Map):
        reading.findings.append(Finding("Y007", "a sign-up must be a JSON object", place))
    entry = node.entries.pop("id", None) if isinstance(node, Map) else None
    if entry is None or not isinstance(entry[1], Scalar) or entry[1].value is not None:
        if isinstance(node, Map):
            reading.findings.append(Finding("O002", "a sign-up must have an `id` that is text", place))
        made.findings += few(reading.findings)
        return
    assert isinstance(node, Map)
    overlay = read_overlay(entry[1].text, "tenant", with_json_directives(node, reading), reading=reading, line=number)
    _keep(overlay, not any(finding.is_error for finding in reading.findings), reading, made)


def _reader_of(tree: Mapping[str, bytes], settings: Settings, made: Overlays) -> FileReader:
    texts: dict[str, tuple[str, str] | str] = {}

    def read(path: str, folder: str) -> tuple[str, str] | str:
        file = relative_path(path, folder)
        if file is None or not file.startswith(settings.tenants + "/"):
            return f"P001 `!file` reads inside `{settings.tenants}/` alone, by a plain relative path"
        if file not in texts:
            texts[file] = _beside(tree, file, policy_of(settings), made)
        return texts[file]

    return read


def _beside(tree: Mapping[str, bytes], file: str, policy: Policy, made: Overlays) -> tuple[str, str] | str:
    if file not in tree:
        return f"P004 there is no file `{file[:160]}`"
    text, findings = decode(tree[file], file)
    if text is not None:
        findings = (*findings, *check_text(text, file, use="template", policy=policy))
    made.findings += findings
    if text is None or any(finding.is_error for finding in findings):
        return f"P004 `{file[:160]}` can't be used"
    return normalise(text), file
