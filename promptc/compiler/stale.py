"""Stale: overrides and translations whose base has changed since they were written.

    source texts of a block and of what it brings in -> [stale] -> `against`, and warnings where it differs

Pure. `against` is 16 hex of the digest of source *text*, without comments, and of no variable's value: a layer serves many
tenants and carries one. A changed product name makes nothing stale; a changed sentence does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from promptc.compiler.project import BlockAction
from promptc.compiler.template.blocktext import SourceText
from promptc.compiler.template.templates import Templates
from promptc.core.digest import key_of
from promptc.core.findings import Finding

DIGITS = 16


class Against:
    """The digests of blocks and files of one project, each computed once."""

    def __init__(self, templates: Templates) -> None:
        self.templates = templates
        self._known: dict[tuple[Any, ...], str] = {}

    def definitions(self, prompt: str, block: str) -> list[tuple[str, SourceText]]:
        """A block's definitions in a prompt's closure, the effective one first; stand-ins for locales don't count."""
        closure = self.templates.closures[prompt]
        stand_ins = {other for path in closure.templates for other in self.templates.stand_ins(path).values()}
        found = [(path, self.templates.source_texts(path)[1]) for path in closure.templates if path not in stand_ins]
        return [(path, blocks[block]) for path, blocks in found if block in blocks]

    def text(self, prompt: str, block: str) -> str:
        """The source text that a replacement of the block replaces; "" where there is no such block."""
        found = self.definitions(prompt, block)
        return found[0][1].text.strip("\n") if found else ""

    def digest(self, prompt: str, block: str, below: Sequence[BlockAction] = ()) -> str:
        """`against` of a block under the actions below it in the chain; "" where there is no such block."""
        steps = tuple((step.kind, step.raw) for step in below)
        key = (prompt, block, steps)
        if key not in self._known:
            self._known[key] = self._digest(prompt, block, steps)
        return self._known[key]

    def _digest(self, prompt: str, block: str, steps: tuple[tuple[str, str], ...]) -> str:
        found = self.definitions(prompt, block)
        if not found:
            return ""
        texts = [found[0][1]]
        for _, above in found[1:]:
            if not texts[-1].calls_super:
                break
            texts.append(above)
        inner = [self.definitions(prompt, name)[0][1] for text in texts for name in text.blocks]
        value = {
            "text": texts[0].text,
            "parents": [text.text for text in texts[1:]],
            "inner": [text.text for text in inner],
            "files": self._files([*texts, *inner]),
            "below": [list(step) for step in steps],
        }
        return _short(key_of("promptc.against/1", value))

    def file_digest(self, path: str) -> str:
        """`against` of a whole template, for a stand-in that translates it."""
        whole = self.templates.source_texts(path)[0]
        return _short(key_of("promptc.against/1", {"text": whole.text, "files": self._files([whole])}))

    def _files(self, texts: Sequence[SourceText]) -> list[str]:
        seen: dict[str, str] = {}
        pending = [name for text in texts for name in text.names]
        while pending:
            name = pending.pop(0)
            if name not in seen and name in self.templates.texts:
                whole = self.templates.source_texts(name)[0]
                seen[name] = whole.text
                pending.extend(whole.names)
        return list(seen.values())


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:DIGITS]


def stale_findings(against: Against, prompt: str, actions: Any, owner: str) -> Iterator[Finding]:
    """Replacements whose base has changed since they were written, each a warning to its owner."""
    for block, steps in actions.items():
        for index, step in enumerate(steps):
            if step.kind != "replace" or not step.against:
                continue
            now = against.digest(prompt, block, steps[:index])
            if now and now != step.against:
                whose = f"; owner: {owner}" if owner and step.overlay_kind == "tenant" else ""
                since = f"whose text has changed since (`against: {step.against}`, now `{now}`)"
                message = f"`{step.overlay}` replaces the block `{block}` of `{prompt}`, {since}{whose}"
                hint = f"`promptc rebase {step.overlay}` shows the three texts; `--accept` keeps the replacement"
                related = tuple(
                    ("the block", place) for place in against.templates.closures[prompt].blocks.get(block, ())[:1]
                )
                yield Finding("O120", message, step.place, "warning", hint, related)


def stand_in_findings(templates: Templates, against: Against) -> tuple[Finding, ...]:
    """Translations that say what they were translated from, and whose original has changed since."""
    found: list[Finding] = []
    for path in sorted(templates.texts):
        for locale, other in sorted(templates.stand_ins(path).items()):
            said = templates.project.templates[other].against
            if not said or not (templates.facts_of(path).is_whole and templates.facts_of(other).is_whole):
                continue
            now = against.file_digest(path)
            if said != now:
                message = f"the `{locale}` stand-in for `{path}` was written against `{said}`, and the original is now `{now}`"
                hint = f"compare it with the original, then write `against: {now}`"
                found.append(
                    Finding(
                        "O121",
                        message,
                        templates.place(other, 1),
                        "warning",
                        hint,
                        (("the original", templates.place(path, 1)),),
                    )
                )
    return tuple(found)
