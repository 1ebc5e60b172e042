"""Artifact: the immutable compiled result as a document, with its one encoder and its one decoder.

    link -> [artifact] -> blobs -> runtime

Pure. An artifact says nothing of time, host, path, user or tenant, so equal prompts of many tenants are one artifact.
Readers hash the bytes they got and never encode again; only linking encodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptc.core.dataclass import dataclass, field
from promptc.core.document import ARTIFACT, expect_keys, read_document
from promptc.core.grammar import check_document
from promptc.core.values import Ordered, canonical_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_REQUIRED = {
    "format": str,
    "prompt": str,
    "model": dict,
    "config": dict,
    "inputs": dict,
    "tools": list,
    "messages": list,
}
_OPTIONAL = {"output": dict}


@dataclass(frozen=True, slots=True)
class Artifact:
    """A compiled prompt.

    `model` is {provider, name, revision?, quantization?, window?}; `config` what the request sets; `inputs` maps a name
    to its schema; `output` is {schema, strict} or None; `tools` are {name, description, input, strict?, native?};
    `messages` is the residual program of docs/formats.md.
    """

    prompt: str
    model: Mapping[str, Any]
    messages: Sequence[Mapping[str, Any]]
    config: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    output: Mapping[str, Any] | None = None
    tools: Sequence[Mapping[str, Any]] = ()

    def document(self) -> dict[str, Any]:
        """The document as it is hashed; the encoder sorts keys, except where Ordered keeps the author's order."""
        document: dict[str, Any] = {
            "format": ARTIFACT,
            "prompt": self.prompt,
            "model": dict(self.model),
            "config": _with_order(self.config, "native"),
            "inputs": dict(self.inputs),
            "tools": [_with_order(tool, "input", "native") for tool in self.tools],
            "messages": list(self.messages),
        }
        if self.output is not None:
            document["output"] = _with_order(self.output, "schema")
        return document

    def encode(self) -> bytes:
        """The canonical bytes, whose digest names the artifact. Raises NotCanonical for what JSON can't hold."""
        return canonical_bytes(self.document())

    @classmethod
    def decode(cls, data: bytes) -> Artifact:
        """The artifact that bytes hold; PromptcError for damage, another kind of document and a newer format."""
        document = read_document(data, ARTIFACT)
        expect_keys(document, _REQUIRED, _OPTIONAL)
        check_document(document)
        return cls(**{key: value for key, value in document.items() if key != "format"})


def _with_order(value: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    # Models write fields in the order of the schema that they see, so that order is a part of the prompt.
    return {key: Ordered(item) if key in keys else item for key, item in value.items()}
