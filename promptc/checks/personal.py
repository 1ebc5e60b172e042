"""Personal: personal data and secrets in sources, examples and overlays: e-mail addresses, phones, cards, accounts, keys.

    source texts -> [personal] -> findings that never repeat what they found

Pure. Own patterns with what proves them (Luhn's digit for cards, ISO 7064's for accounts, the issuers' prefixes for keys):
the libraries for this bring models, downloads or rest since years (docs/dependencies.md). Reserved examples (example.org,
555-01xx, issuers' test cards) and a company's public addresses raise nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from promptc.checks.check import Check, Text
from promptc.core.findings import Finding
from promptc.core.pattern import Pattern

_EMAIL = Pattern(
    r"(?<![\w.+%/@-])([A-Za-z0-9][\w.+%-]{0,62})@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})(?![\w@])"
)
# RFC 2606 and 6761: nobody's.
_RESERVED = Pattern(r"(?:^|\.)(?:example\.(?:com|org|net|edu)|example|test|invalid|localhost)$", re.IGNORECASE)
# Mailboxes of roles and not of people (RFC 2142 and the like).
_ROLES = frozenset(
    "abuse accounts admin administrator billing bookings care careers claims compliance contact customerservice dpo feedback finance "
    "hello help helpdesk hostmaster hr info infos invoices jobs kontakt legal mail marketing media news newsletter no-reply noreply "
    "office operations orders postmaster press privacy refunds returns sales security service services shop support team webmaster "
    "welcome".split()
)
_PHONE = Pattern(r"(?<![\w.+/-])(?:\+|00)(?:[1-9]\d{0,2})(?:[ .()/-]{0,2}\d){6,12}(?![\w-]|\.\d)")
_PHONE_US = Pattern(r"(?<![\w.+/-])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?![\w-]|\.\d)")
# A number without its country is one where a word before it says so.
_PHONE_SAID = Pattern(
    r"(?i)\b(?:tel(?:\.|efon|ephone)?|phone|call|mobile|mobil|handy|cell|fax|hotline|whatsapp|t[ée]l[ée]fono?|ruf\w*(?: \w+)? an)\b"
    r"[^\d\n+]{0,20}(?P<number>\(?0\d{1,4}\)?(?:[ ./-]{0,2}\d){5,10})(?![\w-]|\.\d)"
)
_CARD = Pattern(r"(?<![\w.+-])(?:\d[ -]?){12,18}\d(?![\w-]|\.\d)")
_IBAN = Pattern(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
# What each match of the patterns above holds, found much faster since nothing stands before it.
_ABROAD = Pattern(r"00[1-9](?:[ .()/-]{0,2}\d){7}")
_LOCAL = Pattern(r"\d{3}[-.]\d{4}")
_THIRTEEN = Pattern(r"\d(?:[ -]?\d){12}")
_COUNTRY = Pattern(r"[A-Z]{2}\d{2}")
_PEM = Pattern("-----BEGIN (?:[A-Z0-9 ]+ )?" + "PRIVATE KEY(?: BLOCK)?-----")
# Each issuer's own form: (what it is called, pattern).
_KEYS = (
    ("an AWS access key", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"),
    ("a GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255}"),
    ("a GitLab token", r"glpat-[A-Za-z0-9_-]{20,64}"),
    ("a Slack token", r"xox[abeoprs]-[A-Za-z0-9-]{10,250}|xapp-\d-[A-Za-z0-9-]{20,250}"),
    ("a Slack webhook", r"hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,}"),
    ("a Stripe key", r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9]{24,}"),
    ("an Anthropic key", r"sk-ant-[A-Za-z0-9_-]{20,250}"),
    ("an OpenAI key", r"sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,250}"),
    ("a Google key", r"AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,250}|GOCSPX-[A-Za-z0-9_-]{28}"),
    ("a Hugging Face token", r"hf_[A-Za-z0-9]{30,64}"),
    ("a SendGrid key", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}"),
    ("a Twilio key", r"SK[0-9a-f]{32}"),
    ("an npm token", r"npm_[A-Za-z0-9]{36}"),
    ("a PyPI token", r"pypi-AgEI[A-Za-z0-9_-]{50,}"),
    ("a DigitalOcean token", r"do[oprt]_v1_[a-f0-9]{64}"),
    ("a Databricks token", r"dapi[a-f0-9]{32}"),
    ("a Telegram bot's token", r"\d{8,10}:AA[A-Za-z0-9_-]{33}"),
    ("a JSON Web Token", r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
)
_KEY = Pattern("|".join(f"(?<![A-Za-z0-9_-])(?P<k{n}>{pattern})" for n, (_, pattern) in enumerate(_KEYS)))
_URL = Pattern(r"://[^\s:/@{}$]{1,64}:[^\s:/@{}$]{3,128}@[A-Za-z0-9.-]+")
_ASSIGNED = Pattern(
    r"(?i)(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret|bearer)"
    r"[\"']?\s*(?:[:=]|\bis\b|\s)\s*[\"']?(?P<value>[A-Za-z0-9+/_=.~-]{20,128})(?![\w/])"
)
# Each key holds one of these, and each assignment one of those, which are found much faster.
_SIGNS = (
    "AKIA", "ASIA", "ABIA", "ACCA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "xapp-", "hooks.slack",
    "_live_", "_test_", "whsec_", "sk-", "AIza", "ya29.", "GOCSPX-", "hf_", "SG.", "SK", "npm_", "pypi-", "_v1_", "dapi", ":AA",
    "eyJ",
)  # fmt: skip
_CALLED = ("password", "passwd", "pwd", "secret", "key", "token", "bearer")
_PHONE_SIGNS = ("tel", "phone", "call", "mob", "handy", "cell", "fax", "hotline", "whatsapp", "tél", "ruf")
_ENTROPY_MIN = 3.6  # bits a character, above words and below what is random
# Issuers' ranges: Visa, Mastercard, American Express, Discover, JCB, Diners Club, UnionPay.
_ISSUED = Pattern(
    r"(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35\d{14}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|62\d{14,17})\Z"
)
# Numbers that issuers publish for tests: their digits prove, and they are nobody's.
_TEST_CARDS = frozenset(
    "4111111111111111 4242424242424242 4012888888881881 4000056655665556 5555555555554444 5105105105105100 2223003122003222 "
    "378282246310005 371449635398431 6011111111111117 6011000990139424 3056930009020004 30569309025904 38520000023237 "
    "3530111333300000 3566002020360505 6200000000000005".split()
)
_TEST_IBANS = frozenset("DE89370400440532013000 GB29NWBK60161331926819 GB82WEST12345698765432 FR1420041010050500013M02606".split())


def emails(text: Text) -> Iterator[Finding]:
    """W101: addresses of people."""
    if "@" not in text.text:
        return
    for match in _EMAIL.finditer(text.text):
        mailbox = match[1].lower().split("+")[0]
        if mailbox in _ROLES or re.split(r"[.-]", mailbox)[0] in _ROLES or _RESERVED.search(match[2]) or _is_url(text, match):
            continue
        yield _found("W101", "an e-mail address that may be a person's", text, match.start())


def _is_url(text: Text, match: re.Match[str]) -> bool:
    """Whether it stands behind `scheme://`, where `user:password@host` is (W105)."""
    before = text.text[max(0, match.start() - 100) : match.start()]
    return "://" in re.split(r"\s", before)[-1]


def phones(text: Text) -> Iterator[Finding]:
    """W102: phone numbers, written internationally or as in North America."""
    for match in _PHONE_SAID.finditer(text.text) if any(sign in text.folded for sign in _PHONE_SIGNS) else ():
        digits = re.sub(r"\D", "", match["number"])
        if len(set(digits)) > 3 and not digits.startswith(("0800", "00")):
            yield _found("W102", "a phone number", text, match.start("number"))
    likely = ((_PHONE, "+" in text.text or _ABROAD.search(text.text)), (_PHONE_US, _LOCAL.search(text.text)))
    for pattern, is_likely in likely:
        for match in pattern.finditer(text.text) if is_likely else ():
            digits = re.sub(r"\D", "", match.group())
            if _is_nobodys(digits) or len(set(digits)) <= 3 or (pattern is _PHONE and _is_amount(match.group(), digits)):
                continue
            yield _found("W102", "a phone number", text, match.start())


def _is_amount(written: str, digits: str) -> bool:
    return not 8 <= len(digits.removeprefix("00")) <= 15 or (written.startswith("00") and not re.search(r"[ ()/-]", written))


def _is_nobodys(digits: str) -> bool:
    """Numbers that regulators keep for fiction (555-01xx in North America, Ofcom's and others'), and freephone numbers."""
    local = digits[-10:]
    fiction = local[3:8] == "55501" and digits.removeprefix("00").startswith(("1", local[:3]))
    ofcom = re.match(r"(?:00)?44(?:0)?(?:1632960|2079460|7700900|8081570|113496|117496)", digits)
    freephone = local[:3] in ("800", "888", "877", "866", "855", "844", "833") or re.match(r"(?:00)?(?:44|49|33|34|39)800", digits)
    return bool(fiction or ofcom or freephone)


def cards(text: Text) -> Iterator[Finding]:
    """W103: payment cards, by issuer's range and check digit."""
    for match in _CARD.finditer(text.text) if _THIRTEEN.search(text.text) else ():
        digits = re.sub(r"\D", "", match.group())
        if _is_card(digits) and digits not in _TEST_CARDS:
            yield _found("W103", "the number of a payment card", text, match.start())


