"""Edits of the files that overlays stand in: tenants and layers that come, go, move, lock and become equal.

    Desk -> [tenants] -> World
"""

from __future__ import annotations

from typing import Any

from tests.laws.edits_overlays import drawer
from tests.laws.edits_start import FOLDERS, LAYERS, TENANTS, ordered
from tests.laws.edits_world import Desk, Edits, Sheet

edits = Edits()


@edits(5)
def add_tenant(desk: Desk) -> str | None:
    tenant = desk.one(tenant for tenant in TENANTS if tenant not in desk.world.tenants())
    if tenant is None:
        return None
    data = drawer(desk).tenant(tenant)
    if desk.draw.random() < 0.5:
        desk.world.sheets[f"tenants/{desk.draw.choice(FOLDERS)}{tenant}.yaml"] = Sheet(data)
    else:
        lines = desk.world.signups["tenants/signups.jsonl"]
        lines.insert(desk.draw.choice([0, 0, len(lines)]), {"id": tenant, **data})
    return tenant


@edits(3)
def remove_tenant(desk: Desk) -> str | None:
    if len(desk.world.tenants()) < 4:
        return None
    tenant = desk.draw.choice(list(desk.world.tenants()))
    _take(desk, tenant)
    return tenant


@edits(2)
def rename_tenant(desk: Desk) -> str | None:
    old = desk.draw.choice(list(desk.world.tenants()))
    new = desk.one(tenant for tenant in TENANTS if tenant not in desk.world.tenants())
    if new is None:
        return None
    path, data = desk.world.tenant_path(old), _take(desk, old)
    if path:
        desk.world.sheets[path.replace(f"{old}.yaml", f"{new}.yaml")] = Sheet(data)
    else:
        desk.world.signups["tenants/signups.jsonl"].append({"id": new, **data})
    return f"{old} is {new}"


@edits(5)
def move_tenant(desk: Desk) -> str:
    """From a file into the .jsonl, back, or into another folder."""
    tenant = desk.draw.choice(list(desk.world.tenants()))
    path, data = desk.world.tenant_path(tenant), _take(desk, tenant)
    if path and desk.draw.random() < 0.6:
        desk.world.signups["tenants/signups.jsonl"].insert(0, {"id": tenant, **data})
    else:
        desk.world.sheets[f"tenants/{desk.draw.choice(FOLDERS)}{tenant}.yaml"] = Sheet(data)
    return f"{tenant} from {path or 'the .jsonl'} to {desk.world.tenant_path(tenant) or 'the .jsonl'}"


@edits(3)
def twin(desk: Desk) -> str | None:
    """Two tenants become equal in all but their ids."""
    first, second = desk.draw.sample(list(desk.world.tenants()), 2)
    source, target = desk.world.tenants()[first], desk.world.tenants()[second]
    keep: dict[str, Any] = {key: target[key] for key in ("id", "aliases") if key in target}
    copied = {key: value for key, value in desk.world.copy().tenants()[first].items() if key not in ("id", "aliases")}
    if copied == {key: value for key, value in target.items() if key not in keep} or source is target:
        return None
    target.clear()
    target.update({**keep, **copied})
    return f"{second} becomes {first}"


@edits(4)
def shift_lines(desk: Desk) -> str | None:
    """The .jsonl's lines move, and with them the places of all that is found in them."""
    lines = desk.world.signups["tenants/signups.jsonl"]
    action = desk.draw.choice(["blank", "blank", "drop blank", "shuffle"])
    if action == "blank":
        lines.insert(0, "")
    elif action == "drop blank" and "" in lines:
        lines.remove("")
    elif len(lines) > 1:
        desk.draw.shuffle(lines)
    else:
        return None
    return action


@edits(2)
def split_lines(desk: Desk) -> str:
    """Lines go from one .jsonl into another, which comes and goes with them."""
    signups = desk.world.signups
    more = signups.pop("tenants/eu/more.jsonl", None)
    if more is not None:
        signups["tenants/signups.jsonl"] += more
        return f"{len(more)} lines come back"
    lines = signups["tenants/signups.jsonl"]
    spot = desk.draw.randint(0, len(lines))
    signups["tenants/eu/more.jsonl"], signups["tenants/signups.jsonl"] = lines[:spot], lines[spot:]
    return f"{spot} lines go"


def _take(desk: Desk, tenant: str) -> dict[str, Any]:
    """A tenant's data, which then stands nowhere any more."""
    data = dict(desk.world.tenants()[tenant])
    data.pop("id", None)
    desk.world.sheets.pop(desk.world.tenant_path(tenant), None)
    for lines in desk.world.signups.values():
        lines[:] = [line for line in lines if isinstance(line, str) or line["id"] != tenant]
    return data


# Layers


@edits(2)
def add_layer(desk: Desk) -> str | None:
    name = desk.one(name for name in LAYERS if name not in desk.world.layers())
    if name is None:
        return None
    desk.world.sheets[f"tenants/layers/{name}.yaml"] = sheet = Sheet({}, ["New."])
    drawer(desk).fill(f"layer:{name}", sheet.data)
    return name


@edits(2)
def drop_layer(desk: Desk) -> str | None:
    """A layer goes, and everybody stops extending it."""
    name = desk.one(name for name in desk.world.layers() if name != "base")
    if name is None:
        return None
    del desk.world.sheets[f"tenants/layers/{name}.yaml"]
    for data in desk.world.overlays().values():
        data["extends"] = [below for below in data.get("extends", ()) if below != name]
    return name


@edits(2)
def rename_layer(desk: Desk) -> str | None:
    old = desk.one(name for name in desk.world.layers() if name != "base")
    new = desk.one(name for name in LAYERS if name not in desk.world.layers())
    if old is None or new is None:
        return None
    desk.world.sheets[f"tenants/layers/{new}.yaml"] = desk.world.sheets.pop(f"tenants/layers/{old}.yaml")
    for data in desk.world.overlays().values():
        data["extends"] = ordered(new if below == old else below for below in data.get("extends", ()))
    return f"{old} is {new}"


@edits(3)
def lock(desk: Desk) -> str | None:
    """A layer locks a path or opens it again."""
    name, data = desk.overlay("layer")
    if data.pop("final", None):
        return f"{name} opens all"
    data["final"] = [desk.draw.choice(["variables.tone", "variables.sample", "variables.count", "labels.zone", "variables.spare"])]
    return f"{name} locks {data['final']}"


@edits(2)
def remap(desk: Desk) -> str | None:
    name, data = desk.overlay("layer")
    aliases = list(desk.world.sheets["sources/models.yaml"].data)
    if name.startswith("tenant") or len(aliases) < 2:
        return None
    data["models"] = {desk.draw.choice(aliases): desk.draw.choice(aliases)}
    return f"{name}: {data['models']}"
