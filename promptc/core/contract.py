"""Contract: what a service has, held against what prompts need of it: tools with a handler, inputs that it can give.

    a service's tools and inputs, artifacts -> [contract] -> what lacks

Pure. Asked when a client opens, and by `promptc pin --check --provides FILE` before a deploy.
"""

from __future__ import annotations

from promptc.core.allocation import family_of
from promptc.core.dataclass import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from promptc.core.artifact import Artifact


@dataclass(frozen=True, slots=True)
class Provides:
    """What a service has. `tools` are the names of those that it handles, None where it doesn't say. `prompts` maps each
    prompt that it uses to the inputs that it gives, None where it doesn't say; no prompts at all: it uses any.
    """

    tools: Collection[str] | None = None
    prompts: Mapping[str, Collection[str] | None] | None = None

    def uses(self, prompt: str) -> bool:
        """Whether the service uses a prompt: a variant when it uses the plain one."""
        return self.prompts is None or prompt in self.prompts or family_of(prompt) in self.prompts


def lacking(provides: Provides, artifact: Artifact) -> Iterator[str]:
    """What an artifact needs and the service lacks, in words."""
    if not provides.uses(artifact.prompt):
        return
    if provides.tools is not None:
        for tool in artifact.tools:
            if tool["name"] not in provides.tools:
                yield f"the tool `{tool['name']}`"
    prompts = provides.prompts or {}
    given = prompts.get(artifact.prompt, prompts.get(family_of(artifact.prompt)))
    if given is not None:
        for name, schema in artifact.inputs.items():
            if name not in given and schema.get("required", True) is not False and "default" not in schema:
                yield f"the input `{name}`"
