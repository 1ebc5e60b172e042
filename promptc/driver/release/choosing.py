"""Choosing: which of the targets that differ a promote moves: by SELECT words, labels, a share of tenants.

    changes of two roots, SELECT -> [choosing] -> moves

Everything is decided from the roots and what services may know of their tenants, never from sources: so a selection means
the same with the registry alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from promptc.core.allocation import belongs
from promptc.core.digest import Digest
from promptc.core.document import Get
from promptc.core.errors import PromptcError
from promptc.core.manifest import TENANTS, Change, read_root, tenant_served
from promptc.core.moves import Known, in_share, labels_in
from promptc.core.record import TENANCIES
from promptc.core.tree import find_in, items_in
from promptc.core.visible import shortened
from promptc.driver.nearest import did_you_mean
from promptc.driver.selection import Selector, parse_selection

Test = Callable[[Change], bool]


class Choice:
    """Chooses among changes. `roots` are those that a name may stand in, `known` what is known of their tenants."""

    def __init__(self, get: Get, roots: Sequence[Digest], known: Sequence[Digest | None]) -> None:
        self.get = get
        self.roots = roots
        self.known = [tree for tree in known if tree is not None]
        self._labels: dict[str, Mapping[str, str]] | None = None
        self._tenants: list[str] | None = None

    def chosen(self, changes: Iterable[Change], select: Sequence[str], exclude: Sequence[str]) -> tuple[Change, ...]:
        """The changes that are selected and not excluded. PromptcError V019 for a word that names nothing anywhere."""
        words = parse_selection(select, exclude)
        wanted = [self._test(selector) for selector in words.include]
        unwanted = [self._test(selector) for selector in words.exclude]
        return tuple(
            change
            for change in changes
            if (not wanted or any(test(change) for test in wanted)) and not any(test(change) for test in unwanted)
        )

    def _test(self, selector: Selector) -> Test:
        if selector.kind == "tenant":
            tenant = self._tenant(selector.name)
            return lambda change: change.tenant == tenant
        if selector.kind == "target":
            tenant = self._tenant(selector.name)
            self._prompt(selector.value, [tenant])
            return lambda change: change.tenant == tenant and belongs(change.prompt, selector.value)
        if selector.kind == "prompt":
            self._prompt(selector.name, self._all())
            return lambda change: belongs(change.prompt, selector.name)
        if selector.kind == "glob":
            if not any(fnmatchcase(tenant, selector.name) for tenant in self._all()):
                raise _nothing(f"no tenant's id matches `{shortened(selector.name)}`", selector.name, self._all())
            return lambda change: fnmatchcase(change.tenant, selector.name)
        labels = self._labelled()
        if not any(found.get(selector.name) == selector.value for found in labels.values()):
            every = {f"{key}={value}" for found in labels.values() for key, value in found.items()}
            word = f"{selector.name}={selector.value}"
            raise _nothing(f"no tenant has the label `{shortened(word)}`", word, every)
        return lambda change: labels.get(change.tenant, {}).get(selector.name) == selector.value

    def _tenant(self, name: str) -> str:
        if any(find_in(self.get, TENANTS, read_root(self.get, root).tree, name) is not None for root in self.roots):
            return name
        for tree in self.known:
            for tenant, value in items_in(self.get, TENANCIES, tree):
                if name in value.get("aliases", ()):
                    return str(tenant)
        raise _nothing(f"no root here has a tenant `{shortened(name)}`", name, self._all())

    def _prompt(self, name: str, tenants: Iterable[str]) -> None:
        seen: set[str] = set()
        for tenant in tenants:
            for root in self.roots:
                seen.update(tenant_served(self.get, root, tenant) or ())
            if name in seen:
                return
        raise _nothing(f"no target here is of a prompt `{shortened(name)}`", name, seen)

    def _all(self) -> list[str]:
        if self._tenants is None:
            trees = {read_root(self.get, root).tree for root in self.roots}
            self._tenants = sorted({tenant for tree in trees for tenant, _ in items_in(self.get, TENANTS, tree)})
        return self._tenants

    def _labelled(self) -> dict[str, Mapping[str, str]]:
        if self._labels is None:
            self._labels = {}
            for tree in self.known:
                self._labels |= {k: v for k, v in labels_in(self.get, Known(tree)).items() if k not in self._labels}
        return self._labels


def share_of(text: str | None) -> float | None:
    """A share as it is written, `10%` or `0.1`, as a number above 0 and up to 1."""
    if text is None:
        return None
    try:
        number = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        number = 0.0
    if not 0 < number <= 1:
        raise PromptcError("C001", f"`{shortened(text)}` is no share", hint="write it as `10%` or `0.1`")
    return number


def shared(channel: str, changes: Iterable[Change], share: float | None) -> tuple[Change, ...]:
    """The changes of the tenants that are in a share."""
    return tuple(c for c in changes if share is None or in_share(channel, c.tenant, share))


def _nothing(message: str, word: str, names: Iterable[str]) -> PromptcError:
    return PromptcError("V019", message, hint=did_you_mean(word, names) or "`promptc history CHANNEL` shows what moved")
