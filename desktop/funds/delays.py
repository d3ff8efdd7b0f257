"""延缓发放: a delay of payment on a ground of the law, from proposal to its end.

One person proposes, another approves: the bureau's chief, or the president or vice president in
charge, of the case's court (法发〔2017〕6号第10条). While it stands the clocks of that money stop;
when its ground has ended ten days run. The same rules are triggers of the database. Writer lane,
reading on any.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, or_, select, update

from desktop.contract.law import Law
from desktop.errors import UserError
from desktop.funds.ladder import delays_of, yardstick
from desktop.rules.disbursement_law import Ground, load_disbursement_law
from desktop.rules.fund_clocks import MoneyDays, fund_clocks
from storage.ids import new_id
from storage.schema import table
from storage.schema.payments import APPROVERS

REASON_MAX: Final = 2_000
STATE_WORDS: Final = {
    "proposed": "待批准",
    "approved": "延缓中",
    "refused": "未批准",
    "ended": "已结束",
    "withdrawn": "已撤回",
}


NOT_CLAIMED: Final = "not_claimed"  # the ground of money that its payee does not fetch


def delay_grounds() -> dict[str, Ground]:
    """The grounds of the law, by code."""
    return {one.code: one for one in load_disbursement_law().delays}


@dataclass(frozen=True, slots=True)
class DelayText:
    """A proposal. `entry_id`: one receipt alone; None: all money of the case. `until_on`: until
    when it is expected to last."""

    case_id: str
    entry_id: str | None
    ground: str
    reason: str
    from_on: date
    until_on: date | None
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DelayVerdict:
    """What the approver says about a proposal (its id)."""

    id: str
    agreed: bool
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DelayEnd:
    """The ground of a delay (its id) has ended on `on`."""

    id: str
    on: date
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DelayRow:
    """A delay as lists show it. `due_on`: by when its money is to be paid once it has ended.
    `may_settle`, `may_end`: whether whoever asks may."""

    id: str
    case_id: str
    case_number: str
    entry_id: str | None
    number: str
    ground: Ground
    reason: str
    from_on: date
    until_on: date | None
    ended_on: date | None
    ended_by: str
    proposed_by: str
    proposed_at: str
    approved_by: str
    approved_at: str
    state: str
    due_on: date | None
    fault: str
    may_settle: bool
    may_end: bool

    def late(self, today: date) -> bool:
        """Whether it stands beyond the day it was expected to last until."""
        return self.state == "approved" and self.until_on is not None and self.until_on < today


def propose(connection: Connection, text: DelayText) -> str:
    """Stores a delay as proposed; gives its id. UserError with everything that is wrong."""
    entry, case = table("fund_entry").c, table("case").c
    wrong = []
    if text.person_id is None:
        wrong.append("须以本人身份提出延缓：在座人员未设定")
    if connection.execute(select(case.id).where(case.id == text.case_id)).first() is None:
        wrong.append("案件已不在本机")
    if text.entry_id is not None:
        whose = connection.execute(select(entry.case_id).where(entry.id == text.entry_id)).scalar()
        if whose != text.case_id:
            wrong.append("这笔到账不属于该案")
    if text.ground not in delay_grounds():
        wrong.append("须选定延缓事由")
    if not text.reason.strip():
        wrong.append("须写明具体原因")
    if len(text.reason) > REASON_MAX:
        wrong.append(f"原因不得超过 {REASON_MAX} 字")
    if text.until_on is not None and text.until_on < text.from_on:
        wrong.append("预计截止日早于起始日")
    if wrong:
        raise UserError("；".join(wrong) + "。")
    if _standing(connection, text):
        raise UserError("这笔款项已有待批准或正在延缓的申请，不能重复提出。")
    made = new_id()
    connection.execute(
        insert(table("payment_delay")).values(
            id=made,
            case_id=text.case_id,
            entry_id=text.entry_id,
            ground=text.ground,
            reason=text.reason.strip(),
            from_on=text.from_on.isoformat(),
            until_on=None if text.until_on is None else text.until_on.isoformat(),
            proposed_by=text.person_id,
            proposed_at=text.at.isoformat(timespec="milliseconds"),
            scope=_scope(connection, text.case_id),
        )
    )
    return made


def _scope(connection: Connection, case_id: str) -> int:
    case = table("case").c
    return int(connection.execute(select(case.scope).where(case.id == case_id)).scalar_one())


def _standing(connection: Connection, text: DelayText) -> bool:
    """Whether the same money has a delay that is proposed or stands."""
    c = table("payment_delay").c
    asked = select(c.id).where(
        c.case_id == text.case_id,
        or_(c.entry_id.is_(None), c.entry_id == text.entry_id),
        c.state.in_(("proposed", "approved")),
    )
    return connection.execute(asked).first() is not None


def settle(connection: Connection, verdict: DelayVerdict) -> None:
    """Approves a proposed delay, or refuses it."""
    row = _row(connection, verdict.id)
    fault = settle_fault(connection, row, verdict.person_id)
    if fault:
        raise UserError(f"{fault}。")
    delay = table("payment_delay")
    connection.execute(
        update(delay)
        .where(delay.c.id == verdict.id)
        .values(
            state="approved" if verdict.agreed else "refused",
            approved_by=verdict.person_id,
            approved_at=verdict.at.isoformat(timespec="milliseconds"),
        )
    )


def settle_fault(connection: Connection, row: Any, person_id: str | None) -> str:
    """Why this person cannot decide about a delay; empty when he can."""
    if row.state != "proposed":
        return "这项延缓已经处理"
    if person_id is None:
        return "须以本人身份处理延缓：在座人员未设定"
    if person_id == row.proposed_by:
        return "延缓须由提出人以外的人批准"
    person, case = table("person").c, table("case").c
    who = connection.execute(
        select(person.post, person.court_id).where(person.id == person_id)
    ).first()
    court = connection.execute(select(case.court_id).where(case.id == row.case_id)).scalar()
    if who is None or who.post not in APPROVERS or who.court_id != court:
        return "延缓由本案所在法院执行局局长或者主管院领导批准"
    return ""


def end(connection: Connection, wanted: DelayEnd) -> None:
    """Notes that the ground of a delay has ended: from that day on ten days run. A proposal that
    nobody has decided is taken back."""
    row = _row(connection, wanted.id)
    if row.state not in ("proposed", "approved"):
        raise UserError("这项延缓未在进行中，不能结束。")
    if wanted.person_id is None:
        raise UserError("须以本人身份结束延缓：在座人员未设定。")
    if row.state == "proposed" and wanted.person_id != row.proposed_by:
        raise UserError("尚未处理的延缓只能由提出人撤回。")
    if row.state == "approved" and wanted.on > wanted.at.date():
        raise UserError("事由消失之日不能晚于今天。")
    if wanted.on < date.fromisoformat(row.from_on):
        raise UserError("事由消失之日不能早于延缓起始之日。")
    delay = table("payment_delay")
    connection.execute(
        update(delay)
        .where(delay.c.id == wanted.id)
        .values(state="ended", ended_on=wanted.on.isoformat(), ended_by=wanted.person_id)
    )


def _row(connection: Connection, key: str) -> Any:
    delay = table("payment_delay")
    row = connection.execute(select(delay).where(delay.c.id == key)).one_or_none()
    if row is None:
        raise UserError("这项延缓已不存在。")
    return row


@dataclass(frozen=True, slots=True)
class DelaysArgs:
    """Who asks on which day under which law; `case_id`: of one case alone."""

    today: date
    law: Law
    person_id: str | None = None
    case_id: str | None = None


def delays(connection: Connection, args: DelaysArgs) -> Sequence[DelayRow]:
    """Every delay: what waits for approval first, then what stands, the newest first."""
    delay, case, entry = table("payment_delay"), table("case").c, table("fund_entry").c
    person = table("person").c
    names = {row[0]: row[1] for row in connection.execute(select(person.id, person.name))}
    asked = (
        select(delay, case.number.label("case_number"), entry.number)
        .join(table("case"), case.id == delay.c.case_id)
        .outerjoin(table("fund_entry"), entry.id == delay.c.entry_id)
        .order_by(delay.c.id.desc())
    )
    if args.case_id is not None:
        asked = asked.where(delay.c.case_id == args.case_id)
    found = [_shown(connection, row, names, args) for row in connection.execute(asked).all()]
    order = tuple(STATE_WORDS)
    return sorted(found, key=lambda one: order.index(one.state))


def _shown(connection: Connection, row: Any, names: dict[str, str], args: DelaysArgs) -> DelayRow:
    fault = settle_fault(connection, row, args.person_id) if row.state == "proposed" else ""
    ended = None if row.ended_on is None else date.fromisoformat(row.ended_on)
    return DelayRow(
        id=row.id,
        case_id=row.case_id,
        case_number=row.case_number,
        entry_id=row.entry_id,
        number=row.number or "",
        ground=delay_grounds().get(row.ground, Ground(row.ground, row.ground, "", "unconfirmed")),
        reason=row.reason,
        from_on=date.fromisoformat(row.from_on),
        until_on=None if row.until_on is None else date.fromisoformat(row.until_on),
        ended_on=ended,
        ended_by=names.get(row.ended_by or "", ""),
        proposed_by=names.get(row.proposed_by or "", ""),
        proposed_at=row.proposed_at,
        approved_by=names.get(row.approved_by or "", ""),
        approved_at=row.approved_at or "",
        state="withdrawn" if row.state == "ended" and row.approved_at is None else row.state,
        due_on=_due_on(connection, row, ended, args),
        fault=fault,
        may_settle=row.state == "proposed" and not fault,
        may_end=_may_end(row, args.person_id),
    )


def _may_end(row: Any, person_id: str | None) -> bool:
    """A delay that stands is ended by anybody; a proposal is taken back by whoever made it."""
    if person_id is None:
        return False
    own = row.state == "proposed" and row.proposed_by == person_id
    return bool(row.state == "approved" or own)


def _due_on(connection: Connection, row: Any, ended: date | None, args: DelaysArgs) -> date | None:
    """By when the money of a delay that has ended is to be paid."""
    if row.state != "ended" or ended is None or row.approved_at is None:
        return None
    every = delays_of(connection, (row.case_id,))[row.case_id]
    own = next(one for one in every if one.id == row.id)
    days = MoneyDays(own.days.from_on, delays=(own.days,))
    clocks = fund_clocks(days, yardstick(args.law), max(args.today, ended))
    return next((clock.due_on for clock in clocks if clock.code == "after_delay"), None)
