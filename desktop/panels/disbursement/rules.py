"""Where payment orders and intents stand, who may do what with them, what a form lacks. Pure.

An intent (意向) moves no money and counts nowhere until it was decided. A granted one is an order
and goes through its chain; what is asked of an order is decided again by the database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from desktop.funds.outgoing import plain_account

PAYEE_MAX: Final = 100
TEXT_MAX: Final = 2_000


class Course(StrEnum):
    """Where a request for money stands: orders by their state, and what comes before them."""

    INTENT = "intent"  # asked for here, not decided
    REFUSED = "refused"  # the shared database did not take it
    CHANGED = "changed"  # nor this, because a fact has changed
    APPROVING = "approving"
    APPROVED = "approved"
    SENT = "sent"
    UNKNOWN = "unknown"
    PAID = "paid"
    MOVED = "moved"
    RETURNED = "returned"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"  # paid, and booked back


COURSE_WORDS: Final[Mapping[Course, str]] = {
    Course.INTENT: "意向·未生效",
    Course.REFUSED: "未受理",
    Course.CHANGED: "已变化",
    Course.APPROVING: "审批中",
    Course.APPROVED: "待财务送出",
    Course.SENT: "已送银行",
    Course.UNKNOWN: "结果未知",
    Course.PAID: "已付",
    Course.MOVED: "已划转",
    Course.RETURNED: "已退回",
    Course.FAILED: "未付成",
    Course.EXPIRED: "逾期退回",
    Course.WITHDRAWN: "已撤回",
    Course.REVERSED: "已冲正",
}
COURSE_STYLES: Final[Mapping[Course, str]] = {
    Course.INTENT: "unknown",
    Course.REFUSED: "overdue",
    Course.CHANGED: "overdue",
    Course.APPROVING: "due_soon",
    Course.APPROVED: "due_soon",
    Course.SENT: "normal",
    Course.UNKNOWN: "unknown",
    Course.PAID: "done",
    Course.MOVED: "done",
    Course.RETURNED: "paused",
    Course.FAILED: "overdue",
    Course.EXPIRED: "paused",
    Course.WITHDRAWN: "paused",
    Course.REVERSED: "paused",
}
# What still waits for somebody.
OPEN: Final = (
    *(Course.INTENT, Course.REFUSED, Course.CHANGED),
    *(Course.APPROVING, Course.APPROVED, Course.SENT, Course.UNKNOWN),
)
_OUT: Final = (Course.SENT, Course.UNKNOWN)
AGAIN: Final = (Course.RETURNED, Course.FAILED, Course.EXPIRED, Course.WITHDRAWN)
LINE_WORDS: Final = "已经银企直联送出，银行还没有给出结果；不会再次送出，只向银行查询。"
UNKNOWN_WORDS: Final = (
    "结果未知：指令可能已经付出，不会也不能再次送出；只向银行查询，或以下一份对账单、回盘文件为准。"
)


@dataclass(frozen=True, slots=True)
class Way:
    """From which account where, and why. `kind`: what is asked; `target` empty: to the bank."""

    key: str
    words: str
    kind: str
    purpose: str
    source: str
    target: str = ""

    @property
    def inside(self) -> bool:
        """Whether the money stays with the court."""
        return bool(self.target)


WAYS: Final[Mapping[str, Way]] = {
    way.key: way
    for way in (
        Way("payment", "发放给申请执行人", "disburse", "payment", "case"),
        Way("refund", "退款（转入退款户）", "disburse", "refund", "case", "refund"),
        Way("fee", "结算执行费（转入执行费户）", "disburse", "fee", "case", "fee"),
        Way("escrow", "提存", "disburse", "escrow", "case", "escrow"),
        Way("refund_out", "退款付出", "remit", "refund", "refund"),
        Way("escrow_out", "提存款发放", "remit", "escrow", "escrow"),
        Way("fee_out", "执行费上缴国库", "remit", "fee", "fee"),
        Way("unknown_out", "不明款退回汇款人", "remit", "unknown", "unknown"),
    )
}
# Money of accounts that there is one of; whoever asks for it is of finance.
WITHOUT_CASE: Final = ("unknown_out", "refund_out", "fee_out")
PURPOSE_WORDS: Final[Mapping[str, str]] = {
    "payment": "发放",
    "refund": "退款",
    "fee": "执行费",
    "escrow": "提存",
    "unknown": "不明款退回",
}
ACCOUNT_WORDS: Final[Mapping[str, str]] = {
    "case": "案款户",
    "refund": "退款户",
    "fee": "执行费户",
    "escrow": "提存户",
    "unknown": "不明款户",
}
PARTS: Final = ("principal_fen", "interest_fen", "doubled_fen", "fee_fen", "other_fen")
PART_WORDS: Final[Mapping[str, str]] = {
    "principal_fen": "本金",
    "interest_fen": "一般债务利息",
    "doubled_fen": "加倍部分债务利息",
    "fee_fen": "费用",
    "other_fen": "其他",
}
CONFIRM_WAYS: Final = ("当面核对身份证件", "书面确认书", "电话核对", "视频核对")


def way_words(purpose: str, source: str, target: str | None) -> str:
    """发放, or 退款：案款户→退款户."""
    said = PURPOSE_WORDS.get(purpose, purpose)
    if target:
        return f"{said}：{ACCOUNT_WORDS.get(source, source)}→{ACCOUNT_WORDS.get(target, target)}"
    return said if source == "case" else f"{said}：由{ACCOUNT_WORDS.get(source, source)}付出"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form holds for one payee; amounts in fen, None where nothing was entered.

    `seen`: the facts the wish was made on (available_fen, handler_id, team_id, closed_on,
    account_no); `differs`: the account is another than the payee's last one in this case.
    """

    way: Way
    case_id: str | None
    amount_fen: int
    payee: str
    bank: str = ""
    account_no: str = ""
    confirmed_on: date | None = None
    confirmed_by: str = ""
    confirmed_how: str = ""
    differs: bool = False
    call_back_on: date | None = None
    call_back_by: str = ""
    call_back_result: str = ""
    parts: Mapping[str, int | None] = field(default_factory=dict)
    remaining_fen: int | None = None
    basis: str = ""
    memo: str = ""
    computation: str = ""
    distribution_id: str | None = None
    ground: str = ""
    replaces: str | None = None
    seen: Mapping[str, Any] = field(default_factory=dict)


