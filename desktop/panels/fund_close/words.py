"""Words and rows of the panel. No Qt; nothing is read here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.contract.context import Who
from desktop.funds.closing import (
    REPORT_POSTS,
    SIGN_POSTS,
    STATE_WORDS,
    Aged,
    MonthState,
    Period,
    next_month,
)
from desktop.funds.differences import Difference, Note
from desktop.funds.month_sheet import month_words
from desktop.funds.reconcile import ACCOUNT_WORDS, Reconciliation
from desktop.rules.money import grouped
from storage.ledger.trial import Line

SHORT: Final = 16  # digits of a check value that a person compares
_STYLES: Final[Mapping[str, str]] = {
    "part": "unknown",
    "empty": "done",
    "running": "normal",
    "earlier": "due_soon",
    "open": "due_soon",
    "waiting": "paused",
    "reported": "due_soon",
    "changed": "overdue",
    "closed": "done",
}
# State of a month -> (style, word).
MONTH_STATES: Final = {state: (_STYLES[state], word) for state, word in STATE_WORDS.items()}


def difference_row(one: Difference) -> dict[str, object]:
    """The cells of a difference."""
    state = ("done", "已说明") if one.explained else ("overdue", "待查")
    told = "" if one.note is None else one.note.body
    return {
        "state": state,
        "words": one.words,
        "day": one.day,
        "age": one.age,
        "fen": one.fen,
        "number": one.number,
        "case_number": one.case_number,
        "party": one.party,
        "note": told,
        "case_id": one.case_id or "",
    }


def notes_text(notes: Sequence[Note]) -> str:
    """All notes of a difference, the last one first."""
    return "\n".join(
        f"{note.at[:16].replace('T', ' ')} {note.by}（{grouped(note.amount_fen)} 元）：{note.body}"
        for note in notes
    )


def difference_text(one: Difference) -> str:
    """What is known of a difference, in one line."""
    parts = (one.words, one.day, one.number, one.case_number, one.party)
    more = "银行多出" if one.fen >= 0 else "银行少"
    if one.kind == "case_ledger":
        more = "相差"
    money = f"{more} {grouped(abs(one.fen))} 元" if one.fen else ""
    return "　".join(part for part in (*parts, money) if part)


# The statement that brings both sides to one figure: the bank's four lines, the ledger's four.
BALANCE_LINES: Final = (
    *("银行对账单余额", "加：账上已收、银行未收", "减：账上已付、银行未付", "调节后余额"),
    *("账面余额", "加：银行已收、账上未收", "减：银行已付、账上未付", "调节后余额"),
)


def balance_fens(state: Reconciliation) -> tuple[int, ...]:
    """The amounts of BALANCE_LINES."""
    open_ = state.unreached
    return (
        *(state.bank_fen, open_.ledger_in, open_.ledger_out, state.adjusted_bank_fen),
        *(state.ledger_fen, open_.bank_in, open_.bank_out, state.adjusted_ledger_fen),
    )


def day_summary(state: Reconciliation) -> str:
    """The figures of a day in one line."""
    return (
        f"银行 {grouped(state.bank_fen)}　账面 {grouped(state.ledger_fen)}　"
        f"案件及其他账户 {grouped(state.cases_fen)}　{differences_text(state)}"
    )


def untold_text(state: Reconciliation) -> str:
    """What the bank has not said yet."""
    told = [
        f"账户 {one.account}：没有对账单余额，按流水累计"
        if one.told_on is None
        else f"账户 {one.account}：对账单余额为 {one.told_on}，此后按流水累计"
        for one in state.closings
        if one.told_on != state.day
    ]
    if not state.closings:
        told.append("尚未导入银行流水")
    return "；".join(told)


def trial_rows(lines: Sequence[Line]) -> list[tuple[str, dict[str, object]]]:
    """The trial balance with its sums."""
    rows = [
        (
            one.kind,
            {
                "account": ACCOUNT_WORDS[one.kind],
                "debit": one.debit_fen,
                "credit": one.credit_fen,
                "balance": one.balance_fen,
            },
        )
        for one in lines
    ]
    rows.append(
        (
            "sum",
            {
                "account": "合计（余额应为零）",
                "debit": sum(one.debit_fen for one in lines),
                "credit": sum(one.credit_fen for one in lines),
                "balance": sum(one.balance_fen for one in lines),
            },
        )
    )
    return rows


def period_row(one: Period) -> dict[str, object]:
    """The cells of a month that was reported."""
    return {
        "month": one.month,
        "state": ("done", "已结账") if one.closed else ("due_soon", "待签结"),
        "reported": f"{one.reported_by} {one.reported_at[:16].replace('T', ' ')}",
        "signed": f"{one.signed_by} {one.signed_at[:16].replace('T', ' ')}".strip(),
        "sheet": one.sheet_sha256[:SHORT],
    }


def month_line(found: MonthState) -> str:
    """What can be done with a month, and what cannot."""
    month, after = month_words(found.month), month_words(next_month(found.month))
    period = found.period
    match found.state:
        case "closed":
            assert period is not None
            told = f"{month}已由{period.reported_by}报结、{period.signed_by}签结，不能再记入。"
            return f"{told}需要记入该月的款项，记入{after}或者以后仍开放的月份。"
        case "empty":
            return f"以后的月份已经结账，{month}不能再记入；款项记入仍开放的月份。"
        case "running":
            return f"{month}尚未结束，月末以后才能报结。以下为截至目前的情况。"
        case "earlier":
            return f"{month_words(found.earlier)}尚未结账，须先结以前的月份。"
        case "waiting":
            return "已经提交，等待共享库答复。"
        case "changed":
            return "报结以后账目或者说明已有变动，须由财务重新报结。"
        case "reported":
            assert period is not None
            at = period.reported_at[:16].replace("T", " ")
            return f"{period.reported_by}已于 {at} 报结，由执行局局长签结同一份台账。"
        case "part":
            return "本机只有部分团队的账目，不能结账。"
    return "财务核对台账后报结；再由另一人（执行局局长）签结同一份台账。"


@dataclass(frozen=True, slots=True)
class Step:
    """An act on a month: whether it is its turn, and why this person cannot do it (empty: can)."""

    offered: bool
    why: str = ""


def report_step(found: MonthState, who: Who) -> Step:
    """Finance reports, once every difference is explained."""
    if found.state not in ("open", "changed", "reported"):
        return Step(False)
    if who.person_id is None or who.post not in REPORT_POSTS:
        # Of a month that waits for its signature nobody else needs to be told so.
        return Step(found.state != "reported", "由财务人员报结。")
    waits = 0 if found.book is None else len(found.book.reconciliation.unexplained)
    return Step(True, f"尚有 {waits} 笔差异未说明，请逐笔说明后报结。" if waits else "")


def sign_step(found: MonthState, who: Who) -> Step:
    """Another person signs what was reported."""
    if found.state != "reported" or found.period is None:
        return Step(False)
    if found.period.reporter == who.person_id:
        return Step(True, "报结人不能签结，须由另一人签结。")
    if who.person_id is None or who.post not in SIGN_POSTS:
        return Step(True, "由执行局局长或者院领导签结。")
    return Step(True)


def later_text(found: MonthState) -> str:
    """What was booked back after the month."""
    if not found.later:
        return ""
    some = "；".join(
        f"{one.number}（{one.booked_on}）冲 {one.of_number} {grouped(one.amount_fen)} 元"
        for one in found.later[:3]
    )
    more = "" if len(found.later) <= 3 else f" 等 {len(found.later)} 笔"
    return f"以后月份对本月分录的冲正：{some}{more}"


def check_text(found: MonthState) -> str:
    """The check value that both compare, and whether it is still the reported one."""
    if not found.sha256:
        return ""
    told = f"台账校验值：{found.sha256[:SHORT]}"
    kept = "" if found.period is None else found.period.sheet_sha256
    if not kept:
        return told
    if kept == found.sha256:
        return f"{told}（与报结时一致）"
    return f"{told}；报结时：{kept[:SHORT]}（此后流水、案件资料、说明或者台账格式有变动）"


def differences_text(state: Reconciliation) -> str:
    """How many differences, how many of them open."""
    if not state.differences:
        return "银行、账目、案件三方一致，没有差异"
    waits = len(state.unexplained)
    told = f"差异 {len(state.differences)} 笔"
    return f"{told}，待查 {waits} 笔" if waits else f"{told}，均已说明"


def aged_text(found: Sequence[Aged]) -> str:
    """Money nobody fetches, in one line."""
    if not found:
        return "没有无人领取的案款"
    told = "；".join(f"{one.name} {one.count} 笔 {grouped(one.fen)} 元" for one in found)
    return f"无人领取：{told}"
