"""Statements as the bank gives them: workbooks in the layout of one bank, written line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl

from tests.gui.money_town import ACCOUNT, CODED, Town

PROFILE = "icbc"
_HEADS = (
    "交易时间",
    "转出金额",
    "转入金额",
    "余额",
    "对方单位",
    "对方账号",
    "摘要",
    "附言",
    "子账号",
    "凭证号",
)
TWIN_FEN = 500_00


@dataclass(frozen=True)
class Paid:
    """One line: positive fen came in, negative went out. `key`: virtual account or order."""

    fen: int
    name: str
    account: str
    text: str
    key: str = ""


def morning_lines(town: Town) -> list[Paid]:
    """118 of them: to the accounts of cases, hinting at a case, and of nobody."""
    lines = [
        Paid(10_000 + n * 731, one.debtor, f"0379620000{n:07d}", "执行款", one.code)
        for n, one in enumerate(town.cases[2:CODED])
    ]
    first = town.cases[0]
    # Two equal lines: the debtor paid twice.
    lines += [Paid(TWIN_FEN, first.debtor, "03796200009999999", "还款", first.code)] * 2
    hinted = town.cases[CODED:]
    said = (
        (f"{hinted[0].number}案款", "某某商贸有限公司"),
        (f"{hinted[1].number}执行款", "李代缴"),
        (f"代{hinted[2].debtor}还款 {hinted[2].number}", "王代缴"),
        ("履行款", hinted[3].debtor),
        ("执行款", hinted[4].debtor),
    )
    lines += [
        Paid(one.claim_fen if n > 2 else 77_000 + n, name, f"0379630000{n:07d}", text)
        for n, (one, (text, name)) in enumerate(zip(hinted, said, strict=True))
    ]
    lines += [
        Paid(43_210, "云岫陌路商贸有限公司", "03796400000000001", "往来款"),
        Paid(8_800, "何处寻", "03796400000000002", "转账"),
    ]
    return lines


def write_statement(
    path: Path, day: date, lines: Sequence[Paid], *, opening_fen: int, serial: int = 0
) -> int:
    """A workbook of one day; gives the balance it closes with."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["账号", ACCOUNT])
    sheet.append(["期初余额", _yuan(opening_fen)])
    sheet.append(list(_HEADS))
    balance = opening_fen
    for n, line in enumerate(lines, start=1):
        balance += line.fen
        out = _yuan(-line.fen) if line.fen < 0 else ""
        into = _yuan(line.fen) if line.fen > 0 else ""
        sheet.append(
            [
                *(day.isoformat(), out, into, _yuan(balance), line.name, line.account),
                *(line.text, "", line.key, f"{day:%Y%m%d}{serial + n:06d}"),
            ]
        )
    book.save(path)
    return balance


def _yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
