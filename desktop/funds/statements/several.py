"""One file may hold several statements of one account, one a day. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.funds.statements.model import Fault, Line, signed


@dataclass(frozen=True, slots=True)
class Part:
    """One statement: its account, lines, balances in fen, and the day it closed."""

    account: str
    lines: tuple[Line, ...]
    opening_fen: int | None
    closing_fen: int | None
    closed_on: str


def checked(parts: Sequence[Part]) -> list[Fault]:
    """Opening and movements give the closing balance of each, and the opening one of the next."""
    faults = []
    last: Part | None = None
    for n, part in enumerate(parts, 1):
        if part.opening_fen is not None and part.closing_fen is not None:
            due = part.opening_fen + sum(signed(line) for line in part.lines)
            if due != part.closing_fen:
                told = f"期初加发生额为 {yuan(due)}，文件写 {yuan(part.closing_fen)}"
                faults.append(Fault(0, "期末余额", f"第 {n} 份对账单不平：{told}"))
        if last is not None and last.account == part.account:
            known = (last.closing_fen, part.opening_fen)
            if None not in known and known[0] != known[1]:
                faults.append(Fault(0, "期初余额", f"第 {n} 份与前一份的期末余额不衔接"))
        last = part
    return faults


def yuan(fen: int) -> str:
    """Fen as yuan for a sentence: 1,234.56."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