def _is_card(digits: str) -> bool:
    return _ISSUED.match(digits) is not None and luhn(digits) and len(set(digits)) > 2


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for number, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + number % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def accounts(text: Text) -> Iterator[Finding]:
    """W104: bank accounts as IBAN, by their check digits."""
    for match in _IBAN.finditer(text.text) if _COUNTRY.search(text.text) else ():
        plain = match.group().replace(" ", "")
        if 15 <= len(plain) <= 34 and iban(plain) and plain not in _TEST_IBANS:
            yield _found("W104", "the number of a bank account (IBAN)", text, match.start())


def iban(plain: str) -> bool:
    """Whether check digits are those of the rest (ISO 7064, mod 97-10)."""
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def keys(text: Text) -> Iterator[Finding]:
    """W105: keys and tokens, by their issuers' forms, and what is called a password and looks random."""
    places = set()
    for match in _KEY.finditer(text.text) if any(sign in text.text for sign in _SIGNS) else ():
        name = _KEYS[int((match.lastgroup or "k0")[1:])][0]
        if _looks_random(match.group()[4:]) or "webhook" in name:
            places.add(match.start())
            yield _found("W105", name, text, match.start(), "error")
    for match in _URL.finditer(text.text) if "://" in text.text and "@" in text.text else ():
        places.add(match.start())
        yield _found("W105", "a password in a URL", text, match.start(), "error")
    for match in _ASSIGNED.finditer(text.text) if any(word in text.folded for word in _CALLED) else ():
        start = match.start("value")
        if _entropy(match["value"]) >= _ENTROPY_MIN and _is_mixed(match["value"]) and not any(start <= p <= match.end() for p in places):
            yield _found("W105", "what is called a secret and looks like one", text, start, "error")


