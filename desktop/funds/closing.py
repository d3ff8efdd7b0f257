"""Closing a month: what would be reported and signed, by whom it was, and why it cannot be. No Qt.

Finance reports the trial balance and the 对账台账; the head of the bureau, another person, signs
the same trial and the same sheet. What changed in between asks for a new report. Reads on reader
lanes; `report` and `sign` on the writer lane.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import Connection

from desktop.circulars.wide import SignedBy, WideSheet
from desktop.errors import UserError
from desktop.funds.month_book import MonthBook, month_book
from desktop.funds.month_sheet import SIGNERS, month_sheet
from desktop.funds.reconcile import last_day
from desktop.funds.unclaimed import unclaimed
from desktop.projection.places import own_court
from desktop.rules.disbursement_law import load_disbursement_law
from storage.ledger.asking import Asked, ask
from storage.ledger.chain import sees_all
from storage.ledger.months import trial_of
from storage.ledger.post import Answer, closed_up_to

State = Literal["part", "empty", "running", "earlier", "open", "waiting", "reported", "changed"]
STATE_WORDS: Final[Mapping[str, str]] = {
    "part": "仅部分账目",
    "empty": "已随后月关闭",
    "running": "本月进行中",
    "earlier": "前月未结",
    "open": "待报结",
    "waiting": "待共享库答复",
    "reported": "待签结",
    "changed": "报后有变，须重报",
    "closed": "已结账",
}
SIGN_POSTS: Final = ("bureau_chief", "vice_president", "president")
REPORT_POSTS: Final = ("finance",)
# A shared database names people by their logins; acts on orders tell whose a login is.
_PERSON: Final = """coalesce((select id from person where id = {who}),
  (select a.person_id from payment_act a where a.actor = {who} and a.person_id is not null limit 1))
"""
_PERIODS: Final = f"""
select p.month, coalesce(c.id, p.closed_by), coalesce(c.name, p.closed_by), p.closed_at,
  coalesce(s.name, p.signed_by, ''), coalesce(p.signed_at, ''), p.trial,
  coalesce(p.sheet_sha256, '')
