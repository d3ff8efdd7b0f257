"""What an officer in the field has before him. Reader lane; no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, or_, select

from desktop.command.measures.facts import standings
from desktop.command.orders import reading
from desktop.panels.field_home.rules import Detention
from storage.schema import table
from storage.sync import packs

_CASES_MOST: Final = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom, and when."""

    person_id: str | None
    today: date
    now: datetime


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case on the trip; `due_on` its nearest day."""

    id: str
    number: str
    debtor: str
    cause: str
    due_on: str
    detention: Detention | None


@dataclass(frozen=True, slots=True)
class Home:
    """Numbers for the tiles and the cases. `pack_until`: the last day of what was packed."""

    orders: int
    newest_order: str
    drafts: int
    to_verify: int
    pack_until: str
    cases: tuple[CaseLine, ...]


def home(connection: Connection, asked: Asked) -> Home:
    """Everything of the home in one look."""
    mine = reading.me(connection, asked.person_id, asked.today)
    orders = [one for one in reading.open_orders(connection) if mine.receives(one)]
    ends = packs.packs_in(connection).values()
    return Home(
        orders=len(orders),
        newest_order=max(orders, key=lambda one: one.made_at).title if orders else "",
        drafts=_drafts(connection, asked.person_id),
        to_verify=_to_verify(connection, asked.person_id),
        pack_until=f"{max(ends):%Y-%m-%d}" if ends else "",
        cases=_cases(connection, asked, mine.team_ids),
    )


def _drafts(connection: Connection, person_id: str | None) -> int:
    seizure = table("seizure").c
    found = connection.execute(
        select(func.count())
        .select_from(table("seizure"))
        .where(seizure.signed_at.is_(None), seizure.officer_id == (person_id or ""))
    )
    return int(found.scalar_one())


def _to_verify(connection: Connection, person_id: str | None) -> int:
    """Things on signed lists of others that nobody has verified."""
    item, seizure = table("seizure_item").c, table("seizure").c
    found = connection.execute(
        select(func.count())
        .select_from(table("seizure_item"))
        .join(table("seizure"), seizure.id == item.seizure_id)
        .where(
            seizure.signed_at.is_not(None),
            item.status == "claimed",
            item.dropped.is_(False),
            seizure.officer_id != (person_id or ""),
            or_(seizure.second_id.is_(None), seizure.second_id != (person_id or "")),
        )
    )
    return int(found.scalar_one())


def _cases(connection: Connection, asked: Asked, team_ids: frozenset[str]) -> tuple[CaseLine, ...]:
    """Open cases of the officer and his teams, what is due first in front; for somebody without
    any, all that are here."""
    case = table("case").c
    me = asked.person_id or ""
    own = or_(case.handler_id == me, case.leader_id == me, case.team_id.in_(sorted(team_ids)))
    rows = _open_cases(connection, own) or _open_cases(connection, None)
    ids = [row.id for row in rows]
    debtors, detentions = _debtors(connection, ids), _detentions(connection, ids, asked.now)
    made = [
        CaseLine(
            id=row.id,
            number=row.number,
            debtor=debtors.get(row.id, ""),
            cause=row.cause or "",
            due_on=row.due_on or "",
            detention=detentions.get(row.id),
        )
        for row in rows
    ]
    return tuple(sorted(made, key=lambda one: (one.due_on or "9999", one.number)))


def _open_cases(connection: Connection, own: ColumnElement[bool] | None) -> Sequence[Any]:
    case, clock = table("case").c, table("node_clock").c
    due = (
        select(func.min(clock.due_on))
        .where(clock.case_id == case.id, clock.done_on.is_(None))
        .scalar_subquery()
        .label("due_on")
    )
    query = select(case.id, case.number, case.cause, due).where(case.closed_on.is_(None))
    if own is not None:
        query = query.where(own)
    return connection.execute(query.order_by(case.filed_on.desc()).limit(_CASES_MOST)).all()


def _debtors(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    party = table("party").c
    found: dict[str, list[str]] = {}
    for row in connection.execute(
        select(party.case_id, party.name)
        .where(party.case_id.in_(ids), party.role == "debtor")
        .order_by(party.id)
    ):
        found.setdefault(row.case_id, []).append(row.name)
    return {case_id: "、".join(names) for case_id, names in found.items()}


def _detentions(connection: Connection, ids: Sequence[str], now: datetime) -> dict[str, Detention]:
    """The newest document about a detention in each case."""
    document = table("document")
    rows = connection.execute(
        select(document)
        .where(document.c.case_id.in_(ids), document.c.kind == "detention_decision")
        .order_by(document.c.id)
    ).all()
    stands = standings(connection, rows, now)
    return {row.case_id: Detention(row.id, stands[row.id].stand) for row in rows}
