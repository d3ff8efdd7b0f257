"""案款发放审批表 (法发〔2017〕6号第12条): an order on paper with its chain and computation. No Qt.

Reading runs on a reader lane, filling is pure, `desktop.funds.slips.print_slip` lays it out.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from desktop.circulars.official import Column, Sheet
from desktop.circulars.slip import Slip
from desktop.funds.slips import amount_words
from desktop.panels.disbursement.order_queries import Link, Order
from desktop.panels.disbursement.rules import COURSE_WORDS, Course
from desktop.panels.disbursement.seed import ROLE_WORDS
from desktop.rules.money import grouped
from storage.schema import table

_RECEIPTS_MAX: Final = 12
_STATES: Final = {"done": "已办", "now": "待办", "ahead": "—", "back": "退回"}
_COLUMNS: Final = (
    Column("环节", 22),
    Column("办理人", 20),
    Column("时间", 18),
    Column("意见", 30),
    Column("情况", 10),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the form of the law wants beside the order: court, parties, how the money came."""

    court: str
    parties: str
    receipts: tuple[str, ...]


def beside(connection: Connection, case_id: str | None) -> Beside:
    """Read for one case; empty for money of no case."""
    case, court, party = table("case").c, table("court").c, table("party").c
    name = connection.execute(
        select(court.name)
        .select_from(table("case").join(table("court"), court.id == case.court_id))
        .where(case.id == case_id)
    ).scalar()
    people = connection.execute(
        select(party.role, party.name).where(party.case_id == case_id).order_by(party.name)
    ).fetchall()
    told = [
        f"{words}：{'、'.join(one.name for one in people if one.role == role)}"
        for role, words in ROLE_WORDS.items()
        if any(one.role == role for one in people)
    ]
    entry = table("fund_entry").c
    came = connection.execute(
        select(entry.number, entry.booked_on, entry.amount_fen, entry.payee)
        .where(entry.case_id == case_id, entry.kind == "receipt")
        .order_by(entry.seq.desc())
        .limit(_RECEIPTS_MAX)
    )
    receipts = tuple(
        f"{row.booked_on}　{grouped(row.amount_fen)} 元　{row.payee or ''}（{row.number}）"
        for row in reversed(came.fetchall())
    )
    return Beside(str(name or ""), "；".join(told), receipts)


def fill(order: Order, about: Beside, printed_at: datetime, printed_by: str) -> Slip:
    """The form as it is printed; one that is not finished says so."""
    facts = [("案号", order.case_number or "不属于案件的款项")]
    if about.parties:
        facts.append(("当事人", about.parties))
    if about.receipts:
        facts.append(("到账", "\n".join(about.receipts)))
    finished = order.course in (Course.PAID, Course.MOVED)
    warnings = (*order.warnings, *(() if finished else (f"现为“{COURSE_WORDS[order.course]}”。",)))
    return Slip(
        title="案款发放审批表",
        number=order.number,
        organ=about.court,
        facts=(*facts, *order.facts),
        amount=amount_words("发放金额", order.amount_fen),
        printed_at=printed_at,
        printed_by=printed_by,
        warnings=warnings,
        table=Sheet("审批与办理", _COLUMNS, tuple(_row(link) for link in order.chain)),
        closing=order.computation,
        signs=("承办人", "案款管理人", "局长", "院领导", "财务"),
    )


def _row(link: Link) -> tuple[str, ...]:
    who = link.who if link.state in ("done", "back") else ""
    return (link.words, who, link.at, link.note, _STATES[link.state])
