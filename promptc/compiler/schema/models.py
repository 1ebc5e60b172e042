"""Models: sources/models.yaml, the only place that names vendors' models. Pure."""

from __future__ import annotations

from promptc.compiler.project import Model
from promptc.compiler.schema.config import CONFIG_SCHEMA, read_config
from promptc.compiler.schema.fill import fill
from promptc.compiler.schema.forms import ModelForm
from promptc.compiler.schema.names import is_name
from promptc.compiler.schema.nodes import Map, Node
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean

_FOREIGN = {
    "model": "write `name`",
    "id": "write `name`",
    "context": "write `window`",
    "context_window": "write `window`",
}


def read_models(node: Node, file: str) -> tuple[dict[str, Model], tuple[Finding, ...]]:
    """The models that a file declares by alias, and what is wrong with it. A wrong one is left out."""
    if not isinstance(node, Map):
        return {}, (Finding("Y007", "models.yaml must be a map of aliases", Place(file, node.line, node.column)),)
    made: dict[str, Model] = {}
    found: list[Finding] = []
    for alias, (key, entry) in node.entries.items():
        place = Place(file, key.line, key.column)
        if not is_name(alias):
            found.append(
                Finding("S010", f"`{alias[:80]}` can't name a model", place, hint="letters, digits, `_` and `-`")
            )
            continue
        form, wrong = fill(ModelForm, entry, file, path=alias, foreign=_FOREIGN)
        found += wrong
        if form is None:
            continue
        config, wrong = read_config(form.config, place=place, path=f"{alias}.config")
        found += [*wrong, *_refuses(form.refuses, alias, place)]
        made[alias] = Model(
            alias, form.provider, form.name, place,
            revision=form.revision, quantization=form.quantization, window=form.window,
            config=config, refuses=tuple(form.refuses),
        )  # fmt: skip
    return made, tuple(found)


def _refuses(refuses: list[str], alias: str, place: Place) -> list[Finding]:
    known = CONFIG_SCHEMA["properties"]
    return [
        Finding("S002", f"`{alias}.refuses`: there is no config key `{key[:80]}`", place, hint=did_you_mean(key, known))
        for key in refuses
        if key.split(".")[0] not in known
    ]
