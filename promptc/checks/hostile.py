"""Hostile: overlay text that tries to speak as the system, and slots that could end the tag around them.

    overlays' texts, artifacts -> [hostile] -> findings to be looked at by a person; nothing is ever altered

Pure. Overlay text is inert: it can forge no turn (ARCHITECTURE.md). What is found here works on the model alone, by what it
says. Letters that imitate others are read as those; a phrase that is quoted in a rule against it is no finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from promptc.checks.check import Check, Compiled, Seat, Sources
from promptc.checks.overlay_texts import texts_of
from promptc.compiler.schema.characters import looks_like
from promptc.core.findings import Finding, Place
from promptc.core.pattern import Pattern

_ROLES = Pattern(
    r"<\|?/?(?:im_start|im_end|im_sep|start_header_id|end_header_id|eot_id|begin_of_text|endoftext|endofprompt|fim_\w+)\|?>"
    r"|<\|(?:system|user|assistant|end|channel|message|start|return|call)\|>"
    r"|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|</?(?:system|assistant|human)>|[\"']role[\"']\s*:\s*[\"'](?:system|developer|assistant)[\"']"
    r"|^[ \t]*\[(?:system|assistant|developer)\]"
    r"|^[ \t]*(?:#{1,6}[ \t]*|\*\*|\[)?(?:system|assistant|human|developer)(?:[ \t]+(?:prompt|message))?(?:\*\*|\])?[ \t]*:(?:\*\*)?"
    r"(?=[ \t]*(?:\n|$)|[ \t]+\S)",
    re.IGNORECASE | re.MULTILINE,
)
# A line that begins with such a word and a colon is a turn only where a turn's text can follow; these go on as prose does.
_PROSE = Pattern(r"[ \t]*(?:system|assistant|human|developer)[ \t]*:[ \t]*(?:requirements|resources|name|rights|error)\b", re.IGNORECASE)

_GAP = r"[\W_]{1,4}"
_BACK = (
    r"(?:all|any|every|the|your|my|these|those|previous|prior|above|earlier|preceding|foregoing|initial|original|existing|of|other)"
)
_ORDERS = "|".join(
    (
        rf"(?:ignore|disregard|forget|override|bypass|overrule|discard){_GAP}(?:{_BACK}{_GAP}){{1,5}}"
        rf"(?:\w+{_GAP})?(?:instructions?|prompts?|rules|directions|directives|guidelines|guardrails|messages|context)",
        rf"(?:do{_GAP}not|don't|never|stop|cease|quit){_GAP}(?:follow|following|obey|obeying|heed|heeding|apply|applying){_GAP}"
        rf"(?:(?:any|all|of|the|your|these|those){_GAP}){{0,3}}(?:previous|prior|above|earlier|preceding|foregoing|initial|original|system|your)"
        rf"{_GAP}(?:\w+{_GAP})?(?:instructions?|prompts?|rules|directions|directives|guidelines)",
        rf"from{_GAP}now{_GAP}on,?{_GAP}you{_GAP}(?:have|are|act|answer|will)(?:{_GAP}\w+){{0,4}}?{_GAP}(?:no|without|free{_GAP}of|beyond|unrestricted|unfiltered)"
        rf"(?:{_GAP}\w+){{0,2}}?{_GAP}?(?:restrictions?|limits?|limitations?|rules|filters?|guidelines|unrestricted|unfiltered)",
        rf"(?:act|answer|respond|behave){_GAP}as{_GAP}(?:if|though){_GAP}you{_GAP}(?:had|have){_GAP}no{_GAP}(?:\w+{_GAP})?(?:rules|restrictions|limits|limitations|guidelines|filters?)",
        rf"(?:enter|enable|activate|switch{_GAP}to|now{_GAP}in){_GAP}(?:developer|debug|god|dan|jailbreak|unrestricted){_GAP}mode",
        rf"new{_GAP}(?:system{_GAP})?instructions?[ \t]*:",
        rf"(?:ignore|disregard|forget){_GAP}(?:everything|anything|all|what)(?:{_GAP}\w+){{0,3}}?{_GAP}(?:above|before|told|said|earlier|previously)",
        rf"(?:reveal|print|repeat|show|output|disclose){_GAP}(?:me{_GAP})?(?:your|the){_GAP}(?:\w+{_GAP})?(?:system{_GAP}prompt|hidden{_GAP}instructions?|initial{_GAP}instructions?)",
        rf"you{_GAP}are{_GAP}(?:now|no{_GAP}longer){_GAP}(?:bound|restricted|limited|in{_GAP}developer{_GAP}mode|dan\b|jailbroken|unrestricted)",
        rf"(?:new|real|true|actual){_GAP}system{_GAP}(?:prompt|instructions?)",
        # German, French, Spanish, Italian, Portuguese, Dutch, Polish, Turkish
        r"(?:ignorier|vergiss|missacht|vergess)\w*\s+(?:\w+\s+){0,3}?"
        r"(?:bisherigen|vorherigen|vorigen|obigen|früheren|vorangegangenen)\s+(?:\w+\s+){0,2}?(?:anweisung|instruktion|regel|vorgabe)\w*",
        r"(?:ignore[zrs]?|oublie[zrs]?|ne tiens pas compte d\w*|négligez)\s+(?:\w+\s+){0,3}?"
        r"(?:instructions?|consignes?|règles?|directives?)\s+(?:précédent|antérieur|ci-dessus|initial|d'avant)\w*",
        r"(?:ignor[ae]\w*|olvid[ae]\w*|haz caso omiso de)\s+(?:\w+\s+){0,3}?"
        r"(?:instrucciones|reglas|indicaciones|órdenes)\s+(?:anterior|previa|de arriba|inicial)\w*",
        r"(?:ignora\w*|dimentica\w*)\s+(?:\w+\s+){0,3}?(?:istruzioni|regole|indicazioni)\s+(?:precedent|anterior|iniziali|sopra)\w*",
        r"(?:ignor[ea]\w*|esqueç\w*|desconsider\w*)\s+(?:\w+\s+){0,3}?(?:instruções|regras|orientações)\s+(?:anterior|prévia|acima|inicia)\w*",
        r"(?:negeer|vergeet)\s+(?:\w+\s+){0,3}?(?:vorige|eerdere|bovenstaande|voorgaande)\s+(?:instructies|regels|opdrachten)",
        r"(?:zignoruj|ignoruj|zapomnij)\w*\s+(?:\w+\s+){0,3}?(?:poprzedni|wcześniejsz|powyższ)\w*\s+(?:instrukcj|polece|zasad|reguł)\w*",
        r"(?:önceki|yukarıdaki)\s+(?:\w+\s+){0,2}?(?:talimat|kural|yönerge)\w*\s+(?:\w+\s+)?(?:yok say|unut|görmezden gel|dikkate alma)\w*",
        # Russian, Ukrainian, Arabic, Hebrew, Persian, Hindi
        r"(?:игнориру\w+|забуд\w+|не\s+обращай\w*\s+внимания\s+на)\s+(?:\w+\s+){0,3}?(?:предыдущ|прежн|вышеуказанн|вышеприведённ|вышеприведенн)\w*\s+(?:инструкци|указани|правил|команд)\w*",
        r"(?:ігнору\w+|забуд\w+)\s+(?:\w+\s+){0,3}?(?:попередн|наведен)\w*\s+(?:інструкц|вказів|правил)\w*",
        r"(?:تجاهل|انس|تجاهلي|اتجاهل)\s+(?:\w+\s+){0,2}?(?:التعليمات|الأوامر|القواعد|الارشادات|الإرشادات)\s+(?:السابقة|أعلاه|الأولى)",
        r"(?:התעלם|התעלמי|תתעלם|שכח)\s+(?:\w+\s+){0,2}?מ?(?:כל\s+)?ה?(?:הוראות|הנחיות|כללים)\s+ה?(?:קודמות|קודמים|הקודמות|לעיל|הקודמים)",
        r"(?:دستورات|دستورالعمل‌?های|قوانین)\s+(?:\w+\s+)?(?:قبلی|پیشین|بالا)\s+(?:\w+\s+)?(?:را\s+)?(?:نادیده\s+بگیر|فراموش\s+کن)\w*",
        r"(?:पिछले|पिछली|पूर्व|उपरोक्त)\s+(?:\S+\s+){0,2}?(?:निर्देश|नियम|आदेश)\S*\s+(?:\S+\s+){0,2}?(?:अनदेखा|भूल|नज़रअंदाज़|नजरअंदाज)",
        # Chinese, Japanese, Korean
        r"(?:忽略|无视|無視|忘记|忘記|忽視)(?:掉)?(?:你)?(?:之前|以上|先前|上面|前面|此前|所有|一切)(?:的)?(?:所有|一切|全部)?(?:的)?(?:指令|指示|提示|规则|規則|说明|說明|命令|内容)",
        r"(?:これまで|以前|前|上記|先)の(?:すべての|全ての)?(?:指示|命令|ルール|プロンプト|説明)(?:を|は)(?:すべて|全て)?(?:無視|忘れ)",
        r"(?:이전|위|앞|지금까지)(?:의)?\s*(?:모든\s*)?(?:지시|지침|명령|규칙|프롬프트)\S*\s*(?:모두\s*|전부\s*)?(?:무시|잊)",
    )
)
_APART = Pattern(r"(?<!\w)(?:[A-Za-z][ .\-_*]){4,}[A-Za-z](?!\w)")
_HOSTILE = Pattern(_ORDERS, re.IGNORECASE)
CHARACTERS_MIN = 7  # a phrase in Chinese has so many
# Each such phrase in ASCII letters holds one of the first and one of the second, which are found much faster; each beginning of
# a turn one of the third.
_VERBS = (
    "ignor", "disregard", "forget", "overrid", "bypass", "overrul", "discard", "reveal", "print", "repeat", "show", "output", "disclose",
    "you are", "you_are", "you-are", "system", "vergiss", "vergess", "missacht", "oublie", "tiens", "olvid", "haz", "dimentica",
    "desconsider", "negeer", "vergeet", "zapomnij", "follow", "obey", "heed", "apply", "now on", "as if", "as though", "enter",
    "enable", "activate", "switch", "now in", "new",
)  # fmt: skip
_NOUNS = (
    "instr", "istruz", "prompt", "rule", "direct", "guideline", "guardrail", "message", "context", "above", "before", "told", "said",
    "earlier", "previous", "bound", "restrict", "limit", "mode", "dan", "jailb", "filter", "longer", "anweisung", "regel", "vorgabe",
    "consigne", "regl", "indica", "regras", "regole", "orienta", "opdracht", "polece", "zasad", "talimat", "kural",
)  # fmt: skip
_TURNS = (
    "system", "assistant", "human", "developer", "<|", "im_start", "im_end", "im_sep", "header_id", "eot_id", "begin_of_text", "endof",
    "fim_", "inst]", "<<", "_of_turn",
)  # fmt: skip
Texts = Iterable[tuple[str, Place]]
# A rule that names the phrase in order to refuse it.
_AGAINST = Pattern(
    r"\b(?:if|when|whenever|never|refuse|reject|such as|like|says?|asks?|tells?|writes?|tr(?:y|ies)|attempts?|requests? to|do not|don't|"
    r"wenn|falls|nie|si|cuando|nunca|quand|jamais|se|quando|mai|если|никогда)\b|如果|不要|もし|만약",
    re.IGNORECASE,
)
_QUOTES = "\"'“”‘’«»„「」『』`"
_SENTENCE = Pattern(r"[.!?。！？\n]")


def forged_roles(seat: Seat) -> Iterator[Finding]:
    """W004 of a tenant's own texts."""
    return _forged(seat.texts)


