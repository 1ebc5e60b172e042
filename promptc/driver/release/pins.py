"""Pins: a root of a channel written down in a consumer's repository, checked, moved, and told when it is deployed.

    CHANNEL -> [pins] -> promptc.lock -> deployed -> services/NAME
"""

from __future__ import annotations

from pathlib import Path

from promptc.core.channel import foreign
from promptc.core.digest import Digest
from promptc.core.document import Get
from promptc.core.errors import PromptcError
from promptc.core.manifest import Change, look_up
from promptc.core.moves import composed
from promptc.core.pin import Pin, decode_pin
from promptc.core.visible import shortened
from promptc.driver.release.opening import Desk
from promptc.driver.release.source import reader
from promptc.stores.regular import read_regular

PIN_FILE = "promptc.lock"


def read_pin(desk: Desk, path: str) -> Pin:
    """The pin in a file, of this registry's lineage. PromptcError K001, K005, G008, V005."""
    data = read_regular(Path(desk.start, path), shortened(path))
    if data is None:
        raise PromptcError("G008", f"there is no pin file `{shortened(path)}`", hint="`promptc pin CHANNEL` writes one")
    pin = decode_pin(data, shortened(path))
    if pin.lineage != desk.lineage:
        raise foreign(f"`{shortened(path)}`", pin.lineage, desk.lineage)
    return pin


def pinned_root(desk: Desk, path: str) -> tuple[Digest, Get]:
    """The root that a pin comes to with its exceptions, and what reads it."""
    pin = read_pin(desk, path)
    return composed_root(desk, pin)


def composed_root(desk: Desk, pin: Pin) -> tuple[Digest, Get]:
    """The root that stands for a pin and its exceptions; its nodes need not be anywhere but here."""
    get = reader(desk)
    if not pin.exceptions:
        return pin.root, get
    blobs: dict[Digest, bytes] = {}
    moves = []
    for target, digest in pin.exceptions.items():
        tenant, _, prompt = target.partition("/")
        moves.append(Change(tenant, prompt, look_up(get, pin.root, tenant, prompt), digest))
    manifest = composed(get, pin.root, moves, blobs)
    return manifest.root, lambda digest: blobs[digest] if digest in blobs else get(digest)
