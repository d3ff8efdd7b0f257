"""Lists plans of distribution, and what a new one starts from. Reader lanes."""

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    and_,
    func,
    literal_column,
    or_,
    select,
)

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.funds.distributions import available
from desktop.panels.distribution.rules import Stand, stand_of, style_of, words_of
from desktop.rules.money import yuan_text
from storage.schema import table

_plan, _case, _person = table("distribution"), table("case"), table("person")
_objection, _order = table("distribution_objection"), table("payment_order")
_row_id: ColumnElement[int] = literal_column("distribution.rowid", Integer)
_open = (
    select(func.count())
    .where(_objection.c.distribution_id == _plan.c.id, _objection.c.decided_on.is_(None))
    .scalar_subquery()
)
_orders = select(func.count()).where(_order.c.distribution_id == _plan.c.id).scalar_subquery()
_paid = (
    select(func.count())
    .where(_order.c.distribution_id == _plan.c.id, _order.c.state.in_(("paid", "moved")))
    .scalar_subquery()
)
_SORTS: Final[Mapping[str, ColumnElement[Any]]] = {
    "case_number": _case.c.number,
    "title": _plan.c.title,
    "served_on": _plan.c.served_on,
    "wait_until": _plan.c.wait_until,
    "maker": _person.c.name,
}


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which plans: how they stand (Stand values, empty for all), of one case or of all."""

    stands: tuple[str, ...] = ()
    case_id: str | None = None
    text: str = ""


def _source() -> FromClause:
    joined = _plan.join(_case, _case.c.id == _plan.c.case_id)
    return joined.outerjoin(_person, _person.c.id == _plan.c.maker_id)


def _in_stand(stand: Stand, today: str) -> ColumnElement[bool]:
    """As rules.stand_of; a test holds the two together."""
    p = _plan.c
    match stand:
        case Stand.DRAFT:
            return p.state == "draft"
        case Stand.SETTLED:
            return p.state == "settled"
        case Stand.OBJECTED:
            return and_(p.state.in_(("served", "objected")), _open > 0)
        case Stand.WAITING:
            return and_(p.state.in_(("served", "objected")), _open == 0, p.wait_until >= today)
    return and_(p.state.in_(("served", "objected")), _open == 0, p.wait_until < today)


def _where(wanted: PlanFilter, today: date) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if wanted.case_id:
        parts.append(_plan.c.case_id == wanted.case_id)
    if wanted.stands:
        day = today.isoformat()
        parts.append(or_(*(_in_stand(Stand(one), day) for one in wanted.stands)))
    if wanted.text:
        columns = (_plan.c.title, _case.c.number, _plan.c.content)
        parts.append(or_(*(one.contains(wanted.text, autoescape=True) for one in columns)))
    return parts


def snapshot(connection: Connection, args: SnapshotArgs[Dated[PlanFilter]]) -> Sequence[int]:
    """Ordered row ids; unless asked otherwise what waits for somebody first, the newest first."""
    settled = (_plan.c.state == "settled").asc()
    query = (
        select(_row_id).select_from(_source()).where(*_where(args.filter.filter, args.filter.today))
    )
    column = _SORTS.get(args.sort or "")
    if column is not None:
        query = query.order_by(column.desc() if args.descending else column.asc(), _row_id)
    else:
        query = query.order_by(settled, _plan.c.id.desc())
    return array("q", connection.execute(query).scalars())


def rows(
    connection: Connection, ids: Sequence[int], today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, keyed as the columns of the list."""
    query = (
        select(
            _row_id.label("n"),
            *(_plan, _case.c.number, _person.c.name.label("maker")),
            *(_open.label("open"), _orders.label("orders"), _paid.label("paid")),
        )
        .select_from(_source())
        .where(_row_id.in_(ids))
    )
    found: dict[int, Mapping[str, object]] = {}
    for row in connection.execute(query):
        question = json.loads(row.content)["question"]
        stand = stand_of(row.state, row.wait_until or "", row.open, today)
        found[row.n] = {
            "id": row.id,
            "case_id": row.case_id,
            "case_number": row.number,
            "title": row.title,
            "state": (style_of(stand), words_of(stand, row.wait_until or "")),
            "pool": _fen(question["pool"]),
            "claims": len(question["claims"]),
            "served_on": row.served_on or "",
            "wait_until": row.wait_until or "",
            "orders": f"{row.paid}/{row.orders}" if row.orders else "",
            "maker": row.maker or "",
        }
    return found


def waiting_plans(connection: Connection, today: date) -> tuple[int, str]:
    """Plans somebody has to act on: objections to decide, periods that are over (navigator)."""
    day = today.isoformat()
    due = or_(_in_stand(Stand.OBJECTED, day), _in_stand(Stand.READY, day))
    count = connection.execute(select(func.count()).select_from(_plan).where(due)).scalar_one()
    return int(count), "due_soon" if count else ""


@dataclass(frozen=True, slots=True)
class Start:
    """What a new plan of a case starts from; `typed` as the form holds it."""

    case_id: str
    case_number: str
    typed: Mapping[str, Any]
    available_fen: int


def start(connection: Connection, case_id: str) -> Start | None:
    """From the case: what is available, the debtor, the applicants with the claim of one alone."""
    case, party = table("case").c, table("party").c
    row = connection.execute(
        select(case.number, case.claim_fen).where(case.id == case_id)
    ).one_or_none()
    if row is None:
        return None
    people = connection.execute(
        select(party.role, party.name, party.kind)
        .where(party.case_id == case_id)
        .order_by(party.id)
    ).all()
    debtors = [one for one in people if one.role == "debtor"]
    applicants = [one.name for one in people if one.role == "applicant"]
    money = available(connection, case_id)
    claims = [{"creditor": name, "case_number": row.number} for name in applicants]
    if len(claims) == 1:
        claims[0]["amount"] = yuan_text(row.claim_fen)
    typed = {
        "pool": yuan_text(money),
        "debtor": "enterprise" if debtors and debtors[0].kind == "enterprise" else "natural",
        "debtor_name": "、".join(one.name for one in debtors),
        "claims": claims,
    }
    return Start(case_id, row.number, typed, money)


def _fen(text: str) -> int:
    yuan, _, tail = text.partition(".")
    return int(yuan or 0) * 100 + int((tail or "0").ljust(2, "0"))