def forged_roles_of_layers(sources: Sources) -> Iterator[Finding]:
    """W004 of layers."""
    return (finding for layer in sources.project.layers.values() for finding in _forged(texts_of(layer)))


def hostile_orders(seat: Seat) -> Iterator[Finding]:
    """W005 of a tenant's own texts."""
    return _orders(seat.texts)


def hostile_orders_of_layers(sources: Sources) -> Iterator[Finding]:
    """W005 of layers."""
    return (finding for layer in sources.project.layers.values() for finding in _orders(texts_of(layer)))


def _forged(texts: Texts) -> Iterator[Finding]:
    texts = tuple(texts)
    # Most overlays hold none of the signs: looked for in all texts at once, and then in each.
    lower = "\n".join([text for text, _ in texts]).lower()
    signs = [sign for sign in _TURNS if sign in lower]
    for text, place in texts if signs else ():
        lower = text.lower()
        if any(sign in lower for sign in signs) and any(not _PROSE.match(text, match.start()) for match in _ROLES.finditer(text)):
            hint = "it can't begin a turn, but a model may take it for one: write it otherwise"
            yield Finding("W004", "text that looks like the beginning of a turn", place, "warning", hint)


def _orders(texts: Texts) -> Iterator[Finding]:
    texts = tuple(one for one in texts if len(one[0]) >= CHARACTERS_MIN)
    if not _may_order("\n".join([text for text, _ in texts])):
        return
    for text, place in texts:
        if not _may_order(text):
            continue
        read = joined_letters(plain_letters(text))
        if any(not _is_quoted(read, match) for match in _HOSTILE.finditer(read)):
            hint = "read it, and ask its owner; `promptc: allow` keeps it where it is meant"
            yield Finding("W005", "text that tells the model to leave its instructions", place, "warning", hint)


