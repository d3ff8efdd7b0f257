"""The figures of the board in words, and what a plot says in a sentence. Pure; any thread."""

import re
from collections.abc import Sequence
from typing import Final

from desktop.rules.money import grouped

# In the order of the equation: the first is the sum of the others.
FIGURES: Final = {
    "received": "收到",
    "paid": "已发放",
    "held": "在账",
    "unknown": "不明款",
    "refunded": "退款",
    "fees": "执行费",
    "escrow": "提存",
}
ACCOUNT_FIGURES: Final = {"held": "case", "escrow": "escrow"}
DIFFERENCE: Final = "差额"
PART: Final = "本机只有本团队的账"
_WAN: Final = 1_000_000  # fen


def sheet_name(title: str) -> str:
    """A title as a sheet of a spreadsheet and a file can bear it."""
    return re.sub(r'[\\/:*?"<>|\[\]]', "-", title)[:31]


def wan(fen: int) -> float:
    """Fen as 万元, for plots alone."""
    return fen / _WAN


def wan_words(fen: int) -> str:
    """Fen as 万元 with two decimals."""
    return f"{fen / _WAN:,.2f} 万元"


def equation(values: Sequence[tuple[str, int]], difference: int | None) -> str:
    """收到 10.00 = 已发放 4.00 + 在账 6.00　差额 0.00; figures that are nothing are left out.

    `difference` None: this desk cannot know it.
    """
    (name, left), *others = values
    right = " + ".join(f"{one} {grouped(fen)}" for one, fen in others if fen) or "0.00"
    told = f"　{DIFFERENCE} {grouped(difference)}" if difference is not None else ""
    return f"{name} {grouped(left)} = {right}{told}"


def days_reading(received: Sequence[int], paid: Sequence[int]) -> str:
    """What came and went in the days shown, in fen."""
    came, went = sum(received), sum(paid)
    if not came and not went:
        return "这段时间没有收付。"
    share = f"，发放为收到的 {went / came:.0%}" if came else ""
    return (
        f"{len(received)} 天内收到 {wan_words(came)}、发放 {wan_words(went)}{share}；冲正的不计。"
    )


def ages_reading(bands: Sequence[tuple[str, int, int]], oldest: int) -> str:
    """Of (words, fen, receipts); `oldest`: how many of the last bands are late."""
    held = sum(fen for _words, fen, _count in bands)
    if not held:
        return "账上没有未发放的案款。"
    words, fen, count = bands[-oldest]
    share = f"{fen / held:.0%}"
    return (
        f"在账 {wan_words(held)}，其中 {words} 日的 {wan_words(fen)}（{share}，{count} 笔收款）；"
        "先到的先付，自银行到账日起算，含起日不含止日。"
    )


def pay_reading(months: Sequence[tuple[str, float | None, float | None, int]]) -> str:
    """Of (month, by amount, by count, payments), the last being this month."""
    known = [one for one in months if one[3]]
    if not known:
        return "这几个月没有发放。"
    month, by_amount, by_count, count = known[-1]
    return (
        f"{month} 发放 {count} 笔：按金额平均 {by_amount:.1f} 天，按笔平均 {by_count:.1f} 天。"
        "天数自款项到账至付款记账，先到的先付；退费、退款和提存不计。"
    )
