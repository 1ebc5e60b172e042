"""Kept sources: what comes back is what parsing gave, in every part and every place; what can't be is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptc.compiler.meaning import meanings
from promptc.compiler.project import Loaded
from promptc.compiler.schema.kept import Unkept, decode_loaded, encode_loaded
from promptc.compiler.schema.load import load_sources
from promptc.driver.project import read_settings_of
from promptc.stores.files import read_tree

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    settings, _ = read_settings_of(ROOT)
    tree, _ = read_tree(ROOT, settings)
    tree["sources/prompts/wrong.prompt.j2"] = b"---\nmodle: main\n---\nhi\n"
    tree["tenants/layers/wrong.yaml"] = b"variables: {tone: [1, 2.50, yes, ~]}\nfinal: [variables.x]\n"
    return load_sources(tree, settings, tenants={})


def test_what_comes_back_is_what_was_kept(loaded: Loaded) -> None:
    again = decode_loaded(encode_loaded(loaded), {})
    assert again == loaded
    assert again.findings
    assert meanings(again.project) == meanings(loaded.project), "plain text and quoted text are told apart"
    assert repr(again) == repr(loaded), "classes and the order of keys are the same"


def test_bytes_that_were_cut_are_not_there(loaded: Loaded) -> None:
    data = encode_loaded(loaded)
    for end in range(0, len(data) - 1, 997):
        with pytest.raises(Unkept):
            decode_loaded(data[:end], {})


@pytest.mark.parametrize("data", [b"[1]", b"[2,[],[]]", b'[1,["Project"],["u"]]', b'[1,["os.system","x"],["u"]]', b"[1,1,1]", b"\xff"])
def test_foreign_bytes_are_not_there(data: bytes) -> None:
    with pytest.raises(Unkept):
        decode_loaded(data, {})