def _may_order(text: str) -> bool:
    """Whether a text has the words without which nothing is ordered in English; of other languages nothing is said here."""
    read = joined_letters(plain_letters(text))
    lower = read.lower()
    return not read.isascii() or (any(noun in lower for noun in _NOUNS) and any(verb in lower for verb in _VERBS))


def plain_letters(text: str) -> str:
    """A text with letters that look like ASCII ones as those, where it has ASCII letters beside them."""
    if text.isascii():
        return text
    like = looks_like()
    words = re.split(r"(\W+)", text.replace("\u200b", "").replace("\u200c", "\u200c"))
    return "".join(_plain(word, like) for word in words)


def joined_letters(text: str) -> str:
    """A text in which letters that are spelled apart (`i g n o r e`) are words again."""
    return _APART.sub(lambda found: re.sub(r"[ .\-_*]", "", found[0]), text) if _APART.search(text) else text


def _plain(word: str, like: Mapping[str, str]) -> str:
    if word.isascii() or not (any(letter.isascii() for letter in word) or all(letter in like for letter in word)):
        return word
    return "".join(like.get(letter, letter) for letter in word)


def _is_quoted(text: str, match: re.Match[str]) -> bool:
    """Whether a phrase stands in quotation marks, in a sentence that speaks of what others say."""
    starts = [found.end() for found in _SENTENCE.finditer(text, max(0, match.start() - 300), match.start())]
    before = text[starts[-1] if starts else max(0, match.start() - 300) : match.start()]
    opened = any(mark in before for mark in _QUOTES)
    closed = any(mark in text[match.end() : match.end() + 80] for mark in _QUOTES)
    return opened and closed and _AGAINST.search(before) is not None


