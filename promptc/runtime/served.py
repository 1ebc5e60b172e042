"""Served: a prompt that a client gives to a service, and what it renders to, with a receipt for each request.

    Prompts.get -> [served] -> Prompt -> render -> Ready -> a body, a receipt

A receipt is one line of JSON that is known before the model answers: which artifact made this request, of which entry, for
whom. It quotes no text: inputs and body stand in it as digests.
"""

from __future__ import annotations

import time

from promptc import __version__
from promptc.core.dataclass import dataclass
from promptc.core.digest import digest_of
from promptc.core.values import canonical_bytes, canonical_text
from promptc.runtime.errors import OtherModel
from promptc.runtime.request import RequestError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from promptc.runtime.artifact import Artifact
    from promptc.runtime.rendered import Rendered

RECEIPT = "promptc.receipt/1"
_ANTHROPIC, _GEMINI = ("anthropic",), ("gemini", "google", "vertex")


@dataclass(frozen=True, slots=True)
class Where:
    """Where a prompt comes from: `asked` is the tenant as the service named it, `tenant` the one that was served.

    `moment` is the entry (`prod@42`), `pin` the pin's name or "", `warning` says what is odd: revoked, and served all the same.
    """

    asked: str
    tenant: str
    prompt: str
    lineage: str
    channel: str
    number: int
    root: str
    pin: str = ""
    warning: str = ""
    variant: str = ""

    @property
    def moment(self) -> str:
        """The entry: `prod@42`."""
        return f"{self.channel}@{self.number}"

    @property
    def is_default(self) -> bool:
        """Whether another tenant's prompt stands in for one that isn't known."""
        return self.tenant != self.asked


@dataclass(frozen=True, slots=True)
class Models:
    """How a service's models are called: from `provider/name` or a name to its deployment; whether others may be asked for."""

    deployments: Mapping[str, str]
    allows_others: bool = False

    def deployment(self, model: Mapping[str, Any], other: str | None) -> tuple[str, str | None]:
        """The model that is asked for, as `provider/name`, and what its deployment is called, None where nothing maps it."""
        name = f"{model['provider']}/{model['name']}"
        if other is not None and other not in (name, model["name"]):
            if not self.allows_others:
                raise OtherModel(
                    f"`{other}` was asked for, and this prompt is compiled for `{name}`",
                    hint="evaluate it there and build it for that model; or open the client with `allow_other_model=True`",
                )
            return other, self.deployments.get(other, other.rpartition("/")[2])
        for known in (name, model["name"]):
            if known in self.deployments:
                return name, self.deployments[known]
        return name, None


class Prompt:
    """A compiled prompt as it is served to one tenant. Immutable; threads may share it."""

    __slots__ = ("_models", "artifact", "where")

    def __init__(self, artifact: Artifact, where: Where, models: Models) -> None:
        self.artifact = artifact
        self.where = where
        self._models = models

    def __repr__(self) -> str:
        return f"<Prompt {self.where.tenant}/{self.where.prompt} {self.artifact.digest[:19]} {self.where.moment}>"

    @property
    def digest(self) -> str:
        """The artifact's digest."""
        return self.artifact.digest

    @property
    def model(self) -> Mapping[str, Any]:
        """As of `Artifact.model`."""
        return self.artifact.model

    @property
    def inputs(self) -> Mapping[str, Any]:
        """As of `Artifact.inputs`."""
        return self.artifact.inputs

    @property
    def attributes(self) -> dict[str, str | int]:
        """What a span says of this prompt, in OpenTelemetry's names where it has them."""
        where = self.where
        return {
            "gen_ai.prompt.name": where.prompt, "gen_ai.prompt.version": where.moment, "promptc.artifact": self.digest,
            "promptc.channel": where.channel, "promptc.entry": where.number, "promptc.tenant": where.tenant,
            "promptc.tenant.asked": where.asked,
        }  # fmt: skip

    def render(
        self, inputs: Mapping[str, Any] | None = None, history: Iterable[Mapping[str, Any]] = (), *, model: str | None = None
    ) -> Ready:
        """The prompt with a request's inputs. InputError, OtherModel. The current span is told, where there is one.

        `model` asks for another model than the prompt's, `provider/name`; the client must allow that.
        """
        asked = self._models.deployment(self.artifact.model, model)
        # Text is no history, and said to be none where it is looked at.
        turns: Any = history if isinstance(history, (str, bytes)) else list(history)  # type: ignore[unreachable]
        rendered = self.artifact.render(inputs, turns)
        _annotate(self)
        return Ready(self, rendered, (inputs or {}, turns), asked)


