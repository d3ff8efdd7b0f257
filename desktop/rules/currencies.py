"""Debts in a foreign currency: what it is called, and its turn into RMB. Pure; any thread.

法释〔2014〕8号第5条: the doubled part runs at the same daily rate on the foreign currency itself;
where the applicant wants RMB, the debt is first converted at the middle rate of the day on which
the doubled part begins, and then counted. The rate is entered by the user and printed.
"""

from fractions import Fraction
from typing import Final

from desktop.rules.debt import RMB, Conversion
from desktop.rules.money import decimal_text, half_up, yuan_text

ARTICLE: Final = "法释〔2014〕8号第5条"
RATE_MAX: Final = 1_000
CURRENCIES: Final = {
    RMB: "人民币",
    "USD": "美元",
    "EUR": "欧元",
    "JPY": "日元",
    "HKD": "港元",
    "GBP": "英镑",
    "AUD": "澳大利亚元",
    "CAD": "加拿大元",
    "CHF": "瑞士法郎",
    "SGD": "新加坡元",
    "KRW": "韩元",
    "RUB": "卢布",
    "THB": "泰铢",
    "MOP": "澳门元",
    "TWD": "新台币",
}


def unit(currency: str) -> str:
    """What stands behind an amount: 元, 美元."""
    return "元" if currency == RMB else CURRENCIES[currency]


def to_rmb(amount: int, rate: Fraction) -> int:
    """Hundredths of the currency at RMB per unit, as fen; rounded once, half up."""
    return half_up(amount * rate)


def conversion_words(one: Conversion) -> str:
    """100000.00 美元 × 6.8993 ＝ 689930.00 元."""
    rate = decimal_text(one.rate, most=8)
    return f"{yuan_text(one.amount)} {CURRENCIES[one.currency]}×{rate}＝{yuan_text(one.fen)} 元"


def conversion_step(one: Conversion) -> dict[str, object]:
    """The step of an interest count."""
    return {
        "kind": "conversion",
        "on": one.on.isoformat(),
        "currency": one.currency,
        "amount": yuan_text(one.amount),
        "rate": decimal_text(one.rate, most=8),
        "rmb": yuan_text(one.fen),
        "article": ARTICLE,
        "why": f"按加倍部分起算之日的中间价折算：{conversion_words(one)}",
    }
