"""The words of the monthly 对账台账 and of a day's 余额调节表, as they are printed. Pure.

The month's sheet is what two persons sign: all that is on it but their names is in its
fingerprint.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from desktop.circulars.official import Align, Column
from desktop.circulars.wide import WideSheet, WideTable
from desktop.errors import UserError
from desktop.funds.differences import Difference
from desktop.funds.month_book import Account, MonthBook, remark, rows_of
from desktop.funds.reconcile import ACCOUNT_WORDS, PART_WORDS, Reconciliation, last_day
from desktop.funds.sheet_law import SheetLaw, sheet_law
from desktop.rules.money import grouped
from storage.ledger.trial import Line

SIGNERS: Final = ("财务部门", "执行局")
TOGETHER_MAX: Final = 6  # lines of one case that stay on one page
_MONEY: Final = ("in_fen", "out_fen", "left_fen")
_RIGHT: Final[Align] = "right"


def month_sheet(book: MonthBook, court: str, grounds: Mapping[str, str]) -> WideSheet:
    """The sheet of a month. UserError on a desk that has only a part of the ledger."""
    if not book.reconciliation.whole:
        raise UserError(PART_WORDS)
    law = sheet_law(date.fromisoformat(last_day(book.month)))
    state = book.reconciliation
    facts = (
        ("法院", court),
        ("月份", month_words(book.month)),
        ("本月从银行收款", f"{grouped(book.received_fen)} 元"),
        ("本月向外付款", f"{grouped(book.paid_fen)} 元"),
        ("月末各账户结余", f"{grouped(book.left_fen)} 元"),
    )
    return WideSheet(
        law.title,
        facts,
        (
            _ledger(book, law, grounds),
            _trial(book.trial),
            _balances(state),
            _list(state.differences),
        ),
        (*_result(state), f"依据：{law.basis()}。"),
        court,
    )


def month_words(month: str) -> str:
    """2026年10月 for 2026-10."""
    return f"{int(month[:4])}年{int(month[5:])}月"


def day_sheet(state: Reconciliation, court: str) -> WideSheet:
    """The 余额调节表 of a day with its list. UserError as above."""
    if not state.whole:
        raise UserError(PART_WORDS)
    facts = (
        ("法院", court),
        ("对账日", state.day),
        ("银行对账单余额", f"{grouped(state.bank_fen)} 元"),
        ("账面余额", f"{grouped(state.ledger_fen)} 元"),
        ("案件及其他账户", f"{grouped(state.cases_fen)} 元"),
    )
    tables = (_balances(state), _accounts(state), _list(state.differences))
    return WideSheet("银行存款余额调节表", facts, tables, _result(state), court)


def _ledger(book: MonthBook, law: SheetLaw, grounds: Mapping[str, str]) -> WideTable:
    columns = tuple(
        Column(one.head, one.share, _RIGHT if one.key in _MONEY else "left") for one in law.columns
    )
    keys = [one.key for one in law.columns]
    rows: list[tuple[str, ...]] = []
    joined, strong = [], []
    for account in book.cases:
        for place, row in enumerate(rows_of(account)):
            told = dict(row) if place else row | {"remark": remark(account, grounds)}
            if place % TOGETHER_MAX:
                joined.append(len(rows))
            elif place:  # a long one may go on over a page, and says there whose it is
                told["case_number"] = f"{account.name}（续）"
            rows.append(tuple(_cell(key, told.get(key)) for key in keys))
    strong.append(len(rows))
    rows.append(_sum_row(f"案件合计 {len(book.cases)} 件", book.cases, keys))
    for account in book.common:
        if not account.empty:
            rows.append(_sum_row(account.name, (account,), keys))
    strong.append(len(rows))
    rows.append(_sum_row("全部账户合计", (*book.cases, *book.common), keys))
    caption = "案款收发台账（冲正以负数列示；账户之间的转账在两方各列一次）"
    return WideTable(caption, columns, tuple(rows), tuple(strong), tuple(joined))


def _cell(key: str, value: object) -> str:
    if value is None:
        return ""
    return grouped(int(str(value))) if key in _MONEY else str(value)


def _sum_row(name: str, accounts: Sequence[Account], keys: Sequence[str]) -> tuple[str, ...]:
    opening = sum(one.opening_fen for one in accounts)
    told = {
        "case_number": name,
        "in_fen": sum(one.in_fen for one in accounts),
        "out_fen": sum(one.out_fen for one in accounts),
        "left_fen": sum(one.left_fen for one in accounts),
        "remark": f"上月结余 {grouped(opening)}",
    }
    return tuple(_cell(key, told.get(key)) for key in keys)


def _trial(lines: Sequence[Line]) -> WideTable:
    columns = (
        Column("账户", 3),
        Column("借方累计（元）", 3, _RIGHT),
        Column("贷方累计（元）", 3, _RIGHT),
        Column("余额（贷减借，元）", 3, _RIGHT),
    )
    rows: list[tuple[str, ...]] = [
        (
            ACCOUNT_WORDS[one.kind],
            grouped(one.debit_fen),
            grouped(one.credit_fen),
            grouped(one.balance_fen),
        )
        for one in lines
    ]
    sums = [sum(getattr(one, f"{side}_fen") for one in lines) for side in _SIDES]
    rows.append(("合计", *(grouped(fen) for fen in sums)))
    caption = "试算平衡表（截至月末；余额合计应为零）"
    return WideTable(caption, columns, tuple(rows), (len(rows) - 1,), share=60)


_SIDES: Final = ("debit", "credit", "balance")


def _balances(state: Reconciliation) -> WideTable:
    """Both sides brought to one figure; where they are not one, the last line says by how much."""
    open_ = state.unreached
    columns = (
        Column("银行", 4),
        Column("金额（元）", 2.4, _RIGHT),
        Column("账目", 4),
        Column("金额（元）", 2.4, _RIGHT),
    )
    rows = [
        ("银行对账单余额", state.bank_fen, "执行款专户账面余额", state.ledger_fen),
        ("加：账上已收、银行未收", open_.ledger_in, "加：银行已收、账上未收", open_.bank_in),
        ("减：账上已付、银行未付", open_.ledger_out, "减：银行已付、账上未付", open_.bank_out),
        ("调节后余额", state.adjusted_bank_fen, "调节后余额", state.adjusted_ledger_fen),
    ]
    apart = state.adjusted_bank_fen - state.adjusted_ledger_fen
    words = [(left, grouped(one), right, grouped(other)) for left, one, right, other in rows]
    words.append(("调节后相差（应为零）", grouped(apart), "", ""))
    caption = f"银行存款余额调节表（{state.day}）"
    return WideTable(caption, columns, tuple(words), (3,), share=75)


def _accounts(state: Reconciliation) -> WideTable:
    columns = (
        Column("账户", 3),
        Column("有余额的户数", 2, _RIGHT),
        Column("余额（元）", 3, _RIGHT),
    )
    rows = [(ACCOUNT_WORDS[one.kind], f"{one.count:,}", grouped(one.fen)) for one in state.accounts]
    rows.append(("合计（应与账面余额相同）", "", grouped(state.cases_fen)))
    return WideTable("账目与案件", columns, tuple(rows), (len(rows) - 1,), share=60)


def _list(differences: Sequence[Difference]) -> WideTable:
    columns = (
        Column("序号", 1.2),
        Column("差异", 5),
        Column("日期", 2.4),
        Column("天数", 1.4, _RIGHT),
        Column("凭证号或流水号", 3.6),
        Column("案号", 5),
        Column("对方及摘要", 4.8),
        Column("银行多出（元）", 3.2, _RIGHT),
        Column("说明", 6),
    )
    rows = tuple(
        (
            str(number),
            one.words,
            one.day,
            str(one.age),
            one.number,
            one.case_number,
            one.party,
            grouped(one.fen),
            _explained(one),
        )
        for number, one in enumerate(differences, start=1)
    )
    if not rows:
        rows = (("", "无差异", "", "", "", "", "", "", ""),)
    return WideTable("差异清单（逐笔说明，未说明的为待查）", columns, rows)


def _explained(one: Difference) -> str:
    if one.note is None:
        return "待查"
    told = f"{one.note.body}（{one.note.by} {one.note.at[:10]}）"
    if one.explained:
        return told
    return f"待查；此前按 {grouped(one.note.amount_fen)} 元说明：{told}"


def _result(state: Reconciliation) -> tuple[str, ...]:
    told = []
    if not state.differences:
        told.append("银行、账目、案件三方核对一致，没有差异。")
    else:
        told.append(
            f"差异 {len(state.differences)} 笔，其中已说明"
            f" {len(state.differences) - len(state.unexplained)} 笔、待查"
            f" {len(state.unexplained)} 笔。"
        )
    for one in state.closings:
        if one.told_on is None:
            told.append(f"账户 {one.account} 没有对账单余额，按流水累计。")
        elif one.told_on != state.day:
            told.append(f"账户 {one.account} 的对账单余额为 {one.told_on}，此后按流水累计。")
    return tuple(told)
