"""Words of a case that templates name. Reads the store; any thread that may read."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from desktop.circulars.official import day_words
from desktop.documents.filling import yuan_words
from desktop.documents.kinds import kinds
from desktop.errors import UserError
from desktop.rules.case_number import CaseNumberError, parse
from storage.schema import table


def office_words(today: date) -> dict[str, str]:
    """What every template may name."""
    return {"organ": kinds().organ, "centre": kinds().centre, "today": day_words(today)}


def case_words(connection: Connection, case_id: str, today: date) -> dict[str, str]:
    """Name of a word to its text. UserError when the case is gone."""
    case, court, person = table("case"), table("court"), table("person")
    row = connection.execute(
        select(
            case.c.number,
            case.c.basis_no,
            case.c.claim_fen,
            court.c.name.label("court"),
            person.c.name.label("handler"),
        )
        .join(court, court.c.id == case.c.court_id)
        .outerjoin(person, person.c.id == case.c.handler_id)
        .where(case.c.id == case_id)
    ).first()
    if row is None:
        raise UserError("案件已不存在，不能拟稿。")
    return office_words(today) | {
        "case_number": row.number,
        "court": row.court,
        "handler": row.handler or "（未定承办人）",
        "basis_no": row.basis_no or "生效法律文书",
        "claim": yuan_words(row.claim_fen),
        "applicants": _parties(connection, case_id, "applicant", "申请执行人"),
        "debtors": _parties(connection, case_id, "debtor", "被执行人"),
    }


def _parties(connection: Connection, case_id: str, role: str, else_: str) -> str:
    party: Any = table("party").c
    names = connection.execute(
        select(party.name)
        .where(party.case_id == case_id, party.role == role)
        .order_by(party.name, party.id)
    ).scalars()
    return "、".join(names) or else_


def failed_ways(connection: Connection, case_id: str) -> frozenset[str]:
    """Ways of service that were tried without success, by the events of the case."""
    event = table("node_event").c
    kinds_ = {"service_failed_direct": "direct", "service_failed_mail": "mail"}
    found = connection.execute(
        select(event.kind).where(event.case_id == case_id, event.kind.in_(kinds_))
    ).scalars()
    return frozenset(kinds_[one] for one in found)


def case_numbered(connection: Connection, text: str) -> str:
    """Id of the case with that number as written; UserError for no number, or no such case."""
    try:
        number = parse(text).case()
    except CaseNumberError as error:
        raise UserError(f"案号有误：{error}") from error
    case = table("case").c
    found = connection.execute(select(case.id).where(case.number == number)).scalar()
    if found is None:
        raise UserError(f"没有案件“{number}”。")
    return str(found)
