"""A reconciliation as text and as JSON for scripts and audit: decimals as strings. Pure."""

from desktop.circulars.wide import WideSheet
from desktop.funds.differences import Difference
from desktop.funds.month_book import MonthBook
from desktop.funds.month_sheet import month_words
from desktop.funds.reconcile import ACCOUNT_WORDS, PART_WORDS, Reconciliation
from desktop.rules.money import grouped, yuan_text


def as_json(state: Reconciliation) -> dict[str, object]:
    """The whole of a day. Without the whole ledger only `day` and `whole`."""
    if not state.whole:
        return {"day": state.day, "whole": False}
    open_ = state.unreached
    return {
        "day": state.day,
        "whole": True,
        "bank": {
            "balance": yuan_text(state.bank_fen),
            "accounts": [
                {"account": one.account, "told_on": one.told_on, "balance": yuan_text(one.fen)}
                for one in state.closings
            ],
        },
        "ledger": {"balance": yuan_text(state.ledger_fen)},
        "cases": {
            "balance": yuan_text(state.cases_fen),
            "accounts": [
                {"kind": one.kind, "count": one.count, "balance": yuan_text(one.fen)}
                for one in state.accounts
            ],
        },
        "adjusted": {
            "bank": yuan_text(state.adjusted_bank_fen),
            "ledger": yuan_text(state.adjusted_ledger_fen),
            "bank_in": yuan_text(open_.bank_in),
            "bank_out": yuan_text(open_.bank_out),
            "ledger_in": yuan_text(open_.ledger_in),
            "ledger_out": yuan_text(open_.ledger_out),
        },
        "differences": [_difference(one) for one in state.differences],
        "open": len(state.unexplained),
    }


def month_json(book: MonthBook, sheet: WideSheet) -> dict[str, object]:
    """A month: as of its last day, with trial balance and the fingerprint of its sheet."""
    return {
        "month": book.month,
        **as_json(book.reconciliation),
        "received": yuan_text(book.received_fen),
        "paid": yuan_text(book.paid_fen),
        "left": yuan_text(book.left_fen),
        "trial": [
            {
                "kind": one.kind,
                "debit": yuan_text(one.debit_fen),
                "credit": yuan_text(one.credit_fen),
                "balance": yuan_text(one.balance_fen),
            }
            for one in book.trial
        ],
        "sheet_sha256": sheet.sha256(),
    }


def as_text(state: Reconciliation) -> list[str]:
    """The same as lines."""
    if not state.whole:
        return [PART_WORDS]
    told = [
        f"{state.day}　银行对账单余额 {grouped(state.bank_fen)}　"
        f"账面余额 {grouped(state.ledger_fen)}　案件及其他账户 {grouped(state.cases_fen)}",
        f"调节后：银行 {grouped(state.adjusted_bank_fen)}　"
        f"账目 {grouped(state.adjusted_ledger_fen)}",
    ]
    told += [
        f"　{ACCOUNT_WORDS[one.kind]} {one.count} 户 {grouped(one.fen)}" for one in state.accounts
    ]
    if not state.differences:
        return [*told, "没有差异"]
    told.append(f"差异 {len(state.differences)} 笔，待查 {len(state.unexplained)} 笔：")
    return told + [_line(one) for one in state.differences]


def month_text(book: MonthBook, sheet: WideSheet, state: str) -> list[str]:
    """A month as lines; `state` in words."""
    told = [
        f"{month_words(book.month)}　{state}　从银行收款 {grouped(book.received_fen)}　"
        f"向外付款 {grouped(book.paid_fen)}　月末结余 {grouped(book.left_fen)}",
        f"对账台账校验值 {sheet.sha256()}",
    ]
    return told + as_text(book.reconciliation)


def _line(one: Difference) -> str:
    parts = [one.day, one.words, one.number, one.case_number, one.party]
    state = f"已说明：{one.note.body}" if one.explained and one.note is not None else "待查"
    return f"{'　'.join(part for part in parts if part)}　{grouped(one.fen)}　{state}"


def _difference(one: Difference) -> dict[str, object]:
    note = one.note
    return {
        "key": one.key,
        "kind": one.kind,
        "words": one.words,
        "day": one.day,
        "age": one.age,
        "amount": yuan_text(one.fen),
        "number": one.number,
        "case_number": one.case_number,
        "party": one.party,
        "explained": one.explained,
        "note": None
        if note is None
        else {
            "body": note.body,
            "by": note.by,
            "at": note.at,
            "amount": yuan_text(note.amount_fen),
        },
    }
