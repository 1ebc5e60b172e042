"""Lookup: which artifact a head serves to a tenant, verified node by node, and what stands in where it was revoked.

    a head, a tenant, a prompt -> [lookup] -> Prompt

Everything is found from the root alone: the runtime chooses nothing, since a share or a selection became a root when it was
promoted.
"""

from __future__ import annotations

from promptc.core.allocation import split_name
from promptc.core.contract import Provides, lacking
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.manifest import read_root, tenant_targets
from promptc.runtime.artifact import Artifact
from promptc.runtime.errors import ClientError, Damaged, Lacking, Revoked, UnknownPrompt, UnknownTenant
from promptc.runtime.served import Models, Prompt, Where
from promptc.runtime.variants import drawing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from typing import Any

    from promptc.core.allocation import Allocation
    from promptc.runtime.blobs import Blobs
    from promptc.runtime.heads import Head

KEPT_MAX = 50_000
BACK_MAX = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """How a service wants to be served: see `Prompts.open`."""

    on_revoked: str
    default_tenant: str | None
    models: Models
    provides: Provides | None


class Lookup:
    """Finds prompts under any head. `unknown` and `revoked` count what was asked for and wasn't known, or was revoked."""

    def __init__(self, blobs: Blobs, rules: Rules) -> None:
        self.blobs = blobs
        self.rules = rules
        self.unknown = self.revoked = 0
        self._artifacts: dict[str, Artifact] = {}
        # The tenant that was looked up last: one get asks for it more than once.
        self._last: tuple[tuple[str, str], Mapping[str, str] | None] = (("", ""), None)

    def found(self, head: Head, tenant: str, prompt: str) -> tuple[Prompt, bool]:
        """A prompt, and whether it may be given again without looking. Errors as of `Prompts.get`."""
        served = self._tenant(head, tenant)
        is_known = served is not None
        if served is None:
            self.unknown += 1
            served = self.rules.default_tenant
            if served is None:
                raise UnknownTenant(f"`{head.moment}` serves no tenant `{tenant[:80]}`", hint="`promptc list` names tenants and aliases")
        target = f"{served}/{prompt}"
        digest = head.exceptions.get(target) or self.digest_in(head.root, served, prompt)
        if digest is None:
            raise UnknownPrompt(f"`{head.moment}` serves `{served[:80]}` no prompt `{prompt[:80]}`", hint="`promptc list` shows all")
        root, warning = head.root, ""
        why = self.revocation(head, digest) or self.revocation(head, head.root)
        if why:
            self.revoked += 1
            digest, root, warning = self._instead(head, served, prompt, (digest, why))
        artifact = self.artifact(digest)
        self._refuse_lacking(artifact)
        where = Where(
            tenant, served, prompt, head.lineage, head.channel, head.number, root, head.pin, warning, split_name(prompt)[1]
        )  # fmt: skip
        return Prompt(artifact, where, self.rules.models), is_known and not why

    def _tenant(self, head: Head, name: str) -> str | None:
        """The tenant that a name means: an id, or else an alias."""
        if self._targets(head.root, name) is not None or any(target.startswith(f"{name}/") for target in head.exceptions):
            return name
        if head.entry is None or head.entry.aliases is None:
            return None
        from promptc.core.moves import Known, tenant_of_alias

        aliases = head.entry.aliases
        found: str | None = self.read(lambda: tenant_of_alias(self.blobs.get, Known(aliases=aliases), name))
        return found

    def _targets(self, root: str, tenant: str) -> Mapping[str, str] | None:
        last = self._last
        if last[0] == (root, tenant):
            return last[1]
        found: Mapping[str, str] | None = self.read(lambda: tenant_targets(self.blobs.get, Digest(root), tenant))
        self._last = (root, tenant), found
        return found

    def allocation(self, head: Head, tenant: str, prompt: str) -> tuple[Allocation, Collection[str]] | None:
        """What a tenant's keys are drawn by, and what it is served; None where a prompt has no variants, or isn't known."""
        name = self._tenant(head, tenant) or self.rules.default_tenant
        if name is None:
            return None
        found: tuple[Allocation, Collection[str]] | None = self.read(lambda: drawing(self.blobs.get, Digest(head.root), name, prompt))
        return found

    def digest_in(self, root: str, tenant: str, prompt: str) -> str | None:
        return (self._targets(root, tenant) or {}).get(prompt)

    def artifact(self, digest: str) -> Artifact:
        found = self._artifacts.get(digest)
        if found is None:
            data = self.blobs.get(digest)
            found = self.read(lambda: Artifact.load(data, digest))
            if len(self._artifacts) >= KEPT_MAX:
                self._artifacts = {}
            self._artifacts[digest] = found
        return found

    def read(self, read: Callable[[], Any]) -> Any:
        """What a document says; one that isn't what it should be is damage."""
        try:
            return read()
        except ClientError:
            raise
        except PromptcError as error:
            raise Damaged(error.message, hint=error.hint) from error

    # Revocations

    def revocation(self, head: Head, digest: str) -> str:
        """Why a digest was revoked, "" when it wasn't."""
        if head.revoked is None:
            return ""
        from promptc.core.revocations import revoked_in

        tree = head.revoked.root
        found = self.read(lambda: revoked_in(self.blobs.get, tree, Digest(digest)))
        return f"{found.why or 'no reason is given'} ({found.who}, {found.time})" if found is not None else ""

    def _instead(self, head: Head, tenant: str, prompt: str, revoked: tuple[str, str]) -> tuple[str, str, str]:
        """What is served instead of what was revoked, as the client is set: digest, root, and what is to be said of it."""
        digest, why = revoked
        if self.rules.on_revoked == "warn":
            return digest, head.root, f"revoked, and served all the same: {why}"
        if self.rules.on_revoked == "fallback":
            for root, moment in self._earlier(head):
                found = self.digest_in(root, tenant, prompt)
                if found is not None and not self.revocation(head, found) and not self.revocation(head, root):
                    return found, root, f"revoked ({why}), so that {moment} is served"
        raise Revoked(f"`{tenant}/{prompt}` of `{head.moment}` was revoked: {why}", hint="roll back, or open the client with a fallback")

    def _earlier(self, head: Head) -> Iterator[tuple[str, str]]:
        """What to fall back to: a pin's own fallback; of a channel the roots that it served before, newest first."""
        if head.pin:
            if head.fallback:
                yield head.fallback, "the pin's fallback"
            return
        from promptc.core.channel import entries_back

        if head.entry is None:
            return
        source = self.blobs.sources[-1]
        seen = {head.root}
        for count, entry in enumerate(entries_back(source.read, head.entry)):
            if count >= BACK_MAX:
                return
            if entry.root not in seen:
                seen.add(entry.root)
                yield entry.root, entry.moment

    # Contract

    def check_contract(self, root: str) -> None:
        """Every artifact that the service uses, each once, held against what it has. Lacking names all that lacks."""
        provides = self.rules.provides
        if provides is None:
            return
        from promptc.core.manifest import walk

        missing: dict[str, str] = {}
        seen: set[str] = set()
        for tenant, prompt, digest in self.read(lambda: list(walk(self.blobs.get, Digest(root)))):
            if digest not in seen and provides.uses(prompt):
                seen.add(digest)
                for what in lacking(provides, self.artifact(digest)._document):
                    missing.setdefault(f"{what} of `{prompt}`", tenant)
        if missing:
            listed = ", ".join(f"{what} (`{tenant}`)" for what, tenant in list(missing.items())[:5])
            more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
            raise Lacking(f"this service lacks {listed}{more}", hint="give it handlers and inputs, then promote", lacks=tuple(missing))

    def _refuse_lacking(self, artifact: Artifact) -> None:
        provides = self.rules.provides
        if provides is not None:
            what = tuple(lacking(provides, artifact._document))
            if what:
                raise Lacking(f"this service lacks {', '.join(what)} of `{artifact.prompt}`", hint="deploy the service first", lacks=what)

    def check_root(self, root: str) -> None:
        """Read a root's own node. Damaged, Unreachable."""
        self.read(lambda: read_root(self.blobs.get, Digest(root)))