def faults(wish: Wish, today: date) -> list[str]:
    """All that is wrong with a wish, in words; whether the money suffices is not asked here."""
    found = []
    if wish.amount_fen <= 0:
        found.append("金额须大于零")
    if not wish.payee.strip():
        found.append("领款人未填写")
    if len(wish.payee) > PAYEE_MAX:
        found.append(f"领款人超过 {PAYEE_MAX} 字")
    given = [fen for fen in wish.parts.values() if fen is not None]
    if any(fen < 0 for fen in given):
        found.append("各项金额不能为负数")
    elif given and sum(given) != wish.amount_fen:
        found.append("各项金额之和与付款金额不符")
    if wish.way.target == "escrow" and not wish.ground:
        found.append("提存须选明法定事由")
    if not wish.way.inside:
        found += _account_faults(wish, today)
    return found


def _account_faults(wish: Wish, today: date) -> list[str]:
    found = []
    account = plain_account(wish.account_no)
    if account and not (account.isascii() and account.isalnum()):
        found.append("账号只能由数字和字母组成")
    if wish.confirmed_on is not None and wish.confirmed_on > today:
        found.append("账号确认日期晚于今天")
    if wish.confirmed_on is not None and not account:
        found.append("账号未填写，谈不上已经确认")
    if wish.call_back_on is not None and wish.call_back_on > today:
        found.append("回拨日期晚于今天")
    if wish.call_back_result.strip() and wish.call_back_on is None:
        found.append("写明了回拨结果，须同时写明日期")
    return found


