"""Rules: what sources/rules.yaml says of groups of targets, proven over every artifact.

    an artifact -> [rules] -> what is wrong with it -> Estate -> findings at the rule, with the targets for which it doesn't hold

Pure. `contains` and `matches` are proven of what every request gets: text under a condition proves nothing. `lacks` is
proven of everything that any request could get.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from promptc.checks.check import Check, Corpus, Estate
from promptc.compiler.project import Rule
from promptc.core.findings import Finding
from promptc.core.values import texts_in
from promptc.core.visible import shortened

# What stands for a slot or a branch, so that no text runs across it.
_GAP = "\0"
_HINT = "`promptc show TENANT/PROMPT` shows the compiled prompt; mend it, or the rule"


def broken(estate: Estate) -> Iterator[Finding]:
    """W601: a fact that doesn't hold for some targets."""
    for (number, message), targets in sorted(estate.broken.items()):
        rule = estate.sources.project.rules[number]
        why = f" (because: {shortened(rule.because)})" if rule.because else ""
        text = f"a rule for {_group(rule)} doesn't hold{why}: {message}"
        yield Finding("W601", text, rule.place, "error", _HINT, targets=targets)


def idle(corpus: Corpus) -> Iterator[Finding]:
    """W602: a rule that is for no target, and so proves nothing."""
    for number, rule in enumerate(corpus.sources.project.rules):
        if not corpus.facts.get(("rule", str(number))):
            message = f"a rule is for {_group(rule)}, and no target is that"
            yield Finding("W602", message, rule.place, "warning", "mend the words, or remove the rule: it proves nothing")


def is_for_tenant(rule: Rule, tenant: str, labels: Mapping[str, str]) -> bool:
    """Whether a rule is for targets of a tenant, by its words about tenants."""
    return all(_is_in(kind, said, tenant, labels) for kind, said in _words(rule) if kind != "prompt")


def is_for_prompt(rule: Rule, prompt: str) -> bool:
    """Whether a rule is for targets of a prompt, by its words about prompts."""
    # A prompt's variants are the prompt, too.
    names = (prompt, prompt.partition(".")[0])
    return all(any(fnmatchcase(name, said) for name in names) for kind, said in _words(rule) if kind == "prompt")


def _words(rule: Rule) -> Iterator[tuple[str, str]]:
    for word in rule.select:
        kind, _, said = word.partition(":")
        yield kind, said


def _is_in(kind: str, said: str, tenant: str, labels: Mapping[str, str]) -> bool:
    if kind == "tenant":
        return fnmatchcase(tenant, said)
    key, _, value = said.partition("=")
    return labels.get(key) == value


def wrong_with(document: Mapping[str, Any], rules: Sequence[Rule]) -> tuple[tuple[int, str], ...]:
    """What is wrong with an artifact by the rules for its prompt, whoever's it is: (number of the rule, message)."""
    prompt = document["prompt"]
    due = ((number, rule) for number, rule in enumerate(rules) if is_for_prompt(rule, prompt))
    return tuple((number, message) for number, rule in due for message in _wrong(rule.facts, document))


def _group(rule: Rule) -> str:
    return f"`{shortened(' '.join(rule.select))}`"


def _wrong(facts: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    """What of the facts doesn't hold for an artifact."""
    always = sometimes = ""
    if facts.keys() & {"contains", "lacks", "matches"}:
        always = _GAP.join(texts(document["messages"], any_request=False))
        sometimes = _GAP.join(texts(document["messages"], any_request=True))
    for wanted in texts_in(facts.get("contains")):
        if wanted not in always:
            how = "contains it only under a condition" if wanted in sometimes else "does not contain it"
            yield f"`{shortened(wanted)}`: the prompt {how}"
    for unwanted in texts_in(facts.get("lacks")):
        if unwanted in sometimes:
            yield f"the prompt contains `{shortened(unwanted)}`"
    for pattern in texts_in(facts.get("matches")):
        if not re.search(pattern, always):
            yield f"nothing in the prompt matches `{shortened(pattern)}`"
    yield from _wrong_beside(facts, document)


def _wrong_beside(facts: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    given = {tool["name"] for tool in document["tools"]}
    for name in texts_in(facts.get("has_tool")):
        if name not in given:
            yield f"it does not give the tool `{shortened(name)}`"
    for name in texts_in(facts.get("lacks_tool")):
        if name in given:
            yield f"it gives the tool `{shortened(name)}`"
    if "model" in facts:
        model = document["model"]
        names = {str(model.get("name", "")), f"{model.get('provider', '')}/{model.get('name', '')}"}
        if not names & set(texts_in(facts["model"])):
            yield f"its model is `{shortened(str(model.get('name', '')))}`"
    if "max_tokens" in facts:
        most = document["config"].get("max_tokens")
        if most is None:
            yield "it sets no `max_tokens`"
        elif most > facts["max_tokens"]:
            yield f"it lets an answer have {most:,} tokens"


def texts(messages: Sequence[Any], *, any_request: bool) -> Iterator[str]:
    """The pieces of compiled text that every request gets, or that any request can get; nothing runs across a slot."""
    for message in messages:
        if "role" in message:
            yield from _pieces(message["content"], any_request=any_request)
        elif "when" in message and any_request:
            yield from texts([*message["then"], *message.get("else", ())], any_request=True)


def _pieces(parts: Sequence[Any], *, any_request: bool) -> Iterator[str]:
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if "cache" in part:
            continue
        yield text
        text = ""
        if any_request:
            for side in ("then", "else", "do"):
                yield from _pieces(part.get(side, ()), any_request=True)
    yield text


CHECKS = (Check("W601", "estate", broken, "error", of_some=True), Check("W602", "corpus", idle))
