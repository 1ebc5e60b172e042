"""Money: amounts in words, and what a change adds to a month's bill, the same in every form of a review.

    core.review.Money, dollars -> [money] -> text, Markdown, pages
"""

from __future__ import annotations

from promptc.cli.terminal import counted
from promptc.core.review import Money, Review


def dollars(amount: float) -> str:
    """`$4,344`, `$12.50`, `$0.0061`: three digits that matter, and never less than whole dollars of large amounts."""
    size = abs(amount)
    digits = 0 if size >= 1000 else 2 if size >= 1 or not size else 4 if size >= 0.01 else 6
    return f"{'-' if amount < 0 else ''}${size:,.{digits}f}"


def signed_dollars(amount: float) -> str:
    """`+$1,240`, `-$3.20`; `$0.00` where nothing is added."""
    said = f"${abs(amount):,.2f}" if 0.01 <= abs(amount) < 1 else dollars(abs(amount))
    return f"{'-' if amount < 0 else '+' if amount else ''}{said}"


def money_said(money: Money) -> str:
    """`+62 tokens on 9,995 tenants: +$1,240 a month`."""
    unknown = f"; {counted(money.unknown, 'target')} without a price" if money.unknown else ""
    if not money.tenants:
        return f"no calls are counted of these targets{unknown}"
    tokens = f"{money.low:+,}" if money.low == money.high else f"{money.low:+,} to {money.high:+,}"
    what = f"{tokens} tokens" if money.low or money.high else "the same tokens"
    return f"{what} on {counted(money.tenants, 'tenant')}: {signed_dollars(money.dollars)} a month{unknown}"


def bill_said(review: Review) -> str:
    """`+$1,240 a month at last month's traffic`."""
    assert review.bill is not None
    return f"{signed_dollars(review.dollars)} a month at {review.bill.traffic}"