def lacking(wish: Wish) -> str:
    """What the first checker will miss, as one sentence; empty when nothing. An order may be made
    without it, but is passed by nobody."""
    if wish.way.inside:
        return ""
    if not wish.account_no.strip() or wish.confirmed_on is None:
        return "账号尚未经领款人确认，审批人不能通过。"
    if wish.differs and (wish.call_back_on is None or not wish.call_back_result.strip()):
        return "账号与上次不同，回拨核实并记明结果之前，审批人不能通过。"
    return ""


class Act(StrEnum):
    """What can be done with an order."""

    PASS = "pass"
    RETURN = "return"
    WITHDRAW = "withdraw"
    SEND = "send"
    ANSWER = "answer"
    INQUIRE = "inquire"
    REVERSE = "reverse"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Rights:
    """What decides what the person at the desk may do with an order.

    `maker`: he made it; `passed`: he has passed a stage; `may_stage`: the next stage is his by
    post or delegation; `may_send`, `finance`: sending is, and answers and reversals are;
    `chief`: he may withdraw what others made; `by_line`: the order went by the direct line;
    `booked`: he booked the payment, which somebody else has to reverse.
    """

    course: Course
    maker: bool
    passed: bool
    may_stage: bool
    may_send: bool
    finance: bool
    chief: bool
    inside: bool
    by_line: bool = False
    booked: bool = False
    replaced: bool = False


_HOLDS: Final[Mapping[Act, Callable[[Rights], bool]]] = {
    Act.PASS: lambda r: (
        r.course is Course.APPROVING and r.may_stage and not r.maker and not r.passed
    ),
    Act.SEND: lambda r: r.course is Course.APPROVED and r.may_send and not r.maker and not r.passed,
    Act.ANSWER: lambda r: r.course in _OUT and r.finance and not r.maker and not r.inside,
    Act.INQUIRE: lambda r: r.course in _OUT and r.finance and r.by_line,
    Act.RETURN: lambda r: (
        not r.maker
        and (
            (r.course is Course.APPROVING and r.may_stage)
            or (r.course is Course.APPROVED and r.may_send)
        )
    ),
    Act.WITHDRAW: lambda r: (
        r.course in (Course.APPROVING, Course.APPROVED) and (r.maker or r.chief)
    ),
    Act.REVERSE: lambda r: r.course in (Course.PAID, Course.MOVED) and r.finance and not r.booked,
    Act.AGAIN: lambda r: r.course in AGAIN and r.maker and not r.replaced,
}


def acts(rights: Rights) -> tuple[Act, ...]:
    """The acts whose buttons are shown; what is not among them is refused by the database, too."""
    return tuple(act for act, holds in _HOLDS.items() if holds(rights))


def course_of(state: str, *, reversed_: bool = False) -> Course:
    """From the state of an order, and whether its payment was booked back."""
    return Course.REVERSED if reversed_ else Course(state)


def intent_course(state: str, code: str = "") -> Course | None:
    """From the state of a request without an order; `code` of the one that was not taken."""
    if code:
        return Course.CHANGED if code == "changed" else Course.REFUSED
    return Course.INTENT if state == "asked" else None


@dataclass(frozen=True, slots=True)
class Account:
    """A case's account as this desk knows it. All amounts in fen.

    `intents_fen`: asked for on this device and not decided yet; shown beside, never subtracted.
    `as_of`: last exchange with the shared database, empty if there was none.
    """

    case_id: str
    case_number: str
    known: bool
    balance_fen: int
    held_fen: int
    intents_fen: int
    as_of: str

    @property
    def available_fen(self) -> int:
        """What may still be granted."""
        return self.balance_fen - self.held_fen


def batch_fault(chosen: Sequence[tuple[Course, bool]]) -> str:
    """Why these orders cannot go out together; each with whether its sending is this person's."""
    if not chosen:
        return "请先选中要送出的支付单。"
    if any(course is not Course.APPROVED for course, _mine in chosen):
        return "只有审批办完、尚未送出的支付单可以送出。"
    if not all(mine for _course, mine in chosen):
        return "其中有您提出或审批过的支付单，须由他人送出。"
    return ""