_MARKUP = Pattern(r"<(/?)([A-Za-z][\w.-]*)(?:\s[^<>]*)?>")
_IN_TAG = Pattern(r"<[A-Za-z][\w.-]*\s[^<>]*\Z")


def open_slots(compiled: Compiled) -> Iterator[Finding]:
    """W006: a slot between tags whose value could end them, since it is not filled in as `xml`."""
    known = {"input": {"type": "object", "properties": compiled.prompt.inputs}}
    for message in compiled.document["messages"]:
        for name in dict.fromkeys(_open_slots(message.get("content", ()), known)):
            hint = "write `| xml` after it, so that what a caller sends can't end the tag"
            place = compiled.prompt.places.get("inputs", compiled.prompt.place)
            yield Finding("W006", f"`{name}` stands between tags and is not filled in as `xml`", place, "warning", hint)


_Schemas = Mapping[str, Any]


def _open_slots(parts: Iterable[Any], known: _Schemas, before: str = "", after: str = "") -> Iterator[str]:
    listed = list(parts)
    for number, part in enumerate(listed):
        if isinstance(part, str) or "cache" in part:
            continue
        left = before + "".join(p if isinstance(p, str) else "\x00" for p in listed[:number])
        right = "".join(p if isinstance(p, str) else "\x00" for p in listed[number + 1 :]) + after
        if "slot" in part:
            if part.get("as") not in ("xml", "length") and _is_between(left, right) and not _is_harmless(part["slot"], known):
                yield _spelled(part["slot"], known)
        else:
            inner = known
            if "each" in part:
                items = (_schema_of(part["each"], known) or {}).get("items", {})
                inner = {**known, part["name"]: items, f"{part['name']} of": _spelled(part["each"], known)}
            for key in ("do", "then", "else"):
                yield from _open_slots(part.get(key, ()), inner, left, right)


