"""Measures: in which unit a number is, and in which form a date, as a schema says it: by keyword, by name, or in words.

    a property's name and schema -> [measures] -> unit; form of a date

Pure. What isn't said is not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.core.pattern import Pattern

# One spelling for each unit.
_UNITS = {
    "milliseconds": "milliseconds ms millis msec", "seconds": "seconds second secs sec s", "minutes": "minutes minute mins min",
    "hours": "hours hour hrs h", "days": "days day d", "weeks": "weeks week", "months": "months month", "years": "years year",
    "cents": "cents cent", "pence": "pence", "euros": "euros euro eur", "dollars": "dollars dollar usd", "pounds sterling": "gbp",
    "percent": "percent pct percentage %", "basis points": "bps", "bytes": "bytes byte", "kilobytes": "kilobytes kb",
    "megabytes": "megabytes mb", "gigabytes": "gigabytes gb", "grams": "grams gram g", "kilograms": "kilograms kilogram kg",
    "pounds": "lbs lb", "millimetres": "millimetres millimeters mm", "centimetres": "centimetres centimeters cm",
    "metres": "metres meters metre meter m", "kilometres": "kilometres kilometers km", "miles": "miles mi", "inches": "inches inch",
    "celsius": "celsius °c", "fahrenheit": "fahrenheit °f", "tokens": "tokens", "words": "words", "characters": "characters chars",
}  # fmt: skip
_UNIT_OF = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings.split()}
# Too short to be told from other words but where a keyword says them, or after a `_`.
_SHORT = frozenset("s h d g m mi min sec".split())
_SAID = Pattern(r"(?i)\b(?:in|as|number of|measured in|given in)\s+(?:whole\s+|full\s+|integer\s+)?([a-z]+|%|°[cf])(?![\w-])")
_FORMS = (
    ("date", Pattern(r"(?i)\byyyy-mm-dd\b|\biso[ -]?(?:8601 )?(?:calendar )?date\b(?![- ]?time)|\b20\d\d-\d\d-\d\d(?![\dT])")),
    ("date-time", Pattern(r"(?i)\biso[ -]?8601 (?:date[- ]?time|timestamp)\b|\brfc[ -]?3339\b|\byyyy-mm-ddthh:mm")),
    ("dd.mm.yyyy", Pattern(r"(?i)\bdd\.mm\.yyyy\b|\btt\.mm\.jjjj\b")),
    ("dd/mm/yyyy", Pattern(r"(?i)\bdd/mm/yyyy\b")),
    ("mm/dd/yyyy", Pattern(r"(?i)\bmm/dd/yyyy\b")),
    ("a Unix timestamp", Pattern(r"(?i)\bunix (?:time|timestamp)\b|\bseconds since (?:the )?epoch\b")),
)


def unit_of(name: str, schema: Mapping[str, Any]) -> str:
    """The unit that a property is in, "" where nothing says it."""
    for key in ("unit", "x-unit"):
        if isinstance(schema.get(key), str):
            said = str(schema[key]).casefold().strip()
            return _UNIT_OF.get(said, said)
    last = name.casefold().rpartition("_")[2] if "_" in name else ""
    if last in _UNIT_OF:
        return _UNIT_OF[last]
    words = map(str.casefold, _SAID.findall(str(schema.get("description", ""))))
    found = {_UNIT_OF[word] for word in words if word in _UNIT_OF and word not in _SHORT}
    return found.pop() if len(found) == 1 else ""


def form_of(schema: Mapping[str, Any]) -> str:
    """The form of a text: its `format`, or the form of a date that its description names; "" where nothing says it."""
    if isinstance(schema.get("format"), str):
        return str(schema["format"])
    description = str(schema.get("description", ""))
    found = [form for form, pattern in _FORMS if pattern.search(description)]
    return found[0] if len(found) == 1 else ""