def private_keys(text: Text) -> Iterator[Finding]:
    """W106: private keys."""
    for match in _PEM.finditer(text.text):
        yield _found("W106", "a private key", text, match.start(), "error")


def _looks_random(value: str) -> bool:
    return len(set(value)) >= 8 and not re.search(r"(?i)x{6,}|\.{3,}|example|placeholder|your[_-]", value)


def _is_mixed(value: str) -> bool:
    kinds = (any(c.isdigit() for c in value), any(c.islower() for c in value), any(c.isupper() for c in value))
    return kinds[0] and any(kinds[1:]) and _looks_random(value)


def _entropy(value: str) -> float:
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())


def _found(code: str, what: str, text: Text, start: int, severity: str = "warning") -> Finding:
    where = {"examples": "an example", "signups": "a tenant's overlay", "tenant": "a tenant's overlay"}.get(text.role, "a source")
    hint = "take it out and revoke it: it has been in a repository" if severity == "error" else "replace it by an invented one"
    hint += ", or allow it here with a reason" if severity != "error" else ""
    return Finding(code, f"{what} stands in {where}", text.place(start), "error" if severity == "error" else "warning", hint)


CHECKS = (
    Check("W101", "text", emails),
    Check("W102", "text", phones),
    Check("W103", "text", cards),
    Check("W104", "text", accounts),
    Check("W105", "text", keys, "error"),
    Check("W106", "text", private_keys, "error"),
)