class Ready:
    """A prompt with its inputs, ready to be sent, and its receipt. As `Rendered`, with the deployment's name in its bodies."""

    __slots__ = ("_asked", "_given", "_last", "prompt", "rendered", "time")

    def __init__(self, prompt: Prompt, rendered: Rendered, given: tuple[Any, Any], asked: tuple[str, str | None]) -> None:
        self.prompt = prompt
        self.rendered = rendered
        self.time = time.time()
        self._given = given
        self._asked = asked
        self._last: tuple[str, dict[str, Any]] | None = None

    @property
    def messages(self) -> list[dict[str, Any]]:
        """As of `Rendered`."""
        return self.rendered.messages

    def text(self) -> str:
        """As of `Rendered`."""
        return self.rendered.text()

    @property
    def model_name(self) -> str:
        """What the model is called: its deployment's name, or its vendor's."""
        return self._asked[1] or self.rendered.model_name

    def openai(self, **options: Any) -> dict[str, Any]:
        """As of `Rendered`."""
        return self._made("openai", options, self.rendered.openai(**options))

    def anthropic(self, **options: Any) -> dict[str, Any]:
        """As of `Rendered`."""
        return self._made("anthropic", options, self.rendered.anthropic(**options))

    def gemini(self, **options: Any) -> dict[str, Any]:
        """As of `Rendered`."""
        return self._made("gemini", options, self.rendered.gemini(**options))

    def body(self) -> dict[str, Any]:
        """The body for the prompt's own provider; Chat Completions for all that speak OpenAI's language."""
        provider = str(self.prompt.model["provider"])
        if provider in _ANTHROPIC:
            return self.anthropic()
        return self.gemini() if provider in _GEMINI else self.openai()

    @property
    def receipt(self) -> str:
        """One line of JSON: what made this request. It is of the body that was made last, or else of `body()`."""
        return canonical_text(self.receipt_data)

    @property
    def receipt_data(self) -> dict[str, Any]:
        """The same as data."""
        if self._last is None:
            # A prompt that its provider's API can't express was sent in a way of the service's own: the messages count then.
            try:
                self.body()
            except RequestError:
                self._last = "messages", {}
        assert self._last is not None
        api, options = self._last
        # Made once more, so that requests whose receipt nobody keeps pay nothing for it.
        body = self.messages if api == "messages" else self._named(getattr(self.rendered, api)(**options))
        inputs, history = self._given
        where = self.prompt.where
        said: dict[str, Any] = {
            "format": RECEIPT, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.time)), "tenant": where.asked,
            "served": where.tenant, "prompt": where.prompt, "artifact": self.prompt.digest, "lineage": where.lineage,
            "channel": where.channel, "entry": where.number, "root": where.root, "model": self._asked[0],
            "deployment": self.model_name, "api": api, "options": options, "inputs": digest_of(canonical_bytes(inputs)),
            "body": digest_of(canonical_bytes(body)), "runtime": __version__,
        }  # fmt: skip
        if history:
            said["history"] = digest_of(canonical_bytes(history))
        if where.pin:
            said["pin"] = where.pin
        if where.variant:
            said["variant"] = where.variant
        return said

    def _made(self, api: str, options: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        self._last = api, options
        return self._named(body)

    def _named(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body with the deployment's name, where its API has a place for it."""
        if self._asked[1] is not None and "model" in body:
            body["model"] = self._asked[1]
        return body


def _annotate(prompt: Prompt) -> None:
    """Say it to the current span, where the service uses OpenTelemetry: nothing is imported for it."""
    import sys

    telemetry = sys.modules.get("opentelemetry.trace")
    if telemetry is not None:
        span = telemetry.get_current_span()
        if span.is_recording():
            span.set_attributes(prompt.attributes)
