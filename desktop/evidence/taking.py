"""Takes the snapshot of a week from the store, in one read. Reader lanes and the writer lane.

Everything is read on one connection and therefore as it was at one moment; the limits of petitions
that began on the same days are worked out once.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from desktop.contract.law import Law
from desktop.errors import UserError
from desktop.evidence.definitions import definitions_on
from desktop.evidence.masking import masked
from desktop.evidence.snapshot import CaseRow, ChainHead, Court, PetitionRow, Snapshot
from desktop.evidence.week import Week
from desktop.rules.petition_clocks import (
    CLOSE,
    CODES,
    REGISTER,
    PetitionClock,
    PetitionDays,
    petition_clocks,
)
from storage.schema import table
from storage.sync.pull import cursor_from

# A closed petition whose limit ends in the week was registered so many days before at most.
_HORIZON: Final = timedelta(days=120)
_p = table("petition").c


@dataclass(frozen=True, slots=True)
class _Limits:
    register_due: str | None
    due_on: str | None
    certain: bool
    rule: str
    basis: str


class _Clocks:
    """The limits of a petition, by the days on which it began."""

    def __init__(self, law: Law, today: date) -> None:
        self._law, self._today = law, today
        self._rules = [rule for code in CODES if (rule := law.node(code)) is not None]
        self._known: dict[tuple[str, str | None], _Limits] = {}

    def of(self, received_on: str, registered_on: str | None) -> _Limits:
        """Both limits; a day is None where no rule was in force."""
        key = (received_on, registered_on)
        if key not in self._known:
            self._known[key] = self._worked_out(*key)
        return self._known[key]

    def _worked_out(self, received_on: str, registered_on: str | None) -> _Limits:
        days = PetitionDays(
            received_on=date.fromisoformat(received_on),
            registered_on=None if registered_on is None else date.fromisoformat(registered_on),
        )
        clocks = petition_clocks(days, self._rules, self._law.calendars, self._today)
        registering = next((one for one in clocks if one.key == REGISTER), None)
        closing = _earlier([one for one in clocks if one.key in CLOSE])
        return _Limits(
            None if registering is None or not registering.certain else _iso(registering.due_on),
            None if closing is None else _iso(closing.due_on),
            closing is not None and closing.certain,
            "" if closing is None else closing.name,
            "" if closing is None else closing.basis,
        )


def _earlier(clocks: list[PetitionClock]) -> PetitionClock | None:
    """The one that ends first. A lower bound that lies later does not make a certain day less
    certain; one that lies earlier does."""
    dated = [one for one in clocks if one.due_on is not None]
    return min(dated, key=lambda one: (one.due_on or date.max, one.certain, one.key), default=None)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def take(
    connection: Connection,
    law: Law,
    week: Week,
    taken_at: datetime,
    chain: ChainHead | None = None,
) -> Snapshot:
    """The petitions that count for `week`, as they stand now, and the cases filed in it.

    Raises UserError for a week that is not over, and on a desk that holds only some teams' rows.
    """
    if taken_at.date() <= week.last:
        raise UserError(f"{week.words}尚未结束，不能固定数据。")
    history, synced_at = where_it_stands(connection)
    definitions = definitions_on(week.last)
    rows = _rows(connection, law, week, taken_at.date())
    cases = _cases(connection, week, definitions.case_words)
    named = {row.court_id for row in rows} | {one.court_id for one in cases}
    courts = courts_on(connection, week.first, week.last, named)
    order = {court.id: place for place, court in enumerate(courts)}
    return Snapshot(
        week=week,
        taken_at=taken_at.replace(microsecond=0),
        courts=courts,
        rows=tuple(sorted(rows, key=lambda row: (order[row.court_id], row.received_on, row.id))),
        cases=tuple(sorted(cases, key=lambda one: (order[one.court_id], one.number))),
        definitions=definitions,
        history=history,
        synced_at=synced_at,
        chain=chain,
    )


def where_it_stands(connection: Connection) -> tuple[str, str]:
    """History and time of the last exchange; UserError where only a part of the city is here."""
    text = connection.execute(select(table("_ctl").c.cursor)).scalar()
    if text is None:
        return "", ""
    cursor = cursor_from(json.loads(text))
    if not cursor.everything:
        raise UserError("本机只存有部分团队的数据，不能制作全市通报；请在指挥中心的终端上制作。")
    kept = table("_sync").c
    at = connection.execute(select(kept.value).where(kept.key == "synced_at")).scalar()
    return cursor.history, str(at or "")


def last_change(connection: Connection) -> datetime | None:
    """When a row of this replica last changed, here or by an exchange; None for a store that only
    ever was filled. Figures taken at any later moment are the same."""
    bundle = table("_bundle").c
    moments = [connection.execute(select(func.max(bundle.made_at))).scalar()]
    moments.append(where_it_stands(connection)[1])
    return max((datetime.fromisoformat(one) for one in moments if one), default=None)


def courts_on(
    connection: Connection, first: date, last: date, named: set[str]
) -> tuple[Court, ...]:
    """The courts there were from `first` to `last`, and those `named` although they are no more."""
    court = table("court").c
    of_the_week = and_(
        or_(court.valid_from.is_(None), court.valid_from <= last.isoformat()),
        or_(court.valid_to.is_(None), court.valid_to >= first.isoformat()),
    )
    rows = connection.execute(
        select(court.id, court.code, court.name, court.short_name)
        .where(or_(of_the_week, court.id.in_(named)))
        .order_by(court.code, court.id)
    )
    return tuple(Court(*row) for row in rows)


def _cases(connection: Connection, week: Week, words: tuple[str, ...]) -> list[CaseRow]:
    case = table("case").c
    rows = connection.execute(
        select(case.id, case.court_id, case.number, case.filed_on).where(
            case.filed_on.between(week.first.isoformat(), week.last.isoformat()),
            case.type_word.in_(words),
        )
    )
    return [CaseRow(*row) for row in rows]


def _rows(connection: Connection, law: Law, week: Week, today: date) -> list[PetitionRow]:
    clocks = _Clocks(law, today)
    found = {
        row["id"]: row
        for row in _read(connection, _p.id.in_(select(_candidates(week).c.id)))
        if row["duplicate_of"] is None
    }
    visited = _visits(connection, week)
    merged: dict[str, list[str]] = defaultdict(list)
    duplicates = _read(connection, _p.duplicate_of.is_not(None), _came_before_end(week))
    for row in duplicates:
        merged[row["duplicate_of"]].append(row["id"])

    def days(row: Any) -> tuple[str, ...]:
        """A visit that was written without its line in the thread counts all the same."""
        return tuple(visited.get(row["id"]) or [row["received_at"][:10]])

    kept: list[PetitionRow] = []
    own = {row["id"]: days(row) for row in (*found.values(), *duplicates)}
    for row in found.values():
        came = [*own[row["id"]], *(day for other in merged[row["id"]] for day in own[other])]
        made = _row(row, clocks, own[row["id"]])
        if _counts(made, week) or any(week.holds(day) for day in came):
            kept.append(made)
    mains = {row.id for row in kept}
    kept += [
        _row(row, clocks, own[row["id"]]) for row in duplicates if row["duplicate_of"] in mains
    ]
    return kept


def _came_before_end(week: Week) -> ColumnElement[bool]:
    return func.substr(_p.received_at, 1, 10) <= week.last.isoformat()


def _candidates(week: Week) -> Any:
    """Petitions that may count: more than do."""
    act = table("petition_act").c
    days = (week.first.isoformat(), week.last.isoformat())
    seen = select(act.petition_id).where(
        act.kind == "visit", func.substr(act.at, 1, 10).between(*days)
    )
    came = or_(func.substr(_p.received_at, 1, 10).between(*days), _p.id.in_(seen))
    heads = select(func.coalesce(_p.duplicate_of, _p.id)).where(came)
    recent = (week.first - _HORIZON).isoformat()
    return (
        select(_p.id)
        .where(
            _came_before_end(week),
            or_(_p.closed_on.is_(None), _p.closed_on >= recent, _p.id.in_(heads)),
        )
        .subquery()
    )


def _read(connection: Connection, *where: ColumnElement[bool]) -> list[Any]:
    person = table("person").c
    asked = (
        select(table("petition"), func.coalesce(person.name, "").label("holder"))
        .select_from(table("petition").outerjoin(table("person"), person.id == _p.assigned_to))
        .where(*where)
    )
    return list(connection.execute(asked).mappings())


def _visits(connection: Connection, week: Week) -> dict[str, list[str]]:
    """Days of visits by petition to the end of the week, oldest first."""
    act = table("petition_act").c
    day = func.substr(act.at, 1, 10)
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(
        select(act.petition_id, day)
        .where(act.kind == "visit", day <= week.last.isoformat())
        .order_by(act.at, act.id)
    ):
        found[row[0]].append(row[1])
    return found


def _row(row: Any, clocks: _Clocks, visits: tuple[str, ...]) -> PetitionRow:
    received_on = row["received_at"][:10]
    limits = clocks.of(received_on, row["registered_on"])
    return PetitionRow(
        id=row["id"],
        code=row["code"],
        court_id=row["court_id"],
        petitioner=masked(row["petitioner"]),
        people=row["people"],
        case_number=row["case_number"] or "",
        source=row["source"],
        kind=row["class"],
        level=row["level"],
        received_on=received_on,
        registered_on=row["registered_on"],
        register_due=limits.register_due,
        due_on=limits.due_on,
        due_certain=limits.certain,
        due_rule=limits.rule,
        due_basis=limits.basis,
        superior_due=row["superior_due"],
        hung_on=row["hung_on"],
        unhung_on=row["unhung_on"],
        holder=row["holder"],
        told_on=row["told_on"],
        closed_on=row["closed_on"],
        result=row["result"],
        duplicate_of=row["duplicate_of"],
        visits=visits,
    )


def _counts(row: PetitionRow, week: Week) -> bool:
    """Open at the week's beginning, or with its limit in the week."""
    first = week.first.isoformat()
    return row.closed_on is None or row.closed_on >= first or week.holds(row.due_on)