def _is_between(left: str, right: str) -> bool:
    opened = left.rfind("<")
    in_tag = opened > left.rfind(">") and _IN_TAG.search(left, opened) is not None
    return in_tag or bool(_left_open(left) & _closed(right))


def _left_open(left: str) -> set[str]:
    """The tags that are open at the end of a text."""
    stack: list[str] = []
    for match in _MARKUP.finditer(left):
        if not match[1]:
            stack.append(match[2])
        elif match[2] in stack:
            del stack[len(stack) - 1 - stack[::-1].index(match[2]) :]
    return set(stack)


def _closed(right: str) -> set[str]:
    """The tags that a text closes and has not opened."""
    opened: list[str] = []
    found: set[str] = set()
    for match in _MARKUP.finditer(right):
        if not match[1]:
            opened.append(match[2])
        elif match[2] in opened:
            opened.remove(match[2])
        else:
            found.add(match[2])
    return found


def _schema_of(path: Iterable[Any], known: _Schemas) -> Any:
    first, *rest = path
    schema = known.get(first)
    for step in rest:
        if not isinstance(schema, Mapping):
            return None
        schema = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
    return schema


def _is_harmless(path: Iterable[Any], known: _Schemas) -> bool:
    """Whether no value that the input's schema lets pass can hold markup: numbers, truth values, an enum's words, lists of such."""
    return _never_marks(_schema_of(path, known))


def _never_marks(schema: Any) -> bool:
    if not isinstance(schema, Mapping):
        return False
    if "enum" in schema:
        return not any(sign in str(value) for value in schema["enum"] for sign in "<>&\"'")
    kind = schema.get("type")
    if kind == "array":
        return _never_marks(schema.get("items"))
    return kind in ("integer", "number", "boolean")


def _spelled(path: Iterable[Any], known: _Schemas) -> str:
    """A path as its author would write it: of a loop's own name, what the loop goes through."""
    first, *rest = map(str, path)
    return ".".join([f"{known[f'{first} of']}[]" if f"{first} of" in known else first, *rest])


CHECKS = (
    Check("W004", "tenant", forged_roles),
    Check("W004", "project", forged_roles_of_layers),
    Check("W005", "tenant", hostile_orders),
    Check("W005", "project", hostile_orders_of_layers),
    Check("W006", "artifact", open_slots),
)