from ledger_period p
left join person c on c.id = {_PERSON.format(who="p.closed_by")}
left join person s on s.id = {_PERSON.format(who="p.signed_by")}
order by p.month desc"""
_LATER: Final = """
select r.number, r.booked_on, o.number, r.amount_fen, coalesce(r.memo, '')
from fund_entry r join fund_entry o on o.id = r.reverses
where o.booked_on between ? and ? and r.booked_on > ? order by r.seq"""
_WAITING: Final = (
    "select 1 from request where kind in ('close_month', 'sign_month') and state = 'asked'"
    " and json_extract(args, '$.month') = ? limit 1"
)


@dataclass(frozen=True, slots=True)
class Period:
    """A month that was reported, and signed where `signed_at` is not empty."""

    month: str
    reporter: str  # a person's id, or a login nobody is known by
    reported_by: str
    reported_at: str
    signed_by: str
    signed_at: str
    trial: str
    sheet_sha256: str

    @property
    def closed(self) -> bool:
        """Signed: nothing is booked in it any more."""
        return bool(self.signed_at)

    def signatures(self) -> tuple[SignedBy, SignedBy]:
        """As they are printed."""
        finance, bureau = SIGNERS
        return (
            SignedBy(finance, self.reported_by, _minute(self.reported_at)),
            SignedBy(bureau, self.signed_by, _minute(self.signed_at)),
        )


@dataclass(frozen=True, slots=True)
class Later:
    """An entry of the month that was booked back in a later one."""

    number: str
    booked_on: str
    of_number: str
    amount_fen: int
    reason: str


@dataclass(frozen=True, slots=True)
class Aged:
    """Money nobody fetches, of one band of age."""

    name: str
    count: int
    fen: int


@dataclass(frozen=True, slots=True)
class MonthState:
    """A month at this moment. `sheet` None on a desk that has only a part of the ledger."""

    month: str
    state: State | Literal["closed"]
    book: MonthBook | None
    sheet: WideSheet | None
    sha256: str
    period: Period | None
    earlier: str = ""  # the month that has to be closed first
    later: tuple[Later, ...] = ()

    def signatures(self) -> tuple[SignedBy, ...]:
        """For the sheet: who reported counts only for what was reported."""
        if self.period is not None and self.state in ("reported", "closed"):
            return self.period.signatures()
        return tuple(SignedBy(post) for post in SIGNERS)


@dataclass(frozen=True, slots=True)
class MonthArgs:
    """A month (YYYY-MM) as asked about on a day."""

    month: str
    today: date


@dataclass(frozen=True, slots=True)
class Wish:
    """To report or to sign the sheet that was on the screen."""

    month: str
    sha256: str
    person_id: str | None


def periods(connection: Connection) -> tuple[Period, ...]:
    """All months that were reported, the last one first."""
    return tuple(Period(*row) for row in connection.exec_driver_sql(_PERIODS))


def court_name(connection: Connection) -> str:
    """Whose ledger it is: the court that most others are subject to, the same on every desk."""
    court_id = own_court(connection, None)
    name = connection.exec_driver_sql("select name from court where id = ?", (court_id,)).scalar()
    return str(name or "")


def sheet_of(connection: Connection, month: str) -> tuple[MonthBook, WideSheet]:
    """The 对账台账 as it is now. UserError on a desk with a part of the ledger."""
    book = month_book(connection, month)
    grounds = {one.code: one.name for one in load_disbursement_law().delays}
    return book, month_sheet(book, court_name(connection), grounds)


def month_state(connection: Connection, args: MonthArgs) -> MonthState:
    """Everything the page of a month shows."""
    month = args.month
    found = next((one for one in periods(connection) if one.month == month), None)
    if not sees_all(connection):
        return MonthState(month, "part", None, None, "", found)
    book, sheet = sheet_of(connection, month)
    sha256 = sheet.sha256()
    state, earlier = _state(connection, args, found, sha256)
    last = last_day(month)
    later = connection.exec_driver_sql(_LATER, (f"{month}-01", last, last))
    return MonthState(
        month,
        state,
        book,
        sheet,
        sha256,
        found,
        earlier,
        tuple(Later(*row) for row in later),
    )


def _state(
    connection: Connection, args: MonthArgs, found: Period | None, sha256: str
) -> tuple[State | Literal["closed"], str]:
    month = args.month
    if found is not None and found.closed:
        return "closed", ""
    if month >= args.today.isoformat()[:7]:
        return "running", ""
    earlier = connection.exec_driver_sql(
        "select min(substr(booked_on, 1, 7)) from fund_entry"
        " where booked_on < ? and booked_on > ? || '-31'",
        (month, closed_up_to(connection)),
    ).scalar()
    if earlier is not None:
        return "earlier", str(earlier)
    if month <= closed_up_to(connection):
        return "empty", ""  # nothing was booked in it when a later one was closed
    if connection.exec_driver_sql(_WAITING, (month,)).first() is not None:
        return "waiting", ""
    if found is None:
        return "open", ""
    same = found.sheet_sha256 in ("", sha256)
    same = same and json.loads(found.trial) == trial_of(connection, month)
    return ("reported" if same else "changed"), ""


def aged(connection: Connection, today: date) -> tuple[Aged, ...]:
    """Money nobody fetches by bands of age, the oldest first."""
    sums: dict[str, list[int]] = {}
    for one in unclaimed(connection, today):
        count = sums.setdefault(one.band.name, [0, 0])
        count[0] += 1
        count[1] += one.left_fen
    return tuple(Aged(name, count, fen) for name, (count, fen) in sums.items())


def report(connection: Connection, wish: Wish) -> Asked:
    """Asks to report the month with the sheet that was shown. UserError where it is not so any
    more, or where a difference is not explained; what else refuses is in the answer."""
    return _ask(connection, wish, "close_month")


def sign(connection: Connection, wish: Wish) -> Asked:
    """Asks to sign what was reported; the sheet that was shown is the one that was reported."""
    found = next((one for one in periods(connection) if one.month == wish.month), None)
    if found is not None and not found.closed and found.sheet_sha256 not in ("", wish.sha256):
        raise UserError("报结以后对账台账已有变动，请由财务重新报结。")
    return _ask(connection, wish, "sign_month")


def _ask(connection: Connection, wish: Wish, kind: str) -> Asked:
    book, sheet = sheet_of(connection, wish.month)
    if sheet.sha256() != wish.sha256:
        raise UserError("对账台账在显示以后已有变动，请核对新的台账后再办理。")
    waits = len(book.reconciliation.unexplained)
    if waits:
        raise UserError(f"尚有 {waits} 笔差异未说明，请逐笔说明后再办理。")
    args = {"month": wish.month, "sheet_sha256": wish.sha256}
    return ask(connection, kind, args, by=wish.person_id)


_WHY: Final[Mapping[str, str]] = {
    "month": "不是有效的月份。",
    "running": "该月尚未结束，月末以后才能结账。",
    "month_closed": "该月已经结账；需要记入的款项记入下一个月。",
    "earlier": "以前的月份尚未结账，请先结{open}。",
    "trial": "试算不平，不能结账。",
    "gone": "该月尚未报结。",
    "already": "该月已由 {by} 签结。",
    "own": "报结人不能签结，须由另一人签结。",
    "changed": "报结以后账目已有变动，请由财务重新报结。",
    "sheet": "所看的台账不是报结的那一份，请核对后再签结。",
    "nobody": "没有登记使用人。",
    "role": "您的职务不能办理这一步。",
}


def why(answer: Answer) -> str:
    """A refusal in words."""
    facts = dict(answer.facts)
    if answer.code == "rule":
        return str(facts.get("message", "账目规则不允许。"))
    words = _WHY.get(answer.code)
    return f"未能办理（{answer.code}）。" if words is None else words.format_map(_Facts(facts))


class _Facts(dict[str, Any]):
    """A fact that is missing is left out of the sentence."""

    def __missing__(self, _key: str) -> str:
        return ""


def next_month(month: str) -> str:
    """The month after YYYY-MM."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + 1}-01" if number == 12 else f"{year}-{number + 1:02d}"


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")
